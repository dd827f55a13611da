"""Many promises and plans about one loan cost about as much more as there are more of them, and a plan may ask for nothing of its own."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from types import FrameType

import pytest

from goodstanding.core.loan import Pause, Transaction
from goodstanding.core.plans.agreement import EventKind, Plan, PlanPayment, PlanTerms
from goodstanding.core.plans.judging import Commitments, PlanState, Why, judge
from goodstanding.core.plans.matching import CannotJudge
from goodstanding.core.plans.offers import Change
from tests.core.plans.ledgers import FROM_START, SHANGHAI, a_loan, event, judged, march, paid, plan, promise, terms


def calls_to_judge(commitments: Commitments, *ledger: Transaction) -> int:
    """How many Python functions are called to judge them: a measure of work that no machine changes."""
    calls = 0

    def counts(frame: FrameType, what: str, _: object) -> None:
        nonlocal calls
        calls += what == "call"

    loan = a_loan(*ledger)
    sys.setprofile(counts)
    try:
        judge(commitments, loan, FROM_START, as_of=march(900))
    finally:
        sys.setprofile(None)
    return calls


def plans_one_after_another(how_many: int) -> Commitments:
    """Each with 36 payments a month; each is broken by its second one, and the next is agreed."""
    agreed = []
    for place in range(how_many):
        start = 1 + 40 * place
        days = [(start + 2, 50_00)] + [(start + 2 + 30 * month, 50_00) for month in range(1, 36)]
        own = terms(*days, worked_out_on=march(start), accept_by=march(start + 5), tolerance_days=2)
        events = (event(EventKind.OFFERED, start), event(EventKind.ACCEPTED, start + 1))
        agreed.append(Plan(f"A{place}", own, events))
    return Commitments(plans=tuple(agreed))


def test_twice_as_many_plans_are_no_more_than_five_times_the_work() -> None:
    ledger = [paid(f"T{place}", 3 + 40 * place, 50_00) for place in range(16)]
    few, many = (calls_to_judge(plans_one_after_another(count), *ledger) for count in (8, 16))
    assert many < 5 * few


def test_a_plan_of_many_payments_costs_as_much_more_as_it_has_more_of_them() -> None:
    def of(months: int) -> int:
        days = [(3 + 7 * week, 10_00) for week in range(months)]
        ledger = [paid(f"T{week}", 3 + 7 * week, 10_00) for week in range(months)]
        return calls_to_judge(Commitments(plans=(plan(terms(*days)),)), *ledger)

    assert of(120) < 3 * of(60)


def test_many_promises_cost_as_much_more_as_there_are_more_of_them() -> None:
    def of(many: int) -> int:
        promises = tuple(promise(f"P{place}", 10_00, due=5 + place, made=1 + place) for place in range(many))
        return calls_to_judge(Commitments(promises), *(paid(f"T{place}", 4 + place, 10_00) for place in range(many)))

    assert of(400) < 3 * of(200)


CONTRACT_ALONE = (PlanPayment(march(10), 100_00, 100_00), PlanPayment(march(40), 100_00, 100_00))


def all_of_the_contract(*pauses: Pause) -> PlanTerms:
    return PlanTerms(
        CONTRACT_ALONE,
        march(1),
        march(8),
        "Asia/Shanghai",
        contract_too=False,
        change=Change(march(1), pauses=pauses),
    )


@pytest.mark.parametrize(
    ("pauses", "last_day"), [((), 40), ((Pause(march(1), march(30)),), 40), ((Pause(march(1), march(61)),), 61)]
)
def test_a_plan_that_asks_for_nothing_beside_the_contract_goes_on_to_its_last_day(
    pauses: tuple[Pause, ...], last_day: int
) -> None:
    agreed = plan(all_of_the_contract(*pauses))
    for day in (3, 10, last_day - 1):
        assert judged(day, agreed).plans[0].state is PlanState.ACTIVE
    (found,) = judged(last_day + 1, agreed).plans
    assert (found.state, found.since, found.why) == (PlanState.COMPLETED, march(last_day), Why.PAUSE_ENDED)
    told = f"The plan asked for nothing beside the contract's own instalments, and was over on {march(last_day)}."
    assert found.reason == told


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            lambda: PlanPayment(date(9999, 12, 31), 100),
            "a plan's payment is 9999-12-31; expected a day from 1900-01-01",
        ),
        (lambda: terms((10, 100), accept_by=date.max), "the plan's accept_by is 9999-12-31"),
        (lambda: promise(due=2_000_000), "promise P: due_on is 7501-"),
        (lambda: replace(promise(), made_at=datetime.min.replace(tzinfo=SHANGHAI)), "promise P is 0001-01-01"),
    ],
)
def test_a_day_that_nobody_can_mean_is_refused(wrong: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        wrong()


def test_nothing_is_judged_for_a_day_that_nobody_can_ask_about() -> None:
    with pytest.raises(CannotJudge, match="judged for a day from 1900-01-01 to 2999-12-31, not for 9999-12-31"):
        judge(Commitments((promise(),)), a_loan(), FROM_START, as_of=date.max)
