"""Measure the gate: one verdict with a long history, and a queue of proposals; print the figures.

    .venv/bin/python bench/law.py                    a queue of 100,000 proposals
    .venv/bin/python bench/law.py --queue 10000      a shorter one

CPU time of one process. Histories are drawn from a seed: calls, texts, e-mails and letters of a year, with every outcome.
"""

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import (
    Acting,
    Actor,
    Channel,
    Contact,
    Debt,
    Evidence,
    Facts,
    Outcome,
    Person,
    Proposal,
    Purpose,
)
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.rule import Rules
from goodstanding.core.conduct.verdict import Decision
from goodstanding.law.loader import rules_for

EVENTS, REPEATS = 200, 500
YEAR_IN_MINUTES = 365 * 24 * 60
LAWS = (
    ("China", ("cn",), "CN", "Asia/Shanghai", Actor.CREDITOR),
    (
        "United States, Massachusetts, New York City",
        ("us", "us-ma", "us-nyc"),
        "US-MA",
        "America/New_York",
        Actor.AGENCY,
    ),
    ("United Kingdom", ("uk",), "GB", "Europe/London", Actor.CREDITOR),
    ("India", ("in",), "IN", "Asia/Kolkata", Actor.CREDITOR),
)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--queue", type=int, default=100_000, help="proposals in the queue")
    queue = options.parse_args().queue
    print("| law | events | a verdict, µs of CPU | with the next allowed instant, µs |\n| --- | ---: | ---: | ---: |")
    for name, layers, place, zone, actor in LAWS:
        rules, dice = rules_for(layers), random.Random(1)
        at = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo(zone))
        facts = facts_of(dice, at, place, zone, actor, EVENTS)
        print(
            f"| {name} | {EVENTS} | {one_verdict(facts, rules, at, False):.0f} | {one_verdict(facts, rules, at, True):.0f} |"
        )
    rules = rules_for(("us", "us-ma", "us-nyc"))
    began, refused = time.process_time(), sum(one.value == "refused" for one in verdicts(queue, rules))
    took = time.process_time() - began
    print(
        f"\nA queue of {queue:,} proposals in {took:.1f} s of CPU: {queue / took:,.0f} a second, {refused:,} refused."
    )


def facts_of(dice: random.Random, at: datetime, place: str, zone: str, actor: Actor, events: int) -> Facts:
    channels = (Channel.CALL, Channel.TEXT, Channel.EMAIL, Channel.LETTER)
    contacts = tuple(
        Contact(
            at - timedelta(minutes=dice.randrange(60, YEAR_IN_MINUTES)),
            dice.choice(channels),
            outcome=dice.choice(list(Outcome)),
            person="person",
            debts=("debt",),
            address="+1 617 555 0100",
        )
        for _ in range(events)
    )
    return Facts(
        Acting(actor, "bank"),
        Person("person", evidence=(Evidence("address", (ZoneInfo(zone),), (place,)),)),
        contacts=contacts,
        debts={"debt": Debt("debt", product="loan")},
    )


def proposal_of(channel: Channel = Channel.CALL) -> Proposal:
    return Proposal(
        channel=channel, purpose=Purpose.DEMAND, debts=("debt",), address="+1 617 555 0100", asks_for_payment=True
    )


def one_verdict(facts: Facts, rules: Rules, at: datetime, look_ahead: bool) -> float:
    """The least of several rounds, in µs of CPU."""
    proposal, rounds = proposal_of(), []
    for _ in range(5):
        began = time.process_time()
        for _ in range(REPEATS // 5):
            judge(proposal, facts, rules, at, look_ahead=look_ahead)
        rounds.append((time.process_time() - began) / (REPEATS // 5) * 1e6)
    return min(rounds)


def verdicts(queue: int, rules: Rules) -> Iterator[Decision]:
    """A queue as a day has it: people of many states with histories of up to forty events, judged at one instant."""
    dice, at = random.Random(2), datetime(2026, 3, 10, 17, tzinfo=UTC)
    places = (
        ("US-MA", "America/New_York"),
        ("US-TX", "America/Chicago"),
        ("US-CO", "America/Denver"),
        ("US-CA", "America/Los_Angeles"),
    )
    people = [facts_of(dice, at, *dice.choice(places), Actor.AGENCY, dice.randrange(40)) for _ in range(1_000)]
    for place in range(queue):
        channel = (Channel.CALL, Channel.TEXT, Channel.LETTER)[place % 3]
        yield judge(proposal_of(channel), people[place % len(people)], rules, at, look_ahead=False).decision


if __name__ == "__main__":
    main()
