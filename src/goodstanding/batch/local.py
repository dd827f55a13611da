"""The local runner: a book assessed from Parquet to Parquet, row group by row group, by a few threads.

Each thread has its own reader and writer and holds one row group at a time. A row group's results are a part file, put in
place whole; parts.jsonl says which are done, so that a run that was stopped goes on where it was. At the end manifest.json
says what the results are of, and their checksum, which doesn't depend on how the work was shared out.
"""

import hashlib
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.batch.checksum import checksum
from goodstanding.batch.columns import NEEDED, QUARANTINE, BatchRefused, assess_batch
from goodstanding.batch.compiling import text_hash
from goodstanding.batch.flat import nest_flat
from goodstanding.batch.folder import LOG, MANIFEST, QUARANTINED, put_text, refuse_foreign, results_in
from goodstanding.batch.instalments import assess_in_detail
from goodstanding.batch.part_files import DRAWDOWNS, INSTALMENTS, PART, SET_ASIDE, PartFiles
from goodstanding.batch.policies import PolicyTable

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
_LOANS_AT_ONCE = 10_000
"""Where positions are asked for: a dozen rows or more for each loan, held only for so many."""


@dataclass(frozen=True, slots=True)
class Part:
    """The results of one row group. instalments, drawdowns: rows of them, where they were asked for.

    checksum: of its loans' rows, adds up with those of other parts; detail_checksum: of its instalments and drawdowns.
    """

    place: int
    loans: int
    set_aside: int
    checksum: int
    instalments: int = 0
    drawdowns: int = 0
    detail_checksum: int = 0

    def rows(self) -> dict[str, int]:
        """How many rows it has, by the kind of file."""
        return {
            PART: self.loans - self.set_aside,
            SET_ASIDE: self.set_aside,
            INSTALMENTS: self.instalments,
            DRAWDOWNS: self.drawdowns,
        }


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run came to. checksum: of every result row, whatever their order; detail_checksum: of every instalment's
    and drawdown's, "" where they weren't asked for.

    parts_kept, loans_kept: done by an earlier run that was stopped.
    """

    loans: int
    assessed: int
    set_aside: int
    checksum: str
    parts: int
    parts_kept: int = 0
    loans_kept: int = 0
    instalments: int = 0
    drawdowns: int = 0
    detail_checksum: str = ""


class Source(Protocol):
    """A book in pieces, each of which can be read by itself, by any thread."""

    @property
    def sizes(self) -> Sequence[int]:
        """Loans in each piece."""
        ...

    @property
    def loan_files(self) -> Sequence[Path]:
        """The files with a row for each loan."""
        ...

    def read(self, piece: int) -> pa.RecordBatch: ...

    def says(self) -> str:
        """What it holds, as far as its files tell without being read."""
        ...


class NestedFile:
    """A nested book in one Parquet file, or in several in the order of their names."""

    def __init__(self, path: Path) -> None:
        self.loan_files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        if not self.loan_files:
            raise BatchRefused(f"{path} has no Parquet files")
        self._pieces: list[tuple[Path, int]] = []
        self.sizes: list[int] = []
        for one in self.loan_files:
            groups = metadata_of(one)
            for group in range(groups.num_row_groups):
                self._pieces.append((one, group))
                self.sizes.append(groups.row_group(group).num_rows)
        self._own = threading.local()

    def read(self, piece: int) -> pa.RecordBatch:
        path, group = self._pieces[piece]
        file = self._file(path)
        with _named(path, group):
            table = file.read_row_group(group, columns=_leaves(file, group), use_threads=False)
        return _one_batch(table)

    def says(self) -> str:
        return "\n".join(_file_says(path) for path in self.loan_files)

    def _file(self, path: Path) -> pq.ParquetFile:
        files = self._own.__dict__.setdefault("files", {})
        if path not in files:
            files[path] = pq.ParquetFile(path, read_dictionary=["product", "currency", "day_count"])
        return files[path]


class FlatFiles:
    """Flat tables in Parquet, all sorted by loan_id: loans.parquet, instalments.parquet, and those of the others that there are."""

    _CHILDREN = ("instalments", "transactions", "pauses", "versions", "openings", "classifications")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths = {
            name: folder / f"{name}.parquet"
            for name in ("loans", *self._CHILDREN)
            if (folder / f"{name}.parquet").exists()
        }
        if "loans" not in self._paths or "instalments" not in self._paths:
            raise BatchRefused(f"{folder} needs loans.parquet and instalments.parquet")
        self.loan_files = [self._paths["loans"]]
        groups = metadata_of(self.loan_files[0])
        self.sizes = [groups.row_group(place).num_rows for place in range(groups.num_row_groups)]
        self._bounds = {name: _bounds(self._paths[name]) for name in self._CHILDREN if name in self._paths}
        self._own = threading.local()

    def read(self, piece: int) -> pa.RecordBatch:
        with _named(self.loan_files[0], piece):
            loans = self._file("loans").read_row_group(piece, use_threads=False)
        before = self._last_of(piece - 1) if piece else None
        _check_order(self.loan_files[0], loans["loan_id"].combine_chunks(), before)
        upto = loans["loan_id"][-1].as_py() if piece + 1 < len(self.sizes) else None
        parts = [self._rows(name, before, upto) if name in self._paths else None for name in self._CHILDREN]
        return nest_flat(loans, *parts)

    def _last_of(self, piece: int) -> Any:
        """The last loan of a piece."""
        return self._file("loans").read_row_group(piece, ["loan_id"], use_threads=False)["loan_id"][-1].as_py()

    def says(self) -> str:
        return "\n".join(_file_says(path) for path in self._paths.values())

    def _rows(self, name: str, before: Any, upto: Any) -> pa.Table:
        """Rows of the loans after one and up to another; None: from the beginning, to the end. So none is left out."""
        groups = [
            place
            for place, (low, high) in enumerate(self._bounds[name])
            if (before is None or high > before) and (upto is None or low <= upto)
        ]
        table = self._file(name).read_row_groups(groups, use_threads=False)
        if before is not None:
            table = table.filter(pc.greater(table["loan_id"], before))
        return table if upto is None else table.filter(pc.less_equal(table["loan_id"], upto))

    def _file(self, name: str) -> pq.ParquetFile:
        files = self._own.__dict__.setdefault("files", {})
        if name not in files:
            files[name] = pq.ParquetFile(self._paths[name])
        return files[name]


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
    except pa.ArrowInvalid as wrong:
        where = "" if group is None else f", row group {group}"
        raise BatchRefused(f"{path}{where} can't be read as Parquet: {str(wrong).splitlines()[0]}") from None


def _bounds(path: Path) -> list[tuple[Any, Any]]:
    """The first and last loan of each row group, by its statistics."""
    groups = metadata_of(path)
    column = groups.schema.to_arrow_schema().get_field_index("loan_id")
    found = []
    for place in range(groups.num_row_groups):
        statistics = groups.row_group(place).column(column).statistics
        if statistics is None or not statistics.has_min_max:
            raise BatchRefused(f"{path} was written without statistics of loan_id: write it again with them")
        found.append((statistics.min, statistics.max))
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
    run = _Run(source, folder, policies, as_of, known_on, instalments)
    done = run.begin()
    todo = [place for place in range(len(source.sizes)) if place not in done]
    told = _Teller(progress, sum(source.sizes), sum(source.sizes[place] for place in done))
    with ThreadPoolExecutor(threads or os.cpu_count() or 1, "assess") as pool:
        futures = [pool.submit(run.assess, place) for place in todo]
        try:
            for future in as_completed(futures):
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


class _Run:
    def __init__(
        self,
        source: Source,
        folder: Path,
        policies: PolicyTable,
        as_of: date,
        known_on: date | None,
        instalments: bool,
    ) -> None:
        self._source, self._folder, self._policies = source, folder, policies
        self._as_of, self._known_on, self._instalments = as_of, known_on, instalments
        said = (source.says(), policies.names, policies.policies, policies.currency, as_of, known_on, instalments)
        self.key = hashlib.sha256(repr((*said, text_hash())).encode()).hexdigest()
        self._lock = threading.Lock()

    def begin(self) -> dict[int, Part]:
        """Make the folder ready; return the parts that an earlier run of the same left there."""
        refuse_foreign(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / MANIFEST).unlink(missing_ok=True)
        done = self._standing()
        lines = [json.dumps(said) for said in ({"run": self.key}, *map(asdict, done.values()))]
        put_text(self._log, "\n".join(lines) + "\n")
        kept = {self._path(kind, part.place) for part in done.values() for kind in part.rows()}
        for old in results_in(self._folder):
            if old not in kept:
                old.unlink()
        return done

    def _standing(self) -> dict[int, Part]:
        """What the log says is done and the disk holds whole; the log's last line may be torn."""
        try:
            first, *rest = self._log.read_text(encoding="utf-8").split("\n")
            if json.loads(first).get("run") != self.key:
                return {}
        except (OSError, ValueError, AttributeError):
            return {}
        parts = [Part(**json.loads(line)) for line in rest if line.endswith("}")]
        return {part.place: part for part in parts if self._is_whole(part)}

    def _is_whole(self, part: Part) -> bool:
        """Whether its files can be read and hold its loans: a disk that lost its power may have kept an empty name."""
        try:
            return all(
                pq.read_metadata(self._path(kind, part.place)).num_rows == rows
                for kind, rows in part.rows().items()
                if rows or kind == PART
            )
        except (OSError, pa.ArrowInvalid):
            return False

    @property
    def _log(self) -> Path:
        return self._folder / LOG

    def _path(self, kind: str, place: int) -> Path:
        return self._folder / f"{kind}-{place:06}.parquet"

    def _append(self, said: dict[str, Any]) -> None:
        with self._lock, self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")

    def assess(self, place: int) -> Part:
        batch = self._source.read(place)
        rows: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        with PartFiles(lambda kind: self._path(kind, place)) as files:
            for found in self._assessed(batch):
                for kind, part_of in found.items():
                    files.add(kind, part_of)
                    rows[kind] += part_of.num_rows
                    sums[kind] += checksum(part_of) if kind != SET_ASIDE else 0
        part = Part(
            place,
            loans=batch.num_rows,
            set_aside=rows[SET_ASIDE],
            checksum=sums[PART],
            instalments=rows[INSTALMENTS],
            drawdowns=rows[DRAWDOWNS],
            detail_checksum=sums[INSTALMENTS] + sums[DRAWDOWNS],
        )
        self._append(asdict(part))
        return part

    def _assessed(self, batch: pa.RecordBatch) -> Iterator[dict[str, pa.RecordBatch]]:
        """Rows by the kind of file that they go into."""
        asked: dict[str, Any] = {"as_of": self._as_of, "known_on": self._known_on}
        if not self._instalments:
            results, set_aside = assess_batch(batch, self._policies, **asked)
            yield {PART: results, SET_ASIDE: set_aside}
            return
        for first in range(0, max(1, batch.num_rows), _LOANS_AT_ONCE):
            found = assess_in_detail(batch.slice(first, _LOANS_AT_ONCE), self._policies, **asked)
            yield {
                PART: found.loans,
                SET_ASIDE: found.set_aside,
                INSTALMENTS: found.instalments,
                DRAWDOWNS: found.drawdowns,
            }

    def end(self, parts: Sequence[Part], kept: Sequence[Part]) -> RunSummary:
        """Gather what was set aside, and say what the results are of."""
        parts = sorted(parts, key=lambda part: part.place)
        with pq.ParquetWriter(self._folder / f"{QUARANTINED}.new", QUARANTINE, compression="zstd") as writer:
            for part in parts:
                if part.set_aside:
                    writer.write_table(pq.read_table(self._path(SET_ASIDE, part.place), schema=QUARANTINE))
        (self._folder / f"{QUARANTINED}.new").replace(self._folder / QUARANTINED)
        loans, set_aside = sum(part.loans for part in parts), sum(part.set_aside for part in parts)
        summary = RunSummary(
            loans=loans,
            assessed=loans - set_aside,
            set_aside=set_aside,
            checksum=_together(part.checksum for part in parts),
            parts=len(parts),
            parts_kept=len(kept),
            loans_kept=sum(part.loans for part in kept),
            instalments=sum(part.instalments for part in parts),
            drawdowns=sum(part.drawdowns for part in parts),
            detail_checksum=_together(part.detail_checksum for part in parts) if self._instalments else "",
        )
        put_text(self._folder / MANIFEST, json.dumps(self._manifest(parts, summary), indent=2) + "\n")
        return summary

    def _manifest(self, parts: Sequence[Part], summary: RunSummary) -> dict[str, Any]:
        figures = "loans assessed set_aside checksum parts".split()
        files = {"files": PART}
        if self._instalments:
            figures += "instalments drawdowns detail_checksum".split()
            files |= {"instalment_files": INSTALMENTS, "drawdown_files": DRAWDOWNS}
        return {
            "as_of": self._as_of.isoformat(),
            "known_on": self._known_on.isoformat() if self._known_on else None,
            "run": self.key,
            **{name: getattr(summary, name) for name in figures},
            **{
                name: [self._path(kind, part.place).name for part in parts if part.rows()[kind] or kind == PART]
                for name, kind in files.items()
            },
        }


def _together(checksums: Iterable[int]) -> str:
    return f"{sum(checksums) % (1 << 64):016x}"
