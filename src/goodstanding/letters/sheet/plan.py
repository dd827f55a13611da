"""Which plan a letter gets: the sizes, the columns and the pages."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from goodstanding.core.letter import LetterContent, Part, Table
from goodstanding.letters.faces import Style, style_of
from goodstanding.letters.letterhead import Letterhead
from goodstanding.letters.sheet.code import Code
from goodstanding.letters.sheet.first_page import first_page
from goodstanding.letters.sheet.lines import breakable
from goodstanding.letters.sheet.paper import Paper, paper_of
from goodstanding.letters.sheet.pieces import Heights, Piece, closing, laid, paragraph, part_pieces, stacked
from goodstanding.letters.sheet.tables import is_wide
from goodstanding.letters.sheet.type import EASY, GUTTER, Type, types_of

FEWEST_OVER = 2
"""Pages of a letter that doesn't take one: no size takes fewer."""
SIDES = 2
"""Of a sheet: type is made smaller than is easy to read only where that saves a sheet."""
ROOMY = 3
"""How many of the sizes, from the roomiest, are tried so that a page ends with a part."""
HOPELESS = 1.4
"""Times the room of one page: what needs more at the roomiest size doesn't come down to one at the tightest, whose letters and lines
are at most a sixth smaller in all; of our letters none that needs over 1.14 did."""
REACH_ROOM = 30.0
"""What the letterhead has for a telephone number or an address of e-mail, in em."""
LEAST_BAND = 6
"""Lines of prose that a page's rest must have room for, or the prose begins on the next."""
BAND_SPARE = 0.2
"""Of the pitch: room that columns are given beyond their height, so that none runs over by a hair. What a page has must hold it."""
WITHIN_A_LIST, WITHIN_A_PART, WITHIN_A_SECTION = 2.5, 1.0, 1.5
"""Lines that the columns may be higher for not ending the left one in such a place: best it ends with a part."""


@dataclass(frozen=True)
class Sheet:
    """A plan for page.typ. pages: how many it takes, if it is right. is_parted: whether a page ends within a part in columns.

    Its data, with all its line ends, are worked out when they are asked for: of several plans one is set.
    """

    worked_out: Callable[[], dict[str, Any]]
    size: float
    pages: int
    style: Style
    is_parted: bool = False

    @cached_property
    def data(self) -> dict[str, Any]:
        return self.worked_out()


@dataclass(frozen=True, slots=True)
class Band:
    """Prose in two columns side by side, never parted."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def height(self) -> float:
        return max(stacked(self.left), stacked(self.right))

    def height_set(self, kind: Type) -> float:
        """What it takes of the page."""
        return self.height + BAND_SPARE * kind.pitch


@dataclass(frozen=True, slots=True)
class Desk:
    """What every plan of a letter begins with. data: what is the same in all. body: where the text begins on the first page."""

    content: LetterContent
    paper: Paper
    style: Style
    data: dict[str, Any]
    body: float

    @property
    def first_room(self) -> float:
        """How high the text may be on the first page."""
        return self.paper.height - self.paper.bottom - self.body

    @property
    def page_room(self) -> float:
        return self.paper.height - self.paper.bottom - self.paper.top


def plans(content: LetterContent, code: Code | None, letterhead: Letterhead) -> Iterator[Sheet]:
    """Every plan that should do, the best first: on one page, from roomy to tight; then on more, roomy first."""
    paper, style = paper_of(content.jurisdiction), style_of(content.language, content.jurisdiction)
    top = first_page(content, style, paper, code)
    desk = Desk(content, paper, style, _always(content, code, letterhead, style) | top.data, top.body)
    types = types_of(content.language, style)
    easy = [kind for kind in types if kind.is_easy]
    roomiest = _laid(desk, types[0])
    tightest = [*_on_one_page(desk, easy[-1])] if roomiest.height <= HOPELESS * desk.first_room else []
    if tightest:  # what doesn't take one page at the tightest size does at no other
        yield from (sheet for kind in easy[:-1] for sheet in _on_one_page(desk, kind))
        yield from tightest
    over: list[Sheet] = []
    for place, kind in enumerate(types):
        if place >= ROOMY and any(sheet.pages <= SIDES for sheet in over):
            break
        sheet = _over_pages(desk, kind, _laid(desk, kind) if place else roomiest)
        if sheet.pages == FEWEST_OVER and not sheet.is_parted:
            yield sheet
        else:
            over.append(sheet)
    yield from sorted(over, key=lambda sheet: (_sheets(sheet), not _is_easy(sheet), sheet.pages, sheet.is_parted))


def _is_easy(plan: Sheet) -> bool:
    return plan.size >= EASY


def _sheets(plan: Sheet) -> int:
    """How many sheets of paper a plan takes, printed on both sides."""
    return -(-plan.pages // SIDES)


def _on_one_page(desk: Desk, kind: Type) -> Iterator[Sheet]:
    yield from (sheet for sheet in (_in_one_column(desk, kind), _in_two_columns(desk, kind)) if sheet)


def _in_one_column(desk: Desk, kind: Type) -> Sheet | None:
    """A letter without a wide table, short enough for one page in lines that are easy to read."""
    if _wide_parts(desk.content.parts):
        return None
    room = min(desk.paper.room, kind.measure * kind.size)
    pieces = [*_opening(desk.content, kind, room), *_parts(desk.content.parts, 0, kind, room), _closing(desk, kind)]
    form = _form(desk, kind)
    if stacked(pieces) + _form_height(form, kind) > desk.first_room:
        return None
    return _sheet(desk, kind, pieces, [], form, measure=room, pages=1)


def _in_two_columns(desk: Desk, kind: Type) -> Sheet | None:
    """One page: tables over its whole width, then prose in two columns."""
    wide, prose = _wide_and_prose(desk, kind, kept=False)
    form = _form(desk, kind)
    room = desk.first_room - stacked(wide) - kind.above[1] - _form_height(form, kind)
    band = _balanced(prose, room - BAND_SPARE * kind.pitch, kind)
    if band.height_set(kind) > room:
        return None
    return _sheet(desk, kind, wide, [band], form, pages=1)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A letter's pieces where it takes more than one page: over the whole width, in columns, and the form at its foot."""

    wide: Sequence[Piece]
    prose: Sequence[Piece]
    form: Sequence[Piece]
    form_height: float

    @property
    def height(self) -> float:
        """What it would take of one page, were that high enough."""
        return stacked(self.wide) + stacked(self.prose) / 2 + self.form_height


def _laid(desk: Desk, kind: Type) -> _Laid:
    wide, prose = _wide_and_prose(desk, kind, kept=True)
    form = _form(desk, kind)
    return _Laid(wide, prose, form, _form_height(form, kind))


def _over_pages(desk: Desk, kind: Type, laid: _Laid) -> Sheet:
    """More than one page: prose fills what a page has left, in columns of one height, and goes on on the next."""
    wide, prose, form = laid.wide, laid.prose, laid.form
    pages, left = _run(wide, desk, kind)
    bands: list[Band] = []
    rest: Sequence[Piece] = prose
    is_parted = False
    while rest:
        if left < LEAST_BAND * kind.pitch:
            pages, left = pages + 1, desk.page_room
        band, rest = _filled(rest, left - kind.above[1] - BAND_SPARE * kind.pitch, kind)
        if not band.left and left == desk.page_room:
            band, rest = Band(tuple(rest[:1]), ()), rest[1:]
        if band.left:
            bands.append(band)
            is_parted |= bool(rest) and _worse(prose, len(prose) - len(rest)) > 0.0
        left = 0.0 if rest else left - kind.above[1] - band.height_set(kind)
    if form and laid.form_height > left:
        pages += 1
    return _sheet(desk, kind, wide, bands, form, pages=pages, is_parted=is_parted)


def _wide_parts(parts: Sequence[Part]) -> int:
    """How many parts stand over the whole width: all up to the last that has a wide table."""
    wide = [
        place
        for place, part in enumerate(parts, 1)
        if any(isinstance(block, Table) and is_wide(block) for block in part.blocks)
    ]
    return max(wide, default=0)


def _wide_and_prose(desk: Desk, kind: Type, *, kept: bool) -> tuple[list[Piece], list[Piece]]:
    parts = [part for part in desk.content.parts if not part.detachable]
    count, room, column = _wide_parts(parts), desk.paper.room, (desk.paper.room - GUTTER) / 2
    wide = [*_opening(desk.content, kind, room), *_parts(parts[:count], 0, kind, room, kept=kept)]
    prose = [*_parts(parts[count:], count, kind, column), _closing(desk, kind)]
    return wide, prose


def _opening(content: LetterContent, kind: Type, room: float) -> list[Piece]:
    return [paragraph(text, kind, room) for text in (content.salutation, content.opening)]


def _parts(parts: Sequence[Part], before: int, kind: Type, room: float, *, kept: bool = False) -> Iterator[Piece]:
    for number, part in enumerate(parts, before + 1):
        if not part.detachable:
            yield from part_pieces(part, number, kind, room, kept=kept)


def _closing(desk: Desk, kind: Type) -> Piece:
    return closing(desk.content.closing, kind)


def _form(desk: Desk, kind: Type) -> list[Piece]:
    """What the reader cuts off and sends back, over the whole width, at the foot of the last page."""
    parts = desk.content.parts
    forms = [(number, part) for number, part in enumerate(parts, 1) if part.detachable]
    return [piece for number, part in forms for piece in part_pieces(part, number, kind, desk.paper.room, kept=False)]


def _form_height(form: Sequence[Piece], kind: Type) -> float:
    return stacked(form) + 2 * kind.pitch if form else 0.0


def _ends(pieces: Sequence[Piece]) -> list[int]:
    """Where a column may end: not after what must be kept with the next."""
    return [place for place in range(1, len(pieces) + 1) if place == len(pieces) or not pieces[place - 1].stays]


def _balanced(pieces: Sequence[Piece], room: float, kind: Type) -> Band:
    """Two columns of about one height, the left one rather the higher. room: how high they may be, if they can."""
    end = _ended_well(pieces, room, kind)
    return Band(tuple(pieces[:end]), tuple(pieces[end:]))


def _ended_well(pieces: Sequence[Piece], room: float, kind: Type) -> int:
    """Where the left column ends: where the two are of about one height, or near it, if it ends better there."""
    heights, ends = Heights(pieces), _ends(pieces)

    def rank(end: int) -> tuple[bool, int, float]:
        left, right = heights.between(0, end), heights.between(end, len(pieces))
        height = max(left, right)
        return height > room, round(height + _worse(pieces, end) * kind.pitch), -left

    return min(ends, key=rank)


def _worse(pieces: Sequence[Piece], end: int) -> float:
    """How many lines it is worth that a column doesn't end there."""
    if end == len(pieces):
        return 0.0
    after = pieces[end].data
    if after["type"] == "heading":
        return 0.0 if after["level"] == 2 else WITHIN_A_PART
    return WITHIN_A_LIST if after.get("goes_on") else WITHIN_A_SECTION


def _halved(heights: Heights, ends: Sequence[int]) -> int:
    """Where the left column ends, so that the two are as low as can be."""
    last = ends[-1]

    def rank(end: int) -> tuple[int, float]:
        left = heights.between(0, end)
        return round(max(left, heights.between(end, last))), -left

    return min(ends, key=rank)


def _filled(pieces: Sequence[Piece], room: float, kind: Type) -> tuple[Band, Sequence[Piece]]:
    """As many pieces as two columns of this height hold, and the rest; all of them balanced if all fit."""
    heights, ends = Heights(pieces), _ends(pieces)

    def height(count: int) -> float:
        end = _halved(heights, ends[:count])
        return max(heights.between(0, end), heights.between(end, ends[count - 1]))

    count = bisect_right(range(1, len(ends) + 1), room, key=height)
    if not count:
        return Band((), ()), pieces
    return _balanced(pieces[: ends[count - 1]], room, kind), pieces[ends[count - 1] :]


def _run(pieces: Sequence[Piece], desk: Desk, kind: Type) -> tuple[int, float]:
    """How many pages pieces take one after another, and what is left of the last."""
    pages, left, below = 1, desk.first_room, 0.0
    for place, piece in enumerate(pieces):
        left -= max(below, piece.above) if place else 0.0
        parts = piece.parts or (piece.height,)
        needed = parts[0] + (_follows(pieces[place + 1 :]) if piece.stays else 0.0)
        for part in (needed, *parts[1:]):
            if part > left:
                pages, left = pages + 1, desk.page_room - (parts[0] if piece.data["type"] == "table" else 0.0)
            left -= part
        left += needed - parts[0]
        below = piece.below
    return pages, left - below


def _follows(pieces: Sequence[Piece]) -> float:
    """The least of the next piece that must stand on the same page."""
    if not pieces:
        return 0.0
    first = pieces[0]
    return first.above + (first.parts[0] if first.parts else first.height) * 1.0


def _sheet(
    desk: Desk,
    kind: Type,
    pieces: Sequence[Piece],
    bands: Sequence[Band],
    form: Sequence[Piece],
    *,
    pages: int,
    measure: float | None = None,
    is_parted: bool = False,
) -> Sheet:
    def data() -> dict[str, Any]:
        return {
            **desk.data,
            "body": desk.body,
            "type": kind.data(),
            "measure": measure or desk.paper.room,
            "pages": pages,
            "blocks": _blocks(pieces),
            "bands": [(band.height_set(kind), _blocks(band.left), _blocks(band.right)) for band in bands],
            "form": _blocks(form),
        }

    return Sheet(data, kind.size, pages, desk.style, is_parted)


def _always(content: LetterContent, code: Code | None, letterhead: Letterhead, style: Style) -> dict[str, Any]:
    """What is the same in every plan."""
    sender = content.sender
    return {
        "lang": "en" if content.language == "en" else "zh",
        "region": _region(content),
        "faces": style.families,
        "paper": paper_of(content.jurisdiction).data(),
        "document_title": f"{content.title} · {content.reference}",
        "author": sender.name,
        "title": content.title,
        "reach": [breakable(text, REACH_ROOM, style) for text in (sender.phone, sender.email) if text],
        "foot": "　".join(content.notes),
        "running_head": content.running_head,
        "page_label": content.page_label,
        "letterhead": letterhead.data(),
        "code": None
        if code is None
        else {
            "svg": code.svg,
            "caption": content.code_caption,
            "alt": content.code_description or content.title,
        },
    }


def _blocks(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """The pieces' data; items of one list come together again."""
    found: list[dict[str, Any]] = []
    for piece in pieces:
        data = laid(piece.data)
        if data.get("goes_on") and found and found[-1]["type"] == data["type"]:
            found[-1] = {**found[-1], "items": [*found[-1]["items"], *data["items"]]}
        else:
            found.append(data)
    return found


def _region(content: LetterContent) -> str:
    if content.language == "zh-Hant":
        return "TW" if content.jurisdiction == "tw" else "HK"
    return "CN" if content.language == "zh-Hans" else "US" if content.jurisdiction == "us" else "GB"
