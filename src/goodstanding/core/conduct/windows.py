"""Times of day and calendar days where the person is; across changes of the clock, and in several zones at once.

A window is open between its ends and shut at them: at the very second of an end nobody is contacted (sources differ, and the
later refusal harms nobody). Minutes count from midnight on the wall clock. Instants are given back in UTC, because Python compares
two of the same zone by their wall clocks, which is wrong in the hour that comes twice.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
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


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A wall-clock time of a day as an instant; the first of two, and of one that the clock skips the first after the gap.

    >>> denver = ZoneInfo("America/Denver")
    >>> moment(date(2026, 3, 8), 150, denver).astimezone(denver).isoformat()   # 02:30 on the night without it
    '2026-03-08T03:00:00-06:00'
    """
    return _moments(day, minutes, zone)[0]


def _moments(day: date, minutes: int, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every instant at which the clock shows that time: two on the night it is set back; if none, the first after the gap."""
    day, minutes = day + timedelta(days=minutes // DAY), minutes % DAY
    local = datetime.combine(day, time(minutes // 60, minutes % 60), zone)
    one, other = (utc(local.replace(fold=fold)) for fold in (0, 1))
    if one == other:
        return (one,)
    if one < other:
        return one, other
    offset = one.astimezone(zone).utcoffset()
    while one - other > SECOND:  # the gap lies between them: the clock has jumped at `one`, not yet at `other`
        middle = other + timedelta(seconds=int((one - other).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            one = middle
        else:
            other = middle
    return (one,)


def opens_after(at: datetime, zone: ZoneInfo, start: int) -> datetime:
    """The first instant after `at` in which a window from that minute on is open: a second past it, or after it was skipped.

    >>> denver = ZoneInfo("America/Denver")
    >>> night = datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=denver)   # the clock was set back at 02:00
    >>> opens_after(night, denver, 90).astimezone(denver).isoformat()
    '2026-11-01T01:30:01-07:00'
    """
    day = at.astimezone(zone).date()
    for ahead in range(-1, 3):
        for opening in _moments(day + timedelta(days=ahead), start, zone):
            clock = opening.astimezone(zone)
            after = opening if clock.hour * 60 + clock.minute != start % DAY else opening + SECOND
            if after > utc(at):
                return after
    raise AssertionError("a window opens every day")


def start_of(day: date, zones: Iterable[ZoneInfo]) -> datetime:
    """When a calendar day has begun in every one of the zones."""
    return max(moment(day, 0, zone) for zone in zones)
