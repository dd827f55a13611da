"""A day's letters on their way: to the printer and into the archive, through the command line, killed and run again."""

import csv
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from click.testing import CliRunner, Result

from goodstanding.cli import main
from goodstanding.day.lender import read_lender
from goodstanding.day.progress import Silent
from goodstanding.day.run import Request, run_day
from goodstanding.letters.archive import Archive, kept_of_file
from goodstanding.letters.print_run import LOG
from tests.day.books import CUT_OFF, LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, tree

DAY = CUT_OFF.isoformat()
ROWS = [
    Row("L-GOOD", PAID_UP),
    *(
        Row(f"L-{place}", LATE_TWO if place % 3 else LATE_ONE, language="en" if place % 2 else "zh-Hans")
        for place in range(7)
    ),
]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day's folder with seven letters."""
    folder = tmp_path_factory.mktemp("mailing")
    book = write_files(folder / "book", ROWS)
    run_day(Request(book=book, as_of=CUT_OFF, lender=LENDER, out=folder / "out", processes=1), Silent())
    return folder / "out"


def letters(*words: object) -> Result:
    return CliRunner().invoke(main, ["letters", *map(str, words)])


def stopped(told: Result) -> str:
    assert told.exit_code == 1, told.output
    assert "Traceback" not in told.output
    return told.stderr.splitlines()[-1].removeprefix("Stopped: ")


def printed(day: Path, to: Path, *more: object) -> Result:
    return letters("print-run", "--out", day, "--as-of", DAY, "--to", to, "--letters-a-container", 3, *more)


def rows_of(run: Path) -> list[dict[str, str]]:
    with (run / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_days_letters_are_printed_each_once_and_add_up(day: Path, tmp_path: Path) -> None:
    told = printed(day, tmp_path / "run")
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("7 letters on ") and "It adds up" in told.stdout
    rows = rows_of(tmp_path / "run")
    assert {row["loan_id"] for row in rows} == {f"L-{place}" for place in range(7)}
    assert [row["postcode"] for row in rows] == sorted(row["postcode"] for row in rows)
    assert all("王小明" in row["address"] for row in rows)
    sides = sum(len(pdfium.PdfDocument(path)) for path in (tmp_path / "run").glob("letters-*.pdf"))
    assert sides == sum(int(row["sheets"]) * 2 for row in rows)


def test_a_run_in_one_sided_print_without_marks_has_as_many_sheets_as_pages(day: Path, tmp_path: Path) -> None:
    told = printed(day, tmp_path / "run", "--simplex", "--no-marks", "--insert", "formal_overdue", "--json")
    said = json.loads(told.stdout)
    assert said["adds_up"] is True
    assert said["sheets"] == said["pages_of_letters"] == said["pages_in_containers"]
    assert said["inserts"] == 7


def test_what_cannot_be_printed_is_told_in_a_sentence(day: Path, tmp_path: Path) -> None:
    assert "name the folder that `goodstanding run` writes to" in stopped(printed(tmp_path, tmp_path / "a"))
    other = letters("print-run", "--out", day, "--as-of", "2026-01-01", "--to", tmp_path / "b")
    assert "has no letters of 2026-01-01" in stopped(other)
    shutil.copytree(day, tmp_path / "day")
    letter = next((tmp_path / "day" / DAY / "letters").glob("L-3_*.pdf"))
    letter.write_bytes(letter.read_bytes()[:-1] + b" ")
    assert "isn't the file that the ledger has" in stopped(printed(tmp_path / "day", tmp_path / "c"))
    letter.unlink()
    assert "run the day again" in stopped(printed(tmp_path / "day", tmp_path / "d"))


def test_a_run_that_is_killed_goes_on_and_ends_the_same(day: Path, tmp_path: Path) -> None:
    words = ["letters", "print-run", "--out", str(day), "--as-of", DAY, "--letters-a-container", "1", "--to"]
    run, log = tmp_path / "run", tmp_path / "run" / LOG
    with subprocess.Popen(
        [sys.executable, "-c", "from goodstanding.cli import main; main()", *words, str(run)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 60
        while (
            process.poll() is None
            and time.monotonic() < until
            and not (log.exists() and log.read_bytes().count(b"\n") > 2)
        ):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    done = {path.name: path.stat().st_mtime_ns for path in run.glob("letters-*.pdf")}
    again = CliRunner().invoke(main, [*words, str(run)])
    assert again.exit_code == 0, again.output
    whole = CliRunner().invoke(main, [*words, str(tmp_path / "whole")])
    assert whole.exit_code == 0
    assert tree(run)["manifest.csv"] == tree(tmp_path / "whole")["manifest.csv"]
    assert done
    first, *_ = sorted(done)
    assert (run / first).stat().st_mtime_ns == done[first]


def test_a_letter_comes_out_of_the_archive_as_it_was_sent(day: Path, tmp_path: Path) -> None:
    words = ("archive", "--out", day, "--lender", LENDER, "--archive", tmp_path / "archive")
    told = letters(*words)
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("7 letters added")
    assert json.loads(letters(*words, "--as-of", DAY, "--json").stdout) == {"added": 0, "before": 7, "left_out": []}
    sent = next((day / DAY / "letters").glob("L-2_*.pdf"))
    reference = sent.stem.split("_")[1]
    made = letters("reprint", reference, "--archive", tmp_path / "archive", "--to", tmp_path / "again.pdf")
    assert made.exit_code == 0, made.output
    assert (tmp_path / "again.pdf").read_bytes() == sent.read_bytes()


def test_a_letter_that_does_not_come_out_the_same_is_left_out(day: Path, tmp_path: Path) -> None:
    lender = tmp_path / "lender"
    shutil.copytree(LENDER, lender)
    path = lender / "lender.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'(?m)^colour = ".*"', 'colour = "#660033"', before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    told = letters("archive", "--out", day, "--lender", lender, "--archive", tmp_path / "archive")
    assert told.exit_code == 3
    assert told.stdout.startswith("0 letters added")
    assert told.stderr.count("keep the PDF") == 7


def test_a_reprint_by_another_engine_is_said_to_be_another_letter(day: Path, tmp_path: Path) -> None:
    sent = next((day / DAY / "letters").glob("L-2_*.pdf"))
    kept = kept_of_file(sent.read_bytes(), read_lender(LENDER).letterhead)
    older = replace(kept, pins=replace(kept.pins, engine="typst 0.1"), sha256="0" * 64)
    Archive(tmp_path / "archive").add([older])
    target = tmp_path / "again.pdf"
    words = ("reprint", kept.reference, "--archive", tmp_path / "archive", "--to", target)
    told = letters(*words)
    assert told.exit_code == 3 and not target.exists()
    assert "NOT the letter that was sent, since the engine was typst 0.1" in told.stderr
    assert letters(*words, "--even-if-changed").exit_code == 3
    assert target.read_bytes() == sent.read_bytes()


def test_what_the_archive_has_not_is_told_in_a_sentence(tmp_path: Path) -> None:
    told = letters("reprint", "261123-AAAAA-AAAAA", "--archive", tmp_path / "none", "--to", tmp_path / "a.pdf")
    assert "name the archive" in stopped(told)
    told = letters("reprint", "261123-AAAAA-AAAAA", "--archive", tmp_path, "--to", tmp_path / "a.pdf")
    assert "has no letter 261123-AAAAA-AAAAA" in stopped(told)
