"""What of a text mustn't break, where it may, and how many lines it takes: the page is planned by it before it is set."""

import re
from functools import lru_cache

from goodstanding.letters.faces import Style, width

Rich = str | list[str | list[str]]
"""A text for the page: a string, or pieces: "x", ["x"] that mustn't break, ["mailto:x", "x"] that is a link."""

OPENING = "（《「『“‘【〔〈([{"
CLOSING = "，。、；：！？）》」』”’】〕〉…％%,.;:!?)\\]}"
_LINK = r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_WHOLE = r"[0-9]+[年月日天期次條条個个]|[(+]{0,2}[0-9][0-9 ()-]{5,16}[0-9]|(?:art|s|Cap)\. [0-9]+|§\u00a0?[0-9]+"
_PIECES = re.compile(f"({_LINK})|({_WHOLE})")
_LATIN = r"[!-~\u00a0-\u2e7f\uff61-\uffdc]"
_TOKENS = re.compile(
    f"[{OPENING}]*(?:{_WHOLE}|{_LATIN}(?:(?![{OPENING}]){_LATIN})*|[^ ])(?:(?:[{CLOSING}])(?![0-9]))*( *)"
)
_LONG = re.compile(r"[!-~\u00a0-\u2fff]{28,}")


@lru_cache(maxsize=8192)
def rich(text: str) -> Rich:
    """Say of a text what stays in one piece and what is a link. A run without a place to break may break anywhere.

    >>> rich("至2026年11月7日，a@b.cn")
    ['至', ['2026年'], ['11月'], ['7日'], '，', ['mailto:a@b.cn', 'a@b.cn']]
    """
    if long := _LONG.search(text):
        text = text[: long.start()] + "\u200b".join(long[0]) + text[long.end() :]
        return text if not _LONG.search(text) else _LONG.sub(lambda found: "\u200b".join(found[0]), text)
    found: list[str | list[str]] = []
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            found.append(text[end : match.start()])
        found.append([f"mailto:{match[0]}", match[0]] if match[1] else [match[0]])
        end = match.end()
    if not found:
        return text
    return [*found, text[end:]] if end < len(text) else found


@lru_cache(maxsize=8192)
def _tokens(text: str, style: Style, bold: bool) -> tuple[tuple[float, float], ...]:
    """The pieces between which a line may break: how wide each is in em, and how wide the space after it."""
    space = width(" ", style, bold=bold)
    return tuple(
        (width(found[0].rstrip(" "), style, bold=bold), space * len(found[1])) for found in _TOKENS.finditer(text)
    )


@lru_cache(maxsize=16384)
def line_count(text: str, room: float, style: Style, *, bold: bool = False) -> int:
    """How many lines a text takes where each has so much room (em), filled one after another.

    >>> from goodstanding.letters.faces import MAINLAND
    >>> line_count("青禾消费金融，", 6, MAINLAND), line_count("青禾", 2, MAINLAND)
    (2, 1)
    """
    lines, at, room = 1, 0.0, max(room, 1.0)
    for piece, space in _tokens(text, style, bold):
        if at and at + piece > room:
            lines, at = lines + 1, 0.0
        while piece > room:
            lines, piece = lines + 1, piece - room
        at += piece + space
    return lines
