"""A batch assessed in detail: beside a row per loan, one per instalment and one per drawdown of a credit line.

They are the reference's `Assessment.instalments` and `.drawdowns`, as flat tables: instalments are counted, filtered and
added up more often than they are looked at loan by loan. Asked for in a call of its own, since every loan then goes event
by event, and a dozen rows for each loan cost more to write than the assessment.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch import layout, results
from goodstanding.batch.columns import bands, columns_of, drawdowns_of, numbers, quarantine_of, results_of, run_kernel
from goodstanding.batch.kernel import Columns, Detail
from goodstanding.batch.policies import PolicyTable

Numbers = npt.NDArray[np.int64]

INSTALMENTS = results.with_coded(results.INSTALMENTS, "loan_id", "drawdown", "bucket")
DRAWDOWNS = results.with_coded(results.DRAWDOWNS, "loan_id", "drawdown", "bucket")


class InDetail(NamedTuple):
    """loans, set_aside: as assess_batch gives them. instalments, drawdowns: rows in the order of loans."""

    loans: pa.RecordBatch
    set_aside: pa.RecordBatch
    instalments: pa.RecordBatch
    drawdowns: pa.RecordBatch


def assess_in_detail(
    batch: pa.RecordBatch, policies: PolicyTable, *, as_of: date, known_on: date | None = None
) -> InDetail:
    """Assess a batch of the nested book, with the position of every instalment and drawdown of the loans assessed.

    BatchRefused when the batch hasn't the columns of a nested book.
    """
    drawn = drawdowns_of(batch)
    columns = columns_of(batch, policies, drawn)
    detail = room_for_detail(columns)
    out = run_kernel(columns, policies, as_of, known_on, detail)

    def rows(schema: pa.Schema, fields: tuple[str, ...], offsets: Numbers, values: Numbers) -> pa.RecordBatch:
        values = values[:, : offsets[-1]]
        loan_of = np.repeat(np.arange(batch.num_rows, dtype=np.int32), np.diff(offsets))
        ids = batch.column(batch.schema.get_field_index("loan_id")).cast(pa.string())
        named, banded = values[fields.index("drawdown")], values[fields.index("bucket")]
        texts = {
            "loan_id": pa.DictionaryArray.from_arrays(pa.array(loan_of), ids),
            "drawdown": pa.DictionaryArray.from_arrays(
                pa.array(named.astype(np.int32)), pa.array(drawn.names, pa.string())
            ),
            "bucket": bands(columns.policy_of[loan_of], policies.bucket_names, banded),
        }
        arrays = [
            texts[one.name] if one.name in texts else numbers(values[fields.index(one.name)], one) for one in schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    return InDetail(
        results_of(batch, columns, policies, out, as_of),
        quarantine_of(batch, out),
        rows(INSTALMENTS, layout.POSITIONS, detail.positions_at, detail.positions),
        rows(DRAWDOWNS, layout.DRAWDOWNS, detail.drawn_at, detail.drawn),
    )


def room_for_detail(columns: Columns) -> Detail:
    """Room for every instalment that the loans of a batch can have, and for a drawdown of each that names one."""
    loans, versions = len(columns.policy_of), columns.versions_at
    room = int(columns.schedule_at[-1] - columns.schedule_at[0]) + int((columns.opening_of >= 0).sum())
    if len(versions):
        room += int(columns.version_schedule_at[versions[-1]] - columns.version_schedule_at[versions[0]])
    drawn = room if len(columns.drawdown) or len(columns.version_drawdown) else 0
    return Detail(
        np.zeros(loans + 1, np.int64),
        np.empty((len(layout.POSITIONS), room), np.int64),
        np.zeros(loans + 1, np.int64),
        np.empty((len(layout.DRAWDOWNS), drawn), np.int64),
    )
