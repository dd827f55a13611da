"""A loan told from day to day: what is paid on a day is what our engine says is owed on it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.arrears.assess import Assessment, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Kind, Loan, Transaction
from goodstanding.core.plans.terms import Terms
from qinghe.dice import Dice

CUT_OFF = date(2026, 11, 23)
CURRENCY = "CNY"
ONE_DAY = timedelta(days=1)
DAILY = Fraction("0.0005")
"""What a bill's account bears a day."""


@dataclass
class Story:
    """A loan while its history is being told. terms: the columns it is made from; None: its rows are given."""

    loan: Loan
    policy: ArrearsPolicy
    dice: Dice
    terms: Terms | None = None
    row: dict[str, str] = field(default_factory=dict)

    def post(
        self,
        kind: Kind,
        amount: int,
        day: date,
        *,
        booked_on: date | None = None,
        reverses: str | None = None,
        component: Component | None = None,
        instalment: int | None = None,
    ) -> str:
        """Write a transaction into the lender's ledger and return its id."""
        name = f"{self.loan.id}-{len(self.loan.transactions) + 1:02}"
        one = Transaction(name, kind, amount, day, booked_on or day, reverses, component, instalment)
        self.loan = replace(self.loan, transactions=(*self.loan.transactions, one))
        return name

    def standing(self, day: date) -> Assessment:
        return assess(self.loan, self.policy, as_of=day)

    def owed(self, day: date) -> int:
        """What must be paid on the day so that nothing is overdue after it, what falls due on the day included."""
        position = self.standing(day)
        return position.amount_to_cure + (position.next_due if position.next_due_on == day else 0)

    def pay_owed(self, day: date, *, booked_on: date | None = None) -> str:
        return self.post(Kind.PAYMENT, self.owed(day), day, booked_on=booked_on)

    def pay_on_time(self, up_to: int) -> None:
        """Pay the first `up_to` instalments, on the due date or a day or two before it, as most people do."""
        for part in self.loan.schedule[:up_to]:
            early = self.dice.one_of((0, 0, 0, 0, 1, 1, 2))
            if early and part.due_on - timedelta(days=early) > self.loan.disbursed_on:
                self.post(Kind.PAYMENT, part.amount, part.due_on - timedelta(days=early))
            else:
                self.pay_owed(part.due_on)
