"""Reading plain data (what TOML or JSON holds) into core's types: exact, and with a sentence for what is wrong.

A reader is a function from a plain value to a typed one that raises `BadValue`; `read_keys` applies one to each key,
refuses keys that nobody asked for (naming the nearest one that is known), and says where in the data it happened.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from goodstanding.core.dates import parse_day
from goodstanding.core.money import LARGEST_AMOUNT, parse_amount

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)
Reader = Callable[[Any], Any]

_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)|(\d+)/(\d+)", re.ASCII)


class BadValue(ValueError):
    """A value that can't be read. where: the keys that lead to it, outermost first."""

    def __init__(self, what: str, where: tuple[str, ...] = ()) -> None:
        self.what, self.where = what, where
        super().__init__(f"{'.'.join(where)}: {what}" if where else what)


def read_keys(data: object, readers: Mapping[str, Reader], *, required: Iterable[str] = ()) -> dict[str, Any]:
    """Read each key with its reader; a key given as null counts as not given.

    >>> read_keys({"grace_days": 3}, {"grace_days": whole_number})
    {'grace_days': 3}
    >>> read_keys({"grace_day": 3}, {"grace_days": whole_number})
    Traceback (most recent call last):
    goodstanding.core.reading.BadValue: "grace_day" isn't a key we know; the nearest is "grace_days"
    """
    if not isinstance(data, Mapping):
        raise BadValue(f"{_shown(data)} isn't a table of keys and values")
    for key in data:
        if key not in readers:
            raise BadValue(f'"{key}" isn\'t a key we know; {nearest(str(key), readers)}')
    for key in required:
        if data.get(key) is None:
            raise BadValue(f'"{key}" is missing')
    return {key: at(key, readers[key], value) for key, value in data.items() if value is not None}


def at(key: str, read: Callable[[Any], Value], value: object) -> Value:
    """Read one value; what is wrong with it is reported under its key."""
    try:
        return read(value)
    except BadValue as bad:
        raise BadValue(bad.what, (key, *bad.where)) from None
    except ValueError as bad:
        raise BadValue(str(bad), (key,)) from None


def list_of(read: Callable[[Any], Value]) -> Callable[[Any], tuple[Value, ...]]:
    def read_list(value: object) -> tuple[Value, ...]:
        if not isinstance(value, (list, tuple)):
            raise BadValue(f"{_shown(value)} isn't a list")
        return tuple(at(str(place), read, item) for place, item in enumerate(value, start=1))

    return read_list


def table_of(read: Callable[[Any], Value]) -> Callable[[Any], dict[str, Value]]:
    """Any keys, each value read alike."""

    def read_table(value: object) -> dict[str, Value]:
        if not isinstance(value, Mapping):
            raise BadValue(f"{_shown(value)} isn't a table of keys and values")
        return {str(key): at(str(key), read, item) for key, item in value.items()}

    return read_table


def text(value: object) -> str:
    if not isinstance(value, str):
        raise BadValue(f"{_shown(value)} isn't text (write it in quotes)")
    return value


def filled_text(value: object) -> str:
    if not text(value).strip():
        raise BadValue("it is empty")
    return text(value)


def yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadValue(f"{_shown(value)} isn't true or false (written without quotes)")
    return value


def whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(f"{_shown(value)} isn't a whole number (written without quotes or decimals)")
    return value


def minor_units(value: object) -> int:
    """An amount as whole minor units, not negative."""
    if not 0 <= whole_number(value) <= LARGEST_AMOUNT:
        raise BadValue(f"{value} isn't an amount in minor units (expected 0 to {LARGEST_AMOUNT})")
    return whole_number(value)


def either(keys: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    """Put what was given under another name (perhaps in another unit) where it belongs; not both.

    >>> either({"amount_minor": 1500}, "amount", "amount_minor")
    {'amount': 1500}
    """
    if name in keys and other in keys:
        raise BadValue(f"give {name} or {other}, not both")
    return {name if key == other else key: value for key, value in keys.items()}


def day(value: object) -> date:
    """A day as text YYYY-MM-DD, or as TOML has it."""
    if type(value) is date:
        return value
    if not isinstance(value, str):
        raise BadValue(f"{_shown(value)} isn't a date (we read YYYY-MM-DD, such as 2026-11-23)")
    return parse_day(value)


def instant(value: object) -> datetime:
    """An instant as text with its offset, or as TOML has it; to the second or finer.

    >>> instant("2026-11-23T10:05:00+08:00").isoformat()
    '2026-11-23T10:05:00+08:00'
    """
    read = value
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            read = None
    if not isinstance(read, datetime) or read.tzinfo is None or (isinstance(value, str) and "T" not in value):
        raise BadValue(f"{_shown(value)} isn't an instant (we read YYYY-MM-DDTHH:MM with its offset, such as +08:00)")
    return read


def rate(value: object) -> Fraction:
    """An exact share of one, not negative: decimal text, a percentage, a fraction, or an exact number; never a float.

    >>> rate("0.1825") == rate("18.25 %") == rate("73/400")
    True
    >>> rate(0.1825)
    Traceback (most recent call last):
    goodstanding.core.reading.BadValue: 0.1825 is a binary fraction, which can't be exact: write it in quotes, "0.1825"
    """
    _refuse_inexact(value)
    if isinstance(value, (int, Decimal, Fraction)) and not isinstance(value, bool) and value >= 0:
        return Fraction(value)
    match = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or (match[4] is not None and int(match[4]) == 0):
        raise BadValue(f'{_shown(value)} isn\'t a rate (expected decimal text such as "0.1825", or "18.25 %")')
    if match[3] is not None:
        return Fraction(int(match[3]), int(match[4]))
    return Fraction(match[1]) / (100 if match[2] else 1)


def amount_in(currency: str) -> Callable[[Any], int]:
    """A reader of amounts in units of the currency, not negative: decimal text or an exact number; never a float.

    >>> amount_in("USD")("15.00"), amount_in("USD")(15), amount_in("JPY")("15")
    (1500, 1500, 15)
    """

    def read_amount(value: object) -> int:
        _refuse_inexact(value)
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise BadValue(f'{_shown(value)} isn\'t an amount (expected decimal text such as "15.00")')
        minor = parse_amount(f"{value:f}" if isinstance(value, Decimal) else str(value), currency)
        if minor < 0:
            raise BadValue(f"{value} can't be negative")
        return minor

    return read_amount


def choice(of: type[Choice]) -> Callable[[Any], Choice]:
    """A reader of one of the values of an enumeration."""

    def read_choice(value: object) -> Choice:
        try:
            return of(value)  # type: ignore[arg-type]  # whatever isn't one of its values is refused
        except ValueError:
            raise BadValue(f"{_shown(value)} isn't one of {', '.join(of)}") from None

    return read_choice


def _refuse_inexact(value: object) -> None:
    if isinstance(value, Decimal) and not (value.is_finite() and -30 < value.adjusted() < 30):
        raise BadValue(f"{value} is out of all proportion")
    if isinstance(value, float):
        raise BadValue(f'{value} is a binary fraction, which can\'t be exact: write it in quotes, "{value}"')


def nearest(key: str, known: Iterable[str]) -> str:
    """Which known word somebody may have meant, for the end of a sentence."""
    near = get_close_matches(key, list(known), n=1, cutoff=0.5)
    return f'the nearest is "{near[0]}"' if near else f"we know {', '.join(known)}"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return "a table" if isinstance(value, Mapping) else "a list" if isinstance(value, (list, tuple)) else str(value)
