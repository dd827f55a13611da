"""A policy as TOML or JSON holds it: every key is read exactly, or refused with a sentence."""

import tomllib
from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from goodstanding.core.arrears.buckets import Buckets
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    BillOverdue,
    By,
    DpdFrom,
    Excess,
    GraceEffect,
    Interest,
    LateFee,
    PenaltyBase,
    PenaltyFrom,
    RateStep,
    ReversalFrom,
    Rounds,
    ToleranceOf,
    Waterfall,
    WaterfallAfterDpd,
    policy_from_data,
)
from goodstanding.core.loan import Component
from goodstanding.core.rates import DayCount

EVERY_KEY = """
due_date_is_day = 1
dpd_from = "first_default"
grace_days = 3
grace_effect = "delays"
tolerance = "0.50"
tolerance_share = "0.01"
tolerance_of = "loan"
penalty_rate = "18.25 %"
penalty_base = "principal_and_interest"
compound = false
penalty_from = "after_grace"
rate_steps = [{ multiple = "1.5", from_dpd = 91 }, { rate_per_day = "0.0005", from_on = 2026-01-01 }]
late_fee = { flat = "20.00", share = "5 %", share_of = "principal", least = "15", most = "50.00", per = "loan", every_days = 30, after_days = 15 }
day_count = "30E/360"
rounding = "half_even"
rounds = "each_period"
excess = "spread"
interest = "daily_balance"
buckets = { edges = [1, 31], names = ["M1", "M2+"] }
cost_ceiling = "0.24"
bill_overdue = "whole"
reversal_from = "own_date"

[waterfall]
past_due = ["principal", "interest", "compound", "penalty", "fee"]
by = "component"

[waterfall_after_dpd]
dpd = 90
waterfall = ["principal", "interest", "compound", "penalty", "fee"]
"""
PRINCIPAL_FIRST = (Component.PRINCIPAL, Component.INTEREST, Component.COMPOUND, Component.PENALTY, Component.FEE)


def test_every_key_is_read() -> None:
    assert policy_from_data(tomllib.loads(EVERY_KEY), "CNY") == ArrearsPolicy(
        due_date_is_day=1,
        dpd_from=DpdFrom.FIRST_DEFAULT,
        grace_days=3,
        grace_effect=GraceEffect.DELAYS,
        tolerance_minor=50,
        tolerance_share=Fraction(1, 100),
        tolerance_of=ToleranceOf.LOAN,
        penalty_rate=Fraction("0.1825"),
        penalty_base=PenaltyBase.PRINCIPAL_AND_INTEREST,
        penalty_from=PenaltyFrom.AFTER_GRACE,
        rate_steps=(
            RateStep(multiple=Fraction(3, 2), from_dpd=91),
            RateStep(rate=Fraction("0.1825"), from_on=date(2026, 1, 1)),
        ),
        late_fee=LateFee(2000, Fraction(1, 20), "principal", 1500, 5000, "loan", 30, 15),
        day_count=DayCount.THIRTY_360_EU,
        rounding="half_even",
        rounds=Rounds.EACH_PERIOD,
        waterfall=Waterfall(past_due=PRINCIPAL_FIRST, by=By.COMPONENT),
        waterfall_after_dpd=WaterfallAfterDpd(90, Waterfall(PRINCIPAL_FIRST, PRINCIPAL_FIRST, PRINCIPAL_FIRST)),
        excess=Excess.SPREAD,
        interest=Interest.DAILY_BALANCE,
        buckets=Buckets((1, 31), ("M1", "M2+")),
        cost_ceiling=Fraction("0.24"),
        bill_overdue=BillOverdue.WHOLE,
        reversal_from=ReversalFrom.OWN_DATE,
    )


@pytest.mark.parametrize("name", [field.name for field in fields(ArrearsPolicy)])
def test_no_key_of_the_policy_is_unknown(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}[.:]"):
        policy_from_data({name: []} if name != "rate_steps" else {name: [[]]}, "CNY")


@pytest.mark.parametrize(
    ("data", "key", "value"),
    [
        ({"penalty_rate_per_day": "0.0005"}, "penalty_rate", Fraction("0.1825")),
        ({"penalty_rate": Decimal("0.1825")}, "penalty_rate", Fraction("0.1825")),
        ({"penalty_multiple": 2}, "penalty_multiple", Fraction(2)),
        ({"penalty_rate": "1/3"}, "penalty_rate", Fraction(1, 3)),
        ({"tolerance_minor": 50}, "tolerance_minor", 50),
        ({"late_fee": "none"}, "late_fee", None),
        ({"late_fee": {"flat_minor": 1500}}, "late_fee", LateFee(flat=1500)),
        ({"penalty_rate": None}, "penalty_rate", None),
        ({"buckets": [1, 16, 31, 121]}, "buckets", Buckets((1, 16, 31, 121))),
    ],
)
def test_a_value_can_be_written_in_more_ways_than_one(data: dict[str, Any], key: str, value: object) -> None:
    assert getattr(policy_from_data(data, "USD"), key) == value


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"penalty_rat": "0.1"}, '"penalty_rat" isn\'t a key we know; the nearest is "penalty_rate"'),
        ({"late_fee": {"leest": "1"}}, 'late_fee: "leest" isn\'t a key we know; the nearest is "least"'),
        (
            {"penalty_rate": 0.1825},
            'penalty_rate: 0.1825 is a binary fraction, which can\'t be exact: write it in quotes, "0.1825"',
        ),
        (
            {"late_fee": {"flat": 1.5}},
            'late_fee.flat: 1.5 is a binary fraction, which can\'t be exact: write it in quotes, "1.5"',
        ),
        ({"late_fee": {"flat": "1.234"}}, 'late_fee.flat: "1.234" has more than the 2 decimals of CNY'),
        ({"late_fee": {"flat": "-1"}}, "late_fee.flat: -1 can't be negative"),
        (
            {"penalty_rate": "high"},
            'penalty_rate: "high" isn\'t a rate (expected decimal text such as "0.1825", or "18.25 %")',
        ),
        (
            {"penalty_rate": "-0.1"},
            'penalty_rate: "-0.1" isn\'t a rate (expected decimal text such as "0.1825", or "18.25 %")',
        ),
        ({"penalty_rate": Decimal("1e999999999")}, "penalty_rate: 1E+999999999 is out of all proportion"),
        ({"grace_days": "3"}, 'grace_days: "3" isn\'t a whole number (written without quotes or decimals)'),
        ({"grace_days": -1}, "grace_days is -1: it can't be negative"),
        ({"compound": "yes"}, 'compound: "yes" isn\'t true or false (written without quotes)'),
        ({"excess": "return"}, 'excess: "return" isn\'t one of next, last, spread, unapplied'),
        ({"rate_steps": [{"from_dpd": 1}]}, "rate_steps.1: a rate step takes either rate or multiple"),
        ({"tolerance": "1", "tolerance_minor": 1}, "give tolerance_minor or tolerance, not both"),
        ({"penalty_rate": "0.1", "penalty_multiple": "2"}, "give penalty_rate or penalty_multiple, not both"),
        (
            {"penalty_rate_per_day": "0.0005", "day_count": "act/360"},
            "penalty_rate_per_day is taken times 365 on act/365: leave day_count out",
        ),
        ({"waterfall_after_dpd": {"dpd": 90}}, 'waterfall_after_dpd: "waterfall" is missing'),
        ({"waterfall": "interest first"}, 'waterfall: "interest first" isn\'t a table of keys and values'),
        ({"waterfall": ["interest"]}, "waterfall: waterfall.past_due is"),
        ([], "a list isn't a table of keys and values"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_with_a_sentence(data: object, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        policy_from_data(data, "CNY")
    assert str(refused.value).startswith(sentence)
