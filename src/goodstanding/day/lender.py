"""The lender's own folder: lender.toml and one file in products/ for each product. Read exactly or refused.

Every key is explained in docs/guides/lender_folder.md; the complete example is lender/ in the project.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodstanding.core import reading
from goodstanding.core.arrears.policy import ArrearsPolicy, policy_from_data
from goodstanding.core.arrears.warnings import warnings_of
from goodstanding.core.content_hash import hash_of_files
from goodstanding.core.lender import Contact, Lender, LetterRule
from goodstanding.core.money import exponent_of
from goodstanding.core.party import LANGUAGES
from goodstanding.core.plans.guard_rails import GuardRails
from goodstanding.day.gate import Settings, settings_from_data
from goodstanding.day.granting import NOTHING_GRANTED, guard_rails_from_data
from goodstanding.day.letter_rules import Bounds, rules_from_data
from goodstanding.day.stop import Stopped
from goodstanding.letters.key_settings import KeySettings, key_settings_from_data
from goodstanding.letters.letterhead import PLAIN, Letterhead, logo_of, read_letterhead
from goodstanding.letters.printable import substitutes_from_data

JURISDICTIONS = ("cn", "us", "uk", "hk", "in")


@dataclass(frozen=True, slots=True)
class LenderFolder:
    """What the lender has decided. policies: by product. wording: its folder of own wording, if it has one.
    keys: where the keys lie that its letters are sealed with, if it says so. letterhead: its logo and colour. letter_rules: in the order of the file.
    conduct: who acts and under which law, as the gate is told; None: nobody said, and nobody is written to.
    ways_out: what is granted to people who are behind; nothing where the folder has no ways_out.toml.

    content_hash: of every file of the folder that a letter or a figure depends on.
    """

    lender: Lender
    currency: str
    policies: Mapping[str, ArrearsPolicy]
    wording: Path | None
    content_hash: str
    keys: KeySettings | None = None
    letterhead: Letterhead = PLAIN
    letter_rules: tuple[LetterRule, ...] = ()
    conduct: Settings | None = None
    ways_out: GuardRails = NOTHING_GRANTED


def read_lender(folder: Path) -> LenderFolder:
    """Read a lender's folder; `Stopped` says what is missing or wrong, and where."""
    if not folder.is_dir():
        raise Stopped(f"{folder} isn't a folder: --lender takes the folder that holds lender.toml and products/.")
    files = [folder / "lender.toml", *sorted((folder / "products").glob("*.toml"))]
    if not files[0].is_file():
        raise Stopped(f"{folder} has no lender.toml: copy the example folder lender/ and change it.")
    if len(files) == 1:
        raise Stopped(
            f"{folder} has no products/*.toml: each product in the book needs one, named as the book names it."
        )
    wording, granted = folder / "wording", folder / "ways_out.toml"
    if granted.is_file():
        files.append(granted)
    contents = {path: _bytes_of(path) for path in (*files, *sorted(wording.rglob("*.toml")))}
    data = {path: _parsed(path, contents[path]) for path in files}
    contents |= {path: _bytes_of(path) for path in _logos(folder, data[files[0]])}
    keys = _read(files[0], data.pop(files[0]), lambda it: _lender_keys(it, folder))
    currency, sealing, letterhead = keys.pop("currency"), keys.pop("keys", None), keys.pop("letterhead", PLAIN)
    rules = keys.pop("letter_rules", ())
    conduct = keys.pop("conduct", None)
    rails = data.pop(granted, None)
    products = {path.stem: _read(path, found, lambda it: _product_keys(it, currency)) for path, found in data.items()}
    lender = Lender(**keys, product_names={name: product["name"] for name, product in products.items()})
    policies = {name: product["policy"] for name, product in products.items()}
    _read(files[0], conduct, lambda it: _known_products(it, tuple(policies)))
    return LenderFolder(
        lender,
        currency,
        policies,
        wording if wording.is_dir() else None,
        hash_of_files((path.relative_to(folder).as_posix(), content) for path, content in contents.items()),
        sealing,
        letterhead,
        _read(files[0], rules, lambda it: _letter_rules(it, lender, currency, tuple(policies))),
        conduct,
        NOTHING_GRANTED
        if rails is None
        else _read(granted, rails, lambda it: guard_rails_from_data(it, currency, tuple(policies))),
    )


def policy_remarks(folder: LenderFolder) -> list[str]:
    """What to warn the lender of, a sentence or two for each: policies that do what hardly anyone means."""
    return [
        f"Policy {product}: {warning.sentence} {warning.advice}"
        for product, policy in folder.policies.items()
        for warning in warnings_of(policy, folder.currency)
    ]


def check_currency(currency: str | None, book: Path, lender: LenderFolder, folder: Path) -> None:
    """Stop when a book is in another currency than its lender's folder; None: the book doesn't say, and is refused later."""
    if currency is not None and currency != lender.currency:
        raise Stopped(
            f"The book {book} is in {currency}, but the lender in {folder} works in {lender.currency}: give the book the "
            "--lender folder that it belongs to."
        )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failed:
        raise Stopped(f"{path} can't be read: {failed.strerror}.") from None


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Stopped(f"{path} isn't UTF-8 text: save it again as UTF-8.") from None
    except tomllib.TOMLDecodeError as bad:
        raise Stopped(f"{path} can't be read as TOML: {bad}.") from None


def _read(path: Path, data: dict[str, Any], read: Any) -> Any:
    try:
        return read(data)
    except ValueError as bad:
        raise Stopped(f"{path}: {bad}.") from None


def _logos(folder: Path, data: dict[str, Any]) -> list[Path]:
    """The logo's file, where there is one: letters depend on it, so it counts as part of the folder."""
    name = logo_of(data.get("letterhead"))
    return [folder / name] if name and (folder / name).is_file() else []


def _lender_keys(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    readers: dict[str, reading.Reader] = {
        "id": reading.filled_text,
        "jurisdiction": _one_of(JURISDICTIONS),
        "currency": _currency,
        "default_language": _one_of(LANGUAGES),
        "reports_to_credit_bureau": reading.yes_no,
        "may_sue": reading.yes_no,
        "is_example": reading.yes_no,
        "keys": lambda value: key_settings_from_data(value, folder),
        "letterhead": lambda value: read_letterhead(value, folder),
        "only_approved_wording": reading.yes_no,
        "letter_link": _letter_link,
        "substitutes": substitutes_from_data,
        "letter_rules": lambda value: value,  # read when the products are known
        "letter_rule": _no_more,
        "oldest_book_days": reading.whole_number,
        "pay_within_days": _from_one_up,
        "contacts": _contacts,
        "conduct": settings_from_data,
    }
    required = ("id", "jurisdiction", "currency", "default_language", "reports_to_credit_bureau", "may_sue", "contacts")
    keys = reading.read_keys(data, readers, required=required)
    if keys["default_language"] not in keys["contacts"]:
        raise reading.BadValue(f"default_language is {keys['default_language']}, but there is no such part of contacts")
    return keys


def _letter_link(value: object) -> str:
    link = reading.filled_text(value)
    if link.count("{reference}") != 1 or "{" in link.replace("{reference}", "") or not link.startswith("https://"):
        raise reading.BadValue(f'"{link}" isn\'t a link that begins with https:// and has {{reference}} in it once')
    return link


def _product_keys(data: dict[str, Any], currency: str) -> dict[str, Any]:
    readers: dict[str, reading.Reader] = {
        "name": _by_language(reading.filled_text),
        "policy": lambda value: policy_from_data(value, currency),
    }
    return reading.read_keys(data, readers, required=("name", "policy"))


def _letter_rules(value: object, lender: Lender, currency: str, products: tuple[str, ...]) -> tuple[LetterRule, ...]:
    """The rules, against what the lender says of itself elsewhere in the folder."""
    bounds = Bounds(
        lender.jurisdiction,
        currency,
        products,
        lender.reports_to_credit_bureau,
        bool(lender.letter_link),
        lender.pay_within_days,
    )
    return reading.at("letter_rules", lambda rules: rules_from_data(rules, bounds), value)


def _known_products(conduct: Settings | None, known: tuple[str, ...]) -> None:
    """Each product that [conduct] names is one of the lender's, or it would say nothing of any."""
    for table, named in (("products", conduct.products), ("answers", conduct.answers)) if conduct else ():
        for name, _ in named:
            if name not in known:
                raise reading.BadValue(
                    f'"{name}" isn\'t a file in products/: expected one of {", ".join(known)}', ("conduct", table)
                )


def _no_more(value: object) -> None:
    raise reading.BadValue(
        "there is a rule for each letter now, in a table [[letter_rules]] of its own, and oldest_book_days stands at the top of"
        " the file: see docs/guides/lender_folder.md"
    )


def _contacts(value: object) -> dict[str, Contact]:
    lines = reading.list_of(reading.filled_text)
    readers: dict[str, reading.Reader] = {
        "name": reading.filled_text,
        "address": lines,
        "phone": reading.filled_text,
        "email": reading.filled_text,
        "hours": reading.filled_text,
        "complaints": reading.filled_text,
        "disputes": reading.filled_text,
        "how_to_pay": lines,
    }
    return _by_language(lambda contact: Contact(**reading.read_keys(contact, readers, required=readers)))(value)


def _by_language(read: reading.Reader) -> reading.Reader:
    return lambda value: reading.read_keys(value, dict.fromkeys(LANGUAGES, read))


def _currency(value: object) -> str:
    exponent_of(reading.text(value))
    return reading.text(value)


def _one_of(known: tuple[str, ...]) -> reading.Reader:
    def read(value: object) -> str:
        if value not in known:
            raise reading.BadValue(f"{value!r} isn't one of {', '.join(known)}")
        return str(value)

    return read


def _from_one_up(value: object) -> int:
    if reading.whole_number(value) < 1:
        raise reading.BadValue(f"{value} is too few: expected 1 or more")
    return reading.whole_number(value)
