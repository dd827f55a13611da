"""Rates: exact fractions of one per year, with the day count that says what a year and a day are.

Day counts follow the 2006 ISDA Definitions, section 4.16: act/365 (fixed), act/360, act/act (ISDA) and 30E/360 (Eurobond
basis); 30/360 is the US one with its rule for the end of February (SIA Standard Securities Calculation Methods).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

PPM = 1_000_000
LARGEST_SPAN_DAYS = 36_600
"""From the day a loan was made to the day asked about: 100 years."""


class DayCount(StrEnum):
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    ACT_ACT = "act/act"
    THIRTY_360_US = "30/360"
    THIRTY_360_EU = "30E/360"


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """An exact fraction of one per year and its day count, such as AnnualRate(Fraction("0.199"), ACT_365)."""

    per_year: Fraction
    day_count: DayCount = DayCount.ACT_365

    @classmethod
    def from_daily(cls, per_day: Fraction) -> "AnnualRate":
        """A rate quoted per day is taken times 365 on act/365.

        >>> AnnualRate.from_daily(Fraction("0.0005")).per_year == Fraction("0.1825")
        True
        """
        return cls(per_day * 365, DayCount.ACT_365)

    @property
    def ppm(self) -> int:
        """Parts per million a year, as books keep it; ValueError when the rate isn't exact in ppm."""
        exact = self.per_year * PPM
        if exact.denominator != 1:
            raise ValueError(f"a rate of {self.per_year} a year isn't exact in parts per million")
        return exact.numerator


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _actual(start: date, end: date) -> int:
    return (end - start).days


def _is_february_end(day: date) -> bool:
    return day.month == 2 and day.day == (29 if _is_leap(day.year) else 28)


def _thirty_us(start: date, end: date) -> int:
    first, last = start.day, end.day
    if _is_february_end(start):
        if _is_february_end(end):
            last = 30
        first = 30
    if last == 31 and first >= 30:
        last = 30
    if first == 31:
        first = 30
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _thirty_eu(start: date, end: date) -> int:
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + min(end.day, 30) - min(start.day, 30)


_DAYS: dict[DayCount, Callable[[date, date], int]] = {
    DayCount.ACT_365: _actual,
    DayCount.ACT_360: _actual,
    DayCount.ACT_ACT: _actual,
    DayCount.THIRTY_360_US: _thirty_us,
    DayCount.THIRTY_360_EU: _thirty_eu,
}


def days_between(start: date, end: date, day_count: DayCount) -> int:
    """Days of [start, end) as the day count sees them.

    >>> days_between(date(2026, 1, 31), date(2026, 3, 1), DayCount.THIRTY_360_EU)
    31
    """
    return _DAYS[day_count](start, end)


def year_fraction(start: date, end: date, day_count: DayCount) -> Fraction:
    """The part of a year that [start, end) is, exactly.

    >>> year_fraction(date(2024, 12, 31), date(2025, 1, 2), DayCount.ACT_ACT) == Fraction(1, 366) + Fraction(1, 365)
    True
    """
    if day_count is DayCount.ACT_ACT:
        return _years_elapsed(end) - _years_elapsed(start)
    return Fraction(days_between(start, end, day_count), 365 if day_count is DayCount.ACT_365 else 360)


def _years_elapsed(day: date) -> Fraction:
    return day.year + Fraction(day.timetuple().tm_yday - 1, 366 if _is_leap(day.year) else 365)


def rate_text(rate: Fraction) -> str:
    """Write a rate exactly: as decimal text where it ends, else as a fraction.

    >>> rate_text(Fraction("0.1825")), rate_text(Fraction(1, 3)), rate_text(Fraction(2))
    ('0.1825', '1/3', '2')
    """
    rest = rate.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return f"{rate.numerator}/{rate.denominator}"
    places = next(n for n in range(200) if 10**n % rate.denominator == 0)
    digits = str(rate.numerator * 10**places // rate.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
