"""docs/reference/assessment.md has every field of the result and every key of a policy, with its values and default."""

import re
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from goodstanding.core.arrears.assess import Assessment, InstalmentPosition, Line, LineKind, Owed
from goodstanding.core.arrears.buckets import Buckets
from goodstanding.core.arrears.policy import ArrearsPolicy, LateFee, RateStep, Waterfall, WaterfallAfterDpd
from goodstanding.core.arrears.position import DrawdownPosition
from goodstanding.core.money import ROUNDINGS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "assessment.md"
RESULTS: list[type] = [Assessment, InstalmentPosition, Owed, DrawdownPosition, Line]
POLICIES: list[type] = [ArrearsPolicy, RateStep, LateFee, Waterfall, WaterfallAfterDpd, Buckets]
KEYS = [(of, one) for of in POLICIES for one in fields(of)]
STRUCTURED = ("waterfall", "buckets", "past_due", "due_today", "in_advance", "edges")


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading, by each name in its first column."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: row[1:] for row in cells for name in re.findall(r"`(\w+)`", row[0])}


@pytest.mark.parametrize("of", [*RESULTS, *POLICIES], ids=lambda of: of.__name__)
def test_the_page_has_the_fields_of_the_code_in_its_order(of: type) -> None:
    assert list(rows(of.__name__)) == [one.name for one in fields(of)]


def test_the_page_has_every_kind_of_line() -> None:
    assert set(rows("LineKind")) == set(LineKind)


@pytest.mark.parametrize(("of", "key"), KEYS, ids=[f"{of.__name__}.{key.name}" for of, key in KEYS])
def test_the_page_gives_a_key_its_default(of: type, key: Field[Any]) -> None:
    shown = rows(of.__name__)[key.name][1]
    if key.default is MISSING and key.default_factory is MISSING:
        assert shown == "needed"
    elif key.name in STRUCTURED:
        default = () if key.default is MISSING else key.default
        assert shown in ("its defaults", ", ".join(str(part) for part in default))
    else:
        assert shown == default_text(key.default)


def default_text(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    assert isinstance(value, (int, str, Fraction))
    return f"`{value}`"


@pytest.mark.parametrize(("of", "key"), KEYS, ids=[f"{of.__name__}.{key.name}" for of, key in KEYS])
def test_the_page_gives_a_key_its_choices(of: type, key: Field[Any]) -> None:
    hint = get_type_hints(of)[key.name]
    choices = [one for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, StrEnum)]
    shown = re.findall(r"`([^`]+)`", rows(of.__name__)[key.name][0])
    if key.name == "rounding":
        assert shown == list(ROUNDINGS)
    elif choices and key.name not in STRUCTURED:
        assert shown == list(choices[0])
