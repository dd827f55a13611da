"""Frozen dataclasses as plain data (what JSON holds) and back, by their annotations: exact, and the same after a round.

Days and instants are text, fractions exact text, tuples lists, mappings tables. Fields that have their default value are left out.
Where a field may hold one of several dataclasses, "type" says which.
"""

import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cache, partial
from typing import Any, TypeVar

from goodstanding.core import reading
from goodstanding.core.rates import rate_text

Value = TypeVar("Value")


def to_data(value: Any, *, without: Collection[str] = ()) -> Any:
    """Return a value as plain data; without: fields of it that are left out.

    >>> to_data((date(2026, 11, 23), Fraction(1, 3), None))
    ['2026-11-23', '1/3', None]
    """
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return rate_text(value)
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_data(item) for item in value]
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} has no form as plain data")
    data = {}
    for name, default, one_of in _written(type(value)):
        if name not in without and (held := getattr(value, name)) != default:
            data[name] = to_data(held) | {"type": type(held).__name__} if type(held) in one_of else to_data(held)
    return data


def from_data(kind: type[Value], data: Any, *, given: Mapping[str, Any] | None = None) -> Value:
    """Read plain data as a value of the kind; `reading.BadValue` says what is wrong and where.

    given: fields of it that aren't in the data, since they were read elsewhere.

    >>> from_data(date, "2026-11-23")
    datetime.date(2026, 11, 23)
    """
    return typing.cast(Value, _read_dataclass(kind, data, given) if given else _read(kind, data))


def _default_of(one: Any) -> Any:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else MISSING


@cache
def _written(kind: type) -> tuple[tuple[str, Any, tuple[type, ...]], ...]:
    """Of each field its name, its default, and the dataclasses that it may hold one of."""
    return tuple((one.name, _default_of(one), _one_of(_hints(kind)[one.name])) for one in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _one_of(kind: Any) -> tuple[type, ...]:
    """The dataclasses that a value may be one of, where it may be one of several."""
    if typing.get_origin(kind) not in (types.UnionType, typing.Union):
        return ()
    found = tuple(one for one in typing.get_args(kind) if isinstance(one, type) and is_dataclass(one))
    return found if len(found) > 1 else ()


def _read(kind: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType or origin is typing.Union:
        return _read_union(kind, data)
    if origin is tuple:
        return _read_tuple(arguments, data)
    if origin is not None and issubclass(origin, Mapping):
        return reading.table_of(lambda item: _read(arguments[1], item))(data)
    if kind is bool:
        return reading.yes_no(data)
    if kind is int:
        return reading.whole_number(data)
    if kind is str:
        return reading.text(data)
    if kind is datetime:
        return reading.instant(data)
    if kind is date:
        return reading.day(data)
    if kind is Fraction:
        return _fraction(data)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return reading.choice(kind)(data)
    if is_dataclass(kind):
        return _read_dataclass(kind, data)
    raise TypeError(f"{kind} has no form as plain data")


def _read_union(kind: Any, data: Any) -> Any:
    arguments = typing.get_args(kind)
    if data is None and types.NoneType in arguments:
        return None
    if one_of := _one_of(kind):
        named = {one.__name__: one for one in one_of}
        name = data.get("type") if isinstance(data, Mapping) else None
        if name not in named:
            raise reading.BadValue(f"its type isn't one of {', '.join(named)}")
        return _read(named[name], {key: value for key, value in data.items() if key != "type"})
    (held,) = (one for one in arguments if one is not types.NoneType)
    return _read(held, data)


def _read_tuple(arguments: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return reading.list_of(lambda item: _read(arguments[0], item))(data)
    if not isinstance(data, list) or len(data) != len(arguments):
        raise reading.BadValue(f"it isn't a list of {len(arguments)}")
    return tuple(
        reading.at(str(place), partial(_read, kind), item)
        for place, (kind, item) in enumerate(zip(arguments, data, strict=True), start=1)
    )


def _read_dataclass(kind: Any, data: Any, given: Mapping[str, Any] | None = None) -> Any:
    hints, known = _hints(kind), given or {}
    own = [one for one in fields(kind) if one.name not in known]
    readers: dict[str, reading.Reader] = {one.name: partial(_read, hints[one.name]) for one in own}
    needed = [one.name for one in own if _default_of(one) is MISSING]
    required = [name for name in needed if types.NoneType not in typing.get_args(hints[name])]
    found = dict.fromkeys(needed) | reading.read_keys(data, readers, required=required)
    try:
        return kind(**known, **found)
    except ValueError as bad:
        raise reading.BadValue(str(bad)) from None


def _fraction(data: Any) -> Fraction:
    text = reading.text(data)
    return -reading.rate(text[1:]) if text.startswith("-") else reading.rate(text)
