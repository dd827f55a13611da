"""The first look at the whole book: every loan assessed, what is in arrears, which letters are due, where we differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from goodstanding.batch.results import ResultsWriter
from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.lender import LetterRule
from goodstanding.day.assessing import Setting, assess_chunk
from goodstanding.day.letters import is_due
from goodstanding.day.portfolio import LoanOfBook, Portfolio
from goodstanding.day.progress import Progress
from goodstanding.day.reconciliation import Difference
from goodstanding.day.set_aside import SetAside
from goodstanding.day.totals import Totals
from goodstanding.day.workers import Workers

LOANS_IN_A_CHUNK = 250
SMALL_BOOK = 1_000
"""Up to so many loans are assessed in this process: starting others would take longer."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Assessed:
    """A loan with its assessment; instalments and lines are left out."""

    of_book: LoanOfBook
    assessment: Assessment
    product: str


@dataclass(slots=True)
class Found:
    """in_arrears: of each loan only what the worklist needs. due: loans whose letter is due, whole, in the book's order.

    compared: whether the lender's files hold figures of their own.
    """

    totals: Totals = field(default_factory=Totals)
    in_arrears: list[tuple[Assessment, str, str]] = field(default_factory=list)
    due: dict[str, Assessed] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    compared: bool = False


def look_through(
    portfolio: Portfolio, setting: Setting, rule: LetterRule, results_path: Path, workers: Workers, progress: Progress
) -> Found:
    """Assess every loan of the book; results_path: where arrears.parquet is written, chunk by chunk."""
    found = Found()
    work = partial(assess_chunk, setting)
    chunks = in_chunks(portfolio.loans(), LOANS_IN_A_CHUNK)
    with (
        ResultsWriter(results_path) as results,
        progress.stage("Assessing loans", portfolio.loan_count) as advance,
    ):
        for chunk, answers in workers.answers(work, chunks, here=portfolio.loan_count <= SMALL_BOOK):
            assessed = []
            for of_book, answer in zip(chunk, answers, strict=True):
                if isinstance(answer, SetAside):
                    found.set_aside.append(answer)
                else:
                    assessed.append(Assessed(of_book, answer.assessment, setting.product_of(of_book.loan)))
                    found.differences.extend(answer.differences)
            for one in assessed:
                _note(found, one, rule)
            results.add([(one.assessment, one.product) for one in assessed])
            advance(len(chunk))
    return found


def _note(found: Found, one: Assessed, rule: LetterRule) -> None:
    assessment, of_book = one.assessment, one.of_book
    found.totals.count(assessment, one.product)
    if assessment.amount_to_cure:
        found.in_arrears.append((assessment, one.product, of_book.borrower_id))
    if is_due(of_book.loan, assessment, rule):
        found.due[assessment.loan_id] = one
    figures = (of_book.lender_days_past_due, of_book.lender_balance)
    found.compared = found.compared or any(figure is not None for figure in figures)


def in_chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut a stream into lists of at most `size`.

    >>> list(in_chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
