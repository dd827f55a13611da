"""The local runner: a book assessed from Parquet to Parquet, row group by row group, by a few threads.

Each thread has its own reader and writer and holds one row group at a time.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.batch.columns import NEEDED, BatchRefused
from goodstanding.batch.flat import nest_flat
from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.repeats import Range, may_repeat_among, repeated_among, repeated_in
from goodstanding.batch.run import Part, Run, RunSummary, Source

Progress = Callable[[int, int], None]
"""Told after each part: loans done, loans in all."""

_NOT_NEEDED = ("transactions.list.element.id", "classified_as.list.element.reason")
_PERHAPS = (
    "schedule.list.element.minimum",
    "schedule.list.element.drawdown",
    *[f"transactions.list.element.{name}" for name in ("reverses", "component", "instalment")],
)
"""Columns that needn't be read where all their values are missing."""
_FEE = "schedule.list.element.fee"
"""Needn't be read where no instalment has one."""


class _Opened(threading.local):
    """Files that this thread has open. Sent to another process, it has none yet."""

    def __init__(self) -> None:
        self.files: dict[Any, pq.ParquetFile] = {}

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()


class NestedFile:
    """A nested book in one Parquet file, or in several in the order of their names."""

    def __init__(self, path: Path) -> None:
        path = path.absolute()  # other processes may be elsewhere
        self.loan_files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        if not self.loan_files:
            raise BatchRefused(f"{path} has no Parquet files")
        self._pieces: list[tuple[Path, int]] = []
        self._ranges: list[Range] = []
        self.sizes: list[int] = []
        for one in self.loan_files:
            groups = metadata_of(one)
            for group in range(groups.num_row_groups):
                self._pieces.append((one, group))
                self._ranges.append(_ids_between(groups, group))
                self.sizes.append(groups.row_group(group).num_rows)
        self._own = _Opened()

    def read(self, piece: int) -> pa.RecordBatch:
        path, group = self._pieces[piece]
        file = self._file(path)
        with _named(path, group):
            table = file.read_row_group(group, columns=_leaves(file, group), use_threads=False)
        batch = _one_batch(table)
        if "loan_id" in batch.schema.names:
            _refuse_repeat(repeated_in(batch["loan_id"]), path)
        return batch

    def refuse_repeats(self) -> None:
        if may_repeat_among(self._ranges):
            _refuse_repeat(repeated_among(len(self._pieces), self._ids), self.loan_files[0].parent)

    def _ids(self, piece: int) -> pa.Array:
        path, group = self._pieces[piece]
        with _named(path, group):
            table = self._file(path).read_row_group(group, columns=["loan_id"], use_threads=False)
        return table["loan_id"].combine_chunks()

    def read_whole(self, piece: int) -> pa.RecordBatch:
        path, group = self._pieces[piece]
        with _named(path, group):
            return _one_batch(self._file(path).read_row_group(group, use_threads=False))

    def says(self) -> str:
        return "\n".join(_file_says(path) for path in self.loan_files)

    def _file(self, path: Path) -> pq.ParquetFile:
        files = self._own.files
        if path not in files:
            files[path] = pq.ParquetFile(path, read_dictionary=["product", "currency", "day_count"])
        return files[path]


class FlatFiles:
    """Flat tables in Parquet, all sorted by loan_id: loans.parquet, instalments.parquet, and those of the others that there are."""

    _CHILDREN = ("instalments", "transactions", "pauses", "versions", "openings", "classifications")

    def __init__(self, folder: Path) -> None:
        folder = folder.absolute()  # other processes may be elsewhere
        self._paths = {
            name: folder / f"{name}.parquet"
            for name in ("loans", *self._CHILDREN)
            if (folder / f"{name}.parquet").exists()
        }
        if "loans" not in self._paths or "instalments" not in self._paths:
            raise BatchRefused(f"{folder} needs loans.parquet and instalments.parquet")
        self.loan_files = [self._paths["loans"]]
        groups = metadata_of(self.loan_files[0])
        rows = [groups.row_group(place).num_rows for place in range(groups.num_row_groups)]
        self._groups = [place for place, many in enumerate(rows) if many]
        self.sizes = [rows[place] for place in self._groups]
        self._bounds = {name: _bounds(self._paths[name]) for name in self._CHILDREN if name in self._paths}
        self._own = _Opened()

    def read(self, piece: int) -> pa.RecordBatch:
        group = self._groups[piece]
        with _named(self.loan_files[0], group):
            loans = self._file("loans").read_row_group(group, use_threads=False)
        before = self._last_of(piece - 1) if piece else None
        _check_order(self.loan_files[0], loans["loan_id"].combine_chunks(), before)
        upto = loans["loan_id"][-1].as_py() if piece + 1 < len(self.sizes) else None
        parts = [self._rows(name, before, upto) if name in self._paths else None for name in self._CHILDREN]
        return nest_flat(loans, *parts)

    def read_whole(self, piece: int) -> pa.RecordBatch:
        return self.read(piece)

    def refuse_repeats(self) -> None:
        """Each piece is held to the order of its loans when it is read, so that none is there twice."""

    def _last_of(self, piece: int) -> Any:
        """The last loan of a piece."""
        group = self._groups[piece]
        return self._file("loans").read_row_group(group, ["loan_id"], use_threads=False)["loan_id"][-1].as_py()

    def says(self) -> str:
        return "\n".join(_file_says(path) for path in self._paths.values())

    def _rows(self, name: str, before: Any, upto: Any) -> pa.Table:
        """Rows of the loans after one and up to another; None: from the beginning, to the end. So none is left out."""
        groups = [
            place
            for place, low, high in self._bounds[name]
            if (before is None or high > before) and (upto is None or low <= upto)
        ]
        table = self._file(name).read_row_groups(groups, use_threads=False)
        if before is not None:
            table = table.filter(pc.greater(table["loan_id"], before))
        return table if upto is None else table.filter(pc.less_equal(table["loan_id"], upto))

    def _file(self, name: str) -> pq.ParquetFile:
        files = self._own.files
        if name not in files:
            files[name] = pq.ParquetFile(self._paths[name])
        return files[name]


def _ids_between(groups: pq.FileMetaData, group: int) -> Range:
    about = groups.row_group(group)
    for place in range(about.num_columns):
        column = about.column(place)
        if column.path_in_schema == "loan_id":
            statistics = column.statistics
            is_known = statistics is not None and statistics.has_min_max
            return (statistics.min, statistics.max) if is_known else None
    return None


def _refuse_repeat(loan: str | None, path: Path) -> None:
    if loan is not None:
        raise BatchRefused(
            f'{path}: loan "{loan}" is there twice: a book has a row for each loan, and what it owes would be counted twice;'
            " keep the row that is right"
        )


def _check_order(path: Path, ids: pa.Array, before: Any) -> None:
    """Refuse loans that don't ascend, or of which one is there twice."""
    if ids.null_count:
        raise BatchRefused(f"{path}: a row has no loan_id")
    falls = pc.less_equal(ids.slice(1), ids.slice(0, len(ids) - 1)).to_numpy(zero_copy_only=False).nonzero()[0]
    if before is not None and len(ids) and ids[0].as_py() <= before:
        one, other = before, ids[0]
    elif len(falls):
        one, other = ids[int(falls[0])], ids[int(falls[0]) + 1]
    else:
        return
    raise BatchRefused(f'{path}: loan "{other}" follows "{one}": sort the table by loan_id, each loan once')


def metadata_of(path: Path) -> pq.FileMetaData:
    with _named(path):
        return pq.read_metadata(path)


@contextmanager
def _named(path: Path, group: int | None = None) -> Iterator[None]:
    """Say which file it is, and which of its row groups, that can't be read."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as wrong:
        if isinstance(wrong, OSError) and wrong.errno is not None:  # the system's refusal, which names the file
            raise
        where = "" if group is None else f", row group {group}"
        raise BatchRefused(f"{path}{where} can't be read as Parquet: {str(wrong).splitlines()[0]}") from None


def _bounds(path: Path) -> list[tuple[int, Any, Any]]:
    """Each row group that has rows, with its first and last loan by its statistics."""
    groups = metadata_of(path)
    column = groups.schema.to_arrow_schema().get_field_index("loan_id")
    found = []
    for place in range(groups.num_row_groups):
        if not groups.row_group(place).num_rows:
            continue
        statistics = groups.row_group(place).column(column).statistics
        if statistics is None or not statistics.has_min_max:
            raise BatchRefused(f"{path} was written without statistics of loan_id: write it again with them")
        found.append((place, statistics.min, statistics.max))
    return found


def _file_says(path: Path) -> str:
    groups, state = metadata_of(path), path.stat()
    return f"{path.name} {state.st_size} {state.st_mtime_ns} {groups.num_rows} {groups.num_row_groups}"


def _leaves(file: pq.ParquetFile, group: int) -> list[str]:
    """The columns of a row group that an assessment needs: not ids of transactions, most of a book's bytes, nor empty ones."""
    needed, about = [], file.metadata.row_group(group)
    for place in range(about.num_columns):
        column = about.column(place)
        path = column.path_in_schema
        if path.split(".")[0] not in NEEDED or path in _NOT_NEEDED:
            continue
        statistics = column.statistics
        is_null = statistics is not None and statistics.has_null_count and statistics.num_values == 0
        if not (is_null and path in _PERHAPS) and not (path == _FEE and _is_nought(statistics)):
            needed.append(path)
    return needed


def _is_nought(statistics: pq.Statistics | None) -> bool:
    """Whether every value is there and 0."""
    if statistics is None or not (statistics.has_min_max and statistics.has_null_count):
        return False
    return bool(statistics.null_count == 0 and statistics.min == statistics.max == 0)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    if len(batches) == 1:
        return batches[0]
    return pa.RecordBatch.from_pylist([], schema=table.schema) if not batches else pa.concat_batches(batches)


# -- a run ----------------------------------------------------------------------------------------------------------


def assess_book(
    source: Source,
    folder: Path,
    policies: PolicyTable,
    *,
    as_of: date,
    known_on: date | None = None,
    instalments: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> RunSummary:
    """Assess a whole book into a folder: part files, quarantine.parquet, manifest.json.

    instalments: beside each part file also one with a row per instalment and, where the book names drawdowns, one with
    a row for each of those.

    A run of the same book, day, policies and program that was stopped is taken up again; else the folder's results are
    replaced. threads: as many as there are processors, if not given. BatchRefused: the folder holds something else, or
    the book isn't one.
    """
    run = Run(source, folder, policies, as_of, known_on, instalments)
    done = run.begin()
    todo = [place for place in range(len(source.sizes)) if place not in done]
    told = _Teller(progress, sum(source.sizes), sum(source.sizes[place] for place in done))
    with ThreadPoolExecutor(threads or os.cpu_count() or 1, "assess") as pool:
        futures = [pool.submit(run.assess, place) for place in todo]
        try:
            for future in as_completed(futures):
                run.log(future.result())
                told(future.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return run.end([*done.values(), *(future.result() for future in futures)], kept=list(done.values()))


class _Teller:
    def __init__(self, progress: Progress | None, loans: int, done: int) -> None:
        self._progress, self._loans, self._done = progress, loans, done

    def __call__(self, part: Part) -> None:
        self._done += part.loans
        if self._progress is not None:
            self._progress(self._done, self._loans)
