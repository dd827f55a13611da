"""A policy is warned of what the engine is seen to do, and following the advice ends it."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings

from goodstanding.core.arrears.habits import PAID, example, left_behind
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    By,
    ChargesMet,
    Excess,
    LateFee,
    ToleranceOf,
    Waterfall,
    WaterfallAfterDpd,
)
from goodstanding.core.arrears.warnings import PolicyWarning, warnings_of
from goodstanding.core.loan import Component
from tests.core.portfolios import policies

NEVER_UP_TO_DATE = {"late_once", "late_each_time"}
QUIET = ArrearsPolicy(tolerance_minor=100)
FEES_FIRST = replace(QUIET, late_fee=LateFee(flat=500))


def keys(policy: ArrearsPolicy, *, annual_rate: Fraction | None = None, period_days: int = 28) -> set[str]:
    return {warning.key for warning in warnings_of(policy, "USD", annual_rate=annual_rate, period_days=period_days)}


def charges_last(policy: ArrearsPolicy) -> ArrearsPolicy:
    after = policy.waterfall_after_dpd
    return replace(
        policy,
        waterfall=replace(policy.waterfall, charges=ChargesMet.LAST),
        waterfall_after_dpd=after and replace(after, waterfall=replace(after.waterfall, charges=ChargesMet.LAST)),
    )


def test_nothing_is_said_of_a_plain_policy() -> None:
    assert warnings_of(QUIET, "CNY") == ()


def test_a_warning_says_what_was_seen_and_what_to_do() -> None:
    assert warnings_of(FEES_FIRST, "USD") == (
        PolicyWarning(
            "late_once",
            "Who pays the first instalment 1 day late, the others on time, in full, is never up to date again: charges"
            " take a part of each payment. Of instalments of 1000.00 USD, 60.00 USD are overdue after the last of 12"
            " payments, and it grows.",
            'Let charges wait for interest and principal: charges = "last" in the table waterfall. Or tolerate a rest as'
            " large as the charge.",
        ),
    )


def test_both_advices_on_a_fee_that_keeps_a_borrower_late_end_it() -> None:
    assert keys(charges_last(FEES_FIRST)) == set()
    assert "late_once" not in keys(replace(FEES_FIRST, tolerance_minor=500))


def test_a_fee_last_in_the_order_alone_does_not_end_it() -> None:
    last = (Component.INTEREST, Component.PRINCIPAL, Component.PENALTY, Component.COMPOUND, Component.FEE)
    for by in By:
        assert keys(replace(FEES_FIRST, waterfall=Waterfall(last, last, last, by))) & NEVER_UP_TO_DATE


def test_penalty_interest_alone_keeps_a_borrower_late_as_well() -> None:
    policy = replace(QUIET, penalty_rate=Fraction("0.36"), tolerance_of=ToleranceOf.LOAN)
    assert "late_each_time" in keys(policy)
    assert not NEVER_UP_TO_DATE & keys(replace(policy, tolerance_of=ToleranceOf.INSTALMENT, tolerance_minor=1_000))


def test_grace_is_looked_past() -> None:
    """Nothing is charged a day late; the day after grace is where it begins."""
    (found,) = warnings_of(replace(FEES_FIRST, grace_days=10), "USD")
    assert (found.key, "11 days late" in found.sentence) == ("late_once", True)


def test_another_order_past_a_number_of_days_counts_as_well() -> None:
    policy = charges_last(FEES_FIRST)
    assert not keys(replace(policy, waterfall_after_dpd=WaterfallAfterDpd(90, Waterfall()))) & NEVER_UP_TO_DATE
    assert keys(replace(policy, waterfall_after_dpd=WaterfallAfterDpd(0, Waterfall()))) & NEVER_UP_TO_DATE


def test_money_that_is_held_is_never_late() -> None:
    policy = replace(QUIET, excess=Excess.UNAPPLIED)
    assert left_behind(example(policy, "USD", Fraction("0.12"), 28), policy, [-9] * PAID) == [0] * PAID


def test_a_warning_of_the_loans_needs_the_loans() -> None:
    multiple = replace(charges_last(QUIET), penalty_multiple=Fraction(3, 2))
    assert (keys(multiple), keys(multiple, annual_rate=Fraction(0))) == (set(), {"multiple_of_nothing"})
    assert keys(replace(QUIET, grace_days=7), period_days=7) == {"grace_outlasts_period"}
    assert keys(replace(QUIET, grace_days=7)) == set()


@given(policies())
@settings(max_examples=40)
def test_following_the_advice_ends_the_warning(policy: ArrearsPolicy) -> None:
    found = keys(policy)
    assert not NEVER_UP_TO_DATE & keys(charges_last(policy))
    if "early_is_late" in found:
        assert "early_is_late" not in keys(replace(policy, excess=Excess.NEXT))
    if "step_never_counts" in found:
        assert "step_never_counts" not in keys(replace(policy, rate_steps=policy.rate_steps[1:]))
