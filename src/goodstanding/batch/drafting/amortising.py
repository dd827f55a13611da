"""Interest of periods, and a balance in equal instalments, compiled: core's amortised, to the minor unit.

Which whole number an equal instalment is nearest to is told by a float whose error is bounded; where a half lies within the
bound, the loan is left to core. All else is whole numbers.
"""

from goodstanding.batch.compiling import part
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.laying_down import add_new
from goodstanding.batch.drafting.tables import *
from goodstanding.batch.exact import BEYOND, divided_product, parts_between, parts_of_year

_ROUNDING = 2.0**-53
"""The most by which one operation of floats is wrong, as a share of its result."""
_LARGEST = 1 << 50


@part
def interest_for(w, principal, start, end):
    """Interest of a period on a principal at the rate in hand, rounded down."""
    if principal == 0 or w[RATE_PARTS] == 0:
        return 0
    parts = w[RATE_PARTS] * parts_between(start, end, w[GROUND_DAY_COUNT])
    return share_of(w, principal, parts, w[RATE_WHOLE] * parts_of_year(w[GROUND_DAY_COUNT]))


@part
def share_of(w, amount, parts, whole):
    """amount * parts / whole, rounded down; what core must do is marked: shares below zero, or beyond 62 bits."""
    if amount < 0 or parts < 0:
        w[IS_ODD] = 1
        return 0
    found, _ = divided_product(amount, parts, whole)
    if found == BEYOND:
        w[IS_ODD] = 1
    return found


@part
def put_rates(w, since):
    """The interest of each period up to one of the days, the first since a day: in parts of w[RATE_WHOLE] years."""
    before = since
    for place in range(w[DAYS_N]):
        day = w[w[DAYS_AT] + place]
        w[w[RATES_AT] + place] = w[RATE_PARTS] * parts_between(before, day, w[GROUND_DAY_COUNT])
        if w[w[RATES_AT] + place] < 0:
            w[IS_ODD] = 1
        before = day


@part
def equal_instalment(w, principal):
    """The equal instalment over the periods of RATES, rounded half up.

    After n periods one unit lent has grown to `lent`, and one unit paid at the end of each to `paid`: sums and products of numbers
    above zero, in which a step adds less than six roundings to either's error, the rate's own division included.
    """
    count, runs = w[DAYS_N], False
    for place in range(count):
        runs = runs or w[w[RATES_AT] + place] != 0
    if not runs:
        return (2 * principal + count) // (2 * count)
    whole = float(w[RATE_WHOLE] * parts_of_year(w[GROUND_DAY_COUNT]))
    lent, paid = 1.0, 0.0
    for place in range(count):
        grown = 1.0 + float(w[w[RATES_AT] + place]) / whole
        lent, paid = lent * grown, paid * grown + 1.0
    equal = float(principal) * lent / paid
    error = equal * _ROUNDING * (16.0 * count + 32.0)
    if not (equal < float(_LARGEST) and error < 0.25):
        w[IS_ODD] = 1
        return 0
    down = int(equal)
    beyond = equal - float(down)
    if not abs(beyond - 0.5) > error:
        w[IS_ODD] = 1
    return down + 1 if beyond > 0.5 else down


@part
def ordinary_start(w, principal, since):
    """From where equal instalments can pay the interest of each period: since, or a period as long as the next before the first day."""
    if w[DAYS_N] < 2 or w[RATE_PARTS] == 0:
        return since
    first, second = w[w[DAYS_AT]], w[w[DAYS_AT] + 1]
    interest = interest_for(w, principal, since, first)
    if interest * w[DAYS_N] <= principal:
        return since
    put_rates(w, since)
    if interest <= equal_instalment(w, principal):
        return since
    return max(since, first - (second - first))


@part
def part_of(amount, parts, place):
    """The part at a place where an amount is split evenly, the first ones taking the odd pennies."""
    share = amount // parts
    return share + 1 if place < amount - share * parts else share


@part
def amortise(w, principal, since, beside, fee, drawdown):
    """Add to the new schedule instalments on DAYS whose principals add up to principal, at the rate in hand."""
    start, count = ordinary_start(w, principal, since), w[DAYS_N]
    if start > since:
        beside += interest_for(w, principal, since, start)
    put_rates(w, start)
    whole = w[RATE_WHOLE] * parts_of_year(w[GROUND_DAY_COUNT])
    equal, left = equal_instalment(w, principal) if count > 1 else 0, principal
    for place in range(count):
        rate = w[w[RATES_AT] + place]
        interest = share_of(w, left, rate, whole) if rate and left else 0
        principal_part = equal - interest
        if place == count - 1:
            principal_part = left
        elif principal_part >= left:
            principal_part = left - 1
        principal_part = max(0, principal_part)
        left -= principal_part
        interest += part_of(beside, count, place)
        own_fee = part_of(fee, count, place)
        if principal_part + interest + own_fee != 0:
            add_new(w, w[w[DAYS_AT] + place], principal_part, interest, own_fee, drawdown)
