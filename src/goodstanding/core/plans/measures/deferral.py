"""Deferral: nothing is due for some months; then everything that is open follows, in its order, on the contract's own dates.

Interest for the time gained is charged at the contract's rate on each principal, or not at all.
Method and worked table: docs/methods/ways_out.md
"""

from goodstanding.core.loan import Instalment
from goodstanding.core.plans.measures.draft import Draft, Drafted, is_a_bill, nothing_overdue
from goodstanding.core.plans.measures.ground import Ground, Payments, as_scheduled, met_by_credit, take_over
from goodstanding.core.plans.measures.moved import add_moved, merged, moved, not_behind
from goodstanding.core.plans.offers import Credit, HowFar, OfferKind, Stops


def deferral(ground: Ground, *, months: int, bears_interest: bool = True) -> Drafted:
    """Draft a pause of so many months: the first open instalment is due so many months after the first due date that lies
    after the offer's end, the others follow by the contract's rhythm.

    An instalment due before the offer's end is paid as usual. Charges so far are paid with the first payment: one before the
    pause would meet them ahead of its own instalment. What is overdue without principal doesn't move behind the last principal.
    """
    kind = OfferKind.DEFERRAL
    if not ground.late:
        return nothing_overdue(kind)
    if ground.is_billed:
        return is_a_bill(kind)
    waiting = [one for one in (*ground.fallen, *ground.later) if one.total]
    first = ground.calendar.months_after(ground.first_after(ground.accept_by), months)
    dates = {
        day: ground.calendar.after(first, place) for place, day in enumerate(sorted({one.due_on for one in waiting}))
    }
    holds_principal = max((dates[one.due_on] for one in waiting if one.principal), default=ground.last_principal_on)
    paid, schedule = Payments(), list[Instalment]()
    for one in waiting:
        moves = one.due_on <= ground.as_of and not one.principal
        until = not_behind(holds_principal, dates[one.due_on]) if moves else dates[one.due_on]
        instalment, gained = moved(ground, one, until, bears_interest=bears_interest)
        schedule.append(instalment)
        add_moved(paid, ground, one, instalment.due_on, gained)
    for one in ground.between:
        schedule.append(as_scheduled(one))
        paid.add(one.due_on, contract=one.asks if ground.by_day else schedule[-1].amount)
    paid.with_first(arrears=ground.charges.total)
    return Draft(
        kind,
        take_over(ground, merged(schedule)),
        met_by_credit(paid.made(), ground.credit_of_a_version),
        Stops(penalty=HowFar.ENDS, calls=HowFar.RESTS, reports=HowFar.ENDS),
        Credit.UP_TO_DATE,
        months,
    )
