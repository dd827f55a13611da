"""A genuine letter, altered as somebody would who has a PDF library and no key: none is ever called genuine and intact."""

import io
import re
from collections.abc import Callable
from functools import cache

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from goodstanding.letters.example_key import example_key
from goodstanding.letters.press import Finished
from goodstanding.letters.verify import Outcome, verify
from tests.letters.finished import finished, golden

KEYS = [example_key().public]
AMOUNT = b"1,087.54"


@cache
def other() -> Finished:
    return golden("first_notice", "en")


def _drawn(file: Pdf, page: int, more: bytes, *, before: bool = False) -> None:
    where = file.pages[page]
    stream = Stream(file, b"q " + more + b" Q\n")
    where.contents_add(stream, prepend=before)


def white_box_and_text(file: Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"))
    file.pages[0].Resources.Font["/F9"] = file.make_indirect(font)
    _drawn(file, 0, b"1 g 400 700 140 30 re f BT 0 g /F9 20 Tf 410 706 Td (CN 9,087.54) Tj ET")


def picture_over_the_amount(file: Pdf) -> None:
    picture = Stream(file, b"\xff" * 48)
    for key, value in {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": 4,
        "Height": 4,
        "BitsPerComponent": 8,
    }.items():
        picture[f"/{key}"] = value
    picture["/ColorSpace"] = Name.DeviceRGB
    file.pages[0].Resources["/XObject"] = Dictionary(Im9=file.make_indirect(picture))
    _drawn(file, 0, b"140 0 0 30 400 700 cm /Im9 Do")


def a_note_over_the_amount(file: Pdf) -> None:
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.FreeText,
        Rect=Array([400, 700, 540, 730]),
        Contents=String("CN¥9,087.54"),
        DA=String("0 g"),
    )
    page = file.pages[0]
    page["/Annots"] = Array([*page.get("/Annots", []), file.make_indirect(note)])


def another_place_to_pay(file: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://pay.example/now"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([50, 50, 500, 700]), A=action)
    page = file.pages[1]
    page["/Annots"] = Array([*page.get("/Annots", []), file.make_indirect(link)])


def glyphs_that_show_other_digits(file: Pdf) -> None:
    for font in (
        one for one in file.objects if isinstance(one, Dictionary) and one.get("/Subtype") == Name.CIDFontType2
    ):
        gids = bytearray(b"".join(i.to_bytes(2, "big") for i in range(4096)))
        gids[2 * 17 : 2 * 18], gids[2 * 18 : 2 * 19] = gids[2 * 18 : 2 * 19], gids[2 * 17 : 2 * 18]
        font["/CIDToGIDMap"] = Stream(file, bytes(gids))


def text_that_reads_otherwise(file: Pdf) -> None:
    for font in (one for one in file.objects if isinstance(one, Dictionary) and "/ToUnicode" in one):
        font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"<0038>", b"<0039>"))


def a_page_taken_out(file: Pdf) -> None:
    del file.pages[1]


def a_page_twice(file: Pdf) -> None:
    file.pages.append(file.pages[0])


def a_page_of_another_letter(file: Pdf) -> None:
    with pikepdf.open(io.BytesIO(other().pdf)) as source:
        drawn = source.pages[0].Contents.read_bytes()
    file.pages[1].Contents = Stream(file, drawn)


def pages_in_another_order(file: Pdf) -> None:
    file.pages.reverse()


def a_script_at_opening(file: Pdf) -> None:
    file.Root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=String("app.alert('pay')"))


def a_layer_that_can_be_hidden(file: Pdf) -> None:
    layer = file.make_indirect(Dictionary(Type=Name.OCG, Name=String("amount")))
    file.Root["/OCProperties"] = Dictionary(OCGs=Array([layer]), D=Dictionary(Order=Array([layer]), OFF=Array([layer])))
    file.pages[0].Resources["/Properties"] = Dictionary(L=layer)
    _drawn(file, 0, b"/OC /L BDC", before=True)


def another_title_and_author(file: Pdf) -> None:
    file.docinfo["/Author"] = String("Another Bank")
    with file.open_metadata() as told:
        told["dc:title"] = "Your loan is overdue · 000000-00000-00000"


def another_day_in_the_metadata(file: Pdf) -> None:
    file.Root.Metadata.write(file.Root.Metadata.read_bytes().replace(b"2026-11-23", b"2026-01-23"))


def a_figure_in_the_record(file: Pdf) -> None:
    attached = file.Root.AF[0].EF.F
    attached.write(attached.read_bytes().replace(b"108754", b"908754").replace(AMOUNT, b"9,087.54"))


def the_record_of_another_letter(file: Pdf) -> None:
    file.Root.AF[0].EF.F.write(other().record)


def a_second_record(file: Pdf) -> None:
    file.attachments["letter.json"] = pikepdf.AttachedFileSpec(file, other().record, filename="letter.json")


def a_record_behind_the_first(file: Pdf) -> None:
    file.attachments["copy/letter.json"] = pikepdf.AttachedFileSpec(file, other().record, filename="letter.json")


def no_seal(file: Pdf) -> None:
    del file.Root["/AcroForm"]
    for page in file.pages:
        if "/Annots" in page:
            page.Annots = Array([one for one in page.Annots if one.get("/Subtype") != Name.Widget])


def the_seal_of_another_letter(file: Pdf) -> None:
    with pikepdf.open(io.BytesIO(other().pdf)) as source:
        theirs = source.Root.AcroForm.Fields[0].V
        ours = file.Root.AcroForm.Fields[0].V
        ours.Contents, ours.ByteRange = String(bytes(theirs.Contents)), Array([int(one) for one in theirs.ByteRange])


def nothing_but_saved_again(file: Pdf) -> None:
    file.Root["/PageMode"] = Name.UseNone


BY_LIBRARY: list[Callable[[Pdf], None]] = [
    white_box_and_text,
    picture_over_the_amount,
    a_note_over_the_amount,
    another_place_to_pay,
    glyphs_that_show_other_digits,
    text_that_reads_otherwise,
    a_page_taken_out,
    a_page_twice,
    a_page_of_another_letter,
    pages_in_another_order,
    a_script_at_opening,
    a_layer_that_can_be_hidden,
    another_title_and_author,
    another_day_in_the_metadata,
    a_figure_in_the_record,
    the_record_of_another_letter,
    a_second_record,
    a_record_behind_the_first,
    no_seal,
    the_seal_of_another_letter,
    nothing_but_saved_again,
]


def altered(pdf: bytes, change: Callable[[Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        change(file)
        file.save(out)
    return out.getvalue()


def passes(pdf: bytes) -> bool:
    """Whether somebody who looks at the two first lines would take it for the lender's own letter."""
    found = verify(pdf, KEYS)
    return found.is_genuine.outcome is Outcome.YES and found.is_intact.outcome is Outcome.YES


def test_the_letter_that_is_altered_passes() -> None:
    assert passes(finished().pdf) and passes(other().pdf)


@pytest.mark.parametrize("change", BY_LIBRARY, ids=lambda change: change.__name__)
def test_a_letter_altered_with_a_library_does_not_pass(change: Callable[[Pdf], None]) -> None:
    assert not passes(altered(finished().pdf, change))


# -- byte by byte, so that what was sealed stays where it was


def with_update(pdf: bytes, number: int, body: bytes) -> bytes:
    """An incremental update (ISO 32000-1, 7.5.6): an object written again after the end, and a cross-reference table for it."""
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    size = max(int(one) for one in re.findall(rb"/Size (\d+)", pdf))
    root = re.findall(rb"/Root (\d+ \d+ R)", pdf)[-1]
    at = len(pdf) + 1
    added = b"\n%d 0 obj\n%s\nendobj\n" % (number, body)
    table = at + len(added) - 1
    return (
        pdf
        + added
        + b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (number, at, size, root, start, table)
    )


def the_catalogue_again() -> bytes:
    with pikepdf.open(io.BytesIO(finished().pdf)) as file:
        number = file.Root.objgen[0]
        body = file.Root.unparse(resolved=True)
    return with_update(finished().pdf, number, body.replace(b"/MarkInfo", b"/PageMode /UseNone /MarkInfo", 1))


def the_first_page_again() -> bytes:
    with pikepdf.open(io.BytesIO(finished().pdf)) as file:
        page = file.pages[0].obj
        number, body = page.objgen[0], page.unparse(resolved=True)
    return with_update(finished().pdf, number, body.replace(b"/Rotate 0", b"", 1)[:-2] + b"/Rotate 180>>")


def what_lies_before_the_beginning() -> bytes:
    return b"%PDF-1.4\n%another file\n" + finished().pdf


def bytes_in_the_room_of_the_signature() -> bytes:
    """The digits behind the signature aren't signed by it: nothing may lie there but zeros."""
    pdf = finished().pdf
    found = re.search(rb"/Contents ?<([0-9A-Fa-f]+)>", pdf)
    assert found is not None
    at = found.end(1) - 2
    return pdf[:at] + (b"41" if pdf[at : at + 2] != b"41" else b"42") + pdf[at + 2 :]


def a_shorter_range() -> bytes:
    """The range as if the last part weren't in it, in the same number of characters."""
    pdf = finished().pdf
    found = re.search(rb"/ByteRange ?\[([^\]]+)\]", pdf)
    assert found is not None
    numbers = found[1].split()
    shorter = str(int(numbers[3]) - 10).encode().rjust(len(numbers[3]), b"0")
    return pdf[: found.start(1)] + found[1].replace(numbers[3], shorter) + pdf[found.end(1) :]


def two_letters_in_one_file() -> bytes:
    return finished().pdf + other().pdf


BY_HAND: list[Callable[[], bytes]] = [
    the_catalogue_again,
    the_first_page_again,
    what_lies_before_the_beginning,
    bytes_in_the_room_of_the_signature,
    a_shorter_range,
    two_letters_in_one_file,
]


@pytest.mark.parametrize("forged", BY_HAND, ids=lambda forged: forged.__name__)
def test_a_letter_altered_by_hand_does_not_pass(forged: Callable[[], bytes]) -> None:
    assert not passes(forged())
