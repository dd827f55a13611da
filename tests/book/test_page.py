"""The page about the book says what the code reads and writes: every column, no more and no less."""

import csv
import re
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from goodstanding.book.commands import book
from goodstanding.book.convert import check_files
from goodstanding.book.flat_file import Cell, Column, FlatFile
from goodstanding.book.mapping import read_names
from goodstanding.book.schema import (
    COMPONENT_CODES,
    DRAWDOWN,
    FLAT_FILES,
    KIND_CODES,
    OPTIONAL,
    nested_with,
)
from tests.book.files import LOAN, sound, write_files

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "reference/book.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "guides/import.md").read_text(encoding="utf-8")
TYPES = {
    Cell.TEXT: "text",
    Cell.AMOUNT: "amount",
    Cell.RATE: "rate a year",
    Cell.DAILY_RATE: "rate a day",
    Cell.DAY: "day",
    Cell.COUNT: "whole number",
    Cell.FLAG: "true or false",
    Cell.CURRENCY: "currency",
    Cell.COUNTRY: "country",
    Cell.RESIDENT_ID: "identity number",
    Cell.INSTANT: "instant",
    Cell.TIME: "time",
    Cell.REGION: "region",
    Cell.ZONE: "time zone",
}


def section(title: str) -> str:
    found = re.search(rf"^###? {re.escape(title)}\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"the page has no section {title}"
    return found.group(1)


def table(text: str) -> list[tuple[str, ...]]:
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines() if line.startswith("|")
    ]
    return rows[2:]


def said_of(column: Column) -> tuple[str, ...]:
    listed = ", ".join(f"`{choice}`" for choice in column.choices)
    some = "some" if column.cell is Cell.CHOICES else "one"
    kind = f"{some} of {listed}" if column.choices else TYPES[column.cell]
    return (f"`{column.name}`", kind, "yes" if column.required else "", column.about, f"`{column.example}`")


@pytest.mark.parametrize("flat", FLAT_FILES.values(), ids=lambda flat: flat.name)
def test_the_page_has_every_column_of_a_flat_file(flat: FlatFile) -> None:
    assert table(section(flat.name)) == [said_of(column) for column in flat.columns]


def test_the_page_has_every_field_of_the_nested_book() -> None:
    whole = nested_with((DRAWDOWN, *OPTIONAL))
    assert [row[:2] for row in table(section("book.parquet"))] == [row for field in whole for row in _rows(field, "")]


def _rows(field: pa.Field, of: str) -> list[tuple[str, str]]:
    """A field and those in it; a version's schedule is said to have the same as the schedule."""
    kind, name = field.type, f"{of}{field.name}"
    said = [(f"`{name}`", _type(field))]
    if pa.types.is_list(kind) and name != "versions[].schedule":
        return said + [row for child in kind.value_type for row in _rows(child, f"{name}[].")]
    if pa.types.is_struct(kind):
        return said + [row for child in kind for row in _rows(child, f"{name}.")]
    return said


def _type(field: pa.Field) -> str:
    kind = next((word for word in ("list", "struct") if str(field.type).startswith(word)), str(field.type))
    return kind + (", may be null" if field.nullable else "")


def test_the_pages_example_of_a_changed_schedule_is_one_that_works(tmp_path: Path) -> None:
    versions, instalments = (
        list(csv.DictReader(text.splitlines()))
        for text in re.findall(r"```csv\n(.*?)```", section("versions"), re.DOTALL)
    )
    row = LOAN | {"loan_id": "L-1001", "principal": "3000.00"}
    files = sound() | {"loans": [row], "instalments": instalments, "versions": versions, "transactions": []}
    report = check_files(write_files(tmp_path, files))
    assert (report.findings, report.summary.loans_in_book) == ((), 1)


def test_the_page_has_the_codes() -> None:
    codes = [*KIND_CODES.items(), *COMPONENT_CODES.items()]
    assert table(section("Codes")) == [(f"`{name}`", str(code)) for name, code in codes]


def test_the_guides_mapping_is_one_that_works(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(\[files\]\n.*?)```", GUIDE, re.DOTALL)
    assert found
    (tmp_path / "names.toml").write_text(found.group(1), encoding="utf-8")
    assert read_names(tmp_path / "names.toml").columns["loans"]["合同号"] == "loan_id"


def test_the_guides_worked_example_is_what_the_command_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.search(r"^\$ goodstanding book (import .*?)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    assert shown
    (tmp_path / "samples").symlink_to(DOCS.parent / "samples")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(book, shown.group(1).split())
    assert done.stdout == shown.group(2)
    with (tmp_path / "book/quarantine.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [tuple(row[key] for key in _SHOWN) for row in csv.DictReader(file)]
    told = [row for row in table(GUIDE) if len(row) == len(_SHOWN) and row[1].isdigit()]
    assert len(told) == 3
    assert set(told) <= set(found)


_SHOWN = ("file", "row", "loan_id", "column", "found", "expected", "what_to_do")
