"""What promises and plans share: days where the borrower is, and what can't be meant."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from goodstanding.core.money import LARGEST_AMOUNT

LONGEST_TOLERANCE = 366
"""Days; a year."""
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""The days that promises and plans may name: some around each can be counted."""


def days_text(days: int) -> str:
    """
    >>> days_text(1), days_text(3)
    ('1 day', '3 days')
    """
    return f"{days} day{'' if days == 1 else 's'}"


def day_in(zone: str, at: datetime) -> date:
    """The calendar day of an instant where the borrower is."""
    return at.astimezone(ZoneInfo(zone)).date()


def check_day(what: str, day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"{what} is {day}; expected a day from {EARLIEST} to {LATEST}")


def check_amount(what: str, amount: int, *, least: int) -> None:
    if not least <= amount <= LARGEST_AMOUNT:
        raise ValueError(f"{what} is {amount} minor units; expected {least} to {LARGEST_AMOUNT}")


def check_tolerance(what: str, days: int, amount: int) -> None:
    if not 0 <= days <= LONGEST_TOLERANCE:
        raise ValueError(f"{what}: tolerance_days is {days}; expected 0 to {LONGEST_TOLERANCE}")
    check_amount(f"{what}: tolerance_amount", amount, least=0)


def check_zone(what: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'{what}: "{zone}" isn\'t a time zone we know (such as Asia/Shanghai)') from None


def check_instants(what: str, at: datetime, recorded_at: datetime | None) -> None:
    for one in (at, recorded_at):
        if one is not None and one.tzinfo is None:
            raise ValueError(f"{what}: {one.isoformat()} has no offset, so nobody can say when it was")
        if one is not None:
            check_day(what, one.date())
    if recorded_at is not None and recorded_at < at:
        raise ValueError(
            f"{what}: it was recorded at {recorded_at.isoformat()}, before it happened at {at.isoformat()}"
        )
