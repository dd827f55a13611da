"""What a transaction does to a loan: payments find what they meet, and are taken back when they bounce.

Methods and worked tables: docs/methods/waterfall.md, docs/methods/reversals.md, docs/methods/payoff.md
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from goodstanding.core.arrears.account import InstalmentAccount
from goodstanding.core.arrears.contract_interest import fit_ahead
from goodstanding.core.arrears.policy import BillOverdue, Excess, Waterfall
from goodstanding.core.arrears.position import CannotAssess, LineKind
from goodstanding.core.loan import Component, Kind, Transaction
from goodstanding.core.money import split_evenly
from goodstanding.core.payments.waterfall import allocate, claims_in_order

if TYPE_CHECKING:
    from goodstanding.core.arrears.working import Working

_WAIVED_FIRST = (Component.FEE, Component.PENALTY, Component.COMPOUND, Component.INTEREST, Component.PRINCIPAL)


def apply_transaction(working: Working, one: Transaction, day: date) -> None:
    if one.kind is Kind.PAYMENT or one.kind is Kind.RECOVERY:
        _receive(working, one, day)
    elif one.kind is Kind.FEE:
        account = _named(working, one) or _last_fallen_due(working)
        account.charged[Component.FEE] += one.amount
        working.line(LineKind.FEE, Component.FEE, account, day, one.amount, one.id)
    elif one.kind is Kind.WAIVER:
        _waive(working, one, day)
    elif one.kind is Kind.REFUND:
        _give_back(working, one, day)
    elif one.kind is Kind.REVERSAL:
        _take_back(working, one, day)
    elif one.kind is Kind.CHARGEBACK:
        _charge_back(working, one, day)
    else:
        working.charged_off_on = working.charged_off_on or day


def _receive(working: Working, one: Transaction, day: date) -> None:
    kind = LineKind.RECOVERY if one.kind is Kind.RECOVERY else LineKind.PAYMENT
    later = working.accounts[working.due_count :]
    may_settle = later and working.settled_on is None
    if may_settle and one.amount >= working.payoff(day) > 0:
        _settle(working, day)
        working.settled_by = one.id
    left = one.amount
    working.allocations[one.id], working.held[one.id] = [], 0
    if one.ahead_until is not None:
        working.ahead_until[one.id] = one.ahead_until
    named = _named(working, one)
    if named is not None or one.component is not None:
        onward = later[::-1] if working.policy.excess is Excess.LAST else later
        accounts = [named] if named is not None else [*working.accounts[: working.due_count], *onward]
        order = (one.component,) if one.component is not None else _waterfall(working, day).past_due
        met, left = allocate(left, claims_in_order(accounts, order, working.policy.waterfall.by))
        _record(working, met, one.id, day, kind)
    _pay(working, one.id, left, day, kind)


def _pay(working: Working, source: str, amount: int, day: date, kind: LineKind) -> None:
    """What is late first, then what is due today and fees, then rests that count as paid and what bills carry on, then excess.

    Money that was agreed for days to come meets what is asked for by then ahead of those rests. What counts as paid is judged once,
    before any of it is met.
    """
    waterfall = _waterfall(working, day)
    by = waterfall.by
    due = working.accounts[: working.due_count]
    past = [account for account in due if account.terms.due_on < day or account.is_replaced]
    today = [account for account in due if account.terms.due_on == day and not account.is_replaced]
    later = working.accounts[working.due_count :]
    left, claims = amount, ((past, waterfall.past_due), (today, waterfall.due_today))
    tolerated = working.tolerated(day)
    for turn in waterfall.turns():
        for accounts, order in claims:
            left = _meet_minimums(working, left, accounts, order, turn, tolerated, source, day, kind)
            fixed = [account for account in accounts if account.terms.minimum is None]
            for account, component in claims_in_order(fixed, order[turn], by):
                is_paid = account.number in tolerated
                part = min(left, account.open_charge(component) if is_paid else account.open(component))
                if part > 0:
                    _record(working, [(account, component, part)], source, day, kind)
                    left -= part
    for account in later:
        posted = min(left, account.open_charge(Component.FEE))
        if posted:
            _record(working, [(account, Component.FEE, posted)], source, day, kind)
            left -= posted
    if (until := working.ahead_until.get(source)) is not None:
        agreed = [account for account in later if account.terms.due_on <= until]
        left = _meet_agreed(working, left, agreed, waterfall.in_advance, source, day, kind)
    for turn in waterfall.turns():
        for accounts, order in claims:
            met, left = allocate(left, claims_in_order(accounts, order[turn], by))
            _record(working, met, source, day, kind)
    working.held[source] += _place_excess(working, left, later, waterfall, source, day, kind)


def _meet_minimums(
    working: Working,
    left: int,
    accounts: list[InstalmentAccount],
    order: tuple[Component, ...],
    turn: slice,
    tolerated: set[int],
    source: str,
    day: date,
    kind: LineKind,
) -> int:
    """Of bills, what is short of each minimum and the charges come first, so that who pays every minimum is never late.

    tolerated: numbers of those whose rest counts as paid; of them the charges alone.
    """
    for account in accounts:
        if account.terms.minimum is None:
            continue
        is_paid = account.number in tolerated
        short = {} if is_paid else account.unpaid_part(BillOverdue.MINIMUM, order)
        for component in order[turn]:
            part = min(left, short.get(component, 0) + account.open_charge(component))
            if part:
                _record(working, [(account, component, part)], source, day, kind)
                left -= part
    return left


def _place_excess(
    working: Working,
    left: int,
    later: list[InstalmentAccount],
    waterfall: Waterfall,
    source: str,
    day: date,
    kind: LineKind,
) -> int:
    excess, order = working.policy.excess, waterfall.in_advance
    if excess is Excess.UNAPPLIED and working.settled_on is None:
        return left
    if excess is Excess.SPREAD:
        while left and (still_open := [one for one in later if any(one.open(part) for part in order)]):
            for account, share in zip(still_open, split_evenly(left, len(still_open)), strict=True):
                met, rest = allocate(share, claims_in_order([account], order, waterfall.by))
                _record(working, met, source, day, kind)
                left -= share - rest
        return left
    accounts = later[::-1] if excess is Excess.LAST else later
    for account, component in claims_in_order(accounts, order, waterfall.by):
        if not left:
            break
        if component is Component.PRINCIPAL and excess is not Excess.LAST:
            fit_ahead(working, account)
        part = min(left, account.open(component))
        if part:
            _record(working, [(account, component, part)], source, day, kind)
            left -= part
    return left


def _meet_agreed(
    working: Working,
    left: int,
    agreed: list[InstalmentAccount],
    order: tuple[Component, ...],
    source: str,
    day: date,
    kind: LineKind,
) -> int:
    """Meet what instalments to come will ask for, the oldest first: of bills the minimum of each before any more of them.

    Where interest runs by day, principal and interest no further than the fixed sum, so that the instalment's fee isn't left open
    for interest that will move to the next one.
    """
    left = _meet_minimums(working, left, agreed, order, slice(None), set(), source, day, kind)
    for account in (one for one in agreed if one.terms.minimum is None):
        for component in order:
            if left and component is Component.PRINCIPAL:
                fit_ahead(working, account)
            part = min(left, account.open(component), _left_of_fixed_sum(working, account, component, left))
            if part > 0:
                _record(working, [(account, component, part)], source, day, kind)
                left -= part
    return left


def _left_of_fixed_sum(working: Working, account: InstalmentAccount, component: Component, most: int) -> int:
    """How much of a component may be met ahead: as much as comes, but of interest by day and principal what the fixed sum still asks for."""
    by_day = working.contract is not None and account.number < len(working.accounts)
    if not by_day or component not in (Component.INTEREST, Component.PRINCIPAL):
        return most
    done = sum(account.met[one] + account.waived[one] for one in (Component.INTEREST, Component.PRINCIPAL))
    return max(0, account.terms.principal + account.terms.interest - done)


def _settle(working: Working, day: date) -> None:
    """The payment reaches the payoff: interest and fees of later days are not charged; credit for them comes back.

    What bills ask for stands: their interest is for days gone by.
    """
    running = [account.number for account in working.running()]
    for account in () if working.is_billed else working.accounts[working.due_count :]:
        owed_now = working.interest_accrued(account, day) if account.number in running else 0
        if working.contract is not None:
            owed_now = account.scheduled[Component.INTEREST]
        for component, keep in ((Component.INTEREST, owed_now), (Component.FEE, 0)):
            account.not_asked[component] = account.scheduled[component] - keep
            account.scheduled[component] = keep
            release(working, account, component, max(0, -account.open(component)), day, LineKind.SETTLED)
            unneeded = max(0, -account.open(component))
            if unneeded:
                account.waived[component] -= unneeded
                account.not_given[component] = unneeded
                working.line(LineKind.SETTLED, component, account, day, unneeded)
    working.settled_on = day
    use_held(working, day)


def release(
    working: Working, account: InstalmentAccount, component: Component, amount: int, day: date, kind: LineKind
) -> None:
    """What met a sum that is no longer asked for is held again under its payment, the latest first."""
    for source in reversed(list(working.allocations)):
        parts = working.allocations[source]
        for place in reversed(range(len(parts))):
            met_account, met_component, part = parts[place]
            if not amount or met_account is not account or met_component is not component:
                continue
            back = min(part, amount)
            amount -= back
            account.met[component] -= back
            parts[place] = (account, component, part - back)
            working.held[source] += back
            working.line(kind, component, account, day, back, source)


def _record(
    working: Working, met: list[tuple[InstalmentAccount, Component, int]], source: str, day: date, kind: LineKind
) -> None:
    for account, component, part in met:
        account.met[component] += part
        working.line(kind, component, account, day, -part, source)
        working.allocations[source].append((account, component, part))


def _waterfall(working: Working, day: date) -> Waterfall:
    after = working.policy.waterfall_after_dpd
    if after is not None and working.days_past_due(day) > after.dpd:
        return after.waterfall
    return working.policy.waterfall


def _named(working: Working, one: Transaction) -> InstalmentAccount | None:
    if one.instalment is None:
        return None
    if not 1 <= one.instalment <= len(working.accounts):
        raise CannotAssess(
            f"transaction {one.id} names instalment {one.instalment}; the loan has 1 to {len(working.accounts)}"
        )
    return working.accounts[one.instalment - 1]


def _last_fallen_due(working: Working) -> InstalmentAccount:
    """The last instalment that fell due, or the first to come; one that was replaced before its day never fell due."""
    fell_due = [account for account in working.accounts[: working.due_count] if not account.is_replaced]
    return fell_due[-1] if fell_due else (working.accounts[working.due_count :] or working.accounts)[0]


def _waive(working: Working, one: Transaction, day: date) -> None:
    """Give up charges or more: the component named, or charges first; never more than is open."""
    named = _named(working, one)
    accounts = [named] if named is not None else working.accounts[: working.due_count]
    order = (one.component,) if one.component is not None else _WAIVED_FIRST
    met, _ = allocate(one.amount, claims_in_order(accounts, order, working.policy.waterfall.by))
    for account, component, part in met:
        account.waived[component] += part
        working.line(LineKind.WAIVER, component, account, day, -part, one.id)


def _give_back(working: Working, one: Transaction, day: date) -> None:
    """Money returned to the borrower: what is held first, then the latest payments are undone."""
    left = _from_held(working, one.amount)
    for source in reversed(list(working.allocations)):
        left = _undo(working, source, left, day, one.id)
    if left:
        raise CannotAssess(f"refund {one.id} returns more than was ever paid; check its amount")


def _take_back(working: Working, one: Transaction, day: date) -> None:
    source = one.reverses or ""
    total = sum(part for _, _, part in working.allocations.get(source, []))
    paid = next(payment.amount for payment in working.loan.transactions if payment.id == source)
    if total + working.held.get(source, 0) != paid:
        raise CannotAssess(
            f"reversal {one.id} takes back payment {source}, of which a part was given back before: correct the refund or"
            " chargeback, or the reversal"
        )
    _undo(working, source, total, day, one.id)
    working.held[source] = 0
    if source == working.settled_by:
        _unsettle(working, day)


def _charge_back(working: Working, one: Transaction, day: date) -> None:
    """Take back up to the amount of one payment, what it met last first; what of it is held goes before that."""
    source = one.reverses or ""
    from_held = min(working.held.get(source, 0), one.amount)
    if from_held:
        working.held[source] -= from_held
    beyond_held = one.amount - from_held
    if _undo(working, source, beyond_held, day, one.id):
        raise CannotAssess(f"chargeback {one.id} takes back more than payment {source} still stands for")
    if beyond_held and source == working.settled_by:
        _unsettle(working, day)


def _unsettle(working: Working, day: date) -> None:
    """The payment that settled the loan bounced: interest and fees that settling took away are owed again.

    An instalment that another schedule took over or replaced before that had nothing taken away, and gets nothing back.
    """
    working.settled_on, working.settled_by = None, ""
    for account in working.accounts:
        for component in (Component.INTEREST, Component.FEE):
            asked, given = account.not_asked[component], account.not_given[component]
            account.not_asked[component] = account.not_given[component] = 0
            account.scheduled[component] += asked
            account.waived[component] += given
            if asked and account.number <= working.due_count:
                working.line(LineKind.DUE, component, account, day, asked)
            if given:
                working.line(LineKind.WAIVER, component, account, day, -given)


def _from_held(working: Working, amount: int) -> int:
    for source, held in working.held.items():
        part = min(held, amount)
        amount -= part
        working.held[source] -= part
    return amount


def _undo(working: Working, source: str, amount: int, day: date, why: str) -> int:
    """Undo up to this amount of a payment, what it met last first; return what is left of the amount."""
    parts = working.allocations.get(source, [])
    while parts and amount:
        account, component, part = parts.pop()
        undone = min(part, amount)
        account.met[component] -= undone
        amount -= undone
        working.line(LineKind.REVERSAL, component, account, day, undone, why)
        if part > undone:
            parts.append((account, component, part - undone))
    return amount


def use_held(working: Working, day: date) -> None:
    """Money held meets what has opened, oldest payment first; what is held of one payment is one sum."""
    for source, amount in working.held.items():
        if amount:
            working.held[source] = 0
            _pay(working, source, amount, day, LineKind.PAYMENT)
