"""Tasks that read and write the files of a run: what they leave is what the local runner leaves, whatever befalls them."""

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from goodstanding.batch.columns import BatchRefused
from goodstanding.batch.local import FlatFiles, NestedFile, assess_book
from goodstanding.batch.policies import policy_table
from goodstanding.batch.run import Run
from goodstanding.batch.spark import SparkFailed, assess_files
from tests.batch.test_columns import POLICY
from tests.batch.test_local import flat_folder, flat_tables
from tests.spark.books import AS_OF, KNOWN_ON, a_book, written
from tests.spark.ending import Child
from tests.spark.sources import FailingOnce, Unreadable


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the log, whose lines are in the order in which pieces were done."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "parts.jsonl"}


@pytest.mark.parametrize(("known_on", "instalments"), [(None, False), (KNOWN_ON, False), (None, True)])
def test_files_are_those_of_the_local_runner_to_the_byte(
    spark: Any, tmp_path: Path, known_on: Any, instalments: bool
) -> None:
    loans, policies = a_book(1_500)
    source = NestedFile(written(tmp_path / "book.parquet", loans, 120))
    asked: dict[str, Any] = {"as_of": AS_OF, "known_on": known_on, "instalments": instalments}
    local = assess_book(source, tmp_path / "local", policies, **asked)
    told: list[tuple[int, int]] = []
    summary = assess_files(
        spark, source, tmp_path / "spark", policies, **asked, progress=lambda *said: told.append(said)
    )
    assert summary == local and summary.set_aside > 20
    assert contents(tmp_path / "spark") == contents(tmp_path / "local")
    assert told[-1] == (1_500, 1_500)


def test_flat_tables_and_relative_paths_work_too(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = policy_table({"cash": POLICY})
    monkeypatch.chdir(tmp_path)
    source = FlatFiles(flat_folder(Path("flat"), flat_tables(True)))
    local = assess_book(source, Path("local"), policies, as_of=AS_OF)
    assert assess_files(spark, source, Path("spark"), policies, as_of=AS_OF) == local
    assert contents(tmp_path / "spark") == contents(tmp_path / "local")


def test_a_finished_run_is_not_done_again(spark: Any, tmp_path: Path) -> None:
    loans, policies = a_book(60)
    source = NestedFile(written(tmp_path / "book.parquet", loans, 20))
    first = assess_files(spark, source, tmp_path / "out", policies, as_of=AS_OF)
    again = assess_files(spark, source, tmp_path / "out", policies, as_of=AS_OF)
    assert (first.parts_kept, again.parts_kept, again.checksum) == (0, 3, first.checksum)


@pytest.mark.parametrize("how", ["raises", "dies"])
def test_a_task_that_fails_is_tried_again_and_leaves_no_trace(spark: Any, tmp_path: Path, how: str) -> None:
    loans, policies = a_book(100)
    book = written(tmp_path / "book.parquet", loans, 20)
    local = assess_book(NestedFile(book), tmp_path / "local", policies, as_of=AS_OF)
    source = FailingOnce(book, how, tmp_path)
    assert assess_files(spark, source, tmp_path / "spark", policies, as_of=AS_OF) == local
    assert (tmp_path / "tried").exists()
    assert contents(tmp_path / "spark") == contents(tmp_path / "local")


@pytest.mark.parametrize(
    ("failure", "kind", "words"),
    [
        (
            BatchRefused("book.parquet, row group 2 can't be read as Parquet"),
            BatchRefused,
            "^book.parquet, row group 2",
        ),
        (
            OSError("the disk was pulled out"),
            SparkFailed,
            "^Spark gave the run up: OSError: the disk was pulled out; what is done is kept",
        ),
        (
            OSError(28, "No space left on device", "/data/part"),
            OSError,
            "^.Errno 28. No space left on device: '/data/part'$",
        ),
        (
            OSError(28, "Error writing bytes to file. Detail: [errno 28] No space left on device"),
            OSError,
            "^.Errno 28. No space left on device$",
        ),
        (
            FileNotFoundError(2, "Failed to open local file '/data/book.parquet'. Detail: [errno 2] No such file"),
            SparkFailed,
            "^a worker doesn't see /data/book.parquet: the book and --out must lie where all machines see them",
        ),
    ],
)
def test_what_fails_for_good_is_told_in_the_workers_own_words_and_the_rest_is_kept(
    spark: Any, tmp_path: Path, failure: Exception, kind: type[Exception], words: str
) -> None:
    loans, policies = a_book(100)
    book, out = written(tmp_path / "book.parquet", loans, 20), tmp_path / "out"
    source = Unreadable(book, failure)
    with pytest.raises(kind, match=words):
        assess_files(spark, source, out, policies, as_of=AS_OF)
    assert not (out / "manifest.json").exists()
    summary = assess_book(NestedFile(book), out, policies, as_of=AS_OF)
    assert 1 <= summary.parts_kept <= 4
    assert summary.checksum == assess_book(NestedFile(book), tmp_path / "local", policies, as_of=AS_OF).checksum


def test_a_worker_that_sees_another_runs_folder_stops(spark: Any, tmp_path: Path, monkeypatch: Any) -> None:
    loans, policies = a_book(40)
    source = NestedFile(written(tmp_path / "book.parquet", loans, 20))
    began = Run.begin

    def begun_by_another(run: Run) -> Any:
        done = began(run)
        (tmp_path / "out" / "parts.jsonl").write_text('{"run": "another"}\n')
        return done

    monkeypatch.setattr(Run, "begin", begun_by_another)
    with pytest.raises(SparkFailed, match="another run has begun"):
        assess_files(spark, source, tmp_path / "out", policies, as_of=AS_OF)
    assert not list((tmp_path / "out").glob("part-*"))


CLUSTER = """
import sys
from pathlib import Path
from goodstanding.batch.local import NestedFile
from goodstanding.batch.spark import assess_files, assess_frame, write_frame
from goodstanding.batch.spark_session import spark_session
from tests.spark.books import AS_OF, a_book

book, out, frame, found, workers = sys.argv[1:]
settings = {"spark.driver.memory": "1g", "spark.executorEnv.PYTHONPATH": workers}
policies = a_book(1)[1]
with spark_session("local-cluster[2,1,1024]", settings) as session:
    by_files = assess_files(session, NestedFile(Path(book)), Path(out), policies, as_of=AS_OF)
    by_rows = write_frame(assess_frame(session.read.parquet(book), policies, as_of=AS_OF), frame)
Path(found).write_text(f"{by_files.checksum} {by_rows.checksum} {by_files.loans} {by_rows.loans}")
"""


def test_executors_in_processes_of_their_own_give_the_same(tmp_path: Path) -> None:
    loans, policies = a_book(400)
    book = written(tmp_path / "book.parquet", loans, 50)
    local = assess_book(NestedFile(book), tmp_path / "local", policies, as_of=AS_OF)
    out, frame, found = (tmp_path / name for name in ("out", "frame", "found.txt"))
    Child(CLUSTER, book, out, frame, found, os.environ["PYTHONPATH"], scratch=tmp_path).end(seconds=100)
    assert found.read_text().split() == [local.checksum, local.checksum, "400", "400"]
    assert contents(out) == contents(tmp_path / "local")


def test_results_are_whole_files_that_any_reader_reads(spark: Any, tmp_path: Path) -> None:
    loans, policies = a_book(60)
    source = NestedFile(written(tmp_path / "book.parquet", loans, 20))
    summary = assess_files(spark, source, tmp_path / "out", policies, as_of=AS_OF)
    read = spark.read.parquet(*[str(path) for path in sorted((tmp_path / "out").glob("part-*.parquet"))])
    tables = [pq.read_table(path) for path in (tmp_path / "out").glob("part-*.parquet")]
    assert read.count() == sum(table.num_rows for table in tables) == summary.assessed
