"""What was promised and agreed about a loan, as it stands on a day: judged on the ledger, with what it does to the loan and to letters.

One answer for the figures, the letters and the statement, so that they tell one story. Methods: docs/methods/promises.md, docs/methods/plans.md
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodstanding.book.commitments import Said
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.conduct.facts import Hold
from goodstanding.core.conduct.windows import start_of
from goodstanding.core.loan import Loan
from goodstanding.core.money import Money, decimal_text
from goodstanding.core.plans.agreement import EventKind, course_of
from goodstanding.core.plans.as_agreed import as_agreed
from goodstanding.core.plans.in_force import hold_of
from goodstanding.core.plans.judging import Commitments, Judged, JudgedPlan, PlanState, how_paid
from goodstanding.core.plans.matching import CannotJudge
from goodstanding.core.plans.promise import JudgedPromise, PromiseState
from goodstanding.core.plans.said import day_in
from goodstanding.day.spreadsheet import spreadsheet

FILE = "promises_and_plans.csv"
COLUMNS = "loan_id what id state since amount paid due_on next_on reason collection_rests_until promised_by".split()
_RUNNING = (PlanState.ACCEPTED, PlanState.ACTIVE)
_EXPORTED_WITHIN = timedelta(days=7)
"""A book's promises and plans may be those of some days after its cut-off."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """How it stands at the end of a day. loan: as its plans have changed it. judged: every promise and plan, with its reason.

    holds: while which of them collection rests. unreadable: what about it can't be known, so that nobody may be approached; empty:
    everything is. notes: what its plans did to the loan that a reader would ask about, in sentences.
    """

    loan: Loan
    judged: Judged = field(default_factory=lambda: Judged((), (), ()))
    holds: tuple[Hold, ...] = ()
    unreadable: str = ""
    notes: tuple[str, ...] = ()

    @property
    def plan_is_kept(self) -> bool:
        """Whether a plan was accepted and is kept so far."""
        return any(one.state in _RUNNING for one in self.judged.plans)

    @property
    def speaks_against_offers(self) -> str:
        """Why nothing else is offered, in a sentence: a plan that was accepted and is kept, or that can't be read; empty: nothing does."""
        if self.unreadable:
            return f"Nothing is offered: {self.unreadable}."
        running = next((one for one in self.judged.plans if one.state in _RUNNING), None)
        return f"Plan {running.plan.id} was agreed and is kept: no second one is offered beside it." if running else ""

    @property
    def in_force(self) -> str:
        """Of what is open or kept now, its state and the reason, in sentences; empty where nothing is."""
        promises = [one for one in self.judged.promises if one.state is PromiseState.OPEN]
        plans = [one for one in self.judged.plans if one.state in _RUNNING]
        return " ".join([*(said_of_plan(one) for one in plans), *(said_of_promise(one) for one in promises)])


def agreed_on(
    said: Said,
    loan: Loan,
    policy: ArrearsPolicy,
    *,
    as_of: date,
    counted_up_to: date,
    known_on: date | None = None,
) -> Agreed:
    """Judge what was promised and agreed. loan: as the book has it. counted_up_to: the book's cut-off.

    What can't be judged costs no figures: the loan is as the book has it then, and says why nobody may be approached.
    """
    if said.gaps:
        files = ", ".join(said.gaps)
        return Agreed(
            loan, unreadable=f"rows about this loan in {files} can't be read; what isn't known must be taken to forbid"
        )
    if ahead := _ahead(said.commitments, as_of if as_of >= counted_up_to else counted_up_to + _EXPORTED_WITHIN):
        return Agreed(loan, unreadable=f"what is to be known about promises and plans lies ahead: {ahead}")
    if unoffered := _never_offered(said.commitments, as_of, known_on):
        return Agreed(loan, unreadable=f"what was agreed contradicts itself: {unoffered}")
    try:
        judged, changed = as_agreed(
            said.commitments, loan, policy, as_of=as_of, known_on=known_on, counted_up_to=counted_up_to
        )
        if changed.loan != loan:
            assess(changed.loan, policy, as_of=as_of, known_on=known_on)
    except (CannotJudge, CannotAssess) as why:
        return Agreed(loan, unreadable=f"promises or plans about this loan can't be judged: {why}")
    return Agreed(changed.loan, judged, tuple(_holds(judged, loan.id)), notes=changed.notes)


def _ahead(said: Commitments, last: date) -> str:
    """What was promised or agreed after the last day that anybody can know of, in a sentence; empty: nothing.

    An instant that is given has happened: a slip in it mustn't undo what was agreed. last: the day asked about; of a day before the book's cut-off, the last on which it may
    have been written out.
    """
    for promise in said.promises:
        if promise.made_on > last:
            return f"promise {promise.id} was made on {promise.made_on}, after {last}; correct made_at"
    for plan in said.plans:
        for event in plan.events:
            day = day_in(plan.terms.zone, event.at)
            if event.kind in (EventKind.ACCEPTED, EventKind.SIGNED) and day > last:
                return f"plan {plan.id} was {event.kind} on {day}, after {last}; correct {event.kind}_at"
    return ""


def _never_offered(said: Commitments, as_of: date, known_on: date | None) -> str:
    """Which acceptance nothing was offered for by then, in a sentence; empty: none.

    Who accepted has agreed: an offer that nobody wrote down, or dated after it, mustn't turn them into somebody who is asked to pay.
    """
    for plan in said.plans:
        course = course_of(plan, as_of=as_of, known_on=known_on)
        for one in (left.event for left in course.refused if course.accepted_at is None):
            is_first = course.offered_at is None or one.at < course.offered_at
            if one.kind in (EventKind.ACCEPTED, EventKind.SIGNED) and is_first:
                day = day_in(plan.terms.zone, one.at)
                return f"plan {plan.id} was {one.kind} on {day}, and nothing was offered before; give or correct offered_at"
    return ""


def _holds(judged: Judged, loan_id: str) -> Iterator[Hold]:
    """While a plan is kept, and while a promise is open, collection rests."""
    for plan in judged.plans:
        if (hold := hold_of(plan, loan_id)) is not None:
            yield hold
    for promise in judged.promises:
        if promise.state is PromiseState.OPEN:
            yield Hold("promise", promise.promise.made_at, _rests_until(promise), debts=(loan_id,))


def _rests_until(one: JudgedPromise) -> datetime | None:
    """When a promise's last day is over; None where it is, and whether it was kept isn't known yet."""
    if one.promise.until_on < one.as_of:
        return None
    zone = ZoneInfo(one.promise.zone)
    return start_of(one.promise.until_on + timedelta(days=1), [zone]).astimezone(zone)


def said_of_promise(one: JudgedPromise) -> str:
    """Its state and the reason; by whom, where it wasn't said to be the borrower."""
    by = f" by {one.promise.made_by}" if one.promise.made_by else ""
    return f"Promise {one.promise.id}{by}: {one.state.replace('_', ' ')}. {one.reason}"


def said_of_plan(one: JudgedPlan) -> str:
    """Its state, since when, and the reason."""
    return f"Plan {one.plan.id}: {one.state} since {one.since}. {one.reason}"


def told_beside_offers(agreed: Agreed) -> Iterator[str]:
    """How what was promised and agreed stands, for whoever asks what may be offered, and what is open to the borrower."""
    if agreed.unreadable:
        yield f"What was promised and agreed about this loan isn't known: {agreed.unreadable}."
    for plan in agreed.judged.plans:
        if plan.state is not PlanState.WITHDRAWN:
            yield said_of_plan(plan)
            yield from (f"  {line}" for line in _open_to_the_borrower(plan, agreed.loan.currency))
    for promise in agreed.judged.promises:
        if promise.state is PromiseState.OPEN:
            yield said_of_promise(promise)
            yield "  An offer may be made beside it; the promise goes on until its last day."


def _open_to_the_borrower(plan: JudgedPlan, currency: str) -> Iterator[str]:
    """What the borrower of a plan can do, by its state."""
    course, left = plan.course, sum(part.asked - part.paid for part in plan.payments)
    match plan.state:
        case PlanState.OFFERED:
            yield "Another offer may be made; whichever is accepted first counts, and the other is then withdrawn."
        case PlanState.BROKEN:
            yield "It doesn't revive when it is paid later: what is offered here would be a new plan."
        case PlanState.ACCEPTED | PlanState.ACTIVE:
            if left:
                yield f"Left to pay under it: {Money(left, currency)}. Paying any of it earlier costs nothing more."
            if course.cooling_off_until is not None and plan.as_of <= course.cooling_off_until:
                yield f"The borrower may withdraw until the end of {course.cooling_off_until}, as if it had never been agreed."
            yield "If it no longer fits: the borrower leaves it (withdrawn in plans), and then another one can be offered."


def told_of_agreed(agreed: Agreed | None) -> list[str]:
    """What a statement tells of it, by line; nothing where nothing was said."""
    if agreed is None:
        return []
    lines = ["", "Promises and plans", "─" * 40]
    if agreed.unreadable:
        return [*lines, f"Nobody is approached: {agreed.unreadable}."]
    currency = agreed.loan.currency
    for promise in agreed.judged.promises:
        lines.append(said_of_promise(promise))
        lines += [
            f"  {decimal_text(part.amount, currency)} of payment {part.payment}, {part.on}" for part in promise.counted
        ]
    for plan in agreed.judged.plans:
        lines.append(said_of_plan(plan))
        lines += [f"  {left}" for left in _left_out(plan)]
        for one in plan.payments:
            paid, asked = decimal_text(one.paid, currency), decimal_text(one.asked, currency)
            lines.append(f"  {one.payment.on}: {paid} of {asked}, {how_paid(plan, one)}")
    lines += agreed.notes
    for hold in agreed.holds:
        lines.append(f"Collection rests for a {hold.kind} from {hold.began_at:%Y-%m-%d %H:%M %z} {_until(hold)}.")
    return lines


def _left_out(plan: JudgedPlan) -> Iterator[str]:
    """What somebody decided about a plan that can't follow what went before, such as to accept it beside another that is kept."""
    for left in plan.course.refused:
        yield f"Left out: {left.event.kind} at {left.event.at:%Y-%m-%d %H:%M %z}, since {left.reason}."


def _until(hold: Hold) -> str:
    return f"until {hold.until:%Y-%m-%d %H:%M %z}" if hold.until else "until further notice"


def agreed_csv(found: Mapping[str, Agreed]) -> bytes:
    """promises_and_plans.csv: each promise and plan that a loan of the book has, how it stands and why."""
    return spreadsheet(COLUMNS, (row for loan_id in sorted(found) for row in _rows(loan_id, found[loan_id])))


def listed(found: Mapping[str, Agreed]) -> list[tuple[str, str, str]]:
    """Each promise and plan for the report: the loan, which it is and how it stands, and why."""
    rows = []
    for loan_id in sorted(found):
        one = found[loan_id]
        if one.unreadable:
            rows.append((loan_id, "can't be read", one.unreadable))
        for plan in one.judged.plans:
            rows.append((loan_id, f"plan {plan.plan.id}: {plan.state}", _reason(plan)))
        for promise in one.judged.promises:
            by = f" by {promise.promise.made_by}" if promise.promise.made_by else ""
            what = f"promise {promise.promise.id}{by}: {promise.state.replace('_', ' ')}"
            rows.append((loan_id, what, promise.reason))
    return rows


def _rows(loan_id: str, agreed: Agreed) -> Iterator[list[object]]:
    currency = agreed.loan.currency
    if agreed.unreadable:
        yield [loan_id, "", "", "unreadable", "", "", "", "", "", agreed.unreadable, "", ""]
    for one in agreed.judged.promises:
        promise = one.promise
        rests = _rests_until(one) if one.state is PromiseState.OPEN else None
        amounts = [decimal_text(promise.amount, currency), decimal_text(one.paid, currency)]
        rests_until, by = _instant(rests), promise.made_by
        yield [loan_id, "promise", promise.id, one.state, "", *amounts, promise.due_on, "", one.reason, rests_until, by]
    for plan in agreed.judged.plans:
        hold = hold_of(plan, loan_id)
        coming = next((part.payment.on for part in plan.payments if part.paid < part.asked), None)
        amounts = [decimal_text(sum(part.asked for part in plan.payments), currency), decimal_text(plan.paid, currency)]
        last = plan.plan.terms.payments[-1].on if plan.plan.terms.payments else ""
        following = coming if plan.state in _RUNNING and coming else ""
        until = _instant(hold.until) if hold else ""
        yield [
            loan_id,
            "plan",
            plan.plan.id,
            plan.state,
            plan.since,
            *amounts,
            last,
            following,
            _reason(plan),
            until,
            "",
        ]


def _reason(plan: JudgedPlan) -> str:
    return " ".join([plan.reason, *_left_out(plan)])


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def counts_of(found: Iterable[Agreed]) -> dict[str, dict[str, int]]:
    """How many promises and plans are in each state, in the order of the states."""
    everything = list(found)
    promises = Counter(one.state for agreed in everything for one in agreed.judged.promises)
    plans = Counter(one.state for agreed in everything for one in agreed.judged.plans)
    return {
        "promises": {state.value: promises[state] for state in PromiseState if promises[state]},
        "plans": {state.value: plans[state] for state in PlanState if plans[state]},
    }
