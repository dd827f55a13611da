"""A plan by what was decided and by the ledger: every state with its reason, every way into it and none out of order."""

from dataclasses import replace
from typing import Any

import pytest

from goodstanding.core.loan import Kind, Pause
from goodstanding.core.plans.agreement import By, EventKind, Plan, PlanPayment, Refused, course_of, record
from goodstanding.core.plans.judging import JudgedPlan, PlanState, Why
from goodstanding.core.plans.offers import Change
from tests.core.plans.ledgers import (
    FROM_OWN_DATE,
    at,
    back,
    event,
    judged,
    march,
    paid,
    plan,
    promise,
    terms,
)

TWICE = terms((10, 200_00), (20, 200_00))
ALL_PAID = (paid("T1", 10, 200_00), paid("T2", 20, 200_00))


def only(day: int, one: Plan, *ledger: object, **other: Any) -> JudgedPlan:
    (found,) = judged(day, one, ledger=ledger, **other).plans  # type: ignore[arg-type]
    return found


def states(one: Plan, *ledger: object, days: range, **other: Any) -> list[tuple[int, str]]:
    """The days on which the state changes, and to what."""
    found: list[tuple[int, str]] = []
    for day in days:
        state = only(day, one, *ledger, **other).state.value
        if not found or found[-1][1] != state:
            found.append((day, state))
    return found


def test_a_plan_that_is_kept_goes_from_offered_to_completed() -> None:
    assert states(plan(TWICE), *ALL_PAID, days=range(2, 30)) == [(2, "offered"), (3, "active"), (20, "completed")]
    done = only(29, plan(TWICE), *ALL_PAID)
    assert (done.since, done.why, done.paid, done.reason) == (
        march(20),
        Why.ALL_PAID,
        400_00,
        "Everything agreed was paid by 2026-03-20.",
    )


def test_while_it_is_kept_the_reason_says_what_is_next() -> None:
    found = only(12, plan(TWICE), ALL_PAID[0])
    assert found.reason == (
        "In force since 2026-03-03, and kept: next are 200.00 CNY, due on 2026-03-20 and in time until 2026-03-20."
    )
    assert [(one.met_on, one.is_late) for one in found.payments] == [(march(10), False), (None, False)]


def test_a_missed_payment_breaks_it_on_the_day_after_its_last_day() -> None:
    late = terms((10, 200_00), (20, 200_00), tolerance_days=3)
    assert states(plan(TWICE), days=range(3, 30)) == [(3, "active"), (11, "broken")]
    assert states(plan(late), days=range(3, 30)) == [(3, "active"), (14, "broken")]
    broken = only(29, plan(late), paid("T1", 10, 150_00))
    assert (broken.since, broken.why, broken.paid, broken.reason) == (
        march(14),
        Why.PAYMENT_MISSED,
        150_00,
        "At the end of 2026-03-13 50.00 CNY were missing of what was to be paid by then.",
    )
    assert "200.00 CNY were to be paid by the end of 2026-03-13" in only(13, plan(late)).reason


def test_a_broken_plan_does_not_revive_and_takes_no_later_money() -> None:
    later = promise("P", 100_00, 20, made=11)
    found = judged(29, plan(TWICE), later, ledger=(paid("T1", 12, 400_00),))
    assert (found.plans[0].state, found.plans[0].paid, found.promises[0].state) == (PlanState.BROKEN, 0, "kept")


def test_a_payment_in_time_but_booked_late_undoes_the_break() -> None:
    money = paid("T1", 10, 400_00, booked=15)
    assert only(14, plan(TWICE), money, known=14).state is PlanState.BROKEN
    assert only(14, plan(TWICE), money).state is PlanState.COMPLETED


def test_money_ahead_counts_for_what_comes_next() -> None:
    assert only(4, plan(TWICE), paid("T1", 4, 400_00)).state is PlanState.COMPLETED
    assert states(plan(TWICE), paid("T1", 4, 300_00), days=range(3, 30)) == [(3, "active"), (21, "broken")]


def test_money_since_the_sums_were_worked_out_counts_and_earlier_money_does_not() -> None:
    assert only(9, plan(TWICE), paid("T1", 2, 400_00)).state is PlanState.COMPLETED
    assert only(9, plan(TWICE), paid("T1", 1, 400_00)).paid == 0
    assert only(9, plan(TWICE), paid("T1", 1, 400_00, booked=2)).paid == 400_00


def test_a_plan_takes_nothing_that_counted_for_a_promise_before_it_was_accepted() -> None:
    before = promise("P", 200_00, 25, made=1)
    found = judged(9, plan(TWICE), before, ledger=(paid("T1", 2, 250_00),))
    assert (found.promises[0].state, found.plans[0].paid) == ("kept", 50_00)


def test_what_may_be_missing_is_missing_of_all_so_far() -> None:
    agreed = plan(terms((10, 200_00), (20, 200_00), tolerance_amount=5_00))
    assert only(15, agreed, paid("T1", 10, 197_00)).state is PlanState.ACTIVE
    short_twice = (paid("T1", 10, 197_00), paid("T2", 20, 197_00))
    assert only(21, agreed, *short_twice).state is PlanState.BROKEN
    assert only(21, agreed, *short_twice[:1], paid("T2", 20, 198_00)).state is PlanState.COMPLETED


def test_the_contracts_own_instalment_breaks_it_only_where_the_offer_says_so() -> None:
    payments = (PlanPayment(march(10), 500_00, contract=300_00), PlanPayment(march(20), 500_00, contract=300_00))
    with_it = plan(replace(TWICE, payments=payments))
    without = plan(replace(TWICE, payments=payments, contract_too=False))
    money = paid("T1", 10, 250_00)
    broken = only(15, with_it, money)
    assert (broken.state, broken.why) == (PlanState.BROKEN, Why.CONTRACT_MISSED)
    assert "250.00 CNY were missing of the contract's own instalment" in broken.reason
    assert only(15, without, money).state is PlanState.ACTIVE
    assert only(15, with_it, paid("T1", 10, 150_00)).why is Why.PAYMENT_MISSED


def test_a_payment_that_bounces_after_its_day_breaks_it_unless_it_is_made_good_that_day() -> None:
    money = (paid("T1", 10, 200_00), back(Kind.REVERSAL, "R1", "T1", 15, 200_00))
    assert states(plan(TWICE), *money, days=range(3, 30), policy=FROM_OWN_DATE) == [(3, "active"), (16, "broken")]
    broken = only(16, plan(TWICE), *money, policy=FROM_OWN_DATE)
    assert broken.reason.endswith("200.00 CNY of payment T1 were taken back on 2026-03-15.")
    good = (*money, paid("T2", 15, 200_00))
    assert states(plan(TWICE), *good, days=range(3, 20), policy=FROM_OWN_DATE) == [(3, "active")]
    assert only(16, plan(TWICE), *money).since == march(11)


def test_a_chargeback_undoes_completion() -> None:
    money = (*ALL_PAID, back(Kind.CHARGEBACK, "C1", "T2", 25, 100_00))
    assert states(plan(TWICE), *money, days=range(15, 30)) == [
        (15, "active"),
        (20, "completed"),
        (25, "active"),
        (26, "broken"),
    ]
    assert only(26, plan(TWICE), *money).why is Why.PAYMENT_TAKEN_BACK


def test_an_offer_nobody_accepts_ends_after_its_last_day() -> None:
    offered = plan(TWICE, accepted=None)
    assert states(offered, days=range(2, 30)) == [(2, "offered"), (9, "withdrawn")]
    ended = only(9, offered)
    assert (ended.why, ended.since, ended.reason) == (
        Why.NOT_ACCEPTED_IN_TIME,
        march(9),
        "The offer of 2026-03-02 wasn't accepted by its last day, 2026-03-08.",
    )


def test_an_offer_is_unknown_before_it_is_made() -> None:
    assert judged(1, plan(TWICE)).plans == ()


def test_a_plan_that_needs_a_signature_binds_with_it_and_lapses_without() -> None:
    agreed = terms((10, 200_00), needs_signature=True, sign_by=march(12))
    assert states(plan(agreed), days=range(3, 30)) == [(3, "accepted"), (13, "withdrawn")]
    assert only(13, plan(agreed)).why is Why.NOT_SIGNED_IN_TIME
    signed = plan(agreed, event(EventKind.SIGNED, 11))
    assert states(signed, days=range(3, 30)) == [(3, "accepted"), (11, "active"), (13, "broken")]
    at_once = plan(agreed, event(EventKind.SIGNED, 4), accepted=None)
    assert states(at_once, days=range(3, 8)) == [(3, "offered"), (4, "active")]


def test_the_cooling_off_counts_calendar_days_after_the_day_it_became_binding() -> None:
    agreed = terms((20, 200_00), cooling_off_days=14)
    assert states(plan(agreed), days=range(3, 20)) == [(3, "accepted"), (18, "active")]
    assert "may withdraw until the end of 2026-03-17" in only(17, plan(agreed)).reason


def test_the_day_is_where_the_borrower_is() -> None:
    in_new_york = plan(terms((20, 200_00), cooling_off_days=14, zone="America/New_York"), accepted=None)
    accepted = replace(in_new_york, events=(*in_new_york.events, event(EventKind.ACCEPTED, 3)))
    assert course_of(accepted).accepted_on == march(2)
    assert course_of(accepted).cooling_off_until == march(16)


def test_a_plan_withdrawn_in_its_cooling_off_has_never_been_and_its_payments_stay_payments() -> None:
    agreed = plan(terms((20, 200_00), cooling_off_days=14), event(EventKind.WITHDRAWN, 17, By.BORROWER))
    free = promise("P", 200_00, 25, made=1)
    found = judged(17, agreed, free, ledger=(paid("T1", 15, 200_00),))
    assert [(one.state, one.why, one.paid) for one in found.plans] == [
        (PlanState.WITHDRAWN, Why.WITHDRAWN_IN_COOLING_OFF, 0)
    ]
    assert found.promises[0].state == "kept"
    assert only(16, agreed, paid("T1", 15, 200_00)).state is PlanState.COMPLETED


def test_a_plan_left_after_its_cooling_off_keeps_what_was_paid() -> None:
    agreed = plan(terms((20, 200_00), cooling_off_days=7), event(EventKind.WITHDRAWN, 12, By.BORROWER, "has moved"))
    left = only(15, agreed, paid("T1", 12, 50_00), paid("T2", 14, 50_00))
    assert (left.state, left.why, left.since, left.paid) == (PlanState.WITHDRAWN, Why.WITHDRAWN_LATER, march(12), 50_00)


def test_who_withdraws_from_a_plan_that_ended_changes_nothing() -> None:
    gone = event(EventKind.WITHDRAWN, 25, By.BORROWER)
    assert only(26, plan(TWICE, gone), *ALL_PAID).state is PlanState.COMPLETED
    assert only(26, plan(TWICE, gone)).state is PlanState.BROKEN


def test_a_plan_of_a_pause_alone_is_completed_when_it_is_over() -> None:
    pause = terms(change=Change(march(2), pauses=(Pause(march(2), march(32)),)))
    assert states(plan(pause), days=range(3, 40)) == [(3, "active"), (32, "completed")]
    assert only(35, plan(pause)).why is Why.PAUSE_ENDED


@pytest.mark.parametrize(
    ("events", "more", "sentence"),
    [
        ((), event(EventKind.ACCEPTED, 3), "it can't be accepted before it was offered"),
        (
            (),
            event(EventKind.OFFERED, -1),
            "it was offered on 2026-02-27, before its sums were worked out on 2026-03-01",
        ),
        ((event(EventKind.OFFERED, 2),), event(EventKind.OFFERED, 3), "it was offered already, on 2026-03-02"),
        (
            (event(EventKind.OFFERED, 2),),
            event(EventKind.ACCEPTED, 9),
            "accepted until the end of 2026-03-08, and this was on",
        ),
        (
            (event(EventKind.OFFERED, 2), event(EventKind.ACCEPTED, 3)),
            event(EventKind.ACCEPTED, 4),
            "it was accepted already, on 2026-03-03",
        ),
        (
            (event(EventKind.OFFERED, 2), event(EventKind.SIGNED, 3)),
            event(EventKind.SIGNED, 4),
            "it was signed already",
        ),
        (
            (event(EventKind.OFFERED, 2), event(EventKind.ACCEPTED, 3)),
            event(EventKind.WITHDRAWN, 4, By.LENDER, "a mistake"),
            "a lender is bound by that as long as the plan is kept",
        ),
        (
            (event(EventKind.OFFERED, 2), event(EventKind.WITHDRAWN, 3, By.LENDER, "a mistake")),
            event(EventKind.ACCEPTED, 4),
            "it was withdrawn on 2026-03-03",
        ),
        (
            (event(EventKind.OFFERED, 2), event(EventKind.ACCEPTED, 4)),
            event(EventKind.WITHDRAWN, 3, By.LENDER, "a mistake"),
            "then what is recorded later couldn't be: it was withdrawn on 2026-03-03",
        ),
        ((event(EventKind.OFFERED, 2),), event(EventKind.OFFERED, 2), "the same event is recorded already"),
    ],
)
def test_what_cannot_follow_is_refused_with_a_sentence(events: object, more: object, sentence: str) -> None:
    refused = record(Plan("A", TWICE, events), more)  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert sentence in refused.reason


def test_what_can_follow_is_recorded() -> None:
    offered = Plan("A", TWICE, (event(EventKind.OFFERED, 2),))
    accepted = record(offered, event(EventKind.ACCEPTED, 3))
    assert accepted == replace(offered, events=(*offered.events, event(EventKind.ACCEPTED, 3)))


def test_an_event_written_down_late_was_not_known_before() -> None:
    late = plan(TWICE, event(EventKind.ACCEPTED, 3, recorded=12), accepted=None)
    assert only(10, late, known=10).state is PlanState.WITHDRAWN
    assert only(10, late, known=12).state is PlanState.ACTIVE


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"payments": (PlanPayment(march(20), 1), PlanPayment(march(10), 1))}, "aren't in order of days"),
        ({"payments": ()}, "neither a payment nor a pause"),
        ({"accept_by": march(0)}, "the plan was worked out on 2026-03-01"),
        ({"payments": (PlanPayment(march(0), 1),)}, "the plan was worked out on 2026-03-01"),
        ({"zone": "Mars/Olympus"}, '"Mars/Olympus" isn\'t a time zone we know'),
        ({"tolerance_days": -1}, "tolerance_days is -1"),
    ],
)
def test_terms_that_nobody_can_mean_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(TWICE, **wrong)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"by": None}, "says by whom"),
        ({"by": By.LENDER}, "says why"),
        ({"recorded_at": at(1)}, "before it happened"),
    ],
)
def test_events_that_nobody_can_mean_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(event(EventKind.WITHDRAWN, 5, By.BORROWER), **wrong)


@pytest.mark.parametrize(
    ("due", "tolerance", "broken"), [(23, 0, 27), (25, 0, 27), (26, 0, 27), (27, 0, 28), (23, 3, 29), (26, 3, 30)]
)
def test_who_accepts_after_a_payments_day_has_the_day_after_to_pay_it(due: int, tolerance: int, broken: int) -> None:
    agreed = terms((due, 200_00), worked_out_on=march(20), accept_by=march(31), tolerance_days=tolerance)
    late = Plan("A", agreed, (event(EventKind.OFFERED, 21), event(EventKind.ACCEPTED, 25)))
    assert states(late, days=range(25, 35)) == [(25, "active"), (broken, "broken")]


def test_one_plan_binds_at_a_time() -> None:
    first, second = plan(TWICE), plan(terms((12, 100_00)), accepted=5, name="B")
    one, other = judged(6, second, first).plans[::-1]
    assert (one.state, other.state) == (PlanState.ACTIVE, PlanState.OFFERED)
    (refused,) = other.course.refused
    assert refused.reason == "plan A was agreed about this loan and is kept; another can be accepted once it has ended"
    assert judged(13, second, first, ledger=ALL_PAID[:1]).plans[0].state is PlanState.WITHDRAWN

    gone = plan(TWICE, event(EventKind.WITHDRAWN, 4, By.BORROWER))
    assert judged(6, second, gone).plans[0].state is PlanState.ACTIVE
    after = plan(terms((25, 100_00), accept_by=march(30)), accepted=20, name="B")
    assert judged(21, after, first, ledger=ALL_PAID).plans[0].state is PlanState.ACTIVE
    broken = judged(21, after, first, ledger=ALL_PAID[:1])
    assert [one.state for one in broken.plans] == [PlanState.OFFERED, PlanState.BROKEN]
    assert judged(22, plan(after.terms, accepted=21, name="B"), first).plans[0].state is PlanState.ACTIVE


def test_a_later_bounce_undoes_no_acceptance() -> None:
    first, second = plan(TWICE), plan(terms((25, 100_00), accept_by=march(30)), accepted=21, name="B")
    bounced = (*ALL_PAID, back(Kind.REVERSAL, "R", "T2", 23, 200_00))
    assert [one.state for one in judged(22, first, second, ledger=bounced).plans] == [
        PlanState.COMPLETED,
        PlanState.ACTIVE,
    ]
    assert judged(24, first, second, ledger=bounced).plans[1].state is PlanState.ACTIVE


def test_a_plan_or_promise_that_would_be_kept_with_nothing_paid_is_refused() -> None:
    with pytest.raises(ValueError, match="kept with nothing paid"):
        terms((10, 200_00), tolerance_amount=200_00)
    with pytest.raises(ValueError, match="kept with nothing paid"):
        promise(amount=100_00, tolerance_amount=100_00)
    small = terms((10, 200_00), (20, 5_00), tolerance_amount=10_00)
    assert small.tolerance == 4_99
    assert states(plan(small), ALL_PAID[0], days=range(10, 25)) == [(10, "active"), (21, "broken")]


def test_a_refund_booked_before_the_payment_it_returns_from_stands_in_no_plans_way() -> None:
    """On the day of the second acceptance the ledger had a refund and no payment; now it has both."""
    ledger = (paid("T", 5, 150_00, booked=20), back(Kind.REFUND, "F", None, 6, 50_00))
    first, second = plan(terms((7, 100_00))), plan(terms((30, 100_00)), accepted=8, name="B")

    found = judged(40, first, second, ledger=ledger).plans

    assert [(one.plan.id, one.state, one.course.refused) for one in found] == [
        ("A", PlanState.COMPLETED, ()),
        ("B", PlanState.BROKEN, ()),
    ]
