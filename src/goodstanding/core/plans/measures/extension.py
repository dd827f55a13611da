"""Extension: the overdue instalments move behind the contract's last one; the contract goes on in between.

Interest for the time gained is charged at the contract's rate on the principal moved, or not at all.
Method and worked table: docs/methods/ways_out.md
"""

from goodstanding.core.loan import Instalment
from goodstanding.core.plans.measures.draft import Draft, Drafted, is_a_bill, nothing_overdue, nothing_to_come
from goodstanding.core.plans.measures.ground import Ground, Payments, as_scheduled, met_by_credit, take_over
from goodstanding.core.plans.measures.moved import add_moved, merged, moved, not_behind
from goodstanding.core.plans.offers import Credit, HowFar, OfferKind, Stops


def extension(ground: Ground, *, bears_interest: bool = True) -> Drafted:
    """Draft a plan that moves each overdue instalment behind the last due date, one due date each, in their order.

    Charges so far are paid with the first payment. What is due today, and rests so small that they count as paid, move with
    the overdue ones. Gap interest: on the principal moved, from as_of to the new day. What holds no principal moves no further
    than the last principal does.
    """
    kind = OfferKind.EXTENSION
    if not ground.late:
        return nothing_overdue(kind)
    if ground.is_billed:
        return is_a_bill(kind)
    if not any(one.asks for one in ground.coming):
        return nothing_to_come(kind)
    places = {day: place for place, day in enumerate(sorted({one.due_on for one in ground.late}), 1)}
    paid, schedule = Payments(), list[Instalment]()
    for one in ground.coming:
        schedule.append(as_scheduled(one))
        paid.add(one.due_on, contract=one.asks if ground.by_day else schedule[-1].amount)
    behind = {
        one: ground.calendar.after(
            ground.last_due_on, places.get(one.due_on, max(places.values()) if one.due_on >= ground.as_of else 1)
        )
        for one in ground.fallen
    }
    holds_principal = max((day for one, day in behind.items() if one.principal), default=ground.last_principal_on)
    for one in ground.fallen:
        until = not_behind(holds_principal, behind[one])
        instalment, gained = moved(ground, one, until, bears_interest=bears_interest)
        schedule.append(instalment)
        add_moved(paid, ground, one, until, gained)
    paid.with_first(arrears=ground.charges.total)
    return Draft(
        kind,
        take_over(ground, merged(schedule)),
        met_by_credit(paid.made(), ground.credit_of_a_version),
        Stops(penalty=HowFar.ENDS, calls=HowFar.RESTS, reports=HowFar.ENDS),
        Credit.UP_TO_DATE,
        len(places),
    )
