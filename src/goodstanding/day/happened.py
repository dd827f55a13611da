"""Letters that tell somebody of what happened: a promise that was noted, a plan that broke, a loan back in good standing.

They rest on the ledger and on what was promised and agreed, not on days past due. Each is written once, within the days that its rule gives.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from goodstanding.core.arrears.assess import Assessment, LineKind
from goodstanding.core.lender import LetterRule
from goodstanding.core.loan import Component, Kind, Loan
from goodstanding.core.particulars import MissedPayment, PaidUp, PaidUpAs, Particulars, PlanBroken, PromiseConfirmed
from goodstanding.core.party import Role
from goodstanding.core.plans.judging import JudgedPlan, PlanState
from goodstanding.core.plans.promise import PromiseState
from goodstanding.day.agreed import Agreed
from goodstanding.day.ledger import Entry, State, standing

PAID_UP = "paid_up"
OF_EVENTS = (PAID_UP, "plan_broken", "promise_confirmed")
"""In the order in which one of them is chosen, where more than one happened."""
WITHIN_DAYS = 14
REMEMBERED_DAYS = 120
"""So long after a letter about arrears a loan is looked at for whether it is back in good standing."""
_TAKES_BACK = (Kind.REVERSAL, Kind.CHARGEBACK, Kind.REFUND)


@dataclass(frozen=True, slots=True)
class Happened:
    """What a letter tells of. on: the day on which it happened; the letter is about that day, and no second one is.

    person: whom alone it concerns, by their number, empty for the borrower; None: everybody whom the rule names.
    """

    letter: str
    on: date
    told: Particulars
    person: str | None = None


def happened(
    agreed: Agreed | None, loan: Loan, figures: Assessment, *, borrower_id: str = "", promises_rest: bool = True
) -> Iterator[Happened]:
    """What happened to a loan that somebody is told of. loan, figures: as its plans have changed it, figures with their lines. borrower_id: the loan's borrower.
    promises_rest: whether demands rest while a promise is open."""
    if agreed is not None and agreed.unreadable:
        return
    for plan in agreed.judged.plans if agreed else ():
        if plan.state is PlanState.BROKEN and (missed := tuple(_missed(plan))):
            bound = plan.course.bound_on or plan.course.accepted_on
            yield Happened("plan_broken", plan.since, PlanBroken(bound or plan.since, missed, plan.since))
    for one in agreed.judged.promises if agreed else ():
        promise = one.promise
        if one.state is PromiseState.OPEN:
            told = PromiseConfirmed(
                promise.made_on, Role.BORROWER, promise.amount, promise.due_on, promise.until_on, promises_rest
            )
            yield Happened(
                "promise_confirmed", promise.made_on, told, "" if promise.made_by == borrower_id else promise.made_by
            )
    yield from _paid_up(agreed, loan, figures)


def _missed(plan: JudgedPlan) -> Iterator[MissedPayment]:
    for one in plan.payments:
        if one.until_on < plan.since and one.paid < one.asked:
            yield MissedPayment(one.payment.on, one.asked, one.paid)


def _paid_up(agreed: Agreed | None, loan: Loan, figures: Assessment) -> Iterator[Happened]:
    """Back in good standing, or closed: nothing is overdue, no plan or promise runs, and the last money says since when."""
    plans = agreed.judged.plans if agreed else ()
    if figures.amount_to_cure or figures.oldest_due_on is not None or figures.charged_off_on is not None:
        return
    if any(one.state in (PlanState.ACCEPTED, PlanState.ACTIVE) for one in plans):
        return
    settling = (Kind.PAYMENT, Kind.RECOVERY, Kind.WAIVER)
    days = [one.effective_on for one in loan.transactions if one.kind in settling and one.effective_on <= figures.as_of]
    if not days:
        return
    on = max(days)
    if figures.payoff or figures.outstanding_principal or _is_revolving(loan, figures.as_of):
        yield Happened(PAID_UP, on, PaidUp(PaidUpAs.CURED, on))
        return
    outcome = PaidUpAs.SETTLED if _is_for_less(plans, figures) else PaidUpAs.PAID_IN_FULL
    yield Happened(PAID_UP, on, PaidUp(outcome, on))


def _is_revolving(loan: Loan, as_of: date) -> bool:
    """Whether bills go on: a revolving account isn't closed by paying it, only by a plan whose schedule takes their place."""
    begun = [one for one in loan.versions if one.from_on <= as_of]
    schedule = max(begun, key=lambda one: one.from_on).schedule if begun else loan.schedule
    return any(part.minimum is not None for part in schedule)


def _is_for_less(plans: Iterable[JudgedPlan], figures: Assessment) -> bool:
    """Whether some of what the contract itself asks for was given up, beyond what plans that were completed tolerate.

    Charges that were given up, or that moved into a plan and were paid there, make no settlement for less. figures: with their lines.
    """
    contract = (Component.PRINCIPAL, Component.INTEREST)
    given = -sum(one.amount for one in figures.lines if one.kind is LineKind.WAIVER and one.component in contract)
    return given > sum(one.plan.terms.tolerance for one in plans if one.state is PlanState.COMPLETED)


# -- which of them are written ----------------------------------------------------------------------------------------


def asked_for(
    found: Iterable[Happened], rules: Sequence[LetterRule], product: str, as_of: date
) -> tuple[tuple[Happened, ...], LetterRule] | None:
    """The first kind of thing of which a rule has somebody told today: the latest of it, of each person whom alone it concerns."""
    by_letter: dict[str, dict[str | None, Happened]] = {}
    for one in found:
        by_letter.setdefault(one.letter, {})[one.person] = one
    for letter in OF_EVENTS:
        for rule in rules if letter in by_letter else ():
            mine = rule.letter == letter and (not rule.products or product in rule.products)
            within = timedelta(days=WITHIN_DAYS if rule.within_days is None else rule.within_days)
            lately = tuple(one for one in by_letter[letter].values() if one.on <= as_of <= one.on + within)
            if mine and lately:
                return lately, rule
    return None


def may_tell(agreed: Agreed, rules: Sequence[LetterRule], as_of: date) -> bool:
    """Whether something of what was agreed happened so lately that a rule may have somebody told; asked before the loan is read."""
    given = [WITHIN_DAYS if one.within_days is None else one.within_days for one in rules if one.letter in OF_EVENTS]
    earliest = as_of - timedelta(days=max(given, default=0))
    ended = (PlanState.BROKEN, PlanState.COMPLETED)
    days = [one.since for one in agreed.judged.plans if one.state in ended]
    for promise in agreed.judged.promises:
        days += [promise.promise.made_on, *([promise.kept_on] if promise.kept_on else [])]
    return any(day >= earliest for day in days)


def asks_for_events(rules: Sequence[LetterRule]) -> bool:
    return any(one.letter in OF_EVENTS for one in rules)


def written_about(entries: Sequence[Entry], as_of: date) -> Mapping[str, date]:
    """Loans about whose arrears somebody was written to before this day, and not told since that they are over; with the last day."""
    last: dict[str, date] = {}
    over: dict[str, date] = {}
    for letters in standing(entries).values():
        for one in letters:
            if (
                one.state is State.WRITTEN
                and one.as_of < as_of
                and one.letter not in ("pre_due_reminder", *OF_EVENTS[1:])
            ):
                where = over if one.letter == PAID_UP else last
                where[one.loan_id] = max(one.as_of, where.get(one.loan_id, one.as_of))
    earliest = as_of - timedelta(days=REMEMBERED_DAYS)
    return {loan_id: day for loan_id, day in last.items() if day >= earliest and day > over.get(loan_id, date.min)}


def taken_back_since(loan: Loan, told_on: date, as_of: date) -> date | None:
    """The last day on which something was taken back that had been paid when somebody was told that all is paid; None: nothing was."""
    paid = {one.id: one for one in loan.transactions if one.kind in (Kind.PAYMENT, Kind.RECOVERY)}
    return max(
        (
            one.booked_on
            for one in loan.transactions
            if one.kind in _TAKES_BACK
            and told_on <= one.booked_on <= as_of
            and (one.reverses is None or (one.reverses in paid and paid[one.reverses].effective_on <= told_on))
        ),
        default=None,
    )
