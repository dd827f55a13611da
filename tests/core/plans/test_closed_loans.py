"""A plan asks for nothing of a loan on which nothing is owed, though less came than was agreed.

Rule: docs/decisions/what-completes-a-plan.md
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Assessment
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.agreement import EventKind, Plan
from goodstanding.core.plans.as_agreed import as_agreed
from goodstanding.core.plans.judging import Commitments, JudgedPlan, PlanState, Why
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Offer, OfferKind, Position
from tests.core.plans.test_completion import A_DAY, AS_OF, FIRST, paying
from tests.core.plans.test_offers_become_plans import accepted
from tests.core.portfolios import assessments
from tests.core.test_ways_out import POLICY, Case, _loan, offered

WITH_INTEREST = [
    one
    for one in offered(_loan(), POLICY, AS_OF).offers
    if one.kind in (OfferKind.EXTENSION, OfferKind.DEFERRAL, OfferKind.LONGER_TERM, OfferKind.PERSONAL_PLAN)
]


def stands(plan: Plan, loan: Loan, day: date, policy: ArrearsPolicy = POLICY) -> tuple[JudgedPlan, Assessment]:
    judged, changed = as_agreed(Commitments(plans=(plan,)), loan, policy, as_of=day)
    (found,) = judged.plans
    return found, assess(changed.loan, policy, as_of=day)


def paid_off(offer: Offer, day: date) -> Loan:
    """What closes the loan on a day is paid on it, after the plan's payments before it."""
    loan = paying(_loan(), [(one.on, one.amount) for one in offer.payments if one.on < day])
    left = stands(accepted(offer), loan, day)[1].payoff
    return replace(loan, transactions=(*loan.transactions, Transaction("all", Kind.PAYMENT, left, day, day)))


@pytest.mark.parametrize("offer", WITH_INTEREST, ids=lambda offer: f"{offer.kind}-{offer.months}")
def test_who_pays_the_loan_off_has_completed_the_plan(offer: Offer) -> None:
    for day in (FIRST, offer.payments[0].on + 5 * A_DAY):
        loan = paid_off(offer, day)
        for later in (day, day + A_DAY, offer.ends_on + 30 * A_DAY):
            found, now = stands(accepted(offer), loan, later)
            if found.why is Why.ALL_PAID:  # without interest to save, paying it off is paying all of it
                continue
            assert (found.state, found.why, found.since) == (PlanState.COMPLETED, Why.NOTHING_OWED, day), found.reason
            assert not [one for one in found.payments if one.is_late]
            assert (now.payoff, now.amount_to_cure, now.outstanding_principal) == (0, 0, 0)


@pytest.mark.parametrize("offer", WITH_INTEREST, ids=lambda offer: f"{offer.kind}-{offer.months}")
@pytest.mark.parametrize("days_before", [0, 1, 3])
def test_who_pays_the_loan_off_before_the_plan_binds_has_completed_it_then(offer: Offer, days_before: int) -> None:
    """Paid off, and accepted some days later, as by post: nothing is ever missed of a plan about a loan without debt."""
    plan, paid_on = accepted(offer), AS_OF + A_DAY
    left = assess(_loan(), POLICY, as_of=paid_on).payoff
    loan = replace(_loan(), transactions=(Transaction("all", Kind.PAYMENT, left, paid_on, paid_on),))
    bound_on = paid_on + days_before * A_DAY
    at = datetime(bound_on.year, bound_on.month, bound_on.day, 12, tzinfo=UTC)
    later = replace(
        plan, events=tuple(replace(one, at=at) if one.kind is EventKind.ACCEPTED else one for one in plan.events)
    )
    for day in (bound_on, offer.payments[0].on + 9 * A_DAY, offer.ends_on + 30 * A_DAY):
        found, now = stands(later, loan, day)
        assert (found.state, found.since, now.payoff) == (PlanState.COMPLETED, bound_on, 0), found.reason


def test_one_unit_less_than_closes_the_loan_completes_nothing() -> None:
    offer = next(one for one in WITH_INTEREST if one.kind is OfferKind.LONGER_TERM)
    loan = paid_off(offer, FIRST)
    *others, last = loan.transactions
    short = replace(loan, transactions=(*others, replace(last, amount=last.amount - 1)))
    found, now = stands(accepted(offer), short, FIRST)
    assert (found.state, now.payoff) == (PlanState.ACTIVE, 1)


def test_a_plan_that_was_broken_before_stays_broken() -> None:
    offer = next(one for one in WITH_INTEREST if one.kind is OfferKind.EXTENSION)
    broken_on = offer.payments[0].on + 4 * A_DAY
    plan = accepted(offer)
    left = stands(plan, _loan(), broken_on)[1].payoff
    loan = replace(_loan(), transactions=(Transaction("all", Kind.PAYMENT, left, broken_on, broken_on),))
    found, now = stands(plan, loan, broken_on + 9 * A_DAY)
    assert (found.state, found.since, now.payoff) == (PlanState.BROKEN, broken_on, 0)


def test_money_that_goes_back_opens_the_plan_again() -> None:
    offer = next(one for one in WITH_INTEREST if one.kind is OfferKind.LONGER_TERM)
    loan = paid_off(offer, FIRST)
    paid = loan.transactions[-1]
    back = Transaction("R", Kind.REVERSAL, paid.amount, FIRST + 3 * A_DAY, FIRST + 3 * A_DAY, reverses="all")
    loan = replace(loan, transactions=(*loan.transactions, back))
    assert stands(accepted(offer), loan, FIRST + 2 * A_DAY)[0].why is Why.NOTHING_OWED
    found, now = stands(accepted(offer), loan, FIRST + 3 * A_DAY)
    assert found.state is PlanState.ACTIVE
    assert now.payoff > 0


def test_a_second_plan_is_completed_though_the_first_was_broken() -> None:
    """Each plan is looked at by itself: that the first left something owed says nothing of the second."""
    first = next(one for one in WITH_INTEREST if one.kind is OfferKind.EXTENSION)
    broken_on = first.payments[0].on + 4 * A_DAY
    story = as_agreed(Commitments(plans=(accepted(first),)), _loan(), POLICY, as_of=broken_on)[1]
    second = next(
        one for one in offered(story.loan, POLICY, broken_on).offers if one.kind is OfferKind.ARREARS_INSTALMENTS
    )
    plans = (accepted(first), replace(accepted(second), id="B"))
    day = broken_on + 3 * A_DAY
    left = assess(story.loan, POLICY, as_of=day).payoff
    loan = replace(_loan(), transactions=(Transaction("all", Kind.PAYMENT, left, day, day),))
    found = as_agreed(Commitments(plans=plans), loan, POLICY, as_of=second.ends_on + 40 * A_DAY)[0].plans
    assert [one.state for one in found] == [PlanState.BROKEN, PlanState.COMPLETED]


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(assessments(), st.integers(2, 40))
def test_no_plan_of_a_loan_without_debt_runs_or_is_broken_later(case: Case, days: int) -> None:
    loan, policy, as_of = case
    loan = replace(loan, transactions=tuple(one for one in loan.transactions if one.booked_on <= as_of))
    try:
        today = assess(loan, policy, as_of=as_of)
    except CannotAssess:
        return
    assume(today.amount_to_cure)
    known, day = ground_of(Position(loan, policy, today, as_of)).loan, as_of + timedelta(days=days)
    for offer in offered(loan, policy, as_of).offers:
        plan = accepted(offer)
        before, now = stands(plan, known, day, policy)
        if before.state is not PlanState.ACTIVE or not now.payoff:
            continue
        paid = replace(
            known, transactions=(*known.transactions, Transaction("all", Kind.PAYMENT, now.payoff, day, day))
        )
        after, closed = stands(plan, paid, day, policy)
        if closed.payoff:  # interest that stands in instalments of the day itself
            continue
        event(str(offer.kind))
        assert after.state is PlanState.COMPLETED, (offer.kind, after.reason)
        assert stands(plan, paid, max(day, offer.ends_on) + timedelta(days=9), policy)[0].state is PlanState.COMPLETED
