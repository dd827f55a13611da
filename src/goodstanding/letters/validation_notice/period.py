"""How long a consumer may dispute: the validation period of 12 CFR 1006.34(b)(5).

It ends no earlier than thirty days after receipt, which may be assumed on any day that is at least five days after sending,
Saturdays, Sundays and public holidays (5 U.S.C. 6103(a)) not counted. A holiday that is observed on another day isn't
counted on either: where the text leaves two readings, the consumer has the longer period.
"""

from datetime import date, timedelta

RECEIPT_DAYS, DISPUTE_DAYS = 5, 30
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6


def earliest_end(sent_on: date) -> date:
    """The first day that a notice sent then may name as the end of the validation period.

    >>> earliest_end(date(2026, 5, 4)), earliest_end(date(2026, 7, 3))
    (datetime.date(2026, 6, 10), datetime.date(2026, 8, 9))
    """
    return assumed_receipt(sent_on) + timedelta(days=DISPUTE_DAYS)


def assumed_receipt(sent_on: date) -> date:
    """The fifth counted day after sending.

    >>> assumed_receipt(date(2026, 7, 3))  # a Friday on which the 4th, a Saturday, is observed
    datetime.date(2026, 7, 10)
    """
    day, counted = sent_on, 0
    while counted < RECEIPT_DAYS:
        day += timedelta(days=1)
        counted += day.weekday() not in (_SATURDAY, _SUNDAY) and day not in _not_counted(day.year)
    return day


def _not_counted(year: int) -> set[date]:
    """The public holidays of a year, and the days on which those at a weekend are observed."""
    found = {one for near in (year, year + 1) for one in _holidays(near)}
    shifted = {_SATURDAY: -1, _SUNDAY: 1}
    observed = {one + timedelta(days=shifted[one.weekday()]) for one in found if one.weekday() in shifted}
    return found | observed


def _holidays(year: int) -> list[date]:
    """5 U.S.C. 6103(a), Juneteenth included (since 2021)."""
    return [
        date(year, 1, 1),
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 2, _MONDAY, 3),
        _last(year, 5, _MONDAY),
        date(year, 6, 19),
        date(year, 7, 4),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 10, _MONDAY, 2),
        date(year, 11, 11),
        _nth(year, 11, _THURSDAY, 4),
        date(year, 12, 25),
    ]


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _last(year: int, month: int, weekday: int) -> date:
    found = _nth(year, month, weekday, 4)
    return found + timedelta(days=7) if (found + timedelta(days=7)).month == month else found
