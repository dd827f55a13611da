"""What must hold for every loan under every policy."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, reject
from hypothesis import strategies as st

from goodstanding.core.arrears.assess import Assessment, CannotAssess, LineKind, assess, assess_each
from goodstanding.core.arrears.policy import ArrearsPolicy, DpdFrom, Interest, LateFee, RateStep, ToleranceOf
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Pause, Transaction
from goodstanding.core.rates import AnnualRate
from tests.core.portfolios import LAST_DAY, START, assessments, days, loans, loans_that_run_on, pauses, policies

CHARGES = ((Component.PENALTY, "penalty"), (Component.COMPOUND, "compound_interest"))


@given(assessments())
def test_the_lines_of_the_statement_add_up_to_every_overdue_sum(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    loan, policy, as_of = case
    result = assess(loan, policy, as_of=as_of)
    for part in result.instalments:
        if part.due_on > as_of:
            continue
        for component in Component:
            lines = [line for line in result.lines if line.instalment == part.number and line.component is component]
            assert sum(line.amount for line in lines) == getattr(part.overdue, component.value), (
                part.number,
                component,
            )


@given(assessments())
def test_the_amount_to_cure_is_the_sum_of_its_parts(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    loan, policy, as_of = case
    result = assess(loan, policy, as_of=as_of)
    parts = (result.overdue_principal, result.overdue_interest, result.penalty, result.compound_interest, result.fees)
    assert result.amount_to_cure == sum(parts)
    assert min(*parts, result.payoff, result.unapplied, result.outstanding_principal, result.next_due) >= 0
    assert result.overdue_principal == sum(part.overdue.principal for part in result.instalments)
    assert (result.instalments_overdue > 0) == (result.days_past_due > 0) == (result.oldest_due_on is not None)
    assert all(min(vars_of(part.open)) >= 0 for part in result.instalments)


def vars_of(owed: object) -> list[int]:
    return [getattr(owed, component.value) for component in Component]


def standing_payments(loan: Loan, as_of: date) -> int:
    """What was paid by as_of and not taken back by then."""
    known = [one for one in loan.transactions if one.effective_on <= as_of]
    reversed_ids = {one.reverses for one in known if one.kind is Kind.REVERSAL}
    paid = sum(one.amount for one in known if one.kind in (Kind.PAYMENT, Kind.RECOVERY) and one.id not in reversed_ids)
    return paid - sum(one.amount for one in known if one.kind is Kind.CHARGEBACK)


@given(assessments())
def test_no_cent_of_a_payment_is_made_or_lost(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    loan, policy, as_of = case
    result = assess(loan, policy, as_of=as_of)
    met = sum(part.paid.total for part in result.instalments)
    assert met + result.unapplied == standing_payments(loan, as_of)


def paid_on(loan: Loan, amount: int, day: date) -> Loan:
    """The loan with one more payment, which nobody directed, after all others of its day."""
    payment = Transaction("~cure", Kind.PAYMENT, amount, day, day)
    return replace(loan, transactions=(*loan.transactions, payment))


def assess_or_pass(loan: Loan, policy: ArrearsPolicy, day: date) -> Assessment:
    """The assessment; a loan whose facts contradict each other is no case."""
    try:
        return assess(loan, policy, as_of=day)
    except CannotAssess:
        reject()


def works_after_payments(loan: Loan, day: date) -> bool:
    """Whether something else happens to the loan on the day after payments are counted."""
    after = (Kind.RECOVERY, Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK)
    late_booked = any(one.booked_on > one.effective_on for one in loan.transactions if one.effective_on == day)
    return late_booked or any(one.effective_on == day and one.kind in after for one in loan.transactions)


@given(assessments())
def test_whoever_pays_the_amount_to_cure_is_cured(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    loan, policy, as_of = case
    asked = assess_or_pass(loan, policy, as_of).amount_to_cure
    assume(asked and not works_after_payments(loan, as_of))
    cured = assess_or_pass(paid_on(loan, asked, as_of), policy, as_of)
    assert (cured.days_past_due, cured.instalments_overdue) == (0, 0)
    if policy.due_date_is_day or not any(part.due_on == as_of for part in cured.instalments):
        assert cured.amount_to_cure == 0


@given(policies(), st.data())
def test_whoever_pays_what_is_late_and_what_is_due_today_is_not_late_tomorrow(
    policy: ArrearsPolicy, data: st.DataObject
) -> None:
    loan = data.draw(loans())
    as_of = data.draw(st.sampled_from([part.due_on for part in loan.schedule]))
    assume([part.due_on for part in loan.schedule].count(as_of) == 1)
    tomorrow = as_of + timedelta(days=1)
    of_loan = policy.tolerance_of is ToleranceOf.LOAN and policy.tolerance_share
    happens = any(one.effective_on == tomorrow for one in loan.transactions)
    assume(not (of_loan or happens or loan.versions or works_after_payments(loan, as_of)))
    before = assess_or_pass(loan, policy, as_of)
    asked = before.amount_to_cure + (before.next_due if before.next_due_on == as_of else 0)
    assume(asked)
    after = assess_or_pass(paid_on(loan, asked, as_of), policy, tomorrow)
    assert (after.days_past_due, after.instalments_overdue) == (0, 0)


TWO_BILLS = Loan(
    "L1",
    "CNY",
    23_000,
    START,
    AnnualRate(Fraction(23, 100_000)),
    (Instalment(date(2023, 11, 29), 22_999, 1, minimum=0), Instalment(date(2023, 12, 6), 1, minimum=1)),
)
"""Nothing is asked for by the second bill until, on 5 February 2024, its interest rounds down to 1."""


@given(loans(), policies(), days)
@example(
    TWO_BILLS,
    ArrearsPolicy(dpd_from=DpdFrom.OVER_TOLERANCE, interest=Interest.DAILY_BALANCE, rounding="down"),
    date(2024, 2, 5),
)
@example(
    TWO_BILLS,
    ArrearsPolicy(dpd_from=DpdFrom.OVER_TOLERANCE, interest=Interest.DAILY_BALANCE, rounding="down"),
    date(2024, 3, 5),
)
def test_days_past_due_never_fall_unless_something_happened(loan: Loan, policy: ArrearsPolicy, as_of: date) -> None:
    tomorrow = as_of + timedelta(days=1)
    assume(all(one.effective_on != tomorrow for one in loan.transactions))
    assume(not loan.pauses)
    today, next_day = assess(loan, policy, as_of=as_of), assess(loan, policy, as_of=tomorrow)
    assume(not today.unapplied)
    asks_for_more_each_day = policy.interest is not Interest.SCHEDULED and loan.schedule[0].minimum is not None
    if policy.tolerance_of.value == "loan" or asks_for_more_each_day:
        assume(not policy.tolerance_share)
    if today.days_past_due:
        assert next_day.days_past_due == today.days_past_due + 1
        is_cut = policy.cost_ceiling is not None or policy.total_cost_ceiling is not None
        assert next_day.amount_to_cure >= today.amount_to_cure or is_cut
    assert next_day.delinquent_days >= today.delinquent_days


@given(st.one_of(assessments(), st.tuples(loans_that_run_on(), days).map(lambda drawn: (*drawn[0], drawn[1]))))
def test_a_stretch_of_arrears_begins_on_the_day_that_showed_it_first(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    """Whoever asks every evening sees arrears begin, go on from the same day, and end; a later question sees the same."""
    loan, policy, as_of = case
    assume(not any(one.kind is Kind.REVERSAL for one in loan.transactions))
    assume(as_of > max(loan.disbursed_on, loan.opening.on if loan.opening else START))
    before, after = assess(loan, policy, as_of=as_of - timedelta(days=1)), assess(loan, policy, as_of=as_of)
    if not after.instalments_overdue:
        assert after.arrears_since is None
    elif before.instalments_overdue:
        assert after.arrears_since == before.arrears_since
    elif policy.dpd_from is DpdFrom.OVER_TOLERANCE:
        assert after.arrears_since == as_of - timedelta(days=1 - policy.due_date_is_day)
    else:
        assert after.arrears_since == min(part.due_on for part in after.instalments if part.days)


@given(loans(), policies(), pauses(), st.integers(0, 44))
def test_no_bucket_rises_while_paused(loan: Loan, policy: ArrearsPolicy, pause: Pause, into: int) -> None:
    tomorrow = min(pause.from_on + timedelta(days=into), pause.until_on - timedelta(days=1))
    as_of = max(tomorrow - timedelta(days=1), START)
    loan = replace(loan, pauses=(*loan.pauses, pause))
    assume(all(one.effective_on != tomorrow for one in loan.transactions))
    today, next_day = assess(loan, policy, as_of=as_of), assess(loan, policy, as_of=tomorrow)
    assume(today.days_past_due)
    assert next_day.delinquent_days <= today.delinquent_days


@given(loans(), policies(), days, st.integers(1, 60))
def test_asking_on_another_day_never_moves_a_posted_amount(
    loan: Loan, policy: ArrearsPolicy, as_of: date, later: int
) -> None:
    """Lines that ended before the first day asked about stand unchanged when a later day is asked about."""
    assume(not any(one.kind is Kind.REVERSAL for one in loan.transactions))
    early = assess(loan, policy, as_of=as_of)
    late = assess(loan, policy, as_of=as_of + timedelta(days=later))
    settled = {line for line in early.lines if line.to_on < as_of and line.kind is not LineKind.CARRIED}
    assert settled <= set(late.lines)


@given(loans(), policies(), days, st.randoms())
def test_the_order_of_the_ledger_does_not_matter(
    loan: Loan, policy: ArrearsPolicy, as_of: date, random: object
) -> None:
    mixed = list(loan.transactions)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    shuffled = replace(loan, transactions=tuple(mixed), schedule=loan.schedule[::-1])
    assert assess(shuffled, policy, as_of=as_of) == assess(loan, policy, as_of=as_of)


@given(assessments())
def test_what_happens_after_the_day_asked_about_changes_nothing(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    loan, policy, as_of = case
    past = replace(loan, transactions=tuple(one for one in loan.transactions if one.effective_on <= as_of))
    assert assess(past, policy, as_of=as_of) == assess(loan, policy, as_of=as_of)


@given(loans(), policies(), days, days)
def test_known_on_counts_only_what_was_booked_by_then(
    loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date
) -> None:
    known = tuple(one for one in loan.transactions if one.booked_on <= known_on)
    named = {one.id for one in known}
    assume(all(one.reverses in named for one in known if one.reverses is not None))
    assert assess(loan, policy, as_of=as_of, known_on=known_on) == assess(
        replace(loan, transactions=known), policy, as_of=as_of
    )


@given(loans(), policies(), days)
def test_paying_the_payoff_settles_the_loan(loan: Loan, policy: ArrearsPolicy, as_of: date) -> None:
    before = assess(loan, policy, as_of=as_of)
    assume(before.payoff > 0 and before.outstanding_principal > 0)
    assume(
        all(one.effective_on != as_of or one.kind in (Kind.PAYMENT, Kind.FEE, Kind.WAIVER) for one in loan.transactions)
    )
    last = Transaction("zz", Kind.PAYMENT, before.payoff, as_of, as_of + timedelta(days=9))
    paid = replace(loan, transactions=(*loan.transactions, last))
    for day in (as_of, START + timedelta(days=LAST_DAY)):
        if any(as_of < one.effective_on <= day for one in loan.transactions):
            continue
        after = assess(paid, policy, as_of=day)
        assert (after.days_past_due, after.amount_to_cure, after.outstanding_principal, after.payoff) == (0, 0, 0, 0), (
            day
        )


FOR_GOOD = Pause(date(2026, 3, 10), date.max)
AT_THE_END = (
    ((Instalment(date.max, 100_000),), (), ArrearsPolicy(grace_days=5), 0, 0),
    ((Instalment(date(2026, 3, 1), 100_000),), (FOR_GOOD,), ArrearsPolicy(grace_days=20), 0, 0),
    ((Instalment(date(2026, 3, 1), 100_000),), (FOR_GOOD,), ArrearsPolicy(late_fee=LateFee(500, after_days=20)), 8, 0),
    ((Instalment(date(2026, 3, 1), 100_000),), (), ArrearsPolicy(late_fee=LateFee(500, every_days=10**9)), 30, 500),
    ((Instalment(date(2026, 3, 1), 100_000),), (), ArrearsPolicy(grace_days=10**9), 0, 0),
    (
        (Instalment(date(2026, 3, 1), 100_000),),
        (),
        ArrearsPolicy(rate_steps=(RateStep(Fraction(1), None, 10**9),)),
        30,
        0,
    ),
)


@pytest.mark.parametrize(("schedule", "paused", "policy", "days_counted", "fees"), AT_THE_END)
def test_what_lies_beyond_the_calendar_never_comes(
    schedule: tuple[Instalment, ...], paused: tuple[Pause, ...], policy: ArrearsPolicy, days_counted: int, fees: int
) -> None:
    """9999-12-31 is how many systems write a day without an end."""
    loan = Loan("L", "CNY", 100_000, date(2026, 2, 1), AnnualRate(Fraction(0)), schedule, pauses=paused)
    result = assess(loan, policy, as_of=date(2026, 3, 31))
    assert (result.delinquent_days, result.fees, result.outstanding_principal) == (days_counted, fees, 100_000)


def test_the_first_day_of_the_calendar_is_a_due_date_like_others() -> None:
    loan = Loan("L", "CNY", 100_000, date.min, AnnualRate(Fraction(0)), (Instalment(date.min, 100_000),))
    result = assess(loan, ArrearsPolicy(due_date_is_day=1), as_of=date(1, 1, 3))
    assert (result.days_past_due, result.amount_to_cure) == (3, 100_000)
    for day in (date.min, date.max):
        with pytest.raises(CannotAssess, match="can't be asked about"):
            assess(loan, ArrearsPolicy(), as_of=day)


def test_a_late_fee_before_its_due_date_is_refused() -> None:
    with pytest.raises(ValueError, match=r"late_fee\.after_days is -1: it can't be negative"):
        LateFee(500, after_days=-1)


@pytest.mark.parametrize("kind", [Kind.REVERSAL, Kind.CHARGEBACK])
def test_what_takes_back_a_payment_that_is_not_known_yet_has_no_effect_yet(kind: Kind) -> None:
    days_of = [START + timedelta(days=n) for n in (30, 31, 40, 50)]
    payment = Transaction("p", Kind.PAYMENT, 10_000, days_of[0], days_of[3])
    back = Transaction("r", kind, 10_000, days_of[1], days_of[1], reverses="p")
    schedule = (Instalment(days_of[0], 10_000), Instalment(START + timedelta(days=90), 10_000))
    rate = AnnualRate(Fraction(0))
    loan = Loan("L", "CNY", 20_000, START, rate, schedule, (back, payment))
    nothing = replace(loan, transactions=())
    before = assess(loan, ArrearsPolicy(), as_of=days_of[2], known_on=days_of[2])
    assert before == assess(nothing, ArrearsPolicy(), as_of=days_of[2])
    assert assess(loan, ArrearsPolicy(), as_of=days_of[3]).amount_to_cure == 10_000
    to_come = replace(loan, transactions=(back, replace(payment, effective_on=days_of[2])))
    assert assess(to_come, ArrearsPolicy(), as_of=days_of[1]) == assess(nothing, ArrearsPolicy(), as_of=days_of[1])


@given(assessments(), st.lists(st.integers(0, 120), min_size=1, max_size=4))
def test_several_days_at_once_give_what_each_gives_by_itself(
    case: tuple[Loan, ArrearsPolicy, date], further: list[int]
) -> None:
    loan, policy, as_of = case
    several = [as_of + timedelta(days=one) for one in further]
    try:
        alone = [assess(loan, policy, as_of=day) for day in several]
    except CannotAssess:
        with pytest.raises(CannotAssess):
            assess_each(loan, policy, several)
    else:
        assert assess_each(loan, policy, several) == alone
