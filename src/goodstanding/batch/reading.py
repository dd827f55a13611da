"""What a loan that was worked through comes to: `core/arrears/assess.py`'s reading of it again, over arrays."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping import (
    account,
    counted_from,
    day_number,
    delinquent_days,
    held_in_all,
    interest_accrued,
    is_past_due,
    is_unpaid,
    late_parts,
    loan_is_over,
    open_charge,
    open_of,
    outstanding_principal,
    payoff,
    unpaid_part,
)


@part
def band(w, at, count, days):
    """The place of the band that days lie in; 0 is below the first edge."""
    place = 0
    while place < count and w[w[EXTRA_AT] + at + place] <= days:
        place += 1
    return place


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
        return min(max(0, amount - paid), later + open_of(w, row, INTEREST) + w[account(row) + TERM_FEE])
    fee, interest, principal = unpaid_part(w, row, 0, WATERFALL + ORDER_PAST)
    return fee + interest + principal


@part
def read(w, out, loan):
    """Write where the loan stands into column `loan` of the results."""
    as_of, due, last = w[AS_OF], w[DUE_COUNT], w[ACCOUNTS]
    over = loan_is_over(w, as_of)
    count, oldest, next_row = 0, 0, 0
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
        elif next_row == 0 and w[account(row) + DUE] >= as_of and ask(w, row) != 0:
            next_row = row
    since, days, counted = NONE, 0, 0
    if oldest:
        since = counted_from(w, oldest, as_of)
        days, counted = day_number(w, since, as_of), delinquent_days(w, since, as_of)
    fees = charged_fee + overdue_fee
    total = overdue_principal + overdue_interest + charged_penalty + charged_compound + fees
    accrued = 0
    if due < last and w[SETTLED_ON] == NONE:
        accrued = max(
            0,
            interest_accrued(w, as_of) - w[account(due + 1) + MET + INTEREST] - w[account(due + 1) + WAIVED + INTEREST],
        )
    out[OUT_DAYS, loan] = days
    out[OUT_DELINQUENT, loan] = counted
    out[OUT_BUCKET, loan] = (
        0 if total < w[POLICY + LEAST_AMOUNT] else band(w, w[POLICY + BUCKETS_AT], w[POLICY + BUCKETS], counted)
    )
    out[OUT_INSTALMENTS, loan] = count
    out[OUT_OLDEST, loan] = w[account(oldest) + DUE] if oldest else NONE
    out[OUT_SINCE, loan] = w[ARREARS_SINCE]
    out[OUT_PRINCIPAL, loan] = overdue_principal
    out[OUT_INTEREST, loan] = overdue_interest
    out[OUT_PENALTY, loan] = charged_penalty
    out[OUT_COMPOUND, loan] = charged_compound
    out[OUT_FEES, loan] = fees
    out[OUT_CURE, loan] = total
    out[OUT_NEXT_ON, loan] = w[account(next_row) + DUE] if next_row else NONE
    out[OUT_NEXT, loan] = ask(w, next_row) if next_row else 0
    out[OUT_OUTSTANDING, loan] = outstanding_principal(w)
    out[OUT_ACCRUED, loan] = accrued
    out[OUT_PAYOFF, loan] = payoff(w, as_of)
    out[OUT_UNAPPLIED, loan] = held_in_all(w)
    out[OUT_CHARGED_OFF, loan] = w[CHARGED_OFF_ON]
    out[OUT_CLASS, loan] = NONE
    if w[POLICY + CLASSES]:
        out[OUT_CLASS, loan] = (
            0
            if total < w[POLICY + CLASS_LEAST_AMOUNT]
            else band(w, w[POLICY + CLASSES_AT], w[POLICY + CLASSES], counted)
        )
    out[OUT_STATUS, loan], out[OUT_CLASSIFIED, loan] = OK, 0
    out[OUT_BY_STEPS, loan] = 1
