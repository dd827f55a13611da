"""Flat files into a kept engine: every cell read once, every row tied to its loan, ready to be taken slice by slice.

Loans, borrowers, contact points and the files of FACTS become tables. Instalments and transactions, which may be many and
in any order, are dealt out to one file per slice of loans, so that no sort and no table ever holds more than a slice. Rows
with an unreadable cell, and rows of a loan that nobody knows, are kept out of both and become findings.
"""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from goodstanding.book.cells import refused_sql, type_sql, value_sql
from goodstanding.book.commitment_files import COMMITMENT_NAMES
from goodstanding.book.commitments import commitments_of
from goodstanding.book.conduct_files import CONDUCT_NAMES
from goodstanding.book.flat_file import FlatFile
from goodstanding.book.records import Irregular
from goodstanding.book.rules import COMMITMENT_RULES, UNKNOWN_LOAN, WHOLE_FILE_RULES, Rule
from goodstanding.book.schema import DRAWDOWN, FLAT_FILES
from goodstanding.book.settings import BookSettings
from goodstanding.book.sources import Source, text_batches, text_schema
from goodstanding.core.money import exponent_of

SLICE_LOANS = 100_000
MEMORY_LIMIT = "300MB"
FACTS = ("pauses", "versions", "openings", "classifications", "parties")
"""Files that say something of some loans; each becomes a table of its name, with loan_no, in the order of loans."""
OF_PEOPLE = ("borrowers", "contact_points", *CONDUCT_NAMES)
"""Files whose rows belong to a person rather than to a loan."""
HARMLESS = ("contact_points", *CONDUCT_NAMES, *COMMITMENT_NAMES)
"""Files of which a bad row costs no loan: the way to reach somebody, whether one may, and what was agreed are other matters."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is in all."""

_IRREGULAR_ROWS = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("text", pa.string()),
        ("problem", pa.string()),
        ("fields", pa.int64()),
    ]
)
_TABLES = """
CREATE TABLE findings (file VARCHAR, row BIGINT, loan_no INTEGER, borrower_id VARCHAR, "column" VARCHAR, rule VARCHAR,
    found VARCHAR, expected VARCHAR);
CREATE TABLE irregular (file VARCHAR, row BIGINT, text VARCHAR, problem VARCHAR, fields BIGINT);
CREATE TABLE irregular_names (file VARCHAR, row BIGINT, name VARCHAR);
CREATE TABLE duplicates (file VARCHAR, row BIGINT, first_row BIGINT, loan_no INTEGER, id VARCHAR);
"""


def quiet(progress: str, done: int, total: int) -> None:
    """No progress is shown."""


@dataclass(slots=True)
class Intake:
    """The engine with what has been taken in. folder: for its files, gone afterwards.

    names_drawdowns: whether any instalment does, so that the book needs the field.
    """

    folder: Path
    settings: BookSettings
    sources: dict[str, Source]
    progress: Progress = quiet
    slice_loans: int = SLICE_LOANS
    rows_read: dict[str, int] = field(default_factory=dict)
    engine: duckdb.DuckDBPyConnection = field(init=False)
    schemas: dict[str, pa.Schema] = field(default_factory=dict)
    loan_count: int = 0
    names_drawdowns: bool = False

    def __post_init__(self) -> None:
        self.engine = duckdb.connect(
            str(self.folder / "intake.duckdb"),
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": 2,
                "temp_directory": str(self.folder / "spill"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
        self.engine.execute("SET enable_progress_bar = false")
        self.engine.execute(_TABLES)
        self.engine.execute(money_macro(self.settings.currency))
        self.engine.execute(f"CREATE MACRO currency_of_book() AS '{self.settings.currency}'")
        self.engine.execute(f"CREATE MACRO cut_off() AS DATE '{self.settings.cut_off}'")

    @property
    def slice_count(self) -> int:
        return -(-self.loan_count // self.slice_loans)

    def given(self, name: str) -> tuple[str, ...]:
        """The columns that a file has; of a file that isn't given, all, without rows."""
        source = self.sources.get(name)
        return FLAT_FILES[name].column_names if source is None else source.given

    def absent_sql(self, name: str) -> str:
        """The columns that a file lacks, as SQL to select beside those that it has."""
        lacking = (column for column in FLAT_FILES[name].columns if column.name not in self.given(name))
        return "".join(f', NULL::{type_sql(column)} AS "{column.name}"' for column in lacking)

    def number(self, query: str) -> int:
        return int(self.engine.execute(query).fetchall()[0][0])

    def close(self) -> None:
        """Give up the engine and its files."""
        self.engine.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def dealt(self, name: str, slice_no: int) -> Path:
        """The file that holds a slice's instalments or transactions; it may not be there."""
        return self.folder / f"{name}-{slice_no}.arrow"


def money_macro(currency: str) -> str:
    """The SQL macro that writes minor units as decimal text."""
    places = exponent_of(currency)
    if not places:
        return "CREATE MACRO money(minor) AS minor::VARCHAR"
    unit = 10**places
    return (
        f"CREATE MACRO money(minor) AS (minor::BIGINT // {unit})::VARCHAR || '.' ||"
        f" lpad((minor::BIGINT % {unit})::VARCHAR, {places}, '0')"
    )


def take_in(intake: Intake) -> None:
    """Read every file and judge what can be judged without going through each loan's own rows."""
    engine = intake.engine
    _table(intake, "loans")
    engine.execute("""
        CREATE TABLE loan_keys AS SELECT loan_id, (row_number() OVER (ORDER BY loan_id) - 1)::INTEGER AS loan_no
        FROM (SELECT DISTINCT loan_id FROM loans_read WHERE loan_id IS NOT NULL)""")
    engine.execute(
        "CREATE TABLE loans AS SELECT loan_no, loans_read.* FROM loans_read LEFT JOIN loan_keys USING (loan_id) ORDER BY row"
    )
    intake.loan_count = intake.number("SELECT count(*) FROM loan_keys")
    for name in OF_PEOPLE:
        _table(intake, name)
        engine.execute(f"ALTER TABLE {name}_read RENAME TO {name}")
    for name in (*FACTS, *COMMITMENT_NAMES):
        _table_of_facts(intake, name)
    for name in ("instalments", "transactions"):
        _deal(intake, name)
    for name in ("loans", *OF_PEOPLE, *FACTS, *COMMITMENT_NAMES):
        _find_refused(engine, FLAT_FILES[name], name)
    _find_irregular(engine)
    for rule in WHOLE_FILE_RULES:
        apply(engine, rule)
    _note_duplicate_borrowers(engine)
    _find_what_was_not_agreed(intake)
    engine.execute(f"""
        CREATE TABLE bad_loans AS SELECT DISTINCT loan_no FROM findings
        WHERE loan_no IS NOT NULL AND file NOT IN {HARMLESS}""")
    engine.execute(f"""
        CREATE TABLE bad_borrowers AS SELECT DISTINCT borrower_id FROM findings
        WHERE borrower_id IS NOT NULL AND file NOT IN {HARMLESS}""")
    engine.execute("""
        CREATE TABLE loans_of AS SELECT DISTINCT borrower_id, loan_id FROM loans
        WHERE loan_id IS NOT NULL AND borrower_id IN (SELECT borrower_id FROM findings)""")


def apply(engine: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Add what a rule finds to the findings."""
    engine.execute(
        f"INSERT INTO findings SELECT ?, row, loan_no, borrower_id, ?, ?, found, expected FROM ({rule.sql})",
        [rule.file, rule.column, rule.name],
    )


def _table(intake: Intake, name: str) -> None:
    """Read a file into the table NAME_read; one that isn't given is an empty table."""
    flat = FLAT_FILES[name]
    with _reading(intake, name) as reading:
        values = values_sql(flat, intake.settings.currency, intake.given(name))
        intake.engine.execute(f"CREATE TABLE {name}_read AS SELECT *{intake.absent_sql(name)} FROM ({values})")
        reading.settle()
    intake.rows_read[name] = intake.number(f"SELECT count(*) FROM {name}_read")


def _table_of_facts(intake: Intake, name: str) -> None:
    """Read a file of FACTS; rows of a loan that nobody knows become findings."""
    _table(intake, name)
    intake.engine.execute(f"""
        CREATE TABLE {name} AS SELECT loan_no, facts.* FROM {name}_read AS facts LEFT JOIN loan_keys USING (loan_id)
        ORDER BY loan_no, row""")
    intake.engine.execute(f"DROP TABLE {name}_read")
    intake.engine.execute(
        f"INSERT INTO findings SELECT ?, row, NULL, NULL, 'loan_id', ?, loan_id, 'a loan_id that loans has' FROM {name}"
        " WHERE loan_no IS NULL AND loan_id IS NOT NULL",
        [name, UNKNOWN_LOAN.name],
    )


def _deal(intake: Intake, name: str) -> None:
    """Read a file and deal its rows out to the slices of their loans; the rest become findings."""
    flat, engine, dealer = FLAT_FILES[name], intake.engine, _Dealer(intake, name)
    with _reading(intake, name) as reading:
        query = (
            "SELECT loan_no, v.* EXCLUDE (loan_id)"
            f" FROM ({values_sql(flat, intake.settings.currency, intake.given(name))}) v LEFT JOIN loan_keys USING (loan_id)"
        )
        try:
            batches = engine.sql(query).to_arrow_reader(200_000)
            intake.schemas[name] = batches.schema
            for batch in batches:
                dealer.take(batch)
        finally:
            dealer.close()
            reading.settle()
    intake.rows_read[name] = dealer.rows
    kept_out = dealer.kept_out_rows()
    if kept_out is not None:
        engine.register("kept_out", kept_out)
        _find_refused(engine, flat, "kept_out")
        engine.execute(
            "INSERT INTO findings SELECT ?, row, NULL, NULL, 'loan_id', ?, NULL, 'a loan_id that loans has'"
            " FROM kept_out WHERE loan_no IS NULL AND bad & 1 = 0",
            [name, UNKNOWN_LOAN.name],
        )
        engine.unregister("kept_out")


class _Dealer:
    """Deals batches out to files, one per slice; rows that are refused go to a file of their own."""

    def __init__(self, intake: Intake, name: str) -> None:
        self.intake, self.name, self.rows = intake, name, 0
        self.writers: dict[int, pa.ipc.RecordBatchFileWriter] = {}

    def take(self, batch: pa.RecordBatch) -> None:
        self.rows += len(batch)
        if DRAWDOWN in batch.schema.names and batch.column(DRAWDOWN).null_count < len(batch):
            self.intake.names_drawdowns = True
        loan_no = batch.column("loan_no").fill_null(-1).to_numpy()
        is_refused = (batch.column("bad").to_numpy() != 0) | (loan_no < 0)
        slices = np.where(is_refused, -1, loan_no // self.intake.slice_loans)
        order = np.argsort(slices, kind="stable")
        dealt, batch = slices[order], batch.take(pa.array(order))
        edges = [0, *(np.flatnonzero(np.diff(dealt)) + 1).tolist(), len(dealt)]
        for start, end in pairwise(edges):
            if end > start:
                self._writer(int(dealt[start]), batch.schema).write_batch(batch.slice(start, end - start))

    def _writer(self, slice_no: int, schema: pa.Schema) -> pa.ipc.RecordBatchFileWriter:
        if slice_no not in self.writers:
            self.writers[slice_no] = pa.ipc.new_file(self.intake.dealt(self.name, slice_no), schema)
        return self.writers[slice_no]

    def kept_out_rows(self) -> pa.Table | None:
        path = self.intake.dealt(self.name, -1)
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all() if path.exists() else None

    def close(self) -> None:
        for writer in self.writers.values():
            writer.close()


def values_sql(flat: FlatFile, currency: str, given: Sequence[str]) -> str:
    """Read the view `incoming` of texts: the given columns' values, and in `bad` one bit for each that is refused."""
    placed = [(place, column) for place, column in enumerate(flat.columns) if column.name in given]
    absent = "".join(f', NULL::VARCHAR AS "{name}"' for name in flat.column_names if name not in given)
    texts = ", ".join(f'"{name}"' for name in given)
    values = ", ".join(f'{value_sql(column, currency)} AS "v {column.name}"' for _, column in placed)
    named = ", ".join(f'"v {name}" AS "{name}"' for name in given)
    bits = " + ".join(
        f"CASE WHEN {refused_sql(column, _value(column.name))} THEN {1 << place} ELSE 0 END" for place, column in placed
    )
    return (
        f"SELECT row, {named}, ({bits})::INTEGER AS bad FROM (SELECT *, {values} FROM (SELECT *{absent} FROM incoming)"
        f" WHERE coalesce({texts}) IS NOT NULL)"
    )


def _value(name: str) -> str:
    return f'"v {name}"'


def _find_refused(engine: duckdb.DuckDBPyConnection, flat: FlatFile, table: str) -> None:
    """One finding for each refused cell; what to say of it is asked of `read_cell` when the row's text is at hand."""
    is_of_loan = flat.columns[0].name == "loan_id"
    whose = "loan_no, NULL" if is_of_loan else "NULL, borrower_id"
    bits = ", ".join(f"({1 << place}, '{column.name}')" for place, column in enumerate(flat.columns))
    engine.execute(
        f"INSERT INTO findings SELECT ?, row, {whose}, refused.name, 'cell', NULL, NULL"
        f" FROM (SELECT * FROM {table} WHERE bad <> 0), (VALUES {bits}) AS refused (bit, name) WHERE bad & bit <> 0",
        [flat.name],
    )


def _find_irregular(engine: duckdb.DuckDBPyConnection) -> None:
    """Findings for what isn't a row. Every loan and borrower that its text names is set aside with it."""
    engine.execute("""
        INSERT INTO irregular_names SELECT DISTINCT file, row, trim(name, ' "') AS name FROM
        (SELECT file, row, unnest(string_split_regex(text, '[,\\n]')) AS name FROM irregular)""")
    for table, key, columns in (
        ("loan_keys", "loan_id", "loan_no, NULL"),
        ("(SELECT DISTINCT borrower_id FROM borrowers)", "borrower_id", "NULL, borrower_id"),
    ):
        of = "NOT IN" if key == "loan_id" else "IN"
        engine.execute(f"""
            INSERT INTO findings SELECT file, row, {columns}, '', problem, fields::VARCHAR, NULL
            FROM irregular JOIN irregular_names USING (file, row) JOIN {table} ON name = {key}
            WHERE file {of} {OF_PEOPLE}""")
    engine.execute("""
        INSERT INTO findings SELECT file, row, NULL, NULL, '', problem, fields::VARCHAR, NULL
        FROM irregular ANTI JOIN (SELECT file, row FROM findings) USING (file, row)""")


def _find_what_was_not_agreed(intake: Intake) -> None:
    """Findings for promises and plans that can't be meant, of loans whose rows about them can all be read."""
    if not any(intake.rows_read[name] for name in COMMITMENT_NAMES):
        return
    named, found = {(rule.file, rule.column): rule.name for rule in COMMITMENT_RULES}, list[tuple[object, ...]]()
    for loan_no, rows in _by_loan(intake):
        _, wrong = commitments_of(rows, intake.settings.zone)
        for one in wrong:
            name = named[one.file, one.column]
            found.append((one.file, one.row, loan_no, one.column, name, one.found, one.expected))
    if found:
        intake.engine.executemany("INSERT INTO findings VALUES (?, ?, ?, NULL, ?, ?, ?, ?)", found)


def _by_loan(intake: Intake) -> Iterator[tuple[int, dict[str, list[dict[str, Any]]]]]:
    """The rows of promises and plans, loan by loan, of loans that have no finding in these files."""
    by_loan: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for name in COMMITMENT_NAMES:
        rows = intake.engine.sql(f"""
            SELECT * FROM {name} WHERE loan_no IS NOT NULL AND loan_no NOT IN
            (SELECT loan_no FROM findings WHERE loan_no IS NOT NULL AND file IN {COMMITMENT_NAMES}) ORDER BY loan_no, row""")
        for row in rows.to_arrow_table().to_pylist():
            empty: dict[str, list[dict[str, Any]]] = {one: [] for one in COMMITMENT_NAMES}
            by_loan.setdefault(row["loan_no"], empty)[name].append(row)
    yield from sorted(by_loan.items())


def _note_duplicate_borrowers(engine: duckdb.DuckDBPyConnection) -> None:
    """Rows that say the same borrower again count once."""
    engine.execute("""
        INSERT INTO duplicates SELECT 'borrowers', row, first_row, NULL, borrower_id FROM
        (SELECT row, borrower_id, min(row) OVER (PARTITION BY borrower_id) AS first_row FROM borrowers
        WHERE borrower_id IN (SELECT borrower_id FROM borrowers GROUP BY borrower_id HAVING count(*) > 1))
        WHERE row > first_row""")


class _reading:  # noqa: N801 - reads as a verb: with _reading(intake, "loans") as reading
    """A file as the engine's view `incoming`. Its rows are asked for from the engine's own threads."""

    def __init__(self, intake: Intake, name: str) -> None:
        self.intake, self.name = intake, name
        self.failure: Exception | None = None
        self.kept: pa.ipc.RecordBatchFileWriter | None = None
        self.path = intake.folder / f"irregular-{name}.arrow"

    def __enter__(self) -> "_reading":
        schema = text_schema(self.intake.given(self.name))
        self.intake.engine.register("incoming", pa.RecordBatchReader.from_batches(schema, self._batches()))
        return self

    def _batches(self) -> Iterator[pa.RecordBatch]:
        source = self.intake.sources.get(self.name)
        if source is None:
            return
        try:
            yield from text_batches(source, irregular=self._keep, read=self._tell)
        except Exception as failure:
            self.failure = failure
            raise

    def _tell(self, bytes_read: int) -> None:
        self.intake.progress(f"reading {self.name}", bytes_read, self.intake.sources[self.name].facts.size)

    def _keep(self, irregular: Iterable[Irregular]) -> None:
        if self.kept is None:
            self.kept = pa.ipc.new_file(self.path, _IRREGULAR_ROWS)
        rows = [(self.name, one.row, one.text, one.problem, one.fields) for one in irregular]
        columns = [
            pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), _IRREGULAR_ROWS.types, strict=True)
        ]
        self.kept.write_batch(pa.RecordBatch.from_arrays(columns, schema=_IRREGULAR_ROWS))

    def settle(self) -> None:
        """After the last row: put what isn't a row into the engine."""
        self.intake.engine.unregister("incoming")
        if self.kept is not None:
            self.kept.close()
            self.intake.engine.register("kept", pa.ipc.open_file(pa.memory_map(str(self.path))).read_all())
            self.intake.engine.execute("INSERT INTO irregular SELECT * FROM kept")
            self.intake.engine.unregister("kept")
            self.kept = None

    def __exit__(self, kind: object, wrong: BaseException | None, trace: object) -> None:
        if self.failure is not None:
            raise self.failure from None
