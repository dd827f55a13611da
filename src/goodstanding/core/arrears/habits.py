"""Borrowers with a habit, to see what a policy does to them: each pays every instalment in full, late or early.

The loans are examples: thirteen equal instalments of a round amount, which is large beside the policy's fees and tolerance.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.dates import add_months
from goodstanding.core.loan import Instalment, Kind, Loan, Transaction
from goodstanding.core.money import exponent_of
from goodstanding.core.rates import AnnualRate

PAID = 12
"""How many instalments are paid: a year of months."""
_MADE_ON, _FIRST_DUE = date(2025, 1, 1), date(2025, 2, 1)
_SHORTEST_MONTH = 28


def example(policy: ArrearsPolicy, currency: str, annual_rate: Fraction, period_days: int) -> Loan:
    """A loan that nobody has paid yet. period_days: days between due dates; 28 and more are months."""
    amount = _amount(policy, currency)
    interest = amount // 10 if annual_rate else 0
    schedule = tuple(Instalment(day, amount - interest, interest) for day in _due_dates(period_days))
    principal = sum(part.principal for part in schedule)
    return Loan("example", currency, principal, _MADE_ON, AnnualRate(annual_rate), schedule)


def paying(loan: Loan, days_late: list[int]) -> tuple[Transaction, ...]:
    """A payment in full for each instalment in turn, so many days after its due date; negative: before it."""
    return tuple(
        Transaction(f"p{place:02}", Kind.PAYMENT, part.amount, day, day)
        for place, (part, days) in enumerate(zip(loan.schedule, days_late, strict=False))
        for day in [part.due_on + timedelta(days=days)]
    )


def left_behind(loan: Loan, policy: ArrearsPolicy, days_late: list[int]) -> list[int]:
    """What is needed to cure after each payment, where the loan is past due then; 0 where it isn't. Minor units.

    Looked at on the day after the due date, or on the day of the payment when that is later.
    """
    paid = replace(loan, transactions=paying(loan, days_late))
    found = []
    for part, days in zip(paid.schedule, days_late, strict=False):
        standing = assess(paid, policy, as_of=part.due_on + timedelta(days=max(1, days)))
        found.append(standing.amount_to_cure if standing.days_past_due else 0)
    return found


def charges_of_a_year(loan: Loan, policy: ArrearsPolicy) -> int:
    """Penalty, compound interest and fees on the first instalment, if it alone is never paid. Minor units."""
    alone = replace(loan, principal=loan.schedule[0].principal, schedule=loan.schedule[:1])
    standing = assess(alone, policy, as_of=_FIRST_DUE + timedelta(days=365))
    return standing.penalty + standing.compound_interest + standing.fees


def _amount(policy: ArrearsPolicy, currency: str) -> int:
    fee = policy.late_fee
    sums = [policy.tolerance_minor] + ([fee.flat, fee.least] if fee is not None else [])
    return max(1000 * int(10 ** exponent_of(currency)), 20 * max(sums))


def _due_dates(period_days: int) -> Iterator[date]:
    for place in range(PAID + 1):
        if period_days < _SHORTEST_MONTH:
            yield _FIRST_DUE + timedelta(days=period_days * place)
        else:
            yield add_months(_FIRST_DUE, place)
