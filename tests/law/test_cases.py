"""Cases written by hand, each with its working: the gate says what the case says. Each rule has cases on both sides of its line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from goodstanding.core.conduct.checks import CHECKS, Stricter
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.rule import Rule, Version
from goodstanding.core.conduct.verdict import Decision
from goodstanding.core.conduct.windows import clock_text, minutes_of
from goodstanding.law.case import Case, disagreements
from goodstanding.law.loader import TIMES_OF_DAY, load_law
from tests.law.files import all_cases, cases_for, names_of, parts_of

ENABLED = [rule for rule in load_law()[0] if not rule.disabled]


@pytest.mark.parametrize(
    ("file", "case"), all_cases(), ids=lambda value: value.name if isinstance(value, Case) else None
)
def test_the_gate_says_what_the_case_says(file: str, case: Case) -> None:
    verdict = case.verdict()

    assert disagreements(case, verdict) == [], f"{file}\n" + "\n".join(str(one) for one in verdict.findings)
    assert case.expected.decision is not None, "a case says what it expects"


def speaking(case: Case, rule: Rule) -> set[Decision]:
    """What this one rule says in a case."""
    return {one.decision for one in case.verdict().findings if one.rule == rule.id}


@pytest.mark.parametrize("rule", ENABLED, ids=lambda rule: rule.id)
def test_a_rule_has_cases_on_both_sides_of_its_line(rule: Rule) -> None:
    said: set[Decision] = set()
    for case in cases_for(rule.id, rule.alias):
        said |= speaking(case, rule)

    assert Decision.ALLOWED in said, f"no case in which {rule.id} speaks and allows"
    assert said & {Decision.REFUSED, Decision.REVIEW}, f"no case in which {rule.id} stands against something"


@pytest.mark.parametrize("part", load_law()[1], ids=lambda part: part.id)
def test_a_part_of_a_rule_has_cases_on_both_sides(part: Any) -> None:
    rule = next(rule for rule in load_law()[0] if rule.id == part.part_of)
    said: set[Decision] = set()
    for case in cases_for(part.id, part.alias):
        said |= speaking(case, rule)

    assert said >= {Decision.ALLOWED} and said & {Decision.REFUSED, Decision.REVIEW}


def test_every_case_names_rules_that_exist() -> None:
    known = {name for rule in load_law()[0] for name in names_of(rule.id, rule.alias)}
    known |= {name for part in load_law()[1] for name in names_of(part.id, part.alias)}

    assert {name for _file, case in all_cases() for name in case.tests} - known == set()


def loosenings(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Each number or list of a rule, loosened by the least there is, one at a time."""
    kind = CHECKS[rule.check]
    for place, version in enumerate(rule.versions):
        for key, value in (version.values or {}).items():
            for told, looser in _looser(kind.values[key], key, value):
                changed = Version(version.since, {**(version.values or {}), key: looser})
                versions = (*rule.versions[:place], changed, *rule.versions[place + 1 :])
                yield f"{version.since} {key}: {told}", _with(rule, versions)


def _with(rule: Rule, versions: tuple[Version, ...]) -> Rule:
    return replace(rule, versions=versions)


def _looser(direction: Stricter, key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if direction is Stricter.MORE_ITEMS:
        yield from ((f"without {one}", [other for other in value if other != one]) for one in value)
        return
    if direction is Stricter.FEWER_ITEMS:
        yield "with demands too", [*value, "demand"]
        return
    if isinstance(value, dict):
        yield from ((f"{name} a day later", {**value, name: days + 1}) for name, days in value.items() if days > 0)
        return
    if isinstance(value, list):
        if len(value) > 1:
            yield "turned round", list(reversed(value))
        return
    if direction is Stricter.AS_WRITTEN:
        return
    step = 1 if direction is Stricter.LESS else -1
    if isinstance(value, date):
        yield "a day", value + timedelta(days=step)
        return
    if key in TIMES_OF_DAY:
        yield "a minute", clock_text(minutes_of(value) + step)
    elif isinstance(value, int):
        yield f"{value + step}", value + step
    else:
        number, percent = value.removesuffix("%").strip(), " %" if value.endswith("%") else ""
        places = len(number.partition(".")[2])
        yield "the last digit", f"{float(number) + step * 10**-places:.{places}f}{percent}"


MUTANTS = [(rule, told, mutant) for rule in ENABLED for told, mutant in loosenings(rule)]


@pytest.mark.parametrize(("rule", "told", "mutant"), MUTANTS, ids=[f"{rule.id} {told}" for rule, told, _ in MUTANTS])
def test_loosening_any_number_of_a_rule_makes_a_case_fail(rule: Rule, told: str, mutant: Rule) -> None:
    names = [(rule.id, rule.alias), *((part.id, part.alias) for part in parts_of(rule.id))]
    about = [case for name in names for case in cases_for(*name)]

    assert any(_differs(case, rule, mutant) for case in about), f"no case notices {told}"


def _differs(case: Case, rule: Rule, mutant: Rule) -> bool:
    rules = replace(case.rules, rules=tuple(mutant if one.id == rule.id else one for one in case.rules.rules))
    return bool(disagreements(case, judge(case.proposal, case.facts, rules, case.at)))
