"""The engine, stepping from event to event, and a clerk who writes down every night come to the same figures."""

from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy, Interest, PenaltyWhile, ReversalFrom
from goodstanding.core.arrears.position import CannotAssess, InstalmentPosition, Owed
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Opening, Pause, ScheduleVersion, Transaction
from goodstanding.core.rates import AnnualRate
from tests.core.oracle.day_by_day import Refused, work_out
from tests.core.portfolios import (
    LAST_DAY,
    START,
    any_loans,
    bills_that_run_on,
    changed_loans,
    days,
    loans_that_run_on,
    opened_loans,
    policies,
)

LEFT_OUT = ("loan_id", "currency", "as_of", "classification", "classified_as", "drawdowns", "lines")
Question = tuple[Loan, ArrearsPolicy, date, date | None]


@st.composite
def bounced_after_a_change(draw: st.DrawFn, loan: Loan) -> Loan:
    """A fee and a large payment after the schedule changed or the history began; perhaps the payment bounces."""
    begun = max([START, *(version.from_on for version in loan.versions), *([loan.opening.on] if loan.opening else [])])
    fee_on = begun + timedelta(days=draw(st.integers(1, 60)))
    paid_on = begun + timedelta(days=draw(st.integers(1, 60)))
    back_on = paid_on + timedelta(days=draw(st.integers(0, 60)))
    more = [
        Transaction("x1", Kind.FEE, 700, fee_on, fee_on),
        Transaction("x2", Kind.PAYMENT, draw(st.sampled_from([700, 3_000_000])), paid_on, paid_on),
    ]
    back = draw(st.sampled_from([None, Kind.REVERSAL, Kind.CHARGEBACK, Kind.REFUND]))
    if back is not None:
        reverses = None if back is Kind.REFUND else "x2"
        more.append(Transaction("x3", back, more[1].amount, back_on, back_on, reverses))
    return replace(loan, transactions=(*loan.transactions, *more))


@st.composite
def agreed_ahead(draw: st.DrawFn, loan: Loan) -> Loan:
    """Some payments were agreed for days to come."""
    until = st.none() | st.integers(0, 90)
    ahead = [draw(until) if one.kind in (Kind.PAYMENT, Kind.RECOVERY) else None for one in loan.transactions]
    return replace(
        loan,
        transactions=tuple(
            one if days is None else replace(one, ahead_until=one.effective_on + timedelta(days=days))
            for one, days in zip(loan.transactions, ahead, strict=True)
        ),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any loan under any policy, asked about on a day, perhaps by what was known on another."""
    policy = draw(policies())
    loan = draw(any_loans(policy))
    if draw(st.booleans()):
        loan = draw(bounced_after_a_change(draw(st.one_of(changed_loans(policy), opened_loans()))))
    if draw(st.integers(0, 9)) == 0:
        loan, policy = draw(st.one_of(loans_that_run_on(), bills_that_run_on()))
    if draw(st.booleans()):
        loan = draw(agreed_ahead(loan))
    as_of = draw(days)
    if loan.opening is not None:
        as_of = max(as_of, loan.opening.on)
    known_on = draw(st.none() | st.integers(0, LAST_DAY + 10).map(lambda n: START + timedelta(days=n)))
    return loan, policy, as_of, known_on


def plain(value: object) -> object:
    """The engine's figures in the oracle's shape."""
    if isinstance(value, Owed):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, InstalmentPosition):
        names = [field.name for field in fields(value) if field.name != "drawdown"]
        return {name: plain(getattr(value, name)) for name in names}
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def by_the_engine(question: Question) -> dict[str, object] | str:
    loan, policy, as_of, known_on = question
    try:
        result = assess(loan, policy, as_of=as_of, known_on=known_on)
    except CannotAssess:
        return "refused"
    return {field.name: plain(getattr(result, field.name)) for field in fields(result) if field.name not in LEFT_OUT}


def by_the_oracle(question: Question) -> dict[str, object] | str:
    try:
        return work_out(*question)
    except Refused:
        return "refused"


@given(questions())
@settings(max_examples=max(150, settings.default.max_examples if settings.default else 0))
def test_the_engine_and_the_oracle_agree_on_every_figure(question: Question) -> None:
    assert by_the_engine(question) == by_the_oracle(question)


def loan_of(schedule: list[Instalment], *history: Transaction, **more: Any) -> Loan:
    principal = sum(part.principal for part in schedule)
    rate = AnnualRate(more.pop("rate", Fraction("0.12")))
    return Loan("L1", "CNY", principal, date(2026, 1, 1), rate, tuple(schedule), tuple(history), **more)


def event(kind: Kind, amount: int, day: date, *, named: str = "t1", **more: Any) -> Transaction:
    return Transaction(named, kind, amount, day, day, **more)


TWO = [Instalment(date(2026, 2, 1), 100_000, 3_000), Instalment(date(2026, 3, 1), 100_000, 3_000)]
LATER = [Instalment(date(2026, 3, 1), 100_000, 3_000), Instalment(date(2026, 4, 1), 100_000, 3_000)]
CHANGED = (ScheduleVersion(date(2026, 1, 10), tuple(LATER)),)
OVER = (
    ScheduleVersion(
        date(2026, 2, 10),
        (Instalment(date(2026, 3, 10), 100_000, 6_000), Instalment(date(2026, 4, 10), 100_000, 3_000)),
        True,
    ),
)
ONE = [Instalment(date(2026, 2, 1), 10_000, 9_000)]
NOTHING_LEFT = (ScheduleVersion(date(2026, 1, 22), (Instalment(date(2026, 3, 10), 0, 700),), True),)
CASES = {
    "a bounce after a schedule took over a settled loan gives back what was taken to nothing that it replaced": (
        loan_of(
            [Instalment(date(2026, 2, 1), 100_000, 3_000, 200), Instalment(date(2026, 3, 1), 100_000, 3_000)],
            event(Kind.WAIVER, 3_000, date(2026, 1, 3), named="w", component=Component.INTEREST, instalment=1),
            event(Kind.PAYMENT, 300_000, date(2026, 1, 20)),
            event(Kind.REVERSAL, 300_000, date(2026, 1, 25), named="t2", reverses="t1"),
            versions=NOTHING_LEFT,
        ),
        ArrearsPolicy(reversal_from=ReversalFrom.OWN_DATE),
        date(2026, 3, 20),
        None,
    ),
    "a rest within the tolerance bears penalty from its due date, whatever happens on the loan in its grace": (
        loan_of(
            [Instalment(date(2026, 2, 1), 10_000), Instalment(date(2026, 9, 1), 10_000)],
            event(Kind.PAYMENT, 4_000, date(2026, 2, 1), named="a"),
            event(Kind.PAYMENT, 1_000, date(2026, 2, 3), named="b"),
        ),
        ArrearsPolicy(
            grace_days=5,
            tolerance_minor=7_000,
            penalty_while=PenaltyWhile.UNTIL_PAID,
            penalty_rate=Fraction("0.365"),
        ),
        date(2026, 2, 11),
        None,
    ),
    "interest of the nights of grace after the last due date bears compound interest as soon as it is asked for": (
        loan_of(ONE, rate=Fraction("36.5"), pauses=(Pause(date(2026, 2, 9), date(2026, 2, 10), False, True),)),
        ArrearsPolicy(
            interest=Interest.DAILY_BALANCE, grace_days=5, penalty_rate=Fraction("0.365"), compound=True, rounding="up"
        ),
        date(2026, 2, 10),
        None,
    ),
    "a bounce after a change asks for the interest of the schedule that holds, once": (
        loan_of(
            TWO,
            event(Kind.PAYMENT, 210_000, date(2026, 1, 20)),
            event(Kind.REVERSAL, 210_000, date(2026, 1, 25), named="t2", reverses="t1"),
            versions=CHANGED,
        ),
        ArrearsPolicy(reversal_from=ReversalFrom.OWN_DATE),
        date(2026, 5, 1),
        None,
    ),
    "a fee posted before a change is met by the next payment": (
        loan_of(
            TWO,
            event(Kind.FEE, 5_000, date(2026, 1, 5), named="f"),
            event(Kind.PAYMENT, 5_000, date(2026, 1, 20)),
            versions=CHANGED,
        ),
        ArrearsPolicy(),
        date(2026, 2, 20),
        None,
    ),
    "the ceiling on cost counts from an opening, and never cuts what it brought": (
        loan_of(TWO, opening=Opening(date(2026, 1, 20), 10_000, penalty=500, overdue_since=date(2026, 1, 10))),
        ArrearsPolicy(cost_ceiling=Fraction("0.24")),
        date(2026, 1, 20),
        None,
    ),
    "interest of a schedule that takes over runs from its day, also after an opening": (
        loan_of(
            TWO,
            opening=Opening(date(2026, 1, 5)),
            versions=(ScheduleVersion(date(2026, 1, 20), (Instalment(date(2026, 2, 20), 200_000, 3_100),), True),),
        ),
        ArrearsPolicy(),
        date(2026, 1, 30),
        None,
    ),
    "a bounce asks for nothing of an instalment that a schedule took over": (
        loan_of(
            TWO,
            event(Kind.PAYMENT, 300_000, date(2026, 2, 15)),
            event(Kind.REVERSAL, 300_000, date(2026, 2, 20), named="t2", reverses="t1"),
            versions=OVER,
        ),
        ArrearsPolicy(reversal_from=ReversalFrom.OWN_DATE),
        date(2026, 2, 20),
        None,
    ),
    "a fee posted after a change belongs to the last instalment that fell due, not to one that was replaced": (
        loan_of(
            TWO,
            event(Kind.FEE, 5_000, date(2026, 2, 20)),
            versions=(ScheduleVersion(date(2026, 2, 10), (Instalment(date(2026, 4, 1), 100_000, 3_000),)),),
        ),
        ArrearsPolicy(),
        date(2026, 2, 20),
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_that_the_oracle_found(name: str) -> None:
    assert by_the_engine(CASES[name]) == by_the_oracle(CASES[name])
