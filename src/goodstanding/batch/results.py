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


class ResultsWriter:
    """Writes assessments as they come, chunk by chunk, so that a large book is never held whole."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def add(self, assessed: Sequence[tuple[Assessment, str]]) -> None:
        """Add rows: each an assessment and the loan's product."""
        columns: list[Iterable[object]] = [
            [getattr(assessment, name) for assessment, _ in assessed] for name in _PER_LOAN
        ]
        columns.append([product for _, product in assessed])
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA))
