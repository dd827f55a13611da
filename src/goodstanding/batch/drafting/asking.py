"""The drafts of many loans asked for: room for their tables, and what is written of them."""

from datetime import date

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
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
    statuses = _statuses(columns, out, as_of.toordinal() - EPOCH)
    statuses.flags.writeable = False
    while True:
        payments = np.empty((tables.PAYMENT_SIZE, room), np.int64)
        schedule = np.empty((tables.SCHEDULED_SIZE, room), np.int64)
        given = columns, policies.rows, out, detail.positions_at, detail.positions
        wanted = measures.rows, measures.months, granted, as_of.toordinal() - EPOCH, accept_by.toordinal() - EPOCH
        if draft_loans(*given, *wanted, statuses, rows, ground, parts, drafts, payments, schedule, waivers):
            break
        room *= 2
    found = (table[:, :count] for table, count in zip((parts, drafts, payments, schedule, waivers), rows, strict=True))
    return tables.Drafts(ground, *found)


def _statuses(columns: Columns, out: Numbers, as_of: int) -> Numbers:
    """Of each loan PLAIN, or why core must draft it: as far as its status in `out` and the days and ids in its columns tell."""
    found = np.where(out[layout.OUT_STATUS] == layout.OK, tables.PLAIN, tables.NOT_ASSESSED)
    lists = (
        (columns.moves_at, columns.effective_on > as_of, tables.CAME_LATER),
        (columns.versions_at, columns.version_from > as_of, tables.CAME_LATER),
        (columns.moves_at, columns.repeats != layout.NONE, tables.ODD_TERMS),
    )
    for offsets, is_odd, status in lists:
        if len(offsets) and len(is_odd):
            loans = _with_any(offsets, is_odd)
            found[loans[found[loans] == tables.PLAIN]] = status
    return found.astype(np.int64)


def _with_any(offsets: Numbers, marks: npt.NDArray[np.bool_]) -> Numbers:
    """The loans of which something is marked in the list that these offsets cut up."""
    first, stop = int(offsets[0]), int(offsets[-1])
    places = np.flatnonzero(marks[first:stop]) + first
    return np.unique(np.searchsorted(offsets, places, side="right") - 1)
