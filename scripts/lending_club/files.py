"""The flat files of the book, as Parquet: decimals and dates, never floats. What the data says is kept beside what we made."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lending_club.days import CUT_OFF
from lending_club.history import CURRENCY, PRODUCT, Told, terms_of
from lending_club.people import Person
from lending_club.source import CHARGED_OFF

AMOUNT, RATE, WORD = pa.decimal128(9, 2), pa.decimal128(7, 6), pa.dictionary(pa.int32(), pa.string())
LOANS = pa.schema(
    [
        ("loan_id", pa.string()),
        ("borrower_id", pa.string()),
        ("product", WORD),
        ("principal", AMOUNT),
        ("annual_rate", RATE),
        ("day_count", WORD),
        ("disbursed_on", pa.date32()),
        ("method", WORD),
        ("instalments", pa.int32()),
        ("first_due_on", pa.date32()),
        ("due_day", pa.int32()),
        ("instalment_rounding", WORD),
        ("balance", WORD),
        ("lender_balance", AMOUNT),
        # The data's own figures, for the checks; the import leaves them out.
        ("issue_month", WORD),
        ("loan_status", WORD),
        ("installment", AMOUNT),
        ("source_balance", AMOUNT),
        ("paid_principal", AMOUNT),
        ("paid_interest", AMOUNT),
        ("paid_late_fees", AMOUNT),
        # How many instalments the reconstruction takes to be paid, and what kind of history it is.
        ("instalments_paid", pa.int32()),
        ("history", WORD),
    ]
)
INSTALMENTS = pa.schema([("loan_id", WORD), ("due_on", pa.date32()), ("principal", AMOUNT), ("interest", AMOUNT)])
TRANSACTIONS = pa.schema(
    [
        ("loan_id", WORD),
        ("transaction_id", WORD),
        ("kind", WORD),
        ("amount", AMOUNT),
        ("effective_on", pa.date32()),
        ("component", WORD),
        ("instalment", pa.int32()),
    ]
)
BORROWERS = pa.schema([("borrower_id", pa.string()), ("name", pa.string()), ("language", WORD), ("country", WORD)])
CONTACT_POINTS = pa.schema([("borrower_id", WORD), ("kind", WORD), ("value", pa.string())])

BOOK_TOML = f"""\
# Real loans in an invented lender's book: what is data, what is reconstructed and what is invented is said in
# docs/reference/sample_books.md. Licence of the data: LICENCE.md beside this file.
lender = "Prairie Lending (example)"
cut_off = {CUT_OFF}
currency = "{CURRENCY}"
zone = "America/New_York"
"""
LICENCE = """\
# Licence of this book

The Parquet files in this folder are derived from the data set `loans_full_schema` of OpenIntro (OpenIntro Statistics,
<https://www.openintro.org/data/index.php?data=loans_full_schema>): 10,000 loans made through the LendingClub platform.
The data set is published under the Creative Commons licence [CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/).

**What was changed.** Figures of amount, term, rate, instalment, status, balance and sums paid were taken over; days of the
month, payment dates and schedules were reconstructed; all dates were moved on by 101 months; names, addresses, telephone
numbers and e-mail addresses were invented and belong to nobody. `docs/reference/sample_books.md` says it column by column.

**Share alike.** These files are published under the same licence, CC BY-SA 3.0. Whoever passes them on, changed or not,
names OpenIntro and this project, says what was changed, and keeps the licence. It holds for this folder's data alone, not
for the program, which is under the Apache License 2.0. They are not part of the installed package.

Neither OpenIntro nor LendingClub has anything to do with this project or vouches for it.
"""


def write_book(told: Sequence[Told], people: Iterable[Person], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    persons = list(people)
    _write(folder / "loans.parquet", LOANS, (_loan_row(one, who) for one, who in zip(told, persons, strict=True)))
    _write(
        folder / "instalments.parquet",
        INSTALMENTS,
        (
            (one.loan.id, part.due_on, _decimal(part.principal), _decimal(part.interest))
            for one in told
            for part in one.rows or ()
        ),
    )
    _write(
        folder / "transactions.parquet",
        TRANSACTIONS,
        (
            (one.loan.id, it.id, it.kind.value, _decimal(it.amount), it.effective_on, it.component, it.instalment)
            for one in told
            for it in one.transactions
        ),
    )
    _write(folder / "borrowers.parquet", BORROWERS, ((who.id, who.name, who.language, "US") for who in persons))
    _write(
        folder / "contact_points.parquet",
        CONTACT_POINTS,
        ((who.id, kind, value) for who in persons for kind, value in who.contact_points),
    )
    (folder / "book.toml").write_text(BOOK_TOML, encoding="utf-8")
    (folder / "LICENCE.md").write_text(LICENCE, encoding="utf-8")


def _loan_row(told: Told, who: Person) -> tuple[Any, ...]:
    source, loan = told.source, told.loan
    terms = terms_of(source, told.issued_on)
    return (
        loan.id,
        who.id,
        PRODUCT,
        _decimal(source.principal),
        Decimal(source.rate.numerator) / Decimal(source.rate.denominator),
        terms.annual_rate.day_count.value,
        told.issued_on,
        terms.method.value,
        terms.instalments,
        terms.first_due_on,
        terms.due_day,
        terms.rounding,
        terms.balance.value,
        None if source.status == CHARGED_OFF else _decimal(source.balance),
        f"{source.issue_month:%Y-%m}",
        source.status,
        _decimal(source.instalment),
        _decimal(source.balance),
        _decimal(source.paid_principal),
        _decimal(source.paid_interest),
        _decimal(source.late_fees),
        told.found.paid,
        told.found.kind,
    )


def _decimal(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _write(path: Path, schema: pa.Schema, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = list(zip(*rows, strict=True))
    arrays = [
        pa.array(column, field.type.value_type).dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else pa.array(column, field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        path,
        compression="zstd",
        compression_level=19,
        row_group_size=1 << 20,
        store_decimal_as_integer=True,
        store_schema=False,
    )
