"""A loan's columns laid out in w, checked, and in the order in which they work: what core does before its first day."""

import numpy as np

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.accrual import rates_are_within
from goodstanding.batch.stepping.places import move_at, pause_at, plan_at, version_at


@part
def most_of(offsets, count):
    most = 0
    for loan in range(count):
        most = max(most, offsets[loan + 1] - offsets[loan])
    return most


@part
def room_for(columns, policies, extra, factor):
    """The array that loans are worked through in, long enough for the largest of the batch; factor: more for lists."""
    count = len(columns.policy_of)
    accounts, pauses, versions, steps = 1, 0, 0, 0
    for loan in range(count):
        most = columns.schedule_at[loan + 1] - columns.schedule_at[loan] + 1
        if len(columns.versions_at):
            first, stop = columns.versions_at[loan], columns.versions_at[loan + 1]
            most += columns.version_schedule_at[stop] - columns.version_schedule_at[first]
        accounts = max(accounts, most)
    moves = most_of(columns.moves_at, count)
    if len(columns.pauses_at):
        pauses = most_of(columns.pauses_at, count)
    if len(columns.versions_at):
        versions = most_of(columns.versions_at, count)
    for policy in range(len(policies)):
        steps = max(steps, policies[policy, STEPS])
    held, met = moves + 1, factor * (8 * moves + 4 * accounts + 64)
    events = factor * (accounts * (6 + steps) + 2 * pauses + versions + steps + 64)
    extra_at = ACCOUNTS_AT + (accounts + 1) * INSTALMENT_SIZE
    held_at = extra_at + len(extra)
    before_at = held_at + 2 * held
    met_at = before_at + 2 * held
    latest_at = met_at + 4 * met
    sources_at = latest_at + moves + 1
    events_at = sources_at + moves + 1
    touched_at = events_at + events
    pauses_at = touched_at + accounts + 1
    moves_at = pauses_at + 4 * (pauses + 1)
    plan_at = moves_at + MOVE_SIZE * (moves + 1)
    versions_at = plan_at + PLAN_SIZE * (accounts + 1)
    w = np.empty(versions_at + 4 * (versions + 1), np.int64)
    w[EXTRA_AT], w[HELD_AT], w[HELD_BEFORE_AT], w[METS_AT] = extra_at, held_at, before_at, met_at
    w[LATEST_AT], w[SOURCES_AT], w[EVENTS_AT], w[PAUSES_AT] = latest_at, sources_at, events_at, pauses_at
    w[TOUCHED_AT] = touched_at
    w[MOVES_AT], w[PLAN_AT], w[VERSIONS_AT] = moves_at, plan_at, versions_at
    w[METS_ROOM], w[EVENTS_ROOM] = met, events
    for place in range(len(extra)):
        w[extra_at + place] = extra[place]
    return w


@part
def lay_out_policy(w, policies, policy):
    for place in range(POLICY_SIZE):
        w[POLICY + place] = policies[policy, place]


@part
def is_day(day):
    return EARLIEST_DAY <= day <= LATEST_DAY


@part
def lay_out_state(w, columns, loan, as_of):
    for place in range(PER_LOAN):
        w[place] = 0
    w[AS_OF], w[TODAY], w[DISBURSED] = as_of, columns.disbursed_on[loan], columns.disbursed_on[loan]
    w[ARREARS_SINCE] = w[CHARGED_OFF_ON] = w[LOAN_FEE_ON] = NONE
    w[SETTLED_ON] = w[SETTLED_BY] = w[PERIOD_FROM] = NONE
    w[CONTRACT_PPM], w[CONTRACT_COUNT] = columns.rate_ppm[loan], columns.day_count[loan]
    w[LENT] = columns.principal[loan]
    w[FIRST_ACTIVE] = w[FIRST_UNMET] = 1
    w[POSTED_ON] = NONE
    if not (is_day(w[DISBURSED]) and is_day(as_of)):
        w[STATUS] = DAY_OUT_OF_RANGE
    elif as_of < w[DISBURSED]:
        w[STATUS] = BEFORE_DISBURSEMENT
    elif as_of - w[DISBURSED] > LARGEST_SPAN:
        w[STATUS] = SPAN_TOO_LONG
    elif not rates_are_within(w):
        w[STATUS] = RATE_OUT_OF_RANGE
    elif w[LENT] < 0 or w[LENT] > LARGEST_AMOUNT:
        w[STATUS] = AMOUNT_OUT_OF_RANGE
    elif w[CONTRACT_COUNT] < 0:
        w[STATUS] = UNKNOWN_DAY_COUNT


@part
def put_planned(w, place, start, due_on, principal, interest, fee, minimum, drawdown):
    """Put an instalment into its place among those from `start` on, by due date and then by drawdown; return the status."""
    if not is_day(due_on):
        return DAY_OUT_OF_RANGE
    if min(principal, interest, fee) < 0 or max(principal, interest, fee) > LARGEST_AMOUNT:
        return AMOUNT_OUT_OF_RANGE
    if due_on < w[DISBURSED]:
        return DUE_BEFORE_DISBURSEMENT
    if minimum != NONE and minimum < 0:
        return AMOUNT_OUT_OF_RANGE
    if minimum != NONE and minimum > principal + interest + fee:
        return MINIMUM_OVER_BILL
    while place > start and w[plan_at(w, place - 1) + PLAN_DUE] >= due_on:
        if w[plan_at(w, place - 1) + PLAN_DUE] == due_on:
            if w[plan_at(w, place - 1) + PLAN_DRAWDOWN] == drawdown:
                return SAME_DUE_DATE
            if w[plan_at(w, place - 1) + PLAN_DRAWDOWN] < drawdown:
                break
        for column in range(PLAN_SIZE):
            w[plan_at(w, place) + column] = w[plan_at(w, place - 1) + column]
        place -= 1
    w[plan_at(w, place) + PLAN_DUE], w[plan_at(w, place) + PLAN_PRINCIPAL], w[plan_at(w, place) + PLAN_INTEREST] = (
        due_on,
        principal,
        interest,
    )
    w[plan_at(w, place) + PLAN_FEE], w[plan_at(w, place) + PLAN_MINIMUM] = fee, minimum
    w[plan_at(w, place) + PLAN_DRAWDOWN] = drawdown
    return OK


@part
def is_too_much(w, start, stop):
    total = 0
    for place in range(start, stop):
        total += (
            w[plan_at(w, place) + PLAN_PRINCIPAL]
            + w[plan_at(w, place) + PLAN_INTEREST]
            + w[plan_at(w, place) + PLAN_FEE]
        )
        if total > LARGEST_AMOUNT:
            return True
    return False


@part
def lay_out_schedule(w, columns, loan):
    """Copy the loan's schedule into the plan, by due date; return where it ends."""
    count = 0
    for place in range(columns.schedule_at[loan], columns.schedule_at[loan + 1]):
        minimum = columns.minimum[place] if len(columns.minimum) else NONE
        if minimum != NONE:
            w[IS_BILLED] = 1
        w[STATUS] = put_planned(
            w,
            count,
            0,
            columns.due_on[place],
            columns.due_principal[place],
            columns.due_interest[place],
            columns.due_fee[place],
            minimum,
            columns.drawdown[place] if len(columns.drawdown) else 0,
        )
        if w[STATUS] != OK:
            return 0
        count += 1
    if is_too_much(w, 0, count):
        w[STATUS] = AMOUNT_OUT_OF_RANGE
    return count


@part
def lay_out_versions(w, columns, loan, place):
    """Copy schedules that take over into the plan from `place` on; the first to count first, of equals the later listed."""
    for version in range(columns.versions_at[loan], columns.versions_at[loan + 1]):
        start, from_on = place, np.int64(columns.version_from[version])
        if not is_day(from_on):
            w[STATUS] = DAY_OUT_OF_RANGE
            return
        for part_of in range(columns.version_schedule_at[version], columns.version_schedule_at[version + 1]):
            w[STATUS] = put_planned(
                w,
                place,
                start,
                columns.version_due_on[part_of],
                columns.version_principal[part_of],
                columns.version_interest[part_of],
                columns.version_fee[part_of],
                columns.version_minimum[part_of] if len(columns.version_minimum) else NONE,
                columns.version_drawdown[part_of] if len(columns.version_drawdown) else 0,
            )
            if w[STATUS] == OK and columns.version_due_on[part_of] < from_on:
                w[STATUS] = VERSION_DUE_TOO_EARLY
            if w[STATUS] != OK:
                return
            place += 1
        if is_too_much(w, start, place):
            w[STATUS] = AMOUNT_OUT_OF_RANGE
            return
        at = w[VERSIONS]
        while at > 0 and w[version_at(w, at - 1) + VERSION_FROM] >= from_on:
            for column in range(4):
                w[version_at(w, at) + column] = w[version_at(w, at - 1) + column]
            at -= 1
        w[version_at(w, at) + VERSION_FROM], w[version_at(w, at) + VERSION_TAKES_OVER] = (
            from_on,
            columns.takes_over[version],
        )
        w[version_at(w, at) + VERSION_START], w[version_at(w, at) + VERSION_STOP] = start, place
        w[VERSIONS] += 1


@part
def lay_out_pauses(w, columns, loan):
    for pause in range(columns.pauses_at[loan], columns.pauses_at[loan + 1]):
        from_on, at = np.int64(columns.paused_from[pause]), w[PAUSES]
        if not (is_day(from_on) and is_day(columns.paused_until[pause])):
            w[STATUS] = DAY_OUT_OF_RANGE
            return
        if columns.paused_until[pause] < from_on:
            w[STATUS] = PAUSE_ORDER
            return
        while at > 0 and w[pause_at(w, at - 1) + PAUSE_FROM] > from_on:
            for column in range(4):
                w[pause_at(w, at) + column] = w[pause_at(w, at - 1) + column]
            at -= 1
        w[pause_at(w, at) + PAUSE_FROM], w[pause_at(w, at) + PAUSE_UNTIL] = from_on, columns.paused_until[pause]
        w[pause_at(w, at) + STOPS_PENALTY], w[pause_at(w, at) + STOPS_FEES] = (
            columns.stops_penalty[pause],
            columns.stops_fees[pause],
        )
        w[PAUSES] += 1


@part
def lay_out_opening(w, columns, loan, opening):
    on = columns.openings[opening, OPENING_ON]
    for column in (OPENING_ON, OPENING_OVERDUE_SINCE, OPENING_PERIOD_FROM):
        day = columns.openings[opening, column]
        if not is_day(day) and (day != NONE or column == OPENING_ON):
            w[STATUS] = DAY_OUT_OF_RANGE
            return
        if day > on:
            w[STATUS] = OPENING_DAYS
            return
    for column in (
        OPENING_PRINCIPAL,
        OPENING_INTEREST,
        OPENING_PENALTY,
        OPENING_COMPOUND,
        OPENING_FEE,
        OPENING_ACCRUED,
    ):
        if columns.openings[opening, column] < 0 or columns.openings[opening, column] > LARGEST_AMOUNT:
            w[STATUS] = AMOUNT_OUT_OF_RANGE
            return
    if w[AS_OF] < on:
        w[STATUS] = BEFORE_OPENING
    w[HAS_OPENING], w[OPENED_ON] = 1, on
    w[OPEN_PERIOD_FROM] = columns.openings[opening, OPENING_PERIOD_FROM]


UNKNOWN, STANDING, VOID, FOUND = range(4)
"""Of a transaction while they are laid out; from FOUND on, its place among the moves."""


@part
def lay_out_moves(w, columns, loan, known_on):
    """Copy the transactions that count into `moves`, in the order in which they work: core/arrears/known.py."""
    start, stop = columns.moves_at[loan], columns.moves_at[loan + 1]
    for place in range(start, stop):
        known = columns.effective_on[place] <= w[AS_OF] and (known_on == NONE or columns.booked_on[place] <= known_on)
        w[w[SOURCES_AT] + place - start] = STANDING if known else UNKNOWN
        w[w[LATEST_AT] + place - start] = NOTHING_MET
    if len(columns.repeats) and has_repeats(w, columns, start, stop):
        w[STATUS] = DUPLICATE_TRANSACTION
        return
    if len(columns.reverses):
        wait_for_targets(w, columns, start, stop, CHARGEBACK, UNKNOWN)
        wait_for_targets(w, columns, start, stop, REVERSAL, VOID)
    for place in range(start, stop):
        if w[w[SOURCES_AT] + place - start] == UNKNOWN:
            continue
        kind = columns.kind[place]
        if columns.amount[place] < 0 or columns.amount[place] > LARGEST_AMOUNT:
            w[STATUS] = TRANSACTION_AMOUNT
        elif kind < 0 or kind > CHARGE_OFF:
            w[STATUS] = UNKNOWN_KIND
        elif not (is_day(columns.effective_on[place]) and is_day(columns.booked_on[place])):
            w[STATUS] = DAY_OUT_OF_RANGE
        elif len(columns.component) and not -1 <= columns.component[place] <= PRINCIPAL:
            w[STATUS] = UNKNOWN_COMPONENT
        elif kind != PAY_FEE and columns.effective_on[place] < w[DISBURSED]:
            w[STATUS] = MOVE_BEFORE_DISBURSEMENT
        elif kind == CHARGEBACK or (kind == REVERSAL and w[w[SOURCES_AT] + place - start] == STANDING):
            w[STATUS] = judge_undoing(w, columns, place, start, stop)
        if w[STATUS] != OK:
            return
    if w[POLICY + OWN_DATE] and len(columns.reverses):
        for place in range(start, stop):
            if columns.kind[place] == REVERSAL and w[w[SOURCES_AT] + place - start] == STANDING:
                w[w[SOURCES_AT] + columns.reverses[place]] = STANDING
    for place in range(start, stop):
        if w[w[SOURCES_AT] + place - start] == STANDING:
            put_move(w, columns, place, place - start)
    if len(columns.reverses):
        find_targets(w)


@part
def find_targets(w):
    """Say by its place among the moves what a reversal or chargeback undoes; one of what doesn't stand undoes itself: nothing."""
    for move in range(w[MOVES]):
        w[w[SOURCES_AT] + w[move_at(w, move) + SOURCE]] = move + FOUND
    for move in range(w[MOVES]):
        target = w[move_at(w, move) + REVERSES]
        if target >= 0:
            place = w[w[SOURCES_AT] + target]
            w[move_at(w, move) + REVERSES] = place - FOUND if place >= FOUND else move


@part
def wait_for_targets(w, columns, start, stop, kind, mark):
    """Mark reversals or chargebacks of what doesn't count yet: they have no effect yet."""
    for place in range(start, stop):
        if columns.kind[place] == kind and w[w[SOURCES_AT] + place - start] == STANDING:
            target = columns.reverses[place]
            if 0 <= target < stop - start and w[w[SOURCES_AT] + target] == UNKNOWN:
                w[w[SOURCES_AT] + place - start] = mark


@part
def has_repeats(w, columns, start, stop):
    """Whether two of the transactions that count have the same id."""
    for place in range(start, stop):
        if w[w[SOURCES_AT] + place - start] == STANDING:
            earlier = columns.repeats[place]
            while earlier != NONE:
                if w[w[SOURCES_AT] + earlier] == STANDING:
                    return True
                earlier = columns.repeats[start + earlier]
    return False


@part
def judge_undoing(w, columns, place, start, stop):
    """Judge a reversal or chargeback by what it names; mark what a reversal voids."""
    is_reversal = columns.kind[place] == REVERSAL
    target = columns.reverses[place] if len(columns.reverses) else NONE
    if target < 0 or target >= stop - start or w[w[SOURCES_AT] + target] == UNKNOWN:
        return REVERSES_NOTHING if is_reversal else CHARGES_BACK_NOTHING
    kind = columns.kind[start + target]
    is_paid = kind == PAYMENT or kind == RECOVERY
    if not is_reversal:
        return OK if is_paid else CHARGES_BACK_NOTHING
    if kind == REVERSAL or w[w[SOURCES_AT] + target] == VOID:
        return REVERSES_NOTHING
    if columns.effective_on[place] < columns.effective_on[start + target]:
        return REVERSED_TOO_EARLY
    if columns.amount[place] != columns.amount[start + target]:
        return REVERSAL_AMOUNT
    w[w[SOURCES_AT] + target] = VOID
    if not w[POLICY + OWN_DATE] or not is_paid:
        w[w[SOURCES_AT] + place - start] = VOID
    return OK


@part
def comes_before(w, move, effective_on, kind, booked_on):
    """Whether a move laid out already works before one that is listed later."""
    if w[move_at(w, move) + EFFECTIVE] != effective_on:
        return w[move_at(w, move) + EFFECTIVE] < effective_on
    if w[move_at(w, move) + KIND] != kind:
        return w[move_at(w, move) + KIND] < kind
    return w[move_at(w, move) + BOOKED] <= booked_on


@part
def put_move(w, columns, place, source):
    at = w[MOVES]
    effective_on, kind, booked_on = columns.effective_on[place], columns.kind[place], columns.booked_on[place]
    while at > 0 and not comes_before(w, at - 1, effective_on, kind, booked_on):
        for column in range(MOVE_SIZE):
            w[move_at(w, at) + column] = w[move_at(w, at - 1) + column]
        at -= 1
    w[move_at(w, at) + KIND], w[move_at(w, at) + AMOUNT], w[move_at(w, at) + EFFECTIVE], w[move_at(w, at) + BOOKED] = (
        kind,
        columns.amount[place],
        effective_on,
        booked_on,
    )
    w[move_at(w, at) + REVERSES] = columns.reverses[place] if len(columns.reverses) else NONE
    w[move_at(w, at) + DIRECTED] = NONE
    if len(columns.component) and columns.component[place] >= 0:
        w[move_at(w, at) + DIRECTED] = columns.component[place]
    w[move_at(w, at) + AT] = columns.instalment[place] if len(columns.instalment) else NONE
    w[move_at(w, at) + SOURCE] = source
    w[MOVES] += 1
