"""Dataclasses as plain data: the same after a round through JSON; what doesn't fit is refused, with where."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random
from typing import TypeVar

import pytest

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import Lender
from goodstanding.core.letter import LetterFacts
from goodstanding.core.loan import Loan
from goodstanding.core.particulars import About, Channel, DisputeReceived
from goodstanding.core.party import Role
from goodstanding.core.plain_data import from_data, to_data
from goodstanding.core.reading import BadValue
from goodstanding.letters.formal_overdue.golden.cases import cases
from tests.batch.random_books import a_day, a_policy, any_loan

Value = TypeVar("Value")


def through_json(kind: type[Value], value: Value) -> Value:
    return from_data(kind, json.loads(json.dumps(to_data(value))))


@pytest.mark.parametrize("seed", range(10))
def test_any_loan_policy_and_assessment_come_back_the_same(seed: int) -> None:
    dice = Random(seed)
    for _ in range(10):
        policy = a_policy(dice)
        loan = any_loan(dice, policy)
        assert through_json(Loan, loan) == loan
        assert through_json(ArrearsPolicy, policy) == policy
        try:
            assessment = assess(loan, policy, as_of=a_day(dice))
        except CannotAssess:
            continue
        assert through_json(Assessment, assessment) == assessment


@pytest.mark.parametrize("facts", [facts for _, _, facts in cases()])
def test_the_facts_of_a_letter_come_back_the_same(facts: LetterFacts) -> None:
    assert through_json(LetterFacts, facts) == facts


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": 7}, "id: 7 isn't text"),
        ({"may_sue": "yes"}, 'may_sue: "yes" isn\'t true or false'),
        ({"colour": "red"}, '"colour" isn\'t a key we know'),
        ({"id": None}, '"id" is missing'),
        ({"contacts": {"en": {}}}, 'contacts.en: "name" is missing'),
    ],
)
def test_what_does_not_fit_is_refused_with_where_it_stands(change: dict[str, object], sentence: str) -> None:
    lender = next(iter(cases()))[2].lender
    with pytest.raises(BadValue) as bad:
        from_data(Lender, to_data(lender) | change)
    assert str(bad.value).startswith(sentence)


def test_a_negative_fraction_and_a_union_come_back() -> None:
    assert from_data(Fraction, to_data(Fraction(-1, 3))) == Fraction(-1, 3)
    assert from_data(date | None, to_data(None)) is None  # type: ignore[arg-type]


def test_one_of_several_dataclasses_says_which_it_is() -> None:
    facts = next(iter(cases()))[2]
    disputed = replace(
        facts,
        particulars=DisputeReceived(facts.issued_on, Role.BORROWER, Channel.APP, (About.AMOUNT,), facts.pay_by, True),
    )
    assert to_data(disputed)["particulars"]["type"] == "DisputeReceived"
    assert through_json(LetterFacts, disputed) == disputed
    with pytest.raises(BadValue, match="particulars: its type isn't one of"):
        from_data(LetterFacts, to_data(disputed) | {"particulars": {"type": "Loan"}})
