"""Arrears instalments: what is overdue today, spread over the coming due dates beside the contract's own instalments.

Charges rest while the plan is kept, so the plan costs nothing more than paying today.
Method and worked table: docs/methods/ways_out.md
"""

from collections.abc import Iterable
from datetime import date

from goodstanding.core.arrears.assess import Assessment, InstalmentPosition
from goodstanding.core.dates import add_months
from goodstanding.core.money import split_evenly
from goodstanding.core.plans.offers import BreaksWhen, Change, Credit, Offer, OfferKind, OfferPayment, Stops


def arrears_instalments(assessment: Assessment, *, months: int, accept_by: date) -> Offer | None:
    """Return a plan that clears the amount to cure in equal parts on the next due dates; None if nothing is overdue.

    Where fewer contract instalments are left than months asked for, the parts go on monthly after the last one. The
    first parts get the odd pennies. accept_by: the plan's first payment is never before this day.
    """
    if not assessment.amount_to_cure or months < 1:
        return None
    coming = _by_day(one for one in assessment.instalments if one.due_on > accept_by)
    days = sorted(coming)[:months]
    anchor = days[-1] if days else add_months(accept_by, 1)
    if not days:
        days = [anchor]
    days += [add_months(anchor, place) for place in range(1, months - len(days) + 1)]
    between = _by_day(
        one for one in assessment.instalments if assessment.as_of <= one.due_on <= accept_by and not one.days
    )
    payments = [OfferPayment(day, amount, 0, amount) for day, amount in sorted(between.items()) if amount]
    for day, part in zip(days, split_evenly(assessment.amount_to_cure, months), strict=True):
        payments.append(OfferPayment(day, part + coming.get(day, 0), part, coming.get(day, 0)))
    return offer_of(OfferKind.ARREARS_INSTALMENTS, assessment, payments, extra_cost=0, accept_by=accept_by)


def _by_day(instalments: Iterable[InstalmentPosition]) -> dict[date, int]:
    """What is open of what falls due on each day; drawdowns of a credit line may share one."""
    open_on: dict[date, int] = {}
    for one in instalments:
        open_on[one.due_on] = open_on.get(one.due_on, 0) + one.open.total
    return open_on


def offer_of(
    kind: OfferKind, assessment: Assessment, payments: list[OfferPayment], *, extra_cost: int, accept_by: date
) -> Offer:
    """Add the payments up into an offer; payments come in order of their days."""
    return Offer(
        kind=kind,
        loan_id=assessment.loan_id,
        currency=assessment.currency,
        as_of=assessment.as_of,
        accept_by=accept_by,
        payments=tuple(payments),
        total=sum(one.amount for one in payments),
        against_today=extra_cost,
        against_nothing=0,
        stops=Stops(),
        breaks_when=BreaksWhen(),
        credit=Credit.IN_ARREARS,
        change=Change(assessment.as_of),
    )
