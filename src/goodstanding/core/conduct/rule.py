"""A rule as plain data: whom it binds, what it constrains, its values by date, and where it is written.

Rules are read from law/ by the room of that name; core is handed them. A rule's numbers are data, what they mean is the
check it names (checks/). Values are added by date and old ones stay, so that last year's decision can be made again.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from goodstanding.core.conduct.facts import Act, Actor, Channel, Purpose, Relation

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Effect(StrEnum):
    """What kind of law it is (legal kind). flag: no law of its own, but a person should look."""

    PROHIBITION = "prohibition"
    PRESUMPTION = "presumption"
    SAFE_HARBOUR = "safe_harbour"
    SOFT = "soft"
    CONTENT_REQUIRED = "content_required"
    CONTENT_FORBIDDEN = "content_forbidden"
    DUTY_BY_DEADLINE = "duty_by_deadline"
    CAP = "cap"
    RETENTION = "retention"
    FLAG = "flag"


LENIENT = frozenset({Effect.PRESUMPTION, Effect.SAFE_HARBOUR, Effect.SOFT})


@dataclass(frozen=True, slots=True)
class AppliesIf:
    """Whom a rule binds; an empty set asks nothing. given: answers that must be as stated, by name; when nobody gave them
    the rule can't be judged. known: the same, but when nobody said so the rule doesn't apply. unless_known: answers that take
    one out of the rule when they are known to be as stated.

    others: what the rule is to those whom it doesn't bind by actor or licence: "silent", or "advisory": it speaks as a flag.
    """

    actors: frozenset[Actor] = frozenset()
    licences: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    relations: frozenset[Relation] = frozenset()
    letters: frozenset[str] = frozenset()
    given: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    known: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    unless_known: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    others: str = "silent"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written. level: P the text itself was read, S seen in reproductions, M from memory. confidence: H, M, L."""

    cite: str
    url: str = ""
    level: str = "M"
    confidence: str = "L"
    checked_on: date | None = None
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A rule's values from a day on. None: the rule ends on that day."""

    since: date
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. id is its path (us/reg_f/call_frequency), alias its name in the list of rules.

    acts, channels, purposes: what it constrains; empty channels or purposes: all. not_purposes, not_channels: excepted.
    check: which of checks/ it is. how: what the check is told once, for all dates. reason: what a refusal is called.
    dated_by: the answer whose day decides which version counts, such as the day of the contract; empty: the day judged.
    disabled: why it isn't applied; empty: it is. exceptions: those of the law, in words; the check knows of them through `how`.
    """

    id: str
    title: str
    effect: Effect
    check: str
    versions: tuple[Version, ...]
    source: Source
    alias: str = ""
    acts: frozenset[Act] = frozenset({Act.CONTACT})
    channels: frozenset[Channel] = frozenset()
    purposes: frozenset[Purpose] = frozenset()
    not_channels: frozenset[Channel] = frozenset()
    not_purposes: frozenset[Purpose] = frozenset()
    applies_if: AppliesIf = field(default_factory=AppliesIf)
    how: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    reason: str = ""
    dated_by: str = ""
    disabled: str = ""
    summary: str = ""
    exceptions: tuple[str, ...] = ()

    @property
    def layer(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.reason or self.id.rpartition("/")[2]

    def values_on(self, day: date) -> Mapping[str, Any] | None:
        """The values in force on that day; None before the first and after the end.

        The versions are in order of their days.
        """
        place = bisect_right(self.versions, day, key=lambda version: version.since)
        return self.versions[place - 1].values if place else None


@dataclass(frozen=True, slots=True)
class Layer:
    """A body of law that applies in some places. places: ISO 3166 codes, with city codes after them; empty: everywhere."""

    id: str
    title: str
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Phrases:
    """Turns of phrase that make one claim, looked for in words as a reader sees them (checks/words.py).

    harmless: in the same sentence, they make a plain fact of it. negated: in the same clause, they turn it into its opposite.
    """

    means: str
    found: tuple[re.Pattern[str], ...]
    harmless: tuple[re.Pattern[str], ...] = ()
    negated: tuple[re.Pattern[str], ...] = ()

    found_without_han: tuple[re.Pattern[str], ...] = field(init=False, compare=False, repr=False)
    """Those that can be found in words without a Chinese character."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "found_without_han", tuple(one for one in self.found if _may_lack_han(one.pattern)))


_HAN = re.compile("[\u3400-\u9fff]")


def _may_lack_han(pattern: str) -> bool:
    """Whether a pattern may be found where there is no Chinese character: it has none, or Latin letters or digits that it looks for.

    >>> _may_lack_han("法院.{0,8}传票"), _may_lack_han(r"\\bcourt\\b"), _may_lack_han("(身份证|hkid).{0,8}[0-9]{6}")
    (False, True, True)
    """
    return _HAN.search(pattern) is None or re.search("[a-z]{3}", pattern) is not None


@dataclass(frozen=True, slots=True)
class Item:
    """Something a letter or message may have to contain. keys: where it stands in letters of ours; phrases: in other words."""

    means: str
    keys: tuple[str, ...] = ()
    phrases: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class HousePolicy:
    """What the lender decides where law leaves it open. lenient: what a breach of a presumption, safe harbour or soft rule
    is to it: "refused" (our default) or "review". adopted: layers or rules it keeps though they don't bind it."""

    lenient: str = "refused"
    adopted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The rules a lender lives under: those of its layers, its own stricter values already in them."""

    rules: tuple[Rule, ...]
    layers: tuple[Layer, ...]
    policy: HousePolicy = field(default_factory=HousePolicy)
    phrases: Mapping[str, Phrases] = field(default_factory=lambda: MappingProxyType({}))
    items: Mapping[str, Item] = field(default_factory=lambda: MappingProxyType({}))
    kept: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What the gate worked out once of these rules; nothing that a verdict depends on."""

    def __post_init__(self) -> None:
        by_act: dict[Act, list[Rule]] = {act: [] for act in Act}
        for rule in self.rules:
            if not rule.disabled:
                for act in rule.acts:
                    by_act[act].append(rule)
        object.__setattr__(self, "_by_act", {act: tuple(rules) for act, rules in by_act.items()})

    def of(self, act: Act) -> tuple[Rule, ...]:
        """The enabled rules that constrain an act."""
        by_act: dict[Act, tuple[Rule, ...]] = self.__dict__["_by_act"]
        return by_act[act]

    def is_adopted(self, rule: Rule) -> bool:
        return any(rule.id == name or rule.id.startswith(f"{name}/") for name in self.policy.adopted)
