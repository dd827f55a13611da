"""What counts as unpaid, since when, and what settles the loan: the questions of `core/arrears/working.py`."""

from goodstanding.batch.compiling import part
from goodstanding.batch.exact import days_between, divided_product, rounded
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import (
    asked_of,
    is_met,
    open_charge,
    open_of,
    open_scheduled,
    prepaid_fee,
    rest_of,
)
from goodstanding.batch.stepping.counting import day_number
from goodstanding.batch.stepping.places import account, held_at


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
    if w[ALL_TOUCHED]:
        for row in range(w[FIRST_ACTIVE], w[DUE_COUNT] + 1):
            count_rest(w, row)
    else:
        for place in range(w[TOUCHED]):
            count_rest(w, w[w[TOUCHED_AT] + place])
    rest, row = w[RESTS], w[DUE_COUNT]
    while day != NEVER and row >= w[FIRST_UNMET] and not is_past_due(w, row, day):
        rest -= w[account(row) + COUNTED_REST]
        row -= 1
    return is_over_tolerance(w, rest, w[OUTSTANDING])


@part
def count_rest(w, row):
    rest = rest_of(w, row) if row <= w[DUE_COUNT] else 0
    w[RESTS] += rest - w[account(row) + COUNTED_REST]
    w[account(row) + COUNTED_REST] = rest


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
    for row in range(w[FIRST_UNMET], w[DUE_COUNT] + 1):
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
def last_running(w):
    """The last instalment of those whose period runs: that fall due next, on the same day; DUE_COUNT if none does."""
    row = min(w[DUE_COUNT] + 1, w[ACCOUNTS])
    while row < w[ACCOUNTS] and w[account(row + 1) + DUE] == w[account(row) + DUE]:
        row += 1
    return row


@part
def accrued_beyond_waived(w, day):
    total = 0
    for row in range(w[DUE_COUNT] + 1, last_running(w) + 1):
        total += max(0, interest_accrued(w, row, day) - w[account(row) + WAIVED + INTEREST])
    return total


@part
def interest_accrued(w, row, day):
    """Contract interest of an instalment whose period runs on the day, for the days gone by; rounded once."""
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
def may_reach_payoff(w, amount):
    """Whether an amount could be as large as the payoff: it is, if it isn't below principal less what was paid ahead."""
    return amount >= w[OUTSTANDING] - w[PAID_AHEAD] - held_in_all(w)


@part
def payoff(w, day):
    """What settles the loan on the day: all principal, interest to the day, charges, less what is held.

    Every instalment's charges must be posted.
    """
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    asked, charges = 0, 0
    for row in range(w[FIRST_ACTIVE], last + 1):
        charges += open_charge(w, row, FEE) + open_charge(w, row, PENALTY) + open_charge(w, row, COMPOUND)
        if row <= due or w[SETTLED_ON] != NONE or w[IS_BILLED]:
            asked += open_of(w, row, INTEREST) + open_scheduled(w, row, FEE)
        else:
            asked -= w[account(row) + MET + INTEREST] + prepaid_fee(w, row)
    if w[SETTLED_ON] == NONE and not w[IS_BILLED] and due < last:
        asked += accrued_beyond_waived(w, day)
    return max(0, w[OUTSTANDING] + asked + charges - held_in_all(w))
