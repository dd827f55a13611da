"""Where a loan's history starts late, and where its schedule changes on the way.

Method and worked table: docs/methods/schedule_versions.md
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from goodstanding.core.arrears.account import SCHEDULED, InstalmentAccount
from goodstanding.core.arrears.moves import release
from goodstanding.core.arrears.position import CannotAssess, LineKind
from goodstanding.core.loan import Component, Instalment, Opening, ScheduleVersion

if TYPE_CHECKING:
    from goodstanding.core.arrears.working import Working


def open_with(working: Working, opening: Opening) -> None:
    """What was open when the lender's history starts, as one instalment due when the oldest of it was."""
    due_on = opening.overdue_since or opening.on
    account = working.account(1, Instalment(due_on, opening.principal, opening.interest))
    account.charged[Component.FEE] = opening.fee
    account.charged[Component.PENALTY] = opening.penalty
    account.charged[Component.COMPOUND] = opening.compound
    account.has_lapsed = account.lapses_on <= opening.on
    for accrual in account.accruals if account.has_lapsed else ():
        accrual.begin(opening.on)
    if account.fee_on is not None and account.fee_on <= opening.on:
        account.fee_on = None
    working.accounts.append(account)
    working.due_count, working.day = 1, opening.on
    amounts = {**account.charged, Component.PRINCIPAL: opening.principal, Component.INTEREST: opening.interest}
    for component, amount in amounts.items():
        if amount:
            working.line(LineKind.OPENING, component, account, opening.on, amount)


def change_schedule(working: Working, version: ScheduleVersion, day: date) -> None:
    """Another schedule takes the place of what isn't due yet, and where it says so of what is due and unpaid."""
    working.close_all(day)
    replaced = working.accounts[working.due_count :]
    taken = [*working.accounts[: working.due_count], *replaced] if version.takes_over else replaced
    principal = sum(account.open_scheduled(Component.PRINCIPAL) for account in taken)
    planned = sum(part.principal for part in version.schedule)
    if principal != planned:
        raise CannotAssess(
            f"loan {working.loan.id}: the schedule that counts from {day} holds {planned} of principal (minor units); what it"
            f" replaces holds {principal}"
        )
    waived = sum(_free(working, account, day) for account in replaced)
    carried = _interest_carried(working, taken, replaced) if working.contract is not None else {}
    for account in taken:
        account.forget_settling()
        for component in SCHEDULED:
            moved = account.move_away(component)
            if account.number <= working.due_count and moved:
                working.line(LineKind.MOVED, component, account, day, -moved)
    for account in replaced:
        account.is_replaced, account.has_lapsed, account.fee_on = True, True, None
        for component in SCHEDULED:
            if account.scheduled[component] and not (working.contract and component is Component.INTEREST):
                working.line(LineKind.DUE, component, account, day, account.scheduled[component])
    working.due_count = len(working.accounts)
    working.add(version.schedule)
    _waive_again(working, waived, day)
    if version.takes_over:
        working.period_from = day
    if working.contract is not None:
        for account in working.accounts[working.due_count :]:
            account.scheduled[Component.INTEREST] = 0
        if carried:
            _carry_interest(working, carried, replaced, day)
    for event in working.event_days(working.accounts[working.due_count :]):
        if event > day:
            working.also_on(event)


def _interest_carried(
    working: Working, taken: list[InstalmentAccount], replaced: list[InstalmentAccount]
) -> dict[int, int]:
    """Interest by day that has run, by the instalment it was owed in: of the running period, and what was due of those taken."""
    overdue = {one.number: one.open_scheduled(Component.INTEREST) for one in taken if one.number <= working.due_count}
    running = {replaced[0].number: replaced[0].open(Component.INTEREST)} if replaced else {}
    return {number: amount for number, amount in (overdue | running).items() if amount}


def _carry_interest(working: Working, carried: dict[int, int], replaced: list[InstalmentAccount], day: date) -> None:
    """It is owed in the first instalment of the schedule that takes over, whose own interest is only a plan."""
    following = working.accounts[working.due_count :]
    if not following:
        raise CannotAssess(
            f"loan {working.loan.id}: the schedule that counts from {day} has no instalment to hold the interest that has run"
        )
    for account in replaced[:1]:
        if account.number in carried:
            working.line(LineKind.MOVED, Component.INTEREST, account, day, -carried[account.number])
    following[0].scheduled[Component.INTEREST] = sum(carried.values())
    working.line(LineKind.MOVED, Component.INTEREST, following[0], day, sum(carried.values()))


def _free(working: Working, account: InstalmentAccount, day: date) -> int:
    """Money paid ahead for interest and fees that are no longer asked for is held again; return the interest waived."""
    release(working, account, Component.FEE, account.prepaid_fee(), day, LineKind.MOVED)
    if working.contract is not None:
        return 0
    release(working, account, Component.INTEREST, account.met[Component.INTEREST], day, LineKind.MOVED)
    waived = account.waived[Component.INTEREST]
    account.waived[Component.INTEREST] = 0
    if waived:
        working.line(LineKind.MOVED, Component.INTEREST, account, day, waived)
    return waived


def _waive_again(working: Working, amount: int, day: date) -> None:
    """Interest waived ahead stays waived, of the first instalments of the schedule that takes over."""
    for account in working.accounts[working.due_count :]:
        part = min(amount, account.open(Component.INTEREST))
        if part:
            account.waived[Component.INTEREST] += part
            amount -= part
            working.line(LineKind.WAIVER, Component.INTEREST, account, day, -part)
