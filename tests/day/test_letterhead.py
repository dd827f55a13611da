"""The lender's letterhead on the day's letters, on a letter written by hand, and on one out of the archive."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from goodstanding.day import letters
from goodstanding.day.lender import read_lender
from goodstanding.day.one_letter import Wanted, write_one
from goodstanding.day.progress import Silent
from goodstanding.day.stop import Stopped
from goodstanding.letters.archive import Archive, MadeAgain, kept, make_again
from goodstanding.letters.example_key import example_key
from goodstanding.letters.letterhead import PLAIN, Letterhead
from goodstanding.letters.press import Finished, Press, write_letter
from goodstanding.letters.typeset import Typesetter
from goodstanding.letters.verify import verify
from tests.day.books import CUT_OFF, LATE_ONE, Row, write_files
from tests.day.conftest import LENDER, REAL_PRESS, Run
from tests.letters.facts import golden_facts

BLUE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path fill="#123456" d="M0 0h40v10z"/></svg>'


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(LENDER, tmp_path / "lender"))
    (folder / "logo.svg").write_bytes(BLUE)
    return folder


def test_the_logo_counts_as_part_of_the_folder(lender: Path) -> None:
    before = read_lender(lender)
    (lender / "logo.svg").write_bytes(BLUE.replace(b"123456", b"654321"))
    after = read_lender(lender)
    assert (before.letterhead.ratio, before.letterhead.alt) == (4.0, "青禾 Qinghe")
    assert before.content_hash != after.content_hash
    assert before.letterhead != after.letterhead


def test_a_logo_that_is_missing_stops_the_day_with_a_sentence(lender: Path) -> None:
    (lender / "logo.svg").unlink()
    with pytest.raises(Stopped, match=r"lender\.toml: letterhead.logo: .*logo\.svg can't be read: No such file"):
        read_lender(lender)


def test_the_days_letters_and_those_by_hand_stand_on_it(
    run: Run, lender: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Letterhead] = []

    class Watching(Press):
        def __init__(self, key: object, letterhead: Letterhead = PLAIN) -> None:
            used.append(letterhead)
            super().__init__(example_key(), letterhead)

    monkeypatch.setattr("goodstanding.letters.press.Press", Watching)
    monkeypatch.setattr("goodstanding.day.one_letter.Press", Watching)
    monkeypatch.setattr(letters, "_press", REAL_PRESS)
    book, keys = write_files(tmp_path / "files", [Row("L-ONE", LATE_ONE)]), [example_key().public]
    [pdf] = (run(book, lender=lender).folder / "letters").glob("*.pdf")
    assert verify(pdf.read_bytes(), keys).agrees.why == ()
    wanted = Wanted("L-ONE", book, lender, CUT_OFF, "formal_overdue", tmp_path / "by_hand")
    assert len(write_one(wanted, Silent()).files) == 4
    assert used == [read_lender(lender).letterhead] * 2
    assert used[0].logo == BLUE.decode()


def test_a_letter_comes_out_of_the_archive_on_the_letterhead_it_had(tmp_path: Path, lender: Path) -> None:
    facts = golden_facts("zh_hans_short")
    press, bare = (Press(example_key(), one) for one in (read_lender(lender).letterhead, PLAIN))
    ours, theirs = (write_letter(one, "formal_overdue", facts, "zh-Hans") for one in (press, bare))
    assert isinstance(ours, Finished) and isinstance(theirs, Finished)
    assert ours.pdf != theirs.pdf
    Archive(tmp_path / "archive").add([kept(ours), replace(kept(theirs), reference="bare")])
    for reference, letter in ((facts.reference, ours), ("bare", theirs)):
        found = Archive(tmp_path / "archive").find(reference)
        assert found is not None and found.letterhead == letter.letterhead
        made = make_again(found, Typesetter())
        assert isinstance(made, MadeAgain)
        assert (made.pdf == letter.pdf, made.is_same) == (True, True)
