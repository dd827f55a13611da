"""The ways out of plain loans, drafted, priced and written without an object for each: the same rows as core's, many times faster.

Which loans are plain: drafting/tables.py. What is in doubt goes core's way, loan by loan. docs/decisions/ways-out.md says why there are two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch.columns import columns_of, drawdowns_of, run_kernel
from goodstanding.batch.drafting.asking import drafted
from goodstanding.batch.drafting.rails import MeasureTable, table_of
from goodstanding.batch.drafting.refusals import refused
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES
from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.pricing.asking import Engine
from goodstanding.batch.pricing.priced import Priced, Task, priced
from goodstanding.batch.pricing.tables import WORLD_PAYMENTS_N, WORLD_SCHEDULE_N
from goodstanding.batch.pricing.writing import Told, tables_of_priced
from goodstanding.batch.segments import Segment
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ByTables:
    """What is the same for all plain loans of a book, as numbers."""

    policies: PolicyTable
    measures: MeasureTable
    task: Task
    accept_by: date

    def segment(self, batch: pa.RecordBatch, places: Numbers) -> tuple[Segment, npt.NDArray[np.bool_]]:
        """The tables of a batch's loans, but of those in doubt; and which these are. places: of each loan, among all."""
        drawn = drawdowns_of(batch)
        columns = columns_of(batch, self.policies, drawn)
        detail = room_for_detail(columns)
        out = run_kernel(columns, self.policies, self.task.as_of, None, detail)
        products = batch.column("product")
        granted = self.measures.granted_to(products.to_pylist())
        drafts = drafted(columns, self.policies, out, detail, self.measures, granted, self.task.as_of, self.accept_by)
        found = priced(drafts, Engine(columns, self.policies, self.task.day + 1), self.task)
        ids = batch.column("loan_id").cast(pa.string())
        told = Told(self.task, self.accept_by, ids, products, drawn.names, self.policies.currency, refused)
        tables = tables_of_priced(found, told)
        rows = np.flatnonzero(~found.doubtful)
        return Segment(tables, places[rows], _rows(found, tables, rows)), found.doubtful


def by_tables(
    policies: PolicyTable,
    rails: GuardRails,
    limits: Mapping[str, Sequence[LegalLimit]],
    as_of: date,
    accept_by: date,
) -> ByTables | None:
    """The fast way, or None where it doesn't serve: measures beyond its numbers, or policies that name no currency."""
    measures = table_of(rails.measures)
    if measures is None or not policies.currency:
        return None
    capped = [one.cost_ceiling is not None or one.total_cost_ceiling is not None for one in policies.policies]
    return ByTables(
        policies, measures, Task(as_of, rails, limits, policies.names, np.array(capped, np.bool_)), accept_by
    )


def _rows(found: Priced, tables: Mapping[str, pa.RecordBatch], rows: Numbers) -> dict[str, Numbers]:
    """How many rows each loan has in each table."""
    offers = tables[LOANS].column("offers").to_numpy()
    loan_of = np.repeat(np.arange(len(rows)), offers)
    many = {PAYMENTS: found.worlds[WORLD_PAYMENTS_N], SCHEDULES: found.worlds[WORLD_SCHEDULE_N]}
    summed = {name: np.bincount(loan_of, each, len(rows)).astype(np.int64) for name, each in many.items()}
    return {
        LOANS: np.ones(len(rows), np.int64),
        OFFERS: offers,
        REFUSED: tables[LOANS].column("not_offered").to_numpy(),
        **summed,
    }
