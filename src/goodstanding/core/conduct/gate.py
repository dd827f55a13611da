"""The gate: may this be done, now, to this person? Every rule that speaks is heard, and the strictest prevails.

It fails closed. Where it isn't known who acts, how, or where the person is, where no body of law covers the place, or
where a rule lacks an answer it needs, the proposal is refused and the verdict says what is missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from goodstanding.core.conduct.checks import (
    CHECKS,
    Missing,
    Question,
    answers,
    counts,
    formulas,
    holds,
    notices,
    people,
    several_debts,
    times,
    words,
)
from goodstanding.core.conduct.facts import Act, Facts, Proposal, Value
from goodstanding.core.conduct.rule import LENIENT, Effect, Rule, Rules
from goodstanding.core.conduct.verdict import Decision, Finding, Verdict

_ALL_CHECKS = (
    answers,
    counts,
    formulas,
    holds,
    notices,
    people,
    several_debts,
    times,
    words,
)  # each enters its checks into CHECKS
MOST_STEPS = 60  # how often the next allowed instant is looked for before we say that time alone doesn't bring it
_SEVERITY = {Decision.ALLOWED: 0, Decision.REVIEW: 1, Decision.REFUSED: 2}


def judge(proposal: Proposal, facts: Facts, rules: Rules, at: datetime, *, look_ahead: bool = True) -> Verdict:
    """Judge a proposal at an instant.

    at: aware. look_ahead: whether a refusal also says from when it would be allowed. Raises ValueError for a naive instant.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone: without it nobody knows what time it is where the person is")
    findings = (*_what_nobody_said(proposal, facts, rules), *ask_rules(proposal, facts, rules, at))
    decision = strictest(findings)
    verdict = Verdict(decision, findings, at)
    if decision is Decision.REFUSED and look_ahead:
        return replace(verdict, allowed_from=_allowed_from(proposal, facts, rules, verdict))
    return verdict


def strictest(findings: Iterable[Finding]) -> Decision:
    """What they come to together; a refusal where nobody spoke."""
    return max((one.decision for one in findings), key=_SEVERITY.__getitem__, default=Decision.REFUSED)


def ask_rules(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> Iterator[Finding]:
    """What each rule says of a proposal; those that have nothing to say are left out."""
    words_said = words.forms_of(proposal.text) if proposal.text else ()
    if words_said and proposal.items is None:
        proposal = replace(proposal, items=words.items_in(rules.items, words_said))
    for rule in rules.of(proposal.act):
        finding = _ask(rule, proposal, facts, rules, at, words_said)
        if finding is not None:
            yield finding


def _what_nobody_said(proposal: Proposal, facts: Facts, rules: Rules) -> Iterator[Finding]:
    """What every proposal must say, whatever the rules; and that some law covers it at all."""
    unsaid = []
    if facts.acting.actor is None:
        unsaid.append("actor")
    if proposal.act is Act.CONTACT:
        unsaid += [name for name in ("channel", "purpose") if getattr(proposal, name) is None]
        if not facts.person.places and not facts.person.zones:
            unsaid.append("location")
    if unsaid:
        yield _ours("not_known", f"Nobody said: {', '.join(unsaid)}.", Decision.REFUSED, tuple(unsaid))
    uncovered = [place for place in sorted(facts.person.places) if not _is_covered(place, rules)]
    if uncovered:
        yield _ours("no_law", f"None of the chosen bodies of law covers {', '.join(uncovered)}.", Decision.REFUSED)
    elif not any(rule.layer != "house" for rule in rules.of(proposal.act)):
        yield _ours(
            "no_law", f"No rule of the chosen bodies of law speaks of this act ({proposal.act}).", Decision.REFUSED
        )
    else:
        yield _ours("covered", "The chosen bodies of law cover the place and the act.", Decision.ALLOWED)


def _ours(reason: str, detail: str, decision: Decision, missing: tuple[str, ...] = ()) -> Finding:
    return Finding(f"house/{reason}", decision, Effect.PROHIBITION, reason, detail, missing=missing)


def _is_covered(place: str, rules: Rules) -> bool:
    return any(_within(place, own) for layer in rules.layers for own in layer.places)


def _within(place: str, region: str) -> bool:
    """
    >>> _within("US-MA", "US"), _within("US", "US-MA")
    (True, False)
    """
    return place == region or place.startswith(f"{region}-")


def may_be_in(places: frozenset[str], regions: frozenset[str]) -> bool:
    """Whether a person of whom these places are known may be in one of the regions; who says nothing may be anywhere.

    A place within another says where in it: an address in Colorado beside an American number is Colorado.

    >>> may_be_in(frozenset({"US-CO"}), frozenset({"US-MA"})), may_be_in(frozenset({"US"}), frozenset({"US-MA"}))
    (False, True)
    >>> may_be_in(frozenset({"US-CO", "US"}), frozenset({"US-MA"}))
    False
    """
    if not places or not regions:
        return True
    nearest = [one for one in places if not any(other != one and _within(other, one) for other in places)]
    return any(_within(place, region) or _within(region, place) for place in nearest for region in regions)


def _ask(
    rule: Rule, proposal: Proposal, facts: Facts, rules: Rules, at: datetime, words_said: tuple[str, ...]
) -> Finding | None:
    if not _constrains(rule, proposal) or not may_be_in(facts.person.places, rule.applies_if.places):
        return None
    binds = True if rules.is_adopted(rule) else _binds(rule, facts)
    binding = binds is not False
    question = Question(rule, {}, proposal, facts, at)
    try:
        if (not binding and rule.applies_if.others == "silent") or not _is_met(question):
            return None
        if binds is None:
            raise Missing("licence")
        values = rule.values_on(question.need_day(rule.dated_by) if rule.dated_by else question.today)
        if values is None:
            return None
        kind = CHECKS[rule.check]
        if kind.needs_zone and not facts.person.zones:
            raise Missing("location")
        answer = kind.run(Question(rule, values, proposal, facts, at, rules.phrases, words_said))
    except Missing as unknown:
        # A flag forbids nothing and advice doesn't bind, so what they can't judge is looked at by a person; other rules refuse.
        unjudged = Decision.REFUSED if binding and rule.effect is not Effect.FLAG else Decision.REVIEW
        detail = f"It can't be judged without: {', '.join(unknown.names)}."
        return _finding(rule, unjudged, detail, missing=unknown.names, binding=binding)
    if answer is None:
        return None
    decision = Decision.ALLOWED
    if answer.broken:
        decision = _decision(rule, rules, binding=binding)
    elif answer.flag or _is_flagged(question):
        decision = Decision.REVIEW
    return _finding(rule, decision, answer.detail, until=answer.until if answer.broken else None, binding=binding)


def _constrains(rule: Rule, proposal: Proposal) -> bool:
    """Whether a rule is about this channel and purpose. What isn't said is looked at strictly: the rule speaks."""
    channel, purpose = proposal.channel, proposal.purpose
    if channel is not None and ((rule.channels and channel not in rule.channels) or channel in rule.not_channels):
        return False
    return purpose is None or not ((rule.purposes and purpose not in rule.purposes) or purpose in rule.not_purposes)


def _is_met(question: Question) -> bool:
    """Whether what the rule presupposes holds: of the person, the product, the letter, and answers by name."""
    applies, facts = question.rule.applies_if, question.facts
    if applies.relations and facts.person.relation not in applies.relations:
        return False
    if applies.letters and question.proposal.letter and question.proposal.letter not in applies.letters:
        return False
    if applies.products and applies.products.isdisjoint(question.products):
        return False
    if any(_is_as(question.find(name), wanted) for name, wanted in applies.unless_known.items()):
        return False
    if not all(_is_as(question.find(name), wanted) for name, wanted in applies.known.items()):
        return False
    return all(_is_as(question.need(name), wanted) for name, wanted in applies.given.items())


def _is_as(found: Value | None, wanted: Any) -> bool:
    """Whether an answer is the one wanted, or one of several."""
    return found in wanted if isinstance(wanted, list) else found == wanted


def _binds(rule: Rule, facts: Facts) -> bool | None:
    """Whether a rule binds who acts; None: it turns on a licence that nobody named."""
    applies = rule.applies_if
    if applies.actors and facts.acting.actor is not None and facts.acting.actor not in applies.actors:
        return False
    if applies.licences:
        return None if facts.acting.licence is None else facts.acting.licence in applies.licences
    return True


def _is_flagged(question: Question) -> bool:
    """how flag_if, of any rule: answers that ask for a look at what isn't forbidden; "not x": when x is known not to hold."""
    return any(
        question.find(name.removeprefix("not ")) is (not name.startswith("not "))
        for name in question.rule.how.get("flag_if", ())
    )


def _decision(rule: Rule, rules: Rules, *, binding: bool) -> Decision:
    if rule.effect is Effect.FLAG or not binding:
        return Decision.REVIEW
    if rule.effect in LENIENT and rules.policy.lenient == "review":
        return Decision.REVIEW
    return Decision.REFUSED


def _finding(
    rule: Rule,
    decision: Decision,
    detail: str,
    *,
    until: datetime | None = None,
    missing: tuple[str, ...] = (),
    binding: bool = True,
) -> Finding:
    return Finding(
        rule=rule.id,
        decision=decision,
        effect=rule.effect,
        reason=rule.name,
        detail=detail,
        citation=rule.source.cite,
        alias=rule.alias,
        confidence=rule.source.confidence,
        reviewed_by=rule.source.reviewed_by,
        until=until,
        missing=missing,
        binding=binding,
    )


def _allowed_from(proposal: Proposal, facts: Facts, rules: Rules, verdict: Verdict) -> datetime | None:
    """Move to when the last of those that refuse would give way, and ask again, until nobody refuses."""
    for _ in range(MOST_STEPS):
        waits = [one.until for one in verdict.against]
        if any(until is None for until in waits):
            return None
        at = max(max(until for until in waits if until is not None), verdict.at + timedelta(seconds=1))
        verdict = judge(proposal, facts, rules, at, look_ahead=False)
        if verdict.decision is not Decision.REFUSED:
            return at
    return None
