"""Quarantine: every row that was kept out, where it stands, what is wrong, what was expected and what to do.

`findings` turns what the rules found into sentences; what to say of a refused cell is asked of `read_cell`, with the
row's own text beside it. The CSV files open in a spreadsheet: UTF-8 with a mark, and no cell is taken for a formula.
"""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from goodstanding.book.cells import CellProblem, read_cell
from goodstanding.book.flat_file import Cell
from goodstanding.book.intake import HARMLESS, Intake
from goodstanding.book.records import Places
from goodstanding.book.rules import (
    COMMITMENT_RULES,
    INSTALMENT_DIFFERS,
    IRREGULAR,
    SLICE_RULES,
    TERMS_CONTRADICT,
    TERMS_RULES,
    UNKNOWN_LOAN,
    WHOLE_FILE_RULES,
)
from goodstanding.book.schema import FLAT_FILES
from goodstanding.book.sources import RawRow, raw_rows
from goodstanding.core.party import masked_id_number

_RULES = {
    (rule.file, rule.name, rule.column): rule
    for rule in (
        *WHOLE_FILE_RULES,
        *COMMITMENT_RULES,
        *TERMS_RULES,
        *SLICE_RULES,
        INSTALMENT_DIFFERS,
        TERMS_CONTRADICT,
    )
}
_FINDINGS = """
    WITH found AS (SELECT * FROM findings WHERE file = $file AND row BETWEEN $first AND $last)
    SELECT row, coalesce(string_agg(DISTINCT loan_id, ' ' ORDER BY loan_id), '') AS loan_id, "column", rule, found, expected,
        any_value(text) AS text
    FROM (
        SELECT row, loan_id, "column", rule, found, expected, NULL AS text FROM found LEFT JOIN loans_of USING (borrower_id)
            WHERE rule NOT IN (SELECT DISTINCT problem FROM irregular)
        UNION ALL
        SELECT row, coalesce(loan_keys.loan_id, loans_of.loan_id), "column", rule, found, expected, text
            FROM found JOIN irregular USING (file, row) LEFT JOIN loan_keys USING (loan_no)
            LEFT JOIN loans_of ON loans_of.borrower_id = found.borrower_id WHERE rule = problem)
    GROUP BY row, "column", rule, found, expected ORDER BY row, "column", rule, found"""
_COMMONEST = """
    SELECT file, "column", rule, count(*) AS times, min(row) AS row FROM findings GROUP BY ALL
    ORDER BY times DESC, file, row LIMIT 1"""
_PLACE = "(list_position(['" + "','".join(FLAT_FILES) + "'], file) * 10000000000 + row)"
_SET_ASIDE = f"""
    SELECT any_value(loan_id) AS loan_id, count(*) AS reasons, arg_min(file, {_PLACE}) AS file, min({_PLACE}) % 10000000000 AS row
    FROM (SELECT loan_no, file, row FROM findings WHERE file NOT IN {HARMLESS}
        UNION ALL SELECT own.loan_no, f.file, f.row FROM findings f
            JOIN (SELECT DISTINCT loan_no, borrower_id FROM loans WHERE loan_no >= $first AND loan_no < $after) AS own
            USING (borrower_id) WHERE f.file NOT IN {HARMLESS})
    JOIN loan_keys USING (loan_no) WHERE loan_no >= $first AND loan_no < $after GROUP BY loan_no ORDER BY loan_no"""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
_ROWS_AT_A_TIME = 25_000


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


def findings(intake: Intake) -> Iterator[Finding]:
    """Yield every finding in the order of the files and their rows, a stretch of rows in memory at a time."""
    for name in intake.sources:
        wanted = intake.engine.execute(
            "SELECT DISTINCT row FROM findings WHERE file = ? ORDER BY row", [name]
        ).fetchnumpy()["row"]
        yield from _findings_of(intake, name, np.asarray(wanted, np.int64))


def commonest(intake: Intake) -> tuple[Finding, int]:
    """The first of the findings that there are most of, and how many they are."""
    file, column, rule, times, row = intake.engine.execute(_COMMONEST).fetchall()[0]
    of_row = _findings_of(intake, file, np.array([row], np.int64))
    return next(one for one in of_row if one.column == column and (rule == "cell" or one.rule == rule)), times


def _findings_of(intake: Intake, name: str, wanted: Places) -> Iterator[Finding]:
    """The findings of the wanted rows (sorted) of a file, with the rows' own text, read once more."""
    raw = raw_rows(intake.sources[name], wanted)
    for start in range(0, len(wanted), _ROWS_AT_A_TIME):
        stretch = wanted[start : start + _ROWS_AT_A_TIME].tolist()
        said = intake.engine.execute(_FINDINGS, {"file": name, "first": stretch[0], "last": stretch[-1]}).fetchall()
        of_irregular = {row for row, *_, text in said if text is not None}
        texts = {one.row: one for one in islice(raw, len(set(stretch) - of_irregular))}
        for row, loan_id, column, rule, found, expected, text in said:
            written = texts.get(row) or RawRow(row, text or "", {})
            yield _finding(intake, name, written, loan_id, column, rule, found, expected)


def _finding(
    intake: Intake,
    file: str,
    written: RawRow,
    loan_id: str,
    column: str,
    rule: str,
    found: str | None,
    expected: str | None,
) -> Finding:
    cells = written.cells
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
    name = intake.sources[file].path.name
    return Finding(name, written.row, loan_id or cells.get("loan_id", ""), *said_by, written.text)


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
    """Yield the loans that are kept out, in the order of their ids."""
    for first in range(0, intake.loan_count, intake.slice_loans):
        rows = intake.engine.execute(_SET_ASIDE, {"first": first, "after": first + intake.slice_loans}).fetchall()
        for loan_id, reasons, file, row in rows:
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
