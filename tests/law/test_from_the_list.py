"""The gate against from_the_list.py: deadlines, figures and retention, on random days and figures at their lines.

2,300 in `make test`; more with GOODSTANDING_ORACLE_EXAMPLES, which is how many there are in all.
"""

import os
from datetime import datetime, time
from random import Random
from zoneinfo import ZoneInfo

import pytest

from goodstanding.core.conduct.facts import Act, Acting, Actor, Debt, Facts, Person, Proposal
from goodstanding.core.conduct.gate import ask_rules
from goodstanding.core.conduct.rule import Rules
from goodstanding.core.conduct.verdict import Decision
from goodstanding.law import places
from goodstanding.law.loader import rules_for
from tests.law.from_the_list import SENTENCES, Drawn, Sentence

EACH = -(-int(os.environ.get("GOODSTANDING_ORACLE_EXAMPLES", "2300")) // len(SENTENCES))
ZONES = {
    "CN": "Asia/Shanghai",
    "GB": "Europe/London",
    "TW": "Asia/Taipei",
    "HK": "Asia/Hong_Kong",
    "DE": "Europe/Berlin",
}


def said(sentence: Sentence, drawn: Drawn, rules: Rules) -> set[Decision]:
    """What the rule makes of it; nothing when it is silent."""
    zone = ZoneInfo(ZONES.get(sentence.place, "America/Chicago"))
    person = Person("p", evidence=(places.evidence("address", sentence.place),))
    facts = Facts(
        Acting(Actor(sentence.actor), sentence.licence), person, debts={"A": Debt("A", product=sentence.product)}
    )
    proposal = Proposal(Act(sentence.act), debts=("A",), letter=sentence.letter, given=drawn.answers)
    at = datetime.combine(drawn.on, time(12), zone)
    return {one.decision for one in ask_rules(proposal, facts, rules, at) if one.rule == sentence.rule}


@pytest.mark.parametrize("sentence", SENTENCES, ids=[one.rule for one in SENTENCES])
def test_the_gate_says_what_the_list_says(sentence: Sentence) -> None:
    rules, dice = rules_for([sentence.rule.partition("/")[0]]), Random(sentence.rule)
    drawn = [sentence.draw(dice) for _ in range(EACH)]

    wrong = [
        (one, found)
        for one in drawn
        if (found := said(sentence, one, rules)) == set() or (found != {Decision.ALLOWED}) is not one.stands_against
    ]

    assert wrong == [], f"{sentence.alias}: {sentence.says}"
    assert {one.stands_against for one in drawn} == {True, False}, "both sides of the line were tried"
