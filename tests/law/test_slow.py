"""The gate against the slow second judge of slow.py, on random histories.

2,000 histories in all in `make test`; a night's run has more: `GOODSTANDING_ORACLE_EXAMPLES=100000 python -m pytest
tests/law/test_slow.py`.
"""

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from goodstanding.core.conduct import law_days
from goodstanding.core.conduct.facts import (
    Act,
    Acting,
    Actor,
    Channel,
    Consent,
    Contact,
    Debt,
    Direction,
    Evidence,
    Facts,
    Hold,
    Outcome,
    Person,
    Place,
    Preference,
    Proposal,
    Purpose,
    Relation,
    Value,
    Wish,
)
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.rule import HousePolicy, Rules
from goodstanding.core.conduct.verdict import Decision
from goodstanding.law.loader import rules_for
from tests.law import slow

# How many histories there are in all; each of the tests has its part of them.
EXAMPLES = int(os.environ.get("GOODSTANDING_ORACLE_EXAMPLES", "2000"))
TESTS = 7
many = settings(max_examples=-(-EXAMPLES // TESTS), deadline=None, suppress_health_check=list(HealthCheck))

# Layers, where the person is, and the zones that the evidence allows; the last are odd ones.
WORLDS = (
    (("us",), "US-CO", ("America/Denver",)),
    (("us",), "US-FL", ("America/New_York", "America/Chicago")),
    (("us",), "US-HI", ("Pacific/Honolulu", "America/Los_Angeles")),
    (("us", "us-ma"), "US-MA", ("America/New_York",)),
    (("us", "us-nyc"), "US-NY-NYC", ("America/New_York", "America/Phoenix")),
    (("us", "us-ma", "us-nyc"), "US", ("America/New_York",)),
    (("cn",), "CN", ("Asia/Shanghai",)),
    (("uk",), "GB-ENG", ("Europe/London",)),
    (("in",), "IN", ("Asia/Kolkata",)),
    (("hk",), "HK", ("Asia/Hong_Kong",)),
    (("us",), "US-CO", ("Pacific/Chatham", "America/Denver")),
    (("us",), "US-CO", ("Australia/Lord_Howe",)),
    (("uk",), "GB", ("America/Santiago", "Europe/London")),
    (("us",), "AS", ("Pacific/Apia", "Pacific/Pago_Pago")),
    (("cn", "hk"), "HK", ("Asia/Hong_Kong", "Africa/Casablanca")),
)
# Nights on which clocks change (in America, London, Chatham and Lord Howe, Santiago), days on which rules begin, a leap day,
# and days without anything. Apia had no 30 December 2011.
DAYS = (
    (2026, 3, 8),
    (2026, 11, 1),
    (2026, 3, 29),
    (2026, 10, 25),
    (2026, 4, 5),
    (2026, 9, 6),
    (2026, 9, 27),
    (2026, 10, 4),
    (2026, 9, 20),
    (2026, 8, 28),
    (2026, 1, 27),
    (2028, 2, 27),
    (2027, 1, 2),
    (2026, 12, 31),
)
SAMOA = (2011, 12, 27)
EDGES = "00:00 00:30 01:00 01:30 01:45 02:00 02:15 02:30 03:00 08:00 12:00 19:00 21:00 22:00 23:59".split()

# The checks whose answer time can change.
TIMED = ("hours", "count", "quiet_after_conversation", "spacing", "wished_times", "wished_means", "hold")


def rules_of(layers: tuple[str, ...], lenient: str, checks: Collection[str]) -> Rules:
    """Those of the rules of the layers that have one of these checks. Those that counts are tried on in Samoa began long before."""
    every = rules_for(layers, policy=HousePolicy(lenient=lenient))
    known = tuple(rule for rule in every.rules if rule.check in checks)
    return Rules(known, every.layers, every.policy)


def long_before(rules: Rules) -> Rules:
    """The same rules, in force since 1980."""
    old = tuple(
        replace(rule, versions=(replace(rule.versions[0], since=date(1980, 1, 1)), *rule.versions[1:]))
        for rule in rules.rules
    )
    return Rules(old, rules.layers, rules.policy)


@cache
def rules_kept(layers: tuple[str, ...], lenient: str, *, all_checks: bool, old: bool) -> Rules:
    rules = rules_of(layers, lenient, slow.CHECKS if all_checks else TIMED)
    return long_before(rules) if old else rules


# Answers that rules on people, holds and other acts turn on.
YES_NO = (
    "borrower_unreachable contact_refused asked_to_call_again answer_was_wrong says_nothing_of_the_debt named_as_contact "
    "borrower_dead debt_is_mentioned employer_forbids_contact wrote_from_address attorney_consented attorney_is_silent "
    "verification_sent original_creditor_named duplicate_dispute_notice_sent stay_lifted moratorium_cancelled "
    "court_gave_permission charged_to_joint_borrower_alone plan_is_broken was_a_mistake bankruptcy_annulled "
    "in_debt_collection_procedures is_anonymous calls_persistently creditor_used_address domain_open_to_public "
    "opted_out_of_address is_as_agreed dispute_found_groundless "
    "gave_number_for_the_debt is_landline uses_no_autodialer outsourcing_notice_given marked_as_disputed"
).split()
DAYS_SAID = ("crisis_treatment_ended_on", "number_checked_on", "text_consent_renewed_on")
HOLDS = (
    "represented cease dispute original_creditor_request breathing_space mental_health_crisis debt_advice bankruptcy "
    "discharged plan promise deceased calamity house"
).split()


class Dice:
    """Draws the facts of one example; everything follows from the seed."""

    def __init__(self, seed: int, contacts: int, *, all_checks: bool = False) -> None:
        self.random = Random(seed)
        world: tuple[tuple[str, ...], Any, Any] = self.random.choice(WORLDS)
        self.layers, self.place, names = world
        self.zones = tuple(ZoneInfo(name) for name in names)
        self.lenient = self.random.choice(("refused", "refused", "review"))
        old = "Pacific/Apia" in names and self.some(False, True)
        self.rules = rules_kept(self.layers, self.lenient, all_checks=all_checks, old=old)
        start = SAMOA if old else self.random.choice(DAYS)
        self.day = datetime(*start, tzinfo=UTC) + timedelta(days=self.random.randint(0, 7))
        self.at = self.moment(0)
        self.debts = ("A", "B", "C")[: self.random.randint(1, 3)]
        self.contacts = contacts

    def some(self, *choices):
        return self.random.choice(choices)

    def moment(self, days_back: int) -> datetime:
        """An instant in one of the zones, told in UTC or there: near an edge of the day's hours, or at any second."""
        day = (self.day - timedelta(days=days_back)).date()
        hour, minute = map(int, self.random.choice(EDGES).split(":"))
        if self.random.random() < 0.4:
            hour, minute = self.random.randint(8, 20), self.random.randint(0, 59)
        zone = self.some(*self.zones)
        local = datetime(day.year, day.month, day.day, hour, minute, fold=self.some(0, 1), tzinfo=zone)
        exact = local.astimezone(UTC) + timedelta(seconds=self.some(-1, 0, 1, 0, 30))
        return self.some(exact, exact.astimezone(zone))

    def any_debts(self) -> tuple[str, ...]:
        return tuple(one for one in self.debts if self.random.random() < 0.6)

    def contact(self, channels: tuple[Channel, ...]) -> Contact:
        at = self.at.astimezone(UTC) - timedelta(seconds=self.random.choice((0, 1, self.random.randint(0, 900))))
        if self.random.random() < 0.9:
            at = self.moment(self.random.choice((-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 13, 14, 29, 30, 59, 60)))
        return Contact(
            at,
            self.some(*channels),
            self.some(Direction.OUT, Direction.OUT, Direction.OUT, Direction.IN),
            self.some(
                *[one for one in Outcome if one is not Outcome.CONVERSATION],
                *[Outcome.RANG_OUT] * 6,
                Outcome.CONVERSATION,
            ),
            self.some("", "1", "1", "2", "3"),
            self.some("", "p", "p", "p", "q"),
            self.some(Relation.BORROWER, Relation.BORROWER, Relation.SPOUSE),
            self.any_debts(),
            self.some(*Place),
            self.some(None, Purpose.DEMAND, Purpose.DEMAND, Purpose.REMINDER),
            effective=self.some(None, None, None, True, False),
            misdirected_known_at=self.some(*[None] * 7, self.moment(0), self.moment(1)),
            required_by_law=self.random.random() < 0.05,
        )

    def consent(self) -> Consent:
        given = self.moment(self.random.choice((0, 1, 3, 5, 6, 7)))
        return Consent(
            self.some("calls", "calls", "hours", "hours", "third_party", "work_email", "texts", "automated"),
            given,
            self.some(None, None, None, self.moment(1), self.moment(0), given),
            self.some(None, None, self.moment(0), self.moment(-3)),
            self.some(0, 135, 150, 300, 1140, 1320),
            self.some(60, 150, 480, 1380, 1440),
            address=self.some("", "", "", "1"),
            debts=self.some((), (), self.any_debts()),
            given_to=self.some("us", "us", "us", "us", "us", "another"),
            in_permitted_contact=self.some(True, True, True, True, True, False),
            begins_at=self.some(*[None] * 5, given, self.moment(0), self.moment(-1), self.moment(-2)),
        )

    def preference(self) -> Preference:
        received = self.moment(self.random.choice((0, 1, 9)))
        return Preference(
            self.some(*Wish),
            received,
            self.some(None, None, self.moment(0), self.moment(-2), received),
            frozenset(
                self.random.sample([Channel.CALL, Channel.TEXT, Channel.EMAIL, Channel.LETTER], self.some(0, 2, 2))
            ),
            frozenset(self.random.sample(["1", "2"], self.some(0, 1, 1))),
            frozenset(self.random.sample(list(Place), self.some(0, 1, 1, 1))),
            self.some(0, 135, 150, 480, 720, 1320),
            self.some(60, 135, 150, 540, 1200, 1440),
            frozenset(self.random.sample(range(7), self.some(0, 0, 3, 6))),
        )

    def hold(self) -> Hold:
        began = self.moment(self.random.choice((0, 1, 29, 30, 31, 59, 60, 61)))
        return Hold(
            self.some(*HOLDS),
            began,
            self.some(None, None, self.moment(0), self.moment(-4), began),
            self.some((), self.any_debts()),
            self.answers(0.05),
        )

    def answers(self, likely: float) -> dict[str, Value]:
        yes_no: dict[str, Value] = {
            name: self.some(True, True, False) for name in YES_NO if self.random.random() < likely
        }
        days: dict[str, Value] = {
            name: self.day.date() - timedelta(days=self.random.choice((-2, -1, 0, 1, 29, 30, 31, 59, 60, 61)))
            for name in DAYS_SAID
            if self.random.random() < 2 * likely
        }
        return {**yes_no, **days}

    def several(self, make, likely: float, most: int):
        return tuple(make() for _ in range(self.random.randint(1, most))) if self.random.random() < likely else ()

    def facts(self, *, wishes: bool, holds: bool, people: bool, channels: tuple[Channel, ...]) -> Facts:
        relation = self.some(*Relation) if people else self.some(Relation.BORROWER, Relation.CO_BORROWER)
        person = Person("p", relation, self.evidence())
        products, accounts = ("student_loan", "card", "loan"), ("X", "X", "Y", "")
        return Facts(
            Acting(self.some(*[Actor.AGENCY] * 10, *[Actor.CREDITOR] * 5, *[Actor.DEBT_BUYER] * 4, None), "bank"),
            person,
            tuple(self.contact(channels) for _ in range(self.contacts)),
            self.several(self.consent, 0.6, 3),
            self.several(self.preference, 0.8, 2) if wishes else (),
            self.several(self.hold, 0.8, 3) if holds else (),
            {
                one: Debt(one, self.some(*accounts), self.some(*products), self.some({}, self.answers(0.1)))
                for one in self.debts
            },
            self.answers(0.15) if holds or people else {},
        )

    def evidence(self) -> tuple[Evidence, ...]:
        """Where the person is; now and then the zone alone is known, the place alone, or nothing."""
        chance = self.random.random()
        zones = self.zones if chance < 0.96 else ()
        places = (self.place,) if chance < 0.92 or 0.96 <= chance < 0.98 else ()
        return (Evidence("own_word", zones, places),) if zones or places else ()

    def contact_proposed(self, facts: Facts, channels: tuple[Channel, ...]) -> Proposal:
        purposes = (Purpose.DEMAND, Purpose.DEMAND, Purpose.REMINDER, Purpose.STATUTORY_NOTICE, Purpose.PLAN_REMINDER)
        purpose = self.some(*purposes, self.some(*Purpose), Purpose.LOCATE)
        incoming = [one for one in facts.contacts if one.direction is Direction.IN]
        asked = self.some(*incoming) if incoming and self.random.random() < 0.4 else None
        return Proposal(
            channel=asked.channel if asked else self.some(*channels),
            purpose=purpose,
            debts=self.any_debts() or self.debts,
            address=self.some("1", "1", "2", ""),
            place=self.some(*Place),
            automated=self.some(False, True),
            replies_to=asked.at if asked else None,
            asks_for_payment=purpose in (Purpose.DEMAND, Purpose.REMINDER) and self.random.random() < 0.8,
            required_by_law=self.random.random() < 0.05,
            given=self.some({}, {"relies_on_consent": self.some("calls", "hours", "third_party")}),
        )

    def question(
        self, *, wishes: bool = False, holds: bool = False, people: bool = False, channels: tuple[Channel, ...]
    ) -> tuple[Proposal, Facts]:
        facts = self.facts(wishes=wishes, holds=holds, people=people, channels=channels)
        return self.contact_proposed(facts, channels), facts


def known_by(facts: Facts, at: datetime) -> Facts:
    """The facts without anything that nobody can know yet."""
    now = at.astimezone(UTC)

    def is_past(moment: datetime | None) -> bool:
        return moment is not None and moment.astimezone(UTC) <= now

    def past(moment: datetime | None) -> datetime | None:
        return moment if is_past(moment) else None

    return replace(
        facts,
        contacts=tuple(
            replace(one, misdirected_known_at=past(one.misdirected_known_at))
            for one in facts.contacts
            if is_past(one.at)
        ),
        consents=tuple(
            replace(one, withdrawn_at=past(one.withdrawn_at))
            for one in facts.consents
            if is_past(one.given_at) or is_past(one.withdrawn_at)
        ),
        preferences=tuple(
            replace(one, withdrawn_at=past(one.withdrawn_at)) for one in facts.preferences if is_past(one.received_at)
        ),
        holds=tuple(one for one in facts.holds if is_past(one.began_at)),
    )


def agree(dice: Dice, proposal: Proposal, facts: Facts) -> None:
    """Both judges say the same, name the same rules against it, and agree from when it is allowed."""
    rules = dice.rules
    note(f"{dice.layers} {dice.lenient} {dice.at}\n{proposal}\n{facts}")
    agree_at(proposal, facts, slow.all_in_utc(facts), rules, dice.at)
    decision = judge(proposal, facts, rules, dice.at, look_ahead=False).decision
    facts = known_by(facts, dice.at)
    plain = slow.all_in_utc(facts)
    verdict = judge(proposal, facts, rules, dice.at)
    assert verdict.decision is decision, "what comes later was looked at"
    now, end = dice.at.astimezone(UTC), dice.at.astimezone(UTC) + timedelta(days=9)
    if verdict.allowed_from is not None:
        assert verdict.decision is Decision.REFUSED
        end = verdict.allowed_from.astimezone(UTC)
        assert end > now
        assert slow.judge_in_utc(proposal, plain, rules, end)[0] != "refused"
        assert slow.judge_in_utc(proposal, plain, rules, end - timedelta(seconds=1))[0] == "refused", "a second before"
    for _ in range(6):
        now += timedelta(hours=10, minutes=37)
        said = agree_at(proposal, facts, plain, rules, now)
        if verdict.decision is Decision.REFUSED and now < end:
            assert said is Decision.REFUSED, f"time alone brings it, on {now}"


def agree_at(proposal: Proposal, facts: Facts, plain: Facts, rules: Rules, at: datetime) -> Decision:
    """What the gate says, after the other judge has said the same. plain: the same facts, told in UTC."""
    verdict = judge(proposal, facts, rules, at, look_ahead=False)
    decision, against = slow.judge_in_utc(proposal, plain, rules, at)
    ours = {
        one.rule
        for one in verdict.against
        if not one.rule.startswith(("house/not_known", "house/no_law", "house/hold_of_no_rule", "house/no_rule_speaks"))
    }
    assert (verdict.decision.value, ours) == (decision, set(against)), at
    return verdict.decision


VOICE = (Channel.CALL, Channel.CALL, Channel.CALL, Channel.RINGLESS_VOICEMAIL)
ALL = (*VOICE, Channel.TEXT, Channel.EMAIL, Channel.LETTER, Channel.VISIT)


@many
@given(st.integers(0, 2**64), st.integers(0, 12))
def test_a_few_calls(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(channels=VOICE))


@many
@given(st.integers(0, 2**64), st.integers(0, 40))
def test_long_histories_by_all_channels(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(channels=ALL))


@many
@given(st.integers(0, 2**64), st.integers(0, 3))
def test_wishes(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(wishes=True, channels=ALL))


@many
@given(st.integers(0, 2**64), st.integers(0, 3))
def test_holds_on_several_debts(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(holds=True, channels=ALL))


@many
@given(st.integers(0, 2**64), st.integers(0, 8))
def test_who_may_be_contacted_under_every_rule(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts, all_checks=True)
    agree(dice, *dice.question(people=True, channels=(*ALL, Channel.POSTCARD, Channel.SOCIAL_POST)))


@many
@given(st.integers(0, 2**64), st.integers(0, 20))
def test_everything_at_once(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts, all_checks=True)
    agree(dice, *dice.question(wishes=True, holds=True, people=True, channels=ALL))


@many
@given(st.integers(0, 2**64), st.integers(0, 8), st.sampled_from([one for one in Act if one is not Act.CONTACT]))
def test_other_acts_than_contacts(seed: int, contacts: int, act: Act) -> None:
    dice = Dice(seed, contacts, all_checks=True)
    facts = dice.facts(wishes=False, holds=True, people=False, channels=ALL)
    agree(dice, Proposal(act, debts=dice.any_debts(), letter=dice.some("", "default_notice")), facts)


@pytest.mark.parametrize("seed", range(20))
def test_ten_thousand_events_many_of_them_twice(seed: int) -> None:
    dice = Dice(seed, 500, all_checks=seed % 2 == 0)
    proposal, facts = dice.question(wishes=True, holds=True, channels=ALL)
    facts = replace(facts, contacts=facts.contacts * 20)
    plain = slow.all_in_utc(facts)
    agree_at(proposal, facts, plain, dice.rules, dice.at)
    verdict = judge(proposal, facts, dice.rules, dice.at)
    if verdict.allowed_from is not None:
        known = slow.all_in_utc(known_by(facts, dice.at))
        assert judge(proposal, known, dice.rules, dice.at).decision is Decision.REFUSED


def test_an_empty_set_of_rules_allows_nothing() -> None:
    dice = Dice(1, 0)
    proposal, facts = dice.question(channels=VOICE)
    rules = Rules((), dice.rules.layers)
    assert judge(proposal, facts, rules, dice.at).decision is Decision.REFUSED
    assert slow.judge(proposal, facts, rules, dice.at)[0] == "refused"


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 40), st.sets(st.integers(1, 30)))
def test_days_walked_one_by_one(start: date, days: int, offsets: set[int]) -> None:
    is_closed = frozenset(start + timedelta(days=one) for one in offsets).__contains__
    assert law_days.add_business_days(start, days, is_closed) == slow.business_days_after(start, days, is_closed)
    assert law_days.last_day_beginning_with(start, days) == slow.days_after(start, days - 1)
    assert law_days.last_day_after(start, days) == slow.days_after(start, days)
    assert law_days.first_day_not_less_than(start, days) == slow.days_after(start, days)


@given(st.dates(date(2022, 1, 1), date(2060, 1, 1)))
def test_the_validation_period_walked_day_by_day(sent_on: date) -> None:
    end = slow.days_after(slow.business_days_after(sent_on, 5), 30)
    assert law_days.validation_period_end(sent_on, assumed_days=5, period_days=30) == end


# https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/: the days on which federal offices are closed.
CLOSED = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}


@pytest.mark.parametrize("is_holiday", [slow.is_federal_holiday, law_days.us_federal_holiday])
@pytest.mark.parametrize("year", CLOSED)
def test_the_weekdays_on_which_federal_offices_are_closed(year: int, is_holiday: Callable[[date], bool]) -> None:
    days = [date(year, 1, 1) + timedelta(days=one) for one in range(365)]
    closed = [day for day in days if day.weekday() < 5 and is_holiday(day)]
    assert closed == [date.fromisoformat(f"{year}-{one}") for one in CLOSED[year].split()]


@pytest.mark.parametrize("unknown", ["actor", "channel", "purpose", "covered"])
def test_what_nobody_said_is_refused_by_both(unknown: str) -> None:
    place = ("FR",) if unknown == "covered" else ("US-CO",)
    person = Person("p", evidence=(Evidence("own_word", (ZoneInfo("America/Denver"),), place),))
    facts = Facts(Acting(None if unknown == "actor" else Actor.AGENCY, "none"), person)
    proposal = Proposal(
        channel=None if unknown == "channel" else Channel.CALL, purpose=None if unknown == "purpose" else Purpose.DEMAND
    )
    at, rules = datetime(2026, 3, 10, 18, tzinfo=UTC), rules_of(("us",), "refused", TIMED)
    assert judge(proposal, facts, rules, at).decision.value == slow.judge(proposal, facts, rules, at)[0] == "refused"
