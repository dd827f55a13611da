"""What `explain` tells of letters: who was written to, by which rule, where it lies; what wasn't sent, and until when."""

from datetime import timedelta
from pathlib import Path

import pytest

from goodstanding.day.ledger import LEDGER, Ledger
from goodstanding.day.letters_told import told_of_letters
from goodstanding.day.one_loan import explain_loan
from goodstanding.day.progress import Silent
from goodstanding.day.stop import Stopped
from tests.day.books import CUT_OFF, LATE_ONE, Row, write_files
from tests.day.conftest import LENDER, Run
from tests.day.test_gate import book_with, borrower_of


def test_a_written_letter_is_told_with_its_rule_and_its_files(run: Run, tmp_path: Path) -> None:
    run(write_files(tmp_path / "files", [Row("L1", LATE_ONE), Row("L2", LATE_ONE)]))
    out = tmp_path / "out"
    (entry,) = [one for one in Ledger(out / LEDGER).entries if one.loan_id == "L1"]

    told = told_of_letters("L1", out, CUT_OFF)

    assert f"{CUT_OFF}  {entry.letter} {entry.reference} to the borrower" in "\n".join(told)
    assert f"            Rule: {entry.rule}" in told and entry.rule.startswith("from ")
    paths = [Path(line.partition(": ")[2]) for line in told if "/letters/" in line]
    assert len(paths) == len(entry.files) and all(path.is_file() for path in paths)
    assert not any("L2" in line for line in told)


def test_a_letter_of_a_later_day_is_not_told_of_an_earlier_one(run: Run, tmp_path: Path) -> None:
    run(book_with(tmp_path))
    told = told_of_letters("L1", tmp_path / "out", CUT_OFF - timedelta(days=1))
    assert "None was written." in told and "that day wasn't run" in told[-1]


def test_a_file_that_is_gone_is_said_to_be_gone(run: Run, tmp_path: Path) -> None:
    run(book_with(tmp_path))
    for path in (tmp_path / "out").rglob("letters/*.txt"):
        path.unlink()
    assert any(line.endswith("which isn't there any more") for line in told_of_letters("L1", tmp_path / "out", CUT_OFF))


def test_a_letter_that_the_gate_took_back_is_told_with_the_reason_and_the_day(run: Run, tmp_path: Path) -> None:
    book = book_with(tmp_path)
    run(book)
    hold = f"borrower_id,kind,began_at,until\n{borrower_of(book)},plan,{CUT_OFF}T09:00+08:00,2026-12-02T00:00+08:00\n"
    (book / "holds.csv").write_text(hold, encoding="utf-8")
    run(book)

    told = "\n".join(told_of_letters("L1", tmp_path / "out", CUT_OFF))

    assert f"Withdrawn on {CUT_OFF.day} November {CUT_OFF.year}" in told and "/superseded/letters/" in told
    _, _, held = told.partition("Not written on")
    assert "to the borrower: held, the gate refuses it" in held and f"plan since {CUT_OFF}" in held
    assert "Not before 2 December 2026" in held


def test_explain_finds_the_days_around_an_imported_book_or_where_it_is_told(run: Run, tmp_path: Path) -> None:
    run(book_with(tmp_path))
    imported, out = tmp_path / "out/book", tmp_path / "out"

    def said(book: Path, where: Path | None = None) -> str:
        return explain_loan(
            "L1", book, LENDER, as_of=CUT_OFF, known_on=None, progress=Silent(), warn=lambda _: None, out=where
        )

    assert said(imported) == said(tmp_path / "files", out)
    assert "Letters: not looked up" in said(tmp_path / "files")
    with pytest.raises(Stopped, match=r"letters\.ledger\.jsonl"):
        said(imported, tmp_path / "files")


def test_reading_the_ledger_leaves_a_line_that_is_being_written(run: Run, tmp_path: Path) -> None:
    run(book_with(tmp_path))
    path = tmp_path / "out" / LEDGER
    with path.open("ab") as file:
        file.write(b'{"loan_id": "L1", "le')
    before = path.read_bytes()
    told_of_letters("L1", tmp_path / "out", CUT_OFF)
    assert path.read_bytes() == before
