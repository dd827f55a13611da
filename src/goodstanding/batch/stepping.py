"""One loan worked through from event to event: `core/arrears/working.py` again, over arrays.

Function by function it does what its namesake in core does, in the same order, so that one can be read beside the other.
All of a loan lies in one array of numbers, w: state, policy, instalments by number (row 0 is the contract's own interest
by day), and lists. What a name in capitals means: layout.py. A loan that can't be computed gets a status and is left there.
"""

from goodstanding.batch.compiling import part
from goodstanding.batch.exact import (
    ACT_360,
    ACT_365,
    BEYOND,
    LARGEST_QUOTIENT,
    days_between,
    divided_product,
    parts_between,
    parts_of_year,
    rounded,
)
from goodstanding.batch.layout import *

# -- where things lie: the one array of numbers that a loan is worked through in ------------------------------------


@part
def account(row):
    return ACCOUNTS_AT + row * INSTALMENT_SIZE


@part
def held_at(w, place):
    return w[HELD_AT] + place * 2


@part
def held_before_at(w, place):
    return w[HELD_BEFORE_AT] + place * 2


@part
def met_at(w, place):
    return w[METS_AT] + place * 4


@part
def move_at(w, move):
    return w[MOVES_AT] + move * MOVE_SIZE


@part
def pause_at(w, place):
    return w[PAUSES_AT] + place * 4


@part
def plan_at(w, place):
    return w[PLAN_AT] + place * PLAN_SIZE


@part
def version_at(w, version):
    return w[VERSIONS_AT] + version * 4


# -- an instalment --------------------------------------------------------------------------------------------------


@part
def open_of(w, row, component):
    return (
        w[account(row) + ASKED + component]
        + w[account(row) + CHARGED + component]
        - w[account(row) + MET + component]
        - w[account(row) + WAIVED + component]
    )


@part
def open_charge(w, row, component):
    return max(
        0,
        w[account(row) + CHARGED + component]
        - w[account(row) + MET + component]
        - w[account(row) + WAIVED + component],
    )


@part
def open_scheduled(w, row, component):
    charge = (
        w[account(row) + CHARGED + component] - w[account(row) + MET + component] - w[account(row) + WAIVED + component]
    )
    return w[account(row) + ASKED + component] + min(0, charge)


@part
def prepaid_fee(w, row):
    over = w[account(row) + MET + FEE] + w[account(row) + WAIVED + FEE] - w[account(row) + CHARGED + FEE]
    return min(w[account(row) + MET + FEE], max(0, over))


@part
def is_met(w, row):
    return (
        open_scheduled(w, row, PRINCIPAL) == 0
        and open_scheduled(w, row, INTEREST) == 0
        and open_scheduled(w, row, FEE) == 0
    )


@part
def asked_of(w, row):
    return w[account(row) + ASKED + FEE] + w[account(row) + ASKED + INTEREST] + w[account(row) + ASKED + PRINCIPAL]


@part
def unpaid_part(w, row, whole, order):
    """Fee, interest and principal that are late once the due date has passed; order: where in the policy it stands."""
    fee, interest, principal = (
        open_scheduled(w, row, FEE),
        open_scheduled(w, row, INTEREST),
        open_scheduled(w, row, PRINCIPAL),
    )
    minimum = w[account(row) + MINIMUM]
    if minimum == NONE:
        return fee, interest, principal
    asked = asked_of(w, row)
    short = min(minimum, asked) - (asked - (fee + interest + principal))
    if short <= 0:
        return 0, 0, 0
    if whole:
        return fee, interest, principal
    late_fee, late_interest, late_principal = 0, 0, 0
    for place in range(5):
        component = w[POLICY + order + place]
        if component == FEE:
            late_fee = min(short, fee)
            short -= late_fee
        elif component == INTEREST:
            late_interest = min(short, interest)
            short -= late_interest
        elif component == PRINCIPAL:
            late_principal = min(short, principal)
            short -= late_principal
    return late_fee, late_interest, late_principal


@part
def late_parts(w, row):
    return unpaid_part(w, row, w[POLICY + BILL_WHOLE], WATERFALL + ORDER_PAST)


@part
def rest_of(w, row):
    fee, interest, principal = late_parts(w, row)
    return fee + interest + principal


# -- days -----------------------------------------------------------------------------------------------------------


@part
def paused_days(w, flag, due_on, as_of):
    """flag: STOPS_PENALTY or STOPS_FEES, the pauses that count; -1: all."""
    taken, reached = 0, due_on
    for place in range(w[PAUSES]):
        if flag >= 0 and w[pause_at(w, place) + flag] == 0:
            continue
        first, last = (
            max(w[pause_at(w, place) + PAUSE_FROM], reached + 1),
            min(w[pause_at(w, place) + PAUSE_UNTIL] - 1, as_of),
        )
        if last >= first:
            taken += last - first + 1
            reached = last
    return taken


@part
def day_reached(w, flag, due_on, days):
    day = due_on + days
    while w[PAUSES]:
        short = days - (day - due_on) + paused_days(w, flag, due_on, day)
        if short <= 0:
            break
        day += short
    return day


@part
def day_number(w, due_on, as_of):
    elapsed, first = as_of - due_on, w[POLICY + DUE_DATE_IS_DAY]
    return elapsed + first if elapsed >= 0 and elapsed + first > 0 else 0


@part
def delinquent_days(w, due_on, as_of):
    counted_from = due_on - w[POLICY + DUE_DATE_IS_DAY]
    days = day_number(w, due_on, as_of) - paused_days(w, -1, counted_from, as_of)
    if w[POLICY + GRACE_DELAYS]:
        return max(0, days - w[POLICY + GRACE])
    gone_by = as_of - due_on - paused_days(w, -1, due_on, as_of)
    if w[POLICY + GRACE] > 0 and gone_by <= w[POLICY + GRACE]:
        return 0
    return max(0, days)


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


# -- penalty and contract interest ----------------------------------------------------------------------------------


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
            whole, rest = divided_product(base, rate, divisor)
            amount = (day - start) * rounded(whole, rest, divisor, rounding)
        else:
            before = parts_between(origin, start, day_count)
            for night in range(start, day):
                after = parts_between(origin, night + 1, day_count)
                whole, rest = divided_product(base, rate * (after - before), divisor)
                amount += rounded(whole, rest, divisor, rounding)
                before = after
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


@part
def bears_penalty(w, row, loan_is_over):
    if w[POLICY + UNTIL_PAID]:
        return rest_of(w, row) != 0
    return is_unpaid(w, row, loan_is_over)


@part
def follow_all(w, day):
    over = loan_is_over(w, NEVER)
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        follow(w, row, day, over)


@part
def close_all(w, day):
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        keep(w, row, 0, close_accrual(w, row, 0, day, w[POLICY + DAY_COUNT]))
        if w[POLICY + IS_COMPOUND]:
            keep(w, row, 1, close_accrual(w, row, 1, day, w[POLICY + DAY_COUNT]))
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        post_interest(w, close_accrual(w, 0, 0, day, w[CONTRACT_COUNT]))


@part
def lapse(w, day):
    """Grace has run out: what ran meanwhile is owed from now on, or, where nothing is unpaid, forgotten."""
    over = loan_is_over(w, NEVER)
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        if w[account(row) + HAS_LAPSED] or day < w[account(row) + LAPSES]:
            continue
        w[account(row) + HAS_LAPSED] = 1
        unpaid = bears_penalty(w, row, over)
        for which in range(2):
            if unpaid:
                keep(w, row, which, w[account(row) + PENDING + which])
            else:
                at = ACCRUAL + which * ACCRUAL_SIZE
                w[account(row) + at + WHOLE], w[account(row) + at + REST], w[account(row) + at + POSTED] = 0, 0, 0
            w[account(row) + PENDING + which] = 0


# -- what is unpaid -------------------------------------------------------------------------------------------------


@part
def is_past_due(w, row, day):
    return w[account(row) + DUE] + 1 - w[POLICY + DUE_DATE_IS_DAY] <= day


@part
def share_of(amount, ppm):
    """The whole part of a share of an amount."""
    whole, _ = divided_product(amount, ppm, 1_000_000)
    return whole


@part
def is_over_tolerance(w, rest, asked):
    return rest > w[POLICY + TOLERANCE] and (
        w[POLICY + TOLERANCE_SHARE] == 0 or rest > share_of(asked, w[POLICY + TOLERANCE_SHARE])
    )


@part
def loan_is_over(w, day):
    """Whether the rests of what fell due, or by a day is past due, are together over the loan's tolerance."""
    if not w[POLICY + TOLERANCE_OF_LOAN]:
        return True
    rest = 0
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        if day == NEVER or is_past_due(w, row, day):
            rest += rest_of(w, row)
    return is_over_tolerance(w, rest, outstanding_principal(w))


@part
def is_unpaid(w, row, loan_is_over):
    if is_met(w, row):
        return False
    rest = rest_of(w, row)
    if rest == 0:
        return False
    if w[POLICY + TOLERANCE_OF_LOAN]:
        return loan_is_over
    return is_over_tolerance(w, rest, asked_of(w, row))


@part
def first_late(w, day):
    """The first instalment past due that counts as unpaid, or 0."""
    over = loan_is_over(w, day)
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        if is_past_due(w, row, day) and is_unpaid(w, row, over):
            return row
    return 0


@part
def days_past_due(w, day):
    row = first_late(w, day)
    if row == 0:
        return 0
    return day_number(w, counted_from(w, row, day), day)


@part
def stretch_from(w, row, day):
    """From where a stretch that began on this day counts; row: its first unpaid instalment."""
    opened = w[HAS_OPENING] and day <= w[OPENED_ON]
    if w[POLICY + OVER_TOLERANCE] and not opened:
        return day - 1 + w[POLICY + DUE_DATE_IS_DAY]
    since = w[account(row) + DUE]
    over = loan_is_over(w, day)
    for other in range(row + 1, w[DUE_COUNT] + 1):
        if w[account(other) + DUE] < since and is_past_due(w, other, day) and is_unpaid(w, other, over):
            since = w[account(other) + DUE]
    return since


@part
def counted_from(w, row, day):
    """From where days past due count; row: the first unpaid instalment."""
    oldest = w[account(row) + DUE]
    if not w[POLICY + FIRST_DEFAULT] and not w[POLICY + OVER_TOLERANCE]:
        return oldest
    since = w[ARREARS_SINCE] if w[ARREARS_SINCE] != NONE else stretch_from(w, row, day)
    return since if w[POLICY + OVER_TOLERANCE] else min(oldest, since)


@part
def outstanding_principal(w):
    total = 0
    for row in range(w[FIRST_ACTIVE], w[ACCOUNTS] + 1):
        total += open_of(w, row, PRINCIPAL)
    return total


@part
def interest_accrued(w, day):
    """Contract interest of the period that runs on the day, for the days gone by; rounded once."""
    row = w[DUE_COUNT] + 1
    if row > w[ACCOUNTS]:
        return 0
    asked = w[account(row) + ASKED + INTEREST]
    if w[POLICY + INTEREST_BY] != SCHEDULED or w[IS_BILLED] or asked == 0:
        return asked
    start = period_start(w)
    whole = days_between(start, w[account(row) + DUE], w[CONTRACT_COUNT])
    if whole <= 0 or day <= start:
        return 0
    gone = min(max(0, days_between(start, day, w[CONTRACT_COUNT])), whole)
    amount, rest = divided_product(asked, gone, whole)
    return rounded(amount, rest, whole, w[POLICY + ROUNDING])


@part
def period_start(w):
    standing, latest = 0, 0
    for row in range(w[DUE_COUNT], 0, -1):
        if not w[account(row) + IS_REPLACED]:
            standing += 1
            latest = latest or row
            if standing == 2:
                break
    start = w[account(latest) + DUE] if latest else w[DISBURSED]
    if w[HAS_OPENING] and standing <= 1:
        start = w[OPEN_PERIOD_FROM] if w[OPEN_PERIOD_FROM] != NONE else w[OPENED_ON]
    return max(start, w[PERIOD_FROM])


@part
def held_in_all(w):
    total = 0
    for place in range(w[HELD]):
        total += w[held_at(w, place) + HELD_AMOUNT]
    return total


@part
def payoff(w, day):
    """What settles the loan on the day: all principal, interest to the day, charges, less what is held."""
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    asked, charges = 0, 0
    for row in range(w[FIRST_ACTIVE], last + 1):
        charges += open_charge(w, row, FEE) + open_charge(w, row, PENALTY) + open_charge(w, row, COMPOUND)
        if row <= due or w[SETTLED_ON] != NONE or w[IS_BILLED]:
            asked += open_of(w, row, INTEREST) + open_scheduled(w, row, FEE)
        else:
            asked -= w[account(row) + MET + INTEREST] + prepaid_fee(w, row)
    if w[SETTLED_ON] == NONE and not w[IS_BILLED] and due < last:
        asked += max(0, interest_accrued(w, day) - w[account(due + 1) + WAIVED + INTEREST])
    return max(0, outstanding_principal(w) + asked + charges - held_in_all(w))


# -- late fees and the ceiling --------------------------------------------------------------------------------------


@part
def charge_late_fees(w, day):
    if not w[POLICY + HAS_LATE_FEE]:
        return
    if w[POLICY + LATE_PER_LOAN] and w[LOAN_FEE_ON] == day:
        row = first_late(w, day)
        if row:
            charge_late_fee(w, row, True, day)
            ask_again(w, day)
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        if w[account(row) + FEE_ON] != day:
            continue
        w[account(row) + FEE_ON] = NEVER
        if not (is_past_due(w, row, day) and is_unpaid(w, row, loan_is_over(w, day))):
            continue
        if w[POLICY + LATE_PER_LOAN]:
            if not w[LOAN_FEE_CHARGED]:
                w[LOAN_FEE_CHARGED] = 1
                charge_late_fee(w, row, True, day)
                ask_again(w, day)
            continue
        charge_late_fee(w, row, False, day)
        if w[POLICY + LATE_EVERY]:
            w[account(row) + FEE_ON] = day_reached(w, STOPS_FEES, day, w[POLICY + LATE_EVERY])
            also_on(w, w[account(row) + FEE_ON])


@part
def ask_again(w, day):
    if w[POLICY + LATE_EVERY]:
        w[LOAN_FEE_ON] = day_reached(w, STOPS_FEES, day, w[POLICY + LATE_EVERY])
        also_on(w, w[LOAN_FEE_ON])


@part
def charge_late_fee(w, at, all_late, day):
    base = 0
    over = loan_is_over(w, day)
    for row in range(w[FIRST_ACTIVE] if all_late else at, (w[DUE_COUNT] if all_late else at) + 1):
        if all_late and not (is_past_due(w, row, day) and is_unpaid(w, row, over)):
            continue
        fee, interest, principal = late_parts(w, row)
        if w[POLICY + LATE_OF_INSTALMENT]:
            base += asked_of(w, row)
        else:
            base += principal if w[POLICY + LATE_OF_PRINCIPAL] else fee + interest + principal
    whole, rest = divided_product(w[POLICY + LATE_SHARE], base, 1_000_000)
    amount = max(w[POLICY + LATE_LEAST], w[POLICY + LATE_FLAT] + rounded(whole, rest, 1_000_000, w[POLICY + ROUNDING]))
    if w[POLICY + LATE_MOST] != NONE:
        amount = min(amount, w[POLICY + LATE_MOST])
    add_fee(w, at, amount)


@part
def add_fee(w, row, amount):
    w[account(row) + CHARGED + FEE] += amount
    w[FEES_CHARGED] += amount
    if w[FEES_CHARGED] > LARGEST_CHARGE:
        w[STATUS] = CHARGES_TOO_LARGE


@part
def cost(w, day):
    """All that the loan cost up to the day, without what was waived or brought by an opening position."""
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    total = -(w[BROUGHT_FEE] + w[BROUGHT_PENALTY] + w[BROUGHT_COMPOUND] + w[BROUGHT_INTEREST])
    for row in range(1, due + 1):
        for component in range(INTEREST + 1):
            total += (
                w[account(row) + ASKED + component]
                + w[account(row) + CHARGED + component]
                - w[account(row) + WAIVED + component]
            )
    for row in range(due + 1, last + 1):
        for component in range(COMPOUND + 1):
            total += max(0, w[account(row) + CHARGED + component] - w[account(row) + WAIVED + component])
    if due < last:
        total += max(0, interest_accrued(w, day) - w[account(due + 1) + WAIVED + INTEREST])
    return total


@part
def cut_to_ceiling(w, day):
    """Take off open charges, newest first, until all that the loan cost so far is within the ceiling."""
    ceiling, total = w[POLICY + CEILING], w[POLICY + TOTAL_CEILING]
    if ceiling == NONE and total == NONE:
        return
    allowed = LARGEST_QUOTIENT
    if ceiling != NONE:
        year = parts_of_year(w[POLICY + DAY_COUNT])
        millions = w[YEARS_WHOLE] // 1_000_000
        units = w[YEARS_WHOLE] - millions * 1_000_000
        allowed = ceiling * millions + (ceiling * units + ceiling * w[YEARS_REST] // year) // 1_000_000
    if total != NONE:
        allowed = min(allowed, share_of(w[LENT], total))
    over = cost(w, day) - allowed
    if over <= 0:
        return
    for row in range(w[ACCOUNTS], 0, -1):
        for component in (FEE, COMPOUND, PENALTY):
            brought = w[BROUGHT_FEE + component] if row == 1 else 0
            cut = min(over, open_charge(w, row, component), w[account(row) + CHARGED + component] - brought)
            if cut > 0:
                w[account(row) + CHARGED + component] -= cut
                over -= cut
                w[FIRST_ACTIVE] = 1


@part
def count_principal_years(w, day):
    if w[POLICY + CEILING] == NONE:
        return
    made_on, count = w[DISBURSED], w[POLICY + DAY_COUNT]
    parts = parts_between(made_on, max(day, w[TODAY]), count) - parts_between(made_on, w[TODAY], count)
    if parts <= 0:
        return
    year = parts_of_year(count)
    whole, rest = divided_product(outstanding_principal(w), parts, year)
    rest += w[YEARS_REST]
    w[YEARS_WHOLE] += whole + rest // year
    w[YEARS_REST] = rest % year


# -- contract interest by day ---------------------------------------------------------------------------------------


@part
def interest_base(w):
    outstanding = outstanding_principal(w)
    if w[POLICY + INTEREST_BY] == DAILY_FLAT:
        return w[LENT] if outstanding != 0 and w[DUE_COUNT] < w[ACCOUNTS] else 0
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        if (
            w[account(row) + ACCRUAL + BASE] != 0
            and w[account(row) + ACCRUAL + NIGHT_RATE] != 0
            and w[TODAY] >= w[account(row) + ORIGIN]
        ):
            _, _, principal = late_parts(w, row)
            outstanding -= principal
    return outstanding


@part
def post_interest(w, amount):
    row = min(w[DUE_COUNT] + 1, w[ACCOUNTS])
    w[account(row) + ASKED + INTEREST] += amount
    if amount:
        wake(w, row)


@part
def fit_to_instalment(w, row):
    last = w[ACCOUNTS]
    if row == last:
        return
    interest = w[account(row) + ASKED + INTEREST]
    total = w[account(row) + TERM_PRINCIPAL] + w[account(row) + TERM_INTEREST]
    paid_principal = w[account(row) + MET + PRINCIPAL] + w[account(row) + WAIVED + PRINCIPAL]
    paid_interest = w[account(row) + MET + INTEREST] + w[account(row) + WAIVED + INTEREST]
    kept = max(paid_interest, min(interest, max(0, total - paid_principal)))
    if kept < interest:
        w[account(row) + ASKED + INTEREST] = kept
        w[account(row + 1) + ASKED + INTEREST] += interest - kept
    fit_principal(w, row, kept)


@part
def fit_principal(w, row, interest):
    """An instalment's principal is its fixed sum without this interest; what is above or below plan moves from or to the
    last ones."""
    last, left = w[ACCOUNTS], 0
    total = w[account(row) + TERM_PRINCIPAL] + w[account(row) + TERM_INTEREST]
    paid = w[account(row) + MET + PRINCIPAL] + w[account(row) + WAIVED + PRINCIPAL]
    for other in range(row, last + 1):
        left += open_of(w, other, PRINCIPAL)
    wanted = max(paid, min(total - interest, paid + left))
    shift = wanted - w[account(row) + ASKED + PRINCIPAL]
    w[account(row) + ASKED + PRINCIPAL] = wanted
    for other in range(last, row, -1):
        taken = min(shift, open_of(w, other, PRINCIPAL)) if shift > 0 else shift
        w[account(other) + ASKED + PRINCIPAL] -= taken
        shift -= taken


# -- payments -------------------------------------------------------------------------------------------------------


@part
def wake(w, row):
    """An instalment changed otherwise than by being paid: look at it again."""
    w[FIRST_ACTIVE] = min(w[FIRST_ACTIVE], row)


@part
def move_on(w):
    """Pass by instalments that nothing is open of, nothing runs on and nothing waits for."""
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


@part
def hold(w, source, amount):
    place = w[HELD]
    if place >= w[HELD_ROOM]:
        w[STATUS] = NO_ROOM
        return
    w[held_at(w, place) + HELD_FROM], w[held_at(w, place) + HELD_AMOUNT] = source, amount
    w[HELD] = place + 1


@part
def record(w, row, component, amount, source):
    place = w[METS]
    if place >= w[METS_ROOM]:
        w[STATUS] = NO_ROOM
        return
    w[account(row) + MET + component] += amount
    if w[w[LATEST_AT] + source] == UNTOUCHED:
        w[w[LATEST_AT] + source] = EMPTY
        w[w[SOURCES_AT] + w[SOURCES]] = source
        w[SOURCES] += 1
    w[met_at(w, place) + MET_AT], w[met_at(w, place) + MET_COMPONENT], w[met_at(w, place) + MET_AMOUNT] = (
        row,
        component,
        amount,
    )
    w[met_at(w, place) + MET_BEFORE] = w[w[LATEST_AT] + source]
    w[w[LATEST_AT] + source] = place
    w[METS] = place + 1


@part
def claim(w, left, row, component, source, waives):
    """Give an instalment's component what is open of it; return what is left."""
    amount = min(left, open_of(w, row, component))
    if amount > 0:
        if waives:
            w[account(row) + WAIVED + component] += amount
        else:
            record(w, row, component, amount, source)
        left -= amount
    return left


@part
def is_chosen(w, row, only, day):
    """only: -1 past due or replaced, 0 due on the day, 1 any."""
    if only != 1 and w[account(row) + IS_REPLACED]:
        return only == -1
    return only == 1 or (w[account(row) + DUE] < day if only == -1 else w[account(row) + DUE] == day)


@part
def allocate(w, left, first, stop, step, only, day, order, count, by_component, source, waives):
    """Meet claims of rows first, first + step ... before stop, in an order of the policy; return what is left."""
    if by_component:
        for place in range(count):
            for row in range(first, stop, step):
                if left <= 0:
                    return left
                if is_chosen(w, row, only, day):
                    left = claim(w, left, row, w[POLICY + order + place], source, waives)
    else:
        for row in range(first, stop, step):
            if is_chosen(w, row, only, day):
                for place in range(count):
                    if left <= 0:
                        return left
                    left = claim(w, left, row, w[POLICY + order + place], source, waives)
    return left


@part
def waterfall(w, day):
    if w[POLICY + AFTER_DPD] != NONE and days_past_due(w, day) > w[POLICY + AFTER_DPD]:
        return WATERFALL_AFTER
    return WATERFALL


@part
def pay(w, source, amount, day):
    order = waterfall(w, day)
    by_component = w[POLICY + order + ORDER_BY]
    first, due, last = w[FIRST_ACTIVE], w[DUE_COUNT], w[ACCOUNTS]
    left = amount
    turns = 2 if w[POLICY + order + CHARGES_LAST] else 1
    for turn in range(turns):
        for only in range(-1, 1):
            at = order + (ORDER_PAST if only < 0 else ORDER_TODAY)
            left = meet_minimums(w, left, only, at, turn_start(turn), turn_stop(turns, turn), source, day)
    for turn in range(turns):
        skipped = turn_start(turn)
        count = turn_stop(turns, turn) - skipped
        for only in range(-1, 1):
            at = order + (ORDER_PAST if only < 0 else ORDER_TODAY) + skipped
            left = allocate(w, left, first, due + 1, 1, only, day, at, count, by_component, source, False)
    for row in range(due + 1, last + 1):
        if left <= 0:
            break
        posted = min(left, open_charge(w, row, FEE))
        if posted:
            record(w, row, FEE, posted, source)
            left -= posted
    if left > 0:
        left = place_excess(w, left, order, source, day)
    if left > 0:
        hold(w, source, left)


@part
def turn_start(turn):
    """Where in an order a turn begins: with charges last, interest and principal have the first, charges the second."""
    return 0 if turn == 0 else 2


@part
def turn_stop(turns, turn):
    return 2 if turns == 2 and turn == 0 else 5


@part
def meet_minimums(w, left, only, order, start, stop, source, day):
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        if left <= 0:
            break
        if w[account(row) + MINIMUM] == NONE or not is_chosen(w, row, only, day):
            continue
        fee, interest, principal = unpaid_part(w, row, 0, order)
        for place in range(start, stop):
            component = w[POLICY + order + place]
            short = 0
            if component == FEE:
                short = fee
            elif component == INTEREST:
                short = interest
            elif component == PRINCIPAL:
                short = principal
            amount = min(left, short + open_charge(w, row, component))
            if amount:
                record(w, row, component, amount, source)
                left -= amount
    return left


@part
def place_excess(w, left, order, source, day):
    excess, first, last = w[POLICY + EXCESS], w[DUE_COUNT] + 1, w[ACCOUNTS]
    at, by_component = order + ORDER_ADVANCE, w[POLICY + order + ORDER_BY]
    if excess == UNAPPLIED and w[SETTLED_ON] == NONE:
        return left
    if excess == SPREAD:
        return spread(w, left, first, last, at, source, day)
    if excess == LAST:
        return allocate(w, left, last, first - 1, -1, 1, day, at, 5, by_component, source, False)
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        return allocate_ahead(w, left, first, last, at, by_component, source)
    return allocate(w, left, first, last + 1, 1, 1, day, at, 5, by_component, source, False)


@part
def allocate_ahead(w, left, first, last, order, by_component, source):
    """Of interest by day, money paid ahead meets an instalment up to its fixed sum."""
    outer, inner = (5, last + 1 - first) if by_component else (last + 1 - first, 5)
    for one in range(outer):
        for other in range(inner):
            if left <= 0:
                return left
            place, row = (one, first + other) if by_component else (other, first + one)
            component = w[POLICY + order + place]
            if component == PRINCIPAL and row < last:
                fit_principal(w, row, w[account(row) + ASKED + INTEREST])
            left = claim(w, left, row, component, source, False)
    return left


@part
def is_open_at_all(w, row):
    for component in range(5):
        if open_of(w, row, component) != 0:
            return True
    return False


@part
def spread(w, left, first, last, order, source, day):
    while left > 0 and w[STATUS] == OK:
        still_open = 0
        for row in range(first, last + 1):
            still_open += is_open_at_all(w, row)
        if still_open == 0:
            break
        share, odd, place = left // still_open, left % still_open, 0
        for row in range(first, last + 1):
            if is_open_at_all(w, row):
                part_of = share + (1 if place < odd else 0)
                rest = allocate(w, part_of, row, row + 1, 1, 1, day, order, 5, False, source, False)
                left -= part_of - rest
                place += 1
    return left


@part
def use_held(w, day):
    count = w[HELD]
    if count == 0:
        return
    for place in range(count):
        w[held_before_at(w, place) + HELD_FROM] = w[held_at(w, place) + HELD_FROM]
        w[held_before_at(w, place) + HELD_AMOUNT] = w[held_at(w, place) + HELD_AMOUNT]
    w[HELD] = 0
    for place in range(count):
        pay(w, w[held_before_at(w, place) + HELD_FROM], w[held_before_at(w, place) + HELD_AMOUNT], day)


@part
def settle(w, day, source):
    """The payment reaches the payoff: interest and fees of later days are not charged; credit for them comes back."""
    accrued = interest_accrued(w, day)
    if not w[IS_BILLED]:
        for row in range(w[DUE_COUNT] + 1, w[ACCOUNTS] + 1):
            owed_now = min(accrued, w[account(row) + ASKED + INTEREST]) if row == w[DUE_COUNT] + 1 else 0
            if w[POLICY + INTEREST_BY] != SCHEDULED:
                owed_now = w[account(row) + ASKED + INTEREST]
            for which in range(2):
                component, keeps = (INTEREST, owed_now) if which == 0 else (FEE, 0)
                w[account(row) + NOT_ASKED + which] = w[account(row) + ASKED + component] - keeps
                w[account(row) + ASKED + component] = keeps
                release(w, row, component, max(0, -open_of(w, row, component)))
                unneeded = max(0, -open_of(w, row, component))
                w[account(row) + WAIVED + component] -= unneeded
                w[account(row) + NOT_GIVEN + which] = unneeded
    w[SETTLED_ON], w[SETTLED_BY] = day, NONE
    use_held(w, day)
    w[SETTLED_BY] = source


@part
def release(w, row, component, amount):
    """What met a sum that is no longer asked for is held again under its payment, the latest first."""
    for which in range(w[SOURCES] - 1, -1, -1):
        if amount == 0:
            return
        source = w[w[SOURCES_AT] + which]
        place = w[w[LATEST_AT] + source]
        while place >= 0 and amount:
            if w[met_at(w, place) + MET_AT] == row and w[met_at(w, place) + MET_COMPONENT] == component:
                back = min(w[met_at(w, place) + MET_AMOUNT], amount)
                amount -= back
                w[account(row) + MET + component] -= back
                w[met_at(w, place) + MET_AMOUNT] -= back
                hold(w, source, back)
                wake(w, row)
            place = w[met_at(w, place) + MET_BEFORE]


@part
def undo(w, source, amount):
    """Undo up to this amount of a payment, what it met last first; return what is left of the amount."""
    while w[w[LATEST_AT] + source] >= 0 and amount:
        place = w[w[LATEST_AT] + source]
        row, component = w[met_at(w, place) + MET_AT], w[met_at(w, place) + MET_COMPONENT]
        undone = min(w[met_at(w, place) + MET_AMOUNT], amount)
        w[account(row) + MET + component] -= undone
        w[met_at(w, place) + MET_AMOUNT] -= undone
        amount -= undone
        wake(w, row)
        if w[met_at(w, place) + MET_AMOUNT] == 0:
            w[w[LATEST_AT] + source] = w[met_at(w, place) + MET_BEFORE]
    return amount


@part
def named(w, move):
    """The instalment that a transaction names, or 0."""
    number = w[move_at(w, move) + AT]
    if number == NONE:
        return 0
    if number < 1 or number > w[ACCOUNTS]:
        w[STATUS] = NO_SUCH_INSTALMENT
        return 0
    return number


@part
def receive(w, move, day):
    amount, source, directed = (
        w[move_at(w, move) + AMOUNT],
        w[move_at(w, move) + SOURCE],
        w[move_at(w, move) + DIRECTED],
    )
    if w[DUE_COUNT] < w[ACCOUNTS] and w[SETTLED_ON] == NONE:
        settles = payoff(w, day)
        if amount >= settles > 0:
            settle(w, day, source)
    at = named(w, move)
    if w[STATUS] != OK:
        return
    left = amount
    if at or directed != NONE:
        order, count = COMPONENTS + directed, 1
        if directed == NONE:
            order, count = waterfall(w, day) + ORDER_PAST, 5
        left = allocate_directed(w, left, at, day, order, count, source)
    pay(w, source, left, day)


@part
def allocate_directed(w, left, at, day, order, count, source):
    """To the instalment named, or to the component named of all: those due, then those to come."""
    by_component = w[POLICY + WATERFALL + ORDER_BY]
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    if at:
        return allocate(w, left, at, at + 1, 1, 1, day, order, count, by_component, source, False)
    left = allocate(w, left, 1, due + 1, 1, 1, day, order, count, by_component, source, False)
    if w[POLICY + EXCESS] == LAST:
        return allocate(w, left, last, due, -1, 1, day, order, count, by_component, source, False)
    return allocate(w, left, due + 1, last + 1, 1, 1, day, order, count, by_component, source, False)


@part
def waive(w, move, day):
    at = named(w, move)
    directed = w[move_at(w, move) + DIRECTED]
    order, count = (COMPONENTS, 5) if directed == NONE else (COMPONENTS + directed, 1)
    first, stop = (at, at + 1) if at else (1, w[DUE_COUNT] + 1)
    allocate(
        w, w[move_at(w, move) + AMOUNT], first, stop, 1, 1, day, order, count, w[POLICY + WATERFALL + ORDER_BY], 0, True
    )


@part
def give_back(w, move):
    """Money returned to the borrower: what is held first, then the latest payments are undone."""
    left, kept = w[move_at(w, move) + AMOUNT], 0
    for place in range(w[HELD]):
        amount = w[held_at(w, place) + HELD_AMOUNT]
        taken = min(amount, left)
        left -= taken
        if amount > taken:
            w[held_at(w, kept) + HELD_FROM], w[held_at(w, kept) + HELD_AMOUNT] = (
                w[held_at(w, place) + HELD_FROM],
                amount - taken,
            )
            kept += 1
    w[HELD] = kept
    for which in range(w[SOURCES] - 1, -1, -1):
        left = undo(w, w[w[SOURCES_AT] + which], left)
    if left:
        w[STATUS] = REFUND_TOO_LARGE


@part
def drop_held(w, source):
    """Take what is held of a payment off the list; return how much it was."""
    total, kept = 0, 0
    for place in range(w[HELD]):
        if w[held_at(w, place) + HELD_FROM] == source:
            total += w[held_at(w, place) + HELD_AMOUNT]
        else:
            w[held_at(w, kept) + HELD_FROM], w[held_at(w, kept) + HELD_AMOUNT] = (
                w[held_at(w, place) + HELD_FROM],
                w[held_at(w, place) + HELD_AMOUNT],
            )
            kept += 1
    w[HELD] = kept
    return total


@part
def take_back(w, move):
    source = w[move_at(w, move) + REVERSES]
    total = 0
    place = w[w[LATEST_AT] + source]
    while place >= 0:
        total += w[met_at(w, place) + MET_AMOUNT]
        place = w[met_at(w, place) + MET_BEFORE]
    held = drop_held(w, source)
    if total + held != paid_by(w, source):
        w[STATUS] = NOT_WHOLE
        return
    undo(w, source, total)
    if source == w[SETTLED_BY]:
        unsettle(w)


@part
def paid_by(w, source):
    for move in range(w[MOVES]):
        if w[move_at(w, move) + SOURCE] == source:
            return w[move_at(w, move) + AMOUNT]
    return NONE


@part
def charge_back(w, move):
    """Take back up to the amount of one payment, what it met last first; what of it is held goes before that."""
    source, amount = w[move_at(w, move) + REVERSES], w[move_at(w, move) + AMOUNT]
    held = drop_held(w, source)
    kept = max(0, held - amount)
    if kept:
        hold(w, source, kept)
    beyond_held = amount - (held - kept)
    if undo(w, source, beyond_held):
        w[STATUS] = CHARGEBACK_TOO_LARGE
        return
    if beyond_held and source == w[SETTLED_BY]:
        unsettle(w)


@part
def unsettle(w):
    """The payment that settled the loan bounced: interest and fees that settling took away are owed again."""
    w[SETTLED_ON], w[SETTLED_BY] = NONE, NONE
    for row in range(1, w[ACCOUNTS] + 1):
        for which in range(2):
            component = INTEREST if which == 0 else FEE
            w[account(row) + ASKED + component] += w[account(row) + NOT_ASKED + which]
            w[account(row) + WAIVED + component] += w[account(row) + NOT_GIVEN + which]
        forget_settling(w, row)
    w[FIRST_ACTIVE] = 1


@part
def forget_settling(w, row):
    for which in range(2):
        w[account(row) + NOT_ASKED + which], w[account(row) + NOT_GIVEN + which] = 0, 0


@part
def last_fallen_due(w):
    """The last instalment that fell due, or the first to come; one that was replaced before its day never fell due."""
    for row in range(w[DUE_COUNT], 0, -1):
        if not w[account(row) + IS_REPLACED]:
            return row
    return w[DUE_COUNT] + 1 if w[DUE_COUNT] < w[ACCOUNTS] else 1


@part
def apply_move(w, move, day):
    kind = w[move_at(w, move) + KIND]
    if kind == PAYMENT or kind == RECOVERY:
        receive(w, move, day)
    elif kind == PAY_FEE:
        row = named(w, move) or last_fallen_due(w)
        add_fee(w, row, w[move_at(w, move) + AMOUNT])
        wake(w, row)
    elif kind == PAY_WAIVER:
        waive(w, move, day)
    elif kind == REFUND:
        give_back(w, move)
    elif kind == REVERSAL:
        take_back(w, move)
    elif kind == CHARGEBACK:
        charge_back(w, move)
    elif w[CHARGED_OFF_ON] == NONE:
        w[CHARGED_OFF_ON] = day


# -- schedules ------------------------------------------------------------------------------------------------------


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


@part
def ask_for_events(w, first, after):
    """Put the days on which something happens to instalments from this one on the heap, those after a day."""
    for row in range(first, w[ACCOUNTS] + 1):
        due_on = w[account(row) + DUE]
        if due_on > w[AS_OF]:
            break
        later_on(w, due_on, after)
        later_on(w, due_on + 1, after)
        later_on(w, w[account(row) + ORIGIN], after)
        later_on(w, w[account(row) + LAPSES], after)
        if w[account(row) + FEE_ON] != NEVER:
            later_on(w, w[account(row) + FEE_ON], after)
        for step in range(w[POLICY + STEPS]):
            at = w[POLICY + STEPS_AT] + step * STEP_SIZE
            if w[w[EXTRA_AT] + at + STEP_FROM_ON] == NONE:
                later_on(
                    w, due_on + max(0, w[w[EXTRA_AT] + at + STEP_FROM_DPD] - 1 - w[POLICY + DUE_DATE_IS_DAY]), after
                )


@part
def later_on(w, day, after):
    if day > after:
        also_on(w, day)


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
    for row in range(1 if takes_over else due + 1, last + 1):
        forget_settling(w, row)
        for component in (FEE, INTEREST, PRINCIPAL):
            w[account(row) + ASKED + component] -= open_scheduled(w, row, component)
    for row in range(due + 1, last + 1):
        w[account(row) + IS_REPLACED], w[account(row) + HAS_LAPSED], w[account(row) + FEE_ON] = 1, 1, NEVER
    w[DUE_COUNT] = last
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
    wake(w, 1)
    ask_for_events(w, last + 1, day)


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
    w[DUE_COUNT], w[TODAY] = 1, on


@part
def start_interest(w, accrued):
    """Contract interest by day: nothing of it is on the schedule until it has run."""
    for row in range(w[DUE_COUNT] + 1, w[ACCOUNTS] + 1):
        w[account(row) + ASKED + INTEREST] = 0
    for column in range(INSTALMENT_SIZE):
        w[account(0) + column] = 0
    w[account(0) + ORIGIN] = w[account(0) + ACCRUAL + SINCE] = w[TODAY]
    w[account(0) + ACCRUAL + BASE] = outstanding_principal(w)
    w[account(0) + ACCRUAL + NIGHT_RATE] = w[CONTRACT_PPM] * w[POLICY + RATE_UNIT]
    if accrued:
        w[account(min(w[DUE_COUNT] + 1, w[ACCOUNTS])) + ASKED + INTEREST] += accrued


# -- one day after another ------------------------------------------------------------------------------------------


@part
def fall_due(w, day):
    while w[DUE_COUNT] < w[ACCOUNTS] and w[account(w[DUE_COUNT] + 1) + DUE] <= day:
        row = w[DUE_COUNT] + 1
        if w[POLICY + INTEREST_BY] != SCHEDULED:
            post_interest(w, close_accrual(w, 0, 0, day, w[CONTRACT_COUNT]))
            fit_to_instalment(w, row)
        w[DUE_COUNT] = row
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
def work(w, day, first, stop):
    """One day: interest, grace that has run out, late fees, what falls due, then transactions [first, stop)."""
    count_principal_years(w, day)
    w[TODAY] = max(day, w[TODAY])
    follow_all(w, day)
    lapse(w, day)
    while w[VERSIONS_DONE] < w[VERSIONS] and w[version_at(w, w[VERSIONS_DONE]) + VERSION_FROM] <= day:
        change_schedule(w, w[VERSIONS_DONE], day)
        if w[STATUS] != OK:
            return
        w[VERSIONS_DONE] += 1
    charge_late_fees(w, day)
    fall_due(w, day)
    apply_all(w, first, stop, day)
    follow_all(w, day)
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        rate = w[CONTRACT_PPM] * w[POLICY + RATE_UNIT]
        post_interest(w, change_accrual(w, 0, 0, day, interest_base(w), rate, w[CONTRACT_COUNT]))
        follow_all(w, day)
    row = first_late(w, day)
    if row == 0:
        w[ARREARS_SINCE], w[LOAN_FEE_ON], w[LOAN_FEE_CHARGED] = NONE, NONE, 0
    elif w[ARREARS_SINCE] == NONE:
        w[ARREARS_SINCE] = stretch_from(w, row, day)
    move_on(w)


@part
def begin(w, opening, schedule_stop):
    """Set up a loan: its opening position, the schedule that counts then, its interest."""
    start, stop, begun = 0, schedule_stop, NONE
    if w[HAS_OPENING]:
        begun = opening[OPENING_ON]
        while w[VERSIONS_DONE] < w[VERSIONS] and w[version_at(w, w[VERSIONS_DONE]) + VERSION_FROM] <= begun:
            start, stop = (
                w[version_at(w, w[VERSIONS_DONE]) + VERSION_START],
                w[version_at(w, w[VERSIONS_DONE]) + VERSION_STOP],
            )
            w[VERSIONS_DONE] += 1
        open_with(w, opening)
    add_plan(w, start, stop, begun)
    if w[POLICY + INTEREST_BY] != SCHEDULED:
        start_interest(w, opening[OPENING_ACCRUED] if w[HAS_OPENING] else 0)


@part
def run_to(w):
    """Work through every event up to and with the day asked about."""
    as_of = w[AS_OF]
    begun = w[OPENED_ON] if w[HAS_OPENING] else NONE
    if w[HAS_OPENING] and w[MOVES] > 0 and w[move_at(w, 0) + EFFECTIVE] <= begun:
        w[STATUS] = BEFORE_HISTORY
        return
    for version in range(w[VERSIONS_DONE], w[VERSIONS]):
        later_on(w, w[version_at(w, version) + VERSION_FROM], begun)
    for place in range(w[PAUSES]):
        later_on(w, w[pause_at(w, place) + PAUSE_FROM], begun)
        later_on(w, w[pause_at(w, place) + PAUSE_UNTIL], begun)
    for step in range(w[POLICY + STEPS]):
        on = w[w[EXTRA_AT] + w[POLICY + STEPS_AT] + step * STEP_SIZE + STEP_FROM_ON]
        if on != NONE:
            later_on(w, on, begun)
    ask_for_events(w, 1, begun)
    for move in range(w[MOVES]):
        also_on(w, w[move_at(w, move) + EFFECTIVE])
    also_on(w, as_of)
    if w[HAS_OPENING]:
        work(w, begun, 0, 0)
    move = 0
    while w[EVENTS] > 0 and w[STATUS] == OK:
        day = next_day(w)
        stop = move
        while stop < w[MOVES] and w[move_at(w, stop) + EFFECTIVE] == day:
            stop += 1
        work(w, day, move, stop)
        move = stop
    if w[STATUS] == OK:
        close_all(w, as_of)
        cut_to_ceiling(w, as_of)
