"""The lender's measures as numbers, for the compiled drafts; and which loans' products each is granted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from goodstanding.batch.drafting import tables
from goodstanding.batch.layout import NONE
from goodstanding.book.schema import COMPONENT_CODES
from goodstanding.core.plans.guard_rails import AFTER_CHARGE_OFF, LONGER, Measure

Numbers = npt.NDArray[np.int64]
_LARGEST = 10**9
_MOST_MONTHS = 1_200


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """rows: (tables.MEASURE_SIZE, measures); months: of all measures, one after another."""

    measures: tuple[Measure, ...]
    rows: Numbers
    months: Numbers

    @property
    def most_drafts(self) -> int:
        """How many drafts a loan has at the most."""
        return int(np.maximum(1, self.rows[tables.MEASURE_MONTHS_N]).sum())

    def granted_to(self, products: Sequence[str]) -> npt.NDArray[np.uint8]:
        """Which measures are granted to loans of these products: (measures, loans), of no length where none names products."""
        if not any(one.products for one in self.measures):
            return np.empty((len(self.measures), 0), np.uint8)
        found = [[not one.products or product in one.products for product in products] for one in self.measures]
        return np.array(found, np.uint8).reshape(len(self.measures), len(products))


def table_of(measures: Sequence[Measure]) -> MeasureTable | None:
    """Measures as numbers; None where one has a share, a rate or months beyond what is computed here: core drafts it all."""
    if not all(_is_within(one) for one in measures):
        return None
    rows, months = np.zeros((tables.MEASURE_SIZE, len(measures)), np.int64), list[int]()
    for place, one in enumerate(measures):
        share, rate = one.share or Fraction(1), one.rate or Fraction(0)
        values = {
            tables.MEASURE_KIND: tables.KINDS.index(one.kind),
            tables.MEASURE_FROM_DPD: one.from_dpd,
            tables.MEASURE_TO_DPD: NONE if one.to_dpd is None else one.to_dpd,
            tables.MEASURE_LEAST_OVERDUE: one.least_overdue,
            tables.MEASURE_AFTER_CHARGE_OFF: one.kind in AFTER_CHARGE_OFF,
            tables.MEASURE_IS_LONGER: one.kind in LONGER,
            tables.MEASURE_BEARS_INTEREST: one.bears_interest,
            tables.MEASURE_RESTS: one.rests,
            tables.MEASURE_COMPONENTS: sum(1 << COMPONENT_CODES[name] for name in set(one.components)),
            tables.MEASURE_SHARE: share.numerator,
            tables.MEASURE_SHARE_WHOLE: share.denominator,
            tables.MEASURE_RATE: rate.numerator,
            tables.MEASURE_RATE_WHOLE: rate.denominator,
            tables.MEASURE_MONTHS_AT: len(months),
            tables.MEASURE_MONTHS_N: len(one.months),
        }
        for field, value in values.items():
            rows[field, place] = value
        months += one.months
    listed = np.array(months, np.int64)
    rows.flags.writeable = listed.flags.writeable = False
    return MeasureTable(tuple(measures), rows, listed)


def _is_within(one: Measure) -> bool:
    ratios = [value for value in (one.share, one.rate) if value is not None]
    fits = all(0 <= value.numerator <= _LARGEST and value.denominator <= _LARGEST for value in ratios)
    return fits and all(0 <= months <= _MOST_MONTHS for months in one.months)
