"""The faces that come with the package are what scripts/cut_faces.py cuts, byte for byte."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from goodstanding.letters import compose, faces
from scripts import cut_faces

LETTERS = Path(compose.__file__).parent
FEW = 24


def test_the_western_faces_come_out_the_same_when_they_are_cut_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Chinese ones are cut by the same functions, and take two minutes each."""
    monkeypatch.setattr(cut_faces, "FACES", tmp_path)
    cut_faces.main(["GS Sans"])
    cut = sorted(path.name for path in tmp_path.iterdir())
    assert cut == ["GSSans-Bold.ttf", "GSSans-Regular.ttf", "GSSans.json"]
    assert {name: (tmp_path / name).read_bytes() == (faces.HERE / name).read_bytes() for name in cut} == dict.fromkeys(
        cut, True
    )


@pytest.mark.parametrize("path", sorted(faces.HERE.glob("*.ttf")), ids=lambda path: path.stem)
def test_a_glyph_stands_where_it_was_drawn(path: Path) -> None:
    """Readers move a glyph to where its metrics say that its leftmost point is."""
    face = TTFont(path)
    begins = {name: begin for name, (_, begin) in face["hmtx"].metrics.items()}
    assert begins == {name: getattr(face["glyf"][name], "xMin", 0) for name in face.getGlyphOrder()}
    face.close()


@pytest.mark.parametrize("family", ["GS Sans", "GS Sans SC", "GS Sans HK", "GS Sans TC"])
def test_a_page_is_planned_by_the_characters_and_widths_of_its_faces(family: str) -> None:
    stem = family.replace(" ", "")
    weights = {weight: TTFont(faces.HERE / f"{stem}-{weight}.ttf") for weight in ("Regular", "Bold")}
    assert (faces.HERE / f"{stem}.json").read_text(encoding="utf-8") == cut_faces.metrics(weights)
    for face in weights.values():
        face.close()


def test_a_taiwanese_letter_takes_only_names_from_the_face_of_hong_kong() -> None:
    """Each change of the face within a line makes the letter larger; a few characters that the wording gains don't matter."""
    taiwan, hong_kong = faces.metrics("GS Sans TC").characters, faces.metrics("GS Sans HK").characters
    assert taiwan < hong_kong
    wording = {one for path in LETTERS.rglob("*zh_hant*.toml") for one in path.read_text(encoding="utf-8")}
    lacking = {one for one in wording & hong_kong if one >= "\u3400"} - taiwan
    assert len(lacking) <= FEW, (
        f"add {''.join(sorted(lacking))} to scripts/faces/wording_traditional.txt and cut GS Sans TC again"
    )


def test_the_faces_together_stay_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in faces.HERE.iterdir() if path.is_file()) <= 10_000_000


@pytest.mark.parametrize("style", [faces.MAINLAND, faces.HONG_KONG, faces.TAIWAN, faces.style_of("en", "uk")])
def test_asking_whether_any_is_missing_is_asking_which(style: faces.Style) -> None:
    points = (point for point in range(0x30000) if not 0xD800 <= point < 0xE000)
    every = frozenset(map(chr, points)) - {"\u200b"}
    missing = faces.missing("".join(every), style)
    assert not faces.lacks("".join(sorted(every - missing)) + "\u200b", style)
    assert all(faces.lacks(one, style) for one in missing)
