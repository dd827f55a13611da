"""Every page of docs/methods/ has worked tables; the engine gives what they say, and their arithmetic holds."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from goodstanding.core.arrears import warnings
from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.position import CannotAssess
from goodstanding.core.arrears.warnings import warnings_for
from goodstanding.core.loan_json import assessment_data, loan_from_json
from goodstanding.core.money import decimal_text
from tests.methods.arithmetic import wrong
from tests.methods.figures import by_number, found, plain
from tests.methods.pages import METHODS, PAGES, Case, cases_of, shown_arithmetic, table_cells

CASES = [case for page in PAGES for case in cases_of(page)]
EXPECTED = [(case, day) for case in CASES for day in case.expected]


def test_the_pages_are_found() -> None:
    assert {"index", "days_past_due", "statement"} <= {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_a_worked_table(page: Path) -> None:
    assert cases_of(page), f"{page.name} has no worked table that the tests can read (see docs/methods/index.md)"
    assert shown_arithmetic(page.read_text(encoding="utf-8")), f"{page.name} shows no arithmetic"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_arithmetic_a_page_shows_holds(page: Path) -> None:
    shown = shown_arithmetic(page.read_text(encoding="utf-8"))
    assert [fault for line in shown if (fault := wrong(line.replace("`", ""))) is not None] == []


@pytest.mark.parametrize(("case", "day"), EXPECTED, ids=[f"{case.name}, {day}" for case, day in EXPECTED])
def test_the_engine_gives_what_the_table_says(case: Case, day: str) -> None:
    loan, policy = case.read()
    expected = dict(case.expected[day])
    as_of = date.fromisoformat(day)
    if (refused := expected.pop("refused", None)) is not None:
        with pytest.raises(CannotAssess, match=re.escape(refused)):
            assess(loan, policy, as_of=as_of)
        return
    assessment = assess(loan, policy, as_of=as_of, known_on=expected.pop("known_on", None))
    given = assessment_data(assessment) | {"instalments": by_number(assessment)}
    assert found(expected, given, assessment, loan, policy) == plain(expected)
    if "lines" in expected:
        assert sum(line.amount for line in assessment.lines) == assessment.amount_to_cure


@pytest.mark.parametrize("case", [case for case in CASES if case.schedule], ids=lambda case: case.name)
def test_the_schedule_is_the_one_the_table_says(case: Case) -> None:
    loan, _ = case.read()
    rows = [
        [str(part.due_on), decimal_text(part.principal, loan.currency), decimal_text(part.interest, loan.currency)]
        for part in loan.schedule
    ]
    assert rows == plain(case.schedule)


@pytest.mark.parametrize("case", [case for case in CASES if case.warnings is not None], ids=lambda case: case.name)
def test_the_policy_is_warned_of_as_the_table_says(case: Case) -> None:
    assert [warning.key for warning in warnings_for(*case.read())] == case.warnings


def test_every_warning_has_a_case_and_a_row() -> None:
    page = (METHODS / "warnings.md").read_text(encoding="utf-8")
    shown = {key for case in CASES for key in case.warnings or ()}
    known = set(
        re.findall(r'^        +"([a-z_]+)",$', Path(warnings.__file__).read_text(encoding="utf-8"), re.MULTILINE)
    )
    known |= {"late_once", "late_each_time"}
    assert shown == known == set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def test_a_case_can_be_run_as_the_first_page_says(tmp_path: Path) -> None:
    page = (METHODS / "index.md").read_text(encoding="utf-8")
    block = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)[0]
    (tmp_path / "case.toml").write_text(block, encoding="utf-8")
    program = re.findall(r"^python3 -c '(.*)' > case.json$", page, re.MULTILINE)[0]
    written = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    loan, policy = loan_from_json(written.stdout)
    assert (loan, policy) == cases_of(METHODS / "index.md")[0].read()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_figure_expected_is_worked_out_in_the_table(case: Case) -> None:
    shown = set(re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join(table_cells(case.working).copy())))
    numbers = {number.replace(",", "") for number in shown}
    missing = [figure for figure in figures(case.expected) if figure.strip("-") not in numbers]
    assert not missing, "expected, but nowhere in the table under the block"


def figures(expected: Any, key: str = "") -> list[str]:
    """Every amount and count that isn't 0; lines and payments are shown as they are, so they are left out."""
    if isinstance(expected, dict):
        return [one for name, value in expected.items() for one in figures(value, name)]
    if key in ("lines", "payments", "refused", "months") or isinstance(expected, (date, list)):
        return []
    text = str(expected)
    return [text] if re.fullmatch(r"-?\d+(\.\d+)?", text) and float(text) else []
