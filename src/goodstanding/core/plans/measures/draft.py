"""What a measure answers: a draft, which the engine has yet to price; and the sentence for a loan that it doesn't fit."""

from dataclasses import dataclass, field
from datetime import date

from goodstanding.core.arrears.position import Owed
from goodstanding.core.plans.offers import Change, Credit, NotOffered, OfferKind, OfferPayment, Stops


@dataclass(frozen=True, slots=True)
class Draft:
    """A change and the payments that go with it, before any price.

    The last payment is a first guess where interest runs by day or charges go on: `pricing` asks the engine and corrects it.
    waived: charges given up for good, by component. Where `waives_rest`, what is open on the last day beyond the last payment is given up, by component.
    ends_on is the day of the last payment. months: what distinguishes it from others of its kind.
    """

    kind: OfferKind
    change: Change
    payments: tuple[OfferPayment, ...]
    stops: Stops
    credit: Credit
    months: int = 0
    waives_rest: bool = False
    waived: Owed = field(default_factory=Owed)

    @property
    def ends_on(self) -> date:
        return self.payments[-1].on


Drafted = Draft | NotOffered


def nothing_overdue(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "Nothing is overdue.")


def is_a_bill(kind: OfferKind) -> NotOffered:
    return NotOffered(
        kind, "It is a revolving account: its bills have no term to change. A plan for the whole balance may fit."
    )


def held_meets_all(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "What is held for the borrower meets it all.")


def nothing_to_come(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "Nothing of the contract is still to come that it could lean on. A longer term may fit.")
