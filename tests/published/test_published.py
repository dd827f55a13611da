"""Figures that others published, put to the reference and to the kernel: cases that were not written for this engine.

Each file names its sources and shows its arithmetic. Where another system counts otherwise on purpose, the difference
is in docs/methods/other_systems.md instead.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.warnings import warnings_for
from goodstanding.core.loan import Loan
from goodstanding.core.loan_json import assessment_data, loan_from_json
from goodstanding.core.money import decimal_text
from tests.batch.compare import differences
from tests.methods.arithmetic import wrong
from tests.methods.figures import by_number, found, plain

FILES = sorted(Path(__file__).parent.glob("*.toml"))


@dataclass(frozen=True)
class Published:
    """A case as somebody published it: what is expected by day, of the schedule, of the warnings; None: not said."""

    name: str
    source: str
    loan: dict[str, Any]
    policy: dict[str, Any]
    expected: dict[str, dict[str, Any]]
    schedule: list[list[str]] | None
    warnings: list[str] | None
    arithmetic: tuple[str, ...]

    def read(self) -> tuple[Loan, ArrearsPolicy]:
        return loan_from_json(json.dumps({"loan": self.loan, "policy": self.policy}, default=str))


def read_all() -> Iterator[Published]:
    for path in FILES:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        for case in data.get("case", []):
            yield Published(
                f"{path.stem}: {case['case']}",
                case.get("source") or data["source"],
                {**data.get("loan", {}), **case.get("loan", {})},
                {**data.get("policy", {}), **case.get("policy", {})},
                case.get("expected", {}),
                case.get("schedule"),
                case.get("warnings"),
                tuple(case.get("arithmetic", ())),
            )
        for table in data.get("days", []):
            yield from (
                day_count(table, start, end, "1000.00", "36 %", f"{days}.00") for start, end, days in table["rows"]
            )
        for table in data.get("years", []):
            for start, end, part in table["rows"]:
                penalty = str(round(Decimal(part) * 1_000_000, 2))
                yield day_count(table, start, end, "1000000.00", "100 %", penalty)


def day_count(table: dict[str, Any], start: date, end: date, principal: str, rate: str, penalty: str) -> Published:
    """Days between two days as penalty interest on a sum that falls due on the first of them."""
    schedule = [{"due_on": str(start), "principal": principal}]
    loan = {"currency": "USD", "disbursed_on": str(start - timedelta(days=1)), "schedule": schedule}
    policy = {"penalty_rate": rate, "day_count": table["day_count"]}
    name = f"{table['day_count']} from {start} to {end}"
    return Published(name, table["source"], loan, policy, {str(end): {"penalty": penalty}}, None, None, ())


CASES = list(read_all())
ASKED = [(case, day) for case in CASES for day in case.expected]


def test_there_are_many_cases_from_many_sources() -> None:
    made = [case for case in CASES if ":" in case.name]
    assert len(made) >= 65
    assert len(CASES) - len(made) >= 45
    assert len({re.split(r"[,(]", case.source)[0] for case in CASES}) >= 20
    assert all(case.expected or case.schedule for case in CASES)


@pytest.mark.parametrize(("case", "day"), ASKED, ids=[f"{case.name}, {day}" for case, day in ASKED])
def test_reference_and_kernel_give_what_was_published(case: Published, day: str) -> None:
    loan, policy = case.read()
    expected, as_of = dict(case.expected[day]), date.fromisoformat(day)
    known_on = expected.pop("known_on", None)
    assessment = assess(loan, policy, as_of=as_of, known_on=known_on)
    given = assessment_data(assessment) | {"instalments": by_number(assessment)}
    assert found(expected, given, assessment, loan, policy) == plain(expected)
    assert differences([(loan, policy)], as_of, known_on) == []


@pytest.mark.parametrize("case", [case for case in CASES if case.schedule], ids=lambda case: case.name)
def test_the_schedule_is_the_one_published(case: Published) -> None:
    loan, _ = case.read()
    rows = [
        [str(part.due_on), decimal_text(part.principal, loan.currency), decimal_text(part.interest, loan.currency)]
        for part in loan.schedule
    ]
    assert rows == case.schedule


@pytest.mark.parametrize("case", [case for case in CASES if case.warnings is not None], ids=lambda case: case.name)
def test_a_trap_that_others_describe_is_warned_of(case: Published) -> None:
    assert [warning.key for warning in warnings_for(*case.read())] == case.warnings


@pytest.mark.parametrize("case", [case for case in CASES if case.arithmetic], ids=lambda case: case.name)
def test_the_arithmetic_shown_holds(case: Published) -> None:
    assert [fault for line in case.arithmetic if (fault := wrong(line)) is not None] == []
