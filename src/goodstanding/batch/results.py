"""arrears.parquet: one row per loan with every single-valued field of its assessment. Amounts: int64 minor units."""

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

_TYPES = {int: pa.int64(), str: pa.string(), date: pa.date32()}
_HINTS = typing.get_type_hints(Assessment)
_PER_LOAN = [field.name for field in fields(Assessment) if typing.get_origin(_HINTS[field.name]) is not tuple]


def _field(name: str) -> pa.Field:
    hint = _HINTS[name]
    if isinstance(hint, types.UnionType):
        (kind,) = (part for part in hint.__args__ if part is not types.NoneType)
        return pa.field(name, _TYPES[kind])
    return pa.field(name, _TYPES[hint], nullable=False)


SCHEMA = pa.schema([*map(_field, _PER_LOAN), pa.field("product", pa.string(), nullable=False)])


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
