"""The reference and the kernel beside each other, on every field of an assessment but the statement's lines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from goodstanding.batch.columns import assess_batch
from goodstanding.batch.instalments import assess_in_detail
from goodstanding.batch.local import NestedFile
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import PolicyTable, policy_table
from goodstanding.batch.results import SCHEMA
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan

SET_ASIDE: dict[str, object] = {"set_aside": True}


Row = dict[str, object]


def by_reference(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> Row:
    """The fields of a result row, and under `instalments` and `drawdowns` rows as the kernel gives them."""
    try:
        whole = assess(loan, policy, as_of=as_of, known_on=known_on)
    except CannotAssess:
        return SET_ASIDE
    return {name: getattr(whole, name) for name in SCHEMA.names if name != "product"} | {
        "product": loan.product,
        "instalments": [flat(asdict(one)) for one in whole.instalments],
        "drawdowns": [asdict(one) for one in whole.drawdowns],
    }


def flat(position: Mapping[str, Any]) -> Row:
    """A position with a value for each component, as the columns of instalments have it."""
    row: Row = {}
    for name, value in position.items():
        row |= {f"{name}_{of}": amount for of, amount in value.items()} if isinstance(value, dict) else {name: value}
    return row


def by_kernel(loans: Sequence[Loan], policies: PolicyTable, as_of: date, known_on: date | None) -> dict[str, Row]:
    """Result rows by loan, as by_reference gives them."""
    batch = nest(loans)
    results, set_aside = assess_batch(batch, policies, as_of=as_of, known_on=known_on)
    detail = assess_in_detail(batch, policies, as_of=as_of, known_on=known_on)
    assert (detail.loans.to_pylist(), detail.set_aside.to_pylist()) == (results.to_pylist(), set_aside.to_pylist())
    found = by_loan(results, detail.instalments, detail.drawdowns)
    return found | {row["loan_id"]: SET_ASIDE for row in set_aside.to_pylist()}


def of_book(path: Path, policies: PolicyTable, as_of: date) -> dict[str, Row]:
    """Result rows by loan of a nested book on disk, as by_reference gives them: read as the engine reads it."""
    source = NestedFile(path)
    found: dict[str, Row] = {}
    for piece in range(len(source.sizes)):
        detail = assess_in_detail(source.read(piece), policies, as_of=as_of)
        found |= by_loan(detail.loans, detail.instalments, detail.drawdowns)
        found |= {row["loan_id"]: SET_ASIDE for row in detail.set_aside.to_pylist()}
    return found


def by_loan(results: pa.RecordBatch, instalments: pa.RecordBatch, drawdowns: pa.RecordBatch) -> dict[str, Row]:
    found: dict[str, Row] = {row["loan_id"]: row | {"instalments": [], "drawdowns": []} for row in results.to_pylist()}
    for name, rows in (("instalments", instalments), ("drawdowns", drawdowns)):
        for row in rows.to_pylist():
            listed = found[row.pop("loan_id")][name]
            assert isinstance(listed, list)
            listed.append(row)
    return found


def differences(
    cases: Sequence[tuple[Loan, ArrearsPolicy]], as_of: date, known_on: date | None = None
) -> list[tuple[int, dict[str, tuple[Any, Any]]]]:
    """Where the kernel's results differ: the case, and by field (reference, kernel)."""
    loans = [replace(loan, id=f"L{place}", product=f"P{place}") for place, (loan, _) in enumerate(cases)]
    policies = policy_table({f"P{place}": policy for place, (_, policy) in enumerate(cases)})
    found = by_kernel(loans, policies, as_of, known_on)
    differing = []
    for place, (loan, (_, policy)) in enumerate(zip(loans, cases, strict=True)):
        ours, theirs = found[loan.id], by_reference(loan, policy, as_of, known_on)
        if ours != theirs:
            names = [name for name in theirs.keys() | ours.keys() if ours.get(name) != theirs.get(name)]
            differing.append((place, {name: (theirs.get(name), ours.get(name)) for name in sorted(names)}))
    return differing
