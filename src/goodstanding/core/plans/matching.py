"""Which payment counts for which promise or plan payment: each cent of the ledger for one of them, once.

A payment meets the one that can be kept the least long; what exceeds it flows on to the next. Nothing is guessed from amounts: no
other order lets more money count in time. Method and worked tables: docs/methods/promises.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from goodstanding.core.loan import Kind, Transaction


class CannotJudge(ValueError):
    """Promises, plans or a ledger that contradict each other; the sentence says what to correct."""


@dataclass(frozen=True, slots=True)
class MeantFor:
    """What a payment was for, as the borrower or its reference said. to: a promise, a plan, one payment of a plan
    ("A-1/2"); empty: none of them, such as the contract's own instalment. recorded_on: when it was written down; of
    several of one payment the latest counts."""

    payment: str
    to: str
    recorded_on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """What of a payment still stands. amount: minor units. booked_on: when it came into the ledger."""

    payment: str
    on: date
    amount: int
    booked_on: date


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that money can count for. amount, tolerance: minor units.

    until_on: the last day on which it is met in time. Money counts from from_on up to and including closes_on (None: no end);
    before first_from only what nothing else takes. plan: of one payment of a plan, the plan. within: of a promise about a
    plan's payments, the plan: what counts for the plan counts for the promise as well.
    """

    id: str
    amount: int
    due_on: date
    until_on: date
    from_on: date
    first_from: date
    closes_on: date | None
    tolerance: int = 0
    plan: str = ""
    within: str = ""

    def takes(self, paid: Paid) -> bool:
        """Whether a payment may count; for a plan also an earlier one that came into the ledger after its sums were worked out."""
        starts = max(paid.on, paid.booked_on) if self.plan else paid.on
        return self.from_on <= starts and (self.closes_on is None or paid.on <= self.closes_on)


@dataclass(frozen=True, slots=True)
class Counted:
    """A part of a payment that counts for a claim. through: the plan whose money it is, where it counts for a promise too."""

    claim: str
    payment: str
    on: date
    amount: int
    through: str = ""


def standing(ledger: Iterable[Transaction]) -> list[Paid]:
    """What stands of each payment after these transactions, in order of their days.

    ledger: in the order in which they work (core/arrears/known.py). A reversal takes its payment back whole, a chargeback the part
    it names, a refund from the latest payments before it.
    """
    paid: list[Transaction] = []
    left: dict[str, int] = {}
    for one in ledger:
        if one.kind is Kind.PAYMENT or one.kind is Kind.RECOVERY:
            paid.append(one)
            left[one.id] = one.amount
        elif one.kind is Kind.REVERSAL and one.reverses in left:
            left[one.reverses] = 0
        elif one.kind is Kind.CHARGEBACK:
            _take(left, [one.reverses or ""], one)
        elif one.kind is Kind.REFUND:
            _take(left, list(reversed(left)), one)
    return [Paid(one.id, one.effective_on, left[one.id], one.booked_on) for one in paid if left[one.id]]


def _take(left: dict[str, int], names: Sequence[str], one: Transaction) -> None:
    rest = one.amount
    for name in names:
        part = min(rest, left.get(name, 0))
        if part:
            left[name] -= part
            rest -= part
    if rest:
        raise CannotJudge(f"{one.kind} {one.id} takes back more than payments still stand for; check its amount")


def match(
    claims: Sequence[Claim], money: Iterable[Paid], meant_for: Mapping[str, str], before: Sequence[Counted] = ()
) -> list[Counted]:
    """Count each payment, in order of days, for the claims in their turn; what no claim takes counts for nothing.

    First what it was meant for, then the claim whose last day comes first. After those come, for what is left: a rest within the
    tolerance, a plan that was accepted later than the payment, a promise about a plan's own payments. before: what earlier payments counted for; it is returned too.
    """
    missing = {claim.id: claim.amount for claim in claims}
    for one in before:
        missing[one.claim] -= one.amount
    counted = list(before)
    for paid in money:
        left = paid.amount
        for claim in _in_turn(claims, missing, paid, meant_for.get(paid.payment)):
            part = min(left, missing[claim.id])
            if not part:
                continue
            left -= part
            missing[claim.id] -= part
            counted.append(Counted(claim.id, paid.payment, paid.on, part))
            if claim.plan:
                counted += _through(claims, missing, claim.plan, paid, part)
    return counted


def _in_turn(claims: Sequence[Claim], missing: Mapping[str, int], paid: Paid, target: str | None) -> list[Claim]:
    if target == "":
        return []
    plans = {claim.plan for claim in claims if claim.plan}
    target = next((one.within for one in claims if one.id == target and one.within in plans), target)
    able = [claim for claim in claims if missing[claim.id] and claim.takes(paid)]
    return sorted(able, key=lambda one: (target not in (one.id, one.plan or one.id), *_turn(one, missing, paid)))


def _turn(claim: Claim, missing: Mapping[str, int], paid: Paid) -> tuple[bool, date, date, str]:
    comes_last = bool(claim.within) or paid.on < claim.first_from or missing[claim.id] <= claim.tolerance
    return (comes_last, claim.until_on, claim.due_on, claim.id)


def _through(claims: Sequence[Claim], missing: dict[str, int], plan: str, paid: Paid, amount: int) -> Iterable[Counted]:
    """What counts for a plan counts for the promises about it too, for each cent one of them."""
    about = [claim for claim in claims if claim.within == plan and claim.takes(paid)]
    for claim in sorted(about, key=lambda one: (one.until_on, one.due_on, one.id)):
        part = min(amount, missing[claim.id])
        if part:
            amount -= part
            missing[claim.id] -= part
            yield Counted(claim.id, paid.payment, paid.on, part, through=plan)
