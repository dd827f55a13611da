"""The ways out of every overdue loan of a book, worked out by a few processes into a folder of Parquet files.

Each loan has the offers that `goodstanding offers LOAN` prints of it. Stopped at any moment, the same request goes on where it was.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from goodstanding.batch.columns import BatchRefused
from goodstanding.batch.offer_run import OffersRun, Outcome, Work, key_of, pieces_of, refuse_other_files
from goodstanding.batch.offering import Changed, Granting
from goodstanding.batch.opening import book_at, currency_by_statistics
from goodstanding.batch.policies import policy_table, too_large
from goodstanding.batch.warm import warm
from goodstanding.book.commitments import Said, has_commitments, read_commitments
from goodstanding.book.placing import restore
from goodstanding.book.read import open_book
from goodstanding.core.loan import Loan
from goodstanding.day.agreed import agreed_on
from goodstanding.day.assessing import Setting
from goodstanding.day.files import alone_in, failures_explained
from goodstanding.day.granting import legal_limits
from goodstanding.day.lender import LenderFolder, check_currency, read_lender
from goodstanding.day.offering import stands_until
from goodstanding.day.portfolio import currency_of
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped
from goodstanding.day.workers import Workers

SMALL_BOOK = 2_000
"""Up to so many loans are worked out in this process, unless a number of processes was asked for: starting others would take longer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. accept_by: until when offers stand; by the lender's folder when None. processes: as many as processors when None."""

    book: Path
    lender: Path
    out: Path
    as_of: date
    accept_by: date | None = None
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What a run came to. seconds: by the clock, for the loans that this run itself worked out."""

    request: Request
    currency: str
    accept_by: date
    run: Outcome
    seconds: float

    @property
    def loans_per_second(self) -> int:
        """Overdue loans, whose offers were worked out."""
        return int((self.run.overdue - self.run.overdue_kept) / max(self.seconds, 0.001))


def offer_to_all(request: Request, progress: Progress) -> Offered:
    """Work out the ways out of a book's overdue loans into a folder; `Stopped` says why it can't be done."""
    lender = read_lender(request.lender)
    accept_by = stands_until(request.as_of, request.accept_by, lender.lender.pay_within_days)
    if not lender.ways_out.measures:
        raise Stopped(
            f"{request.lender} has no ways_out.toml, so nothing is offered: copy the example's and change it."
        )
    restore(request.book.absolute())
    try:
        source = book_at(request.book)
        check_currency(
            currency_of(request.book) or currency_by_statistics(source), request.book, lender, request.lender
        )
        refuse_other_files(request.out)
        with failures_explained(request.out), alone_in(request.out):
            warm(progress.stage, offers=True)
            granting = _granting(lender, request.as_of, accept_by)
            changed, said = _agreed_in(request, lender)
            work = Work(key_of(source, granting, said), source, request.out.absolute(), granting, changed)
            began = time.monotonic()
            run = _run(work, request.processes, progress)
            return Offered(request, lender.currency, accept_by, run, time.monotonic() - began)
    except BatchRefused as why:
        raise Stopped(f"{why}.") from None


def _granting(lender: LenderFolder, as_of: date, accept_by: date) -> Granting:
    left_out = too_large(lender.policies)
    limits = {product: legal_limits(lender.conduct, product, as_of) for product in lender.policies}
    table = policy_table(lender.policies, lender.currency, leave_out=left_out)
    return Granting(table, lender.policies, lender.ways_out, limits, as_of, accept_by)


def _run(work: Work, processes: int | None, progress: Progress) -> Outcome:
    pieces = pieces_of(work.source.sizes)
    run = OffersRun(work, pieces)
    kept = run.begin()
    todo = [one for one in pieces if one.place not in kept]
    done = list(kept.values())
    with (
        progress.stage("Working out offers", sum(one.loans for one in pieces)) as advance,
        Workers(processes or os.cpu_count() or 1) as workers,
    ):
        advance(sum(one.loans for one in done))
        is_small = processes is None and sum(one.loans for one in todo) <= SMALL_BOOK
        for piece, one in workers.answers(work, todo, here=is_small or len(todo) < 2):
            run.note(one)
            done.append(one)
            advance(piece.loans)
    return run.end(done, kept=list(kept.values()))


# -- what was agreed --------------------------------------------------------------------------------------------------


def _agreed_in(request: Request, lender: LenderFolder) -> tuple["_Agreed | None", str]:
    """What finds what was agreed about the book's loans, and what tells it from another time's; nothing where nothing was agreed."""
    if not has_commitments(request.book):
        return None, ""
    book = open_book(request.book)
    setting = Setting(request.as_of, book.cut_off, lender.currency, lender.policies)
    return _Agreed(request.book.absolute(), book.zone, setting), book.content_hash


@dataclass(frozen=True, slots=True)
class _Agreed:
    """Reads what was promised and agreed, in each process by itself."""

    book: Path
    zone: str
    setting: Setting

    def __call__(self) -> Mapping[str, Changed]:
        return {
            loan_id: partial(_changed, self.setting, said)
            for loan_id, said in read_commitments(self.book, self.zone).items()
        }


def _changed(setting: Setting, said: Said, loan: Loan) -> tuple[Loan, str]:
    """The loan as its plans have changed it, and why nothing else is offered; as it is, where its product is unknown, which is told later."""
    policy = setting.policies.get(setting.product_of(loan))
    if policy is None:
        return loan, ""
    agreed = agreed_on(said, loan, policy, as_of=setting.as_of, counted_up_to=setting.cut_off)
    return agreed.loan, agreed.speaks_against_offers
