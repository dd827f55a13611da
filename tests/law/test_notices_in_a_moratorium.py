"""Our own letters in a breathing space: the notice that the Act demands is sent, a demand isn't."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from goodstanding.core.conduct.facts import Acting, Actor, Debt, Evidence, Facts, Hold, Person
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.verdict import Decision
from goodstanding.core.conduct.wording import letter_proposal
from goodstanding.core.letter import LetterContent
from goodstanding.law.loader import rules_for
from goodstanding.law.places import zones_of_place
from goodstanding.letters.golden import all_golden_letters
from tests.law.test_letters_pass import TRUE_TODAY

LETTERS = {f"{letter} {name}": content for letter, name, content in all_golden_letters()}


def decided(content: LetterContent, *holds: Hold) -> Decision:
    rules = rules_for(["uk"])
    noon = datetime(content.issued_on.year, content.issued_on.month, content.issued_on.day, 12, tzinfo=UTC)
    facts = Facts(
        Acting(Actor.CREDITOR, "bank"),
        Person("reader", evidence=(Evidence("address", zones_of_place("GB-ENG"), ("GB-ENG",)),)),
        holds=tuple(replace(one, began_at=noon) for one in holds),
        debts={content.loan_id: Debt(content.loan_id, product="loan")},
        given={**TRUE_TODAY, "regulated_agreement": True},
    )
    return judge(letter_proposal(content, rules), facts, rules, noon).decision


@pytest.mark.parametrize("kind", ["breathing_space", "mental_health_crisis", "debt_advice"])
@pytest.mark.parametrize("name", ["arrears_notice en", "arrears_notice en_again", "arrears_notice en_card"])
def test_the_notice_of_sums_in_arrears_is_sent_all_the_same(name: str, kind: str) -> None:
    assert decided(LETTERS[name], Hold(kind, datetime(2020, 1, 1, tzinfo=UTC))) is Decision.ALLOWED


@pytest.mark.parametrize("kind", ["breathing_space", "mental_health_crisis", "debt_advice"])
def test_a_demand_that_would_be_sent_otherwise_is_not(kind: str) -> None:
    demand = LETTERS["formal_overdue en_united_kingdom"]
    without = decided(demand)

    assert without is Decision.ALLOWED
    assert decided(demand, Hold(kind, datetime(2020, 1, 1, tzinfo=UTC))) is Decision.REFUSED
