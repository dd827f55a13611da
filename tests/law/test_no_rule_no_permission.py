"""Never "no rule, so allowed": whatever is allowed, in every jurisdiction, by every act, channel and purpose, some rule spoke for it.

Of contacts that holds without exception. Of other acts the law's rules speak only in some conditions (a card, a hold, a debt buyer): in the
pairs below they were asked and had nothing to say, and the gate lets that be. The list may only get shorter.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from goodstanding.core.conduct.facts import Act, Acting, Actor, Channel, Debt, Facts, Person, Proposal, Purpose
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.verdict import Decision
from goodstanding.law import places
from goodstanding.law.loader import layers, rules_for

PLACES = {"us": "US-TX", "us-ma": "US-MA", "us-nyc": "US-NY-NYC", "uk": "GB-ENG", "eu": "DE"}
JURISDICTIONS = sorted(name for name in layers() if name != "house")
CHANNELS = tuple(Channel)
SPEAK_ONLY_SOMETIMES = {
    ("cn", "agree_plan"),
    ("cn", "count_demand"),
    ("eu", "delete_record"),
    ("hk", "take_payment"),
    ("tw", "charge"),
    ("uk", "outsource"),
    ("us", "apply_payment"),
    ("us", "enforce"),
    ("us-ma", "apply_payment"),
    ("us-ma", "enforce"),
    ("us-ma", "outsource"),
    ("us-ma", "take_payment"),
    ("us-nyc", "apply_payment"),
    ("us-nyc", "enforce"),
    ("us-nyc", "outsource"),
    ("us-nyc", "take_payment"),
    ("us", "outsource"),
    ("us", "take_payment"),
}


def proposals(act: Act) -> list[Proposal]:
    if act is not Act.CONTACT:
        return [Proposal(act, debts=("A",))]
    return [
        Proposal(act, channel, purpose, ("A",), asks_for_payment=purpose is Purpose.DEMAND)
        for channel in CHANNELS
        for purpose in Purpose
    ]


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_what_is_allowed_was_spoken_for(jurisdiction: str, act: Act) -> None:
    place = PLACES.get(jurisdiction, jurisdiction.upper())
    chosen = ["us", jurisdiction] if jurisdiction.startswith("us-") else [jurisdiction]
    rules, evidence = rules_for(chosen), places.evidence("address", place)
    at = datetime(2026, 11, 24, 12, tzinfo=evidence.zones[0])
    silent = []
    for actor in Actor:
        facts = Facts(Acting(actor, "bank"), Person("p", evidence=(evidence,)), debts={"A": Debt("A", product="loan")})
        for proposal in proposals(act):
            verdict = judge(proposal, facts, rules, at, look_ahead=False)
            spoke = {one.rule for one in verdict.findings} - {"house/covered"}
            if verdict.decision is Decision.ALLOWED and not spoke:
                silent.append((actor, proposal.channel, proposal.purpose))

    assert silent == [] or (jurisdiction, act.value) in SPEAK_ONLY_SOMETIMES


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_place_that_no_chosen_law_covers_is_refused(jurisdiction: str, act: Act) -> None:
    somewhere = places.evidence("address", "BR" if jurisdiction != "br" else "AR")
    facts = Facts(Acting(Actor.CREDITOR, "bank"), Person("p", evidence=(somewhere,)), debts={"A": Debt("A")})
    at = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))

    for proposal in proposals(act):
        assert judge(proposal, facts, rules_for([jurisdiction]), at).decision is Decision.REFUSED
