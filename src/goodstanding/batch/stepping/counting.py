"""Counting days past due, and days that a pause takes off: `core/arrears/counting.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.places import pause_at


@part
def paused_days(w, flag, due_on, as_of):
    """flag: STOPS_PENALTY or STOPS_FEES, the pauses that count; -1: all."""
    taken, reached = 0, due_on
    for place in range(w[PAUSES]):
        if flag >= 0 and w[pause_at(w, place) + flag] == 0:
            continue
        first, last = (
            max(w[pause_at(w, place) + PAUSE_FROM], reached + 1),
            min(w[pause_at(w, place) + PAUSE_UNTIL] - 1, as_of),
        )
        if last >= first:
            taken += last - first + 1
            reached = last
    return taken


@part
def day_reached(w, flag, due_on, days):
    day = due_on + days
    while w[PAUSES]:
        short = days - (day - due_on) + paused_days(w, flag, due_on, day)
        if short <= 0:
            break
        day += short
    return day


@part
def day_number(w, due_on, as_of):
    elapsed, first = as_of - due_on, w[POLICY + DUE_DATE_IS_DAY]
    return elapsed + first if elapsed >= 0 and elapsed + first > 0 else 0


@part
def delinquent_days(w, due_on, as_of):
    counted_from = due_on - w[POLICY + DUE_DATE_IS_DAY]
    days = day_number(w, due_on, as_of) - paused_days(w, -1, counted_from, as_of)
    if w[POLICY + GRACE_DELAYS]:
        return max(0, days - w[POLICY + GRACE])
    gone_by = as_of - due_on - paused_days(w, -1, due_on, as_of)
    if w[POLICY + GRACE] > 0 and gone_by <= w[POLICY + GRACE]:
        return 0
    return max(0, days)


@part
def has_waited(w, due_on, as_of):
    """Whether every day past due so far lies in a pause."""
    if w[PAUSES] == 0:
        return False
    return 0 < day_number(w, due_on, as_of) <= paused_days(w, -1, due_on - w[POLICY + DUE_DATE_IS_DAY], as_of)
