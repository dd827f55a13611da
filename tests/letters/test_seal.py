"""The seal: others' libraries find it valid, it is the same each time, and the letter stays what it was."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pdfua
import pikepdf
import pikepdf.pdfa
import pypdfium2 as pdfium
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from goodstanding.letters.attached import CODE
from goodstanding.letters.cms import NotOurCms, read_cms
from goodstanding.letters.example_key import example_key
from goodstanding.letters.pdf_file import NotOurPdf, read_pdf
from goodstanding.letters.press import Press
from goodstanding.letters.seal import ROOM, read_seal, seal_again, signature_of
from goodstanding.letters.typeset import Typesetter
from tests.letters.finished import NAMES, facts_of, finished, unsealed

AFTER = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("name", NAMES)
def test_an_independent_judge_finds_the_seal_valid_over_the_whole_file(name: str) -> None:
    reader = PdfFileReader(io.BytesIO(finished(name).pdf))
    (signature,) = reader.embedded_signatures
    trusted = ValidationContext(trust_roots=[x509.Certificate.load(example_key().certificate)], moment=AFTER)
    status = validate_pdf_signature(signature, trusted)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok is None or status.docmdp_ok


@pytest.mark.parametrize("name", NAMES)
def test_the_sealed_file_is_well_formed_and_keeps_its_tags_and_attachment(name: str) -> None:
    pdf = finished(name).pdf
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert file.check_pdf_syntax() == []
        (attached,) = list(file.attachments)
        assert attached == "letter.json"
        assert file.attachments["letter.json"].get_file().read_bytes() == finished(name).record
        assert file.Root.MarkInfo.Marked and len(file.Root.AcroForm.Fields) == 1
        widget = file.Root.AcroForm.Fields[0]
        tree = file.Root.StructTreeRoot
        parents = list(tree.ParentTree.Nums)
        element = parents[parents.index(widget.StructParent) + 1]
        assert (str(element.S), str(element.K.Type)) == ("/Form", "/OBJR")
        assert tree.ParentTreeNextKey == widget.StructParent + 1


def _rules(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return {
            f"{one.rule}: {re.sub('obj [0-9 ]+', 'obj', one.message)}"
            for one in pikepdf.pdfa.check(file, "3b").findings
        }


def test_sealing_adds_nothing_that_a_pdf_a_checker_objects_to_but_what_it_does_not_know() -> None:
    """The checker knows a list of what may stand in PDF/A-3b and objects to all else, rightly or not."""
    added = _rules(finished().pdf) - _rules(unsealed("en_short").pdf)
    assert added <= {
        "pikepdf:schema-Catalog: interactive forms (/AcroForm) are not supported",
        "pikepdf:embedded-file: embedded files are not supported",
    }


def test_a_checker_of_accessibility_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(finished("zh_hans_short").pdf)
    report = pdfua.validate(str(path))
    assert [finding for outcome in report.outcomes for finding in outcome.findings] == []


def test_the_same_letter_is_sealed_to_the_same_bytes() -> None:
    again = Press(example_key()).finish(facts_of("en_short")[1], finished().content)
    assert again == finished()


def test_a_kept_signature_makes_the_same_file_without_the_key() -> None:
    letter = finished()
    page = Typesetter().pdf(letter.content, record=letter.record, token=letter.token)
    kept = signature_of(letter.pdf)
    assert kept is not None and isinstance(page, bytes)
    on, describes = letter.content.issued_on, letter.content.sender.name
    assert seal_again(page, kept, on=on, describes=describes, says={CODE: letter.token}) == letter.pdf


def test_the_text_of_the_letter_is_read_as_before() -> None:
    letter = finished("zh_hans_short")
    page = Typesetter().pdf(letter.content, record=letter.record, token=letter.token)
    pages = [[page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf)] for pdf in (page, letter.pdf)]
    assert pages[0] == pages[1]


def test_what_typst_did_not_set_is_not_sealed() -> None:
    for pdf in (b"%PDF-1.4\n", finished().pdf, b"", finished().pdf[:-200]):
        with pytest.raises(NotOurPdf):
            read_pdf(pdf)


def test_a_signature_with_anything_more_in_it_is_not_ours() -> None:
    signature = signature_of(finished().pdf)
    assert signature is not None
    assert read_cms(signature).certificate == example_key().certificate
    for other in (signature + b"\0", signature[:-1], b"", b"\x30\x00", signature[:50] + b"\x00" + signature[51:]):
        with pytest.raises(NotOurCms):
            read_cms(other)


def test_a_seal_with_bytes_hidden_in_its_room_is_not_read() -> None:
    pdf = finished().pdf
    at = pdf.rindex(b"0" * 64 + b">")
    assert read_seal(pdf[:at] + b"6869" + pdf[at + 4 :]) is None


def test_the_room_holds_a_certificate_of_an_authority() -> None:
    used = len(signature_of(finished().pdf) or b"")
    assert ROOM - used > 1_500
