"""Tests about offers start alike: any loan under any policy that the engine takes, as it is known on the day of the sums."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hypothesis import HealthCheck, Phase, given, settings

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Position
from tests.core.portfolios import assessments


@dataclass(frozen=True, slots=True)
class Known:
    """loan: as the book has it; known: with what the ledger said by the day. today: the figures of the day."""

    loan: Loan
    policy: ArrearsPolicy
    as_of: date
    today: Assessment
    known: Loan


def on_any_loan(examples: int) -> Callable[[Callable[[Known], None]], Callable[[], None]]:
    """Run a test on so many loans; on none that the engine can't assess."""

    def decorated(test: Callable[[Known], None]) -> Callable[[], None]:
        @settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
        )
        @given(assessments())
        def run(case: tuple[Loan, ArrearsPolicy, date]) -> None:
            loan, policy, as_of = case
            try:
                today = assess(loan, policy, as_of=as_of)
            except CannotAssess:
                return
            test(Known(loan, policy, as_of, today, ground_of(Position(loan, policy, today, as_of)).loan))

        run.__name__, run.__qualname__, run.__doc__, run.__module__ = (
            test.__name__,
            test.__qualname__,
            test.__doc__,
            test.__module__,
        )
        return run

    return decorated
