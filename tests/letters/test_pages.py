"""The pages of every golden letter, as others' programs see them: nothing missing, nothing over the edge or over other words,
small enough to send, a code that a telephone reads, and the rules of PDF/A-3a and PDF/UA-1 that can be checked here."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pdfua
import pikepdf
import pypdfium2
import pytest
import zxingcpp

from goodstanding.letters.press import Finished
from tests.letters.finished import GOLDEN, golden
from tests.letters.seen import Seen, faults, pages, squeezed

MOST_BYTES = 120_000
CODE_DOTS = 200
"""An inch has so many where the code is read: a telephone sees more."""
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
EACH_LANGUAGE = [
    next((kind, name) for kind, name in GOLDEN if kind == one and name.startswith(language))
    for one in dict.fromkeys(kind for kind, _ in GOLDEN)
    for language in ("zh_hans", "zh_hant", "en")
]


@pytest.mark.parametrize(("kind", "name"), GOLDEN)
def test_a_letter_shows_all_its_words_each_in_its_place(kind: str, name: str) -> None:
    assert faults(golden(kind, name)) == []


@pytest.mark.parametrize(("kind", "name"), GOLDEN)
def test_a_sealed_letter_is_small_enough_to_send(kind: str, name: str) -> None:
    assert len(golden(kind, name).pdf) <= MOST_BYTES


@pytest.mark.parametrize(("kind", "name"), GOLDEN)
def test_another_reader_reads_the_code_from_the_page(kind: str, name: str) -> None:
    letter = golden(kind, name)
    document = pypdfium2.PdfDocument(letter.pdf)
    picture = document[0].render(scale=CODE_DOTS / 72, grayscale=True, may_draw_forms=False).to_numpy()
    document.close()
    found = zxingcpp.read_barcodes(picture.reshape(picture.shape[:2]), formats=QR)
    assert [one.text for one in found] == [letter.token]


@pytest.mark.parametrize(("kind", "name"), EACH_LANGUAGE)
def test_a_checker_of_accessibility_finds_nothing_in_any_letter(kind: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(golden(kind, name).pdf)
    assert [finding for outcome in pdfua.validate(str(path)).outcomes for finding in outcome.findings] == []


# -- PDF/A-3a (ISO 19005-3), what of it can be told from the file's objects


def objects(file: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [one for one in file.objects if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream))]


@pytest.mark.parametrize(("kind", "name"), EACH_LANGUAGE)
def test_a_letter_keeps_the_rules_of_pdf_a(kind: str, name: str) -> None:
    letter = golden(kind, name)
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", letter.pdf)
    with pikepdf.open(io.BytesIO(letter.pdf)) as file:
        assert "/ID" in file.trailer and "/Encrypt" not in file.trailer
        assert file.Root.MarkInfo.Marked and "/StructTreeRoot" in file.Root and "/Lang" in file.Root
        assert not {"/OpenAction", "/AA", "/OCProperties", "/Requirements"} & set(file.Root.keys())
        (intent,) = file.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1" and len(intent.DestOutputProfile.read_bytes()) > 100
        with file.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert (metadata["dc:title"], metadata["pdfuaid:part"]) == (str(file.docinfo.Title), "1")
        (attached,) = file.Root.AF
        assert (attached.AFRelationship, attached.UF, attached.EF.F.Subtype) == (
            "/Data",
            "letter.json",
            "/application/json",
        )
        assert "/ModDate" in attached.EF.F.Params
        for one in objects(file):
            assert one.get("/S") not in ("/JavaScript", "/Launch", "/Movie", "/Sound", "/ImportData", "/ResetForm")
            assert "/LZWDecode" not in str(one.get("/Filter", "")) and "/F" not in (one if "/Length" in one else {})
            if one.get("/Type") == "/Annot":
                assert int(one.get("/F", 0)) & 0b111011 in (0b100, 0b100000, 0b0) or one.Subtype == "/Widget"


@pytest.mark.parametrize(("kind", "name"), EACH_LANGUAGE)
def test_every_font_of_a_letter_is_within_it_with_its_widths_and_letters(kind: str, name: str) -> None:
    with pikepdf.open(io.BytesIO(golden(kind, name).pdf)) as file:
        fonts = [one for one in objects(file) if one.get("/Type") == "/Font" and one.Subtype == "/Type0"]
        assert fonts
        for font in fonts:
            (within,) = font.DescendantFonts
            embedded = {"/FontFile2", "/FontFile3"} & set(within.FontDescriptor.keys())
            assert len(embedded) == 1 and font.Encoding == "/Identity-H" and "/ToUnicode" in font
            assert "/W" in within and re.match(r"/[A-Z]{6}\+GSSans", str(font.BaseFont)), font.BaseFont


# -- that these tests see what they look for


def test_what_is_looked_for_is_found_when_it_is_there() -> None:
    letter = golden("formal_overdue", "en_short")
    content, other = letter.content, golden("formal_overdue", "zh_hans_short")
    wrong = faults(Finished(content, other.pdf, other.record, other.token))
    assert any("isn't on the page" in fault for fault in wrong)
    assert any("not in the content" in fault for fault in wrong)


def changed(letter: Finished, before: bytes, *, twice: bool) -> Finished:
    """The letter with its first page drawn after an instruction; twice: and again where it was."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter.pdf)) as file:
        page = file.pages[0]
        page.contents_coalesce()
        drawn = page.Contents.read_bytes()
        page.Contents = file.make_stream(b"q " + before + b"\n" + drawn + b"\nQ\n" + (drawn if twice else b""))
        file.save(out)
    return replace(letter, pdf=out.getvalue())


def test_words_outside_the_margins_are_seen() -> None:
    letter = golden("formal_overdue", "en_short")
    assert any("outside the margins" in one for one in faults(changed(letter, b"1 0 0 1 90 0 cm", twice=False)))


def test_words_over_others_are_seen() -> None:
    letter = golden("formal_overdue", "en_short")
    assert any("letters over letters" in one for one in faults(changed(letter, b"1 0 0 1 0 3 cm", twice=True)))


def test_a_number_beside_another_is_not_read_as_one() -> None:
    assert squeezed("instalment 1 120.00") != squeezed("instalment 11 20.00")
    assert squeezed("第 13 期\n小计 QH-A\nB") == squeezed("第13期小计QH-AB")


def test_pages_are_seen_with_their_text_and_boxes() -> None:
    (first, *_) = pages(golden("formal_overdue", "en_short").pdf)
    assert isinstance(first, Seen) and "Your loan is overdue" in first.text and len(first.boxes) > 50
