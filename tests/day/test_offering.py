"""The ways out of one loan at the command line, and what a lender grants: read exactly, or refused with a sentence."""

import json
import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from goodstanding.cli import main
from goodstanding.core import reading
from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan_json import loan_from_json
from goodstanding.core.plans.offers import Offer, OfferKind, Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
from goodstanding.day import offering
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


@pytest.mark.parametrize("more", [(), ("--can-pay", "60/week")])
def test_where_nothing_can_be_offered_that_is_said_with_help(tmp_path: Path, more: tuple[str, ...]) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(FOLDERS[0], folder)
    granted = '[[measures]]\nkind = "settlement"\nshare = "0.85"\nmonths = [1]\nfrom_dpd = 300\n'
    (folder / "ways_out.toml").write_text(f'discount_rate = "0.12"\n{granted}', encoding="utf-8")
    options = ("--lender", str(folder), *more)

    code, said = run(tmp_path, LOAN, *options)
    assert code == 0
    assert (
        "Nothing can be offered within the guard rails and the law. Propose:\n  A review for hardship, by a person\n"
        in said
    )
    assert "  Independent debt advice\n" in said and "It is granted from 300 days past due" in said
    assert json.loads(run(tmp_path, LOAN, *options, "--json")[1])["proposals"] == ["hardship_review", "debt_advice"]

    nothing_due = LOAN | {"transactions": [{"kind": "payment", "amount": "2000.00", "effective_on": "2026-01-10"}]}
    assert "Propose" not in run(tmp_path, nothing_due, *options)[1]
    assert json.loads(run(tmp_path, nothing_due, *options, "--json")[1])["proposals"] == []


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


def test_spending_above_the_guideline_is_pointed_out_and_counts_as_stated(tmp_path: Path) -> None:
    folder, stated = tmp_path / "lender", tmp_path / "means.toml"
    shutil.copytree(FOLDERS[0], folder)
    stated.write_text(
        'stated_on = 2026-04-01\nincome = {wages = "6000.00"}\n'
        '[spending]\nhome = "2000.00"\nfood_and_housekeeping = "400.00/week"\npersonal = "80.00"\n',
        encoding="utf-8",
    )
    options = ("--lender", str(folder), "--means", str(stated))
    before = json.loads(run(tmp_path, LOAN, *options, "--json")[1])["means"]
    with (folder / "ways_out.toml").open("a", encoding="utf-8") as file:
        file.write('ask_above.food_and_housekeeping = {adult = "1700.00"}\nask_above.personal = {adult = "80.00"}\n')

    assert "what was stated counts (food and housekeeping)." in run(tmp_path, LOAN, *options)[1]
    now = json.loads(run(tmp_path, LOAN, *options, "--json")[1])["means"]
    assert now == before | {"flags": ["above_guideline"], "ask_about": ["food_and_housekeeping"]}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--accept-by", "9999-12-31"),
            "--accept-by 9999-12-31 is more than 366 days after 2026-04-20: check the day.",
        ),
        (("--accept-by", "2026-04-19"), "--accept-by 2026-04-19 lies before 2026-04-20"),
        (("--as-of", "9999-12-31"), "--as-of 9999-12-31: no offer can stand until a day after it"),
    ],
)
def test_a_day_until_which_no_offer_can_stand_stops_with_a_sentence(
    tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    code, said = run(tmp_path, LOAN, *options)
    assert (code, sentence in " ".join(said.split())) == (1, True), said


def test_a_statement_that_cannot_be_read_stops_with_a_sentence(tmp_path: Path) -> None:
    stated = tmp_path / "means.toml"
    stated.write_text('stated_on = 2026-04-01\nincome = "much"\nessentials = "1.00"\n', encoding="utf-8")
    code, said = run(tmp_path, LOAN, "--means", str(stated))
    assert (code, "income" in said, "affordability.md" in said) == (1, True, True)


def test_an_offer_in_json_becomes_a_plan_that_can_be_completed_whatever_it_gives_up(tmp_path: Path) -> None:
    """Its waivers have ids of their own; without ids they get them."""
    _, said = run(tmp_path, LOAN, "--json")
    offer = next(one for one in json.loads(said)["offers"] if len(one["change"]["waivers"]) > 1)
    ids = [one["id"] for one in offer["change"]["waivers"]]
    assert len(set(ids)) == len(ids)
    for change in (offer["change"], without_ids(offer["change"])):
        last = offer["payments"][-1]["on"]
        plan = {
            "id": "A1",
            "kind": offer["kind"],
            "terms": {
                "zone": "Asia/Shanghai",
                "worked_out_on": "2026-04-20",
                "accept_by": offer["accept_by"],
                "payments": [{"on": one["on"], "amount": one["amount"]} for one in offer["payments"]],
                "change": change,
            },
            "events": [
                {"kind": "offered", "at": "2026-04-20T09:00+08:00"},
                {"kind": "accepted", "at": "2026-04-20T10:00+08:00"},
            ],
        }
        loan = {key: value for key, value in LOAN.items() if key != "policy"} | {
            "transactions": [
                {"id": f"T{place}", "kind": "payment", "amount": one["amount"], "effective_on": one["on"]}
                for place, one in enumerate(offer["payments"])
            ]
        }
        path = tmp_path / "agreed.json"
        path.write_text(json.dumps({"loan": loan, "policy": LOAN["policy"], "plans": [plan]}), encoding="utf-8")
        told = CliRunner().invoke(main, ["plans", "judge", str(path), "--as-of", last, "--json"])
        assert told.exit_code == 0, told.output
        found = json.loads(told.output)
        assert (found["plans"]["A1"]["state"], found["loan"]["amount_to_cure"]) == ("completed", "0.00")


def without_ids(change: dict[str, Any]) -> dict[str, Any]:
    return change | {
        "waivers": [{key: value for key, value in one.items() if key != "id"} for one in change["waivers"]]
    }


@pytest.mark.parametrize(
    ("kind", "months", "name"),
    [
        (OfferKind.PERSONAL_PLAN, 1, "Plan of one month for the whole balance"),
        (OfferKind.PERSONAL_PLAN, 61, "Plan of 61 months for the whole balance"),
        (OfferKind.SETTLEMENT, 1, "Settled for less, in one part"),
        (OfferKind.SETTLEMENT, 11, "Settled for less, in 11 parts"),
        (OfferKind.DEFERRAL, 1, "Pause of one month"),
        (OfferKind.LONGER_TERM, 121, "121 months longer"),
        (OfferKind.RE_AGE, 1, "Re-aged, arrears spread over the rest"),
    ],
)
def test_an_offer_is_named_by_its_months(kind: OfferKind, months: int, name: str) -> None:
    assert offering._named(replace(some_offer(), kind=kind, months=months)) == name


def test_what_costs_more_than_paying_nothing_is_said_to_cost_more() -> None:
    def said(saves: int) -> str:
        return offering._against_nothing(replace(some_offer(), against_nothing=saves), str)

    assert said(-749174) == "costs more than paying nothing until then: 749174"
    assert said(0) == "saves against paying nothing until then: 0"


def some_offer() -> Offer:
    loan, policy = loan_from_json(json.dumps(LOAN))
    position = Position(loan, policy, assess(loan, policy, as_of=date(2026, 4, 20)), date(2026, 5, 4))
    return answered_by(ways_out(position, read_lender(FOLDERS[0]).ways_out), by_reference(policy)).offers[0]
