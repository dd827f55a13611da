"""The text of a personalised plan holds every item that the law lists, and its sums are those of the offer."""

from dataclasses import replace
from datetime import date

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.plans.offers import OfferKind, Position
from goodstanding.core.plans.plan_text import items_of, plan_text
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
from goodstanding.law.loader import rules_for
from tests.core.plans.test_in_force import LOAN, POLICY
from tests.core.test_ways_out import EVERY_MEASURE

POSITION = Position(LOAN, POLICY, assess(LOAN, POLICY, as_of=date(2026, 2, 20)), date(2026, 3, 6))
OFFERS = answered_by(ways_out(POSITION, EVERY_MEASURE), by_reference(POLICY)).offers
FREE, BEARING = (one for one in OFFERS if one.kind is OfferKind.PERSONAL_PLAN)


def test_it_holds_every_item_of_the_rule() -> None:
    (rule,) = (one for one in rules_for(["cn"]).rules if one.id == "cn/plan/text")
    values = rule.values_on(date(2026, 2, 20))
    assert values is not None
    assert items_of(plan_text(POSITION, FREE)) >= set(values["items"])


def test_its_sums_are_those_of_the_offer() -> None:
    free, bearing = plan_text(POSITION, FREE), plan_text(POSITION, BEARING)
    balance = free.balance_structure_currency
    assert (balance.currency, balance.total) == ("CNY", POSITION.today.payoff)
    assert (balance.owed.principal, balance.owed.penalty, balance.owed.interest) == (5_000_00, 51_00, 47_15)
    assert not free.whether_charges_run.interest_runs
    assert bearing.whether_charges_run.interest == BEARING.total - balance.total > 0
    assert free.plan_schedule.is_equal
    assert len(free.plan_schedule.payments) == 12


def test_another_offer_has_no_such_text() -> None:
    with pytest.raises(ValueError, match="isn't a personalised plan"):
        plan_text(POSITION, replace(FREE, kind=OfferKind.EXTENSION))
