"""Where loans stand on several days each, and loans that have one past: what `assess_columns` says of each, for less.

A round of questions about ways out asks of one loan what becomes of it under a dozen changes, and of some of these on many
days. What these walks have in common is walked once: stepping/several.py says what that is.
"""

import numpy as np
import numpy.typing as npt
from numba import types

from goodstanding.batch import layout
from goodstanding.batch.compiling import entry, part, pointer_to
from goodstanding.batch.kernel import (
    COLUMNS,
    NUMBERS,
    OUT,
    POLICIES,
    Columns,
    lay_out_and_begin,
    lay_out_terms,
    may_be_steady,
    refuse_at,
)
from goodstanding.batch.layout import *
from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.steady import NOT_STEADY, assess_steadily
from goodstanding.batch.stepping.events import also_on
from goodstanding.batch.stepping.laying_out import lay_out_policy, room_for
from goodstanding.batch.stepping.reading import read
from goodstanding.batch.stepping.several import go_on_from, keep_past, keep_state, may_share, put_back, undoes_after
from goodstanding.batch.stepping.working import begin_events, close_day, run_before, run_to

Numbers = npt.NDArray[np.int64]


def run_on_days(
    columns: Columns,
    policies: PolicyTable,
    days_at: Numbers,
    days: Numbers,
    past_of: Numbers | None = None,
    begins: Numbers | None = None,
) -> Numbers:
    """The kernel's results with sums over instalments, (layout.WITH_SUMS, days), each loan's one after another.

    days_at: (loans + 1,); the days of a loan rise. past_of: loans that lie together and have the same number, 0 or more, have the same
    head, schedule and opening, and their lists begin with the same rows; begins: what else these lists hold is of this day or
    later, and the loan isn't asked about before it. columns.asked_on isn't read. by_steps is 2 where a past was shared.
    """
    loans = len(columns.policy_of)
    alone = np.full(loans, -1, np.int64)
    out = np.empty((layout.WITH_SUMS, len(days)), np.int64)
    given = (days_at, days, alone if past_of is None else past_of, alone if begins is None else begins)
    assess_days(columns, policies.rows, policies.extra, *[_fixed(one) for one in given], out)
    return out


def _fixed(values: Numbers) -> Numbers:
    """The same numbers as the kernel is handed them: it only reads them."""
    array = np.ascontiguousarray(values, np.int64).view()
    array.flags.writeable = False
    return array


@part
def by_short_way(w, columns, loan, day, out, at):
    """As `assess_columns` tries it: the status, or NOT_STEADY."""
    is_whole = not (len(columns.has_null) and columns.has_null[loan])
    if not (w[POLICY + IS_PLAIN] and is_whole and may_be_steady(columns, loan)):
        return NOT_STEADY
    if not lay_out_terms(
        w,
        columns.disbursed_on[loan],
        columns.rate_ppm[loan],
        columns.day_count[loan],
        columns.principal[loan],
        day,
    ):
        return NOT_STEADY
    return assess_steadily(
        w,
        out,
        at,
        day,
        NONE,
        w[DISBURSED],
        columns.schedule_at[loan],
        columns.schedule_at[loan + 1],
        pointer_to(columns.due_on),
        pointer_to(columns.due_principal),
        pointer_to(columns.due_interest),
        pointer_to(columns.due_fee),
        columns.moves_at[loan],
        columns.moves_at[loan + 1],
        pointer_to(columns.kind),
        pointer_to(columns.amount),
        pointer_to(columns.effective_on),
        pointer_to(columns.booked_on),
        pointer_to(columns.component),
        len(columns.component) > 0,
        pointer_to(columns.instalment),
        len(columns.instalment) > 0,
    )


@part
def begin_alone(w, columns, loan, days, first, stop):
    """Lay a loan out for the last of its days; return how many instalments its own schedule has, -1 if it can't be read on all."""
    schedule_stop = lay_out_and_begin(w, columns, loan, days[stop - 1], NONE)
    if w[STATUS] == OK:
        begin_events(w)
    too_early = days[first] < w[DISBURSED] or (w[HAS_OPENING] and days[first] < w[OPENED_ON])
    return -1 if w[STATUS] != OK or too_early else schedule_stop


@part
def read_days(w, kept, move, days, first, stop, out, way):
    """Walk from transaction `move` on to each of the days and read it; return the first that it couldn't be read on.

    way: what by_steps says then.
    """
    for at in range(first, stop):
        day, is_last = days[at], at == stop - 1
        if not is_last:
            move = run_before(w, move, day)
            if w[STATUS] != OK:
                return at
            keep_state(w, kept)
            w[AS_OF] = day
            also_on(w, day, 0)
        run_before(w, move, day + 1)
        if w[STATUS] == OK:
            close_day(w, day)
        if w[STATUS] != OK:
            return at
        read(w, out, at)
        out[OUT_BY_STEPS, at] = way
        if not is_last:
            put_back(w, kept)
    return stop


@part
def walk_alone(w, columns, loan, day, out, at):
    lay_out_and_begin(w, columns, loan, day, NONE)
    if w[STATUS] == OK:
        run_to(w)
    if w[STATUS] == OK:
        read(w, out, at)
    return w[STATUS]


@entry(types.void(COLUMNS, POLICIES, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, OUT))
def assess_days(columns, policies, extra, days_at, days, past_of, begins, out):
    """Assess loans on their days into out (WITH_SUMS, days); what these numbers are: `run_on_days`.

    shared: the loan that last kept a past or went on from it; schedule_stop: how many instalments its own schedule has.
    """
    factor, laid_out, shared, schedule_stop = 1, -1, NONE, 0
    memory = room_for(columns, policies, extra, factor)
    memory_kept, memory_past = memory.copy(), memory.copy()
    w, kept, past = pointer_to(memory), pointer_to(memory_kept), pointer_to(memory_past)
    loans = len(columns.policy_of)
    for loan in range(loans):
        at, stop = days_at[loan], days_at[loan + 1]
        policy = columns.policy_of[loan]
        if policy < 0 or policy >= len(policies):
            for place in range(at, stop):
                refuse_at(out, place, OTHER_CURRENCY if policy == ANOTHER_CURRENCY else UNKNOWN_POLICY)
            continue
        if policy != laid_out:
            lay_out_policy(w, policies, policy)
            laid_out = policy
        while at < stop:
            status = by_short_way(w, columns, loan, days[at], out, at)
            if status == NOT_STEADY:
                break
            if status != OK:
                refuse_at(out, at, status)
            at += 1
        if at < stop and not undoes_after(columns, loan, days[at]):
            may_be_shared = past_of[loan] >= 0 and days[at] >= begins[loan] and may_share(w)
            move, way = 0, 1
            if (
                may_be_shared
                and shared == loan - 1
                and past_of[loan] == past_of[loan - 1]
                and begins[loan] == begins[loan - 1]
            ):
                begun = go_on_from(w, past, columns, loan, begins[loan], schedule_stop, days[stop - 1])
                move, way, shared = past[MOVES], 2, loan
            else:
                schedule_stop = begin_alone(w, columns, loan, days, at, stop)
                begun = schedule_stop >= 0
                follows = loan + 1 < loans and past_of[loan + 1] == past_of[loan]
                if begun and may_be_shared and follows and (not w[HAS_OPENING] or w[OPENED_ON] < begins[loan] - 1):
                    move = run_before(w, 0, begins[loan] - 1)
                    begun = w[STATUS] == OK
                    if begun:
                        keep_past(w, past, move)
                        shared = loan
            if begun:
                at = read_days(w, kept, move, days, at, stop, out, way)
        while at < stop:
            status = walk_alone(w, columns, loan, days[at], out, at)
            while status == NO_ROOM:
                factor *= 2
                memory = room_for(columns, policies, extra, factor)
                memory_kept, memory_past = memory.copy(), memory.copy()
                w, kept, past = pointer_to(memory), pointer_to(memory_kept), pointer_to(memory_past)
                lay_out_policy(w, policies, policy)
                shared = NONE
                status = walk_alone(w, columns, loan, days[at], out, at)
            if status != OK:
                refuse_at(out, at, status)
            at += 1
    memory[0] = memory_kept[0] = memory_past[0] = 0  # the addresses point into them up to here
