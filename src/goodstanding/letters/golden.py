"""Rewrite the golden letters: `python -m goodstanding.letters.golden`. Then read the diff word by word."""

import sys
from pathlib import Path

from goodstanding.core.letter import LetterContent, LetterRefused
from goodstanding.letters.compose import compose
from goodstanding.letters.formal_overdue.golden.cases import cases
from goodstanding.letters.plain import plain_text

FOLDER = Path(__file__).parent / "formal_overdue" / "golden"


def golden_letters() -> dict[str, LetterContent]:
    """Every golden letter's content by name."""
    found = {}
    for name, language, facts in cases():
        content = compose("formal_overdue", facts, language)
        if isinstance(content, LetterRefused):
            raise ValueError(f"golden letter {name} is refused: {content.detail}")
        found[name] = content
    return found


def main() -> int:
    """Write each golden letter's text; say which changed."""
    for name, content in golden_letters().items():
        path, text = FOLDER / f"{name}.txt", plain_text(content)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        path.write_text(text, encoding="utf-8")
        print(f"{name}: {'rewritten' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
