"""Instalments join a loan: by its schedule, one that takes its place, an opening position. `core/arrears/versions.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import move_away, open_of, open_scheduled, prepaid_fee, wake_all
from goodstanding.batch.stepping.accrual import close_all
from goodstanding.batch.stepping.counting import day_reached
from goodstanding.batch.stepping.events import later_on
from goodstanding.batch.stepping.moves import forget_settling
from goodstanding.batch.stepping.payments import release
from goodstanding.batch.stepping.places import account, plan_at, version_at


@part
def add_account(w, due_on, principal, interest, fee, minimum):
    row = w[ACCOUNTS] + 1
    for column in range(INSTALMENT_SIZE):
        w[account(row) + column] = 0
    (
        w[account(row) + DUE],
        w[account(row) + TERM_PRINCIPAL],
        w[account(row) + TERM_INTEREST],
        w[account(row) + TERM_FEE],
    ) = due_on, principal, interest, fee
    w[account(row) + MINIMUM] = minimum
    w[account(row) + ASKED + FEE], w[account(row) + ASKED + INTEREST], w[account(row) + ASKED + PRINCIPAL] = (
        fee,
        interest,
        principal,
    )
    w[account(row) + LAPSES] = day_reached(w, STOPS_PENALTY, due_on, w[POLICY + GRACE] + 1)
    from_due_date = w[POLICY + FROM_DUE_DATE] and w[POLICY + INTEREST_BY] == SCHEDULED
    w[account(row) + ORIGIN] = due_on if from_due_date else w[account(row) + LAPSES] - 1
    w[account(row) + ACCRUAL + SINCE] = w[account(row) + ACCRUAL + ACCRUAL_SIZE + SINCE] = w[account(row) + ORIGIN]
    w[account(row) + FEE_ON] = NEVER
    if w[POLICY + HAS_LATE_FEE]:
        w[account(row) + FEE_ON] = day_reached(w, STOPS_FEES, due_on, w[POLICY + LATE_AFTER] + 1)
    w[ACCOUNTS] = row


@part
def add_plan(w, start, stop, after):
    for place in range(start, stop):
        if w[plan_at(w, place) + PLAN_DUE] > after:
            add_account(
                w,
                w[plan_at(w, place) + PLAN_DUE],
                w[plan_at(w, place) + PLAN_PRINCIPAL],
                w[plan_at(w, place) + PLAN_INTEREST],
                w[plan_at(w, place) + PLAN_FEE],
                w[plan_at(w, place) + PLAN_MINIMUM],
            )
            w[account(w[ACCOUNTS]) + DRAWDOWN] = w[plan_at(w, place) + PLAN_DRAWDOWN]
            w[OUTSTANDING] += w[plan_at(w, place) + PLAN_PRINCIPAL]
            if w[plan_at(w, place) + PLAN_MINIMUM] != NONE:
                w[HAS_MINIMUM] = 1


@part
def ask_for_due_date(w, after):
    """Put the day on which the next instalment falls due on the heap of events, if it lies after a day."""
    if w[DUE_COUNT] < w[ACCOUNTS]:
        later_on(w, w[account(w[DUE_COUNT] + 1) + DUE], 0, after)


@part
def ask_for_events(w, row, after):
    """Put the days on which something happens to an instalment that is due on the heap, those after a day."""
    due_on = w[account(row) + DUE]
    later_on(w, due_on + 1, row, after)
    later_on(w, w[account(row) + ORIGIN], row, after)
    later_on(w, w[account(row) + LAPSES], row, after)
    if w[account(row) + FEE_ON] != NEVER:
        later_on(w, w[account(row) + FEE_ON], row, after)
    for step in range(w[POLICY + STEPS]):
        at = w[EXTRA_AT] + w[POLICY + STEPS_AT] + step * STEP_SIZE
        if w[at + STEP_FROM_ON] == NONE:
            later_on(w, due_on + max(0, w[at + STEP_FROM_DPD] - 1 - w[POLICY + DUE_DATE_IS_DAY]), row, after)


@part
def change_schedule(w, version, day):
    """Another schedule takes the place of what isn't due yet, and where it says so of what is due and unpaid."""
    close_all(w, day)
    takes_over = w[version_at(w, version) + VERSION_TAKES_OVER]
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    by_day = w[POLICY + INTEREST_BY] != SCHEDULED
    principal, planned = 0, 0
    for row in range(1 if takes_over else due + 1, last + 1):
        principal += open_scheduled(w, row, PRINCIPAL)
    for place in range(w[version_at(w, version) + VERSION_START], w[version_at(w, version) + VERSION_STOP]):
        planned += w[plan_at(w, place) + PLAN_PRINCIPAL]
    if principal != planned:
        w[STATUS] = VERSION_PRINCIPAL
        return
    waived = 0
    for row in range(due + 1, last + 1):
        waived += free(w, row)
    accrued = open_of(w, due + 1, INTEREST) if by_day and due < last else 0
    if by_day and takes_over:
        for row in range(1, due + 1):
            accrued += open_scheduled(w, row, INTEREST)
    for row in range(1 if takes_over else due + 1, last + 1):
        forget_settling(w, row)
        w[OUTSTANDING] -= open_scheduled(w, row, PRINCIPAL)
        for component in (FEE, INTEREST, PRINCIPAL):
            move_away(w, row, component)
    for row in range(due + 1, last + 1):
        w[account(row) + IS_REPLACED], w[account(row) + HAS_LAPSED], w[account(row) + FEE_ON] = 1, 1, NEVER
        later_on(w, w[account(row) + DUE], row, day)  # a payment undone later may leave it unpaid
        ask_for_events(w, row, day)
    w[DUE_COUNT], w[PAID_AHEAD] = last, 0
    add_plan(w, w[version_at(w, version) + VERSION_START], w[version_at(w, version) + VERSION_STOP], NONE)
    for row in range(last + 1, w[ACCOUNTS] + 1):
        part_of = min(waived, open_of(w, row, INTEREST))
        w[account(row) + WAIVED + INTEREST] += part_of
        waived -= part_of
    if takes_over:
        w[PERIOD_FROM] = day
    if by_day:
        for row in range(last + 1, w[ACCOUNTS] + 1):
            w[account(row) + ASKED + INTEREST] = 0
        if accrued:
            if last == w[ACCOUNTS]:
                w[STATUS] = VERSION_EMPTY
                return
            w[account(last + 1) + ASKED + INTEREST] = accrued
    wake_all(w)
    ask_for_due_date(w, day)


@part
def free(w, row):
    """Money paid ahead for interest and fees that are no longer asked for is held again; return the interest waived."""
    release(w, row, FEE, prepaid_fee(w, row))
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        return 0
    release(w, row, INTEREST, w[account(row) + MET + INTEREST])
    waived = w[account(row) + WAIVED + INTEREST]
    w[account(row) + WAIVED + INTEREST] = 0
    return waived


@part
def open_with(w, opening):
    """What was open when the lender's history starts, as one instalment due when the oldest of it was."""
    on = opening[OPENING_ON]
    due_on = opening[OPENING_OVERDUE_SINCE] if opening[OPENING_OVERDUE_SINCE] != NONE else on
    add_account(w, due_on, opening[OPENING_PRINCIPAL], opening[OPENING_INTEREST], 0, NONE)
    w[account(1) + CHARGED + FEE], w[account(1) + CHARGED + PENALTY] = opening[OPENING_FEE], opening[OPENING_PENALTY]
    w[account(1) + CHARGED + COMPOUND] = opening[OPENING_COMPOUND]
    w[account(1) + HAS_LAPSED] = 1 if w[account(1) + LAPSES] <= on else 0
    if w[account(1) + HAS_LAPSED]:
        for which in range(2):
            at = ACCRUAL + which * ACCRUAL_SIZE + SINCE
            w[account(1) + at] = max(w[account(1) + at], on)
    if w[account(1) + FEE_ON] <= on:
        w[account(1) + FEE_ON] = NEVER
    w[BROUGHT_FEE], w[BROUGHT_PENALTY], w[BROUGHT_COMPOUND] = (
        opening[OPENING_FEE],
        opening[OPENING_PENALTY],
        opening[OPENING_COMPOUND],
    )
    w[BROUGHT_INTEREST] = opening[OPENING_INTEREST]
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        w[BROUGHT_INTEREST] += opening[OPENING_ACCRUED]
    w[DUE_COUNT], w[TODAY], w[OUTSTANDING] = 1, on, opening[OPENING_PRINCIPAL]
