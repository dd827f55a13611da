"""Every convention, and every two that go together, are tried on a loan in arrears: by the random loans, or by one made so."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from goodstanding.batch import layout
from goodstanding.batch.columns import columns_of, run_kernel
from goodstanding.batch.kernel import NO_DETAIL
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import policy_table
from tests.batch.compare import by_kernel, differences
from tests.batch.conventions import (
    CONVENTIONS,
    DAY,
    Case,
    Convention,
    are_for_the_short_way,
    keys_of_policies,
    pairs,
    which,
    with_both,
)
from tests.batch.random_books import a_loan, a_plain_policy, a_policy, a_steady_loan
from tests.batch.test_kernel_equals_reference import SEEDS, cases
from tests.core.portfolios import START

AS_OF = START + 300 * DAY
Pair = tuple[int, int]
Draw = Callable[[Random], Case]

IMPOSSIBLE = (
    ("compound: True", "penalty_base: principal_and_interest", "interest would be charged on interest twice"),
    ("late_fee: none", "late_fee.", "there is no fee of which it could be said"),
    ("grace_days: none", "grace_effect: ", "there is no grace that could have an effect"),
    ("waterfall.charges: last", "waterfall.past_due: fee first", "charges come last"),
    ("waterfall.charges: last", "waterfall.past_due: penalty first", "charges come last"),
    ("waterfall.charges: last", "waterfall.past_due: compound first", "charges come last"),
)
"""Two names, or how they begin, that no loan can have together, and why."""
ONLY_THE_LONG_WAY = (
    ("excess: unapplied", "event: payment before", "credit that is held goes the long way"),
    *(
        ("penalty: none", f"{key}: ", "rate steps alone would bear penalty, and they go the long way")
        for key in ("penalty_base", "penalty_from", "penalty_while", "compound", "rounds")
    ),
)


def is_impossible(pair: Pair, *, the_short_way: bool) -> bool:
    one, other = (CONVENTIONS[place].name for place in pair)
    return any(
        (one.startswith(first) and other.startswith(second)) or (other.startswith(first) and one.startswith(second))
        for first, second, _ in IMPOSSIBLE + (ONLY_THE_LONG_WAY if the_short_way else ())
    )


def to_try(the_short_way: bool) -> list[Pair]:
    """Pairs that a loan may have, perhaps one that the short way serves."""
    if not the_short_way:
        return pairs()
    return [pair for pair in pairs() if are_for_the_short_way(*(CONVENTIONS[place] for place in pair))]


def in_arrears(tried: Iterable[Case], *, the_short_way: bool = False) -> list[Case]:
    """Those of the cases that have days past due; of those, perhaps, only such as the kernel takes the short way."""
    found = []
    for (as_of, known_on), group in groupby(tried, key=lambda case: (case.as_of, case.known_on)):
        each = list(group)
        loans = [replace(case.loan, id=str(place), product=str(place)) for place, case in enumerate(each)]
        policies = policy_table({str(place): case.policy for place, case in enumerate(each)})
        out = run_kernel(columns_of(nest(loans), policies), policies, as_of, known_on, NO_DETAIL)
        is_late = out[layout.OUT_DAYS] > 0
        if the_short_way:
            is_late &= out[layout.OUT_BY_STEPS] == 0
        found += [each[place] for place in np.flatnonzero(is_late)]
    return found


@cache
def random_cases() -> tuple[Case, ...]:
    """The random loans on which kernel and reference are held to each other."""
    drawn = [(cases(seed)) for seed in SEEDS]
    return tuple(Case(*case, as_of, known_on) for loans, as_of, known_on in drawn for case in loans)


def counts(found: Sequence[Case]) -> npt.NDArray[np.int64]:
    """How many of the cases have each two conventions."""
    having = which(found).astype(np.int64)
    return having.T @ having


def made(
    missing: Sequence[Pair], draw: Draw, *, the_short_way: bool, rounds: int = 10
) -> tuple[list[Case], list[Pair]]:
    """Cases in arrears that have the pairs, and the pairs that none could be made of."""
    dice, found, left = Random(5), list[Case](), list(missing)
    for _ in range(rounds):
        tried = [
            with_both(dice, draw(dice), CONVENTIONS[one], CONVENTIONS[other]) for one, other in left for _ in range(4)
        ]
        late = in_arrears(sorted(tried, key=lambda case: case.known_on is not None), the_short_way=the_short_way)
        having = which(late)
        reaching = {pair: np.flatnonzero(having[:, pair[0]] & having[:, pair[1]]) for pair in left}
        found += [late[places[0]] for places in reaching.values() if len(places)]
        left = [pair for pair, places in reaching.items() if not len(places)]
    return found, left


def bare(dice: Random) -> Case:
    """A loan with little of what may stand in the way of a convention."""
    loan = a_loan(dice)
    return Case(loan if dice.random() < 0.3 else replace(loan, transactions=(), pauses=()), a_policy(dice), AS_OF)


def plain(dice: Random) -> Case:
    loan = a_steady_loan(dice)
    return Case(replace(loan, pauses=(), transactions=loan.transactions[:1]), a_plain_policy(dice), AS_OF)


def test_every_key_of_a_policy_is_among_the_conventions() -> None:
    said_otherwise = {"penalty_rate", "penalty_multiple", "late_fee.share", "buckets.names", "buckets.base"}
    assert keys_of_policies() - {one.key for one in CONVENTIONS} == said_otherwise


def test_the_random_loans_reach_every_convention() -> None:
    often = dict(zip([one.name for one in CONVENTIONS], counts(in_arrears(random_cases())).diagonal(), strict=True))
    assert min(often.values()) >= 5, sorted(often.items(), key=lambda one: one[1])[:5]


WAYS = pytest.mark.parametrize(
    ("the_short_way", "draw"), [(False, bare), (True, plain)], ids=["any way", "the short way"]
)


@WAYS
def test_every_pair_of_conventions_agrees_on_a_loan_in_arrears(the_short_way: bool, draw: Draw) -> None:
    reached = counts(in_arrears(random_cases(), the_short_way=the_short_way))
    possible = [pair for pair in to_try(the_short_way) if not is_impossible(pair, the_short_way=the_short_way)]
    missing = [pair for pair in possible if not reached[pair]]
    found, left = made(missing, draw, the_short_way=the_short_way)
    assert [(CONVENTIONS[one].name, CONVENTIONS[other].name) for one, other in left] == []
    for known_on in {case.known_on for case in found}:
        each = [(case.loan, case.policy) for case in found if case.known_on == known_on]
        assert differences(each, AS_OF, known_on) == []


@WAYS
def test_what_is_impossible_is(the_short_way: bool, draw: Draw) -> None:
    """So that the list can't hide a pair that the kernel was never tried on."""
    listed = [pair for pair in to_try(the_short_way) if is_impossible(pair, the_short_way=the_short_way)]
    found, left = made(listed, draw, the_short_way=the_short_way, rounds=3)
    assert (found, left) == ([], listed) and listed


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda one: one.name)
def test_a_convention_changes_some_loan(convention: Convention) -> None:
    """The comparison would notice a kernel that forgot it."""
    assert any(
        figures(without) != figures([convention.put(Random(9), case) for case in without])
        for loans in (random_cases()[:40], random_cases()[40:400])
        if (without := [case for case in loans if not convention.is_in(case)])
    )


def figures(each: Sequence[Case]) -> list[dict[str, object]]:
    """The kernel's fields of each case, as of one day."""
    loans = [replace(case.loan, id=str(place), product=str(place)) for place, case in enumerate(each)]
    policies = policy_table({str(place): case.policy for place, case in enumerate(each)})
    found = by_kernel(loans, policies, AS_OF, min((case.known_on for case in each if case.known_on), default=None))
    return [found[loan.id] for loan in loans]
