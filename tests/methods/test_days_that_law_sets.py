"""The tables of docs/methods/days_that_law_sets.md: each row gives what the functions give."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from goodstanding.core.conduct.law_dates import limitation_expiry
from goodstanding.core.conduct.law_days import (
    add_business_days,
    first_day_not_less_than,
    last_day_after,
    last_day_beginning_with,
    months_after,
    us_federal_holiday,
    validation_period_end,
)
from tests.methods.pages import METHODS

PAGE = METHODS / "days_that_law_sets.md"
COLUMNS = ["what", "counted", "from", "how many", "gives"]
LIMITATION = ["what", "due", "begun again", "years", "last day"]
COUNTED: dict[str, Callable[[date, int], date]] = {
    "beginning with": last_day_beginning_with,
    "after": last_day_after,
    "not less than": first_day_not_less_than,
    "months after": months_after,
    "years after": lambda start, years: months_after(start, 12 * years),
    "whole days": lambda start, days: first_day_not_less_than(start, days) + timedelta(days=1),
    "US business days": lambda start, days: add_business_days(start, days, us_federal_holiday),
    "validation period": lambda sent, days: validation_period_end(sent, assumed_days=5, period_days=days),
}


def rows(columns: list[str] = COLUMNS) -> Iterator[list[str]]:
    """The rows of the tables that have these columns."""
    inside = False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells == columns:
            inside = True
        elif inside and not set(line) <= set("|- "):
            yield cells


def test_the_tables_are_found() -> None:
    assert {"beginning with", "not less than"} <= {counted for _what, counted, *_rest in rows()}


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row[0]}, {row[1]}")
def test_a_row_gives_what_the_functions_give(row: list[str]) -> None:
    _what, counted, start, number, gives = row

    assert COUNTED[counted](date.fromisoformat(start), int(number)).isoformat() == gives


@pytest.mark.parametrize("row", list(rows(LIMITATION)), ids=lambda row: str(row[0]))
def test_a_claim_expires_on_the_day_the_table_says(row: list[str]) -> None:
    _what, due, again, years, last_day = row
    restarted = tuple(date.fromisoformat(one.strip()) for one in again.split(",") if one.strip())

    assert limitation_expiry(date.fromisoformat(due), restarted, int(years)).isoformat() == last_day


def test_the_table_of_limitation_is_found() -> None:
    assert len(list(rows(LIMITATION))) >= 10
