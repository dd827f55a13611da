"""The nested book: a slice of loans as one row each, written as Parquet whose bytes depend on nothing but the loans."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.book.schema import HISTORY, NESTED, PAUSED, SCHEDULE

_LOANS = """
    SELECT loan_no, loan_id, borrower_id, product, currency_of_book() AS currency,
        coalesce(principal, bills) AS principal, coalesce(annual_rate, rate_per_day) AS annual_rate_ppm,
        coalesce(day_count, 'act/365') AS day_count, disbursed_on,
        lender_days_past_due, lender_balance
    FROM L JOIN kept USING (loan_no)
    LEFT JOIN (SELECT loan_no, sum(principal)::BIGINT AS bills FROM I GROUP BY ALL) USING (loan_no) ORDER BY loan_no"""
_SCHEDULE = """
    SELECT loan_no, due_on, principal, interest, coalesce(fee, 0) AS fee, minimum_payment AS minimum
    FROM I SEMI JOIN kept USING (loan_no) ORDER BY loan_no, due_on"""
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

Numbers = npt.NDArray[np.int64]


def nested_slice(engine: duckdb.DuckDBPyConnection) -> pa.Table:
    """Nest the loans listed in `kept`, from the slice's tables L, I and T and the pauses."""
    loans = engine.sql(_LOANS).to_arrow_table()
    loan_no = loans["loan_no"].to_numpy().astype(np.int64)
    history = engine.sql(_HISTORY).to_arrow_table()
    columns = [_plain(loans, field) for field in NESTED if not pa.types.is_list(field.type)]
    lists = [
        _listed(engine.sql(_SCHEDULE).to_arrow_table(), SCHEDULE, loan_no),
        _listed(_with_positions(history, loan_no), HISTORY, loan_no),
        _listed(engine.sql(_PAUSES).to_arrow_table(), PAUSED, loan_no),
    ]
    return pa.Table.from_arrays([*columns, *lists], schema=NESTED)


def _plain(table: pa.Table, field: pa.Field) -> pa.Array:
    return table[field.name].cast(field.type).combine_chunks()


def _listed(rows: pa.Table, struct: pa.StructType, loan_no: Numbers) -> pa.Array:
    """Cut rows that lie in the order of their loans into one list per loan."""
    of = rows["loan_no"].to_numpy()
    offsets = np.append(np.searchsorted(of, loan_no, side="left"), len(of)).astype(np.int32)
    fields = [struct.field(place) for place in range(struct.num_fields)]
    children = [_flat(rows[field.name], field.type) for field in fields]
    values = pa.StructArray.from_arrays(children, fields=fields)
    return pa.ListArray.from_arrays(
        pa.array(offsets), values, type=pa.list_(pa.field("element", struct, nullable=False))
    )


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

    def __init__(self, path: Path) -> None:
        self.loans = 0
        self._writer = pq.ParquetWriter(path, NESTED, **parquet_options(NESTED))

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
    repeating = [
        name for name, _ in leaves if name in ("product", "currency", "day_count", "language", "country", "kind")
    ]
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
