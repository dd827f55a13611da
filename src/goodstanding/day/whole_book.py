"""A whole book assessed by an engine: from its Parquet files to a folder of results, and what they come to.

An engine takes the book from one place to the other; what is checked before, and said after, is the same for all.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from goodstanding.batch.columns import BatchRefused
from goodstanding.batch.folder import refuse_foreign
from goodstanding.batch.opening import book_at, currency_by_statistics
from goodstanding.batch.policies import PolicyTable, PolicyTooLarge, policy_table
from goodstanding.batch.run import RunSummary
from goodstanding.batch.summing import Reason, Tally, reasons, tallies
from goodstanding.batch.warm import warm
from goodstanding.book.commitments import has_commitments
from goodstanding.book.placing import restore
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.day.engines import ENGINES, Request
from goodstanding.day.files import alone_in, failures_explained
from goodstanding.day.lender import check_currency, policy_remarks, read_lender
from goodstanding.day.portfolio import currency_of
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a run came to. by_bucket: the mildest first; reasons: why loans were set aside, the most frequent first.

    seconds: by the clock, for the loans that this run itself assessed. remarks: what to warn of about the policies.
    """

    request: Request
    currency: str
    run: RunSummary
    by_bucket: Mapping[str, Tally]
    reasons: list[Reason]
    seconds: float
    remarks: Sequence[str] = ()

    @property
    def whole(self) -> Tally:
        return sum(self.by_bucket.values(), Tally())

    @property
    def loans_per_second(self) -> int:
        return int((self.run.loans - self.run.loans_kept) / max(self.seconds, 0.001))


def assess_whole_book(request: Request, progress: Progress) -> Assessed:
    """Assess a book into a folder; `Stopped` says why it can't be done."""
    lender = read_lender(request.lender)
    policies = _encoded(lender.policies, lender.currency, request.lender)
    restore(request.book.absolute())
    try:
        source = book_at(request.book)
        currency = currency_of(request.book) or currency_by_statistics(source)
        check_currency(currency, request.book, lender, request.lender)
        refuse_foreign(request.out)
        engine = ENGINES[request.engine](request, progress)
        with engine as assess, failures_explained(request.out), alone_in(request.out):
            warm(progress.stage)
            began = time.monotonic()
            run = assess(source, policies)
            seconds = time.monotonic() - began
            found = tallies(request.out)
            buckets, remarks = _in_order(found, lender.policies), [*policy_remarks(lender), *_as_it_is(request.book)]
            return Assessed(request, lender.currency, run, buckets, reasons(request.out), seconds, remarks)
    except BatchRefused as why:
        raise Stopped(f"{why}.") from None


def _as_it_is(book: Path) -> list[str]:
    if not has_commitments(book):
        return []
    remark = (
        "The book has promises or plans, which aren't judged here: each loan is assessed as the book has it, without what its"
        " plans change. `goodstanding run` and `goodstanding explain` take them into account."
    )
    return [remark]


def _encoded(policies: Mapping[str, ArrearsPolicy], currency: str, folder: Path) -> PolicyTable:
    try:
        return policy_table(policies, currency)
    except PolicyTooLarge as why:
        raise Stopped(f"{folder} has a policy that a whole book can't be assessed by: {why}.") from None


def _in_order(found: Mapping[str, Tally], policies: Mapping[str, ArrearsPolicy]) -> dict[str, Tally]:
    """Every bucket from the mildest to the worst, as the policies name them."""
    names = [name for policy in policies.values() for name in (policy.buckets.base, *policy.buckets.names)]
    return {name: found.get(name, Tally()) for name in dict.fromkeys(names)}
