"""Lower rate: all that is open in equal instalments at a lower rate, over the days the contract still has or some months more.

Where interest runs by day the engine takes the loan's one rate: there it isn't offered, and says so.
Method and worked table: docs/methods/ways_out.md
"""

from fractions import Fraction

from goodstanding.core.plans.measures.draft import Drafted, is_a_bill, nothing_overdue, nothing_to_come
from goodstanding.core.plans.measures.ground import Ground
from goodstanding.core.plans.measures.longer_term import days_until_longer
from goodstanding.core.plans.measures.re_amortised import re_amortised
from goodstanding.core.plans.offers import NotOffered, OfferKind
from goodstanding.core.rates import AnnualRate, rate_text


def lower_rate(ground: Ground, *, rate: Fraction, months: int = 0) -> Drafted:
    """Draft equal instalments at this rate a year, by the contract's day count. months: by so many the term is longer."""
    kind, present = OfferKind.LOWER_RATE, ground.rate
    if not ground.late:
        return nothing_overdue(kind)
    if ground.is_billed:
        return is_a_bill(kind)
    if ground.by_day:
        return rate_stays(kind)
    if rate >= present.per_year:
        return rate_not_lower(kind, rate, present.per_year)
    days = days_until_longer(ground, months) if months else sorted({one.due_on for one in ground.later})
    if not days:
        return nothing_to_come(kind)
    return re_amortised(ground, kind, days, AnnualRate(rate, present.day_count), months=months or len(days))


def rate_stays(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "Its interest runs by day at the contract's rate, which a new schedule doesn't change.")


def rate_not_lower(kind: OfferKind, rate: Fraction, now: Fraction) -> NotOffered:
    percent, present = rate_text(rate * 100), rate_text(now * 100)
    return NotOffered(kind, f"The contract's rate is {present} % a year already, not above {percent} %.")
