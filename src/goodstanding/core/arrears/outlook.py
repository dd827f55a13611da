"""What a letter says of the days to come: what will be owed by a day if nothing is paid, and what the next day adds."""

from dataclasses import dataclass
from datetime import date

from goodstanding.core.arrears.assess import Assessment, LineKind, assess_each
from goodstanding.core.arrears.counting import later
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Loan


@dataclass(frozen=True, slots=True)
class Outlook:
    """Minor units. amount_by_pay_by: to cure on that day. next_day_adds: in charges; next_day_fee: of it, a late fee."""

    amount_by_pay_by: int
    next_day_adds: int
    next_day_fee: int


def outlook(loan: Loan, policy: ArrearsPolicy, today: Assessment, *, pay_by: date) -> Outlook:
    """Look ahead from an assessment, as if nothing were paid and nothing else happened.

    Raises CannotAssess as `assess` does.
    """
    tomorrow, then = assess_each(loan, policy, (later(today.as_of, 1), pay_by))
    return _outlook(today, tomorrow, then)


def assess_and_look_ahead(
    loan: Loan, policy: ArrearsPolicy, *, as_of: date, pay_by: date
) -> tuple[Assessment, Outlook]:
    """`assess` and `outlook` in one, which is less work. Raises CannotAssess when either would."""
    today, tomorrow, then = assess_each(loan, policy, (as_of, later(as_of, 1), pay_by))
    return today, _outlook(today, tomorrow, then)


def _outlook(today: Assessment, tomorrow: Assessment, then: Assessment) -> Outlook:
    return Outlook(then.amount_to_cure, _charges(tomorrow) - _charges(today), _late_fees(tomorrow) - _late_fees(today))


def _charges(assessment: Assessment) -> int:
    return assessment.penalty + assessment.compound_interest + _late_fees(assessment)


def _late_fees(assessment: Assessment) -> int:
    """The late fees charged so far, less what a ceiling cut; fees of the contract fall due with their instalment."""
    kinds = (LineKind.LATE_FEE, LineKind.CEILING)
    return sum(line.amount for line in assessment.lines if line.kind in kinds and line.component is Component.FEE)
