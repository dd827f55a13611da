"""All promises and plans of one loan, judged together on its ledger, for the end of a day.

At the end of each day what a plan asks for by then must be in; the plan is broken on the day after the first end of a day at which
it isn't. Nothing is kept from day to day: the whole list is judged each time, so a payment booked late or taken back needs no correction.
Method and worked tables: docs/methods/plans.md
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import CannotAssess
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.money import Money
from goodstanding.core.plans.agreement import (
    Course,
    EventKind,
    Plan,
    PlanEvent,
    PlanPayment,
    PlanTerms,
    Refused,
    course_of,
    known_events,
)
from goodstanding.core.plans.matching import CannotJudge, Claim, Counted, Counting, MeantFor, Paid, match, standing
from goodstanding.core.plans.promise import JudgedPromise, Promise, judge_promise
from goodstanding.core.plans.said import EARLIEST, LATEST, day_in
from goodstanding.core.plans.sums import counted_up_to as sums_counted_up_to

_MONEY = (Kind.PAYMENT, Kind.RECOVERY, Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK)
_A_DAY = timedelta(days=1)


class PlanState(StrEnum):
    """offered: not yet accepted. accepted: not yet for good, for it has to be signed or can be withdrawn in the cooling-off."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """Why a plan is in its state, for who counts or chooses; the sentence beside it is for people."""

    AWAITS_ACCEPTANCE = "awaits_acceptance"
    AWAITS_SIGNATURE = "awaits_signature"
    COOLING_OFF = "cooling_off"
    KEPT_SO_FAR = "kept_so_far"
    ALL_PAID = "all_paid"
    NOTHING_OWED = "nothing_owed"
    PAUSE_ENDED = "pause_ended"
    PAYMENT_MISSED = "payment_missed"
    CONTRACT_MISSED = "contract_missed"
    PAYMENT_TAKEN_BACK = "payment_taken_back"
    NOT_ACCEPTED_IN_TIME = "not_accepted_in_time"
    NOT_SIGNED_IN_TIME = "not_signed_in_time"
    WITHDRAWN_BEFORE_ACCEPTANCE = "withdrawn_before_acceptance"
    WITHDRAWN_IN_COOLING_OFF = "withdrawn_in_cooling_off"
    WITHDRAWN_LATER = "withdrawn_later"


@dataclass(frozen=True, slots=True)
class Commitments:
    """What was promised and agreed about one loan, and what payments were said to be for."""

    promises: tuple[Promise, ...] = ()
    plans: tuple[Plan, ...] = ()
    meant_for: tuple[MeantFor, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedPayment:
    """One payment of a plan. asked: what of it the plan is judged by; paid: what counted for it; minor units.

    met_on: the day on which that reached it, but for the tolerance. is_late: whether its last day is over and it isn't met.
    """

    payment: PlanPayment
    until_on: date
    asked: int
    paid: int
    met_on: date | None
    is_late: bool
    counted: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class JudgedPlan:
    """How a plan stands at the end of the day as_of, since when and why. paid: minor units that counted for it.

    plan: with the events that were known. course: what they came to. counted_up_to: the last day whose payments its sums knew.
    """

    plan: Plan
    as_of: date
    state: PlanState
    since: date
    why: Why
    reason: str
    paid: int
    payments: tuple[JudgedPayment, ...]
    course: Course
    counted_up_to: date


def how_paid(plan: JudgedPlan, one: JudgedPayment) -> str:
    """How one of a plan's payments stands, in a word or two."""
    if one.is_late:
        return "late"
    if one.met_on:
        return f"met on {one.met_on}"
    return "not asked for any more" if plan.state is PlanState.COMPLETED else "to come"


@dataclass(frozen=True, slots=True)
class Judged:
    """All of a loan's promises and plans that were known, in the order in which they were given. uncounted: what is left of payments."""

    promises: tuple[JudgedPromise, ...]
    plans: tuple[JudgedPlan, ...]
    uncounted: tuple[Paid, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the ledger made of a binding plan. closes_on: of one that ended, the last day whose money counts. missing: minor units."""

    state: PlanState
    since: date
    why: Why
    closes_on: date | None = None
    missing: int = 0


def judge(
    commitments: Commitments,
    loan: Loan,
    policy: ArrearsPolicy,
    *,
    as_of: date,
    known_on: date | None = None,
    counted_up_to: date | None = None,
) -> Judged:
    """Judge what was promised and agreed at the end of the day as_of, with what was recorded by known_on.

    counted_up_to: the last day whose payments the ledger has, where that is earlier than as_of: nothing is broken by what may have
    been paid since.
    Raises CannotJudge where ids aren't one each or more is taken back than was paid, and CannotAssess where the ledger contradicts itself.
    """
    _check(commitments, loan)
    if not EARLIEST <= as_of <= LATEST:
        raise CannotJudge(f"promises and plans are judged for a day from {EARLIEST} to {LATEST}, not for {as_of}")
    ledger = [one for one in known_transactions(loan, policy, as_of, known_on) if one.kind in _MONEY]
    promises = [
        one for one in commitments.promises if one.made_on <= as_of and (known_on is None or one.known_from <= known_on)
    ]
    sums = {one.id: sums_counted_up_to(one.terms, loan, policy) for one in commitments.plans}
    known_to = as_of if counted_up_to is None else min(as_of, counted_up_to + _A_DAY)
    meant = _meant_for(commitments, known_on)
    known = _Known(loan, policy, sums, promises, meant, known_to)
    courses = _courses(commitments.plans, known, as_of, known_on)
    plans = [
        replace(one, events=known_events(one, as_of, known_on))
        for one in commitments.plans
        if courses[one.id].offered_at
    ]
    taking = [one for one in plans if courses[one.id].accepted_on and not courses[one.id].is_undone(as_of)]
    outcomes = _outcomes(taking, courses, sums, promises, ledger, meant, as_of, known_to)
    money = standing(ledger)
    claims = [one.claim() for one in promises]
    for one in taking:
        ended = outcomes.get(one.id)
        claims += _claims_of(one, courses[one.id], sums[one.id], ended.closes_on if ended else None)
    counted = match(claims, money, meant)
    by_claim: dict[str, list[Counted]] = {}
    for part in counted:
        by_claim.setdefault(part.claim, []).append(part)
    back = _TakenBack(loan, as_of, known_on)
    return Judged(
        tuple(
            judge_promise(
                one,
                tuple(by_claim.get(one.id, ())),
                as_of,
                loan.currency,
                back.between(one.made_on, one.until_on),
                known_to,
            )
            for one in promises
        ),
        tuple(
            _judge_plan(
                one,
                courses[one.id],
                sums[one.id],
                outcomes.get(one.id),
                by_claim,
                as_of,
                loan.currency,
                back,
                known_to,
            )
            for one in plans
        ),
        tuple(_uncounted(money, counted)),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What plans are judged by. sums: the last day that each plan's sums knew. known_to: as of `_outcome`."""

    loan: Loan
    policy: ArrearsPolicy
    sums: Mapping[str, date]
    promises: Sequence[Promise]
    meant: Mapping[str, str]
    known_to: date


def _courses(plans: Sequence[Plan], known: _Known, as_of: date, known_on: date | None) -> dict[str, Course]:
    """What was decided about each plan. One plan binds at a time: to accept another while one is kept is refused."""
    found = {one.id: course_of(one, as_of=as_of, known_on=known_on) for one in plans}
    binding: list[Plan] = []
    told: dict[str, list[Refused]] = {}
    waiting = [one for one in plans if found[one.id].accepted_at]
    while waiting:
        one = min(waiting, key=lambda one: (found[one.id].accepted_at, one.id))
        waiting.remove(one)
        accepted_at = found[one.id].accepted_at
        if accepted_at is None:  # never so: only accepted ones wait
            continue
        other = _binds(binding, known, accepted_at)
        if other is None:
            binding.append(one)
            continue
        why = f"plan {other.id} was agreed about this loan and is kept; another can be accepted once it has ended"
        left = replace(one, events=tuple(event for event in one.events if not _accepts(event, accepted_at)))
        told.setdefault(one.id, []).extend(Refused(event, why) for event in one.events if _accepts(event, accepted_at))
        course = course_of(left, as_of=as_of, known_on=known_on)
        found[one.id] = replace(course, refused=(*course.refused, *told[one.id]))
        waiting += [left] if course.accepted_at else []
    return found


def _accepts(event: PlanEvent, at: datetime) -> bool:
    return event.at == at and event.kind in (EventKind.ACCEPTED, EventKind.SIGNED)


def _binds(accepted: Sequence[Plan], known: _Known, at: datetime) -> Plan | None:
    """The first of the plans accepted earlier that still bound at an instant, by what was known on its day where the borrower is: what
    comes later undoes no acceptance."""
    ended: dict[date, set[str]] = {}
    for plan in accepted:
        day = day_in(plan.terms.zone, at)
        mine = course_of(plan, as_of=day)
        if mine.accepted_at is None or mine.is_undone(day) or (mine.withdrawn is not None and mine.withdrawn.at <= at):
            continue
        if day not in ended:
            ended[day] = _ended(accepted, known, day)
        if plan.id not in ended[day]:
            return plan
    return None


def _ended(accepted: Sequence[Plan], known: _Known, day: date) -> set[str]:
    """The plans that were kept to the end, broken or left by the end of a day, by what was known on it.

    Where the ledger contradicted itself then (what was returned was booked before what had been paid), by what is known of that day now.
    """
    courses = {one.id: course_of(one, as_of=day) for one in accepted}
    taking = [one for one in accepted if courses[one.id].accepted_on and not courses[one.id].is_undone(day)]
    to = min(day, known.known_to)

    def ended_as_known(on: date | None) -> set[str]:
        moves = [one for one in known_transactions(known.loan, known.policy, day, on) if one.kind in _MONEY]
        return set(_outcomes(taking, courses, known.sums, known.promises, moves, known.meant, day, to))

    try:
        return ended_as_known(day)
    except (CannotAssess, CannotJudge):
        return ended_as_known(None)


def _check(commitments: Commitments, loan: Loan) -> None:
    ids = [one.id for one in commitments.promises] + [one.id for one in commitments.plans]
    ids += [_name(one, place + 1) for one in commitments.plans for place in range(len(one.terms.payments))]
    if len(set(ids)) < len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise CannotJudge(f'"{twice}" names two promises, plans or payments of plans; give each its own id')
    plans, paid = {one.id for one in commitments.plans}, {one.id for one in loan.transactions}
    for promise in commitments.promises:
        if promise.about and promise.about not in plans:
            raise CannotJudge(f'promise {promise.id} is about "{promise.about}", which is no plan of the loan')
    for one in commitments.meant_for:
        if one.to and one.to not in ids:
            raise CannotJudge(
                f'payment {one.payment} is said to be for "{one.to}", which is no promise or plan of the loan'
            )
        if one.payment not in paid:
            raise CannotJudge(f'"{one.payment}" is said to be for "{one.to}", but the ledger has no such payment')


def _meant_for(commitments: Commitments, known_on: date | None) -> dict[str, str]:
    known = [one for one in commitments.meant_for if known_on is None or one.recorded_on <= known_on]
    return {one.payment: one.to for one in sorted(known, key=lambda one: (one.recorded_on, one.to))}


def _claims_of(plan: Plan, course: Course, counted: date, closes_on: date | None) -> list[Claim]:
    """What each payment of a plan asks for; closes_on: the last day whose money counts."""
    terms = plan.terms
    accepted_on, tolerance = course.accepted_on or terms.accept_by, terms.tolerance
    return [
        Claim(
            id=_name(plan, place),
            amount=terms.asked(payment),
            due_on=payment.on,
            until_on=until_on(payment, course),
            from_on=counted + _A_DAY,
            first_from=accepted_on,
            closes_on=closes_on,
            tolerance=tolerance,
            plan=plan.id,
        )
        for place, payment in enumerate(terms.payments, start=1)
    ]


def _name(plan: Plan, place: int) -> str:
    return f"{plan.id}/{place}"


def until_on(payment: PlanPayment, course: Course) -> date:
    """The last day on which a payment is in time; of one due by the day on which the plan became binding, the day after that at least."""
    start, days = course.bound_on or course.accepted_on, timedelta(days=course.terms.tolerance_days)
    if start is None or payment.on > start:
        return payment.on + days
    return start + max(days, _A_DAY)


def _outcomes(
    plans: Sequence[Plan],
    courses: Mapping[str, Course],
    sums: Mapping[str, date],
    promises: Sequence[Promise],
    ledger: Sequence[Transaction],
    meant: Mapping[str, str],
    as_of: date,
    known_to: date,
) -> dict[str, _Outcome]:
    """Walk the ends of days on which something may change; a plan that ended there takes no later money.

    Payments count one after the other, so that a day adds to the one before; all are counted again where money went back, and where
    a plan begins, which may take what was paid before.
    """
    found: dict[str, _Outcome] = {}
    if not plans:
        return found
    begins = {one.id: courses[one.id].accepted_on or date.max for one in plans}
    judged = [_Asked.of(one, courses[one.id]) for one in plans if courses[one.id].bound_on]
    back = {one.effective_on for one in ledger if one.kind not in (Kind.PAYMENT, Kind.RECOVERY)}
    afresh, counting, seen = {*back, *begins.values()}, Counting((), meant), 0
    promised = [one.claim() for one in promises]
    claims = {one.id: _claims_of(one, courses[one.id], sums[one.id], None) for one in plans}
    for day in _days(plans, courses, ledger, as_of):
        upto = bisect_right(ledger, day, key=lambda one: one.effective_on)
        if day in afresh:
            begun = [claim for name, own in claims.items() if begins[name] <= day for claim in own]
            counting, seen = Counting([*promised, *begun], meant), 0
        counting.count(standing(ledger[seen:upto]))
        seen = upto
        for one in judged:
            before = found.get(one.plan.id)
            if one.bound_on > day or (before and before.closes_on):
                continue
            after = _outcome(one, counting.paid_of.get(one.plan.id, 0), day, before, known_to)
            if after is None:
                found.pop(one.plan.id, None)
                continue
            found[one.plan.id] = after
            if after.closes_on:
                counting.close(one.plan.id)
                claims[one.plan.id] = [replace(claim, closes_on=after.closes_on) for claim in claims[one.plan.id]]
    return found


def _days(
    plans: Sequence[Plan], courses: Mapping[str, Course], ledger: Sequence[Transaction], as_of: date
) -> list[date]:
    days = {as_of, *(one.effective_on for one in ledger)}
    for plan in plans:
        course = courses[plan.id]
        days |= {day for day in (course.accepted_on, course.bound_on, course.withdrawn_on) if day}
        days |= {until_on(one, course) for one in plan.terms.payments}
    return sorted(day for day in days if day <= as_of)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a binding plan asks for, added up. until: the last days of its payments, in their order; so_far: asked in all by each; minor units."""

    plan: Plan
    course: Course
    bound_on: date
    until: tuple[date, ...]
    so_far: tuple[int, ...]
    tolerance: int

    @classmethod
    def of(cls, plan: Plan, course: Course) -> "_Asked":
        terms = plan.terms
        until = tuple(until_on(one, course) for one in terms.payments)
        so_far = tuple(accumulate(terms.asked(one) for one in terms.payments))
        return cls(plan, course, course.bound_on or date.max, until, so_far, terms.tolerance)

    @property
    def in_all(self) -> int:
        return self.so_far[-1] if self.so_far else 0


def _outcome(asked: _Asked, paid: int, day: date, before: _Outcome | None, known_to: date) -> _Outcome | None:
    """What a binding plan has come to at the end of a day; None while it goes on. before: the same, of the day before.

    known_to: a day before it is over with all that was paid on it.
    """
    terms, course = asked.plan.terms, asked.course
    if asked.in_all - paid <= asked.tolerance:
        if asked.in_all:
            return before or _Outcome(PlanState.COMPLETED, day, Why.ALL_PAID)
        if (ended := _rests_until(terms, day)) <= day:
            return before or _Outcome(PlanState.COMPLETED, max(ended, asked.bound_on), Why.PAUSE_ENDED)
    due = bisect_right(asked.until, day)
    missing = (asked.so_far[due - 1] if due else 0) - paid
    if missing > asked.tolerance and day < known_to:
        contract = terms.payments[due - 1].contract if terms.contract_too else 0
        why = Why.CONTRACT_MISSED if missing <= contract else Why.PAYMENT_MISSED
        return _Outcome(PlanState.BROKEN, day + _A_DAY, Why.PAYMENT_TAKEN_BACK if before else why, day, missing)
    if course.withdrawn_on is not None and course.withdrawn_on <= day:
        return _Outcome(PlanState.WITHDRAWN, day, Why.WITHDRAWN_LATER, day)
    return None


def _rests_until(terms: PlanTerms, day: date) -> date:
    """When a plan that asks for nothing of its own is over: with its pause, and with the last of the contract's instalments that it names."""
    ends = [one.until_on for one in terms.change.pauses] if terms.change else []
    return max([*ends, *(one.on for one in terms.payments)], default=day)


def _judge_plan(
    plan: Plan,
    course: Course,
    counted: date,
    outcome: _Outcome | None,
    by_claim: Mapping[str, Sequence[Counted]],
    as_of: date,
    currency: str,
    back: "_TakenBack",
    known_to: date,
) -> JudgedPlan:
    tolerance = plan.terms.tolerance
    payments = tuple(
        _judge_payment(plan, course, place, by_claim, known_to, tolerance) for place in range(len(plan.terms.payments))
    )
    paid = sum(one.paid for one in payments)
    state, since, why, reason = _by_events(course, as_of) if outcome is None else _by_ledger(plan, outcome, currency)
    if state is PlanState.BROKEN:
        reason += back.between(counted + _A_DAY, since - _A_DAY)
    if state is PlanState.ACTIVE:
        reason = _kept_so_far(payments, since, as_of, currency) + _uncertain(as_of, known_to, payments)
    return JudgedPlan(plan, as_of, state, since, why, reason, paid, payments, course, counted)


def _judge_payment(
    plan: Plan, course: Course, place: int, by_claim: Mapping[str, Sequence[Counted]], known_to: date, tolerance: int
) -> JudgedPayment:
    payment = plan.terms.payments[place]
    asked, until = plan.terms.asked(payment), until_on(payment, course)
    counted = tuple(by_claim.get(_name(plan, place + 1), ()))
    so_far, met_on = 0, None
    for one in counted:
        so_far += one.amount
        if met_on is None and so_far >= asked - tolerance:
            met_on = one.on
    return JudgedPayment(
        payment, until, asked, so_far, met_on, met_on is None and bool(asked) and until < known_to, counted
    )


def _by_events(course: Course, as_of: date) -> tuple[PlanState, date, Why, str]:
    """The state of a plan that the ledger neither completed nor broke: what was decided, and what wasn't in time."""
    offered, accepted, bound, withdrawn = course.offered_on, course.accepted_on, course.bound_on, course.withdrawn
    if withdrawn is not None and course.withdrawn_on is not None:
        day, said = course.withdrawn_on, f": {withdrawn.reason}" if withdrawn.reason else ""
        if accepted is None:
            reason = f"The {withdrawn.by} withdrew the offer of {offered} on {day}, before it was accepted{said}."
            return PlanState.WITHDRAWN, day, Why.WITHDRAWN_BEFORE_ACCEPTANCE, reason
        reason = (
            f"The {withdrawn.by} withdrew on {day}, while that was free{said}. It is as if it had never been agreed."
        )
        return PlanState.WITHDRAWN, day, Why.WITHDRAWN_IN_COOLING_OFF, reason
    if course.has_lapsed(as_of) and course.lapses_after is not None:
        what, why = ("signed", Why.NOT_SIGNED_IN_TIME) if accepted else ("accepted", Why.NOT_ACCEPTED_IN_TIME)
        reason = f"The offer of {offered} wasn't {what} by its last day, {course.lapses_after}."
        return PlanState.WITHDRAWN, course.lapses_after + _A_DAY, why, reason
    if accepted is None:
        reason = f"Offered on {offered}; it can be accepted until the end of {course.lapses_after}."
        return PlanState.OFFERED, offered or as_of, Why.AWAITS_ACCEPTANCE, reason
    if bound is None:
        reason = f"Accepted on {accepted}; it can be signed until the end of {course.lapses_after}."
        return PlanState.ACCEPTED, accepted, Why.AWAITS_SIGNATURE, reason
    until = course.cooling_off_until
    if until is not None and as_of <= until:
        reason = f"Binding since {bound}; the borrower may withdraw until the end of {until}."
        return PlanState.ACCEPTED, accepted, Why.COOLING_OFF, reason
    return PlanState.ACTIVE, until + _A_DAY if until else bound, Why.KEPT_SO_FAR, ""


def _by_ledger(plan: Plan, outcome: _Outcome, currency: str) -> tuple[PlanState, date, Why, str]:
    missing = Money(outcome.missing, currency)
    match outcome.why:
        case Why.ALL_PAID:
            reason = f"Everything agreed was paid by {outcome.since}."
        case Why.PAUSE_ENDED if plan.terms.payments:
            reason = (
                f"The plan asked for nothing beside the contract's own instalments, and was over on {outcome.since}."
            )
        case Why.PAUSE_ENDED:
            reason = f"Nothing was to be paid, and the pause was over on {outcome.since}."
        case Why.WITHDRAWN_LATER:
            reason = f"The borrower left the plan on {outcome.since}; what was paid stays paid."
        case Why.CONTRACT_MISSED:
            reason = f"At the end of {outcome.closes_on} {missing} were missing of the contract's own instalment."
        case _:
            reason = f"At the end of {outcome.closes_on} {missing} were missing of what was to be paid by then."
    return outcome.state, outcome.since, outcome.why, reason


def _kept_so_far(payments: Sequence[JudgedPayment], since: date, as_of: date, currency: str) -> str:
    missing = sum(one.asked - one.paid for one in payments if one.until_on <= as_of)
    if missing > 0:
        return f"In force since {since}; {Money(missing, currency)} were to be paid by the end of {as_of} and aren't in yet."
    coming = next((one for one in payments if one.paid < one.asked), None)
    if coming is None:
        return f"In force since {since}; nothing is to be paid."
    return (
        f"In force since {since}, and kept: next are {Money(coming.asked - coming.paid, currency)}, due on"
        f" {coming.payment.on} and in time until {coming.until_on}."
    )


def _uncertain(as_of: date, known_to: date, payments: Sequence[JudgedPayment]) -> str:
    """A word where a payment's last day is over, and what came in on it isn't known yet."""
    over = any(known_to <= one.until_on < as_of and one.paid < one.asked for one in payments)
    return f" Payments are counted up to {known_to - _A_DAY}." if over else ""


def _uncounted(money: Iterable[Paid], counted: Iterable[Counted]) -> Iterable[Paid]:
    """What is left of each payment that counts for nothing."""
    used: dict[str, int] = {}
    for part in counted:
        if not part.through:
            used[part.payment] = used.get(part.payment, 0) + part.amount
    for one in money:
        if rest := one.amount - used.get(one.payment, 0):
            yield replace(one, amount=rest)


class _TakenBack:
    """What was taken back or returned of payments, in sentences for people."""

    def __init__(self, loan: Loan, as_of: date, known_on: date | None) -> None:
        known = [
            one
            for one in loan.transactions
            if one.effective_on <= as_of and (known_on is None or one.booked_on <= known_on)
        ]
        self._currency = loan.currency
        self._paid = {one.id: one for one in known if one.kind in (Kind.PAYMENT, Kind.RECOVERY)}
        self._back = sorted(
            (one for one in known if one.reverses in self._paid), key=lambda one: (one.effective_on, one.id)
        )

    def between(self, start: date, end: date) -> str:
        """What was taken back of payments of these days, both counted; empty where nothing was."""
        return "".join(
            f" {Money(one.amount, self._currency)} of payment {one.reverses} were taken back on {one.effective_on}."
            for one in self._back
            if start <= self._paid[one.reverses or ""].effective_on <= end
        )
