"""Schedules: what falls due when, from a loan's terms.

The equal instalment of an annuity is worked out exactly and rounded once, by name; each period's interest is rounded
once, and the last instalment takes what is left, so that the principals add up to what was lent.
Method and worked tables: docs/methods/schedules.md
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from goodstanding.core.dates import add_months
from goodstanding.core.loan import Instalment
from goodstanding.core.money import ROUNDINGS, split_evenly
from goodstanding.core.plans.terms import (
    BalanceIs,
    FirstPeriod,
    Frequency,
    InterestBy,
    InterestInGrace,
    Method,
    Rest,
    Terms,
)
from goodstanding.core.rates import DayCount, year_fraction

_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14, Frequency.FOUR_WEEKLY: 28}

Part = tuple[int, int]
"""An instalment's principal and interest, minor units."""


def due_dates(terms: Terms) -> list[date]:
    """Return the due dates, each worked out from the first so that month ends don't drift.

    >>> from goodstanding.core.rates import AnnualRate
    >>> rate = AnnualRate(Fraction("0.12"))
    >>> [str(day) for day in due_dates(Terms(1, rate, date(2025, 12, 31), 3, date(2026, 1, 31)))]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    return [_due_date(terms, place) for place in range(terms.instalments)]


def _due_date(terms: Terms, place: int) -> date:
    """The due date so many periods after the first; place may be negative."""
    if place == 0:
        return terms.first_due_on
    if terms.frequency is Frequency.MONTHLY:
        return add_months(terms.first_due_on, place * terms.every, day=terms.due_day or terms.first_due_on.day)
    return terms.first_due_on + timedelta(days=_DAYS[terms.frequency] * terms.every) * place


def period_rates(terms: Terms, due: Sequence[date]) -> list[Fraction]:
    """Return each period's interest on one unit, exactly. Of grace that is free of interest: 0."""
    rates = regular_rates(terms, due)
    if terms.interest_by is InterestBy.DAYS or terms.first_period is not FirstPeriod.WHOLE:
        rates[0] = _first_rate(terms, rates[0])
    return _without_free_grace(terms, rates)


def regular_rates(terms: Terms, due: Sequence[date]) -> list[Fraction]:
    """The same if the first period were as long as the frequency says."""
    per_year = terms.annual_rate.per_year
    if terms.interest_by is InterestBy.PERIOD:
        return [per_year * _part_of_a_year(terms)] * len(due)
    starts = [_due_date(terms, -1), *due]
    return [per_year * year_fraction(a, b, terms.annual_rate.day_count) for a, b in pairwise(starts)]


def _part_of_a_year(terms: Terms) -> Fraction:
    """A month is a twelfth, a week a 52nd, a day a 365th (of day counts that have a year of 360: a 360th)."""
    if terms.frequency is Frequency.MONTHLY:
        return Fraction(terms.every, 12)
    if terms.frequency is Frequency.DAILY:
        whole = terms.annual_rate.day_count in (DayCount.ACT_365, DayCount.ACT_ACT)
        return Fraction(terms.every, 365 if whole else 360)
    return Fraction(_DAYS[terms.frequency] // 7 * terms.every, 52)


def _first_rate(terms: Terms, regular: Fraction) -> Fraction:
    """The first period's rate by its days: whole periods counted back from the first due date, the days before them as days."""
    per_year, day_count = terms.annual_rate.per_year, terms.annual_rate.day_count
    if terms.interest_by is InterestBy.DAYS:
        return per_year * year_fraction(terms.disbursed_on, terms.first_due_on, day_count)
    whole = 0
    while _due_date(terms, -whole - 1) >= terms.disbursed_on:
        whole += 1
    return whole * regular + per_year * year_fraction(terms.disbursed_on, _due_date(terms, -whole), day_count)


def _without_free_grace(terms: Terms, rates: list[Fraction]) -> list[Fraction]:
    free = terms.interest_grace if terms.interest_in_grace is InterestInGrace.FREE else 0
    return [Fraction(0)] * free + rates[free:]


def annuity_instalment(principal: int, rates: Sequence[Fraction], balloon: int = 0) -> Fraction:
    """Return the equal instalment that repays principal over periods with these rates, exactly.

    balloon: what is left for the last instalment besides.

    >>> round(annuity_instalment(10_000_00, [Fraction(1, 100)] * 12))
    88849
    """
    discount, growth = annuity_worth(rates)
    return (principal - balloon * growth) / discount


def annuity_worth(rates: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """What 1 due at the end of each period is worth at the start, all together; and what the last of them is worth."""
    if len(set(rates)) == 1:
        rate = rates[0]
        growth = 1 / (1 + rate) ** len(rates)
        return ((1 - growth) / rate if rate else Fraction(len(rates))), growth
    discount, growth = Fraction(0), Fraction(1)
    for rate in rates:
        growth /= 1 + rate
        discount += growth
    return discount, growth


def build_schedule(terms: Terms) -> tuple[Instalment, ...]:
    """Return the instalments; their principals add up to what was lent, the last one takes the rest.

    >>> from goodstanding.core.rates import AnnualRate
    >>> rate = AnnualRate(Fraction("0.12"))
    >>> plan = build_schedule(Terms(1000_00, rate, date(2026, 1, 1), 3, date(2026, 2, 1)))
    >>> [(part.principal, part.interest) for part in plan]
    [(33002, 1000), (33332, 670), (33666, 337)]
    """
    try:
        due = due_dates(terms)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{terms.instalments} instalments from {terms.first_due_on} would end after the year 9999"
        ) from None
    rates = period_rates(terms, due)
    down = (Instalment(terms.disbursed_on, terms.down_payment),) if terms.down_payment else ()
    if terms.method is Method.BULLET:
        interest = ROUNDINGS[terms.interest_rounding](terms.lent * sum(rates, Fraction(0)))
        return (*down, Instalment(due[-1], terms.lent, interest))
    regular = _without_free_grace(terms, regular_rates(terms, due))
    parts = _as_asked(terms, _BUILDERS[terms.method](terms, rates, regular))
    return (*down, *(Instalment(day, *part) for day, part in zip(due, parts, strict=True)))


def _as_asked(terms: Terms, parts: list[Part]) -> list[Part]:
    """Move the interest of instalments that ask for none to those that ask for it."""
    grace = terms.interest_grace
    waiting, asking = sum(interest for _, interest in parts[:grace]), len(parts) - grace
    more = split_evenly(waiting, asking) if terms.interest_in_grace is InterestInGrace.SPREAD else [waiting]
    more += [0] * (asking - len(more))
    later = [(principal, interest + part) for (principal, interest), part in zip(parts[grace:], more, strict=True)]
    return [(principal, 0) for principal, _ in parts[:grace]] + later


def _annuity(terms: Terms, rates: list[Fraction], regular: list[Fraction]) -> list[Part]:
    """Each instalment's principal is what the equal instalment leaves after interest; the last one takes the rest."""
    grace = terms.principal_grace
    of_first = regular if terms.first_period is FirstPeriod.FIRST else rates
    instalment = round_to_multiple(
        annuity_instalment(terms.lent, of_first[grace:], terms.balloon), terms.rounding, terms.multiple
    )
    left_after_first = None
    if terms.rest is Rest.FIRST and grace + 1 < len(rates):
        discount, growth = annuity_worth(rates[grace + 1 :])
        left_after_first = instalment * discount + terms.balloon * growth

    def principal_for(place: int, left: Fraction, interest: Fraction) -> Fraction:
        if place < grace:
            return Fraction(0)
        if place == grace and left_after_first is not None:
            return left - left_after_first
        if place == 0 and terms.first_period is FirstPeriod.FIRST:
            return instalment - _charged(terms, left * regular[0])
        return instalment - interest

    run = _on_exact_balance if terms.balance is BalanceIs.EXACT else _on_rounded_balance
    return run(terms, rates, instalment, principal_for)


PrincipalFor = Callable[[int, Fraction, Fraction], Fraction]
"""From place, what is left to repay and the period's interest to the principal that the instalment repays."""


def _charged(terms: Terms, interest: Fraction) -> Fraction:
    return interest if terms.balance is BalanceIs.EXACT else Fraction(ROUNDINGS[terms.interest_rounding](interest))


def _on_rounded_balance(
    terms: Terms, rates: list[Fraction], instalment: int, principal_for: PrincipalFor
) -> list[Part]:
    round_interest, left, parts = ROUNDINGS[terms.interest_rounding], terms.lent, list[Part]()
    for place, rate in enumerate(rates):
        interest = round_interest(left * rate)
        wanted = round_interest(principal_for(place, Fraction(left), Fraction(interest)))
        principal = left if place == len(rates) - 1 else max(0, min(left - terms.balloon, wanted))
        parts.append((principal, interest))
        left -= principal
    return parts


def _on_exact_balance(terms: Terms, rates: list[Fraction], instalment: int, principal_for: PrincipalFor) -> list[Part]:
    """The balance runs exactly; each principal is the step of its rounded total; the last instalment takes the rest."""
    round_total, left, repaid, parts = ROUNDINGS[terms.interest_rounding], Fraction(terms.lent), 0, list[Part]()
    for place, rate in enumerate(rates[:-1]):
        interest = left * rate
        step = max(Fraction(0), min(left - terms.balloon, principal_for(place, left, interest)))
        amount = instalment if step + interest == instalment else round_total(step + interest)
        left -= step
        principal = round_total(terms.lent - left) - repaid
        parts.append((principal, max(0, amount - principal)))
        repaid += principal
    return [*parts, (terms.lent - repaid, round_total(left * rates[-1]))]


def _equal_principal(terms: Terms, rates: list[Fraction], regular: list[Fraction]) -> list[Part]:
    return _with_interest(terms, _equal_principals(terms), rates)


def _interest_only(terms: Terms, rates: list[Fraction], regular: list[Fraction]) -> list[Part]:
    return _with_interest(terms, [0] * (len(rates) - 1) + [terms.lent], rates)


def _with_interest(terms: Terms, principals: list[int], rates: list[Fraction]) -> list[Part]:
    """Interest on what is still to be repaid."""
    round_interest, left, parts = ROUNDINGS[terms.interest_rounding], terms.lent, list[Part]()
    for principal, rate in zip(principals, rates, strict=True):
        parts.append((principal, round_interest(left * rate)))
        left -= principal
    return parts


def _equal_principals(terms: Terms) -> list[int]:
    paying, shared = terms.instalments - terms.principal_grace, terms.lent - terms.balloon
    part = round_to_multiple(Fraction(shared, paying), terms.rounding, terms.multiple)
    parts = [0] * terms.principal_grace + _shares(shared, paying, part, terms.rest)
    return [*parts[:-1], parts[-1] + terms.balloon]


def _flat(terms: Terms, rates: list[Fraction], regular: list[Fraction]) -> list[Part]:
    """Interest on what was lent for the whole term, spread evenly over the instalments that bear interest."""
    round_interest, first = ROUNDINGS[terms.interest_rounding], 0
    total = round_interest(terms.lent * sum(rates, Fraction(0)))
    if terms.first_period is FirstPeriod.FIRST:
        first = total - round_interest(terms.lent * sum(regular, Fraction(0)))
    bearing = len(rates) - (terms.interest_grace if terms.interest_in_grace is InterestInGrace.FREE else 0)
    part = round_to_multiple(Fraction(total - first, bearing), terms.rounding, 1)
    interests = [0] * (len(rates) - bearing) + _shares(total - first, bearing, part, terms.rest)
    interests[0] += first
    return list(zip(_equal_principals(terms), _none_below_zero(interests), strict=True))


def _none_below_zero(interests: list[int]) -> list[int]:
    """The same in all: what a short first period leaves below zero, by the rest of a rounding, the last instalments ask less for."""
    below = max(0, -interests[0])
    found = [max(0, interests[0]), *interests[1:]]
    for place in reversed(range(1, len(found))):
        less = min(found[place], below)
        found[place] -= less
        below -= less
    return found


def _shares(total: int, count: int, part: int, rest: Rest) -> list[int]:
    """So many parts that add up to the total; the first or the last of them takes the rest."""
    shares, left = list[int](), total
    for _ in range(count - 1):
        shares.append(min(left, part))
        left -= shares[-1]
    shares.append(left)
    return shares[::-1] if rest is Rest.FIRST else shares


def round_to_multiple(exact: Fraction, rounding: str, multiple: int) -> int:
    """Round to a whole multiple, by name.

    >>> round_to_multiple(Fraction(12345), "up", 100)
    12400
    """
    return ROUNDINGS[rounding](exact / multiple) * multiple


_BUILDERS: dict[Method, Callable[[Terms, list[Fraction], list[Fraction]], list[Part]]] = {
    Method.ANNUITY: _annuity,
    Method.EQUAL_PRINCIPAL: _equal_principal,
    Method.FLAT: _flat,
    Method.INTEREST_ONLY: _interest_only,
}
