"""Longer term: all that is open in equal instalments over the days the contract still has, and some months beyond them.

Method and worked table: docs/methods/ways_out.md
"""

from datetime import date

from goodstanding.core.plans.measures.draft import Drafted, is_a_bill, nothing_overdue
from goodstanding.core.plans.measures.ground import Ground
from goodstanding.core.plans.measures.re_amortised import re_amortised
from goodstanding.core.plans.offers import OfferKind


def longer_term(ground: Ground, *, months: int) -> Drafted:
    """Draft equal instalments at the contract's rate until so many months after the last due date."""
    kind = OfferKind.LONGER_TERM
    if not ground.late:
        return nothing_overdue(kind)
    if ground.is_billed:
        return is_a_bill(kind)
    return re_amortised(ground, kind, days_until_longer(ground, months), ground.rate, months=months)


def days_until_longer(ground: Ground, months: int) -> list[date]:
    """The due dates after the offer's end, and those of the contract's rhythm for so many months after the last of them."""
    days = sorted({one.due_on for one in ground.later})
    first, until = days[-1] if days else ground.first_after(ground.accept_by), None
    if not days:
        days, until = [first], ground.calendar.months_after(first, months - 1)
    until = until or ground.calendar.months_after(first, months)
    place = 1
    while (day := ground.calendar.after(first, place)) <= until:
        days.append(day)
        place += 1
    return days
