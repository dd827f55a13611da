"""What stops an import: one clear sentence each, and nothing is changed."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goodstanding.book import convert
from goodstanding.book.convert import import_files
from goodstanding.book.errors import BookError
from goodstanding.book.read import open_book
from tests.book.files import sound, told, write_files


def refusal(source: Path | list[Path], target: Path, mapping: Path | None = None) -> str:
    with pytest.raises(BookError) as stopped:
        import_files(source, target, mapping=mapping)
    return str(stopped.value)


def test_an_empty_folder_is_told_which_files_were_expected(tmp_path: Path) -> None:
    (tmp_path / "flat").mkdir()
    assert refusal(tmp_path / "flat", tmp_path / "book") == (
        f"{tmp_path / 'flat'} holds none of the files of a book: expected book.toml and loans.csv, transactions.csv,"
        " borrowers.csv, contact_points.csv, instalments.csv (or .parquet)."
    )


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere", tmp_path / "book") == (
        f"{tmp_path / 'nowhere'} doesn't exist: name the folder that holds the lender's files."
    )


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (write_files(tmp_path / "flat", sound()) / "transactions.csv").unlink()
    assert "has no transactions.csv (or .parquet)" in refusal(tmp_path / "flat", tmp_path / "book")


def test_no_instalments_and_no_terms_is_named(tmp_path: Path) -> None:
    (write_files(tmp_path / "flat", sound()) / "instalments.csv").unlink()
    assert "has no instalments.csv, and loans.csv has no terms" in refusal(tmp_path / "flat", tmp_path / "book")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "has no book.toml: write one with lender, cut_off, currency, zone"),
        ('lender = "x"\ncurrency = "USD"\n', "book.toml has no cut_off, zone: it says lender, cut_off, currency, zone."),
        ("lender = ", "book.toml isn't TOML in UTF-8"),
        ('lender = "x"\ncut_off = "23/11/2026"\ncurrency = "USD"\nzone = "UTC"', 'book.toml: cut_off "23/11/2026" isn\'t a date'),
        ('lender = "x"\ncut_off = 2026-11-23\ncurrency = "RMB"\nzone = "UTC"', 'book.toml: currency "RMB" isn\'t a currency we know'),
        ('lender = "x"\ncut_off = 2026-11-23\ncurrency = "USD"\nzone = "Mars"', 'book.toml: zone "Mars" isn\'t one we know'),
        ('lender = 7\ncut_off = 2026-11-23\ncurrency = "USD"\nzone = "UTC"', "book.toml: lender is 7; write a text in quotation marks"),
        ('format = 9\nlender = "x"\ncut_off = 2026-11-23\ncurrency = "USD"\nzone = "UTC"', "book.toml: format is 9; this version reads format 1"),
    ],
)  # fmt: skip
def test_a_book_toml_that_lacks_something_is_named(tmp_path: Path, text: str | None, said: str) -> None:
    path = write_files(tmp_path / "flat", sound()) / "book.toml"
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert said in refusal(tmp_path / "flat", tmp_path / "book")


def test_a_column_that_is_missing_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = write_files(tmp_path / "flat", sound()) / "loans.csv"
    path.write_text(path.read_text().replace("disbursed_on", "disbursedon").replace("annual_rate", "rate"))
    assert refusal(tmp_path / "flat", tmp_path / "book") == (
        'loans.csv has no column "disbursed_on" (nearest: "disbursedon"), "annual_rate" (nearest: "rate").'
        " Rename the column, or name the lender's own in a mapping file."
    )


@pytest.mark.parametrize(
    ("name", "column", "theirs"),
    [
        ("loans", "principal", "principle"),
        ("instalments", "principal", "Principle"),
        ("instalments", "fee", "fees"),
        ("openings", "penalty", "penality"),
    ],
)
def test_money_in_a_misspelt_column_is_not_left_out(tmp_path: Path, name: str, column: str, theirs: str) -> None:
    """Loans may do without a principal, and openings without any amount: left out, they would ask for too little."""
    path = write_files(tmp_path / "flat", told()) / f"{name}.csv"
    path.write_text(path.read_text().replace(f",{column}", f",{theirs}", 1))
    assert refusal(tmp_path / "flat", tmp_path / "book") == (
        f'{name}.csv has no column "{column}" (nearest: "{theirs.lower()}").'
        " Rename the column, or name the lender's own in a mapping file."
    )


@pytest.mark.parametrize(
    ("name", "header", "column", "theirs"),
    [
        ("consents", "borrower_id,what,given_at,withdrawn", "withdrawn_at", "withdrawn"),
        ("holds", "borrower_id,kind,began_at,loan_ids", "loan_id", "loan_ids"),
        ("preferences", "borrower_id,wish,received_at,Channel", "channels", "channel"),
    ],
)
def test_a_misspelt_column_on_how_people_may_be_approached_is_not_left_out(
    tmp_path: Path, name: str, header: str, column: str, theirs: str
) -> None:
    """A withdrawal that isn't read would leave the consent standing."""
    path = write_files(tmp_path / "flat", sound()) / f"{name}.csv"
    path.write_text(f"{header}\n")
    assert refusal(tmp_path / "flat", tmp_path / "book") == (
        f'{name}.csv has no column "{column}" (nearest: "{theirs}").'
        " Rename the column, or name the lender's own in a mapping file."
    )


def test_a_very_long_cell_is_set_aside_like_any_other(tmp_path: Path) -> None:
    write_files(tmp_path / "flat", sound() | {"holds": [{"borrower_id": "B1", "kind": "x" * 140_000, "began_at": ""}]})
    summary = import_files(tmp_path / "flat", tmp_path / "book")
    assert summary.findings["unknown_kind"] == 1


def test_a_file_without_a_header_is_named(tmp_path: Path) -> None:
    (write_files(tmp_path / "flat", sound()) / "loans.csv").write_text("")
    assert "loans.csv is empty: expected a first row with the columns loan_id," in refusal(
        tmp_path / "flat", tmp_path / "book"
    )


def test_a_file_without_loans_is_named(tmp_path: Path) -> None:
    write_files(tmp_path / "flat", sound() | {"loans": []})
    assert refusal(tmp_path / "flat", tmp_path / "book") == "loans.csv has no rows: there is nothing to import."


def test_two_columns_for_one_are_named(tmp_path: Path) -> None:
    path = write_files(tmp_path / "flat", sound()) / "loans.csv"
    path.write_text(path.read_text().replace("product", "Loan_ID"))
    assert (
        refusal(tmp_path / "flat", tmp_path / "book")
        == 'loans.csv has two columns for loan_id ("loan_id", "Loan_ID"): keep one.'
    )


@pytest.mark.parametrize(
    ("name", "meant"), [("hold.csv", "holds"), ("Preference.csv", "preferences"), ("consent.parquet", "consents")]
)
def test_a_misnamed_file_is_not_passed_over(name: str, meant: str, tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    (source / name).write_text("borrower_id\n")
    assert f"isn't a file of a book, and there is no {meant}.csv: call it {meant}" in refusal(source, tmp_path / "book")


def test_a_file_of_another_name_beside_a_book_is_no_hindrance(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    (source / "holds.csv").write_text("borrower_id,kind,began_at\n")
    for name in ("hold.csv", "notes.csv", "README.txt"):
        (source / name).write_text("borrower_id\n")
    import_files(source, tmp_path / "book")


def test_two_files_for_one_are_named(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    (source / "LOANS.CSV").write_bytes((source / "loans.csv").read_bytes())
    assert refusal(source, tmp_path / "book") == "Both LOANS.CSV and loans.csv hold loans: keep one of them."


@pytest.mark.parametrize(
    ("name", "column", "array", "said"),
    [
        ("transactions", "amount", pa.array([103.0]), 'transactions.parquet, column "amount", holds floats (double)'),
        ("loans", "annual_rate", pa.array([0.12, 0.12], pa.float32()), 'loans.parquet, column "annual_rate", holds floats (float)'),
        ("loans", "product", pa.array([[1], [2]]), 'loans.parquet, column "product", is of type list<'),
    ],
)  # fmt: skip
def test_floats_and_nests_in_parquet_are_refused(
    tmp_path: Path, name: str, column: str, array: pa.Array, said: str
) -> None:
    source = write_files(tmp_path / "flat", sound())
    (source / f"{name}.csv").unlink()
    rows = sound()[name]
    table = pa.table({key: [row[key] for row in rows] for key in rows[0]})
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, array), source / f"{name}.parquet")
    assert said in refusal(source, tmp_path / "book")


def test_a_parquet_file_that_is_none_is_named(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    (source / "loans.csv").rename(source / "loans.parquet")
    assert refusal(source, tmp_path / "book") == "loans.parquet isn't a Parquet file, whatever its name says."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[loans]\n"合同号" = "loan_no"',
            'names.toml, [loans]: "合同号" is mapped to "loan_no"; expected one of loan_id,',
        ),
        ('[loan]\n"合同号" = "loan_id"', "names.toml: [loan] isn't a table of ours; expected [files], [loans],"),
        ('loans = "x"', "names.toml: loans is 'x'; write a table such as [loans]."),
        ("[loans", "names.toml isn't TOML in UTF-8"),
    ],
)
def test_a_mapping_that_names_nothing_of_ours_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "names.toml").write_text(text, encoding="utf-8")
    assert said in refusal(write_files(tmp_path / "flat", sound()), tmp_path / "book", tmp_path / "names.toml")


def test_a_mapping_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    assert "names.toml can't be read: No such file" in refusal(source, tmp_path / "book", tmp_path / "names.toml")


def test_a_book_of_which_no_loan_is_left_stops_and_leaves_the_old_one(tmp_path: Path) -> None:
    import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
    before = (tmp_path / "book/book.parquet").read_bytes()
    write_files(
        tmp_path / "flat", sound() | {"loans": [row | {"currency": "USD"} for row in sound()["loans"]]}, currency="CNY"
    )
    assert refusal(tmp_path / "flat", tmp_path / "book") == (
        "None of the 2 loans can be imported, so nothing was written. The commonest reason, in 2 places: loans.csv, row 2,"
        ' currency: found "USD", expected CNY, the book\'s currency. Keep loans in USD in a book of their own, whose book.toml'
        " says so. `goodstanding book check` lists them all."
    )
    assert (tmp_path / "book/book.parquet").read_bytes() == before


# The target


def test_a_target_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    (tmp_path / "home").mkdir()
    (tmp_path / "home/thesis.txt").write_text("ten years of work")
    assert refusal(source, tmp_path / "home") == (
        f"{tmp_path / 'home'} holds thesis.txt, which isn't part of a book: name a new folder with --out."
    )
    assert (tmp_path / "home/thesis.txt").read_text() == "ten years of work"


def test_the_lenders_own_folder_is_no_target(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    before = sorted(source.iterdir())
    assert str(source) in refusal(source, source)
    assert sorted(source.iterdir()) == before


def test_a_file_is_no_target(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    (tmp_path / "file").write_text("")
    assert refusal(source, tmp_path / "file") == f"{tmp_path / 'file'} is a file: name a folder with --out."
    assert "can't be written" in refusal(source, tmp_path / "file" / "book")


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    """Root may write to a shut folder, but not to a system's own; both ways the sentence names the folder."""
    source = write_files(tmp_path / "flat", sound())
    (tmp_path / "shut").mkdir(mode=0o500)
    shut = Path("/proc/book") if os.geteuid() == 0 else tmp_path / "shut/book"
    assert re.match(f"{shut} can't be written: .*Choose another folder with --out.", refusal(source, shut))


@pytest.mark.parametrize("step", ["write_csv", "NestedWriter", "take_in"])
@pytest.mark.parametrize(
    "full",
    [
        lambda: OSError(errno.ENOSPC, "No space left on device"),
        lambda: pa.ArrowException("[Errno 28] Error writing bytes to file. Detail: No space left on device"),
        lambda: duckdb.IOException("Could not write file: No space left on device"),
    ],
    ids=["system", "arrow", "engine"],
)
def test_a_full_disk_is_named_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, full: Callable[[], Exception]
) -> None:
    def meets_the_end(*given: object) -> None:
        raise full()

    source = write_files(tmp_path / "flat", sound())
    monkeypatch.setattr(convert, step, meets_the_end)
    assert refusal(source, tmp_path / "books/book") == (
        f"The disk that holds {tmp_path / 'books'} is full: free some space and start again; nothing was changed."
    )
    assert list((tmp_path / "books").iterdir()) == []


# Opening


def test_flat_files_are_not_a_book_yet(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    with pytest.raises(BookError, match="holds flat files: make a book of them first"):
        open_book(source)


def test_a_folder_that_is_no_book_is_named(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"isn't an imported book: it has no book\.parquet"):
        open_book(tmp_path)
    with pytest.raises(BookError, match="isn't a folder"):
        open_book(tmp_path / "nowhere")


def test_an_imported_book_is_not_imported_again(tmp_path: Path) -> None:
    import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
    assert "is a book that was imported already" in refusal(tmp_path / "book", tmp_path / "other")
