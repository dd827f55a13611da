"""Quarantine: every row that was kept out, where it stands, what is wrong, what was expected and what to do.

`findings` turns what the rules found into sentences; what to say of a refused cell is asked of `read_cell`, with the
row's own text beside it. The CSV files open in a spreadsheet: UTF-8 with a mark, and no cell is taken for a formula.
"""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from goodstanding.book.cells import CellProblem, read_cell
from goodstanding.book.intake import Intake
from goodstanding.book.rules import (
    INSTALMENT_DIFFERS,
    IRREGULAR,
    SLICE_RULES,
    UNKNOWN_LOAN,
    WHOLE_FILE_RULES,
)
from goodstanding.book.schema import FLAT_FILES, Cell
from goodstanding.book.sources import raw_rows
from goodstanding.core.party import masked_id_number

_RULES = {(rule.file, rule.name, rule.column): rule for rule in (*WHOLE_FILE_RULES, *SLICE_RULES, INSTALMENT_DIFFERS)}
_RAW_ROWS = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("text", pa.string()),
        ("cells", pa.map_(pa.string(), pa.string())),
    ]
)
_ORDER = "list_position(['" + "','".join(FLAT_FILES) + "'], file)"
_FINDINGS = f"""
    WITH named AS (
        SELECT f.*, coalesce(k.loan_id, b.loan_id, '') AS loan_id FROM findings f LEFT JOIN loan_keys k USING (loan_no)
        LEFT JOIN (SELECT borrower_id, string_agg(DISTINCT loan_id, ' ' ORDER BY loan_id) AS loan_id FROM loans
            WHERE borrower_id IN (SELECT borrower_id FROM findings) GROUP BY ALL) b ON f.borrower_id = b.borrower_id)
    SELECT file, row, string_agg(DISTINCT loan_id, ' ' ORDER BY loan_id) AS loan_id, "column", rule, found, expected,
        coalesce(any_value(raw_rows.text), any_value(irregular.text)) AS text, any_value(cells) AS cells
    FROM named LEFT JOIN raw_rows USING (file, row) LEFT JOIN irregular USING (file, row)
    GROUP BY file, row, "column", rule, found, expected
    ORDER BY {_ORDER}, row, "column", rule, found"""
_SET_ASIDE = f"""
    SELECT loan_id, count(*) AS reasons, arg_min(file, {_ORDER} * 10000000000 + row) AS file,
        min({_ORDER} * 10000000000 + row) % 10000000000 AS row
    FROM (SELECT DISTINCT loan_id, file, row, "column", rule FROM (
        SELECT loan_id, f.* FROM findings f JOIN loan_keys USING (loan_no)
        UNION ALL BY NAME
        SELECT loan_id, f.* FROM findings f JOIN (SELECT DISTINCT loan_id, borrower_id FROM loans
            WHERE loan_id IS NOT NULL) USING (borrower_id)))
    GROUP BY loan_id ORDER BY loan_id"""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
_KEEP_FOR_RAW = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one row. row: as a spreadsheet shows it; the header is row 1. raw_row: the row's own text."""

    file: str
    row: int
    loan_id: str
    column: str
    rule: str
    found: str
    expected: str
    what_to_do: str
    raw_row: str

    @property
    def sentence(self) -> str:
        where = f"{self.file}, row {self.row}" + (f", {self.column}" if self.column else "")
        found = f'"{self.found}"' if self.found else "nothing"
        return f"{where}: found {found}, expected {self.expected}. {self.what_to_do}"


@dataclass(frozen=True, slots=True)
class LoanSetAside:
    """A loan that isn't in the book. reasons: how many findings; first_place: where the first of them stands."""

    loan_id: str
    reasons: int
    first_place: str


def gather_raw_rows(intake: Intake) -> None:
    """Read once more the rows that have findings, for their own text."""
    engine = intake.engine
    engine.execute("CREATE TABLE raw_rows (file VARCHAR, row BIGINT, text VARCHAR, cells MAP(VARCHAR, VARCHAR))")
    for name, source in intake.sources.items():
        wanted = engine.execute(
            "SELECT DISTINCT row FROM findings ANTI JOIN irregular USING (file, row) WHERE file = ? ORDER BY row",
            [name],
        ).fetchnumpy()["row"]
        kept: list[tuple[str, int, str, dict[str, str]]] = []
        for one in raw_rows(source, np.asarray(wanted, np.int64)) if len(wanted) else ():
            kept.append((name, one.row, one.text, one.cells))
            if len(kept) == _KEEP_FOR_RAW:
                _add_raw(intake, kept)
                kept = []
        _add_raw(intake, kept)


def _add_raw(intake: Intake, rows: list[tuple[str, int, str, dict[str, str]]]) -> None:
    if rows:
        texts = [
            pa.array(values, kind)
            for values, kind in zip(zip(*[r[:3] for r in rows], strict=True), _RAW_ROWS.types, strict=False)
        ]
        cells = pa.array([list(row[3].items()) for row in rows], _RAW_ROWS.field("cells").type)
        intake.engine.register("raw_batch", pa.Table.from_arrays([*texts, cells], schema=_RAW_ROWS))
        intake.engine.execute("INSERT INTO raw_rows SELECT * FROM raw_batch")
        intake.engine.unregister("raw_batch")


def findings(intake: Intake) -> Iterator[Finding]:
    """Yield every finding in the order of the files and their rows. `gather_raw_rows` goes before."""
    rows = intake.engine.cursor().execute(_FINDINGS)
    while batch := rows.fetchmany(_KEEP_FOR_RAW):
        for row in batch:
            yield _finding(intake, *row)


def _finding(
    intake: Intake,
    file: str,
    row: int,
    loan_id: str,
    column: str,
    rule: str,
    found: str | None,
    expected: str | None,
    text: str | None,
    cells: dict[str, str] | None,
) -> Finding:
    name = intake.sources[file].path.name
    cells = cells or {}
    if rule == "cell":
        problem = _problem(intake, file, column, cells)
        said = cells.get(column, "")
        if FLAT_FILES[file].column(column).cell is Cell.RESIDENT_ID:
            said = masked_id_number(said)
        said_by = (column, problem.rule, said, problem.expected, problem.what_to_do)
    elif rule in IRREGULAR:
        said_by = ("", rule, *_of_irregular(intake, file, rule, found or ""), IRREGULAR[rule].what_to_do)
    elif rule == UNKNOWN_LOAN.name:
        said_by = (column, rule, found or cells.get(column, ""), expected or "", UNKNOWN_LOAN.what_to_do)
    else:
        said_by = (column, rule, found or "", expected or "", _RULES[file, rule, column].what_to_do)
    return Finding(name, row, loan_id or cells.get("loan_id", ""), *said_by, text or "")


def _problem(intake: Intake, file: str, column: str, cells: dict[str, str]) -> CellProblem:
    judged = read_cell(
        FLAT_FILES[file].column(column), cells.get(column), intake.settings.currency, cells.get("country")
    )
    if isinstance(judged, CellProblem):
        return judged
    return CellProblem("unreadable", "a value that is read the same each time", "Write the cell again by hand.")


def _of_irregular(intake: Intake, file: str, rule: str, fields_found: str) -> tuple[str, str]:
    source = intake.sources[file]
    match rule:
        case "fields":
            return f"{fields_found} fields", f"{len(source.header)} fields, as in the header"
        case "quote":
            return "a quotation mark that isn't closed, or text after one", "quotation marks around a whole field"
        case "line_break":
            return "a line break inside a cell", "a line break in addresses only, as it may hide other rows"
        case _:
            return f"bytes that aren't {source.facts.encoding.upper()}", f"text in {source.facts.encoding.upper()}"


def set_aside(intake: Intake) -> Iterator[LoanSetAside]:
    rows = intake.engine.cursor().execute(_SET_ASIDE)
    while batch := rows.fetchmany(_KEEP_FOR_RAW):
        for loan_id, reasons, file, row in batch:
            yield LoanSetAside(loan_id, reasons, f"{intake.sources[file].path.name}, row {row}")


def write_csv(path: Path, kind: type, rows: Iterable[Any]) -> None:
    """Write dataclasses of a kind as a spreadsheet file."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(kind)])
        for row in rows:
            writer.writerow(safe_cells(astuple(row)))


def safe_cells(values: Sequence[object]) -> list[object]:
    """Lead text that a spreadsheet would run as a formula with an apostrophe.

    >>> safe_cells(["=1+1", "-5.00", 3])
    ["'=1+1", '-5.00', 3]
    """
    return [f"'{value}" if _would_run(value) else value for value in values]


def _would_run(value: object) -> bool:
    return (
        isinstance(value, str)
        and value.lstrip(" \u3000").startswith(_FORMULA_STARTS)
        and not _NEGATIVE_NUMBER.fullmatch(value)
    )
