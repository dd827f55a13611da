"""The day on the books that ship with the project, with the real pages; and the same by two processes as by one."""

import csv
from datetime import date
from pathlib import Path

import pytest

from goodstanding.day import looking, writing
from goodstanding.day.progress import Silent
from goodstanding.day.run import Request, run_day
from tests.day.conftest import LENDER, tree

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DAY = date(2026, 11, 23)


def test_two_processes_write_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = SAMPLES / "qinghe"
    monkeypatch.setattr(looking, "LOANS_FOR_THE_REFERENCE", 30)
    one = run_day(Request(book, DAY, LENDER, tmp_path / "one", limit_letters=8, processes=1), Silent())
    monkeypatch.setattr(looking, "SMALL_BOOK", 0)
    monkeypatch.setattr(writing, "FEW_LETTERS", 0)
    two = run_day(Request(book, DAY, LENDER, tmp_path / "two", limit_letters=8, processes=2), Silent())
    assert (one.letters_written, two.letters_written) == (8, 8)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_the_chinese_sample_agrees_with_its_lender_but_for_the_three_planted_slips(tmp_path: Path) -> None:
    summary = run_day(Request(SAMPLES / "qinghe", DAY, LENDER, tmp_path / "out", limit_letters=0), Silent())
    assert summary.exit_code == 0
    with (summary.folder / "reconciliation.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == summary.kept["counts"]["differences"] == 3


def test_the_sample_with_mistakes_sets_each_of_them_aside(tmp_path: Path) -> None:
    request = Request(SAMPLES / "qinghe_with_errors", DAY, LENDER, tmp_path / "out", limit_letters=0)
    summary = run_day(request, Silent())
    assert summary.exit_code == 3
    with (summary.folder / "set_aside.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 7
    assert all(row["file"] and row["where"] and row["expected"] and row["what_to_do"] for row in rows)
