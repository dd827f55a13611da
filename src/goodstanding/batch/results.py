"""The columns of results: a row per loan with every single-valued field of its assessment, and, for who asks, a row per
instalment and per drawdown. Amounts: int64 minor units.
"""

import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.position import DrawdownPosition, InstalmentPosition, Owed

_TYPES = {int: pa.int64(), str: pa.string(), date: pa.date32()}


def _fields(of: type, before: str = "") -> list[pa.Field]:
    """A dataclass as columns: its lists are left out, sums by component get a column each."""
    hints, found = typing.get_type_hints(of), []
    for field in fields(of):
        hint, name = hints[field.name], before + field.name
        if hint is Owed:
            found += _fields(Owed, f"{name}_")
        elif isinstance(hint, types.UnionType):
            (kind,) = (part for part in hint.__args__ if part is not types.NoneType)
            found.append(pa.field(name, _TYPES[kind]))
        elif typing.get_origin(hint) is not tuple:
            found.append(pa.field(name, _TYPES[hint], nullable=False))
    return found


_LOAN_ID = pa.field("loan_id", pa.string(), nullable=False)
SCHEMA = pa.schema([*_fields(Assessment), pa.field("product", pa.string(), nullable=False)])
INSTALMENTS = pa.schema([_LOAN_ID, *_fields(InstalmentPosition)])
"""A row per instalment; due, paid, open and overdue in a column for each component: due_fee, due_penalty ..."""
DRAWDOWNS = pa.schema([_LOAN_ID, *_fields(DrawdownPosition)])
_PER_LOAN = [name for name in SCHEMA.names if name != "product"]


def with_coded(schema: pa.Schema, *names: str) -> pa.Schema:
    """A schema in which texts that repeat are coded."""
    coded = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([field.with_type(coded) if field.name in names else field for field in schema])


LOANS_A_ROW_GROUP = 250


def rows_of(assessed: Sequence[tuple[Assessment, str]]) -> pa.RecordBatch:
    """Assessments as result rows, each with the loan's product."""
    columns: list[Iterable[object]] = [[getattr(assessment, name) for assessment, _ in assessed] for name in _PER_LOAN]
    columns.append([product for _, product in assessed])
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def assessments_of(rows: pa.RecordBatch) -> list[tuple[Assessment, str]]:
    """Result rows as assessments without their lists, each with the loan's product."""
    products = rows.column("product").to_pylist()
    listed = rows.drop_columns(["product"]).to_pylist()
    return [
        (Assessment(**row, drawdowns=(), instalments=(), lines=()), product)
        for row, product in zip(listed, products, strict=True)
    ]


def exact_sum(amounts: npt.NDArray[np.int64]) -> int:
    """Add up amounts that together may be beyond 64 bits: halves are added by themselves.

    >>> exact_sum(np.full(100, 2**62)) == 100 * 2**62
    True
    """
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())


class ResultsWriter:
    """Writes result rows as they come, so that a large book is never held whole.

    The file is the same to the byte however the book was cut: a row group is of so many loans, less those set aside.
    """

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []
        self._loans = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if self._loans and failed is None:
            self._put()
        self._writer.close()

    def add(self, rows: pa.RecordBatch, places: npt.NDArray[np.int64], loans: int) -> None:
        """Add the results of the next loans of the book; places: of which of them each row is, ascending from 0."""
        done = 0
        while done < loans:
            stop = min(loans, done + LOANS_A_ROW_GROUP - self._loans)
            first, after = np.searchsorted(places, (done, stop)).tolist()
            self._waiting.append(rows.slice(first, after - first))
            self._loans += stop - done
            done = stop
            if self._loans == LOANS_A_ROW_GROUP:
                self._put()

    def _put(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._waiting, SCHEMA).combine_chunks())
        self._waiting, self._loans = [], 0
