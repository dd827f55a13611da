"""Accounts with a monthly bill: each bill, what it asks for, and in which way it was met."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.dates import add_months
from goodstanding.core.loan import Component, Instalment, Kind, Loan
from goodstanding.core.money import round_half_up
from goodstanding.core.rates import AnnualRate
from qinghe.dice import Dice
from qinghe.story import CURRENCY, CUT_OFF, DAILY, ONE_DAY, Story


def _carried(story: Story, day: date) -> int:
    """What stands on the bills above what is overdue of them: it bears interest, which the next bill asks for."""
    total = 0
    for part, position in zip(story.loan.schedule, story.standing(day).instalments, strict=True):
        still_open = position.open.principal + position.open.interest
        short = max(0, min(part.minimum or 0, part.amount) - (part.amount - still_open))
        total += still_open - short
    return total


def carried_interest(story: Story, start: date, end: date) -> int:
    """0.05 % for each night of [start, end) on what is carried; rounded once."""
    days = sorted(
        {start, end, *(one.effective_on for one in story.loan.transactions if start < one.effective_on < end)}
    )
    nights = sum(_carried(story, first) * (last - first).days for first, last in pairwise(days))
    return round_half_up(nights * DAILY)


def _bill(story: Story, due_on: date) -> None:
    """Add the next bill: what was newly drawn, and interest on what was carried; a tenth of it must be paid."""
    interest = carried_interest(story, story.loan.schedule[-1].due_on, due_on) if story.loan.schedule else 0
    drawn = story.dice.between(120_00, 3_600_00)
    asked = drawn + interest
    minimum = min(asked, max(10_00, round_half_up(Fraction(asked, 10))))
    story.loan = replace(
        story.loan,
        principal=story.loan.principal + drawn,
        schedule=(*story.loan.schedule, Instalment(due_on, drawn, interest, minimum=minimum)),
    )


Behaviour = Callable[[Story], None]


def full(story: Story) -> None:
    """Pay all that the bills ask for, on the due date."""
    bill = story.loan.schedule[-1]
    rest = sum(one.open.principal + one.open.interest for one in story.standing(bill.due_on).instalments)
    story.post(Kind.PAYMENT, rest + story.standing(bill.due_on).penalty, bill.due_on)


def least(story: Story) -> None:
    """Pay the minimum of this bill, and say that it is for this bill."""
    bill = story.loan.schedule[-1]
    story.post(Kind.PAYMENT, bill.minimum or 0, bill.due_on, instalment=len(story.loan.schedule))


def late(story: Story) -> None:
    """Pay what is overdue, with its penalty interest, some days late."""
    day = story.loan.schedule[-1].due_on + story.dice.between(2, 9) * ONE_DAY
    overdue = story.standing(day)
    story.post(Kind.PAYMENT, overdue.amount_to_cure, day, instalment=len(story.loan.schedule))


def nothing(story: Story) -> None:
    """Don't pay."""


def a_part(story: Story) -> None:
    bill = story.loan.schedule[-1]
    amount = (bill.minimum or 0) * story.dice.between(3, 6) // 10
    story.post(Kind.PAYMENT, amount, bill.due_on, instalment=len(story.loan.schedule))


def bounced(story: Story) -> None:
    full(story)
    payment = story.loan.transactions[-1]
    story.post(Kind.REVERSAL, payment.amount, payment.effective_on + 2 * ONE_DAY, reverses=payment.id)


def booked_late(story: Story) -> None:
    full(story)
    payment = story.loan.transactions[-1]
    told = replace(payment, booked_on=min(payment.effective_on + 9 * ONE_DAY, CUT_OFF))
    story.loan = replace(story.loan, transactions=(*story.loan.transactions[:-1], told))


def waived(story: Story) -> None:
    """The penalty interest of a few days was given up, the rest of the bill paid."""
    day = story.loan.schedule[-1].due_on + 5 * ONE_DAY
    penalty = story.standing(day).penalty
    if penalty:
        story.post(Kind.WAIVER, penalty, day, component=Component.PENALTY, instalment=len(story.loan.schedule))
    story.post(Kind.PAYMENT, story.standing(day).payoff, day)


@dataclass(frozen=True)
class BillPlot:
    """ending: what is done with the last bills; before them each bill is met in one of the `usual` ways."""

    count: int
    usual: tuple[Behaviour, ...]
    ending: tuple[Behaviour, ...] = ()


BILL_PLOTS = (
    BillPlot(34, (full,)),
    BillPlot(12, (full, least, least)),
    BillPlot(4, (full, full), (late, full)),
    BillPlot(10, (full, full, least), (nothing,)),
    BillPlot(4, (full, least), (a_part,)),
    BillPlot(6, (full, least), (nothing, nothing)),
    BillPlot(3, (full,), (nothing, nothing, nothing)),
    BillPlot(3, (full, full, least), (nothing, nothing, nothing, nothing)),
    BillPlot(1, (full,), (bounced,)),
    BillPlot(1, (full,), (booked_late,)),
    BillPlot(2, (full,), (waived,)),
)


def bill_account(name: str, plot: BillPlot, policy: ArrearsPolicy, dice: Dice) -> Story:
    """Open an account, write its bills and let each be met as the plot says."""
    due_day = dice.one_of((8, 10, 20))
    bills = dice.between(len(plot.ending) + 2, 10)
    first = add_months(date(2026, 11, due_day), 1 - bills)
    loan = Loan(
        name,
        CURRENCY,
        0,
        add_months(first, -1) + dice.between(0, 9) * ONE_DAY,
        AnnualRate.from_daily(DAILY),
        (),
        product="cn_bill",
    )
    story = Story(loan, policy, dice)
    before = [dice.one_of(plot.usual) for _ in range(bills - len(plot.ending))]
    for place, meet in enumerate([*before, *plot.ending]):
        _bill(story, add_months(first, place))
        meet(story)
    return story
