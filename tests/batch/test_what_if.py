"""The kernel and the reference give the same ways out, one loan at a time and many together."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from goodstanding.batch.policies import policy_table
from goodstanding.batch.what_if import WhatIf, ways_out_of_many
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.core.plans.offers import Change, Position
from goodstanding.core.plans.pricing import Closing, Question, World, by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
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
