"""A case as a lawyer writes it by hand: who acts, where the person is, what went before, what is proposed, and when.

docs/reference/law_cases.md describes the form. Short forms stand for long ones (calls_placed for a list of contacts); what a case
leaves out is taken as that page says, or is missing, and then the gate says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from goodstanding.core import reading
from goodstanding.core.conduct.facts import (
    Act,
    Acting,
    Actor,
    Channel,
    Contact,
    Evidence,
    Facts,
    Outcome,
    Person,
    Place,
    Proposal,
    Purpose,
    Relation,
)
from goodstanding.core.conduct.gate import judge, may_be_in
from goodstanding.core.conduct.rule import HousePolicy, Rules
from goodstanding.core.conduct.verdict import Decision, Verdict
from goodstanding.core.conduct.vocabulary import LetterKind, Licence
from goodstanding.core.conduct.windows import utc
from goodstanding.core.conduct.wording import PURPOSES
from goodstanding.core.reading import BadValue
from goodstanding.law import places
from goodstanding.law.answers import instant, names, read_answers
from goodstanding.law.case_facts import read_consent, read_contact, read_debts, read_hold, read_preference
from goodstanding.law.here import BadLaw
from goodstanding.law.loader import assumed_actors, items, layers, rules_for
from goodstanding.law.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case says the verdict must be; empty: it doesn't say."""

    decision: Decision | None = None
    rule: str = ""
    reason: str = ""
    missing: tuple[str, ...] | None = None
    allowed_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case, ready to be judged. tests: the rules it is written for, by id or alias."""

    name: str
    rules: Rules
    proposal: Proposal
    facts: Facts
    at: datetime
    expected: Expected = field(default_factory=Expected)
    tests: tuple[str, ...] = ()
    working: str = ""

    def verdict(self) -> Verdict:
        return judge(self.proposal, self.facts, self.rules, self.at)


def read_cases(path: Path) -> list[Case]:
    """Read a file of one case or a list of them; BadValue says what is wrong, in which case."""
    data = read_yaml(path)
    cases = data if isinstance(data, list) else [data]
    return [reading.at(_called(one, place), read_case, one) for place, one in enumerate(cases, start=1)]


def _called(data: Any, place: int) -> str:
    name = data.get("name") if isinstance(data, Mapping) else None
    return f'case {place} ("{name}")' if isinstance(name, str) else f"case {place}"


def read_case(data: Any) -> Case:
    """Read one case from plain data."""
    keys = reading.read_keys(
        data,
        {
            "name": reading.filled_text,
            "law": names,
            "rule": names,
            "at": _anything,
            "who": _anything,
            "person": _anything,
            "given": _anything,
            "proposal": _anything,
            "policy": _policy,
            "stricter": _anything,
            "expect": _anything,
            "working": reading.text,
        },
        required=("law", "at"),
    )
    chosen = keys["law"]
    try:
        rules = rules_for(chosen, stricter=keys.get("stricter"), policy=keys.get("policy"))
    except BadLaw as bad:
        raise BadValue(str(bad), ("law",)) from None
    first_zone, at = _read_at(keys["at"], keys.get("person"), chosen)
    person = reading.at("person", lambda value: _person(value, first_zone, chosen), keys.get("person", {}))
    rules = _with_law_of_the_place(rules, person, keys)
    zone = person.zones[0] if person.zones else first_zone
    at = at if isinstance(at, datetime) else datetime.combine(at, time(12), zone)
    given = reading.at("given", lambda value: _given(value, zone, person), keys.get("given", {}))
    proposal = reading.at("proposal", lambda value: _proposal(value, zone, given), keys.get("proposal", {}))
    _refuse_unknown_debts(given, proposal)
    person = reading.at("proposal", lambda value: _where_it_rings(person, value), proposal)
    facts = Facts(
        acting=reading.at("who", lambda value: _acting(value, chosen), keys.get("who", {})),
        person=person,
        contacts=tuple(sorted(given["contacts"], key=lambda one: one.at)),
        consents=given["consents"],
        preferences=given["preferences"],
        holds=given["holds"],
        debts=given["debts"],
        given=given["answers"],
    )
    return Case(
        name=keys.get("name", ""),
        rules=rules,
        proposal=proposal,
        facts=facts,
        at=at,
        expected=reading.at("expect", lambda value: _expected(value, zone), keys.get("expect", {})),
        tests=keys.get("rule", ()),
        working=keys.get("working", ""),
    )


def _with_law_of_the_place(rules: Rules, person: Person, keys: Mapping[str, Any]) -> Rules:
    """With the law of a whole country that of its states and cities in which the person may be; nothing is added to what is assumed."""
    chosen, known = keys["law"], layers()
    if all(one.source == "assumed" for one in person.evidence if one.places):
        return rules
    countries = [place for name in chosen if name in known for place in known[name].places]
    more = [
        name
        for name, layer in known.items()
        if name not in chosen
        and any(place.startswith(f"{country}-") for place in layer.places for country in countries)
        and may_be_in(person.places, layer.places)
    ]
    if not more:
        return rules
    return rules_for((*chosen, *more), stricter=keys.get("stricter"), policy=keys.get("policy"))


def _where_it_rings(person: Person, proposal: Proposal) -> Person:
    """The person with the number that is called or texted as one more indication of where they are (12 CFR 1006 comment 6(b)(1)(i)-2)."""
    if proposal.channel not in _BY_NUMBER or not proposal.address.startswith("+"):
        return person
    try:
        rings = places.evidence("phone", proposal.address)
    except ValueError as bad:
        raise BadValue(str(bad), ("address",)) from None
    return replace(person, evidence=(*person.evidence, rings)) if rings.zones else person


_BY_NUMBER = frozenset({Channel.CALL, Channel.RINGLESS_VOICEMAIL, Channel.TEXT})


def _refuse_unknown_debts(given: Mapping[str, Any], proposal: Proposal) -> None:
    """A debt that the case's own table of debts hasn't is a slip: what is said of it would protect nobody."""
    known = given["debts"]
    named = {
        "given.holds": [name for one in given["holds"] for name in one.debts],
        "given.consents": [name for one in given["consents"] for name in one.debts],
        "proposal.debts": proposal.debts,
    }
    for where, names_there in named.items():
        if known and (wrong := [name for name in names_there if name not in known]):
            raise BadValue(
                f'"{wrong[0]}" isn\'t one of the debts that the case names; {reading.nearest(wrong[0], known)}',
                (where,),
            )


def _anything(value: object) -> object:
    return value


def _policy(value: object) -> HousePolicy:
    keys = reading.read_keys(value, {"lenient": reading.text, "adopted": names})
    if keys.get("lenient", "refused") not in ("refused", "review"):
        raise BadValue("expected refused or review", ("lenient",))
    return HousePolicy(**keys)


def _read_at(value: object, person: object, chosen: Sequence[str]) -> tuple[ZoneInfo, date | datetime]:
    """The instant judged, and the zone that times without one are in."""
    zone = _zone_of(person, chosen)
    if isinstance(value, date):
        return zone, value
    at = reading.at("at", lambda one: instant(one, zone), value)
    return zone, at


def _zone_of(person: object, chosen: Sequence[str]) -> ZoneInfo:
    if isinstance(person, Mapping):
        if isinstance(named := person.get("zone"), str):
            return _zone(named)
        for key in ("address", "own_word", "phones", "phone"):
            if key in person:
                found = [one for text in names(person[key]) for one in places.evidence(key, text).zones]
                if found:
                    return found[0]
    return places.first_zone(layers()[chosen[0].partition("/")[0]].places)


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(places.legal_zone(reading.filled_text(value)))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue(f'"{value}" isn\'t a time zone (we read names such as America/Denver)') from None


def _acting(value: object, chosen: Sequence[str]) -> Acting:
    """Who acts: a word, or a table; when a case says nothing, whom its first body of law is mostly about."""
    if isinstance(value, str):
        return Acting(None if value == "unknown" else reading.choice(Actor)(value))
    keys = reading.read_keys(value, {"actor": _actor, "licence": reading.choice(Licence), "name": reading.text})
    if "actor" not in keys:
        keys["actor"] = assumed_actors().get(chosen[0].partition("/")[0])
    elif keys["actor"] == "unknown":
        keys["actor"] = None
    return Acting(**keys)


def _actor(value: object) -> Actor | str:
    return "unknown" if value == "unknown" else reading.choice(Actor)(value)


def _person(value: object, zone: ZoneInfo, chosen: Sequence[str]) -> Person:
    keys = reading.read_keys(
        value,
        {
            "id": reading.filled_text,
            "relation": reading.choice(Relation),
            "zone": _zones,
            "address": names,
            "phones": names,
            "phone": names,
            "own_word": names,
            "location": reading.text,
            "language": reading.text,
        },
    )
    evidence = [
        places.evidence(key, text) for key in ("address", "phones", "phone", "own_word") for text in keys.get(key, ())
    ]
    if "zone" in keys:
        evidence.append(Evidence("own_word", keys["zone"]))
    elif not evidence and keys.get("location") != "unknown":
        evidence.append(
            Evidence("assumed", (zone,), (places.first_place(layers()[chosen[0].partition("/")[0]].places),))
        )
    return Person(
        id=keys.get("id", "person"),
        relation=keys.get("relation", Relation.BORROWER),
        evidence=tuple(evidence),
        language=keys.get("language", ""),
    )


def _zones(value: object) -> tuple[ZoneInfo, ...]:
    return tuple(_zone(one) for one in names(value))


def _given(value: object, zone: ZoneInfo, person: Person) -> dict[str, Any]:
    """History, wishes, consents, holds, debts; whatever else stands there is an answer by its name."""
    if not isinstance(value, Mapping):
        raise BadValue("expected a table")
    read_at = lambda one: instant(one, zone)  # noqa: E731  (a reader for this person's zone)
    readers: dict[str, Callable[[Any], Any]] = {
        "calls_placed": reading.list_of(
            lambda one: Contact(read_at(one), Channel.CALL, outcome=Outcome.RANG_OUT, person=person.id)
        ),
        "conversations": reading.list_of(
            lambda one: Contact(read_at(one), Channel.CALL, outcome=Outcome.CONVERSATION, person=person.id)
        ),
        "contacts": reading.list_of(lambda one: read_contact(one, zone, person)),
        "consents": reading.list_of(lambda one: read_consent(one, zone)),
        "preferences": reading.list_of(lambda one: read_preference(one, zone)),
        "holds": reading.list_of(lambda one: read_hold(one, zone)),
        "debts": lambda one: read_debts(one, zone),
    }
    held = {key: reading.at(key, read, value[key]) for key, read in readers.items() if value.get(key) is not None}
    rest = {key: one for key, one in value.items() if key not in readers}
    return {
        "contacts": [*held.get("contacts", ()), *held.get("calls_placed", ()), *held.get("conversations", ())],
        "consents": held.get("consents", ()),
        "preferences": held.get("preferences", ()),
        "holds": held.get("holds", ()),
        "debts": held.get("debts", {}),
        "answers": read_answers(rest, zone, also=readers),
    }


def _proposal(value: object, zone: ZoneInfo, given: Mapping[str, Any]) -> Proposal:
    """What is proposed; a contact of which nothing else is said is a call that asks for the arrears."""
    if not isinstance(value, Mapping):
        raise BadValue("expected a table")
    readers: dict[str, Callable[[Any], Any]] = {
        "act": reading.choice(Act),
        "channel": _or_unknown(reading.choice(Channel)),
        "purpose": _or_unknown(reading.choice(Purpose)),
        "debts": names,
        "address": reading.text,
        "place": reading.choice(Place),
        "automated": reading.yes_no,
        "replies_to": lambda one: instant(one, zone),
        "asks_for_payment": reading.yes_no,
        "required_by_law": reading.yes_no,
        "language": reading.text,
        "text": reading.text,
        "approved_by": reading.filled_text,
        "letter": reading.choice(LetterKind),
        "items": lambda one: frozenset(_item(name) for name in names(one)),
        "claims": names,
    }
    held = {key: reading.at(key, read, value[key]) for key, read in readers.items() if value.get(key) is not None}
    if held.get("act", Act.CONTACT) is Act.CONTACT:
        held.setdefault("channel", Channel.LETTER if "letter" in held else Channel.CALL)
        held.setdefault("purpose", PURPOSES.get(held.get("letter", ""), Purpose.DEMAND))
        held.setdefault(
            "asks_for_payment", held["purpose"] in (Purpose.DEMAND, Purpose.REMINDER, Purpose.PLAN_REMINDER)
        )
    for key in ("channel", "purpose"):
        if held.get(key) == "unknown":
            held[key] = None
    if "debts" not in held and len(given["debts"]) == 1:
        held["debts"] = tuple(given["debts"])
    if held.pop("approved_by", ""):
        held["unapproved"] = ""
    rest = {key: one for key, one in value.items() if key not in readers}
    return Proposal(**held, given=read_answers(rest, zone, also=readers))


def _item(name: str) -> str:
    if name not in items():
        raise BadValue(f'"{name}" isn\'t an item that a letter may contain; {reading.nearest(name, items())}')
    return name


def _or_unknown(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: value if value == "unknown" else read(value)


def _expected(value: object, zone: ZoneInfo) -> Expected:
    if isinstance(value, str):
        return Expected(reading.choice(Decision)(value))
    keys = reading.read_keys(
        value,
        {
            "decision": reading.choice(Decision),
            "rule": reading.text,
            "reason": reading.text,
            "missing": names,
            "allowed_from": lambda one: instant(one, zone),
        },
    )
    return Expected(**keys)


def disagreements(case: Case, verdict: Verdict) -> list[str]:
    """What the verdict has otherwise than the case expects, a sentence each; empty: nothing."""
    expected, told = case.expected, []
    if expected.decision is not None and verdict.decision is not expected.decision:
        told.append(f"The decision is {verdict.decision}; the case expects {expected.decision}.")
    against = verdict.against
    if expected.rule and not any(expected.rule in (one.rule, one.alias) for one in against):
        told.append(
            f"{expected.rule} should stand against it; there is {', '.join(one.rule for one in against) or 'nothing'}."
        )
    if expected.reason and not any(one.reason == expected.reason for one in against):
        told.append(
            f"The reason should be {expected.reason}; it is {', '.join(one.reason for one in against) or 'none'}."
        )
    if expected.missing is not None and not set(expected.missing) <= set(verdict.missing):
        told.append(
            f"It should miss {', '.join(expected.missing)}; it misses {', '.join(verdict.missing) or 'nothing'}."
        )
    # In UTC: Python takes no instant of the hour that comes twice for equal to one of another zone.
    found = utc(verdict.allowed_from) if verdict.allowed_from else None
    if expected.allowed_from is not None and found != utc(expected.allowed_from):
        told.append(
            f"It should be allowed from {expected.allowed_from}; it says {verdict.allowed_from or 'never by time alone'}."
        )
    return told
