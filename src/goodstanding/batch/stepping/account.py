"""One instalment while a loan is worked through: what was asked for, what met it, what is open. `core/arrears/account.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.places import account


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
def is_open_at_all(w, row):
    for component in range(5):
        if open_of(w, row, component) != 0:
            return True
    return False


@part
def scheduled_of(w, row):
    return w[account(row) + ASKED + FEE] + w[account(row) + ASKED + INTEREST] + w[account(row) + ASKED + PRINCIPAL]


@part
def asked_of(w, row):
    """What the schedule asks for; of a bill, what it asked for on its due date."""
    later = w[account(row) + SINCE_DUE] if w[account(row) + MINIMUM] != NONE else 0
    return scheduled_of(w, row) - later


@part
def move_away(w, row, component):
    """Another schedule asks for what is open of a scheduled sum."""
    moved = open_scheduled(w, row, component)
    w[account(row) + ASKED + component] -= moved
    if component == INTEREST:
        w[account(row) + SINCE_DUE] -= min(w[account(row) + SINCE_DUE], moved)


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
    short = min(minimum, asked_of(w, row)) - (scheduled_of(w, row) - (fee + interest + principal))
    if short <= 0:
        return 0, 0, 0
    if whole:
        return fee, interest, principal
    interest = max(0, interest - w[account(row) + SINCE_DUE])
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


@part
def touch(w, row):
    """What an instalment asks for or has met changes: look at it before the day ends."""
    if not w[account(row) + IS_TOUCHED]:
        w[account(row) + IS_TOUCHED] = 1
        w[w[TOUCHED_AT] + w[TOUCHED]] = row
        w[TOUCHED] += 1


@part
def forget_touched(w):
    for place in range(w[TOUCHED]):
        w[account(w[w[TOUCHED_AT] + place]) + IS_TOUCHED] = 0
    w[TOUCHED], w[ALL_TOUCHED] = 0, 0


@part
def wake(w, row):
    """An instalment changed otherwise than by being paid: it counts among the active ones again."""
    w[FIRST_ACTIVE], w[FIRST_UNMET] = min(w[FIRST_ACTIVE], row), min(w[FIRST_UNMET], row)
    if row <= w[COST_TO]:
        w[COST], w[COST_TO] = 0, 0
    touch(w, row)


@part
def wake_all(w):
    w[FIRST_ACTIVE], w[FIRST_UNMET], w[ALL_TOUCHED] = 1, 1, 1
    w[COST], w[COST_TO] = 0, 0


@part
def meet(w, row, component, amount):
    """Money meets a component of an instalment, or (amount below 0) is taken from it again; totals follow."""
    w[account(row) + MET + component] += amount
    if component == PRINCIPAL:
        w[OUTSTANDING] -= amount
    elif row > w[DUE_COUNT] and (component == INTEREST or component == FEE):
        w[PAID_AHEAD] += amount
    touch(w, row)
