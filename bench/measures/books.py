"""Books made from a seed, as large as asked for, a batch at a time: ordinary ones, and ones with many in arrears.

A loan has monthly instalments of which about two in three are past; most were paid within a few days of being due, some
in part, and some borrowers stopped paying one to four instalments ago.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.batch import layout
from goodstanding.book.nested import parquet_options
from goodstanding.book.schema import HISTORY, NESTED, PAUSED, SCHEDULE
from goodstanding.core.arrears.policy import ArrearsPolicy, LateFee

Numbers = npt.NDArray[Any]

SEED = 20261123
GROUP = 100_000
"""Loans of a batch, and of a row group."""
AS_OF = date(2026, 11, 22)
RATE_PPM = 180_000
COMMON = ArrearsPolicy(
    grace_days=3,
    penalty_multiple=Fraction(3, 2),
    late_fee=LateFee(share=Fraction(5, 100), least=500, most=3000),
)
"""The policy of the measures: grace that forgives, half as much interest again, a late fee, fees first."""
SIMPLE = ArrearsPolicy()
"""Without penalty and fees: what a sum over the schedule can tell."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the loans are like. stopped: the share that stopped paying; late: of payments, one to three days; short: by half."""

    instalments: int = 12
    stopped: float = 0.15
    late: float = 0.12
    short: float = 0.003


ORDINARY = Shape()
TROUBLED = Shape(stopped=0.4, late=0.25, short=0.02)
"""Nearly half of the loans in arrears."""


@dataclass(frozen=True, slots=True)
class Loans:
    """Some loans as flat arrays: due and paid hold a row per instalment or payment, `_of` says of which loan. Days: datetime64."""

    principal: Numbers
    disbursed_on: Numbers
    due_of: Numbers
    due_on: Numbers
    due_principal: Numbers
    due_interest: Numbers
    paid_of: Numbers
    paid_on: Numbers
    paid: Numbers

    @property
    def count(self) -> int:
        return len(self.principal)


def draw(count: int, rng: np.random.Generator, shape: Shape = ORDINARY) -> Loans:
    """Draw so many loans."""
    size = shape.instalments
    cut_off = np.datetime64(AS_OF)
    principal = rng.integers(5_000, 500_000, count) * 10
    age = rng.integers(max(1, size // 3), max(2, size * 7 // 6), count)
    day = rng.integers(1, 29, count)
    month = cut_off.astype("datetime64[M]") - age
    place, of = np.tile(np.arange(size), count), np.repeat(np.arange(count), size)
    due_on = (month[of] + place + 1).astype("datetime64[D]") + (day[of] - 1)
    share = principal // size
    part = share[of] + np.where(place == 0, (principal - share * size)[of], 0)
    interest = (principal[of] - share[of] * place) * RATE_PPM // 12_000_000
    is_late = rng.random(len(of)) < shape.late
    paid_on = due_on + np.where(is_late, rng.integers(1, 4, len(of)), -rng.integers(0, 3, len(of)))
    missed = np.where(rng.random(count) < shape.stopped, rng.integers(1, 5, count), 0)
    is_paid = (paid_on <= cut_off) & (place < (age - missed)[of])
    amount = np.where(rng.random(len(of)) < shape.short, (part + interest) // 2, part + interest)
    order = np.lexsort((paid_on[is_paid], of[is_paid]))
    return Loans(
        principal=principal,
        disbursed_on=month.astype("datetime64[D]") + (day - 1),
        due_of=of,
        due_on=due_on,
        due_principal=part,
        due_interest=interest,
        paid_of=of[is_paid][order],
        paid_on=paid_on[is_paid][order],
        paid=amount[is_paid][order],
    )


def nested(loans: Loans, first: int = 0) -> pa.RecordBatch:
    """Loans as a batch of the nested book, numbered from `first`."""
    count = loans.count
    columns = {
        "loan_id": numbered("L", first, count),
        "borrower_id": numbered("B", first, count),
        "product": repeated("cash", count),
        "currency": repeated("USD", count),
        "principal": pa.array(loans.principal),
        "annual_rate_ppm": pa.array(np.full(count, RATE_PPM)),
        "day_count": repeated("act/365", count),
        "disbursed_on": days(loans.disbursed_on),
        "schedule": listed(loans.due_of, count, schedule_of(loans), "schedule"),
        "transactions": listed(loans.paid_of, count, payments_of(loans), "transactions"),
        "pauses": listed(np.empty(0, np.int64), count, pa.array([], PAUSED), "pauses"),
    }
    missing = {field.name: pa.nulls(count, field.type) for field in NESTED if field.name not in columns}
    return pa.RecordBatch.from_arrays([(columns | missing)[name] for name in NESTED.names], schema=NESTED)


def schedule_of(loans: Loans) -> pa.StructArray:
    return struct_of(
        SCHEDULE,
        len(loans.due_of),
        due_on=days(loans.due_on),
        principal=pa.array(loans.due_principal),
        interest=pa.array(loans.due_interest),
        fee=pa.array(np.zeros(len(loans.due_of), np.int64)),
    )


def payments_of(loans: Loans) -> pa.StructArray:
    count = len(loans.paid_of)
    return struct_of(
        HISTORY,
        count,
        id=numbered("T", 0, count),
        kind=pa.array(np.full(count, layout.PAYMENT, np.int8)),
        amount=pa.array(loans.paid),
        effective_on=days(loans.paid_on),
        booked_on=days(loans.paid_on),
    )


def struct_of(struct: pa.StructType, count: int, **columns: pa.Array) -> pa.StructArray:
    """Children by name; those that aren't given are missing everywhere."""
    fields = [struct.field(place) for place in range(struct.num_fields)]
    arrays = [columns.get(field.name, pa.nulls(count, field.type)) for field in fields]
    return pa.StructArray.from_arrays(arrays, fields=fields)


def listed(of: Numbers, count: int, children: pa.Array, name: str) -> pa.ListArray:
    """Children in the order of their loans, as one list per loan."""
    offsets = np.append(0, np.cumsum(np.bincount(of, minlength=count))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), children, type=NESTED.field(name).type)


def days(values: Numbers) -> pa.Array:
    return pa.array(values.astype("datetime64[D]").astype(np.int32)).view(pa.date32())


def numbered(letter: str, first: int, count: int) -> pa.Array:
    """L000000000, L000000001, ..."""
    digits = pc.utf8_lpad(pa.array(np.arange(first, first + count)).cast(pa.string()), 9, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def repeated(text: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([text])).cast(pa.string())


def batches(loans: int, shape: Shape = ORDINARY) -> Iterator[pa.RecordBatch]:
    """A book of so many loans, a group at a time; the same whenever it is asked for."""
    rng = np.random.default_rng(SEED)
    for first in range(0, loans, GROUP):
        yield nested(draw(min(GROUP, loans - first), rng, shape), first)


def write_book(path: Path, made: Iterator[pa.RecordBatch]) -> None:
    """Write batches as row groups, encoded as `goodstanding book import` encodes a book; one batch is held at a time."""
    first = next(made)
    with pq.ParquetWriter(path, first.schema, **parquet_options(first.schema)) as writer:
        writer.write_batch(first)
        for batch in made:
            writer.write_batch(batch)
