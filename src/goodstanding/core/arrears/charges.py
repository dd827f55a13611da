"""Charges for being late, and the ceiling on what a loan may cost.

Methods and worked tables: docs/methods/late_fees.md, docs/methods/cost_ceiling.md
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from goodstanding.core.arrears.account import InstalmentAccount
from goodstanding.core.arrears.counting import day_reached
from goodstanding.core.arrears.policy import LateFee
from goodstanding.core.arrears.position import Line, LineKind
from goodstanding.core.loan import Component

if TYPE_CHECKING:
    from goodstanding.core.arrears.working import Working

_CHARGES = (Component.FEE, Component.PENALTY, Component.COMPOUND)


def charge_late_fees(working: Working, day: date) -> None:
    fee = working.policy.late_fee
    if fee is None:
        return
    if fee.per == "loan" and working.loan_fee_on == day:
        late = working.late(day)
        if late:
            _charge_late_fee(working, fee, late[0], late, day)
            _ask_again(working, day)
    for account in working.accounts[: working.due_count]:
        if account.fee_on != day:
            continue
        account.fee_on = None
        if account not in working.late(day):
            continue
        if fee.per == "loan":
            if not working.loan_fee_charged:
                working.loan_fee_charged = True
                late = working.late(day)
                _charge_late_fee(working, fee, account, late, day)
                _ask_again(working, day)
            continue
        _charge_late_fee(working, fee, account, [account], day)
        if fee.every_days is not None:
            account.fee_on = day_reached(day, fee.every_days, working.fee_pauses)
            working.also_on(account.fee_on)


def _ask_again(working: Working, day: date) -> None:
    fee = working.policy.late_fee
    if fee is not None and fee.every_days is not None:
        working.loan_fee_on = day_reached(day, fee.every_days, working.fee_pauses)
        working.also_on(working.loan_fee_on)


def _charge_late_fee(
    working: Working, fee: LateFee, account: InstalmentAccount, late: list[InstalmentAccount], day: date
) -> None:
    base = sum(_shared(working, fee, one) for one in late)
    amount = max(fee.least, fee.flat + working.round(fee.share * base))
    if fee.most is not None:
        amount = min(amount, fee.most)
    if amount:
        account.charged[Component.FEE] += amount
        working.lines.append(
            Line(LineKind.LATE_FEE, Component.FEE, account.number, day, day, amount, base=base, rate=fee.share)
        )


def _shared(working: Working, fee: LateFee, account: InstalmentAccount) -> int:
    """What of a late instalment the fee's share is taken of."""
    if fee.share_of == "instalment":
        return account.asked()
    part = working.unpaid_part(account)
    return part[Component.PRINCIPAL] if fee.share_of == "principal" else sum(part.values())


def _cost(working: Working, day: date) -> int:
    """All that the loan cost up to the day, without what was waived or brought by an opening position."""
    due, later = working.accounts[: working.due_count], working.accounts[working.due_count :]
    parts = (Component.INTEREST, *_CHARGES)
    asked = sum(
        account.scheduled[part] + account.charged[part] - account.waived[part] for account in due for part in parts
    )
    charged = sum(max(0, account.charged[part] - account.waived[part]) for account in later for part in _CHARGES)
    opening = working.loan.opening
    brought = 0
    if opening is not None:
        accrued_before = opening.accrued_interest if working.contract is not None else 0
        brought = opening.interest + opening.fee + opening.penalty + opening.compound + accrued_before
    return asked + charged + working.accrued_beyond_waived(day) - brought


def cut_to_ceiling(working: Working, day: date) -> None:
    """Take off open charges, newest first, until all that the loan cost so far is within the ceiling.

    What is cut is never charged again. Cost: interest and contract fees fallen due, interest accrued, penalty, compound
    interest and fees; without what was waived.
    """
    ceiling, total, opening = working.policy.cost_ceiling, working.policy.total_cost_ceiling, working.loan.opening
    allowed = [] if ceiling is None else [int(ceiling * working.principal_years)]
    allowed += [] if total is None else [int(total * working.loan.principal)]
    if not allowed:
        return
    over = _cost(working, day) - min(allowed)
    for account in reversed(working.accounts):
        for component in (Component.FEE, Component.COMPOUND, Component.PENALTY):
            brought = getattr(opening, component.value) if opening is not None and account.number == 1 else 0
            cut = min(over, account.open_charge(component), account.charged[component] - brought)
            if cut > 0:
                account.charged[component] -= cut
                over -= cut
                working.line(LineKind.CEILING, component, account, day, -cut)
