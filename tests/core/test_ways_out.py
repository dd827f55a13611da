"""Every offer, of any loan under any policy: kept to the day on the changed loan, it leaves exactly what it says."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    ChargesMet,
    Interest,
    LateFee,
    Waterfall,
    WaterfallAfterDpd,
)
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Opening, Transaction
from goodstanding.core.money import parse_amount
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit, Measure, SignOff
from goodstanding.core.plans.offers import BreaksWhen, Credit, HowFar, NotOffered, Offer, OfferKind, Position
from goodstanding.core.plans.pricing import Terms, by_reference
from goodstanding.core.plans.ranking import heaviest_month
from goodstanding.core.plans.ways_out import WaysOut, answered_by, ways_out
from goodstanding.core.rates import AnnualRate
from tests.core.known_loans import Known, on_any_loan
from tests.core.portfolios import assessments

EVERY_MEASURE = GuardRails(
    measures=(
        Measure(OfferKind.ARREARS_INSTALMENTS, months=(1, 3)),
        Measure(OfferKind.ARREARS_INSTALMENTS, months=(2,), rests=False),
        Measure(OfferKind.EXTENSION),
        Measure(OfferKind.EXTENSION, bears_interest=False),
        Measure(OfferKind.DEFERRAL, months=(2,)),
        Measure(OfferKind.RE_AGE),
        Measure(OfferKind.RE_AMORTISE),
        Measure(OfferKind.LONGER_TERM, months=(6,)),
        Measure(OfferKind.LOWER_RATE, rate=Fraction("0.06"), months=(0, 6)),
        Measure(OfferKind.WAIVER, components=(Component.PENALTY, Component.FEE), share=Fraction(1, 2)),
        Measure(OfferKind.SETTLEMENT, share=Fraction("0.8"), months=(1, 3)),
        Measure(OfferKind.PERSONAL_PLAN, months=(12,), bears_interest=False),
        Measure(OfferKind.PERSONAL_PLAN, months=(7,)),
    ),
    terms=Terms(BreaksWhen(100, 3), Fraction("0.12")),
)
CLOSES_THE_LOAN = frozenset(
    (OfferKind.SETTLEMENT, OfferKind.PERSONAL_PLAN, OfferKind.LONGER_TERM, OfferKind.RE_AMORTISE)
)
Case = tuple[Loan, ArrearsPolicy, date]


def offered(loan: Loan, policy: ArrearsPolicy, as_of: date, rails: GuardRails = EVERY_MEASURE) -> WaysOut:
    position = Position(loan, policy, assess(loan, policy, as_of=as_of), as_of + timedelta(days=14))
    return answered_by(ways_out(position, rails), by_reference(policy))


@on_any_loan(60)
def test_an_offer_that_is_kept_leaves_exactly_what_it_says(of: Known) -> None:
    policy, as_of, known = of.policy, of.as_of, of.known
    for offer in offered(of.loan, policy, as_of).offers:
        event(offer.kind)
        _adds_up(offer, as_of)
        kept = assess(offer.change.applied_to(known, offer.payments), policy, as_of=offer.ends_on)
        assert (kept.amount_to_cure, kept.payoff) == (0, offer.left_after), offer.kind
        if offer.kind in CLOSES_THE_LOAN and policy.interest is Interest.SCHEDULED:
            assert not kept.outstanding_principal, offer.kind


def _adds_up(offer: Offer, as_of: date) -> None:
    days = [one.on for one in offer.payments]
    assert days == sorted(set(days))
    assert days[0] >= as_of
    assert sum(one.amount for one in offer.payments) == offer.total == offer.arrears + offer.contract + offer.plan
    for one in offer.payments:
        assert min(one.arrears, one.contract, one.plan) >= 0 < one.amount == one.arrears + one.contract + one.plan


@settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(assessments())
def test_no_cent_is_lost_where_nothing_runs(case: Case) -> None:
    """Without interest, charges and ceilings, every measure but a settlement and a waiver asks for all that is open, and no more."""
    loan, policy, as_of = case
    policy = replace(policy, interest=Interest.SCHEDULED, cost_ceiling=None, total_cost_ceiling=None)
    policy = replace(policy, penalty_rate=None, penalty_multiple=None, rate_steps=(), late_fee=None)
    loan = replace(loan, annual_rate=AnnualRate(Fraction(0), loan.annual_rate.day_count))
    try:
        today = assess(loan, policy, as_of=as_of)
    except CannotAssess:
        return
    for offer in offered(loan, policy, as_of).offers:
        if offer.kind is OfferKind.PERSONAL_PLAN:
            assert offer.total == today.payoff, "all that closing the loan asks for, and no more"
        goes_on = offer.kind in (OfferKind.EXTENSION, OfferKind.DEFERRAL, OfferKind.RE_AGE)
        if goes_on and not offer.left_after and _ends_with_principal(today):
            open_now = sum(one.open.total for one in today.instalments)
            assert offer.total == open_now - today.unapplied, "every sum still open, whenever it falls due"
        if offer.kind is OfferKind.SETTLEMENT:
            assert offer.total == today.payoff * 8 // 10


@on_any_loan(40)
def test_an_offer_that_is_kept_leaves_nothing_past_due_between_its_payments(of: Known) -> None:
    """Nothing at all where the offer doesn't say that arrears stay; there they only fall, but for the contract's own interest by day."""
    policy, as_of, today, known = of.policy, of.as_of, of.today, of.known
    # from then on interest by day runs on what is left of the last instalment, itself past due
    runs_on = max(one.due_on for one in today.instalments) + timedelta(days=1 - policy.due_date_is_day)
    for offer in offered(of.loan, policy, as_of).offers:
        kept, runs = offer.change.applied_to(known, offer.payments), offer.stops.penalty is HowFar.GOES_ON
        parts = [*known.schedule, *(part for version in offer.change.versions for part in version.schedule)]
        after = {on + timedelta(days=late) for on in {one.due_on for one in parts} for late in (1, 5)}
        after |= {one.on + timedelta(days=1) for one in offer.payments}
        before = _past_due(today, principal_and_interest=runs)
        if offer.credit is Credit.IN_ARREARS and policy.interest is not Interest.SCHEDULED:
            after -= {day for day in after if day > runs_on}
        for day in sorted(day for day in after if as_of < day < offer.ends_on):
            stands = assess(kept, policy, as_of=day)
            now = _past_due(stands, principal_and_interest=runs)
            if offer.credit is Credit.IN_ARREARS:
                assert now <= before, (offer.kind, day)
            else:
                assert stands.oldest_due_on is None, (offer.kind, day)
            before = now


def _past_due(stands: Assessment, *, principal_and_interest: bool) -> int:
    """What of the arrears an offer may not let grow: where it lets charges run on, principal and interest."""
    if principal_and_interest:
        return stands.overdue_principal + stands.overdue_interest
    return stands.amount_to_cure


def _ends_with_principal(today: Assessment) -> bool:
    """Whether the contract itself asks for all that is open: what falls due after the last principal is lost with the payment of that."""
    coming = [one for one in today.instalments if one.due_on > today.as_of]
    return not coming or coming[-1].open.principal > 0


def _loan(currency: str = "CNY", **more: object) -> Loan:
    unit = parse_amount("1000", currency)
    schedule = tuple(Instalment(date(2026, month, 10), unit, unit // 50) for month in range(1, 6))
    loan = Loan("L", currency, 5 * unit, date(2025, 12, 10), AnnualRate(Fraction("0.12")), schedule)
    return replace(loan, **more)  # type: ignore[arg-type]


POLICY = ArrearsPolicy(penalty_rate=Fraction("0.365"))


@pytest.mark.parametrize("currency", ["JPY", "CNY", "KWD"])
def test_every_measure_fits_a_plain_loan_in_any_currency(currency: str) -> None:
    found = offered(_loan(currency), POLICY, date(2026, 2, 20))
    assert not found.not_offered
    assert {one.kind for one in found.offers} == set(OfferKind)


def test_a_loan_charged_off_or_with_its_last_instalment_overdue_still_has_ways_out() -> None:
    gone = Transaction("W", Kind.CHARGE_OFF, 0, date(2026, 3, 1), date(2026, 3, 1))
    kinds = {one.kind for one in offered(_loan(transactions=(gone,)), POLICY, date(2026, 3, 20)).offers}
    assert kinds == {
        OfferKind.ARREARS_INSTALMENTS,
        OfferKind.WAIVER,
        OfferKind.SETTLEMENT,
        OfferKind.PERSONAL_PLAN,
    }, "the contract of a loan charged off doesn't go on"
    late = offered(_loan(), POLICY, date(2026, 7, 20))
    assert {one.kind for one in late.not_offered} == {
        OfferKind.EXTENSION,
        OfferKind.RE_AGE,
        OfferKind.RE_AMORTISE,
        OfferKind.LOWER_RATE,
    }
    assert "still to come" in late.not_offered[0].reason


def test_nothing_is_offered_to_who_owes_nothing() -> None:
    found = offered(_loan(), POLICY, date(2026, 1, 5))
    assert not found.offers
    assert {one.reason for one in found.not_offered} == {"Nothing is overdue."}


def test_an_offer_outside_the_guard_rails_or_the_law_cant_be_built() -> None:
    plan = Measure(OfferKind.PERSONAL_PLAN, months=(60, 61), bears_interest=False)
    limit = LegalLimit(OfferKind.PERSONAL_PLAN, 60, "cn/card/plan_term")
    position = Position(_loan(), POLICY, assess(_loan(), POLICY, as_of=date(2026, 2, 20)), date(2026, 3, 6))

    def found(limits: tuple[LegalLimit, ...] = (), **rails: object) -> WaysOut:
        held = replace(EVERY_MEASURE, measures=(plan,), **rails)  # type: ignore[arg-type]
        return answered_by(ways_out(position, held, limits), by_reference(POLICY))

    assert [len(one.payments) for one in found().offers] == [60, 61]
    by_law = found((limit,))
    assert [len(one.payments) for one in by_law.offers] == [60]
    assert by_law.not_offered == (
        NotOffered(OfferKind.PERSONAL_PLAN, "It would run for 61 months, the law allows 60.", "cn/card/plan_term"),
    )
    assert {one.rule for one in found(most_months=12).not_offered} == {"most_months"}
    assert {one.rule for one in found(most_re_ages=0).not_offered} == {"most_re_ages_a_year"}
    assert {one.rule for one in found(least_present_value=Fraction("0.99")).not_offered} == {"least_present_value"}
    signed = found(sign_offs=(SignOff("team lead", months_over=59), SignOff("head of credit", months_over=60)))
    assert [one.needs_sign_off for one in signed.offers] == ["team lead", "head of credit"]


def _of(kind: OfferKind, loan: Loan, as_of: date, policy: ArrearsPolicy = POLICY, **more: object) -> Offer:
    """The only offer of a kind, under a policy without penalty unless one is given."""
    rails = GuardRails(measures=(Measure(kind, **more),))  # type: ignore[arg-type]
    (found,) = offered(loan, policy, as_of, rails).offers
    return found


NOTHING_RUNS = ArrearsPolicy()


def test_an_offer_that_would_leave_something_past_due_between_its_payments_cant_be_built() -> None:
    """Under a ceiling, with money tied to an instalment to come, the first payment doesn't meet its instalment whole."""
    tied = Transaction("T", Kind.PAYMENT, 1020_00, date(2026, 2, 15), date(2026, 2, 15), instalment=4)
    loan, capped = _loan(transactions=(tied,)), replace(POLICY, cost_ceiling=Fraction("0.1"))
    found = offered(loan, capped, date(2026, 2, 20))
    (refused,) = [one for one in found.not_offered if one.kind is OfferKind.DEFERRAL]
    assert refused == NotOffered(
        OfferKind.DEFERRAL,
        "Each payment made on its day, 0.88 would be past due on 2026-05-11, before the last one.",
    )
    assert OfferKind.ARREARS_INSTALMENTS in {one.kind for one in found.offers}, (
        "that loan stays in arrears until the end"
    )


@pytest.mark.parametrize(("name", "booked_later"), [("a", 0), ("z", 0), ("a", 3)])
def test_what_an_offer_asks_for_is_paid_after_all_that_the_ledger_has_of_the_day(name: str, booked_later: int) -> None:
    """By hand: 1,020 of the 1,000 + 19 + 500 late fee + 10 penalty were directed at principal, and 20 of them met the fee; 19 of
    interest count as paid. What is due is then 480 + 10, less 4 of penalty waived; before the payment of that day it would be more."""
    day = date(2020, 9, 3)
    last = Waterfall(charges=ChargesMet.LAST)
    policy = ArrearsPolicy(
        tolerance_minor=99,
        penalty_rate=Fraction("0.1825"),
        late_fee=LateFee(flat=500, after_days=15),
        waterfall_after_dpd=WaterfallAfterDpd(0, last),
    )
    paid = Transaction(name, Kind.PAYMENT, 1020, day, day + timedelta(booked_later), component=Component.PRINCIPAL)
    loan = Loan(
        "L",
        "JPY",
        1000,
        date(2020, 7, 14),
        AnnualRate(Fraction("0.23")),
        (Instalment(date(2020, 8, 14), 1000, 19),),
        (paid,),
    )
    rails = GuardRails((Measure(OfferKind.WAIVER, share=Fraction("0.4"), components=(Component.PENALTY,)),))
    position = Position(loan, policy, assess(loan, policy, as_of=day), day)
    (offer,) = answered_by(ways_out(position, rails), by_reference(policy)).offers
    assert [one.amount for one in offer.payments] == [486]
    assert offer.left_after == 19


@pytest.mark.parametrize("interest", list(Interest))
def test_an_extension_pays_all_that_the_contracts_last_instalment_asks_for(interest: Interest) -> None:
    """Where interest runs by day it takes what others left, though the overdue ones now follow it."""
    policy, day = replace(POLICY, interest=interest), date(2026, 2, 20)
    offer = _of(OfferKind.EXTENSION, _loan(), day, policy)
    kept = offer.change.applied_to(_loan(), offer.payments)
    for month in (3, 4, 5, 6):
        assert assess(kept, policy, as_of=date(2026, month, 11)).oldest_due_on is None
    assert offer.left_after == 0


def test_overdue_interest_without_principal_moves_no_further_than_the_last_principal() -> None:
    """Behind it nobody would ask for it any more: a loan whose principal is paid is settled."""
    schedule = tuple(Instalment(date(2026, month, 10), 1000_00, 20_00) for month in (2, 3, 4))
    opening = Opening(date(2026, 2, 12), interest=500_00, overdue_since=date(2026, 1, 10))
    loan = replace(_loan(), principal=3000_00, schedule=schedule, opening=opening)
    for kind, more in (
        (OfferKind.EXTENSION, {}),
        (OfferKind.DEFERRAL, {"months": (2,)}),
        (OfferKind.RE_AGE, {}),
    ):
        offer = _of(kind, loan, date(2026, 2, 20), NOTHING_RUNS, bears_interest=False, **more)
        assert (offer.total, offer.against_today, offer.left_after) == (2 * 1020_00 + 500_00, 0, 0), kind


def test_charges_are_paid_with_the_very_first_payment_of_a_deferral() -> None:
    """The payment that falls due before the pause would meet them ahead of its own instalment, which would then be late."""
    policy = replace(POLICY, late_fee=LateFee(flat=15_00))
    loan, day = _loan(), date(2026, 2, 28)
    charges = assess(loan, policy, as_of=day).penalty + assess(loan, policy, as_of=day).fees
    offer = _of(OfferKind.DEFERRAL, loan, day, policy, months=(2,), bears_interest=False)
    first, second = offer.payments[:2]
    assert (first.on, first.contract, first.arrears) == (date(2026, 3, 10), 1020_00, charges)
    assert (second.on, second.amount) == (date(2026, 6, 10), 1020_00)
    assert (offer.against_today, offer.left_after) == (0, 0)


def test_a_plan_asks_for_the_days_gone_by_of_a_period_whose_interest_was_paid_ahead() -> None:
    """Paid ahead whole, it counts against the plan whole; asked for is what has run, ten of 28 days."""
    ahead = Transaction("T", Kind.PAYMENT, 20_00, date(2026, 2, 20), date(2026, 2, 20), instalment=3)
    loan, day = _loan(transactions=(ahead,)), date(2026, 2, 20)
    assert assess(loan, NOTHING_RUNS, as_of=day).payoff == 5000_00 + 40_00 + 7_14 - 20_00
    offer = _of(OfferKind.PERSONAL_PLAN, loan, day, NOTHING_RUNS, months=(12,), bears_interest=False)
    assert offer.total == 5000_00 + 40_00 + 7_14 - 20_00


@pytest.mark.parametrize("principal", [1, 5, 12, 1000])
def test_a_plan_for_little_principal_and_many_fees_loses_none_of_them(principal: int) -> None:
    schedule = (Instalment(date(2026, 1, 10), principal, 4, 300_00),)
    loan = replace(_loan(), principal=principal, schedule=schedule)
    offer = _of(OfferKind.PERSONAL_PLAN, loan, date(2026, 2, 20), NOTHING_RUNS, months=(7,), bears_interest=False)
    assert (offer.total, offer.left_after) == (300_00 + 4 + principal, 0)


def test_a_monthly_plan_for_a_loan_paid_by_the_week_keeps_to_the_day_of_its_first_payment() -> None:
    days = [date(2026, 1, 2) + timedelta(days=7 * place) for place in range(20)]
    loan = replace(_loan(), schedule=tuple(Instalment(day, 250_00, 5_00) for day in days))
    offer = _of(OfferKind.PERSONAL_PLAN, loan, date(2026, 2, 12), NOTHING_RUNS, months=(3,), bears_interest=False)
    assert [one.on for one in offer.payments] == [date(2026, 2, 27), date(2026, 3, 27), date(2026, 4, 27)]


def test_a_plan_runs_for_months_from_the_day_it_counts() -> None:
    """Not from its first payment: one that begins late would else run beyond the five years that the law allows."""
    loan, as_of = _loan(), date(2026, 2, 20)
    plan = Measure(OfferKind.PERSONAL_PLAN, months=(60,), bears_interest=False)
    limit = LegalLimit(OfferKind.PERSONAL_PLAN, 60, "cn/card/plan_term")
    for accept_by, built in ((date(2026, 3, 6), True), (date(2026, 4, 10), False)):
        position = Position(loan, POLICY, assess(loan, POLICY, as_of=as_of), accept_by)
        found = answered_by(ways_out(position, GuardRails(measures=(plan,)), (limit,)), by_reference(POLICY))
        assert bool(found.offers) is built
        assert built or found.not_offered[0].rule == "cn/card/plan_term"
    pause = Measure(OfferKind.DEFERRAL, months=(24,))
    found = offered(loan, POLICY, as_of, GuardRails(measures=(pause,), most_months=24))
    assert found.not_offered[0].rule == "most_months"


@pytest.mark.parametrize("accept_by", [date(2026, 3, 6), date(2027, 2, 28)])
def test_instalments_are_equal_and_as_many_as_said_however_late_the_first_is(accept_by: date) -> None:
    loan = _loan(annual_rate=AnnualRate(Fraction("0.36")))
    position = Position(loan, NOTHING_RUNS, assess(loan, NOTHING_RUNS, as_of=date(2026, 2, 20)), accept_by)
    plan = Measure(OfferKind.PERSONAL_PLAN, months=(60,), bears_interest=True)
    (offer,) = answered_by(ways_out(position, GuardRails(measures=(plan,))), by_reference(NOTHING_RUNS)).offers
    amounts = [one.amount for one in offer.payments]
    assert len(amounts) == 60
    assert max(amounts[:-1]) - min(amounts[:-1]) <= 2
    assert abs(amounts[-1] - amounts[0]) <= 2 * 60, "the last takes what rounding left, a cent or so for each"
    assert offer.left_after == 0


def test_one_moved_due_date_or_an_openings_day_changes_no_rhythm() -> None:
    usual = [date(2026, 1, 10), date(2026, 2, 12), date(2026, 3, 10), date(2026, 4, 10)]
    moved = replace(_loan(), schedule=tuple(Instalment(day, 1250_00, 5_00) for day in usual))
    opening = Opening(date(2026, 2, 1), principal=1000_00, overdue_since=date(2025, 12, 20))
    opened = replace(moved, principal=4750_00, opening=opening)
    lines = replace(
        moved,
        schedule=tuple(
            Instalment(date(2026, month, day), 500_00, 1_00, drawdown=name)
            for month in (1, 2, 3, 4, 5)
            for day, name in ((10, "A"), (20, "B"))
        ),
    )
    for loan, days in ((moved, {10}), (opened, {10}), (lines, {10, 20})):
        offer = _of(OfferKind.PERSONAL_PLAN, loan, date(2026, 2, 25), NOTHING_RUNS, months=(6,), bears_interest=False)
        assert len({(one.on.year, one.on.month) for one in offer.payments}) == 6
        assert {one.on.day for one in offer.payments} <= days


def test_a_new_schedule_bears_no_more_than_the_ceiling_of_what_a_loan_may_cost() -> None:
    loan = _loan(annual_rate=AnnualRate(Fraction("0.36")))
    capped = replace(NOTHING_RUNS, cost_ceiling=Fraction("0.24"))
    at_24 = _loan(annual_rate=AnnualRate(Fraction("0.24")))
    for kind, more in ((OfferKind.LONGER_TERM, {"months": (12,)}), (OfferKind.EXTENSION, {})):
        (one, other) = (_of(kind, each, date(2026, 2, 20), capped, **more) for each in (loan, at_24))
        assert one.payments == other.payments, kind
    by_day = replace(capped, interest=Interest.DAILY_BALANCE)
    rails = GuardRails(measures=(Measure(OfferKind.LONGER_TERM, months=(12,)),))
    (refused,) = offered(loan, by_day, date(2026, 2, 20), rails).not_offered
    assert (refused.rule, "above the 24 %" in refused.reason) == ("cost_ceiling", True)


def test_a_settlement_for_the_whole_is_none() -> None:
    rails = GuardRails(measures=(Measure(OfferKind.SETTLEMENT, share=Fraction(1), months=(1,)),))
    (refused,) = offered(_loan(), POLICY, date(2026, 2, 20), rails).not_offered
    assert refused.reason == "Nothing would be given up: that is paying the loan off."


def test_what_the_contract_asks_for_right_after_an_offer_is_known() -> None:
    offer = _of(
        OfferKind.WAIVER, _loan(), date(2026, 2, 20), POLICY, components=(Component.PENALTY,), share=Fraction(1, 2)
    )
    assert offer.ends_on == date(2026, 3, 6)
    assert [(one.on, one.amount) for one in offer.afterwards] == [
        (date(2026, 3, 10), 1020_00),
        (date(2026, 4, 10), 1020_00),
    ]


def test_of_a_contract_paid_by_the_week_the_whole_month_after_an_offer_counts() -> None:
    """Four or five weeks fall in the month that follows: one of them alone would call an offer affordable that isn't."""
    weeks = tuple(Instalment(date(2026, 1, 6) + timedelta(days=7 * place), 50_00, 4_00) for place in range(26))
    loan = _loan(principal=1300_00, disbursed_on=date(2026, 1, 1), schedule=weeks)
    offer = _of(OfferKind.ARREARS_INSTALMENTS, loan, date(2026, 1, 20), POLICY, months=(3,))
    later = [(one.on, one.amount) for one in offer.afterwards]
    assert offer.ends_on == date(2026, 2, 24)
    assert later == [(date(2026, 3, day), 54_00) for day in (3, 10, 17, 24, 31)]
    assert heaviest_month(offer) >= 5 * 54_00


def test_a_settlement_waives_the_rest_on_its_last_day_and_nothing_before() -> None:
    (_, parts) = [one for one in offered(_loan(), POLICY, date(2026, 2, 20)).offers if one.kind is OfferKind.SETTLEMENT]
    assert {one.effective_on for one in parts.change.waivers} == {parts.ends_on}
    broken = parts.change.applied_to(_loan(), parts.payments[:1])
    before = assess(broken, POLICY, as_of=parts.ends_on - timedelta(days=1))
    owed = assess(_loan(), POLICY, as_of=date(2026, 2, 20)).payoff
    assert (
        before.outstanding_principal + before.penalty + before.overdue_interest
        >= owed - parts.payments[0].amount - 40_00
    )
