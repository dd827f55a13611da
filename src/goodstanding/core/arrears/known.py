"""Which transactions count, and in what order they work within a day."""

from datetime import date

from goodstanding.core.arrears.policy import ArrearsPolicy, ReversalFrom
from goodstanding.core.arrears.position import CannotAssess
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.money import LARGEST_AMOUNT

_WITHIN_A_DAY = {
    Kind.FEE: 0,
    Kind.WAIVER: 1,
    Kind.PAYMENT: 2,
    Kind.RECOVERY: 3,
    Kind.REFUND: 4,
    Kind.REVERSAL: 5,
    Kind.CHARGEBACK: 6,
    Kind.CHARGE_OFF: 7,
}


def known_transactions(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> list[Transaction]:
    """The transactions that count: effective by as_of, booked by known_on, in the order in which they work.

    Where a reversal voids from the start, both it and what it reverses are left out. A reversal or chargeback of what
    doesn't count yet has no effect yet.
    """
    known = [
        one
        for one in loan.transactions
        if one.effective_on <= as_of and (known_on is None or one.booked_on <= known_on)
    ]
    ids = {one.id: one for one in known}
    if len(ids) != len(known):
        raise CannotAssess(
            f"loan {loan.id}: two transactions have the same id; each is counted once, so give them their own"
        )
    not_yet = {one.id for one in loan.transactions} - ids.keys()
    not_yet |= {one.id for one in known if one.kind is Kind.CHARGEBACK and one.reverses in not_yet}
    void = {one.id for one in known if one.kind is Kind.REVERSAL and one.reverses in not_yet} | not_yet
    for one in known:
        if one.id in not_yet:
            continue
        if one.amount < 0 or one.amount > LARGEST_AMOUNT:
            raise CannotAssess(
                f"transaction {one.id}: an amount of {one.amount} minor units is outside 0 to {LARGEST_AMOUNT}"
            )
        if one.effective_on < loan.disbursed_on and one.kind is not Kind.FEE:
            raise CannotAssess(
                f"transaction {one.id} is dated {one.effective_on}, before the loan was made, on {loan.disbursed_on}: nothing was"
                " owed then that it could meet; correct one of the two days"
            )
        if one.kind is Kind.CHARGEBACK:
            target = ids.get(one.reverses or "")
            if target is None or target.kind not in (Kind.PAYMENT, Kind.RECOVERY):
                raise CannotAssess(f'chargeback {one.id} takes back "{one.reverses or ""}", which is not a payment')
        if one.kind is Kind.REVERSAL and one.id not in void:
            target = ids.get(one.reverses or "")
            if target is None or target.kind is Kind.REVERSAL or target.id in void:
                raise CannotAssess(
                    f'reversal {one.id} reverses "{one.reverses or ""}", which is not a transaction still standing'
                )
            if one.effective_on < target.effective_on:
                raise CannotAssess(
                    f"reversal {one.id} is dated {one.effective_on}, before the {target.effective_on} of what it reverses"
                )
            if one.amount != target.amount:
                raise CannotAssess(
                    f"reversal {one.id} is of {one.amount} minor units, but {target.id}, which it undoes whole, is of"
                    f" {target.amount}: give that amount; a part taken back is a chargeback, a part returned a refund"
                )
            void.add(target.id)
            if policy.reversal_from is ReversalFrom.START or target.kind not in (Kind.PAYMENT, Kind.RECOVERY):
                void.add(one.id)
    if policy.reversal_from is ReversalFrom.OWN_DATE:
        void -= {one.reverses or "" for one in known if one.kind is Kind.REVERSAL and one.id not in void}
    standing = [one for one in known if one.id not in void]
    return sorted(standing, key=lambda one: (one.effective_on, _WITHIN_A_DAY[one.kind], one.booked_on, one.id))
