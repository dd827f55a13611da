"""The arrears of a book on Spark: the same kernel on the same rows, so the same results as on one machine.

`assess_files` lets tasks read and write the files of a run themselves, and Spark only say who does what: the results are the
local runner's, file for file. All machines must see the book and the folder of results under the same paths.

`assess_frame` takes any DataFrame that is a nested book: Parquet, Iceberg, whatever Spark reads. Rows travel through the
JVM to Python and back, which costs far more than the assessment. Loans that can't be assessed are in the same DataFrame,
each with its reason.

PySpark is imported where it is used: the package is whole without it.
"""

import errno
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from goodstanding import __version__
from goodstanding.batch.checksum import row_hashes
from goodstanding.batch.columns import NEEDED, BatchRefused, assess_batch
from goodstanding.batch.compiling import text_hash
from goodstanding.batch.local import Progress
from goodstanding.batch.policies import PolicyTable, policy_table
from goodstanding.batch.results import SCHEMA
from goodstanding.batch.run import Part, Run, RunSummary, Source
from goodstanding.batch.spark_session import first_line
from goodstanding.core.arrears.policy import ArrearsPolicy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REASONS = ("column", "reason", "sentence")
"""Why a loan was set aside; null for one that was assessed."""
ROW_HASH = "row_hash"
"""The hash of a row of results; they add up, in 64 bits, to the checksum."""
FRAME = pa.schema(
    [
        *[field.with_nullable(True) for field in SCHEMA],
        *[pa.field(name, pa.string()) for name in REASONS],
        pa.field(ROW_HASH, pa.int64()),
    ]
)
_IN_SPARK = {pa.int64(): "bigint", pa.string(): "string", pa.date32(): "date"}
FRAME_DDL = ", ".join(f"`{field.name}` {_IN_SPARK[field.type]}" for field in FRAME)


class SparkFailed(RuntimeError):
    """Spark gave a run up. What was done by then is kept, and the same command goes on from there."""


@dataclass(frozen=True, slots=True)
class Task:
    """What goes to the machines that compute: plain data, from which each makes the kernel's tables by itself.

    program: what the driver computes with; a machine that has another would disagree with the others without a word.
    """

    products: tuple[str, ...]
    policies: tuple[ArrearsPolicy, ...]
    currency: str
    as_of: date
    known_on: date | None
    program: str

    def table(self) -> PolicyTable:
        refuse_another(self.program)
        return policy_table(dict(zip(self.products, self.policies, strict=True)), self.currency)

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows of FRAME for batches of the nested book, whatever slice of a longer batch they are."""
        policies = self.table()
        for batch in batches:
            results, set_aside = assess_batch(batch, policies, as_of=self.as_of, known_on=self.known_on)
            hashes = row_hashes(results).view(np.int64)
            yield _framed(results.cast(SCHEMA), {ROW_HASH: pa.array(hashes)})
            if set_aside.num_rows:
                yield _framed(set_aside, {})


def program() -> str:
    """The release, and the hash of what the kernel is compiled from."""
    return f"{__version__}, {text_hash()[:16]}"


def refuse_another(of_driver: str) -> None:
    """Refuse to compute with anything but what the driver computes with."""
    if of_driver != program():
        raise BatchRefused(
            f"a worker has another goodstanding ({program()}) than the driver ({of_driver}): install the same release,"
            " numba included, on all machines"
        )


def task_for(policies: PolicyTable, as_of: date, known_on: date | None) -> Task:
    return Task(policies.names, policies.policies, policies.currency, as_of, known_on, program())


def _framed(rows: pa.RecordBatch, more: dict[str, pa.Array]) -> pa.RecordBatch:
    """Rows with every column of FRAME; what they haven't is null."""
    columns = dict(zip(rows.schema.names, rows.columns, strict=True)) | more
    return pa.RecordBatch.from_arrays(
        [columns.get(field.name, pa.nulls(rows.num_rows, field.type)) for field in FRAME], schema=FRAME
    )


def assess_frame(book: "DataFrame", policies: PolicyTable, *, as_of: date, known_on: date | None = None) -> "DataFrame":
    """Assess a DataFrame of the nested book: a row per loan, with the columns of FRAME.

    A loan that can't be assessed has its reason in `column`, `reason` and `sentence`, and no figures. Nothing is computed
    until the DataFrame is used, and it is computed again for each use. BatchRefused when columns are missing.
    """
    if missing := [name for name in NEEDED[:9] if name not in book.columns]:
        raise BatchRefused(f"the table isn't a nested book: it has no {', '.join(missing)}")
    needed = [name for name in NEEDED if name in book.columns]
    return book.select(*needed).mapInArrow(task_for(policies, as_of, known_on), FRAME_DDL)


def results_of(assessed: "DataFrame") -> "DataFrame":
    """The loans that were assessed, with the columns of every result file."""
    return assessed.where(assessed["reason"].isNull()).select(*SCHEMA.names)


def quarantine_of(assessed: "DataFrame") -> "DataFrame":
    """The loans that were set aside, each with its reason."""
    return assessed.where(assessed["reason"].isNotNull()).select("loan_id", *REASONS)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. checksum: as the local runner's, of every result row, whatever their order."""

    loans: int
    assessed: int
    set_aside: int
    checksum: str


def write_frame(assessed: "DataFrame", path: str) -> Written:
    """Write an assessed DataFrame as Parquet to a path that Spark knows, in one pass, and say what it came to.

    Below it are rows=assessed and rows=set_aside. A path where something lies is refused by Spark.
    """
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    watched = Observation()
    is_set_aside = f.col("reason").isNotNull()
    counted: list[Any] = [
        f.count(f.lit(1)).alias("loans"),
        f.count("reason").alias("set_aside"),
        f.sum(f.col(ROW_HASH).cast("decimal(20,0)")).alias("hashes"),
    ]
    sorted_out = assessed.withColumn("rows", f.when(is_set_aside, "set_aside").otherwise("assessed"))
    sorted_out.observe(watched, *counted).write.partitionBy("rows").parquet(path)
    found = watched.get
    loans, set_aside, hashes = (int(found[name] or 0) for name in ("loans", "set_aside", "hashes"))
    return Written(loans, loans - set_aside, set_aside, f"{hashes % (1 << 64):016x}")


# -- tasks that read and write by themselves ------------------------------------------------------------------------

_OPEN: dict[str, Run] = {}
"""In a worker: the run that it works for, with the files that it has open, from one task to the next."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The work of a task: a row for each piece of the book, by its place, comes back when the piece is done."""

    run: Run
    todo: tuple[int, ...]
    program: str

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        refuse_another(self.program)
        if self.run.key not in _OPEN:
            _OPEN.clear()
            _OPEN[self.run.key] = self.run
        for batch in batches:
            for at in batch.column(0).to_pylist():
                _do(_OPEN[self.run.key], self.todo[at])
            yield batch


def _do(run: Run, place: int) -> None:
    """Do a piece that isn't done yet: Spark runs a task again when it failed, and beside itself when it is slow."""
    if not run.is_on():
        raise SparkFailed("another run has begun in the folder of results, or a worker doesn't see that folder")
    if not run.is_noted(place):
        run.note(run.assess(place))


def assess_files(
    session: "SparkSession",
    source: Source,
    folder: Path,
    policies: PolicyTable,
    *,
    as_of: date,
    known_on: date | None = None,
    instalments: bool = False,
    progress: Progress | None = None,
) -> RunSummary:
    """Assess a book into a folder as `assess_book` does, by the tasks of a Spark job.

    A run that was stopped, there or here, is taken up again. BatchRefused: the folder holds something else, or the book
    isn't one. OSError: a worker's system refused to read or write. SparkFailed: the job ended before its time.
    """
    run = Run(source, folder, policies, as_of, known_on, instalments)
    done = run.begin()
    todo = tuple(place for place in range(len(source.sizes)) if place not in done)
    if todo:
        with _told(run, source, done, progress):
            _work(session, Pieces(run, todo, program()))
    parts = run.noted()
    if missing := set(todo) - {part.place for part in parts}:
        raise SparkFailed(
            f"the workers did {len(missing)} pieces that aren't in {folder.absolute()} as this machine sees it: give"
            " --out a folder that all machines share, under the same path"
        )
    for part in parts:
        run.log(part)
    return run.end([*done.values(), *parts], kept=list(done.values()))


_PIECES_A_TASK = 8
"""At most. After each task a worker of Spark's clears its memory up, which takes as long as tens of thousands of loans."""


def tasks_for(pieces: int, at_once: int) -> int:
    """How many tasks share the pieces of a book out: a few for each that run at once, so that none waits long for the last.

    >>> tasks_for(3, at_once=2), tasks_for(50, at_once=2), tasks_for(3_000, at_once=2), tasks_for(3_000, at_once=400)
    (3, 8, 375, 1600)
    """
    return min(pieces, max(4 * at_once, -(-pieces // _PIECES_A_TASK)))


def _work(session: "SparkSession", pieces: Pieces) -> None:
    """Have the pieces done; a task that is tried again leaves out what it has done. The failure of one ends the job."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    count = len(pieces.todo)
    tasks = tasks_for(count, session.sparkContext.defaultParallelism)
    try:
        session.range(0, count, 1, tasks).mapInArrow(pieces, "id bigint").collect()
    except (PySparkException, Py4JError) as failed:
        raise _explained(failed) from None


_OURS = re.compile(r"\b(BatchRefused|SparkFailed): (.+)$", re.MULTILINE)
_RAISED = re.compile(r"^(\w[\w.]*Error: .+)$", re.MULTILINE)
_BY_SYSTEM = re.compile(r"^\w*Error: \[Errno (\d+)\](.*)$", re.MULTILINE)
_QUOTED = re.compile(r"'([^']+)'")
"""What a worker raised, which Spark tells at the end of the calls that led there; what its system refused to do."""


def _explained(failed: Exception) -> Exception:
    """What ended a job, in a sentence: a worker's own where it said one."""
    said = str(failed)
    if ours := _OURS.search(said):
        return BatchRefused(ours[2]) if ours[1] == "BatchRefused" else SparkFailed(ours[2])
    if refused := _BY_SYSTEM.search(said):
        return _of_the_system(int(refused[1]), _QUOTED.search(refused[2]))
    raised = _RAISED.search(said)
    return SparkFailed(
        f"Spark gave the run up: {raised[1] if raised else first_line(failed)}; what is done is kept, and the same"
        " again goes on from there"
    )


def _of_the_system(number: int, named: re.Match[str] | None) -> Exception:
    """As if this machine's had refused; but a file that a worker doesn't find, this machine may well have."""
    path = named[1] if named else None
    if number == errno.ENOENT:
        return SparkFailed(
            f"a worker doesn't see {path or 'a file'}: the book and --out must lie where all machines see them, under the"
            " same path"
        )
    return OSError(number, os.strerror(number), path)


@contextmanager
def _told(run: Run, source: Source, done: Mapping[int, Part], progress: Progress | None) -> Iterator[None]:
    """Tell how far the workers are, once a second, by the word that they leave."""
    whole, before = sum(source.sizes), sum(part.loans for part in done.values())
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1) and progress is not None:
            progress(before + sum(source.sizes[place] for place in run.noted_places()), whole)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
    if progress is not None:
        progress(whole, whole)
