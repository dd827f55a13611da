"""Settlement for less: a share of what would close the loan today, in one payment or in parts; the rest is given up at the end.

Method and worked table: docs/methods/ways_out.md
"""

from fractions import Fraction

from goodstanding.core.loan import Instalment, Pause
from goodstanding.core.money import round_down, split_evenly
from goodstanding.core.plans.measures.draft import Draft, Drafted, nothing_overdue
from goodstanding.core.plans.measures.ground import ONE_DAY, Calendar, Ground, take_over
from goodstanding.core.plans.offers import Credit, HowFar, NotOffered, OfferKind, OfferPayment, Stops


def settlement(ground: Ground, *, share: Fraction, parts: int = 1) -> Drafted:
    """Draft payments that close the loan for this share of its payoff today, rounded down: on the offer's last day, and the
    same day of the months after it. The first parts take the odd pennies.

    All that is open falls due on the days of the payments; charges rest until the end. What isn't paid is waived on the last day,
    with the last payment, so that a settlement that breaks off waives nothing.
    """
    kind = OfferKind.SETTLEMENT
    if not ground.late:
        return nothing_overdue(kind)
    amount = round_down(share * ground.position.today.payoff)
    if amount < parts:
        return nothing_left(kind)
    if amount >= ground.position.today.payoff:
        return nothing_given_up(kind)
    months = Calendar(ground.accept_by.day, None)
    days = [months.after(ground.accept_by, place) for place in range(parts)]
    if days[0] < ground.counts_from:
        return needs_a_day(kind)
    payments = tuple(
        OfferPayment(day, part, 0, 0, part) for day, part in zip(days, split_evenly(amount, parts), strict=True)
    )
    change = take_over(ground, _schedule(ground, payments), pauses=(Pause(ground.as_of, days[-1] + ONE_DAY),))
    return Draft(
        kind,
        change,
        payments,
        Stops(penalty=HowFar.RESTS, calls=HowFar.RESTS, reports=HowFar.GOES_ON),
        Credit.SETTLED_FOR_LESS,
        parts,
        waives_rest=True,
    )


def nothing_left(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "What would be left to pay is nothing.")


def nothing_given_up(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "Nothing would be given up: that is paying the loan off.")


def needs_a_day(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "It needs a day at least between today and the offer's last day.")


def _schedule(ground: Ground, payments: tuple[OfferPayment, ...]) -> list[Instalment]:
    """All that is open on the days of the payments, interest and fees first, as much as each can meet after charges; the last
    day holds all the rest. Interest is for days gone by, so it stands where none of it could be taken for a period to come."""
    charges, schedule = ground.charges.total, list[Instalment]()
    interest, fee = owed_beside(ground)
    left = [interest, fee, sum(one.principal for one in (*ground.fallen, *ground.coming))]
    for one in payments[:-1]:
        met = min(charges, one.amount)
        charges -= met
        room, part = one.amount - met, [0, 0, 0]
        for place, open_now in enumerate(left):
            part[place] = min(open_now, room)
            room -= part[place]
            left[place] -= part[place]
        if any(part):
            schedule.append(Instalment(one.on, part[2], part[0], part[1]))
    return [*schedule, Instalment(payments[-1].on, left[2], left[0], left[1])]


def owed_beside(ground: Ground) -> tuple[int, int]:
    """Interest and fees that closing the loan today asks for beside principal and charges; of bills all that they hold."""
    interest, fee = sum(one.interest for one in ground.fallen), sum(one.fee for one in ground.fallen)
    if ground.is_billed:
        later = sum(one.whole_interest for one in ground.coming), sum(one.whole_fee for one in ground.coming)
        return interest + later[0], fee + later[1]
    return interest + ground.run_so_far, fee
