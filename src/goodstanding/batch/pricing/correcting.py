"""Rounds of correction: last payments made larger or smaller until an offer leaves what it says (core's `_corrected`)."""

from numba import types

from goodstanding.batch.compiling import entry, part
from goodstanding.batch.drafting.tables import (
    PAYMENT_AMOUNT,
    PAYMENT_ARREARS,
    PAYMENT_CONTRACT,
    PAYMENT_ON,
    PAYMENT_PLAN,
)

_TABLE, _ROW = types.Array(types.int64, 2, "C"), types.Array(types.int64, 1, "C")


@part
def _lengthen(payments, last, by, to_contract):
    """More with the last payment: the new schedule's, where there is one; interest by day is the contract's own, charges are the arrears'."""
    payments[PAYMENT_AMOUNT, last] += by
    if payments[PAYMENT_PLAN, last]:
        payments[PAYMENT_PLAN, last] += by
    elif payments[PAYMENT_CONTRACT, last] and (to_contract or not payments[PAYMENT_ARREARS, last]):
        payments[PAYMENT_CONTRACT, last] += by
    else:
        payments[PAYMENT_ARREARS, last] += by


@part
def _lessen(payments, last, by):
    """Less of a payment: its part of the plan gives way first, then the contract's, then arrears."""
    plan = min(payments[PAYMENT_PLAN, last], by)
    contract = min(payments[PAYMENT_CONTRACT, last], by - plan)
    payments[PAYMENT_AMOUNT, last] -= by
    payments[PAYMENT_PLAN, last] -= plan
    payments[PAYMENT_CONTRACT, last] -= contract
    payments[PAYMENT_ARREARS, last] -= by - plan - contract


@entry(types.void(_TABLE, _ROW, _ROW, _ROW, _ROW))
def correct(payments, first, many, by, to_contract):
    """Correct drafts' payments in place: more at the last one, or less at the last ones; one that falls away lessens `many`.

    payments: (PAYMENT_SIZE, rows). first, many, by: of each draft, its first row, how many rows, and minor units. to_contract: whether
    its interest runs by day.
    """
    for draft in range(len(by)):
        left = by[draft]
        if left > 0:
            _lengthen(payments, first[draft] + many[draft] - 1, left, to_contract[draft])
        while left < 0 and many[draft]:
            last = first[draft] + many[draft] - 1
            if payments[PAYMENT_AMOUNT, last] > -left:
                _lessen(payments, last, -left)
                left = 0
            else:
                left += payments[PAYMENT_AMOUNT, last]
                many[draft] -= 1


@entry(types.void(_TABLE, _ROW, _ROW, _ROW, _ROW))
def pay_until(payments, first, many, until, sums):
    """What is paid of each list up to the end of a day, minor units, into sums."""
    for world in range(len(sums)):
        sums[world] = 0
        for place in range(first[world], first[world] + many[world]):
            if payments[PAYMENT_ON, place] <= until[world]:
                sums[world] += payments[PAYMENT_AMOUNT, place]
