"""Tables of offers that were worked out in several ways, put together in the order of the book's loans."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES, SCHEMAS, Found, tables_of

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Segment:
    """Tables of some loans. places: of each loan where it comes among all, rising. rows: by table, how many each loan has."""

    tables: dict[str, pa.RecordBatch]
    places: Numbers
    rows: dict[str, Numbers]


def segment_of(found: Sequence[tuple[int, Found]]) -> Segment:
    """Loans with what core found of them, each with its place; places rise."""
    ways = [one.ways for _, one in found]
    rows = {
        LOANS: [1] * len(ways),
        OFFERS: [len(one.offers) for one in ways],
        PAYMENTS: [sum(len(offer.payments) for offer in one.offers) for one in ways],
        SCHEDULES: [
            sum(len(version.schedule) for offer in one.offers for version in offer.change.versions) for one in ways
        ],
        REFUSED: [len(one.not_offered) for one in ways],
    }
    return Segment(
        tables_of([one for _, one in found]),
        np.array([place for place, _ in found], np.int64),
        {name: np.array(many, np.int64) for name, many in rows.items()},
    )


def joined(segments: Sequence[Segment]) -> dict[str, pa.RecordBatch]:
    """The tables of all of them, in the order of the loans' places, of which no two are alike."""
    some = [one for one in segments if len(one.places)]
    if len(some) < 2:
        return some[0].tables if some else tables_of([])
    places = np.concatenate([one.places for one in some])
    return {
        name: _ordered(
            [one.tables[name] for one in some],
            np.repeat(places, np.concatenate([one.rows[name] for one in some])),
            SCHEMAS[name],
        )
        for name in (LOANS, OFFERS, PAYMENTS, SCHEDULES, REFUSED)
    }


def _ordered(tables: Sequence[pa.RecordBatch], place_of: Numbers, schema: pa.Schema) -> pa.RecordBatch:
    """Rows in the order of their loans; texts coded anew, in the order in which they appear."""
    order = None if (np.diff(place_of) >= 0).all() else pa.array(np.argsort(place_of, kind="stable"))
    arrays = []
    for place, field in enumerate(schema):
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        whole = pa.concat_arrays([table.column(place).cast(plain) for table in tables])
        whole = whole if order is None else whole.take(order)
        arrays.append(whole.dictionary_encode() if pa.types.is_dictionary(field.type) else whole)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
