"""Set a letter's content as a PDF: PDF/A-3a and PDF/UA-1, tagged, its record attached, the same bytes each time."""

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, cast

import typst

from goodstanding.core.letter import LetterContent, LetterRefused, content_data
from goodstanding.letters import faces
from goodstanding.letters.letterhead import PLAIN, Letterhead
from goodstanding.letters.printable import composed
from goodstanding.letters.sheet.code import Code
from goodstanding.letters.sheet.plan import Sheet, plans

HERE = Path(__file__).parent
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
TRIES = 6
"""How many plans are tried for a letter that takes other pages than planned."""
BREAK = "\N{ZERO WIDTH SPACE}"
_AT_THE_EDGE = ("foot", "page_label", "pages", "running_head", "title")
"""What stands in the heads and feet of several pages."""
_CONTROL = re.compile(r"\\[^\"]")
"""How JSON writes a control character."""
_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")


class Typesetter:
    """Sets letters one after another. It keeps warm compilers, so make one per process and keep it; it isn't shared
    between threads."""

    def __init__(self) -> None:
        self._compilers: dict[bool, typst.Compiler] = {}

    def pdf(
        self,
        content: LetterContent,
        *,
        record: bytes | None = None,
        token: str | None = None,
        letterhead: Letterhead | None = None,
    ) -> bytes | LetterRefused:
        """Return the PDF, or why this letter can't be set: a character that no face has, or a page that fails.

        record: what is attached as letter.json; without it, the content. token: the text of the code; without it, none.
        A refused letter is set aside by the caller with its reason; it stops no other.
        """
        attached = record.decode() if record is not None else _json(content_data(content))
        code = Code.of(token) if token else None
        try:
            for sheet in islice(plans(content, code, letterhead or PLAIN), TRIES):
                page = self._set(sheet, content, attached)
                if page is not None:
                    return page
        except typst.TypstError as problem:
            return _refused(content, f"The page can't be set: {str(problem).splitlines()[0]}")
        return _refused(content, f"The page isn't as planned in any of {TRIES} plans.")

    def _set(self, sheet: Sheet, content: LetterContent, attached: str) -> bytes | LetterRefused | None:
        """Set a plan. None when it takes other pages than planned, and another plan must be tried."""
        data, style = sheet.data, sheet.style
        said = composed(_json(data))
        # What JSON adds, every face has; but it writes control characters in those.
        lacking = set[str]()
        if faces.lacks(said, style) or _CONTROL.search(said):
            lacking = faces.missing(_characters(data), style) - {BREAK}
        if lacking:
            if unknown := lacking - faces.whole_characters():
                return _character_missing(content, next(one for one in _characters(data) if one in unknown))
            data = data | {"faces": (*style.families, style.rare)}
            said = composed(_json(data))
        page = self._compiled(said, data, content, attached, rare=bool(lacking))
        if (found := _page_count(page)) == sheet.pages:
            return page
        if sheet.pages > 1:
            # Only the count in its foot was wrong.
            data = data | {"pages": found}
            page = self._compiled(composed(_json(data)), data, content, attached, rare=bool(lacking))
            if found > 1 and _page_count(page) == found:
                return page
        return None

    def _compiled(self, said: str, data: dict[str, Any], content: LetterContent, attached: str, *, rare: bool) -> bytes:
        """said: the data as the page reads them."""
        issued = datetime(content.issued_on.year, content.issued_on.month, content.issued_on.day, tzinfo=UTC)
        files = {
            "main.typ": b'#include "page.typ"',
            "sheet.json": _remark(said),
            "edge.json": _remark(composed(_json({key: data[key] for key in _AT_THE_EDGE}))),
            "letter.json": _remark(attached),
        }
        page = self._compiler(rare=rare).compile(
            input=cast(Any, files),  # it takes files by name, beside those of its root; its types don't say so
            format="pdf",
            pdf_standards=list(STANDARDS),
            timestamp=issued,
        )
        return cast(bytes, page)

    def _compiler(self, *, rare: bool) -> typst.Compiler:
        """One with the cut faces alone, which is quick; one with the whole of Noto Sans CJK besides, made when needed."""
        if rare not in self._compilers:
            # One letter at a time: threads of Typst's own cost more than they save. It reads this once, when it first works.
            os.environ.setdefault("RAYON_NUM_THREADS", "1")
            folders = [faces.HERE, *([faces.whole_folder()] if rare else [])]
            self._compilers[rare] = typst.Compiler(
                root=str(HERE),
                font_paths=[str(folder) for folder in folders],
                ignore_system_fonts=True,
            )
        return self._compilers[rare]


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _remark(text: str) -> bytes:
    """A file that Typst needn't read as source: see `data` in page.typ."""
    return b"//" + text.encode()


def _page_count(page: bytes) -> int:
    found = _PAGES.search(page)
    if found is None:
        raise ValueError("Typst wrote a PDF without a count of its pages: this release of it isn't known to us")
    return int(found[1])


def _characters(data: dict[str, Any]) -> str:
    """All that is printed in type, and a little more, composed as the page will be."""
    return composed("".join(_strings({key: value for key, value in data.items() if key != "letterhead"})))


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from (text for value in data.values() for text in _strings(value))
    elif isinstance(data, (list, tuple)):
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


def _refused(content: LetterContent, detail: str) -> LetterRefused:
    return LetterRefused(content.loan_id, "cannot_be_set", detail)
