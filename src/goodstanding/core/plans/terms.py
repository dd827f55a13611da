"""The terms that a schedule is made from: how much, for how long, how often, and what is agreed about its first days.

Every key and a worked table: docs/methods/schedules.md
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import AnnualRate


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
    DAILY = "daily"


class InterestBy(StrEnum):
    """period: each period is the same part of a year. days: each period has its own days, by the rate's day count."""

    PERIOD = "period"
    DAYS = "days"


class BalanceIs(StrEnum):
    """What interest is worked out on. rounded: the balance as billed so far. exact: a balance that is never rounded;
    principal is then rounded on its running total and interest is what the instalment leaves."""

    ROUNDED = "rounded"
    EXACT = "exact"


class FirstPeriod(StrEnum):
    """A first period that is longer or shorter than the others. whole: it counts as one period all the same. spread: it bears
    interest for its own days, which equal instalments share. first: it does, and the first instalment alone is more or less."""

    WHOLE = "whole"
    SPREAD = "spread"
    FIRST = "first"


class InterestInGrace(StrEnum):
    """Interest of instalments that don't ask for it. later: the first one that does asks for it as well. spread: all that do
    share it. free: none runs."""

    LATER = "later"
    SPREAD = "spread"
    FREE = "free"


class Rest(StrEnum):
    """Which instalment takes what rounding leaves."""

    LAST = "last"
    FIRST = "first"


MOST_INSTALMENTS = 36_600
"""A hundred years of days."""
_AT_THE_END = (Method.INTEREST_ONLY, Method.BULLET)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a schedule is made from. principal, multiple, down_payment, balloon: minor units.

    due_day: the contract's day of the month (default: that of first_due_on); a month that lacks it uses its last day.
    every: how many months, weeks or days of the frequency lie between due dates.
    rounding: of the equal instalment, by name, to a whole `multiple`. interest_rounding: of each period's interest, or,
    where the balance is exact, of principal's running total.
    principal_grace, interest_grace: how many of the first instalments ask for no principal, for no interest.
    down_payment: of principal, due on the day the loan is made. balloon: principal left for the last instalment.
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
    every: int = 1
    first_period: FirstPeriod = FirstPeriod.WHOLE
    principal_grace: int = 0
    interest_grace: int = 0
    interest_in_grace: InterestInGrace = InterestInGrace.LATER
    rest: Rest = Rest.LAST
    down_payment: int = 0
    balloon: int = 0

    def __post_init__(self) -> None:
        if self.principal < 1 or self.instalments < 1 or self.multiple < 1 or self.every < 1:
            raise ValueError("principal, instalments, multiple and every must be 1 or more")
        if self.instalments > MOST_INSTALMENTS:
            raise ValueError(f"{self.instalments} instalments are more than we build ({MOST_INSTALMENTS})")
        if self.first_due_on <= self.disbursed_on:
            raise ValueError(f"first_due_on {self.first_due_on} must lie after disbursed_on {self.disbursed_on}")
        if self.annual_rate.per_year < 0:
            raise ValueError("a contract's rate can't be negative")
        for name in (self.rounding, self.interest_rounding):
            if name not in ROUNDINGS:
                raise ValueError(f'rounding is "{name}": expected one of {", ".join(ROUNDINGS)}')
        if self.due_day is not None and not 1 <= self.due_day <= 31:
            raise ValueError(f"due_day is {self.due_day}: expected a day of the month, 1 to 31")
        for name in ("principal_grace", "interest_grace"):
            if not 0 <= getattr(self, name) < self.instalments:
                raise ValueError(f"{name} is {getattr(self, name)}: expected 0 or more, and less than instalments")
        if not 0 <= self.down_payment < self.principal:
            raise ValueError("down_payment must be 0 or more, and less than principal")
        if not 0 <= self.balloon <= self.lent:
            raise ValueError("balloon must be 0 or more, and at most what is left of principal after the down payment")
        if self.method in _AT_THE_END and (self.principal_grace or self.balloon or self.rest is Rest.FIRST):
            raise ValueError(
                f"{self.method} repays all principal with the last instalment: leave principal_grace, balloon and rest out"
            )
        if self.method is Method.BULLET and self.interest_grace:
            raise ValueError("bullet asks for all interest at the end: leave interest_grace out")

    @property
    def lent(self) -> int:
        """What the instalments repay: principal without the down payment."""
        return self.principal - self.down_payment
