"""The days on which something happens to a loan: a heap, the first on top."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *


@part
def also_on(w, day):
    """Put a day on the heap of events, if it lies before the day asked about or on it."""
    if day > w[AS_OF]:
        return
    place = w[EVENTS]
    if place >= w[EVENTS_ROOM]:
        w[STATUS] = NO_ROOM
        return
    w[EVENTS] += 1
    while place > 0:
        above = (place - 1) >> 1
        if w[w[EVENTS_AT] + above] <= day:
            break
        w[w[EVENTS_AT] + place] = w[w[EVENTS_AT] + above]
        place = above
    w[w[EVENTS_AT] + place] = day


@part
def later_on(w, day, after):
    if day > after:
        also_on(w, day)


@part
def next_day(w):
    """Take the first day from the heap, and every other entry of the same day."""
    day = w[w[EVENTS_AT] + 0]
    while w[EVENTS] > 0 and w[w[EVENTS_AT] + 0] == day:
        w[EVENTS] -= 1
        count = w[EVENTS]
        last = w[w[EVENTS_AT] + count]
        place = 0
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
    return day
