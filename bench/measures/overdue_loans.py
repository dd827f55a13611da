"""Overdue loans drawn from a seed, and what a full set of offers of each costs: one by one, and of a whole book by worker processes."""

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

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.batch.local import NestedFile
from goodstanding.batch.nesting import nest
from goodstanding.batch.offer_run import Done, Work, pieces_of
from goodstanding.batch.offer_tables import LOANS, OFFERS, Found, tables_of
from goodstanding.batch.offering import Granting, offers_of
from goodstanding.batch.policies import PolicyTable, policy_table
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


@cache
def _folder() -> LenderFolder:
    return read_lender(LENDER)


@cache
def _policies() -> PolicyTable:
    return policy_table(_folder().policies, "CNY")


@cache
def _kernel() -> WhatIf:
    return WhatIf(_policies())


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


# -- a whole book -------------------------------------------------------------------------------------------------------

LOANS_A_GROUP = 500


def write_book(path: Path, count: int) -> None:
    """A nested book of so many of these loans, on disk."""
    with pq.ParquetWriter(path, nest([loan_of(0)]).schema) as file:
        for start in range(0, count, LOANS_A_GROUP):
            file.write_batch(nest([loan_of(number) for number in range(start, min(start + LOANS_A_GROUP, count))]))


def granting() -> Granting:
    folder = _folder()
    accept_by = AS_OF + timedelta(days=14)
    return Granting(_policies(), folder.policies, folder.ways_out, {}, AS_OF, accept_by)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one process did. began, ended: by the machine's one clock; spent: CPU seconds."""

    done: list[Done]
    began: float
    ended: float
    spent: float


_all_are_ready: Any = None


def _begin(barrier: Any) -> None:
    global _all_are_ready
    _all_are_ready = barrier


def _share(book: Path, out: Path, share: int, shares: int) -> _Share:
    """Make ready, wait until every process is, and do this process's pieces of the book: read, assess, offer, write."""
    work = Work("bench", NestedFile(book), out, granting())
    pieces = pieces_of(work.source.sizes)
    offers_of(work.source.read_whole(0).slice(0, 20), work.granting, _kernel())
    _all_are_ready.wait()
    began, spent = monotonic(), process_time()
    done = [work(piece) for piece in pieces[share::shares]]
    return _Share(done, began, monotonic(), process_time() - spent)


@dataclass(frozen=True, slots=True)
class WholeBook:
    """Overdue loans a second by the clock of so many processes, and the CPU milliseconds of each of them."""

    a_second: float
    milliseconds: float
    overdue: int
    offers: int


def whole_book(processes: int, count: int, out: Path) -> WholeBook:
    """The offers to all overdue loans of a book, from its file to the files of the offers: from the first process that begins to the last that ends."""
    book = out / "book.parquet"
    write_book(book, count)
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(Barrier(processes),)) as pool:
        waiting = [pool.submit(_share, book, out, share, processes) for share in range(processes)]
        shares = [one.result() for one in waiting]
    done = [one for share in shares for one in share.done]
    overdue = sum(one.rows[LOANS] for one in done)
    return WholeBook(
        overdue / (max(one.ended for one in shares) - min(one.began for one in shares)),
        sum(one.spent for one in shares) / overdue * 1000,
        overdue,
        sum(one.rows[OFFERS] for one in done),
    )


def is_same(out: Path, alone: OneByOne) -> bool:
    """Whether the files of a book say of its first loans what they were offered alone, on every field."""
    held = list(positions(range(len(alone.found))))
    found = [
        Found(one.today, one.loan.product, one.accept_by, ways)
        for one, ways in zip(held, alone.found, strict=True)
        if one.today.amount_to_cure or one.today.oldest_due_on is not None
    ]
    names = {one.today.loan_id for one in found}
    for kind, expected in tables_of(found).items():
        written = pa.concat_tables([pq.read_table(path) for path in sorted(out.glob(f"{kind}-*.parquet"))])
        ours = written.filter(pc.is_in(written["loan_id"], value_set=pa.array(sorted(names))))
        if ours.to_pylist() != expected.to_pylist():
            return False
    return True
