"""The archive: small, safe to add to twice, and the very same letters come out of it, or it says what has changed."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from goodstanding.letters import archive
from goodstanding.letters.archive import INDEX, Archive, ArchiveError, MadeAgain, kept, make_again, pins_of_today
from goodstanding.letters.typeset import Typesetter
from tests.letters.finished import NAMES, finished, unsealed


def made_again(letter: archive.Kept) -> MadeAgain:
    made = make_again(letter, Typesetter())
    assert isinstance(made, MadeAgain)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_comes_out_of_the_archive_to_the_byte(name: str, tmp_path: Path) -> None:
    Archive(tmp_path).add([kept(finished(name))])
    found = Archive(tmp_path).find(finished(name).content.reference)
    assert found is not None and found == kept(finished(name))
    made = made_again(found)
    assert (made.pdf == finished(name).pdf, made.is_same, made.changed) == (True, True, ())


def test_an_unsealed_letter_comes_out_the_same(tmp_path: Path) -> None:
    letter = unsealed("en_short")
    assert made_again(kept(letter)).pdf == letter.pdf


def test_another_engine_is_said_and_the_letter_is_not_called_the_same() -> None:
    older = replace(kept(finished()), pins=replace(pins_of_today(), engine="typst 0.1"), sha256="0" * 64)
    made = made_again(older)
    assert not made.is_same
    assert made.changed == (f"the engine was typst 0.1 when it was sent, and is {pins_of_today().engine} now",)


def test_an_altered_archive_is_told_apart_from_another_engine() -> None:
    altered = replace(kept(finished()), signature=kept(finished("zh_hans_short")).signature)
    assert "the archive was altered" in made_again(altered).changed[0]


def test_adding_again_adds_nothing(tmp_path: Path) -> None:
    letters = [replace(kept(finished()), reference=f"R-{place}") for place in range(230)]
    assert Archive(tmp_path).add(letters) == 230
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(before) == 4  # three blocks and the index
    assert Archive(tmp_path).add(letters) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert Archive(tmp_path).find("R-229") == letters[-1]
    assert Archive(tmp_path).find("R-230") is None


def test_a_torn_index_is_taken_up_where_it_was(tmp_path: Path) -> None:
    letters = [replace(kept(finished()), reference=f"R-{place}") for place in range(5)]
    Archive(tmp_path).add(letters)
    index = tmp_path / INDEX
    index.write_bytes(index.read_bytes()[:-20])
    again = Archive(tmp_path)
    assert again.references == ("R-0", "R-1", "R-2", "R-3")
    assert again.add(letters) == 1
    assert Archive(tmp_path).find("R-4") == letters[4]


def test_damage_is_told_in_a_sentence(tmp_path: Path) -> None:
    Archive(tmp_path).add([kept(finished())])
    (block,) = tmp_path.glob("*.xz")
    block.write_bytes(block.read_bytes()[:-30])
    with pytest.raises(ArchiveError, match="restore it"):
        Archive(tmp_path).find(finished().content.reference)
    (tmp_path / INDEX).write_text("{}\n", encoding="utf-8")
    with pytest.raises(ArchiveError, match="line 1"):
        Archive(tmp_path)


def test_what_is_kept_of_a_letter_is_small(tmp_path: Path) -> None:
    """A hundred letters of one kind, each with another signature and code, as they are in a day's run."""
    letter = kept(finished("zh_hans_short"))
    several = []
    for place in range(100):
        noise = hashlib.sha512(str(place).encode()).digest()
        record = letter.record.replace(b"QH-2026", b"QH-%04d" % place)
        signature = letter.signature[:-64] + noise
        several.append(replace(letter, reference=f"R-{place}", record=record, signature=signature, token=noise.hex()))
    Archive(tmp_path).add(several)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) / len(several) < 1_500
