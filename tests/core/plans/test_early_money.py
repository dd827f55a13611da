"""Whoever pays what was agreed ahead of its day isn't asked for it again on the day, wherever the product puts money ahead.

Rule: docs/decisions/what-completes-a-plan.md
"""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import (
    FEES_FIRST,
    ArrearsPolicy,
    BillOverdue,
    By,
    ChargesMet,
    Excess,
    Interest,
    Rounds,
    Waterfall,
    WaterfallAfterDpd,
)
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Opening, Transaction
from goodstanding.core.loan_json import loan_data, loan_from_data
from goodstanding.core.plans.judging import PlanState
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Credit, HowFar, Offer, OfferKind, Position
from goodstanding.core.rates import AnnualRate
from tests.core.plans.test_completion import A_DAY, AS_OF, FIRST, WAYS, Paid, paying, story
from tests.core.plans.test_offers_become_plans import accepted
from tests.core.portfolios import assessments
from tests.core.test_ways_out import POLICY, Case, _loan, offered

BY_COMPONENT = replace(POLICY.waterfall, by=By.COMPONENT)
ELSEWHERE = {
    "to the last": replace(POLICY, excess=Excess.LAST),
    "spread": replace(POLICY, excess=Excess.SPREAD),
    "by component": replace(POLICY, waterfall=BY_COMPONENT),
    "by component past 20 days": replace(POLICY, waterfall_after_dpd=WaterfallAfterDpd(20, BY_COMPONENT)),
    "to the last, interest by day": replace(POLICY, excess=Excess.LAST, interest=Interest.DAILY_BALANCE),
}
EARLY = ("each early", "all at once", "in two pieces", "early and short")


def is_kept_so_far(offer: Offer, paid: Paid, day: date) -> bool:
    """Whether all that was to be paid before a day came before it."""
    asked = sum(one.amount for one in offer.payments if one.on < day)
    return sum(amount for on, amount in paid if on < day) >= asked


def asks_for_nothing_again(
    offer: Offer, loan: Loan, policy: ArrearsPolicy, paid: Paid, day: date, odd: int = 0
) -> None:
    """On a day until which it was kept nothing is past due, or, where arrears stay, no more than if each payment had come on its day.

    Once it is completed the loan is as the offer said. odd: minor units of charges that rounding may leave open until then.
    """
    found, _, now = story(accepted(offer), paying(loan, paid), policy, day)
    what = (offer.kind, offer.months, day, found.reason)
    if found.state is PlanState.COMPLETED:
        assert now.oldest_due_on is None, what
        assert now.amount_to_cure == 0, what
        assert offer.left_after or not now.payoff, what
    elif is_kept_so_far(offer, paid, day):
        if offer.credit in (Credit.IN_ARREARS, Credit.SETTLED_FOR_LESS):
            asked = [(one.on, one.amount) for one in offer.payments]
            on_its_day = story(accepted(offer), paying(loan, asked), policy, day)[2]
            assert now.amount_to_cure <= on_its_day.amount_to_cure + odd, what
        else:
            assert now.oldest_due_on is None, what


@pytest.mark.parametrize("way", EARLY)
@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_was_paid_ahead_is_not_asked_for_again(name: str, way: str) -> None:
    policy = ELSEWHERE[name]
    for offer in offered(_loan(), policy, AS_OF).offers:
        paid = WAYS[way]([(one.on, one.amount) for one in offer.payments])
        for day in sorted({offer.payments[0].on + A_DAY, offer.payments[-1].on, offer.ends_on + A_DAY}):
            asks_for_nothing_again(offer, _loan(), policy, paid, day)


def test_money_beyond_the_plan_still_goes_where_the_product_puts_it() -> None:
    """The arrears are paid in one part on 10 March with its instalment; 700.00 more go to the last instalment, not to the next."""
    policy = replace(POLICY, excess=Excess.LAST)
    offer = next(one for one in offered(_loan(), policy, AS_OF).offers if one.kind is OfferKind.ARREARS_INSTALMENTS)
    assert len(offer.payments) == 1
    loan = paying(_loan(), [(FIRST, offer.total + 700_00)])
    now = story(accepted(offer), loan, policy, offer.ends_on + A_DAY)[2]
    to_come = [one.open.total for one in now.instalments if one.due_on > offer.ends_on]
    assert to_come == [1_020_00, 320_00]


def test_a_minimum_that_was_paid_ahead_is_not_swallowed_by_the_bill_before_it() -> None:
    """The arrears and two minimums are paid at once: each bill has its own, though the first could have taken both."""
    bills = tuple(Instalment(date(2026, month, 10), 1_000_00, 10_00, minimum=100_00) for month in (1, 2, 3, 4, 5))
    loan = replace(_loan(), schedule=bills)
    for offer in offered(loan, POLICY, AS_OF).offers:
        if offer.kind is not OfferKind.ARREARS_INSTALMENTS or len(offer.payments) == 1:
            continue
        for one in offer.payments:
            asks_for_nothing_again(offer, loan, POLICY, [(FIRST, offer.total)], one.on + A_DAY)


def test_a_waiver_paid_early_in_pieces_gives_up_what_is_overdue_and_no_other_bills_fee() -> None:
    """Early money met the late interest that was to be given up. The minimum falls short by as much, not January's fee, of which nothing is overdue."""
    bills = tuple(Instalment(date(2026, month, 10), 1_000_00, 10_00, 3_00, minimum=100_00) for month in (1, 2, 3, 4, 5))
    for_principal = Transaction(
        "t1", Kind.PAYMENT, 110_00, date(2026, 1, 10), date(2026, 1, 10), component=Component.PRINCIPAL
    )
    loan = replace(_loan(), schedule=bills, transactions=(for_principal,))
    (offer,) = [one for one in offered(loan, POLICY, AS_OF).offers if one.kind is OfferKind.WAIVER]
    first, last = AS_OF + timedelta(days=2), offer.ends_on
    paid = [(first, offer.total - 20_00), (last, 20_00)]
    january = story(accepted(offer), paying(loan, paid), POLICY, first)[2].instalments[0]
    assert (january.open.fee, january.overdue.total) == (3_00, 0)
    asks_for_nothing_again(offer, loan, POLICY, paid, last)


@pytest.mark.parametrize("interest", [Interest.DAILY_BALANCE, Interest.DAILY_FLAT])
def test_interest_by_day_that_moves_on_leaves_no_fee_of_an_instalment_open_that_was_paid_ahead(
    interest: Interest,
) -> None:
    """All interest owed stands in the plan's first instalment until its day; its money is for its own part, and for its fee."""
    opening = Opening(date(2026, 1, 11), 1_000_00, 900_00, fee=600_00, overdue_since=date(2026, 1, 10))
    interest_first = replace(POLICY.waterfall, in_advance=FEES_FIRST[::-1])
    loan = replace(_loan(), opening=opening, annual_rate=AnnualRate(Fraction(0)))
    policy = replace(POLICY, interest=interest, waterfall=interest_first)
    plans = [one for one in offered(loan, policy, AS_OF).offers if one.kind is OfferKind.PERSONAL_PLAN]
    assert any(part.fee for offer in plans for version in offer.change.versions for part in version.schedule)
    for offer in plans:
        paid = [(FIRST, offer.payments[0].amount)]
        asks_for_nothing_again(offer, loan, policy, paid, offer.payments[0].on + A_DAY)


def test_a_direction_ahead_is_written_into_a_letter_and_read_back() -> None:
    policy = ELSEWHERE["to the last"]
    offer = next(one for one in offered(_loan(), policy, AS_OF).offers if one.kind is OfferKind.EXTENSION)
    changed = story(accepted(offer), paying(_loan(), [(FIRST, offer.total)]), policy, FIRST)[1].loan
    (directed,) = [one.ahead_until for one in changed.transactions if one.ahead_until]
    assert directed == offer.ends_on
    assert loan_from_data({"loan": loan_data(changed), "policy": {}})[0] == changed


def test_money_for_the_contract_alone_is_directed_nowhere() -> None:
    """Who said what a payment is for meant no payment of the plan: it goes where the product puts it."""
    plain = story(accepted(offered(_loan(), POLICY, AS_OF).offers[0]), paying(_loan(), [(FIRST, 5_00)]), POLICY, FIRST)
    assert not [one for one in plain[1].loan.transactions if one.ahead_until]


def test_no_cent_of_late_interest_stays_open_for_paying_early_in_pieces() -> None:
    """Late interest that goes on is rounded up at each payment: five small ones ahead of the day make more of it than the one agreed."""
    charges_last = Waterfall(FEES_FIRST, FEES_FIRST, FEES_FIRST, charges=ChargesMet.LAST)
    policy = replace(
        POLICY, penalty_rate=Fraction("0.361"), rounding="up", rounds=Rounds.EACH_PERIOD, waterfall=charges_last
    )
    (offer,) = [one for one in offered(_loan(), policy, AS_OF).offers if one.stops.penalty is HowFar.GOES_ON]
    first, *later = [(one.on, one.amount) for one in offer.payments]
    pieces = [(AS_OF + timedelta(days=2 + 2 * place), 1_00) for place in range(5)]
    paid = [*pieces, (first[0], first[1] - 5_00), *later]
    _, agreed, ahead = story(accepted(offer), paying(_loan(), paid), policy, offer.ends_on)
    assert [one for one in agreed.notes if "this is given up: penalty 0.0" in one]
    assert (ahead.amount_to_cure, ahead.payoff) == (0, offer.left_after)


@settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(assessments(), st.sampled_from(Excess), st.integers(1, 25), st.integers(0, 2**16))
def test_no_random_loan_is_late_whose_plan_was_paid_ahead(case: Case, excess: Excess, days: int, dice: int) -> None:
    """Without tolerances and ceilings, which forgive and cut by what is open on a day; a tolerated rest is filled last, so not on its day.

    Nor where charges go on, or the whole bill falls due for a minimum that is short: there the decision leaves out what comes early in part.
    """
    loan, policy, as_of = case
    policy = replace(policy, excess=excess, cost_ceiling=None, total_cost_ceiling=None)
    policy = replace(policy, tolerance_minor=0, tolerance_share=Fraction(0), interest=Interest.SCHEDULED)
    policy = replace(policy, bill_overdue=BillOverdue.MINIMUM)
    loan = replace(loan, transactions=tuple(one for one in loan.transactions if one.booked_on <= as_of))
    try:
        today = assess(loan, policy, as_of=as_of)
    except CannotAssess:
        return
    assume(today.amount_to_cure)
    known = ground_of(Position(loan, policy, today, as_of)).loan
    for offer in offered(loan, policy, as_of).offers:
        if offer.stops.penalty is HowFar.GOES_ON:
            continue
        offer = replace(offer, breaks_when=replace(offer.breaks_when, missed_amount=0))
        paid = _some_way(offer, days, Random(dice))
        if not paid:
            continue
        event(f"{offer.kind}, {excess}")
        for day in {offer.payments[0].on + A_DAY, offer.payments[len(offer.payments) // 2].on + A_DAY, offer.ends_on}:
            if day <= offer.ends_on or not _falls_due(offer, known, day):
                asks_for_nothing_again(offer, known, policy, paid, day, odd=3)


def _falls_due(offer: Offer, loan: Loan, day: date) -> bool:
    """Whether the contract asks for something of its own on a day, which may count as the first one late."""
    schedules = [loan.schedule, *(one.schedule for one in (*loan.versions, *offer.change.versions))]
    return any(part.due_on == day for schedule in schedules for part in schedule)


def _some_way(offer: Offer, days: int, dice: Random) -> Paid:
    """Each payment so many days early, or in two pieces, or all at once; nothing where one can't be early."""
    first = offer.as_of + timedelta(days=2)
    if offer.payments[0].on < first:
        return []
    asked = [(one.on, one.amount) for one in offer.payments]
    early_by = [(max(on - timedelta(days=days), first), amount) for on, amount in asked]
    pieces = [*((on, amount // 3) for on, amount in early_by), *((on, amount - amount // 3) for on, amount in asked)]
    return dice.choice([early_by, sorted(pieces), [(first, offer.total)]])
