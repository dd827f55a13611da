"""A promise is judged on the ledger: what counts for it, since when, and what undoes it."""

from dataclasses import replace
from datetime import UTC

import pytest

from goodstanding.core.loan import Kind
from goodstanding.core.plans.judging import Commitments, Judged, PlanState, judge
from goodstanding.core.plans.matching import CannotJudge, MeantFor, Paid
from goodstanding.core.plans.promise import JudgedPromise, PromiseState
from tests.core.plans.ledgers import (
    FROM_OWN_DATE,
    FROM_START,
    a_loan,
    at,
    back,
    judged,
    march,
    paid,
    plan,
    promise,
    terms,
)

OPEN, KEPT, PARTLY, BROKEN = PromiseState
NOTHING = "Nothing of 300.00 CNY promised for 2026-03-10 was paid by 2026-03-10."


def states(found: Judged) -> list[tuple[str, PromiseState, int]]:
    return [(one.promise.id, one.state, one.paid) for one in found.promises]


def only(found: Judged) -> JudgedPromise:
    (one,) = found.promises
    return one


def test_a_promise_is_open_to_the_end_of_its_day_and_broken_on_the_next() -> None:
    assert [only(judged(day, promise())).state for day in (1, 10, 11)] == [OPEN, OPEN, BROKEN]
    assert only(judged(11, promise())).reason == NOTHING


def test_a_promise_that_was_not_yet_made_is_not_judged() -> None:
    assert judged(4, promise(made=5)).promises == ()


def test_a_payment_on_the_promised_day_keeps_it() -> None:
    found = only(judged(20, promise(), ledger=(paid("T1", 10, 300_00),)))
    assert (found.state, found.kept_on, found.paid) == (KEPT, march(10), 300_00)


def test_a_payment_before_the_promise_does_not_count_and_one_on_its_day_does() -> None:
    early = (paid("T1", 3, 300_00),)
    assert only(judged(20, promise(made=4), ledger=early)).state is BROKEN
    assert only(judged(20, promise(made=3), ledger=early)).state is KEPT


def test_the_day_it_was_made_on_is_where_the_borrower_is() -> None:
    made_at = at(4, 1).astimezone(UTC)
    assert made_at.date() == march(3)
    assert replace(promise(), made_at=made_at).made_on == march(4)


def test_parts_add_up_and_too_little_is_partly_kept() -> None:
    parts = (paid("T1", 5, 100_00), paid("T2", 9, 150_00))
    assert states(judged(10, promise(), ledger=parts)) == [("P", OPEN, 250_00)]
    assert states(judged(11, promise(), ledger=parts)) == [("P", PARTLY, 250_00)]
    assert states(judged(11, promise(), ledger=(*parts, paid("T3", 10, 50_00)))) == [("P", KEPT, 300_00)]


def test_one_day_late_is_kept_within_the_tolerance_and_two_days_are_not() -> None:
    one = promise(tolerance_days=1)
    assert only(judged(11, one)).state is OPEN
    late = only(judged(20, one, ledger=(paid("T1", 11, 300_00),)))
    assert (late.state, late.reason) == (
        KEPT,
        "300.00 CNY promised for 2026-03-10 were paid by 2026-03-11. That is 1 day late, within the tolerance.",
    )
    assert only(judged(20, one, ledger=(paid("T1", 12, 300_00),))).state is BROKEN


def test_a_rest_within_the_tolerance_is_kept_and_says_what_is_missing() -> None:
    one = promise(tolerance_amount=5_00)
    assert only(judged(11, one, ledger=(paid("T1", 10, 295_00),))).reason.endswith(
        "5.00 CNY are missing, within the tolerance."
    )
    assert only(judged(11, one, ledger=(paid("T1", 10, 294_99),))).state is PARTLY


def test_a_rest_within_the_tolerance_takes_nothing_from_the_next_promise() -> None:
    two = promise("P1", 300_00, 10, tolerance_amount=5_00, tolerance_days=3), promise("P2", 100_00, 12)
    money = (paid("T1", 10, 296_00), paid("T2", 12, 100_00))
    assert states(judged(20, *two, ledger=money)) == [("P1", KEPT, 296_00), ("P2", KEPT, 100_00)]


def test_what_exceeds_a_promise_flows_on_to_the_next_and_counts_once() -> None:
    two = promise("P1", 300_00, 10), promise("P2", 200_00, 20)
    found = judged(25, *two, ledger=(paid("T1", 9, 400_00),))
    assert states(found) == [("P1", KEPT, 300_00), ("P2", PARTLY, 100_00)]
    found = judged(25, *two, ledger=(paid("T1", 9, 550_00),))
    assert (states(found), found.uncounted) == (
        [("P1", KEPT, 300_00), ("P2", KEPT, 200_00)],
        (Paid("T1", march(9), 50_00, march(9)),),
    )


def test_a_payment_counts_for_the_promise_whose_last_day_comes_first() -> None:
    long, short = promise("LONG", due=10, tolerance_days=5), promise("SHORT", due=12)
    assert states(judged(20, long, short, ledger=(paid("T1", 11, 300_00),))) == [
        ("LONG", BROKEN, 0),
        ("SHORT", KEPT, 300_00),
    ]


def test_a_payment_that_was_said_to_be_for_a_promise_counts_for_that_one_first() -> None:
    two = promise("P1", 300_00, 10), promise("P2", 200_00, 20)
    said = (MeantFor("T1", "P2", march(9)),)
    assert states(judged(12, *two, ledger=(paid("T1", 9, 250_00),), meant_for=said)) == [
        ("P1", PARTLY, 50_00),
        ("P2", KEPT, 200_00),
    ]
    for_none = (MeantFor("T1", "", march(9)),)
    assert states(judged(12, *two, ledger=(paid("T1", 9, 250_00),), meant_for=for_none)) == [
        ("P1", BROKEN, 0),
        ("P2", OPEN, 0),
    ]
    with pytest.raises(CannotJudge, match='payment T1 is said to be for "P3", which is no promise or plan'):
        judged(12, *two, meant_for=(MeantFor("T1", "P3", march(9)),))


def test_what_a_payment_was_for_counts_from_when_it_was_written_down() -> None:
    two = promise("P1", 300_00, 10), promise("P2", 300_00, 20)
    said = (MeantFor("T1", "P2", march(15)),)
    money = (paid("T1", 9, 300_00),)
    assert states(judged(12, *two, ledger=money, meant_for=said, known=12))[0] == ("P1", KEPT, 300_00)
    assert states(judged(12, *two, ledger=money, meant_for=said, known=15))[0] == ("P1", BROKEN, 0)


def test_a_payment_booked_late_judges_again_and_what_was_said_stays_answerable() -> None:
    money = (paid("T1", 9, 300_00, booked=13),)
    assert only(judged(12, promise(), ledger=money, known=12)).state is BROKEN
    assert only(judged(12, promise(), ledger=money)).state is KEPT


@pytest.mark.parametrize("policy", [None, FROM_OWN_DATE])
def test_a_reversal_judges_again_and_the_reason_names_it(policy: object) -> None:
    money = (paid("T1", 9, 300_00), back(Kind.REVERSAL, "R1", "T1", 15, 300_00))
    given = {} if policy is None else {"policy": policy}
    assert only(judged(14, promise(), ledger=money, **given)).state is KEPT  # type: ignore[arg-type]
    after = only(judged(15, promise(), ledger=money, **given))  # type: ignore[arg-type]
    assert (after.state, after.reason) == (
        BROKEN,
        f"{NOTHING} 300.00 CNY of payment T1 were taken back on 2026-03-15.",
    )


def test_a_payment_made_again_before_the_last_day_keeps_a_promise_whose_payment_bounced() -> None:
    money = (paid("T1", 3, 300_00), back(Kind.REVERSAL, "R1", "T1", 6, 300_00), paid("T2", 8, 300_00))
    assert [only(judged(day, promise(), ledger=money, policy=FROM_OWN_DATE)).state for day in (5, 6, 8)] == [
        KEPT,
        OPEN,
        KEPT,
    ]


def test_a_chargeback_takes_its_part_and_a_refund_takes_from_the_latest_payment() -> None:
    two = promise("P1", 300_00, 10), promise("P2", 200_00, 20)
    money = (paid("T1", 9, 300_00), paid("T2", 19, 200_00))
    charged = (*money, back(Kind.CHARGEBACK, "C1", "T1", 21, 120_00))
    assert states(judged(21, *two, ledger=charged)) == [("P1", PARTLY, 180_00), ("P2", KEPT, 200_00)]
    refunded = (*money, back(Kind.REFUND, "F1", None, 21, 120_00))
    assert states(judged(21, *two, ledger=refunded)) == [("P1", KEPT, 300_00), ("P2", PARTLY, 80_00)]


def test_a_refund_of_what_was_paid_twice_breaks_nothing() -> None:
    money = (paid("T1", 9, 300_00), paid("T2", 9, 300_00), back(Kind.REFUND, "F1", None, 12, 300_00))
    assert only(judged(12, promise(), ledger=money)).state is KEPT


def test_more_taken_back_than_paid_is_refused() -> None:
    with pytest.raises(CannotJudge, match="refund F1 takes back more than payments still stand for"):
        judged(12, promise(), ledger=(paid("T1", 9, 1_00), back(Kind.REFUND, "F1", None, 12, 2_00)))


def test_a_promise_about_a_plan_shares_its_money_and_nothing_counts_twice() -> None:
    agreed = plan(terms((10, 200_00), (20, 200_00), tolerance_days=5))
    about = promise("P", 200_00, 13, made=11, about="A")
    found = judged(14, agreed, about, ledger=(paid("T1", 12, 250_00),))
    assert states(found) == [("P", KEPT, 200_00)]
    assert [one.paid for one in found.plans[0].payments] == [200_00, 50_00]
    assert found.uncounted == ()


def test_a_promise_about_a_plan_that_is_broken_is_kept_by_money_of_its_own() -> None:
    agreed = plan(terms((10, 200_00), (20, 200_00)))
    about = promise("P", 200_00, 15, made=10, about="A")
    found = judged(15, agreed, about, ledger=(paid("T1", 14, 250_00),))
    assert (states(found), found.plans[0].state, found.plans[0].paid) == ([("P", KEPT, 200_00)], "broken", 0)
    assert [one.through for one in found.promises[0].counted] == [""]


def test_ids_are_one_each() -> None:
    with pytest.raises(CannotJudge, match='"A/1" names two'):
        judged(12, promise("A/1"), plan(terms((10, 200_00))))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": 0}, "promise P: amount is 0 minor units; expected 1 to"),
        ({"due": 1, "made": 2}, "promise P is for 2026-03-01, before the day it was made on, 2026-03-02"),
        ({"tolerance_days": -1}, "promise P: tolerance_days is -1"),
        ({"tolerance_amount": -1}, "promise P: tolerance_amount is -1"),
        ({"recorded_at": at(1, 9)}, "promise P: it was recorded at"),
        ({"recorded_at": at(1).replace(tzinfo=None)}, "has no offset"),
    ],
)
def test_a_promise_that_nobody_can_mean_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        promise(**wrong)  # type: ignore[arg-type]


def test_what_may_have_been_paid_since_the_ledger_ends_breaks_nothing() -> None:
    said, loan = Commitments((promise(),), (plan(terms((10, 300_00))),)), a_loan()
    for counted_up_to, promised, planned in ((9, OPEN, PlanState.ACTIVE), (10, BROKEN, PlanState.BROKEN)):
        found = judge(said, loan, FROM_START, as_of=march(12), counted_up_to=march(counted_up_to))
        assert (only(found).state, found.plans[0].state) == (promised, planned)
    found = judge(said, loan, FROM_START, as_of=march(12), counted_up_to=march(9))
    assert only(found).reason.endswith("Payments are counted up to 2026-03-09, so it isn't known whether it is kept.")
    assert not found.plans[0].payments[0].is_late


def test_a_ledger_that_goes_past_the_day_is_judged_as_of_the_day() -> None:
    said, late = Commitments((promise(),)), a_loan(paid("T1", 11, 300_00))
    assert only(judge(said, late, FROM_START, as_of=march(10), counted_up_to=march(20))).state is OPEN
    assert only(judge(said, late, FROM_START, as_of=march(11), counted_up_to=march(20))).state is BROKEN
