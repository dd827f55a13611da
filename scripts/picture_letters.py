"""Draw every letter in every language for the documentation: `make pictures`, or `python scripts/picture_letters.py`.

One picture for a kind, a language and a reader (a co-borrower's is all but the borrower's), its pages side by side in sixteen
greys, so that all of them together stay small. A test draws them again and compares, so they are always the letters as they
are. Their code holds a sentence in place of a token, which would be another after any change of the record.
"""

import struct
import sys
import zlib
from pathlib import Path

import numpy
import pypdfium2

from goodstanding.core.letter import LetterRefused
from goodstanding.core.party import Role
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.golden import cases_of
from goodstanding.letters.typeset import Typesetter

DOCS = Path(__file__).parent.parent / "docs"
FOLDER = DOCS / "images" / "letters"
PAGE = DOCS / "reference" / "letters.md"
LANGUAGE_NAMES = {"zh_hans": "Simplified Chinese", "zh_hant": "Traditional Chinese", "en": "English"}
OPENING = """# Every letter, in every language

The golden letters as they are printed: of each kind and language the first one to the borrower, and to the guarantor where a
guarantor is written to. A co-borrower's differs in a few words. Their codes can be read, and say that they prove nothing. What
each letter says when is told in [the guide](../guides/letters.md#the-family).

`make pictures` writes this page and its pictures; a test draws each again and fails where one differs.
"""
DOTS = 90
"""An inch has so many."""
SEAM = 6
"""Dots between two pages."""
CODE = "THIS CODE STANDS IN A PICTURE OF THE DOCUMENTATION OF GOODSTANDING AND PROVES NOTHING".ljust(190, ".")
"""As long as a token, in the letters that tokens are made of."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def pictured() -> dict[Path, tuple[str, str]]:
    """Where each picture is, and the kind and golden case of its letter: the first of a language and reader."""
    found: dict[Path, tuple[str, str]] = {}
    for letter in LETTERS:
        for case, (language, facts) in cases_of(letter).items():
            role = facts().role
            to_whom = "_guarantor" if role is Role.GUARANTOR else ""
            path = FOLDER / f"{letter}_{language.lower().replace('-', '_')}{to_whom}.png"
            if role is not Role.CO_BORROWER:
                found.setdefault(path, (letter, case))
    return found


def page() -> str:
    """The page of the documentation that shows them."""
    lines, letter = [OPENING], ""
    for path, (kind, _) in pictured().items():
        language = path.stem.removeprefix(f"{kind}_").removesuffix("_guarantor")
        reader = ", to the guarantor" if path.stem.endswith("_guarantor") else ""
        shown = f"{LANGUAGE_NAMES[language]}{reader}"
        lines += [f"## {kind}\n"] if kind != letter else []
        lines += [f"### {shown}\n", f"![{kind}, {shown}](../images/letters/{path.name})\n"]
        letter = kind
    return "\n".join(lines)


def drawn(typesetter: Typesetter, letter: str, case: str) -> numpy.ndarray:
    """The pages side by side: 0 for black to 15 for white."""
    language, facts = cases_of(letter)[case]
    content = compose(letter, facts(), language)
    pdf = content if isinstance(content, LetterRefused) else typesetter.pdf(content, token=CODE)
    if isinstance(pdf, LetterRefused):
        raise ValueError(f"golden letter {letter} {case} can't be set: {pdf.detail}")
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=DOTS / 72, grayscale=True, may_draw_forms=False).to_numpy() for page in document]
    document.close()
    seam = numpy.full((pages[0].shape[0], SEAM), 128, numpy.uint8)
    parts = [part for page in pages for part in (seam, page.reshape(page.shape[:2]))][1:]
    return numpy.hstack(parts) >> 4


def png(greys: numpy.ndarray) -> bytes:
    """A picture of sixteen greys as a PNG file (ISO/IEC 15948), four bits to a dot."""
    height, width = greys.shape
    header = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(_rows(greys), 9)), (b"IEND", b""))
    )


def is_of(file: bytes, greys: numpy.ndarray) -> bool:
    """Whether a PNG file that `png` wrote shows this picture; the same picture may be compressed into other bytes."""
    height, width = greys.shape
    start = file.index(b"IDAT")
    length = struct.unpack(">I", file[start - 4 : start])[0]
    size = struct.unpack(">II", file[16:24])
    return bool(size == (width, height)) and zlib.decompress(file[start + 4 : start + 4 + length]) == _rows(greys)


def _rows(greys: numpy.ndarray) -> bytes:
    """Each row as PNG has it: that it isn't filtered, then two dots to a byte."""
    height, width = greys.shape
    dots = numpy.zeros((height, (width + 1) // 2 * 2), numpy.uint8)
    dots[:, :width] = greys
    packed = dots[:, 0::2] << 4 | dots[:, 1::2]
    return numpy.hstack([numpy.zeros((height, 1), numpy.uint8), packed]).tobytes()


def main() -> int:
    """Draw them all; say which changed."""
    typesetter = Typesetter()
    FOLDER.mkdir(exist_ok=True)
    wanted = pictured()
    for path in set(FOLDER.glob("*.png")) - wanted.keys():
        path.unlink()
        print(f"{path.name}: removed")
    for path, (letter, case) in wanted.items():
        greys = drawn(typesetter, letter, case)
        changed = not path.exists() or not is_of(path.read_bytes(), greys)
        if changed:
            path.write_bytes(png(greys))
        print(f"{path.name}: {path.stat().st_size:,} bytes, {'drawn' if changed else 'unchanged'}")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
