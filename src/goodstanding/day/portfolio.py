"""The book as the day's job reads it: opened, or first imported when it is given as a lender's flat files."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.portions import Portion, portions
from goodstanding.book.commitments import Said, read_commitments
from goodstanding.book.read import Book, LoanExtras, open_book
from goodstanding.book.settings import read_settings
from goodstanding.core.loan import Loan
from goodstanding.core.party import Borrower
from goodstanding.day.files import Place, hash_of
from goodstanding.day.progress import Progress, stage_by_stage
from goodstanding.day.set_aside import SetAside, Step

IMPORTED = "book"
"""Where under the output folder flat files are imported to."""


@dataclass(frozen=True, slots=True)
class LoanOfBook:
    """A loan with what the lender's files say beside it; None where they say nothing. said: what was promised and agreed."""

    loan: Loan
    borrower_id: str
    lender_days_past_due: int | None = None
    lender_balance: int | None = None
    said: Said | None = None


def loan_of_book(loan: Loan, beside: LoanExtras, said: Said | None = None) -> LoanOfBook:
    return LoanOfBook(loan, beside.borrower_id, beside.lender_days_past_due, beside.lender_balance, said)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A lender's loans at a cut-off, as a book on disk."""

    folder: Path
    book: Book

    @property
    def cut_off(self) -> date:
        return self.book.cut_off

    @property
    def currency(self) -> str:
        return self.book.currency

    @property
    def loan_count(self) -> int:
        return self.book.loan_count

    @property
    def content_hash(self) -> str:
        return self.book.content_hash

    @property
    def quarantine_hash(self) -> str | None:
        """Of what was kept out of the book, which the day reports."""
        return hash_of(self.folder / "quarantine.csv")

    def portions(self, size: int, policies: PolicyTable | None, as_of: date) -> Iterator[Portion]:
        """Cut the book into portions of at most so many loans; policies: assess them by the kernel."""
        return portions(self.folder / "book.parquet", size, policies, as_of=as_of, cut_off=self.cut_off)

    def find(self, loan_id: str) -> LoanOfBook | None:
        found = self.book.find_loan(loan_id)
        if found is None:
            return None
        said = read_commitments(self.folder, self.book.zone, loan_id).get(loan_id)
        return loan_of_book(*found, said)

    def find_all(self, loan_ids: Iterable[str]) -> Iterator[LoanOfBook]:
        """The loans with these ids as `find` gives them, in one pass and in the book's order; ids that it doesn't hold are left out."""
        wanted = set(loan_ids)
        said = self.said() if wanted else {}
        for loan, beside in self.book.loans(wanted):
            yield loan_of_book(loan, beside, said.get(loan.id))

    def said(self) -> Mapping[str, Said]:
        """What was promised and agreed, by loan, for all loans about which the book says anything."""
        return read_commitments(self.folder, self.book.zone)

    def borrowers(self, ids: Iterable[str]) -> Mapping[str, Borrower]:
        return self.book.borrowers(ids)

    def set_aside(self) -> list[SetAside]:
        """What the import kept out, row by row."""
        path = self.folder / "quarantine.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [_row_set_aside(row) for row in csv.DictReader(file)]


def _row_set_aside(row: dict[str, str]) -> SetAside:
    where = f"row {row['row']}" + (f", {row['column']}" if row["column"] else "")
    return SetAside(Step.READ, row["loan_id"], row["file"], where, row["found"], row["expected"], row["what_to_do"])


def open_portfolio(path: Path, place: Place, progress: Progress) -> Portfolio:
    """Open a book; a folder of flat files is imported first, into the output folder, when it has changed."""
    from goodstanding.book.convert import import_files

    if is_book(path):
        return Portfolio(path, open_book(path))
    target = place.root / IMPORTED
    with stage_by_stage(progress) as tell:
        import_files(path, target, progress=tell)
    return Portfolio(target, open_book(target))


@contextmanager
def opened_for_reading(path: Path, progress: Progress) -> Iterator[Portfolio]:
    """Open a book to look one loan up in; flat files are imported for the time being."""
    if is_book(path):
        yield Portfolio(path, open_book(path))
        return
    with TemporaryDirectory(prefix="goodstanding-") as folder:
        yield open_portfolio(path, Place(Path(folder)), progress)


def currency_of(path: Path) -> str | None:
    """The currency that a book or a folder of flat files says it is in, before anything of it is read."""
    settings = path / "book.toml"
    return read_settings(settings).currency if settings.is_file() else None


def is_book(path: Path) -> bool:
    return (path / "book.parquet").is_file()
