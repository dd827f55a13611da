"""What the kernel adds up over instalments is what their positions come to, whichever way a loan goes."""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.batch.columns import columns_of, run_kernel
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.kernel import NO_DETAIL
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import policy_table
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.pricing import figure_of
from tests.batch.random_books import a_plain_policy, a_steady_loan
from tests.batch.test_kernel_equals_reference import cases
from tests.core.portfolios import START

_SUMS = range(layout.OUT_OPENED, layout.WITH_SUMS)
_NAMES = ("fee", "penalty", "compound", "interest", "principal", "ahead")


def test_sums_are_those_of_the_reference_and_of_the_positions() -> None:
    short, by_steps = 0, 0
    for seed in range(5):
        found, as_of, known_on = cases(seed)
        for day in (as_of - timedelta(days=30), as_of, as_of + timedelta(days=300)):
            out = checked(found, day, known_on)
            is_ahead = (out[layout.OUT_STATUS] == layout.OK) & (out[layout.OUT_AHEAD] > 0)
            short += int((is_ahead & (out[layout.OUT_BY_STEPS] == 0)).sum())
            by_steps += int((is_ahead & (out[layout.OUT_BY_STEPS] == 1)).sum())
    assert short
    assert by_steps > 50


def test_sums_of_a_loan_paid_ahead_or_settled_early_by_the_short_way() -> None:
    """What was paid ahead falls due one by one; of a loan settled, the interest that had run then, and later none."""
    dice, settled, ahead = Random(3), 0, 0
    paid_on = START + timedelta(days=70)
    found = []
    for _ in range(150):
        loan = a_steady_loan(dice)
        before = tuple(one for one in loan.transactions if one.effective_on < paid_on)
        amount = loan.principal * 2 if dice.random() < 0.5 else dice.randrange(loan.principal)
        payment = Transaction("z", Kind.PAYMENT, amount, paid_on, paid_on)
        found.append((replace(loan, transactions=(*before, payment)), a_plain_policy(dice)))
    for days in (0, 1, 20, 90):
        out = checked(found, paid_on + timedelta(days=days), None)
        is_ahead = (out[layout.OUT_BY_STEPS] == 0) & (out[layout.OUT_AHEAD] > 0)
        settled += int((is_ahead & (out[layout.OUT_OUTSTANDING] == 0)).sum())
        ahead += int((is_ahead & (out[layout.OUT_OUTSTANDING] != 0)).sum())
    assert settled > 50
    assert ahead > 30


def checked(found: list[tuple[Loan, ArrearsPolicy]], day: date, known_on: date | None) -> npt.NDArray[np.int64]:
    loans = [replace(loan, id=f"L{place}", product=f"P{place}") for place, (loan, _) in enumerate(found)]
    policies = policy_table({f"P{place}": policy for place, (_, policy) in enumerate(found)})
    columns = columns_of(nest(loans), policies)
    out = run_kernel(columns, policies, day, known_on, NO_DETAIL, whole=True)
    stepped = run_kernel(columns, policies, day, known_on, room_for_detail(columns), whole=True)
    np.testing.assert_array_equal(out[: layout.OUT_BY_STEPS], stepped[: layout.OUT_BY_STEPS])
    np.testing.assert_array_equal(out[_SUMS], stepped[_SUMS])
    for place, (loan, (_, policy)) in enumerate(zip(loans, found, strict=True)):
        try:
            figure = figure_of(assess(loan, policy, as_of=day, known_on=known_on))
        except CannotAssess:
            assert out[layout.OUT_STATUS, place] != layout.OK
            continue
        opened = [getattr(figure.opened, name) for name in Owed.__slots__]
        assert dict(zip(_NAMES, out[_SUMS, place].tolist(), strict=True)) == dict(
            zip([*Owed.__slots__, "ahead"], [*opened, figure.ahead], strict=True)
        )
    return out


def test_no_place_in_the_kernels_arrays_has_the_name_of_another() -> None:
    """A name given twice would be another place for whoever imports it, and the compiler wouldn't say."""
    tree = ast.parse(Path(layout.__file__).read_text(encoding="utf-8"))
    stored = [
        name.id
        for one in tree.body
        for name in ast.walk(one)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    ]
    assert {"WHOLE", "OUT_AHEAD"} <= set(stored)
    assert [name for name in set(stored) if stored.count(name) > 1] == []
