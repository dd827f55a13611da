"""A balance spread anew over given days: equal instalments at a rate, by the contract's day count.

The equal instalment is exact and rounded half up once; each period's interest is rounded down; the last instalment takes the rest.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from goodstanding.core.loan import Instalment
from goodstanding.core.money import ratio_half_up, split_evenly
from goodstanding.core.rates import AnnualRate, DayCount, days_between, year_fraction


def amortised(
    principal: int,
    rate: AnnualRate,
    since: date,
    days: Sequence[date],
    *,
    beside: int = 0,
    fee: int = 0,
    drawdown: str = "",
) -> list[Instalment]:
    """Return instalments on these days whose principals add up to `principal`; interest runs from `since`.

    beside, fee: interest and fees owed already, which bear nothing: spread evenly, the first ones take the odd pennies. So is what runs
    before the first ordinary period, where a first period that is so long bears more than an equal instalment.
    The last instalment holds principal, be it one minor unit: a loan whose principal is paid counts as settled, and what later
    instalments ask for would be lost.

    >>> from fractions import Fraction
    >>> rate = AnnualRate(Fraction("0.12"))
    >>> [(one.principal, one.interest) for one in amortised(1000_00, rate, date(2026, 1, 1), [date(2026, 2, 1), date(2026, 3, 1)])]
    [(49722, 1019), (50278, 462)]
    """
    start = _ordinary_start(principal, rate, since, days)
    beside += interest_for(principal, rate, since, start) if start > since else 0
    rates = period_rates(rate, start, days)
    equal, left, found = ratio_half_up(*equal_instalment(principal, rates)), principal, list[Instalment]()
    beside_each, fee_each = split_evenly(beside, len(days)), split_evenly(fee, len(days))
    last = days[-1]
    for day, (parts, whole), own, charge in zip(days, rates, beside_each, fee_each, strict=True):
        interest = left * parts // whole
        part = equal - interest
        if day == last:
            part = left
        elif part >= left:
            part = left - 1
        if part < 0:
            part = 0
        left -= part
        found.append(Instalment(day, part, interest + own, charge, None, drawdown))
    return found


def _ordinary_start(principal: int, rate: AnnualRate, since: date, days: Sequence[date]) -> date:
    """From where equal instalments can pay the interest of each period: since, or a period as long as the next before the first day."""
    if len(days) < 2 or not rate.per_year:
        return since
    interest = interest_for(principal, rate, since, days[0])
    if interest * len(days) <= principal:  # an equal instalment is never less than an equal part of the principal
        return since
    if interest <= ratio_half_up(*equal_instalment(principal, period_rates(rate, since, days))):
        return since
    return max(since, days[0] - (days[1] - days[0]))


Ratio = tuple[int, int]
"""Parts of a whole, not reduced: fractions that are reduced at every step cost more than all the rest."""


def period_rate(rate: AnnualRate, start: date, end: date) -> Ratio:
    """The interest of a period on one unit, exactly, as parts of a whole.

    >>> from fractions import Fraction
    >>> period_rate(AnnualRate(Fraction("0.12")), date(2026, 1, 1), date(2026, 2, 1))
    (93, 9125)
    """
    count, each = rate.day_count, rate.per_year
    if count is DayCount.ACT_365:
        return each.numerator * (end.toordinal() - start.toordinal()), each.denominator * 365
    if count is DayCount.ACT_360:
        return each.numerator * (end.toordinal() - start.toordinal()), each.denominator * 360
    if count is DayCount.ACT_ACT:
        return (each * year_fraction(start, end, count)).as_integer_ratio()
    return each.numerator * days_between(start, end, count), each.denominator * 360


def period_rates(rate: AnnualRate, since: date, days: Sequence[date]) -> list[Ratio]:
    """period_rate of each period up to one of these days, the first since a day."""
    if rate.day_count not in (DayCount.ACT_365, DayCount.ACT_360):
        return [period_rate(rate, start, end) for start, end in zip([since, *days], days, strict=False)]
    each, whole = rate.per_year.numerator, rate.per_year.denominator
    whole *= 365 if rate.day_count is DayCount.ACT_365 else 360
    numbers = [since.toordinal(), *(day.toordinal() for day in days)]
    return [(each * (end - start), whole) for start, end in pairwise(numbers)]


def interest_for(principal: int, rate: AnnualRate, start: date, end: date) -> int:
    """Interest of a period on a principal in minor units, rounded down."""
    if not principal:
        return 0
    parts, whole = period_rate(rate, start, end)
    return principal * parts // whole


def equal_instalment(principal: int, rates: Sequence[Ratio]) -> Ratio:
    """The equal instalment that repays principal over periods with these rates, exactly.

    >>> from fractions import Fraction
    >>> Fraction(*equal_instalment(100, [(1, 10), (1, 10)]))
    Fraction(1210, 21)
    """
    if not any(parts for parts, _ in rates):
        return principal, len(rates)
    # owed after all periods, of one unit lent and of one unit paid each time, over the same denominator
    lent, paid, scale = 1, 0, 1
    for parts, whole in rates:
        grown = whole + parts
        scale *= whole
        lent, paid = lent * grown, paid * grown + scale
    return principal * lent, paid
