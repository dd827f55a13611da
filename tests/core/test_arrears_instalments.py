"""A plan of instalments on a credit line: what several drawdowns ask for on one day is paid together."""

from datetime import date
from fractions import Fraction

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Instalment, Loan
from goodstanding.core.plans.measures.arrears_instalments import arrears_instalments
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Position
from goodstanding.core.rates import AnnualRate


def test_a_payment_holds_what_every_drawdown_asks_for_on_its_day() -> None:
    days = (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1))
    schedule = tuple(
        Instalment(day, amount, drawdown=name) for day in days for name, amount in (("A", 10_000), ("B", 20_000))
    )
    loan = Loan("L1", "CNY", 120_000, date(2026, 1, 1), AnnualRate(Fraction(0)), schedule)
    today = assess(loan, ArrearsPolicy(), as_of=date(2026, 2, 20))
    position = Position(loan, ArrearsPolicy(), today, date(2026, 3, 10))
    plan = arrears_instalments(ground_of(position), months=2)
    assert isinstance(plan, Draft)
    assert [(one.on, one.contract, one.arrears) for one in plan.payments] == [
        (days[1], 30_000, 0),
        (days[2], 30_000, 15_000),
        (days[3], 30_000, 15_000),
    ]
