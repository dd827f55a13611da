"""Contract interest by day on the balance, for contracts whose schedule doesn't fix it.

Method and worked table: docs/methods/daily_interest.md
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from goodstanding.core.arrears.account import InstalmentAccount
from goodstanding.core.arrears.accrual import Accrual
from goodstanding.core.arrears.policy import Interest
from goodstanding.core.arrears.position import Line, LineKind
from goodstanding.core.loan import Component

if TYPE_CHECKING:
    from goodstanding.core.arrears.working import Working


def running_interest(working: Working) -> Accrual:
    """Interest by day on the balance: nothing of it is on the schedule until it has run."""
    loan, policy = working.loan, working.policy
    for account in working.accounts[working.due_count :]:
        account.scheduled[Component.INTEREST] = 0
    accrual = Accrual(
        LineKind.INTEREST,
        Component.INTEREST,
        0,
        working.day,
        loan.annual_rate.day_count,
        policy.rounding,
        policy.rounds,
    )
    accrual.change(working.day, working.outstanding_principal(), loan.annual_rate.per_year)
    if loan.opening is not None and loan.opening.accrued_interest:
        running = working.accounts[min(working.due_count, len(working.accounts) - 1)]
        running.scheduled[Component.INTEREST] += loan.opening.accrued_interest
        working.line(LineKind.OPENING, Component.INTEREST, running, working.day, loan.opening.accrued_interest)
    return accrual


def interest_base(working: Working) -> int:
    """The balance that bears contract interest: principal bearing penalty interest doesn't bear both.

    Where interest runs by day, penalty therefore starts when grace has run out; until then the contract's rate goes on.
    """
    outstanding = working.outstanding_principal()
    if working.policy.interest is Interest.DAILY_FLAT:
        return working.loan.principal if outstanding and working.due_count < len(working.accounts) else 0
    penalised = (
        working.unpaid_part(account)[Component.PRINCIPAL]
        for account in working.accounts[: working.due_count]
        if account.accruals[0].base and account.accruals[0].rate and working.day >= account.accruals[0].origin
    )
    return outstanding - sum(penalised)


def post_interest(working: Working, line: Line | None) -> None:
    """Interest that has run belongs to the instalment whose period it is; after the last due date, to the last."""
    if line is None:
        return
    account = working.accounts[min(working.due_count, len(working.accounts) - 1)]
    account.scheduled[Component.INTEREST] += line.amount
    if account.number <= working.due_count:
        account.since_due += line.amount
    working.lines.append(replace(line, instalment=account.number))


def fit_to_instalment(working: Working, account: InstalmentAccount, day: date) -> None:
    """On its due date an instalment is its fixed sum: interest that ran first, principal the rest; the last takes all.

    Interest beyond the fixed sum moves to the next instalment; principal above or below plan moves to the last ones.
    """
    interest = account.scheduled[Component.INTEREST]
    following = working.accounts[account.number :]
    if not following:
        return
    total = account.terms.principal + account.terms.interest
    paid_principal = account.met[Component.PRINCIPAL] + account.waived[Component.PRINCIPAL]
    paid_interest = account.met[Component.INTEREST] + account.waived[Component.INTEREST]
    kept = max(paid_interest, min(interest, max(0, total - paid_principal)))
    if kept < interest:
        account.scheduled[Component.INTEREST] = kept
        following[0].scheduled[Component.INTEREST] += interest - kept
        working.line(LineKind.MOVED, Component.INTEREST, account, day, kept - interest)
        working.line(LineKind.MOVED, Component.INTEREST, following[0], day, interest - kept)
    _fit_principal(account, following, kept)


def fit_ahead(working: Working, account: InstalmentAccount) -> None:
    """Before money paid ahead meets its principal: it is what the fixed sum leaves beside the interest run so far."""
    if working.contract is not None and account.number < len(working.accounts):
        _fit_principal(account, working.accounts[account.number :], account.scheduled[Component.INTEREST])


def _fit_principal(account: InstalmentAccount, following: list[InstalmentAccount], interest: int) -> None:
    """An instalment's principal is its fixed sum without this interest; what is above or below plan moves from or to the
    last ones."""
    total = account.terms.principal + account.terms.interest
    paid = account.met[Component.PRINCIPAL] + account.waived[Component.PRINCIPAL]
    left = account.open(Component.PRINCIPAL) + sum(one.open(Component.PRINCIPAL) for one in following)
    wanted = max(paid, min(total - interest, paid + left))
    shift = wanted - account.scheduled[Component.PRINCIPAL]
    account.scheduled[Component.PRINCIPAL] = wanted
    for one in reversed(following):
        taken = min(shift, one.open(Component.PRINCIPAL)) if shift > 0 else shift
        one.scheduled[Component.PRINCIPAL] -= taken
        shift -= taken
