"""Waiver: penalty, compound interest or fees given up, a share or all, when the rest of the arrears is paid in one payment.

Method and worked table: docs/methods/ways_out.md
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Component, Kind, Pause, Transaction
from goodstanding.core.money import round_up
from goodstanding.core.plans.measures.draft import Draft, Drafted, nothing_overdue
from goodstanding.core.plans.measures.ground import ONE_DAY, Ground, Payments, met_by_credit
from goodstanding.core.plans.offers import Change, Credit, HowFar, NotOffered, OfferKind, Stops

WAIVED_IN_ORDER = (Component.PENALTY, Component.COMPOUND, Component.FEE, Component.INTEREST, Component.PRINCIPAL)


def waiver(ground: Ground, *, components: tuple[Component, ...], share: Fraction) -> Drafted:
    """Draft one payment by the offer's last day, of the arrears less this share of the charges named, rounded up.

    Charges rest until then. What falls due before it is paid as usual. Only charges are waived, never what the schedule asks.
    """
    kind = OfferKind.WAIVER
    if not ground.arrears:
        return nothing_overdue(kind)
    given = Owed(**{one: round_up(share * getattr(ground.charges, one)) for one in components})
    if not given.total:
        return no_such_charges(kind)
    if given.total >= ground.arrears:
        return only_charges(kind)
    day, paid = ground.accept_by, Payments()
    for one in (*ground.fallen, *ground.coming):
        if not one.is_late and ground.as_of <= one.due_on <= day:
            paid.add(max(one.due_on, ground.pays_from), contract=one.asks)
    paid.add(day, arrears=ground.arrears - given.total)
    payments = met_by_credit(paid.made(), ground.held)
    return Draft(
        kind,
        Change(ground.counts_from, pauses=(Pause(ground.as_of, day + ONE_DAY),), waivers=tuple(waivers(given, day))),
        payments,
        Stops(penalty=HowFar.RESTS, calls=HowFar.RESTS, reports=HowFar.GOES_ON),
        Credit.IN_ARREARS,
        waived=given,
    )


def no_such_charges(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "There are no charges of the kinds that may be waived.")


def only_charges(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "Nothing but charges is overdue: they can be waived without an offer.")


def waivers(given: Owed, on: date) -> Iterator[Transaction]:
    """A waiver of each component, as the ledger would have it."""
    for component in WAIVED_IN_ORDER:
        if amount := getattr(given, component):
            yield Transaction(f"offer/waiver/{component}", Kind.WAIVER, amount, on, on, component=component)
