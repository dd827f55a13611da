"""The reference and the kernel beside each other, on every single-valued field of an assessment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from goodstanding.batch.columns import assess_batch
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import PolicyTable, policy_table
from goodstanding.batch.results import SCHEMA
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan

SET_ASIDE: dict[str, object] = {"set_aside": True}


def by_reference(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> dict[str, object]:
    try:
        whole = assess(loan, policy, as_of=as_of, known_on=known_on)
    except CannotAssess:
        return SET_ASIDE
    return {name: getattr(whole, name) for name in SCHEMA.names if name != "product"} | {"product": loan.product}


def by_kernel(
    loans: Sequence[Loan], policies: PolicyTable, as_of: date, known_on: date | None
) -> dict[str, dict[str, object]]:
    results, set_aside = assess_batch(nest(loans), policies, as_of=as_of, known_on=known_on)
    found: dict[str, dict[str, object]] = {row["loan_id"]: row for row in results.to_pylist()}
    return found | {row["loan_id"]: SET_ASIDE for row in set_aside.to_pylist()}


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
