"""A lender's letterhead: what is refused, before a letter is set with it."""

import struct
import zlib
from pathlib import Path

import pytest

from goodstanding.core.reading import BadValue
from goodstanding.letters.letterhead import read_letterhead


def png(width: int, height: int) -> bytes:
    """A white picture."""
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0),
        b"IDAT": zlib.compress((b"\0" + b"\xff" * width) * height),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks.items()
    )


PNG = png(300, 100)
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
        ({"logo": "large.svg", "alt": "x"}, "has 30,0.. bytes, and goes into every letter: 30,000 are the most"),
        ({"logo": ".", "alt": "x"}, "can't be read: Is a directory"),
        ({"logo": "torn.png", "alt": "x"}, "torn.png is a broken PNG: save it again"),
        ({"logo": "spoilt.png", "alt": "x"}, "spoilt.png is a broken PNG"),
        ({"logo": "flat.png", "alt": "x"}, "flat.png is a broken PNG"),
        ({"logo": "torn.svg", "alt": "x"}, "torn.svg is a broken SVG"),
        ({"logos": "logo.svg"}, 'the nearest is "logo"'),
    ],
)
def test_a_letterhead_that_would_spoil_letters_is_refused(said: dict[str, str], why: str, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "words.svg").write_bytes(SVG.replace(b"<path", b"<text>x</text><path"))
    (tmp_path / "large.svg").write_bytes(SVG + b" " * 30_000)
    (tmp_path / "torn.png").write_bytes(PNG[:-13])
    (tmp_path / "spoilt.png").write_bytes(PNG[:50] + b"\0\0" + PNG[52:])
    (tmp_path / "flat.png").write_bytes(png(300, 0))
    (tmp_path / "torn.svg").write_bytes(SVG[:-6])
    (tmp_path / "logo.txt").write_bytes(b"logo")
    with pytest.raises(BadValue, match=why):
        read_letterhead(said, tmp_path)
