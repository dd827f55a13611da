"""Which records must be kept until when: what the rules of a lender ask for, and what they come to for one record.

A rule with the effect `retention` constrains the deletion of a record. Most count a time from a day (check keep_until); others
keep a record until something holds, such as a plan being settled. Method and worked table: docs/methods/days_that_law_sets.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from goodstanding.core.conduct.facts import Act, Facts, Proposal, Value
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.rule import Effect, Rule, Rules
from goodstanding.core.conduct.verdict import NO_RULE_SPEAKS, Decision, Verdict
from goodstanding.core.conduct.vocabulary import Record
from goodstanding.core.reading import choice


@dataclass(frozen=True, slots=True)
class Duty:
    """A rule that asks for records to be kept. records: of which kinds; counted_from: the answer whose day the time runs from,
    empty where none does; until: answers that must hold before they may be deleted. values: the time, by its units."""

    rule: Rule
    records: tuple[Record, ...]
    counted_from: str
    until: tuple[str, ...]
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when a record is kept. until: its last day, None where it may be deleted now or time alone doesn't end it.

    verdict: what the gate says of deleting it now, with every rule that spoke.
    """

    record: Record
    until: date | None
    verdict: Verdict

    @property
    def may_be_deleted(self) -> bool:
        return self.verdict.decision is Decision.ALLOWED

    @property
    def is_kept_by_no_rule(self) -> bool:
        """Whether no rule on records spoke at all: nothing keeps it, and whether it goes a person decides."""
        spoke = any(one.effect is Effect.RETENTION for one in self.verdict.findings)
        return not spoke and {one.reason for one in self.verdict.against} <= {NO_RULE_SPEAKS}


def duties(rules: Rules, on: date) -> list[Duty]:
    """Every rule in force that asks for records to be kept."""
    return [
        Duty(
            rule,
            _records(rule),
            str(rule.how.get("from", "")),
            tuple(rule.how.get("all_of", ())),
            {unit: int(values[unit]) for unit in ("years", "months", "days") if unit in values},
        )
        for rule in rules.of(Act.DELETE_RECORD)
        if rule.effect is Effect.RETENTION and (values := rule.values_on(on)) is not None
    ]


def _records(rule: Rule) -> tuple[Record, ...]:
    named = rule.how.get("records")
    if named is None:
        asked = rule.applies_if.given.get("record", rule.applies_if.known.get("record", ()))
        named = asked if isinstance(asked, list) else [asked] if asked else list(Record)
    return tuple(choice(Record)(one) for one in named)


def kept_until(
    record: Record,
    facts: Facts,
    rules: Rules,
    at: datetime,
    *,
    given: Mapping[str, Value] | None = None,
    debt: str = "",
) -> Kept:
    """Until when a record must be kept by all of the rules together, seen from an instant.

    given: the days the rules count from (recorded_on, last_collection_activity_on, …) and what else they ask, by name; a rule that
    lacks one refuses, and the verdict names it. debt: whose product may decide which rules apply.
    """
    proposal = Proposal(
        act=Act.DELETE_RECORD, debts=(debt,) if debt else (), given={"record": record.value, **(given or {})}
    )
    verdict = judge(proposal, facts, rules, at)
    first = verdict.allowed_from
    zones = facts.person.zones
    until = None
    if first is not None:
        until = min((first.astimezone(zone).date() for zone in zones), default=first.date()) - timedelta(days=1)
    return Kept(record, until, verdict)
