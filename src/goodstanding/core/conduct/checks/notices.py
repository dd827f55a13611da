"""What must have been said before something is done, and consents that were taken back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from goodstanding.core.conduct.checks import Answer, Question, Stricter, check
from goodstanding.core.conduct.facts import Channel, Consent, Contact, Direction, Outcome
from goodstanding.core.conduct.law_dates import report_after_telling_from
from goodstanding.core.conduct.law_days import HOLIDAYS, add_business_days
from goodstanding.core.conduct.windows import start_of

_SPOKEN = frozenset({Channel.CALL, Channel.VISIT})


@check("told_first", values={"days": Stricter.MORE}, how=("sent_by",), needs=("days",))
def told_first(question: Question) -> Answer | None:
    """The person was told of each debt first: in a conversation, or by something sent so many days ago that didn't come back.

    values: days: whole days, that of sending the first. how: sent_by: channels by which it may be sent. A message counts for the
    debts that it names; one that came back or reached somebody else counts only when that was known after the days were over
    (misdirected_known_at).
    12 CFR 1006.30(a)(1).
    """
    days = int(question.values["days"])
    about = [debt.id for debt in question.debts] or [""]
    firsts = [_first_day(question, debt, days) for debt in about]
    untold = [debt for debt, first in zip(about, firsts, strict=True) if first is None]
    if untold:
        which = f" {', '.join(untold)}" if any(untold) else " it"
        return Answer(True, f"Nobody has told the person of{which}, or what was sent came back.")
    first = max(day for day in firsts if day is not None)
    if question.first_day_of(question.at) >= first:
        return Answer(False, f"The person was told before, and since {first} long enough ago.")
    zones = question.facts.person.zones
    until = start_of(first, zones) if zones else None
    return Answer(True, f"What was sent has had no {days} days yet to come back: not before {first}.", until=until)


def _first_day(question: Question, debt: str, days: int) -> date | None:
    """The earliest day on which a contact lets the rule's act be done; None: no contact does."""
    ways = frozenset(Channel(one) for one in question.rule.how["sent_by"])
    me = question.facts.person.id
    known = [
        one
        for one in question.facts.contacts
        if one.at <= question.at and one.person in ("", me) and (not debt or debt in one.debts)
    ]
    spoken = [
        question.first_day_of(one.at)
        for one in known
        if one.channel in _SPOKEN and one.outcome is Outcome.CONVERSATION and not _reached_another(one, question.at)
    ]
    sent = [
        question.day_of(one.at)
        for one in known
        if one.channel in ways and one.direction is Direction.OUT and not _came_back(one, question, days)
    ]
    return report_after_telling_from(question.values, spoken_on=spoken, sent_on=sent)


def _came_back(one: Contact, question: Question, days: int) -> bool:
    """Whether it came back, or reached somebody else, and that was known before the days were over."""
    if one.outcome is not Outcome.BOUNCED and not _reached_another(one, question.at):
        return False
    known_at = one.misdirected_known_at
    return known_at is None or question.first_day_of(known_at) < question.day_of(one.at) + timedelta(days=days)


def _reached_another(one: Contact, at: datetime) -> bool:
    return one.misdirected_known_at is not None and one.misdirected_known_at <= at


@check("revoked", values={"business_days": Stricter.LESS}, how=("consents", "holidays"), needs=("business_days",))
def revoked(question: Question) -> Answer | None:
    """No automated call or message so many business days after the consent to it was taken back; before that somebody looks.

    how: consents: which; a later one that stands takes their place. What a person dials or writes by hand needs none.
    47 CFR 64.1200(a)(10).
    """
    named = [one for one in question.facts.consents if one.what in question.rule.how["consents"]]
    back = _taken_back(named, question)
    if back is None:
        return None
    if not question.proposal.automated:
        return Answer(False, "It isn't automated, so it needs no consent of this kind.")
    is_holiday = HOLIDAYS[question.rule.how["holidays"]]
    last = add_business_days(back, int(question.values["business_days"]), is_holiday)
    detail = f"The consent was taken back on {back}; it must be kept to by {last} at the latest."
    return Answer(question.today > last, detail, flag=True)


def _taken_back(named: Iterable[Consent], question: Question) -> date | None:
    """The day of the last withdrawal, unless a consent given after it stands."""
    given = list(named)
    days = [one.withdrawn_at for one in given if one.withdrawn_at is not None and one.withdrawn_at <= question.at]
    if not days:
        return None
    last = max(days)
    again = any(one.given_at > last and one.stands(question.at) for one in given)
    return None if again else question.day_of(last)


@check("machine_consent", values={}, how=("consents", "unless"))
def machine_consent(question: Question) -> Answer | None:
    """Nobody is called by a machine's voice, or called or texted by a machine that dials, without having agreed to it before.

    how: consents: which agree to it. unless: answers that make it another thing. A ringless voicemail is always a recording. Of a consent
    that was taken back another rule says until when it is kept to (revoked), so here it is only looked at. 47 CFR 64.1200(a)(1)(iii).
    """
    proposal, how = question.proposal, question.rule.how
    if not proposal.automated and proposal.channel is not Channel.RINGLESS_VOICEMAIL:
        return Answer(False, "No machine calls or sends it.")
    if excuse := next((name for name in how.get("unless", ()) if question.find(name) is True), None):
        return Answer(False, f"{excuse} holds.")
    given = [
        one
        for one in question.facts.consents
        if one.what in how["consents"] and one.covers(proposal.debts) and one.is_for(proposal.address)
    ]
    if any(one.stands(question.at) for one in given):
        return Answer(False, "The person agreed to it before.")
    if any(_stood(one, question.at) for one in given):
        return Answer(False, "The person agreed to it and took that back.", flag=True)
    return Answer(True, "A machine would call or send it, and no consent to that is on file.")


def _stood(one: Consent, at: datetime) -> bool:
    """Whether it would stand, had it not been taken back."""
    return one.withdrawn_at is not None and one.withdrawn_at <= at and replace(one, withdrawn_at=None).stands(at)


@check("as_directed", values={})
def as_directed(question: Question) -> Answer | None:
    """One payment on several debts goes where the person directs, and without a direction to no debt that is disputed.

    Answers: applied_by_debt, amounts by debt; directed_to, the debts that the person named; disputed_debts, beside those on
    hold for a dispute. 12 CFR 1006.30(c).
    """
    applied = {name for name, amount in question.need_amounts("applied_by_debt").items() if amount}
    directed = question.find("directed_to")
    if isinstance(directed, tuple):
        elsewhere = sorted(applied - set(directed))
        if elsewhere:
            return Answer(True, f"The person directed it to {', '.join(directed)}, not to {', '.join(elsewhere)}.")
        return Answer(False, "It goes where the person directed.")
    wrong = sorted(applied & _disputed(question))
    if wrong:
        return Answer(True, f"It would meet what the person disputes: {', '.join(wrong)}.")
    return Answer(False, "It meets nothing that the person disputes.")


def _disputed(question: Question) -> set[str]:
    said = question.find("disputed_debts")
    named = set(said) if isinstance(said, tuple) else set()
    for one in question.facts.holds:
        ended = one.until is not None and one.until <= question.at
        if one.kind == "dispute" and one.began_at <= question.at and not ended:
            named |= set(one.debts or question.facts.debts)
    return named
