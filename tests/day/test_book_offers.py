"""`goodstanding offers --book`: the offers to all overdue loans of a book, in files, taken up again, never over a stranger's."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from goodstanding.batch.nesting import nest
from goodstanding.cli import main
from goodstanding.core.loan import Loan
from goodstanding.core.money import decimal_text
from goodstanding.day.lender import read_lender
from tests.batch.offers_again import ways_again
from tests.batch.test_columns import AS_OF, some_loans
from tests.batch.test_offering import alone, granting_of
from tests.day.books import LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, ROOT, tree
from tests.day.test_agreed import PAUSE, PLAN, book_with, payment_of

LOANS = [
    replace(loan, product="cn_instalment", opening=None, versions=(), classified_as=())
    for loan in some_loans(90, seed=5)
]
DAY = "2026-11-23"


def written(path: Path, loans: Sequence[Loan], row_group_size: int = 40) -> Path:
    pq.write_table(pa.Table.from_batches([nest(loans)]), path, row_group_size=row_group_size)
    return path


def words(book: Path, out: Path, *more: object, as_of: object = AS_OF) -> list[str]:
    said = ("offers", "--book", book, "--lender", LENDER, "--as-of", as_of, "--out", out, *more)
    return [str(word) for word in said]


def call(book: Path, out: Path, *more: object, as_of: object = AS_OF) -> Result:
    return CliRunner().invoke(main, words(book, out, *more, as_of=as_of))


def tables(out: Path) -> dict[str, pa.Table]:
    files = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {
        name: pa.concat_tables([pq.read_table(out / one) for one in listed]) if listed else pa.table({})
        for name, listed in files.items()
    }


def imported(folder: Path, files: Path) -> Path:
    told = CliRunner().invoke(main, ["book", "import", str(files), "--out", str(folder / "book")])
    assert told.exit_code in (0, 3), told.output
    return folder / "book"


def test_a_book_has_in_files_what_each_loan_is_offered_alone(tmp_path: Path) -> None:
    book = written(tmp_path / "book.parquet", LOANS)
    told = call(book, tmp_path / "out", "--json", "--processes", 1)
    lender = read_lender(LENDER)
    granting = replace(
        granting_of(dict(lender.policies), AS_OF, lender.ways_out), limits=dict.fromkeys(lender.policies, ())
    )
    accept_by = json.loads(told.stdout)["accept_by"]
    granting = replace(granting, accept_by=type(AS_OF).fromisoformat(accept_by))
    expected = {loan.id: one for loan in LOANS if (one := alone(loan, granting))}
    assert ways_again(tables(tmp_path / "out")) == expected
    found = json.loads(told.stdout)
    assert (found["loans"], found["overdue"]) == (90, len(expected))
    assert found["offers"] == sum(len(one.offers) for one in expected.values()) == sum(found["offers_by_kind"].values())
    assert found["without_offer"] == sum(not one.offers for one in expected.values())
    assert sum(found["loans_by_offers"].values()) == found["overdue"]
    aside = pq.read_table(tmp_path / "out/quarantine.parquet").to_pylist()
    assert (told.exit_code, found["set_aside"]) == (3, len(aside)) and len(aside) > 0
    assert all(row["sentence"] for row in aside)


def test_the_files_are_the_same_whatever_the_number_of_processes(tmp_path: Path) -> None:
    book = written(tmp_path / "book.parquet", LOANS, row_group_size=20)
    one, three = call(book, tmp_path / "one", "--processes", 1), call(book, tmp_path / "three", "--processes", 3)
    assert one.exit_code == three.exit_code == 3, three.output
    assert tree(tmp_path / "one") == tree(tmp_path / "three")


def test_killed_for_good_and_run_again_it_ends_with_the_same_files(tmp_path: Path) -> None:
    many = [replace(loan, id=f"{loan.id}-{copy:03}") for copy in range(8) for loan in LOANS]
    book = written(tmp_path / "book.parquet", many, row_group_size=30)
    whole, out = tmp_path / "whole", tmp_path / "out"
    call(book, whole, "--processes", 1)
    killed = 0
    for wanted in (3, 9):
        command = [
            sys.executable,
            "-c",
            "from goodstanding.cli import main; main()",
            *words(book, out, "--processes", 1),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            while run.poll() is None and len(list(out.glob("offers-*.parquet"))) < wanted:
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
        killed += run.returncode == -signal.SIGKILL
    assert killed == 2
    assert not (out / "manifest.json").exists()
    told = call(book, out, "--processes", 1)
    assert told.exit_code == 3, told.output
    assert " were done by an earlier run." in told.stdout
    assert tree(out) == tree(whole)
    assert "Nothing to do: an earlier run had done all of it." in call(book, out).stdout


def test_another_day_begins_anew_and_a_file_that_the_disk_lost_is_made_again(tmp_path: Path) -> None:
    book, out = written(tmp_path / "book.parquet", LOANS), tmp_path / "out"
    call(book, out, "--processes", 1)
    before = tree(out)
    (out / "payments-000001.parquet").write_bytes(b"")
    again = call(book, out, "--processes", 1, "--json")
    assert json.loads(again.stdout)["loans_kept"] == 40 + 10
    assert {k: v for k, v in tree(out).items() if k != "offers.jsonl"} == {
        k: v for k, v in before.items() if k != "offers.jsonl"
    }
    later = call(book, out, "--processes", 1, "--json", as_of="2026-12-20")
    assert json.loads(later.stdout)["loans_kept"] == 0
    assert tree(out) != before


@pytest.mark.parametrize("name", ["accounts.xlsx", "part-000000.parquet", "manifest.json", "loans-000000.parquet"])
def test_a_folder_that_holds_anything_else_is_left_as_it_is(name: str, tmp_path: Path) -> None:
    book, out = written(tmp_path / "book.parquet", LOANS[:9]), tmp_path / "out"
    out.mkdir()
    (out / name).write_bytes(b"not ours")
    told = call(book, out)
    assert told.exit_code == 1
    assert told.stderr == f"Stopped: {out} isn't a folder of offers, it holds {name}: name another one, or a new one.\n"
    assert tree(out) == {name: b"not ours"}


def test_offers_and_results_of_a_book_dont_share_a_folder(tmp_path: Path) -> None:
    book, out = written(tmp_path / "book.parquet", LOANS[:9]), tmp_path / "out"
    call(book, out, "--processes", 1)
    before = tree(out)
    given = ["--book", book, "--lender", LENDER, "--as-of", AS_OF, "--out", out]
    told = CliRunner().invoke(main, ["assess", *map(str, given)])
    assert told.exit_code == 1
    assert "isn't a folder of results" in told.stderr
    assert tree(out) == before


def test_a_book_in_which_nobody_is_overdue_and_an_empty_one(tmp_path: Path) -> None:
    good = imported(tmp_path, write_files(tmp_path / "files", [Row("L1", PAID_UP), Row("L2", PAID_UP)]))
    told = call(good, tmp_path / "out", as_of=DAY)
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(f"2 loans as of {DAY}: 0 overdue, 0.00 CNY to cure.\nNothing is overdue")
    empty = call(written(tmp_path / "empty.parquet", []), tmp_path / "empty")
    assert empty.exit_code == 0, empty.output
    assert empty.stdout.startswith("0 loans ")
    for out in (tmp_path / "out", tmp_path / "empty"):
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["overdue"], manifest["offers"], manifest["files"]["offers"]) == (0, 0, [])


def test_a_loan_under_a_plan_is_told_what_the_loan_alone_is_told(tmp_path: Path) -> None:
    plan = [payment_of("2026-12-05"), payment_of("2027-01-05", "539.71")]
    files = book_with(
        tmp_path, Row("L1", LATE_ONE), Row("L2", LATE_TWO), plans=[PLAN], plan_payments=plan, plan_changes=[PAUSE]
    )
    book = imported(tmp_path, files)
    told = call(book, tmp_path / "out", as_of=DAY)
    assert told.exit_code == 0, told.output
    found = ways_again(tables(tmp_path / "out"))
    for loan_id in ("L1", "L2"):
        one = _alone(loan_id, book)
        shown = {(each["kind"], each["months"], each["total"]) for each in one["offers"]}
        ways = found[loan_id]
        assert {(each.kind.value, each.months, decimal_text(each.total, "CNY")) for each in ways.offers} == shown
        assert [(no.kind.value, no.reason, no.rule) for no in ways.not_offered] == [
            (no["kind"], no["reason"], no["rule"]) for no in one["not_offered"]
        ]


def _alone(loan_id: str, book: Path) -> dict[str, Any]:
    given = ["offers", loan_id, "--book", str(book), "--lender", str(LENDER), "--as-of", DAY, "--json"]
    told = CliRunner().invoke(main, given)
    assert told.exit_code == 0, told.output
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_why_no_offer_fits_is_told(tmp_path: Path) -> None:
    book = imported(tmp_path, write_files(tmp_path / "files", [Row("L1", LATE_ONE), Row("L2", LATE_TWO)]))
    lender = tmp_path / "lender"
    lender.mkdir()
    for path in LENDER.rglob("*"):
        if path.is_file():
            target = lender / path.relative_to(LENDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    only = 'discount_rate = "0.12"\n[[measures]]\nkind = "extension"\nleast_overdue = 2\n'
    (lender / "ways_out.toml").write_text(only, encoding="utf-8")
    given = ["offers", "--book", book, "--lender", lender, "--as-of", DAY, "--out", tmp_path / "out"]
    told = CliRunner().invoke(main, [str(one) for one in given])
    assert told.exit_code == 0, told.output
    assert f"2 loans as of {DAY}: 2 overdue, " in told.stdout
    assert "1 of them have 1 offer, " in told.stdout
    assert (
        "Why one overdue loan has no offer:\n  1 × extension: It is granted from 2 overdue instalments on."
        in told.stdout
    )


def test_what_cant_be_meant_is_refused(tmp_path: Path) -> None:
    book = written(tmp_path / "book.parquet", LOANS[:3])
    cases = {
        (): "Nothing to offer for: name a LOAN, or a whole book with --book.",
        ("--book", book): "A whole book needs --out: a folder for the offers, a new one or one of an earlier run.",
        ("--book", book, "--out", "x", "--can-pay", "5/month"): "--can-pay is what one borrower said: name their LOAN.",
        (
            "L1",
            "--book",
            book,
            "--out",
            "x",
        ): "--out is for a whole book and L1 for one loan: leave one of the two out.",
    }
    for more, sentence in cases.items():
        told = CliRunner().invoke(main, ["offers", "--lender", str(LENDER), "--as-of", DAY, *map(str, more)])
        assert (told.exit_code, told.stderr.splitlines()[-1]) == (2, f"Error: {sentence}")


def test_the_sample_lender_grants_something_to_the_sample_book(tmp_path: Path) -> None:
    book = imported(tmp_path, ROOT / "samples/qinghe")
    given = ["offers", "--book", book, "--lender", ROOT / "lender", "--as-of", DAY, "--out", tmp_path / "out", "--json"]
    told = CliRunner().invoke(main, [str(one) for one in given])
    found = json.loads(told.stdout)
    assert (told.exit_code, found["set_aside"]) == (0, 0), told.output
    assert found["overdue"] > found["without_offer"]
