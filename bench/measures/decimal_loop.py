"""What one would write without the kernel: a loop over a loan's events in Decimal, for the bench's one policy.

Grace that forgives; penalty at a multiple of the contract rate on overdue principal, act/365, rounded half up on the
running total; one late fee per instalment, a share with a least and a most; fees first, the oldest instalment first; excess
to the next; a payment that reaches the payoff settles.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal(1)


def rounded(exact: Decimal) -> int:
    return int(exact.quantize(CENT, ROUND_HALF_UP))


class Part:
    """An instalment on its way."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.due_on, self.principal, self.interest = row["due_on"], row["principal"], row["interest"]
        self.fee = self.penalty = self.pending = self.posted = 0
        self.exact, self.since = Decimal(0), row["due_on"]
        self.has_lapsed = False

    @property
    def unpaid(self) -> int:
        return self.principal + self.interest


def assess(loan: dict[str, Any], policy: Any, as_of: date) -> tuple[int, ...]:
    """Days past due, overdue principal and interest, penalty, fees, outstanding principal, payoff, held."""
    parts = [Part(row) for row in loan["schedule"]]
    rate = Decimal(loan["annual_rate_ppm"]) / 1_000_000 * Decimal(str(float(policy.penalty_multiple)))
    held = 0
    for move in loan["transactions"]:
        day, left = move["effective_on"], move["amount"]
        if day > as_of:
            break
        if not parts:
            held += left
            continue
        run(parts, policy, rate, day)
        settles = payoff(loan, parts, day) - held
        if parts[-1].due_on > day and left >= settles > 0:
            held += left - settles
            parts = []
            continue
        for part in parts:
            for name in ("fee", "penalty", "interest", "principal"):
                met = min(left, getattr(part, name))
                setattr(part, name, getattr(part, name) - met)
                left -= met
        held += left
    run(parts, policy, rate, as_of)
    late = [part for part in parts if part.due_on < as_of and part.unpaid]
    return (
        (as_of - late[0].due_on).days if late else 0,
        sum(part.principal for part in late),
        sum(part.interest for part in late),
        sum(part.penalty for part in parts),
        sum(part.fee for part in parts),
        sum(part.principal for part in parts),
        max(0, payoff(loan, parts, as_of) - held),
        held,
    )


def run(parts: list[Part], policy: Any, rate: Decimal, day: date) -> None:
    """Bring charges up to the start of a day's payments."""
    for part in parts:
        if part.due_on >= day:
            break
        if not part.has_lapsed and day > part.due_on + timedelta(days=policy.grace_days):
            part.has_lapsed = True
            if part.unpaid:
                part.penalty, part.pending = part.penalty + part.pending, 0
                fee = policy.late_fee
                share = rounded(Decimal(str(float(fee.share))) * part.unpaid)
                part.fee += min(max(fee.least, fee.flat + share), fee.most)
            else:
                part.pending, part.posted, part.exact = 0, 0, Decimal(0)
        part.exact += Decimal(part.principal) * rate * (day - part.since).days / 365
        part.since = day
        amount = rounded(part.exact) - part.posted
        part.posted += amount
        if part.has_lapsed:
            part.penalty += amount
        else:
            part.pending += amount


def payoff(loan: dict[str, Any], parts: list[Part], day: date) -> int:
    if not parts:
        return 0
    total, before = 0, loan["disbursed_on"]
    is_first = True
    for part, row in zip(parts, loan["schedule"], strict=True):
        total += part.principal + part.fee + part.penalty
        if part.due_on <= day:
            total += part.interest
        else:
            if is_first:
                is_first = False
                days = max(0, (day - before).days)
                total += rounded(Decimal(row["interest"] * days) / (part.due_on - before).days)
            total -= row["interest"] - part.interest
        before = part.due_on
    return total
