"""Overdue loans drawn from a seed, and what a full set of offers of each costs: one by one, and by worker processes."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from multiprocessing import Barrier
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from goodstanding.batch.policies import policy_table
from goodstanding.batch.what_if import WhatIf, ways_out_of_many
from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.offers import Position
from goodstanding.core.plans.schedule import Terms, build_schedule
from goodstanding.core.plans.ways_out import WaysOut
from goodstanding.core.rates import AnnualRate
from goodstanding.day.lender import LenderFolder, read_lender

AS_OF = date(2026, 11, 23)
LENDER = Path(__file__).resolve().parents[2] / "lender"
AT_ONCE = 100


@cache
def _folder() -> LenderFolder:
    return read_lender(LENDER)


@cache
def _kernel() -> WhatIf:
    return WhatIf(policy_table(_folder().policies, "CNY"))


def loan_of(number: int) -> Loan:
    """A loan of 12, 24 or 36 months, of which the last one to four instalments due weren't paid."""
    lot = random.Random(number)
    principal, made_on = lot.randrange(3_000_00, 50_000_00), AS_OF - timedelta(days=lot.randrange(90, 360))
    rate = AnnualRate(Fraction(lot.randrange(80_000, 240_000), 1_000_000))
    first = made_on + timedelta(days=30)
    schedule = build_schedule(Terms(principal, rate, made_on, lot.choice((12, 24, 36)), first))
    due = [part for part in schedule if part.due_on <= AS_OF]
    paid = due[: max(0, len(due) - lot.randrange(1, 5))]
    payments = tuple(
        Transaction(f"T{place}", Kind.PAYMENT, part.amount, part.due_on, part.due_on) for place, part in enumerate(paid)
    )
    return Loan(f"L{number}", "CNY", principal, made_on, rate, schedule, payments, product="cn_instalment")


def positions(numbers: Sequence[int]) -> Iterator[Position]:
    policy = _folder().policies["cn_instalment"]
    for number in numbers:
        loan = loan_of(number)
        yield Position(loan, policy, assess(loan, policy, as_of=AS_OF), AS_OF + timedelta(days=14))


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Milliseconds of CPU for a loan, and how many offers it has; found: the ways out, to be compared."""

    milliseconds: float
    offers: float
    found: tuple[WaysOut, ...]


def one_by_one(count: int) -> OneByOne:
    held, rails, kernel = list(positions(range(count))), _folder().ways_out, _kernel()
    ways_out_of_many(held[:1], rails, [()], kernel)
    began = process_time()
    for one in held:
        ways_out_of_many([one], rails, [()], kernel)
    milliseconds = (process_time() - began) / count * 1000
    # what is kept for the comparison would have the collector of cycles walk over it, so it is made again
    found = tuple(each for one in held for each in ways_out_of_many([one], rails, [()], kernel))
    return OneByOne(milliseconds, sum(len(one.offers) for one in found) / count, found)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one process did: loans' ways out; when it began and ended, by the machine's one clock; CPU seconds of the assessments and of the offers."""

    found: list[WaysOut]
    began: float
    ended: float
    assessed: float
    offered: float


_all_are_ready: Any = None


def _begin(barrier: Any) -> None:
    global _all_are_ready
    _all_are_ready = barrier


def _share(numbers: range) -> _Share:
    """Draw and assess loans, wait until every process has, and make the offers of all, some at a time."""
    rails, kernel = _folder().ways_out, _kernel()
    drawing = process_time()
    held = list(positions(numbers))
    assessed = process_time() - drawing
    ways_out_of_many(held[:2], rails, [()] * 2, kernel)
    found = list[WaysOut]()
    _all_are_ready.wait()
    began, spent = monotonic(), process_time()
    for start in range(0, len(held), AT_ONCE):
        some = held[start : start + AT_ONCE]
        found += ways_out_of_many(some, rails, [()] * len(some), kernel)
    return _Share(found, began, monotonic(), assessed, process_time() - spent)


@dataclass(frozen=True, slots=True)
class Together:
    """Loans a second by the clock of two processes, and the CPU milliseconds of each step for a loan."""

    a_second: float
    assessed: float
    offered: float
    found: tuple[WaysOut, ...]


def together(processes: int, count: int) -> Together:
    """The offers of all overdue loans by worker processes, from the first that begins to the last that ends; each has its loans at
    hand, assessed, and keeps what it found."""
    each = -(-count // processes)
    shares = [range(start, min(start + each, count)) for start in range(0, count, each)]
    with ProcessPoolExecutor(len(shares), initializer=_begin, initargs=(Barrier(len(shares)),)) as pool:
        done = list(pool.map(_share, shares))
    return Together(
        count / (max(one.ended for one in done) - min(one.began for one in done)),
        sum(one.assessed for one in done) / count * 1000,
        sum(one.offered for one in done) / count * 1000,
        tuple(one for share in done for one in share.found),
    )
