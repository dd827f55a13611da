"""Books of which every loan has to be worked through event by event: none of them is steady.

Each is made of ordinary loans, half of whose payments come in two parts. Then payments bounce, or a pause was granted, or
the schedule was changed, or the lender's history starts late; each loan has one of the four.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from goodstanding.batch import layout
from goodstanding.batch.columns import assess_batch
from goodstanding.batch.policies import policy_table
from goodstanding.book.schema import HISTORY, PAUSED, SCHEDULE, nested_with

from .books import AS_OF, COMMON, GROUP, SEED, Loans, days, draw, listed, nested, numbered, struct_of

CHANGED_ON = date(2026, 8, 30)
"""When schedules were changed; histories start at the end of the day before. No instalment of these books is near it."""
SCHEMA = nested_with(("opening", "versions"))


def long_batches(loans: int) -> Iterator[pa.RecordBatch]:
    """A book of the four kinds in equal parts, a group at a time."""
    rng = np.random.default_rng(SEED)
    for first in range(0, loans, GROUP):
        bounds = np.linspace(first, min(first + GROUP, loans), len(KINDS) + 1).astype(int)
        parts = [
            kind(draw(stop - start, rng), start, rng)
            for kind, start, stop in zip(KINDS.values(), bounds[:-1], bounds[1:], strict=True)
        ]
        yield pa.concat_batches(parts)


def bounced(loans: Loans, first: int, rng: np.random.Generator) -> pa.RecordBatch:
    """Each loan's last payment but two was returned five days later."""
    loans = in_parts(loans, rng)
    stops = np.cumsum(np.bincount(loans.paid_of, minlength=loans.count))
    at = np.maximum(stops - 3, np.append(0, stops[:-1]))[np.bincount(loans.paid_of, minlength=loans.count) > 0]
    of = np.append(loans.paid_of, loans.paid_of[at])
    on = np.append(loans.paid_on, loans.paid_on[at] + 5)
    kind = np.append(np.full(len(loans.paid_of), layout.PAYMENT), np.full(len(at), layout.REVERSAL))
    order = np.lexsort((kind, on, of))
    now_at = np.empty_like(order)
    now_at[order] = np.arange(len(order))
    starts = np.append(0, np.cumsum(np.bincount(of, minlength=loans.count)))[:-1]
    reverses = np.append(np.zeros(len(loans.paid_of), np.int64), now_at[at] - starts[loans.paid_of[at]])
    history = struct_of(
        HISTORY,
        len(of),
        id=numbered("T", 0, len(of)),
        kind=pa.array(kind[order].astype(np.int8)),
        amount=pa.array(np.append(loans.paid, loans.paid[at])[order]),
        effective_on=days(on[order]),
        booked_on=days(on[order]),
        reverses=pa.array(reverses[order].astype(np.int32), mask=kind[order] != layout.REVERSAL),
    )
    return with_columns(nested(loans, first), transactions=listed(of[order], loans.count, history, "transactions"))


def paused(loans: Loans, first: int, rng: np.random.Generator) -> pa.RecordBatch:
    """Each loan had a payment holiday of thirty days."""
    loans = in_parts(loans, rng)
    start = loans.disbursed_on + rng.integers(20, 90, loans.count)
    yes = pa.array(np.ones(loans.count, bool))
    holidays = struct_of(
        PAUSED, loans.count, from_on=days(start), until_on=days(start + 30), stops_penalty=yes, stops_fees=yes
    )
    return with_columns(nested(loans, first), pauses=listed(np.arange(loans.count), loans.count, holidays, "pauses"))


def changed(loans: Loans, first: int, rng: np.random.Generator) -> pa.RecordBatch:
    """What was open on a day was spread anew over twelve months; they go on paying as before."""
    batch = nested(in_parts(loans, rng), first)
    rest = standing(batch, CHANGED_ON - timedelta(days=1))["outstanding_principal"].to_numpy()
    of = np.repeat(np.flatnonzero(rest), 12)
    place = np.tile(np.arange(12), len(of) // 12)
    share = rest[of] // 12
    month = np.datetime64(CHANGED_ON).astype("datetime64[M]") + 1 + place
    schedule = struct_of(
        SCHEDULE,
        len(of),
        due_on=days(month.astype("datetime64[D]") + 14),
        principal=pa.array(share + np.where(place == 0, rest[of] - 12 * share, 0)),
        interest=pa.array(rest[of] * 9 // 1000),
        fee=pa.array(np.zeros(len(of), np.int64)),
    )
    kind = SCHEMA.field("versions").type
    fields = [kind.value_field.type.field(place) for place in range(kind.value_field.type.num_fields)]
    count = len(of) // 12
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * 12)
    columns = [
        days(np.full(count, np.datetime64(CHANGED_ON))),
        pa.array(np.ones(count, bool)),
        pa.ListArray.from_arrays(offsets, schedule, type=fields[2].type),
    ]
    versions = pa.StructArray.from_arrays(columns, fields=fields)
    at = pa.array(np.append(0, np.cumsum(rest > 0)).astype(np.int32))
    return with_columns(batch, versions=pa.ListArray.from_arrays(at, versions, type=kind))


def opened(loans: Loans, first: int, rng: np.random.Generator) -> pa.RecordBatch:
    """The lender's history starts with a position on a day; what was paid before isn't known."""
    on = CHANGED_ON - timedelta(days=1)
    loans = in_parts(loans, rng)
    stood = standing(nested(loans, first), on)
    is_known = loans.paid_on > np.datetime64(on)
    known = replace(loans, paid_of=loans.paid_of[is_known], paid_on=loans.paid_on[is_known], paid=loans.paid[is_known])
    nought = pa.array(np.zeros(loans.count, np.int64))
    opening = struct_of(
        SCHEMA.field("opening").type,
        loans.count,
        on=days(np.full(loans.count, np.datetime64(on))),
        principal=stood["overdue_principal"],
        interest=stood["overdue_interest"],
        penalty=stood["penalty"],
        compound=nought,
        fee=stood["fees"],
        overdue_since=stood["oldest_due_on"],
        accrued_interest=nought,
    )
    return with_columns(nested(known, first), opening=opening)


KINDS: dict[str, Callable[[Loans, int, np.random.Generator], pa.RecordBatch]] = {
    "a payment bounced": bounced,
    "a pause": paused,
    "a changed schedule": changed,
    "an opening position": opened,
}


def in_parts(loans: Loans, rng: np.random.Generator) -> Loans:
    """Every second payment comes in two parts, two days apart."""
    is_split = rng.random(len(loans.paid)) < 0.5
    is_split &= loans.paid_on + 2 <= np.datetime64(AS_OF)
    half = loans.paid // 2
    of = np.append(loans.paid_of, loans.paid_of[is_split])
    on = np.append(loans.paid_on, loans.paid_on[is_split] + 2)
    amount = np.append(np.where(is_split, loans.paid - half, loans.paid), half[is_split])
    order = np.lexsort((on, of))
    return replace(loans, paid_of=of[order], paid_on=on[order], paid=amount[order])


def standing(batch: pa.RecordBatch, on: date) -> pa.RecordBatch:
    """Where loans stood on a day; each of them can be assessed."""
    results, set_aside = assess_batch(batch, policy_table({"cash": COMMON}), as_of=on)
    if set_aside.num_rows:
        raise ValueError(f"{set_aside.num_rows} loans can't be assessed: {set_aside['sentence'][0]}")
    return results


def with_columns(batch: pa.RecordBatch, **given: pa.Array) -> pa.RecordBatch:
    """A batch with all columns of SCHEMA, some of them as given."""
    columns = {name: batch.column(name) for name in batch.schema.names} | given
    arrays = [columns[field.name] if field.name in columns else missing(field, batch.num_rows) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def missing(field: pa.Field, count: int) -> pa.Array:
    """A column without any value; below a struct that is missing lie noughts, since Parquet asks for them."""
    if not pa.types.is_struct(field.type):
        return pa.nulls(count, field.type)
    fields = [field.type.field(place) for place in range(field.type.num_fields)]
    noughts = [pa.array(np.zeros(count, np.int32)).cast(one.type) for one in fields]
    return pa.StructArray.from_arrays(noughts, fields=fields, mask=pa.array(np.ones(count, bool)))
