"""Print runs: every letter once, in order, its marks readable, its sums adding up; stopped and taken up again."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from goodstanding.letters.print_run import (
    BALANCE,
    LOG,
    MARK_APART,
    MARK_LEFT,
    MARK_LENGTH,
    MARK_TOP,
    Piece,
    PrintRunError,
    Setting,
    omr_marks,
    print_run,
)
from tests.letters.finished import finished

SCALE = 2


@pytest.fixture
def pieces(tmp_path: Path) -> list[Piece]:
    """Seven letters of one and two pages, in an order that isn't that of their postcodes."""
    found = []
    for place, name in enumerate(["en_united_states_long", "en_short"] * 3 + ["en_short"]):
        path = tmp_path / f"letter{place}.pdf"
        path.write_bytes(finished(name).pdf)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        postcode = f"{90210 - 7 * place}" if place < 6 else ""
        found.append(Piece(f"R-{place}", f"L-{place}", postcode, ("A. Person", "1 Road"), path, digest, place == 2))
    return found


def marks_on(page: pdfium.PdfPage) -> tuple[bool, ...]:
    """What an inserter sees: whether it is black where a mark may be."""
    image = page.render(scale=SCALE, grayscale=True).to_numpy()
    x = int((MARK_LEFT + MARK_LENGTH / 2) * SCALE)
    return tuple(
        bool(
            image[
                int((MARK_TOP + place * MARK_APART) * SCALE) - 3 : int((MARK_TOP + place * MARK_APART) * SCALE) + 3, x
            ].min()
            < 90
        )
        for place in range(len(omr_marks(is_last=True, insert=True, sequence=0)))
    )


def test_every_letter_is_in_the_manifest_once_in_order_of_postcode(pieces: list[Piece], tmp_path: Path) -> None:
    balance = print_run(pieces, tmp_path / "run", Setting(letters_a_container=3))
    with (tmp_path / "run/manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["reference"] for row in rows] == ["R-5", "R-4", "R-3", "R-2", "R-1", "R-0", "R-6"]
    assert [row["container"][-5:] for row in rows] == ["1.pdf"] * 3 + ["2.pdf"] * 3 + ["3.pdf"]
    assert json.loads((tmp_path / "run/manifest.json").read_text(encoding="utf-8"))[0]["address"] == [
        "A. Person",
        "1 Road",
    ]
    assert balance.adds_up and (balance.letters_in_manifest, balance.containers, balance.inserts) == (7, 3, 1)
    assert json.loads((tmp_path / "run" / BALANCE).read_text(encoding="utf-8"))["adds_up"] is True


@pytest.mark.parametrize("duplex", [True, False])
def test_each_letter_lies_where_the_manifest_says_and_its_sheets_are_marked(
    pieces: list[Piece], tmp_path: Path, duplex: bool
) -> None:
    print_run(pieces, tmp_path / "run", Setting(duplex=duplex))
    rows = json.loads((tmp_path / "run/manifest.json").read_text(encoding="utf-8"))
    container = pdfium.PdfDocument(tmp_path / "run/letters-000001.pdf")
    step, sequence = 2 if duplex else 1, 0
    for row in rows:
        own = next(one for one in pieces if one.reference == row["reference"])
        letter = pdfium.PdfDocument(own.path)
        assert row["pages"] == len(letter)
        first = row["first_page"] - 1
        assert not duplex or first % 2 == 0
        texts = [
            [document[place].get_textpage().get_text_bounded() for place in range(start, start + len(letter))]
            for document, start in ((container, first), (letter, 0))
        ]
        assert texts[0] == texts[1]
        for sheet in range(row["sheets"]):
            expected = omr_marks(is_last=sheet + 1 == row["sheets"], insert=own.insert, sequence=sequence)
            assert marks_on(container[first + sheet * step]) == expected
            sequence += 1
    assert len(container) == sum(row["sheets"] * step for row in rows)


def test_without_marks_the_edge_stays_white(pieces: list[Piece], tmp_path: Path) -> None:
    print_run(pieces, tmp_path / "run", Setting(marks=False))
    assert not any(marks_on(pdfium.PdfDocument(tmp_path / "run/letters-000001.pdf")[0]))


@pytest.mark.parametrize("is_last", [True, False])
@pytest.mark.parametrize("insert", [True, False])
def test_a_lost_mark_is_noticed(is_last: bool, insert: bool) -> None:
    for sequence in range(16):
        marks = omr_marks(is_last=is_last, insert=insert, sequence=sequence)
        assert marks[0] and sum(marks) % 2 == 0


def test_a_run_that_was_stopped_goes_on_where_it_was(pieces: list[Piece], tmp_path: Path) -> None:
    setting, folder = Setting(letters_a_container=3), tmp_path / "run"
    whole = print_run(pieces, folder, setting)
    stamps = {path.name: path.stat().st_mtime_ns for path in folder.glob("letters-*.pdf")}
    manifest = (folder / "manifest.csv").read_bytes()
    lines = (folder / LOG).read_text(encoding="utf-8").split("\n")
    (folder / LOG).write_text("\n".join(lines[:2]) + "\n" + lines[2][:40], encoding="utf-8")  # torn in its second line
    (folder / "letters-000003.pdf").unlink()
    assert print_run(pieces, folder, setting) == whole
    assert (folder / "manifest.csv").read_bytes() == manifest
    assert (folder / "letters-000001.pdf").stat().st_mtime_ns == stamps["letters-000001.pdf"]


def test_a_container_that_was_altered_is_made_again(pieces: list[Piece], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    whole = print_run(pieces, folder)
    (folder / "letters-000001.pdf").write_bytes(b"%PDF-1.7\n")
    assert print_run(pieces, folder) == whole
    assert len(pdfium.PdfDocument(folder / "letters-000001.pdf")) == whole.pages_in_containers


def test_what_cannot_be_printed_is_told_in_a_sentence(pieces: list[Piece], tmp_path: Path) -> None:
    with pytest.raises(PrintRunError, match="no letters"):
        print_run([], tmp_path / "a")
    with pytest.raises(PrintRunError, match="twice"):
        print_run([*pieces, pieces[0]], tmp_path / "a")
    with pytest.raises(PrintRunError, match=r"R-0.*isn't the file that the ledger has"):
        print_run([replace(pieces[0], sha256="0" * 64)], tmp_path / "b")
    with pytest.raises(PrintRunError, match="can't be read"):
        print_run([replace(pieces[0], path=tmp_path / "none.pdf")], tmp_path / "c")
    print_run(pieces[:1], tmp_path / "d")
    with pytest.raises(PrintRunError, match="another run"):
        print_run(pieces[:2], tmp_path / "d")
    (tmp_path / "e").mkdir()
    (tmp_path / "e/mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(PrintRunError, match="something else"):
        print_run(pieces, tmp_path / "e")
