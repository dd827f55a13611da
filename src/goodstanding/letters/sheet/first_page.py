"""What stands at fixed places on the first page: the letterhead, the address, the title, the figures, the code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goodstanding.core.letter import KeyFigure, LetterContent
from goodstanding.letters.faces import Style, width
from goodstanding.letters.sheet.code import Code
from goodstanding.letters.sheet.lines import Words, breakable, line_count
from goodstanding.letters.sheet.paper import Paper
from goodstanding.letters.sheet.type import TINY_CHINESE, TINY_ENGLISH, TINY_PITCH

ADDRESS_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
WHOLE_LINES = 9.0
"""An address is set no smaller than this for the sake of lines that needn't break."""
ADDRESS_LEAST_LAST = 4.0
"""How long (em) what goes over into a line of its own should be, at least."""
ADDRESS_PITCH = 1.28
RETURN_SIZES = (6.5, 6.0, 5.5, 5.0)
RETURN_PITCH = 9.0
TITLE_SIZES = (22.0, 20.0, 18.0, 16.0, 15.0, 14.0)
TITLE_PITCH = 1.25
FIRST_FIGURE = (22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 9.0)
OTHER_FIGURES = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
SIZE, PITCH, SMALL = 9.2, 12.4, 8.5
"""Of what stands beside the window."""
DETAIL_SIZES = ((SIZE, SMALL), (8.8, 8.2), (8.4, 7.9), (8.0, 7.5), (7.6, 7.2), (7.2, 6.9))
"""Of the details and their labels: a number that somebody must read out stays in one piece."""
LABEL_SHARE, LEAST_LAST = 0.42, 0.4
"""What the labels of the figures have of the box's width, however large the figures; what a label's last line has of that."""
INSET = (9.0, 7.0)
ROW_GAP = 6.0
GAP = 10.0
LABEL_GAP = 5.0
FIGURE_GAP = 8.0
CAPTION_GAP = 5.0


@dataclass(frozen=True, slots=True)
class FirstPage:
    """data: for page.typ. body: where the text begins, at least as far down as the paper asks."""

    data: dict[str, Any]
    body: float


def first_page(content: LetterContent, style: Style, paper: Paper, code: Code | None) -> FirstPage:
    """Plan it. Whatever needs more room than there is gets it, and the text begins lower.

    Beside the code, on its left, stand the letter's details and what the code is for.
    """
    address, address_height = _address(content, style, paper)
    room = paper.width - paper.right - paper.aside_left
    title_size = _fitting(TITLE_SIZES, content.title, style, room)
    y = paper.aside + line_count(content.title, room / title_size, style, bold=True) * title_size * TITLE_PITCH + GAP
    figures, figures_height, figure_labels = _figures(content.key_figures, style, room)
    y += figures_height + (GAP if figures else 0.0)
    details = room if code is None else room - code.side - GAP
    labels, size, small = _detail_sizes(content.details, details, style)
    rooms = max(1.0, (details - labels - 1) / size)
    lines = sum(line_count(value, rooms, style) for _, value in content.details)
    ends = y + lines * PITCH
    aside = {
        "left": paper.aside_left,
        "width": room,
        "size": SIZE,
        "pitch": PITCH,
        "small": SMALL,
        "detail_size": size,
        "detail_small": small,
        "title_size": title_size,
        "figures": figures,
        "figure_labels": figure_labels,
        "labels": round(labels, 2),
        "details": [(label, breakable(value, rooms, style)) for label, value in content.details],
        "details_width": round(details, 2),
    }
    if code is not None:
        tiny = TINY_ENGLISH if content.language == "en" else TINY_CHINESE
        caption = line_count(content.code_caption, details / tiny, style) * tiny * TINY_PITCH
        aside["code"] = {
            "x": round(paper.width - paper.right - code.side - code.white, 2),
            "y": round(y - code.white, 2),
            "size": round(code.side + 2 * code.white, 2),
        }
        ends = max(y + code.side, ends + CAPTION_GAP + caption)
    body = max(paper.body, ends + GAP, paper.window + address_height)
    return FirstPage({"aside": aside, "address": address}, round(body, 2))


def _address(content: LetterContent, style: Style, paper: Paper) -> tuple[dict[str, Any], float]:
    """The address and the line above it that says where the letter comes back to; and how high they are."""
    room = paper.address_width
    between = " · " if content.language == "en" else "　"
    sender = between.join((content.sender.name, *content.sender.address))
    return_size = _fitting(RETURN_SIZES, sender, style, room, bold=False)
    lines = content.recipient.lines

    def height(size: float) -> float:
        return sum(line_count(line, room / size, style) for line in lines) * size * ADDRESS_PITCH

    fitting = [size for size in ADDRESS_SIZES if height(size) <= paper.address_height] or [ADDRESS_SIZES[-1]]
    longest = max((width(line, style) for line in lines), default=0.0)
    whole = (size for size in fitting if size >= WHOLE_LINES and longest * size <= room)
    size = next(whole, fitting[0])
    data = {
        "room": room,
        "return_line": sender,
        "return_size": return_size,
        "lines": [Words(line, room / size, style, least_last=ADDRESS_LEAST_LAST).rich() for line in lines],
        "size": size,
    }
    return_height = line_count(sender, room / return_size, style) * RETURN_PITCH
    return data, return_height + height(size) + GAP


def _figures(figures: Sequence[KeyFigure], style: Style, room: float) -> tuple[list[dict[str, Any]], float, float]:
    """What must be impossible to miss, each value as large as the box has room for; how high the box is, and how wide the
    column of its labels."""
    if not figures:
        return [], 0.0, 0.0
    inside = room - 2 * INSET[0]
    natural = max(max(width(it.label, style, bold=True) * SIZE, width(it.note, style) * SMALL) for it in figures)
    wanted = max(
        width(it.value, style, bold=True) * (OTHER_FIGURES if place else FIRST_FIGURE)[1]
        for place, it in enumerate(figures)
    )
    labels = min(natural + 1, max(inside * LABEL_SHARE, inside - FIGURE_GAP - wanted))
    found, height = [], 2 * INSET[1] + ROW_GAP * (len(figures) - 1)
    for place, it in enumerate(figures):
        size = _fitting(OTHER_FIGURES if place else FIRST_FIGURE, it.value, style, inside - labels - FIGURE_GAP)
        label_lines = line_count(it.label, labels / SIZE, style, bold=True)
        note_lines = line_count(it.note, labels / SMALL, style) if it.note else 0
        label = Words(it.label, labels / SIZE, style, bold=True, least_last=labels / SIZE * LEAST_LAST)
        note = Words(it.note, labels / SMALL, style, least_last=labels / SMALL * LEAST_LAST)
        found.append({"label": label.rich(), "note": note.rich(), "value": it.value, "size": size})
        height += max((label_lines + note_lines) * PITCH, size * 1.15)
    return found, height, round(labels, 2)


def _detail_sizes(details: Sequence[tuple[str, str]], room: float, style: Style) -> tuple[float, float, float]:
    """How wide the labels are, and the sizes of values and labels: the largest at which every value takes one line."""
    label = max((width(label, style) for label, _ in details), default=0.0)
    value = max((width(value, style) for _, value in details), default=0.0)
    fitting = ((size, small) for size, small in DETAIL_SIZES if label * small + LABEL_GAP + value * size + 1 <= room)
    size, small = next(fitting, DETAIL_SIZES[-1])
    return min(label * small + LABEL_GAP, room * 0.6), size, small


def _fitting(sizes: Sequence[float], text: str, style: Style, room: float, *, bold: bool = True) -> float:
    """The largest of these sizes at which a text takes one line, or the smallest."""
    em = width(text, style, bold=bold)
    return next((size for size in sizes if em * size <= room), sizes[-1])
