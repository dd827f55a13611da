"""What is walked once for several days, and for several loans with one past, is what each comes to by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from goodstanding.batch import layout
from goodstanding.batch.columns import columns_of, run_kernel
from goodstanding.batch.kernel import NO_DETAIL, Columns
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import EPOCH, PolicyTable, policy_table
from goodstanding.batch.several_days import Numbers, run_on_days
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Kind, Loan, Pause, Transaction
from tests.batch.random_books import a_plain_policy, a_policy, any_loan, changed
from tests.batch.test_kernel_equals_reference import cases

_DAY = timedelta(days=1)


def alone(columns: Columns, policies: PolicyTable, days_at: Numbers, days: Numbers) -> Numbers:
    """Each loan on each of its days in a call of its own."""
    found = np.zeros((layout.WITH_SUMS, len(days)), np.int64)
    for turn in range(int(np.diff(days_at).max())):
        at = np.minimum(days_at[:-1] + turn, days_at[1:] - 1)
        asked = days[at].astype(np.int32)
        asked.flags.writeable = False
        out = run_kernel(columns._replace(asked_on=asked), policies, date(2000, 1, 1), None, NO_DETAIL, whole=True)
        found[:, at] = out
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_loan_on_several_days_is_what_it_is_on_each(seed: int) -> None:
    dice, (found, as_of, _) = Random(seed), cases(seed)
    columns, policies = laid_out(found)
    days = [sorted({_number(as_of + dice.randint(-60, 500) * _DAY) for _ in range(dice.randint(1, 6))}) for _ in found]
    days_at, every = _offsets(days), np.array([day for some in days for day in some], np.int64)
    out = run_on_days(columns, policies, days_at, every)
    assert_equal(out, alone(columns, policies, days_at, every))


@pytest.mark.parametrize("seed", range(20))
def test_loans_with_one_past_are_what_each_is_by_itself(seed: int) -> None:
    dice = Random(1000 + seed)
    found, past_of, begins, days = list[tuple[Loan, ArrearsPolicy]](), list[int](), list[int](), list[list[int]]()
    for number in range(40):
        policy = a_policy(dice) if dice.random() < 0.6 else a_plain_policy(dice)
        loan = any_loan(dice, policy)
        begin = loan.disbursed_on + dice.randint(20, 260) * _DAY
        for one in (loan, *(otherwise(dice, loan, policy, begin) for _ in range(4))):
            found.append((one, policy))
            past_of.append(number)
            begins.append(_number(begin))
            days.append(sorted({_number(begin + dice.randint(0, 300) * _DAY) for _ in range(dice.randint(1, 3))}))
    columns, policies = laid_out(found)
    days_at, every = _offsets(days), np.array([day for some in days for day in some], np.int64)
    out = run_on_days(columns, policies, days_at, every, np.array(past_of), np.array(begins))
    expected = alone(columns, policies, days_at, every)
    assert_equal(out, expected)
    assert (expected[layout.OUT_STATUS] == layout.OK).sum() > 100
    assert (out[layout.OUT_BY_STEPS] == 2).sum() > 15


def assert_equal(found: Numbers, expected: Numbers) -> None:
    """On every field but which way they went: the short way is tried on the first days only."""
    rows = [row for row in range(layout.WITH_SUMS) if row != layout.OUT_BY_STEPS]
    np.testing.assert_array_equal(found[rows], expected[rows])


def otherwise(dice: Random, loan: Loan, policy: ArrearsPolicy, begin: date) -> Loan:
    """The loan as it would be if more happened to it, from a day on."""
    paid_on = [begin + dice.choice([0, 0, 1, 5, 30, 31, 60, 90]) * _DAY for _ in range(dice.randint(0, 6))]
    most = max(2, sum(part.amount for part in loan.schedule))
    added = [
        Transaction(f"n{place}", Kind.PAYMENT, dice.randrange(1, most), on, on) for place, on in enumerate(paid_on)
    ]
    if dice.random() < 0.3:
        added.append(Transaction("nw", Kind.WAIVER, dice.randrange(1, most), begin, begin))
    pauses = loan.pauses
    if dice.random() < 0.6:
        paused = begin + dice.choice([0, 0, 1, 20]) * _DAY
        until = paused + dice.choice([1, 10, 40, 200]) * _DAY
        pauses += (Pause(paused, until, dice.random() < 0.7, dice.random() < 0.7),)
    if dice.random() < 0.5:
        loan = changed(dice, loan, policy, begin, takes_over=dice.random() < 0.5)
    return replace(loan, transactions=(*loan.transactions, *added), pauses=pauses)


def laid_out(found: Sequence[tuple[Loan, ArrearsPolicy]]) -> tuple[Columns, PolicyTable]:
    loans = [replace(loan, id=f"L{place}", product=f"P{place}") for place, (loan, _) in enumerate(found)]
    policies = policy_table({f"P{place}": policy for place, (_, policy) in enumerate(found)})
    return columns_of(nest(loans), policies), policies


def _number(day: date) -> int:
    return day.toordinal() - EPOCH


def _offsets(lists: Sequence[Sequence[int]]) -> Numbers:
    return np.array([0, *np.cumsum([len(one) for one in lists])], np.int64)


def test_the_first_loan_of_a_call_goes_on_from_no_past() -> None:
    """Its past would be whatever lay in memory; and a call whose loans are all one has the same number before as after."""
    dice = Random(5)
    for _ in range(60):
        policy = a_policy(dice)
        loan = any_loan(dice, policy)
        begin = loan.disbursed_on + dice.randint(20, 260) * _DAY
        every = [(one, policy) for one in (loan, *(otherwise(dice, loan, policy, begin) for _ in range(2)))]
        columns, policies = laid_out(every)
        days_at, days = np.array([0, 1, 2, 3]), np.full(3, _number(begin) + 100)
        out = run_on_days(columns, policies, days_at, days, np.zeros(3, np.int64), np.full(3, _number(begin)))
        assert_equal(out, alone(columns, policies, days_at, days))
        assert out[layout.OUT_BY_STEPS, 0] != 2
