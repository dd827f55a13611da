"""Penalty and compound interest of an instalment, period by period: `core/arrears/accrual.py` again, and what drives it.

Core looks at every instalment on every day of events. Here only those are looked at that an event is about or that
something touched, so that a loan's cost grows with its events however many instalments are open. And penalty that is
rounded on the running total or by day comes to the same sum however often it is posted: it waits until somebody reads it.
"""

from goodstanding.batch.compiling import part
from goodstanding.batch.exact import (
    ACT_360,
    ACT_365,
    ACT_ACT,
    BEYOND,
    LARGEST_QUOTIENT,
    divided_product,
    leap_nights,
    parts_between,
    parts_of_year,
    rounded,
    thirty_nights,
)
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import is_met, late_parts, rest_of, touch
from goodstanding.batch.stepping.contract_interest import post_interest
from goodstanding.batch.stepping.counting import day_number
from goodstanding.batch.stepping.places import account, pause_at
from goodstanding.batch.stepping.unpaid import is_unpaid, loan_is_over


@part
def close_accrual(w, row, which, day, day_count):
    """End the running period on this day and start the next; return what it charges."""
    at = ACCRUAL + which * ACCRUAL_SIZE
    start = w[account(row) + at + SINCE]
    w[account(row) + at + SINCE] = max(day, start)
    base, rate = w[account(row) + at + BASE], w[account(row) + at + NIGHT_RATE]
    if day <= start or base == 0 or rate == 0:
        return 0
    divisor = 1_000_000 * w[POLICY + RATE_UNIT] * parts_of_year(day_count)
    origin, rounding = w[account(row) + ORIGIN], w[POLICY + ROUNDING]
    amount = 0
    if w[POLICY + ROUNDS] == EACH_DAY:
        if day_count == ACT_365 or day_count == ACT_360:
            amount = (day - start) * of_night(base, rate, divisor, rounding)
        elif day_count == ACT_ACT:
            leap = leap_nights(start, day)
            amount = leap * of_night(base, rate * 365, divisor, rounding)
            amount += (day - start - leap) * of_night(base, rate * 366, divisor, rounding)
        else:
            one, two, three = thirty_nights(origin, start, day, day_count)
            amount = one * of_night(base, rate, divisor, rounding)
            amount += two * of_night(base, 2 * rate, divisor, rounding)
            amount += three * of_night(base, 3 * rate, divisor, rounding)
    else:
        parts = parts_between(origin, day, day_count) - parts_between(origin, start, day_count)
        if parts <= LARGEST_QUOTIENT // rate:
            whole, rest = divided_product(base, rate * parts, divisor)
        else:
            each, over = divided_product(base, rate, divisor)
            whole, rest = divided_product(over, parts, divisor)
            whole += each * parts
        if whole == BEYOND or whole > LARGEST_CHARGE:
            w[STATUS] = CHARGES_TOO_LARGE
            return 0
        if w[POLICY + ROUNDS] == EACH_PERIOD:
            amount = rounded(whole, rest, divisor, rounding)
        else:
            whole += w[account(row) + at + WHOLE]
            rest += w[account(row) + at + REST]
            if rest >= divisor:
                rest -= divisor
                whole += 1
            w[account(row) + at + WHOLE], w[account(row) + at + REST] = whole, rest
            amount = rounded(whole, rest, divisor, rounding) - w[account(row) + at + POSTED]
    w[account(row) + at + POSTED] += amount
    if w[account(row) + at + POSTED] > LARGEST_CHARGE:
        w[STATUS] = CHARGES_TOO_LARGE
    return amount


@part
def runs_on(w):
    """Whether contract interest runs by day though every instalment has fallen due."""
    by_day = w[POLICY + INTEREST_BY] != SCHEDULED
    return by_day and w[account(0) + ACCRUAL + BASE] > 0 and 0 < w[DUE_COUNT] == w[ACCOUNTS]


@part
def ask_for_what_ran(w, day):
    """Let the last instalment ask for the interest that has run by the day, until `take_what_ran`; return how much it is."""
    if not runs_on(w):
        return 0
    at, row = account(0) + ACCRUAL, w[ACCOUNTS]
    since, whole, rest, posted = w[at + SINCE], w[at + WHOLE], w[at + REST], w[at + POSTED]
    ran = close_accrual(w, 0, 0, day, w[CONTRACT_COUNT])
    w[at + SINCE], w[at + WHOLE], w[at + REST], w[at + POSTED] = since, whole, rest, posted
    if ran:
        w[account(row) + ASKED + INTEREST] += ran
        w[account(row) + SINCE_DUE] += ran
        w[FIRST_UNMET] = min(w[FIRST_UNMET], row)
        touch(w, row)
    return ran


@part
def take_what_ran(w, ran):
    if ran:
        w[account(w[ACCOUNTS]) + ASKED + INTEREST] -= ran
        w[account(w[ACCOUNTS]) + SINCE_DUE] -= ran


@part
def of_night(base, rate, divisor, rounding):
    whole, rest = divided_product(base, rate, divisor)
    return rounded(whole, rest, divisor, rounding)


@part
def change_accrual(w, row, which, day, base, rate, day_count):
    at = ACCRUAL + which * ACCRUAL_SIZE
    if base == w[account(row) + at + BASE] and rate == w[account(row) + at + NIGHT_RATE]:
        return 0
    amount = close_accrual(w, row, which, day, day_count)
    w[account(row) + at + BASE], w[account(row) + at + NIGHT_RATE] = base, rate
    return amount


@part
def keep(w, row, which, amount):
    if w[account(row) + HAS_LAPSED]:
        w[account(row) + CHARGED + PENALTY + which] += amount
        if w[account(row) + CHARGED + PENALTY + which] > LARGEST_CHARGE:
            w[STATUS] = CHARGES_TOO_LARGE
    else:
        w[account(row) + PENDING + which] += amount


@part
def penalty_rate(w, row, day):
    for place in range(w[PAUSES]):
        if (
            w[pause_at(w, place) + STOPS_PENALTY]
            and w[pause_at(w, place) + PAUSE_FROM] <= day < w[pause_at(w, place) + PAUSE_UNTIL]
        ):
            return 0
    contract = w[CONTRACT_PPM]
    rate = w[POLICY + RATE] * contract if w[POLICY + RATE_IS_MULTIPLE] else w[POLICY + RATE]
    for step in range(w[POLICY + STEPS]):
        at = w[POLICY + STEPS_AT] + step * STEP_SIZE
        if w[w[EXTRA_AT] + at + STEP_FROM_ON] != NONE:
            reached = w[w[EXTRA_AT] + at + STEP_FROM_ON] <= day
        else:
            reached = day_number(w, w[account(row) + DUE], day + 1) >= w[w[EXTRA_AT] + at + STEP_FROM_DPD]
        if reached:
            rate = w[w[EXTRA_AT] + at + STEP_RATE]
            if w[w[EXTRA_AT] + at + STEP_IS_MULTIPLE]:
                rate *= contract
    return rate


@part
def rates_are_within(w):
    """Whether the contract's rate, and every penalty rate that the policy makes of it, is within what is computed."""
    contract, largest = w[CONTRACT_PPM], LARGEST_RATE * w[POLICY + RATE_UNIT]
    if contract < 0 or contract > LARGEST_RATE:
        return False
    if w[POLICY + RATE_IS_MULTIPLE] and w[POLICY + RATE] * contract > largest:
        return False
    for step in range(w[POLICY + STEPS]):
        at = w[EXTRA_AT] + w[POLICY + STEPS_AT] + step * STEP_SIZE
        if w[at + STEP_IS_MULTIPLE] and w[at + STEP_RATE] * contract > largest:
            return False
    return True


@part
def has_base(w, row):
    return w[account(row) + ACCRUAL + BASE] != 0 or (
        w[POLICY + IS_COMPOUND] != 0 and w[account(row) + ACCRUAL + ACCRUAL_SIZE + BASE] != 0
    )


@part
def follow(w, row, day, loan_is_over):
    """Bring an instalment's running periods in line with what is unpaid and with the day's rate."""
    if is_met(w, row) and not has_base(w, row):
        return
    interest, principal = 0, 0
    if bears_penalty(w, row, loan_is_over):
        _, interest, principal = late_parts(w, row)
    base = principal + (interest if w[POLICY + WITH_INTEREST] else 0)
    rate = penalty_rate(w, row, day)
    keep(w, row, 0, change_accrual(w, row, 0, day, base, rate, w[POLICY + DAY_COUNT]))
    if w[POLICY + IS_COMPOUND]:
        keep(w, row, 1, change_accrual(w, row, 1, day, interest, rate, w[POLICY + DAY_COUNT]))
    if w[POLICY + INTEREST_BY] == DAILY_BALANCE:
        is_penalised = base != 0 and rate != 0 and w[TODAY] >= w[account(row) + ORIGIN]
        w[ALL_PENALISED] -= w[account(row) + PENALISED]
        w[account(row) + PENALISED] = principal if is_penalised else 0
        w[ALL_PENALISED] += w[account(row) + PENALISED]


@part
def bears_penalty(w, row, loan_is_over):
    if w[POLICY + UNTIL_PAID]:
        return rest_of(w, row) != 0
    return is_unpaid(w, row, loan_is_over)


@part
def follow_touched(w, day):
    """Bring those instalments in line that an event is about or that something touched; all, where the rate may change."""
    over = loan_is_over(w, NEVER)
    if over != w[WAS_OVER]:
        w[WAS_OVER], w[ALL_TOUCHED] = over, 1
    if w[ALL_TOUCHED]:
        for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
            follow(w, row, day, over)
    else:
        for place in range(w[TOUCHED]):
            row = w[w[TOUCHED_AT] + place]
            if row <= w[DUE_COUNT]:
                follow(w, row, day, over)


@part
def may_wait(w):
    """Whether penalty comes to the same sum however often it is posted, and nobody asks for the loan's cost."""
    return w[POLICY + ROUNDS] != EACH_PERIOD and w[POLICY + CEILING] == NONE and w[POLICY + TOTAL_CEILING] == NONE


@part
def post(w, row):
    """Post an instalment's penalty up to the day up to which all are posted."""
    keep(w, row, 0, close_accrual(w, row, 0, w[POSTED_ON], w[POLICY + DAY_COUNT]))
    if w[POLICY + IS_COMPOUND]:
        keep(w, row, 1, close_accrual(w, row, 1, w[POSTED_ON], w[POLICY + DAY_COUNT]))


@part
def post_all(w):
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        post(w, row)


@part
def close_all(w, day):
    """End every running period on this day; of instalments, perhaps only when somebody reads what they ask for."""
    w[POSTED_ON] = day
    if not may_wait(w):
        post_all(w)
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        post_interest(w, close_accrual(w, 0, 0, day, w[CONTRACT_COUNT]))


@part
def lapse(w, day):
    """Grace has run out: what ran meanwhile is owed from now on, or, where nothing is unpaid, forgotten."""
    over = loan_is_over(w, NEVER)
    for place in range(w[TOUCHED]):
        row = w[w[TOUCHED_AT] + place]
        if row > w[DUE_COUNT] or w[account(row) + HAS_LAPSED] or day < w[account(row) + LAPSES]:
            continue
        post(w, row)
        w[account(row) + HAS_LAPSED] = 1
        unpaid = bears_penalty(w, row, over)
        for which in range(2):
            if unpaid:
                keep(w, row, which, w[account(row) + PENDING + which])
            else:
                at = ACCRUAL + which * ACCRUAL_SIZE
                w[account(row) + at + WHOLE], w[account(row) + at + REST], w[account(row) + at + POSTED] = 0, 0, 0
            w[account(row) + PENDING + which] = 0
