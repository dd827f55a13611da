"""When the Consumer Credit Act 1974 asks for a notice of sums in arrears: s. 86B of a fixed sum, s. 86C of an account.

Where the words could be read in two ways, a notice isn't called one under the Act unless it is under both.
"""

from collections.abc import Iterable
from itertools import groupby, pairwise

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
    fallen_due = _payments(one for one in assessment.instalments if one.due_on < assessment.as_of)
    count = 4 if _is_weekly(fallen_due) and section(loan) == SECTION_86B else 2
    if len(fallen_due) < count:
        return f"{len(fallen_due)} payments have fallen due: the Act asks for a notice from {count} on"
    last = fallen_due[-count:]
    if section(loan) == SECTION_86C:
        made = [payment[0].due_on for payment in last if not any(one.overdue.total for one in payment)]
        return (
            f"the payment due on {made[0]} was made: the Act asks for a notice when the last two weren't"
            if made
            else None
        )
    shortfall = assessment.overdue_principal + assessment.overdue_interest
    asked = sum(_contractual(loan, one) for payment in last for one in payment)
    if shortfall < asked:
        return f"the shortfall is {shortfall} minor units, less than the last {count} payments together ({asked})"
    return None


def _payments(instalments: Iterable[InstalmentPosition]) -> list[list[InstalmentPosition]]:
    """What falls due on one day is one payment, also of several drawdowns: read so, the Act asks for a notice later."""
    in_order = sorted(instalments, key=lambda one: one.due_on)
    return [list(payment) for _, payment in groupby(in_order, key=lambda one: one.due_on)]


def _contractual(loan: Loan, one: InstalmentPosition) -> int:
    """What the schedule that held on its due date asked for; minor units. An opening position's is what it brought."""
    held = [version for version in loan.versions if version.from_on <= one.due_on]
    schedule = max(held, key=lambda version: version.from_on).schedule if held else loan.schedule
    of_day = (part for part in schedule if (part.due_on, part.drawdown) == (one.due_on, one.drawdown))
    part = next(of_day, None)
    return part.principal + part.interest if part is not None else one.due.principal + one.due.interest


def _is_weekly(fallen_due: list[list[InstalmentPosition]]) -> bool:
    days = [payment[0].due_on for payment in fallen_due]
    return len(days) > 1 and all((later - earlier).days <= 7 for earlier, later in pairwise(days))
