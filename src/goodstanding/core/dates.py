"""Days and months: reading a day, moving by months, periods that are half-open."""

import calendar
from datetime import date
from functools import lru_cache


def parse_day(text: str) -> date:
    """Read YYYY-MM-DD exactly; ValueError says what was expected.

    >>> parse_day("2026-11-23")
    datetime.date(2026, 11, 23)
    """
    try:
        day = date(int(text[:4]), int(text[5:7]), int(text[8:]))
        if day.isoformat() == text:
            return day
    except (ValueError, OverflowError):
        pass
    raise ValueError(f'"{text}" isn\'t a date (we read YYYY-MM-DD, such as 2026-11-23)')


def last_day_of_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


@lru_cache(maxsize=100_000)
def add_months(start: date, months: int, *, day: int | None = None) -> date:
    """Move a day by whole months; a day the month lacks becomes its last day.

    day: the contract's day of the month, so that 31 January, 28 February, 31 March follow each other.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 2, 28), 1, day=31)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(day or start.day, last_day_of_month(year, month + 1)))


def overlap_days(start: date, end: date, other_start: date, other_end: date) -> int:
    """Days that two half-open periods share.

    >>> overlap_days(date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 8), date(2026, 2, 1))
    2
    """
    return max(0, (min(end, other_end) - max(start, other_start)).days)
