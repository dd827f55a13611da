"""What a loan that was worked through comes to: `core/arrears/assess.py`'s reading of it again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import late_parts, open_charge, open_of, rest_of, unpaid_part
from goodstanding.batch.stepping.counting import day_number, delinquent_days, has_waited
from goodstanding.batch.stepping.places import account
from goodstanding.batch.stepping.unpaid import (
    counted_from,
    held_in_all,
    interest_accrued,
    is_past_due,
    is_unpaid,
    last_running,
    loan_is_over,
    payoff,
)


@part
def band(w, at, count, days):
    """The place of the band that days lie in; 0 is below the first edge."""
    place = 0
    while place < count and w[w[EXTRA_AT] + at + place] <= days:
        place += 1
    return place


@part
def bucket_of(w, days, overdue):
    """The place of the band of delinquent days, or 0 where less than the least amount is overdue."""
    return 0 if overdue < w[POLICY + LEAST_AMOUNT] else band(w, w[POLICY + BUCKETS_AT], w[POLICY + BUCKETS], days)


@part
def ask(w, row):
    last = w[ACCOUNTS]
    if w[POLICY + INTEREST_BY] != SCHEDULED and row > w[DUE_COUNT] and row != last:
        paid, later = 0, 0
        for component in (FEE, INTEREST, PRINCIPAL):
            paid += w[account(row) + MET + component] + w[account(row) + WAIVED + component]
        for other in range(row, last + 1):
            later += open_of(w, other, PRINCIPAL)
        amount = w[account(row) + TERM_PRINCIPAL] + w[account(row) + TERM_INTEREST] + w[account(row) + TERM_FEE]
        if w[account(row) + MINIMUM] != NONE:
            amount = min(amount, w[account(row) + MINIMUM])
        return min(max(0, amount - paid), later + open_of(w, row, INTEREST) + w[account(row) + TERM_FEE])
    fee, interest, principal = unpaid_part(w, row, 0, WATERFALL + ORDER_PAST)
    return fee + interest + principal


@part
def read(w, out, loan):
    """Write where the loan stands into column `loan` of the results."""
    as_of, due, last = w[AS_OF], w[DUE_COUNT], w[ACCOUNTS]
    over = loan_is_over(w, as_of)
    count, oldest, waiting = 0, 0, 0
    next_on, next_due = NONE, 0
    overdue_fee, overdue_interest, overdue_principal = 0, 0, 0
    charged_fee, charged_penalty, charged_compound = 0, 0, 0
    for row in range(w[FIRST_ACTIVE], last + 1):
        charged_fee += open_charge(w, row, FEE)
        charged_penalty += open_charge(w, row, PENALTY)
        charged_compound += open_charge(w, row, COMPOUND)
        late = row <= due and is_past_due(w, row, as_of) and is_unpaid(w, row, over)
        if late:
            oldest = oldest or row
            count += 1
            fee, interest, principal = late_parts(w, row)
            overdue_fee += fee
            overdue_interest += interest
            overdue_principal += principal
            if has_waited(w, w[account(row) + DUE], as_of):
                waiting += fee + interest + principal
        elif w[account(row) + DUE] >= as_of and (next_on == NONE or w[account(row) + DUE] <= next_on):
            asked = ask(w, row)
            if asked:
                next_due = asked + (next_due if w[account(row) + DUE] == next_on else 0)
                next_on = w[account(row) + DUE]
    since, days, counted = NONE, 0, 0
    if oldest:
        since = counted_from(w, oldest, as_of)
        days, counted = day_number(w, since, as_of), delinquent_days(w, since, as_of)
    fees = charged_fee + overdue_fee
    total = overdue_principal + overdue_interest + charged_penalty + charged_compound + fees
    accrued = 0
    if w[SETTLED_ON] == NONE:
        for row in range(due + 1, last_running(w) + 1):
            paid = w[account(row) + MET + INTEREST] + w[account(row) + WAIVED + INTEREST]
            accrued += max(0, interest_accrued(w, row, as_of) - paid)
    out[OUT_DAYS, loan] = days
    out[OUT_DELINQUENT, loan] = counted
    out[OUT_BUCKET, loan] = bucket_of(w, counted, total - waiting)
    out[OUT_INSTALMENTS, loan] = count
    out[OUT_OLDEST, loan] = w[account(oldest) + DUE] if oldest else NONE
    out[OUT_SINCE, loan] = w[ARREARS_SINCE]
    out[OUT_PRINCIPAL, loan] = overdue_principal
    out[OUT_INTEREST, loan] = overdue_interest
    out[OUT_PENALTY, loan] = charged_penalty
    out[OUT_COMPOUND, loan] = charged_compound
    out[OUT_FEES, loan] = fees
    out[OUT_CURE, loan] = total
    out[OUT_NEXT_ON, loan], out[OUT_NEXT, loan] = next_on, next_due
    out[OUT_OUTSTANDING, loan] = w[OUTSTANDING]
    out[OUT_ACCRUED, loan] = accrued
    out[OUT_PAYOFF, loan] = payoff(w, as_of)
    out[OUT_UNAPPLIED, loan] = held_in_all(w)
    out[OUT_CHARGED_OFF, loan] = w[CHARGED_OFF_ON]
    out[OUT_CLASS, loan] = NONE
    if w[POLICY + CLASSES]:
        out[OUT_CLASS, loan] = (
            0
            if total - waiting < w[POLICY + CLASS_LEAST_AMOUNT]
            else band(w, w[POLICY + CLASSES_AT], w[POLICY + CLASSES], counted)
        )
    out[OUT_STATUS, loan], out[OUT_CLASSIFIED, loan] = OK, 0
    out[OUT_BY_STEPS, loan] = 1
    if out.shape[0] > OUT_OPENED:
        read_sums(w, out, loan)


@part
def read_sums(w, out, loan):
    """Write what positions come to together: open of each component, and paid towards what falls due after the day."""
    fee, penalty, compound, interest, principal, ahead = 0, 0, 0, 0, 0, 0
    for row in range(1, w[ACCOUNTS] + 1):
        if w[account(row) + DUE] > w[AS_OF]:
            for component in range(5):
                ahead += w[account(row) + MET + component]
        if row >= w[FIRST_ACTIVE] and not is_gone(w, row):
            fee += open_of(w, row, FEE)
            penalty += open_of(w, row, PENALTY)
            compound += open_of(w, row, COMPOUND)
            interest += open_of(w, row, INTEREST)
            principal += open_of(w, row, PRINCIPAL)
    out[OUT_OPENED + FEE, loan], out[OUT_OPENED + PENALTY, loan] = fee, penalty
    out[OUT_OPENED + COMPOUND, loan], out[OUT_OPENED + INTEREST, loan] = compound, interest
    out[OUT_OPENED + PRINCIPAL, loan], out[OUT_AHEAD, loan] = principal, ahead


# -- instalment by instalment, drawdown by drawdown -----------------------------------------------------------------


@part
def is_gone(w, row):
    """Whether another schedule took this instalment's place before anything was paid to it."""
    if not w[account(row) + IS_REPLACED]:
        return False
    for component in range(5):
        if w[account(row) + MET + component] != 0 or w[account(row) + CHARGED + component] != 0:
            return False
    return True


@part
def read_positions(w, detail, loan):
    """Write where each instalment and each drawdown stands after those of the loans before; gone ones are left out."""
    at, drawn_at = detail.positions_at[loan], detail.drawn_at[loan]
    over = loan_is_over(w, w[AS_OF])
    drawn_stop = drawn_at
    for row in range(1, w[ACCOUNTS] + 1):
        if is_gone(w, row):
            continue
        read_position(w, row, over, detail.positions, at)
        if w[account(row) + DRAWDOWN]:
            waiting = waiting_of(w, row, over)
            drawn_stop = add_to_drawdown(detail.positions, at, detail.drawn, drawn_at, drawn_stop, waiting)
        at += 1
    for place in range(drawn_at, drawn_stop):
        detail.drawn[DRAWN_BUCKET, place] = bucket_of(
            w,
            detail.drawn[DRAWN_DELINQUENT, place],
            detail.drawn[DRAWN_OVERDUE, place] - detail.drawn[DRAWN_BUCKET, place],
        )
    detail.positions_at[loan + 1], detail.drawn_at[loan + 1] = at, drawn_stop


@part
def read_position(w, row, over, positions, at):
    due_on, as_of = w[account(row) + DUE], w[AS_OF]
    is_late = row <= w[DUE_COUNT] and is_past_due(w, row, as_of) and is_unpaid(w, row, over)
    late_fee, late_interest, late_principal = late_parts(w, row) if is_late else (0, 0, 0)
    overdue = late_fee + late_interest + late_principal
    positions[POSITION_NUMBER, at], positions[POSITION_DUE_ON, at] = row, due_on
    positions[POSITION_DRAWDOWN, at] = w[account(row) + DRAWDOWN]
    for component in range(5):
        asked = w[account(row) + ASKED + component] + w[account(row) + CHARGED + component]
        charge = open_charge(w, row, component)
        positions[POSITION_DUE + component, at] = asked - w[account(row) + WAIVED + component]
        positions[POSITION_PAID + component, at] = w[account(row) + MET + component]
        positions[POSITION_OPEN + component, at] = open_of(w, row, component)
        positions[POSITION_OVERDUE + component, at] = charge
        overdue += charge
    positions[POSITION_OVERDUE + FEE, at] += late_fee
    positions[POSITION_OVERDUE + INTEREST, at] += late_interest
    positions[POSITION_OVERDUE + PRINCIPAL, at] += late_principal
    days = delinquent_days(w, due_on, as_of) if is_late else 0
    positions[POSITION_DAYS, at] = day_number(w, due_on, as_of) if is_late else 0
    positions[POSITION_DELINQUENT, at] = days
    positions[POSITION_BUCKET, at] = bucket_of(w, days, overdue)


@part
def waiting_of(w, row, over):
    """What is late of an instalment that fell due in a pause which hasn't ended."""
    due_on, as_of = w[account(row) + DUE], w[AS_OF]
    is_late = row <= w[DUE_COUNT] and is_past_due(w, row, as_of) and is_unpaid(w, row, over)
    return rest_of(w, row) if is_late and has_waited(w, due_on, as_of) else 0


@part
def add_to_drawdown(positions, at, drawn, start, stop, waiting):
    """Add an instalment to its drawdown among the loan's, [start, stop) in the order of their names; return the stop.

    What falls due in a pause (waiting) is added up where the bucket will stand.
    """
    name, place, overdue = positions[POSITION_DRAWDOWN, at], start, 0
    while place < stop and drawn[DRAWN_NAME, place] < name:
        place += 1
    if place == stop or drawn[DRAWN_NAME, place] != name:
        for later in range(stop, place, -1):
            for row in range(len(drawn)):
                drawn[row, later] = drawn[row, later - 1]
        for row in range(len(drawn)):
            drawn[row, place] = 0
        drawn[DRAWN_NAME, place] = name
        stop += 1
    for component in range(5):
        overdue += positions[POSITION_OVERDUE + component, at]
    drawn[DRAWN_OVERDUE, place] += overdue
    drawn[DRAWN_BUCKET, place] += waiting
    drawn[DRAWN_DAYS, place] = max(drawn[DRAWN_DAYS, place], positions[POSITION_DAYS, at])
    drawn[DRAWN_DELINQUENT, place] = max(drawn[DRAWN_DELINQUENT, place], positions[POSITION_DELINQUENT, at])
    return stop
