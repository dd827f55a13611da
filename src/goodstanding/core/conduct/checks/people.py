"""Whom one may contact, where, by what means; and what the person wished of that."""

from collections.abc import Mapping
from typing import Any

from goodstanding.core.conduct.checks import Answer, Question, Stricter, check
from goodstanding.core.conduct.checks.times import answers_at_once
from goodstanding.core.conduct.facts import (
    CONNECTED,
    Channel,
    Consent,
    Direction,
    Outcome,
    Preference,
    Purpose,
    Relation,
    Wish,
    may_be_same_address,
)


@check("persons", values={"failures": Stricter.MORE}, how=("may", "others", "unless_consent"))
def persons(question: Question) -> Answer | None:
    """Only those who may be contacted; others for some purposes, under conditions.

    how: may: relations always permitted. others: [{who, purposes, unreachable, if, not_if, once}]: these persons for these
    purposes only, and never asked to pay; unreachable: only when the borrower can't be reached (values.failures tries in a row
    failed, or every number tried is dead) or one of the answers under or_if holds; if, not_if: answers that must be yes or
    must not be; once: one conversation, unless asked_to_call_again or answer_was_wrong. unless_consent: a consent of the borrower's
    that opens it to others.
    """
    who = question.facts.person.relation
    if who.value in question.rule.how["may"]:
        return Answer(False, f"The {_said(who)} may be contacted.")
    if _has_consent(question):
        return Answer(False, f"The borrower consented to a contact with this {_said(who)}.")
    for terms in question.rule.how.get("others", ()):
        if who.value in terms["who"]:
            return _under(terms, question)
    return Answer(True, f"A {_said(who)} isn't someone who may be contacted about it.")


def _has_consent(question: Question) -> bool:
    """Whether the consent that the rule names stands, for these debts and this address."""
    wanted = question.rule.how.get("unless_consent")
    return wanted is not None and any(
        one.what == wanted and _is_for_this(one, question) for one in question.facts.consents
    )


def _is_for_this(one: Consent, question: Question) -> bool:
    """Whether a consent stands, and was given for these debts and this address."""
    proposal = question.proposal
    return one.stands(question.at) and one.covers(proposal.debts) and one.is_for(proposal.address)


def _said(who: Relation) -> str:
    return who.value.replace("_", " ")


def _under(terms: Mapping[str, Any], question: Question) -> Answer:
    who, purpose = question.facts.person.relation, question.proposal.purpose
    if purpose is None or purpose.value not in terms["purposes"]:
        allowed = ", ".join(terms["purposes"])
        return Answer(True, f"A {_said(who)} may be contacted only to {allowed}.")
    if question.proposal.asks_for_payment:
        return Answer(True, f"A {_said(who)} isn't asked to pay.")
    excused = any(question.find(name) is True for name in terms.get("or_if", ()))
    if terms.get("unreachable") and not excused and not _is_unreachable(question):
        return Answer(True, f"The borrower can be reached, so a {_said(who)} may not be contacted.")
    for name in terms.get("not_if", ()):
        if question.find(name) is True:
            return Answer(True, f"{name} holds, so this {_said(who)} may not be contacted.")
    for name in terms.get("if", ()):
        if question.need(name) is not True:
            return Answer(True, f"{name} doesn't hold, so this {_said(who)} may not be contacted.")
    if terms.get("once") and _was_reached(question) and not _may_ask_again(question):
        return Answer(True, f"This {_said(who)} was already reached once.")
    return Answer(False, f"A {_said(who)} may be contacted to {purpose.value}.")


def _is_unreachable(question: Question) -> bool:
    """Every number or address tried is dead by its last outcome, or so many tries in a row failed since the borrower was last
    heard of; or somebody noted it. One number that is dead says nothing while another is alive."""
    if (said := question.find("borrower_unreachable")) is not None:
        return said is True
    failures = 0
    is_dead: dict[str, bool] = {}
    for one in question.facts.contacts:
        if one.at > question.at or one.relation is not Relation.BORROWER:
            continue
        is_dead[one.address] = one.outcome in _DEAD
        heard_of = one.direction is Direction.IN or one.outcome in _GOT_THROUGH
        failures = 0 if heard_of and one.outcome not in _DEAD else failures + 1
    return (bool(is_dead) and all(is_dead.values())) or failures >= int(question.values["failures"])


_DEAD = frozenset({Outcome.NOT_IN_SERVICE, Outcome.BOUNCED})
_GOT_THROUGH = CONNECTED | {Outcome.DELIVERED}


def _was_reached(question: Question) -> bool:
    me = question.facts.person.id
    return any(
        one.person == me and one.direction is Direction.OUT and one.at <= question.at and one.outcome in CONNECTED
        for one in question.facts.contacts
    )


def _may_ask_again(question: Question) -> bool:
    return question.find("asked_to_call_again") is True or question.find("answer_was_wrong") is True


@check("never_by", values={}, how=("by", "unless_consent", "unless", "if_place", "when"))
def never_by(question: Question) -> Answer | None:
    """This channel (those the rule constrains), or this place, isn't used at all.

    how: by: only these channels of those. if_place: only for addresses tied to these places. when: only if these answers are yes. unless: answers that permit it.
    unless_consent: a consent that does.
    """
    how = question.rule.how
    channel = question.proposal.channel
    if (ways := how.get("by")) and channel is not None and channel.value not in ways:
        return Answer(False, "It isn't done in a way that is ruled out.")
    if (places := how.get("if_place")) and question.proposal.place.value not in places:
        return Answer(False, "The address isn't tied to a place that is ruled out.")
    if not all(question.find(name) is True for name in how.get("when", ())):
        return Answer(False, "What would rule it out isn't known to hold.")
    if any(question.find(name) is True for name in how.get("unless", ())):
        return Answer(False, "What permits it holds.")
    if _has_consent(question):
        return Answer(False, "The person consented to it.")
    place = f", {question.proposal.place.value}" if how.get("if_place") else ""
    return Answer(True, f"It mustn't be done by {channel.value if channel else 'an unnamed channel'}{place}.")


_ELECTRONIC = frozenset({Channel.EMAIL, Channel.TEXT, Channel.INSTANT_MESSAGE, Channel.PORTAL, Channel.SOCIAL_POST})
_ABOUT_MEANS = frozenset({Wish.NOT_BY_CHANNEL, Wish.ONLY_BY_CHANNEL, Wish.NOT_AT_ADDRESS, Wish.NOT_AT_PLACE})


@check("wished_means", values={}, how=("wishes", "required_by_law", "any_means", "one_reply"), only_with="preferences")
def wished_means(question: Question) -> Answer | None:
    """Not by a channel, number, address or at a place that the person ruled out, from the moment the wish was received.

    how: wishes: which kinds of wish; all when left out. required_by_law: what the law itself demands may still be sent that
    way, but not to an electronic address: the law demands the notice, and the mail stays open (12 CFR 1006 comment 42(a)(1)-4).
    any_means: but not letters of these kinds, which the law demands in no particular form: they can go by a means that wasn't ruled out.
    one_reply: so may one answer to the person's own message. The bare confirmation of the wish always may.
    """
    kinds = frozenset(Wish(one) for one in question.rule.how.get("wishes", _ABOUT_MEANS))
    wishes = [one for one in question.facts.preferences if one.wish in kinds and one.in_force(question.at)]
    if not wishes:
        return None
    against = [one for one in wishes if _rules_out(one, question)]
    if not against:
        return Answer(False, "It keeps to the means that the person wished.")
    if question.proposal.purpose is Purpose.CONFIRMATION and not question.proposal.asks_for_payment:
        return Answer(False, "It only confirms the person's wish.")
    demanded = question.proposal.required_by_law and question.proposal.channel not in _ELECTRONIC
    by_this_means = question.proposal.letter not in question.rule.how.get("any_means", ())
    if question.rule.how.get("required_by_law") and demanded and by_this_means:
        return Answer(False, "The law itself demands that it be sent this way.")
    if question.rule.how.get("one_reply") and answers_at_once(question):
        return Answer(False, "It answers, once and in the same medium, the person's own message.")
    wish = against[0]
    return Answer(True, f"The person ruled this out ({wish.wish.value}), received {wish.received_at:%Y-%m-%d %H:%M}.")


def _rules_out(wish: Preference, question: Question) -> bool:
    proposal = question.proposal
    match wish.wish:
        case Wish.NOT_BY_CHANNEL:
            one_address = _is_of(wish, proposal.address)
            this_channel = proposal.channel is None or not wish.channels or proposal.channel in wish.channels
            return this_channel and one_address
        case Wish.ONLY_BY_CHANNEL:
            return proposal.channel not in wish.channels
        case Wish.NOT_AT_ADDRESS:
            return _is_of(wish, proposal.address)
        case Wish.NOT_AT_PLACE:
            return not wish.places or proposal.place in wish.places
    return False


def _is_of(wish: Preference, address: str) -> bool:
    """Whether a wish may be about this number or address, however either is written; one that names none is about each."""
    return not wish.addresses or not address or any(may_be_same_address(one, address) for one in wish.addresses)


@check("consent_stands", values={})
def consent_stands(question: Question) -> Answer | None:
    """Where a proposal relies on a consent, it must have been given to us, in a contact that was itself permitted, and stand."""
    wanted = question.find("relies_on_consent")
    if wanted is None:
        return None
    named = [one for one in question.facts.consents if one.what == wanted]
    if any(_is_for_this(one, question) for one in named):
        return Answer(False, f"The consent to {wanted} stands.")
    why = "there is none on file"
    if named:
        last = named[-1]
        why = "it was given to somebody else" if last.given_to != "us" else "it has ended"
        if last.given_to == "us" and not last.in_permitted_contact:
            why = "it was given in a contact that wasn't permitted"
        elif last.stands(question.at):
            why = "it was given for other debts or another address"
    return Answer(True, f"The consent to {wanted} can't be relied on: {why}.")
