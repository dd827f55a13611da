"""The rules as a compliance officer reads them: on a day, between two days, and what in them wants looking at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from goodstanding.core.conduct.facts import Act
from goodstanding.core.conduct.rule import Rule
from goodstanding.law.loader import Part, load_law

STALE_AFTER_DAYS = 365
LEVELS = {"P": "the text itself was read", "S": "seen in reproductions", "M": "from memory, not read again"}
CONFIDENCE = {"H": "high", "M": "middling", "L": "low"}


def under(name: str) -> tuple[list[Rule], list[Part]]:
    """The rules and parts at or below a path, or with that alias; all for an empty name."""
    rules, parts = load_law()

    def fits(one: Rule | Part) -> bool:
        return not name or name in (one.id, one.alias) or one.id.startswith(f"{name.rstrip('/')}/")

    return [one for one in rules if fits(one)], [one for one in parts if fits(one)]


def value_text(value: Any) -> str:
    """
    >>> value_text(["a", "b"]), value_text({"x": 1, "y": ["b"]}), value_text(7), value_text([]), value_text(True)
    ('a, b', '(x 1, y b)', '7', 'nothing', 'yes')
    """
    if isinstance(value, Mapping):
        return f"({', '.join(f'{key} {value_text(one)}' for key, one in value.items())})"
    if isinstance(value, list | tuple):
        return ", ".join(value_text(one) for one in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def values_text(values: Mapping[str, Any] | None) -> str:
    if values is None:
        return "not in force"
    told = "; ".join(f"{name.replace('_', ' ')}: {value_text(value)}" for name, value in values.items())
    return told or "in force (it has no numbers)"


def how_text(rule: Rule) -> str:
    """How a rule counts or decides, as its file says; empty where it says nothing.

    What it constrains, and what it asks first, stands before that.
    """
    applies = rule.applies_if
    said: dict[str, Any] = {
        "acts": sorted(rule.acts) if rule.acts != {Act.CONTACT} else (),
        "constrains channels": sorted(rule.channels),
        "but not channels": sorted(rule.not_channels),
        "constrains purposes": sorted(rule.purposes),
        "but not purposes": sorted(rule.not_purposes),
        "letters": sorted(applies.letters),
        "only if": applies.given,
        "only if known": applies.known,
        "unless known": applies.unless_known,
        "dated by": rule.dated_by,
        **{name.replace("_", " "): value for name, value in rule.how.items()},
    }
    return "; ".join(f"{name}: {value_text(value)}" for name, value in said.items() if value or value is False)


def rule_lines(rule: Rule, on: date) -> Iterator[str]:
    """One rule as it stands on a day."""
    alias = f" [{rule.alias}]" if rule.alias else ""
    yield f"{rule.id}{alias}: {rule.title}"
    if rule.disabled:
        yield f"  disabled: {rule.disabled}"
    yield f"  {rule.effect.value.replace('_', ' ')}, on {on}: {values_text(rule.values_on(on))}"
    if rule.summary:
        yield f"  {' '.join(rule.summary.split())}"
    if bound := whom(rule):
        yield f"  binds: {bound}"
    if how := how_text(rule):
        yield f"  how: {how}"
    if rule.exceptions:
        yield f"  except: {'; '.join(rule.exceptions)}"
    versions = ", ".join(str(one.since) + ("" if one.values is not None else " (ends)") for one in rule.versions)
    yield f"  versions from: {versions}"
    yield f"  source: {rule.source.cite}" + (f" <{rule.source.url}>" if rule.source.url else "")
    yield (
        f"  {LEVELS[rule.source.level]}; confidence {CONFIDENCE[rule.source.confidence]}; last checked {rule.source.checked_on};"
        f" signed off by {rule.source.reviewed_by or 'nobody yet'}"
    )


def whom(rule: Rule) -> str:
    """Whom a rule binds, in words; empty: everybody."""
    applies = rule.applies_if
    parts = [
        ", ".join(sorted(actor.value.replace("_", " ") for actor in applies.actors)),
        " or ".join(sorted(applies.licences)),
        " or ".join(sorted(applies.products)),
    ]
    told = "; ".join(part for part in parts if part)
    return f"{told} (advisory for others)" if told and applies.others == "advisory" else told


def rule_data(rule: Rule, on: date) -> dict[str, Any]:
    """The same for JSON."""
    values = rule.values_on(on)
    return {
        "id": rule.id,
        "alias": rule.alias,
        "title": rule.title,
        "effect": rule.effect.value,
        "on": on.isoformat(),
        "values": None if values is None else {name: _plain(value) for name, value in values.items()},
        "versions": [one.since.isoformat() for one in rule.versions],
        "disabled": rule.disabled or None,
        "summary": " ".join(rule.summary.split()) or None,
        "binds": whom(rule) or None,
        "how": how_text(rule) or None,
        "exceptions": list(rule.exceptions),
        "source": {
            "cite": rule.source.cite,
            "url": rule.source.url or None,
            "level": rule.source.level,
            "confidence": rule.source.confidence,
            "checked_on": str(rule.source.checked_on),
        },
        "reviewed_by": rule.source.reviewed_by or None,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Concern:
    """Something in the law's files that a person should look at."""

    rule: str
    what: str


def concerns(rules: Sequence[Rule], today: date) -> list[Concern]:
    """Gaps and overlaps in time, sources nobody looked at for a year, days that haven't come and rules that are switched off."""
    found = []
    for rule in rules:
        found += [Concern(rule.id, what) for what in _about(rule, today)]
    return found + list(_overlaps(rules))


def _about(rule: Rule, today: date) -> Iterator[str]:
    checked = rule.source.checked_on
    if checked is None or today - checked > timedelta(days=STALE_AFTER_DAYS):
        yield f"its source was last looked at on {checked}, more than a year before {today}."
    if checked is not None and checked > today:
        yield f"its source is said to have been looked at on {checked}, which hasn't come."
    for one, after in zip(rule.versions, rule.versions[1:], strict=False):
        if one.values is None and after.values is not None:
            yield f"there is a gap: it isn't in force from {one.since} to {after.since}."
        if one.values == after.values:
            yield f"the versions of {one.since} and {after.since} have the same values."


def _overlaps(rules: Sequence[Rule]) -> Iterator[Concern]:
    """Two enabled rules of one layer that say the same of the same contacts: one of them could be looser unnoticed."""
    seen: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        if rule.disabled:
            continue
        key = (
            rule.layer,
            rule.check,
            rule.acts,
            rule.channels,
            rule.purposes,
            rule.applies_if.actors,
            repr(rule.how),
            rule.alias,
        )
        if (other := seen.get(key)) is not None and other.effect is rule.effect and _values_alike(other, rule):
            yield Concern(rule.id, f"it overlaps {other.id}: the same check of the same contacts.")
        seen[key] = rule


def _values_alike(one: Rule, other: Rule) -> bool:
    """Whether both have values of the same names on the same days; lists are alike when they share an item."""
    mine, others = one.versions[-1].values, other.versions[-1].values
    if mine is None or others is None or set(mine) != set(others):
        return False
    lists = [name for name, value in mine.items() if isinstance(value, list)]
    return not lists or any(set(mine[name]) & set(others[name]) for name in lists)


def changes(rules: Sequence[Rule], first: date, second: date) -> Iterator[str]:
    """What is otherwise on the second day than on the first, a line each."""
    for rule in rules:
        before, after = rule.values_on(first), rule.values_on(second)
        if before == after:
            continue
        if before is None:
            yield f"{rule.id}: begins. {values_text(after)}"
        elif after is None:
            yield f"{rule.id}: ends. It was {values_text(before)}"
        else:
            told = "; ".join(
                f"{name.replace('_', ' ')} {value_text(before.get(name, 'nothing'))} → {value_text(after.get(name, 'nothing'))}"
                for name in dict.fromkeys((*before, *after))
                if before.get(name) != after.get(name)
            )
            yield f"{rule.id}: {told}"
