"""arrears.parquet: one row per loan with every single-valued field of its assessment. Amounts: int64 minor units."""

import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.core.arrears.assess import Assessment

_TYPES = {int: pa.int64(), str: pa.string(), date: pa.date32()}
_PER_LOAN = [name for name in (field.name for field in fields(Assessment)) if name not in ("instalments", "lines")]


def _schema() -> pa.Schema:
    hints = typing.get_type_hints(Assessment)
    return pa.schema(
        [*(_field(name, hints[name]) for name in _PER_LOAN), pa.field("product", pa.string(), nullable=False)]
    )


def _field(name: str, hint: Any) -> pa.Field:
    if isinstance(hint, types.UnionType):
        (kind,) = (part for part in hint.__args__ if part is not types.NoneType)
        return pa.field(name, _TYPES[kind])
    return pa.field(name, _TYPES[hint], nullable=False)


SCHEMA = _schema()


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
