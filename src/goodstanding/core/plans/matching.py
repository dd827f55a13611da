"""Which payment counts for which promise or plan payment: each cent of the ledger for one of them, once.

A payment meets the one that can be kept the least long; what exceeds it flows on to the next. Nothing is guessed from amounts: no
other order lets more money count in time. Method and worked tables: docs/methods/promises.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class Counting:
    """Payments counted one after the other, in order of their days, for the claims in their turn.

    First for what a payment was meant for, then for the claim whose last day comes first. After those come, for what is left: a rest within
    the tolerance, a plan that was accepted later than the payment, a promise about a plan's own payments. What no claim takes counts for nothing.
    """

    def __init__(self, claims: Sequence[Claim], meant_for: Mapping[str, str]) -> None:
        self.missing = {claim.id: claim.amount for claim in claims}
        self.counted: list[Counted] = []
        self.paid_of: dict[str, int] = {}
        """By plan, what counted for its payments so far, minor units."""
        self._meant_for = meant_for
        self._passed_over = 0
        self._open = sorted(claims, key=lambda one: (one.until_on, one.due_on, one.id))
        self._plans = {one.plan for one in claims if one.plan}
        self._within = {one.id: one.within for one in claims if one.within in self._plans}
        self._about: dict[str, list[Claim]] = {}
        for one in self._open:
            if one.id in self._within:
                self._about.setdefault(one.within, []).append(one)

    def close(self, plan: str) -> None:
        """Let a plan take no more money."""
        self._open = [one for one in self._open if one.plan != plan]

    def count(self, money: Iterable[Paid]) -> None:
        """Count more payments; none is of an earlier day than those counted before."""
        for paid in money:
            if self._passed_over > len(self._open):
                self._leave_out_what_is_over(paid.on)
            left = paid.amount
            for claim in self._in_turn(paid):
                part = min(left, self.missing[claim.id])
                self._take(claim, paid, part)
                left -= part
                if not left:
                    break

    def _leave_out_what_is_over(self, day: date) -> None:
        """Leave out of the open claims what is met, and what takes no money of a day or later."""
        self._passed_over = 0
        self._open = [one for one in self._open if self.missing[one.id] and not _is_over(one, day)]

    def _in_turn(self, paid: Paid) -> Iterator[Claim]:
        """The claims that take of a payment; each is asked for once those before it have had their part."""
        target = self._meant_for.get(paid.payment)
        if target == "":
            return
        if target is not None:
            target = self._within.get(target, target)
            yield from self._open_to(paid, [one for one in self._open if target in (one.id, one.plan or one.id)])
        yield from self._open_to(paid, self._open)

    def _open_to(self, paid: Paid, claims: Iterable[Claim]) -> Iterator[Claim]:
        waits = list[Claim]()
        for one in claims:
            if not self.missing[one.id] or _is_over(one, paid.on):
                self._passed_over += 1
            elif one.takes(paid):
                if self._comes_last(one, paid):
                    waits.append(one)
                else:
                    yield one
        yield from (one for one in waits if self.missing[one.id])

    def _comes_last(self, claim: Claim, paid: Paid) -> bool:
        return bool(claim.within) or paid.on < claim.first_from or self.missing[claim.id] <= claim.tolerance

    def _take(self, claim: Claim, paid: Paid, part: int) -> None:
        self.missing[claim.id] -= part
        self.counted.append(Counted(claim.id, paid.payment, paid.on, part))
        if not claim.plan:
            return
        self.paid_of[claim.plan] = self.paid_of.get(claim.plan, 0) + part
        # what counts for a plan counts for the promises about it too, for each cent one of them
        for about in self._about.get(claim.plan, ()):
            more = min(part, self.missing[about.id]) if about.takes(paid) else 0
            if more:
                part -= more
                self.missing[about.id] -= more
                self.counted.append(Counted(about.id, paid.payment, paid.on, more, through=claim.plan))


def _is_over(claim: Claim, day: date) -> bool:
    """Whether money of a day or later can't count any more."""
    return claim.closes_on is not None and claim.closes_on < day


def match(claims: Sequence[Claim], money: Iterable[Paid], meant_for: Mapping[str, str]) -> list[Counted]:
    """Count all payments, in order of their days, for the claims."""
    counting = Counting(claims, meant_for)
    counting.count(money)
    return counting.counted
