"""The day on the books that ship with the project, with the real pages; and the same by two processes as by one."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from goodstanding.cli import main
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


BEYOND_PAYMENTS = {
    "QH0056": "\nD2        M1 ",
    "QH0094": "2026-08-25  1    principal brought forward",
    "QH0148": "Oldest due date unpaid                        2026-11-08",
    "QH0176": "2026-09-10  13   principal moved into another schedule",
    "QH0189": "Classified as 次级 since 10 November 2026: 借款人的店铺已经停业\n",
}
"""Loans with another schedule, records that begin late, two drawdowns, a judgement: what `explain` says of each."""


def test_loans_of_every_convention_are_explained_and_written_to(tmp_path: Path) -> None:
    for path in (SAMPLES / "qinghe").iterdir():
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [
            line for line in lines if "loan_id" not in head or line[:6] in BEYOND_PAYMENTS or path.suffix == ".toml"
        ]
        (tmp_path / path.name).write_text(head + "".join(kept), encoding="utf-8")
    summary = run_day(Request(tmp_path, DAY, LENDER, tmp_path / "out"), Silent())
    assert (summary.exit_code, summary.letters_written) == (0, 4)
    letters = {path.name[:6]: path.read_text(encoding="utf-8") for path in summary.folder.glob("letters/*.txt")}
    for loan_id, words in BEYOND_PAYMENTS.items():
        told = CliRunner().invoke(
            main,
            ["explain", loan_id, "--book", str(tmp_path / "out/book"), "--lender", str(LENDER), "--as-of", str(DAY)],
        )
        assert words in told.stdout
        to_cure = re.search(r"Amount to cure +([\d,.]+)", told.stdout)
        assert to_cure and (to_cure[1] == "0.00" or to_cure[1] in letters[loan_id])
    assert letters.keys() == BEYOND_PAYMENTS.keys() - {"QH0176"}


def test_the_sample_with_mistakes_sets_each_of_them_aside(tmp_path: Path) -> None:
    request = Request(SAMPLES / "qinghe_with_errors", DAY, LENDER, tmp_path / "out", limit_letters=0)
    summary = run_day(request, Silent())
    assert summary.exit_code == 3
    with (summary.folder / "set_aside.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 7
    assert all(row["file"] and row["where"] and row["expected"] and row["what_to_do"] for row in rows)
