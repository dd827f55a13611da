"""The day's letters are sealed with the lender's own key, and hold until something overtakes them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding.cli import main
from goodstanding.day.progress import Silent
from goodstanding.day.run import Request, run_day
from goodstanding.day.stop import Stopped
from tests.day.books import CUT_OFF, LATE_ONE, Row, write_files
from tests.day.conftest import LENDER


def goodstanding(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    folder = tmp_path / "lender"
    shutil.copytree(LENDER, folder)
    path = folder / "lender.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("is_example = true", 'keys = "../keys"'), encoding="utf-8")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    write_files(tmp_path / "book", [Row("L-ONE", LATE_ONE)])
    return tmp_path / "book"


def run(book: Path, lender: Path, out: Path) -> Path:
    run_day(Request(book=book, as_of=CUT_OFF, lender=lender, out=out, processes=1), Silent())
    (letter,) = (out / CUT_OFF.isoformat() / "letters").glob("*.pdf")
    return letter


def test_a_letter_of_the_day_is_genuine_and_right_and_still_holds(book: Path, lender: Path, tmp_path: Path) -> None:
    assert goodstanding("keys", "new", "--lender", lender, "--on", "2026-01-01").exit_code == 0
    letter = run(book, lender, tmp_path / "out")
    words = ("verify", letter, "--lender", lender, "--out", tmp_path / "out", "--book", book)
    found = goodstanding(*words)
    assert found.exit_code == 0, found.output
    assert "no later letter, no payment" in found.output


def test_keys_that_cannot_be_used_stop_the_day_before_any_work(book: Path, lender: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="keys new"):
        run(book, lender, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_keys_the_report_says_that_nothing_is_sealed(book: Path, lender: Path, tmp_path: Path) -> None:
    path = lender / "lender.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('keys = "../keys"\n', ""), encoding="utf-8")
    letter = run(book, lender, tmp_path / "out")
    kept = json.loads((letter.parent.parent / "run.json").read_text(encoding="utf-8"))
    assert any("aren't sealed" in remark for remark in kept["remarks"])
    assert "carries no seal" in goodstanding("verify", letter, "--lender", lender).output


def test_a_withdrawn_letter_no_longer_holds(book: Path, lender: Path, tmp_path: Path) -> None:
    assert goodstanding("keys", "new", "--lender", lender, "--on", "2026-01-01").exit_code == 0
    letter = run(book, lender, tmp_path / "out")
    kept = tmp_path / "kept.pdf"
    shutil.copy(letter, kept)
    ledger = tmp_path / "out/letters.ledger.jsonl"
    line = ledger.read_text(encoding="utf-8")
    ledger.write_text(line + _withdrawn(line), encoding="utf-8")
    found = goodstanding("verify", kept, "--lender", lender, "--out", tmp_path / "out")
    assert (found.exit_code, "it was withdrawn" in found.output) == (3, True)


def _withdrawn(line: str) -> str:
    said = json.loads(line)
    return json.dumps(said | {"state": "withdrawn", "supersedes": said["reference"], "reference": "W"}) + "\n"
