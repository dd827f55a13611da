"""The kernel asked about loans as they would be: many worlds, each on its day, in calls of a few hundred."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.batch.columns import run_kernel
from goodstanding.batch.kernel import NO_DETAIL, Columns
from goodstanding.batch.policies import EPOCH, PolicyTable
from goodstanding.batch.pricing.tables import (
    ANSWER_AHEAD,
    ANSWER_CURE,
    ANSWER_DUE,
    ANSWER_HELD,
    ANSWER_IS_LATE,
    ANSWER_OPENED,
    ANSWER_OVERDUE,
    ANSWER_PAYOFF,
    ANSWER_PRINCIPAL,
    ANSWER_SIZE,
    ANSWER_STATUS,
)
from goodstanding.batch.pricing.worlds import columns_of_worlds

Numbers = npt.NDArray[np.int64]

_EPOCH_DAY = date.fromordinal(EPOCH)
_AT_ONCE = 512
"""Worlds in one call: so many that the call itself costs little, so few that what it writes stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers about worlds of a batch's loans. counts_from: the day from which changes hold, as a number."""

    loans: Columns
    policies: PolicyTable
    counts_from: int

    def asked(
        self, worlds: Numbers, many: Numbers, days: Numbers, payments: Numbers, waivers: Numbers, schedule: Numbers
    ) -> Numbers:
        """Where each world stands at the end of each of its days: (ANSWER_SIZE, days).

        many: how many days each world has; days: they, one world's after another's, rising. What a status other than OK says is zeros.
        """
        found, ends = np.zeros((ANSWER_SIZE, len(days)), np.int64), np.cumsum(many)
        start, begin = 0, 0
        while start < len(many):
            stop = max(start + 1, int(np.searchsorted(ends, begin + _AT_ONCE, "right")))
            some = worlds[:, start:stop].repeat(many[start:stop], axis=1)
            day = np.ascontiguousarray(days[begin : ends[stop - 1]])
            columns = columns_of_worlds(self.loans, some, day, self.counts_from, payments, waivers, schedule)
            self._answer(columns, day, found[:, begin : ends[stop - 1]])
            start, begin = stop, int(ends[stop - 1])
        return found

    def _answer(self, columns: Columns, days: Numbers, found: Numbers) -> None:
        out = run_kernel(columns, self.policies, _EPOCH_DAY, None, NO_DETAIL, whole=True)
        found[ANSWER_STATUS] = out[layout.OUT_STATUS]
        found[ANSWER_PAYOFF] = out[layout.OUT_PAYOFF]
        found[ANSWER_HELD] = out[layout.OUT_UNAPPLIED]
        found[ANSWER_PRINCIPAL] = out[layout.OUT_OUTSTANDING]
        found[ANSWER_CURE] = out[layout.OUT_CURE]
        found[ANSWER_OVERDUE] = out[layout.OUT_PRINCIPAL] + out[layout.OUT_INTEREST]
        found[ANSWER_IS_LATE] = out[layout.OUT_OLDEST] != layout.NONE
        found[ANSWER_DUE] = np.where(out[layout.OUT_NEXT_ON] == days, out[layout.OUT_NEXT], 0)
        found[ANSWER_OPENED : ANSWER_AHEAD + 1] = out[layout.OUT_OPENED : layout.OUT_AHEAD + 1]
