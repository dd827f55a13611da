"""The cases that lawyers read and write, and which rule each is for."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from goodstanding.law.case import Case, read_cases
from goodstanding.law.loader import Part, load_law

CASES = Path(__file__).parent / "cases"


@cache
def all_cases() -> tuple[tuple[str, Case], ...]:
    """Every case with the file it stands in."""
    return tuple(
        (path.relative_to(CASES).as_posix(), case)
        for path in sorted(CASES.rglob("*.yaml"))
        for case in read_cases(path)
    )


def names_of(rule_id: str, alias: str) -> set[str]:
    return {rule_id, alias} - {""}


def cases_for(rule_id: str, alias: str = "") -> Iterator[Case]:
    """The cases written for a rule, by its id or alias."""
    wanted = names_of(rule_id, alias)
    for _file, case in all_cases():
        if wanted & set(case.tests):
            yield case


def parts_of(rule_id: str) -> list[Part]:
    return [part for part in load_law()[1] if part.part_of == rule_id]
