"""The ways out of one loan at the command line, and what a lender grants: read exactly, or refused with a sentence."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from goodstanding.cli import main
from goodstanding.core import reading
from goodstanding.core.plans.offers import OfferKind
from goodstanding.day.granting import guard_rails_from_data, legal_limits
from goodstanding.day.lender import read_lender
from tests.day.test_lender import FOLDERS

GRANTED = FOLDERS[0] / "ways_out.toml"
LOAN: dict[str, Any] = {
    "id": "L-1",
    "currency": "CNY",
    "principal": "5000.00",
    "annual_rate": "0.12",
    "disbursed_on": "2025-12-10",
    "terms": {"instalments": 12, "first_due_on": "2026-01-10"},
    "policy": {"penalty_rate": "0.365"},
}


def run(tmp_path: Path, loan: dict[str, Any], *more: str) -> tuple[int, str]:
    path = tmp_path / "loan.json"
    path.write_text(json.dumps(loan), encoding="utf-8")
    found = CliRunner().invoke(main, ["offers", str(path), "--lender", str(FOLDERS[0]), "--as-of", "2026-04-20", *more])
    return found.exit_code, found.output


def test_every_offer_of_a_loan_written_by_hand_is_compared(tmp_path: Path) -> None:
    code, said = run(tmp_path, LOAN)
    assert code == 0
    assert "To be up to date today: 1,864.40. To close the loan today: 5,274.96." in said
    assert "Arrears in 3 parts" in said
    assert "penalty rests while it is kept" in said
    assert "signed by: team lead" in said


def test_as_json_an_offer_says_everything_and_the_change_it_makes(tmp_path: Path) -> None:
    code, said = run(tmp_path, LOAN, "--json")
    found = json.loads(said)
    assert code == 0
    assert {one["kind"] for one in found["offers"]} == set(OfferKind)
    (moved,) = [one for one in found["offers"] if one["kind"] == "extension"]
    changed = LOAN | {key: moved["change"][key] for key in ("versions", "pauses")}
    changed["transactions"] = [
        {"kind": "payment", "amount": one["amount"], "effective_on": one["on"]} for one in moved["payments"]
    ]
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    then = CliRunner().invoke(main, ["assess", str(path), "--as-of", moved["ends_on"], "--json"])
    assert then.exit_code == 0, then.output
    assert json.loads(then.stdout)["payoff"] == "0.00", "the change and the payments, read back, close the loan"


def test_nothing_above_what_can_be_paid_and_what_to_propose_instead(tmp_path: Path) -> None:
    _, said = run(tmp_path, LOAN, "--can-pay", "600/month", "--json")
    assert all(float(one["heaviest_month"]) <= 600 for one in json.loads(said)["offers"])
    _, said = run(tmp_path, LOAN, "--can-pay", "20/month")
    assert "No offer fits" in said
    assert "Independent debt advice" in said
    code, said = run(tmp_path, LOAN, "--can-pay", "20/moon")
    assert code == 1
    assert '"20/moon" isn\'t a sum and how often' in said


def test_a_loan_in_another_currency_is_offered_in_its_own(tmp_path: Path) -> None:
    code, said = run(tmp_path, LOAN | {"currency": "KWD", "principal": "5000.000"})
    assert code == 0
    assert "in KWD" in said
    code, said = run(tmp_path, LOAN | {"currency": "JPY", "principal": "500000"})
    assert code == 0
    assert "in JPY" in said


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kind = "extension"', 'kind = "extention"', "measures.2.kind"),
        (
            'arrears_instalments"\nmonths = [3, 6]',
            'arrears_instalments"',
            'measures.1: a measure of the kind "arrears_instalments" needs "months"',
        ),
        (
            'arrears_instalments"\nmonths = [3, 6]',
            'arrears_instalments"\nmonths = [0]',
            "expected whole numbers from 1 to 480",
        ),
        ('share = "0.85"', 'share = "1.2"', "isn't a share above 0 and up to 1"),
        ('components = ["penalty", "compound"]', 'components = ["principal"]', "only penalty, compound and fee"),
        ('discount_rate = "0.12"', "", '"discount_rate" is missing'),
        ("in_letter = 2", "in_letter = 4", "4 isn't from 1 to 3"),
        ('waived_over = "500.00"\nmonths_over = 24', "", 'level "team lead" has no limit above which it signs'),
    ],
)
def test_a_slip_in_what_is_granted_gets_a_sentence(old: str, new: str, sentence: str) -> None:
    text = GRANTED.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(reading.BadValue, match=re.escape(sentence)):
        guard_rails_from_data(tomllib.loads(text.replace(old, new, 1)), "CNY", ("cn_bill",))


def test_the_law_limits_plans_for_card_debt_alone() -> None:
    settings = read_lender(FOLDERS[0]).conduct
    assert settings is not None
    assert legal_limits(settings, "cn_bill", date(2026, 11, 23)) == ()
    (limit,) = legal_limits(replace(settings, products=(("cn_bill", "card"),)), "cn_bill", date(2026, 11, 23))
    assert (limit.kind, limit.most_months, limit.rule) == (OfferKind.PERSONAL_PLAN, 60, "cn/card/plan_term")


def test_what_somebody_states_bounds_what_is_offered_and_the_sum_is_shown(tmp_path: Path) -> None:
    stated = tmp_path / "means.toml"
    stated.write_text('stated_on = 2026-04-01\nincome = "4000.00"\nessentials = "3200.00"\n', encoding="utf-8")
    _, said = run(tmp_path, LOAN, "--means", str(stated), "--json")
    found = json.loads(said)
    assert found["means"]["a_month"] == "640.00"
    assert found["offers"]
    assert all(float(one["heaviest_month"]) <= 640 for one in found["offers"])
    _, said = run(tmp_path, LOAN, "--means", str(stated), "--can-pay", "9000/month")
    assert "income 4,000.00" in said.replace("+", "")
    assert "Nothing above 640.00 a month." in said
    assert "the statement counts" in said


def test_a_statement_that_cannot_be_read_stops_with_a_sentence(tmp_path: Path) -> None:
    stated = tmp_path / "means.toml"
    stated.write_text('stated_on = 2026-04-01\nincome = "much"\nessentials = "1.00"\n', encoding="utf-8")
    code, said = run(tmp_path, LOAN, "--means", str(stated))
    assert (code, "income" in said, "affordability.md" in said) == (1, True, True)
