"""Wording files: what is checked before any letter is written, and how a lender's own words lie over ours."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from goodstanding.core.party import LANGUAGES
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.formal_overdue.fields import FIELDS
from goodstanding.letters.formats import COUNTRIES
from goodstanding.letters.passages.fields import PASSAGES
from goodstanding.letters.wording import FILES, HERE, PLURAL_TAGS, WordingError, load_wording
from tests.letters.facts import golden_facts


@pytest.mark.parametrize("jurisdiction", COUNTRIES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", LETTERS)
def test_the_wording_of_every_language_has_every_sentence_and_only_known_fields(
    letter: str, language: str, jurisdiction: str
) -> None:
    fields = LETTERS[letter].fields
    assert load_wording(letter, language, jurisdiction, fields).sentences.keys() == fields.keys()


FILES_OF_OURS = [
    pytest.param(path, LETTERS[folder].fields if folder in LETTERS else PASSAGES, id=f"{folder}-{path.stem}")
    for folder in ("passages", *LETTERS)
    for path in sorted((HERE / folder).glob("*.toml"))
]


@pytest.mark.parametrize(("path", "fields"), FILES_OF_OURS)
def test_every_figure_that_a_sentence_is_given_is_used_in_every_language(path: Path, fields: dict[str, str]) -> None:
    """A translation that drops an amount or a day would be a different letter."""
    for key, sentence in flat(tomllib.loads(path.read_text(encoding="utf-8"))).items():
        for tag, form in [("", sentence)] if isinstance(sentence, str) else sentence.items():
            left_out = {field for field in fields[key].split() if f"{{{field}}}" not in form}
            assert left_out <= ({"count"} if tag == "one" else set()), (key, left_out)


@pytest.mark.parametrize("stem", FILES.values())
def test_the_passages_of_every_language_are_whole(stem: str) -> None:
    data = tomllib.loads((HERE / "passages" / f"{stem}.toml").read_text(encoding="utf-8"))
    assert flat(data).keys() == PASSAGES.keys()


def flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Sentences by their dotted keys, read here without the code that the letters use."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict) and not value.keys() <= PLURAL_TAGS:
            found |= flat(value, f"{prefix}{name}.")
        elif prefix or name not in ("language", "version"):
            found[prefix + name] = value
    return found


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
        load_wording("formal_overdue", "en", "cn", FIELDS, overridden(tmp_path, text))
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
    (tmp_path / "formal_overdue").mkdir()
    (tmp_path / "formal_overdue" / "en.toml").write_bytes(content)
    with pytest.raises(WordingError, match=complaint):
        load_wording("formal_overdue", "en", "cn", FIELDS, tmp_path)


def test_a_sentence_without_plural_forms_is_not_said_with_a_count() -> None:
    wording = load_wording("formal_overdue", "en", "cn", FIELDS)
    with pytest.raises(WordingError, match="no plural forms"):
        wording.say_count("title", 1)
    with pytest.raises(WordingError, match="has plural forms"):
        wording.say("overdue.since")
