"""The drafts of many loans asked for: room for their tables, and what is written of them."""

from datetime import date

import numpy as np
import numpy.typing as npt

from goodstanding.batch.drafting import tables
from goodstanding.batch.drafting.drafts import draft_loans
from goodstanding.batch.drafting.rails import MeasureTable
from goodstanding.batch.kernel import Columns, Detail
from goodstanding.batch.policies import EPOCH, PolicyTable

Numbers = npt.NDArray[np.int64]
_ROWS_A_DRAFT = 40


def drafted(
    columns: Columns,
    policies: PolicyTable,
    out: Numbers,
    detail: Detail,
    measures: MeasureTable,
    granted: npt.NDArray[np.uint8],
    as_of: date,
    accept_by: date,
) -> tables.Drafts:
    """The ground and the drafts of loans that the kernel assessed as of a day, with the position of every instalment.

    granted: measures.granted_to, of the loans' products as the book has them.
    """
    loans, rows = len(columns.policy_of), np.zeros(5, np.int64)
    ground = np.empty((tables.GROUND_SIZE, loans), np.int64)
    parts = np.empty((tables.PART_SIZE, int(detail.positions_at[-1])), np.int64)
    drafts = np.empty((tables.DRAFT_SIZE, loans * measures.most_drafts), np.int64)
    waivers = np.empty((tables.WAIVER_SIZE, 3 * drafts.shape[1]), np.int64)
    room = _ROWS_A_DRAFT * drafts.shape[1]
    while True:
        payments = np.empty((tables.PAYMENT_SIZE, room), np.int64)
        schedule = np.empty((tables.SCHEDULED_SIZE, room), np.int64)
        given = columns, policies.rows, out, detail.positions_at, detail.positions
        wanted = measures.rows, measures.months, granted, as_of.toordinal() - EPOCH, accept_by.toordinal() - EPOCH
        if draft_loans(*given, *wanted, rows, ground, parts, drafts, payments, schedule, waivers):
            break
        room *= 2
    found = (table[:, :count] for table, count in zip((parts, drafts, payments, schedule, waivers), rows, strict=True))
    return tables.Drafts(ground, *found)
