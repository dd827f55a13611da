"""Where a text may break, where its lines had better end, and how many it takes: the page is planned by it before it is set."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from goodstanding.letters.faces import MAINLAND, Style, width, widths

Rich = str | list[str | list[str] | int]
"""A text for the page: a string, or pieces: "x", ["x"] that mustn't break, ["mailto:x", "x"] that is a link; 1 ends a line
that is spread over its room, 0 one that isn't."""

OPENING = "（《「『“‘【〔〈([{"
CLOSING = "，。、；：！？）》」』”’】〕〉…％%,.;:!?)\\]}"
MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_LINK = r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_CODE = r"(?<![A-Za-z0-9-])(?=[A-Z0-9-]{1,24}(?![A-Za-z0-9-]))[A-Z0-9]+(?:-[A-Z0-9]+)+"
_NET = r"(?:https?://|www\.)[!-~]*[A-Za-z0-9/]"
_NUMERALS = "一二三四五六七八九十百千零"
_COUNTED = "年月日天期次條条個个章号號栋棟幢座楼樓层層室弄巷"
_WHOLE = (
    rf"{_NET}|{_CODE}|[0-9]{{1,2}} {MONTHS}|{MONTHS} [0-9]{{1,2}}(?![0-9])|[0-9]{{1,2}}:[0-9]{{2}}–[0-9]{{1,2}}:[0-9]{{2}}"
    rf"|第[{_NUMERALS}]{{1,3}}[条條]|[{_NUMERALS}][条條]"
    rf"|(?:第 ?)?[0-9]+ ?[{_COUNTED}]|[(+]{{0,2}}[0-9][0-9 ()-]{{5,16}}[0-9]|(?:art|s|Cap)\. [0-9]+|§\u00a0?[0-9]+"
)
_PIECES = re.compile(f"({_LINK})|({_WHOLE})")
_LATIN = r"[!-~\u00a0-\u2e7f\uff61-\uffdc]"
_TOKENS = re.compile(
    f"([{OPENING}]*(?:{_WHOLE}|{_LATIN}(?:(?![{OPENING}]){_LATIN})*|[^ ])(?:(?:[{CLOSING}])(?![0-9]))*)( *)"
)
HALF = 0.5
"""A mark of Chinese stands in a square, and Typst takes the empty half (em) of it away: before one that opens at a line's start;
after one that closes at its end; and, as the mainland sets, between two that meet."""
_OPENS, _CLOSES, _STOPS = "（《「『“‘【〔〈", "）》」』”’】〕〉", "，。、；：！？"
_ENDS_HALF = {True: tuple(_CLOSES + _STOPS), False: tuple(_CLOSES)}
"""By whether marks stand as in the mainland: elsewhere a stop stands in the middle of its square, and keeps it."""
_MARKS = frozenset(_OPENS + _CLOSES + _STOPS)
_MEET = re.compile(f"(?=[{_OPENS}{_CLOSES}{_STOPS}][{_OPENS}{_CLOSES}{_STOPS}])")
_JOINTS = re.compile(r"(?<=[/.@_?&=-])(?=[^ ])")

LEAST_LAST_CHINESE, LEAST_LAST_ENGLISH = 3.6, 2.8
"""How long (em) a paragraph's last line should be, at least: never a single character."""
LOOSE = 0.07
"""So much room (em) may come between two characters of a line that is spread over its room, before it is seen."""
NARROWER = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""How much earlier (em) lines are ended, tried in turn, where they don't end well when filled."""


_SURELY = 1e-6
"""So much room (em) to spare, and a text takes one line however its width is added up."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text and the room its lines have (em), until it is known that the plan is the one that is set."""

    text: str
    room: float
    style: Style
    bold: bool = False
    justified: bool = False
    least_last: float = LEAST_LAST_ENGLISH

    def rich(self) -> Rich:
        """The text for the page, with its line ends where filled lines would end badly: gaping, or in a last line of next to
        nothing. It takes as many lines as `line_count` says."""
        return _rich_words(self)


@lru_cache(maxsize=4096)
def _rich_words(words: Words) -> Rich:
    if width(words.text, words.style, bold=words.bold) < words.room - _SURELY:
        return rich(words.text)
    pieces = _pieces(words.text, words.style, words.bold)
    if any(piece.wide > words.room for piece in pieces):
        return breakable(words.text, words.room, words.style, bold=words.bold)
    return _well_broken(words, pieces)


class _Piece(NamedTuple):
    """What stands together between two places where a line may break. All in em: how wide it is and the space after it; what it
    loses at a line's start, at its end, and behind the piece before it."""

    text: str
    wide: float
    space: float
    lead: float
    tail: float
    meets: float


def _well_broken(words: Words, pieces: Sequence[_Piece]) -> Rich:
    filled = list(_lines(pieces, words.room))
    if len(filled) == 1 or _is_well(filled, words):
        return rich(words.text)
    ways = [filled]
    for less in NARROWER:
        ended_earlier = list(_lines(pieces, words.room - less))
        if len(ended_earlier) != len(filled) or any(line.width > words.room for line in ended_earlier):
            break
        ways.append(ended_earlier)
        if _is_well(ended_earlier, words):
            break
    best = min(ways, key=lambda lines: _badness(lines, words))
    found: list[str | list[str] | int] = []
    for line in best[:-1]:
        found += _flat(rich(line.text.rstrip(" ") if words.justified else line.text))
        found.append(int(words.justified and _gap(line, words.room) <= LOOSE))
    return [*found, *_flat(rich(best[-1].text))]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    width: float


def _lines(pieces: Sequence[_Piece], room: float) -> Iterator[_Line]:
    """The lines that pieces give, filled one after another."""
    text, at, trailing, tail = "", 0.0, 0.0, 0.0
    for piece in pieces:
        if text and at + trailing + piece.wide - piece.meets - piece.tail > room:
            yield _Line(text, at - tail)
            text, at, trailing = "", 0.0, 0.0
        at += trailing + piece.wide - (piece.meets if text else piece.lead)
        text, trailing, tail = text + piece.text, piece.space, piece.tail
    yield _Line(text, at - tail)


def _is_well(lines: Sequence[_Line], words: Words) -> bool:
    return _badness(lines, words) == (0.0, 0.0)


def _badness(lines: Sequence[_Line], words: Words) -> tuple[float, float]:
    """What is missing in the last line, and the widest gap that is seen: both zero when nothing is wrong."""
    gap = max((_gap(line, words.room) for line in lines[:-1]), default=0.0) if words.justified else 0.0
    return max(0.0, words.least_last - lines[-1].width), gap if gap > LOOSE else 0.0


def _gap(line: _Line, room: float) -> float:
    """How much room (em) comes between two characters when a line is spread; runs of Latin letters aren't spread."""
    places = sum(one >= "\u2e80" or one == " " for one in line.text.rstrip(" "))
    return max(0.0, room - line.width) / max(1, places - 1)


def _flat(text: Rich) -> list[str | list[str] | int]:
    return [text] if isinstance(text, str) else text


@lru_cache(maxsize=8192)
def rich(text: str) -> Rich:
    """Say of a text what stays in one piece and what is a link.

    >>> rich("至2026年11月7日，a@b.cn")
    ['至', ['2026年'], ['11月'], ['7日'], '，', ['mailto:a@b.cn', 'a@b.cn']]
    """
    found: list[str | list[str] | int] = []
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            found.append(text[end : match.start()])
        found.append([f"mailto:{match[0]}", match[0]] if match[1] else [match[0]])
        end = match.end()
    if not found:
        return text
    return [*found, text[end:]] if end < len(text) else found


def breakable(text: str, room: float, style: Style, *, bold: bool = False) -> Rich:
    """As `rich`, but what is wider than the room (em) is parted, so that nothing stands outside: an address of the net after
    its marks, and what is too wide even so, anywhere.

    The parts are pieces of their own, and begin a line. A space without width between them would do too, but Typst joins it to the letter before it,
    and PDFium then reads that letter in disorder wherever else it stands in the letter.
    """
    pieces = _pieces(text, style, bold)
    if all(piece.wide <= room for piece in pieces):
        return rich(text)
    found: list[str | list[str] | int] = []
    plain = ""
    for piece in pieces:
        if piece.wide <= room:
            plain += piece.text
        else:
            found += [*_flat(rich(plain.rstrip(" "))), 0] if plain.strip(" ") else []
            found += ([part.text] for part in _parted(piece, room, style, bold))
            plain = " " if piece.space else ""
    return [*found, *_flat(rich(plain))] if plain else found


def _parted(piece: _Piece, room: float, style: Style, bold: bool) -> Iterator[_Piece]:
    """The parts of a piece that is wider than the room, each as wide as fits."""
    room, text = room - _SURELY, ""
    for joint in _JOINTS.split(piece.text.rstrip(" ")):
        parts = [joint] if width(joint, style, bold=bold) <= room else joint
        for part in parts:
            if text and width(text + part, style, bold=bold) > room:
                yield _Piece(text, width(text, style, bold=bold), 0.0, 0.0, 0.0, 0.0)
                text = ""
            text += part
    yield _Piece(text, width(text, style, bold=bold), piece.space, 0.0, 0.0, 0.0)


@lru_cache(maxsize=4096)
def _pieces(text: str, style: Style, bold: bool) -> tuple[_Piece, ...]:
    """The pieces between which a line may break, one after another."""
    of_one, space = widths(style.families, bold).get, width(" ", style, bold=bold)
    is_mainland = style.families == MAINLAND.families
    ends_half = _ENDS_HALF[is_mainland]
    found, before = [], ""
    for piece, after in _TOKENS.findall(text):
        if len(piece) == 1 and piece not in _MARKS and before not in _MARKS:
            found.append(_Piece(piece + after, of_one(piece, 1.0), space * len(after), 0.0, 0.0, 0.0))
        else:
            opens = piece[0] in _OPENS
            meeting = HALF * len(_MEET.findall(piece)) if is_mainland and len(piece) > 1 else 0.0
            found.append(
                _Piece(
                    piece + after,
                    width(piece, style, bold=bold) - meeting,
                    space * len(after),
                    HALF if opens else 0.0,
                    HALF if piece.endswith(ends_half) else 0.0,
                    HALF if opens and is_mainland and before in _MARKS else 0.0,
                )
            )
        before = piece[-1] if not after else " "
    return tuple(found)


@lru_cache(maxsize=16384)
def line_count(text: str, room: float, style: Style, *, bold: bool = False) -> int:
    """How many lines a text takes where each has so much room (em), filled one after another.

    >>> from goodstanding.letters.faces import MAINLAND
    >>> line_count("青禾消费金融，", 6, MAINLAND), line_count("青禾", 2, MAINLAND)
    (2, 1)
    """
    if width(text, style, bold=bold) < room - _SURELY:
        return 1
    lines, at, room = 1, 0.0, max(room, 1.0)
    for piece in _pieces(text, style, bold):
        parts: Iterable[_Piece] = (piece,)
        if piece.wide > room:
            lines, at, parts = lines + bool(at), 0.0, _parted(piece, room, style, bold)
        for _, wide, space, lead, tail, meets in parts:
            if at and at + wide - meets - tail > room:
                lines, at = lines + 1, 0.0
            at += wide - (meets if at else lead) + space
    return lines
