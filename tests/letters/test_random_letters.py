"""Random letters come out whole; `python -m tests.letters.random_letters` tries as many as one likes."""

import pytest

from goodstanding.letters.compose import LETTERS
from goodstanding.letters.example_key import example_key
from goodstanding.letters.press import Press
from tests.letters.random_letters import draw, judged

SLICE, SLICES = 15, 4


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(example_key())


@pytest.mark.parametrize("first", range(0, SLICE * SLICES, SLICE))
def test_random_letters_have_all_their_words_in_place_and_verify(first: int, press: Press) -> None:
    wrong = {seed: judged(press, draw(seed)) for seed in range(first, first + SLICE)}
    assert {seed: faulty for seed, faulty in wrong.items() if faulty} == {}


@pytest.mark.parametrize("seed", [165, 704, 1404, 1719, 3747])
def test_what_random_letters_found_stays_mended(seed: int, press: Press) -> None:
    """Figures side by side, a paragraph over two pages, a Han character that Unicode has twice, a word longer than a line,
    the long name of a sum beside a large figure in a statement of few columns."""
    assert judged(press, draw(seed)) == []


def test_every_kind_is_drawn_and_a_seed_draws_the_same_again() -> None:
    drawn = [draw(seed) for seed in range(len(LETTERS))]
    assert {one.letter for one in drawn} == set(LETTERS)
    assert draw(3) == drawn[3]
