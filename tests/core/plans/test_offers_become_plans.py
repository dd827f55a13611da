"""Every offer, of any loan under any policy, as a plan: kept to the day it is completed and leaves what the offer said."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import event

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.agreement import EventKind, Plan, PlanEvent, terms_of
from goodstanding.core.plans.in_force import loan_under
from goodstanding.core.plans.judging import Commitments, JudgedPlan, PlanState, judge
from goodstanding.core.plans.offers import HowFar, Offer, OfferKind
from tests.core.known_loans import Known, on_any_loan
from tests.core.test_ways_out import EVERY_MEASURE, POLICY, _loan, offered


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
    return found, loan_under([found], loan, policy)


@on_any_loan(40)
def test_a_plan_that_is_kept_leaves_exactly_what_its_offer_said(of: Known) -> None:
    policy, as_of, today, known = of.policy, of.as_of, of.today, of.known
    known = replace(known, transactions=tuple(one for one in known.transactions if one.booked_on <= as_of))
    try:
        if assess(known, policy, as_of=as_of) != today:
            return  # some of it was booked after the day it counts on: the offer was worked out with it
    except CannotAssess:
        return  # what it takes back was booked after the day
    for offer in offered(of.loan, policy, as_of).offers:
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


OFFERS = offered(_loan(), POLICY, date(2026, 2, 20)).offers
EACH = pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.months}-{len(offer.payments)}")


def paid_otherwise(offer: Offer, *, days: int = 0, short: int = 0) -> Loan:
    """The payments made so many days later, or earlier below zero, the last one short by an amount."""
    made = []
    for place, one in enumerate(offer.payments):
        on = max(one.on + timedelta(days=days), offer.as_of + timedelta(days=1))
        amount = one.amount - (short if one is offer.payments[-1] else 0)
        made.append(Transaction(f"plan {place}", Kind.PAYMENT, amount, on, on))
    return replace(_loan(), transactions=tuple(made))


@EACH
@pytest.mark.parametrize(("days", "short"), [(-1, 0), (-5, 0), (-13, 0), (1, 0), (3, 0), (0, 100), (3, 100), (-5, 100)])
def test_completion_cures_whoever_paid_early_late_or_too_little_within_the_tolerance(
    offer: Offer, days: int, short: int
) -> None:
    loan, end = paid_otherwise(offer, days=days, short=short), offer.ends_on + timedelta(days=3)
    found, changed = story(accepted(offer), loan, POLICY, end)
    assert found.state is PlanState.COMPLETED
    if days > 0 and offer.stops.penalty is HowFar.GOES_ON:
        return  # it said that charges go on
    after = assess(changed, POLICY, as_of=end)
    if not offer.left_after:
        assert (after.amount_to_cure, after.payoff, after.days_past_due) == (0, 0, 0)
    else:  # the contract goes on, and nothing of it has fallen due by then
        assert (after.amount_to_cure, after.days_past_due) == (0, 0)
    on_the_day = assess(story(accepted(offer), loan, POLICY, found.since)[1], POLICY, as_of=found.since)
    assert (on_the_day.amount_to_cure, on_the_day.days_past_due) == (0, 0)


@EACH
def test_a_plan_that_is_completed_gives_up_no_more_than_was_agreed_and_the_tolerance(offer: Offer) -> None:
    """A fee that was posted after the agreement is no part of it."""
    loan = paid_otherwise(offer)
    fee = Transaction("F", Kind.FEE, 50_00, offer.as_of + timedelta(days=2), offer.as_of + timedelta(days=2))
    found, changed = story(
        accepted(offer), replace(loan, transactions=(*loan.transactions, fee)), POLICY, offer.ends_on
    )
    assert found.state is PlanState.COMPLETED
    assert assess(changed, POLICY, as_of=offer.ends_on + timedelta(days=1)).payoff >= offer.left_after + 50_00


LATE_MONEY = [
    pytest.param((("payment", 100_00, 18, 25),), id="booked late"),
    pytest.param((("payment", 1020_00, 18, 25),), id="an instalment, booked late"),
    pytest.param((("payment", 2500_00, 18, 25),), id="more than is overdue, booked late"),
    pytest.param((("payment", 100_00, 20, 20),), id="on the day of the sums, which end the day before"),
]


@EACH
@pytest.mark.parametrize("news", LATE_MONEY)
def test_money_that_the_sums_did_not_know_of_counts_for_the_first_payments(
    offer: Offer, news: tuple[tuple[str, int, int, int], ...]
) -> None:
    (_, amount, on, booked) = news[0]
    came = Transaction("news", Kind.PAYMENT, amount, date(2026, 2, on), date(2026, 2, booked))
    left, made = amount, []
    for place, one in enumerate(offer.payments):
        part = min(left, one.amount)
        left -= part
        if one.amount > part:
            made.append(Transaction(f"plan {place}", Kind.PAYMENT, one.amount - part, one.on, one.on))
    plan = accepted(offer)
    plan = replace(plan, terms=replace(plan.terms, counted_up_to=date(2026, 2, 19)))
    loan = replace(_loan(), transactions=(came, *made))
    for one in offer.payments:
        found, changed = story(plan, loan, POLICY, one.on)
        assert found.state in (PlanState.ACTIVE, PlanState.COMPLETED), found.reason
        now = assess(changed, POLICY, as_of=one.on)
        if offer.change.versions and offer.kind is not OfferKind.SETTLEMENT:
            # the money met principal before charges that the first payment holds: those wait for the next one
            assert now.days_past_due == 0, one.on
            assert now.amount_to_cure <= 51_00, one.on
    assert found.state is PlanState.COMPLETED
    assert now.amount_to_cure == 0
    if offer.kind is OfferKind.SETTLEMENT:
        assert now.payoff == 0


def test_an_older_payment_that_bounces_is_asked_for_with_the_first_payment() -> None:
    paid = Transaction("T", Kind.PAYMENT, 1020_00, date(2026, 1, 10), date(2026, 1, 10))
    loan = _loan(transactions=(paid,))
    back = Transaction("R", Kind.REVERSAL, 1020_00, date(2026, 3, 1), date(2026, 3, 1), reverses="T")
    for offer in offered(loan, POLICY, date(2026, 2, 20)).offers:
        if not offer.change.versions or offer.kind is OfferKind.SETTLEMENT:
            continue
        made = [
            Transaction(f"p{place}", Kind.PAYMENT, one.amount, one.on, one.on)
            for place, one in enumerate(offer.payments)
        ]
        bounced = replace(loan, transactions=(paid, back, *made))
        found, changed = story(accepted(offer), bounced, POLICY, offer.payments[0].on)
        assert assess(changed, POLICY, as_of=offer.payments[0].on + timedelta(days=1)).overdue_principal > 0, offer.kind
        found, changed = story(accepted(offer), bounced, POLICY, offer.ends_on)
        assert found.state is PlanState.COMPLETED
        assert assess(changed, POLICY, as_of=offer.ends_on).payoff >= 1020_00, offer.kind


def test_an_offer_that_needs_a_sign_off_becomes_no_plan_without_it() -> None:
    offer = replace(offered(_loan(), POLICY, date(2026, 2, 20), EVERY_MEASURE).offers[0], needs_sign_off="team lead")
    with pytest.raises(ValueError, match="only once team lead has signed it"):
        terms_of(offer, zone="UTC")
    assert terms_of(offer, zone="UTC", signed_off_by="R. Ito").accept_by == offer.accept_by


DAYS_OF_SUMS = pytest.mark.parametrize("as_of", [date(2026, 2, 20), date(2026, 3, 10)], ids=["a day", "a due date"])


@DAYS_OF_SUMS
def test_money_of_the_day_of_the_sums_that_they_did_not_know_is_paid_on_the_plan(as_of: date) -> None:
    """Asked, agreed and paid in one telephone call, or paid on a due date as the contract asks: booked on that very day."""
    for offer in offered(_loan(), POLICY, as_of).offers:
        first = Transaction("first", Kind.PAYMENT, offer.payments[0].amount, as_of, as_of)
        loan = replace(_loan(), transactions=(first, *with_payments(_loan(), offer).transactions[1:]))
        for day in [*(one.on + timedelta(days=4) for one in offer.payments), offer.ends_on]:
            found, changed = story(accepted(offer), loan, POLICY, day)
            assert found.state is not PlanState.BROKEN, (offer.kind, offer.months, found.reason)
        assert (found.state, found.paid) == (PlanState.COMPLETED, offer.total), (offer.kind, offer.months)
        assert assess(changed, POLICY, as_of=offer.ends_on).amount_to_cure == 0


@DAYS_OF_SUMS
@pytest.mark.parametrize("amount", [300_00, 1020_00, 1500_00])
def test_money_of_the_day_of_the_sums_that_they_knew_is_not_paid_twice(as_of: date, amount: int) -> None:
    loan = _loan(transactions=(Transaction("T", Kind.PAYMENT, amount, as_of, as_of),))
    for offer in offered(loan, POLICY, as_of).offers:
        found, _ = story(accepted(offer), with_payments(loan, offer), POLICY, offer.ends_on + timedelta(days=1))
        assert (found.state, found.paid) == (PlanState.COMPLETED, offer.total), (offer.kind, offer.months)
        found, _ = story(accepted(offer), with_payments(loan, offer, but=1), POLICY, offer.ends_on + timedelta(days=4))
        assert found.state is PlanState.BROKEN, (offer.kind, offer.months)
