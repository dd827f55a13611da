"""The page: everything the content says is on it, whatever a name or an address holds, and the same bytes each time."""

import json
import re
from dataclasses import replace

import pypdfium2
import pytest

from goodstanding.core.letter import LetterContent, LetterRefused, content_data, texts
from goodstanding.letters.golden import golden_letters
from goodstanding.letters.letterhead import Letterhead
from goodstanding.letters.typeset import Typesetter
from tests.letters.facts import content_of, golden_facts, many_instalments, with_borrower

LETTERS = golden_letters()


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def pages(pdf: bytes | LetterRefused) -> list[str]:
    assert isinstance(pdf, bytes), pdf
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        text = page.get_textpage()
        found.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return found


def squeezed(text: str) -> str:
    """Without what line breaking adds or takes: spaces, and the marks at which a line may break."""
    return re.sub(r"[\s​\ufffe\u0002-]", "", text)


def missing(content: LetterContent, pdf: bytes | LetterRefused) -> list[str]:
    shown = squeezed("".join(pages(pdf)))
    return [text for _, text in texts(content) if squeezed(text) not in shown]


@pytest.mark.parametrize("name", LETTERS)
def test_every_word_of_the_content_is_on_the_page(name: str, typesetter: Typesetter) -> None:
    assert missing(LETTERS[name], typesetter.pdf(LETTERS[name])) == []


@pytest.mark.parametrize(
    ("name", "count"),
    [("zh_hans_short", 2), ("zh_hant_short", 2), ("en_short", 2), ("zh_hans_bill", 2), ("en_united_states_long", 2)],
)
def test_a_letter_takes_as_many_pages_as_it_needs(name: str, count: int, typesetter: Typesetter) -> None:
    assert len(pages(typesetter.pdf(LETTERS[name]))) == count


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_a_long_statement_runs_over_pages_with_running_heads(language: str, typesetter: Typesetter) -> None:
    content = content_of(many_instalments(30, language), language)
    pdf = typesetter.pdf(content)
    assert missing(content, pdf) == []
    shown = [squeezed(page) for page in pages(pdf)]
    assert len(shown) >= 4
    head = squeezed(content.running_head)
    assert [head in page for page in shown] == [False] + [True] * (len(shown) - 1)
    for number, page in enumerate(shown, 1):
        label = content.page_label.replace("{page}", str(number)).replace("{pages}", str(len(shown)))
        assert squeezed(label) in page


def test_nothing_stands_outside_the_page(typesetter: Typesetter) -> None:
    content = content_of(many_instalments(20))
    pdf = typesetter.pdf(content)
    assert isinstance(pdf, bytes)
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        for left, bottom, right, top in (one.get_bounds() for one in page.get_objects()):
            assert left > 10 and right < width - 40 and bottom > 10 and top < height - 10


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") *b* $x$ <a> _u_ `c` @r // /* \\ [x] {y}',
        "</text><script>alert(1)</script>",
        "{name} %s {{x}}",
        "玥 翀 喆 堃 赟 祎 龘 𠮷 啲",
        "Siân Łukasiewicz-Öztürk Nguyễn Thị Ştefan Ελένη Иван",
        "e\u0301 combined",
        "阿卜杜热西提·买买提艾力·托合提巴依",
    ],
)
@pytest.mark.parametrize("golden", ["zh_hans_short", "zh_hant_short", "en_short"])
def test_a_name_is_printed_as_it_is_written(name: str, golden: str, typesetter: Typesetter) -> None:
    content = content_of(with_borrower(golden_facts(golden), name=name), LETTERS[golden].language)
    shown = squeezed("".join(pages(typesetter.pdf(content))))
    assert squeezed(name.replace("e\u0301", "é")) in shown


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("王𪛖", "U+2A6D6, CJK UNIFIED IDEOGRAPH-2A6D6"),
        ("مريم", "U+0645, ARABIC LETTER MEEM"),
        ("שרה", "U+05E9, HEBREW LETTER SHIN"),
        ("Amy 😀", "U+1F600, GRINNING FACE"),
        ("王\u202e五", "U+202E, RIGHT-TO-LEFT OVERRIDE"),
        ("王\n五", "U+000A, no name"),
    ],
)
def test_a_character_that_no_face_has_sets_the_letter_aside_by_name(
    name: str, character: str, typesetter: Typesetter
) -> None:
    """What `compose` has put something in place of doesn't come here; this is the last guard."""
    facts = golden_facts("zh_hans_short")
    found = typesetter.pdf(replace(content_of(facts), salutation=name))
    assert isinstance(found, LetterRefused)
    assert (found.reason, found.loan_id) == ("character_not_in_fonts", facts.loan.id)
    assert character in found.detail


@pytest.mark.parametrize("golden", ["zh_hans_short", "en_short"])
def test_a_long_address_and_a_name_without_a_break_stay_on_the_page(golden: str, typesetter: Typesetter) -> None:
    language = LETTERS[golden].language
    long_lines = tuple(
        f"{number} Very Long Building Name, Even Longer Street Name Boulevard, District" for number in range(7)
    )
    facts = with_borrower(golden_facts(golden), name="X" * 120, address=(*long_lines, "很长的地址" * 20))
    content = content_of(facts, language)
    pdf = typesetter.pdf(content)
    assert missing(content, pdf) == []
    assert isinstance(pdf, bytes)
    for page in pypdfium2.PdfDocument(pdf):
        assert all(one.get_bounds()[2] < page.get_size()[0] - 40 for one in page.get_objects())


def test_the_largest_amount_fits_into_its_box(typesetter: Typesetter) -> None:
    content = LETTERS["en_short"]
    figure = replace(content.key_figures[0], value="CN¥99,999,999,999.99")
    content = replace(content, key_figures=(figure, content.key_figures[1]))
    assert "CN¥99,999,999,999.99" in squeezed("".join(pages(typesetter.pdf(content))))


def test_the_same_content_gives_the_same_bytes_whatever_was_set_before(typesetter: Typesetter) -> None:
    content = LETTERS["zh_hans_short"]
    first = typesetter.pdf(content)
    typesetter.pdf(LETTERS["en_united_states_long"])
    assert typesetter.pdf(content) == first == Typesetter().pdf(content)


def test_the_pdf_is_archival_accessible_and_carries_its_content(typesetter: Typesetter) -> None:
    content = LETTERS["zh_hans_short"]
    pdf = typesetter.pdf(content)
    assert isinstance(pdf, bytes)
    for mark in (
        b"<pdfaid:part>3</pdfaid:part>",
        b"<pdfaid:conformance>A</pdfaid:conformance>",
        b"<pdfuaid:part>1</pdfuaid:part>",
    ):
        assert mark in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert document.count_attachments() == 1
    attachment = document.get_attachment(0)
    assert attachment.get_name() == "letter.json"
    assert json.loads(bytes(attachment.get_data())) == json.loads(json.dumps(content_data(content)))
    assert document.get_metadata_dict()["Title"] == f"{content.title} · {content.reference}"


def test_a_page_that_fails_sets_only_its_own_letter_aside(typesetter: Typesetter) -> None:
    found = typesetter.pdf(LETTERS["zh_hans_short"], letterhead=Letterhead(logo="no drawing"))
    assert isinstance(found, LetterRefused)
    assert found.reason == "cannot_be_set"
    assert isinstance(typesetter.pdf(LETTERS["zh_hans_short"]), bytes)
