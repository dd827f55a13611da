"""A nested book holds each loan once: one that stands in it twice would be counted twice.

Where the loans of row groups follow one another in order, as their statistics say, a loan can only be there twice within one,
and that is looked at when it is read. Else all ids are read once before: 8 bytes of memory a loan.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.batch.checksum import text_hashes

Range = tuple[Any, Any] | None
"""The first and the last id of a row group by its statistics; None where it says nothing."""


def repeated_in(ids: pa.Array) -> str | None:
    """An id that stands twice in an array, or None. Rows without an id don't count."""
    ids = _texts(ids)
    if len(ids) < 2 or pc.all(pc.less(ids.slice(0, len(ids) - 1), ids.slice(1))).as_py():
        return None
    return _twice(ids, _repeats(text_hashes(ids)))


def may_repeat_among(ranges: Sequence[Range]) -> bool:
    """Whether a loan could stand in two of these row groups."""
    known = [one for one in ranges if one is not None]
    if len(known) < len(ranges):
        return len(ranges) > 1
    return any(after[0] <= before[1] for before, after in pairwise(known))


def repeated_among(pieces: int, ids_of: Callable[[int], pa.Array]) -> str | None:
    """An id that stands twice in a book, or None. ids_of: of each piece, perhaps asked for twice."""

    def texts() -> Iterator[pa.Array]:
        return (_texts(ids_of(piece)) for piece in range(pieces))

    hashes = [text_hashes(ids) for ids in texts()]
    suspects = _repeats(np.concatenate(hashes) if hashes else np.empty(0, np.uint64))
    if not len(suspects):
        return None
    suspected = [ids.filter(pa.array(np.isin(part, suspects))) for part, ids in zip(hashes, texts(), strict=True)]
    return _twice(pa.concat_arrays(suspected), suspects)


def _texts(ids: pa.Array) -> pa.Array:
    return (ids.drop_null() if ids.null_count else ids).cast(pa.string())


def _repeats(hashes: "np.ndarray[Any, np.dtype[np.uint64]]") -> "np.ndarray[Any, np.dtype[np.uint64]]":
    """Hashes that are there more than once."""
    ordered = np.sort(hashes)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _twice(ids: pa.Array, suspects: "np.ndarray[Any, np.dtype[np.uint64]]") -> str | None:
    """Of ids whose hashes are there twice, one that is: two ids may share a hash."""
    if not len(suspects):
        return None
    counts = pc.value_counts(ids)
    names = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return str(names[0].as_py()) if len(names) else None
