"""What a plan's sums knew of the ledger, and how the rest of it works once the plan counts.

Sums are worked out with the payments counted up to a day. Money that came into the ledger later but is dated before the plan's first
day works from that day, for the sums asked for it as open; an older payment that bounces is taken back on the day of the bounce. A schedule
that still doesn't fit what it takes over asks for less in its last instalments, or for more in its first. Rule: docs/decisions/what-completes-a-plan.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy, ReversalFrom
from goodstanding.core.arrears.position import Assessment
from goodstanding.core.loan import Component, Instalment, Kind, Loan, ScheduleVersion, Transaction
from goodstanding.core.plans.agreement import PlanTerms

_A_DAY = timedelta(days=1)
_PAID = (Kind.PAYMENT, Kind.RECOVERY)
CHARGES = (Component.PENALTY, Component.COMPOUND, Component.FEE)


def counted_up_to(terms: PlanTerms, loan: Loan, policy: ArrearsPolicy) -> date:
    """The last day whose payments the sums took account of: as the terms say, or as the sums show.

    Where the terms don't say, payments of the day of the sums were counted, unless a new schedule fits the loan only without them, or the
    sums of a plan without one come nearer to what was open without them.
    """
    if terms.counted_up_to is not None:
        return terms.counted_up_to
    day = terms.worked_out_on
    taking = [one for one in terms.change.versions if one.takes_over] if terms.change else []
    if taking and any(known_from(one) == day for one in loan.transactions):
        fits = [_fits(taking[0], loan, policy, until) for until in (day, day - _A_DAY)]
        return day - _A_DAY if fits == [False, True] else day
    if not taking and terms.payments and any(known_from(one) == day and one.kind in _PAID for one in loan.transactions):
        return day if _counted_its_day(terms, loan, policy) else day - _A_DAY
    return day


def _counted_its_day(terms: PlanTerms, loan: Loan, policy: ArrearsPolicy) -> bool:
    """Whether the sums of a plan without a new schedule took account of the payments of their own day.

    Where those met nothing that the plan is about, a payment that it asks for on that very day says that they weren't counted; and where the sums lie
    half-way, as of two payments of which one was known, none was, so that no money is lost to the plan.
    """
    day = terms.worked_out_on
    try:
        with_them, without = (_off(terms, loan, policy, until) for until in (day, day - _A_DAY))
    except CannotAssess:
        return True
    if with_them == without == 0:
        return terms.payments[0].on > day
    return with_them < without


def _off(terms: PlanTerms, loan: Loan, policy: ArrearsPolicy, until: date) -> int:
    """How far what the plan asks for and gives up, beside the contract's own instalments, lies from what was overdue or owed in all.

    Minor units. until: the last day whose payments are counted. A schedule that counts from the day of the sums or later is left out: what was
    agreed stays what it was, whatever becomes of the loan.
    """
    given = sum(one.amount for one in terms.change.waivers) if terms.change else 0
    about = sum(one.amount - one.contract for one in terms.payments) + given
    versions = tuple(one for one in loan.versions if one.from_on < terms.worked_out_on)
    found = assess(as_known(replace(loan, versions=versions), until), policy, as_of=terms.worked_out_on)
    return min(abs(about - found.amount_to_cure), abs(about - found.payoff))


def _fits(version: ScheduleVersion, loan: Loan, policy: ArrearsPolicy, until: date) -> bool:
    try:
        found = assess(as_known(loan, until), policy, as_of=version.from_on - _A_DAY)
    except CannotAssess:
        return False
    return _replaced(version, found) == sum(one.principal for one in version.schedule)


def _replaced(version: ScheduleVersion, found: Assessment) -> int:
    """The principal that a schedule takes the place of."""
    return sum(one.open.principal for one in found.instalments if version.takes_over or one.due_on >= version.from_on)


def known_from(one: Transaction) -> date:
    """The first day on which the ledger has a transaction."""
    return max(one.effective_on, one.booked_on)


def as_known(loan: Loan, until: date) -> Loan:
    """The loan with what its ledger had at the end of a day."""
    return replace(loan, transactions=tuple(one for one in loan.transactions if known_from(one) <= until))


def works_from_the_plan(
    loan: Loan, policy: ArrearsPolicy, terms: PlanTerms, known_to: date, as_of: date
) -> tuple[Loan, tuple[Transaction, ...]]:
    """The loan in which what the sums didn't know works from the plan's first day, and what of the ledger works on another day so.

    known_to: the last day that the sums knew. Only a plan with another schedule needs it; before its day nothing changes.
    """
    versions = terms.change.versions if terms.change else ()
    first = min((one.from_on for one in versions), default=date.max)
    if first > as_of:
        return loan, ()
    paid = {one.id: one for one in loan.transactions if one.kind in _PAID}
    found, moved = list[Transaction](), list[Transaction]()
    for one in loan.transactions:
        now = one
        if known_from(one) > known_to and one.effective_on <= as_of and one.kind is not Kind.CHARGE_OFF:
            now = _from(one, first, paid, known_to, policy)
        found.append(now)
        if now is not one:
            moved.append(one)
    if not moved:
        return loan, ()
    changed = replace(loan, transactions=tuple(found))
    return replace(changed, transactions=(*changed.transactions, *_stopped(loan, changed, policy, first))), tuple(moved)


def _from(
    one: Transaction, first: date, paid: dict[str, Transaction], known_to: date, policy: ArrearsPolicy
) -> Transaction:
    """A transaction that the sums didn't know, as it works: no earlier than the plan; a bounce of what they knew on its own day."""
    target = paid.get(one.reverses or "") if one.kind is Kind.REVERSAL else None
    if target is not None and known_from(target) <= known_to and policy.reversal_from is ReversalFrom.START:
        one = replace(one, kind=Kind.CHARGEBACK)
    return replace(one, effective_on=first) if one.effective_on < first else one


def _stopped(loan: Loan, changed: Loan, policy: ArrearsPolicy, first: date) -> Iterable[Transaction]:
    """Charges that run on only because money works later than on its own day are given up on the plan's first day."""
    try:
        own, later = (assess(one, policy, as_of=first - _A_DAY) for one in (loan, changed))
    except CannotAssess:
        return
    for component in CHARGES:
        if (more := _charged(later, component) - _charged(own, component)) > 0:
            yield waived(f"sums/{component}", component, more, first)


def _charged(found: Assessment, component: Component) -> int:
    return sum(getattr(one.due, component) for one in found.instalments)


def waived(name: str, component: Component, amount: int, on: date, instalment: int | None = None) -> Transaction:
    """A waiver as the ledger would have it."""
    return Transaction(name, Kind.WAIVER, amount, on, on, component=component, instalment=instalment)


def fitted(loan: Loan, version: ScheduleVersion, policy: ArrearsPolicy, known_to: date, as_of: date) -> ScheduleVersion:
    """The schedule with the principal that it takes over, as the ledger has it: less in its last instalments, or more in its first.

    loan: with the schedules before this one. known_to: the last day that the sums knew. A schedule that didn't fit the loan even with
    what was known then stays as it is, and the engine says what is wrong with it.
    """
    if version.from_on > as_of or not version.schedule or not _fits(version, loan, policy, known_to):
        return version
    try:
        found = assess(loan, policy, as_of=version.from_on - _A_DAY)
    except CannotAssess:
        return version
    missing = _replaced(version, found) - sum(one.principal for one in version.schedule)
    if not missing:
        return version
    return replace(version, schedule=tuple(_with_principal(version.schedule, missing)))


def with_later_bills(version: ScheduleVersion, loan: Loan, policy: ArrearsPolicy, known_to: date) -> ScheduleVersion:
    """The schedule with the bills of a revolving account that came after the sums: they go on beside what was agreed.

    loan: with the schedules before this one. known_to: the last day whose payments the sums knew. The later bills are the last ones, as many as hold what the
    schedule falls short of the principal that it takes over; where none do, it stays as it is. One that falls due on a day of the schedule joins its instalment, of which no more is asked for than
    was agreed.
    """
    before = max((one for one in loan.versions if one.from_on <= version.from_on), key=_begins, default=None)
    coming = [one for one in (before or loan).schedule if one.due_on >= version.from_on]
    if not version.schedule or not any(one.minimum is not None for one in coming):
        return version
    try:
        found = assess(as_known(loan, known_to), policy, as_of=version.from_on - _A_DAY)
    except CannotAssess:
        return version
    missing, later = _replaced(version, found) - sum(one.principal for one in version.schedule), list[Instalment]()
    for bill in sorted(coming, key=lambda one: one.due_on, reverse=True):
        if missing > 0:
            later.append(bill)
            missing -= bill.principal
    if missing or not later:
        return version
    return replace(version, schedule=tuple(_joined(version.schedule, later)))


def _begins(version: ScheduleVersion) -> date:
    return version.from_on


def _joined(agreed: Sequence[Instalment], later: Sequence[Instalment]) -> list[Instalment]:
    """The instalments agreed and the bills that came after, in order of days; of a day that has both, one with what was agreed to be asked for."""
    found = {(one.due_on, one.drawdown): one for one in agreed}
    for bill in later:
        key = (bill.due_on, bill.drawdown)
        if (mine := found.get(key)) is not None:
            bill = replace(
                mine,
                principal=mine.principal + bill.principal,
                interest=mine.interest + bill.interest,
                fee=mine.fee + bill.fee,
                minimum=mine.amount if mine.minimum is None else mine.minimum,
            )
        found[key] = bill
    return [found[key] for key in sorted(found)]


def _with_principal(schedule: Sequence[Instalment], by: int) -> list[Instalment]:
    """The schedule with so much more principal in its first instalment, or less in its last ones."""
    parts = sorted(schedule, key=lambda one: (one.due_on, one.drawdown))
    if by > 0:
        return [replace(parts[0], principal=parts[0].principal + by), *parts[1:]]
    for place in reversed(range(len(parts))):
        less = min(parts[place].principal, -by)
        parts[place] = replace(parts[place], principal=parts[place].principal - less)
        by += less
    return parts
