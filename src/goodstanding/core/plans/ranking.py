"""Which offers somebody can afford, in which order they are shown, and what is said when none fits.

Never an offer above what can be paid. Of those that fit, the ones that leave room come first, for a plan that takes nearly all
there is seldom lasts; then those that end the trouble sooner; then the cheaper. Not by what they yield.
Method and worked table: docs/methods/affordability.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from goodstanding.core.plans.affordability import Means
from goodstanding.core.plans.offers import Offer


class Strain(StrEnum):
    """How much of what can be paid the heaviest month takes. easy: up to three quarters. tight: more. unknown: means aren't known."""

    EASY = "easy"
    TIGHT = "tight"
    UNKNOWN = "unknown"


class Proposal(StrEnum):
    """What to propose to somebody for whom no offer fits."""

    HARDSHIP_REVIEW = "hardship_review"
    DEBT_ADVICE = "debt_advice"


EASY_UP_TO = Fraction(3, 4)


@dataclass(frozen=True, slots=True)
class Fitting:
    """An offer that fits. heaviest_month: minor units, what the calendar month that takes most takes, beyond what is paid at once."""

    offer: Offer
    heaviest_month: int
    strain: Strain


@dataclass(frozen=True, slots=True)
class Choice:
    """fitting: in the order in which they are shown. too_much: offers left out, with what their heaviest month takes.

    short_by: where none fits, what the least of them takes above what can be paid, minor units. proposals: what to propose then.
    """

    fitting: tuple[Fitting, ...]
    too_much: tuple[tuple[Offer, int], ...] = ()
    short_by: int = 0
    proposals: tuple[Proposal, ...] = ()


def heaviest_month(offer: Offer, *, at_once: int = 0, a_month: int = 0) -> int:
    """Return what the calendar month that takes most takes, with what the contract asks for beside the offer and right after it.

    at_once: may be used, a single time, for what goes beyond a_month.
    """
    months: dict[int, int] = {}
    for payment in (*offer.payments, *offer.afterwards):
        month = payment.on.year * 12 + payment.on.month
        months[month] = months.get(month, 0) + payment.amount
    if not at_once:
        return max(months.values(), default=0)
    left, heaviest = at_once, 0
    for _, amount in sorted(months.items()):
        from_savings = min(left, max(0, amount - a_month))
        left -= from_savings
        heaviest = max(heaviest, amount - from_savings)
    return heaviest


def choose(offers: Sequence[Offer], means: Means) -> Choice:
    """Return the offers that somebody of these means can afford, in order; where none fits, what to propose instead."""
    if means.a_month is None:
        unknown = (Fitting(one, heaviest_month(one), Strain.UNKNOWN) for one in offers)
        return Choice(tuple(sorted(unknown, key=_order)))
    fitting, too_much = list[Fitting](), list[tuple[Offer, int]]()
    for one in offers:
        heaviest = heaviest_month(one, at_once=means.at_once, a_month=means.a_month)
        if heaviest > means.a_month:
            too_much.append((one, heaviest))
        else:
            strain = Strain.EASY if heaviest <= means.a_month * EASY_UP_TO else Strain.TIGHT
            fitting.append(Fitting(one, heaviest, strain))
    if fitting:
        return Choice(tuple(sorted(fitting, key=_order)), tuple(too_much))
    short_by = min((heaviest for _, heaviest in too_much), default=means.a_month) - means.a_month
    return Choice((), tuple(too_much), short_by, tuple(Proposal))


def _order(fitting: Fitting) -> tuple[object, ...]:
    """Room first, then the end of the trouble, then the cost, then fewer payments; the kind's name settles what is left."""
    offer = fitting.offer
    return (
        fitting.strain is Strain.TIGHT,
        offer.ends_on,
        offer.total + offer.left_after,
        len(offer.payments),
        offer.kind,
    )
