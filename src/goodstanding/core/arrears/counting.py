"""Counting days: days past due, days that a pause takes off, the day on which a grace period has run out.

Days are counted as calendar days at their end: an instalment due on the 10th has, unpaid on the 12th, two days past due
(three where the due date is day 1). Methods and worked tables: docs/methods/days_past_due.md, docs/methods/pauses.md
"""

from collections.abc import Iterable
from datetime import date, timedelta

from goodstanding.core.arrears.policy import ArrearsPolicy, DpdFrom, GraceEffect
from goodstanding.core.loan import Pause

ONE_DAY = timedelta(days=1)


def later(day: date, days: int) -> date:
    """The day so many days after a day; beyond the calendar, its last or first day, which nobody can ask about.

    >>> later(date(2026, 2, 28), 1), later(date(9999, 12, 31), 1)
    (datetime.date(2026, 3, 1), datetime.date(9999, 12, 31))
    """
    return date.fromordinal(max(1, min(day.toordinal() + days, date.max.toordinal())))


def paused_days(pauses: Iterable[Pause], due_on: date, as_of: date) -> int:
    """Days after due_on, up to and with as_of, that lie in a pause; a day in two pauses is taken off once.

    >>> pause = Pause(date(2026, 3, 10), date(2026, 3, 20))
    >>> paused_days([pause, pause], date(2026, 3, 12), date(2026, 3, 31))
    7
    """
    taken, reached = 0, due_on
    for pause in sorted(pauses, key=lambda one: one.from_on):
        first, last = max(pause.from_on, reached + ONE_DAY), min(pause.until_on - ONE_DAY, as_of)
        if last >= first:
            taken += (last - first).days + 1
            reached = last
    return taken


def day_number(due_on: date, as_of: date, policy: ArrearsPolicy) -> int:
    """Days past due of something unpaid since due_on; 0 while it isn't past due.

    >>> day_number(date(2026, 3, 10), date(2026, 3, 10), ArrearsPolicy(due_date_is_day=1))
    1
    """
    elapsed = (as_of - due_on).days
    return elapsed + policy.due_date_is_day if elapsed >= 0 and elapsed + policy.due_date_is_day > 0 else 0


def first_of_stretch(policy: ArrearsPolicy, oldest_due_on: date, day: date) -> date:
    """From where a stretch of arrears counts that began on this day: its oldest due date, or as if this were day 1."""
    if policy.dpd_from is not DpdFrom.OVER_TOLERANCE:
        return oldest_due_on
    return day - (1 - policy.due_date_is_day) * ONE_DAY


def counted_from(policy: ArrearsPolicy, oldest_due_on: date, arrears_since: date) -> date:
    """The day from which days past due count. arrears_since: with which the stretch began; see `first_of_stretch`."""
    if policy.dpd_from is DpdFrom.OLDEST_UNPAID:
        return oldest_due_on
    return min(oldest_due_on, arrears_since) if policy.dpd_from is DpdFrom.FIRST_DEFAULT else arrears_since


def delinquent_days(due_on: date, as_of: date, policy: ArrearsPolicy, pauses: Iterable[Pause]) -> int:
    """Days past due after pauses and grace; where the due date is day 1, a pause takes that day off as well.

    Grace that forgives: none while no more than grace_days have gone by since the due date, then all. Grace that
    delays: grace_days are taken off.

    >>> forgiving = ArrearsPolicy(grace_days=5)
    >>> [delinquent_days(date(2026, 3, 1), date(2026, 3, day), forgiving, ()) for day in (6, 7)]
    [0, 6]
    """
    counted_from = later(due_on, -policy.due_date_is_day)
    days = day_number(due_on, as_of, policy) - paused_days(pauses, counted_from, as_of)
    if policy.grace_effect is GraceEffect.DELAYS:
        return max(0, days - policy.grace_days)
    gone_by = (as_of - due_on).days - paused_days(pauses, due_on, as_of)
    in_grace = policy.grace_days > 0 and gone_by <= policy.grace_days
    return 0 if in_grace else max(0, days)


def has_waited(due_on: date, as_of: date, policy: ArrearsPolicy, pauses: Iterable[Pause]) -> bool:
    """Whether every day past due so far lies in a pause: what fell due in one, until it ends.

    >>> pause = Pause(date(2026, 2, 20), date(2026, 4, 1))
    >>> [has_waited(date(2026, 3, 1), day, ArrearsPolicy(), [pause]) for day in (date(2026, 3, 31), date(2026, 4, 1))]
    [True, False]
    """
    days = day_number(due_on, as_of, policy)
    return 0 < days <= paused_days(pauses, later(due_on, -policy.due_date_is_day), as_of)


def day_reached(due_on: date, days: int, pauses: Iterable[Pause]) -> date:
    """The first day on which so many days have gone by since due_on, days in a pause not counted.

    >>> day_reached(date(2026, 3, 1), 16, ()), day_reached(date(2026, 3, 1), 2, [Pause(date(2026, 3, 2), date(2026, 3, 9))])
    (datetime.date(2026, 3, 17), datetime.date(2026, 3, 10))
    """
    held = list(pauses)
    day = later(due_on, days)
    while day < date.max and (short := days - (day - due_on).days + paused_days(held, due_on, day)) > 0:
        day = later(day, short)
    return day
