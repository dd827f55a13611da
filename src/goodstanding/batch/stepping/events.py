"""What will happen to a loan, and when: a heap of days, each with the instalment that it is about, the first on top.

An instalment's days join the heap when it falls due, and with them the next one's due date: so the heap stays small,
however long the schedule is.
"""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import touch

_ROWS = EVERY_ROW + 1


@part
def also_on(w, day, row):
    """Put an event on the heap, if its day lies before the day asked about or on it. row: an instalment, 0 or EVERY_ROW."""
    if day > w[AS_OF]:
        return
    place, event = w[EVENTS], day * _ROWS + row
    if place >= w[EVENTS_ROOM]:
        w[STATUS] = NO_ROOM
        return
    w[EVENTS] += 1
    while place > 0:
        above = (place - 1) >> 1
        if w[w[EVENTS_AT] + above] <= event:
            break
        w[w[EVENTS_AT] + place] = w[w[EVENTS_AT] + above]
        place = above
    w[w[EVENTS_AT] + place] = event


@part
def later_on(w, day, row, after):
    if day > after:
        also_on(w, day, row)


@part
def first_day(w):
    return w[w[EVENTS_AT]] // _ROWS


@part
def take_events(w, day):
    """Take the events of a day from the heap; touch the instalments that they are about, the oldest first."""
    while w[EVENTS] > 0 and first_day(w) == day:
        row = w[w[EVENTS_AT]] % _ROWS
        take_first(w)
        if row == EVERY_ROW:
            w[ALL_TOUCHED] = 1
        elif row != 0:
            touch(w, row)


@part
def take_first(w):
    w[EVENTS] -= 1
    count = w[EVENTS]
    last, place = w[w[EVENTS_AT] + count], 0
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        if below + 1 < count and w[w[EVENTS_AT] + below + 1] < w[w[EVENTS_AT] + below]:
            below += 1
        if w[w[EVENTS_AT] + below] >= last:
            break
        w[w[EVENTS_AT] + place] = w[w[EVENTS_AT] + below]
        place = below
    w[w[EVENTS_AT] + place] = last
