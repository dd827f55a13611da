"""The lender's letterhead: its logo and its colour, from `[letterhead]` in lender.toml, checked before any letter is set."""

import base64
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from goodstanding.core import reading

LEAST_CONTRAST = 4.5
"""With white paper, as WCAG 2 asks of text: what is set in the colour reads as well where it is printed in grey."""
MOST_BYTES = 30_000
"""The logo goes into every letter, which may have 120 kB in all."""
HEIGHT, MOST_WIDTH = 24.0, 200.0
"""Of the logo, in points: its foot stays clear of the title beside the window."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SIZE = re.compile(r'<svg\b[^>]*?\bviewBox\s*=\s*["\']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)', re.DOTALL)
_UNWANTED = re.compile(
    r"<\s*(script|text|foreignObject|image)\b|\b(?:xlink:)?href\s*=\s*[\"'](?!#)|<!ENTITY", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """logo: an SVG drawing, empty for none. ratio: its width by its height. alt: what it shows, for those who don't see it."""

    colour: str = "#000000"
    logo: str = ""
    ratio: float = 1.0
    alt: str = ""

    def data(self) -> dict[str, Any]:
        """For page.typ."""
        height = min(HEIGHT, MOST_WIDTH / self.ratio)
        logo = {"svg": self.logo, "height": round(height, 2), "alt": self.alt} if self.logo else None
        return {"colour": self.colour, "logo": logo}


PLAIN = Letterhead()


def read_letterhead(said: object, folder: Path) -> Letterhead:
    """Read `[letterhead]`: colour, logo (a file in the lender's folder), alt. `reading.BadValue` says what is wrong."""
    readers: dict[str, reading.Reader] = {
        "colour": _colour,
        "logo": reading.filled_text,
        "alt": reading.filled_text,
    }
    keys: Mapping[str, Any] = reading.read_keys(said, readers)
    if "logo" not in keys:
        return Letterhead(keys.get("colour", PLAIN.colour))
    if "alt" not in keys:
        raise reading.BadValue('"alt" is missing: say what the logo shows, for those who hear the letter read')
    drawing, ratio = reading.at("logo", lambda name: _logo(folder / str(name)), keys["logo"])
    return Letterhead(keys.get("colour", PLAIN.colour), drawing, ratio, keys["alt"])


def logo_of(said: object) -> str:
    """The logo's file as `[letterhead]` names it, before anything is checked; empty for none."""
    name = said.get("logo") if isinstance(said, Mapping) else None
    return name if isinstance(name, str) else ""


def contrast(colour: str) -> float:
    """The contrast of a colour with white, by WCAG 2: from 1 (none) to 21 (black).

    >>> round(contrast("#000000")), round(contrast("#767676"), 1), contrast("#ffffff")
    (21, 4.5, 1.0)
    """
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _colour(value: object) -> str:
    colour = reading.text(value)
    if not _COLOUR.fullmatch(colour):
        raise reading.BadValue(
            f'"{colour}" isn\'t a colour: write it as "#" and six hexadecimal digits, such as "#0b5d4e"'
        )
    if contrast(colour) < LEAST_CONTRAST:
        raise reading.BadValue(
            f"{colour} is too pale for white paper: its contrast is {contrast(colour):.1f}, {LEAST_CONTRAST} is the least"
        )
    return colour.lower()


def _logo(path: Path) -> tuple[str, float]:
    """The drawing as SVG, a PNG within one, and its width by its height."""
    try:
        data = path.read_bytes()
    except OSError as failed:
        raise reading.BadValue(f"{path} can't be read: {failed.strerror}") from None
    if len(data) > MOST_BYTES:
        raise reading.BadValue(
            f"{path.name} has {len(data):,} bytes, and goes into every letter: {MOST_BYTES:,} are the most"
        )
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(path, data)
    try:
        drawing = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        drawing = ""
    size = _SIZE.search(drawing)
    if size is None or not float(size[1]) or not float(size[2]):
        raise reading.BadValue(f"{path.name} is neither a PNG nor an SVG with a viewBox: expected one of them")
    if unwanted := _UNWANTED.search(drawing):
        raise reading.BadValue(
            f"{path.name} has {unwanted[0]!r}: a logo must be drawn in shapes, with letters turned into outlines"
        )
    try:
        ElementTree.fromstring(drawing)  # noqa: S314 (its own entities were refused above)
    except ElementTree.ParseError as why:
        raise reading.BadValue(f"{path.name} is a broken SVG ({why}): save it again") from None
    return drawing, float(size[1]) / float(size[2])


def _png(path: Path, data: bytes) -> tuple[str, float]:
    if not _is_whole_png(data):
        raise reading.BadValue(f"{path.name} is a broken PNG: save it again")
    width, height = struct.unpack(">II", data[16:24])
    encoded = base64.b64encode(data).decode()
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
        f' href="data:image/png;base64,{encoded}"/></svg>'
    )
    return drawing, width / height


def _is_whole_png(data: bytes) -> bool:
    """Whether each chunk is there with the check sum it should have, from the picture's size to its end."""
    at, seen = 8, list[bytes]()
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        kind, body, check = data[at + 4 : at + 8], data[at + 4 : at + 8 + length], data[at + 8 + length :][:4]
        if zlib.crc32(body).to_bytes(4) != check:
            return False
        seen.append(kind)
        at += 12 + length
    return (
        seen[:1] == [b"IHDR"]
        and seen[-1:] == [b"IEND"]
        and b"IDAT" in seen
        and min(data[16:20], data[20:24]) > bytes(4)
    )
