"""The contract's calendar, compiled: core's Calendar, and the day of the month and the rhythm that due dates show."""

from goodstanding.batch.compiling import part
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.tables import *
from goodstanding.batch.exact import civil, is_leap

_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31


@part
def number_of(year, month, day):
    """The day number of a day of the calendar (Hinnant's days_from_civil)."""
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@part
def last_day_of_month(year, month):
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@part
def add_months(start, months, day):
    """Move a day by whole months to a day of the month, or the month's last one."""
    year, month, _ = civil(start)
    month += months - 1
    year += month // 12
    month = month % 12 + 1
    return number_of(year, month, min(day, last_day_of_month(year, month)))


@part
def day_of_month(day):
    _, _, found = civil(day)
    return found


@part
def after(w, day, places):
    """The due date so many places after one."""
    if w[IS_MONTHLY]:
        return add_months(day, places, w[GROUND_DUE_DAY])
    return day + w[GROUND_EVERY_DAYS] * places


@part
def months_after(w, day, months):
    return add_months(day, months, w[GROUND_DUE_DAY] if w[IS_MONTHLY] else day_of_month(day))


@part
def first_after(w, day):
    """The first due date of the contract after a day; where none is left, the first one as if it went on."""
    for place in range(w[GROUND_FALLEN_N], w[GROUND_PARTS_N]):
        if w[part_at(w, place) + PART_DUE_ON] > day:
            return w[part_at(w, place) + PART_DUE_ON]
    last = w[GROUND_LAST_DUE_ON]
    if w[IS_MONTHLY]:
        year, month, _ = civil(day)
        last_year, last_month, _ = civil(last)
        places = max(1, (year - last_year) * 12 + month - last_month)
    else:
        places = max(1, (day - last) // w[GROUND_EVERY_DAYS])
    while after(w, last, places) <= day:
        places += 1
    return after(w, last, places)


@part
def read_rhythm(w, has_opening):
    """Set the loan's due day and rhythm from the due dates that the contract has now: core's _of_the_contract and _calendar."""
    count = put_keys(w, has_opening)
    for one in range(32):
        w[GAPS + one] = 0
    for place in range(count):
        count_day(w, w[term_at(w, place) + TERM_KEY] & 0xFFFFFFFF)
    due_day = 1
    for one in range(2, _LONGEST_MONTH + 1):
        if w[GAPS + one] > w[GAPS + due_day]:
            due_day = one
    w[GROUND_DUE_DAY], w[GROUND_EVERY_DAYS] = due_day, usual_gap(w, count)
    w[IS_MONTHLY] = 1 if w[GROUND_EVERY_DAYS] == 0 else 0


@part
def put_keys(w, has_opening):
    """Sort the contract's due dates by drawdown and day into the terms' keys, each once; return how many."""
    count = 0
    for wants_all in range(2):
        for place in range(w[TERMS_N]):
            at = term_at(w, place)
            is_own = w[at + TERM_PRINCIPAL] + w[at + TERM_INTEREST] + w[at + TERM_FEE] != 0
            if wants_all or (is_own and not (has_opening and place == 0)):
                count = put_key(w, count, (w[at + TERM_DRAWDOWN] << 32) + w[at + TERM_DUE_ON] + _SHIFT)
        if count:
            break
    return count


_SHIFT = 1 << 20
"""Added to days in keys, so that none is below zero."""


@part
def put_key(w, count, key):
    place = count
    while place > 0 and w[term_at(w, place - 1) + TERM_KEY] > key:
        place -= 1
    if place > 0 and w[term_at(w, place - 1) + TERM_KEY] == key:
        return count
    for later in range(count, place, -1):
        w[term_at(w, later) + TERM_KEY] = w[term_at(w, later - 1) + TERM_KEY]
    w[term_at(w, place) + TERM_KEY] = key
    return count + 1


@part
def count_day(w, shifted):
    """Count the days of the month that a due date fits: its own, and for the last of a month all that the month lacks."""
    year, month, day = civil(shifted - _SHIFT)
    until = _LONGEST_MONTH if day == last_day_of_month(year, month) else day
    for one in range(day, until + 1):
        w[GAPS + one] += 1


@part
def usual_gap(w, count):
    """The middle one of the gaps between due dates of a drawdown, in days; 0 where that is a month's, or there is none."""
    for one in range(_SHORTEST_MONTH):
        w[GAPS + one] = 0
    gaps = 0
    for place in range(1, count):
        key, before = w[term_at(w, place) + TERM_KEY], w[term_at(w, place - 1) + TERM_KEY]
        if key >> 32 == before >> 32:
            gaps += 1
            if key - before < _SHORTEST_MONTH:
                w[GAPS + key - before] += 1
    below = 0
    for gap in range(1, _SHORTEST_MONTH):
        below += w[GAPS + gap]
        if below > gaps // 2:
            return gap
    return 0
