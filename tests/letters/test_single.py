"""A single letter: what may be chosen, what is checked again when it is made, and the page to choose on."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused, Subheading
from goodstanding.core.particulars import Chosen, Single
from goodstanding.core.party import Role
from goodstanding.letters.compose import compose
from goodstanding.letters.examples import cn_loan, to_guarantor
from goodstanding.letters.single.choosing import page_for, voice_of
from goodstanding.letters.single.golden.cases import chosen
from goodstanding.letters.single.paragraphs import CHOICES


def outcome(facts: LetterFacts, language: str = "en") -> str:
    found = compose("single", facts, language)
    return found.reason if isinstance(found, LetterRefused) else "written"


def test_paragraphs_stand_in_the_order_in_which_they_were_chosen() -> None:
    content = compose("single", chosen(cn_loan("en"), "en", "hardship", "balance", "pay"), "en")
    assert isinstance(content, LetterContent)
    heads = [block.key for block in content.parts[0].blocks if isinstance(block, Subheading)]
    assert heads == ["titled.hardship", "titled.balance", "titled.pay"]


def test_what_does_not_hold_today_is_not_said() -> None:
    assert outcome(chosen(cn_loan("en"), "en", "nothing_overdue")) == "not_so_here"
    paid = cn_loan("en", date(2026, 10, 12))
    assert outcome(chosen(paid, "en", "nothing_overdue")) == "written"
    assert outcome(chosen(paid, "en", "where_it_stands")) == "not_so_here"


def test_what_is_the_borrowers_is_not_said_to_a_guarantor() -> None:
    assert outcome(chosen(to_guarantor(cn_loan("en")), "en", "offers")) == "not_so_here"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"loan_id": "ANOTHER"}, "not_this_letter"),
        ({"role": Role.GUARANTOR}, "not_this_letter"),
        ({"language": "zh-Hans"}, "not_this_letter"),
        ({"paragraphs": (Chosen("love", "0" * 64),)}, "unknown_paragraph"),
        ({"paragraphs": (Chosen("pay", "0" * 64),)}, "words_changed"),
        ({}, "written"),
    ],
)
def test_a_choice_is_checked_again_when_the_letter_is_made(changes: dict[str, Any], expected: str) -> None:
    facts = chosen(cn_loan("en"), "en", "pay")
    assert isinstance(facts.particulars, Single)
    assert outcome(replace(facts, particulars=replace(facts.particulars, **changes))) == expected


def test_a_paragraph_chosen_twice_is_refused() -> None:
    assert outcome(chosen(cn_loan("en"), "en", "pay", "pay")) == "unknown_paragraph"


@pytest.mark.parametrize("key", CHOICES)
def test_a_changed_sentence_changes_the_hash_of_its_paragraph_and_of_no_other(key: str, tmp_path: Path) -> None:
    folder = tmp_path / "single"
    folder.mkdir()
    text = f'language = "en"\nversion = "2026-12-01"\n[titled]\n{key} = "Another title"\n'
    (folder / "en.toml").write_text(text, encoding="utf-8")
    ours, theirs = voice_of(cn_loan("en"), "en"), voice_of(cn_loan("en"), "en", tmp_path)
    changed = [one for one, choice in CHOICES.items() if choice.hash(ours) != choice.hash(theirs)]
    assert changed == [key]


@pytest.mark.parametrize("key", CHOICES)
def test_every_sentence_of_a_paragraph_is_in_its_hash(key: str) -> None:
    """Each sentence it says, on any of its days, is one that its hash is of."""
    choice = CHOICES[key]
    for day in (date(2026, 10, 12), date(2026, 11, 23)):
        voice = voice_of(cn_loan("en", day), "en")
        if choice.refusal(voice) is None:
            keys = {key for block in choice.blocks(voice) for key in (block.key, *getattr(block, "keys", ()))}
            assert all(one.startswith(choice.words) or one == "statement" for one in keys), keys


# -- the page


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_page_shows_each_paragraph_filled_in_or_why_it_cannot_be_said() -> None:
    data = data_of(page_for(cn_loan("en"), "en"))
    assert [one["key"] for one in data["paragraphs"]] == list(CHOICES)
    by_key = {one["key"]: one for one in data["paragraphs"]}
    assert "1,087.54" in by_key["where_it_stands"]["html"]
    assert (by_key["nothing_overdue"]["html"], by_key["nothing_overdue"]["why_not"]) == ("", "Something is overdue.")


def test_a_choice_saved_from_the_page_makes_the_letter() -> None:
    facts = cn_loan("zh-Hans")
    data = data_of(page_for(facts, "zh-Hans"))
    picked = [Chosen(one["key"], one["hash"]) for one in data["paragraphs"] if not one["why_not"]]
    single = Single(data["loan_id"], data["language"], Role(data["role"]), tuple(picked))
    assert outcome(replace(facts, particulars=single), "zh-Hans") == "written"


def test_the_page_needs_no_network_and_has_no_field_to_write_into() -> None:
    text = page_for(cn_loan("en"), "en")
    page = Page(text)
    assert not {"input", "textarea", "img", "link", "iframe", "form"} & {tag for tag, _ in page.elements}
    assert all(not {"src", "href", "action"} & attrs.keys() for _, attrs in page.elements)
    assert re.findall(r"createElement\(\"(\w+)\"\)", text).count("input") == 1
    assert 'box.type = "checkbox"' in text
    assert "contenteditable" not in text
    assert "fetch(" not in text and "XMLHttpRequest" not in text
    assert "default-src 'none'" in text


def test_a_name_that_would_end_the_script_is_shown_and_not_run() -> None:
    facts = cn_loan("en")
    name = "</script><script>alert(1)</script>"
    page = page_for(
        replace(facts, borrower=replace(facts.borrower, name=name), loan=replace(facts.loan, id=name)), "en"
    )
    assert page.count("<script") == 2
    assert data_of(page)["loan_id"] == name
