"""book.toml: whose book it is, up to which day, in which currency and zone."""

import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from goodstanding.book.errors import BookError
from goodstanding.book.schema import BOOK_FORMAT
from goodstanding.core.dates import parse_day
from goodstanding.core.money import exponent_of

KEYS = ("lender", "cut_off", "currency", "zone")


@dataclass(frozen=True, slots=True)
class BookSettings:
    """cut_off: payments are counted up to the end of this day, in the zone."""

    lender: str
    cut_off: date
    currency: str
    zone: str


def read_settings(path: Path) -> BookSettings:
    """Read book.toml; BookError names the key that is missing or wrong."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BookError(
            f"{path.parent} has no book.toml: write one with {', '.join(KEYS)} (docs/reference/book.md shows it)."
        ) from None
    except OSError as wrong:
        raise BookError(
            f"{path} can't be opened: {(wrong.strerror or 'unreadable').lower()}. Let this user read it."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BookError(f"{path.name} isn't TOML in UTF-8: {wrong}.") from None
    missing = [key for key in KEYS if key not in found]
    if missing:
        raise BookError(f"{path.name} has no {', '.join(missing)}: it says {', '.join(KEYS)}.")
    if found.get("format", BOOK_FORMAT) != BOOK_FORMAT:
        raise BookError(f"{path.name}: format is {found['format']!r}; this version reads format {BOOK_FORMAT}.")
    for key in ("lender", "currency", "zone"):
        if not isinstance(found[key], str) or not found[key].strip():
            raise BookError(f"{path.name}: {key} is {found[key]!r}; write a text in quotation marks.")
    return BookSettings(found["lender"], _cut_off(path, found["cut_off"]), *_currency_and_zone(path, found))


def _cut_off(path: Path, said: object) -> date:
    if isinstance(said, date) and not isinstance(said, datetime):
        return said
    try:
        return parse_day(said if isinstance(said, str) else str(said))
    except ValueError as wrong:
        raise BookError(f"{path.name}: cut_off {wrong}.") from None


def _currency_and_zone(path: Path, found: dict[str, Any]) -> tuple[str, str]:
    currency, zone = found["currency"], found["zone"]
    try:
        exponent_of(currency)
    except ValueError as wrong:
        raise BookError(f"{path.name}: currency {wrong}.") from None
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BookError(
            f'{path.name}: zone "{zone}" isn\'t one we know (expected one such as Asia/Shanghai).'
        ) from None
    return currency, zone


def settings_text(settings: BookSettings, **more: str | int) -> str:
    """Write book.toml. JSON's quoting of texts is TOML's as well."""
    said = {
        "format": BOOK_FORMAT,
        "lender": settings.lender,
        "cut_off": settings.cut_off.isoformat(),
        "currency": settings.currency,
        "zone": settings.zone,
        **more,
    }
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
