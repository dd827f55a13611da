"""Arrears instalments: what is overdue today in equal parts, beside the contract's own instalments.

With charges resting they cost nothing more than paying today; with charges running, the last part takes what ran meanwhile.
Method and worked table: docs/methods/ways_out.md
"""

from goodstanding.core.loan import Pause
from goodstanding.core.money import split_evenly
from goodstanding.core.plans.measures.draft import Draft, Drafted, nothing_overdue
from goodstanding.core.plans.measures.ground import ONE_DAY, Ground, Payments, met_by_credit
from goodstanding.core.plans.offers import Change, Credit, HowFar, OfferKind, Stops


def arrears_instalments(ground: Ground, *, months: int, rests: bool = True) -> Drafted:
    """Draft a plan that clears the arrears in so many parts on the next due dates, the first ones taking the odd pennies.

    Where fewer instalments are left than parts asked for, the parts go on by the contract's rhythm after the last one.
    rests: whether penalty and late fees rest until the plan ends.
    """
    kind = OfferKind.ARREARS_INSTALMENTS
    if not ground.arrears:
        return nothing_overdue(kind)
    days = sorted({one.due_on for one in ground.later})[:months]
    while len(days) < months:
        days.append(ground.calendar.after(days[-1], 1) if days else ground.first_after(ground.accept_by))
    paid = Payments()
    for one in (*ground.fallen, *ground.coming):
        if not one.is_late and ground.as_of <= one.due_on <= days[-1]:
            paid.add(max(one.due_on, ground.pays_from), contract=one.asks)
    for day, part in zip(days, split_evenly(ground.arrears, months), strict=True):
        paid.add(day, arrears=part)
    payments = met_by_credit(paid.made(), ground.held)
    end = payments[-1].on
    pause = Pause(ground.as_of, end + ONE_DAY)
    return Draft(
        kind,
        Change(ground.counts_from, pauses=(pause,) if rests else ()),
        payments,
        Stops(penalty=HowFar.RESTS if rests else HowFar.GOES_ON, calls=HowFar.RESTS, reports=HowFar.GOES_ON),
        Credit.IN_ARREARS,
        months,
    )
