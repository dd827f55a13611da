"""The worked tables of docs/methods/promises.md and plans.md: judging gives what they say, and their arithmetic holds."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.core.loan_json import assessment_data, loan_from_json
from goodstanding.core.plans.agreement import EventKind, PlanTerms
from goodstanding.core.plans.as_agreed import as_agreed
from goodstanding.core.plans.commitments_json import commitments_from_data, judged_data
from goodstanding.core.plans.in_force import hold_of, in_force
from goodstanding.core.plans.judging import Commitments, Judged, PlanState
from goodstanding.core.plans.promise import Promise, PromiseState
from goodstanding.core.reading import BadValue
from tests.methods.arithmetic import wrong
from tests.methods.pages import METHODS, blocks_of, shown_arithmetic, table_cells

PAGES = [METHODS / "promises.md", METHODS / "plans.md"]
SAID = ("promises", "plans", "meant_for")


@dataclass(frozen=True)
class Case:
    """What is said of a loan, what is expected by day, and the table in which that is worked out."""

    name: str
    data: Mapping[str, Any]
    expected: Mapping[str, Mapping[str, Any]]
    working: str

    def read(self) -> tuple[Loan, ArrearsPolicy, Commitments]:
        loan_keys = {key: self.data[key] for key in ("loan", "policy") if key in self.data}
        loan, policy = loan_from_json(json.dumps(loan_keys, default=str))
        return loan, policy, commitments_from_data({key: self.data.get(key, []) for key in SAID}, loan.currency)


def cases() -> Iterator[Case]:
    for page in PAGES:
        for block, working in blocks_of(page):
            assert set(block) <= {"case", "loan", "policy", "expected", "otherwise", *SAID}
            yield Case(f"{page.stem}: {block['case']}", block, block["expected"], working)
            for other in block.get("otherwise", []):
                changed = block | other | {"loan": block["loan"] | other.get("loan", {})}
                yield Case(f"{page.stem}: {other['case']}", changed, other["expected"], working)


CASES = list(cases())
EXPECTED = [(case, day) for case in CASES for day in case.expected]


def given(judged: Judged, loan: Loan, policy: ArrearsPolicy) -> dict[str, Any]:
    changed = in_force(judged.plans, loan, policy).loan
    return {
        **judged_data(judged, loan.currency),
        "hold": "; ".join(shown_hold(judged, place) for place in range(len(judged.plans))) or "none",
        "loan": assessment_data(assess(changed, policy, as_of=judged.plans[0].as_of)) if judged.plans else {},
    }


def shown_hold(judged: Judged, place: int) -> str:
    hold = hold_of(judged.plans[place], "L-1")
    if hold is None:
        return "none"
    until = f" until {hold.until.isoformat()}" if hold.until else ""
    return f"from {hold.began_at.isoformat()}{until}{', broken' if hold.given['plan_is_broken'] else ''}"


def only_asked(expected: Any, found: Any) -> Any:
    """What was found of what the table speaks of."""
    if isinstance(expected, Mapping):
        return {key: only_asked(value, found[key]) for key, value in expected.items()}
    return found


@pytest.mark.parametrize(("case", "day"), EXPECTED, ids=[f"{case.name}, {day}" for case, day in EXPECTED])
def test_judging_gives_what_the_table_says(case: Case, day: str) -> None:
    loan, policy, said = case.read()
    expected = dict(case.expected[day])
    known_on = expected.pop("known_on", None)
    judged, _ = as_agreed(said, loan, policy, as_of=date.fromisoformat(day), known_on=known_on)
    assert only_asked(expected, given(judged, loan, policy)) == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_arithmetic_a_page_shows_holds(page: Any) -> None:
    shown = shown_arithmetic(page.read_text(encoding="utf-8"))
    assert shown
    assert [fault for line in shown if (fault := wrong(line)) is not None] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_amount_expected_is_worked_out_in_the_table(case: Case) -> None:
    numbers = {one.replace(",", "") for one in re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join(table_cells(case.working)))}
    missing = [one for one in amounts(case.expected) if one not in numbers]
    assert not missing


def amounts(expected: Any) -> list[str]:
    if isinstance(expected, Mapping):
        return [one for key, value in expected.items() if key != "reason" for one in amounts(value)]
    if isinstance(expected, list):
        return [one for value in expected for one in amounts(value)]
    text = str(expected)
    return [text] if re.fullmatch(r"\d+(\.\d+)?", text) and float(text) else []


def test_the_pages_name_every_state_event_and_key() -> None:
    promises, plans = (page.read_text(encoding="utf-8") for page in PAGES)
    for state in PromiseState:
        assert f"| `{state}` |" in promises
    for key in Promise.__dataclass_fields__:
        assert f"`{key}`" in promises
    assert all(f"| `{state}` |" in plans for state in PlanState)
    for word in (*EventKind, *PlanTerms.__dataclass_fields__):
        assert f"`{word}`" in plans


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"promise": []}, 'the nearest is "promises"'),
        ({"promises": [{"id": "P"}]}, 'promises.1: "due_on" is missing'),
        ({"plans": [{"id": "A", "terms": {}, "events": []}]}, 'plans.1.terms: "payments" is missing'),
        ({"plans": [{"id": "A", "terms": {}, "events": [{"kind": "signd"}]}]}, "plans.1"),
    ],
)
def test_what_cant_be_read_is_refused_with_its_place(data: object, sentence: str) -> None:
    with pytest.raises(BadValue, match=re.escape(sentence)):
        commitments_from_data(data, "CNY")
