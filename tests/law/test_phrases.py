"""The forbidden claims: each is found in sentences that make it and in none that don't, and no phrase is kept without an example."""

from pathlib import Path

import pytest

from goodstanding.core.conduct.checks.words import forms_of, found_in
from goodstanding.core.conduct.rule import Phrases
from goodstanding.law.loader import phrases
from goodstanding.law.yaml_text import read_yaml

EXAMPLES = read_yaml(Path(__file__).parent / "phrases.yaml")


def test_every_group_has_examples_on_both_sides() -> None:
    assert set(EXAMPLES) == set(phrases())
    assert all(one["caught"] and one["harmless"] for one in EXAMPLES.values())


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_claim_is_found_where_it_is_made(name: str) -> None:
    missed = [text for text in EXAMPLES[name]["caught"] if found_in(phrases()[name], forms_of(text)) is None]

    assert missed == []


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_claim_is_not_found_where_it_is_not_made(name: str) -> None:
    wrong = {text: found for text in EXAMPLES[name]["harmless"] if (found := found_in(phrases()[name], forms_of(text)))}

    assert wrong == {}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_no_phrase_is_kept_without_an_example(name: str) -> None:
    group = phrases()[name]
    idle = [
        one.pattern
        for one in group.found
        if not any(
            found_in(Phrases("", (one,), group.harmless, group.negated), forms_of(text))
            for text in EXAMPLES[name]["caught"]
        )
    ]

    assert idle == []


@pytest.mark.parametrize(
    "text",
    ["法\u200b院\u200b传\u200b票", "法.院.传.票", "法 院 传 票", "法院　传票", "ＹＯＵ ＷＩＬＬ ＢＥ ＡＲＲＥＳＴＥＤ"],
)
def test_hiding_a_claim_in_spaces_width_or_invisible_characters_does_not_help(text: str) -> None:
    assert any(found_in(phrases()[name], forms_of(text)) for name in ("court_or_police", "arrest"))
