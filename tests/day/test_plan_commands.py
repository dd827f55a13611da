"""`goodstanding plans judge` tells how promises and plans stand, to read and as JSON; what is wrong it says in a sentence."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from goodstanding.cli import main
from tests.methods.test_promises_and_plans import CASES

CASE = next(case for case in CASES if case.name == "plans: Arrears in two parts beside the contract; charges rest")

TOLD = """\
Plan A: active since 2026-02-25. In force since 2026-02-25, and kept: next are 1510.00 CNY, due on 2026-04-01 and in time until 2026-04-04.
  2026-03-10: 510.00 CNY of 510.00 CNY, met on 2026-03-10
  2026-04-01: 0.00 CNY of 1510.00 CNY, to come
  Collection rests from 2026-02-25 20:00 +0800 until further notice.
Loan loan with these plans, as of 2026-03-14: 510.00 CNY to cure, 19 days that count.
"""


def run(folder: Path, *options: str, text: str | None = None) -> tuple[int, str]:
    file = folder / "case.json"
    keys = ("loan", "policy", "plans")
    file.write_text(text or json.dumps({key: CASE.data[key] for key in keys}, default=_plain), encoding="utf-8")
    found = CliRunner().invoke(main, ["plans", "judge", str(file), *options])
    return found.exit_code, found.output


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def test_it_is_told_to_read(tmp_path: Path) -> None:
    assert run(tmp_path, "--as-of", "2026-03-14") == (0, TOLD)


def test_it_is_told_as_json(tmp_path: Path) -> None:
    code, output = run(tmp_path, "--as-of", "2026-04-01", "--json")
    found = json.loads(output)
    assert (code, found["plans"]["A"]["state"], found["loan"]["amount_to_cure"]) == (0, "completed", "0.00")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "line 1, column 2: it isn't JSON"),
        ("[]", 'it isn\'t an object with the key "loan"'),
        ('{"loan": {"currency": "CNY"}, "promises": [{"id": 7}]}', "case.json: "),
        ('{"loan": {}, "promises": [{"id": "P", "amount": "500.00", "amount": "5.00"}]}', '"amount" is given twice'),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    code, output = run(tmp_path, "--as-of", "2026-04-01", text=text)
    assert code == 1
    assert output.startswith("Stopped: ")
    assert sentence in output


def test_an_event_that_can_not_follow_is_told(tmp_path: Path) -> None:
    early = {key: CASE.data[key] for key in ("loan", "policy", "plans")}
    plan = dict(early["plans"][0])
    plan["events"] = [
        {"kind": "accepted", "at": "2026-02-21T09:00:00+08:00"},
        {"kind": "offered", "at": "2026-02-22T09:00:00+08:00"},
    ]
    text = json.dumps(early | {"plans": [plan]}, default=_plain)
    sentence = "Left out: accepted at 2026-02-21 09:00 +0800, since it can't be accepted before it was offered."
    assert sentence in run(tmp_path, "--as-of", "2026-02-24", text=text)[1]
    told = json.loads(run(tmp_path, "--as-of", "2026-02-24", "--json", text=text)[1])
    assert [one["kind"] for one in told["plans"]["A"]["refused"]] == ["accepted"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"meant_for": [{"payment": "T9", "to": "A", "recorded_on": "2026-03-10"}]}, "has no such payment"),
        (
            {
                "promises": [
                    {
                        "id": "P",
                        "amount": "5.00",
                        "due_on": "2026-03-10",
                        "made_at": "2026-03-01T10:00:00+08:00",
                        "zone": "Asia/Shanghai",
                        "about": "B",
                    }
                ]
            },
            'promise P is about "B", which is no plan of the loan',
        ),
    ],
)
def test_what_names_nothing_that_there_is_is_refused(more: dict[str, object], sentence: str, tmp_path: Path) -> None:
    text = json.dumps({key: CASE.data[key] for key in ("loan", "policy", "plans")} | more, default=_plain)
    code, output = run(tmp_path, "--as-of", "2026-03-14", text=text)
    assert code == 1
    assert sentence in output


def test_a_plan_that_nobody_offered_is_told_of(tmp_path: Path) -> None:
    plans = [
        {**one, "events": [event for event in one["events"] if event["kind"] != "offered"]}
        for one in CASE.data["plans"]
    ]
    text = json.dumps({key: CASE.data[key] for key in ("loan", "policy")} | {"plans": plans}, default=_plain)
    code, output = run(tmp_path, "--as-of", "2026-03-14", text=text)
    assert code == 0
    assert "Plan A: never offered, so nothing of it counts." in output
    assert "since it can't be accepted before it was offered." in output
