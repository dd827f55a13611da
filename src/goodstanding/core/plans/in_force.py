"""What a plan does beside asking for money: collection stops, the loan changes, and completing it cures.

Method and worked tables: docs/methods/plans.md
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import Hold
from goodstanding.core.conduct.windows import start_of
from goodstanding.core.loan import Loan, Pause, Transaction
from goodstanding.core.plans.judging import JudgedPlan, PlanState


def hold_of(judged: JudgedPlan, loan_id: str) -> Hold | None:
    """Return the hold that an accepted plan puts on collection; None where nothing was accepted.

    It begins at the instant of acceptance, ahead of any signature. It ends with the instant of a withdrawal, or with the day on which the plan
    lapsed, was completed or was broken: what is known at the end of a day holds from the next. What stays permitted in it, the rules
    say (law/house/plan.yaml; law/cn/card/plan_stops_collection.yaml).
    """
    course = judged.course
    if course.accepted_at is None:
        return None
    is_broken = judged.state is PlanState.BROKEN
    given = {"plan_is_broken": is_broken}
    return Hold("plan", course.accepted_at, _hold_until(judged), debts=(loan_id,), given=given)


def _hold_until(judged: JudgedPlan) -> datetime | None:
    zone = ZoneInfo(judged.plan.terms.zone)
    withdrawn = judged.course.withdrawn
    match judged.state:
        case PlanState.WITHDRAWN if withdrawn is not None:
            return withdrawn.at
        case PlanState.WITHDRAWN:
            return start_of(judged.since, [zone]).astimezone(zone)
        case PlanState.COMPLETED | PlanState.BROKEN:
            return start_of(judged.since + timedelta(days=1), [zone]).astimezone(zone)
    return None


def loan_under(plans: Iterable[JudgedPlan], loan: Loan) -> Loan:
    """Return the loan as its plans have changed it, for the engine; plans: judged for the day that is asked about.

    From acceptance the changed schedules and pauses are in it, on the days they name. A plan that is broken or left ends its pauses on that day;
    its schedule stays, for the engine asks for what was agreed. What is given up on the last payment's day comes with completion, and not before. Of a plan
    that was never accepted, lapsed, or was withdrawn in its cooling-off, nothing is in it.
    """
    accepted = [one for one in plans if one.course.accepted_at and not one.course.is_undone(one.as_of)]
    for one in sorted(accepted, key=lambda one: (one.course.accepted_at, one.plan.id)):
        change = one.plan.terms.change
        if change is None:
            continue
        is_over = one.state in (PlanState.BROKEN, PlanState.WITHDRAWN)
        pauses = tuple(_cut(change.pauses, one.since)) if is_over else change.pauses
        loan = replace(
            loan,
            versions=tuple(sorted((*loan.versions, *change.versions), key=lambda version: version.from_on)),
            pauses=tuple(sorted((*loan.pauses, *pauses), key=lambda pause: (pause.from_on, pause.until_on))),
            transactions=(*loan.transactions, *_waivers(one)),
        )
    return loan


def _cut(pauses: Iterable[Pause], day: date) -> Iterable[Pause]:
    """The pauses as far as they lie before a day."""
    for pause in pauses:
        if pause.from_on < day:
            yield replace(pause, until_on=min(pause.until_on, day))


def _waivers(one: JudgedPlan) -> Iterable[Transaction]:
    """What is given up: what the offer dates before the last payment on its day, if the plan hadn't ended by then; the rest once it is completed.

    Given is given: a plan that breaks later doesn't take it back. What waits for completion comes no earlier than the offer says.
    """
    terms = one.plan.terms
    last = terms.payments[-1].on if terms.payments else date.min
    is_over = one.state in (PlanState.BROKEN, PlanState.WITHDRAWN)
    for part in terms.change.waivers if terms.change else ():
        day = part.effective_on
        if day >= last:
            if one.state is not PlanState.COMPLETED:
                continue
            day = max(day, one.since)
        elif is_over and day >= one.since:
            continue
        yield replace(part, id=f"{one.plan.id}/{part.id}", effective_on=day, booked_on=day)
