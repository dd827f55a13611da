"""What a loan owes, worked out as a patient clerk would: every calendar day in turn, nothing skipped, nothing clever.

Written from the words of docs/methods/ and kept in another shape than `core/arrears/`, so that the two prove each other.
`work_out` answers with the same names as the assessment.
"""

from datetime import date

from goodstanding.core.arrears.policy import ArrearsPolicy, ReversalFrom
from goodstanding.core.loan import Component, Kind, Loan, Transaction
from tests.core.oracle.books import ALL, CHARGES, COMPOUND, CONTRACT, FEE, INTEREST, PENALTY, PRINCIPAL, Refused, Sheet
from tests.core.oracle.clerk import Clerk
from tests.core.oracle.days import DAY, every_day, is_paused

__all__ = ["Refused", "work_out"]
PAID = (Kind.PAYMENT, Kind.RECOVERY)


def that_count(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> list[Transaction]:
    """The transactions that count by then; what is reversed from the start is left out with its reversal."""
    known = [
        one
        for one in loan.transactions
        if one.effective_on <= as_of and (known_on is None or one.booked_on <= known_on)
    ]
    not_yet = {one.id for one in loan.transactions} - {one.id for one in known}
    for kind in (Kind.CHARGEBACK, Kind.REVERSAL):
        waits = [one for one in known if one.kind is kind and one.reverses in not_yet]
        known = [one for one in known if one not in waits]
        not_yet |= {one.id for one in waits if kind is Kind.CHARGEBACK}
    left_out: list[str] = []
    targets = [one.reverses for one in known if one.kind is Kind.REVERSAL]
    if len(targets) != len(set(targets)) or len({one.id for one in known}) != len(known):
        raise Refused
    for one in known:
        if one.kind not in (Kind.REVERSAL, Kind.CHARGEBACK):
            continue
        found = [other for other in known if other.id == one.reverses and other.kind is not Kind.REVERSAL]
        if not found or (one.kind is Kind.CHARGEBACK and found[0].kind not in PAID):
            raise Refused
        if one.effective_on < found[0].effective_on:
            raise Refused
        is_void = policy.reversal_from is ReversalFrom.START or found[0].kind not in PAID
        if one.kind is Kind.REVERSAL and is_void:
            left_out += [one.id, found[0].id]
    if any(one.kind is Kind.CHARGEBACK and one.reverses in left_out and one.id not in left_out for one in known):
        raise Refused
    return [one for one in known if one.id not in left_out]


def by_component(amounts: dict[Component, int]) -> dict[str, int]:
    return {str(component): amounts[component] for component in ALL}


def work_out(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None = None) -> dict[str, object]:
    """Every sum of an assessment, and each instalment's position, by name."""
    clerk = Clerk(loan, policy)
    clerk.work(as_of, that_count(loan, policy, as_of, known_on))
    late = clerk.late_today()
    parts = {sheet.number: clerk.late_part(sheet) for sheet in late}
    overdue = {one: sum(part[one] for part in parts.values()) for one in CONTRACT}
    charges = {one: sum(clerk.open_charge(sheet, one) for sheet in clerk.sheets) for one in CHARGES}
    days = delinquent = 0
    if late:
        since = clerk.counted_from(late)
        days, delinquent = clerk.day_number(since), clerk.delinquent_days(since)
    wanting = [
        sheet for sheet in clerk.sheets if sheet.due_on >= as_of and sheet not in late and next_ask(clerk, sheet) > 0
    ]
    next_day = min((sheet.due_on for sheet in wanting), default=None)
    accrued = 0
    for sheet in clerk.that_run() if clerk.settled_by is None else ():
        accrued += max(0, clerk.interest_so_far(sheet) - sheet.paid[INTEREST] - sheet.waived[INTEREST])
    fees = charges[FEE] + overdue[FEE]
    return {
        "days_past_due": days,
        "delinquent_days": delinquent,
        "bucket": bucket(
            policy, delinquent, sum(overdue.values()) + sum(charges.values()) - fallen_due_in_a_pause(clerk, late)
        ),
        "instalments_overdue": len(late),
        "oldest_due_on": min(sheet.due_on for sheet in late) if late else None,
        "arrears_since": clerk.arrears_since,
        "overdue_principal": overdue[PRINCIPAL],
        "overdue_interest": overdue[INTEREST],
        "penalty": charges[PENALTY],
        "compound_interest": charges[COMPOUND],
        "fees": fees,
        "amount_to_cure": overdue[PRINCIPAL] + overdue[INTEREST] + charges[PENALTY] + charges[COMPOUND] + fees,
        "next_due_on": next_day,
        "next_due": sum(next_ask(clerk, sheet) for sheet in wanting if sheet.due_on == next_day),
        "outstanding_principal": clerk.outstanding_principal(),
        "accrued_interest": accrued,
        "payoff": clerk.payoff(),
        "unapplied": clerk.held(),
        "charged_off_on": clerk.charged_off_on,
        "instalments": [position(clerk, sheet, late) for sheet in clerk.sheets if not is_gone(clerk, sheet)],
    }


def is_gone(clerk: Clerk, sheet: Sheet) -> bool:
    """Whether another schedule took its place before anything was paid to it or charged on it."""
    has_charges = any(clerk.charged(sheet, one) for one in ALL)
    return sheet.is_replaced and not has_charges and not any(sheet.paid.values())


def position(clerk: Clerk, sheet: Sheet, late: list[Sheet]) -> dict[str, object]:
    is_late = sheet in late
    part = clerk.late_part(sheet) if is_late else dict.fromkeys(CONTRACT, 0)
    overdue = {one: part.get(one, 0) + (clerk.open_charge(sheet, one) if one in CHARGES else 0) for one in ALL}
    days = clerk.delinquent_days(sheet.due_on) if is_late else 0
    return {
        "number": sheet.number,
        "due_on": sheet.due_on,
        "due": by_component({one: sheet.asked[one] + clerk.charged(sheet, one) - sheet.waived[one] for one in ALL}),
        "paid": by_component(sheet.paid),
        "open": by_component({one: clerk.open(sheet, one) for one in ALL}),
        "overdue": by_component(overdue),
        "days": clerk.day_number(sheet.due_on) if is_late else 0,
        "delinquent_days": days,
        "bucket": bucket(clerk.policy, days, sum(overdue.values())),
    }


def next_ask(clerk: Clerk, sheet: Sheet) -> int:
    """What an instalment that isn't past due asks for: its rest, of a bill the rest of its minimum."""
    if not clerk.is_by_day or sheet not in clerk.later_sheets()[:-1]:
        return clerk.short_of_due(sheet)
    done = sum(sheet.paid[one] + sheet.waived[one] for one in CONTRACT)
    balance = sum(clerk.open(one, PRINCIPAL) for one in clerk.sheets[sheet.number - 1 :])
    whole = sheet.terms.principal + sheet.terms.interest + sheet.terms.fee
    rest = (whole if sheet.terms.minimum is None else min(whole, sheet.terms.minimum)) - done
    return min(max(0, rest), balance + clerk.open(sheet, INTEREST) + sheet.terms.fee)


def fallen_due_in_a_pause(clerk: Clerk, late: list[Sheet]) -> int:
    """What is late of instalments that no day outside a pause has counted for yet."""
    total = 0
    for sheet in late:
        first = sheet.due_on if clerk.policy.due_date_is_day == 1 else sheet.due_on + DAY
        if all(is_paused(list(clerk.loan.pauses), day) for day in every_day(first, clerk.today)):
            total += sum(clerk.late_part(sheet).values())
    return total


def bucket(policy: ArrearsPolicy, days: int, overdue: int) -> str:
    name = policy.buckets.base
    if overdue < policy.buckets.least_amount:
        return name
    for edge, its_name in zip(policy.buckets.edges, policy.buckets.names, strict=True):
        if days >= edge:
            name = its_name
    return name
