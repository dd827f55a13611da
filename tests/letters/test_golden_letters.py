"""Golden letters: the text each hand-made loan must give. `python -m goodstanding.letters.golden` rewrites them."""

import pytest

from goodstanding.core.letter import LetterContent
from goodstanding.letters.golden import FOLDER, golden_letters
from goodstanding.letters.plain import plain_text

LETTERS = golden_letters()


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_as_its_golden_text(name: str) -> None:
    assert plain_text(LETTERS[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_text_has_its_letter() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(LETTERS)


@pytest.mark.parametrize("content", LETTERS.values(), ids=LETTERS)
def test_every_letter_has_its_five_parts_in_order(content: LetterContent) -> None:
    assert [part.key for part in content.parts] == ["who", "overdue", "follow", "do", "reach"]
