"""The book as the day's job reads it: opened, or first imported when it is given as a lender's flat files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from goodstanding.core.loan import Loan
from goodstanding.core.party import Borrower
from goodstanding.day.set_aside import SetAside


@dataclass(frozen=True, slots=True)
class LoanOfBook:
    """A loan with what the lender's files say beside it; None where they say nothing."""

    loan: Loan
    borrower_id: str
    lender_days_past_due: int | None = None
    lender_balance: int | None = None


class Portfolio(Protocol):
    """A lender's loans at a cut-off. content_hash: of everything in the book."""

    cut_off: date
    currency: str
    content_hash: str
    loan_count: int

    def loans(self) -> Iterator[LoanOfBook]: ...

    def borrowers(self, ids: Iterable[str]) -> Mapping[str, Borrower]: ...

    def set_aside(self) -> Sequence[SetAside]: ...


def open_portfolio(path, place, progress):
    raise NotImplementedError


def open_for_reading(path):
    raise NotImplementedError
