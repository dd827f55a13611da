"""What the day's tests share: a run in this process, and a press that costs nothing where the page doesn't matter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from goodstanding.core.letter import LetterContent, LetterFacts
from goodstanding.day import letters
from goodstanding.day.progress import Silent
from goodstanding.day.run import Request, Summary, run_day
from goodstanding.letters.press import Finished
from tests.day.books import CUT_OFF

LENDER = Path(__file__).resolve().parents[2] / "lender"


class QuickPress:
    """Sets nothing: the page is the reference. The real one has its own tests."""

    def finish(self, facts: LetterFacts, content: LetterContent) -> Finished:
        return Finished(content, f"%PDF {content.reference}".encode(), b"", "")


@pytest.fixture
def quick_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_press", lambda *settings: QuickPress())


Run = Callable[..., Summary]


@pytest.fixture
def run(tmp_path: Path, quick_pages: None) -> Run:
    """Run the day in this process: run(book), and whatever of the request differs."""

    def run_it(book: Path, **differs: object) -> Summary:
        request = {"book": book, "as_of": CUT_OFF, "lender": LENDER, "out": tmp_path / "out", "processes": 1}
        return run_day(Request(**(request | differs)), Silent())  # type: ignore[arg-type]

    return run_it


def tree(out: Path) -> dict[str, bytes]:
    """Every file of an output folder but those of the run itself, by path."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(out).parts)
    }
