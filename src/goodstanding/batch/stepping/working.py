"""One day after another, up to the day asked about: `core/arrears/working.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import forget_touched, is_met, open_of, touch
from goodstanding.batch.stepping.accrual import (
    ask_for_what_ran,
    change_accrual,
    close_accrual,
    close_all,
    follow_touched,
    has_base,
    lapse,
    post_all,
    runs_on,
    take_what_ran,
)
from goodstanding.batch.stepping.charges import charge_late_fees, count_principal_years, cut_to_ceiling
from goodstanding.batch.stepping.contract_interest import (
    fit_to_instalment,
    interest_base,
    post_interest,
    start_interest,
)
from goodstanding.batch.stepping.events import also_on, first_day, later_on, take_events
from goodstanding.batch.stepping.moves import apply_move
from goodstanding.batch.stepping.payments import use_held
from goodstanding.batch.stepping.places import account, move_at, pause_at, version_at
from goodstanding.batch.stepping.unpaid import first_late, stretch_from
from goodstanding.batch.stepping.versions import (
    add_plan,
    ask_for_due_date,
    ask_for_events,
    change_schedule,
    open_with,
)


@part
def begin(w, openings, opening, schedule_stop):
    """Set up a loan: its opening position (a row of openings, or -1), the schedule that counts then, its interest."""
    start, stop, begun, accrued = 0, schedule_stop, NONE, 0
    if opening >= 0:
        begun, accrued = openings[opening, OPENING_ON], openings[opening, OPENING_ACCRUED]
        while w[VERSIONS_DONE] < w[VERSIONS] and w[version_at(w, w[VERSIONS_DONE]) + VERSION_FROM] <= begun:
            start, stop = (
                w[version_at(w, w[VERSIONS_DONE]) + VERSION_START],
                w[version_at(w, w[VERSIONS_DONE]) + VERSION_STOP],
            )
            w[VERSIONS_DONE] += 1
        open_with(w, openings[opening])
    add_plan(w, start, stop, begun)
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        start_interest(w, accrued)


@part
def run_to(w):
    """Work through every event up to and with the day asked about."""
    as_of = w[AS_OF]
    begun = w[OPENED_ON] if w[HAS_OPENING] else NONE
    if w[HAS_OPENING] and w[MOVES] > 0 and w[move_at(w, 0) + EFFECTIVE] <= begun:
        w[STATUS] = BEFORE_HISTORY
        return
    for version in range(w[VERSIONS_DONE], w[VERSIONS]):
        later_on(w, w[version_at(w, version) + VERSION_FROM], 0, begun)
    for place in range(w[PAUSES]):
        later_on(w, w[pause_at(w, place) + PAUSE_FROM], EVERY_ROW, begun)
        later_on(w, w[pause_at(w, place) + PAUSE_UNTIL], EVERY_ROW, begun)
    for step in range(w[POLICY + STEPS]):
        on = w[w[EXTRA_AT] + w[POLICY + STEPS_AT] + step * STEP_SIZE + STEP_FROM_ON]
        if on != NONE:
            later_on(w, on, EVERY_ROW, begun)
    also_on(w, as_of, 0)
    ask_for_due_date(w, begun)
    if w[HAS_OPENING]:
        ask_for_events(w, 1, begun)
        w[ALL_TOUCHED] = 1
        work(w, begun, 0, 0)
    move = 0
    while w[EVENTS] > 0 and w[STATUS] == OK:
        day = first_day(w)
        if move < w[MOVES]:
            day = min(day, w[move_at(w, move) + EFFECTIVE])
        stop = move
        while stop < w[MOVES] and w[move_at(w, stop) + EFFECTIVE] == day:
            stop += 1
        take_events(w, day)
        work(w, day, move, stop)
        move = stop
    if w[STATUS] == OK:
        close_all(w, as_of)
        post_all(w)
        cut_to_ceiling(w, as_of)


@part
def work(w, day, first, stop):
    """One day: interest, grace that has run out, late fees, what falls due, then transactions [first, stop)."""
    count_principal_years(w, day)
    follow_stretch(w, day - 1)
    w[TODAY] = max(day, w[TODAY])
    follow_touched(w, day)
    lapse(w, day)
    while w[VERSIONS_DONE] < w[VERSIONS] and w[version_at(w, w[VERSIONS_DONE]) + VERSION_FROM] <= day:
        change_schedule(w, w[VERSIONS_DONE], day)
        if w[STATUS] != OK:
            return
        w[VERSIONS_DONE] += 1
    charge_late_fees(w, day)
    fall_due(w, day)
    apply_all(w, first, stop, day)
    follow_touched(w, day)
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        rate = w[CONTRACT_PPM] * w[POLICY + RATE_UNIT]
        post_interest(w, change_accrual(w, 0, 0, day, interest_base(w), rate, w[CONTRACT_COUNT]))
        follow_touched(w, day)
    forget_touched(w)
    if not is_late_if_asked(w, day):
        end_stretch(w)
    elif w[ARREARS_SINCE] == NONE:
        begin_stretch(w, day)
    move_on(w)


@part
def end_stretch(w):
    w[ARREARS_SINCE], w[LOAN_FEE_ON], w[LOAN_FEE_CHARGED] = NONE, NONE, 0


@part
def begin_stretch(w, day):
    ran = ask_for_what_ran(w, day)
    w[ARREARS_SINCE] = stretch_from(w, first_late(w, day), day)
    take_what_ran(w, ran)


@part
def is_late_if_asked(w, day):
    """Whether the loan is in arrears as of the day, with the interest that has run by then."""
    ran = ask_for_what_ran(w, day)
    row = first_late(w, day)
    take_what_ran(w, ran)
    return row != 0


@part
def follow_stretch(w, evening):
    """Interest that ran by day since the last event may have begun a stretch of arrears; it never ends one."""
    if not runs_on(w) or evening <= w[TODAY] or w[ARREARS_SINCE] != NONE or not is_late_if_asked(w, evening):
        return
    before, first = w[TODAY], evening
    while first - before > 1:
        between = before + (first - before) // 2
        if is_late_if_asked(w, between):
            first = between
        else:
            before = between
    begin_stretch(w, first)


@part
def fall_due(w, day):
    while w[DUE_COUNT] < w[ACCOUNTS] and w[account(w[DUE_COUNT] + 1) + DUE] <= day:
        row = w[DUE_COUNT] + 1
        if w[POLICY + INTEREST_BY] != SCHEDULED:
            post_interest(w, close_accrual(w, 0, 0, day, w[CONTRACT_COUNT]))
            fit_to_instalment(w, row)
        w[DUE_COUNT] = row
        w[PAID_AHEAD] -= w[account(row) + MET + INTEREST] + w[account(row) + MET + FEE]
        touch(w, row)
        ask_for_events(w, row, day)
        ask_for_due_date(w, day)
    use_held(w, day)


@part
def apply_all(w, first, stop, day):
    """Fees first; before money moves, what has run is posted and cut to the ceiling; held credit follows each step."""
    moves_money = False
    for move in range(first, stop):
        kind = w[move_at(w, move) + KIND]
        if kind == PAY_FEE:
            apply_move(w, move, day)
        elif kind != CHARGE_OFF:
            moves_money = True
    if moves_money:
        close_all(w, day)
        cut_to_ceiling(w, day)
    use_held(w, day)
    for move in range(first, stop):
        if w[STATUS] != OK:
            return
        if w[move_at(w, move) + KIND] != PAY_FEE:
            apply_move(w, move, day)
            use_held(w, day)


@part
def move_on(w):
    """Pass by instalments that nothing is open of, nothing runs on and nothing waits for; and by those that are met."""
    row = w[FIRST_ACTIVE]
    while row <= w[DUE_COUNT]:
        if not w[account(row) + HAS_LAPSED] or w[account(row) + FEE_ON] != NEVER or has_base(w, row):
            break
        is_open = False
        for component in range(5):
            is_open |= open_of(w, row, component) != 0
        if is_open:
            break
        row += 1
    w[FIRST_ACTIVE] = row
    row = max(row, w[FIRST_UNMET])
    while row <= w[DUE_COUNT] and is_met(w, row):
        row += 1
    w[FIRST_UNMET] = row
