"""The rules on contacts, judged a second time: slowly, and from the text of the rules rather than from the gate.

Days are walked one by one and every contact is looked at for every rule, zone and debt. It imports the shapes of facts and
rules and nothing of the gate, its checks or its calendars. Sources: the rule files' own text, 12 CFR 1006.6(b), 1006.14(b)
and (h) with their comments, 940 CMR 7.04(1)(f), 6 RCNY 5-77, GB/T 45251-2025, and docs/decisions/law-as-data.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import (
    Act,
    Channel,
    Consent,
    Contact,
    Direction,
    Facts,
    Hold,
    Outcome,
    Place,
    Preference,
    Proposal,
    Purpose,
    Relation,
    Wish,
)
from goodstanding.core.conduct.rule import Effect, Rule, Rules

SILENT, ALLOWED, REVIEW, REFUSED = "silent", "allowed", "review", "refused"
ONE_DAY = timedelta(days=1)


class Unsaid(Exception):
    """An answer that a rule turns on and nobody gave."""


def judge(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> tuple[str, dict[str, str]]:
    """The decision, and what each rule that stands against it makes of it.

    A proposal about several debts is one about each of them, and the strictest prevails.
    """
    return judge_in_utc(proposal, all_in_utc(facts), rules, at)


def judge_in_utc(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> tuple[str, dict[str, str]]:
    """The same of facts whose instants are in UTC already, for who asks it of many instants."""
    if facts.person.zones:
        at = at.astimezone(UTC)
    if proposal.replies_to is not None:
        proposal = replace(proposal, replies_to=proposal.replies_to.astimezone(UTC))
    each = [replace(proposal, debts=(one,)) for one in proposal.debts] or [proposal]
    against: dict[str, str] = {}
    unspoken_for = set(range(len(each)))
    for rule in rules.rules:
        said = SILENT
        for which, one in enumerate(each):
            heard = _of_rule(rule, one, facts, rules, at)
            if heard != SILENT:
                unspoken_for.discard(which)
            said = _worse(said, heard)
        if said not in (SILENT, ALLOWED):
            against[rule.id] = said
    in_silence = _when_all_are_silent(proposal) if unspoken_for else ALLOWED
    if (
        REFUSED in against.values()
        or in_silence == REFUSED
        or _is_unknown(proposal, facts, rules)
        or _is_in_a_hold_of_no_rule(proposal, facts, rules, at)
    ):
        return REFUSED, {name: said for name, said in against.items() if said == REFUSED}
    return (REVIEW, against) if against or in_silence == REVIEW else (ALLOWED, {})


def all_in_utc(facts: Facts) -> Facts:
    """The clock that runs through one hour twice a year isn't one to compare instants by."""

    def of(record: Any) -> Any:
        instants = {
            name: value.astimezone(UTC)
            for name in (
                "at",
                "misdirected_known_at",
                "given_at",
                "begins_at",
                "withdrawn_at",
                "until",
                "received_at",
                "began_at",
            )
            if isinstance(value := getattr(record, name, None), datetime)
        }
        return replace(record, **instants)

    return replace(
        facts,
        contacts=tuple(map(of, facts.contacts)),
        consents=tuple(map(of, facts.consents)),
        preferences=tuple(map(of, facts.preferences)),
        holds=tuple(map(of, facts.holds)),
    )


def _worse(one: str, other: str) -> str:
    return max(one, other, key=(SILENT, ALLOWED, REVIEW, REFUSED).index)


def _when_all_are_silent(proposal: Proposal) -> str:
    """No rule has anything to say of an act: a suit isn't brought and no money is taken; of the rest a person decides."""
    if proposal.act.value in ("enforce", "take_payment"):
        return REFUSED
    return ALLOWED if proposal.act is Act.CONTACT else REVIEW


def _is_unknown(proposal: Proposal, facts: Facts, rules: Rules) -> bool:
    """Nobody said who acts, how, to what end or where the person is; or no body of law covers the place or the act."""
    if facts.acting.actor is None:
        return True
    if proposal.act is Act.CONTACT:
        if proposal.channel is None or proposal.purpose is None:
            return True
        if not facts.person.places and not facts.person.zones:
            return True
    if all(rule.disabled or rule.id.startswith("house/") or proposal.act not in rule.acts for rule in rules.rules):
        return True
    return any(
        not any(_lies_in(place, region) for layer in rules.layers for region in layer.places)
        for place in facts.person.places
    )


def _is_in_a_hold_of_no_rule(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> bool:
    """Somebody who owes is in a hold that concerns the debt, and nobody wrote a rule about holds of its kind for where they are and for
    this act, which is to their loss.

    A rule of the place that speaks of such holds for other acts may say that it is over.
    """
    owes = facts.person.relation.value in ("borrower", "co_borrower", "guarantor")
    purpose = proposal.purpose.value if proposal.purpose else ""
    if not owes or proposal.act.value not in (
        "contact",
        "enforce",
        "take_payment",
        "charge",
        "outsource",
        "report_credit",
    ):
        return False
    if purpose in ("statutory_notice", "answer", "confirmation", "service") and not proposal.asks_for_payment:
        return False
    for hold in facts.holds:
        if (
            at < hold.began_at
            or (hold.until is not None and at >= hold.until)
            or not _about(hold.debts, proposal.debts)
        ):
            continue
        speaking = []
        for rule in rules.rules:
            places = rule.applies_if.places
            if rule.disabled or rule.check != "hold" or hold.kind not in rule.how["holds"]:
                continue
            if not places or any(_may_be_in(facts.person.places, one) for one in places):
                speaking.append(rule)
        if any(proposal.act in rule.acts for rule in speaking):
            continue
        if not speaking or any(_goes_on(rule, hold, proposal, facts, at) for rule in speaking):
            return True
    return False


def _goes_on(rule: Rule, hold: Hold, proposal: Proposal, facts: Facts, at: datetime) -> bool:
    """By what a rule says of how long such a hold lasts; one that isn't in force yet says nothing."""
    values = None
    for version in rule.versions:
        if version.since <= _today(facts, at):
            values = version.values
    return values is None or _runs(rule, hold, values, proposal, facts, at)


def _lies_in(place: str, region: str) -> bool:
    return place == region or place.startswith(region + "-")


def _may_be_in(places: frozenset[str], region: str) -> bool:
    """A person known to be in the country may be in any state of it, unless something else says in which."""
    if not places:
        return True
    for place in places:
        if _lies_in(place, region):
            return True
        if _lies_in(region, place) and not any(one != place and _lies_in(one, place) for one in places):
            return True
    return False


def _of_rule(rule: Rule, proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> str:
    """What one rule says of a proposal about one debt at most, by its effect and by whom it binds; SILENT: nothing."""
    if rule.disabled or proposal.act not in rule.acts or not _constrains(rule, proposal):
        return SILENT
    asked = rule.applies_if
    if asked.places and not any(_may_be_in(facts.person.places, one) for one in asked.places):
        return SILENT
    if asked.relations and facts.person.relation not in asked.relations:
        return SILENT
    if asked.letters and proposal.letter and proposal.letter not in asked.letters:
        return SILENT
    adopted = any(rule.id == name or rule.id.startswith(name + "/") for name in rules.policy.adopted)
    binds = adopted or not asked.actors or facts.acting.actor is None or facts.acting.actor in asked.actors
    if not binds and asked.others == "silent":
        return SILENT
    try:
        if not _is_presupposed(rule, proposal, facts):
            return SILENT
        day = _today(facts, at)
        if rule.dated_by:
            day = _day_said(rule.dated_by, proposal, facts)
        values = None
        for version in rule.versions:
            if version.since <= day:
                values = version.values
        if values is None:
            return SILENT
        if rule.check in OF_THE_CLOCK and not facts.person.zones:
            raise Unsaid("location")
        found = CHECKS[rule.check](rule, values, proposal, facts, at)
    except Unsaid:
        return REFUSED if binds and rule.effect is not Effect.FLAG else REVIEW
    if found == REFUSED:
        if not binds or rule.effect is Effect.FLAG:
            return REVIEW
        if rule.effect in (Effect.PRESUMPTION, Effect.SAFE_HARBOUR, Effect.SOFT):
            return rules.policy.lenient
    for name in rule.how.get("flag_if", ()):
        wanted = not name.startswith("not ")
        if _said(name.removeprefix("not "), proposal, facts) is wanted:
            found = _worse(found, REVIEW)
    return found


def _constrains(rule: Rule, proposal: Proposal) -> bool:
    channel, purpose = proposal.channel, proposal.purpose
    if channel is not None and (channel in rule.not_channels or (rule.channels and channel not in rule.channels)):
        return False
    return not (
        purpose is not None and (purpose in rule.not_purposes or (rule.purposes and purpose not in rule.purposes))
    )


def _is_presupposed(rule: Rule, proposal: Proposal, facts: Facts) -> bool:
    asked = rule.applies_if
    for name, wanted in asked.unless_known.items():
        if _is_one_of(_said(name, proposal, facts), wanted):
            return False
    for name, wanted in asked.known.items():
        if not _is_one_of(_said(name, proposal, facts), wanted):
            return False
    if asked.products and _product(proposal, facts) not in asked.products:
        return False
    return all(_is_one_of(_must_say(name, proposal, facts), wanted) for name, wanted in asked.given.items())


def _is_one_of(said: Any, wanted: Any) -> bool:
    return said in wanted if isinstance(wanted, list) else said == wanted


# Answers


def _said(name: str, proposal: Proposal, facts: Facts) -> Any:
    """An answer by its name: of this act, of the debt, or on file; None: nobody gave it."""
    if name in proposal.given:
        return proposal.given[name]
    for one in proposal.debts:
        if one in facts.debts and name in facts.debts[one].given:
            return facts.debts[one].given[name]
    return facts.given.get(name)


def _must_say(name: str, proposal: Proposal, facts: Facts) -> Any:
    found = _said(name, proposal, facts)
    if found is None:
        raise Unsaid(name)
    return found


def _day_said(name: str, proposal: Proposal, facts: Facts) -> date:
    found = _must_say(name, proposal, facts)
    if isinstance(found, datetime):
        return _today(facts, found)
    if isinstance(found, date):
        return found
    raise Unsaid(name)


def _product(proposal: Proposal, facts: Facts) -> str:
    for one in proposal.debts:
        if one in facts.debts and facts.debts[one].product:
            return facts.debts[one].product
    return str(_must_say("product", proposal, facts))


def _today(facts: Facts, at: datetime) -> date:
    """The latest day it is where the person may be."""
    days = [_local(at, zone).date() for zone in facts.person.zones]
    return max(days) if days else at.date()


def _earliest_day(facts: Facts, at: datetime) -> date:
    days = [_local(at, zone).date() for zone in facts.person.zones]
    return min(days) if days else at.date()


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(UTC).astimezone(zone)


def _days_back(today: date, days: int) -> list[date]:
    """Today and the days before it, so many in all."""
    found = [today]
    while len(found) < days:
        found.append(found[-1] - ONE_DAY)
    return found


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return 60 * int(hour) + int(minute)


def _second_of_day(moment: datetime) -> Fraction:
    return 3600 * moment.hour + 60 * moment.minute + moment.second + Fraction(moment.microsecond, 1_000_000)


def _about(debts: tuple[str, ...], mine: tuple[str, ...]) -> bool:
    """Whether two lists share a debt; a list that nobody filled in may be about any."""
    return not debts or not mine or any(one in mine for one in debts)


# Hours


def _hours(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Inside the hours, their first and last second excluded, in every zone; hours agreed to widen them."""
    for zone in facts.person.zones:
        second = _second_of_day(_local(at, zone))
        if 60 * _minutes(values["from"]) < second < 60 * _minutes(values["to"]):
            continue
        if rule.how.get("agreed_hours_extend") and any(_is_agreed(one, second, proposal, at) for one in facts.consents):
            continue
        return ALLOWED if _is_the_answer(rule, proposal, facts, at) else REFUSED
    return ALLOWED


def _is_the_answer(rule: Rule, proposal: Proposal, facts: Facts, at: datetime) -> bool:
    """Where a rule lets the person's own message be answered once, in its medium: whether this is that answer.

    What we sent in that medium in the same second, or since, was the answer already.
    """
    if not rule.how.get("one_reply") or proposal.replies_to is None or proposal.replies_to > at:
        return False
    mine = [
        one
        for one in facts.contacts
        if one.channel is proposal.channel and one.at <= at and one.person in ("", facts.person.id)
    ]
    if not any(one.direction is Direction.IN and one.at == proposal.replies_to for one in mine):
        return False
    return not any(one.direction is Direction.OUT and one.at >= proposal.replies_to for one in mine)


def _is_agreed(consent: Consent, second: Fraction, proposal: Proposal, at: datetime) -> bool:
    if consent.what != "hours" or not _stands(consent, at) or not _covers(consent, proposal.debts):
        return False
    if consent.from_time is None or consent.to_time is None or not _is_for(consent, proposal.address):
        return False
    start, end = 60 * consent.from_time, 60 * consent.to_time
    if start == end:
        return False  # nobody knows which hours were meant
    if start < end:
        return start < second < end
    return second > start or second < end


def _stands(consent: Consent, at: datetime) -> bool:
    if consent.given_to != "us" or not consent.in_permitted_contact or at < consent.given_at:
        return False
    if consent.begins_at is not None and at < consent.begins_at:
        return False
    if consent.withdrawn_at is not None and at >= consent.withdrawn_at:
        return False
    return consent.until is None or at < consent.until


# Counting


def _count(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """One more than there were, on the days that end today, in any zone, for any debt, is more than the most."""
    if rule.how.get("not_required_by_law") and proposal.required_by_law:
        return ALLOWED
    if rule.how.get("if_place") and proposal.place.value not in rule.how["if_place"]:
        return ALLOWED
    for zone in facts.person.zones:
        days = _days_back(_local(at, zone).date(), values["in_days"])
        for debts in _groups(rule, proposal, facts):
            if _rests_on_consent(rule, proposal.debts, debts, proposal.address, facts, at, at):
                continue
            count = 1
            for one in facts.contacts:
                if one.at <= at and _local(one.at, zone).date() in days:
                    count += _counts(rule, one, proposal, debts, facts, at)
            if count > values["most"]:
                return REFUSED
    return ALLOWED


def _counts(rule: Rule, one: Contact, proposal: Proposal, debts: tuple[str, ...], facts: Facts, at: datetime) -> bool:
    how, per = rule.how, rule.how.get("per", ())
    if one.direction is not Direction.OUT or (how.get("channels") and one.channel.value not in how["channels"]):
        return False
    if one.misdirected_known_at is not None and one.misdirected_known_at <= at:
        return False
    if ("person" in per and one.person not in ("", facts.person.id)) or one.outcome.value in how.get(
        "not_outcomes", ()
    ):
        return False
    if how.get("not_required_by_law") and one.required_by_law:
        return False
    if how.get("outcomes") == "effective":
        reached = one.outcome in (Outcome.CONVERSATION, Outcome.ANSWERED, Outcome.UNKNOWN)
        if not (reached if one.effective is None else one.effective):
            return False
    if how.get("outcomes") == "unconnected" and one.outcome in (Outcome.CONVERSATION, Outcome.ANSWERED):
        return False
    if ("debt" in per or "account" in per) and not _about(one.debts, debts):
        return False
    if "number" in per and one.address and proposal.address and one.address != proposal.address:
        return False
    if "place" in per and (one.place in (Place.WORK, Place.OTHER)) is not (proposal.place in (Place.WORK, Place.OTHER)):
        return False
    mine = tuple(name for name in one.debts if not debts or name in debts)
    return not _rests_on_consent(rule, mine, debts, one.address, facts, one.at, at)


def _same_person(one: Contact, facts: Facts, at: datetime) -> bool:
    """A call that reached somebody else drops out from when that is known; one for which nobody noted a person counts."""
    if one.misdirected_known_at is not None and one.misdirected_known_at <= at:
        return False
    return one.person in ("", facts.person.id)


def _groups(rule: Rule, proposal: Proposal, facts: Facts) -> Iterator[tuple[str, ...]]:
    """The debts that are counted together, one group for each debt the proposal is about."""
    per = rule.how.get("per", ())
    if not proposal.debts or not ("debt" in per or "account" in per):
        yield ()
    for name in proposal.debts:
        mine = facts.debts.get(name)
        group = [name]
        for other in facts.debts.values():
            same_account = mine is not None and mine.account and mine.account == other.account
            by_account = "account" in per or (
                mine is not None
                and mine.product in rule.how.get("one_debt_by_account", ())
                and other.product in rule.how.get("one_debt_by_account", ())
            )
            if same_account and by_account:
                group.append(other.id)
        if "debt" in per or "account" in per:
            yield tuple(group)


def _rests_on_consent(
    rule: Rule,
    debts: tuple[str, ...],
    group: tuple[str, ...],
    address: str,
    facts: Facts,
    placed: datetime,
    at: datetime,
) -> bool:
    """Consent excludes calls for so many days, of which that of its receipt is the first; a conversation ends it.

    debts: those of the call that are counted here, which the consent must be for; group: what counts as one with them, of
    which a conversation may have been. The days must be so in every zone. at: when it is judged, and so what is known of the
    calls before.
    """
    asked = rule.how.get("not_with_consent")
    if not asked:
        return False
    for consent in facts.consents:
        if consent.what != asked["what"] or not _stands(consent, placed) or not _covers(consent, debts):
            continue
        if not _is_for(consent, address):
            continue
        if not all(
            _local(consent.given_at, zone).date() in _days_back(_local(placed, zone).date(), asked["days"])
            for zone in facts.person.zones
        ):
            continue
        if not any(
            consent.given_at < one.at < placed and _is_conversation(one, group or debts, facts, at)
            for one in facts.contacts
        ):
            return True
    return False


def _is_for(consent: Consent, address: str) -> bool:
    """One that names a number or address is for that alone, and not for one that nobody noted."""
    return not consent.address or consent.address == address


def _covers(consent: Consent, debts: tuple[str, ...]) -> bool:
    return not consent.debts or (bool(debts) and all(one in consent.debts for one in debts))


def _is_conversation(one: Contact, debts: tuple[str, ...], facts: Facts, at: datetime) -> bool:
    """A telephone conversation, whoever began it; a call whose outcome nobody wrote down is taken for one."""
    return (
        one.channel.value == "call"
        and one.outcome in (Outcome.CONVERSATION, Outcome.UNKNOWN)
        and _same_person(one, facts, at)
        and _about(one.debts, debts)
    )


def _quiet(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """No call on the days that begin with that of a conversation, in any zone."""
    for zone in facts.person.zones:
        days = _days_back(_local(at, zone).date(), values["days"])
        for debts in _groups(rule, proposal, facts):
            if _rests_on_consent(rule, proposal.debts, debts, proposal.address, facts, at, at):
                continue
            for one in facts.contacts:
                if one.at <= at and _local(one.at, zone).date() in days and _is_conversation(one, debts, facts, at):
                    return REFUSED
    return ALLOWED


def _spacing(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """No second call within so many minutes of one that was placed."""
    for one in facts.contacts:
        if (
            one.direction is Direction.OUT
            and one.channel.value in rule.how["channels"]
            and _same_person(one, facts, at)
        ):
            seconds = (at.astimezone(UTC) - one.at.astimezone(UTC)).total_seconds()
            if 0 <= seconds < 60 * values["minutes"]:
                return REFUSED
    return ALLOWED


# Wishes


def _in_force(wish: Preference, at: datetime) -> bool:
    return wish.received_at <= at and not (wish.withdrawn_at is not None and wish.withdrawn_at <= at)


def _wished_times(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    for zone in facts.person.zones:
        here = _local(at, zone)
        for one in facts.preferences:
            if not _in_force(one, at) or (one.channels and proposal.channel not in one.channels):
                continue
            if one.wish is Wish.NOT_AT_TIMES and _is_within(one, here):
                return ALLOWED if _is_the_answer(rule, proposal, facts, at) else REFUSED
            if one.wish is Wish.ONLY_AT_TIMES and not _is_within(one, here):
                return ALLOWED if _is_the_answer(rule, proposal, facts, at) else REFUSED
    return ALLOWED


def _is_within(wish: Preference, here: datetime) -> bool:
    """The seconds on its edges are refused: in it when shunned, outside when wished. Over midnight it is its first day's."""
    second, today = _second_of_day(here), here.weekday()
    yesterday = (today + 6) % 7
    edge = Fraction(0) if wish.wish is Wish.NOT_AT_TIMES else Fraction(1, 1_000_000)
    start, end = 60 * wish.from_time + edge, 60 * wish.to_time - edge
    on_today = not wish.weekdays or today in wish.weekdays
    if wish.from_time < wish.to_time:
        if wish.wish is Wish.NOT_AT_TIMES and wish.to_time == 1440 and second == 0:
            return not wish.weekdays or yesterday in wish.weekdays or (start == 0 and on_today)
        return on_today and start <= second <= end
    return (on_today and second >= start) or ((not wish.weekdays or yesterday in wish.weekdays) and second <= end)


def _wished_means(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    by_post_or_voice = proposal.channel in (
        None,
        *(Channel(one) for one in ("letter", "postcard", "leaflet", "visit", "call", "ringless_voicemail")),
    )
    on_paper = proposal.letter not in rule.how.get("any_means", ())
    if rule.how.get("required_by_law") and proposal.required_by_law and by_post_or_voice and on_paper:
        return ALLOWED  # comments 14(h)(2)-1 and 42(a)(1)-4: the law demands a notice, and never that it be electronic
    if proposal.purpose is Purpose.CONFIRMATION and not proposal.asks_for_payment:
        return ALLOWED
    if _is_the_answer(rule, proposal, facts, at):
        return ALLOWED
    wanted = rule.how.get("wishes", ("not_by_channel", "only_by_channel", "not_at_address", "not_at_place"))
    for one in facts.preferences:
        if not _in_force(one, at) or one.wish.value not in wanted:
            continue
        by_it = proposal.channel is None or not one.channels or proposal.channel in one.channels
        if one.wish is Wish.NOT_BY_CHANNEL and by_it and (not one.addresses or _at_address(one, proposal)):
            return REFUSED
        if one.wish is Wish.ONLY_BY_CHANNEL and proposal.channel not in one.channels:
            return REFUSED
        if one.wish is Wish.NOT_AT_ADDRESS and (not one.addresses or _at_address(one, proposal)):
            return REFUSED
        if one.wish is Wish.NOT_AT_PLACE and (not one.places or proposal.place in one.places):
            return REFUSED
    return ALLOWED


def _at_address(wish: Preference, proposal: Proposal) -> bool:
    """An address that nobody named may be the one."""
    return not proposal.address or proposal.address in wish.addresses


# Holds


def _hold(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Refused while any hold runs that concerns the debt, save for what the rule leaves permitted in it."""
    worst = SILENT
    for one in facts.holds:
        if one.kind not in rule.how["holds"] or not _runs(rule, one, values, proposal, facts, at):
            continue
        if _about(one.debts, proposal.debts):
            worst = _worse(worst, _in_hold(rule, one, values, proposal, facts, at))
        elif rule.how.get("flag_other_debts"):
            worst = _worse(worst, REVIEW)
    return worst


def _in_hold(rule: Rule, hold: Hold, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    how = rule.how
    if how.get("products") and _product(proposal, facts) not in how["products"]:
        return SILENT
    if _is_so_of(hold, how.get("permitted_by", ()), proposal, facts):
        return ALLOWED
    if _is_so_of(hold, how.get("flagged_by", ()), proposal, facts):
        return REVIEW
    if how.get("asks"):
        for name in how.get("permitted_by", ()):
            if name not in hold.given:
                _must_say(name, proposal, facts)
    if proposal.act is not Act.CONTACT:
        return REFUSED
    purpose = proposal.purpose.value if proposal.purpose else ""
    may_ask = how.get("payment_may_be_asked", False)
    if proposal.asks_for_payment and may_ask is not True and (may_ask is False or purpose not in may_ask):
        return REFUSED
    permitted = (
        purpose in values.get("permits", ())
        or facts.person.relation.value in how.get("to", ())
        or _is_the_answer(rule, proposal, facts, at)
    )
    if not permitted:
        return REFUSED
    return REVIEW if purpose in how.get("review", ()) else ALLOWED


def _is_so_of(hold: Hold, names: Iterable[str], proposal: Proposal, facts: Facts) -> bool:
    """What the hold itself says of it, else what is known otherwise."""
    for name in names:
        said = hold.given[name] if name in hold.given else _said(name, proposal, facts)
        if said is True:
            return True
    return False


def _runs(rule: Rule, hold: Hold, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> bool:
    """From when it began until it ends, by its own end or so many whole days on; without either it goes on."""
    if at < hold.began_at or _is_so_of(hold, rule.how.get("ended_by", ()), proposal, facts):
        return False
    if hold.until is not None:
        return at < hold.until
    if "days" not in values:
        return True
    counted_from: Any = hold.began_at
    if name := rule.how.get("counted_from"):
        counted_from = hold.given[name] if name in hold.given else _said(name, proposal, facts)
    if not isinstance(counted_from, date) or not facts.person.zones:
        return True
    start = _today(facts, counted_from) if isinstance(counted_from, datetime) else counted_from
    return any(_local(at, zone).date() <= days_after(start, values["days"]) for zone in facts.person.zones)


# People


def _persons(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Those who may be; others for what the rule says, unasked for money, and under its conditions."""
    who = facts.person.relation.value
    if who in rule.how["may"] or _has_consent(rule, proposal, facts, at):
        return ALLOWED
    for terms in rule.how.get("others", ()):
        if who in terms["who"]:
            return ALLOWED if _keeps_to(terms, values, proposal, facts, at) else REFUSED
    return REFUSED


def _has_consent(rule: Rule, proposal: Proposal, facts: Facts, at: datetime) -> bool:
    wanted = rule.how.get("unless_consent")
    for one in facts.consents:
        if one.what == wanted and _stands(one, at) and _covers(one, proposal.debts) and _is_for(one, proposal.address):
            return True
    return False


def _keeps_to(
    terms: Mapping[str, Any], values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime
) -> bool:
    if proposal.purpose is None or proposal.purpose.value not in terms["purposes"] or proposal.asks_for_payment:
        return False
    excused = any(_said(name, proposal, facts) is True for name in terms.get("or_if", ()))
    if terms.get("unreachable") and not excused and not _is_out_of_reach(values, proposal, facts, at):
        return False
    if any(_said(name, proposal, facts) is True for name in terms.get("not_if", ())):
        return False
    if not all(_must_say(name, proposal, facts) is True for name in terms.get("if", ())):
        return False
    if not terms.get("once"):
        return True
    again = any(_said(name, proposal, facts) is True for name in ("asked_to_call_again", "answer_was_wrong"))
    return again or not any(
        one.person == facts.person.id and one.direction is Direction.OUT and one.at <= at and _reached(one)
        for one in facts.contacts
    )


def _reached(one: Contact) -> bool:
    return one.outcome in (Outcome.CONVERSATION, Outcome.ANSWERED, Outcome.UNKNOWN)


def _is_out_of_reach(values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> bool:
    """Somebody noted it; or the last outcome at every number tried is that it is dead; or so many tries in a row failed.

    Hearing from the borrower, or reaching them, begins the row again, whatever became of that number later.
    """
    noted = _said("borrower_unreachable", proposal, facts)
    if noted is not None:
        return noted is True
    last_at: dict[str, Outcome] = {}
    row = 0
    for one in facts.contacts:
        if one.at <= at and one.relation is Relation.BORROWER:
            last_at[one.address] = one.outcome
            heard = one.direction is Direction.IN or one.outcome is Outcome.DELIVERED or _reached(one)
            row = 0 if heard and one.outcome not in DEAD else row + 1
    return row >= values["failures"] or (bool(last_at) and all(outcome in DEAD for outcome in last_at.values()))


DEAD = (Outcome.NOT_IN_SERVICE, Outcome.BOUNCED)


def _never_by(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    how = rule.how
    if "by" in how and proposal.channel is not None and proposal.channel.value not in how["by"]:
        return ALLOWED
    if "if_place" in how and proposal.place.value not in how["if_place"]:
        return ALLOWED
    if any(_said(name, proposal, facts) is not True for name in how.get("when", ())):
        return ALLOWED
    if any(_said(name, proposal, facts) is True for name in how.get("unless", ())):
        return ALLOWED
    return ALLOWED if _has_consent(rule, proposal, facts, at) else REFUSED


def _consent_stands(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Where it is said to rest on a consent, that consent stands and is for this debt and address."""
    wanted = _said("relies_on_consent", proposal, facts)
    if wanted is None:
        return ALLOWED
    for one in facts.consents:
        if one.what == wanted and _stands(one, at) and _covers(one, proposal.debts) and _is_for(one, proposal.address):
            return ALLOWED
    return REFUSED


def _next_number(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Another number of the person had all its tries today, in any zone."""
    if not proposal.address:
        return ALLOWED
    for zone in facts.person.zones:
        days = _days_back(_local(at, zone).date(), values["in_days"])
        for number in {one.address for one in facts.contacts if one.address and one.address != proposal.address}:
            tries = 0
            for one in facts.contacts:
                if one.address == number and one.at <= at and _local(one.at, zone).date() in days:
                    tries += one.person in ("", facts.person.id) and _counts(rule, one, proposal, (), facts, at)
            if tries >= values["most"]:
                return REFUSED
    return ALLOWED


def _recent(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """The latest of such days is no further back; the person's own message from that number is one."""
    days = [_day_said(name, proposal, facts) for name in rule.how["any_of"] if _said(name, proposal, facts) is not None]
    for one in facts.contacts:
        if one.direction is Direction.IN and one.at <= at and one.channel.value in rule.how.get("own_message", ()):
            theirs = one.person in ("", facts.person.id)
            if theirs and (not proposal.address or one.address == proposal.address):
                days.append(_earliest_day(facts, one.at))
    if not days:
        raise Unsaid(*rule.how["any_of"])
    preceding = [one for one in days if one <= _earliest_day(facts, at)]  # 1006.6(d)(5): within the past sixty days
    if any(_today(facts, at) <= days_after(one, values["days"]) for one in preceding):
        return ALLOWED
    return REFUSED


# Notices


def _told_first(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """They spoke of the debt; or something was sent so many days ago, that of sending included, and hadn't come back by then."""
    for one in facts.contacts:
        if one.at > at or one.person not in ("", facts.person.id):
            continue
        if proposal.debts and not set(proposal.debts) & set(one.debts):
            continue
        if (
            one.channel.value in ("call", "visit")
            and one.outcome is Outcome.CONVERSATION
            and _same_person(one, facts, at)
        ):
            return ALLOWED
        if one.channel.value in rule.how["sent_by"] and one.direction is Direction.OUT:
            over = days_after(_today(facts, one.at), values["days"])
            back = one.misdirected_known_at
            if back is not None and back > at:
                back = None if one.outcome is not Outcome.BOUNCED else back
            came_back = one.outcome is Outcome.BOUNCED if back is None else _earliest_day(facts, back) < over
            if not came_back and _earliest_day(facts, at) >= over:
                return ALLOWED
    return REFUSED


def _revoked(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """An automated contact after a consent was taken back: looked at, and after so many business days refused."""
    taken_back = [
        one.withdrawn_at
        for one in facts.consents
        if one.what in rule.how["consents"] and one.withdrawn_at is not None and one.withdrawn_at <= at
    ]
    if not taken_back or not proposal.automated:
        return ALLOWED
    for one in facts.consents:
        if one.what in rule.how["consents"] and _stands(one, at) and one.given_at > max(taken_back):
            return ALLOWED
    last = business_days_after(_today(facts, max(taken_back)), values["business_days"])
    return REFUSED if _today(facts, at) > last else REVIEW


def _machine_consent(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Prior express consent for whatever a machine says, dials or sends (47 CFR 64.1200(a)(1)); one that was taken back is looked at."""
    by_machine = proposal.automated or proposal.channel is Channel.RINGLESS_VOICEMAIL
    if not by_machine or any(_said(name, proposal, facts) is True for name in rule.how.get("unless", ())):
        return ALLOWED
    worst = REFUSED
    for one in facts.consents:
        if one.what not in rule.how["consents"] or not _covers(one, proposal.debts):
            continue
        if not _is_for(one, proposal.address):
            continue
        if _stands(one, at):
            return ALLOWED
        was_good = _stands(replace(one, withdrawn_at=None), at)
        if was_good and one.withdrawn_at is not None and one.withdrawn_at <= at:
            worst = REVIEW
    return worst


def _required(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    how = rule.how

    def holds(name: str) -> bool:
        said = _must_say(name.removeprefix("not "), proposal, facts)
        return said is not True if name.startswith("not ") else said is True

    if not all(holds(name) for name in how.get("when", ())):
        return SILENT
    if not all(holds(name) for name in how.get("all_of", ())):
        return REFUSED
    options = how.get("any_of", ())
    known = [name for name in options if _said(name.removeprefix("not "), proposal, facts) is not None]
    if not options or any(holds(name) for name in known):
        return ALLOWED
    if len(known) < len(options):
        raise Unsaid(*options)
    return REFUSED


def _ruled_out(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    if any(_said(name, proposal, facts) is True for name in rule.how.get("unless", ())):
        return ALLOWED
    return REFUSED if any(_said(name, proposal, facts) is True for name in rule.how["any_of"]) else ALLOWED


# Unknown zone: refused, whatever else is known.
OF_THE_CLOCK = ("hours", "count", "quiet_after_conversation", "wished_times", "number_after_number")

CHECKS = {
    "hours": _hours,
    "count": _count,
    "quiet_after_conversation": _quiet,
    "spacing": _spacing,
    "wished_times": _wished_times,
    "wished_means": _wished_means,
    "hold": _hold,
    "persons": _persons,
    "never_by": _never_by,
    "consent_stands": _consent_stands,
    "number_after_number": _next_number,
    "recent": _recent,
    "told_first": _told_first,
    "revoked": _revoked,
    "machine_consent": _machine_consent,
    "required": _required,
    "ruled_out": _ruled_out,
}


# Days


def business_days_after(start: date, days: int, closed: Callable[[date], bool] | None = None) -> date:
    """Walks on day by day; a Saturday, a Sunday and a day that is closed (a federal holiday) aren't counted."""
    is_closed = closed or is_federal_holiday
    day = start
    while days:
        day += ONE_DAY
        if day.strftime("%a") not in ("Sat", "Sun") and not is_closed(day):
            days -= 1
    return day


# 5 USC 6103(a), in its own order: the day of the month, or which weekday of the month.
_FEDERAL = (
    "January 1",
    "third Monday of January",
    "third Monday of February",
    "last Monday of May",
    "June 19 since 2021",
    "July 4",
    "first Monday of September",
    "second Monday of October",
    "November 11",
    "fourth Thursday of November",
    "December 25",
)


def is_federal_holiday(day: date) -> bool:
    """Whether it is a holiday of 5 USC 6103(a), or the day on which 6103(b) moves one for most of those who work.

    A holiday on a Saturday is kept on the Friday before; one on a Sunday on the Monday after (Executive Order 11582).
    """
    near = {day - ONE_DAY: "Sun", day: day.strftime("%a"), day + ONE_DAY: "Sat"}
    return any(_is_named(one) and one.strftime("%a") == weekday for one, weekday in near.items())


def _is_named(day: date) -> bool:
    for text in _FEDERAL:
        words = text.split()
        if len(words) == 2 or "since" in words:
            since = int(words[-1]) if "since" in words else 0
            if day.strftime("%B") == words[0] and day.day == int(words[1]) and day.year >= since:
                return True
            continue
        which, weekday, _of, month = words
        same = [one for one in _month(day) if one.strftime("%A") == weekday]
        place = -1 if which == "last" else ("first", "second", "third", "fourth").index(which)
        if day.strftime("%B") == month and day == same[place]:
            return True
    return False


def _month(day: date) -> list[date]:
    found = [day.replace(day=1)]
    while (found[-1] + ONE_DAY).month == day.month:
        found.append(found[-1] + ONE_DAY)
    return found


def days_after(start: date, days: int) -> date:
    """The day reached when the first is day 0."""
    day = start
    for _ in range(days):
        day += ONE_DAY
    return day
