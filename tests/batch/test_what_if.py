"""The kernel and the reference give the same ways out, one loan at a time and many together."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from goodstanding.batch.policies import policy_table
from goodstanding.batch.what_if import WhatIf, figures_by_kernel, ways_out_of_many
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.core.plans.offers import Change, Position
from goodstanding.core.plans.pricing import Closing, Question, World, by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
from goodstanding.core.rates import AnnualRate
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.core.portfolios import assessments
from tests.core.test_ways_out import EVERY_MEASURE

Case = tuple[Loan, ArrearsPolicy, date]


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(st.lists(assessments(), min_size=1, max_size=4))
def test_the_kernel_gives_the_same_ways_out_as_the_reference(cases: list[Case]) -> None:
    named = [(replace(loan, product=f"P{place}"), policy, as_of) for place, (loan, policy, as_of) in enumerate(cases)]
    kernel = WhatIf(policy_table({loan.product: policy for loan, policy, _ in named}))
    positions = []
    for loan, policy, as_of in named:
        try:
            today = assess(loan, policy, as_of=as_of)
        except CannotAssess:
            continue
        positions.append(Position(loan, policy, today, as_of + timedelta(days=14)))
    slow = [answered_by(ways_out(one, EVERY_MEASURE), by_reference(one.policy)) for one in positions]
    alone = [answered_by(ways_out(one, EVERY_MEASURE), kernel) for one in positions]
    assert alone == slow
    assert ways_out_of_many(positions, EVERY_MEASURE, [()] * len(positions), kernel) == slow


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(assessments())
def test_a_round_of_several_days_is_answered_day_by_day(case: Case) -> None:
    """Whether all of a loan is asked for, or only what closes it."""
    loan, policy, as_of = case
    nothing = World(Change(as_of))
    days = [as_of + timedelta(days=days) for days in (400, 0, 40, 1)]
    asked = [Question(loan, nothing, day, whole) for day in days for whole in (True, False)]
    fast, slow = WhatIf(policy_table({loan.product: policy}))(asked), by_reference(policy)(asked)
    for one, found, expected in zip(asked, fast, slow, strict=True):
        if isinstance(found, str) or isinstance(expected, str):
            assert isinstance(found, str)
            assert isinstance(expected, str)
        elif one.whole:
            assert found == expected
        else:
            assert _closing(found) == _closing(expected)


def _closing(one: Closing) -> tuple[int, int, int]:
    return one.payoff, one.held, one.principal


def test_a_loan_beyond_the_kernel_is_priced_by_the_reference_and_has_the_same_ways_out() -> None:
    loan = next(one for one in some_loans(60, seed=5) if overdue(one))
    fine = replace(loan, annual_rate=AnnualRate(Fraction(1, 7), loan.annual_rate.day_count))
    with pytest.raises(ValueError, match="isn't exact in parts per million"):
        fine.annual_rate.ppm  # noqa: B018
    position = Position(fine, POLICY, assess(fine, POLICY, as_of=AS_OF), AS_OF + timedelta(days=14))
    slow = answered_by(ways_out(position, EVERY_MEASURE), by_reference(POLICY))
    assert slow.offers
    assert answered_by(ways_out(position, EVERY_MEASURE), figures_by_kernel(fine.product, POLICY)) == slow
    both = [position, replace(position, loan=loan, today=assess(loan, POLICY, as_of=AS_OF))]
    kernel = WhatIf(policy_table({"cash": POLICY}))
    alone = [ways_out_of_many([one], EVERY_MEASURE, [()], kernel)[0] for one in both]
    assert ways_out_of_many(both, EVERY_MEASURE, [()] * 2, kernel) == alone
    assert alone[0] == slow


def test_a_policy_beyond_the_kernel_is_asked_of_the_reference() -> None:
    assert not isinstance(figures_by_kernel("cash", replace(POLICY, penalty_multiple=Fraction("1.2345678"))), WhatIf)
    assert isinstance(figures_by_kernel("cash", POLICY), WhatIf)


def overdue(loan: Loan) -> bool:
    try:
        return assess(loan, POLICY, as_of=AS_OF).amount_to_cure > 0
    except CannotAssess:
        return False
