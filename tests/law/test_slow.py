"""The gate against the slow second judge of slow.py, on random histories.

2,000 in all in `make test`; more at night: GOODSTANDING_ORACLE_EXAMPLES=25000 for each of the four tests makes 100,000.
"""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from goodstanding.core.conduct import law_days
from goodstanding.core.conduct.facts import (
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
    Wish,
)
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.rule import HousePolicy, Rules
from goodstanding.core.conduct.verdict import Decision
from goodstanding.law.loader import rules_for
from tests.law import slow

# `GOODSTANDING_ORACLE_EXAMPLES=25000 python -m pytest tests/law/test_slow.py` is the run for a night: four times as many.
EXAMPLES = int(os.environ.get("GOODSTANDING_ORACLE_EXAMPLES", "500"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

# Layers, where the person is, and the zones that the evidence allows.
WORLDS = (
    (("us",), "US-CO", ("America/Denver",)),
    (("us",), "US-FL", ("America/New_York", "America/Chicago")),
    (("us",), "US-HI", ("Pacific/Honolulu", "America/Los_Angeles")),
    (("us", "us-ma"), "US-MA", ("America/New_York",)),
    (("us", "us-nyc"), "US-NY-NYC", ("America/New_York", "America/Phoenix")),
    (("cn",), "CN", ("Asia/Shanghai",)),
    (("uk",), "GB-ENG", ("Europe/London",)),
    (("in",), "IN", ("Asia/Kolkata",)),
)
# Nights on which clocks change, in America and in London, and days without one.
DAYS = ((2026, 3, 8), (2026, 11, 1), (2026, 3, 29), (2026, 10, 25), (2026, 9, 20), (2027, 1, 2), (2026, 12, 31))
EDGES = ("00:00", "01:00", "01:30", "02:00", "03:00", "08:00", "12:00", "19:00", "21:00", "22:00", "23:59")


def rules_of(layers: tuple[str, ...], lenient: str) -> Rules:
    """Those of the rules of the layers that the slow judge knows."""
    every = rules_for(layers, policy=HousePolicy(lenient=lenient))
    known = tuple(rule for rule in every.rules if rule.check in slow.CHECKS)
    return Rules(known, every.layers, every.policy)


RULES = {(layers, lenient): rules_of(layers, lenient) for layers, _, _ in WORLDS for lenient in ("refused", "review")}


class Dice:
    """Draws the facts of one example; everything follows from the seed."""

    def __init__(self, seed: int, contacts: int) -> None:
        self.random = Random(seed)
        world: tuple[tuple[str, ...], Any, Any] = self.random.choice(WORLDS)
        self.layers, self.place, names = world
        self.zones = tuple(ZoneInfo(name) for name in names)
        self.lenient = self.random.choice(("refused", "refused", "review"))
        self.day = datetime(*self.random.choice(DAYS), tzinfo=UTC) + timedelta(days=self.random.randint(0, 7))
        self.at = self.moment(0)
        self.debts = ("A", "B", "C")[: self.random.randint(1, 3)]
        self.contacts = contacts

    def some(self, *choices):
        return self.random.choice(choices)

    def moment(self, days_back: int) -> datetime:
        """An instant in one of the zones: near an edge of the day's hours, or at any second."""
        day = (self.day - timedelta(days=days_back)).date()
        hour, minute = map(int, self.random.choice(EDGES).split(":"))
        if self.random.random() < 0.4:
            hour, minute = self.random.randint(8, 20), self.random.randint(0, 59)
        local = datetime(
            day.year, day.month, day.day, hour, minute, fold=self.some(0, 1), tzinfo=self.some(*self.zones)
        )
        return local.astimezone(UTC) + timedelta(seconds=self.some(-1, 0, 1, 0, 30))

    def any_debts(self) -> tuple[str, ...]:
        return tuple(one for one in self.debts if self.random.random() < 0.6)

    def contact(self, channels: tuple[Channel, ...]) -> Contact:
        at = self.at - timedelta(seconds=self.random.randint(0, 900)) if self.random.random() < 0.1 else None
        at = at or self.moment(self.random.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 29, 30)))
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
            Relation.BORROWER,
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
            self.some("calls", "hours"),
            given,
            self.some(None, None, self.moment(1), self.moment(0)),
            self.some(None, None, self.moment(0), self.moment(-3)),
            self.some(0, 300, 1140, 1320),
            self.some(60, 480, 1380),
            debts=self.some((), (), self.any_debts()),
            given_to=self.some("us", "us", "us", "another"),
            in_permitted_contact=self.some(True, True, True, False),
        )

    def preference(self) -> Preference:
        return Preference(
            self.some(*Wish),
            self.moment(self.random.choice((0, 1, 9))),
            self.some(None, None, self.moment(0), self.moment(-2)),
            frozenset(self.random.sample([Channel.CALL, Channel.TEXT, Channel.EMAIL, Channel.LETTER], 2)),
            frozenset({self.some("1", "2")}),
            frozenset({self.some(*Place)}),
            self.some(0, 480, 720, 1320),
            self.some(60, 540, 1200, 1440),
            frozenset(self.random.sample(range(7), self.some(0, 0, 3, 6))),
        )

    def hold(self) -> Hold:
        kinds = ("represented", "cease", "dispute", "breathing_space", "debt_advice", "bankruptcy", "plan", "house")
        return Hold(
            self.some(*kinds),
            self.moment(self.random.choice((0, 1, 29, 30, 31, 59, 60, 61))),
            self.some(None, None, self.moment(0), self.moment(-4)),
            self.some((), self.any_debts()),
        )

    def several(self, make, likely: float, most: int):
        return tuple(make() for _ in range(self.random.randint(1, most))) if self.random.random() < likely else ()

    def question(self, *, wishes: bool, holds: bool, channels: tuple[Channel, ...]) -> tuple[Proposal, Facts]:
        person = Person(
            "p", self.some(Relation.BORROWER, Relation.CO_BORROWER), (Evidence("own_word", self.zones, (self.place,)),)
        )
        products, accounts = ("student_loan", "card", "loan"), ("X", "X", "Y", "")
        facts = Facts(
            Acting(self.some(Actor.AGENCY, Actor.AGENCY, Actor.CREDITOR, Actor.DEBT_BUYER), "bank"),
            person,
            tuple(self.contact(channels) for _ in range(self.contacts)),
            self.several(self.consent, 0.4, 2),
            self.several(self.preference, 0.8, 2) if wishes else (),
            self.several(self.hold, 0.8, 2) if holds else (),
            {one: Debt(one, self.some(*accounts), self.some(*products)) for one in self.debts},
        )
        purpose = self.some(
            Purpose.DEMAND, Purpose.DEMAND, Purpose.REMINDER, Purpose.STATUTORY_NOTICE, Purpose.PLAN_REMINDER
        )
        proposal = Proposal(
            channel=self.some(*channels),
            purpose=purpose,
            debts=self.any_debts() or self.debts,
            address=self.some("1", "1", "2", ""),
            place=self.some(*Place),
            asks_for_payment=purpose in (Purpose.DEMAND, Purpose.REMINDER),
            required_by_law=self.random.random() < 0.05,
        )
        return proposal, facts


def known_by(facts: Facts, at: datetime) -> Facts:
    """The facts without anything that nobody can know yet."""

    def past(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= at else None

    return replace(
        facts,
        contacts=tuple(
            replace(one, misdirected_known_at=past(one.misdirected_known_at)) for one in facts.contacts if one.at <= at
        ),
        consents=tuple(
            replace(one, withdrawn_at=past(one.withdrawn_at)) for one in facts.consents if one.given_at <= at
        ),
        preferences=tuple(
            replace(one, withdrawn_at=past(one.withdrawn_at)) for one in facts.preferences if one.received_at <= at
        ),
        holds=tuple(one for one in facts.holds if one.began_at <= at),
    )


def agree(dice: Dice, proposal: Proposal, facts: Facts) -> None:
    """Both judges say the same, name the same rules against it, and agree from when it is allowed."""
    rules: Rules = dict[Any, Rules](RULES)[dice.layers, dice.lenient]
    verdict = judge(proposal, facts, rules, dice.at)
    note(f"{dice.layers} {dice.lenient} {dice.at}\n{proposal}\n{facts}\n{verdict}")
    decision, against = slow.judge(proposal, facts, rules, dice.at)
    assert (verdict.decision.value, {one.rule for one in verdict.against}) == (decision, set(against))
    facts = known_by(facts, dice.at)
    verdict = judge(proposal, facts, rules, dice.at)
    assert verdict.decision.value == decision, "what comes later was looked at"
    if verdict.allowed_from is not None:
        assert verdict.decision is not Decision.ALLOWED
        just_before = verdict.allowed_from - timedelta(seconds=1)
        assert slow.judge(proposal, facts, rules, verdict.allowed_from)[0] != "refused"
        assert slow.judge(proposal, facts, rules, just_before)[0] == "refused", just_before
    if decision == "refused" and not facts.consents:
        step, end = dice.at, verdict.allowed_from or dice.at + timedelta(days=9)
        for _ in range(20):
            step += timedelta(hours=5, minutes=17)
            if step >= end:
                break
            assert slow.judge(proposal, facts, rules, step)[0] == "refused", step


VOICE = (Channel.CALL, Channel.CALL, Channel.CALL, Channel.RINGLESS_VOICEMAIL)
ALL = (*VOICE, Channel.TEXT, Channel.EMAIL, Channel.LETTER, Channel.VISIT)


@many
@given(st.integers(0, 2**64), st.integers(0, 12))
def test_a_few_calls(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(wishes=False, holds=False, channels=VOICE))


@many
@given(st.integers(0, 2**64), st.integers(0, 40))
def test_long_histories_by_all_channels(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(wishes=False, holds=False, channels=ALL))


@many
@given(st.integers(0, 2**64), st.integers(0, 3))
def test_wishes(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    agree(dice, *dice.question(wishes=True, holds=False, channels=ALL))


@many
@given(st.integers(0, 2**64), st.integers(0, 3))
def test_holds(seed: int, contacts: int) -> None:
    dice = Dice(seed, contacts)
    proposal, facts = dice.question(wishes=False, holds=True, channels=ALL)
    # Of one debt: where debts differ the gate judges each by itself, and this judge all of them at once.
    agree(dice, replace(proposal, debts=proposal.debts[:1]), facts)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 40), st.sets(st.integers(1, 30)))
def test_days_walked_one_by_one(start: date, days: int, offsets: set[int]) -> None:
    holidays = frozenset(start + timedelta(days=one) for one in offsets)
    assert law_days.add_business_days(start, days, holidays.__contains__) == slow.business_days_after(
        start, days, holidays
    )
    assert law_days.last_day_beginning_with(start, days) == slow.days_after(start, days - 1)
    assert law_days.last_day_after(start, days) == slow.days_after(start, days)
    assert law_days.first_day_not_less_than(start, days) == slow.days_after(start, days)


@given(st.dates(date(2022, 1, 1), date(2060, 1, 1)))
def test_the_validation_period_walked_day_by_day(sent_on: date) -> None:
    walked = frozenset(
        day for day in (sent_on + timedelta(days=one) for one in range(40)) if law_days.us_federal_holiday(day)
    )
    end = slow.days_after(slow.business_days_after(sent_on, 5, walked), 30)
    assert law_days.validation_period_end(sent_on, assumed_days=5, period_days=30) == end


@pytest.mark.parametrize("unknown", ["actor", "channel", "purpose", "covered"])
def test_what_nobody_said_is_refused_by_both(unknown: str) -> None:
    place = ("FR",) if unknown == "covered" else ("US-CO",)
    person = Person("p", evidence=(Evidence("own_word", (ZoneInfo("America/Denver"),), place),))
    facts = Facts(Acting(None if unknown == "actor" else Actor.AGENCY, "none"), person)
    proposal = Proposal(
        channel=None if unknown == "channel" else Channel.CALL, purpose=None if unknown == "purpose" else Purpose.DEMAND
    )
    at, rules = datetime(2026, 3, 10, 18, tzinfo=UTC), RULES[("us",), "refused"]
    assert judge(proposal, facts, rules, at).decision.value == slow.judge(proposal, facts, rules, at)[0] == "refused"
