"""From the files of law/ to the rules of a lender: read, checked against their schema, and made stricter where it says so.

A rule's id is its path. `load_law` gives all of them; `rules_for` those of some layers, with the lender's own values over them.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from goodstanding.core import reading
from goodstanding.core.conduct import gate
from goodstanding.core.conduct.checks import CHECKS, CheckKind, Stricter
from goodstanding.core.conduct.checks.alike import folded
from goodstanding.core.conduct.facts import Act, Actor, Channel, Purpose, Relation
from goodstanding.core.conduct.rule import (
    AppliesIf,
    Effect,
    HousePolicy,
    Item,
    Layer,
    Phrases,
    Rule,
    Rules,
    Source,
    Version,
)
from goodstanding.core.conduct.vocabulary import LetterKind, Licence, Product
from goodstanding.core.conduct.windows import minutes_of
from goodstanding.core.content_hash import hash_of_files
from goodstanding.law.here import HERE, BadLaw
from goodstanding.law.rule_words import A_DAY, check_answers, check_how, check_values, check_wanted
from goodstanding.law.yaml_text import BadYaml, read_yaml

ENDS = "ends"
NOT_RULES = {"layers.yaml", "answers.yaml", "items.yaml", "phrases.yaml"}
_ = gate  # the gate enters every check into CHECKS


@dataclass(frozen=True, slots=True)
class Part:
    """A rule of the list that is part of how another is counted, and has no check of its own."""

    id: str
    alias: str
    title: str
    part_of: str
    source: Source
    summary: str = ""


@cache
def layers() -> Mapping[str, Layer]:
    """Every body of law there is, by id."""
    data = read_yaml(HERE / "layers.yaml")
    return {name: Layer(name, one["title"], frozenset(one["places"])) for name, one in data.items()}


@cache
def assumed_actors() -> Mapping[str, Actor]:
    data = read_yaml(HERE / "layers.yaml")
    return {name: Actor(one["assumed_actor"]) for name, one in data.items() if "assumed_actor" in one}


@cache
def phrases() -> Mapping[str, Phrases]:
    """The groups of forbidden claims by name."""
    data = dict(read_yaml(HERE / "phrases.yaml"))
    slots = data.pop("slots")
    try:
        return {name: _phrases(one, slots) for name, one in data.items()}
    except re.error as bad:
        raise BadLaw(f"phrases.yaml: {bad.pattern!r} isn't a regular expression: {bad}") from bad
    except KeyError as unknown:
        raise BadLaw(f"phrases.yaml: there is no slot called {unknown}; there are: {', '.join(slots)}") from None


def _phrases(group: Mapping[str, Any], slots: Mapping[str, str]) -> Phrases:
    found, harmless, negated = (
        _patterns(_filled(one, slots) for one in group.get(part, ())) for part in ("phrases", "harmless", "negated")
    )
    return Phrases(
        group["means"], (*found, *_patterns(_split(one) for one in group.get("words", ()))), harmless, negated
    )


_SLOT = re.compile(r"(?<!\?)<([a-z_]+)>")


def _filled(pattern: str, slots: Mapping[str, str]) -> str:
    """A pattern with the words of its slots; KeyError names a slot that there isn't. A slot may name others.

    What may stand between words never goes beyond a sentence.

    >>> _filled("call your (<kin>)", {"kin": "mother|<men>", "men": "father"})
    'call your ((?:mother|(?:father)))'
    """
    filled = _SLOT.sub(lambda slot: f"(?:{_filled(slots[slot[1]], slots)})", pattern)
    return filled.replace(".{", r"[^。!?\n]{")


def _split(word: str) -> str:
    """A pattern for words that begin so and may have a sign or a space between their letters.

    >>> bool(re.search(_split("arrest"), "you'll be ar rested")), bool(re.search(_split("arrest"), "star restaurant"))
    (True, False)
    """
    return rf"(?<![a-z0-9]){'[^a-z0-9]?'.join(word)}[a-z]*"


@cache
def items() -> Mapping[str, Item]:
    """What letters and messages may have to contain, by name."""
    data = read_yaml(HERE / "items.yaml")
    try:
        return {
            name: Item(one["means"], tuple(one.get("keys", ())), _patterns(map(folded, one.get("phrases", ()))))
            for name, one in data.items()
        }
    except re.error as bad:
        raise BadLaw(f"items.yaml: {bad.pattern!r} isn't a regular expression: {bad}") from bad


def _patterns(sources: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in sources)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((HERE / "rule.schema.json").read_text(encoding="utf-8")))


def rule_files(root: Path = HERE) -> list[Path]:
    return sorted(path for path in root.rglob("*.yaml") if path.name not in NOT_RULES)


@cache
def law_hash() -> str:
    """SHA-256 over every file of the law: under which rules something was decided."""
    paths = sorted(HERE.rglob("*.yaml"))
    return hash_of_files((path.relative_to(HERE).as_posix(), path.read_bytes()) for path in paths)


@cache
def load_law() -> tuple[tuple[Rule, ...], tuple[Part, ...]]:
    """Every rule and every part of one, in order of their ids. BadLaw names the first file that can't be used."""
    rules: list[Rule] = []
    parts: list[Part] = []
    for path in rule_files():
        read = read_rule(path, HERE)
        if isinstance(read, Part):
            parts.append(read)
        else:
            rules.append(read)
    known = {rule.id for rule in rules}
    for part in parts:
        if part.part_of not in known:
            raise BadLaw(f"{part.id}: it says it is part of {part.part_of}, and there is no such rule.")
    return tuple(rules), tuple(parts)


def read_rule(path: Path, root: Path) -> Rule | Part:
    """Read one file; BadLaw says what is wrong with it."""
    name = path.relative_to(root).with_suffix("").as_posix()
    try:
        data = read_yaml(path)
        _validate(data)
        return _rule(name, data)
    except (BadYaml, ValueError) as bad:
        raise BadLaw(f"{name}: {bad}") from bad


def _validate(data: Any) -> None:
    if (bad := best_match(_validator().iter_errors(_plain(data)))) is not None:
        where = ".".join(str(one) for one in bad.absolute_path)
        raise BadLaw(f"{where + ': ' if where else ''}{bad.message}")


def _plain(data: Any) -> Any:
    """As JSON would hold it: keys and days are text."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(one) for one in data]
    return data.isoformat() if isinstance(data, date) else data


def _rule(name: str, data: Mapping[str, Any]) -> Rule | Part:
    source = _source(data)
    if part_of := data.get("part_of"):
        return Part(name, data.get("alias", ""), data["title"], part_of, source, data.get("summary", ""))
    kind = CHECKS.get(data["check"])
    if kind is None:
        raise BadLaw(f'check: there is no check called "{data["check"]}"; there are {", ".join(sorted(CHECKS))}')
    applies = data.get("applies_if", {})
    layer = layers().get(name.partition("/")[0])
    if layer is None:
        raise BadLaw("its folder isn't one of the layers in layers.yaml")
    how = data.get("how", {})
    check_how(kind, how, items())
    check_values(kind, data["values"], phrases(), items())
    for key in ("given", "known", "unless_known"):
        check_wanted(applies.get(key, {}), f"applies_if.{key}")
    check_answers(filter(None, [data.get("dated_by")]), "dated_by", A_DAY)
    return Rule(
        id=name,
        title=data["title"],
        effect=Effect(data["effect"]),
        check=data["check"],
        versions=_versions(kind, data["values"]),
        source=source,
        alias=data.get("alias", ""),
        acts=_set(Act, data.get("acts", ["contact"])),
        channels=_set(Channel, data.get("channels", ())),
        purposes=_set(Purpose, data.get("purposes", ())),
        not_channels=_set(Channel, data.get("not_channels", ())),
        not_purposes=_set(Purpose, data.get("not_purposes", ())),
        applies_if=AppliesIf(
            actors=_set(Actor, applies.get("actor", ())),
            licences=_set(Licence, applies.get("licence", ())),
            products=_set(Product, applies.get("product", ())),
            places=frozenset(applies.get("place", ())) or layer.places,
            relations=_set(Relation, applies.get("relation", ())),
            letters=_set(LetterKind, applies.get("letter", ())),
            given=applies.get("given", {}),
            known=applies.get("known", {}),
            unless_known=applies.get("unless_known", {}),
            others=applies.get("others", "silent"),
        ),
        how=how,
        reason=data.get("reason", ""),
        dated_by=data.get("dated_by", ""),
        disabled=data.get("disabled", ""),
        summary=data.get("summary", ""),
        exceptions=tuple(data.get("exceptions", ())),
    )


def _set(kind: Any, values: Iterable[str]) -> frozenset[Any]:
    read = reading.choice(kind)
    return frozenset(read(value) for value in values)


def _source(data: Mapping[str, Any]) -> Source:
    source = data["source"]
    return Source(
        cite=source["cite"],
        url=source.get("url", ""),
        level=source["level"],
        confidence=source["confidence"],
        checked_on=reading.at("checked_on", reading.day, source["checked_on"]),
        reviewed_by="" if data["reviewed_by"] == "nobody yet" else data["reviewed_by"],
    )


def _versions(kind: CheckKind, values: Mapping[Any, Any]) -> tuple[Version, ...]:
    versions = []
    for since, held in values.items():
        day = reading.at("values", reading.day, since)
        if held == ENDS:
            versions.append(Version(day, None))
            continue
        if not isinstance(held, dict):
            raise BadLaw(f'values.{day}: expected a table of values, or "{ENDS}"')
        for key, value in held.items():
            if key not in kind.values:
                raise BadLaw(
                    f'values.{day}: "{key}" isn\'t a value of the check {kind.name}; it has {", ".join(kind.values)}'
                )
            check_value(key, value)
        if lacking := [name for name in kind.needs if name not in held]:
            raise BadLaw(
                f"values.{day}: the check {kind.name} needs {' and '.join(kind.needs)}; give {', '.join(lacking)}"
            )
        _check_window(f"values.{day}", held)
        versions.append(Version(day, held))
    if [one.since for one in versions] != sorted({one.since for one in versions}):
        raise BadLaw("values: the days must stand in their order, each once")
    return tuple(versions)


TIMES_OF_DAY = {"from", "to"}


def check_value(name: str, value: Any) -> None:
    """Raise BadLaw for a value of the wrong kind: times are HH:MM, counts whole, rates text, lists text."""
    try:
        if name in TIMES_OF_DAY:
            minutes_of(reading.text(value))
        elif name in ("most", "times", "least"):
            if isinstance(value, str):
                reading.rate(value)
            else:
                reading.whole_number(value)
        elif isinstance(value, date):
            pass
        elif isinstance(value, list):
            reading.list_of(reading.filled_text)(value)
        elif isinstance(value, dict):
            reading.table_of(reading.whole_number)(value)
        elif reading.whole_number(value) < 0:
            raise BadLaw(f"{name}: {value} can't be negative")
    except reading.BadValue as bad:
        raise BadLaw(f"{name}: {bad}") from bad


def rules_for(
    chosen: Sequence[str],
    *,
    stricter: Mapping[str, Mapping[str, Any]] | None = None,
    policy: HousePolicy | None = None,
) -> Rules:
    """The rules of the chosen layers, or folders and rules of them (us, us/reg_f, us/reg_f/call_frequency), and of the house.

    stricter: a lender's own values by rule id. BadLaw: a choice that doesn't exist, or a value that would be looser.
    """
    every, _parts = load_law()
    wanted = ["house", *chosen]
    picked = [rule for rule in every if any(_under(rule.id, name) for name in wanted)]
    for name in wanted:
        if not any(_under(rule.id, name) for rule in every):
            raise BadLaw(f'there is no body of law or rule called "{name}"; the bodies are {", ".join(layers())}')
    for name, values in (stricter or {}).items():
        if not any(rule.id == name for rule in picked):
            raise BadLaw(f'"{name}" is made stricter, but isn\'t a rule of the chosen layers')
        picked = [made_stricter(rule, values) if rule.id == name else rule for rule in picked]
    used = tuple(layers()[name] for name in dict.fromkeys(rule.layer for rule in picked))
    return Rules(tuple(picked), used, policy or HousePolicy(), phrases(), items())


def _under(rule_id: str, name: str) -> bool:
    return rule_id == name or rule_id.startswith(f"{name}/")


def made_stricter(rule: Rule, values: Mapping[str, Any]) -> Rule:
    """The rule with a lender's own values, in every version; BadLaw where one would make it looser.

    >>> rule = next(one for one in load_law()[0] if one.id == "us/reg_f/call_frequency")
    >>> made_stricter(rule, {"most": 3}).values_on(date(2026, 3, 1))["most"]
    3
    >>> made_stricter(rule, {"most": 9})
    Traceback (most recent call last):
    goodstanding.law.here.BadLaw: us/reg_f/call_frequency: most = 9 is looser than the rule's own 7
    """
    kind = CHECKS[rule.check]
    versions = []
    for version in rule.versions:
        held = version.values
        if held is not None:
            for key, value in values.items():
                if key not in held:
                    raise BadLaw(f'{rule.id}: it has no value called "{key}"; it has {", ".join(held) or "none"}')
                try:
                    check_value(key, value)
                    is_looser = not is_no_looser(kind.values[key], key, held[key], value)
                except ValueError as bad:
                    raise BadLaw(f"{rule.id}: {key} = {value}: {bad}") from None
                if is_looser:
                    raise BadLaw(f"{rule.id}: {key} = {value} is looser than the rule's own {held[key]}")
            held = {**held, **values}
            _check_window(rule.id, held)
        versions.append(replace(version, values=held))
    return replace(rule, versions=tuple(versions))


def _check_window(where: str, values: Mapping[str, Any]) -> None:
    """A window whose end isn't after its start would be read as one over midnight, which opens the night; BadLaw."""
    if {"from", "to"} <= values.keys() and minutes_of(values["from"]) >= minutes_of(values["to"]):
        raise BadLaw(
            f"{where}: from {values['from']} to {values['to']} leaves no hour of the day; the end must come after the start"
        )


def is_no_looser(direction: Stricter, name: str, own: Any, other: Any) -> bool:
    """Whether a value is the rule's own or stricter."""
    if type(own) is not type(other) and not {type(own), type(other)} <= {int, str}:
        return False
    match direction:
        case Stricter.LESS:
            return _size(name, other) <= _size(name, own)
        case Stricter.MORE:
            return _size(name, other) >= _size(name, own)
        case Stricter.FEWER_ITEMS:
            return set(other) <= set(own)
        case Stricter.MORE_ITEMS:
            return set(other) >= set(own)
    return bool(own == other)


def _size(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value
    return minutes_of(value) if name in TIMES_OF_DAY else reading.rate(value)
