"""Every offer, of any loan under any policy, as a plan: kept to the day it is completed and leaves what the offer said."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.agreement import EventKind, Plan, PlanEvent, terms_of
from goodstanding.core.plans.in_force import loan_under
from goodstanding.core.plans.judging import Commitments, JudgedPlan, PlanState, judge
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Offer, Position
from tests.core.portfolios import assessments
from tests.core.test_ways_out import EVERY_MEASURE, POLICY, Case, _loan, offered


def accepted(offer: Offer) -> Plan:
    """The offer, accepted on the day after it was worked out."""
    at = datetime.combine(offer.as_of + timedelta(days=1), time(9), tzinfo=UTC)
    events = (PlanEvent(EventKind.OFFERED, at), PlanEvent(EventKind.ACCEPTED, at + timedelta(hours=1)))
    return Plan("A", terms_of(offer, zone="UTC"), events)


def with_payments(loan: Loan, offer: Offer, but: int = 0) -> Loan:
    """The payments made, each on its day and booked on the next; but: so many of the last are missing."""
    made = tuple(
        Transaction(f"plan {place}", Kind.PAYMENT, one.amount, one.on, one.on + timedelta(days=1))
        for place, one in enumerate(offer.payments[: len(offer.payments) - but])
    )
    return replace(loan, transactions=(*loan.transactions, *made))


def story(plan: Plan, loan: Loan, policy: ArrearsPolicy, day: date) -> tuple[JudgedPlan, Loan]:
    (found,) = judge(Commitments(plans=(plan,)), loan, policy, as_of=day).plans
    return found, loan_under([found], loan)


@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(assessments())
def test_a_plan_that_is_kept_leaves_exactly_what_its_offer_said(case: Case) -> None:
    loan, policy, as_of = case
    try:
        today = assess(loan, policy, as_of=as_of)
    except CannotAssess:
        return
    known = ground_of(Position(loan, policy, today, as_of)).loan
    known = replace(known, transactions=tuple(one for one in known.transactions if one.booked_on <= as_of))
    if assess(known, policy, as_of=as_of) != today:
        return  # some of it was booked after the day it counts on: the offer was worked out with it
    for offer in offered(loan, policy, as_of).offers:
        event(offer.kind)
        plan, paid = accepted(offer), with_payments(known, offer)
        found, changed = story(plan, paid, policy, max(offer.ends_on, as_of + timedelta(days=1)))
        assert (found.state, found.paid) == (PlanState.COMPLETED, offer.total), (offer.kind, found.reason)
        kept = assess(changed, policy, as_of=offer.ends_on)
        assert (kept.amount_to_cure, kept.payoff) == (0, offer.left_after), offer.kind


@pytest.mark.parametrize(
    "offer", offered(_loan(), POLICY, date(2026, 2, 20)).offers, ids=lambda offer: f"{offer.kind}-{offer.months}"
)
def test_a_plan_whose_last_payment_is_missed_is_broken_four_days_later_and_waives_nothing(offer: Offer) -> None:
    loan = with_payments(_loan(), offer, but=1)
    last_day = offer.ends_on + timedelta(days=3)
    assert story(accepted(offer), loan, POLICY, last_day)[0].state is PlanState.ACTIVE
    found, changed = story(accepted(offer), loan, POLICY, last_day + timedelta(days=1))
    assert (found.state, found.since) == (PlanState.BROKEN, last_day + timedelta(days=1))
    assert not [one for one in changed.transactions if one.kind is Kind.WAIVER and one.effective_on >= offer.ends_on]
    assert assess(changed, POLICY, as_of=found.since).amount_to_cure > 0


def test_an_offer_that_needs_a_sign_off_becomes_no_plan_without_it() -> None:
    offer = replace(offered(_loan(), POLICY, date(2026, 2, 20), EVERY_MEASURE).offers[0], needs_sign_off="team lead")
    with pytest.raises(ValueError, match="only once team lead has signed it"):
        terms_of(offer, zone="UTC")
    assert terms_of(offer, zone="UTC", signed_off_by="R. Ito").accept_by == offer.accept_by
