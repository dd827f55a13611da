"""When the Consumer Credit Act 1974 asks for a notice of sums in arrears: s. 86B of a fixed sum, s. 86C of an account.

Where the words could be read in two ways, a notice isn't called one under the Act unless it is under both.
"""

from itertools import pairwise

from goodstanding.core.arrears.assess import Assessment, InstalmentPosition
from goodstanding.core.loan import Loan

SECTION_86B, SECTION_86C = "86b", "86c"


def section(loan: Loan) -> str:
    """Which section the agreement falls under."""
    is_account = any(one.minimum is not None for one in loan.schedule)
    return SECTION_86C if is_account else SECTION_86B


def why_not_yet(loan: Loan, assessment: Assessment) -> str | None:
    """Say why the Act doesn't ask for a notice as of the day, if so.

    s. 86B(1): two payments at least have fallen due (four where they are a week apart or less), and the shortfall is no
    less than the last two (four). s. 86C(1): of an account, the last two payments haven't been made.
    """
    fallen_due = [one for one in assessment.instalments if one.due_on < assessment.as_of]
    count = 4 if _is_weekly(fallen_due) and section(loan) == SECTION_86B else 2
    if len(fallen_due) < count:
        return f"{len(fallen_due)} payments have fallen due: the Act asks for a notice from {count} on"
    last = fallen_due[-count:]
    if section(loan) == SECTION_86C:
        made = [one for one in last if not one.overdue.total]
        return (
            f"the payment due on {made[0].due_on} was made: the Act asks for a notice when the last two weren't"
            if made
            else None
        )
    shortfall = assessment.overdue_principal + assessment.overdue_interest
    asked = sum(_contractual(loan, one) for one in last)
    if shortfall < asked:
        return f"the shortfall is {shortfall} minor units, less than the last {count} payments together ({asked})"
    return None


def _contractual(loan: Loan, one: InstalmentPosition) -> int:
    return next((part.principal + part.interest for part in loan.schedule if part.due_on == one.due_on), 0)


def _is_weekly(fallen_due: list[InstalmentPosition]) -> bool:
    days = [one.due_on for one in fallen_due]
    return len(days) > 1 and all((later - earlier).days <= 7 for earlier, later in pairwise(days))
