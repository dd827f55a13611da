"""A plan that lender and borrower agree on: its terms, what people decided about it, and what follows from their decisions.

What people decide are events with an instant; the rest, whether it is kept, the ledger says (judging.py).
Method and worked tables: docs/methods/plans.md
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from goodstanding.core.conduct.law_days import last_day_after
from goodstanding.core.plans.offers import Change, Offer, OfferKind
from goodstanding.core.plans.said import check_amount, check_day, check_instants, check_tolerance, check_zone, day_in

_A_DAY = timedelta(days=1)


class By(StrEnum):
    BORROWER = "borrower"
    LENDER = "lender"


class EventKind(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PlanPayment:
    """What is paid on a day. amount: minor units, in all; contract: the part of it that is the contract's own instalment."""

    on: date
    amount: int
    contract: int = 0

    def __post_init__(self) -> None:
        check_day("a plan's payment", self.on)
        check_amount(f"the plan's payment of {self.on}", self.amount, least=1)
        check_amount(f"the contract's part of the plan's payment of {self.on}", self.contract, least=0)
        if self.contract > self.amount:
            raise ValueError(f"the plan's payment of {self.on} is less than its part that is the contract's own")


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What is agreed. payments: in order of days.

    worked_out_on: the day for which the sums were worked out. counted_up_to: the last day whose payments they took account of (None:
    worked_out_on): money that came into the ledger later is part of keeping them. change: how the loan changes; waivers dated on the last payment's day or later come with completion, and not before. accept_by: the
    last day of the offer. zone: where the borrower is; days are counted there. tolerance_days: calendar days after a payment's day;
    tolerance_amount: minor units that may be missing of all that was to be paid so far; always less than each payment. cooling_off_days: calendar days
    after the one on which it became binding. needs_signature: binding once signed, by sign_by (None: accept_by), not once accepted.
    contract_too: whether the contract's own part of a payment is the plan's too, so that missing it breaks the plan.
    """

    payments: tuple[PlanPayment, ...]
    worked_out_on: date
    accept_by: date
    zone: str
    tolerance_days: int = 0
    tolerance_amount: int = 0
    cooling_off_days: int = 0
    needs_signature: bool = False
    sign_by: date | None = None
    contract_too: bool = True
    change: Change | None = None
    counted_up_to: date | None = None

    def __post_init__(self) -> None:
        check_zone("the plan", self.zone)
        for name in ("worked_out_on", "accept_by", "sign_by", "counted_up_to"):
            if (day := getattr(self, name)) is not None:
                check_day(f"the plan's {name}", day)
        asked = sum(self.asked(one) for one in self.payments)
        if 0 < asked <= self.tolerance_amount:
            raise ValueError(
                "the plan's tolerance_amount isn't less than what it asks for in all: it would be kept with nothing paid"
            )
        if self.counted_up_to is not None and self.counted_up_to > self.worked_out_on:
            raise ValueError(
                f"the plan was worked out on {self.worked_out_on} with payments up to {self.counted_up_to}, a later day"
            )
        check_tolerance("the plan", self.tolerance_days, self.tolerance_amount)
        check_tolerance("the plan's cooling-off", self.cooling_off_days, 0)
        days = [one.on for one in self.payments]
        if days != sorted(set(days)):
            raise ValueError("the plan's payments aren't in order of days, each day once: add up those of one day")
        if not self.payments and not (self.change and self.change.pauses):
            raise ValueError("the plan has neither a payment nor a pause: nothing would say when it is completed")
        if self.accept_by < self.worked_out_on or (days and days[0] < self.worked_out_on):
            raise ValueError(
                f"the plan was worked out on {self.worked_out_on}: it can't be accepted, or paid, only before that"
            )

        if self.counted_up_to is not None and self.counted_up_to > self.worked_out_on:
            raise ValueError(
                f"the plan was worked out on {self.worked_out_on}: it can't have counted payments up to {self.counted_up_to}"
            )

    def asked(self, payment: PlanPayment) -> int:
        """What of a payment the plan is judged by; minor units."""
        return payment.amount if self.contract_too else payment.amount - payment.contract

    @property
    def tolerance(self) -> int:
        """What may be missing; less than the smallest of its payments, so that none is kept with nothing paid. Minor units."""
        asked = [self.asked(one) for one in self.payments if self.asked(one)]
        return min(self.tolerance_amount, min(asked) - 1) if asked else 0

    @property
    def total(self) -> int:
        return sum(one.amount for one in self.payments)


def terms_of(
    offer: Offer,
    *,
    zone: str,
    cooling_off_days: int = 0,
    needs_signature: bool = False,
    sign_by: date | None = None,
    signed_off_by: str = "",
    counted_up_to: date | None = None,
) -> PlanTerms:
    """Return what is agreed when an offer is accepted as it stands.

    zone: where the borrower is. counted_up_to: the last day whose payments the offer took account of; None: the day it was worked out for. signed_off_by: who signed an offer that needs an authority's sign-off; ValueError without.
    """
    if offer.needs_sign_off and not signed_off_by.strip():
        raise ValueError(f"this offer may be shown only once {offer.needs_sign_off} has signed it: say who did")
    return PlanTerms(
        payments=tuple(PlanPayment(one.on, one.amount, one.contract) for one in offer.payments),
        worked_out_on=offer.as_of,
        accept_by=offer.accept_by,
        zone=zone,
        tolerance_days=offer.breaks_when.tolerance_days,
        tolerance_amount=offer.breaks_when.missed_amount,
        cooling_off_days=cooling_off_days,
        needs_signature=needs_signature,
        sign_by=sign_by,
        contract_too=offer.breaks_when.contract_too,
        change=offer.change,
        counted_up_to=counted_up_to,
    )


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """What somebody decided, at an instant. by: of a withdrawal, who. recorded_at: when it was written down, if not at once."""

    kind: EventKind
    at: datetime
    by: By | None = None
    reason: str = ""
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        check_instants(f"the event {self.kind}", self.at, self.recorded_at)
        if self.kind is EventKind.WITHDRAWN and self.by is None:
            raise ValueError("a withdrawal says by whom: borrower or lender")
        if self.kind is EventKind.WITHDRAWN and self.by is By.LENDER and not self.reason.strip():
            raise ValueError("a lender who withdraws an offer says why")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: its terms as offered, and what was decided since. events: in any order. kind: the measure, where somebody said it."""

    id: str
    terms: PlanTerms
    events: tuple[PlanEvent, ...] = ()
    kind: OfferKind | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that can't follow what went before, and why."""

    event: PlanEvent
    reason: str


@dataclass(frozen=True, slots=True)
class Course:
    """What was decided about a plan so far: the events that stand, and those that can't follow what went before."""

    terms: PlanTerms
    offered_at: datetime | None = None
    accepted_at: datetime | None = None
    signed_at: datetime | None = None
    withdrawn: PlanEvent | None = None
    refused: tuple[Refused, ...] = ()

    @property
    def offered_on(self) -> date | None:
        return self._day(self.offered_at)

    @property
    def accepted_on(self) -> date | None:
        return self._day(self.accepted_at)

    @property
    def withdrawn_on(self) -> date | None:
        return self._day(self.withdrawn.at) if self.withdrawn else None

    @property
    def bound_on(self) -> date | None:
        """The day on which it became binding: accepted, or signed where it needs that."""
        return self._day(self.signed_at) if self.terms.needs_signature else self.accepted_on

    @property
    def cooling_off_until(self) -> date | None:
        """The last day of the cooling-off; the day on which the plan became binding isn't counted."""
        bound, days = self.bound_on, self.terms.cooling_off_days
        return last_day_after(bound, days) if bound and days else None

    @property
    def lapses_after(self) -> date | None:
        """The last day on which what is still to be done to bind can be done; None once it is bound."""
        if self.accepted_at is None:
            return self.terms.accept_by
        return None if self.bound_on else self.terms.sign_by or self.terms.accept_by

    def is_undone(self, as_of: date) -> bool:
        """Whether it is as if it had never been accepted: it lapsed, or was withdrawn before it bound for good."""
        if self.withdrawn_on is None:
            return self.has_lapsed(as_of)
        until = self.cooling_off_until
        return self.bound_on is None or (until is not None and self.withdrawn_on <= until)

    def has_lapsed(self, as_of: date) -> bool:
        return self.withdrawn is None and self.lapses_after is not None and as_of > self.lapses_after

    def _day(self, at: datetime | None) -> date | None:
        return None if at is None else day_in(self.terms.zone, at)


def course_of(plan: Plan, *, as_of: date | None = None, known_on: date | None = None) -> Course:
    """Replay the events of a plan, up to the end of as_of and as far as they were recorded by known_on.

    An event that can't follow those before it is left out of the course and told in `refused`: of what was known on a
    day, an earlier event may not have been written down yet.
    """
    course = Course(plan.terms)
    for event in known_events(plan, as_of, known_on):
        why = _refusal(course, event)
        course = replace(course, refused=(*course.refused, Refused(event, why))) if why else _after(course, event)
    return course


def known_events(plan: Plan, as_of: date | None, known_on: date | None) -> tuple[PlanEvent, ...]:
    """The events of a plan up to the end of as_of, as far as they were recorded by known_on, in their order."""
    zone = plan.terms.zone
    known = [
        one
        for one in plan.events
        if (as_of is None or day_in(zone, one.at) <= as_of)
        and (known_on is None or day_in(zone, one.recorded_at or one.at) <= known_on)
    ]
    return tuple(sorted(known, key=lambda one: (one.at, list(EventKind).index(one.kind), one.reason)))


def record(plan: Plan, event: PlanEvent) -> Plan | Refused:
    """Return the plan with one more event, or why it can't be: the events that stood must still stand, and the new one too."""
    before = {one.event for one in course_of(plan).refused}
    changed = replace(plan, events=(*plan.events, event))
    if event in plan.events:
        return Refused(event, "the same event is recorded already")
    new = [one for one in course_of(changed).refused if one.event not in before]
    if not new:
        return changed
    mine = next((one for one in new if one.event == event), None)
    return mine or Refused(event, f"then what is recorded later couldn't be: {new[0].reason}")


def _after(course: Course, event: PlanEvent) -> Course:
    match event.kind:
        case EventKind.OFFERED:
            return replace(course, offered_at=event.at)
        case EventKind.ACCEPTED:
            return replace(course, accepted_at=event.at)
        case EventKind.SIGNED:
            return replace(course, signed_at=event.at, accepted_at=course.accepted_at or event.at)
        case EventKind.WITHDRAWN:
            return replace(course, withdrawn=event)


def _refusal(course: Course, event: PlanEvent) -> str:
    """Why an event can't follow what went before; empty where it can."""
    day = day_in(course.terms.zone, event.at)
    if event.kind is EventKind.OFFERED:
        if day < course.terms.worked_out_on - _A_DAY:  # the day before: where the borrower is it may be yesterday
            return f"it was offered on {day}, before its sums were worked out on {course.terms.worked_out_on}"
        return (
            f"it was offered already, on {course.offered_on}; another offer is another plan"
            if course.offered_at
            else ""
        )
    if course.offered_at is None:
        return f"it can't be {event.kind} before it was offered"
    if course.withdrawn_on is not None:
        return f"it was withdrawn on {course.withdrawn_on}; make a new offer"
    if course.has_lapsed(day):
        waits = "signed" if course.accepted_at else "accepted"
        return f"it could be {waits} until the end of {course.lapses_after}, and this was on {day}; make a new offer"
    if event.kind is EventKind.ACCEPTED and course.accepted_at:
        return f"it was accepted already, on {course.accepted_on}"
    if event.kind is EventKind.SIGNED and course.signed_at:
        return "it was signed already"
    if event.kind is EventKind.WITHDRAWN and event.by is By.LENDER and course.accepted_at:
        return f"it was accepted on {course.accepted_on}: a lender is bound by that as long as the plan is kept"
    return ""
