"""The slow version proves the fast one: every single-valued field of every loan, under every convention."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given

from goodstanding.batch import layout
from goodstanding.batch.columns import columns_of
from goodstanding.batch.kernel import NO_DETAIL, assess_columns
from goodstanding.batch.nesting import nest, row_of
from goodstanding.batch.one_loan import LoanSetAside, assess_one
from goodstanding.batch.policies import EPOCH, policy_table
from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    By,
    ChargesMet,
    DpdFrom,
    Excess,
    Interest,
    LateFee,
    RateStep,
    Waterfall,
)
from goodstanding.core.loan import Instalment, Kind, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.rates import AnnualRate, DayCount
from tests.batch.compare import SET_ASIDE, by_kernel, by_reference, differences, flat
from tests.batch.random_books import a_bill_that_runs_on, a_day, a_plain_policy, a_policy, a_steady_loan, any_loan
from tests.core.portfolios import START, assessments, days, loans_that_run_on

LOANS_A_BATCH = 100
SEEDS = range(30)


@cache
def cases(seed: int, count: int = LOANS_A_BATCH) -> tuple[list[tuple[Loan, ArrearsPolicy]], date, date | None]:
    """Loans of every kind with policies of every kind; half of them such that the short way may serve."""
    dice = Random(seed)
    found: list[tuple[Loan, ArrearsPolicy]] = []
    while len(found) < count:
        policy = a_policy(dice) if dice.random() < 0.5 else a_plain_policy(dice)
        loan = any_loan(dice, policy) if dice.random() < 0.7 else a_steady_loan(dice, dice.choice([90_000, 10**11]))
        found.append((loan, policy))
    found += [a_bill_that_runs_on(dice) for _ in range(count // 10)]
    return found, a_day(dice), dice.choice([None, None, a_day(dice)])


@pytest.mark.parametrize("seed", SEEDS)
def test_kernel_and_reference_agree_on_three_thousand_loans(seed: int) -> None:
    loans, as_of, known_on = cases(seed)
    assert differences(loans, as_of, known_on) == []


@given(assessments())
def test_kernel_and_reference_agree_on_what_hypothesis_finds(case: tuple[Loan, ArrearsPolicy, date]) -> None:
    loan, policy, as_of = case
    assert differences([(loan, policy)], as_of) == []


@given(loans_that_run_on(), days)
def test_kernel_and_reference_agree_on_arrears_that_begin_in_some_night(
    case: tuple[Loan, ArrearsPolicy], as_of: date
) -> None:
    assert differences([case], as_of) == []


def falls_further_behind(dice: Random) -> Loan:
    """Years of instalments of which a part is paid, on the day or later, so that more and more of them are open."""
    count = dice.randint(24, 40)
    first = START + timedelta(days=dice.randint(1, 40))
    schedule = tuple(Instalment(first + timedelta(days=30 * n), 30_000 + n, 4_000 - 50 * n) for n in range(count))
    payments = tuple(
        Transaction(f"t{n:02}", Kind.PAYMENT, dice.randint(1, part.amount), day, day)
        for n, part in enumerate(schedule[: count - 4])
        if (day := part.due_on + timedelta(days=dice.choice([0, 0, -2, 1, 9])))
    )
    pauses = (Pause(first + timedelta(days=300), first + timedelta(days=345)),) if dice.random() < 0.3 else ()
    principal = sum(part.principal for part in schedule)
    rate = AnnualRate(Fraction(18, 100), DayCount.ACT_365)
    return Loan("L", "CNY", principal, START, rate, schedule, payments, pauses)


@pytest.mark.parametrize("seed", range(6))
def test_loans_that_fall_further_behind_for_years_agree(seed: int) -> None:
    """Many instalments are open at once: what the kernel puts off until it is read, the reference works out each time."""
    dice = Random(seed)
    loans = [
        (falls_further_behind(dice), a_plain_policy(dice) if dice.random() < 0.5 else a_policy(dice)) for _ in range(10)
    ]
    as_of = START + timedelta(days=dice.randint(700, 1200))
    assert differences(loans, as_of) == []
    assert ways(loans, as_of).count(-1) == 0


def test_an_instalment_replaced_before_its_day_and_unpaid_after_a_refund_has_days_of_its_own() -> None:
    """Money returned leaves an instalment open that never fell due: its own due date and rate steps count for it."""
    days = [START + timedelta(days=n) for n in range(150)]
    payment = Transaction("p", Kind.PAYMENT, 15_000, days[30], days[30])
    refund = Transaction("r", Kind.REFUND, 3_000, days[45], days[45])
    version = ScheduleVersion(days[40], (Instalment(days[140], 15_000),))
    schedule = tuple(Instalment(days[day], 10_000) for day in (30, 60, 90))
    rate = AnnualRate(Fraction(18, 100), DayCount.ACT_365)
    loan = Loan("L", "CNY", 30_000, START, rate, schedule, (payment, refund), versions=(version,))
    for first in (0, 1):
        steps = (RateStep(Fraction(1, 2), None, from_dpd=10),)
        policy = ArrearsPolicy(penalty_rate=Fraction(1, 4), rate_steps=steps, due_date_is_day=first)
        assert assess(loan, policy, as_of=days[100]).penalty > 0
        assert [differences([(loan, policy)], day) for day in days[44:120:5]] == [[]] * 16


def ways(loans: list[tuple[Loan, ArrearsPolicy]], as_of: date) -> list[int]:
    """1 for each loan that went event by event, 0 for the short way, -1 for one set aside."""
    named = [replace(loan, id=f"L{place}", product=f"P{place}") for place, (loan, _) in enumerate(loans)]
    policies = policy_table({f"P{place}": policy for place, (_, policy) in enumerate(loans)})
    out = np.empty((len(layout.RESULTS), len(loans)), np.int64)
    columns = columns_of(nest(named), policies)
    assess_columns(columns, policies.rows, policies.extra, as_of.toordinal() - EPOCH, layout.NONE, out, NO_DETAIL)
    return np.where(out[layout.OUT_STATUS] == 0, out[layout.OUT_BY_STEPS], -1).tolist()


def test_both_ways_of_the_kernel_are_tried() -> None:
    found: list[int] = []
    for seed in SEEDS:
        loans, as_of, _ = cases(seed)
        found += ways(loans, as_of)
    assert found.count(0) > 450
    assert found.count(1) > 1_000
    assert found.count(-1) > 50


def test_the_short_way_and_the_long_way_agree() -> None:
    """A pause of no days sends a loan the long way and changes nothing else."""
    dice = Random(7)
    loans = [(a_steady_loan(dice), a_plain_policy(dice)) for _ in range(300)]
    long = [
        (replace(loan, pauses=loan.pauses or (_no_pause(),)), replace(policy, excess=Excess.NEXT))
        for loan, policy in loans
    ]
    short = [(loan, replace(policy, excess=Excess.NEXT)) for loan, policy in loans]
    as_of = START + timedelta(days=300)
    assert ways(long, as_of).count(0) == 0 and ways(short, as_of).count(0) > 150
    assert _figures(short, as_of) == _figures(long, as_of)


def _no_pause() -> Pause:
    return Pause(START, START)


def _figures(loans: list[tuple[Loan, ArrearsPolicy]], as_of: date) -> dict[str, dict[str, object]]:
    named = [replace(loan, id=f"L{place}", product=f"P{place}") for place, (loan, _) in enumerate(loans)]
    return by_kernel(named, policy_table({f"P{place}": policy for place, (_, policy) in enumerate(loans)}), as_of, None)


def test_one_loan_at_once_gives_what_a_batch_gives() -> None:
    loans, as_of, known_on = cases(99)
    for loan, policy in loans:
        policies = policy_table({loan.product: policy})
        expected = by_reference(loan, policy, as_of, known_on)
        try:
            found = assess_one(row_of(loan), policies, as_of=as_of, known_on=known_on, instalments=True)
            found["instalments"] = [flat(one) for one in found["instalments"]]
        except LoanSetAside:
            found = SET_ASIDE
        assert found == expected


def test_one_loan_is_given_without_its_instalments_unless_they_are_asked_for() -> None:
    loan, policies = row_of(a_steady_loan(Random(1))), policy_table({"": ArrearsPolicy()})
    whole = assess_one(loan, policies, as_of=START + timedelta(days=300), instalments=True)
    assert len(whole.pop("instalments")) == len(loan["schedule"]) and isinstance(whole.pop("drawdowns"), list)
    assert assess_one(loan, policies, as_of=START + timedelta(days=300)) == whole


WRONG = [
    lambda policy: replace(policy, grace_days=policy.grace_days + 20),
    lambda policy: replace(policy, penalty_rate=Fraction("0.36"), penalty_multiple=None),
    lambda policy: replace(policy, rounding="up" if policy.rounding != "up" else "down"),
    lambda policy: replace(policy, late_fee=LateFee(flat=1)),
    lambda policy: replace(policy, due_date_is_day=1 - policy.due_date_is_day),
    lambda policy: replace(policy, tolerance_minor=policy.tolerance_minor + 5_000),
    lambda policy: replace(policy, interest=Interest.DAILY_BALANCE),
    lambda policy: replace(policy, excess=Excess.SPREAD),
    lambda policy: replace(policy, waterfall=Waterfall(by=By.COMPONENT)),
    lambda policy: replace(policy, waterfall=Waterfall(charges=ChargesMet.LAST)),
    lambda policy: replace(policy, dpd_from=DpdFrom.OVER_TOLERANCE),
    lambda policy: replace(policy, cost_ceiling=Fraction("0.01")),
    lambda policy: replace(policy, total_cost_ceiling=Fraction("0.001")),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_a_policy_with_one_wrong_value_gives_other_figures(place: int) -> None:
    """The comparison would notice a kernel that forgot a convention."""
    dice = Random(3)
    as_of = START + timedelta(days=200)
    loans = [any_loan(dice, ArrearsPolicy()) for _ in range(60)]
    policy = ArrearsPolicy(grace_days=3, penalty_multiple=Fraction(3, 2))
    right, wrong = ([(loan, one) for loan in loans] for one in (policy, WRONG[place](policy)))
    assert _figures(right, as_of) != _figures(wrong, as_of)


def test_a_loan_is_the_same_whatever_batch_it_comes_in() -> None:
    dice = Random(11)
    policy = a_policy(dice)
    loans = [replace(any_loan(dice, policy), id=f"L{place}", transactions=()) for place in range(20)]
    policies = policy_table({"": policy})
    as_of = START + timedelta(days=250)
    together = by_kernel(loans, policies, as_of, None)
    assert {loan.id: by_kernel([loan], policies, as_of, None)[loan.id] for loan in loans} == together


def test_a_reversed_payment_known_later_is_not_known_before() -> None:
    dice = Random(5)
    loan = a_steady_loan(dice)
    while not any(one.kind is Kind.REVERSAL for one in loan.transactions):
        loan = a_steady_loan(dice)
    bounce = next(one for one in loan.transactions if one.kind is Kind.REVERSAL)
    loan = replace(
        loan,
        transactions=tuple(
            replace(one, booked_on=one.booked_on + timedelta(days=90)) if one is bounce else one
            for one in loan.transactions
        ),
    )
    for known_on in (bounce.booked_on, bounce.booked_on + timedelta(days=90)):
        assert differences([(loan, ArrearsPolicy())], START + timedelta(days=400), known_on) == []
