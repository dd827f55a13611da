"""A loan on several days, and several loans with one past: walked once, and put back where they parted.

Up to a day a walk is the same whatever day is asked about later: what lies before the next event is kept, the day is worked
through and read, and the loan is put back. Loans that are one loan up to a day, and differ by what comes then (payments,
pauses, schedules), are walked to that day once. Where that can't be sure to be the same, each is walked by itself.
"""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.counting import day_reached
from goodstanding.batch.stepping.events import later_on
from goodstanding.batch.stepping.laying_out import lay_out_moves, lay_out_pauses, lay_out_versions
from goodstanding.batch.stepping.places import account, move_at, version_at
from goodstanding.batch.stepping.versions import ask_for_events
from goodstanding.batch.stepping.working import ask_for_days


@part
def copy(w, other, at, stop):
    for place in range(at, stop):
        other[place] = w[place]


@part
def copy_state(w, other, moves):
    """Copy all that a walk changes, from one array to another of the same room; moves: of how many something can be met."""
    copy(w, other, 0, POLICY)
    copy(w, other, ACCOUNTS_AT, account(w[ACCOUNTS] + 1))
    copy(w, other, w[HELD_AT], w[HELD_AT] + 2 * w[HELD])
    copy(w, other, w[METS_AT], w[METS_AT] + 4 * w[METS])
    copy(w, other, w[LATEST_AT], w[LATEST_AT] + moves)
    copy(w, other, w[TOUCHED_AT], w[TOUCHED_AT] + w[TOUCHED])


@part
def keep_state(w, kept):
    """Keep a walk as it is between two days, with what is to come of it."""
    copy_state(w, kept, w[MOVES])
    copy(w, kept, w[EVENTS_AT], w[EVENTS_AT] + w[EVENTS])


@part
def put_back(w, kept):
    copy_state(kept, w, kept[MOVES])
    copy(kept, w, kept[EVENTS_AT], kept[EVENTS_AT] + kept[EVENTS])


@part
def keep_past(w, past, move):
    """Keep a walk that others go on from; move: the transaction that comes next."""
    copy_state(w, past, move)
    past[MOVES] = move


@part
def undoes_after(columns, loan, day):
    """Whether a payment is undone after a day: then what counts before depends on the day asked about."""
    for place in range(columns.moves_at[loan], columns.moves_at[loan + 1]):
        kind = columns.kind[place]
        if (kind == REVERSAL or kind == CHARGEBACK) and columns.effective_on[place] > day:
            return True
    return False


@part
def may_share(w):
    """Whether a policy lets loans share a past though they pause later: fees that come again, interest by day don't."""
    return w[POLICY + INTEREST_BY] == SCHEDULED and w[POLICY + LATE_EVERY] == 0


@part
def go_on_from(w, past, columns, loan, begins, schedule_stop, as_of):
    """Lay out what a loan adds to a past that was walked to the day before `begins`, and put it there; whether it could be.

    past: as keep_past left it, of a loan whose columns begin with the same rows; what this one adds is of `begins` or later.
    """
    w[STATUS], w[AS_OF], w[DISBURSED] = OK, as_of, past[DISBURSED]
    w[MOVES], w[VERSIONS], w[PAUSES] = 0, 0, 0
    if len(columns.versions_at):
        lay_out_versions(w, columns, loan, schedule_stop)
    if w[STATUS] == OK and len(columns.pauses_at):
        lay_out_pauses(w, columns, loan)
    if w[STATUS] == OK:
        lay_out_moves(w, columns, loan, NONE)
    before, done = 0, 0
    while before < w[MOVES] and w[move_at(w, before) + EFFECTIVE] < begins - 1:
        before += 1
    while done < w[VERSIONS] and w[version_at(w, done) + VERSION_FROM] < begins - 1:
        done += 1
    if w[STATUS] != OK or before != past[MOVES] or done != past[VERSIONS_DONE]:
        return False
    moves, versions, pauses = w[MOVES], w[VERSIONS], w[PAUSES]
    copy_state(past, w, before)
    w[AS_OF], w[MOVES], w[VERSIONS], w[PAUSES], w[EVENTS] = as_of, moves, versions, pauses, 0
    if pauses or past[PAUSES]:
        count_pauses_anew(w, begins)
    ask_for_days(w, begins - 2)
    for row in range(1, w[DUE_COUNT] + 1):
        if w[account(row) + IS_REPLACED]:
            later_on(w, w[account(row) + DUE], row, begins - 2)
        ask_for_events(w, row, begins - 2)
    return w[STATUS] == OK


@part
def count_pauses_anew(w, begins):
    """The days on which grace runs out and late fees arise, where they lie so late that other pauses move them."""
    from_due_date = w[POLICY + FROM_DUE_DATE] and w[POLICY + INTEREST_BY] == SCHEDULED
    for row in range(1, w[ACCOUNTS] + 1):
        due_on = w[account(row) + DUE]
        if w[account(row) + LAPSES] >= begins:
            w[account(row) + LAPSES] = day_reached(w, STOPS_PENALTY, due_on, w[POLICY + GRACE] + 1)
            if not from_due_date:
                origin = w[account(row) + LAPSES] - 1
                w[account(row) + ORIGIN] = origin
                w[account(row) + ACCRUAL + SINCE] = w[account(row) + ACCRUAL + ACCRUAL_SIZE + SINCE] = origin
        if w[POLICY + HAS_LATE_FEE] and begins <= w[account(row) + FEE_ON] < NEVER:
            w[account(row) + FEE_ON] = day_reached(w, STOPS_FEES, due_on, w[POLICY + LATE_AFTER] + 1)
