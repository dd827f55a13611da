"""What becomes of a loan beyond its payments: another schedule, records that begin late, a second drawdown, a judgement."""

from dataclasses import replace
from datetime import date, timedelta

from goodstanding.core.loan import ClassifiedAs, Component, Instalment, Kind, Opening, ScheduleVersion
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Terms
from qinghe.story import CUT_OFF, Story


def is_re_aged(story: Story, paid: int) -> None:
    """Two instalments behind, the borrower got a schedule that takes over what was unpaid, and has kept to it since.

    The interest that was unpaid is in its first instalment; the penalty so far was given up.
    """
    kept = paid - 4
    story.pay_on_time(kept)
    schedule = story.loan.schedule
    day = schedule[kept + 1].due_on + timedelta(days=16)
    position = story.standing(day)
    first, *others = _spread(
        story, position.outstanding_principal, day, schedule[kept + 2].due_on, len(schedule) - kept
    )
    parts = (replace(first, interest=first.interest + position.overdue_interest), *others)
    story.loan = replace(story.loan, versions=(ScheduleVersion(day, parts, takes_over=True),))
    for component, amount in (
        (Component.PENALTY, position.penalty),
        (Component.COMPOUND, position.compound_interest),
    ):
        story.post(Kind.WAIVER, amount, day, component=component)
    for part in parts:
        if part.due_on <= CUT_OFF:
            story.pay_owed(part.due_on)


def is_extended(story: Story, paid: int) -> None:
    """What wasn't due yet was spread over twice the months; the instalment that is overdue stays overdue."""
    story.pay_on_time(paid)
    overdue, *coming = story.loan.schedule[paid:]
    day = overdue.due_on + timedelta(days=3)
    principal = sum(part.principal for part in coming)
    parts = _spread(story, principal, day, coming[0].due_on, 2 * len(coming))
    story.loan = replace(story.loan, versions=(ScheduleVersion(day, parts),))


def _spread(story: Story, principal: int, day: date, first_due_on: date, instalments: int) -> tuple[Instalment, ...]:
    return build_schedule(Terms(principal, story.loan.annual_rate, day, instalments, first_due_on))


def records_begin_late(story: Story, paid: int) -> None:
    """The lender changed its system while an instalment was overdue: what was open is brought forward, and payments follow."""
    story.pay_on_time(paid - 2)
    due_on = story.loan.schedule[paid - 2].due_on
    day = due_on + timedelta(days=12)
    position = story.standing(day)
    opening = Opening(
        day,
        principal=position.overdue_principal,
        interest=position.overdue_interest,
        penalty=position.penalty,
        compound=position.compound_interest,
        fee=position.fees,
        overdue_since=position.oldest_due_on,
        period_from=due_on,
    )
    story.loan = replace(story.loan, opening=opening, transactions=())
    story.pay_owed(day + timedelta(days=5))
    story.pay_owed(story.loan.schedule[paid - 1].due_on)


def draws_twice(story: Story, paid: int) -> None:
    """A line that was drawn on twice: the first drawdown is paid as agreed, the second has fallen behind.

    Each payment says which instalment it is for.
    """
    second, week = story.loan.schedule, timedelta(days=7)
    amount = story.dice.between(3, 12) * 1000_00
    first = _spread(story, amount, story.loan.disbursed_on, second[0].due_on - week, len(second))
    named = [replace(part, drawdown="D1") for part in first] + [replace(part, drawdown="D2") for part in second]
    schedule = tuple(sorted(named, key=lambda part: part.due_on))
    story.terms = None
    story.loan = replace(story.loan, principal=story.loan.principal + amount, schedule=schedule)
    unpaid_from = second[paid].due_on
    for number, part in enumerate(schedule, 1):
        if part.due_on <= CUT_OFF and (part.drawdown == "D1" or part.due_on < unpaid_from):
            story.post(Kind.PAYMENT, part.amount, part.due_on, instalment=number)


def is_judged(story: Story, paid: int) -> None:
    """The borrower's shop has closed: a person put the loan lower than its days do."""
    story.pay_on_time(paid)
    day = story.loan.schedule[paid].due_on + timedelta(days=20)
    story.loan = replace(story.loan, classified_as=(ClassifiedAs("次级", day, reason="借款人的店铺已经停业"),))
