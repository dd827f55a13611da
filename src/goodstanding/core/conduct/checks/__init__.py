"""What a rule's numbers mean: one function a kind of rule, all of the same shape.

A check is handed a `Question` and answers whether the rule is broken, with the fact that decides, or None when the rule
has nothing to say here. It never reads a clock. Each declares which way each of its numbers gets stricter, so that a lender can be
kept from making a rule looser and the tests can loosen each number and see a case fail.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import Debt, Facts, Proposal, Value
from goodstanding.core.conduct.rule import Phrases, Rule


class Stricter(StrEnum):
    """Which way a number of a rule gets stricter. AS_WRITTEN: it can't be changed by a lender."""

    LESS = "less"
    MORE = "more"
    FEWER_ITEMS = "fewer_items"
    MORE_ITEMS = "more_items"
    AS_WRITTEN = "as_written"


class Missing(Exception):
    """An answer that a rule needs and nobody gave. Caught by the gate, which refuses and names it."""

    def __init__(self, *names: str) -> None:
        self.names = names
        super().__init__(", ".join(names))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found. detail: one sentence. flag: it isn't broken, but someone should look. missing: answers for want of which it is."""

    broken: bool
    detail: str
    until: datetime | None = None
    flag: bool = False
    missing: tuple[str, ...] = ()


def latest_day(at: datetime, zones: tuple[ZoneInfo, ...]) -> date:
    """The calendar day of an instant in the zone where it is latest; without zones as the instant itself says."""
    return max(at.astimezone(zone).date() for zone in zones) if zones else at.date()


def earliest_day(at: datetime, zones: tuple[ZoneInfo, ...]) -> date:
    """The calendar day of an instant in the zone where it is earliest; without zones as the instant itself says."""
    return min(at.astimezone(zone).date() for zone in zones) if zones else at.date()


@dataclass(slots=True)
class Question:
    """One rule, its values on the day, and all it may look at.

    today: the day judged where the person is; where that is in doubt, the latest there. words: the text as a reader sees it, in the
    forms of checks/words.py.
    """

    rule: Rule
    values: Mapping[str, Any]
    proposal: Proposal
    facts: Facts
    at: datetime
    today: date
    phrases: Mapping[str, Phrases] = field(default_factory=lambda: MappingProxyType({}))
    words: tuple[str, ...] = ()

    @property
    def debts(self) -> tuple[Debt, ...]:
        """The debts it is about; those nobody described are known by their number alone."""
        return tuple(self.facts.debts.get(one) or Debt(one) for one in self.proposal.debts)

    @property
    def products(self) -> frozenset[str]:
        """The products of the debts it is about; of those of which nobody said it, the answer `product`."""
        named = frozenset(debt.product for debt in self.debts)
        if named and "" not in named:
            return named
        return named - {""} | {str(self.need("product"))}

    def find(self, name: str) -> Value | None:
        """An answer by its name: the proposal's own, the debt's, or one on file; None when nobody gave it."""
        if name in self.proposal.given:
            return self.proposal.given[name]
        for debt in self.debts:
            if name in debt.given:
                return debt.given[name]
        return self.facts.given.get(name)

    def need(self, name: str) -> Value:
        """An answer that the rule can't be judged without."""
        found = self.find(name)
        if found is None:
            raise Missing(name)
        return found

    def need_day(self, name: str) -> date:
        found = self.need(name)
        if isinstance(found, datetime):
            return self.day_of(found)
        if not isinstance(found, date):
            raise Missing(name)
        return found

    def need_amounts(self, name: str) -> Mapping[str, int]:
        found = self.need(name)
        if not isinstance(found, Mapping):
            raise Missing(name)
        return found

    def day_of(self, at: datetime) -> date:
        """The calendar day of an instant where the person is; where that is in doubt, the latest there."""
        return latest_day(at, self.facts.person.zones)

    def first_day_of(self, at: datetime) -> date:
        """The same, where it is earliest: what may not be done before a day waits until it has come everywhere."""
        return earliest_day(at, self.facts.person.zones)


Check = Callable[[Question], Answer | None]


@dataclass(frozen=True, slots=True)
class CheckKind:
    """A check with what its rules may say: values (dated, with which way each gets stricter) and how (for all dates).

    only_with: it has nothing to say where there are none: holds, preferences, or words. needs: values that it can't do without.
    """

    name: str
    run: Check
    values: Mapping[str, Stricter]
    how: frozenset[str]
    needs_zone: bool = False
    only_with: str = ""
    needs: tuple[str, ...] = ()


CHECKS: dict[str, CheckKind] = {}


def check(
    name: str,
    *,
    values: Mapping[str, Stricter],
    how: tuple[str, ...] = (),
    needs_zone: bool = False,
    only_with: str = "",
    needs: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Enter a function into the table of checks."""

    def enter(run: Check) -> Check:
        CHECKS[name] = CheckKind(name, run, values, frozenset(how), needs_zone, only_with, needs)
        return run

    return enter
