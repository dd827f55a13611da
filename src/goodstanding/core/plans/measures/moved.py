"""Instalments moved to a later day, and what the time gained costs."""

from collections.abc import Iterable
from datetime import date

from goodstanding.core.loan import Instalment
from goodstanding.core.plans.measures.amortised import interest_for
from goodstanding.core.plans.measures.ground import Ground, Part, Payments


def time_gained(ground: Ground, part: Part, until: date) -> int:
    """Interest at the contract's rate on a part's principal from today, or its later due date, to a new day; rounded down."""
    return interest_for(part.principal, ground.rate, max(ground.as_of, part.due_on), until)


def moved(ground: Ground, part: Part, until: date, *, bears_interest: bool) -> tuple[Instalment, int]:
    """A part as an instalment of a new day, and the interest that is new in it."""
    gained = time_gained(ground, part, until) if bears_interest else 0
    overdue = part.interest if part.due_on <= ground.as_of else part.whole_interest
    fee = part.fee if part.due_on <= ground.as_of else part.whole_fee
    return Instalment(until, part.principal, overdue + gained, fee, drawdown=part.drawdown), gained


def not_behind(holds_principal: date | None, day: date) -> date:
    """The day to which something without principal moves: a loan whose principal is paid counts as settled, and what falls due
    later would be lost. holds_principal: the last day that asks for principal."""
    return day if holds_principal is None else min(day, holds_principal)


def add_moved(paid: Payments, ground: Ground, part: Part, until: date, gained: int) -> None:
    """What is paid for a moved part: what was overdue or the contract's own, and beside it the price of the time."""
    if part.due_on <= ground.as_of:
        paid.add(until, arrears=part.total, plan=gained)
    else:
        paid.add(until, contract=part.whole_interest + part.whole_fee + part.principal, plan=gained)


def merged(schedule: Iterable[Instalment]) -> list[Instalment]:
    """Instalments of one day and one drawdown as one: the engine takes each day once."""
    found: dict[tuple[date, str], Instalment] = {}
    for one in schedule:
        key = one.due_on, one.drawdown
        first = found.setdefault(key, one)
        if first is not one:
            found[key] = _added(one, first)
    return list(found.values())


def _added(one: Instalment, other: Instalment) -> Instalment:
    return Instalment(
        one.due_on,
        one.principal + other.principal,
        one.interest + other.interest,
        one.fee + other.fee,
        drawdown=one.drawdown,
    )
