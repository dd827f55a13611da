"""Characters that no face of ours has: what is printed in their place, so that one rare name never stops a run.

First the faces cut for letters are asked, then the whole of Noto Sans CJK. What both lack is printed as the lender's own table
says (`[substitutes]` in lender.toml), else as the geta mark 〓, which Chinese and Japanese printing sets where type is missing. The
true name stays in the letter's record; `LetterContent.printed_otherwise` names each such character, so that a person may look.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from goodstanding.core import reading
from goodstanding.core.letter import LetterContent, texts
from goodstanding.letters import faces

MARK = "〓"
OF_ONE_SHAPE = dict(zip("🄋🄌𠘨𭕄𤣩𥫗𦥑𧢲𧾷𨸏𩙿𩠐𤈎𧺯𩿗", "⓪⓿⺇⺍⺩⺮⺽⻇⻊⻕⻞⻡㶷﨣𩿎", strict=True))
"""Characters beyond U+FFFF that every face of Noto Sans CJK draws by the very shape of another, and that other."""
_TWINS = "".join(OF_ONE_SHAPE) + "\U0002f800-\U0002fa1f"
_FIRST_BYTES = (b"\xcc", b"\xcd", b"\xf0")
"""In UTF-8, of marks that join a letter and of what is beyond U+FFFF; a whole page is looked through for them in no time."""
_COMBINED = re.compile(rf"[^\W\d_][\u0300-\u036f]+|[{_TWINS}]")
_AS_THEY_ARE = ("loan_id", "reference")


def composed(text: str) -> str:
    """Join a letter and the accents that follow it into one character, where there is one. Han characters stay as they are.

    But for those beyond U+FFFF that a face draws by the very shape of another: from a page with both, PDFium reads a space for the
    second. Most of them Unicode has a second time beyond U+2F800, for old Taiwanese files.

    >>> composed("𩿗"), composed("金")
    ('𩿎', '金')
    """
    written = text.encode("utf-8", "surrogatepass")
    if not any(one in written for one in _FIRST_BYTES):
        return text
    return _COMBINED.sub(lambda found: OF_ONE_SHAPE.get(found[0]) or unicodedata.normalize("NFC", found[0]), text)


def printable(content: LetterContent, substitutes: Mapping[str, str]) -> LetterContent:
    """The letter with something in place of each character that no face has; the same letter where there is none."""
    style = faces.style_of(content.language, content.jurisdiction)
    lacking = faces.missing(composed("".join(text for _, text in texts(content))), style)
    if lacking:
        lacking -= faces.whole_characters()
    if not lacking:
        return content
    told = _told(content, {one: instead_of(one, substitutes) for one in lacking})
    shown = tuple((f"U+{ord(one):04X}", instead_of(one, substitutes)) for one in sorted(lacking) if _is_seen(one))
    return replace(told, printed_otherwise=shown, **{name: getattr(content, name) for name in _AS_THEY_ARE})


def instead_of(one: str, substitutes: Mapping[str, str]) -> str:
    """What is printed for a character that no face has: nothing for one that has no shape, a space for a space.

    >>> instead_of("\U0002a6d6", {"\U0002a6d6": "[鸟龙]"}), instead_of("\U0002a6d6", {}), instead_of("\u200d", {})
    ('[鸟龙]', '〓', '')
    """
    if one in substitutes:
        return substitutes[one]
    if one.isspace():
        return " "
    return MARK if _is_seen(one) else ""


def _is_seen(one: str) -> bool:
    """Whether a character has a shape of its own: joiners, marks of direction and variation selectors haven't."""
    if one.isspace() or unicodedata.category(one) == "Cf":
        return False
    return not (0xFE00 <= ord(one) <= 0xFE0F or 0xE0100 <= ord(one) <= 0xE01EF)


def _told(value: Any, instead: Mapping[str, str]) -> Any:
    """A value with every text in it told in characters that can be printed."""
    if isinstance(value, str) and not isinstance(value, Enum):
        text = composed(value)
        return "".join(instead.get(one, one) for one in text) if not instead.keys().isdisjoint(text) else value
    if isinstance(value, tuple):
        return tuple(_told(one, instead) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _told(getattr(value, one.name), instead) for one in fields(value)})
    return value


def substitutes_from_data(value: object) -> dict[str, str]:
    """Read `[substitutes]`: a character, and what is printed for it; `reading.BadValue` says what is wrong."""
    found = reading.table_of(reading.filled_text)(value)
    for one, printed in found.items():
        if len(one) != 1:
            raise reading.BadValue(f'"{one}" isn\'t one character', (one,))
        if _has(one):
            raise reading.BadValue("our faces have this character, so it is printed as it is: leave it out", (one,))
        if unknown := [part for part in printed if not _has(part)]:
            raise reading.BadValue(f"no face of ours has U+{ord(unknown[0]):04X} either", (one,))
    return found


def _has(one: str) -> bool:
    return not faces.missing(one, faces.MAINLAND) or one in faces.whole_characters()
