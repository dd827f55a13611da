"""A sealed letter read from its own bytes: the same as PDFium reads, or not read at all."""

import io
import zlib
from contextlib import suppress

import pikepdf
import pypdfium2 as pdfium
import pytest

from goodstanding.letters.attached import attached_to
from goodstanding.letters.sealed_file import NotAsWritten, SealedFile, read_sealed
from goodstanding.letters.verify import _squeezed
from tests.letters.finished import GOLDEN, finished, golden, unsealed


def read_by_pdfium(pdf: bytes) -> SealedFile:
    document = pdfium.PdfDocument(pdf)
    record, code = attached_to(document)
    return SealedFile(record, code, tuple(_squeezed(page.get_textpage().get_text_bounded()) for page in document))


@pytest.mark.parametrize(("letter", "name"), GOLDEN)
def test_every_letter_is_read_as_pdfium_reads_it(letter: str, name: str) -> None:
    pdf = golden(letter, name).pdf
    found = read_sealed(pdf)
    theirs = read_by_pdfium(pdf)
    assert (found.record, found.code) == (theirs.record, theirs.code)
    # A run of glyphs is a line here; where lines end is nothing that a letter says.
    ours = tuple(_squeezed(page).replace(" ", "") for page in found.pages)
    assert ours == tuple(page.replace(" ", "") for page in theirs.pages)


def repacked(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """A page's content with something in it changed, of the same length when packed; the seal isn't looked at here."""
    document = pikepdf.open(io.BytesIO(pdf))
    content = document.pages[0].Contents
    at = pdf.index(content.read_raw_bytes())
    plain = content.read_bytes()
    assert plain.count(old) >= 1
    was, packed = content.read_raw_bytes(), zlib.compress(plain.replace(old, new, 1), 9)
    assert len(packed) <= len(was)
    return pdf[:at] + packed.ljust(len(was), b"\0") + pdf[at + len(was) :]


@pytest.mark.parametrize(
    "instead",
    [
        b"BT 3 Tr/",  # shown without a mark on the paper
        b"/X0 Do BT 0 Tr/",
        b"BT 0 Tr(1)Tj/",
        b"/Span<</ActualText(1)>>BDC BT 0 Tr/",
        b"BI /W 1 ID x EI BT 0 Tr/",
        b"/G0 gs BT 0 Tr/",
    ],
)
def test_a_page_with_anything_else_on_it_is_left_to_pdfium(instead: bytes) -> None:
    assert read_sealed(repacked(finished().pdf, b"BT 0 Tr/", b"BT 0 Tr/")).pages == read_sealed(finished().pdf).pages
    with pytest.raises(NotAsWritten):
        read_sealed(repacked(finished().pdf, b"BT 0 Tr/", instead))


def test_what_was_not_written_by_us_is_left_to_pdfium() -> None:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(finished().pdf)) as file:
        file.save(saved)
    for pdf in (b"", b"%PDF-1.7\n", finished().pdf[:5000], finished().pdf + b"\n", unsealed("en_short").pdf):
        with pytest.raises(NotAsWritten):
            read_sealed(pdf)
    with pytest.raises(NotAsWritten):
        read_sealed(saved.getvalue())


@pytest.mark.parametrize("share", [place / 41 for place in range(41)])
def test_a_changed_byte_never_falls_over(share: float) -> None:
    pdf = bytearray(finished().pdf)
    pdf[int(len(pdf) * share)] ^= 0x15
    with suppress(NotAsWritten):
        read_sealed(bytes(pdf))
