"""What one loan owes as of a day: the specification, in exact fractions, stepping from event to event.

`batch` must give the same on every field. No other place computes a sum owed.
Methods and worked tables: docs/methods/
"""

from collections.abc import Sequence
from datetime import date

from goodstanding.core.arrears.account import SCHEDULED, InstalmentAccount, owed
from goodstanding.core.arrears.counting import day_number, delinquent_days, has_waited
from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.arrears.policy import ArrearsPolicy, BillOverdue
from goodstanding.core.arrears.position import (
    Assessment,
    CannotAssess,
    DrawdownPosition,
    InstalmentPosition,
    Line,
    LineKind,
    Owed,
)
from goodstanding.core.arrears.working import Working
from goodstanding.core.loan import Component, Instalment, Loan, Opening
from goodstanding.core.money import LARGEST_AMOUNT
from goodstanding.core.rates import LARGEST_SPAN_DAYS

__all__ = ["Assessment", "CannotAssess", "InstalmentPosition", "Line", "LineKind", "Owed", "assess", "assess_each"]

_COMPONENTS = tuple(Component)


def assess(loan: Loan, policy: ArrearsPolicy, *, as_of: date, known_on: date | None = None) -> Assessment:
    """Return where a loan stands at the end of the day as_of.

    known_on: count only what was booked by then, so that "what did we believe that day" can be answered.
    Raises CannotAssess when the loan's facts contradict each other or an amount is beyond LARGEST_AMOUNT.
    """
    _check(loan, policy, as_of)
    working = Working(loan, policy)
    working.run_to(as_of, known_transactions(loan, policy, as_of, known_on))
    return _read(working, as_of)


def assess_each(loan: Loan, policy: ArrearsPolicy, days: Sequence[date]) -> list[Assessment]:
    """`assess` as of each of several days, in their order; what lies before the first of them is worked through once.

    Raises CannotAssess as `assess` does for any of them.
    """
    first, last = min(days), max(days)
    counted = known_transactions(loan, policy, last, None)
    for day in days:
        _check(loan, policy, day)
        if known_transactions(loan, policy, day, None) != [one for one in counted if one.effective_on <= day]:
            return [
                assess(loan, policy, as_of=day) for day in days
            ]  # something is taken back between them, from its start
    working = Working(loan, policy)
    working.set_out(last, counted)
    working.run_before(first)
    return [*(_read_on(working.copied(), day) for day in days[:-1]), _read_on(working, days[-1])]


def _read_on(working: Working, day: date) -> Assessment:
    working.finish(day)
    return _read(working, day)


def _check(loan: Loan, policy: ArrearsPolicy, as_of: date) -> None:
    if not loan.schedule and loan.opening is None:
        raise CannotAssess(f"loan {loan.id} has no instalments: give a schedule or the terms to make one from")
    if loan.opening is not None and as_of < loan.opening.on:
        raise CannotAssess(f"loan {loan.id}: its history starts on {loan.opening.on}; ask for that day or a later one")
    if as_of in (date.min, date.max):
        raise CannotAssess(f"{as_of} can't be asked about: a day before it and a day after it are needed")
    if as_of < loan.disbursed_on:
        raise CannotAssess(f"loan {loan.id} was made on {loan.disbursed_on}: nothing can be owed on {as_of}")
    if (as_of - loan.disbursed_on).days > LARGEST_SPAN_DAYS:
        raise CannotAssess(
            f"loan {loan.id} was made on {loan.disbursed_on}: {as_of} is more than 100 years later, which isn't computed;"
            " check both days"
        )
    if loan.opening is not None:
        _check_opening(loan, loan.opening)
    for pause in loan.pauses:
        if pause.until_on < pause.from_on:
            raise CannotAssess(f"loan {loan.id}: a pause from {pause.from_on} ends before that, on {pause.until_on}")
    for schedule in (loan.schedule, *(version.schedule for version in loan.versions)):
        _check_schedule(loan, schedule)
    for version in loan.versions:
        if any(part.due_on < version.from_on for part in version.schedule):
            raise CannotAssess(
                f"loan {loan.id}: the schedule that counts from {version.from_on} has an instalment due before it"
            )


def _check_opening(loan: Loan, opening: Opening) -> None:
    for name, day in (("overdue_since", opening.overdue_since), ("period_from", opening.period_from)):
        if day is not None and day > opening.on:
            raise CannotAssess(
                f"loan {loan.id}: {name} of its opening is {day}, after the opening's own day, {opening.on}"
            )


def _check_schedule(loan: Loan, schedule: tuple[Instalment, ...]) -> None:
    days = [(part.due_on, part.drawdown) for part in schedule]
    if len(set(days)) != len(days):
        raise CannotAssess(
            f"loan {loan.id} has two instalments due on the same day that aren't of different drawdowns: add them up into one"
        )
    for part in schedule:
        if min(part.principal, part.interest, part.fee) < 0 or part.amount > LARGEST_AMOUNT:
            raise CannotAssess(
                f"loan {loan.id}: the instalment due on {part.due_on} has an amount outside 0 to {LARGEST_AMOUNT}"
            )
        if part.due_on < loan.disbursed_on:
            raise CannotAssess(
                f"loan {loan.id}: an instalment is due on {part.due_on}, before the loan was made, on {loan.disbursed_on};"
                " correct one of the two days"
            )
        if part.minimum is not None and not 0 <= part.minimum <= part.amount:
            raise CannotAssess(
                f"loan {loan.id}: the bill due on {part.due_on} is {part.amount} (minor units) and its minimum {part.minimum};"
                " a minimum is a part of the bill: give 0 to all of it"
            )


def _read(working: Working, as_of: date) -> Assessment:
    loan, policy = working.loan, working.policy
    late = working.late(as_of)
    parts = {account.number: working.unpaid_part(account) for account in late}
    charges = {
        component: sum(account.open_charge(component) for account in working.accounts)
        for component in (Component.FEE, Component.PENALTY, Component.COMPOUND)
    }
    overdue = {component: sum(part[component] for part in parts.values()) for component in SCHEDULED}
    fees = charges[Component.FEE] + overdue[Component.FEE]
    positions = tuple(
        _position(working, account, parts, as_of) for account in working.accounts if not account.is_gone()
    )
    since = working.counted_from(late, as_of) if late else None
    days = day_number(since, as_of, policy) if since else 0
    counted = delinquent_days(since, as_of, policy, loan.pauses) if since else 0
    total_overdue = sum(overdue.values()) + sum(charges.values())
    waiting = {
        account.number: sum(parts[account.number].values())
        for account in late
        if has_waited(account.terms.due_on, as_of, policy, loan.pauses)
    }
    counts = total_overdue - sum(waiting.values())
    coming = _coming(working, parts, as_of)
    decision = loan.decision_on(as_of)
    return Assessment(
        loan_id=loan.id,
        currency=loan.currency,
        as_of=as_of,
        days_past_due=days,
        delinquent_days=counted,
        bucket=policy.buckets.bucket_of(counted, counts),
        instalments_overdue=len(late),
        oldest_due_on=late[0].terms.due_on if late else None,
        arrears_since=working.arrears_since,
        overdue_principal=overdue[Component.PRINCIPAL],
        overdue_interest=overdue[Component.INTEREST],
        penalty=charges[Component.PENALTY],
        compound_interest=charges[Component.COMPOUND],
        fees=fees,
        amount_to_cure=overdue[Component.PRINCIPAL]
        + overdue[Component.INTEREST]
        + charges[Component.PENALTY]
        + charges[Component.COMPOUND]
        + fees,
        next_due_on=min(coming, default=None),
        next_due=coming[min(coming)] if coming else 0,
        outstanding_principal=working.outstanding_principal(),
        accrued_interest=_accrued(working, as_of),
        payoff=working.payoff(as_of),
        unapplied=sum(working.held.values()),
        charged_off_on=working.charged_off_on,
        classification=policy.classification.bucket_of(counted, counts) if policy.classification else "",
        classified_as=decision.category if decision else "",
        drawdowns=_drawdowns(positions, policy, waiting),
        instalments=positions,
        lines=(*working.lines, *_carried(working, parts, as_of)),
    )


def _drawdowns(
    positions: tuple[InstalmentPosition, ...], policy: ArrearsPolicy, waiting: dict[int, int]
) -> tuple[DrawdownPosition, ...]:
    """Days and sums by drawdown, where the schedule names drawdowns. waiting: what of which instalment fell due in a pause."""
    found = []
    for name in sorted({one.drawdown for one in positions if one.drawdown}):
        parts = [one for one in positions if one.drawdown == name]
        counted, overdue = max(one.delinquent_days for one in parts), sum(one.overdue.total for one in parts)
        counts = overdue - sum(waiting.get(one.number, 0) for one in parts)
        bucket = policy.buckets.bucket_of(counted, counts)
        found.append(DrawdownPosition(name, max(one.days for one in parts), counted, bucket, overdue))
    return tuple(found)


def _accrued(working: Working, as_of: date) -> int:
    if working.settled_on:
        return 0
    return sum(
        max(0, working.interest_accrued(one, as_of) - one.met[Component.INTEREST] - one.waived[Component.INTEREST])
        for one in working.running()
    )


def _coming(working: Working, parts: dict[int, dict[Component, int]], as_of: date) -> dict[date, int]:
    """By due date, what instalments that aren't late ask for from as_of on: of a credit line all that fall due on the day."""
    found: dict[date, int] = {}
    for account in working.accounts:
        due_on = account.terms.due_on
        if due_on >= as_of and account.number not in parts and (asked := _ask(working, account)):
            found[due_on] = found.get(due_on, 0) + asked
    return found


def _ask(working: Working, account: InstalmentAccount) -> int:
    """What an instalment that isn't past due asks for: all that is open, or of a bill what is short of its minimum.

    Where interest runs by day, an instalment to come asks for its fixed sum, of a bill for its minimum, as far as the balance
    still needs it.
    """
    is_last = account.number == len(working.accounts)
    if working.contract is not None and account.number > working.due_count and not is_last:
        paid = sum(account.met[component] + account.waived[component] for component in SCHEDULED)
        later = sum(one.open(Component.PRINCIPAL) for one in working.accounts[account.number - 1 :])
        fixed, minimum = account.terms.amount, account.terms.minimum
        wanted = fixed if minimum is None else min(minimum, fixed)
        return min(max(0, wanted - paid), later + account.open(Component.INTEREST) + account.terms.fee)
    return sum(account.unpaid_part(BillOverdue.MINIMUM, working.policy.waterfall.past_due).values())


def _position(
    working: Working, account: InstalmentAccount, parts: dict[int, dict[Component, int]], as_of: date
) -> InstalmentPosition:
    late = account.number in parts
    due_on, policy = account.terms.due_on, working.policy
    if not late and account.is_untouched():
        asked = owed(account.scheduled)
        drawdown = account.terms.drawdown
        return InstalmentPosition(
            account.number, due_on, drawdown, asked, Owed(), asked, Owed(), 0, 0, policy.buckets.base
        )
    due = {one: account.scheduled[one] + account.charged[one] - account.waived[one] for one in _COMPONENTS}
    overdue = {one: account.open_charge(one) for one in _COMPONENTS}
    for one, part in parts[account.number].items() if late else ():
        overdue[one] += part
    counted = delinquent_days(due_on, as_of, policy, working.loan.pauses) if late else 0
    return InstalmentPosition(
        number=account.number,
        due_on=due_on,
        drawdown=account.terms.drawdown,
        due=owed(due),
        paid=owed(account.met),
        open=owed({one: due[one] - account.met[one] for one in _COMPONENTS}),
        overdue=owed(overdue),
        days=day_number(due_on, as_of, policy) if late else 0,
        delinquent_days=counted,
        bucket=policy.buckets.bucket_of(counted, sum(overdue.values())),
    )


def _carried(working: Working, parts: dict[int, dict[Component, int]], as_of: date) -> list[Line]:
    """Lines for what is open of instalments fallen due but isn't overdue, so that the statement adds up to the sum to cure.

    That is a bill's part above its minimum, a rest within the tolerance, and what is due today.
    """
    return [
        Line(LineKind.CARRIED, component, account.number, as_of, as_of, -rest)
        for account in working.accounts[: working.due_count]
        for component in SCHEDULED
        if (rest := account.open_scheduled(component) - parts.get(account.number, {}).get(component, 0))
    ]
