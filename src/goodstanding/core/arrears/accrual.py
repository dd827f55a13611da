"""Penalty interest of one instalment, night by night, rounded as the contract says.

A period ends where its base or rate changes and on each day a payment, waiver or reversal is applied to the loan. The
day asked about ends nothing: its last line is provisional, so asking on another day never moves a posted amount.
Method and worked table: docs/methods/penalty_interest.md
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.arrears.policy import Rounds
from goodstanding.core.arrears.position import Line, LineKind
from goodstanding.core.loan import Component
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import DayCount, days_between, year_fraction


@dataclass(slots=True)
class Accrual:
    """origin: the first night that bears interest. exact, posted: the running total, before and after rounding.

    Days are counted from origin and subtracted, so that cutting a period in two never changes its days (30/360).
    """

    kind: LineKind
    component: Component
    instalment: int
    origin: date
    day_count: DayCount
    rounding: str
    rounds: Rounds
    base: int = 0
    rate: Fraction = Fraction(0)
    since: date = field(init=False)
    exact: Fraction = Fraction(0)
    posted: int = 0

    def __post_init__(self) -> None:
        self.since = self.origin

    def copied(self) -> "Accrual":
        """Another of the same, that runs on by itself."""
        new = object.__new__(Accrual)
        for name in self.__slots__:
            setattr(new, name, getattr(self, name))
        return new

    def begin(self, day: date) -> None:
        """Count from this day: what ran before is in an opening position."""
        self.since = max(self.since, day)

    def change(self, day: date, base: int, rate: Fraction) -> Line | None:
        """Close the running period when base or rate differ from now on; return its line if it has one."""
        if base == self.base and rate == self.rate:
            return None
        line = self.close(day)
        self.base, self.rate = base, rate
        return line

    def close(self, day: date) -> Line | None:
        """End the running period on this day and start the next; return its line if there is anything to charge."""
        start, self.since = self.since, max(day, self.since)
        if day <= start or not self.base or not self.rate:
            return None
        days = days_between(self.origin, day, self.day_count) - days_between(self.origin, start, self.day_count)
        amount = self._charge(start, day)
        self.posted += amount
        return Line(self.kind, self.component, self.instalment, start, day, amount, days, self.base, self.rate)

    def would_charge(self, day: date) -> int:
        """What the running period comes to if it ends on this day; nothing ends."""
        if day <= self.since or not self.base or not self.rate:
            return 0
        exact, amount = self.exact, self._charge(self.since, day)
        self.exact = exact
        return amount

    def forget(self) -> None:
        """Drop what ran during a grace period that wasn't overrun."""
        self.exact, self.posted = Fraction(0), 0

    def _charge(self, start: date, end: date) -> int:
        round_by_name = ROUNDINGS[self.rounding]
        if self.rounds is Rounds.EACH_DAY:
            return self._charge_by_day(start, end)
        exact = self.base * self.rate * self._years(start, end)
        if self.rounds is Rounds.EACH_PERIOD:
            return round_by_name(exact)
        self.exact += exact
        return round_by_name(self.exact) - self.posted

    def _charge_by_day(self, start: date, end: date) -> int:
        amount, day, round_by_name = 0, start, ROUNDINGS[self.rounding]
        if self.day_count in (DayCount.ACT_365, DayCount.ACT_360):
            night = self._years(start, start + timedelta(days=1))
            return (end - start).days * round_by_name(self.base * self.rate * night)
        while day < end:
            amount += round_by_name(self.base * self.rate * self._years(day, day + timedelta(days=1)))
            day += timedelta(days=1)
        return amount

    def _years(self, start: date, end: date) -> Fraction:
        return year_fraction(self.origin, end, self.day_count) - year_fraction(self.origin, start, self.day_count)
