"""What a plan of the page chooses: the size of type, where pages and columns end."""

import pytest

from goodstanding.core.letter import LetterContent
from goodstanding.letters.golden import all_golden_letters
from goodstanding.letters.letterhead import PLAIN
from goodstanding.letters.sheet.code import Code
from goodstanding.letters.sheet.plan import SIDES, Sheet, plans
from goodstanding.letters.sheet.type import EASY

CODE = Code.of("A TOKEN".ljust(190, "."))
LETTERS = {f"{letter}_{name}": content for letter, name, content in all_golden_letters()}


def sheets(plan: Sheet) -> int:
    return -(-plan.pages // SIDES)


def size(plan: Sheet) -> float:
    found: float = plan.data["type"]["size"]
    return found


@pytest.mark.parametrize("content", LETTERS.values(), ids=LETTERS)
def test_type_is_smaller_than_is_easy_to_read_only_where_that_saves_a_sheet(content: LetterContent) -> None:
    chosen, *others = plans(content, CODE, PLAIN)
    if size(chosen) < EASY:
        assert all(sheets(other) > sheets(chosen) for other in others if size(other) >= EASY)
    else:
        assert size(chosen) >= EASY


@pytest.mark.parametrize("content", LETTERS.values(), ids=LETTERS)
def test_no_column_ends_between_a_table_and_what_is_said_of_it(content: LetterContent) -> None:
    chosen = next(iter(plans(content, CODE, PLAIN)))
    for _, left, right in chosen.data["bands"]:
        if right and left[-1]["type"] == "table":
            assert right[0]["type"] == "heading"


def test_there_are_letters_of_which_that_is_seen() -> None:
    chosen = {name: next(iter(plans(content, CODE, PLAIN))) for name, content in LETTERS.items()}
    assert any(size(plan) < EASY for plan in chosen.values())
    assert any(
        block["type"] == "table"
        for plan in chosen.values()
        for _, left, right in plan.data["bands"]
        for block in left
        if right
    )
