"""Which records must be kept until when, as a compliance officer asks: the rules of some bodies of law, and one record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from goodstanding.core import reading
from goodstanding.core.conduct.facts import Acting, Actor, Debt, Evidence, Facts, Person
from goodstanding.core.conduct.retention import Duty, Kept, duties, kept_until
from goodstanding.core.conduct.rule import Rules
from goodstanding.core.conduct.vocabulary import Record
from goodstanding.law.answers import answers_from_text
from goodstanding.law.loader import rules_for
from goodstanding.law.places import first_zone
from goodstanding.law.showing import whom
from goodstanding.law.tell import verdict_data, verdict_lines


@dataclass(frozen=True, slots=True)
class Asked:
    """One record, and who holds it. pairs: answers as name=value. on: the day it is asked about, at noon."""

    record: str
    rules: Rules
    actor: Actor
    licence: str | None
    product: str | None
    pairs: Sequence[str]
    on: date


def kept_rules(chosen: Sequence[str]) -> Rules:
    """The rules of the chosen bodies of law; BadLaw where there is none of that name."""
    return rules_for(chosen)


def keeping(asked: Asked) -> Kept:
    """Until when it is kept; BadValue for a record, an answer or a value that nobody knows."""
    record = reading.at("record", reading.choice(Record), asked.record)
    layer = next((one for one in asked.rules.layers if one.places), None)
    zone = first_zone(layer.places if layer else ())
    facts = Facts(
        Acting(asked.actor, asked.licence),
        Person("whoever it is about", evidence=(Evidence("assumed", (zone,)),)),
        debts={"debt": Debt("debt", product=asked.product or "")},
    )
    given = answers_from_text(asked.pairs, zone)
    return kept_until(record, facts, asked.rules, datetime.combine(asked.on, time(12), zone), given=given, debt="debt")


def kept_lines(kept: Kept) -> Iterator[str]:
    """The last day on which it is kept, and why."""
    name = kept.record.value.replace("_", " ")
    if kept.is_kept_by_no_rule:
        yield f"No rule of these bodies of law keeps this {name}: a person decides when it goes."
    elif kept.may_be_deleted:
        yield f"This {name} may be deleted."
    elif kept.until is not None:
        yield f"This {name} is kept until the end of {kept.until}."
    else:
        yield f"This {name} is kept: no day ends it by itself."
    yield from (f"  {line}" for line in verdict_lines(kept.verdict))


def kept_data(kept: Kept) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "record": kept.record.value,
        "may_be_deleted": kept.may_be_deleted,
        "until": kept.until.isoformat() if kept.until else None,
        "verdict": verdict_data(kept.verdict),
    }


def duty_lines(rules: Rules, on: date) -> Iterator[str]:
    """Every rule that asks for records to be kept, a paragraph each."""
    found = duties(rules, on)
    for one in found:
        yield f"{one.rule.id}: {one.rule.title}"
        yield f"  records: {', '.join(one.records)}"
        yield f"  kept: {how_long(one)}"
        if bound := whom(one.rule):
            yield f"  binds: {bound}"
        yield f"  source: {one.rule.source.cite}; signed off by {one.rule.source.reviewed_by or 'nobody yet'}"
    if not found:
        yield f"No rule of these bodies of law asks for records to be kept on {on}; and none lets one be deleted."


def how_long(one: Duty) -> str:
    """For how long, in words.

    A time from a day, or until answers hold.
    """
    if one.until:
        return f"until {' and '.join(one.until)}"
    spans = " and ".join(
        f"{number} {unit if number != 1 else unit.removesuffix('s')}" for unit, number in one.values.items()
    )
    return f"{spans} after {one.counted_from}"
