"""Promises, plans and how they stand come back the same through JSON; what doesn't fit is refused, with where."""

import json
from typing import TypeVar

import pytest

from goodstanding.core.loan import Instalment, Pause, ScheduleVersion
from goodstanding.core.plain_data import from_data, to_data
from goodstanding.core.plans.agreement import By, EventKind
from goodstanding.core.plans.judging import Commitments, Judged
from goodstanding.core.plans.matching import MeantFor
from goodstanding.core.plans.offers import Change
from goodstanding.core.reading import BadValue
from tests.core.plans.ledgers import at, event, given_up, judged, march, paid, plan, promise, terms

Value = TypeVar("Value")
CHANGE = Change(
    march(2),
    (ScheduleVersion(march(3), (Instalment(march(40), 1_000_00, 1),), takes_over=True),),
    (Pause(march(3), march(30)),),
    (given_up(5, march(20)),),
)
GONE = event(EventKind.WITHDRAWN, 4, By.BORROWER, "has moved", recorded=5)
SAID = Commitments(
    (promise(), promise("Q", about="A", tolerance_days=2, recorded_at=at(2))),
    (plan(terms((10, 200_00), (20, 200_00), change=CHANGE, sign_by=march(9)), GONE),),
    (MeantFor("T1", "A/2", march(10)),),
)


def through_json(kind: type[Value], value: Value) -> Value:
    return from_data(kind, json.loads(json.dumps(to_data(value))))


def test_what_was_said_comes_back_the_same() -> None:
    assert through_json(Commitments, SAID) == SAID


@pytest.mark.parametrize("day", [2, 3, 4, 10, 11, 25])
def test_how_it_stands_comes_back_the_same(day: int) -> None:
    found = judged(day, *SAID.promises, *SAID.plans, ledger=(paid("T1", 9, 250_00),), meant_for=SAID.meant_for)
    assert through_json(Judged, found) == found


@pytest.mark.parametrize(
    ("made_at", "sentence"),
    [
        ("2026-03-01", "promises.1.made_at: .* isn't an instant"),
        ("2026-03-01T10:00", "promises.1.made_at: .* isn't an instant"),
        (7, "promises.1.made_at: 7 isn't an instant"),
        ("2026-03-11T10:00+08:00", "promises.1: promise P is for 2026-03-10, before the day it was made on"),
    ],
)
def test_a_bad_instant_is_refused_with_its_place(made_at: object, sentence: str) -> None:
    data = to_data(SAID)
    data["promises"][0]["made_at"] = made_at
    with pytest.raises(BadValue, match=sentence):
        from_data(Commitments, data)
