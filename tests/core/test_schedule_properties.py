"""Whatever the terms: principals add up to what was lent, nothing is negative, and the engine takes the schedule."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.core.money import ROUNDINGS as ROUNDED
from goodstanding.core.plans.schedule import build_schedule, due_dates, period_rates
from goodstanding.core.plans.terms import (
    BalanceIs,
    FirstPeriod,
    Frequency,
    InterestBy,
    InterestInGrace,
    Method,
    Rest,
    Terms,
)
from goodstanding.core.rates import AnnualRate, DayCount

ROUNDINGS = ("half_up", "half_even", "down", "up")


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    principal, count = draw(st.integers(1, 50_000_00)), draw(st.integers(1, 40))
    method, disbursed_on = draw(st.sampled_from(Method)), draw(st.dates(date(2019, 1, 1), date(2031, 1, 1)))
    down = draw(st.just(0) | st.integers(0, principal - 1))
    repaid_throughout = method not in (Method.INTEREST_ONLY, Method.BULLET)
    return Terms(
        principal,
        AnnualRate(Fraction(draw(st.integers(0, 600_000)), 1_000_000), draw(st.sampled_from(DayCount))),
        disbursed_on,
        count,
        disbursed_on + timedelta(days=draw(st.integers(1, 100))),
        method=method,
        frequency=draw(st.sampled_from(Frequency)),
        due_day=draw(st.none() | st.integers(1, 31)),
        rounding=draw(st.sampled_from(ROUNDINGS)),
        multiple=draw(st.sampled_from((1, 1, 5, 100, 1000))),
        interest_by=draw(st.sampled_from(InterestBy)),
        interest_rounding=draw(st.sampled_from(ROUNDINGS)),
        balance=draw(st.sampled_from(BalanceIs)),
        every=draw(st.integers(1, 12)),
        first_period=draw(st.sampled_from(FirstPeriod)),
        principal_grace=draw(st.integers(0, count - 1)) if repaid_throughout else 0,
        interest_grace=draw(st.integers(0, count - 1)) if method is not Method.BULLET else 0,
        interest_in_grace=draw(st.sampled_from(InterestInGrace)),
        rest=draw(st.sampled_from(Rest)) if repaid_throughout else Rest.LAST,
        down_payment=down,
        balloon=draw(st.just(0) | st.integers(0, principal - down)) if repaid_throughout else 0,
    )


A_DAY_BEFORE_ANOTHER_DUE_DAY = Terms(
    100_00,
    AnnualRate(Fraction("0.12")),
    date(2026, 1, 14),
    1,
    date(2026, 1, 15),
    due_day=1,
    first_period=FirstPeriod.SPREAD,
)


A_FIRST_DAY_ALONE_WITH_THE_REST_FIRST = Terms(
    80_492_48,
    AnnualRate(Fraction("0.138102"), DayCount.THIRTY_360_US),
    date(2023, 3, 30),
    24,
    date(2023, 3, 31),
    method=Method.FLAT,
    frequency=Frequency.FORTNIGHTLY,
    every=3,
    rounding="up",
    first_period=FirstPeriod.FIRST,
    rest=Rest.FIRST,
)


@example(A_DAY_BEFORE_ANOTHER_DUE_DAY)
@example(A_FIRST_DAY_ALONE_WITH_THE_REST_FIRST)
@given(terms())
def test_principals_add_up_and_nothing_is_negative(terms: Terms) -> None:
    schedule = build_schedule(terms)
    if terms.method is Method.FLAT:
        exact = terms.lent * sum(period_rates(terms, due_dates(terms)), Fraction(0))
        assert sum(part.interest for part in schedule) == ROUNDED[terms.interest_rounding](exact)
    assert sum(part.principal for part in schedule) == terms.principal
    assert min(min(part.principal, part.interest) for part in schedule) >= 0
    days = [part.due_on for part in schedule]
    assert days == sorted(set(days))
    if terms.down_payment:
        assert (schedule[0].due_on, schedule[0].amount) == (terms.disbursed_on, terms.down_payment)
    if terms.balloon:
        assert schedule[-1].principal >= terms.balloon


@given(terms())
def test_grace_moves_interest_and_loses_none(terms: Terms) -> None:
    schedule = build_schedule(terms)
    instalments = schedule[1:] if terms.down_payment else schedule
    if terms.method is not Method.BULLET:
        assert [part.principal for part in instalments[: terms.principal_grace]] == [0] * terms.principal_grace
        assert [part.interest for part in instalments[: terms.interest_grace]] == [0] * terms.interest_grace
    left, exact = terms.lent, Fraction(0)
    for part, rate in zip(instalments, period_rates(terms, due_dates(terms)), strict=False):
        exact += left * rate
        left -= part.principal
    if terms.method not in (Method.FLAT, Method.BULLET):
        assert abs(sum(part.interest for part in instalments) - exact) <= 2 * len(instalments)


@given(terms())
def test_the_engine_takes_the_schedule_and_nothing_is_left_when_it_is_paid(terms: Terms) -> None:
    schedule = build_schedule(terms)
    loan = Loan("L", "CNY", terms.principal, terms.disbursed_on, terms.annual_rate, schedule)
    last = schedule[-1].due_on
    unpaid = assess(loan, ArrearsPolicy(penalty_rate=Fraction(0)), as_of=last + timedelta(days=1))
    assert unpaid.outstanding_principal == terms.principal
    assert unpaid.amount_to_cure == sum(part.amount for part in schedule)
