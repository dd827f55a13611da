"""Offers: a way out with its dates, its amounts, what it costs in all, what it stops and what breaks it.

A measure changes the loan (`Change`); `pricing` asks the engine what the changed loan costs and makes an `Offer` of it.
Design: docs/decisions/ways-out.md. Worked tables: docs/methods/ways_out.md
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Assessment, Owed
from goodstanding.core.loan import Kind, Loan, Pause, ScheduleVersion, Transaction


class OfferKind(StrEnum):
    """The measures, each a module of core/plans/measures."""

    ARREARS_INSTALMENTS = "arrears_instalments"
    EXTENSION = "extension"
    DEFERRAL = "deferral"
    RE_AGE = "re_age"
    RE_AMORTISE = "re_amortise"
    LONGER_TERM = "longer_term"
    LOWER_RATE = "lower_rate"
    WAIVER = "waiver"
    SETTLEMENT = "settlement"
    PERSONAL_PLAN = "personal_plan"


IN_LETTERS = frozenset(
    (
        OfferKind.ARREARS_INSTALMENTS,
        OfferKind.EXTENSION,
        OfferKind.DEFERRAL,
        OfferKind.LONGER_TERM,
        OfferKind.PERSONAL_PLAN,
    )
)
"""The kinds that letters have words for; the others are for staff to offer."""


class HowFar(StrEnum):
    """How far something stops. goes_on: it doesn't. rests: while the offer is kept; a breach lets it run again from then
    on. ends: nothing is left for it to act on once the offer counts."""

    GOES_ON = "goes_on"
    RESTS = "rests"
    ENDS = "ends"


class Credit(StrEnum):
    """How the loan stands in credit data while the offer is kept, as a fact of the ledger; each jurisdiction has its sentence.

    in_arrears: overdue until the arrears are paid, with an arrangement. up_to_date: nothing is overdue from the day the
    offer counts; what was reported stays. restructured: up to date under new terms. settled_for_less: closed, partly paid.
    """

    IN_ARREARS = "in_arrears"
    UP_TO_DATE = "up_to_date"
    RESTRUCTURED = "restructured"
    SETTLED_FOR_LESS = "settled_for_less"


@dataclass(frozen=True, slots=True)
class OfferPayment:
    """amount: minor units, the sum of the three. arrears: what of it clears what is overdue; contract: the contract's own
    instalments; plan: what a new schedule asks for in their place, or a settlement."""

    on: date
    amount: int
    arrears: int
    contract: int
    plan: int = 0


@dataclass(frozen=True, slots=True)
class Stops:
    """What the offer stops, from the day it counts: penalty interest and late fees, calls and letters, reports of arrears."""

    penalty: HowFar = HowFar.GOES_ON
    calls: HowFar = HowFar.RESTS
    reports: HowFar = HowFar.GOES_ON


@dataclass(frozen=True, slots=True)
class BreaksWhen:
    """missed_amount: minor units; a payment that is short by more than this breaks the offer. tolerance_days: so many days
    after its day a payment still counts as kept. contract_too: whether a contract instalment missed beside it breaks it as well."""

    missed_amount: int = 0
    tolerance_days: int = 0
    contract_too: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What the lender grants, in the engine's own words. counts_from: the day from whose start it holds."""

    counts_from: date
    versions: tuple[ScheduleVersion, ...] = ()
    pauses: tuple[Pause, ...] = ()
    waivers: tuple[Transaction, ...] = ()

    def applied_to(self, loan: Loan, payments: Iterable[OfferPayment] = ()) -> Loan:
        """Return the changed loan; with the payments made, if any are given, each on its day, after all that the ledger has of it."""
        kept = tuple(
            replace(payment_made(one.on, one.amount, place), booked_on=date.max)
            for place, one in enumerate(payments, 1)
            if one.amount
        )
        return replace(
            loan,
            transactions=(*loan.transactions, *self.waivers, *kept),
            pauses=(*loan.pauses, *self.pauses),
            versions=(*loan.versions, *self.versions),
        )


def payment_made(on: date, amount: int, number: int) -> Transaction:
    """A payment that an offer asks for, as the ledger would have it; its id begins as no lender's does."""
    return Transaction(f"offer/payment/{number:04}", Kind.PAYMENT, amount, on, on)


@dataclass(frozen=True, slots=True)
class Offer:
    """A worked-out way back into good standing. Amounts: minor units of the loan's currency.

    as_of: the day it was worked out for; it says nothing of payments after it. accept_by: it stands until the end of this day.
    payments: what is paid and when, until ends_on, the last of them. total: their sum; arrears, contract, plan: its parts.
    against_today: what it costs more (above zero) or less than paying the arrears today and keeping the contract.
    against_nothing: what keeping it saves against paying nothing until ends_on.
    waived: what the lender gives up, by component. left_after: what remains owed at the end of ends_on, to close the loan then.
    needs_sign_off: the authority level that must sign before it may be shown; None: nobody need.
    present_value: what its payments, and what is left after them, are worth on as_of at the lender's rate.
    months, share: what distinguishes it from others of its kind, where that is so.
    afterwards: what the contract asks for after ends_on, in that month and in the next one in which it asks; no part of the offer, but of what a month takes.
    """

    kind: OfferKind
    loan_id: str
    currency: str
    as_of: date
    accept_by: date
    payments: tuple[OfferPayment, ...]
    total: int
    against_today: int
    against_nothing: int
    stops: Stops
    breaks_when: BreaksWhen
    credit: Credit
    change: Change
    left_after: int = 0
    waived: Owed = field(default_factory=Owed)
    needs_sign_off: str | None = None
    present_value: int = 0
    months: int = 0
    afterwards: tuple[OfferPayment, ...] = ()

    @property
    def ends_on(self) -> date:
        return self.payments[-1].on

    @property
    def arrears(self) -> int:
        return sum(one.arrears for one in self.payments)

    @property
    def contract(self) -> int:
        return sum(one.contract for one in self.payments)

    @property
    def plan(self) -> int:
        return sum(one.plan for one in self.payments)

    @property
    def extra_cost(self) -> int:
        """What it costs more than paying everything overdue today; never hidden, often 0."""
        return max(0, self.against_today)


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A measure that isn't offered. reason: one sentence for staff. rule: the guard rail or law that says so; empty: the loan."""

    kind: OfferKind
    reason: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a loan stands when ways out are sought. today: its whole assessment, with instalments.

    accept_by: until when an offer stands; its first payment lies after it, but for instalments of the contract due before.
    """

    loan: Loan
    policy: ArrearsPolicy
    today: Assessment
    accept_by: date
