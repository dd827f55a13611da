"""The waterfall: in what order a payment meets what is owed.

Each claim is paid in full before the next. What is past due comes first, then what is due today; what is left over is
excess, which the contract sends to the next instalments, to the last ones, over all of them, or holds unapplied.
Method and worked table: docs/methods/waterfall.md
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from goodstanding.core.arrears.policy import By
from goodstanding.core.loan import Component


class Claimant(Protocol):
    """Something a payment can meet: an instalment that says what of each component is open."""

    def open(self, component: Component) -> int: ...


A = TypeVar("A", bound=Claimant)


def claims_in_order(accounts: Sequence[A], order: Sequence[Component], by: By) -> Iterator[tuple[A, Component]]:
    """Yield (instalment, component) in the order in which they are met; accounts come oldest first."""
    if by is By.INSTALMENT:
        yield from ((account, component) for account in accounts for component in order)
    else:
        yield from ((account, component) for component in order for account in accounts)


def allocate(amount: int, claims: Iterable[tuple[A, Component]]) -> tuple[list[tuple[A, Component, int]], int]:
    """Return what each claim receives, and what is left. amount: minor units, never negative."""
    met = []
    for account, component in claims:
        if amount <= 0:
            break
        part = min(amount, account.open(component))
        if part > 0:
            met.append((account, component, part))
            amount -= part
    return met, amount
