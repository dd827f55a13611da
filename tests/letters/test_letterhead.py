"""A lender's letterhead: what is refused, before a letter is set with it."""

import struct
from pathlib import Path

import pytest

from goodstanding.core.reading import BadValue
from goodstanding.letters.letterhead import read_letterhead

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 300, 100)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>'


def test_a_logo_is_read_with_its_proportions(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "logo.png").write_bytes(PNG)
    drawn = read_letterhead({"logo": "logo.svg", "alt": "Qinghe", "colour": "#0B5D4E"}, tmp_path)
    pixels = read_letterhead({"logo": "logo.png", "alt": "Qinghe"}, tmp_path)
    assert (drawn.ratio, drawn.colour, pixels.ratio) == (4.0, "#0b5d4e", 3.0)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"colour": "#ffcc00"}, "too pale for white paper: its contrast is 1.5, 4.5 is the least"),
        ({"colour": "green"}, "isn't a colour"),
        ({"logo": "logo.svg"}, '"alt" is missing'),
        ({"logo": "none.svg", "alt": "x"}, "can't be read"),
        ({"logo": "words.svg", "alt": "x"}, "must be drawn in shapes"),
        ({"logo": "logo.txt", "alt": "x"}, "neither a PNG nor an SVG"),
        ({"logos": "logo.svg"}, 'the nearest is "logo"'),
    ],
)
def test_a_letterhead_that_would_spoil_letters_is_refused(said: dict[str, str], why: str, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "words.svg").write_bytes(SVG.replace(b"<path", b"<text>x</text><path"))
    (tmp_path / "logo.txt").write_bytes(b"logo")
    with pytest.raises(BadValue, match=why):
        read_letterhead(said, tmp_path)
