"""`goodstanding assess --book`: a whole book into a folder of results, told in words, taken up again, never over a stranger's files."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from goodstanding.batch.nesting import nest
from goodstanding.cli import main
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.loan import Loan
from goodstanding.core.money import decimal_text
from goodstanding.day.files import alone_in
from goodstanding.day.lender import read_lender
from tests.batch.test_columns import AS_OF, some_loans
from tests.batch.test_local import flat_tables
from tests.day.books import LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, lender_warned_of, tree

LOANS = [
    replace(loan, product="cn_instalment", opening=None, versions=(), classified_as=()) for loan in some_loans(120)
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "book.parquet", LOANS)


def written(path: Path, loans: Sequence[Loan], row_group_size: int = 25) -> Path:
    pq.write_table(pa.Table.from_batches([nest(loans)]), path, row_group_size=row_group_size)
    return path


def words(book: Path, out: Path, *more: object, lender: Path = LENDER) -> list[str]:
    said = ("assess", "--book", book, "--lender", lender, "--as-of", AS_OF, "--out", out, *more)
    return [str(word) for word in said]


def call(book: Path, out: Path, *more: object, lender: Path = LENDER) -> Result:
    return CliRunner().invoke(main, words(book, out, *more, lender=lender))


def stopped(told: Result) -> str:
    assert told.exit_code == 1, told.output
    *_, sentence = told.stderr.splitlines()
    return sentence.removeprefix("Stopped: ")


def misused(*said: object) -> str:
    told = CliRunner().invoke(main, ["assess", "--as-of", str(AS_OF), *map(str, said)])
    assert told.exit_code == 2, told.output
    return told.stderr.splitlines()[-1].removeprefix("Error: ")


def results(out: Path) -> list[dict[str, object]]:
    files = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    return pa.concat_tables([pq.read_table(out / name) for name in files]).to_pylist()


def test_a_book_comes_to_what_the_reference_says_of_each_loan(book: Path, tmp_path: Path) -> None:
    told = call(book, tmp_path / "out", "--json")
    found, policy = json.loads(told.stdout), read_lender(LENDER).policies["cn_instalment"]
    expected = {}
    for loan in LOANS:
        try:
            expected[loan.id] = assess(loan, policy, as_of=AS_OF)
        except CannotAssess:
            continue
    rows = results(tmp_path / "out")
    assert {row["loan_id"]: row["payoff"] for row in rows} == {name: one.payoff for name, one in expected.items()}
    assert (told.exit_code, told.stderr) == (3, "")
    assert (found["loans"], found["assessed"], found["files"]) == (120, len(expected), 5)
    assert found["in_arrears"] == sum(one.amount_to_cure > 0 for one in expected.values())
    for one in found["by_bucket"]:
        of_bucket = [other for other in expected.values() if other.bucket == one["bucket"]]
        to_cure = sum(other.amount_to_cure for other in of_bucket)
        assert (one["loans"], one["amount_to_cure"]) == (len(of_bucket), decimal_text(to_cure, "CNY"))
    assert [one["bucket"] for one in found["by_bucket"]] == [policy.buckets.base, *policy.buckets.names]
    assert sum(one["loans"] for one in found["reasons"]) == found["set_aside"] == 120 - len(expected)


def test_a_book_is_told_in_words(book: Path, tmp_path: Path) -> None:
    told = call(book, tmp_path / "out")
    assert told.stderr == "Assessing loans …\n"
    lines = told.stdout.splitlines()
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert lines[0].startswith(f"120 loans as of {AS_OF}: ") and lines[0].endswith(" CNY to cure.")
    aside = lines.index(f"{manifest['set_aside']} loans set aside, each with its reason in quarantine.parquet:")
    assert " × transactions: a refund returns more than was ever paid (such as L" in lines[aside + 1]
    assert f"Checksum {manifest['checksum']}, whatever the order of the loans." in lines
    assert lines[-1] == f"The results are the 5 files that manifest.json in {tmp_path}/out lists."


def test_a_policy_that_does_what_hardly_anyone_means_is_warned_of(book: Path, tmp_path: Path) -> None:
    told = call(book, tmp_path / "out", lender=lender_warned_of(tmp_path / "lender"))
    begun, warning = told.stderr.splitlines()
    assert begun == "Assessing loans …"
    assert warning.startswith(
        "Note: Policy cn_instalment: Who pays the first instalment 4 days late, the others on time"
    )


def test_a_row_for_each_instalment_is_written_when_asked_for(book: Path, tmp_path: Path) -> None:
    found = json.loads(call(book, tmp_path / "out", "--instalments", "--json").stdout)
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    files = [tmp_path / "out" / name for name in manifest["instalment_files"]]
    of_loan = (
        pa.concat_tables([pq.read_table(path) for path in files]).group_by("loan_id").aggregate([([], "count_all")])
    )
    assert sum(of_loan["count_all"].to_pylist()) == found["instalments"]
    schedules = {loan.id: len(loan.schedule) for loan in LOANS}
    assert {row["loan_id"]: row["count_all"] for row in of_loan.to_pylist()} == {
        row["loan_id"]: schedules[str(row["loan_id"])] for row in results(tmp_path / "out")
    }
    said = call(book, tmp_path / "words", "--instalments").stdout
    assert f"\nBeside them: {found['instalments']} instalments, {found['drawdowns']} drawdowns.\n" in said
    assert "instalments" not in json.loads(call(book, tmp_path / "plain", "--json").stdout)


def test_an_imported_book_comes_to_what_the_days_job_says(tmp_path: Path) -> None:
    rows = [Row("L-GOOD", PAID_UP), Row("L-ONE", LATE_ONE), Row("L-TWO", LATE_TWO)]
    files, book, day = write_files(tmp_path / "files", rows), tmp_path / "book", "2026-11-23"
    imported = CliRunner().invoke(main, ["book", "import", str(files), "--out", str(book)])
    assert imported.exit_code == 0, imported.output
    asked = ["--book", book, "--lender", LENDER, "--as-of", day, "--json", "--out"]
    told = CliRunner().invoke(main, ["assess", *map(str, asked), str(tmp_path / "out")])
    of_day = CliRunner().invoke(main, ["run", "--limit-letters", "0", *map(str, asked), str(tmp_path / "day")])
    found, kept = json.loads(told.stdout), json.loads(of_day.stdout)
    assert (told.exit_code, of_day.exit_code, found["set_aside"]) == (0, 0, 0)
    assert (found["loans"], found["in_arrears"], found["amount_to_cure"]) == (
        kept["counts"]["loans"],
        kept["counts"]["in_arrears"],
        kept["amount_to_cure"],
    )


def test_flat_tables_sorted_by_loan_come_to_the_same(tmp_path: Path) -> None:
    every = [replace(loan, product="cn_instalment") for loan in some_loans(120)]
    call(written(tmp_path / "every.parquet", every), tmp_path / "nested")
    folder = tmp_path / "flat"
    folder.mkdir()
    for name, table in flat_tables(texts=True).items():
        if name == "loans":
            place = table.schema.get_field_index("product")
            table = table.set_column(place, "product", pa.array(["cn_instalment"] * table.num_rows))
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=40)
    assert call(folder, tmp_path / "flat_results").exit_code == 3
    assert results(tmp_path / "flat_results") == results(tmp_path / "nested")


def test_what_was_believed_on_an_earlier_day_is_told(book: Path, tmp_path: Path) -> None:
    known = str(LOANS[0].disbursed_on)
    call(book, tmp_path / "now")
    told = call(book, tmp_path / "then", "--known-on", known)
    assert told.stdout.startswith(f"120 loans as of {AS_OF}, of what was booked by {known}: ")
    assert results(tmp_path / "now") != results(tmp_path / "then")


def test_the_same_again_has_nothing_to_do_and_another_day_replaces_it(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call(book, out)
    before = tree(out)
    again = call(book, out)
    assert "Nothing to do: an earlier run had done all of it." in again.stdout
    assert tree(out) == before
    written(book, LOANS[:60])
    call(book, out)
    assert [name for name in tree(out) if name.startswith("part-")] == [
        f"part-{place:06}.parquet" for place in range(3)
    ]
    assert {row["loan_id"] for row in results(out)} <= {loan.id for loan in LOANS[:60]}


def test_killed_for_good_and_run_again_it_ends_with_the_same_files(tmp_path: Path) -> None:
    many = [replace(loan, id=f"{loan.id}-{copy:03}") for copy in range(60) for loan in LOANS]
    book = written(tmp_path / "book.parquet", many, row_group_size=60)
    whole, out = tmp_path / "whole", tmp_path / "out"
    call(book, whole)
    killed = 0
    for _ in range(20):
        command = [sys.executable, "-c", "from goodstanding.cli import main; main()", *words(book, out, "--threads", 1)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            while run.poll() is None and len(list(out.glob("part-*.parquet"))) < 20 * (killed + 1):
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
        if run.returncode != -signal.SIGKILL:
            break
        killed += 1
    assert killed >= 2
    told = call(book, out)
    assert told.exit_code == 3, told.output
    assert {k: v for k, v in tree(out).items() if k != "parts.jsonl"} == {
        k: v for k, v in tree(whole).items() if k != "parts.jsonl"
    }


def test_a_part_that_the_disk_lost_is_written_again(book: Path, tmp_path: Path) -> None:
    call(book, tmp_path / "out")
    whole = tree(tmp_path / "out")
    (tmp_path / "out/part-000002.parquet").write_bytes(b"")
    (tmp_path / "out/part-000003.parquet").unlink()
    told = call(book, tmp_path / "out", "--json")
    assert json.loads(told.stdout)["loans_kept"] == 25 + 25 + 20
    assert {name: tree(tmp_path / "out")[name] for name in whole if name != "parts.jsonl"} == {
        name: content for name, content in whole.items() if name != "parts.jsonl"
    }


@pytest.mark.parametrize("name", ["accounts.xlsx", "part-00000-1f3c.snappy.parquet", "part-000000.parquet"])
def test_a_folder_that_holds_anything_else_is_left_as_it_is(name: str, book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_bytes(b"not ours")
    assert stopped(call(book, out)) == (
        f"{out} isn't a folder of results, it holds {name}: name another one, or a new one."
    )
    assert {child.name: child.read_bytes() for child in out.iterdir()} == {name: b"not ours"}


def test_what_lies_beside_the_results_stays(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call(book, out)
    (out / "part-notes.txt").write_text("mine", encoding="utf-8")
    call(written(tmp_path / "other.parquet", LOANS[:30]), out)
    assert (out / "part-notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_in_which_another_run_is_at_work_is_left_to_it(book: Path, tmp_path: Path) -> None:
    with alone_in(tmp_path / "out"):
        assert stopped(call(book, tmp_path / "out")) == (
            f"Another run (process {os.getpid()}) is writing to {tmp_path}/out: "
            "wait until it has ended, or choose another --out."
        )


def test_a_book_of_another_currency_is_refused(tmp_path: Path) -> None:
    foreign = written(tmp_path / "book.parquet", [replace(loan, currency="USD") for loan in LOANS])
    assert stopped(call(foreign, tmp_path / "out")) == (
        f"The book {foreign} is in USD, but the lender in {LENDER} works in CNY: give the book the --lender folder that "
        "it belongs to."
    )
    assert not (tmp_path / "out").exists()


def test_one_loan_of_another_currency_is_set_aside(tmp_path: Path) -> None:
    mixed = written(tmp_path / "book.parquet", [replace(LOANS[1], currency="USD"), *LOANS[2:9]])
    told = call(mixed, tmp_path / "out", "--json")
    assert {"column": "currency", "loans": 1, "such_as": "L001"}.items() <= {
        key: value
        for one in json.loads(told.stdout)["reasons"]
        for key, value in one.items()
        if one["such_as"] == "L001"
    }.items()


def test_a_policy_beyond_the_engine_stops_it_with_its_name(book: Path, tmp_path: Path) -> None:
    shutil.copytree(LENDER, tmp_path / "lender")
    path = tmp_path / "lender/products/cn_instalment.toml"
    text = path.read_text(encoding="utf-8")
    assert "penalty_multiple" in text
    lines = ['penalty_multiple = "1.2345678"' if "penalty_multiple =" in one else one for one in text.splitlines()]
    path.write_text("\n".join(lines), encoding="utf-8")
    said = stopped(call(book, tmp_path / "out", lender=tmp_path / "lender"))
    assert said.startswith(
        f"{tmp_path}/lender has a policy that a whole book can't be assessed by: policy cn_instalment: "
    )
    assert "isn't exact in parts per million" in said


def test_a_loan_and_a_book_are_not_asked_for_at_once(tmp_path: Path) -> None:
    assert misused("loan.json", "--book", "book") == (
        "--book is for a whole book and loan.json for one loan: leave one of the two out."
    )
    assert misused("loan.json", "--threads", 2).startswith("--threads is for a whole book")
    assert misused() == "Nothing to assess: name a LOAN.json, or a whole book with --book."
    assert misused("--book", "book").startswith("--book needs --out: a folder for the results")
    assert misused(tmp_path) == f"{tmp_path} is a folder: a whole book is named with --book {tmp_path} --out FOLDER."


def test_options_of_the_other_engine_are_refused() -> None:
    of_book = ("--book", "book", "--out", "out")
    assert misused(*of_book, "--engine", "spark", "--threads", 2) == (
        "--threads is for the local engine: how many work at once on Spark, its master says."
    )
    assert misused(*of_book, "--master", "local[2]") == "--master is for Spark: add --engine spark, or leave it out."
    assert misused(*of_book, "--conf", "spark.x=1") == "--conf is for Spark: add --engine spark, or leave it out."
    for wrong in ("memory=1g", "spark.driver.memory"):
        assert misused(*of_book, "--engine", "spark", "--conf", wrong) == (
            f"--conf: \"{wrong}\" isn't a setting of Spark's: we expect spark.NAME=VALUE."
        )


def test_without_spark_its_engine_says_how_to_get_it_and_writes_nothing(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert stopped(call(book, tmp_path / "out", "--engine", "spark", "--master", "local[2]")) == (
        "Spark isn't installed: pip install 'goodstanding[spark]'. On one machine it isn't needed: leave --engine spark"
        " out."
    )
    assert not (tmp_path / "out").exists()


def test_a_torn_row_group_is_named(book: Path, tmp_path: Path) -> None:
    at = pq.read_metadata(book).row_group(2).column(0).data_page_offset
    torn = bytearray(book.read_bytes())
    torn[at : at + 200] = b"\xff" * 200
    book.write_bytes(bytes(torn))
    assert stopped(call(book, tmp_path / "out")).startswith(f"{book}, row group 2 can't be read as Parquet: ")


def test_what_is_no_book_is_told_with_what_to_do(book: Path, tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        return stopped(call(path, tmp_path / "out"))

    assert refused(tmp_path / "none").startswith(f"{tmp_path}/none isn't there: name an imported book")
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty").startswith(f"{tmp_path}/empty holds no book")
    files = write_files(tmp_path / "files", [Row("L-ONE", LATE_ONE)])
    assert f"holds CSV files: make a book of them with `goodstanding book import {files} --out BOOK`" in refused(files)
    pq.write_table(pa.table({"loan_id": ["L1"], "principal": ["12.00"]}), tmp_path / "empty/loans.parquet")
    assert "isn't a flat table of whole minor units, it has no product, currency, annual_rate_ppm" in refused(
        tmp_path / "empty"
    )
    (tmp_path / "text.parquet").write_text("loan_id,principal\n", encoding="utf-8")
    assert f"{tmp_path}/text.parquet can't be read as Parquet: " in refused(tmp_path / "text.parquet")
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(book.read_bytes()[:-30])
    assert "torn.parquet can't be read as Parquet" in refused(torn)
    assert not (tmp_path / "out").exists()
