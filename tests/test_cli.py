"""The command line as a person meets it: every job by name, one clear sentence for what went wrong, exit codes."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding import __version__
from goodstanding.cli import main
from goodstanding.day import letters
from tests.day.books import LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, ROOT, QuickPress

ROWS = [Row("L-GOOD", PAID_UP), Row("L-ONE", LATE_ONE), Row("L-TWO", LATE_TWO)]
DAY = "2026-11-23"


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_press", lambda *settings: QuickPress())


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_files(tmp_path / "files", ROWS)


def call(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def run(book: Path, out: Path, *more: object, lender: Path = LENDER, day: str = DAY) -> Result:
    return call("run", "--book", book, "--as-of", day, "--lender", lender, "--out", out, *more)


def stopped(told: Result) -> str:
    """The one sentence that it stopped with."""
    assert told.exit_code == 1, told.output
    *_, sentence = told.stderr.splitlines()
    assert sentence.startswith("Stopped: ")
    assert "Traceback" not in told.output
    return sentence.removeprefix("Stopped: ")


def test_help_names_every_job_with_one_line() -> None:
    helped = subprocess.run(
        [sys.executable, "-c", "from goodstanding.cli import main; main()", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall(r"^  (\w+) +[A-Z].*\.$", helped.stdout, re.MULTILINE) == [
        "demo",
        "book",
        "run",
        "explain",
        "assess",
        "selfcheck",
        "letters",
        "law",
        "plans",
        "keys",
        "verify",
    ]
    assert "3 done, but something was set aside" in helped.stdout


def test_help_imports_no_heavy_room() -> None:
    code = "import sys, goodstanding.cli; print([name for name in sys.modules if name in ('pyarrow','duckdb','typst','numpy')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_version_is_told() -> None:
    assert call("--version").output == f"goodstanding {__version__}\n"


def test_a_day_is_told_in_words_and_a_second_time_as_nothing_to_do(book: Path, tmp_path: Path) -> None:
    first = run(book, tmp_path / "out")
    assert (first.exit_code, first.stdout.splitlines()[1]) == (
        0,
        "2 letters of this day: formal_overdue to 2 borrowers.",
    )
    assert first.stderr.splitlines()[-2:] == ["Assessing loans …", "Writing letters …"]
    again = run(book, tmp_path / "out")
    assert again.exit_code == 0
    assert "Nothing to do: this day was already done from the same book. Nothing was changed." in again.stdout


def test_json_is_one_object_and_nothing_else(book: Path, tmp_path: Path) -> None:
    told = run(book, tmp_path / "out", "--json")
    found = json.loads(told.stdout)
    assert told.stderr.splitlines() == [f"Note: {remark}" for remark in found["remarks"]]
    assert (found["unchanged"], found["now"]["letters_written"], found["counts"]["loans"]) == (False, 2, 3)
    assert json.loads(run(book, tmp_path / "out", "--json").stdout)["unchanged"] is True


def test_what_was_set_aside_gives_exit_code_3_then_and_again(tmp_path: Path) -> None:
    book = write_files(tmp_path / "files", [*ROWS[:2], replace(ROWS[2], loans={"principal": "12.000,00"})])
    assert run(book, tmp_path / "out").exit_code == 3
    assert run(book, tmp_path / "out").exit_code == 3


@pytest.mark.parametrize("day", ["2026-11-31", "23.11.2026", "today", ""])
def test_a_day_that_is_none_is_a_misuse(day: str, book: Path, tmp_path: Path) -> None:
    told = run(book, tmp_path / "out", day=day)
    assert told.exit_code == 2
    assert f'"{day}" isn\'t a date (we read YYYY-MM-DD, such as 2026-11-23)' in told.stderr


def test_an_option_left_out_is_a_misuse() -> None:
    told = call("run", "--as-of", DAY)
    assert (told.exit_code, "Missing option '--book'" in told.stderr) == (2, True)


def test_an_empty_folder_is_not_a_book(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert str(tmp_path / "empty") in stopped(run(tmp_path / "empty", tmp_path / "out"))


def test_a_folder_that_is_not_there_is_not_a_book(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in stopped(run(tmp_path / "none", tmp_path / "out"))


def test_a_book_in_another_currency_needs_another_lender(book: Path, tmp_path: Path) -> None:
    write_files(book, [replace(row, currency="USD") for row in ROWS], currency="USD")
    assert stopped(run(book, tmp_path / "out")) == (
        f"The book {book} is in USD, but the lender in {LENDER} works in CNY: give the book the --lender folder that "
        "it belongs to."
    )


def test_a_lender_without_a_key_is_told_which(book: Path, tmp_path: Path) -> None:
    (tmp_path / "lender/products").mkdir(parents=True)
    (tmp_path / "lender/products/cn_instalment.toml").write_text("[policy]\n", encoding="utf-8")
    (tmp_path / "lender/lender.toml").write_text('id = "x"\ncurrency = "CNY"\n', encoding="utf-8")
    told = stopped(run(book, tmp_path / "out", lender=tmp_path / "lender"))
    assert told == f'{tmp_path}/lender/lender.toml: "jurisdiction" is missing.'


def test_the_folder_of_another_lender_is_left_alone(book: Path, tmp_path: Path) -> None:
    assert run(book, tmp_path / "out").exit_code == 0
    shutil.copytree(LENDER, tmp_path / "lender")
    path = tmp_path / "lender/lender.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("qinghe_example", "mine"), encoding="utf-8")
    assert stopped(run(book, tmp_path / "out", lender=tmp_path / "lender")) == (
        f"{tmp_path}/out holds the letters of another lender (qinghe_example, not mine): choose another --out."
    )


def test_an_output_that_is_a_file_is_named(book: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    assert stopped(run(book, tmp_path / "out")) == (
        f"{tmp_path}/out can't be written: there is a file where a folder should be. Choose another --out."
    )
    assert "part of it is a file where a folder should be" in stopped(run(book, tmp_path / "out/deeper"))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "can't be written: the disk is full. Make room and run again; what is finished stays."),
        (errno.EACCES, "can't be opened: permission denied. Ask for permission, or choose another place."),
        (errno.EROFS, "can't be written: the disk is read-only. Choose another --out."),
    ],
)
def test_what_the_disk_refuses_is_told_and_can_be_finished_later(
    number: int, words: str, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as full:
        assert run(book, tmp_path / "imported").exit_code == 0
        full.setattr("goodstanding.day.files.os.fsync", refuse)
        assert words in stopped(run(tmp_path / "imported/book", tmp_path / "out"))
    assert run(tmp_path / "imported/book", tmp_path / "out").exit_code == 0


def test_explain_prints_the_sum_so_far_up_to_the_amount_to_cure(book: Path, tmp_path: Path) -> None:
    assert run(book, tmp_path / "out").exit_code == 0
    told = call("explain", "L-ONE", "--book", book, "--lender", LENDER, "--as-of", DAY, "--out", tmp_path / "out")
    assert told.exit_code == 0, told.output
    from_book = call("explain", "L-ONE", "--book", tmp_path / "out/book", "--lender", LENDER, "--as-of", DAY)
    assert from_book.stdout == told.stdout
    statement, _, rest = told.stdout.partition("\n\nWhat is overdue")
    last_sum = statement.split()[-1]
    assert re.search(rf"Amount to cure +{re.escape(last_sum)}\n", rest)
    assert re.search(r"× 21\.6 % ÷ 360 × 18 days = \d", statement)


def test_explain_says_what_it_cannot_find(book: Path, tmp_path: Path) -> None:
    missing = call("explain", "L-9", "--book", book, "--lender", LENDER, "--as-of", DAY)
    assert stopped(missing) == f'There is no loan "L-9" in {book}: check the number, or whether it was set aside.'
    early = call("explain", "L-ONE", "--book", book, "--lender", LENDER, "--as-of", "2026-01-01")
    assert stopped(early).startswith("It can't be assessed: loan L-ONE was made on 2026-02-05")
    other = call("explain", "L-ONE", "--book", book, "--lender", ROOT / "samples/lending_club/lender", "--as-of", DAY)
    assert "is in CNY, but the lender in" in stopped(other)


def test_the_demo_needs_the_projects_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("goodstanding.__file__", str(tmp_path / "site/a/b/goodstanding/__init__.py"))
    assert stopped(call("demo")).startswith("The sample books aren't here: they come with the project's source")


@pytest.mark.parametrize("words", [["run"], ["explain", "L-ONE"]])
def test_a_file_that_may_not_be_read_gets_a_sentence_whoever_opens_it(
    words: list[str], book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, read_text = book / "book.toml", Path.read_text

    def refuse(path: Path, *args: object, **options: object) -> str:
        if path == settings:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return read_text(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.chdir(tmp_path)
    told = call(*words, "--as-of", DAY, "--book", book, "--lender", LENDER)
    assert stopped(told).startswith(f"{settings} can't be opened: permission denied.")


def test_one_loan_is_warned_of_its_policy_beside_the_result(tmp_path: Path) -> None:
    loan = {"currency": "USD", "disbursed_on": "2026-01-01", "schedule": [{"due_on": "2026-02-01", "principal": "9"}]}
    said = {}
    for name, policy in {"none": {}, "fees": {"tolerance": "1.00", "late_fee": {"flat": "5.00"}}}.items():
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({"loan": loan, "policy": policy}), encoding="utf-8")
        said[name] = call("assess", str(file), "--as-of", "2026-01-02", "--json")
        assert json.loads(said[name].stdout)["payoff"] == "9.00"
    assert said["none"].stderr == ""
    assert said["fees"].stderr.startswith("Note: Who pays the first instalment 1 day late, the others on time, in full")


@pytest.mark.parametrize("day", ["1949-12-31", "2151-01-01"])
@pytest.mark.parametrize(
    "words", [("run",), ("assess", "--out", "out"), ("selfcheck",), ("explain", "L-1"), ("offers", "L-1")]
)
def test_a_day_on_which_no_loan_of_a_book_can_be_worked_out_is_refused(words: tuple[str, ...], day: str) -> None:
    told = call(*words, "--book", "book", "--as-of", day)
    assert told.exit_code == 2
    assert f"{day} is outside 1950-01-01 to 2150-12-31" in told.output


@pytest.mark.parametrize("at", ["2016-11-23T10:00+08:00", "2026-11-21T23:59+08:00", "2026-12-01T00:00+08:00"])
def test_letters_do_not_go_out_long_before_or_after_their_day(tmp_path: Path, at: str) -> None:
    """By the law of 2016 much would be allowed that isn't today."""
    told = ["run", "--book", str(tmp_path), "--as-of", "2026-11-23", "--out", str(tmp_path / "out"), "--at", at]

    done = CliRunner().invoke(main, told)

    assert done.exit_code == 2
    assert "is too far from --as-of 2026-11-23: letters go out on the day itself or up to 7 days later" in " ".join(
        done.output.split()
    )
