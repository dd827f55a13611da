"""The rules on contacts, judged a second time: slowly, and from the text of the rules rather than from the gate.

Days are walked one by one and every contact is looked at for every rule, zone and debt. It imports the shapes of facts and
rules and nothing of the gate, its checks or its calendars. Sources: the rule files' own text, 12 CFR 1006.6(b), 1006.14(b)
and (h) with their comments, 940 CMR 7.04(1)(f), 6 RCNY 5-77, GB/T 45251-2025, and docs/decisions/law-as-data.md.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import (
    Consent,
    Contact,
    Direction,
    Facts,
    Hold,
    Outcome,
    Place,
    Preference,
    Proposal,
    Wish,
)
from goodstanding.core.conduct.rule import Effect, Rule, Rules

ALLOWED, REVIEW, REFUSED = "allowed", "review", "refused"
ONE_DAY = timedelta(days=1)


def judge(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> tuple[str, dict[str, str]]:
    """The decision, and what each rule that stands against it makes of it. Every place must be covered by a layer."""
    against: dict[str, str] = {}
    for rule in rules.rules:
        said = _of_rule(rule, proposal, facts, rules.policy.lenient, at)
        if said != ALLOWED:
            against[rule.id] = said
    if REFUSED in against.values() or _is_unknown(proposal, facts, rules):
        return REFUSED, {name: said for name, said in against.items() if said == REFUSED}
    return (REVIEW, against) if against else (ALLOWED, {})


def _is_unknown(proposal: Proposal, facts: Facts, rules: Rules) -> bool:
    if facts.acting.actor is None or proposal.channel is None or proposal.purpose is None or not facts.person.places:
        return True
    return any(
        not any(_lies_in(place, region) for layer in rules.layers for region in layer.places)
        for place in facts.person.places
    )


def _lies_in(place: str, region: str) -> bool:
    return place == region or place.startswith(region + "-")


def _of_rule(rule: Rule, proposal: Proposal, facts: Facts, lenient: str, at: datetime) -> str:
    day = min(_local(at, zone).date() for zone in facts.person.zones)
    values = None
    for version in rule.versions:
        if version.since <= day:
            values = version.values
    if rule.disabled or values is None or proposal.act not in rule.acts or not _constrains(rule, proposal):
        return ALLOWED
    asked = rule.applies_if
    if asked.places and not any(_lies_in(place, one) for place in facts.person.places for one in asked.places):
        return ALLOWED
    if asked.relations and facts.person.relation not in asked.relations:
        return ALLOWED
    if asked.letters and proposal.letter and proposal.letter not in asked.letters:
        return ALLOWED
    if any(name in facts.given and facts.given[name] == wanted for name, wanted in asked.unless_known.items()):
        return ALLOWED
    binds = not asked.actors or facts.acting.actor is None or facts.acting.actor in asked.actors
    if not binds and asked.others == "silent":
        return ALLOWED
    found = CHECKS[rule.check](rule, values, proposal, facts, at)
    if found == REFUSED:
        if not binds or rule.effect is Effect.FLAG:
            return REVIEW
        if rule.effect in (Effect.PRESUMPTION, Effect.SAFE_HARBOUR, Effect.SOFT):
            return lenient
    return found


def _constrains(rule: Rule, proposal: Proposal) -> bool:
    channel, purpose = proposal.channel, proposal.purpose
    if channel is not None and (channel in rule.not_channels or (rule.channels and channel not in rule.channels)):
        return False
    return not (
        purpose is not None and (purpose in rule.not_purposes or (rule.purposes and purpose not in rule.purposes))
    )


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


def _second_of_day(moment: datetime) -> int:
    return 3600 * moment.hour + 60 * moment.minute + moment.second


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
        return REFUSED
    return ALLOWED


def _is_agreed(consent: Consent, second: int, proposal: Proposal, at: datetime) -> bool:
    if consent.what != "hours" or not _stands(consent, at) or not _covers(consent, proposal.debts):
        return False
    start, end = 60 * (consent.from_time or 0), 60 * (consent.to_time or 0)
    if start < end:
        return start < second < end
    return second > start or second < end


def _stands(consent: Consent, at: datetime) -> bool:
    if consent.given_to != "us" or not consent.in_permitted_contact or at < consent.given_at:
        return False
    if consent.withdrawn_at is not None and at >= consent.withdrawn_at:
        return False
    return consent.until is None or at <= consent.until


# Counting


def _count(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """One more than there were, on the days that end today, in any zone, for any debt, is more than the most."""
    if rule.how.get("not_required_by_law") and proposal.required_by_law:
        return ALLOWED
    if rule.how.get("if_place") and proposal.place.value not in rule.how["if_place"]:
        return ALLOWED
    for zone in facts.person.zones:
        if _rests_on_consent(rule, proposal.debts, facts, at, at):
            continue
        days = _days_back(_local(at, zone).date(), values["in_days"])
        for debts in _groups(rule, proposal, facts):
            count = 1
            for one in facts.contacts:
                if one.at <= at and _local(one.at, zone).date() in days:
                    count += _counts(rule, one, proposal, debts, facts, at)
            if count > values["most"]:
                return REFUSED
    return ALLOWED


def _counts(rule: Rule, one: Contact, proposal: Proposal, debts: tuple[str, ...], facts: Facts, at: datetime) -> bool:
    how, per = rule.how, rule.how.get("per", ())
    if one.direction is not Direction.OUT or ("channels" in how and one.channel.value not in how["channels"]):
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
    return not _rests_on_consent(rule, one.debts, facts, one.at, at)


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


def _rests_on_consent(rule: Rule, debts: tuple[str, ...], facts: Facts, placed: datetime, at: datetime) -> bool:
    """Consent excludes calls for so many days, of which that of its receipt is the first; a conversation ends it.

    The days must be so in every zone. at: when it is judged, and so what is known of the calls before.
    """
    asked = rule.how.get("not_with_consent")
    if not asked:
        return False
    for consent in facts.consents:
        if consent.what != asked["what"] or not _stands(consent, placed) or not _covers(consent, debts):
            continue
        if not all(
            _local(consent.given_at, zone).date() in _days_back(_local(placed, zone).date(), asked["days"])
            for zone in facts.person.zones
        ):
            continue
        if not any(
            consent.given_at < one.at < placed and _is_conversation(one, debts, facts, at) for one in facts.contacts
        ):
            return True
    return False


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
        if _rests_on_consent(rule, proposal.debts, facts, at, at):
            continue
        days = _days_back(_local(at, zone).date(), values["days"])
        for debts in _groups(rule, proposal, facts):
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
                return REFUSED
            if one.wish is Wish.ONLY_AT_TIMES and not _is_within(one, here):
                return REFUSED
    return ALLOWED


def _is_within(wish: Preference, here: datetime) -> bool:
    """The seconds on its edges are refused: in it when shunned, outside when wished. Over midnight it is its first day's."""
    second, today = _second_of_day(here), here.weekday()
    yesterday = (today + 6) % 7
    edge = 0 if wish.wish is Wish.NOT_AT_TIMES else 1
    start, end = 60 * wish.from_time + edge, 60 * wish.to_time - edge
    on_today = not wish.weekdays or today in wish.weekdays
    if wish.from_time < wish.to_time:
        if wish.wish is Wish.NOT_AT_TIMES and wish.to_time == 1440 and second == 0:
            return not wish.weekdays or yesterday in wish.weekdays or (start == 0 and on_today)
        return on_today and start <= second <= end
    return (on_today and second >= start) or ((not wish.weekdays or yesterday in wish.weekdays) and second <= end)


def _wished_means(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    if rule.how.get("required_by_law") and proposal.required_by_law:
        return ALLOWED
    wanted = rule.how.get("wishes", ("not_by_channel", "only_by_channel", "not_at_address", "not_at_place"))
    for one in facts.preferences:
        if not _in_force(one, at) or one.wish.value not in wanted:
            continue
        if one.wish is Wish.NOT_BY_CHANNEL and proposal.channel in one.channels and _at_address(one, proposal):
            return REFUSED
        if one.wish is Wish.ONLY_BY_CHANNEL and proposal.channel not in one.channels:
            return REFUSED
        if one.wish is Wish.NOT_AT_ADDRESS and _at_address(one, proposal):
            return REFUSED
        if one.wish is Wish.NOT_AT_PLACE and proposal.place in one.places:
            return REFUSED
    return ALLOWED


def _at_address(wish: Preference, proposal: Proposal) -> bool:
    """An address that nobody named may be the one."""
    return not wish.addresses or not proposal.address or proposal.address in wish.addresses


# Holds


def _hold(rule: Rule, values: Mapping[str, Any], proposal: Proposal, facts: Facts, at: datetime) -> str:
    """Refused while a hold runs that concerns a debt of it, save for what the rule leaves permitted."""
    worst = ALLOWED
    how = rule.how
    if facts.person.relation.value in how.get("to", ()):
        return ALLOWED
    if any(facts.given.get(name) is True for name in how.get("ended_by", ())):
        return ALLOWED
    for one in facts.holds:
        if one.kind not in how["holds"] or not _runs(one, values, facts, at):
            continue
        if not _about(one.debts, proposal.debts):
            if how.get("flag_other_debts"):
                worst = REVIEW
            continue
        if not _has_product(rule, proposal, facts):
            continue
        if not _is_permitted(rule, values, proposal):
            return REFUSED
        purpose = proposal.purpose.value if proposal.purpose else ""
        about_others = one.debts and any(debt not in one.debts for debt in proposal.debts)
        if purpose in how.get("review", ()) or (how.get("flag_other_debts") and about_others):
            worst = REVIEW
    return worst


def _has_product(rule: Rule, proposal: Proposal, facts: Facts) -> bool:
    """Whether any of the debts is of a product the rule is for; all of the person's where nobody said which."""
    wanted = rule.how.get("products", ())
    return not wanted or any(facts.debts[one].product in wanted for one in proposal.debts or facts.debts)


def _is_permitted(rule: Rule, values: Mapping[str, Any], proposal: Proposal) -> bool:
    purpose = proposal.purpose.value if proposal.purpose else ""
    may_ask = rule.how.get("payment_may_be_asked", ())
    if proposal.asks_for_payment and may_ask is not True and purpose not in may_ask:
        return False
    return purpose in values.get("permits", ())


def _runs(hold: Hold, values: Mapping[str, Any], facts: Facts, at: datetime) -> bool:
    if at < hold.began_at:
        return False
    if hold.until is not None:
        return at < hold.until
    if "days" not in values:
        return True
    return any(
        _local(hold.began_at, zone).date() in _days_back(_local(at, zone).date(), values["days"] + 1)
        for zone in facts.person.zones
    )


CHECKS = {
    "hours": _hours,
    "count": _count,
    "quiet_after_conversation": _quiet,
    "spacing": _spacing,
    "wished_times": _wished_times,
    "wished_means": _wished_means,
    "hold": _hold,
}


# Days


def business_days_after(start: date, days: int, holidays: frozenset[date]) -> date:
    """Walks on day by day; a Saturday, a Sunday and a holiday aren't counted."""
    day = start
    while days:
        day += ONE_DAY
        if day.strftime("%a") not in ("Sat", "Sun") and day not in holidays:
            days -= 1
    return day


def days_after(start: date, days: int) -> date:
    """The day reached when the first is day 0."""
    day = start
    for _ in range(days):
        day += ONE_DAY
    return day
