"""The files that the results of a piece of the book go into: written as rows come, and there whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.batch import instalments
from goodstanding.batch.columns import QUARANTINE, RESULTS
from goodstanding.batch.folder import fresh

PART, SET_ASIDE, INSTALMENTS, DRAWDOWNS = "part", "set_aside", "instalments", "drawdowns"
"""Kinds of files. A part has a row per loan; it is there even if it has none, the others only if they have rows."""


def _options(schema: pa.Schema) -> dict[str, Any]:
    """Numbers by byte streams, which zstd packs best; texts that repeat by dictionary, however long it gets."""
    coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    split = [field.name for field in schema if not (pa.types.is_string(field.type) or field.name in coded)]
    return {
        "compression": "zstd",
        "use_dictionary": coded,
        "dictionary_pagesize_limit": 1 << 24,
        "column_encoding": dict.fromkeys(split, "BYTE_STREAM_SPLIT"),
        "store_schema": False,
    }


SCHEMAS = {
    PART: RESULTS,
    SET_ASIDE: QUARANTINE,
    INSTALMENTS: instalments.INSTALMENTS,
    DRAWDOWNS: instalments.DRAWDOWNS,
}
WRITING = {kind: {"compression": "zstd"} if kind == SET_ASIDE else _options(schema) for kind, schema in SCHEMAS.items()}
"""How files are written, by kind."""


class PartFiles:
    """Files of one piece. path_of: where one of a kind goes; all are put in place when the block ends without an error."""

    def __init__(self, path_of: Callable[[str], Path]) -> None:
        self._path_of = path_of
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._fresh: dict[str, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()
        if failed is None:
            for kind, written in self._fresh.items():
                written.replace(self._path_of(kind))

    def add(self, kind: str, rows: pa.RecordBatch) -> None:
        """Add rows to the file of a kind; it is begun with the first."""
        if not rows.num_rows and kind != PART:
            return
        if kind not in self._writers:
            self._fresh[kind] = fresh(self._path_of(kind))
            self._writers[kind] = pq.ParquetWriter(self._fresh[kind], SCHEMAS[kind], **WRITING[kind])
        self._writers[kind].write_batch(rows.cast(SCHEMAS[kind]))
