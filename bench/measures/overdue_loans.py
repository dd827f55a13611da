"""Overdue loans drawn from a seed, and what a full set of offers of each costs: one by one, and by worker processes."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from time import perf_counter, process_time

from goodstanding.batch.policies import policy_table
from goodstanding.batch.what_if import WhatIf, ways_out_of_many
from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.plans.offers import Position
from goodstanding.core.plans.schedule import Terms, build_schedule
from goodstanding.core.plans.ways_out import WaysOut, answered_by, ways_out
from goodstanding.core.rates import AnnualRate
from goodstanding.day.lender import LenderFolder, read_lender

AS_OF = date(2026, 11, 23)
LENDER = Path(__file__).resolve().parents[2] / "lender"
AT_ONCE = 300


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
    answered_by(ways_out(held[0], rails), kernel)
    began = process_time()
    found = tuple(answered_by(ways_out(one, rails), kernel) for one in held)
    return OneByOne((process_time() - began) / count * 1000, sum(len(one.offers) for one in found) / count, found)


def _many(numbers: range) -> tuple[list[WaysOut], float, float]:
    """Some loans' ways out; the CPU seconds of the assessments, and of the offers."""
    began = process_time()
    held = list(positions(numbers))
    assessed = process_time()
    found = ways_out_of_many(held, _folder().ways_out, [()] * len(held), _kernel())
    return found, assessed - began, process_time() - assessed


@dataclass(frozen=True, slots=True)
class Together:
    """Loans a second by the clock of two processes, and the CPU milliseconds of each step for a loan."""

    a_second: float
    assessed: float
    offered: float
    found: tuple[WaysOut, ...]


def together(processes: int, count: int) -> Together:
    """All overdue loans by worker processes: each draws its loans, assesses them by the reference, and prices by the kernel."""
    chunks = [range(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(_many, [range(2)] * processes))
        began = perf_counter()
        done = list(pool.map(_many, chunks))
        seconds = perf_counter() - began
    found = tuple(one for listed, _, _ in done for one in listed)
    return Together(
        count / seconds,
        sum(assessed for _, assessed, _ in done) / count * 1000,
        sum(offered for _, _, offered in done) / count * 1000,
        found,
    )
