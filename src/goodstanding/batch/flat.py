"""Flat tables sorted by loan id, as batches of the nested book: offsets are searched for, nothing is sorted or regrouped.

loans: a row per loan; instalments, transactions, pauses: rows of loans in the same order, each with its loan_id. Columns
are those of the nested book (book/schema.py); `kind` and `component` may be texts, `reverses` is a transaction's id.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.batch.columns import BatchRefused, exactly
from goodstanding.book.schema import COMPONENT_CODES, HISTORY, KIND_CODES, NESTED, PAUSED, SCHEDULE

Places = npt.NDArray[np.int64]

_CHILDREN = {"schedule": SCHEDULE, "transactions": HISTORY, "pauses": PAUSED}
NEEDED_OF = {
    "loans": "loan_id product currency principal annual_rate_ppm day_count disbursed_on".split(),
    "instalments": "loan_id due_on principal interest".split(),
    "transactions": "loan_id kind amount effective_on".split(),
    "pauses": "loan_id from_on until_on".split(),
}
"""The columns that each table must have; the others of the nested book may be left out."""
_CODES: dict[str, Mapping[Any, int]] = {"kind": KIND_CODES, "component": COMPONENT_CODES}


def nest_flat(
    loans: pa.Table, instalments: pa.Table, transactions: pa.Table | None = None, pauses: pa.Table | None = None
) -> pa.RecordBatch:
    """Join flat tables into one batch; BatchRefused when they aren't sorted alike or name a loan that isn't there."""
    ids = _whole(loans["loan_id"])
    columns, fields = [], []
    for name in loans.column_names:
        if name in NESTED.names:
            columns.append(_whole(loans[name]))
            fields.append(pa.field(name, columns[-1].type))
    for name, column, table in (
        ("instalments", "schedule", instalments),
        ("transactions", "transactions", transactions),
        ("pauses", "pauses", pauses),
    ):
        struct = _CHILDREN[column]
        rows = struct_of(name, table, struct) if table is not None else pa.array([], struct)
        offsets = (
            _offsets(name, _whole(table["loan_id"]), ids) if table is not None else np.zeros(len(ids) + 1, np.int64)
        )
        columns.append(pa.LargeListArray.from_arrays(pa.array(offsets), rows))
        fields.append(pa.field(column, columns[-1].type))
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _offsets(name: str, of: pa.Array, ids: pa.Array) -> Places:
    """Where the rows of each loan begin. Only where one loan's rows end and another's begin are ids looked up."""
    begins = np.zeros(0, np.int64)
    if len(of):
        differs = pc.not_equal(of.slice(1), of.slice(0, len(of) - 1)).to_numpy(zero_copy_only=False)
        begins = np.append(0, np.flatnonzero(differs) + 1).astype(np.int64)
    loans = pc.index_in(of.take(pa.array(begins)), value_set=ids)
    if loans.null_count:
        unknown = of[int(begins[loans.is_null().to_numpy(zero_copy_only=False)][0])]
        raise BatchRefused(
            f'{name} has rows of loan "{unknown}", which loans has not, or not in its place: sort both by loan_id'
        )
    places = loans.to_numpy()
    if (np.diff(places) <= 0).any():
        at = int(begins[1:][np.diff(places) <= 0][0])
        raise BatchRefused(f'{name}, row {at + 1}: loan "{of[at]}" isn\'t in the order of loans: sort both by loan_id')
    offsets = np.full(len(ids) + 1, len(of), np.int64)
    counted = np.searchsorted(places, np.arange(len(ids)))
    offsets[:-1] = np.append(begins, len(of))[counted]
    return offsets


def struct_of(name: str, table: pa.Table, struct: pa.StructType) -> pa.StructArray:
    """The rows of a flat table as the structs of the nested book; a column that may be missing is null."""
    fields = [struct.field(place) for place in range(struct.num_fields)]
    children = []
    for field in fields:
        if name == "transactions" and field.name == "reverses" and "reverses" in table.column_names:
            children.append(_reversed_places(table))
        elif field.name in table.column_names:
            children.append(_coded(name, _whole(table[field.name]), field))
        elif field.nullable or field.name in ("id", "fee"):
            children.append(_missing(field, table.num_rows))
        elif field.name == "booked_on":
            children.append(_exactly(name, _whole(table["effective_on"]), field))
        elif field.name in ("stops_penalty", "stops_fees"):
            children.append(pa.array(np.ones(table.num_rows, np.bool_)))
        else:
            raise BatchRefused(f'{name} has no column "{field.name}"')
    return pa.StructArray.from_arrays(children, fields=fields)


def _missing(field: pa.Field, count: int) -> pa.Array:
    if field.name == "fee":
        return pa.array(np.zeros(count, np.int64))
    return pa.array([""] * count, field.type) if field.name == "id" else pa.nulls(count, field.type)


def _exactly(name: str, column: pa.Array, field: pa.Field) -> pa.Array:
    try:
        return exactly(column, field.type)
    except BatchRefused:
        raise BatchRefused(f"{name}.{field.name} is {column.type}; expected {field.type}") from None


def _coded(name: str, column: pa.Array, field: pa.Field) -> pa.Array:
    codes = _CODES.get(field.name)
    if codes is None or pa.types.is_integer(column.type):
        if field.name == "fee" and column.null_count:
            column = column.fill_null(0)
        return _exactly(name, column, field)
    texts = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    places = pa.array([codes.get(text, len(codes) + 1) for text in texts.dictionary.to_pylist()], field.type)
    return places.take(texts.indices)


def _reversed_places(table: pa.Table) -> pa.Array:
    """The place within its loan of the transaction that each reversal or chargeback names; -1 when there is none."""
    named, ids, loans = _whole(table["reverses"]), _whole(table["id"]), _whole(table["loan_id"])
    places: list[int | None] = [None] * table.num_rows
    for row in np.flatnonzero(named.is_valid().to_numpy(zero_copy_only=False)).tolist():
        loan, wanted = loans[row], named[row].as_py()
        first = row
        while first > 0 and loans[first - 1] == loan:
            first -= 1
        at, places[row] = first, -1
        while at < len(ids) and loans[at] == loan:
            if ids[at].as_py() == wanted:
                places[row] = at - first
                break
            at += 1
    return pa.array(places, pa.int32())
