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
    begin_events(w)
    run_before(w, 0, NEVER)
    if w[STATUS] == OK:
        close_day(w, w[AS_OF])


@part
def begin_events(w):
    """Put on the heap what happens to a loan that begins, up to the day asked about; work through its opening."""
    begun = w[OPENED_ON] if w[HAS_OPENING] else NONE
    if w[HAS_OPENING] and w[MOVES] > 0 and w[move_at(w, 0) + EFFECTIVE] <= begun:
        w[STATUS] = BEFORE_HISTORY
        return
    ask_for_days(w, begun)
    if w[HAS_OPENING]:
        ask_for_events(w, 1, begun)
        w[ALL_TOUCHED] = 1
        work(w, begun, 0, 0)


@part
def ask_for_days(w, after):
    """Put the loan's own days on the heap, those after a day: changed schedules, pauses, rate steps, the next due date."""
    for version in range(w[VERSIONS_DONE], w[VERSIONS]):
        later_on(w, w[version_at(w, version) + VERSION_FROM], 0, after)
    for place in range(w[PAUSES]):
        later_on(w, w[pause_at(w, place) + PAUSE_FROM], EVERY_ROW, after)
        later_on(w, w[pause_at(w, place) + PAUSE_UNTIL], EVERY_ROW, after)
    for step in range(w[POLICY + STEPS]):
        on = w[w[EXTRA_AT] + w[POLICY + STEPS_AT] + step * STEP_SIZE + STEP_FROM_ON]
        if on != NONE:
            later_on(w, on, EVERY_ROW, after)
    also_on(w, w[AS_OF], 0)
    ask_for_due_date(w, after)


@part
def run_before(w, move, until):
    """Work through the events before a day, and transactions from this one on; return the transaction that comes next."""
    while w[EVENTS] > 0 and w[STATUS] == OK:
        day = first_day(w)
        if move < w[MOVES]:
            day = min(day, w[move_at(w, move) + EFFECTIVE])
        if day >= until:
            break
        stop = move
        while stop < w[MOVES] and w[move_at(w, stop) + EFFECTIVE] == day:
            stop += 1
        take_events(w, day)
        if stop == move and is_quiet(w, day):
            pass_by(w, day)
        else:
            work(w, day, move, stop)
        move = stop
    return move


@part
def is_quiet(w, day):
    """Whether nothing happens on a day without transactions but to instalments that are met and bear nothing.

    Then `work` has no effect but that grace runs out. Where payments come when due, three events of an instalment in four are such.
    """
    if w[TOUCHED] == 0 or w[ALL_TOUCHED] or not w[WAS_OVER] or w[HELD] or day >= w[AS_OF] or w[LOAN_FEE_ON] == day:
        return False
    if w[POLICY + INTEREST_BY] != SCHEDULED or w[POLICY + CEILING] != NONE or w[POLICY + TOLERANCE_OF_LOAN]:
        return False
    due = w[DUE_COUNT]
    if due < w[ACCOUNTS] and w[account(due + 1) + DUE] <= day:
        return False
    if w[VERSIONS_DONE] < w[VERSIONS] and w[version_at(w, w[VERSIONS_DONE]) + VERSION_FROM] <= day:
        return False
    for place in range(w[TOUCHED]):
        row = w[w[TOUCHED_AT] + place]
        if row > due or has_base(w, row) or not is_met(w, row):
            return False
    return True


@part
def pass_by(w, day):
    """A quiet day: grace runs out, and the day on which a late fee would have been due is over."""
    w[TODAY] = max(day, w[TODAY])
    for place in range(w[TOUCHED]):
        row = w[w[TOUCHED_AT] + place]
        if not w[account(row) + HAS_LAPSED] and day >= w[account(row) + LAPSES]:
            lapse_met(w, row)
        if w[account(row) + FEE_ON] == day and w[POLICY + HAS_LATE_FEE]:
            w[account(row) + FEE_ON] = NEVER
    forget_touched(w)
    move_on(w)


@part
def lapse_met(w, row):
    """`lapse` of an instalment that is met: what ran in its days of grace is forgotten."""
    w[account(row) + HAS_LAPSED] = 1
    for which in range(2):
        at = ACCRUAL + which * ACCRUAL_SIZE
        w[account(row) + at + WHOLE], w[account(row) + at + REST], w[account(row) + at + POSTED] = 0, 0, 0
        w[account(row) + PENDING + which] = 0


@part
def close_day(w, day):
    """End every running period on the day asked about."""
    close_all(w, day)
    post_all(w)
    cut_to_ceiling(w, day)


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
