"""Flat tables sorted by loan id, as batches of the nested book: offsets are searched for, nothing large is sorted or regrouped.

loans: a row per loan; instalments, transactions, pauses, versions, openings, classifications: rows of loans in the same
order, each with its loan_id. Columns are those of the nested book (book/schema.py); `kind` and `component` may be texts,
`reverses` is a transaction's id. Instalments of a changed schedule name its day in `counts_from`, as in the book's flat files.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.batch.columns import BatchRefused, exactly
from goodstanding.book.schema import (
    CLASSIFIED,
    COMPONENT_CODES,
    DRAWDOWN,
    HISTORY,
    KIND_CODES,
    NESTED,
    OPENING,
    OPENING_AMOUNTS,
    PAUSED,
    SCHEDULE,
    SCHEDULE_WITH_DRAWDOWNS,
    version_of,
)

Places = npt.NDArray[np.int64]

NEEDED_OF = {
    "loans": "loan_id product currency principal annual_rate_ppm day_count disbursed_on".split(),
    "instalments": "loan_id due_on principal interest".split(),
    "transactions": "loan_id kind amount effective_on".split(),
    "pauses": "loan_id from_on until_on".split(),
    "versions": "loan_id from_on".split(),
    "openings": "loan_id on".split(),
    "classifications": "loan_id category from_on".split(),
}
"""The columns that each table must have; the others of the nested book may be left out."""
_CODES: dict[str, Mapping[Any, int]] = {"kind": KIND_CODES, "component": COMPONENT_CODES}
_WHERE_EMPTY: dict[str, Mapping[str, Any]] = {
    "instalments": {"fee": 0},
    "transactions": {"id": ""},
    "pauses": {"stops_penalty": True, "stops_fees": True},
    "versions": {"takes_over": False},
    "openings": dict.fromkeys(OPENING_AMOUNTS, 0),
}
"""What a value is where a table doesn't say it, though the nested book has one in every row."""


def nest_flat(
    loans: pa.Table,
    instalments: pa.Table,
    transactions: pa.Table | None = None,
    pauses: pa.Table | None = None,
    versions: pa.Table | None = None,
    openings: pa.Table | None = None,
    classifications: pa.Table | None = None,
) -> pa.RecordBatch:
    """Join flat tables into one batch.

    BatchRefused when they aren't sorted alike, name a loan or a version that isn't there, or give one twice.
    """
    ids = _ids(loans)
    columns = {name: _whole(loans[name]) for name in loans.column_names if name in NESTED.names}
    first, changed = _by_schedule(instalments)
    schedule = SCHEDULE_WITH_DRAWDOWNS if DRAWDOWN in instalments.column_names else SCHEDULE
    columns["schedule"] = _lists("instalments", first, schedule, ids)
    columns["transactions"] = _lists("transactions", transactions, HISTORY, ids)
    columns["pauses"] = _lists("pauses", pauses, PAUSED, ids)
    if versions is not None or changed is not None:
        columns["versions"] = _versions(versions, changed, schedule, ids)
    if openings is not None:
        columns["opening"] = _openings(openings, ids)
    if classifications is not None:
        columns["classified_as"] = _lists("classifications", classifications, CLASSIFIED, ids)
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _lists(name: str, table: pa.Table | None, struct: pa.StructType, ids: pa.Array) -> pa.Array:
    """The rows of each loan as one list."""
    if table is None:
        none = pa.array(np.zeros(len(ids) + 1, np.int64))
        return pa.LargeListArray.from_arrays(none, pa.array([], struct))
    offsets = _offsets(name, _ids(table), ids)
    return pa.LargeListArray.from_arrays(pa.array(offsets), struct_of(name, table, struct))


def _by_schedule(instalments: pa.Table) -> tuple[pa.Table, pa.Table | None]:
    """The instalments of the loans' first schedules, and those of schedules that took another's place, if any."""
    if "counts_from" not in instalments.column_names or instalments["counts_from"].null_count == len(instalments):
        return instalments, None
    is_first = pc.is_null(instalments["counts_from"])
    return instalments.filter(is_first), instalments.filter(pc.invert(is_first))


def _openings(table: pa.Table, ids: pa.Array) -> pa.Array:
    """A struct for each loan; null where it has no opening."""
    offsets = _offsets("openings", _ids(table), ids)
    counted = np.diff(offsets)
    if (counted > 1).any():
        raise BatchRefused(f'openings has two rows of loan "{ids[int(np.argmax(counted > 1))]}"')
    rows = pa.array(offsets[:-1], mask=counted == 0)
    return struct_of("openings", table, OPENING).take(rows)


def _versions(versions: pa.Table | None, changed: pa.Table | None, schedule: pa.DataType, ids: pa.Array) -> pa.Array:
    """Lists of versions, each with its instalments, which are matched by loan and day."""
    if versions is None:
        raise BatchRefused("instalments count from days of their own, but there are no versions")
    offsets = _offsets("versions", _ids(versions), ids)
    keys = _keys("versions", versions, "from_on", offsets)
    by_key = np.argsort(keys, kind="stable")
    if (np.diff(keys[by_key]) == 0).any():
        at = int(by_key[np.argmax(np.diff(keys[by_key]) == 0)])
        raise BatchRefused(
            f'versions has two schedules of loan "{versions["loan_id"][at]}" from {versions["from_on"][at]}'
        )
    if changed is None:
        parts, inner = pa.array([], schedule), np.zeros(len(keys) + 1, np.int64)
    else:
        theirs = _offsets("instalments", _ids(changed), ids)
        wanted = _keys("instalments", changed, "counts_from", theirs)
        found = np.searchsorted(keys[by_key], wanted)
        is_unknown = np.append(keys[by_key], -1)[found] != wanted
        if is_unknown.any():
            at = int(np.argmax(is_unknown))
            raise BatchRefused(
                f'versions has no schedule of loan "{changed["loan_id"][at]}" from {changed["counts_from"][at]}, from which'
                " instalments count"
            )
        of = by_key[found]
        order = np.argsort(of, kind="stable")
        parts = struct_of("instalments", changed.take(pa.array(order)), schedule)
        inner = np.searchsorted(of[order], np.arange(len(keys) + 1))
    kind = version_of(schedule)
    schedules = pa.ListArray.from_arrays(pa.array(inner.astype(np.int32)), parts, type=kind.field("schedule").type)
    return pa.LargeListArray.from_arrays(
        pa.array(offsets), struct_of("versions", versions.append_column("schedule", schedules), kind)
    )


def _keys(name: str, table: pa.Table, column: str, offsets: Places) -> Places:
    """One number for each row's loan and day."""
    loans = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    days = _exactly(name, _whole(table[column]), pa.field(column, pa.date32()))
    if days.null_count:
        raise BatchRefused(f"{name}: a row has no {column}")
    return loans * (1 << 32) + days.view(pa.int32()).to_numpy() + (1 << 31)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _ids(table: pa.Table) -> pa.Array:
    """The loan of each row, also where loans lie in memory by a dictionary."""
    ids = _whole(table["loan_id"])
    return ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids


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
    children = []
    for field in struct:
        default = _WHERE_EMPTY.get(name, {}).get(field.name)
        if name == "transactions" and field.name == "reverses" and "reverses" in table.column_names:
            children.append(_reversed_places(table))
        elif field.name in table.column_names:
            column = _coded(name, _whole(table[field.name]), field)
            children.append(column.fill_null(default) if default is not None and column.null_count else column)
        elif default is not None:
            children.append(pa.repeat(pa.scalar(default, field.type), table.num_rows))
        elif field.nullable:
            children.append(pa.nulls(table.num_rows, field.type))
        elif field.name == "booked_on":
            children.append(_exactly(name, _whole(table["effective_on"]), field))
        else:
            raise BatchRefused(f'{name} has no column "{field.name}"')
    return pa.StructArray.from_arrays(children, fields=list(struct))


def _exactly(name: str, column: pa.Array, field: pa.Field) -> pa.Array:
    try:
        return exactly(column, field.type)
    except BatchRefused as why:
        is_instant = pa.types.is_timestamp(column.type) and field.type == pa.date32()
        said = f": {why}" if is_instant else f" is {column.type}; expected {field.type}"
        raise BatchRefused(f"{name}.{field.name}{said}") from None


def _coded(name: str, column: pa.Array, field: pa.Field) -> pa.Array:
    codes = _CODES.get(field.name)
    if codes is None or pa.types.is_integer(column.type):
        return _exactly(name, column, field)
    texts = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    places = pa.array([codes.get(text, len(codes) + 1) for text in texts.dictionary.to_pylist()], field.type)
    return places.take(texts.indices)


def _reversed_places(table: pa.Table) -> pa.Array:
    """The place within its loan of the transaction that each reversal or chargeback names; -1 when there is none."""
    named, loans = _whole(table["reverses"]), _ids(table)
    if named.null_count == len(named):
        return pa.nulls(len(named), pa.int32())
    if "id" not in table.column_names:
        raise BatchRefused('transactions has no column "id", which its column "reverses" names')
    ids = _whole(table["id"])
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
