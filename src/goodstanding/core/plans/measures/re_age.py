"""Re-age: the loan counts as up to date again; what was overdue is spread over the instalments still to come.

Of a revolving account the unpaid bills join the next bill, of which only the minimum is asked for.
Method and worked table: docs/methods/ways_out.md
"""

from collections.abc import Sequence
from dataclasses import replace

from goodstanding.core.loan import Instalment
from goodstanding.core.money import split_evenly
from goodstanding.core.plans.measures.amortised import interest_for
from goodstanding.core.plans.measures.draft import Draft, Drafted, nothing_overdue, nothing_to_come
from goodstanding.core.plans.measures.ground import Ground, Part, Payments, as_scheduled, met_by_credit, take_over
from goodstanding.core.plans.measures.moved import merged
from goodstanding.core.plans.offers import Credit, HowFar, OfferKind, Stops

_STOPS = Stops(penalty=HowFar.ENDS, calls=HowFar.RESTS, reports=HowFar.ENDS)


def re_age(ground: Ground, *, bears_interest: bool = True) -> Drafted:
    """Draft a schedule in which each instalment after the offer's end takes an equal part of what is overdue.

    Interest for the time gained, on each part of the principal from as_of to its new day, at the contract's rate, rounded
    down. Charges so far are paid with the first payment.
    """
    kind = OfferKind.RE_AGE
    if not ground.late:
        return nothing_overdue(kind)
    if ground.is_billed:
        return _next_bill(ground)
    holds_principal = max((one.due_on for one in ground.later if one.principal), default=None)
    if holds_principal is None and not any(one.principal for one in ground.fallen):
        return nothing_to_come(kind)
    to_come = [one for one in ground.later if holds_principal is None or one.due_on <= holds_principal]
    by_drawdown = [
        ([one for one in ground.fallen if one.drawdown == name], [one for one in to_come if one.drawdown == name])
        for name in sorted({one.drawdown for one in ground.fallen})
    ]
    if not all(any(one.asks for one in later) for _, later in by_drawdown):
        return nothing_to_come(kind)
    paid, schedule = Payments(), list[Instalment]()
    for one in ground.coming:
        schedule.append(as_scheduled(one))
        paid.add(one.due_on, contract=one.asks if ground.by_day else schedule[-1].amount)
    for fallen, later in by_drawdown:
        for part, gained in _spread(ground, fallen, later, bears_interest=bears_interest):
            schedule.append(part)
            paid.add(part.due_on, arrears=part.amount - gained, plan=gained)
    paid.with_first(arrears=ground.charges.total)
    change = take_over(ground, merged(schedule))
    payments = met_by_credit(paid.made(), ground.credit_of_a_version)
    return Draft(kind, change, payments, _STOPS, Credit.UP_TO_DATE, len({one.due_on for one in ground.later}))


def _spread(
    ground: Ground, fallen: Sequence[Part], later: Sequence[Part], *, bears_interest: bool
) -> list[tuple[Instalment, int]]:
    """What is overdue of one drawdown in equal parts on its days to come, and the interest for the time gained in each.

    The first parts take the odd pennies; of principal the last ones, where nothing else holds principal on the last day.
    """
    rate, found = ground.rate, list[tuple[Instalment, int]]()
    interests = split_evenly(sum(one.interest for one in fallen), len(later))
    fees = split_evenly(sum(one.fee for one in fallen), len(later))
    principals = split_evenly(sum(one.principal for one in fallen), len(later))
    if not later[-1].principal:
        principals.reverse()
    for place, (principal, interest, fee) in enumerate(zip(principals, interests, fees, strict=True)):
        day = later[place].due_on
        gained = interest_for(principal, rate, ground.as_of, day) if bears_interest else 0
        found.append((Instalment(day, principal, interest + gained, fee, drawdown=later[place].drawdown), gained))
    return found


def _next_bill(ground: Ground) -> Drafted:
    """The unpaid bills join the next one to come, which asks for its own minimum; where none has come, for that of the last."""
    coming = [as_scheduled(one) for one in ground.coming]
    place = next((at for at, one in enumerate(coming) if one.due_on > ground.accept_by), None)
    if place is None:
        last = max(ground.fallen, key=lambda one: one.due_on)
        coming.append(Instalment(ground.first_after(ground.accept_by), 0, minimum=last.minimum, drawdown=last.drawdown))
        place = -1
    bill, fallen = coming[place], ground.fallen
    coming[place] = replace(
        bill,
        principal=bill.principal + sum(one.principal for one in fallen),
        interest=bill.interest + sum(one.interest for one in fallen),
        fee=bill.fee + sum(one.fee for one in fallen),
    )
    if (minimum := coming[place].minimum) is not None:
        coming[place] = replace(coming[place], minimum=min(minimum, coming[place].amount))
    paid = Payments()
    for one in coming:
        asked = one.amount if one.minimum is None else min(one.minimum, one.amount)
        paid.add(one.due_on, contract=asked)
    paid.add(min(one.due_on for one in coming), arrears=ground.charges.total)
    payments = met_by_credit(paid.made(), ground.credit_of_a_version)
    if not payments:
        return nothing_to_come(OfferKind.RE_AGE)
    return Draft(OfferKind.RE_AGE, take_over(ground, coming), payments, _STOPS, Credit.UP_TO_DATE)
