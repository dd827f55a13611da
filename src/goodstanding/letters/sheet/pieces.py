"""The blocks of a letter as page.typ sets them, each with the height it will have at one size and width."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise, zip_longest
from types import NoneType
from typing import Any

from goodstanding.core.letter import Block, Choices, List, Pairs, Paragraph, Part, Subheading, Table
from goodstanding.letters.faces import width
from goodstanding.letters.sheet.lines import LEAST_LAST_CHINESE, LEAST_LAST_ENGLISH, Words, line_count
from goodstanding.letters.sheet.tables import figures
from goodstanding.letters.sheet.type import Type

LABEL_GAP = 8.0
COLUMN_GAP, SLACK = 14.0, 1.5
LABEL_SHARE = 0.45
TICK_INDENT = 14.0
TO_WRITE_ON = 2.0
"""How many lines high a row is that somebody writes by hand in, such as a signature."""
LEAST_OF_HEADING = 0.3
"""Of the room: how long the last line of a heading should be, at least."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block at one size and width, in points: its height, the least space above and below it.

    stays: it must be kept with the next. parts: the heights of what isn't parted within it, where it may run over a page.
    """

    data: dict[str, Any]
    height: float
    above: float
    below: float
    stays: bool = False
    parts: tuple[float, ...] = ()


def stacked(pieces: Iterable[Piece]) -> float:
    """How high pieces are one under the other; of two spaces that meet the larger counts."""
    height, below = 0.0, None
    for piece in pieces:
        height += piece.height + (0.0 if below is None else max(below, piece.above))
        below = piece.below
    return height


class Heights:
    """How high any run of pieces is, one under the other, without adding it up again."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        gaps = [max(one.below, next_one.above) for one, next_one in pairwise(pieces)]
        self._pieces = [0.0, *accumulate(piece.height for piece in pieces)]
        self._gaps = [0.0, 0.0, *accumulate(gaps)]

    def between(self, first: int, end: int) -> float:
        if first >= end:
            return 0.0
        return self._pieces[end] - self._pieces[first] + self._gaps[end] - self._gaps[first + 1]


def part_pieces(part: Part, number: int, kind: Type, room: float, *, kept: bool) -> Iterator[Piece]:
    """A part's heading and blocks. kept: tables may run over pages, the rows of a group stay together."""
    size = round(kind.size * 1.14, 2)
    mark = width(str(number), kind.style, bold=True) + 0.6
    lines = line_count(part.heading, room / size - mark, kind.style, bold=True)
    yield heading(2, part.heading, kind, room / size - mark, lines * kind.heading_pitch, str(number))
    for block, following in zip_longest(part.blocks, part.blocks[1:]):
        pieces = block_pieces(block, kind, room, kept=kept)
        if isinstance(block, Table) and not kept and not isinstance(following, (Subheading, NoneType)):
            pieces = (replace(pieces[0], stays=True),)  # beside what is said of it
        yield from pieces


def heading(level: int, text: str, kind: Type, room: float, height: float, number: str = "") -> Piece:
    """room: what its lines have, in em."""
    words = Words(text, room, kind.style, bold=True, least_last=room * LEAST_OF_HEADING)
    data = {"type": "heading", "level": level, "number": number, "text": words}
    return Piece(data, height, kind.above[level - 1], kind.below[level - 1], stays=True)


def paragraph(text: str, kind: Type, room: float, *, bold: bool = False, stays: bool = False) -> Piece:
    lines = line_count(text, room / kind.size, kind.style, bold=bold)
    data = {"type": "paragraph", "text": _prose(text, kind, room, bold=bold), "bold": bold}
    return Piece(data, lines * kind.pitch, kind.gap, kind.gap, stays, (kind.pitch,) * lines)


def closing(lines: Sequence[str], kind: Type) -> Piece:
    data = {"type": "closing", "lines": lines}
    return Piece(data, len(lines) * kind.pitch, round(kind.pitch * 0.8, 2), 0.0)


def block_pieces(block: Block, kind: Type, room: float, *, kept: bool) -> tuple[Piece, ...]:
    """A block as one piece; a list as one for each item, so that a column may end between them."""
    match block:
        case Pairs():
            return (_pairs(block, kind, room),)
        case Table():
            planned = figures(block, kind.style, room, kind.small, round(kind.pitch * 0.92, 2), kept=kept)
            parts = (planned.head + planned.groups[0], *planned.groups[1:]) if planned.groups else ()
            return (Piece(planned.data, planned.height, kind.table_gap, kind.table_gap, parts=parts),)
        case _:
            return _prose_pieces(block, kind, room)


@lru_cache(maxsize=4096)
def _prose_pieces(block: Paragraph | Subheading | List | Choices, kind: Type, room: float) -> tuple[Piece, ...]:
    """What says the same in most letters, and is planned once."""
    match block:
        case Paragraph():
            stays = block.text.rstrip().endswith((":", "："))
            return (paragraph(block.text, kind, room, bold=block.prominent, stays=stays),)
        case Subheading():
            lines = line_count(block.text, room / kind.size, kind.style, bold=True)
            return (heading(3, block.text, kind, room / kind.size, lines * kind.pitch),)
        case List():
            return tuple(_items("list", block.items, kind, room, kind.indent, kind.list_gap))
        case Choices():
            return tuple(_items("choices", block.items, kind, room, TICK_INDENT, round(kind.pitch * 0.5, 2)))


def _items(name: str, items: Sequence[str], kind: Type, room: float, indent: float, gap: float) -> Iterator[Piece]:
    for place, item in enumerate(items):
        lines = line_count(item, (room - indent) / kind.size, kind.style)
        last = place == len(items) - 1
        data = {"type": name, "items": [_prose(item, kind, room - indent)], "goes_on": place > 0}
        yield Piece(data, lines * kind.pitch, gap if place else kind.gap, kind.gap if last else gap)


def _pairs(block: Pairs, kind: Type, room: float) -> Piece:
    """Labels and values in three columns, two or one: as many as every value has room for in one line.

    Where a label takes more than its share of the room, each stands above its value.
    """
    for columns in (3, 2, 1):
        columned = [block.items[place::columns] for place in range(columns)]
        labels = [_widest([label for label, _ in column], kind) * kind.small + LABEL_GAP for column in columned]
        values = [_widest([value for _, value in column], kind) * kind.size + SLACK for column in columned]
        used = sum(labels) + sum(values) + COLUMN_GAP * (columns - 1)
        if columns == 1 or (len(block.items) >= 2 * columns - 1 and used <= room):
            break
    if labels[0] > room * LABEL_SHARE:
        return _stacked_pairs(block, kind, room)
    spare = (room - sum(labels) - sum(values)) / max(1, columns - 1)
    widths = [label + value + spare for label, value in zip(labels, values, strict=True)]
    widths[-1] = room - sum(widths[:-1])
    rooms = [(each - label) / kind.size for each, label in zip(widths, labels, strict=True)]
    rows = [block.items[place : place + columns] for place in range(0, len(block.items), columns)]
    lines = [
        max(line_count(value, each, kind.style) for (_, value), each in zip(row, rooms, strict=False)) for row in rows
    ]
    by_hand = [any(not value.strip("_") for _, value in row) for row in rows]
    heights = [(TO_WRITE_ON if blank else one) * kind.pitch for one, blank in zip(lines, by_hand, strict=True)]
    data = {
        "type": "pairs",
        "columns": [round(one, 2) for one in widths],
        "labels": [round(one, 2) for one in labels],
        "heights": [round(one, 2) for one in heights],
        "by_hand": any(by_hand),
        "items": [
            (label, _value(value, kind, rooms[place % columns])) for place, (label, value) in enumerate(block.items)
        ],
    }
    return Piece(data, sum(heights) + (len(rows) - 1) * kind.pair_gap, kind.gap, kind.gap)


def _stacked_pairs(block: Pairs, kind: Type, room: float) -> Piece:
    lines = sum(
        line_count(label, room / kind.small, kind.style) + line_count(value, room / kind.size, kind.style)
        for label, value in block.items
    )
    items = [(label, _value(value, kind, room / kind.size)) for label, value in block.items]
    data = {"type": "stacked", "items": items}
    return Piece(data, lines * kind.pitch + (len(block.items) - 1) * kind.gap, kind.gap, kind.gap)


def _widest(texts: Sequence[str], kind: Type) -> float:
    return max((width(text, kind.style) for text in texts), default=0.0)


def _prose(text: str, kind: Type, room: float, *, bold: bool = False) -> Words:
    """room: in points."""
    if kind.is_chinese:
        return Words(text, room / kind.size, kind.style, bold, justified=True, least_last=LEAST_LAST_CHINESE)
    return Words(text, room / kind.size, kind.style, bold, least_last=LEAST_LAST_ENGLISH)


def _value(text: str, kind: Type, room: float) -> Words:
    """What a label stands for: its lines aren't spread. room: in em."""
    return Words(text, room, kind.style, least_last=LEAST_LAST_CHINESE if kind.is_chinese else LEAST_LAST_ENGLISH)


def laid(data: Any) -> Any:
    """A block's data for page.typ, with all its line ends: for the plan that is set."""
    if isinstance(data, Words):
        return data.rich()
    if isinstance(data, dict):
        return data if data.get("type") == "table" else {key: laid(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [laid(value) for value in data]
    return data
