"""What was promised and agreed about a loan, and the loan as its plans have changed it: one story, of the ledger and the engine together.

The ledger alone says which payments came. Whether anything is owed any more, the engine says: a plan asks for nothing of a loan that is closed,
though less came than was agreed, as where somebody pays the loan off and interest of later days isn't charged.
Rule: docs/decisions/what-completes-a-plan.md
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Kind, Loan
from goodstanding.core.money import Money
from goodstanding.core.plans.in_force import InForce, in_force
from goodstanding.core.plans.judging import Commitments, Judged, JudgedPlan, PlanState, Why, judge

_A_DAY = timedelta(days=1)
_MONEY = (Kind.PAYMENT, Kind.RECOVERY, Kind.WAIVER, Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK)
_RUNNING = (PlanState.ACCEPTED, PlanState.ACTIVE)


def as_agreed(
    commitments: Commitments,
    loan: Loan,
    policy: ArrearsPolicy,
    *,
    as_of: date,
    known_on: date | None = None,
    counted_up_to: date | None = None,
) -> tuple[Judged, InForce]:
    """Judge what was promised and agreed at the end of a day, and change the loan by it; the arguments are those of `judge`.

    A plan of a loan on which nothing is owed any more is completed on the day on which that came about, unless it was over before.
    Raises CannotJudge and CannotAssess as `judge` and `in_force` do.
    """
    judged = judge(commitments, loan, policy, as_of=as_of, known_on=known_on, counted_up_to=counted_up_to)
    found = in_force(judged.plans, loan, policy, known_on=known_on)
    closed = dict[str, date]()
    for one in judged.plans:
        if _may_be_closed(one):
            last = as_of if one.state in _RUNNING else one.since - _A_DAY
            changed = found.loan if last == as_of else None
            day = _closed_on(_Story(commitments, loan, policy, known_on), one, last, changed)
            closed |= {one.plan.id: day} if day else {}
    if not closed:
        return judged, found
    plans = (
        _completed(one, closed[one.plan.id], loan.currency) if one.plan.id in closed else one for one in judged.plans
    )
    judged = replace(judged, plans=tuple(plans))
    return judged, in_force(judged.plans, loan, policy, known_on=known_on)


def _may_be_closed(one: JudgedPlan) -> bool:
    """Whether a plan binds and asks for payments still, or was broken by one that was missing."""
    missed = one.state is PlanState.BROKEN and one.why in (Why.PAYMENT_MISSED, Why.CONTRACT_MISSED)
    return bool(one.payments) and one.course.bound_on is not None and (one.state in _RUNNING or missed)


@dataclass(frozen=True, slots=True)
class _Story:
    commitments: Commitments
    loan: Loan
    policy: ArrearsPolicy
    known_on: date | None

    def is_closed(self, day: date, changed: Loan | None = None) -> bool:
        """Whether nothing is owed at the end of a day. changed: the loan as its plans have changed it by then, where that is known."""
        if changed is None:
            plans = judge(self.commitments, self.loan, self.policy, as_of=day, known_on=self.known_on).plans
            changed = in_force(plans, self.loan, self.policy, known_on=self.known_on).loan
        return not assess(changed, self.policy, as_of=day, known_on=self.known_on).payoff


def _closed_on(story: _Story, one: JudgedPlan, last: date, changed: Loan | None) -> date | None:
    """The day since which nothing is owed while the plan binds, if that is so at the end of a last day; None: something is."""
    bound = one.course.bound_on
    if bound is None or last < bound or not story.is_closed(last, changed):
        return None
    ledger = known_transactions(story.loan, story.policy, last, story.known_on)
    since = None
    days = {bound, *(each.effective_on for each in ledger if each.kind in _MONEY and each.effective_on > bound)}
    for day in sorted(days, reverse=True):
        if not story.is_closed(day):
            break
        since = day
    return since


def _completed(one: JudgedPlan, day: date, currency: str) -> JudgedPlan:
    paid = Money(sum(part.paid for part in one.payments), currency)
    asked = Money(sum(part.asked for part in one.payments), currency)
    reason = (
        f"Nothing is owed on the loan any more since {day}: {paid} of {asked} were paid under the plan, and it asks for nothing"
        " more."
    )
    payments = tuple(replace(part, is_late=False) for part in one.payments)
    return replace(one, state=PlanState.COMPLETED, since=day, why=Why.NOTHING_OWED, reason=reason, payments=payments)
