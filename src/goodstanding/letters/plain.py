"""A letter as plain text: what is kept as the golden text, and what goes where no page can.

Prose runs in lines of 88 columns at most, where a Chinese character takes two; tables are as wide as they need to be,
with figures under each other.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from goodstanding.core.letter import (
    Align,
    Block,
    Choices,
    LetterContent,
    List,
    Pairs,
    Paragraph,
    Row,
    RowKind,
    Subheading,
    Table,
)

WIDTH = 88
CLOSING = frozenset("，。、；：！？）》」』”’】…％%,.;:!?)]}")
OPENING = frozenset("（《「『“‘【([{")
GAP = 2


def plain_text(content: LetterContent) -> str:
    """Return the whole letter as text, ending in a newline."""
    sender = content.sender
    lines = [sender.name, *sender.address, f"{sender.phone} · {sender.email}", ""]
    lines += [*content.recipient.lines, ""]
    lines += _pairs(content.details)
    lines += ["", content.title, "=" * columns(content.title), ""]
    if content.key_figures:
        lines += [*_pairs([(one.label, f"{one.value}  ({one.note})") for one in content.key_figures]), ""]
    lines += [*wrap(content.salutation), "", *wrap(content.opening)]
    for number, part in enumerate(content.parts, 1):
        heading = f"{number}  {part.heading}"
        lines += ["", "", heading, "-" * columns(heading)]
        for block in part.blocks:
            lines += ["", *_block(block)]
    lines += ["", "", *content.closing, "", *(line for note in content.notes for line in wrap(note))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def columns(text: str) -> int:
    """How many columns a text takes: two for a wide character, none for a combining one.

    >>> columns("逾期 3 天"), columns("é")
    (9, 1)
    """
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def wrap(text: str, width: int = WIDTH, indent: str = "") -> list[str]:
    """Break a text into lines; no line begins with what closes or ends with what opens. indent: of all but the first."""
    lines, line = [], ""
    for token in _tokens(text):
        if columns(line + token.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line = indent
            token = token.lstrip()
        line += token
    return [*lines, line.rstrip()]


def _tokens(text: str) -> Iterator[str]:
    """Pieces between which a line may break: words with the space after them, wide characters one by one."""
    token = ""
    for place, one in enumerate(text):
        token += one
        coming = text[place + 1] if place + 1 < len(text) else " "
        wide = unicodedata.east_asian_width(one) in "WF" or unicodedata.east_asian_width(coming) in "WF"
        if (one == " " or wide) and coming not in CLOSING and coming != " " and one not in OPENING:
            yield token
            token = ""
    if token:
        yield token


def _block(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return wrap(block.text)
        case Subheading():
            return wrap(block.text)
        case Pairs():
            return _pairs(block.items)
        case List():
            return [line for item in block.items for line in wrap(f"- {item}", indent="  ")]
        case Choices():
            return [line for item in block.items for line in wrap(f"[ ] {item}", indent="    ")]
        case Table():
            return _table(block)


def _pairs(items: Sequence[tuple[str, str]]) -> list[str]:
    room = max(columns(label) for label, _ in items) + GAP
    return [line for label, text in items for line in wrap(_pad(label, room, Align.START) + text, indent=" " * room)]


def _table(table: Table) -> list[str]:
    body = [table.header, *(row.cells for row in table.rows if row.kind is RowKind.PLAIN)]
    across = [*body, *([table.total] if table.total else []), *(row.cells for row in table.rows)]
    widths = [max(columns(cells[place]) for cells in body) for place in range(len(table.header))]
    widths[-1] = max(columns(cells[-1]) for cells in across)
    spare = max(
        0, *(columns(_label(cells)) - sum(widths[: _span(cells)]) - GAP * (_span(cells) - 1) for cells in across)
    )
    widths[_widest_text(table)] += (
        spare if any(row.kind is not RowKind.PLAIN for row in table.rows) or table.total else 0
    )
    rule = "-" * (sum(widths) + GAP * (len(widths) - 1))
    lines = [_line(table.header, widths, table.alignment), rule]
    for row in table.rows:
        lines += _row(row, widths, table.alignment)
    if table.total:
        lines += [rule, _line(table.total, widths, table.alignment)]
    return lines


def _label(cells: tuple[str, ...]) -> str:
    return cells[0] if _span(cells) > 1 else ""


def _span(cells: tuple[str, ...]) -> int:
    """How many columns the first cell may run over: those after it that are empty."""
    span = 1
    while span < len(cells) and not cells[span]:
        span += 1
    return span


def _widest_text(table: Table) -> int:
    starts = [place for place, align in enumerate(table.alignment) if align is Align.START]
    return starts[-1]


def _row(row: Row, widths: list[int], alignment: Sequence[Align]) -> list[str]:
    if row.kind is RowKind.GROUP:
        return ["", row.cells[0]]
    return [_line(row.cells, widths, alignment)]


def _line(cells: tuple[str, ...], widths: list[int], alignment: Sequence[Align]) -> str:
    span = _span(cells)
    first = sum(widths[:span]) + GAP * (span - 1)
    pieces = [_pad(cells[0], first, alignment[0])]
    pieces += [_pad(cells[place], widths[place], alignment[place]) for place in range(span, len(cells))]
    return (" " * GAP).join(pieces)


def _pad(text: str, width: int, align: Align) -> str:
    space = " " * max(0, width - columns(text))
    return text + space if align is Align.START else space + text
