"""Rewrite the golden letters: `python -m goodstanding.letters.golden`. Then read the diff word by word."""

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.plain import plain_text

Cases = Mapping[str, tuple[str, Callable[[], LetterFacts]]]
"""By name: the letter's language, and the facts."""


def folder_of(letter: str) -> Path:
    """Where a letter's golden texts stand."""
    return Path(__file__).parent / letter / "golden"


def cases_of(letter: str) -> Cases:
    """The hand-made facts that a letter's golden texts are written from."""
    cases: Cases = import_module(f"goodstanding.letters.{letter}.golden.cases").CASES
    return cases


def golden_letters(letter: str = "formal_overdue") -> dict[str, LetterContent]:
    """The golden letters of a kind by name."""
    found = {}
    for name, (language, facts) in cases_of(letter).items():
        content = compose(letter, facts(), language)
        if isinstance(content, LetterRefused):
            raise ValueError(f"golden letter {letter} {name} is refused: {content.detail}")
        found[name] = content
    return found


def all_golden_letters() -> Iterator[tuple[str, str, LetterContent]]:
    """Every golden letter: its kind, its name, its content."""
    for letter in LETTERS:
        yield from ((letter, name, content) for name, content in golden_letters(letter).items())


def main() -> int:
    """Write each golden letter's text; say which changed."""
    for letter, name, content in all_golden_letters():
        path, text = folder_of(letter) / f"{name}.txt", plain_text(content)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        path.write_text(text, encoding="utf-8")
        print(f"{letter} {name}: {'rewritten' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
