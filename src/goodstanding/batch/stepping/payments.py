"""Money meets claims, and is taken from them again: the waterfall's part of `core/arrears/moves.py`."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import is_open_at_all, meet, open_charge, open_of, touch, unpaid_part, wake
from goodstanding.batch.stepping.accrual import post
from goodstanding.batch.stepping.contract_interest import fit_principal
from goodstanding.batch.stepping.places import account, held_at, held_before_at, met_at
from goodstanding.batch.stepping.unpaid import (
    days_past_due,
    interest_accrued,
    is_past_due,
    is_unpaid,
    last_running,
    loan_is_over,
)


@part
def hold(w, source, amount):
    """Hold an amount under its payment: one sum of each, in the order in which payments came."""
    place = w[HELD]
    while place > 0 and w[held_at(w, place - 1) + HELD_FROM] > source:
        place -= 1
    if place > 0 and w[held_at(w, place - 1) + HELD_FROM] == source:
        w[held_at(w, place - 1) + HELD_AMOUNT] += amount
        return
    for later in range(w[HELD], place, -1):
        w[held_at(w, later) + HELD_FROM] = w[held_at(w, later - 1) + HELD_FROM]
        w[held_at(w, later) + HELD_AMOUNT] = w[held_at(w, later - 1) + HELD_AMOUNT]
    w[held_at(w, place) + HELD_FROM], w[held_at(w, place) + HELD_AMOUNT] = source, amount
    w[HELD] += 1


@part
def record(w, row, component, amount, source):
    place = w[METS]
    if place >= w[METS_ROOM]:
        w[STATUS] = NO_ROOM
        return
    meet(w, row, component, amount)
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
    """Give an instalment's component what is open of it, or if it is set aside its charge; return what is left."""
    if component == PENALTY or component == COMPOUND:
        post(w, row)
    is_set_aside = w[account(row) + PASSED_OVER] != 0
    amount = min(left, open_charge(w, row, component) if is_set_aside else open_of(w, row, component))
    if amount > 0:
        if waives:
            w[account(row) + WAIVED + component] += amount
            if component == PRINCIPAL:
                w[OUTSTANDING] -= amount
            touch(w, row)
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
            if left <= 0:
                return left
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
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    left = amount
    turns = 2 if w[POLICY + order + CHARGES_LAST] else 1
    aside = set_aside(w, day)
    for again in range(2 if aside else 1):
        for turn in range(turns):
            skipped = turn_start(turn)
            first = w[FIRST_UNMET] if turns == 2 and turn == 0 else w[FIRST_ACTIVE]
            count = turn_stop(turns, turn) - skipped
            for only in range(-1, 1):
                at = order + (ORDER_PAST if only < 0 else ORDER_TODAY)
                if w[HAS_MINIMUM] and again == 0:
                    left = meet_minimums(w, left, only, at, skipped, skipped + count, source, day)
                left = allocate(w, left, first, due + 1, 1, only, day, at + skipped, count, by_component, source, False)
        for row in range(due + 1, min(last, w[FEES_AHEAD_TO]) + 1):
            if left <= 0:
                break
            posted = min(left, open_charge(w, row, FEE))
            if posted:
                record(w, row, FEE, posted, source)
                left -= posted
        if aside and again == 0:
            for row in range(w[FIRST_ACTIVE], due + 1):
                w[account(row) + PASSED_OVER] = 0
    if left > 0:
        left = place_excess(w, left, order, source, day)
    if left > 0:
        hold(w, source, left)


@part
def set_aside(w, day):
    """Mark what a payment passes over while it meets what is late: bills, and what counts as paid; whether there is any."""
    tolerates = w[POLICY + TOLERANCE] != 0 or w[POLICY + TOLERANCE_SHARE] != 0
    if not tolerates and not w[HAS_MINIMUM]:
        return False
    over, found = loan_is_over(w, day), False
    for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
        mark = 0 if w[account(row) + MINIMUM] == NONE else 1
        if tolerates and is_past_due(w, row, day) and not is_unpaid(w, row, over):
            mark = 2
        w[account(row) + PASSED_OVER] = mark
        found = found or mark != 0
    return found


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
        post(w, row)
        fee, interest, principal = unpaid_part(w, row, 0, order)
        if w[account(row) + PASSED_OVER] == 2:
            fee, interest, principal = 0, 0, 0
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
    if not w[IS_BILLED]:
        running = last_running(w)
        for row in range(w[DUE_COUNT] + 1, w[ACCOUNTS] + 1):
            owed_now = interest_accrued(w, row, day) if row <= running else 0
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
    for source in range(w[MOVES] - 1, -1, -1):
        if amount == 0:
            return
        place = w[w[LATEST_AT] + source]
        while place >= 0 and amount:
            if w[met_at(w, place) + MET_AT] == row and w[met_at(w, place) + MET_COMPONENT] == component:
                back = min(w[met_at(w, place) + MET_AMOUNT], amount)
                amount -= back
                meet(w, row, component, -back)
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
        meet(w, row, component, -undone)
        w[met_at(w, place) + MET_AMOUNT] -= undone
        amount -= undone
        wake(w, row)
        if w[met_at(w, place) + MET_AMOUNT] == 0:
            w[w[LATEST_AT] + source] = w[met_at(w, place) + MET_BEFORE]
    return amount
