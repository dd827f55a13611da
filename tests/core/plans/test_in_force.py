"""What a plan does to collection and to the loan: statement, plan and promise are one story."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.conduct.facts import Act, Acting, Actor, Debt, Evidence, Facts, Person, Proposal
from goodstanding.core.conduct.gate import judge as ask_the_gate
from goodstanding.core.loan import Instalment, Kind, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.agreement import By, EventKind, Plan, PlanEvent, PlanPayment, PlanTerms
from goodstanding.core.plans.in_force import hold_of, loan_under
from goodstanding.core.plans.judging import Commitments, JudgedPlan, PlanState, judge
from goodstanding.core.plans.measures.arrears_instalments import arrears_instalments
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Change, Position
from goodstanding.core.rates import AnnualRate
from goodstanding.law.loader import rules_for
from tests.core.plans.ledgers import at, event, given_up, judged, paid, plan, terms

POLICY = ArrearsPolicy(penalty_rate=Fraction("0.365"))
LOAN = Loan(
    "L-1",
    "CNY",
    5_000_00,
    date(2025, 12, 10),
    AnnualRate(Fraction("0.12")),
    tuple(Instalment(date(2026, month, 10), 1_000_00, 20_00 + (month == 1)) for month in range(1, 6)),
)
"""The loan of docs/methods/ways_out.md: two of five instalments missed."""
OFFERED_ON = date(2026, 2, 20)


def instalment_plan(*events: PlanEvent, **other: Any) -> Plan:
    """The offer that page works out, accepted on 1 March, with charges that rest from the day it was worked out."""
    assessment = assess(LOAN, POLICY, as_of=OFFERED_ON)
    position = Position(LOAN, POLICY, assessment, date(2026, 3, 6))
    offer = arrears_instalments(ground_of(position), months=3)
    assert isinstance(offer, Draft)
    payments = tuple(PlanPayment(one.on, one.amount, one.contract) for one in offer.payments)
    rests = Change(OFFERED_ON, pauses=(Pause(OFFERED_ON, date(2026, 5, 11)),))
    agreed = PlanTerms(payments, OFFERED_ON, position.accept_by, "Asia/Shanghai", change=rests)
    first = (
        PlanEvent(EventKind.OFFERED, datetime(2026, 2, 21, tzinfo=UTC)),
        PlanEvent(EventKind.ACCEPTED, datetime(2026, 3, 1, tzinfo=UTC)),
    )
    return Plan("A", replace(agreed, **other), (*first, *events))


def payments_of(one: Plan, count: int) -> tuple[Transaction, ...]:
    return tuple(
        Transaction(f"T{place}", Kind.PAYMENT, part.amount, part.on, part.on)
        for place, part in enumerate(one.terms.payments[:count], start=1)
    )


def story(one: Plan, loan: Loan, day: date) -> tuple[JudgedPlan, Loan]:
    (found,) = judge(Commitments(plans=(one,)), loan, POLICY, as_of=day).plans
    return found, loan_under([found], loan, POLICY)


def test_a_kept_plan_and_the_statement_end_on_the_same_day_at_zero() -> None:
    agreed = instalment_plan()
    loan = replace(LOAN, transactions=payments_of(agreed, 3))
    for day, state, to_cure in (
        (date(2026, 3, 10), PlanState.ACTIVE, 2_091_01 - 1_717_01),
        (date(2026, 5, 9), PlanState.ACTIVE, 697_00),
        (date(2026, 5, 10), PlanState.COMPLETED, 0),
    ):
        found, changed = story(agreed, loan, day)
        assessment = assess(changed, POLICY, as_of=day)
        assert (found.state, assessment.amount_to_cure) == (state, to_cure)
    assert (assessment.payoff, assessment.days_past_due, found.paid) == (0, 0, agreed.terms.total)


def test_while_it_is_kept_no_day_counts_and_no_penalty_is_charged() -> None:
    _, changed = story(instalment_plan(), LOAN, date(2026, 3, 9))
    held = assess(changed, POLICY, as_of=date(2026, 3, 9))
    assert (held.penalty, held.delinquent_days) == (51_00, 40)
    assert assess(LOAN, POLICY, as_of=date(2026, 3, 9)).penalty > 51_00


def test_a_broken_plan_ends_its_pause_and_charges_run_again_from_that_day() -> None:
    agreed = instalment_plan()
    found, changed = story(agreed, LOAN, date(2026, 3, 21))
    assert (found.state, found.since) == (PlanState.BROKEN, date(2026, 3, 11))
    assert changed.pauses == (Pause(OFFERED_ON, date(2026, 3, 11)),)
    assert assess(changed, POLICY, as_of=date(2026, 3, 21)).penalty == 51_00 + 2 * 10_00 + 10_00


def test_before_acceptance_and_after_a_cooling_off_the_loan_is_as_it_was() -> None:
    found, unchanged = story(instalment_plan(), LOAN, date(2026, 2, 28))
    assert (found.state, unchanged) == (PlanState.OFFERED, LOAN)
    gone = PlanEvent(EventKind.WITHDRAWN, datetime(2026, 3, 5, tzinfo=UTC), By.BORROWER)
    found, unchanged = story(instalment_plan(gone, cooling_off_days=14), LOAN, date(2026, 3, 5))
    assert (found.state, unchanged) == (PlanState.WITHDRAWN, LOAN)
    found, left = story(instalment_plan(gone), LOAN, date(2026, 3, 5))
    assert left.pauses == (Pause(OFFERED_ON, date(2026, 3, 5)),)


def settlement() -> Plan:
    """1,500.00 in two parts for all that is owed: the whole loan falls due, and the rest is given up at the end."""
    due = (Instalment(date(2026, 4, 10), 5_000_00, 0),)
    change = Change(
        OFFERED_ON,
        versions=(ScheduleVersion(date(2026, 3, 1), due, takes_over=True),),
        pauses=(Pause(date(2026, 3, 1), date(2026, 6, 1)),),
        waivers=(given_up(10_000_00, date(2026, 4, 10)),),
    )
    parts = (PlanPayment(date(2026, 3, 20), 750_00), PlanPayment(date(2026, 4, 10), 750_00))
    return instalment_plan(payments=parts, change=change)


def test_what_is_given_up_comes_with_completion_and_not_with_a_break() -> None:
    agreed = settlement()
    whole = replace(LOAN, transactions=payments_of(agreed, 2))
    found, changed = story(agreed, whole, date(2026, 4, 10))
    assert found.state is PlanState.COMPLETED
    assert assess(changed, POLICY, as_of=date(2026, 4, 10)).payoff == 0
    half = replace(LOAN, transactions=payments_of(agreed, 1))
    found, changed = story(agreed, half, date(2026, 4, 12))
    assert (found.state, [one for one in changed.transactions if one.kind is Kind.WAIVER]) == (PlanState.BROKEN, [])
    assert assess(changed, POLICY, as_of=date(2026, 4, 12)).payoff > 4_250_00


def test_a_reversal_after_completion_takes_the_waiver_back() -> None:
    agreed = settlement()
    bounced = Transaction("R1", Kind.REVERSAL, 750_00, date(2026, 4, 15), date(2026, 4, 15), reverses="T2")
    loan = replace(LOAN, transactions=(*payments_of(agreed, 2), bounced))
    assert story(agreed, loan, date(2026, 4, 14))[0].state is PlanState.COMPLETED
    found, changed = story(agreed, loan, date(2026, 4, 16))
    assert found.state is PlanState.BROKEN
    assert assess(changed, POLICY, as_of=date(2026, 4, 16)).payoff > 4_250_00


def held(
    day: int, *ledger: Transaction, more: tuple[PlanEvent, ...] = (), **other: object
) -> tuple[object, ...] | None:
    (found,) = judged(day, plan(terms((10, 200_00), **other), *more), ledger=ledger).plans
    hold = hold_of(found, "L-1")
    return None if hold is None else (hold.kind, hold.began_at, hold.until, hold.debts, dict(hold.given))


def test_collection_rests_from_acceptance_until_the_plan_ends() -> None:
    assert held(2) is None
    goes_on = {"plan_is_broken": False}
    assert held(4) == ("plan", at(3), None, ("L-1",), goes_on)
    assert held(4, needs_signature=True) == ("plan", at(3), None, ("L-1",), goes_on)
    assert held(9, needs_signature=True) == ("plan", at(3), at(9, 0), ("L-1",), goes_on)
    assert held(10, paid("T1", 10, 200_00)) == ("plan", at(3), at(11, 0), ("L-1",), goes_on)
    assert held(11) == ("plan", at(3), at(12, 0), ("L-1",), {"plan_is_broken": True})
    gone = (event(EventKind.WITHDRAWN, 5, By.BORROWER),)
    assert held(6, more=gone, cooling_off_days=14) == ("plan", at(3), at(5), ("L-1",), goes_on)


@pytest.mark.parametrize(("day", "rests"), [(2, False), (4, True), (10, True), (11, False)])
def test_the_gate_lets_nobody_enforce_while_the_plan_is_kept(day: int, rests: bool) -> None:
    (found,) = judged(day, plan(terms((10, 200_00)))).plans
    hold = hold_of(found, "L-1")
    facts = Facts(
        Acting(Actor.CREDITOR, "bank"),
        Person("B-1", evidence=(Evidence("address", (ZoneInfo("Asia/Shanghai"),), ("CN",)),)),
        holds=(hold,) if hold else (),
        debts={"L-1": Debt("L-1", product="loan")},
    )
    verdict = ask_the_gate(Proposal(Act.ENFORCE, debts=("L-1",)), facts, rules_for(("house",)), at(day + 1, 11))
    assert ("house/plan" in {one.rule for one in verdict.against}) == rests
