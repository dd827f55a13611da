"""A loan, whole: its terms, its schedule, everything that happened to it. State is always derived from the list.

The same shape serves an instalment loan and a revolving account: there each bill is an instalment that holds what was
newly spent and charged, and `minimum` says how much of it must be paid by its due date.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from goodstanding.core.rates import AnnualRate


class Component(StrEnum):
    """What a sum owed consists of. `compound` is interest on unpaid interest."""

    FEE = "fee"
    PENALTY = "penalty"
    COMPOUND = "compound"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Kind(StrEnum):
    """What a transaction is."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    FEE = "fee"
    WAIVER = "waiver"
    REFUND = "refund"
    CHARGE_OFF = "charge_off"
    RECOVERY = "recovery"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True, slots=True)
class Instalment:
    """What falls due on a day. Amounts: minor units, never negative.

    minimum: of a revolving bill, how much must be paid by the due date; None: all of it.
    drawdown: of a credit line, which drawdown it repays.
    """

    due_on: date
    principal: int
    interest: int = 0
    fee: int = 0
    minimum: int | None = None
    drawdown: str = ""

    @property
    def amount(self) -> int:
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, slots=True)
class Transaction:
    """Something that happened to a loan, as the lender's ledger has it. amount: minor units, never negative.

    reverses: the id of the transaction that a reversal undoes, or the payment that a chargeback takes back, whole or in
    part, from its own day on. component, instalment (1 is the first): what a waiver is
    for, where a fee belongs, or where the borrower directed a payment. ahead_until: of a payment that was agreed for days to come,
    what is left of it once nothing overdue, due or charged is open meets what is asked for by this day, the oldest first, whatever the
    product does with money ahead.
    """

    id: str
    kind: Kind
    amount: int
    effective_on: date
    booked_on: date
    reverses: str | None = None
    component: Component | None = None
    instalment: int | None = None
    ahead_until: date | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Days of [from_on, until_on) that don't count as days past due, such as a payment holiday granted.

    stops_penalty, stops_fees: whether charges rest as well.
    """

    from_on: date
    until_on: date
    stops_penalty: bool = True
    stops_fees: bool = True


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a loan stood at the end of the day `on`, for a lender whose history starts there. Amounts: minor units.

    The schedule's instalments due by that day are history; what is open of them is here. overdue_since: the due date of
    the oldest of them. period_from: the day from which interest of the running period counts. accrued_interest: where
    interest runs by day, what has run and isn't due yet.
    """

    on: date
    principal: int = 0
    interest: int = 0
    penalty: int = 0
    compound: int = 0
    fee: int = 0
    overdue_since: date | None = None
    period_from: date | None = None
    accrued_interest: int = 0


@dataclass(frozen=True, slots=True)
class ScheduleVersion:
    """Another schedule, which counts from the start of the day `from_on`: re-aged, re-amortised or extended.

    It replaces what wasn't due before that day. takes_over: it also holds what was due and unpaid by then, so that the
    loan counts as up to date; charges stay owed unless they are waived. Its principals add up to the principal it replaces.
    """

    from_on: date
    schedule: tuple[Instalment, ...]
    takes_over: bool = False


@dataclass(frozen=True, slots=True)
class ClassifiedAs:
    """A category a person decided on, which stands beside the one that days give, from a day until another."""

    category: str
    from_on: date
    until_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan, whole. principal: minor units as lent (of a revolving account: what was drawn, the bills' principal)."""

    id: str
    currency: str
    principal: int
    disbursed_on: date
    annual_rate: AnnualRate
    schedule: tuple[Instalment, ...]
    transactions: tuple[Transaction, ...] = ()
    pauses: tuple[Pause, ...] = ()
    product: str = ""
    opening: Opening | None = None
    versions: tuple[ScheduleVersion, ...] = ()
    classified_as: tuple[ClassifiedAs, ...] = ()

    def decision_on(self, day: date) -> ClassifiedAs | None:
        """The latest decision on the loan's category that stands on the day; of several from one day, the first."""
        standing = [
            one for one in self.classified_as if one.from_on <= day and (one.until_on is None or day < one.until_on)
        ]
        return max(standing, key=lambda one: one.from_on, default=None)
