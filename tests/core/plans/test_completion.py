"""Every measure, paid early, on the day, late in time, a cent short, in pieces or with more: what the plan covers is cured.

Rule: docs/decisions/what-completes-a-plan.md
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy, Excess, Interest, LateFee
from goodstanding.core.arrears.position import Assessment
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.agreement import Plan
from goodstanding.core.plans.in_force import InForce, in_force
from goodstanding.core.plans.judging import Commitments, JudgedPlan, PlanState, judge
from goodstanding.core.plans.offers import Offer, OfferKind
from tests.core.plans.test_offers_become_plans import accepted
from tests.core.test_ways_out import POLICY, _loan, offered

A_DAY = timedelta(days=1)
AS_OF = date(2026, 2, 20)
FIRST = AS_OF + 2 * A_DAY
TOLERATED = 1_00
Paid = list[tuple[date, int]]


def early(paid: Paid, days: int = 5) -> Paid:
    return [(max(on - days * A_DAY, FIRST), amount) for on, amount in paid]


WAYS: dict[str, Callable[[Paid], Paid]] = {
    "on the day": lambda paid: paid,
    "the last early": lambda paid: [*paid[:-1], *early(paid[-1:])],
    "each early": early,
    "all at once": lambda paid: [(FIRST, sum(amount for _, amount in paid))],
    "the last late in time": lambda paid: [*paid[:-1], (paid[-1][0] + 3 * A_DAY, paid[-1][1])],
    "each late in time": lambda paid: [(on + 3 * A_DAY, amount) for on, amount in paid],
    "the last short": lambda paid: [*paid[:-1], (paid[-1][0], paid[-1][1] - TOLERATED)],
    "the first short": lambda paid: [(paid[0][0], paid[0][1] - TOLERATED), *paid[1:]],
    "early and short": lambda paid: [*early(paid[:-1]), *early([(paid[-1][0], paid[-1][1] - TOLERATED)])],
    "in two pieces": lambda paid: sorted(
        [*early([(on, amount // 3) for on, amount in paid], 3), *((on, amount - amount // 3) for on, amount in paid)]
    ),
    "more with the last": lambda paid: [*paid[:-1], (paid[-1][0], paid[-1][1] + 50_00)],
    "more at once": lambda paid: [(FIRST, sum(amount for _, amount in paid) + 50_00)],
}
POLICIES = {
    "penalty": POLICY,
    "money ahead is held": replace(POLICY, excess=Excess.UNAPPLIED),
    "late fees": replace(POLICY, late_fee=LateFee(25_00)),
    "interest by day": replace(POLICY, interest=Interest.DAILY_BALANCE),
    "grace": replace(POLICY, grace_days=3),
}


def story(plan: Plan, loan: Loan, policy: ArrearsPolicy, day: date) -> tuple[JudgedPlan, InForce, Assessment]:
    (found,) = judge(Commitments(plans=(plan,)), loan, policy, as_of=day).plans
    changed = in_force([found], loan, policy)
    return found, changed, assess(changed.loan, policy, as_of=day)


def paying(loan: Loan, paid: Paid) -> Loan:
    made = tuple(
        Transaction(f"T{place}", Kind.PAYMENT, amount, on, on) for place, (on, amount) in enumerate(paid) if amount
    )
    return replace(loan, transactions=(*loan.transactions, *made))


def waivers(loan: Loan) -> int:
    return sum(one.amount for one in loan.transactions if one.kind is Kind.WAIVER)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", POLICIES)
def test_completion_cures_whatever_the_measure(name: str, way: str) -> None:
    policy = POLICIES[name]
    for offer in offered(_loan(), policy, AS_OF).offers:
        what = f"{offer.kind} {offer.months}"
        paid = WAYS[way]([(one.on, one.amount) for one in offer.payments])
        loan = paying(_loan(), paid)
        for day in {paid[-1][0], max(paid[-1][0], offer.ends_on) + A_DAY}:
            found, changed, today = story(accepted(offer), loan, policy, day)
            assert found.state is PlanState.COMPLETED, (what, found.reason)
            assert (today.amount_to_cure, today.days_past_due) == (0, 0), what
            given = waivers(changed.loan)
            said = sum(one.amount for one in offer.change.waivers)
            if name in ("penalty", "money ahead is held", "grace") and offer.stops.penalty != "goes_on":
                assert given <= said + TOLERATED, what
            if not offer.left_after:
                assert (today.payoff, today.outstanding_principal) == (0, 0), what
                assert today.unapplied >= sum(amount for _, amount in paid) - offer.total, what
            if way == "on the day":
                assert given == said, what


@pytest.mark.parametrize("kind", [OfferKind.SETTLEMENT, OfferKind.WAIVER])
def test_what_is_given_up_is_what_the_offer_said_by_component_when_it_is_paid_in_one_piece(kind: OfferKind) -> None:
    offer = offer_of(kind)
    for day in (offer.ends_on, FIRST):
        changed = story(accepted(offer), paying(_loan(), [(day, offer.total)]), POLICY, day)[1]
        given: dict[str, int] = {}
        for one in changed.loan.transactions:
            if one.kind is Kind.WAIVER:
                assert (one.effective_on, one.booked_on) == (day, day)
                given[str(one.component)] = given.get(str(one.component), 0) + one.amount
        said = {str(one.component): one.amount for one in offer.change.waivers}
        assert set(given) == set(said)
        assert (given["penalty"], given.get("principal")) == (said["penalty"], said.get("principal"))
        assert f"was completed on {day}" in changed.notes[-1]


def offer_of(kind: OfferKind, months: int | None = None) -> Offer:
    return next(
        one
        for one in offered(_loan(), POLICY, AS_OF).offers
        if one.kind is kind and (months is None or one.months == months)
    )


def test_charges_rest_on_tolerated_days_and_run_again_when_the_plan_is_broken() -> None:
    offer = offer_of(OfferKind.EXTENSION)
    first = offer.payments[0].on
    before = story(accepted(offer), _loan(), POLICY, first)[2].penalty
    assert story(accepted(offer), _loan(), POLICY, first + 3 * A_DAY)[2].penalty == before
    found, _, broken = story(accepted(offer), _loan(), POLICY, first + 6 * A_DAY)
    assert (found.state, found.since) == (PlanState.BROKEN, first + 4 * A_DAY)
    assert broken.penalty == before + 2 * 1_00


def test_no_more_is_given_up_than_was_agreed_where_an_older_payment_bounces() -> None:
    """1,020.00 of January bounce while the settlement runs: they are owed beside it, and aren't given away with it."""
    paid_before = replace(
        _loan(), transactions=(Transaction("OLD", Kind.PAYMENT, 1_020_00, date(2026, 1, 10), date(2026, 1, 10)),)
    )
    offer = next(one for one in offered(paid_before, POLICY, AS_OF).offers if one.kind is OfferKind.SETTLEMENT)
    bounced = Transaction("R", Kind.REVERSAL, 1_020_00, date(2026, 3, 1), date(2026, 3, 1), reverses="OLD")
    loan = paying(paid_before, [(offer.ends_on, offer.total)])
    loan = replace(loan, transactions=(*loan.transactions, bounced))
    found, changed, today = story(accepted(offer), loan, POLICY, offer.ends_on + A_DAY)
    assert found.state is PlanState.COMPLETED
    assert waivers(changed.loan) == sum(one.amount for one in offer.change.waivers)
    assert 1_020_00 <= today.amount_to_cure == today.payoff <= 1_022_00
    assert any("reversal R of 2026-03-01" in note for note in changed.notes)


def test_later_money_within_the_tolerance_is_credit_and_undoes_nothing() -> None:
    offer = offer_of(OfferKind.SETTLEMENT, 1)
    loan = paying(_loan(), [(offer.ends_on, offer.total - TOLERATED), (offer.ends_on + 2 * A_DAY, TOLERATED)])
    today = story(accepted(offer), loan, POLICY, offer.ends_on + 2 * A_DAY)[2]
    assert (today.payoff, today.unapplied) == (0, TOLERATED)


def test_charges_that_begin_on_the_day_of_the_offer_and_are_put_off_are_told_as_given_up() -> None:
    """On 16 February the grace of five days is over: six nights of penalty arise, and a pause from that day on lets them fall."""
    policy = replace(POLICY, grace_days=5)
    first = Transaction("T", Kind.PAYMENT, 1_020_00, date(2026, 1, 10), date(2026, 1, 10))
    loan = replace(_loan(), transactions=(first,))
    for day, given in ((date(2026, 2, 15), 0), (date(2026, 2, 16), 6_00), (date(2026, 2, 17), 0)):
        offers = {one.kind: one for one in reversed(offered(loan, policy, day).offers)}
        parts = offers[OfferKind.ARREARS_INSTALMENTS]
        assert (parts.waived.penalty, parts.against_today) == (given, -given), day
        assert offers[OfferKind.EXTENSION].waived.penalty == 0
        assert offers[OfferKind.SETTLEMENT].waived.total >= given
