"""Answers: what only some rules ask, by name; and how each is read from plain data, by its type.

The names stand in answers.yaml beside the rules that ask for them. A type is one of those below, or the name of a vocabulary
(core/conduct/vocabulary.py), and then the answer is one of its words.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.core import reading
from goodstanding.core.conduct.facts import Value
from goodstanding.core.conduct.vocabulary import VOCABULARIES, Component, Word
from goodstanding.core.reading import BadValue
from goodstanding.law.here import HERE, BadLaw
from goodstanding.law.yaml_text import read_yaml

Read = Callable[[Any], Any]


@cache
def answers() -> Mapping[str, Mapping[str, str]]:
    """Every answer a rule may ask for, by name: its type and what it means.

    Those that several bodies of law ask for stand in law/answers.yaml, the rest in the folder of the one that does.
    """
    known: dict[str, Mapping[str, str]] = {}
    for path in sorted(HERE.rglob("answers.yaml")):
        for name, one in (read_yaml(path) or {}).items():
            where = f'{path.relative_to(HERE)}: the answer "{name}"'
            if name in known:
                raise BadLaw(f"{where} stands in another answers.yaml too; move it to law/answers.yaml")
            if set(one) != {"type", "means"}:
                raise BadLaw(
                    f"{where} needs type and means and nothing else, and has {', '.join(map(str, one))}; put a meaning"
                    " with a comma in quotes"
                )
            if one["type"] not in TYPES:
                raise BadLaw(f"{where} is of a type nobody knows, {one['type']}; there are {', '.join(TYPES)}")
            known[name] = one
    return known


def read_answers(data: Mapping[str, Any], zone: ZoneInfo, *, also: Iterable[str] = ()) -> dict[str, Value]:
    """Read answers by their name and type; BadValue for a name nobody knows, with the nearest that is known.

    zone: where the person is, for instants without an offset. also: keys that aren't answers, and are passed over.
    """
    readers = {name: TYPES[one["type"]](zone) for name, one in answers().items()}
    held = reading.read_keys(data, {**readers, **dict.fromkeys(also, lambda value: value)})
    return {name: value for name, value in held.items() if name in readers}


def answers_from_text(pairs: Iterable[str], zone: ZoneInfo) -> dict[str, Value]:
    """Read answers written as name=value, such as plan_is_broken=no; of several days or texts with , between. BadValue as above.

    >>> answers_from_text(["recorded_on=2024-06-10", "plan_settled=yes"], ZoneInfo("UTC"))
    {'recorded_on': datetime.date(2024, 6, 10), 'plan_settled': True}
    """
    said: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals):
            raise BadValue(f'"{pair.strip()}" isn\'t of the form name=value, such as plan_is_broken=no')
        kind = answers()[name]["type"] if name in answers() else "text"
        if kind in ("days", "texts", "component_order"):
            said[name] = [one.strip() for one in value.split(",")]
        else:
            said[name] = value if kind == "text" else _PLAIN.get(value, int(value) if value.isdecimal() else value)
    return read_answers(said, zone)


_PLAIN = {"yes": True, "true": True, "no": False, "false": False}


def read_answer(name: str, value: object, zone: ZoneInfo) -> Value:
    """One of them, as its type asks; BadValue as `read_answers`."""
    return read_answers({name: value}, zone)[name]


def instant(value: object, zone: ZoneInfo) -> datetime:
    """Read an instant: 2026-03-10T10:00-05:00, or without an offset the wall clock of the person's zone; a bare day is its noon."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime.combine(value, time(12), zone)
    text = reading.filled_text(value).strip()
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(
            f'"{text}" isn\'t an instant (we read 2026-03-10T10:00-05:00, or 2026-03-10T10:00 where the person is)'
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def names(value: object) -> tuple[str, ...]:
    """One name or a list of them."""
    return (value,) if isinstance(value, str) else reading.list_of(reading.filled_text)(value)


def _number(value: object) -> int | Fraction:
    if isinstance(value, str):
        return reading.rate(value)
    return reading.whole_number(value)


def _days(value: object) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    return tuple(reading.day(one).isoformat() for one in given)


def _components(value: object) -> dict[str, int]:
    amounts = reading.table_of(reading.whole_number)(value)
    return {reading.choice(Component)(name): amount for name, amount in amounts.items()}


def _one_of(words: type[Word]) -> Callable[[ZoneInfo], Read]:
    return lambda zone: reading.choice(words)


TYPES: Mapping[str, Callable[[ZoneInfo], Read]] = {
    "yes_no": lambda zone: reading.yes_no,
    "day": lambda zone: reading.day,
    "instant": lambda zone: lambda value: instant(value, zone),
    "number": lambda zone: _number,
    "rate": lambda zone: reading.rate,
    "amount": lambda zone: reading.whole_number,
    "text": lambda zone: reading.text,
    "texts": lambda zone: names,
    "days": lambda zone: _days,
    "amounts": lambda zone: reading.table_of(reading.whole_number),
    "components": lambda zone: _components,
    "component_order": lambda zone: reading.list_of(reading.choice(Component)),
    **{name: _one_of(words) for name, words in VOCABULARIES.items()},
}
"""How an answer of each type is read, in the person's zone."""
