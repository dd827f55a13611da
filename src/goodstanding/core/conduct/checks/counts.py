"""How often: contacts counted per person, debt, account or number, over days of the person's own calendar.

Consecutive days include the day of the proposal: seven days are that day and the six before it, whatever the hour (168 rolling
hours are something else). What isn't known of a past contact counts as whatever is strictest. Where the person may be in several
zones, the fullest count of them holds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.checks import Answer, Question, Stricter, check
from goodstanding.core.conduct.facts import (
    CONNECTED,
    Channel,
    Contact,
    Debt,
    Direction,
    Outcome,
    Place,
    may_be_same_address,
)
from goodstanding.core.conduct.windows import start_of, utc

_ANY_CHANNEL, _OUT = frozenset(Channel), (Direction.OUT,)
PER = ("person", "debt", "account", "number", "place")
"""What contacts may be counted by."""
VOICE = frozenset({Channel.CALL, Channel.RINGLESS_VOICEMAIL})
_COUNTING = (
    "channels",
    "directions",
    "outcomes",
    "not_outcomes",
    "per",
    "not_required_by_law",
    "not_with_consent",
    "one_debt_by_account",
    "if_place",
)
Counted = Callable[[Contact], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """What is counted together: which past contacts, and for which debts (a debt of the proposal and what is one with it).

    mine: the debts of the proposal among them. Both are empty where a rule doesn't count by debt.
    """

    about: Counted
    debts: frozenset[str] = frozenset()
    mine: tuple[str, ...] = ()

    def of(self, one: Contact) -> tuple[str, ...]:
        """The debts of a past contact that are counted here."""
        return tuple(debt for debt in one.debts if debt in self.debts) if self.debts else one.debts


@check(
    "count",
    values={"most": Stricter.LESS, "in_days": Stricter.MORE},
    how=_COUNTING,
    needs_zone=True,
    needs=("most", "in_days"),
)
def count(question: Question) -> Answer | None:
    """At most so many in so many consecutive days of the person's calendar; this one would be one more.

    how: channels; directions (out); outcomes: any, effective, unconnected, connected; not_outcomes: never counted; per: person,
    debt, account, number, place; not_required_by_law: those the law itself demands don't count; not_with_consent: see `_allowed_by`;
    one_debt_by_account: products whose debts under one account are one debt; if_place: only for addresses tied to these places.
    """
    if (places := question.rule.how.get("if_place")) and question.proposal.place.value not in places:
        return None
    most, in_days = int(question.values["most"]), int(question.values["in_days"])
    keys = _keys_that_bind(question)
    if not keys:
        return Answer(False, "It is permitted beyond the count: the person agreed to it, or the law demands it.")
    fullest = 0
    until: datetime | None = None
    for key in keys:
        counted = [one for one in _recent(question, in_days) if key.about(one) and _counts(question, one, key)]
        for zone in question.facts.person.zones:
            days = _days_in_window(counted, question.at, zone, in_days)
            fullest = max(fullest, len(days))
            if len(days) >= most:
                frees = start_of(days[len(days) - most] + timedelta(days=in_days), [zone]) if most else None
                until = frees if until is None or frees is None else max(until, frees)
    span = "that day" if in_days == 1 else f"the {in_days} days up to and including that day"
    kept = ", ".join(question.rule.how.get("per", ()))
    detail = f"{fullest} counted in {span}, per {kept}; at most {most} are allowed."
    return Answer(fullest >= most, detail, until=until if fullest >= most and most else None)


@check(
    "quiet_after_conversation",
    values={"days": Stricter.MORE},
    needs=("days",),
    how=("channels", "per", "not_with_consent", "one_debt_by_account"),
    needs_zone=True,
)
def quiet_after_conversation(question: Question) -> Answer | None:
    """No contact within so many consecutive days of a conversation, whose own day is the first; who began it is irrelevant."""
    days = int(question.values["days"])
    keys = _keys_that_bind(question)
    if not keys:
        return Answer(False, "It is permitted in the days after a conversation: the person agreed to it.")
    talks = [
        one
        for key in keys
        for one in _recent(question, days)
        if key.about(one) and one.channel in _channels(question, VOICE) and _was_conversation(one, question.at)
    ]
    ends = [
        start_of(talk.at.astimezone(zone).date() + timedelta(days=days), [zone])
        for talk in talks
        for zone in question.facts.person.zones
        if (question.at.astimezone(zone).date() - talk.at.astimezone(zone).date()).days < days
    ]
    if not ends:
        return Answer(False, f"No conversation in the {days} days up to and including that day.")
    last = max(talks, key=lambda talk: talk.at)
    told = "a call whose outcome nobody wrote down" if last.outcome is Outcome.UNKNOWN else "a conversation"
    return Answer(True, f"There was {told} on {last.at:%Y-%m-%d}, and its day is the first of {days}.", until=max(ends))


@check(
    "number_after_number",
    values={"most": Stricter.LESS, "in_days": Stricter.MORE},
    needs=("most", "in_days"),
    how=("channels", "directions", "outcomes", "not_outcomes"),
    needs_zone=True,
)
def number_after_number(question: Question) -> Answer | None:
    """Another number of the person isn't tried once one has had all the tries that a number may have in so many days.

    Where the law counts by number, going from one to the next keeps to its letter; it is a pattern someone should see.
    """
    if not question.proposal.address:
        return None
    most, in_days = int(question.values["most"]), int(question.values["in_days"])
    me, mine = question.facts.person.id, question.proposal.address
    for zone in question.facts.person.zones:
        tried: dict[str, int] = {}
        for one in _recent(question, in_days):
            elsewhere = one.address not in ("", mine) and one.person in ("", me)
            elsewhere = elsewhere and not may_be_same_address(one.address, mine)
            if elsewhere and _counts(question, one, _ANY) and _days_in_window([one], question.at, zone, in_days):
                tried[one.address] = tried.get(one.address, 0) + 1
        full = [number for number, times in tried.items() if times >= most]
        if full:
            return Answer(True, f"Another number of the person was already tried {tried[full[0]]} times that day.")
    return Answer(False, "No other number of the person has had all the tries it may have.")


@check("spacing", values={"minutes": Stricter.MORE}, how=("channels", "per"), needs=("minutes",))
def spacing(question: Question) -> Answer | None:
    """So many minutes between one contact and the next."""
    gap = timedelta(minutes=int(question.values["minutes"]))
    before = [
        one
        for key in _keys(question)
        for one in _recent(question, gap.days + 1)
        if key.about(one)
        and one.channel in _channels(question, VOICE)
        and one.direction is Direction.OUT
        and not _is_known_misdirected(one, question.at)
    ]
    last = max((one.at for one in before), default=None)
    if last is None or utc(question.at) - utc(last) >= gap:
        return Answer(False, "Nothing was tried shortly before.")
    minutes = int((utc(question.at) - utc(last)).total_seconds() // 60)
    return Answer(
        True,
        f"The last try was {minutes} minutes ago; {int(question.values['minutes'])} should lie between.",
        until=utc(last) + gap,
    )


def _recent(question: Question, in_days: int) -> Sequence[Contact]:
    """The contacts that can lie in the window: a day more than its length, for the zones, and none after the instant."""
    instants = question.facts.contacted_at
    start = bisect_left(instants, question.at - timedelta(days=in_days + 1))
    end = bisect_right(instants, question.at, lo=start)
    return question.facts.contacts[start:end]


def _days_in_window(counted: Iterable[Contact], at: datetime, zone: ZoneInfo, in_days: int) -> list[date]:
    today = at.astimezone(zone).date()
    first = today - timedelta(days=in_days - 1)
    return sorted(day for one in counted if first <= (day := one.at.astimezone(zone).date()) <= today)


def _channels(question: Question, default: Collection[str]) -> Collection[str]:
    """The channels a rule names, or those it means when it names none. A channel equals its name."""
    named: Collection[str] = question.rule.how.get("channels", ())
    return named or default


def _counts(question: Question, one: Contact, key: Key) -> bool:
    """Whether a past contact counts under the rule: by channel, direction, outcome, and what the law leaves out."""
    how = question.rule.how
    if one.channel not in (how.get("channels") or _ANY_CHANNEL) or one.direction not in how.get("directions", _OUT):
        return False
    if one.outcome in how.get("not_outcomes", ()) or _is_known_misdirected(one, question.at):
        return False
    if how.get("not_required_by_law") and one.required_by_law:
        return False
    if not OUTCOMES[how.get("outcomes", "any")](one):
        return False
    return not (how.get("not_with_consent") and _allowed_by(question, one.at, one.address, key.of(one), key))


def _is_known_misdirected(one: Contact, at: datetime) -> bool:
    """Whether it is known by then that somebody else was reached."""
    return one.misdirected_known_at is not None and one.misdirected_known_at <= at


def was_effective(one: Contact) -> bool:
    """Whether it reached the person in a way that counts; None: as its outcome says, an unknown one does."""
    return one.outcome in CONNECTED if one.effective is None else one.effective


OUTCOMES: dict[str, Counted] = {
    "any": lambda one: True,
    "effective": was_effective,
    "connected": lambda one: one.outcome in CONNECTED,
    "unconnected": lambda one: one.outcome not in {Outcome.CONVERSATION, Outcome.ANSWERED},
}


def _was_conversation(one: Contact, at: datetime) -> bool:
    """An unknown outcome may have been one, whoever called."""
    if _is_known_misdirected(one, at):
        return False
    return one.outcome in {Outcome.CONVERSATION, Outcome.UNKNOWN}


def _keys_that_bind(question: Question) -> list[Key]:
    """What the rule counts by, without what the person agreed to; nothing where the law demands that it be sent."""
    how, proposal = question.rule.how, question.proposal
    if how.get("not_required_by_law") and proposal.required_by_law:
        return []
    keys = _keys(question)
    if not how.get("not_with_consent"):
        return keys
    return [
        key for key in keys if not _allowed_by(question, question.at, proposal.address, key.mine or proposal.debts, key)
    ]


def _allowed_by(question: Question, at: datetime, address: str, debts: tuple[str, ...], key: Key) -> bool:
    """Whether a consent of the person's covers a contact at that instant, as to these debts (12 CFR 1006.14(b)(3)(i)).

    how not_with_consent: {what, days}: it covers so many consecutive days, the day it was received included, and ends early when it
    is withdrawn, at the person's own limit, or with a conversation after it. Calls are counted for each debt, so it is asked of each.
    """
    wanted = question.rule.how["not_with_consent"]
    for consent in question.facts.consents:
        if consent.what != wanted["what"] or not consent.stands(at):
            continue
        if not consent.covers(debts) or not consent.is_for(address):
            continue
        ages = [
            (at.astimezone(zone).date() - consent.given_at.astimezone(zone).date()).days
            for zone in question.facts.person.zones
        ]
        if max(ages, default=wanted["days"]) < wanted["days"] and not _talked_between(
            question, consent.given_at, at, key.debts or frozenset(debts)
        ):
            return True
    return False


def _talked_between(question: Question, start: datetime, end: datetime, debts: frozenset[str]) -> bool:
    """Whether there was a conversation with the person about such debts after one instant and before another."""
    contacts, instants = question.facts.contacts, question.facts.contacted_at
    first, last = bisect_right(instants, start), bisect_left(instants, end)
    return any(
        one.channel is Channel.CALL
        and one.person in ("", question.facts.person.id)
        and (not debts or not one.debts or not debts.isdisjoint(one.debts))
        and _was_conversation(one, question.at)
        for one in contacts[first:last]
    )


def _keys(question: Question) -> list[Key]:
    """What the rule counts by: for each debt or account it is about, which past contacts belong to the same key."""
    per = question.rule.how.get("per", ("person",))
    person, proposal = question.facts.person, question.proposal
    fixed: list[Counted] = []
    if "person" in per:
        fixed.append(lambda one: one.person in ("", person.id))
    if "number" in per and proposal.address:  # a number that nobody named may be any of them: all count
        fixed.append(
            lambda one: one.address in ("", proposal.address) or may_be_same_address(one.address, proposal.address)
        )
    if "place" in per:
        tied = proposal.place in _ELSEWHERE
        fixed.append(lambda one: (one.place in _ELSEWHERE) == tied)
    groups: list[tuple[Debt, frozenset[str]]] = []
    if "debt" in per:
        groups = [(debt, _one_with(debt, question)) for debt in question.debts]
    elif "account" in per:
        groups = [(debt, _under_account_of(debt, question)) for debt in question.debts]
    return [Key(_all_of(fixed, _about(same)), same, (debt.id,)) for debt, same in groups] or [Key(_all_of(fixed))]


_ELSEWHERE = frozenset({Place.WORK, Place.OTHER})
_ANY = Key(lambda one: True)


def _all_of(fixed: Sequence[Counted], *more: Counted) -> Counted:
    match (*fixed, *more):
        case (only,):
            return only
        case (first, second):
            return lambda one: first(one) and second(one)
        case tests:
            return lambda one: all(test(one) for test in tests)


def _about(same: frozenset[str]) -> Counted:
    """A contact for which nobody noted a debt may have been about any."""
    return lambda one: not one.debts or not same.isdisjoint(one.debts)


def _one_with(debt: Debt, question: Question) -> frozenset[str]:
    """The debt and those that count as the same: student loans under one account (12 CFR 1006.14(b)(4))."""
    alike = question.rule.how.get("one_debt_by_account", ())
    if not debt.account or debt.product not in alike:
        return frozenset({debt.id})
    known = question.facts.debts.values()
    return frozenset({debt.id} | {one.id for one in known if one.account == debt.account and one.product in alike})


def _under_account_of(debt: Debt, question: Question) -> frozenset[str]:
    """The debt and those under its account; a debt without one is its own."""
    if not debt.account:
        return frozenset({debt.id})
    return frozenset({debt.id} | {one.id for one in question.facts.debts.values() if one.account == debt.account})
