"""Set a letter's content as a PDF: PDF/A-3a and PDF/UA-1, tagged, its content attached as data, the same bytes each time."""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

import typst

from goodstanding.core.letter import LetterContent, LetterRefused, content_data
from goodstanding.letters.faces import face_folders, first_missing

HERE = Path(__file__).parent
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
_COMBINED = re.compile(r"[^\W\d_][\u0300-\u036f]+")


class Typesetter:
    """Sets letters one after another. It keeps a warm compiler, so make one per process and keep it; it isn't shared
    between threads."""

    def __init__(self) -> None:
        self._compilers: dict[str, typst.Compiler] = {}

    def pdf(
        self, content: LetterContent, *, record: bytes | None = None, token: str | None = None
    ) -> bytes | LetterRefused:
        """Return the PDF, or why this letter can't be set: a character that no face has, or a page that fails.

        A refused letter is set aside by the caller with its reason; it stops no other.
        """
        if not (HERE / content.letter / "letter.typ").is_file():
            return LetterRefused(
                content.loan_id,
                "cannot_be_set",
                f"There is no page for {content.letter} yet: send its text or its e-mail.",
            )
        text = _composed(json.dumps(content_data(content), ensure_ascii=False, separators=(",", ":")))
        data = json.loads(text)
        if (missing := first_missing("".join(_strings(data)))) is not None:
            return _character_missing(content, missing)
        issued = datetime(content.issued_on.year, content.issued_on.month, content.issued_on.day, tzinfo=UTC)
        try:
            pdf = self._compiler(content.letter).compile(
                sys_inputs={"content": text, **({} if record is None else {"record": record.decode()})},
                format="pdf",
                pdf_standards=list(STANDARDS),
                timestamp=issued,
            )
        except typst.TypstError as problem:
            return LetterRefused(
                content.loan_id, "cannot_be_set", f"The page can't be set: {str(problem).splitlines()[0]}"
            )
        return cast(bytes, pdf)

    def _compiler(self, letter: str) -> typst.Compiler:
        if letter not in self._compilers:
            self._compilers[letter] = typst.Compiler(
                input=str(HERE / letter / "letter.typ"),
                root=str(HERE),
                font_paths=[str(folder) for folder in face_folders()],
                ignore_system_fonts=True,
            )
        return self._compilers[letter]


def _composed(text: str) -> str:
    """Join a letter and the accents that follow it into one character, where there is one. Han characters stay as they are."""
    return _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from (text for value in data.values() for text in _strings(value))
    elif isinstance(data, list):
        yield from (text for value in data for text in _strings(value))


def _character_missing(content: LetterContent, one: str) -> LetterRefused:
    name = unicodedata.name(one, "no name")
    shown = f"“{one}” " if one.isprintable() else ""
    return LetterRefused(
        content.loan_id,
        "character_not_in_fonts",
        f"The letter has the character {shown}(U+{ord(one):04X}, {name}), which no font of ours can print. Agree another"
        " spelling with the borrower, or write by hand.",
    )
