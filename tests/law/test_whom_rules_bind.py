"""Whom a rule binds: those it doesn't are asked nothing of it, or hear it as advice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import (
    Acting,
    Actor,
    Channel,
    Evidence,
    Facts,
    Person,
    Proposal,
    Purpose,
)
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.rule import AppliesIf, Effect, Layer, Rule, Rules, Source, Version
from goodstanding.core.conduct.verdict import Decision, Verdict

AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
CALL = Proposal(channel=Channel.CALL, purpose=Purpose.DEMAND)
PERSON = Person("b", evidence=(Evidence("address", (ZoneInfo("America/Denver"),), ("US-CO",)),))
ASKS = Rule(
    id="us/asks",
    title="It asks for an answer",
    effect=Effect.PROHIBITION,
    check="required",
    versions=(Version(date(2020, 1, 1), {}),),
    source=Source("test"),
    how={"all_of": ["told"]},
    applies_if=AppliesIf(actors=frozenset({Actor.AGENCY})),
)


def verdict(
    rule: Rule, *, actor: Actor, given: dict[str, bool] | None = None, places: tuple[str, ...] = ("US-CO",)
) -> Verdict:
    person = replace(PERSON, evidence=(Evidence("address", PERSON.zones, places),))
    return judge(
        CALL, Facts(Acting(actor), person, given=given or {}), Rules((rule,), (Layer("us", "", frozenset({"US"})),)), AT
    )


def test_an_answer_that_nobody_gave_refuses_who_is_bound() -> None:
    found = verdict(ASKS, actor=Actor.AGENCY)

    assert (found.decision, found.missing) == (Decision.REFUSED, ("told",))


def test_who_is_not_bound_is_asked_for_no_presupposition() -> None:
    presupposes = replace(ASKS, applies_if=replace(ASKS.applies_if, given={"is_card": True}))

    assert verdict(presupposes, actor=Actor.CREDITOR).decision is Decision.ALLOWED
    assert verdict(presupposes, actor=Actor.AGENCY).missing == ("is_card",)


def test_an_answer_that_an_advisory_rule_lacks_is_a_matter_for_review() -> None:
    advisory = replace(ASKS, applies_if=replace(ASKS.applies_if, others="advisory"))

    found = verdict(advisory, actor=Actor.CREDITOR)

    assert (found.decision, found.missing) == (Decision.REVIEW, ("told",))


def test_an_answer_can_take_one_out_of_a_rule() -> None:
    unless = replace(ASKS, applies_if=replace(ASKS.applies_if, unless_known={"is_exempt": True}))

    assert verdict(unless, actor=Actor.AGENCY, given={"is_exempt": True}).decision is Decision.ALLOWED
    assert verdict(unless, actor=Actor.AGENCY, given={"is_exempt": False}).decision is Decision.REFUSED
    assert verdict(unless, actor=Actor.AGENCY).decision is Decision.REFUSED


def test_an_address_in_one_state_outweighs_a_number_of_the_country() -> None:
    massachusetts = replace(ASKS, applies_if=replace(ASKS.applies_if, places=frozenset({"US-MA"})))

    assert verdict(massachusetts, actor=Actor.AGENCY, places=("US-CO", "US")).decision is Decision.ALLOWED
    assert verdict(massachusetts, actor=Actor.AGENCY, places=("US",)).decision is Decision.REFUSED
