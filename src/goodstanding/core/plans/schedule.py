"""Schedules: what falls due when, from a loan's terms.

The equal instalment of an annuity is worked out exactly and rounded once, by name; each period's interest is rounded
once, and the last instalment takes what is left, so that the principals add up to what was lent.
Method and worked tables: docs/methods/schedules.md
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from goodstanding.core.dates import add_months
from goodstanding.core.loan import Instalment
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import AnnualRate, year_fraction


class Method(StrEnum):
    """annuity: equal instalments. flat: interest on what was lent, in equal parts. bullet: all of it at the end."""

    ANNUITY = "annuity"
    EQUAL_PRINCIPAL = "equal_principal"
    FLAT = "flat"
    INTEREST_ONLY = "interest_only"
    BULLET = "bullet"


class Frequency(StrEnum):
    MONTHLY = "monthly"
    FOUR_WEEKLY = "four_weekly"
    FORTNIGHTLY = "fortnightly"
    WEEKLY = "weekly"


class InterestBy(StrEnum):
    """period: each period is the same part of a year. days: each period has its own days, by the rate's day count."""

    PERIOD = "period"
    DAYS = "days"


class BalanceIs(StrEnum):
    """What interest is worked out on. rounded: the balance as billed so far. exact: a balance that is never rounded;
    principal is then rounded on its running total and interest is what the instalment leaves."""

    ROUNDED = "rounded"
    EXACT = "exact"


_WEEKS = {Frequency.WEEKLY: 1, Frequency.FORTNIGHTLY: 2, Frequency.FOUR_WEEKLY: 4}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a schedule is made from. principal, multiple: minor units.

    due_day: the contract's day of the month (default: that of first_due_on); a month that lacks it uses its last day.
    rounding: of the equal instalment, by name, to a whole `multiple`. interest_rounding: of each period's interest, or,
    where the balance is exact, of principal's running total.
    """

    principal: int
    annual_rate: AnnualRate
    disbursed_on: date
    instalments: int
    first_due_on: date
    method: Method = Method.ANNUITY
    frequency: Frequency = Frequency.MONTHLY
    due_day: int | None = None
    rounding: str = "half_up"
    multiple: int = 1
    interest_by: InterestBy = InterestBy.PERIOD
    interest_rounding: str = "half_up"
    balance: BalanceIs = BalanceIs.ROUNDED

    def __post_init__(self) -> None:
        if self.principal < 1 or self.instalments < 1 or self.multiple < 1:
            raise ValueError("principal, instalments and multiple must be 1 or more")
        if self.first_due_on <= self.disbursed_on:
            raise ValueError(f"first_due_on {self.first_due_on} must lie after disbursed_on {self.disbursed_on}")
        if self.annual_rate.per_year < 0:
            raise ValueError("a contract's rate can't be negative")
        for name in (self.rounding, self.interest_rounding):
            if name not in ROUNDINGS:
                raise ValueError(f'rounding is "{name}": expected one of {", ".join(ROUNDINGS)}')


def due_dates(terms: Terms) -> list[date]:
    """Return the due dates, each worked out from the first so that month ends don't drift.

    >>> rate = AnnualRate(Fraction("0.12"))
    >>> [str(day) for day in due_dates(Terms(1, rate, date(2025, 12, 31), 3, date(2026, 1, 31)))]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    if terms.frequency is Frequency.MONTHLY:
        day = terms.due_day or terms.first_due_on.day
        return [terms.first_due_on] + [
            add_months(terms.first_due_on, place, day=day) for place in range(1, terms.instalments)
        ]
    step = timedelta(weeks=_WEEKS[terms.frequency])
    return [terms.first_due_on + step * place for place in range(terms.instalments)]


def period_rates(terms: Terms, due: Sequence[date]) -> list[Fraction]:
    """Return each period's interest on one unit, exactly."""
    per_year = terms.annual_rate.per_year
    if terms.interest_by is InterestBy.DAYS:
        starts = [terms.disbursed_on, *due[:-1]]
        return [per_year * year_fraction(a, b, terms.annual_rate.day_count) for a, b in zip(starts, due, strict=True)]
    if terms.frequency is Frequency.MONTHLY:
        return [per_year / 12] * len(due)
    return [per_year * _WEEKS[terms.frequency] / 52] * len(due)


def annuity_instalment(principal: int, rates: Sequence[Fraction]) -> Fraction:
    """Return the equal instalment that repays principal over periods with these rates, exactly.

    >>> round(annuity_instalment(10_000_00, [Fraction(1, 100)] * 12))
    88849
    """
    if len(set(rates)) == 1:
        rate = rates[0]
        if rate == 0:
            return Fraction(principal, len(rates))
        growth = (1 + rate) ** len(rates)
        return principal * rate * growth / (growth - 1)
    discount, growth = Fraction(0), Fraction(1)
    for rate in rates:
        growth /= 1 + rate
        discount += growth
    return principal / discount


def build_schedule(terms: Terms) -> tuple[Instalment, ...]:
    """Return the instalments; their principals add up to what was lent, the last one takes the rest.

    >>> rate = AnnualRate(Fraction("0.12"))
    >>> plan = build_schedule(Terms(1000_00, rate, date(2026, 1, 1), 3, date(2026, 2, 1)))
    >>> [(part.principal, part.interest) for part in plan]
    [(33002, 1000), (33332, 670), (33666, 337)]
    """
    due = due_dates(terms)
    rates = period_rates(terms, due)
    return _BUILDERS[terms.method](terms, due, rates)


def _annuity(terms: Terms, due: list[date], rates: list[Fraction]) -> tuple[Instalment, ...]:
    instalment = round_to_multiple(annuity_instalment(terms.principal, rates), terms.rounding, terms.multiple)
    if terms.balance is BalanceIs.EXACT:
        return _annuity_on_exact_balance(terms, due, rates, instalment)
    return _declining(terms, due, rates, lambda interest: max(0, instalment - interest))


def _annuity_on_exact_balance(
    terms: Terms, due: list[date], rates: list[Fraction], instalment: int
) -> tuple[Instalment, ...]:
    """The balance runs exactly; each principal is the step of its rounded total; the last instalment takes the rest."""
    round_total, left, repaid, plan = ROUNDINGS[terms.interest_rounding], Fraction(terms.principal), 0, []
    for day, rate in zip(due[:-1], rates[:-1], strict=True):
        left -= min(left, instalment - left * rate)
        principal = round_total(terms.principal - left) - repaid
        plan.append(Instalment(day, principal, max(0, instalment - principal)))
        repaid += principal
    return (*plan, Instalment(due[-1], terms.principal - repaid, round_total(left * rates[-1])))


def _equal_principal(terms: Terms, due: list[date], rates: list[Fraction]) -> tuple[Instalment, ...]:
    part = round_to_multiple(Fraction(terms.principal, terms.instalments), terms.rounding, terms.multiple)
    return _declining(terms, due, rates, lambda interest: part)


def _interest_only(terms: Terms, due: list[date], rates: list[Fraction]) -> tuple[Instalment, ...]:
    return _declining(terms, due, rates, lambda interest: 0)


def _declining(
    terms: Terms, due: list[date], rates: list[Fraction], principal_for: Callable[[int], int]
) -> tuple[Instalment, ...]:
    """Interest on what is still to be repaid; principal as asked for, the last one takes the rest."""
    round_interest, left, plan = ROUNDINGS[terms.interest_rounding], terms.principal, []
    for place, (day, rate) in enumerate(zip(due, rates, strict=True)):
        interest = round_interest(left * rate)
        principal = left if place == len(due) - 1 else min(left, principal_for(interest))
        plan.append(Instalment(day, principal, interest))
        left -= principal
    return tuple(plan)


def _flat(terms: Terms, due: list[date], rates: list[Fraction]) -> tuple[Instalment, ...]:
    """Interest on what was lent for the whole term, spread evenly with principal; the last instalment takes the rest."""
    total = ROUNDINGS[terms.interest_rounding](terms.principal * sum(rates, Fraction(0)))
    principal = round_to_multiple(Fraction(terms.principal, terms.instalments), terms.rounding, terms.multiple)
    interest = round_to_multiple(Fraction(total, terms.instalments), terms.rounding, 1)
    plan, left, interest_left = [], terms.principal, total
    for place, day in enumerate(due):
        last = place == len(due) - 1
        part, charge = (left, interest_left) if last else (min(left, principal), min(interest_left, interest))
        plan.append(Instalment(day, part, charge))
        left, interest_left = left - part, interest_left - charge
    return tuple(plan)


def _bullet(terms: Terms, due: list[date], rates: list[Fraction]) -> tuple[Instalment, ...]:
    """One instalment on the last due date: all principal, and simple interest for the whole term."""
    interest = ROUNDINGS[terms.interest_rounding](terms.principal * sum(rates, Fraction(0)))
    return (Instalment(due[-1], terms.principal, interest),)


def round_to_multiple(exact: Fraction, rounding: str, multiple: int) -> int:
    """Round to a whole multiple, by name.

    >>> round_to_multiple(Fraction(12345), "up", 100)
    12400
    """
    return ROUNDINGS[rounding](exact / multiple) * multiple


_BUILDERS: dict[Method, Callable[[Terms, list[date], list[Fraction]], tuple[Instalment, ...]]] = {
    Method.ANNUITY: _annuity,
    Method.EQUAL_PRINCIPAL: _equal_principal,
    Method.FLAT: _flat,
    Method.INTEREST_ONLY: _interest_only,
    Method.BULLET: _bullet,
}
