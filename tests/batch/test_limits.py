"""At the edge of what is computed: exact, or refused with a reason; never wrong."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from goodstanding.batch.policies import policy_table
from goodstanding.core.arrears.policy import ArrearsPolicy, Excess, Interest, LateFee, Rounds
from goodstanding.core.loan import Instalment, Kind, Loan, Transaction
from goodstanding.core.rates import AnnualRate, DayCount
from tests.batch.compare import SET_ASIDE, by_kernel, differences
from tests.batch.random_books import a_policy

FIRST = date(1960, 1, 31)


def an_old_loan(dice: Random, years: int) -> Loan:
    """10**13 minor units at up to 1,000 % a year, hardly ever paid, for decades."""
    count = dice.randint(1, 4)
    parts = [10**13 // count - dice.randint(10**5, 10**6) for _ in range(count)]
    due = [FIRST + timedelta(days=365 * years * n // count) for n in range(count)]
    schedule = tuple(Instalment(day, part, dice.randint(0, 20_000)) for day, part in zip(due, parts, strict=True))
    paid = tuple(
        Transaction(f"t{n}", Kind.PAYMENT, dice.randint(1, 10**13), day, day)
        for n, day in enumerate(FIRST + timedelta(days=dice.randint(0, 365 * years)) for _ in range(dice.randint(0, 2)))
    )
    rate = AnnualRate(Fraction(dice.randint(0, 6_600_000), 1_000_000), dice.choice(list(DayCount)))
    return Loan("L", "CNY", sum(parts), date(1960, 1, 1), rate, schedule, paid)


@pytest.mark.parametrize("seed", range(6))
def test_the_largest_amounts_rates_and_spans_are_exact(seed: int) -> None:
    """Refused only where penalty runs on a century of daily interest at such rates. Policies that round each day are left out: a century of days takes the reference too long."""
    dice = Random(seed)
    cases: list[tuple[Loan, ArrearsPolicy]] = []
    while len(cases) < 40:
        policy = replace(a_policy(dice), rate_steps=(), late_fee=None)
        if policy.rounds is not Rounds.EACH_DAY:
            cases.append((an_old_loan(dice, dice.choice([1, 30, 100])), policy))
    as_of = FIRST + timedelta(days=dice.choice([400, 12_000, 36_500]))
    differing = dict(differences(cases, as_of))
    by_schedule = [place for place in differing if cases[place][1].interest is Interest.SCHEDULED]
    assert by_schedule == []
    assert all("set_aside" in fields for fields in differing.values()) and len(differing) <= 2


def test_rates_and_fees_beyond_the_limits_are_refused_not_computed_wrong() -> None:
    schedule = (Instalment(FIRST, 10**13 - 1),)
    loan = Loan("L", "CNY", 10**13 - 1, FIRST, AnnualRate(Fraction(10)), schedule)
    late = FIRST + timedelta(days=36_500)
    highest, higher = (policy_table({"": ArrearsPolicy(penalty_multiple=Fraction(n))}) for n in (1, 2))
    assert by_kernel([loan], highest, late, None)["L"]["penalty"] == 10 * 100 * (10**13 - 1)
    assert by_kernel([loan], higher, late, None)["L"] == SET_ASIDE
    fees = policy_table({"": ArrearsPolicy(late_fee=LateFee(flat=10**13, every_days=1))})
    assert by_kernel([loan], fees, FIRST + timedelta(days=9_000), None)["L"]["fees"] == 9_000 * 10**13
    assert by_kernel([loan], fees, late, None)["L"] == SET_ASIDE


def test_a_loan_that_needs_more_room_than_was_laid_out_gets_it() -> None:
    """A fee every day for years, and credit that is held in many pieces."""
    due = [FIRST + timedelta(days=30 * n) for n in range(200)]
    schedule = tuple(Instalment(day, 1_000, 10, 5) for day in due)
    paid = tuple(
        Transaction(f"t{n:03}", Kind.PAYMENT, 7 + n, FIRST + timedelta(days=11 * n), FIRST + timedelta(days=11 * n))
        for n in range(300)
    )
    loan = Loan("L", "CNY", 200_000, FIRST, AnnualRate(Fraction(1, 10)), schedule, paid)
    small = replace(loan, schedule=schedule[:1], transactions=(), principal=1_000)
    fee = LateFee(flat=1, every_days=1)
    cases = [
        (one, ArrearsPolicy(excess=excess, late_fee=late_fee))
        for one in (small, loan)
        for excess in (Excess.SPREAD, Excess.UNAPPLIED)
        for late_fee in (None, fee)
    ]
    assert differences(cases, FIRST + timedelta(days=700)) == []


def test_one_cents_worth_of_a_day_is_not_lost_in_a_century() -> None:
    """The running total keeps what rounding leaves, however many periods it is cut into."""
    schedule = (Instalment(FIRST, 12_345),)
    paid = tuple(
        Transaction(f"t{n:04}", Kind.WAIVER, 0, FIRST + timedelta(days=n), FIRST + timedelta(days=n))
        for n in range(900)
    )
    loan = Loan("L", "CNY", 12_345, FIRST, AnnualRate(Fraction("0.0321")), schedule, paid)
    policy = ArrearsPolicy(penalty_multiple=Fraction("1.234567"), day_count=DayCount.ACT_ACT)
    assert differences([(loan, policy)], FIRST + timedelta(days=36_500)) == []
