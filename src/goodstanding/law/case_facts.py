"""What a case says went before, read from plain data: contacts, consents, wishes, holds, debts (docs/reference/law_cases.md)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from goodstanding.core import reading
from goodstanding.core.conduct.facts import (
    Channel,
    Consent,
    Contact,
    Debt,
    Direction,
    Hold,
    Outcome,
    Person,
    Place,
    Preference,
    Purpose,
    Relation,
    Wish,
)
from goodstanding.core.conduct.vocabulary import ConsentTo, HoldKind, Product
from goodstanding.core.conduct.windows import minutes_of
from goodstanding.core.reading import BadValue
from goodstanding.law.answers import instant, names, read_answers


def read_contact(value: object, zone: ZoneInfo, person: Person) -> Contact:
    keys = reading.read_keys(
        value,
        {
            "at": lambda one: instant(one, zone),
            "channel": reading.choice(Channel),
            "direction": reading.choice(Direction),
            "outcome": reading.choice(Outcome),
            "address": reading.text,
            "person": reading.text,
            "relation": reading.choice(Relation),
            "debts": names,
            "place": reading.choice(Place),
            "purpose": reading.choice(Purpose),
            "automated": reading.yes_no,
            "effective": reading.yes_no,
            "by": reading.text,
            "disclosures": names,
            "misdirected_known_at": lambda one: instant(one, zone),
            "required_by_law": reading.yes_no,
        },
        required=("at", "channel"),
    )
    return Contact(**{"person": person.id, "relation": person.relation, **keys})


def read_consent(value: object, zone: ZoneInfo) -> Consent:
    read_at = lambda one: instant(one, zone)  # noqa: E731
    keys = reading.read_keys(
        value,
        {
            "what": reading.choice(ConsentTo),
            "given_at": read_at,
            "begins_at": read_at,
            "withdrawn_at": read_at,
            "until": lambda one: _until(one, zone),
            "from": _clock,
            "to": _clock,
            "address": reading.text,
            "debts": names,
            "given_to": reading.text,
            "in_permitted_contact": reading.yes_no,
        },
        required=("what", "given_at"),
    )
    _refuse_too_soon(keys, "withdrawn_at", "given_at")
    return Consent(**{{"from": "from_time", "to": "to_time"}.get(key, key): one for key, one in keys.items()})


def _until(value: object, zone: ZoneInfo) -> datetime:
    """The end of a bare day, for a limit that is given as one."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value + timedelta(days=1), time(0), zone) - timedelta(microseconds=1)
    return instant(value, zone)


def _clock(value: object) -> int:
    try:
        return minutes_of(reading.text(value))
    except ValueError as bad:
        raise BadValue(str(bad)) from None


_WEEKDAYS = {name: place for place, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


def _weekdays(value: object) -> frozenset[int]:
    given = names(value)
    if unknown := [one for one in given if one[:3].lower() not in _WEEKDAYS]:
        raise BadValue(f'"{unknown[0]}" isn\'t a weekday')
    return frozenset(_WEEKDAYS[one[:3].lower()] for one in given)


def read_preference(value: object, zone: ZoneInfo) -> Preference:
    keys = reading.read_keys(
        value,
        {
            "wish": reading.choice(Wish),
            "received_at": lambda one: instant(one, zone),
            "withdrawn_at": lambda one: instant(one, zone),
            "channels": lambda one: frozenset(reading.choice(Channel)(name) for name in names(one)),
            "addresses": lambda one: frozenset(names(one)),
            "places": lambda one: frozenset(reading.choice(Place)(name) for name in names(one)),
            "from": _clock,
            "to": _clock,
            "weekdays": _weekdays,
        },
        required=("wish", "received_at"),
    )
    _refuse_too_soon(keys, "withdrawn_at", "received_at")
    return Preference(**{{"from": "from_time", "to": "to_time"}.get(key, key): one for key, one in keys.items()})


def read_hold(value: object, zone: ZoneInfo) -> Hold:
    keys = reading.read_keys(
        value,
        {
            "kind": reading.choice(HoldKind),
            "began_at": lambda one: instant(one, zone),
            "until": lambda one: instant(one, zone),
            "debts": names,
            "given": lambda one: read_answers(one, zone),
        },
        required=("kind", "began_at"),
    )
    _refuse_too_soon(keys, "until", "began_at")
    return Hold(**keys)


def _refuse_too_soon(keys: Mapping[str, datetime], end: str, start: str) -> None:
    """What ends before it begins is a slip: it would be passed over as if nobody had said it."""
    if end in keys and keys[end] < keys[start]:
        raise BadValue(f"{keys[end]} lies before {start}, {keys[start]}", (end,))


def read_debts(value: object, zone: ZoneInfo) -> dict[str, Debt]:
    """Debts by their id: account, product, and answers about them."""
    debts = {}
    for name, held in reading.table_of(lambda one: one)(value).items():
        if not isinstance(held, Mapping):
            raise BadValue("expected a table", (name,))
        rest = {key: one for key, one in held.items() if key not in ("account", "product")}
        debts[name] = Debt(
            name,
            account=reading.text(held.get("account", "")),
            product=reading.at(name, lambda one: reading.at("product", reading.choice(Product), one), held["product"])
            if held.get("product")
            else "",
            given=reading.at(name, lambda one: read_answers(one, zone, also=("account", "product")), rest),
        )
    return debts
