"""Late fees, and the ceiling on all that a loan costs: `core/arrears/charges.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.exact import LARGEST_QUOTIENT, divided_product, parts_between, parts_of_year, rounded
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import asked_of, late_parts, open_charge, touch
from goodstanding.batch.stepping.counting import day_reached
from goodstanding.batch.stepping.events import also_on
from goodstanding.batch.stepping.places import account
from goodstanding.batch.stepping.unpaid import (
    accrued_beyond_waived,
    first_late,
    is_past_due,
    is_unpaid,
    loan_is_over,
    share_of,
)


@part
def charge_late_fees(w, day):
    if not w[POLICY + HAS_LATE_FEE]:
        return
    if w[POLICY + LATE_PER_LOAN] and w[LOAN_FEE_ON] == day:
        row = first_late(w, day)
        if row:
            charge_late_fee(w, row, True, day)
            touch(w, row)
            ask_again(w, day)
    for place in range(w[TOUCHED]):
        row = w[w[TOUCHED_AT] + place]
        if row > w[DUE_COUNT] or w[account(row) + FEE_ON] != day:
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
            also_on(w, w[account(row) + FEE_ON], row)


@part
def ask_again(w, day):
    if w[POLICY + LATE_EVERY]:
        w[LOAN_FEE_ON] = day_reached(w, STOPS_FEES, day, w[POLICY + LATE_EVERY])
        also_on(w, w[LOAN_FEE_ON], 0)


@part
def charge_late_fee(w, at, all_late, day):
    base = 0
    if w[POLICY + LATE_SHARE] and all_late:
        over = loan_is_over(w, day)
        for row in range(w[FIRST_UNMET], w[DUE_COUNT] + 1):
            if is_past_due(w, row, day) and is_unpaid(w, row, over):
                base += shared(w, row)
    elif w[POLICY + LATE_SHARE]:
        base = shared(w, at)
    whole, rest = divided_product(w[POLICY + LATE_SHARE], base, 1_000_000)
    amount = max(w[POLICY + LATE_LEAST], w[POLICY + LATE_FLAT] + rounded(whole, rest, 1_000_000, w[POLICY + ROUNDING]))
    if w[POLICY + LATE_MOST] != NONE:
        amount = min(amount, w[POLICY + LATE_MOST])
    add_fee(w, at, amount)


@part
def shared(w, row):
    """What of a late instalment the fee's share is taken of."""
    if w[POLICY + LATE_OF_INSTALMENT]:
        return asked_of(w, row)
    fee, interest, principal = late_parts(w, row)
    return principal if w[POLICY + LATE_OF_PRINCIPAL] else fee + interest + principal


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
    while w[COST_TO] + 1 < w[FIRST_ACTIVE]:
        w[COST_TO] += 1
        w[COST] += cost_of(w, w[COST_TO])
    total = w[COST] - (w[BROUGHT_FEE] + w[BROUGHT_PENALTY] + w[BROUGHT_COMPOUND] + w[BROUGHT_INTEREST])
    for row in range(w[FIRST_ACTIVE], due + 1):
        total += cost_of(w, row)
    for row in range(due + 1, min(last, w[FEES_AHEAD_TO]) + 1):
        for component in range(COMPOUND + 1):
            total += max(0, w[account(row) + CHARGED + component] - w[account(row) + WAIVED + component])
    return total + accrued_beyond_waived(w, day)


@part
def cost_of(w, row):
    total = 0
    for component in range(INTEREST + 1):
        total += (
            w[account(row) + ASKED + component]
            + w[account(row) + CHARGED + component]
            - w[account(row) + WAIVED + component]
        )
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
    for row in range(w[ACCOUNTS], w[FIRST_ACTIVE] - 1, -1):
        for component in (FEE, COMPOUND, PENALTY):
            brought = w[BROUGHT_FEE + component] if row == 1 else 0
            cut = min(over, open_charge(w, row, component), w[account(row) + CHARGED + component] - brought)
            if cut > 0:
                w[account(row) + CHARGED + component] -= cut
                over -= cut


@part
def count_principal_years(w, day):
    if w[POLICY + CEILING] == NONE:
        return
    made_on, count = w[DISBURSED], w[POLICY + DAY_COUNT]
    parts = parts_between(made_on, max(day, w[TODAY]), count) - parts_between(made_on, w[TODAY], count)
    if parts <= 0:
        return
    year = parts_of_year(count)
    whole, rest = divided_product(w[OUTSTANDING], parts, year)
    rest += w[YEARS_REST]
    w[YEARS_WHOLE] += whole + rest // year
    w[YEARS_REST] = rest % year
