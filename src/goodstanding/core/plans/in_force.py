"""What a plan does beside asking for money: collection stops, the loan changes, and completing it cures.

Method and worked tables: docs/methods/plans.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Owed
from goodstanding.core.conduct.facts import Hold
from goodstanding.core.conduct.windows import start_of
from goodstanding.core.loan import Instalment, Kind, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.agreement import PlanTerms
from goodstanding.core.plans.judging import JudgedPlan, PlanState
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.measures.moved import merged
from goodstanding.core.plans.measures.waiver import WAIVED_IN_ORDER
from goodstanding.core.plans.offers import Change, Position

A_DAY = timedelta(days=1)


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


def loan_under(plans: Iterable[JudgedPlan], loan: Loan, policy: ArrearsPolicy, *, known_on: date | None = None) -> Loan:
    """Return the loan as its plans have changed it, for the engine; plans: judged for the day that is asked about, with known_on.

    From acceptance the changed schedules and pauses are in it, on the days they name; charges rest in the days of tolerance as well. A plan that is
    broken or left ends its pauses on that day; its schedule stays, for the engine asks for what was agreed. What is given up on the last payment's day
    comes with completion, and not before. Of a plan that was never accepted, lapsed, or was withdrawn in its cooling-off, nothing is in it.
    Raises CannotAssess where a plan doesn't fit the loan.
    """
    accepted = [one for one in plans if one.course.accepted_at and not one.course.is_undone(one.as_of)]
    for one in sorted(accepted, key=lambda one: (one.course.accepted_at, one.plan.id)):
        loan = _changed(one, loan, policy, known_on)
        if one.state is PlanState.COMPLETED:
            loan = with_the_rest_given_up(one, loan, policy, known_on)
    return loan


def _changed(one: JudgedPlan, loan: Loan, policy: ArrearsPolicy, known_on: date | None) -> Loan:
    """The loan with the schedule, the pauses and what is given up before the last payment."""
    terms = one.plan.terms
    if terms.change is None:
        return loan
    fitted = [
        fitted_to_the_ledger(version, terms, loan, policy, one.as_of, known_on) for version in terms.change.versions
    ]
    pauses = [*terms.change.pauses, *_of_the_tolerance(one)]
    if one.state in (PlanState.BROKEN, PlanState.WITHDRAWN):
        pauses = list(_cut(pauses, one.since))
    return replace(
        loan,
        versions=tuple(
            sorted((*loan.versions, *(version for version in fitted if version)), key=lambda version: version.from_on)
        ),
        pauses=tuple(sorted((*loan.pauses, *pauses), key=lambda pause: (pause.from_on, pause.until_on))),
        transactions=(*loan.transactions, *_given_before_the_end(one)),
    )


def _of_the_tolerance(one: JudgedPlan) -> Iterable[Pause]:
    """Who pays within the tolerance keeps the plan: the days of it cost nothing, where charges rest or ended with the plan."""
    change = one.plan.terms.change
    if change is None or not (change.pauses or change.versions):
        return
    for part in one.payments:
        if part.until_on > part.payment.on:
            yield Pause(part.payment.on, part.until_on + A_DAY)


def _cut(pauses: Iterable[Pause], day: date) -> Iterable[Pause]:
    """The pauses as far as they lie before a day."""
    for pause in pauses:
        if pause.from_on < day:
            yield replace(pause, until_on=min(pause.until_on, day))


def _given_before_the_end(one: JudgedPlan) -> Iterable[Transaction]:
    """What the offer gives up before the day of the last payment, on its day, if the plan hadn't ended by then.

    Given is given: a plan that breaks later doesn't take it back.
    """
    is_over = one.state in (PlanState.BROKEN, PlanState.WITHDRAWN)
    for part in one.plan.terms.change.waivers if one.plan.terms.change else ():
        if part.effective_on < _last_day(one) and not (is_over and part.effective_on >= one.since):
            yield replace(part, id=f"{one.plan.id}/{part.id}")


def _last_day(one: JudgedPlan) -> date:
    payments = one.plan.terms.payments
    return payments[-1].on if payments else date.min


# -- completion cures -------------------------------------------------------------------------------------------------


def with_the_rest_given_up(one: JudgedPlan, loan: Loan, policy: ArrearsPolicy, known_on: date | None) -> Loan:
    """The loan of a completed plan, cured: what is still open of what the plan covers is given up, within what was agreed.

    The offer says how much is given up with the last payment; whoever pays earlier or within the tolerance meets other charges, so what
    is given up is what is open then, up to that sum and what the tolerance let be missing. A settlement closes the loan.
    """
    terms = one.plan.terms
    waived = [part for part in (terms.change.waivers if terms.change else ()) if part.effective_on >= _last_day(one)]
    agreed = sum(part.amount for part in waived)
    missing = max(0, sum(part.asked for part in one.payments) - one.paid)
    given = tuple(
        replace(part, id=f"{one.plan.id}/{part.id}", effective_on=one.since, booked_on=one.since) for part in waived
    )
    as_agreed = replace(loan, transactions=(*loan.transactions, *given))
    if waived and terms.change and any(version.takes_over for version in terms.change.versions):
        if not assess(as_agreed, policy, as_of=one.since, known_on=known_on).payoff:
            return as_agreed
        loan = _all_due_by(one.since, loan, terms.change)
        found = assess(loan, policy, as_of=one.since, known_on=known_on)
        opened = Owed(*(sum(getattr(part.open, name) for part in found.instalments) for name in Owed.__slots__))
        return _with_waivers(loan, one, opened, min(agreed + missing, opened.total - found.unapplied), one.since)
    day = max(one.since, _last_day(one))
    in_time = waived and day == one.since
    if in_time and not assess(as_agreed, policy, as_of=day, known_on=known_on).amount_to_cure:
        loan = as_agreed
    elif agreed + missing:
        loan, so_much = _without_arrears(loan, one, policy, known_on, one.since, agreed + missing)
        missing = min(missing, agreed + missing - so_much)
        loan = replace(loan, transactions=(*loan.transactions, *_less(given, so_much, day)))
    if missing and day <= one.as_of:
        loan, _ = _without_arrears(loan, one, policy, known_on, day, missing, and_due=True)
    return loan


def _less(waivers: Iterable[Transaction], amount: int, day: date) -> Iterable[Transaction]:
    """What of these waivers is left once an amount was given up already, on a day."""
    for one in waivers:
        used = min(amount, one.amount)
        amount -= used
        if used < one.amount:
            yield replace(one, amount=one.amount - used, effective_on=day, booked_on=day)


def _all_due_by(day: date, loan: Loan, change: Change) -> Loan:
    """The loan with all that the plan's schedule asks for due by a day, on which what is left of it can be given up."""
    own = {version.from_on for version in change.versions}
    return replace(
        loan,
        versions=tuple(
            replace(version, schedule=tuple(_pulled_forward(version.schedule, max(day, version.from_on))))
            if version.from_on in own
            else version
            for version in loan.versions
        ),
    )


def _pulled_forward(schedule: Iterable[Instalment], day: date) -> Iterable[Instalment]:
    return merged(replace(part, due_on=min(part.due_on, day)) for part in schedule)


def _without_arrears(
    loan: Loan,
    one: JudgedPlan,
    policy: ArrearsPolicy,
    known_on: date | None,
    day: date,
    most: int,
    *,
    and_due: bool = False,
) -> tuple[Loan, int]:
    """The loan with what is overdue on a day given up, up to an amount, and how much that is; and_due: with what falls due on it."""
    found = assess(loan, policy, as_of=day, known_on=known_on)
    parts = [part.overdue for part in found.instalments]
    if and_due:
        parts += [part.open for part in found.instalments if part.due_on == day and not part.days]
    sums = Owed(*(sum(getattr(part, name) for part in parts) for name in Owed.__slots__))
    left = min(most, sums.total if and_due else min(sums.total, found.amount_to_cure))
    return _with_waivers(loan, one, sums, left, day), max(0, left)


def _with_waivers(loan: Loan, one: JudgedPlan, opened: Owed, amount: int, day: date) -> Loan:
    """The loan with an amount given up on a day: first what the offer names, then charges before interest and principal."""
    named = one.plan.terms.change.waivers if one.plan.terms.change else ()
    given, left = dict.fromkeys(WAIVED_IN_ORDER, 0), amount
    for component, most in (
        *((part.component, part.amount) for part in named if part.component and part.effective_on >= _last_day(one)),
        *((component, amount) for component in WAIVED_IN_ORDER),
    ):
        part = max(0, min(left, most, getattr(opened, component) - given[component]))
        given[component] += part
        left -= part
    waivers = tuple(
        Transaction(f"{one.plan.id}/given/{day}/{name}", Kind.WAIVER, part, day, day, component=name)
        for name, part in given.items()
        if part
    )
    return replace(loan, transactions=(*loan.transactions, *waivers))


# -- a ledger that has moved on ---------------------------------------------------------------------------------------


def fitted_to_the_ledger(
    version: ScheduleVersion, terms: PlanTerms, loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None
) -> ScheduleVersion | None:
    """The schedule that was agreed, as it is with money that the sums didn't know of; None where that paid the loan.

    What came in lowers the first instalments, as it counts for the first payments of the plan; what went back is asked for with
    the first one. Where the schedule isn't made for what was known then either, it stays, and the engine says so.
    """
    before, counted = version.from_on - A_DAY, terms.sums_know_until
    ledger = tuple(one for one in loan.transactions if one.effective_on <= counted)
    then = replace(
        loan, transactions=tuple(known_transactions(replace(loan, transactions=ledger), policy, before, counted))
    )
    seen = known_transactions(loan, policy, as_of, known_on)
    now = replace(loan, transactions=tuple(one for one in seen if one.effective_on <= before))
    if then == now:
        return version
    was, holds = (_taken_over(one, policy, before, whole=version.takes_over) for one in (then, now))
    if was.principal != sum(part.principal for part in version.schedule):
        return version
    if not holds.principal:
        return None
    if was == holds:
        return version
    return replace(version, schedule=tuple(_refilled(version.schedule, was, holds)))


def _taken_over(loan: Loan, policy: ArrearsPolicy, day: date, *, whole: bool) -> Owed:
    """What a schedule takes over of interest, fees and principal. whole: what is due and unpaid as well."""
    ground = ground_of(Position(loan, policy, assess(loan, policy, as_of=day), day))
    fallen = ground.fallen if whole else ()
    return Owed(
        fee=sum(one.fee for one in fallen),
        interest=0
        if ground.by_day
        else sum(one.interest for one in fallen),  # by day the engine carries it over itself
        principal=sum(one.principal for one in (*fallen, *ground.coming)),
    )


def _refilled(schedule: Sequence[Instalment], was: Owed, holds: Owed) -> Iterable[Instalment]:
    """The instalments with what is to be held now: less comes off the first ones, more is added to the first.

    Their fees and interest stay as far as they can, and principal takes the rest of each.
    """
    parts = sorted(schedule, key=lambda part: (part.due_on, part.drawdown))
    less = was.total - holds.total
    fees = sum(part.fee for part in parts) + holds.fee - was.fee
    interest = sum(part.interest for part in parts) + holds.interest - was.interest
    carried_fee, carried_interest = max(0, holds.fee - was.fee), max(0, holds.interest - was.interest)
    for place, part in enumerate(parts):
        amount = part.amount + (max(0, -less) if not place else 0)
        taken = min(amount, max(0, less))
        amount, less = amount - taken, max(0, less) - taken
        fee = min(amount, fees, part.fee + carried_fee)
        own = min(amount - fee, interest, part.interest + carried_interest)
        carried_fee, carried_interest = part.fee + carried_fee - fee, part.interest + carried_interest - own
        fees, interest = fees - fee, interest - own
        if amount:
            minimum = None if part.minimum is None else min(part.minimum, amount)
            yield replace(part, principal=amount - fee - own, interest=own, fee=fee, minimum=minimum)
