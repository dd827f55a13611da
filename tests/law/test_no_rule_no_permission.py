"""Never "no rule, so allowed": whatever is allowed, in every jurisdiction, by every act, channel and purpose, some rule spoke for it.

Of other acts than contacts the law's rules speak only in some conditions (a card, a hold, a debt buyer). Where they were asked and had nothing
to say, a person must decide; a suit isn't brought and no payment is taken.
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

    assert silent == []


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_place_that_no_chosen_law_covers_is_refused(jurisdiction: str, act: Act) -> None:
    somewhere = places.evidence("address", "BR" if jurisdiction != "br" else "AR")
    facts = Facts(Acting(Actor.CREDITOR, "bank"), Person("p", evidence=(somewhere,)), debts={"A": Debt("A")})
    at = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))

    for proposal in proposals(act):
        assert judge(proposal, facts, rules_for([jurisdiction]), at).decision is Decision.REFUSED


@pytest.mark.parametrize(
    ("jurisdiction", "act", "expected"),
    [
        ("us", Act.ENFORCE, Decision.REFUSED),
        ("hk", Act.TAKE_PAYMENT, Decision.REFUSED),
        ("us", Act.OUTSOURCE, Decision.REVIEW),
        ("tw", Act.CHARGE, Decision.REVIEW),
        ("cn", Act.AGREE_PLAN, Decision.REVIEW),
    ],
)
def test_silence_is_told(jurisdiction: str, act: Act, expected: Decision) -> None:
    evidence = places.evidence("address", PLACES.get(jurisdiction, jurisdiction.upper()))
    facts = Facts(
        Acting(Actor.CREDITOR, "bank"), Person("p", evidence=(evidence,)), debts={"A": Debt("A", product="loan")}
    )
    at = datetime(2026, 11, 24, 12, tzinfo=evidence.zones[0])

    verdict = judge(Proposal(act, debts=("A",)), facts, rules_for([jurisdiction]), at)

    assert verdict.decision is expected
    assert [one.reason for one in verdict.against] == ["no_rule_speaks"]
    assert act.value in verdict.against[0].detail
    assert verdict.allowed_from is None


def test_a_rule_that_speaks_for_one_debt_permits_nothing_for_another() -> None:
    """China's rules on plans are about cards: a plan for a card and a loan together needs a person for the loan."""
    evidence = places.evidence("address", "CN")
    at = datetime(2026, 11, 24, 12, tzinfo=evidence.zones[0])
    known = {"plan_months": 12, "beyond_means": True, "willing_to_repay": True}
    rules = rules_for(["cn"])

    def decided(*products: str) -> Decision:
        debts = {one: Debt(one, product=one, given=known) for one in products}
        facts = Facts(Acting(Actor.CREDITOR, "bank"), Person("p", evidence=(evidence,)), debts=debts, given=known)
        return judge(Proposal(Act.AGREE_PLAN, debts=products, items=frozenset(rules.items)), facts, rules, at).decision

    assert decided("card") is Decision.ALLOWED
    assert decided("card", "loan") is Decision.REVIEW
