"""Finished letters for the tests, made once: every golden case, sealed with the demonstration key."""

from functools import cache

from goodstanding.core.letter import LetterFacts, LetterRefused
from goodstanding.letters.compose import LETTERS
from goodstanding.letters.example_key import example_key
from goodstanding.letters.formal_overdue.golden.cases import cases
from goodstanding.letters.golden import cases_of
from goodstanding.letters.press import Finished, Press, write_letter

NAMES = [name for name, _, _ in cases()]
GOLDEN = [(letter, name) for letter in LETTERS for name in cases_of(letter)]
"""Every golden letter: its kind and its name."""


@cache
def press() -> Press:
    return Press(example_key())


@cache
def facts_of(name: str) -> tuple[str, LetterFacts]:
    return next((language, facts) for one, language, facts in cases() if one == name)


@cache
def finished(name: str = "en_short") -> Finished:
    language, facts = facts_of(name)
    letter = write_letter(press(), "formal_overdue", facts, language)
    assert not isinstance(letter, LetterRefused)
    return letter


@cache
def golden(letter: str, name: str) -> Finished:
    """Any golden letter, sealed."""
    language, facts = cases_of(letter)[name]
    written = write_letter(press(), letter, facts(), language)
    assert not isinstance(written, LetterRefused), written.detail
    return written


def unsealed(name: str) -> Finished:
    """The same letter from a press without a key."""
    letter = Press(None).finish(facts_of(name)[1], finished(name).content)
    assert not isinstance(letter, LetterRefused)
    return letter
