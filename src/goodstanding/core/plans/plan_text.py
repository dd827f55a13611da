"""What the text of a personalised plan must say, as plain data; a letter puts it into words.

The items are those of 商业银行信用卡业务监督管理办法 70 (law/cn/plan/text.yaml): the balance with its structure and currency; cycle, method, dates and
instalments; whether fees and interest run; no new card until it is settled; rights, duties and breach.
"""

from dataclasses import dataclass, fields

from goodstanding.core.arrears.position import Owed
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.measures.settlement import owed_beside
from goodstanding.core.plans.offers import BreaksWhen, HowFar, Offer, OfferKind, OfferPayment, Position, Stops


@dataclass(frozen=True, slots=True)
class Balance:
    """What the plan is for, by component, in minor units of its currency; held: what is kept for the borrower and comes off it."""

    currency: str
    owed: Owed
    held: int

    @property
    def total(self) -> int:
        return self.owed.total - self.held


@dataclass(frozen=True, slots=True)
class Schedule:
    """cycle: a payment each month. is_equal: every payment the same, but for odd pennies; the last takes the rest."""

    cycle: str
    is_equal: bool
    payments: tuple[OfferPayment, ...]


@dataclass(frozen=True, slots=True)
class Charges:
    """Whether interest goes on while the plan is kept, and what it comes to in all; whether penalty and late fees do."""

    interest_runs: bool
    interest: int
    penalty_runs: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """The borrower's: what stops while it is kept; the lender's: what breaks it."""

    stops: Stops
    breaks_when: BreaksWhen


@dataclass(frozen=True, slots=True)
class PlanText:
    """Each field is one item that the rule lists, under the rule's name for it."""

    balance_structure_currency: Balance
    plan_schedule: Schedule
    whether_charges_run: Charges
    no_new_card: bool
    rights_and_breach: Rights


def items_of(text: PlanText) -> frozenset[str]:
    """The items that a text holds, by the rule's names."""
    return frozenset(field.name for field in fields(text) if getattr(text, field.name))


def plan_text(position: Position, offer: Offer) -> PlanText:
    """Gather what the text of a personalised plan says; ValueError for an offer of another kind."""
    if offer.kind is not OfferKind.PERSONAL_PLAN:
        raise ValueError(f"{offer.kind} isn't a personalised plan: its text lists other things")
    ground = ground_of(position)
    interest, fee = owed_beside(ground)
    principal = sum(one.principal for one in (*ground.fallen, *ground.coming))
    charges = ground.charges
    owed = Owed(charges.fee + fee, charges.penalty, charges.compound, interest, principal)
    balance = Balance(offer.currency, owed, ground.freed)
    runs = offer.total - balance.total
    others = [one.amount for one in offer.payments[1:-1]]
    return PlanText(
        balance,
        Schedule("month", not others or max(others) - min(others) <= len(offer.payments), offer.payments),
        Charges(runs > 0, max(0, runs), offer.stops.penalty is HowFar.GOES_ON),
        no_new_card=True,
        rights_and_breach=Rights(offer.stops, offer.breaks_when),
    )
