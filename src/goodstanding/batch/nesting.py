"""Loans as rows of the nested book: for one loan, for checking the kernel against the reference, for tests."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from goodstanding.book.schema import COMPONENT_CODES, DRAWDOWN, KIND_CODES, OPTIONAL, nested_with
from goodstanding.core.loan import Instalment, Loan, Opening, Transaction

_BESIDE = {"borrower_id": "", "lender_days_past_due": None, "lender_balance": None}


def nest(loans: Iterable[Loan]) -> pa.RecordBatch:
    """Return loans as a batch of the nested book, with the optional columns that they need.

    ValueError for a loan that it has no words for: one with money that was agreed for days to come.
    """
    given = list(loans)
    if ahead := next((loan for loan in given if is_paid_ahead(loan)), None):
        raise ValueError(
            f"loan {ahead.id}: a nested book can't say that money was agreed for days to come (ahead_until); assess it by itself"
        )
    rows = [row_of(loan) for loan in given]
    needed = [name for name in OPTIONAL if any(row[name] for row in rows)]
    if any(part[DRAWDOWN] for row in rows for part in _instalments(row)):
        needed.append(DRAWDOWN)
    return pa.RecordBatch.from_pylist([_BESIDE | row for row in rows], schema=nested_with(needed))


def _instalments(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [*row["schedule"], *(part for version in row["versions"] for part in version["schedule"])]


def row_of(loan: Loan) -> dict[str, Any]:
    """A loan as a row of the nested book; transactions in the order in which they work, ties by id."""
    history = sorted(loan.transactions, key=lambda one: (one.effective_on, KIND_CODES[one.kind], one.booked_on, one.id))
    return {
        "loan_id": loan.id,
        "product": loan.product,
        "currency": loan.currency,
        "principal": loan.principal,
        "annual_rate_ppm": loan.annual_rate.ppm,
        "day_count": loan.annual_rate.day_count.value,
        "disbursed_on": loan.disbursed_on,
        "schedule": _schedule(loan.schedule),
        "transactions": _history(history),
        "pauses": [
            {name: getattr(pause, name) for name in ("from_on", "until_on", "stops_penalty", "stops_fees")}
            for pause in loan.pauses
        ],
        "opening": _opening(loan.opening),
        "versions": [
            {"from_on": one.from_on, "takes_over": one.takes_over, "schedule": _schedule(one.schedule)}
            for one in loan.versions
        ],
        "classified_as": [
            {
                "category": one.category,
                "from_on": one.from_on,
                "until_on": one.until_on,
                "reason": one.reason or None,
            }
            for one in loan.classified_as
        ],
    }


def _schedule(parts: Iterable[Instalment]) -> list[dict[str, Any]]:
    return [
        {name: getattr(part, name) for name in ("due_on", "principal", "interest", "fee", "minimum")}
        | {DRAWDOWN: part.drawdown or None}
        for part in sorted(parts, key=lambda part: (part.due_on, part.drawdown))
    ]


def is_paid_ahead(loan: Loan) -> bool:
    """Whether money of it was agreed for days to come: what neither the nested book nor the kernel has a word for."""
    return any(one.ahead_until is not None for one in loan.transactions)


def _history(history: Sequence[Transaction]) -> list[dict[str, Any]]:
    places = {one.id: place for place, one in enumerate(history)}
    return [
        {
            "id": one.id,
            "kind": KIND_CODES[one.kind],
            "amount": one.amount,
            "effective_on": one.effective_on,
            "booked_on": one.booked_on,
            "reverses": None if one.reverses is None else places.get(one.reverses, -1),
            "component": None if one.component is None else COMPONENT_CODES[one.component],
            "instalment": one.instalment,
        }
        for one in history
    ]


def _opening(opening: Opening | None) -> dict[str, Any] | None:
    if opening is None:
        return None
    names = "on principal interest penalty compound fee overdue_since period_from accrued_interest".split()
    return {name: getattr(opening, name) for name in names}
