"""Golden letters: the text each hand-made loan must give. `python -m goodstanding.letters.golden` rewrites them."""

import pytest

from goodstanding.core.letter import LetterContent
from goodstanding.letters.compose import LETTERS
from goodstanding.letters.golden import all_golden_letters, folder_of, golden_letters
from goodstanding.letters.plain import plain_text

ALL = [pytest.param(letter, name, content, id=f"{letter}-{name}") for letter, name, content in all_golden_letters()]


@pytest.mark.parametrize(("letter", "name", "content"), ALL)
def test_a_letter_reads_as_its_golden_text(letter: str, name: str, content: LetterContent) -> None:
    assert plain_text(content) == (folder_of(letter) / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("letter", LETTERS)
def test_every_golden_text_has_its_letter(letter: str) -> None:
    assert {path.stem for path in folder_of(letter).glob("*.txt")} == set(golden_letters(letter))


def test_the_formal_letter_has_its_five_parts_in_order() -> None:
    for content in golden_letters("formal_overdue").values():
        assert [part.key for part in content.parts] == ["who", "overdue", "follow", "do", "reach"]
