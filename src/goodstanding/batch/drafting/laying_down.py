"""Payments and instalments of a draft, compiled: put together by day, met by what is held, and written to the tables."""

from goodstanding.batch.compiling import part
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.tables import *
from goodstanding.batch.layout import NONE


@part
def pay(w, on, arrears, contract, plan):
    """Add to the payment of a day: core's Payments.add."""
    place = w[PAID_N]
    while place > 0 and w[paid_at(w, place - 1) + PAID_ON] > on:
        place -= 1
    if place == 0 or w[paid_at(w, place - 1) + PAID_ON] != on:
        for later in range(w[PAID_N], place, -1):
            for field in range(PAID_SIZE):
                w[paid_at(w, later) + field] = w[paid_at(w, later - 1) + field]
        at = paid_at(w, place)
        w[at + PAID_ON], w[at + PAID_ARREARS], w[at + PAID_CONTRACT], w[at + PAID_PLAN] = on, arrears, contract, plan
        w[PAID_N] += 1
        return
    at = paid_at(w, place - 1)
    w[at + PAID_ARREARS] += arrears
    w[at + PAID_CONTRACT] += contract
    w[at + PAID_PLAN] += plan


@part
def pay_with_first(w, arrears):
    """Something paid with the first payment, such as charges so far."""
    if w[PAID_N] == 0:
        w[IS_ODD] = 1
    else:
        w[paid_at(w, 0) + PAID_ARREARS] += arrears


@part
def pay_charges_with_first(w):
    pay_with_first(w, w[GROUND_FEE] + w[GROUND_PENALTY] + w[GROUND_COMPOUND])


@part
def add_new(w, due_on, principal, interest, fee, drawdown):
    """Add an instalment to the new schedule, in its order; to the one of the same day and drawdown, if there is one. Return where it lies."""
    place = w[NEW_N]
    while place > 0 and is_after(w, place - 1, due_on, drawdown):
        place -= 1
    if place > 0:
        at = new_at(w, place - 1)
        if w[at + SCHEDULED_ON] == due_on and w[at + SCHEDULED_DRAWDOWN] == drawdown:
            w[at + SCHEDULED_PRINCIPAL] += principal
            w[at + SCHEDULED_INTEREST] += interest
            w[at + SCHEDULED_FEE] += fee
            w[at + SCHEDULED_MINIMUM] = NONE
            return at
    for later in range(w[NEW_N], place, -1):
        for field in range(SCHEDULED_SIZE):
            w[new_at(w, later) + field] = w[new_at(w, later - 1) + field]
    at = new_at(w, place)
    w[at + SCHEDULED_ON], w[at + SCHEDULED_PRINCIPAL], w[at + SCHEDULED_INTEREST] = due_on, principal, interest
    w[at + SCHEDULED_FEE], w[at + SCHEDULED_DRAWDOWN], w[at + SCHEDULED_MINIMUM] = fee, drawdown, NONE
    w[NEW_N] += 1
    return at


@part
def is_after(w, place, due_on, drawdown):
    """Whether an instalment of the new schedule comes after this day, or on it after this drawdown."""
    at = new_at(w, place)
    return w[at + SCHEDULED_ON] > due_on or (w[at + SCHEDULED_ON] == due_on and w[at + SCHEDULED_DRAWDOWN] > drawdown)


@part
def add_as_scheduled(w, place):
    """A part to come as it stands, for a schedule that leaves it alone, and what is paid for it."""
    at = part_at(w, place)
    put_as_scheduled(w, place)
    whole = w[at + PART_PRINCIPAL] + w[at + PART_WHOLE_INTEREST] + w[at + PART_WHOLE_FEE]
    pay(w, w[at + PART_DUE_ON], 0, w[at + PART_ASKS] if w[GROUND_BY_DAY] else whole, 0)


@part
def put_as_scheduled(w, place):
    """Add a part to come to the new schedule as it stands: core's as_scheduled. Return where it lies."""
    at, before = part_at(w, place), w[NEW_N]
    principal, interest, fee = w[at + PART_PRINCIPAL], w[at + PART_WHOLE_INTEREST], w[at + PART_WHOLE_FEE]
    new = add_new(w, w[at + PART_DUE_ON], principal, interest, fee, w[at + PART_DRAWDOWN])
    if w[at + PART_MINIMUM] != NONE and w[NEW_N] > before:
        least = max(0, w[at + PART_MINIMUM] - w[at + PART_PAID_PRINCIPAL])
        w[new + SCHEDULED_MINIMUM] = min(principal + interest + fee, least)
    return new


@part
def write_payments(w, payments):
    """Write the draft's payments, less what the credit in hand meets; return how many."""
    credit, stop, room = w[CREDIT], w[PAYMENTS_TOP], w[PAYMENTS_ROOM]
    for place in range(w[PAID_N]):
        row = paid_at(w, place)
        arrears, contract, plan = w[row + PAID_ARREARS], w[row + PAID_CONTRACT], w[row + PAID_PLAN]
        amount = arrears + contract + plan
        if amount == 0:
            continue
        used = min(credit, amount)
        credit -= used
        if used == amount:
            continue
        of_plan = min(plan, used)
        of_contract = min(contract, used - of_plan)
        payments[PAYMENT_ON * room + stop] = w[row + PAID_ON]
        payments[PAYMENT_AMOUNT * room + stop] = amount - used
        payments[PAYMENT_ARREARS * room + stop] = arrears - (used - of_plan - of_contract)
        payments[PAYMENT_CONTRACT * room + stop] = contract - of_contract
        payments[PAYMENT_PLAN * room + stop] = plan - of_plan
        stop += 1
    return stop - w[PAYMENTS_TOP]


@part
def write_schedule(w, schedule):
    for place in range(w[NEW_N]):
        for field in range(SCHEDULED_SIZE):
            schedule[field * w[SCHEDULE_ROOM] + w[SCHEDULE_TOP] + place] = w[new_at(w, place) + field]
