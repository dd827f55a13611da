"""The kernel asked about loans as they would be: many worlds, each on its days, in calls of a few hundred."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.batch.kernel import Columns
from goodstanding.batch.policies import PolicyTable
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
    WORLD_LOAN,
)
from goodstanding.batch.pricing.worlds import columns_of_worlds
from goodstanding.batch.several_days import run_on_days

Numbers = npt.NDArray[np.int64]

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
        worlds, many = worlds[:, many > 0], many[many > 0]
        found, days_at = np.zeros((ANSWER_SIZE, len(days)), np.int64), np.concatenate([[0], np.cumsum(many)])
        for start in range(0, len(many), _AT_ONCE):
            stop = min(start + _AT_ONCE, len(many))
            some, at = np.ascontiguousarray(worlds[:, start:stop]), days_at[start : stop + 1]
            columns = columns_of_worlds(
                self.loans, some, days[at[1:] - 1], self.counts_from, payments, waivers, schedule
            )
            now = slice(at[0], at[-1])
            self._answer(columns, some[WORLD_LOAN], at - at[0], days[now], found[:, now])
        return found

    def _answer(self, columns: Columns, loans: Numbers, days_at: Numbers, days: Numbers, found: Numbers) -> None:
        # what an offer adds is of the evening before changes hold, at the earliest
        begins = np.full(len(loans), self.counts_from - 1, np.int64)
        out = run_on_days(columns, self.policies, days_at, days, loans, begins)
        found[ANSWER_STATUS] = out[layout.OUT_STATUS]
        found[ANSWER_PAYOFF] = out[layout.OUT_PAYOFF]
        found[ANSWER_HELD] = out[layout.OUT_UNAPPLIED]
        found[ANSWER_PRINCIPAL] = out[layout.OUT_OUTSTANDING]
        found[ANSWER_CURE] = out[layout.OUT_CURE]
        found[ANSWER_OVERDUE] = out[layout.OUT_PRINCIPAL] + out[layout.OUT_INTEREST]
        found[ANSWER_IS_LATE] = out[layout.OUT_OLDEST] != layout.NONE
        found[ANSWER_DUE] = np.where(out[layout.OUT_NEXT_ON] == days, out[layout.OUT_NEXT], 0)
        found[ANSWER_OPENED : ANSWER_AHEAD + 1] = out[layout.OUT_OPENED : layout.OUT_AHEAD + 1]
