"""The e-mail and the text message: the same words, nothing fetched, nothing told to whoever looks on."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest

from goodstanding.core.letter import LetterContent, LetterRefused, Table, texts
from goodstanding.letters.golden import all_golden_letters, golden_letters
from goodstanding.letters.html import email_of, html_page
from goodstanding.letters.plain import plain_text
from goodstanding.letters.sms import ShortMessage, measured, short_message
from tests.letters.facts import content_of, golden_facts, many_instalments, with_borrower

ALL = [pytest.param(content, id=f"{letter}-{name}") for letter, name, content in all_golden_letters()]


class Reader(HTMLParser):
    """Reads a page as a strict person would: every element closed, every attribute seen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("content", ALL)
def test_every_word_of_the_content_is_in_the_page(content: LetterContent) -> None:
    shown = squeezed("".join(Reader(html_page(content)).said))
    assert [text for _, text in texts(content) if squeezed(text) not in shown and text not in empty(content)] == []


def empty(content: LetterContent) -> set[str]:
    """The names of columns that hold nothing in this letter: where each figure is named, they have none to name."""
    tables = [block for part in content.parts for block in part.blocks if isinstance(block, Table)]
    return {
        name
        for table in tables
        for place, name in enumerate(table.header)
        if not any(row.cells[place] for row in table.rows)
    }


@pytest.mark.parametrize("content", ALL)
def test_nothing_is_fetched_and_nothing_can_be_run_or_followed(content: LetterContent) -> None:
    page = html_page(content)
    tags = {tag for tag, _ in Reader(page).elements}
    assert tags <= set(
        "html head meta title body div p br span strong h1 h2 h3 ul li table caption thead tbody tr th td".split()
    )
    attributes = {name for _, attrs in Reader(page).elements for name in attrs}
    assert attributes <= {"lang", "charset", "name", "content", "style", "scope", "colspan"}
    assert "url(" not in page and "@import" not in page


@pytest.mark.parametrize("content", ALL)
def test_a_page_sets_no_colour_but_a_grey_for_lines_and_no_width_a_telephone_lacks(content: LetterContent) -> None:
    styles = [attrs["style"] or "" for _, attrs in Reader(html_page(content)).elements if "style" in attrs]
    declared = [one.split(":", 1) for style in styles for one in style.split(";") if one.strip()]
    names = {name.strip() for name, _ in declared}
    assert not {"color", "background", "background-color", "position", "min-width"} & names
    assert {value for style in styles for value in re.findall("#[0-9a-f]+", style)} <= {"#8a8a8a"}
    unbroken = [style for style in styles if "white-space" in style]
    assert all("text-align:right" in style for style in unbroken)
    fixed = [value for name, value in declared if name.strip() == "width"]
    assert all(value.endswith("%") for value in fixed)


@pytest.mark.parametrize("content", ALL)
def test_tables_of_figures_have_a_caption_headed_columns_and_headed_rows(content: LetterContent) -> None:
    elements = Reader(html_page(content)).elements
    heads = [attrs for tag, attrs in elements if tag == "th"]
    assert all(attrs.get("scope") in ("row", "col", "colgroup") for attrs in heads)
    captions = sum(tag == "caption" for tag, _ in elements)
    assert captions == sum(tag == "thead" for tag, _ in elements)
    widest = max((int(attrs["colspan"] or 1) for tag, attrs in elements if "colspan" in attrs), default=1)
    assert widest <= 3


def test_what_a_borrower_is_called_is_shown_and_not_run() -> None:
    name = "</td><script>alert(1)</script> & <b>"
    page = html_page(content_of(with_borrower(golden_facts("zh_hans_short"), name=name)))
    assert "<script>" not in page
    assert name in "".join(Reader(page).said)


def test_an_email_carries_both_and_its_subject_tells_nothing() -> None:
    content = golden_letters()["en_united_kingdom"]
    message = email_of(content, sender="care@thames.example", to="sian@post.example")
    assert message.as_bytes() == email_of(content, sender="care@thames.example", to="sian@post.example").as_bytes()
    read = message_from_bytes(message.as_bytes(), policy=default)
    parts = {part.get_content_type(): part.get_content() for part in read.iter_parts()}
    assert list(parts) == ["text/plain", "text/html"]
    assert parts["text/plain"].replace("\r\n", "\n") == plain_text(content)
    assert parts["text/html"].replace("\r\n", "\n") == html_page(content)
    assert read["Subject"] == "Thames Mutual · Reference 261123-7K2QD-M94XA"
    assert read["From"] == "Thames Mutual <care@thames.example>"


def test_a_long_statement_stays_small_enough_for_a_mail_program_to_show_whole() -> None:
    """Some programs cut a message off after 102 kB."""
    assert len(html_page(content_of(many_instalments(12, "en"), "en")).encode()) < 102_000


# -- text messages


@pytest.mark.parametrize("content", ALL)
def test_a_short_message_fits_into_three_segments(content: LetterContent) -> None:
    message = short_message(content)
    if isinstance(message, LetterRefused):
        assert (content.letter, message.reason) == ("validation_notice", "no_short_message")
    else:
        assert 1 <= message.segments <= 3
        assert message.encoding == ("GSM-7" if content.language == "en" else "UCS-2")


def test_a_message_with_a_link_names_the_letter_it_leads_to() -> None:
    facts = golden_facts("zh_hans_short")
    lender = replace(facts.lender, letter_link="https://qinghe.example/l/{reference}")
    message = short_message(content_of(replace(facts, lender=lender)))
    assert isinstance(message, ShortMessage)
    assert "https://qinghe.example/l/261123-7K2QD-M94XA 查看" in message.text


def test_a_message_that_is_too_long_says_what_to_shorten() -> None:
    content = replace(golden_letters()["zh_hans_short"], short_message="信" * 202)
    refused = short_message(content)
    assert isinstance(refused, LetterRefused)
    assert refused.reason == "message_too_long"
    assert "4 segments" in refused.detail
    assert isinstance(short_message(replace(content, short_message="信" * 201)), ShortMessage)


@pytest.mark.parametrize(
    ("text", "encoding", "places", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 77 + "a" * 7, "GSM-7", 161, 2),
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("a’", "UCS-2", 2, 1),
        ("信" * 66 + "😀" + "信" * 65, "UCS-2", 133, 2),
        ("信" * 66 + "😀" + "信" * 66, "UCS-2", 134, 3),
    ],
)
def test_segments_are_counted_as_networks_count_them(text: str, encoding: str, places: int, segments: int) -> None:
    found = measured(text)
    assert (found.encoding, found.places, found.segments) == (encoding, places, segments)
