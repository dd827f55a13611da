"""Wording: whole sentences from a file that a lawyer can read, one per language, checked before any letter is written.

A sentence names its fields in braces; one that depends on a number is given in the plural forms of its language (CLDR).
A sentence uses the fields that its letter's code declares, and no others. What several letters say stands in `passages/`;
a letter's own folder lies over it, and a lender's folder, with the same two folders in it, over both. In each of them
`<language>_<jurisdiction>.toml` may lie over `<language>.toml`, then `<language>_<role>.toml` for a co-borrower or a
guarantor, then `<language>_<jurisdiction>_<role>.toml`.
"""

import hashlib
import json
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from goodstanding.core.party import Role
from goodstanding.letters.approvals import approval_of
from goodstanding.letters.passages.fields import PASSAGES

HERE = Path(__file__).parent
SHARED = "passages"
FILES = {"zh-Hans": "zh_hans", "zh-Hant": "zh_hant", "en": "en"}
PLURAL_TAGS = frozenset(("zero", "one", "two", "few", "many", "other"))
META = frozenset(("language", "version"))

Sentence = str | dict[str, str]


class WordingError(ValueError):
    """A wording file that can't be used; says which file and key, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one letter in one language. hash: SHA-256 over all sentences as they stand after overrides.

    approved_by, approved_on: who approved these very sentences, and when; empty: nobody yet. rewritten: those of them that stand in the
    lender's folder and that nobody approved, with their fields in braces.
    """

    language: str
    version: str
    hash: str
    sentences: Mapping[str, Sentence]
    locale: Locale
    approved_by: str = ""
    approved_on: str = ""
    rewritten: tuple[str, ...] = ()

    def say(self, key: str, **fields: str) -> str:
        """Return the sentence with its fields filled in; KeyError for a key the letter doesn't have."""
        sentence = self.sentences[key]
        if isinstance(sentence, dict):
            raise WordingError(f"{key} has plural forms: say it with a count")
        return sentence.format_map(fields)

    def say_count(self, key: str, count: int, **fields: str) -> str:
        """As `say`, in the plural form that the language has for this count; {count} is the number itself."""
        sentence = self.sentences[key]
        if isinstance(sentence, str):
            raise WordingError(f"{key} has no plural forms: say it without a count")
        form = sentence[self.locale.plural_form(count)]
        return form.format_map({**fields, "count": str(count)})


def load_wording(
    letter: str,
    language: str,
    jurisdiction: str,
    fields: Mapping[str, str],
    overrides: Path | None = None,
    role: Role = Role.BORROWER,
) -> Wording:
    """Read and check a letter's wording.

    letter: the name of its folder. fields: what each sentence may name, as "amount day count"; `count` asks for plural
    forms. overrides: a lender's folder with a folder per letter, and `passages`; each file may hold any of the keys.
    """
    sentences: dict[str, Sentence] = {}
    written_in: dict[str, str] = {}
    version, by_lender = "", set[str]()
    for folder, path in layers(letter, language, jurisdiction, role, overrides):
        layer = _read(path, language)
        found = _flat(layer)
        known = PASSAGES if folder == SHARED else fields
        file = f"{folder}/{path.name}"
        if unknown := sorted(found.keys() - known.keys()):
            raise WordingError(f"{file}: keys that the letter doesn't have {unknown}")
        used = {key: sentence for key, sentence in found.items() if key in fields}
        sentences |= used
        if overrides is not None and path.is_relative_to(overrides):
            by_lender |= used.keys()
        written_in |= dict.fromkeys(used, file)
        version = max(version, str(layer["version"])) if used else version
    if missing := sorted(fields.keys() - sentences.keys()):
        raise WordingError(f"{letter}/{FILES[language]}.toml: missing keys {missing}")
    locale = Locale.parse(language.replace("-", "_"))
    for key, sentence in sentences.items():
        _check(key, sentence, fields[key], locale, written_in[key])
    text = json.dumps(sentences, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    approval = approval_of(digest, overrides)
    by, on = (approval.approved_by, approval.approved_on.isoformat()) if approval else ("", "")
    rewritten = () if approval else tuple(form for key in sorted(by_lender) for form in _forms(sentences[key]))
    return Wording(language, version, digest, sentences, locale, by, on, rewritten)


def _forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else tuple(sentence.values())


def layers(
    letter: str, language: str, jurisdiction: str, role: Role, overrides: Path | None
) -> Iterator[tuple[str, Path]]:
    """The files whose sentences lie over each other, lowest first, each with its folder's name."""
    stem = FILES[language]
    stems = [stem, f"{stem}_{jurisdiction}", f"{stem}_{role}", f"{stem}_{jurisdiction}_{role}"]
    for root in (HERE, overrides):
        for folder in (SHARED, letter):
            for name in stems:
                if root is not None and (root / folder / f"{name}.toml").exists():
                    yield folder, root / folder / f"{name}.toml"


def _read(path: Path, language: str) -> dict[str, object]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise WordingError(f"{path}: {problem}. A wording file is TOML in UTF-8") from None
    if data.get("language") != language or not isinstance(data.get("version"), str):
        raise WordingError(f'{path}: it must begin with language = "{language}" and version = "YYYY-MM-DD"')
    return data


def _flat(data: Mapping[str, object], prefix: str = "") -> dict[str, Sentence]:
    flat: dict[str, Sentence] = {}
    for name, value in data.items():
        key = prefix + name
        if not prefix and name in META:
            continue
        if isinstance(value, str):
            flat[key] = value
        elif isinstance(value, dict) and "other" in value and value.keys() <= PLURAL_TAGS:
            flat[key] = {tag: str(form) for tag, form in value.items()}
        elif isinstance(value, dict):
            flat |= _flat(value, key + ".")
        else:
            raise WordingError(f"{key} is {value!r}: expected a sentence, or its plural forms")
    return flat


def _check(key: str, sentence: Sentence, fields: str, locale: Locale, file: str) -> None:
    tags = {*locale.plural_form.tags, "other"}
    known = set(fields.split())
    if ("count" in known) != isinstance(sentence, dict):
        wanted = f"plural forms {sorted(tags)}" if "count" in known else "one sentence, without plural forms"
        raise WordingError(f"{file}: {key} needs {wanted}")
    if isinstance(sentence, dict) and sentence.keys() != tags:
        raise WordingError(f"{file}: {key} has plural forms {sorted(sentence)}: {locale} needs {sorted(tags)}")
    for form in _forms(sentence):
        _check_fields(form, known, f"{file}: {key}")


def _check_fields(form: str, known: set[str], where: str) -> None:
    if not form.strip():
        raise WordingError(f"{where} is empty")
    try:
        pieces = list(string.Formatter().parse(form))
    except ValueError as problem:
        raise WordingError(f"{where}: {problem}") from None
    for _, name, spec, conversion in pieces:
        if name is not None and (name not in known or spec or conversion):
            raise WordingError(f"{where} names {{{name}}}: it may name {sorted(known)}, as {{name}} and no more")
