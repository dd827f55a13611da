"""A table's columns on the page: how wide each is, what its cells run over, how high its rows are together."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from goodstanding.core.letter import Align, Row, RowKind, Table
from goodstanding.letters.faces import Style, width
from goodstanding.letters.sheet.lines import line_count

WIDE_COLUMNS = 5
"""A table of as many columns stands over the whole width of the page."""
STATEMENT = "statement"
"""So does the statement, of however few columns: its sums have long names beside large figures."""
GAP, GAP_IN_EM = 9.0, 1.0
MARGIN = 0.01
"""So much wider (em) than its widest cell is a column."""
ENTIRE = 16
"""Where a table has no room even so, a first cell of more characters than this takes a line of its own, its figures the next."""

Cell = str | tuple[str, int, bool, float]
"""Text; or text, how many columns it runs over, whether it is bold, and the space above it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A table planned: data for page.typ; the heights of what mustn't be parted: the head, then each group of rows."""

    data: dict[str, Any]
    head: float
    groups: tuple[float, ...]

    @property
    def height(self) -> float:
        return self.head + sum(self.groups)


def is_wide(table: Table) -> bool:
    """Whether a table needs the whole width of the page."""
    return len(table.header) >= WIDE_COLUMNS or table.key == STATEMENT


def figures(table: Table, style: Style, room: float, size: float, pitch: float, *, kept: bool) -> Figures:
    """Plan a table. room: its width. kept: it may run over pages, and rows of a group must stay together."""
    longest = _longest_first(table, style, room / size)
    widths, fitted = _widths(table, style, room, size, longest)
    pitch = round(pitch * fitted / size, 2)
    groups = [list(rows) for rows in _groups(table.rows)]
    kept = kept and len(groups) > 1
    first = 2 if kept else 1
    rows: list[Cell | int] = []
    heights: list[float] = []
    together: list[float] = []
    for group in groups:
        lines = [one for row in group for one in _lines(row, style, room / fitted, pitch, longest)]
        if kept:
            rows.append(len(lines))
        rows += [cell for row in group for cell in _cells(row, pitch, longest)]
        heights += lines
        together.append(sum(lines))
    if table.total:
        heights.append(pitch)
        together.append(pitch + together.pop() if together else pitch)
    data = {
        "type": "table",
        "size": fitted,
        "pitch": pitch,
        "columns": [0.0, *widths] if kept else widths,
        "heights": [pitch, *heights],
        "align": [Align.START, *table.alignment] if kept else table.alignment,
        "header": [(table.header[0], first, True, 0.0), *table.header[1:]],
        "rows": rows,
        "total": list(_closing(table.total, first, bold=True)) if table.total else [],
    }
    return Figures(data, pitch, tuple(together))


def _longest_first(table: Table, style: Style, room: float) -> int:
    """Of how many characters the longest first cell is that stands in one row with its figures. room: of the table, in em."""
    measured = _measured(table, style)
    others = sum(measured.others) + GAP_IN_EM * (len(table.header) - 1)
    for length, _ in measured.firsts:
        if max(measured.first, *(wide for one, wide in measured.firsts if one <= length)) + others <= room:
            return length
    return ENTIRE


def _widths(table: Table, style: Style, room: float, size: float, longest: int) -> tuple[list[float], float]:
    """Each column's width, and the size at which all fit. What is left over is shared out between the columns."""
    natural = _naturals(table, style, longest)
    last = len(natural) - 1
    if sum(natural) * size + GAP * last > room:
        size = math.floor(100 * (room - GAP * last) / sum(natural)) / 100
    if len({*table.alignment[1:]}) == 1 and (natural[0] + last * max(natural[1:])) * size + GAP * last <= room:
        each = (room - natural[0] * size) / last
        return [round(natural[0] * size, 2), *[round(each, 2)] * last], size
    gap = max(GAP, (room - sum(natural) * size) / last)
    widths = [part * size for part in natural]
    for place in range(1, last + 1):
        # The gap lies before figures, which end their column, and after words, which begin theirs.
        widths[place if table.alignment[place] is Align.END else place - 1] += gap
    return [round(one, 2) for one in widths], size


def _naturals(table: Table, style: Style, longest: int) -> list[float]:
    """How wide (em) each column's widest cell is, of the first cells those of so many characters at most."""
    measured = _measured(table, style)
    first = max((wide for length, wide in measured.firsts if length <= longest), default=0.0)
    return [max(measured.first, first), *measured.others]


@dataclass(frozen=True, slots=True)
class _Measured:
    """Widths (em) of a table's columns. firsts: by how many characters a plain row's first cell has, the widest of them; first:
    the first column's header and closing rows."""

    firsts: list[tuple[int, float]]
    first: float
    others: list[float]


@lru_cache(maxsize=64)
def _measured(table: Table, style: Style) -> _Measured:
    plain = [row.cells for row in table.rows if row.kind is RowKind.PLAIN]
    closing = [row.cells for row in table.rows if row.kind is RowKind.SUBTOTAL]
    closing += [table.total] if table.total else []

    def natural(place: int) -> float:
        """The widest but for plain rows' first cells; what runs over several columns doesn't count."""
        return MARGIN + max(
            width(table.header[place], style, bold=True),
            *(width(cells[place], style) for cells in plain if place),
            *(width(cells[place], style, bold=True) for cells in closing if place >= _span(cells) or _span(cells) == 1),
            0.0,
        )

    firsts: dict[int, float] = {}
    for cells in plain:
        firsts[len(cells[0])] = max(firsts.get(len(cells[0]), 0.0), MARGIN + width(cells[0], style))
    return _Measured(
        sorted(firsts.items(), reverse=True), natural(0), [natural(place) for place in range(1, len(table.header))]
    )


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows in runs: each begins with a line that opens a group, if any does."""
    group: list[Row] = []
    for row in rows:
        if row.kind is RowKind.GROUP and group:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _is_entire(row: Row, longest: int) -> bool:
    return row.kind is RowKind.PLAIN and len(row.cells[0]) > longest


def _lines(row: Row, style: Style, room: float, pitch: float, longest: int) -> Iterator[float]:
    """How high a row is, or the two rows it is set as. room: of the whole table, in em."""
    if row.kind is RowKind.GROUP:
        yield round(_above(pitch) + pitch * line_count(row.cells[0], room, style, bold=True), 2)
    elif _is_entire(row, longest):
        yield pitch * line_count(row.cells[0], room, style)
        yield pitch
    else:
        yield pitch


def _above(pitch: float) -> float:
    return round(pitch * 0.4, 2)


def _span(cells: Sequence[str]) -> int:
    """How many columns the first cell may run over: those after it that are empty."""
    span = 1
    while span < len(cells) and not cells[span]:
        span += 1
    return span


def _cells(row: Row, pitch: float, longest: int) -> Iterator[Cell]:
    if row.kind is RowKind.GROUP:
        yield (row.cells[0], len(row.cells), True, _above(pitch))
    elif row.kind is RowKind.SUBTOTAL:
        yield from _closing(row.cells, 1, bold=False)
    elif _is_entire(row, longest):
        yield (row.cells[0], len(row.cells), False, 0.0)
        yield from ("", *row.cells[1:])
    else:
        yield from row.cells


def _closing(cells: Sequence[str], first: int, *, bold: bool) -> Iterator[Cell]:
    """A row that closes: its label over the empty cells after it, its figures bold. first: columns before the second."""
    span = _span(cells)
    yield (cells[0], span + first - 1, bold, 0.0)
    yield from ((cell, 1, True, 0.0) for cell in cells[span:])
