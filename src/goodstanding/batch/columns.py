"""Arrow in, Arrow out: a batch of the nested book as the kernel's columns, and its results as a batch again.

Columns are taken as they lie in memory, whatever slice of a longer batch they are: offsets are absolute, and only what
lies between the first and the last is looked at. Structure is always checked first, since the kernel trusts offsets.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.batch import layout
from goodstanding.batch.kernel import NO_DETAIL, Columns, Detail, assess_columns
from goodstanding.batch.policies import DAY_COUNTS, EPOCH, PolicyTable
from goodstanding.batch.results import SCHEMA, with_coded

Array = npt.NDArray[Any]

NEEDED = (
    "loan_id product currency principal annual_rate_ppm day_count disbursed_on schedule transactions pauses"
    " opening versions classified_as".split()
)
"""Columns that are read for an assessment, those of them that a book has."""

QUARANTINE = pa.schema(
    [
        pa.field("loan_id", pa.string()),
        pa.field("column", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("sentence", pa.string(), nullable=False),
    ]
)
RESULTS = with_coded(SCHEMA, "bucket", "classification", "classified_as", "currency", "product")
"""As results.SCHEMA has them; texts that repeat are coded."""


class BatchRefused(ValueError):
    """A batch that isn't a nested book: a column is missing or of another kind."""


class _Nulls:
    """Marks loans in which a value that every loan must have is missing."""

    def __init__(self, loans: int) -> None:
        self._loans = loans
        self._marks: npt.NDArray[np.uint8] | None = None

    def mark(self, places: Array) -> None:
        if self._marks is None:
            self._marks = np.zeros(self._loans, np.uint8)
        self._marks[places] = 1

    def column(self) -> npt.NDArray[np.uint8]:
        return np.empty(0, np.uint8) if self._marks is None else self._marks


class _List(NamedTuple):
    """A list column: absolute offsets, and its children whole. first, stop: what of the children belongs to the batch."""

    offsets: npt.NDArray[np.int64]
    children: pa.StructArray
    first: int
    stop: int


def assess_batch(
    batch: pa.RecordBatch, policies: PolicyTable, *, as_of: date, known_on: date | None = None
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Assess a batch of the nested book: a row per loan as RESULTS, and the loans set aside as QUARANTINE.

    Every loan is in one of the two. BatchRefused when the batch hasn't the columns of a nested book.
    """
    columns = columns_of(batch, policies)
    out = run_kernel(columns, policies, as_of, known_on, NO_DETAIL)
    return results_of(batch, columns, policies, out, as_of), quarantine_of(batch, out)


def run_kernel(
    columns: Columns, policies: PolicyTable, as_of: date, known_on: date | None, detail: Detail, *, whole: bool = False
) -> npt.NDArray[np.int64]:
    """The kernel's results, (len(layout.RESULTS), loans); positions are written to detail, if it has room for them.

    whole: also sums over instalments, (layout.WITH_SUMS, loans), as core.plans.pricing.Figure has them.
    """
    loans = len(columns.policy_of)
    out = np.empty((layout.WITH_SUMS if whole else len(layout.RESULTS), padded(loans)), np.int64)
    known = layout.NONE if known_on is None else known_on.toordinal() - EPOCH
    assess_columns(columns, policies.rows, policies.extra, as_of.toordinal() - EPOCH, known, out, detail)
    return out[:, :loans]


def padded(loans: int) -> int:
    """A row's length such that the rows of the results don't lie a power of two apart, which caches dislike."""
    return (loans + 511) // 512 * 512 + 24


# -- in -------------------------------------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """Names of drawdowns in their order, "" first; then by number those of the schedule's and of versions' instalments.

    A column has no length where no instalment names a drawdown.
    """

    names: list[str]
    of_schedule: Array
    of_versions: Array


NO_DAYS: Array = np.empty(0, np.int32)
NO_DAYS.flags.writeable = False


def columns_of(batch: pa.RecordBatch, policies: PolicyTable, drawn: Drawn | None = None) -> Columns:
    """The kernel's columns of a batch; nothing is copied that needn't be. drawn: as drawdowns_of gives it, if at hand."""
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as wrong:
        raise BatchRefused(f"the batch isn't well formed: {wrong}") from None
    nulls = _Nulls(batch.num_rows)
    needed = {
        "principal": _of_loans(batch, "principal", pa.int64(), nulls),
        "rate_ppm": _of_loans(batch, "annual_rate_ppm", pa.int64(), nulls),
        "disbursed_on": _of_loans(batch, "disbursed_on", pa.date32(), nulls),
        "day_count": _coded(_column(batch, "day_count"), _day_count_code, np.int8),
        "policy_of": _policy_of(batch, policies),
    }
    schedule = _list(_column(batch, "schedule"), nulls)
    moves = _list(_column(batch, "transactions"), nulls)
    columns = needed | _schedule(schedule, nulls) | _moves(moves, nulls)
    columns |= _pauses(batch, nulls) | _openings(batch) | _versions(batch, nulls)
    _, columns["drawdown"], columns["version_drawdown"] = drawn or drawdowns_of(batch)
    return Columns(
        **{name: _read_only(values) for name, values in columns.items()},
        has_null=_read_only(nulls.column()),
        asked_on=NO_DAYS,
    )


def _policy_of(batch: pa.RecordBatch, policies: PolicyTable) -> Array:
    """The row of each loan's policy; NO_POLICY, or ANOTHER_CURRENCY than that of the policies' amounts."""
    places = _coded(_column(batch, "product"), policies.place_of, np.int32, layout.NO_POLICY)
    if policies.currency:
        is_ours = _coded(_column(batch, "currency"), lambda text: int(text == policies.currency), np.int8, 0)
        places = np.where(is_ours, places, np.int32(layout.ANOTHER_CURRENCY))
    return places


def _column(batch: pa.RecordBatch, name: str) -> pa.Array:
    place = batch.schema.get_field_index(name)
    if place < 0:
        raise BatchRefused(f'the batch has no column "{name}"; a nested book has {", ".join(NEEDED[:10])}')
    return batch.column(place)


def _optional(batch: pa.RecordBatch, name: str) -> pa.Array | None:
    place = batch.schema.get_field_index(name)
    if place < 0 or batch.column(place).null_count == batch.num_rows:
        return None
    return batch.column(place)


def _read_only(values: Array) -> Array:
    if values.flags.writeable:
        values.flags.writeable = False
    return values


_AS_NUMBERS = {pa.date32(): pa.int32()}


def _as(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """An array as plain numbers of the kind; a date as its day."""
    array = exactly(array, kind)
    return array.view(_AS_NUMBERS[kind]) if kind in _AS_NUMBERS else array


def exactly(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """An array as another kind of whole number, day or text; decimals and texts are refused where a number belongs.

    An amount of 12.00 in a decimal column means twelve of something else than minor units.
    """
    if array.type == kind:
        return array
    if pa.types.is_timestamp(array.type) and kind == pa.date32():
        return _days_of(array)
    alike = (pa.types.is_integer, pa.types.is_temporal, pa.types.is_boolean, _is_text, pa.types.is_null)
    try:
        if any(of(array.type) and (of(kind) or of is pa.types.is_null) for of in alike):
            return array.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    raise BatchRefused(f"a column is {array.type}; a nested book has {kind} there")


def _days_of(instants: pa.Array) -> pa.Array:
    """Timestamps at midnight, in their own zone if they name one, as days. Another time of day may be another day's."""
    days = instants.cast(pa.date32(), safe=False)
    local = pc.local_timestamp(instants) if instants.type.tz else instants
    is_midnight = pc.equal(days.cast(local.type), local)
    if not pc.all(is_midnight).as_py():
        first = local.filter(pc.invert(is_midnight))[0]
        raise BatchRefused(
            f"a column of days holds {first}, which isn't midnight: write days (date32), as the lender's own calendar has them"
        )
    return days


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


def _needed(array: pa.Array, kind: pa.DataType, nulls: _Nulls, offsets: Array) -> Array:
    """Values of which none may be missing between the first offset and the last; loans that miss one are marked."""
    array = _as(array, kind)
    if array.null_count:
        first, stop = int(offsets[0]), int(offsets[-1])
        missing = np.flatnonzero(array.slice(first, stop - first).is_null().to_numpy(zero_copy_only=False)) + first
        nulls.mark(np.searchsorted(offsets, missing, side="right") - 1)
        array = array.fill_null(0)
    return array.to_numpy()


def _of_loans(batch: pa.RecordBatch, name: str, kind: pa.DataType, nulls: _Nulls) -> Array:
    """A column with a value for each loan; a refusal names it."""
    column, every = _column(batch, name), np.arange(batch.num_rows + 1, dtype=np.int64)
    try:
        return _needed(column, kind, nulls, every)
    except BatchRefused as why:
        raise BatchRefused(f"{name}: {why}") from None


def _perhaps(array: pa.Array, kind: pa.DataType, none: int = layout.NONE) -> Array:
    """Values that may be missing: `none` there; of no length when all are."""
    array = _as(array, kind)
    if array.null_count == len(array):
        return np.empty(0, array.type.to_pandas_dtype())
    return (array.fill_null(none) if array.null_count else array).to_numpy()


def _coded(array: pa.Array, code_of: Any, kind: Any, none: int = -1) -> Array:
    """Texts as codes; `none` where a text is missing."""
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    codes = np.array([*[none if text is None else code_of(text) for text in coded.dictionary.to_pylist()], none], kind)
    if len(codes) == 2 and not coded.indices.null_count:
        return np.full(len(array), codes[0], kind)
    return codes[coded.indices.fill_null(len(codes) - 1).to_numpy()]


def _day_count_code(text: str) -> int:
    return DAY_COUNTS.index(text) if text in DAY_COUNTS else -1


def drawdowns_of(batch: pa.RecordBatch) -> Drawn:
    lists = [_list(_column(batch, "schedule"), _Nulls(batch.num_rows))]
    versions = _version_lists(batch, _Nulls(batch.num_rows))
    if versions is not None:
        lists.append(_list(_child(versions, "schedule"), _Nulls(len(versions.children))))
    texts = [_drawdown_texts(listed) for listed in lists]
    names = ["", *sorted({text for one in texts if one is not None for text in one.dictionary.to_pylist() if text})]
    places = {name: place for place, name in enumerate(names)}
    codes = [_NO_DAYS if one is None else _coded(one, places.__getitem__, np.int32, 0) for one in texts]
    return Drawn(names, _read_only(codes[0]), _read_only(codes[1] if versions is not None else _NO_DAYS))


def _drawdown_texts(listed: _List) -> pa.DictionaryArray | None:
    place = listed.children.type.get_field_index("drawdown")
    if place < 0 or listed.children.field(place).null_count == len(listed.children):
        return None
    texts = listed.children.field(place)
    return texts if pa.types.is_dictionary(texts.type) else _as(texts, pa.string()).dictionary_encode()


def _list(array: pa.Array, nulls: _Nulls) -> _List:
    if pa.types.is_large_list(array.type) or pa.types.is_list(array.type):
        children = array.values
    else:
        raise BatchRefused(f"a column is {array.type}; a nested book has a list of structs there")
    if not pa.types.is_struct(children.type):
        raise BatchRefused(f"a column is {array.type}; a nested book has a list of structs there")
    offsets = array.offsets.to_numpy().astype(np.int64)
    if array.null_count:
        nulls.mark(np.flatnonzero(array.is_null().to_numpy(zero_copy_only=False)))
    listed = _List(offsets, children, int(offsets[0]), int(offsets[-1]))
    if children.null_count:
        part_of = children.slice(listed.first, listed.stop - listed.first)
        missing = np.flatnonzero(part_of.is_null().to_numpy(zero_copy_only=False)) + listed.first
        nulls.mark(np.searchsorted(offsets, missing, side="right") - 1)
    return listed


def _empty_where_null(array: pa.Array) -> pa.Array:
    """Lists of which the missing ones are empty. Filling them in costs as much as the assessment, so it is done if need be."""
    if not array.null_count or not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        return array
    is_null = array.is_null().to_numpy(zero_copy_only=False)
    if np.diff(array.offsets.to_numpy())[is_null].any():
        return array.fill_null([])
    return type(array).from_arrays(array.offsets, array.values)


def _child(listed: _List, name: str) -> pa.Array:
    place = listed.children.type.get_field_index(name)
    if place < 0:
        raise BatchRefused(f'a list has no "{name}"; a nested book has it')
    return listed.children.field(place)


def _perhaps_child(listed: _List, name: str, kind: pa.DataType, none: int = layout.NONE) -> Array:
    """A child whose values may be missing, or that isn't there at all."""
    if listed.children.type.get_field_index(name) < 0:
        return np.empty(0, kind.to_pandas_dtype())
    return _perhaps(_child(listed, name), kind, none)


def _fees(listed: _List, nulls: _Nulls) -> Array:
    """Contract fees; where a schedule has no such column, none is asked for."""
    if listed.children.type.get_field_index("fee") < 0:
        return np.zeros(len(listed.children), np.int64)
    return _needed(_child(listed, "fee"), pa.int64(), nulls, listed.offsets)


def _schedule(listed: _List, nulls: _Nulls) -> dict[str, Array]:
    return {
        "schedule_at": listed.offsets,
        "due_on": _needed(_child(listed, "due_on"), pa.date32(), nulls, listed.offsets),
        "due_principal": _needed(_child(listed, "principal"), pa.int64(), nulls, listed.offsets),
        "due_interest": _needed(_child(listed, "interest"), pa.int64(), nulls, listed.offsets),
        "due_fee": _fees(listed, nulls),
        "minimum": _perhaps_child(listed, "minimum", pa.int64()),
    }


def _moves(listed: _List, nulls: _Nulls) -> dict[str, Array]:
    return {
        "moves_at": listed.offsets,
        "kind": _needed(_child(listed, "kind"), pa.int8(), nulls, listed.offsets),
        "amount": _needed(_child(listed, "amount"), pa.int64(), nulls, listed.offsets),
        "effective_on": _needed(_child(listed, "effective_on"), pa.date32(), nulls, listed.offsets),
        "booked_on": _needed(_child(listed, "booked_on"), pa.date32(), nulls, listed.offsets),
        "reverses": _perhaps_child(listed, "reverses", pa.int32()),
        "component": _perhaps_child(listed, "component", pa.int8(), -1),
        "instalment": _perhaps_child(listed, "instalment", pa.int32()),
        "repeats": _repeats(listed),
    }


def _repeats(listed: _List) -> Array:
    """Of a transaction, the place in its loan's list of the one before it with the same id; of no length where none has one.

    Ids that are missing aren't compared. Books on disk are read without ids: their import saw to it that they differ.
    """
    place = listed.children.type.get_field_index("id")
    if place < 0:
        return _NO_DAYS
    ids = _as(listed.children.field(place), pa.string()).slice(listed.first, listed.stop - listed.first)
    if not ids.null_count and pc.count_distinct(ids).as_py() == len(ids):
        return _NO_DAYS
    coded = pc.if_else(pc.equal(ids, ""), pa.scalar(None, pa.string()), ids).dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy()
    starts = listed.offsets[:-1] - listed.first
    loan_of = np.repeat(np.arange(len(starts)), np.diff(listed.offsets))
    keys = loan_of * (len(coded.dictionary) + 1) + codes + 1
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero((np.diff(keys[order]) == 0) & (codes[order][1:] >= 0))
    if not len(again):
        return _NO_DAYS
    repeats = np.full(len(listed.children), layout.NONE, np.int32)
    repeats[listed.first + order[again + 1]] = order[again] - starts[loan_of[order[again]]]
    return repeats


_NO_DAYS, _NO_AMOUNTS, _NO_FLAGS = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.uint8)


def _flags(array: pa.Array, nulls: _Nulls, offsets: Array) -> npt.NDArray[np.uint8]:
    return _needed(_as(array, pa.bool_()).cast(pa.uint8()), pa.uint8(), nulls, offsets)


def _pauses(batch: pa.RecordBatch, nulls: _Nulls) -> dict[str, Array]:
    column = _optional(batch, "pauses")
    listed = None if column is None else _list(column, nulls)
    if listed is None or listed.first == listed.stop:
        empty = dict.fromkeys(("paused_from", "paused_until"), _NO_DAYS)
        return {"pauses_at": _NO_AMOUNTS, **empty, "stops_penalty": _NO_FLAGS, "stops_fees": _NO_FLAGS}
    return {
        "pauses_at": listed.offsets,
        "paused_from": _needed(_child(listed, "from_on"), pa.date32(), nulls, listed.offsets),
        "paused_until": _needed(_child(listed, "until_on"), pa.date32(), nulls, listed.offsets),
        "stops_penalty": _flags(_child(listed, "stops_penalty"), nulls, listed.offsets),
        "stops_fees": _flags(_child(listed, "stops_fees"), nulls, listed.offsets),
    }


def _openings(batch: pa.RecordBatch) -> dict[str, Array]:
    column = _optional(batch, "opening")
    if column is None:
        return {"opening_of": _NO_DAYS, "openings": np.empty((0, len(layout.OPENING_COLUMNS)), np.int64)}
    place_of = np.arange(batch.num_rows, dtype=np.int32)
    if column.null_count:
        place_of[column.is_null().to_numpy(zero_copy_only=False)] = -1
    openings = np.empty((batch.num_rows, len(layout.OPENING_COLUMNS)), np.int64)
    for place, name in enumerate(layout.OPENING_COLUMNS):
        field = column.type.field(name)
        values = pc.struct_field(column, name)
        kind = pa.date32() if pa.types.is_date(field.type) else pa.int64()
        values = _as(values, kind)
        openings[:, place] = values.cast(pa.int64()).fill_null(layout.NONE).to_numpy()
    return {"opening_of": place_of, "openings": openings}


def _version_lists(batch: pa.RecordBatch, nulls: _Nulls) -> _List | None:
    """Changed schedules by loan, where any loan has one."""
    column = _optional(batch, "versions")
    listed = None if column is None else _list(_empty_where_null(column), nulls)
    return None if listed is None or listed.first == listed.stop else listed


def _versions(batch: pa.RecordBatch, nulls: _Nulls) -> dict[str, Array]:
    listed = _version_lists(batch, nulls)
    if listed is None:
        amounts = ("principal", "interest", "fee", "minimum", "schedule_at")
        return {
            "versions_at": _NO_AMOUNTS,
            "version_from": _NO_DAYS,
            "takes_over": _NO_FLAGS,
            "version_due_on": _NO_DAYS,
            **{f"version_{name}": _NO_AMOUNTS for name in amounts},
        }
    inner_nulls = _Nulls(len(listed.children))
    inner = _list(_child(listed, "schedule"), inner_nulls)
    schedule = _schedule(inner, inner_nulls)
    missing = np.flatnonzero(inner_nulls.column())
    if len(missing):
        nulls.mark(np.searchsorted(listed.offsets, missing, side="right") - 1)
    return {
        "versions_at": listed.offsets,
        "version_from": _needed(_child(listed, "from_on"), pa.date32(), nulls, listed.offsets),
        "takes_over": _flags(_child(listed, "takes_over"), nulls, listed.offsets),
        "version_schedule_at": schedule["schedule_at"],
        "version_due_on": schedule["due_on"],
        "version_principal": schedule["due_principal"],
        "version_interest": schedule["due_interest"],
        "version_fee": schedule["due_fee"],
        "version_minimum": schedule["minimum"],
    }


# -- out ------------------------------------------------------------------------------------------------------------


def results_of(
    batch: pa.RecordBatch, columns: Columns, policies: PolicyTable, out: npt.NDArray[np.int64], as_of: date
) -> pa.RecordBatch:
    """The kernel's results as a batch, without the loans set aside."""
    good, policy_of = out[layout.OUT_STATUS] == layout.OK, columns.policy_of
    texts = {
        "bucket": bands(policy_of, policies.bucket_names, np.where(good, out[layout.OUT_BUCKET], layout.NONE)),
        "classification": bands(policy_of, policies.class_names, np.where(good, out[layout.OUT_CLASS], layout.NONE)),
        "classified_as": _classified_as(batch, as_of),
        "currency": _as_coded(_column(batch, "currency")),
        "product": _as_coded(_column(batch, "product")),
        "loan_id": _column(batch, "loan_id").cast(pa.string()),
        "as_of": pa.array(np.full(batch.num_rows, as_of.toordinal() - EPOCH, np.int32)).view(pa.date32()),
    }
    arrays = [
        texts[field.name] if field.name in texts else numbers(out[layout.RESULTS.index(field.name)], field)
        for field in RESULTS
    ]
    whole = pa.RecordBatch.from_arrays(arrays, schema=RESULTS)
    return whole if good.all() else whole.filter(pa.array(good))


def numbers(values: npt.NDArray[np.int64], field: pa.Field) -> pa.Array:
    """The kernel's numbers as a result column: days as dates, NONE as null where the column may be null."""
    if field.type != pa.date32():
        return pa.array(values)
    return pa.array(values.astype(np.int32), mask=values == layout.NONE if field.nullable else None).view(pa.date32())


def _as_coded(array: pa.Array) -> pa.Array:
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    return coded if coded.type == RESULTS.field("product").type else coded.cast(RESULTS.field("product").type)


def bands(policy_of: Array, names: Sequence[Sequence[str]], places: npt.NDArray[np.int64]) -> pa.Array:
    """Names of bands by the policy of each row; "" where its policy has none."""
    starts, every = np.zeros(len(names) + 1, np.int64), [""]
    for policy, bands in enumerate(names):
        starts[policy] = len(every)
        every += bands
    codes = np.where(places < 0, 0, starts[policy_of] + places)
    unique = {name: place for place, name in enumerate(dict.fromkeys(every))}
    codes = np.array([unique[name] for name in every], np.int32)[codes]
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(unique), pa.string()))


def _classified_as(batch: pa.RecordBatch, as_of: date) -> pa.Array:
    """The category of the latest decision that stands on the day, as standing_category says it, for every loan."""
    column = _optional(batch, "classified_as")
    if column is None:
        codes = np.zeros(batch.num_rows, np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([""], pa.string()))
    listed = _list(_empty_where_null(column), _Nulls(batch.num_rows))
    decisions = listed.children.slice(listed.first, listed.stop - listed.first)
    from_on, until_on = (_as(pc.struct_field(decisions, name), pa.date32()) for name in ("from_on", "until_on"))
    begun = pc.less_equal(from_on, as_of.toordinal() - EPOCH)
    standing = pc.and_(begun, pc.greater(until_on, as_of.toordinal() - EPOCH).fill_null(True)).fill_null(False)
    places = np.flatnonzero(standing.to_numpy(zero_copy_only=False))
    loans = np.repeat(np.arange(batch.num_rows), np.diff(listed.offsets))[places]
    latest = np.lexsort((-places, from_on.fill_null(0).to_numpy()[places], loans))
    coded = _as_coded(pc.struct_field(decisions, "category"))
    codes = np.full(batch.num_rows, len(coded.dictionary), np.int32)
    codes[loans[latest]] = coded.indices.fill_null(len(coded.dictionary)).to_numpy()[places[latest]]
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.concat_arrays([coded.dictionary, pa.array([""])]))


def standing_category(decisions: Sequence[Mapping[str, Any]], as_of: date) -> str:
    """The category of the latest decision that stands on the day; "" when none does."""
    standing = [
        one for one in decisions if one["from_on"] <= as_of and (one["until_on"] is None or as_of < one["until_on"])
    ]
    return max(standing, key=lambda one: one["from_on"])["category"] if standing else ""


def quarantine_of(batch: pa.RecordBatch, out: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """The loans set aside, each with the column that its reason points to."""
    bad = np.flatnonzero(out[layout.OUT_STATUS] != layout.OK)
    reasons = [layout.REASONS[int(status)] for status in out[layout.OUT_STATUS][bad]]
    ids = _column(batch, "loan_id").cast(pa.string()).take(pa.array(bad))
    columns = [
        pa.array([getattr(one, name) for one in reasons], pa.string()) for name in ("column", "name", "sentence")
    ]
    return pa.RecordBatch.from_arrays([ids, *columns], schema=QUARANTINE)
