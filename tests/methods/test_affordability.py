"""docs/methods/affordability.md: each case gives what it says, and every step of its sum is there."""

from typing import Any

import pytest

from goodstanding.core.money import decimal_text
from goodstanding.core.plans.affordability import Means, means_of
from goodstanding.core.plans.means_data import guide_from_data, stated_from_data
from goodstanding.core.reading import amount_in
from tests.methods.arithmetic import wrong
from tests.methods.pages import METHODS, blocks_of, shown_arithmetic

PAGE = METHODS / "affordability.md"


def cases() -> list[dict[str, Any]]:
    found = []
    for block, _working in blocks_of(PAGE):
        found.append(block)
        for other in block.pop("otherwise", []):
            stated = block["stated"] | other.get("stated", {})
            found.append(block | other | {"stated": stated})
    return found


def read(case: dict[str, Any]) -> Means:
    currency = case["currency"]
    return means_of(
        stated_from_data(case["stated"], currency),
        guide_from_data(case.get("guide", {}), currency),
        as_of=case["as_of"],
        our_balance=amount_in(currency)(case.get("our_balance", "0")),
    )


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["case"]))
def test_a_case_gives_what_the_page_says(case: dict[str, Any]) -> None:
    means, expected = read(case), case["expected"]
    given: dict[str, Any] = {"confidence": str(means.confidence)}
    if means.a_month is not None:
        given["a_month"] = decimal_text(means.a_month, case["currency"])
    if means.flags:
        given["flags"] = [one.name for one in means.flags]
    if means.ask_about:
        given["ask_about"] = [one.value for one in means.ask_about]
    if "working" in expected:
        given["working"] = [[name, decimal_text(amount, case["currency"])] for name, amount in means.working]
    assert given == expected


def test_each_sum_adds_up() -> None:
    for case in cases():
        means = read(case)
        if means.a_month:
            assert sum(amount for _name, amount in means.working) == means.a_month


def test_the_arithmetic_of_the_page_holds() -> None:
    shown = shown_arithmetic(PAGE.read_text(encoding="utf-8"))
    assert len(shown) >= 8
    assert [fault for line in shown if (fault := wrong(line)) is not None] == []
