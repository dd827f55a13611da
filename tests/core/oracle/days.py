"""Days and rounding as the oracle needs them, written apart from goodstanding.core."""

import calendar
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from goodstanding.core.loan import Pause
from goodstanding.core.rates import DayCount

DAY = timedelta(days=1)


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def is_paused(pauses: list[Pause], day: date) -> bool:
    return any(pause.from_on <= day < pause.until_on for pause in pauses)


def end_of_february(day: date) -> bool:
    return day.month == 2 and day.day == calendar.monthrange(day.year, 2)[1]


def months_of_thirty(first: date, last: date, *, american: bool) -> int:
    """Days between two days in a year of twelve months of thirty days."""
    a, b = first.day, last.day
    if american:
        if end_of_february(first) and end_of_february(last):
            b = 30
        if end_of_february(first) or a == 31:
            a = 30
        if b == 31 and a == 30:
            b = 30
    else:
        a, b = min(a, 30), min(b, 30)
    return (last.year - first.year) * 360 + (last.month - first.month) * 30 + (b - a)


def days_from(origin: date, day: date, count: DayCount) -> int:
    if count in (DayCount.THIRTY_360_US, DayCount.THIRTY_360_EU):
        return months_of_thirty(origin, day, american=count is DayCount.THIRTY_360_US)
    return (day - origin).days


def part_of_year(origin: date, night: date, count: DayCount) -> Fraction:
    """The part of a year that the night from this day to the next is; months of thirty days are counted from origin."""
    if count is DayCount.ACT_365:
        return Fraction(1, 365)
    if count is DayCount.ACT_360:
        return Fraction(1, 360)
    if count is DayCount.ACT_ACT:
        return Fraction(1, 366 if calendar.isleap(night.year) else 365)
    return Fraction(days_from(origin, night + DAY, count) - days_from(origin, night, count), 360)


def rounded(exact: Fraction, how: str) -> int:
    whole = floor(exact)
    rest = exact - whole
    if how == "down":
        return whole
    if how == "up":
        return whole + (1 if rest else 0)
    if rest == Fraction(1, 2):
        return whole + 1 if how == "half_up" else whole + whole % 2
    return whole + (1 if rest > Fraction(1, 2) else 0)
