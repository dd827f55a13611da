"""Whether an offer of which every payment is made on its day could leave something past due between its payments.

Whole numbers answer it for most offers: where each payment meets by itself all that falls due on its day, nothing is left over. For the
others the days are named on which an engine must be asked. Method: docs/methods/ways_out.md
"""

from collections.abc import Sequence
from datetime import date

from goodstanding.core.arrears.policy import Interest
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import ONE_DAY, Ground
from goodstanding.core.plans.offers import Change, HowFar, OfferPayment


def days_in_doubt(ground: Ground, draft: Draft, change: Change, payments: Sequence[OfferPayment]) -> list[date]:
    """The days, before the last payment's, on which something may be past due that fell due the day before; empty: nothing can be.

    Something goes past due only the day after a due date, so no other days need be asked about.
    """
    end, asked = payments[-1].on, _asked_by_day(ground, change)
    days = [day for day in sorted(asked) if day + ONE_DAY < end]
    if not days or (_is_plain(ground, draft) and _each_is_met(days, asked, _charges(ground, change), payments)):
        return []
    return [day + ONE_DAY for day in days]


def _asked_by_day(ground: Ground, change: Change) -> dict[date, int]:
    """What falls due on each day once the change counts, in minor units: by a new schedule, or else by the contract."""
    if change.versions:
        dues = [(part.due_on, part.amount) for version in change.versions for part in version.schedule]
    else:
        today = [part for part in ground.fallen if not part.is_late and part.due_on == ground.as_of]
        dues = [(max(part.due_on, ground.pays_from), part.asks) for part in (*today, *ground.coming)]
    found: dict[date, int] = {}
    for on, amount in dues:
        found[on] = found.get(on, 0) + amount
    return found


def _charges(ground: Ground, change: Change) -> int:
    """Charges so far that the first payment must meet beside what falls due: those that a new schedule neither holds nor waives."""
    if not change.versions:
        return 0
    waived = sum(one.amount for one in change.waivers if one.effective_on == change.counts_from)
    return max(0, ground.charges.total - waived)


def _is_plain(ground: Ground, draft: Draft) -> bool:
    """Whether what falls due is known beforehand, and no money but the payments bears on it.

    Not so where interest runs by day, a ceiling cuts what is asked for, a bill asks for a minimum, charges run on, something is held or was
    paid ahead, a rest counts as paid, the loan is written off, or the ledger has something that was booked after the day.
    """
    policy, loan = ground.position.policy, ground.loan
    return (
        policy.interest is Interest.SCHEDULED
        and policy.cost_ceiling is None
        and policy.total_cost_ceiling is None
        and not ground.is_billed
        and draft.stops.penalty is not HowFar.GOES_ON
        and not ground.held
        and not ground.freed
        and not any(part.paid or part.minimum is not None for part in ground.coming)
        and not any(not part.is_late and part.due_on < ground.as_of for part in ground.fallen)
        and ground.position.today.charged_off_on is None
        and not any(one.booked_on > ground.as_of for one in loan.transactions)
    )


def _each_is_met(days: Sequence[date], asked: dict[date, int], charges: int, payments: Sequence[OfferPayment]) -> bool:
    """Whether each day's payment is at least what falls due on it, and the first one meets the charges as well."""
    paid, first = {one.on: one.amount for one in payments}, payments[0].on
    if paid[first] < asked.get(first, 0) + charges:
        return False
    return all(paid.get(day, 0) >= asked[day] for day in days)
