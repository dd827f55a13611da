"""The first look at the whole book: every loan assessed, what is in arrears, which letters are due, where we differ.

The kernel computes; the reference takes the loans that the kernel leaves, and small books whole. It makes no difference to
what is found.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.portions import Answered, Portion
from goodstanding.batch.results import ResultsWriter
from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.lender import LetterRule
from goodstanding.day.agreed import Agreed
from goodstanding.day.assessing import Answer, Setting, assess_chunk
from goodstanding.day.letter_rules import Silent, days_ahead, in_force, perhaps, reminders
from goodstanding.day.portfolio import LoanOfBook, Portfolio, loan_of_book
from goodstanding.day.progress import Progress
from goodstanding.day.reconciliation import Difference, differences
from goodstanding.day.set_aside import SetAside
from goodstanding.day.totals import AMOUNTS, Tally, Totals
from goodstanding.day.workers import Workers

LOANS_FOR_THE_KERNEL, LOANS_FOR_THE_REFERENCE = 10_000, 250
"""Loans at once. Where the reference has much to do, a portion is small enough for several processes to share the book."""
SMALL_BOOK = 1_000
"""Up to so many loans are assessed in this process: starting others would take longer."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Assessed:
    """A loan with its assessment; instalments and lines are left out. rules: those that hold for it today.

    agreed: what was promised and agreed about it, if anything; the loan of of_book is then as its plans have changed it.
    """

    of_book: LoanOfBook
    assessment: Assessment
    product: str
    rules: tuple[LetterRule, ...]
    agreed: Agreed | None = None


@dataclass(slots=True)
class Found:
    """in_arrears: of each loan only what the worklist needs. due: loans for which a letter rule holds, whole, in the book's
    order. silent: loans in arrears for which none does, with the reason.

    agreed: by loan, what was promised and agreed; borrower_of: of these loans, the borrower. compared: whether the lender's files hold figures of their own.
    """

    totals: Totals = field(default_factory=Totals)
    in_arrears: list[tuple[Assessment, str, str]] = field(default_factory=list)
    due: dict[str, Assessed] = field(default_factory=dict)
    silent: dict[str, Silent] = field(default_factory=dict)
    agreed: dict[str, Agreed] = field(default_factory=dict)
    borrower_of: dict[str, str] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    compared: bool = False


def look_through(
    portfolio: Portfolio,
    setting: Setting,
    rules: Sequence[LetterRule],
    results_path: Path,
    workers: Workers,
    progress: Progress,
    policies: PolicyTable | None,
) -> Found:
    """Assess every loan of the book; results_path: where arrears.parquet is written, a portion at a time.

    policies: for the kernel; None leaves every loan to the reference.
    """
    found, work = Found(), partial(assess_chunk, setting)
    by_kernel = policies is not None and not policies.left_out
    size = LOANS_FOR_THE_KERNEL if by_kernel else LOANS_FOR_THE_REFERENCE
    waiting: deque[Portion] = deque()
    said = portfolio.said()

    def left() -> Iterator[list[LoanOfBook]]:
        """What is left of each portion; the portion waits for its answers."""
        for portion in portfolio.portions(size, policies, setting.as_of):
            waiting.append(portion.without(said) if said else portion)
            yield [loan_of_book(loan, beside, said.get(loan.id)) for loan, beside in waiting[-1].left()]

    with (
        ResultsWriter(results_path) as results,
        progress.stage("Assessing loans", portfolio.loan_count) as advance,
    ):
        here = by_kernel or portfolio.loan_count <= SMALL_BOOK
        for loans, answers in workers.answers(work, left(), here=here):
            portion = waiting.popleft()
            figures = [
                (answer.assessment, setting.product_of(one.loan)) if isinstance(answer, Answer) else None
                for one, answer in zip(loans, answers, strict=True)
            ]
            answered = portion.with_answers(figures)
            found.set_aside.extend(answer for answer in answers if isinstance(answer, SetAside))
            _note(found, answered, answers, rules, setting.as_of)
            results.add(answered.results.rows, answered.results.places, portion.loans)
            advance(portion.loans)
    return found


def _note(
    found: Found, answered: Answered, answers: Sequence[Answer | SetAside], rules: Sequence[LetterRule], as_of: date
) -> None:
    for product, bucket, loans, in_arrears, sums in answered.sums(AMOUNTS):
        found.totals.add(product, bucket, Tally(loans, in_arrears, dict(zip(AMOUNTS, sums, strict=True))))
    due: list[tuple[int, Assessed]] = []
    agreed = _agreed(answered, answers)
    found.agreed |= {one.loan.id: one for one in agreed.values()}
    if agreed:
        whose = answered.portion.batch.column("borrower_id")
        found.borrower_of |= {one.loan.id: whose[place].as_py() or "" for place, one in agreed.items()}
    for place, assessment, product, borrower_id in answered.overdue():
        if assessment.amount_to_cure:
            found.in_arrears.append((assessment, product, borrower_id))
        asked = perhaps(assessment, product, rules)
        if not isinstance(asked, Silent):
            of_book = _whole(answered, place, agreed)
            asked = in_force(of_book.loan, assessment, asked)
            if not isinstance(asked, Silent):
                due.append((place, Assessed(of_book, assessment, product, asked, agreed.get(place))))
        if isinstance(asked, Silent) and assessment.amount_to_cure:
            found.silent[assessment.loan_id] = _with_reason(asked, agreed.get(place))
    due.extend(_reminded(answered, rules, as_of, agreed))
    found.due |= {one.assessment.loan_id: one for _, one in sorted(due, key=lambda placed: placed[0])}
    found.compared = found.compared or answered.has_lenders_figures()
    found.differences.extend(_differences(answered, answers))


def _agreed(answered: Answered, answers: Sequence[Answer | SetAside]) -> dict[int, Agreed]:
    """What was promised and agreed, by the loan's place in its portion."""
    return {
        place: answer.agreed
        for place, answer in zip(answered.portion.left_places().tolist(), answers, strict=True)
        if isinstance(answer, Answer) and answer.agreed is not None
    }


def _whole(answered: Answered, place: int, agreed: Mapping[int, Agreed]) -> LoanOfBook:
    """A loan, whole, as its plans have changed it."""
    of_book = loan_of_book(*answered.whole(place))
    return replace(of_book, loan=agreed[place].loan) if place in agreed else of_book


def _with_reason(silent: Silent, agreed: Agreed | None) -> Silent:
    """With the plan or promise that is behind it."""
    if agreed is None or not agreed.in_force:
        return silent
    return replace(silent, detail=f"{silent.detail}. {agreed.in_force}")


def _reminded(
    answered: Answered, rules: Sequence[LetterRule], as_of: date, agreed: Mapping[int, Agreed]
) -> Iterator[tuple[int, Assessed]]:
    """Loans with nothing overdue of which a reminder is due, each with its place."""
    ahead = days_ahead(rules)
    for place, assessment, product, _ in answered.coming(as_of, as_of + timedelta(days=ahead)) if ahead else ():
        of_book = _whole(answered, place, agreed)
        if asked := reminders(of_book.loan, assessment, product, rules):
            yield place, Assessed(of_book, assessment, product, asked, agreed.get(place))


def _differences(answered: Answered, answers: Sequence[Answer | SetAside]) -> list[Difference]:
    """Where the lender's own figures differ, in the order of the book."""
    by_place = [
        (
            place,
            differences(ours, lender_days_past_due=theirs.lender_days_past_due, lender_balance=theirs.lender_balance),
        )
        for place, ours, theirs in answered.unlike_the_lenders()
    ]
    by_place += [
        (place, answer.differences)
        for place, answer in zip(answered.portion.left_places(), answers, strict=True)
        if isinstance(answer, Answer)
    ]
    return [one for _, found in sorted(by_place, key=lambda placed: placed[0]) for one in found]


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
