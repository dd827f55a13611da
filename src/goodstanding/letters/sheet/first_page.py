"""What stands at fixed places on the first page: the letterhead, the address, the title, the figures, the code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goodstanding.core.letter import KeyFigure, LetterContent
from goodstanding.letters.faces import Style, width
from goodstanding.letters.sheet.code import Code
from goodstanding.letters.sheet.lines import line_count, rich
from goodstanding.letters.sheet.paper import Paper
from goodstanding.letters.sheet.type import TINY_CHINESE, TINY_ENGLISH, TINY_PITCH

ADDRESS_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
ADDRESS_PITCH = 1.28
RETURN_SIZES = (6.5, 6.0, 5.5, 5.0)
RETURN_PITCH = 9.0
TITLE_SIZES = (17.0, 16.0, 15.0, 14.0)
TITLE_PITCH = 1.25
FIRST_FIGURE = (22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 9.0)
OTHER_FIGURES = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
SIZE, PITCH, SMALL = 9.2, 12.4, 8.5
"""Of what stands beside the window."""
INSET = (9.0, 7.0)
ROW_GAP = 6.0
GAP = 10.0
LABEL_GAP = 5.0
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
    figures, figures_height = _figures(content.key_figures, style, room)
    y += figures_height + (GAP if figures else 0.0)
    labels = max((width(label, style) for label, _ in content.details), default=0.0) * SMALL + LABEL_GAP
    details = room if code is None else room - code.side - GAP
    lines = sum(line_count(value, (details - labels - 1) / SIZE, style) for _, value in content.details)
    ends = y + lines * PITCH
    aside = {
        "left": paper.aside_left,
        "width": room,
        "size": SIZE,
        "pitch": PITCH,
        "small": SMALL,
        "title_size": title_size,
        "figures": figures,
        "labels": round(labels, 2),
        "details": [(label, rich(value)) for label, value in content.details],
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

    size = next((size for size in ADDRESS_SIZES if height(size) <= paper.address_height), ADDRESS_SIZES[-1])
    data = {
        "room": room,
        "return_line": sender,
        "return_size": return_size,
        "lines": [rich(line) for line in lines],
        "size": size,
    }
    return_height = line_count(sender, room / return_size, style) * RETURN_PITCH
    return data, return_height + height(size) + GAP


def _figures(figures: Sequence[KeyFigure], style: Style, room: float) -> tuple[list[dict[str, Any]], float]:
    """What must be impossible to miss, each value as large as the box has room for; and how high the box is."""
    if not figures:
        return [], 0.0
    inside = room - 2 * INSET[0]
    notes = max(
        max(width(it.label, style, bold=True) * SIZE, min(width(it.note, style) * SMALL, inside * 0.5))
        for it in figures
    )
    found, height = [], 2 * INSET[1] + ROW_GAP * (len(figures) - 1)
    for place, it in enumerate(figures):
        size = _fitting(OTHER_FIGURES if place else FIRST_FIGURE, it.value, style, inside - notes - LABEL_GAP)
        note_lines = line_count(it.note, notes / SMALL, style) if it.note else 0
        found.append({"label": it.label, "note": it.note, "value": it.value, "size": size})
        height += max((1 + note_lines) * PITCH, size * 1.15)
    return found, height


def _fitting(sizes: Sequence[float], text: str, style: Style, room: float, *, bold: bool = True) -> float:
    """The largest of these sizes at which a text takes one line, or the smallest."""
    em = width(text, style, bold=bold)
    return next((size for size in sizes if em * size <= room), sizes[-1])
