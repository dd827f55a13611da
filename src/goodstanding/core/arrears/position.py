"""Where a loan stands as of a day: the words of the result. `assess` fills them in.

Field by field: docs/reference/assessment.md
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from goodstanding.core.loan import Component


class LineKind(StrEnum):
    OPENING = "opening"
    DUE = "due"
    INTEREST = "interest"
    PENALTY = "penalty"
    COMPOUND = "compound"
    LATE_FEE = "late_fee"
    FEE = "fee"
    PAYMENT = "payment"
    RECOVERY = "recovery"
    WAIVER = "waiver"
    REVERSAL = "reversal"
    CEILING = "ceiling"
    MOVED = "moved"
    CARRIED = "carried"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement. amount: minor units; what adds to the sum owed is positive, what lessens it negative.

    from_on, to_on: the half-open period a charge is for; for all else both are the day it happened.
    base, rate, days: how a charge was worked out; rate is a year (a share, for a late fee).
    transaction: the lender's id of what caused the line.
    """

    kind: LineKind
    component: Component
    instalment: int
    from_on: date
    to_on: date
    amount: int
    days: int = 0
    base: int = 0
    rate: Fraction = Fraction(0)
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """Minor units by component."""

    fee: int = 0
    penalty: int = 0
    compound: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        return self.fee + self.penalty + self.compound + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class InstalmentPosition:
    """One instalment as of the day. due: what has been asked for with charges that have arisen; open = due - paid.

    overdue: what of it is past due (of a bill, perhaps only the unpaid minimum). days: days past due, 0 when not overdue.
    """

    number: int
    due_on: date
    drawdown: str
    due: Owed
    paid: Owed
    open: Owed
    overdue: Owed
    days: int
    delinquent_days: int
    bucket: str


class CannotAssess(ValueError):
    """A loan whose facts contradict each other: it is set aside with this sentence, nothing is guessed."""


@dataclass(frozen=True, slots=True)
class DrawdownPosition:
    """One drawdown of a credit line. overdue: minor units of principal, interest and fees past due."""

    drawdown: str
    days_past_due: int
    delinquent_days: int
    bucket: str
    overdue: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a loan owes as of a day. Amounts: minor units of the loan's currency.

    amount_to_cure = overdue_principal + overdue_interest + penalty + compound_interest + fees.
    payoff: what would settle the whole loan on the day. unapplied: held for the borrower.
    classification: by days, where the policy has a table; classified_as: what a person decided, where it stands beside it.
    arrears_since: the due date with which the present unbroken stretch of arrears began; None when nothing is overdue.
    """

    loan_id: str
    currency: str
    as_of: date
    days_past_due: int
    delinquent_days: int
    bucket: str
    instalments_overdue: int
    oldest_due_on: date | None
    arrears_since: date | None
    overdue_principal: int
    overdue_interest: int
    penalty: int
    compound_interest: int
    fees: int
    amount_to_cure: int
    next_due_on: date | None
    next_due: int
    outstanding_principal: int
    accrued_interest: int
    payoff: int
    unapplied: int
    charged_off_on: date | None
    classification: str
    classified_as: str
    drawdowns: tuple[DrawdownPosition, ...]
    instalments: tuple[InstalmentPosition, ...]
    lines: tuple[Line, ...]
