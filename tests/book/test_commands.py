"""The book's commands: what they say to a person, to a machine, and by their exit code."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding.book.commands import book
from tests.book.files import PAYMENT, sound, write_files

BAD = sound() | {"transactions": [PAYMENT | {"amount": "x"}]}


def run(*words: object) -> Result:
    return CliRunner().invoke(book, [str(word) for word in words])


def test_check_says_that_all_is_in_order(tmp_path: Path) -> None:
    done = run("check", write_files(tmp_path / "flat", sound()))
    assert done.exit_code == 0
    assert done.stdout == (
        "Example Lending: counted up to 2026-11-23, USD, America/New_York.\n"
        "Read 2 loans, 6 instalments, 1 transaction, 2 borrowers, 1 contact point.\n"
        "In order: 2 of 2 loans; set aside: 0.\n"
    )
    assert "Reading loans …" in done.stderr


def test_check_lists_what_is_wrong_and_ends_with_3(tmp_path: Path) -> None:
    done = run("check", write_files(tmp_path / "flat", BAD), "--quarantine", tmp_path / "found.csv")
    assert done.exit_code == 3
    assert "In order: 1 of 2 loans; set aside: 1.\n1 thing wrong: amount 1.\n" in done.stdout
    assert 'transactions.csv, row 2, amount: found "x", expected decimal text such as 1409.50' in done.stdout
    assert (tmp_path / "found.csv").exists()
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["flat"]


def test_check_speaks_json(tmp_path: Path) -> None:
    done = run("check", write_files(tmp_path / "flat", BAD), "--json")
    said = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (3, "")
    assert (said["summary"]["loans_set_aside"], said["findings"][0]["rule"]) == (1, "amount")
    assert "raw_row" not in said["findings"][0]


@pytest.mark.parametrize(("files", "code"), [(sound(), 0), (BAD, 3)])
def test_import_makes_a_book_and_says_where(tmp_path: Path, files: dict[str, list[dict[str, str]]], code: int) -> None:
    done = run("import", write_files(tmp_path / "flat", files), "--out", tmp_path / "book")
    assert done.exit_code == code
    assert done.stdout.endswith(f"The book is in {tmp_path / 'book'}.\n")
    assert (str(tmp_path / "book/quarantine.csv") in done.stdout) == (code == 3)


def test_import_again_says_unchanged_with_the_same_code(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", BAD)
    run("import", source, "--out", tmp_path / "book")
    again = run("import", source, "--out", tmp_path / "book")
    assert again.exit_code == 3
    assert again.stdout == f"{tmp_path / 'book'} was made of these very files already: unchanged, 1 loan.\n"
    said = json.loads(run("import", source, "--out", tmp_path / "book", "--json").stdout)
    assert (said["unchanged"], said["loans_in_book"]) == (True, 1)


def test_files_may_be_listed_one_by_one(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    done = run("import", *sorted(source.glob("*.csv")), "--out", tmp_path / "book")
    assert done.exit_code == 0, done.stderr


def test_what_stops_the_job_is_one_sentence_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "flat").mkdir()
    for done in (run("check", tmp_path / "flat"), run("import", tmp_path / "flat", "--out", tmp_path / "book")):
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Stopped: {tmp_path / 'flat'} holds none of the files of a book")


def test_a_command_that_is_not_understood_ends_with_2(tmp_path: Path) -> None:
    assert (run("import", tmp_path).exit_code, run("check").exit_code) == (2, 2)


@pytest.mark.parametrize("command", ["check", "import"])
def test_help_says_the_exit_codes(command: str) -> None:
    assert "3 done, but" in " ".join(run(command, "--help").stdout.split())
