"""An imported book, opened for reading: its loans whole, its borrowers when they are asked for."""

import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.book.conduct import Conduct, read_conduct
from goodstanding.book.errors import BookError
from goodstanding.book.placing import restore
from goodstanding.book.schema import COMPONENTS, DRAWDOWN, FLAT_FILES, KINDS
from goodstanding.book.settings import read_settings
from goodstanding.core.loan import (
    ClassifiedAs,
    Instalment,
    Loan,
    Opening,
    Pause,
    ScheduleVersion,
    Transaction,
)
from goodstanding.core.party import Borrower, Guarantee, Role
from goodstanding.core.rates import PPM, AnnualRate, DayCount

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class LoanExtras:
    """What the lender's files say beside a loan; None where they say nothing. lender_balance: minor units."""

    borrower_id: str
    lender_days_past_due: int | None
    lender_balance: int | None


@dataclass(frozen=True, slots=True)
class Book:
    """A lender's loans at a cut-off, on disk. loan_count: loans in it, without those set aside."""

    path: Path
    lender: str
    cut_off: date
    currency: str
    zone: str
    content_hash: str
    loan_count: int

    def iter_loans(self) -> Iterator[tuple[Loan, LoanExtras]]:
        """Yield every loan, whole, in the order of loan ids, a few thousand in memory at a time."""
        with pq.ParquetFile(self.path / "book.parquet") as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from map(_with_extras, batch.to_pylist())

    def find_loan(self, loan_id: str) -> tuple[Loan, LoanExtras] | None:
        """Return one loan, or None if the book doesn't hold it."""
        rows = pq.read_table(self.path / "book.parquet", filters=pc.field("loan_id") == loan_id).to_pylist()
        return _with_extras(rows[0]) if rows else None

    def loans(self, ids: Iterable[str]) -> Iterator[tuple[Loan, LoanExtras]]:
        """Yield the loans with these ids in one pass, in the order of loan ids; ids that the book doesn't hold are left out."""
        wanted = sorted(set(ids))
        if not wanted:
            return
        with pq.ParquetFile(self.path / "book.parquet") as file:
            place = file.schema_arrow.get_field_index("loan_id")
            groups = [one for one in range(file.num_row_groups) if _may_hold(file, one, place, wanted)]
            for batch in file.iter_batches(batch_size=_BATCH, row_groups=groups):
                found = batch.filter(pc.is_in(batch.column(place), value_set=pa.array(wanted, pa.string())))
                yield from map(_with_extras, found.to_pylist())

    def borrowers(self, ids: Iterable[str]) -> dict[str, Borrower]:
        """Return the borrowers with these ids; ids that the book doesn't hold are left out."""
        wanted = pc.field("borrower_id").isin(pa.array(sorted(set(ids)), pa.string()))
        reached: dict[str, dict[str, list[str]]] = {}
        for row in pq.read_table(self.path / "contact_points.parquet", filters=wanted).to_pylist():
            reached.setdefault(row["borrower_id"], {}).setdefault(row["kind"], []).append(row["value"])
        rows = pq.read_table(self.path / "borrowers.parquet", filters=wanted).to_pylist()
        return {row["borrower_id"]: _borrower(row, reached.get(row["borrower_id"], {})) for row in rows}

    def parties(self, loan_ids: Iterable[str]) -> dict[str, list[tuple[str, Role, Guarantee]]]:
        """Return who answers for these loans beside the borrowers: ids as of `borrowers`, in their order, and as what."""
        path, found = self.path / "parties.parquet", dict[str, list[tuple[str, Role, Guarantee]]]()
        if not path.is_file():
            return found
        wanted = pc.field("loan_id").isin(pa.array(sorted(set(loan_ids)), pa.string()))
        for row in pq.read_table(path, filters=wanted).to_pylist():
            one = (row["borrower_id"], Role(row["role"]), Guarantee(row["guarantee"]))
            found.setdefault(row["loan_id"], []).append(one)
        return found

    def conduct(self, ids: Iterable[str]) -> dict[str, Conduct]:
        """Return how these people were approached, what they allowed and wished, and what holds there are; see conduct.py."""
        return read_conduct(self.path, ids, self.zone)


def open_book(path: Path) -> Book:
    """Open an imported book; BookError says why it isn't one."""
    restore(path.absolute())
    missing = [name for name in ("book.parquet", "borrowers.parquet", "contact_points.parquet") if not _is(path, name)]
    if missing:
        raise BookError(_not_a_book(path, missing))
    settings = read_settings(path / "book.toml")
    said = tomllib.loads((path / "book.toml").read_text(encoding="utf-8"))
    if "content_hash" not in said or "loans" not in said:
        raise BookError(f"{path / 'book.toml'} isn't that of an imported book: run `goodstanding book import` again.")
    return Book(
        path, settings.lender, settings.cut_off, settings.currency, settings.zone, said["content_hash"], said["loans"]
    )


def _may_hold(file: pq.ParquetFile, group: int, column: int, wanted: Sequence[str]) -> bool:
    """Whether a row group may hold one of these values, by its least and its greatest; wanted: sorted."""
    bounds = file.metadata.row_group(group).column(column).statistics
    if bounds is None or not bounds.has_min_max:
        return True
    place = bisect_left(wanted, bounds.min)
    return place < len(wanted) and wanted[place] <= bounds.max


def _is(path: Path, name: str) -> bool:
    return (path / name).is_file()


def _not_a_book(path: Path, missing: list[str]) -> str:
    if not path.is_dir():
        return f"{path} isn't a folder: name the folder of an imported book."
    if any(_is(path, f"{name}{ending}") for name in FLAT_FILES for ending in (".csv", ".parquet")):
        return f"{path} holds flat files: make a book of them first, with `goodstanding book import {path} --out BOOK`."
    return f"{path} isn't an imported book: it has no {', '.join(missing)}."


def _with_extras(row: dict[str, Any]) -> tuple[Loan, LoanExtras]:
    return to_loan(row), LoanExtras(row["borrower_id"], row["lender_days_past_due"], row["lender_balance"])


def to_loan(row: dict[str, Any]) -> Loan:
    """Return the loan that a row of the nested book is; a column that the book doesn't have says nothing."""
    ids = [one["id"] for one in row["transactions"]]
    return Loan(
        id=row["loan_id"],
        currency=row["currency"],
        principal=row["principal"],
        disbursed_on=row["disbursed_on"],
        annual_rate=AnnualRate(Fraction(row["annual_rate_ppm"], PPM), DayCount(row["day_count"])),
        schedule=_schedule(row["schedule"]),
        transactions=tuple(_transaction(one, ids) for one in row["transactions"]),
        pauses=tuple(Pause(**pause) for pause in row["pauses"]),
        product=row["product"],
        opening=Opening(**row["opening"]) if row.get("opening") else None,
        versions=tuple(
            ScheduleVersion(one["from_on"], _schedule(one["schedule"]), one["takes_over"])
            for one in row.get("versions") or ()
        ),
        classified_as=tuple(
            ClassifiedAs(**(one | {"reason": one.get("reason") or ""})) for one in row.get("classified_as") or ()
        ),
    )


def _schedule(parts: list[dict[str, Any]]) -> tuple[Instalment, ...]:
    return tuple(Instalment(**(part | {DRAWDOWN: ""} if part.get(DRAWDOWN, "") is None else part)) for part in parts)


def _transaction(one: dict[str, Any], ids: list[str]) -> Transaction:
    return Transaction(
        id=one["id"],
        kind=KINDS[one["kind"]],
        amount=one["amount"],
        effective_on=one["effective_on"],
        booked_on=one["booked_on"],
        reverses=None if one["reverses"] is None else ids[one["reverses"]],
        component=None if one["component"] is None else COMPONENTS[one["component"]],
        instalment=one["instalment"],
    )


def _borrower(row: dict[str, Any], reached: dict[str, list[str]]) -> Borrower:
    postal = reached.get("postal", [""])[0]
    return Borrower(
        id=row["borrower_id"],
        name=row["name"],
        language=row["language"],
        id_number=row["id_number"],
        address=tuple(line for line in postal.split("\n") if line),
        country=row["country"],
        phones=tuple(reached.get("phone", [])),
        emails=tuple(reached.get("email", [])),
        region=row.get("region", ""),
        zone=row.get("zone", ""),
    )
