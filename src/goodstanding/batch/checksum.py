"""A checksum of results that doesn't depend on their order: each row is hashed, the hashes are added up.

The same book, day and policies give the same checksum on one thread or many, on a laptop or a cluster.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import types

from goodstanding.batch.compiling import entry

_MIX = np.uint64(0x9E3779B97F4A7C15)
_TEXT_SIGNATURE = types.void(
    types.Array(types.int64, 1, "C", readonly=True),
    types.Array(types.uint8, 1, "C", readonly=True),
    types.Array(types.uint64, 1, "C"),
)


@entry(_TEXT_SIGNATURE)
def hash_texts(offsets, letters, hashes):
    """FNV-1a of each text, by its bytes."""
    for place in range(len(hashes)):
        value = np.uint64(0xCBF29CE484222325)
        for at in range(offsets[place], offsets[place + 1]):
            value = (value ^ np.uint64(letters[at])) * np.uint64(0x100000001B3)
        hashes[place] = value


def checksum(results: pa.RecordBatch) -> int:
    """The sum, in 64 bits, of the hashes of all rows; sums of parts add up to that of the whole."""
    return int(row_hashes(results).sum(dtype=np.uint64))


def row_hashes(results: pa.RecordBatch) -> npt.NDArray[np.uint64]:
    """The hash of each row; its columns count in their order."""
    hashes = np.zeros(results.num_rows, np.uint64)
    for column in results.columns:
        hashes *= _MIX
        hashes ^= _numbers(column)
        hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX
    return hashes


def _numbers(column: pa.Array) -> npt.NDArray[np.uint64]:
    if pa.types.is_dictionary(column.type):
        if column.indices.null_count:
            return text_hashes(column.dictionary_decode())
        return text_hashes(column.dictionary)[column.indices.to_numpy()]
    if pa.types.is_string(column.type):
        return text_hashes(column)
    days = column.view(pa.int32()) if pa.types.is_date32(column.type) else column
    return (days.fill_null(-(2**31)) if days.null_count else days).to_numpy().astype(np.int64).view(np.uint64)


def text_hashes(column: pa.Array) -> npt.NDArray[np.uint64]:
    """The hash of each text of a column of texts."""
    hashes = np.empty(len(column), np.uint64)
    _, offsets, letters = column.buffers()
    places: npt.NDArray[Any] = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    bytes_of = np.frombuffer(letters, np.uint8) if letters is not None else np.empty(0, np.uint8)
    if len(column):
        hash_texts(places.astype(np.int64), bytes_of, hashes)
    return hashes
