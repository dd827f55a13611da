"""`goodstanding assess --engine spark`: what it writes, says and ends with is the local engine's, and so is what stops it."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from goodstanding.cli import main
from tests.batch.test_columns import AS_OF
from tests.day.conftest import LENDER
from tests.day.test_whole_book import LOANS, written
from tests.spark.ending import Child
from tests.spark.test_files import contents

ON_SPARK = ("--engine", "spark", "--master", "local[2]", "--conf", "spark.driver.memory=1g")
COMMAND = "import sys; from goodstanding.cli import main; main(sys.argv[1:])"


def words(book: Path, out: Path, *more: object) -> list[str]:
    return [str(word) for word in ("assess", "--book", book, "--lender", LENDER, "--as-of", AS_OF, "--out", out, *more)]


def call(book: Path, out: Path, *more: object) -> Result:
    """The command in this process. On Spark, it uses the session that is there."""
    return CliRunner().invoke(main, words(book, out, *more))


def said(text: str, out: Path) -> list[str]:
    """Lines without what differs from one run to the next: the pace, how far it was after ten seconds, the folder."""
    lines = text.replace(str(out), "OUT").splitlines()
    return [line for line in lines if "loans per second" not in line and not line.endswith(" %")]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "book.parquet", LOANS)


@pytest.mark.parametrize("more", [(), ("--instalments", "--known-on", "2024-01-31"), ("--json",)])
def test_the_folder_the_words_and_the_exit_code_are_those_of_the_local_engine(
    spark: Any, book: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    here, there = tmp_path / "local", tmp_path / "spark"
    local, of_spark = call(book, here, *more), call(book, there, *more, *ON_SPARK)
    assert local.exit_code == of_spark.exit_code == 3
    assert contents(there) == contents(here)
    if "--json" in more:
        of_clock = ("seconds", "loans_per_second", "folder")
        one, other = (json.loads(told.stdout) for told in (local, of_spark))
        assert {k: v for k, v in one.items() if k not in of_clock} == {
            k: v for k, v in other.items() if k not in of_clock
        }
    else:
        assert said(of_spark.stdout, there) == said(local.stdout, here)
        assert said(of_spark.stderr, there) == ["Starting Spark …", *said(local.stderr, here)]


def test_the_command_by_itself_starts_spark_with_the_python_that_is_asked_for_and_ends_it(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """spark.pyspark.python counts for a plain Python program too; PySpark heeds it under spark-submit alone."""
    noted, python = tmp_path / "noted", tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho used >> {noted}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.delenv("PYSPARK_PYTHON", raising=False)
    out = tmp_path / "out"
    child = Child(COMMAND, *words(book, out, *ON_SPARK, "--conf", f"spark.pyspark.python={python}"), scratch=tmp_path)
    assert child.ended(seconds=300) == 3
    local = call(book, tmp_path / "local")
    assert set(said(local.stdout, tmp_path / "local")) <= set(said(child.said(), out))
    assert contents(out) == contents(tmp_path / "local")
    assert "used" in noted.read_text() and "PYSPARK_PYTHON" not in os.environ


def test_a_run_that_was_killed_is_taken_up_again_by_either_engine(spark: Any, tmp_path: Path) -> None:
    many = [replace(loan, id=f"{loan.id}-{copy:03}") for copy in range(20) for loan in LOANS]
    book, out = written(tmp_path / "book.parquet", many, row_group_size=8), tmp_path / "out"
    call(book, tmp_path / "local")
    running = Child(COMMAND, *words(book, out, *ON_SPARK), scratch=tmp_path)
    running.wait_until(lambda: len(list(out.glob("part-*.json"))) >= 5, seconds=300)
    running.kill()
    assert not (out / "manifest.json").exists()
    left = {path.name: path.read_bytes() for path in out.iterdir()}
    for more in ((), ON_SPARK):
        found = json.loads(call(book, out, "--json", *more).stdout)
        assert 5 * 8 <= found["loans_kept"] < len(many)
        assert contents(out) == contents(tmp_path / "local")
        for path in out.iterdir():
            path.unlink()
        for name, content in left.items():
            (out / name).write_bytes(content)
    finished = call(book, tmp_path / "local", *ON_SPARK)
    assert "Nothing to do: an earlier run had done all of it." in finished.stdout


def test_a_foreign_folder_stops_it_in_the_same_words(spark: Any, tmp_path: Path, book: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "accounts.xlsx").write_bytes(b"not ours")
    local, of_spark = call(book, out), call(book, out, *ON_SPARK)
    assert local.exit_code == of_spark.exit_code == 1
    assert of_spark.stderr.splitlines()[-1] == local.stderr.splitlines()[-1]
    assert [child.name for child in out.iterdir()] == ["accounts.xlsx"]


def test_a_piece_that_can_not_be_read_stops_it_in_the_same_words(spark: Any, tmp_path: Path) -> None:
    """The workers meet it, not the process that tells it."""
    folder = tmp_path / "flat"
    folder.mkdir()
    book = written(folder / "book.parquet", LOANS)
    at = pq.read_metadata(book).row_group(2).column(0).data_page_offset
    torn = bytearray(book.read_bytes())
    torn[at : at + 200] = b"\xff" * 200
    book.write_bytes(bytes(torn))
    local, of_spark = call(book, tmp_path / "local"), call(book, tmp_path / "spark", *ON_SPARK)
    sentence = local.stderr.splitlines()[-1]
    assert (local.exit_code, of_spark.exit_code) == (1, 1), local.output
    assert sentence.startswith(f"Stopped: {book}, row group 2 can't be read as Parquet: ")
    assert of_spark.stderr.splitlines()[-1] == sentence
    assert not (tmp_path / "spark/manifest.json").exists()


def test_what_spark_lacks_stops_it_before_anything_is_written(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    child = Child(COMMAND, *words(book, tmp_path / "out", *ON_SPARK), scratch=tmp_path)
    assert child.ended(seconds=300) == 1 and not (tmp_path / "out").exists()
    *_, sentence = child.said().splitlines()
    assert sentence.startswith(f"Stopped: Spark needs Java 17 or later; JAVA_HOME is {tmp_path}/nowhere")
