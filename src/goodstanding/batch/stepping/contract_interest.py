"""Contract interest by day on what is really outstanding: `core/arrears/contract_interest.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import open_of, wake
from goodstanding.batch.stepping.places import account


@part
def interest_base(w):
    if w[POLICY + INTEREST_BY] == DAILY_FLAT:
        return w[LENT] if w[OUTSTANDING] != 0 and w[DUE_COUNT] < w[ACCOUNTS] else 0
    return w[OUTSTANDING] - w[ALL_PENALISED]


@part
def post_interest(w, amount):
    row = min(w[DUE_COUNT] + 1, w[ACCOUNTS])
    w[account(row) + ASKED + INTEREST] += amount
    if row <= w[DUE_COUNT]:
        w[account(row) + SINCE_DUE] += amount
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
    last, left = w[ACCOUNTS], w[OUTSTANDING]
    total = w[account(row) + TERM_PRINCIPAL] + w[account(row) + TERM_INTEREST]
    paid = w[account(row) + MET + PRINCIPAL] + w[account(row) + WAIVED + PRINCIPAL]
    for other in range(w[FIRST_ACTIVE], row):
        left -= open_of(w, other, PRINCIPAL)
    wanted = max(paid, min(total - interest, paid + left))
    shift = wanted - w[account(row) + ASKED + PRINCIPAL]
    w[account(row) + ASKED + PRINCIPAL] = wanted
    for other in range(last, row, -1):
        if shift == 0:
            break
        taken = min(shift, open_of(w, other, PRINCIPAL)) if shift > 0 else shift
        w[account(other) + ASKED + PRINCIPAL] -= taken
        shift -= taken


@part
def start_interest(w, accrued):
    """Contract interest by day: nothing of it is on the schedule until it has run."""
    for row in range(w[DUE_COUNT] + 1, w[ACCOUNTS] + 1):
        w[account(row) + ASKED + INTEREST] = 0
    for column in range(INSTALMENT_SIZE):
        w[account(0) + column] = 0
    w[account(0) + ORIGIN] = w[account(0) + ACCRUAL + SINCE] = w[TODAY]
    w[account(0) + ACCRUAL + BASE] = w[OUTSTANDING]
    w[account(0) + ACCRUAL + NIGHT_RATE] = w[CONTRACT_PPM] * w[POLICY + RATE_UNIT]
    if accrued:
        w[account(min(w[DUE_COUNT] + 1, w[ACCOUNTS])) + ASKED + INTEREST] += accrued
