"""Wording files: what is checked before any letter is written, and how a lender's own words lie over ours."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from goodstanding.core.party import LANGUAGES
from goodstanding.letters.compose import HERE, compose
from goodstanding.letters.formal_overdue.fields import FIELDS
from goodstanding.letters.formats import COUNTRIES
from goodstanding.letters.wording import FILES, WordingError, load_wording
from tests.letters.facts import golden_facts

FOLDER = HERE / "formal_overdue"


@pytest.mark.parametrize("jurisdiction", COUNTRIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wording_of_every_language_has_every_sentence_and_only_known_fields(
    language: str, jurisdiction: str
) -> None:
    wording = load_wording(FOLDER, language, jurisdiction, FIELDS)
    assert wording.sentences.keys() == FIELDS.keys()


@pytest.mark.parametrize("stem", FILES.values())
def test_every_figure_that_a_sentence_is_given_is_used_in_every_language(stem: str) -> None:
    """A translation that drops an amount or a day would be a different letter."""
    data = tomllib.loads((FOLDER / f"{stem}.toml").read_text(encoding="utf-8"))
    for key, fields in FIELDS.items():
        found: Any = data
        for name in key.split("."):
            found = found[name]
        for tag, form in [("", found)] if isinstance(found, str) else found.items():
            left_out = {field for field in fields.split() if f"{{{field}}}" not in form}
            assert left_out <= ({"count"} if tag == "one" else set()), (stem, key, left_out)


def overridden(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "formal_overdue"
    folder.mkdir()
    (folder / "en.toml").write_text(f'language = "en"\nversion = "2026-12-01"\n{text}', encoding="utf-8")
    return tmp_path


def test_a_lender_replaces_one_sentence_and_keeps_the_others(tmp_path: Path) -> None:
    ours = compose("formal_overdue", golden_facts("en_short"), "en")
    theirs = compose(
        "formal_overdue",
        golden_facts("en_short"),
        "en",
        overrides=overridden(tmp_path, 'title = "A letter about your loan"'),
    )
    assert (theirs.title, theirs.version) == ("A letter about your loan", "2026-12-01")  # type: ignore[union-attr]
    assert theirs.opening == ours.opening  # type: ignore[union-attr]
    assert theirs.wording_hash != ours.wording_hash  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('titel = "x"', "keys that the letter doesn't have ['titel']"),
        ('title = "You owe {amount}"', "en.toml: title names {amount}"),
        ('salutation = "Dear {name!r}"', "salutation names {name}"),
        ('salutation = "Dear {name.__class__}"', "salutation names {name.__class__}"),
        ('salutation = "Dear {name"', "salutation: expected '}'"),
        ('opening = " "', "opening is empty"),
        ("opening = 3", "opening is 3: expected a sentence"),
        ('[overdue]\nsince = "no plural"', "overdue.since needs plural forms ['one', 'other']"),
        ('[overdue]\nsince = { other = "{count}" }', "has plural forms ['other']: en needs ['one', 'other']"),
        ('[do]\nhow = { one = "a", other = "b" }', "do.how needs one sentence"),
    ],
)
def test_a_wording_file_with_a_mistake_is_refused_by_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(WordingError) as found:
        load_wording(FOLDER, "en", "cn", FIELDS, overridden(tmp_path, text) / "formal_overdue")
    assert complaint in str(found.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\xff\xfe", "TOML in UTF-8"),
        (b"title = ", "TOML in UTF-8"),
        (b'title = "x"', 'it must begin with language = "en"'),
    ],
)
def test_a_file_that_is_not_a_wording_file_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "en.toml").write_bytes(content)
    with pytest.raises(WordingError, match=complaint):
        load_wording(FOLDER, "en", "cn", FIELDS, tmp_path)


def test_a_sentence_without_plural_forms_is_not_said_with_a_count() -> None:
    wording = load_wording(FOLDER, "en", "cn", FIELDS)
    with pytest.raises(WordingError, match="no plural forms"):
        wording.say_count("title", 1)
    with pytest.raises(WordingError, match="has plural forms"):
        wording.say("overdue.since")
