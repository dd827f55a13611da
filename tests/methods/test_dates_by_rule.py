"""The tables of docs/methods/days_that_law_sets.md that name a rule: its own values give the day, the ceiling, the record's last day."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goodstanding.core.conduct.facts import Actor, Channel, Contact, Outcome, Purpose, Relation
from goodstanding.core.conduct.law_dates import (
    arrears_notice_due_by,
    ceiling,
    days_of_demands,
    default_notice_may_name,
    limitation_expiry,
    plan_ends_by,
    plan_months,
    quiet_from,
    report_after_notice_from,
    report_after_telling_from,
)
from goodstanding.core.conduct.law_days import validation_period_end
from goodstanding.core.conduct.rule import Rule
from goodstanding.core.reading import rate
from goodstanding.law.keeping import Asked, keeping, kept_rules
from goodstanding.law.loader import load_law
from tests.methods.test_days_that_law_sets import rows

RULES: Mapping[str, Rule] = {rule.id: rule for rule in load_law()[0]}
BY_RULE = list(rows(["what", "rule", "facts", "gives"]))
MONTHS = list(rows(["agreed on", "last instalment", "months"]))
DEMANDS = list(rows(["contact", "purpose", "outcome", "to the reserved number", "begins again"]))
CEILINGS = list(rows(["what", "rule", "day", "counted by", "most"]))
KEPT = list(rows(["record", "law", "who", "given", "on", "kept until the end of"]))

Given = Mapping[str, date]
GIVES: Mapping[str, Callable[[Mapping[str, Any], Given], date | None]] = {
    "uk/cca/arrears_notice": lambda values, given: arrears_notice_due_by(values, **given),
    "uk/cca/default_notice_date": lambda values, given: default_notice_may_name(values, **given),
    "us/reg_f/validation/period": lambda values, given: validation_period_end(given["sent_on"], **values),
    "us/reg_f/quiet_after_conversation": lambda values, given: quiet_from(values, **given),
    "us/reg_f/furnishing": lambda values, given: report_after_telling_from(
        values,
        spoken_on=[day for name, day in given.items() if name == "spoken_on"],
        sent_on=[day for name, day in given.items() if name == "sent_on"],
    ),
    "cn/credit/prior_notice_days": lambda values, given: report_after_notice_from(values, **given),
    "cn/card/plan_term": lambda values, given: plan_ends_by(values, **given),
    "cn/civil_code/limitation": lambda values, given: limitation_expiry(
        given["due_on"], tuple(day for name, day in given.items() if name == "restarted_on"), values["years"]
    ),
}


def values_of(rule: str, day: date) -> Mapping[str, Any]:
    values = RULES[rule].values_on(day)
    assert values is not None, f"{rule} isn't in force on {day}"
    return values


def test_the_tables_are_found() -> None:
    assert {row[1] for row in BY_RULE} == set(GIVES)
    assert [len(found) for found in (MONTHS, DEMANDS, CEILINGS, KEPT)] == [4, 8, 8, 11]


@pytest.mark.parametrize("row", BY_RULE, ids=lambda row: str(row[0]))
def test_a_rules_own_values_give_the_day(row: list[str]) -> None:
    _what, rule, facts, gives = row
    given = {name: date.fromisoformat(day) for name, _, day in (one.strip().partition(" ") for one in facts.split(","))}

    assert str(GIVES[rule](values_of(rule, max(given.values())), given)) == gives


@pytest.mark.parametrize("row", MONTHS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_plan_has_so_many_months(row: list[str]) -> None:
    agreed_on, last_due_on, months = row

    assert plan_months(date.fromisoformat(agreed_on), date.fromisoformat(last_due_on)) == int(months)


@pytest.mark.parametrize("row", DEMANDS, ids=" ".join)
def test_a_demand_begins_limitation_again(row: list[str]) -> None:
    channel, purpose, outcome, to_reserved, begins = row
    at = datetime(2026, 6, 19, 20, tzinfo=UTC)
    contact = Contact(at, Channel(channel), outcome=Outcome(outcome), address="there", purpose=Purpose(purpose))
    reserved = {"there"} if to_reserved == "yes" else set()

    found = days_of_demands([contact], [ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")], reserved=reserved)

    assert found == ((date(2026, 6, 19),) if begins == "yes" else ())


def test_a_demand_to_somebody_else_or_about_another_debt_begins_nothing() -> None:
    at = datetime(2026, 6, 19, 12, tzinfo=UTC)
    sister = Contact(at, Channel.LETTER, outcome=Outcome.DELIVERED, relation=Relation.RELATIVE, purpose=Purpose.DEMAND)
    other = Contact(at, Channel.LETTER, outcome=Outcome.DELIVERED, debts=("L2",), purpose=Purpose.DEMAND)

    assert days_of_demands([sister], [ZoneInfo("UTC")]) == ()
    assert days_of_demands([other], [ZoneInfo("UTC")], debts=("L1",)) == ()
    assert days_of_demands([other], [ZoneInfo("UTC")], debts=("L2",)) == (date(2026, 6, 19),)


@pytest.mark.parametrize("row", CEILINGS, ids=lambda row: str(row[0]))
def test_a_rule_lets_so_much_be_charged(row: list[str]) -> None:
    _what, rule, day, by, most = row
    figure: Fraction | None = rate(by) if by else None

    assert ceiling(values_of(rule, date.fromisoformat(day)), figure) == rate(most)


@pytest.mark.parametrize("row", KEPT, ids=" ".join)
def test_a_record_is_kept_until_the_day_the_table_says(row: list[str]) -> None:
    record, law, who, given, on, until = row
    actor, licence, product = (one.strip() for one in who.split(","))

    kept = keeping(Asked(record, kept_rules([law]), Actor(actor), licence, product, [given], date.fromisoformat(on)))

    match until:
        case "may be deleted":
            assert (kept.may_be_deleted, kept.is_kept_by_no_rule) == (True, False)
        case "no rule keeps it":
            assert (kept.may_be_deleted, kept.is_kept_by_no_rule, kept.until) == (False, True, None)
        case "it holds":
            assert (kept.may_be_deleted, kept.until) == (False, None)
        case day:
            assert (kept.may_be_deleted, str(kept.until)) == (False, day)
