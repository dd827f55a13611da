"""Personalised plan: the whole balance, charges included, in equal monthly instalments; interest goes on or stops.

For card debt that is beyond the holder's means, China's law lets such a plan run for 60 months at most; `text` of it lists
what it must say. Method and worked table: docs/methods/ways_out.md
"""

from collections.abc import Iterator
from fractions import Fraction

from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Kind, Transaction
from goodstanding.core.plans.measures.amortised import amortised
from goodstanding.core.plans.measures.draft import Draft, Drafted, nothing_overdue
from goodstanding.core.plans.measures.ground import Calendar, Ground, Payments, met_by_credit, take_over
from goodstanding.core.plans.measures.settlement import owed_beside
from goodstanding.core.plans.measures.waiver import waivers
from goodstanding.core.plans.offers import Credit, HowFar, NotOffered, OfferKind, Stops
from goodstanding.core.rates import AnnualRate


def personal_plan(ground: Ground, *, months: int, bears_interest: bool = False) -> Drafted:
    """Draft so many monthly instalments for all that closing the loan today asks for. The first is due on the contract's next
    day after the offer's end.

    Charges so far move into the plan: they are waived where they stood, and the instalments ask for them as fees; money that the new
    schedule frees meets charges before that. Interest on the principal, if it
    goes on, is at the contract's rate from as_of; what was owed of interest already bears nothing.
    """
    kind = OfferKind.PERSONAL_PLAN
    if not ground.late:
        return nothing_overdue(kind)
    rate = ground.rate
    if ground.by_day and not bears_interest and rate.per_year:
        return interest_runs_on(kind)
    first = ground.first_after(ground.accept_by)
    monthly = Calendar(ground.calendar.due_day if ground.calendar.every_days is None else first.day, None)
    days = [monthly.after(first, place) if place else first for place in range(months)]
    interest, fee = owed_beside(ground)
    principal = sum(one.principal for one in (*ground.fallen, *ground.coming))
    met = min(ground.charges.total, ground.freed)
    schedule = amortised(
        principal,
        rate if bears_interest else AnnualRate(Fraction(0), rate.day_count),
        ground.as_of,
        days,
        beside=interest,
        fee=fee + ground.charges.total - met,
    )
    paid = Payments()
    for one in schedule:
        paid.add(one.due_on, plan=one.amount)
    return Draft(
        kind,
        take_over(ground, (one for one in schedule if one.amount), waivers=tuple(_moved_charges(ground, met))),
        met_by_credit(paid.made(), max(0, ground.credit_of_a_version - met)),
        Stops(penalty=HowFar.ENDS, calls=HowFar.RESTS, reports=HowFar.ENDS),
        Credit.RESTRUCTURED,
        months,
    )


def interest_runs_on(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "Its interest runs by day at the contract's rate, which a new schedule doesn't stop.")


def _moved_charges(ground: Ground, met: int) -> Iterator[Transaction]:
    """The charges that move into the plan, waived where they stood: by component, or where freed money meets some of them, what is left."""
    charges, day = ground.charges, ground.counts_from
    if not met:
        yield from waivers(Owed(fee=charges.fee, penalty=charges.penalty, compound=charges.compound), day)
    elif charges.total > met:
        yield Transaction("offer/waiver/charges", Kind.WAIVER, charges.total - met, day, day)
