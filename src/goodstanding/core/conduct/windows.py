"""Times of day and calendar days where the person is; across changes of the clock, and in several zones at once.

A window is open between its ends and shut at them: at the very second of an end nobody is contacted (sources differ, and the
later refusal harms nobody). Minutes count from midnight on the wall clock.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 24 * 60
SECOND = timedelta(seconds=1)


def minutes_of(text: str) -> int:
    """Read a time of day as minutes after midnight; 24:00 is the end of the day.

    >>> minutes_of("08:30"), minutes_of("24:00")
    (510, 1440)
    """
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == 2 and len(minutes) == 2 and (hours + minutes).isdecimal()):
        raise ValueError(f'"{text}" isn\'t a time of day (we read HH:MM, such as 08:00)')
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > DAY:
        raise ValueError(f'"{text}" isn\'t a time of day (we read HH:MM, from 00:00 to 24:00)')
    return total


def clock_text(minutes: int) -> str:
    """
    >>> clock_text(510)
    '08:30'
    """
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def is_within(at: datetime, zone: ZoneInfo, start: int, end: int) -> bool:
    """Whether the wall clock stands strictly between start and end; an end not after its start lies past midnight.

    >>> from datetime import UTC
    >>> is_within(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), 480, 1320)   # 08:00:00
    False
    """
    clock = at.astimezone(zone)
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1_000_000
    if start < end:
        return start * 60 < seconds < end * 60
    return seconds > start * 60 or seconds < end * 60


def moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A wall-clock time of a day as an instant; one that the clock skips is the first after the gap."""
    day, minutes = day + timedelta(days=minutes // DAY), minutes % DAY
    local = datetime.combine(day, time(minutes // 60, minutes % 60), zone)
    return local.astimezone(ZoneInfo("UTC")).astimezone(zone)


def opens_after(at: datetime, zone: ZoneInfo, start: int) -> datetime:
    """The first instant after `at` in which a window from that minute on is open: one second past it."""
    day = at.astimezone(zone).date()
    for ahead in range(3):
        if (opening := moment(day + timedelta(days=ahead), start, zone) + SECOND) > at:
            return opening
    raise AssertionError("a window opens every day")


def start_of(day: date, zones: Iterable[ZoneInfo]) -> datetime:
    """When a calendar day has begun in every one of the zones."""
    return max(moment(day, 0, zone) for zone in zones)
