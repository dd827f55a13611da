"""Days that law counts: beginning with a day or after it, clear days, months, business days with named holidays.

Method and worked table: docs/methods/days_that_law_sets.md
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from goodstanding.core.dates import add_months

IsHoliday = Callable[[date], bool]


def last_day_beginning_with(start: date, days: int) -> date:
    """The last day of a period that begins with a day, which is its first ("within 14 days beginning with the day").

    >>> last_day_beginning_with(date(2026, 2, 5), 14)
    datetime.date(2026, 2, 18)
    """
    return start + timedelta(days=days - 1)


def last_day_after(start: date, days: int) -> date:
    """The last day of a period that runs after a day, which isn't counted ("within 20 days of receipt").

    >>> last_day_after(date(2026, 6, 1), 20)
    datetime.date(2026, 6, 21)
    """
    return start + timedelta(days=days)


def first_day_not_less_than(start: date, days: int) -> date:
    """The first day that lies not less than so many days after a day ("not less than 14 days after service").

    >>> first_day_not_less_than(date(2026, 4, 7), 14)
    datetime.date(2026, 4, 21)
    """
    return start + timedelta(days=days)


def months_after(start: date, months: int) -> date:
    """The day that corresponds, months later; the month's last day where it has none.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    return add_months(start, months)


def months_between(start: date, end: date) -> int:
    """How many months it is from one day to another, a part of a month for a whole one.

    >>> months_between(date(2026, 1, 31), date(2026, 2, 28)), months_between(date(2026, 1, 31), date(2026, 3, 1))
    (1, 2)
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    while months_after(start, months) < end:
        months += 1
    return months


def period_after(start: date, values: Mapping[str, Any]) -> date:
    """So many days, or months and years, after a day. values: days, or months and years; months to the day that corresponds.

    >>> period_after(date(2024, 2, 29), {"years": 3}), period_after(date(2026, 6, 1), {"days": 20})
    (datetime.date(2027, 2, 28), datetime.date(2026, 6, 21))
    """
    if "months" in values or "years" in values:
        return months_after(start, int(values.get("months", 0)) + 12 * int(values.get("years", 0)))
    return last_day_after(start, int(values["days"]))


def us_federal_holiday(day: date) -> bool:
    """Whether a day is a legal public holiday (5 USC 6103(a)), or the weekday on which one at the weekend is observed.

    The rule that counts business days names 6103(a); the observed day is in 6103(b). Where they differ both are skipped, so
    that the period ends later rather than sooner. Juneteenth counts since 2021; Inauguration Day isn't in 6103(a).

    >>> us_federal_holiday(date(2026, 7, 3)), us_federal_holiday(date(2026, 11, 26)), us_federal_holiday(date(2026, 11, 27))
    (True, True, False)
    """
    return (
        _is_legal_holiday(day)
        or (day.weekday() == 4 and _is_fixed_holiday(day + timedelta(days=1)))
        or (day.weekday() == 0 and _is_fixed_holiday(day - timedelta(days=1)))
    )


def _is_fixed_holiday(day: date) -> bool:
    return (day.month, day.day) in {(1, 1), (7, 4), (11, 11), (12, 25)} or (
        (day.month, day.day) == (6, 19) and day.year >= 2021
    )


def _is_legal_holiday(day: date) -> bool:
    if _is_fixed_holiday(day):
        return True
    week = (day.day - 1) // 7 + 1
    is_last = (day + timedelta(days=7)).month != day.month
    match (day.month, day.weekday()):
        case (1, 0) | (2, 0):
            return week == 3  # birthdays of Martin Luther King, Jr. and Washington
        case (5, 0):
            return is_last  # Memorial Day
        case (9, 0):
            return week == 1  # Labor Day
        case (10, 0):
            return week == 2  # Columbus Day
        case (11, 3):
            return week == 4  # Thanksgiving Day
    return False


def never(_: date) -> bool:
    return False


HOLIDAYS: dict[str, IsHoliday] = {"us_federal": us_federal_holiday, "none": never}


def add_business_days(start: date, days: int, is_holiday: IsHoliday) -> date:
    """The day that is so many business days after a day: Saturdays, Sundays and holidays aren't counted.

    >>> add_business_days(date(2026, 7, 3), 5, us_federal_holiday)
    datetime.date(2026, 7, 10)
    """
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day):
            days -= 1
    return day


def validation_period_end(sent_on: date, *, assumed_days: int, period_days: int) -> date:
    """The last day of the validation period: so many days after receipt, assumed so many business days after sending.

    12 CFR 1006.34(b)(5): receipt isn't assumed sooner than five days after sending, Saturdays, Sundays and legal public
    holidays left out; the thirty days are plain calendar days.

    >>> validation_period_end(date(2026, 5, 4), assumed_days=5, period_days=30)
    datetime.date(2026, 6, 10)
    """
    return add_business_days(sent_on, assumed_days, us_federal_holiday) + timedelta(days=period_days)
