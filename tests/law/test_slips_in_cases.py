"""A slip in a case that would make a hold or a consent protect nobody is named, and the case isn't judged."""

from typing import Any

import pytest

from goodstanding.core.reading import BadValue
from goodstanding.law.case import read_case

CASE = {"law": "us", "at": "2026-11-24T12:00"}
HOLD = {"kind": "cease", "began_at": "2026-11-01", "debts": ["x"]}
CONSENT = {"what": "texts", "given_at": "2026-11-01", "debts": ["x"]}


@pytest.mark.parametrize(
    ("given", "proposal", "where"),
    [
        ({"holds": [HOLD]}, {"debts": ["X"]}, "given.holds"),
        ({"consents": [CONSENT]}, {"debts": ["X"]}, "given.consents"),
        ({}, {"debts": ["x"]}, "proposal.debts"),
    ],
)
def test_a_debt_that_the_case_does_not_know_is_named(
    given: dict[str, Any], proposal: dict[str, Any], where: str
) -> None:
    with pytest.raises(BadValue, match=f'^{where}: "x" isn\'t one of the debts that the case names'):
        read_case(CASE | {"given": {"debts": {"X": {}}, **given}, "proposal": proposal})


def test_what_names_the_debts_of_the_case_is_read() -> None:
    hold = HOLD | {"debts": ["X"]}
    case = read_case(CASE | {"given": {"debts": {"X": {}}, "holds": [hold]}, "proposal": {"debts": ["X"]}})

    assert case.verdict().decision == "refused"


def test_a_wish_withdrawn_before_it_was_received_is_named() -> None:
    wish = {"wish": "not_by_channel", "received_at": "2026-11-01", "withdrawn_at": "2026-10-01", "channels": ["call"]}
    with pytest.raises(BadValue, match="withdrawn_at"):
        read_case(CASE | {"given": {"preferences": [wish]}})
