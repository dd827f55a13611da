"""Instalment loans: what became of them, and how many of each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.dates import add_months
from goodstanding.core.loan import Component, Kind, Loan, Pause
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Method, Terms
from goodstanding.core.rates import AnnualRate, DayCount
from qinghe.changes import draws_twice, is_extended, is_judged, is_re_aged, records_begin_late
from qinghe.dice import Dice
from qinghe.story import CURRENCY, CUT_OFF, ONE_DAY, Story


@dataclass(frozen=True)
class Plot:
    """What becomes of a loan. days: how far the oldest unpaid due date lies back; below 1: that it is still to come."""

    count: int
    days: tuple[int, int]
    tell: Callable[[Story, int], None]
    least_paid: int = 0
    least_term: int = 3
    least_left: int = 1


def pays(story: Story, paid: int) -> None:
    story.pay_on_time(paid)


def pays_late_once(story: Story, paid: int) -> None:
    """One instalment came late, with its penalty interest."""
    story.pay_on_time(paid - 2)
    late = story.loan.schedule[paid - 2]
    story.pay_owed(late.due_on + timedelta(days=story.dice.between(5, 26)))
    story.pay_owed(story.loan.schedule[paid - 1].due_on)


def pays_a_part(story: Story, paid: int) -> None:
    """Of the oldest unpaid instalment a part came, late."""
    story.pay_on_time(paid)
    part = story.loan.schedule[paid]
    day = min(part.due_on + timedelta(days=story.dice.between(4, 9)), CUT_OFF)
    story.post(Kind.PAYMENT, max(100_00, part.amount * story.dice.between(3, 7) // 10 // 100_00 * 100_00), day)


def payment_bounces(story: Story, paid: int) -> None:
    """The direct debit of the oldest unpaid instalment was sent back three days later."""
    story.pay_on_time(paid)
    due_on = story.loan.schedule[paid].due_on
    payment = story.pay_owed(due_on)
    amount = story.loan.transactions[-1].amount
    story.post(Kind.REVERSAL, amount, due_on + timedelta(days=3), reverses=payment)


def payment_is_booked_late(story: Story, paid: int) -> None:
    """A transfer that arrived in time was found, and booked, ten days later."""
    story.pay_on_time(paid - 1)
    due_on = story.loan.schedule[paid - 1].due_on
    story.pay_owed(due_on, booked_on=min(due_on + timedelta(days=10), CUT_OFF))


def penalty_is_waived(story: Story, paid: int) -> None:
    """The lender gave up the penalty interest of an instalment paid late."""
    story.pay_on_time(paid - 2)
    late = story.loan.schedule[paid - 2]
    day = late.due_on + timedelta(days=story.dice.between(8, 20))
    position = story.standing(day)
    for component, amount in (
        (Component.PENALTY, position.penalty),
        (Component.COMPOUND, position.compound_interest),
    ):
        if amount:
            story.post(Kind.WAIVER, amount, day, component=component, instalment=paid - 1)
    story.pay_owed(day)
    story.pay_owed(story.loan.schedule[paid - 1].due_on)


def has_a_pause(story: Story, paid: int) -> None:
    """A payment holiday was granted after an illness; days in it don't count and nothing is charged for them."""
    story.pay_on_time(paid)
    due_on = story.loan.schedule[paid].due_on
    pause = Pause(due_on + timedelta(days=5), min(due_on + timedelta(days=35), CUT_OFF + timedelta(days=12)))
    story.loan = replace(story.loan, pauses=(pause,))


def settles_early(story: Story, paid: int) -> None:
    """The whole loan was paid back before its end."""
    story.pay_on_time(paid)
    day = story.loan.schedule[paid - 1].due_on + timedelta(days=story.dice.between(3, 12))
    story.post(Kind.PAYMENT, story.standing(day).payoff, day)


def pays_ahead(story: Story, paid: int) -> None:
    """Two instalments more than due were paid in one go."""
    story.pay_on_time(paid - 2)
    ahead = story.loan.schedule[paid - 2 : paid]
    story.post(Kind.PAYMENT, sum(part.amount for part in ahead), story.loan.schedule[paid - 3].due_on + 6 * ONE_DAY)


def leaves_a_trifle(story: Story, paid: int) -> None:
    """A rest of 30 fen stayed open: small enough to count as paid."""
    story.pay_on_time(paid - 1)
    due_on = story.loan.schedule[paid - 1].due_on
    story.post(Kind.PAYMENT, story.owed(due_on) - 30, due_on)


def pays_twice_and_gets_it_back(story: Story, paid: int) -> None:
    story.pay_on_time(paid)
    part = story.loan.schedule[paid - 1]
    story.post(Kind.PAYMENT, part.amount, part.due_on + 2 * ONE_DAY)
    story.post(Kind.REFUND, part.amount, part.due_on + 6 * ONE_DAY)


def is_written_off(story: Story, paid: int) -> None:
    """Written off after half a year; something came in later. It is still owed."""
    story.pay_on_time(paid)
    day = story.loan.schedule[paid].due_on + timedelta(days=181)
    story.post(Kind.CHARGE_OFF, story.standing(day).outstanding_principal, day)
    story.post(Kind.RECOVERY, 1_200_00, day + timedelta(days=24))


INSTALMENT_PLOTS = (
    Plot(51, (-30, -1), pays),
    Plot(1, (-30, -1), is_re_aged, least_paid=5, least_term=12),
    Plot(2, (0, 0), pays),
    Plot(8, (-30, -1), pays_late_once, least_paid=2),
    Plot(5, (1, 3), pays),
    Plot(9, (4, 30), pays),
    Plot(1, (4, 30), is_extended, least_term=6, least_left=3),
    Plot(1, (16, 30), draws_twice, least_paid=1),
    Plot(1, (31, 60), is_judged),
    Plot(1, (31, 60), records_begin_late, least_paid=3),
    Plot(5, (31, 60), pays),
    Plot(6, (61, 90), pays),
    Plot(6, (91, 170), pays),
    Plot(6, (12, 75), pays_a_part),
    Plot(3, (4, 40), payment_bounces),
    Plot(3, (-25, -14), payment_is_booked_late, least_paid=1),
    Plot(2, (-30, -1), penalty_is_waived, least_paid=2),
    Plot(3, (18, 50), has_a_pause),
    Plot(2, (-28, -15), settles_early, least_paid=1, least_term=6),
    Plot(1, (-50, -36), pays_ahead, least_paid=3, least_term=6),
    Plot(1, (-30, -1), leaves_a_trifle, least_paid=1),
    Plot(1, (-24, -15), pays_twice_and_gets_it_back, least_paid=1),
    Plot(1, (215, 230), is_written_off, least_paid=1, least_term=12),
)


def instalment_loan(name: str, plot: Plot, policy: ArrearsPolicy, dice: Dice) -> Story:
    """Make a loan whose oldest unpaid due date lies where the plot wants it, and tell it."""
    oldest = CUT_OFF - timedelta(days=dice.between(*plot.days))
    while oldest.day > 28 and plot.days[0] != plot.days[1]:
        oldest = CUT_OFF - timedelta(days=dice.between(*plot.days))
    count = dice.one_of([term for term in (3, 6, 6, 9, 12, 12, 12, 18, 24, 24) if term >= plot.least_term])
    paid = dice.between(plot.least_paid, max(plot.least_paid, count - plot.least_left))
    first_due_on = add_months(oldest, -paid)
    terms = Terms(
        principal=dice.between(3, 60) * 1000_00,
        annual_rate=AnnualRate(
            Fraction(dice.one_of((720, 900, 1080, 1260, 1440, 1560, 1800)), 10_000), DayCount.ACT_360
        ),
        disbursed_on=add_months(first_due_on, -1) - dice.between(0, 6) * ONE_DAY,
        instalments=count,
        first_due_on=first_due_on,
        method=Method.EQUAL_PRINCIPAL if dice.between(1, 3) == 1 else Method.ANNUITY,
    )
    loan = Loan(
        name,
        CURRENCY,
        terms.principal,
        terms.disbursed_on,
        terms.annual_rate,
        build_schedule(terms),
        product="cn_instalment",
    )
    # Half of the loans say their terms, the other half bring their rows: both are ways to give a book.
    story = Story(loan, policy, dice, terms if dice.between(0, 1) else None)
    plot.tell(story, paid)
    return story
