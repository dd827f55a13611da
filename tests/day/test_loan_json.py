"""A loan written by hand: the page's examples give what the page says, numbers are exact, slips get a sentence."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.cli import main
from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan import Component, Instalment, Loan
from goodstanding.core.loan_json import assessment_data, loan_data, loan_from_json, policy_data
from goodstanding.core.rates import rate_text
from goodstanding.core.reading import BadValue
from tests.batch.random_books import a_policy, any_loan

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/loan_json.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"```json\n(?P<loan>.*?)```.*?as of (?P<day>\d{4}-\d\d-\d\d).*?(?P<table>\| field \|.*?)\n\n", PAGE, re.DOTALL
)
LEAST = {
    "currency": "CNY",
    "disbursed_on": "2026-01-15",
    "schedule": [{"due_on": "2026-02-15", "principal": "100.00"}],
}


def test_the_page_has_two_complete_examples() -> None:
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize(("loan", "day", "table"), EXAMPLES)
def test_an_example_of_the_page_gives_what_the_page_says(loan: str, day: str, table: str, tmp_path: Path) -> None:
    file = tmp_path / "loan.json"
    file.write_text(loan, encoding="utf-8")
    told = CliRunner().invoke(main, ["assess", str(file), "--as-of", day, "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert rows
    assert {name: str(found[name]) for name, _ in rows} == dict(rows)
    assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal(found["amount_to_cure"])


def test_without_json_the_statement_is_printed_to_read() -> None:
    told = CliRunner().invoke(main, ["assess", "-", "--as-of", "2026-04-25"], input=EXAMPLES[0][0])
    assert told.exit_code == 0, told.output
    assert "789.98 × 27 % ÷ 365 × 10 days = 5.84 (from 2026-04-15)" in told.output
    assert re.search(r"Amount to cure +927\.06", told.output)


def test_known_on_leaves_out_what_was_booked_later() -> None:
    believed = CliRunner().invoke(
        main, ["assess", "-", "--as-of", "2026-09-10", "--known-on", "2026-09-09", "--json"], input=EXAMPLES[1][0]
    )
    known = CliRunner().invoke(main, ["assess", "-", "--as-of", "2026-09-10", "--json"], input=EXAMPLES[1][0])
    assert (json.loads(believed.stdout)["days_past_due"], json.loads(known.stdout)["days_past_due"]) == (1, 0)


@given(st.integers(min_value=1, max_value=10**13))
def test_a_number_is_read_to_the_cent(minor: int) -> None:
    text = f"{minor // 100}.{minor % 100:02}"
    for written in (text, f'"{text}"'):
        data = json.dumps(LEAST).replace('"100.00"', written)
        assert loan_from_json(data)[0].schedule[0].principal == minor


@given(st.fractions(min_value=0, max_value=10))
def test_a_rate_is_written_exactly(rate: Fraction) -> None:
    assert Fraction(rate_text(rate)) == rate


def test_a_loan_can_be_shaped_in_more_ways_than_one() -> None:
    terms = {"instalments": 3, "first_due_on": "2026-02-15"}
    spellings: list[dict[str, Any]] = [
        {"loan_id": 7, "principal": 300, "annual_rate": "18 %", "disbursed_on": "2026-01-15", "terms": terms},
        {
            "id": "7",
            "terms": terms | {"principal": "300.00", "annual_rate_ppm": 180000, "disbursed_on": "2026-01-15"},
        },
        {
            "loan": {
                "id": "7",
                "principal_minor": 30000,
                "annual_rate": "0.18",
                "disbursed_on": "2026-01-15",
                "terms": terms,
            },
            "policy": {},
        },
    ]
    spellings[2]["loan"]["currency"] = "CNY"
    loans = [
        loan_from_json(json.dumps(spelling if "loan" in spelling else spelling | {"currency": "CNY"}))
        for spelling in spellings
    ]
    assert loans[0] == loans[1] == loans[2]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"currency": None}, '"currency" is missing'),
        ({"currency": "RMB"}, 'currency: "RMB" isn\'t a currency we know'),
        ({"disbursed_on": None}, '"disbursed_on" is missing'),
        ({"disbursed_on": "2026-02-30"}, 'disbursed_on: "2026-02-30" isn\'t a date (we read YYYY-MM-DD'),
        ({"schedul": []}, '"schedul" isn\'t a key we know; the nearest is "schedule"'),
        ({"schedule": None}, "give either terms, to work the schedule out from, or a ready schedule"),
        (
            {"terms": {"instalments": 1, "first_due_on": "2026-02-15"}},
            "give either terms, to work the schedule out from",
        ),
        ({"principal": "1,000.00"}, 'principal: "1,000.00" isn\'t an amount'),
        ({"transactions": [{"kind": "pament"}]}, 'transactions.1: "effective_on" is missing'),
        (
            {"transactions": [{"kind": "pament", "effective_on": "2026-02-15", "amount": 1}]},
            'transactions.1.kind: "pament" isn\'t one of payment, reversal, fee',
        ),
        ({"transactions": [{"kind": "payment", "effective_on": "2026-02-15"}]}, 'transactions.1: "amount" is missing'),
        ({"rate_per_day": "0.0005", "day_count": "act/360"}, "rate_per_day is taken times 365 on act/365"),
        (
            {"policy": {"rate_steps": [{"rate": "10 %", "from_dpd": -1}]}},
            "policy.rate_steps.1: from_dpd is -1: expected days past due, a whole number from 0 up",
        ),
        (
            {"policy": {"waterfall_after_dpd": {"dpd": -1, "waterfall": {"by": "component"}}}},
            "policy.waterfall_after_dpd: dpd is -1: expected days past due, a whole number from 0 up",
        ),
        (
            {"versions": [{"from_on": "2026-02-01", "schedule": []}, {"from_on": "2026-02-01", "schedule": []}]},
            "versions: two of them count from 2026-02-01: keep the one that holds",
        ),
        (
            {"classified_as": [{"category": "loss", "from_on": "2026-02-02", "until_on": "2026-02-01"}]},
            "classified_as.1: it begins on 2026-02-02 and ends before that, on 2026-02-01",
        ),
        (
            {"transactions": [{"kind": "payment", "effective_on": "2026-02-15", "amount": "1", "reverses": "T1"}]},
            'transactions.1: a payment takes nothing back: leave "reverses" out',
        ),
        (
            {"transactions": [{"kind": "reversal", "effective_on": "2026-02-15", "amount": "1"}]},
            'transactions.1: "reverses" is missing: a reversal names the id of what it takes back',
        ),
        (
            {"principal": "999.00"},
            "principal is 999.00, but the schedule's instalments repay 100.00: correct one of the two",
        ),
        ({"policy": {"penalty": "1"}}, 'policy: "penalty" isn\'t a key we know; the nearest is "penalty_'),
    ],
)
def test_a_slip_gets_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadValue) as refused:
        loan_from_json(json.dumps(LEAST | change))
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "line 1, column 2: it isn't JSON"),
        ('{"currency": "CNY", "currency": "USD"}', '"currency" is given twice'),
        ('{"principal": NaN}', "NaN isn't a number"),
        ("[" * 100_000, "it is nested too deeply to be a loan"),
        ("[]", "it isn't an object"),
        ('{"principal": ' + "9" * 5_000 + "}", "it holds a number that is too long to be an amount"),
    ],
)
def test_what_is_not_a_loan_gets_a_sentence_too(text: str, sentence: str) -> None:
    with pytest.raises(BadValue) as refused:
        loan_from_json(text)
    assert str(refused.value).startswith(sentence)


def test_every_field_comes_out() -> None:
    loan, policy = loan_from_json(json.dumps(LEAST))
    found = assess(loan, policy, as_of=date(2026, 3, 1))
    data = assessment_data(found)
    assert list(data) == list(found.__dataclass_fields__)
    assert data["instalments"][0]["open"] == {
        str(one): "100.00" if one is Component.PRINCIPAL else "0.00" for one in Component
    }
    assert json.loads(json.dumps(data)) == data


def test_the_command_stops_with_one_sentence(tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["assess", str(tmp_path / "none.json"), "--as-of", "2026-03-01"])
    assert (missing.exit_code, missing.stderr) == (
        1,
        f"Stopped: {tmp_path}/none.json can't be read: No such file or directory.\n",
    )
    early = CliRunner().invoke(main, ["assess", "-", "--as-of", "2025-03-01"], input=json.dumps(LEAST))
    assert early.exit_code == 1
    assert early.stderr.startswith("Stopped: It can't be assessed: loan loan was made on 2026-01-15")


def in_order(loan: Loan) -> Loan:
    """As it is read: instalments by due date, those of one day by the name of their drawdown."""
    versions = tuple(replace(one, schedule=_by_day(one.schedule)) for one in loan.versions)
    return replace(loan, schedule=_by_day(loan.schedule), versions=versions)


def _by_day(schedule: tuple[Instalment, ...]) -> tuple[Instalment, ...]:
    return tuple(sorted(schedule, key=lambda one: (one.due_on, one.drawdown)))


@pytest.mark.parametrize("seed", range(20))
def test_a_loan_and_its_policy_are_read_back_as_they_were_written(seed: int) -> None:
    dice = Random(seed)
    for place in range(20):
        policy = a_policy(dice)
        loan = in_order(replace(any_loan(dice, policy), id=f"L-{place}"))
        written = json.dumps({"loan": loan_data(loan), "policy": policy_data(policy, loan.currency)})
        assert loan_from_json(written) == (loan, policy)
