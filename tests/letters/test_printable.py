"""A character that no face has never stops a letter: something stands in its place, the record keeps the name, it verifies."""

import json
from dataclasses import replace

import pypdfium2 as pdfium
import pytest
from fontTools.ttLib import TTCollection

from goodstanding.core.letter import LetterContent, LetterFacts
from goodstanding.core.reading import BadValue
from goodstanding.letters import faces
from goodstanding.letters.compose import compose
from goodstanding.letters.example_key import example_key
from goodstanding.letters.press import Finished
from goodstanding.letters.printable import OF_ONE_SHAPE, substitutes_from_data
from goodstanding.letters.verify import Outcome, verify
from tests.letters.facts import golden_facts, with_borrower, with_lender
from tests.letters.finished import press

NAMES = {
    "rare, which the whole face has": ("歐陽翀", "歐陽翀", ()),
    "two that look the same": ("𩿎𩿗", "𩿎𩿗", ()),
    "in no face": ("王\U0002a6d6", "王〓", (("U+2A6D6", "〓"),)),
    "private use": ("王\ue000", "王〓", (("U+E000", "〓"),)),
    "emoji": ("李😀雷", "李〓雷", (("U+1F600", "〓"),)),
    "emoji joined": ("李👩\u200d👧", "李〓〓", (("U+1F467", "〓"), ("U+1F469", "〓"))),
    "accents that join": ("Nguye\u0302\u0303n", "Nguye\u0302\u0303n", ()),
    "an accent that doesn't": ("x\u0360y", "x〓y", (("U+0360", "〓"),)),
    "hebrew": ("דוד", "〓〓〓", (("U+05D3", "〓"), ("U+05D5", "〓"))),
    "arabic": ("علي", "〓〓〓", (("U+0639", "〓"), ("U+0644", "〓"), ("U+064A", "〓"))),
    "marks of direction": ("\u202e雷李\u2066", "雷李", ()),
    "variation selector": ("葛\U000e0100", "葛", ()),
    "odd spaces": ("李\t雷\u2009明", "李 雷 明", ()),
    "a control character": ("李\x07雷", "李〓雷", (("U+0007", "〓"),)),
}


def named(name: str, case: str = "zh_hans_short", **lender: object) -> LetterFacts:
    facts = with_borrower(golden_facts(case), name=name, address=(f"示例路 {name} 号",))
    return with_lender(facts, **lender)


def made(facts: LetterFacts, language: str = "zh-Hans") -> Finished:
    content = compose("formal_overdue", facts, language)
    assert isinstance(content, LetterContent), content
    letter = press().finish(facts, content)
    assert isinstance(letter, Finished), letter
    return letter


@pytest.mark.parametrize("case", NAMES)
@pytest.mark.parametrize(("golden", "language"), [("zh_hans_short", "zh-Hans"), ("en_short", "en")])
def test_every_name_has_its_letter_which_verifies_and_keeps_the_true_name(
    case: str, golden: str, language: str
) -> None:
    name, printed, otherwise = NAMES[case]
    letter = made(named(name, golden), language)
    assert letter.content.recipient.name == printed
    assert letter.content.printed_otherwise == otherwise
    assert json.loads(letter.record)["facts"]["borrower"]["name"] == name
    found = verify(letter.pdf, [example_key().public])
    assert (found.agrees.why, found.is_intact.outcome, found.is_genuine.outcome) == ((), Outcome.YES, Outcome.YES)
    page = pdfium.PdfDocument(letter.pdf)[0].get_textpage().get_text_bounded()
    assert page.count("〓") == 0 if not otherwise else page.count("〓") >= 2


def test_the_lenders_substitutes_are_printed_and_verify() -> None:
    table = {"\U0002a6d6": "[鳥龍]", "\ue000": "䶮"}
    letter = made(named("王\U0002a6d6\ue000", substitutes=table))
    assert letter.content.recipient.name == "王[鳥龍]䶮"
    assert letter.content.printed_otherwise == (("U+E000", "䶮"), ("U+2A6D6", "[鳥龍]"))
    assert verify(letter.pdf, [example_key().public]).agrees.why == ()


def test_a_mark_in_place_of_a_name_is_not_let_through_where_the_name_can_be_printed() -> None:
    """A letter whose content has the mark where its own record has a name that could be printed doesn't verify."""
    facts = named("王翀")
    content = compose("formal_overdue", facts, "zh-Hans")
    assert isinstance(content, LetterContent)
    forged = replace(content, salutation=content.salutation.replace("翀", "〓"))
    letter = press().finish(facts, forged)
    assert isinstance(letter, Finished)
    assert verify(letter.pdf, [example_key().public]).agrees.outcome is Outcome.NO


def test_a_loan_number_is_printed_with_the_mark_and_known_as_it_is() -> None:
    facts = named("王小明")
    facts = replace(facts, loan=replace(facts.loan, id="QH-😀"), assessment=replace(facts.assessment, loan_id="QH-😀"))
    content = compose("formal_overdue", facts, "zh-Hans")
    assert isinstance(content, LetterContent)
    assert content.loan_id == "QH-😀"
    assert "QH-〓" in dict(content.details).values()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"王": "黄"}, "王: our faces have this character"),
        ({"翀": "冲"}, "翀: our faces have this character"),
        ({"\ue000\ue001": "x"}, "isn't one character"),
        ({"\ue000": " "}, "it is empty"),
        ({"\ue000": "a\ue001"}, r"no face of ours has U\+E001 either"),
        ("x", "isn't a table"),
    ],
)
def test_a_substitute_that_would_not_help_is_refused(said: object, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        substitutes_from_data(said)


def test_characters_that_every_face_draws_alike_are_known() -> None:
    """PDFium reads a space for the second of two such characters, where it lies beyond U+FFFF."""
    alike = []
    with TTCollection(next(faces.whole_folder().glob("*.ttc")), lazy=True) as fonts:
        for font in fonts:
            by_glyph: dict[str, list[str]] = {}
            for point, glyph in sorted(font.getBestCmap().items()):
                by_glyph.setdefault(glyph, []).append(chr(point))
            alike.append({(other, them[0]) for them in by_glyph.values() for other in them[1:] if other > "\uffff"})
    once = {(one, first) for one, first in set.intersection(*alike) if not "\U0002f800" <= one <= "\U0002fa1f"}
    assert once == set(OF_ONE_SHAPE.items())
