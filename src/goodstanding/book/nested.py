"""The nested book: a slice of loans as one row each, written as Parquet whose bytes depend on nothing but the loans."""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.book.intake import Intake
from goodstanding.book.schema import DRAWDOWN, OPENING_AMOUNTS, nested_with

_LOANS = """
    SELECT loan_no, loan_id, borrower_id, product, currency_of_book() AS currency,
        coalesce(principal, bills) AS principal, coalesce(annual_rate, rate_per_day) AS annual_rate_ppm,
        coalesce(day_count, 'act/365') AS day_count, disbursed_on,
        lender_days_past_due, lender_balance
    FROM L JOIN kept USING (loan_no)
    LEFT JOIN (SELECT loan_no, sum(principal)::BIGINT AS bills FROM I GROUP BY ALL) USING (loan_no) ORDER BY loan_no"""
_INSTALMENT = "due_on, principal, interest, coalesce(fee, 0) AS fee, minimum_payment AS minimum, drawdown"
_OF_ONE_DAY = f"coalesce({DRAWDOWN}, '')"
_SCHEDULE = (
    f"SELECT loan_no, {_INSTALMENT} FROM I SEMI JOIN kept USING (loan_no) ORDER BY loan_no, due_on, {_OF_ONE_DAY}"
)
_HISTORY = """
    SELECT T.loan_no, T.transaction_id AS id, T.kind, T.amount, T.effective_on, T.booked_on,
        NULL::INTEGER AS reverses, T.component, T.instalment, T.row, undone.row AS undone_row
    FROM T SEMI JOIN kept USING (loan_no) LEFT JOIN T AS undone
    ON undone.loan_no = T.loan_no AND undone.transaction_id = T.reverses
    ORDER BY T.loan_no, T.effective_on, T.kind, T.booked_on, T.transaction_id"""
_PAUSES = """
    SELECT loan_no, from_on, until_on, coalesce(stops_penalty, true) AS stops_penalty,
        coalesce(stops_fees, true) AS stops_fees
    FROM pauses SEMI JOIN kept USING (loan_no) ORDER BY loan_no, from_on, until_on, row"""

_OPENINGS = f"""
    SELECT loan_no, O.row IS NULL AS is_absent, coalesce(opened_on, DATE '1970-01-01') AS "on",
        {", ".join(f"coalesce({name}, 0) AS {name}" for name in OPENING_AMOUNTS)}, overdue_since, period_from
    FROM kept LEFT JOIN O USING (loan_no) ORDER BY loan_no"""
_VERSIONS = """
    SELECT loan_no, (row_number() OVER (ORDER BY loan_no, from_on) - 1)::INTEGER AS place, from_on, takes_over
    FROM V SEMI JOIN kept USING (loan_no) ORDER BY loan_no, from_on"""
_THEIR_SCHEDULES = f"""
    SELECT place AS loan_no, {_INSTALMENT} FROM J JOIN ({_VERSIONS}) AS every
    ON every.loan_no = J.loan_no AND every.from_on = J.counts_from ORDER BY place, due_on, {_OF_ONE_DAY}"""
_CLASSIFICATIONS = """
    SELECT loan_no, category, from_on, until_on, reason
    FROM classifications SEMI JOIN kept USING (loan_no) ORDER BY loan_no, from_on"""

_REPEATING = ("product", "currency", "day_count", "language", "country", "kind", "category", DRAWDOWN)

Numbers = npt.NDArray[np.int64]


def schema_for(intake: Intake) -> pa.Schema:
    """The schema of the book that is to be written: columns that would say nothing are left out of it."""
    files = {"openings": "opening", "versions": "versions", "classifications": "classified_as"}
    needed = [
        field
        for file, field in files.items()
        if intake.number(f"SELECT count(*) FROM {file} WHERE loan_no IS NOT NULL")
    ]
    return nested_with([*needed, DRAWDOWN] if intake.names_drawdowns else needed)


def nested_slice(engine: duckdb.DuckDBPyConnection, schema: pa.Schema) -> pa.Table:
    """Nest the loans listed in `kept`, from the slice's tables as judged and those of pauses and classifications."""
    loans = engine.sql(_LOANS).to_arrow_table()
    loan_no = loans["loan_no"].to_numpy().astype(np.int64)

    def rows(query: str) -> pa.Table:
        return engine.sql(query).to_arrow_table()

    def column(field: pa.Field) -> pa.Array:
        match field.name:
            case "schedule":
                return _listed(rows(_SCHEDULE), field.type, loan_no)
            case "transactions":
                return _listed(_with_positions(rows(_HISTORY), loan_no), field.type, loan_no)
            case "pauses":
                return _listed(rows(_PAUSES), field.type, loan_no)
            case "opening":
                return _openings(rows(_OPENINGS), field.type)
            case "versions":
                return _versions(rows(_VERSIONS), rows(_THEIR_SCHEDULES), field.type, loan_no)
            case "classified_as":
                return _null_where_empty(_listed(rows(_CLASSIFICATIONS), field.type, loan_no))
            case _:
                return _flat(loans[field.name], field.type)

    return pa.Table.from_arrays([column(field) for field in schema], schema=schema)


def _openings(rows: pa.Table, struct: pa.StructType) -> pa.Array:
    """A struct for each loan; null where it has no opening."""
    return _structs(rows, struct, mask=_flat(rows["is_absent"], pa.bool_()))


def _versions(rows: pa.Table, parts: pa.Table, kind: pa.ListType, loan_no: Numbers) -> pa.Array:
    """Lists of versions, each with its list of instalments; null where there are none."""
    schedule = kind.value_type.field("schedule").type
    schedules = _listed(parts, schedule, rows["place"].to_numpy().astype(np.int64))
    return _null_where_empty(_listed(rows.append_column("schedule", schedules), kind, loan_no))


def _listed(rows: pa.Table, kind: pa.ListType, loan_no: Numbers) -> pa.Array:
    """Cut rows that lie in the order of their loans into one list per loan."""
    of = rows["loan_no"].to_numpy()
    offsets = np.append(np.searchsorted(of, loan_no, side="left"), len(of)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), _structs(rows, kind.value_type), type=kind)


def _structs(rows: pa.Table, struct: pa.StructType, mask: pa.Array | None = None) -> pa.StructArray:
    children = [_flat(rows[field.name], field.type) for field in struct]
    return pa.StructArray.from_arrays(children, fields=list(struct), mask=mask)


def _null_where_empty(lists: pa.ListArray) -> pa.ListArray:
    """Lists of which the empty ones are null: a row group without any then says so, and isn't read."""
    is_empty = pc.equal(pc.list_value_length(lists), 0)
    return pa.ListArray.from_arrays(lists.offsets, lists.values, type=lists.type, mask=is_empty)


def _flat(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    whole = column.cast(kind).combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _with_positions(history: pa.Table, loan_no: Numbers) -> pa.Table:
    """Say what a reversal reverses by its place in the loan's list."""
    undone = history["undone_row"].to_numpy()
    is_reversal = ~np.isnan(undone.astype(np.float64))
    rows = history["row"].to_numpy()
    by_row = np.argsort(rows)
    places = by_row[np.searchsorted(rows[by_row], undone[is_reversal].astype(np.int64))]
    of = history["loan_no"].to_numpy()
    positions = np.zeros(len(rows), np.int32)
    positions[is_reversal] = places - np.searchsorted(of, of[is_reversal], side="left")
    column = pa.array(positions, pa.int32(), mask=~is_reversal)
    return history.set_column(history.schema.get_field_index("reverses"), "reverses", column)


class NestedWriter:
    """Writes slices as row groups; integers by byte streams, which zstd packs best and all readers read exactly."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.loans = 0
        self._writer = pq.ParquetWriter(path, schema, **parquet_options(schema))

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            self.loans += table.num_rows
            self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self._writer.close()


def parquet_options(schema: pa.Schema) -> dict[str, object]:
    """zstd; integers and days split by bytes; texts that repeat by dictionary."""
    leaves = [leaf for field in schema for leaf in _leaves(field, field.name)]
    split = [name for name, kind in leaves if not (pa.types.is_string(kind) or pa.types.is_boolean(kind))]
    repeating = [name for name, kind in leaves if pa.types.is_string(kind) and name.split(".")[-1] in _REPEATING]
    return {
        "compression": "zstd",
        "use_dictionary": repeating,
        "column_encoding": dict.fromkeys(split, "BYTE_STREAM_SPLIT"),
        "store_schema": True,
    }


def _leaves(field: pa.Field, path: str) -> list[tuple[str, pa.DataType]]:
    if pa.types.is_list(field.type):
        return _leaves(field.type.value_field, f"{path}.list.element")
    if pa.types.is_struct(field.type):
        children: Sequence[pa.Field] = [field.type.field(place) for place in range(field.type.num_fields)]
        return [leaf for child in children for leaf in _leaves(child, f"{path}.{child.name}")]
    return [(path, field.type)]
