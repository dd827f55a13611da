"""Wording: whole sentences from a file that a lawyer can read, one per language, checked before any letter is written.

A sentence names its fields in braces; one that depends on a number is given in the plural forms of its language (CLDR).
Files of one letter have the same keys; a sentence uses the fields that its letter's code declares, and no others.
`<language>_<jurisdiction>.toml` may lie over `<language>.toml`, and a lender's folder over both.
"""

import hashlib
import json
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

FILES = {"zh-Hans": "zh_hans", "zh-Hant": "zh_hant", "en": "en"}
PLURAL_TAGS = frozenset(("zero", "one", "two", "few", "many", "other"))
META = frozenset(("language", "version"))

Sentence = str | dict[str, str]


class WordingError(ValueError):
    """A wording file that can't be used; says which file and key, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one letter in one language. hash: SHA-256 over all sentences as they stand after overrides."""

    language: str
    version: str
    hash: str
    sentences: Mapping[str, Sentence]
    locale: Locale

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
    folder: Path, language: str, jurisdiction: str, fields: Mapping[str, str], overrides: Path | None = None
) -> Wording:
    """Read and check a letter's wording.

    folder: the letter's own. fields: what each sentence may name, as "amount day count"; `count` asks for plural forms.
    overrides: a lender's folder with files of the same names; each may hold any of the keys.
    """
    stem = FILES[language]
    base = _read(folder / f"{stem}.toml", language)
    sentences = _flat(base)
    layers = [folder / f"{stem}_{jurisdiction}.toml"]
    if overrides is not None:
        layers += [overrides / f"{stem}.toml", overrides / f"{stem}_{jurisdiction}.toml"]
    version = str(base["version"])
    for path in layers:
        if path.exists():
            layer = _read(path, language)
            sentences |= _flat(layer)
            version = max(version, str(layer["version"]))
    locale = Locale.parse(language.replace("-", "_"))
    _check(sentences, fields, locale, f"{folder.name}/{stem}.toml")
    text = json.dumps(sentences, ensure_ascii=False, sort_keys=True)
    return Wording(language, version, hashlib.sha256(text.encode()).hexdigest(), sentences, locale)


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


def _check(sentences: Mapping[str, Sentence], fields: Mapping[str, str], locale: Locale, file: str) -> None:
    missing, unknown = sorted(fields.keys() - sentences.keys()), sorted(sentences.keys() - fields.keys())
    if missing or unknown:
        raise WordingError(f"{file}: missing keys {missing}, keys that the letter doesn't have {unknown}")
    tags = {*locale.plural_form.tags, "other"}
    for key, sentence in sentences.items():
        known = set(fields[key].split())
        if ("count" in known) != isinstance(sentence, dict):
            wanted = f"plural forms {sorted(tags)}" if "count" in known else "one sentence, without plural forms"
            raise WordingError(f"{file}: {key} needs {wanted}")
        if isinstance(sentence, dict) and sentence.keys() != tags:
            raise WordingError(f"{file}: {key} has plural forms {sorted(sentence)}: {locale} needs {sorted(tags)}")
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
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
