"""What the day's tests share: a run in this process, and a press that costs nothing where the page doesn't matter."""

import atexit
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.day import letters
from goodstanding.day.progress import Silent
from goodstanding.day.run import Request, Summary, run_day
from goodstanding.letters.press import Finished
from tests.day.books import CUT_OFF

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "lender"
ONE_RULE = """[[letter_rules]]
letter = "formal_overdue"
from_dpd = 15
least_amount = "10.00"
"""


def lender_with(rules: str, folder: Path) -> Path:
    """The sample lender's folder with other letter rules."""
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    text = (SAMPLE / "lender.toml").read_text(encoding="utf-8")
    head, *_ = re.split(r"(?m)^\[\[letter_rules\]\]$", text)
    (folder / "lender.toml").write_text(f"{head}{rules}\n{text[text.index('[contacts.zh-Hans]') :]}", encoding="utf-8")
    return folder


LENDER = lender_with(ONE_RULE, Path(mkdtemp(prefix="goodstanding-lender-")))
"""Writes one letter to the borrower, from the 15th day: enough for whatever isn't about the rules."""
atexit.register(shutil.rmtree, LENDER, ignore_errors=True)


def lender_warned_of(folder: Path) -> Path:
    """The lender with instalment loans on which charges come before what falls due: who is late once stays late."""
    shutil.copytree(LENDER, folder)
    product = folder / "products/cn_instalment.toml"
    waiting = product.read_text(encoding="utf-8")
    assert 'charges = "last"' in waiting
    product.write_text(waiting.replace('charges = "last"', 'charges = "in_order"'), encoding="utf-8")
    return folder


REAL_PRESS = letters._press.__wrapped__


class QuickPress:
    """Sets nothing: the page is the reference. The real one has its own tests."""

    def finish(self, facts: LetterFacts, content: LetterContent) -> Finished | LetterRefused:
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
