"""`goodstanding selfcheck`: the engine held to the reference on a sample of the lender's own loans."""

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from goodstanding.batch.columns import BatchRefused
from goodstanding.batch.opening import book_at, currency_by_statistics
from goodstanding.batch.policies import policy_table, too_large
from goodstanding.batch.selfcheck import LOANS_A_TASK, Checked, Moment, Setting, Unlike, added, check, sampled
from goodstanding.batch.warm import warm
from goodstanding.book.placing import restore
from goodstanding.day.figures import counted
from goodstanding.day.lender import check_currency, read_lender
from goodstanding.day.portfolio import currency_of, is_book
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped
from goodstanding.day.workers import Workers

ALIKE, UNLIKE, SOMETHING_BEYOND = 0, 1, 3
_MOST_AT_OTHER_MOMENTS = 1_000
_EARLIER, _LATER, _KNOWN = (1, 31, 92, 365), 30, (1, 31, 92)
"""Days before and after the day asked about, and before which the last booking lies, that the small sample is tried at."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. loans: how many are sampled. seed: chooses which. processes: as many as processors when None."""

    book: Path
    lender: Path
    as_of: date
    loans: int
    seed: int = 1
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a check came to. in_book: loans that the book has; small: how many were tried at the other moments."""

    request: Request
    in_book: int
    checked: Checked
    small: int
    moments: int

    @property
    def exit_code(self) -> int:
        if self.checked.unlike_count:
            return UNLIKE
        return SOMETHING_BEYOND if self.checked.beyond else ALIKE


def other_moments(as_of: date) -> tuple[Moment, ...]:
    """Other days than the one asked about, and that day as it was known earlier.

    >>> len(other_moments(date(2026, 11, 23))), other_moments(date(2026, 11, 23))[0].as_of.isoformat()
    (8, '2026-11-22')
    """
    days = [*(as_of - timedelta(days=back) for back in _EARLIER), as_of + timedelta(days=_LATER)]
    return (*map(Moment, days), *(Moment(as_of, as_of - timedelta(days=back)) for back in _KNOWN))


def selfcheck(request: Request, progress: Progress) -> Found:
    """Sample loans, compute each both ways, compare; `Stopped` says why it can't be done."""
    lender = read_lender(request.lender)
    restore(request.book.absolute())
    try:
        source = book_at(request.book)
        currency = currency_of(request.book) or currency_by_statistics(source)
        check_currency(currency, request.book, lender, request.lender)
        table = policy_table(lender.policies, lender.currency, leave_out=too_large(lender.policies))
        warm(progress.stage)
        moments = other_moments(request.as_of)
        setting = Setting(request.book.absolute(), lender.policies, table, Moment(request.as_of), moments)
        return _checked(request, setting, source.sizes, progress)
    except BatchRefused as why:
        raise Stopped(f"{why}.") from None


def _checked(request: Request, setting: Setting, sizes: Sequence[int], progress: Progress) -> Found:
    in_book, tried = sum(sizes), 0
    count = min(request.loans, in_book)
    small = min(_MOST_AT_OTHER_MOMENTS, -(-count // 10))
    found = Checked()
    tasks = sampled(sizes, count, request.seed, small)
    with (
        Workers(request.processes or os.cpu_count() or 1) as workers,
        progress.stage("Checking loans", count) as advance,
    ):
        for task, answer in workers.answers(partial(check, setting), tasks, here=count <= LOANS_A_TASK):
            found, tried = added(found, answer), tried + len(task.also)
            advance(len(task.places))
    return Found(request, in_book, found, tried, len(setting.others))


def in_words(found: Found) -> str:
    return "\n".join([*_differences(found), *_whole(found)])


def _differences(found: Found) -> Iterator[str]:
    for unlike in found.checked.unlike:
        yield f"Loan {unlike.loan_id}, {_when(unlike.moment)}:"
        for name, reference, engine in unlike.fields:
            yield f"  {name}: {reference} by the reference, {engine} by the engine"
        if is_book(found.request.book):
            yield f"  {explaining(found.request, unlike)}"
    more = found.checked.unlike_count - len(found.checked.unlike)
    if more:
        yield f"… and {more:,} more."


def _when(moment: Moment) -> str:
    known = f", of what was booked by {moment.known_on}" if moment.known_on else ""
    return f"as of {moment.as_of}{known}"


def explaining(request: Request, unlike: Unlike) -> str:
    """The command that shows the loan's statement as the reference works it out."""
    words = ["goodstanding", "explain", unlike.loan_id, "--book", str(request.book), "--lender", str(request.lender)]
    words += ["--as-of", str(unlike.moment.as_of)]
    if unlike.moment.known_on:
        words += ["--known-on", str(unlike.moment.known_on)]
    return shlex.join(words)


def _whole(found: Found) -> Iterator[str]:
    checked, request = found.checked, found.request
    yield (
        f"{counted(checked.loans, 'loan')} of {found.in_book:,} computed by the engine and by the reference as of "
        f"{request.as_of} (seed {request.seed}), {found.small:,} of them at {found.moments} other moments too."
    )
    if checked.set_aside:
        yield f"{counted(checked.set_aside, 'time')} both set a loan aside."
    if checked.beyond:
        yield (
            f"{counted(checked.beyond, 'time')} the engine set a loan aside that it can't compute exactly and the reference "
            f"can (such as {checked.such_as})."
        )
    if checked.unlike_count:
        yield (
            f"They differ {counted(checked.unlike_count, 'time')}, of {counted(checked.loans_unlike, 'loan')}. Amounts are in "
            "minor units. Please report this as a fault of ours."
        )
    else:
        yield "They agree on every field."


def as_data(found: Found) -> dict[str, Any]:
    """For --json. Values of fields are texts, amounts in minor units."""
    checked, request = found.checked, found.request
    return {
        "as_of": request.as_of.isoformat(),
        "seed": request.seed,
        "loans_in_book": found.in_book,
        "loans": checked.loans,
        "loans_at_other_moments": found.small,
        "comparisons": checked.comparisons,
        "set_aside_by_both": checked.set_aside,
        "beyond_the_engine": checked.beyond,
        "differences": checked.unlike_count,
        "loans_that_differ": checked.loans_unlike,
        "first_differences": [
            {
                "loan_id": one.loan_id,
                "as_of": one.moment.as_of.isoformat(),
                "known_on": one.moment.known_on.isoformat() if one.moment.known_on else None,
                "fields": [{"field": name, "reference": ours, "engine": theirs} for name, ours, theirs in one.fields],
            }
            for one in checked.unlike
        ],
    }
