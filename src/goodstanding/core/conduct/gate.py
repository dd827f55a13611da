"""The gate: may this be done, now, to this person? Every rule that speaks is heard, and the strictest prevails.

It fails closed. Where it isn't known who acts, how, or where the person is, where no body of law covers the place, or
where a rule lacks an answer it needs, the proposal is refused and the verdict says what is missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from goodstanding.core.conduct.checks import (
    CHECKS,
    CheckKind,
    Missing,
    Question,
    answers,
    counts,
    formulas,
    holds,
    latest_day,
    notices,
    people,
    several_debts,
    times,
    words,
)
from goodstanding.core.conduct.facts import OBLIGORS, Act, Facts, Proposal, Purpose, Value
from goodstanding.core.conduct.rule import LENIENT, Effect, Rule, Rules
from goodstanding.core.conduct.verdict import NO_RULE_SPEAKS, Decision, Finding, Verdict
from goodstanding.core.conduct.windows import utc

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
    told = (_in_zone(one, facts) for one in ask_rules(proposal, facts, rules, at))
    findings = (*_what_nobody_said(proposal, facts, rules), *_holds_of_no_rule(proposal, facts, rules, at), *told)
    decision = strictest(findings)
    verdict = Verdict(decision, findings, at)
    if decision is Decision.REFUSED and look_ahead:
        return _looked_ahead(proposal, facts, rules, verdict)
    return verdict


def _in_zone(finding: Finding, facts: Facts) -> Finding:
    """A finding whose instant is told where the person is."""
    if finding.until is None or not facts.person.zones:
        return finding
    return replace(finding, until=finding.until.astimezone(facts.person.zones[0]))


def strictest(findings: Iterable[Finding]) -> Decision:
    """What they come to together; a refusal where nobody spoke."""
    return max((one.decision for one in findings), key=_SEVERITY.__getitem__, default=Decision.REFUSED)


def ask_rules(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> list[Finding]:
    """What each rule says of a proposal; those that have nothing to say are left out.

    Where it is about debts of which different things are known, it is asked of each, and the strictest answer of a rule stands. So are
    acts other than contacts always: a rule that speaks for one debt doesn't permit it for another.
    """
    words_said = words.forms_of(proposal.text) if proposal.text else ()
    if words_said and proposal.items is None:
        proposal = replace(proposal, items=words.items_in(rules.items, words_said))
    if words_said and proposal.unapproved != "":
        proposal = _as_worded(proposal, words_said, rules)
    if len(proposal.debts) < 2 or (proposal.act is Act.CONTACT and not _differ(proposal, facts)):
        return _asked(proposal, facts, rules, at, words_said)
    strictest_of: dict[str, Finding] = {}
    for debt in proposal.debts:
        for one in _asked(replace(proposal, debts=(debt,)), facts, rules, at, words_said):
            other = strictest_of.get(one.rule)
            if other is None or _is_stricter(one, other):
                strictest_of[one.rule] = one
    return list(strictest_of.values())


_SAYS_NOTHING = frozenset({Purpose.LOCATE, Purpose.RELAY})


def _as_worded(proposal: Proposal, words_said: tuple[str, ...], rules: Rules) -> Proposal:
    """A proposal in words that aren't ours, as what its words make of it: whoever reads them is asked to pay, or told of the debt,
    whatever somebody called it."""
    asks, reveals = (rules.phrases.get(name) for name in ("asks_to_pay", "debt_revealed"))
    if asks and not proposal.asks_for_payment and words.found_in(asks, words_said):
        purpose = Purpose.DEMAND if proposal.purpose is Purpose.SERVICE else proposal.purpose
        proposal = replace(proposal, asks_for_payment=True, purpose=purpose)
    if reveals and proposal.purpose in _SAYS_NOTHING and words.found_in(reveals, words_said):
        proposal = replace(proposal, given={**proposal.given, "says_nothing_of_the_debt": False})
    return proposal


def _differ(proposal: Proposal, facts: Facts) -> bool:
    known = [facts.debts.get(one) for one in proposal.debts]
    first = known[0]
    return any(
        (one is None) is not (first is None)
        or (one is not None and first is not None and (one.product, one.given) != (first.product, first.given))
        for one in known
    )


def _is_stricter(one: Finding, other: Finding) -> bool:
    if one.decision is not other.decision:
        return _SEVERITY[one.decision] > _SEVERITY[other.decision]
    return one.until is None or (other.until is not None and one.until > other.until)


def _asked(proposal: Proposal, facts: Facts, rules: Rules, at: datetime, words_said: tuple[str, ...]) -> list[Finding]:
    today = latest_day(at, facts.person.zones)
    if facts.person.zones:
        at = _comparable(at, facts)
    found = []
    there = {"": True, "holds": facts.holds, "preferences": facts.preferences, "words": words_said}
    for candidate in _candidates(proposal, facts, rules, today):
        if not there[candidate.only_with]:
            continue
        finding = _ask(candidate, proposal, facts, rules, at, today, words_said)
        if finding is not None:
            found.append(finding)
    if not found and proposal.act is not Act.CONTACT and _law_speaks_of(proposal.act, rules):
        found.append(_nobody_spoke(proposal.act))
    return found


def _law_speaks_of(act: Act, rules: Rules) -> bool:
    return any(rule.layer != "house" for rule in rules.of(act))


_REFUSED_IN_SILENCE = frozenset({Act.ENFORCE, Act.TAKE_PAYMENT})
"""What can't be undone once it is done: somebody is sued, or their money is gone."""


def _nobody_spoke(act: Act) -> Finding:
    """The law's rules on an act were asked and none had anything to say: silence permits nothing, and a person must decide."""
    silent = f"As things stand no rule of the place speaks of this act ({act})"
    if act in _REFUSED_IN_SILENCE:
        detail = f"{silent}; it is to the person's loss, and silence permits nothing."
        return _ours(NO_RULE_SPEAKS, detail, Decision.REFUSED)
    return _ours(NO_RULE_SPEAKS, f"{silent}; silence permits nothing, so a person must decide.", Decision.REVIEW)


def _comparable(at: datetime, facts: Facts) -> datetime:
    """The instant in the zone in which the contacts are told: two of one zone are compared by their wall clocks, which is quick.

    In the second pass of an hour that comes twice it would be wrong; there we take UTC, as `Facts` does.
    """
    if not facts.contacts:
        return utc(at)
    there = at.astimezone(facts.contacts[-1].at.tzinfo)
    return utc(at) if there.fold else there


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rule that may speak of proposals of one kind to one kind of person. values: on the day, where the day judged decides.

    has_conditions: whether answers decide if it applies. lacks_licence: nobody said who acts under which, and it turns on that.
    only_with: what it says nothing without, as its check says; empty: it may ask for something before.
    """

    rule: Rule
    kind: CheckKind
    binding: bool
    values: Mapping[str, Any]
    has_conditions: bool
    lacks_licence: bool
    only_with: str


MOST_KEPT = 4096


def _candidates(proposal: Proposal, facts: Facts, rules: Rules, today: date) -> tuple[_Candidate, ...]:
    """The rules that can speak, as far as that depends on the kind of proposal, person and actor and on the day alone; kept."""
    person, acting = facts.person, facts.acting
    key = (
        proposal.act,
        proposal.channel,
        proposal.purpose,
        proposal.letter,
        person.relation,
        person.places,
        acting.actor,
        acting.licence,
        today,
    )
    kept = rules.kept
    found: tuple[_Candidate, ...] | None = kept.get(key)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[key] = tuple(_each_candidate(proposal, facts, rules, today))
    return found


def _each_candidate(proposal: Proposal, facts: Facts, rules: Rules, today: date) -> Iterator[_Candidate]:
    for rule in rules.of(proposal.act):
        applies = rule.applies_if
        if not _constrains(rule, proposal) or not may_be_in(facts.person.places, applies.places):
            continue
        if applies.relations and facts.person.relation not in applies.relations:
            continue
        if applies.letters and proposal.letter and proposal.letter not in applies.letters:
            continue
        binds = True if rules.is_adopted(rule) else _binds(rule, facts)
        if binds is False and applies.others == "silent":
            continue
        values = None if rule.dated_by else rule.values_on(today)
        if values is None and not rule.dated_by:
            continue
        has_conditions = bool(applies.products or applies.known or applies.unless_known or applies.given)
        kind = CHECKS[rule.check]
        asks_first = (
            binds is None or bool(rule.dated_by) or bool(applies.given) or bool(applies.products) or kind.needs_zone
        )
        only_with = "" if asks_first else kind.only_with
        yield _Candidate(rule, kind, binds is not False, values or {}, has_conditions, binds is None, only_with)


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
    key = ("cover", proposal.act, facts.person.places)
    covered: Finding | None = rules.kept.get(key)
    if covered is None:
        covered = rules.kept[key] = _cover(proposal.act, facts.person.places, rules)
    yield covered


def _cover(act: Act, places: frozenset[str], rules: Rules) -> Finding:
    """Whether the chosen bodies of law cover the places and speak of the act."""
    uncovered = [place for place in sorted(places) if not _is_covered(place, rules)]
    if uncovered:
        return _ours("no_law", f"None of the chosen bodies of law covers {', '.join(uncovered)}.", Decision.REFUSED)
    if not _law_speaks_of(act, rules):
        return _ours("no_law", f"No rule of the chosen bodies of law speaks of this act ({act}).", Decision.REFUSED)
    return _ours("covered", "The chosen bodies of law cover the place and the act.", Decision.ALLOWED)


_GO_ON_IN_ANY_HOLD = frozenset({Purpose.STATUTORY_NOTICE, Purpose.ANSWER, Purpose.CONFIRMATION, Purpose.SERVICE})
_TO_THE_PERSONS_LOSS = frozenset(
    {Act.CONTACT, Act.ENFORCE, Act.TAKE_PAYMENT, Act.CHARGE, Act.OUTSOURCE, Act.REPORT_CREDIT}
)


def _holds_of_no_rule(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> Iterator[Finding]:
    """A hold is on of which no rule of the person's place says anything for this act: nothing is then done to the loss of whoever owes.

    That is: asking, suing or enforcing, taking a payment, charging, handing over, reporting. Answers, confirmations, service and what
    the law demands go on, as long as they don't ask for payment.
    """
    if not facts.holds or proposal.act not in _TO_THE_PERSONS_LOSS or facts.person.relation not in OBLIGORS:
        return
    if proposal.purpose in _GO_ON_IN_ANY_HOLD and not proposal.asks_for_payment:
        return
    here = [
        rule
        for rule in rules.rules
        if rule.check == "hold" and not rule.disabled and may_be_in(facts.person.places, rule.applies_if.places)
    ]
    named = {kind for rule in here if proposal.act in rule.acts for kind in rule.how["holds"]}
    for one in facts.holds:
        is_on = one.began_at <= at and (one.until is None or at < one.until)
        if not is_on or one.kind in named or not one.concerns(proposal.debts):
            continue
        others = [rule for rule in here if one.kind in rule.how["holds"]]
        asked = [_asked_of(rule, proposal, facts, rules, at) for rule in others]
        on = [question for question in asked if question is None or holds.is_on(one, question)]
        if others and not on:
            continue
        ends = [None if question is None else holds.end_of(one, question) for question in on]
        known = [end for end in ends if end is not None]
        until = max(known) if known and len(known) == len(ends) else one.until
        detail = (
            f"There is a hold ({one.kind.replace('_', ' ')} since {one.began_at:%Y-%m-%d %H:%M}), and no rule of the chosen"
            " bodies of law says what stays permitted in it."
        )
        yield replace(_ours("hold_of_no_rule", detail, Decision.REFUSED), until=until)


def _asked_of(rule: Rule, proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> Question | None:
    """A question to a rule that speaks of such holds, for other acts: how long do they last? None where it isn't in force."""
    today = latest_day(at, facts.person.zones)
    values = rule.values_on(today)
    return None if values is None else Question(rule, values, proposal, facts, at, today, rules.phrases)


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
    candidate: _Candidate,
    proposal: Proposal,
    facts: Facts,
    rules: Rules,
    at: datetime,
    today: date,
    words_said: tuple[str, ...],
) -> Finding | None:
    rule, binding = candidate.rule, candidate.binding
    question = Question(rule, candidate.values, proposal, facts, at, today, rules.phrases, words_said)
    try:
        if candidate.has_conditions and not _is_met(question):
            return None
        if candidate.lacks_licence:
            raise Missing("licence")
        if rule.dated_by:
            values = rule.values_on(question.need_day(rule.dated_by))
            if values is None:
                return None
            question.values = values
        if candidate.kind.needs_zone and not facts.person.zones:
            raise Missing("location")
        answer = candidate.kind.run(question)
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
    until = answer.until if answer.broken else None
    return _finding(rule, decision, answer.detail, until=until, missing=answer.missing, binding=binding)


def _constrains(rule: Rule, proposal: Proposal) -> bool:
    """Whether a rule is about this channel and purpose. What isn't said is looked at strictly: the rule speaks."""
    channel, purpose = proposal.channel, proposal.purpose
    if channel is not None and ((rule.channels and channel not in rule.channels) or channel in rule.not_channels):
        return False
    return purpose is None or not ((rule.purposes and purpose not in rule.purposes) or purpose in rule.not_purposes)


def _is_met(question: Question) -> bool:
    """Whether what the rule presupposes of the product and of answers by name holds."""
    applies = question.rule.applies_if
    if any(_is_as(question.find(name), wanted) for name, wanted in applies.unless_known.items()):
        return False
    if not all(_is_as(question.find(name), wanted) for name, wanted in applies.known.items()):
        return False
    if applies.products and applies.products.isdisjoint(question.products):
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
    if "flag_if" not in question.rule.how:
        return False
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


def _looked_ahead(proposal: Proposal, facts: Facts, rules: Rules, refused: Verdict) -> Verdict:
    """The refusal, with when it would end: move to when the last of those that refuse gives way, and ask again, until nobody does.

    A consent that begins before may bring permission sooner, so it is asked then too.
    """
    verdict = refused
    begins = sorted(utc(one.begins_at) for one in facts.consents if one.begins_at is not None)
    for _ in range(MOST_STEPS):
        soonest = utc(verdict.at) + timedelta(seconds=1)
        waits = [utc(one.until) for one in verdict.against if one.until is not None]
        moments = [max(soonest, *waits)] if len(waits) == len(verdict.against) else []
        moments += [one for one in begins if one > utc(verdict.at)][:1]
        if not moments:
            break
        at = min(moments)
        verdict = judge(proposal, facts, rules, at, look_ahead=False)
        if verdict.decision is not Decision.REFUSED:
            local = at.astimezone(facts.person.zones[0]) if facts.person.zones else at
            return replace(refused, allowed_from=local, then=verdict.decision)
    return refused
