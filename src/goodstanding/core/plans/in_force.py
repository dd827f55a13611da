"""What a plan does beside asking for money: collection stops, the loan changes, and completing it cures.

Method and worked tables: docs/methods/plans.md
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodstanding.core.arrears.policy import ArrearsPolicy, By, Excess, Interest
from goodstanding.core.conduct.facts import Hold
from goodstanding.core.conduct.windows import start_of
from goodstanding.core.loan import Loan, Pause, Transaction
from goodstanding.core.money import Money
from goodstanding.core.plans.completion import completed_with, given_up
from goodstanding.core.plans.judging import JudgedPayment, JudgedPlan, PlanState, Why
from goodstanding.core.plans.offers import Change
from goodstanding.core.plans.sums import fitted, with_later_bills, works_from_the_plan

_A_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class InForce:
    """A loan as its plans have changed it, and what is to be said about that, in sentences."""

    loan: Loan
    notes: tuple[str, ...] = ()


def loan_under(plans: Iterable[JudgedPlan], loan: Loan, policy: ArrearsPolicy, *, known_on: date | None = None) -> Loan:
    """Return the loan as its plans have changed it, for the engine; plans: judged for the day that is asked about, with what was known then."""
    return in_force(plans, loan, policy, known_on=known_on).loan


def in_force(
    plans: Iterable[JudgedPlan], loan: Loan, policy: ArrearsPolicy, *, known_on: date | None = None
) -> InForce:
    """Change the loan by its plans, in the order in which they were accepted.

    From acceptance the changed schedules and pauses are in it, on the days they name. A plan that is broken or left ends its pauses on that day;
    its schedule stays, for the engine asks for what was agreed. What is given up with the last payment comes with completion, and not before. Of a plan
    that was never accepted, lapsed, or was withdrawn in its cooling-off, nothing is in it. Raises CannotAssess where the ledger contradicts itself.
    """
    notes = list[str]()
    accepted = [one for one in plans if one.course.accepted_at and not one.course.is_undone(one.as_of)]
    for one in sorted(accepted, key=lambda one: (one.course.accepted_at, one.plan.id)):
        priced_on, one = loan, _with_later_bills(one, loan, policy)
        loan, moved = works_from_the_plan(loan, policy, one.plan.terms, one.counted_up_to, one.as_of)
        notes += _told_of_moved(one, moved)
        loan = _changed(one, _kept_to_its_days(one, loan, policy), policy)
        if one.state is PlanState.COMPLETED and one.why is not Why.NOTHING_OWED:
            given = given_up(one, loan, priced_on, policy, known_on)
            loan = replace(loan, transactions=(*loan.transactions, *given))
            notes += _told_of_given(one, given, loan.currency)
    return InForce(loan, tuple(notes))


def _with_later_bills(one: JudgedPlan, loan: Loan, policy: ArrearsPolicy) -> JudgedPlan:
    """The plan of which each new schedule has the bills too that came after its sums: a revolving account goes on beside its plan."""
    terms = one.plan.terms
    if terms.change is None or not any(part.minimum is not None for part in loan.schedule):
        return one
    versions = tuple(with_later_bills(part, loan, policy, one.counted_up_to) for part in terms.change.versions)
    change = replace(terms.change, versions=versions)
    return replace(one, plan=replace(one.plan, terms=replace(terms, change=change)))


def _kept_to_its_days(one: JudgedPlan, loan: Loan, policy: ArrearsPolicy) -> Loan:
    """The loan in which money for a payment of the plan meets what falls due by that payment's day, though it comes before it.

    A product that puts money ahead elsewhere would ask again, on the day, for what was agreed and paid. Where money ahead meets the next
    instalment first, or is held until one is due, that is so anyway.
    """
    if not _puts_ahead_elsewhere(loan, policy):
        return loan
    until = dict[str, date]()
    for part in one.payments:
        for counted in part.counted:
            until[counted.payment] = max(part.payment.on, until.get(counted.payment, part.payment.on))
    return replace(
        loan,
        transactions=tuple(
            replace(each, ahead_until=until[each.id]) if each.id in until else each for each in loan.transactions
        ),
    )


def _puts_ahead_elsewhere(loan: Loan, policy: ArrearsPolicy) -> bool:
    """Whether money ahead can meet something else before the next instalment: of bills always, which take more than their minimum."""
    if any(part.minimum is not None for part in loan.schedule):
        return True
    if policy.interest is not Interest.SCHEDULED and policy.excess is Excess.NEXT:
        return True  # interest carried over would take what is for the instalment's fee
    after = policy.waterfall_after_dpd
    orders = (policy.waterfall,) if after is None else (policy.waterfall, after.waterfall)
    by_component = any(order.by is By.COMPONENT for order in orders)
    return policy.excess in (Excess.LAST, Excess.SPREAD) or (by_component and policy.excess is Excess.NEXT)


def _changed(one: JudgedPlan, loan: Loan, policy: ArrearsPolicy) -> Loan:
    """The loan with the plan's schedules, pauses and the waivers that don't wait for completion."""
    change = one.plan.terms.change or Change(one.plan.terms.worked_out_on)
    is_over = one.state in (PlanState.BROKEN, PlanState.WITHDRAWN)
    pauses = tuple(_cut(change.pauses, one.since)) if is_over else change.pauses
    pauses += tuple(_tolerated(one, change, pauses, is_over=is_over))
    waivers = tuple(_waivers(one, change, is_over=is_over))
    loan = replace(
        loan,
        pauses=tuple(sorted((*loan.pauses, *pauses), key=lambda pause: (pause.from_on, pause.until_on))),
        transactions=(*loan.transactions, *waivers),
    )
    for version in sorted(change.versions, key=lambda version: version.from_on):
        found = fitted(loan, version, policy, one.counted_up_to, one.as_of)
        loan = replace(loan, versions=tuple(sorted((*loan.versions, found), key=lambda version: version.from_on)))
    return loan


def _cut(pauses: Iterable[Pause], day: date) -> Iterable[Pause]:
    """The pauses as far as they lie before a day."""
    for pause in pauses:
        if pause.from_on < day:
            yield replace(pause, until_on=min(pause.until_on, day))


def _tolerated(one: JudgedPlan, change: Change, pauses: Iterable[Pause], *, is_over: bool) -> Iterable[Pause]:
    """From a payment's day until all of it is in, while the plan is kept: what is tolerated costs nothing. Days to come aren't among them.

    A plan whose charges go on has none: what ran only because of the tolerance is given up on completion.
    """
    if not (change.versions or change.pauses):
        return
    held = tuple(pauses)
    for part in one.payments:
        start = max(part.payment.on, one.course.accepted_on or part.payment.on)
        end = min(_filled_on(part) or one.as_of, one.as_of) + _A_DAY
        if one.state is PlanState.COMPLETED or is_over:
            end = min(end, one.since if is_over else one.since + _A_DAY)
        covers = any(_stops_all(pause) and pause.from_on <= start and end <= pause.until_on for pause in held)
        if part.asked and part.payment.on < one.as_of and start + _A_DAY < end and not covers:
            yield Pause(start, end)


def _filled_on(part: JudgedPayment) -> date | None:
    """The day on which all of a payment was in; None while something is missing, be it tolerated."""
    so_far = 0
    for one in part.counted:
        so_far += one.amount
        if so_far >= part.asked:
            return one.on
    return None


def _stops_all(pause: Pause) -> bool:
    return pause.stops_penalty and pause.stops_fees


def _waivers(one: JudgedPlan, change: Change, *, is_over: bool) -> Iterable[Transaction]:
    """What the offer gives up before the last payment on its day, if the plan hadn't ended by then. Given is given: a plan that
    breaks later doesn't take it back."""
    waits = completed_with(one)
    for place, part in enumerate(change.waivers, start=1):
        if part in waits or (is_over and part.effective_on >= one.since):
            continue
        yield replace(part, id=f"{one.plan.id}/waiver/{place}", booked_on=part.effective_on)


def _told_of_moved(one: JudgedPlan, moved: Iterable[Transaction]) -> Iterable[str]:
    """What came into the ledger after the sums, and from when it works."""
    first = (
        min((version.from_on for version in one.plan.terms.change.versions), default=None)
        if one.plan.terms.change
        else None
    )
    for part in moved:
        from_on = max(part.effective_on, first) if first else part.effective_on
        yield (
            f"The {part.kind.replace('_', ' ')} {part.id} of {part.effective_on} came into the ledger after the sums of plan"
            f" {one.plan.id}; on the loan as the plan changed it, it works from {from_on}."
        )


def _told_of_given(one: JudgedPlan, given: Iterable[Transaction], currency: str) -> Iterable[str]:
    """What was given up because the plan is completed, by component."""
    sums = dict[str, int]()
    for part in given:
        sums[str(part.component)] = sums.get(str(part.component), 0) + part.amount
    if sums:
        parts = ", ".join(f"{name} {Money(amount, currency)}" for name, amount in sums.items())
        yield f"Plan {one.plan.id} was completed on {one.since}, so this is given up: {parts}."
