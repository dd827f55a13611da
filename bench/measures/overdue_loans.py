"""Overdue loans drawn from a seed, and what a full set of offers of each costs: one by one, and of a whole book by worker processes."""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
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
from goodstanding.core.arrears.policy import ArrearsPolicy, Interest
from goodstanding.core.loan import Kind, Loan, Opening, Pause, ScheduleVersion, Transaction
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


BY_DAY = "by_day"


@cache
def _every_policy() -> dict[str, ArrearsPolicy]:
    """The example lender's, and its instalment loan with interest that runs by day."""
    policies = dict(_folder().policies)
    return policies | {BY_DAY: replace(policies["cn_instalment"], interest=Interest.DAILY_BALANCE)}


@cache
def _policies() -> PolicyTable:
    return policy_table(_every_policy(), "CNY")


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


def mixed_loan_of(number: int) -> Loan:
    """Such a loan, of which six in eight have something out of the ordinary: see _KINDS."""
    return _KINDS[number % len(_KINDS)](loan_of(number))


def _opened(loan: Loan) -> Loan:
    """Its history begins 45 days ago, with what was past due then."""
    on = AS_OF - timedelta(days=45)
    known = sum(one.effective_on <= on for one in loan.transactions)
    due = [part for part in loan.schedule if part.due_on <= on][known:]
    opening = Opening(
        on,
        principal=sum(part.principal for part in due),
        interest=sum(part.interest for part in due),
        overdue_since=due[0].due_on if due else None,
    )
    return replace(loan, opening=opening, transactions=loan.transactions[known:])


def _rescheduled(loan: Loan) -> Loan:
    """What wasn't due 20 days ago was spread over two months more."""
    from_on = AS_OF - timedelta(days=20)
    principal = sum(part.principal for part in loan.schedule if part.due_on >= from_on)
    terms = Terms(principal, loan.annual_rate, from_on, len(loan.schedule) + 2, from_on + timedelta(days=25))
    return replace(loan, versions=(ScheduleVersion(from_on, build_schedule(terms)),))


def _drawn_twice(loan: Loan) -> Loan:
    parts = tuple(replace(part, drawdown="AB"[place % 2]) for place, part in enumerate(loan.schedule))
    return replace(loan, schedule=parts)


def _billed(loan: Loan) -> Loan:
    parts = tuple(replace(part, minimum=part.amount // 10) for part in loan.schedule)
    return replace(loan, schedule=parts, product="cn_bill")


_KINDS: tuple[Callable[[Loan], Loan], ...] = (
    lambda loan: loan,
    _opened,
    lambda loan: replace(loan, pauses=(Pause(AS_OF - timedelta(days=40), AS_OF - timedelta(days=20)),)),
    _rescheduled,
    lambda loan: loan,
    _drawn_twice,
    _billed,
    lambda loan: replace(loan, product=BY_DAY),
)

Make = Callable[[int], Loan]


def positions(numbers: Sequence[int], make: Make = loan_of) -> Iterator[Position]:
    for number in numbers:
        loan = make(number)
        policy = _every_policy()[loan.product]
        yield Position(loan, policy, assess(loan, policy, as_of=AS_OF), AS_OF + timedelta(days=14))


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Milliseconds of CPU for a loan, and how many offers it has; found: the ways out, to be compared."""

    milliseconds: float
    offers: float
    found: tuple[WaysOut, ...]


def one_by_one(count: int, make: Make = loan_of) -> OneByOne:
    held, rails, kernel = list(positions(range(count), make)), _folder().ways_out, _kernel()
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


def write_book(path: Path, count: int, make: Make = loan_of) -> None:
    """A nested book of so many of these loans, on disk."""
    schema = nest([make(number) for number in range(len(_KINDS))]).schema
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, count, LOANS_A_GROUP):
            loans = [make(number) for number in range(start, min(start + LOANS_A_GROUP, count))]
            file.write_batch(pa.RecordBatch.from_pylist(nest(loans).to_pylist(), schema=schema))


def granting() -> Granting:
    folder = _folder()
    accept_by = AS_OF + timedelta(days=14)
    return Granting(_policies(), _every_policy(), folder.ways_out, {}, AS_OF, accept_by)


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


def whole_book(processes: int, count: int, out: Path, make: Make = loan_of) -> WholeBook:
    """The offers to all overdue loans of a book, from its file to the files of the offers: from the first process that begins to the last that ends."""
    book = out / "book.parquet"
    write_book(book, count, make)
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


def is_same(out: Path, alone: OneByOne, make: Make = loan_of) -> bool:
    """Whether the files of a book say of its first loans what they were offered alone, on every field."""
    held = list(positions(range(len(alone.found)), make))
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
