"""The pictures in the documentation are the letters as they are; `make pictures` draws them again."""

from pathlib import Path

import pytest

from goodstanding.letters.sheet.code import Code
from goodstanding.letters.typeset import Typesetter
from scripts.picture_letters import CODE, FOLDER, PAGE, drawn, is_of, page, pictured, png
from tests.letters.finished import golden

PICTURES = pictured()
TYPESETTER = Typesetter()
MOST_BYTES_A_PICTURE = 64_000


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_the_letter_as_it_is(path: Path) -> None:
    letter, case = PICTURES[path]
    assert is_of(path.read_bytes(), drawn(TYPESETTER, letter, case)), f"{path.name} is an older letter: make pictures"


def test_the_page_shows_each_of_them_and_together_they_stay_small() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
    assert set(FOLDER.glob("*")) == set(PICTURES)
    assert sum(path.stat().st_size for path in PICTURES) <= MOST_BYTES_A_PICTURE * len(PICTURES)


def test_the_code_in_a_picture_is_as_large_as_a_letters_own() -> None:
    assert Code.of(CODE).side == Code.of(golden("single", "en").token).side


def test_a_single_other_dot_is_another_picture() -> None:
    greys = drawn(TYPESETTER, "single", "en")
    file = png(greys)
    assert is_of(file, greys)
    greys[100, 100] ^= 1
    assert not is_of(file, greys)
