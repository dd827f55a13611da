"""What a reader of the file sees of a letter: read with pdfium, which shares nothing with what set it.

`faults` is what the tests of the pages and the random letters are judged by.
"""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import pypdfium2
import pypdfium2.raw as raw

from goodstanding.core.letter import LetterContent, Table, texts
from goodstanding.letters.press import Finished
from goodstanding.letters.printable import OF_ONE_SHAPE
from goodstanding.letters.sheet.paper import MM, paper_of

LEAST_OVERLAP = 1.2
"""Points, both ways: letters of one line touch where they are kerned, and accents reach into the line above."""
SLACK = 3.0
"""Points beyond a margin: a line ends with its space."""
FOOT = 18 * MM
"""Below it stands the foot."""
_MARKS = re.compile(r"[\u200b\u00ad\ufffe\x02-]+")
_SPACES = re.compile(r"(?<![0-9]) | (?![0-9])")
_BETWEEN_FIGURES = re.compile(r"(?<=[0-9])(?=[0-9])")
_COMBINED = re.compile(r"[^\W\d_][\u0300-\u036f]+|[\U0002f800-\U0002fa1f]")
_TWINS = str.maketrans(OF_ONE_SHAPE)


@dataclass(frozen=True)
class Seen:
    """One page. text: as it is read out; boxes: left, bottom, right, top of each run of letters, in points."""

    width: float
    height: float
    text: str
    boxes: numpy.ndarray


def pages(pdf: bytes) -> list[Seen]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_seen(page) for page in document]
    finally:
        document.close()


def _seen(page: pypdfium2.PdfPage) -> Seen:
    text = page.get_textpage()
    count = raw.FPDFText_CountRects(text.raw, 0, -1)
    edges = [ctypes.c_double() for _ in range(4)]
    boxes = numpy.zeros((count, 4))
    for place in range(count):
        raw.FPDFText_GetRect(text.raw, place, *map(ctypes.byref, edges))
        left, top, right, bottom = (edge.value for edge in edges)
        boxes[place] = left, bottom, right, top
    found = Seen(page.get_width(), page.get_height(), text.get_text_range(), boxes)
    text.close()
    page.close()
    return found


def squeezed(text: str) -> str:
    """Without what line breaking adds or takes, and with accents joined to their letters as the page has them.

    A space between two figures stays, so that "part 1" beside "120.00" isn't taken for "part 11" beside "20.00".
    """
    text = _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text).translate(_TWINS)
    return _SPACES.sub("", " ".join(_MARKS.sub("", text).split()))


def faults(letter: Finished) -> list[str]:
    """What is wrong with a letter's pages, in words; empty when nothing is."""
    found = pages(letter.pdf)
    return [
        *_text_faults(letter.content, found, with_code=bool(letter.token)),
        *(fault for number, page in enumerate(found, 1) for fault in _place_faults(letter.content, page, number)),
        *_fill_faults(found),
    ]


def _text_faults(content: LetterContent, found: list[Seen], *, with_code: bool) -> Iterator[str]:
    """Everything the content says is on the pages, as often as it says it, and nothing else is."""
    bodies = []
    for number, page in enumerate(found, 1):
        body = squeezed(page.text)
        for edge in _edges(content, number, len(found)):
            if edge not in body:
                yield f"isn't on page {number}: {edge}"
            body = body.replace(edge, "", 1)
        bodies.append(body)
    shown = squeezed("\n".join(bodies))
    for table in _tables(content):
        head = squeezed("".join(table.header))
        own = sum(squeezed("".join(one.header)) == head for one in _tables(content))
        shown = shown.replace(head, "", max(0, shown.count(head) - own))  # stands again on each page that it runs over
    said = (text for key, text in texts(content) if key != "notes" or len(found) == 1)
    expected = [squeezed(text) for text in (*said, *_around(content))]
    if with_code:
        expected.append(squeezed(content.code_caption))
    for text in sorted(filter(None, expected), key=len, reverse=True):
        before = shown
        shown = shown.replace(text, "\0", 1)
        if shown == before:  # a word too long for its line is parted anywhere
            shown = re.sub(_BETWEEN_FIGURES.sub(" ?", re.escape(text)), "\0", before, count=1)
        if shown == before:
            yield f"isn't on the page, or not as often as it should be: {text}"
    marks = shown.translate(dict.fromkeys(map(ord, "\0–☐ ")))
    if marks:
        yield f"is on the page, and not in the content: {marks}"


def _fill_faults(found: list[Seen]) -> Iterator[str]:
    """No page but the last ends far above its middle: only a group of lines that stay together may leave so much."""
    for number, page in enumerate(found[:-1], 1):
        body = page.boxes[page.boxes[:, 1] > FOOT, 1]
        if body.min() > page.height * 0.6:
            yield f"page {number} is empty below {body.min():.0f} points of {page.height:.0f}"


def _tables(content: LetterContent) -> list[Table]:
    return [block for part in content.parts for block in part.blocks if isinstance(block, Table)]


def _around(content: LetterContent) -> Iterator[str]:
    """What the page adds of the content's words: the letterhead, the line above the address, parts' numbers."""
    yield content.sender.name
    if content.language == "en":
        yield from "·" * len(content.sender.address)
    yield from map(str, range(1, len(content.parts) + 1))


def _edges(content: LetterContent, number: int, count: int) -> Iterator[str]:
    """What stands above and below the text of a page where there are several, each as it is read: one thing after another."""
    if count > 1:
        label = content.page_label.format(page=number, pages=count)
        yield squeezed(" ".join([*content.notes, label]))
    if number > 1:
        yield squeezed(f"{content.running_head} {content.title}")


def _place_faults(content: LetterContent, page: Seen, number: int) -> Iterator[str]:
    paper, boxes = paper_of(content.jurisdiction), page.boxes
    left, bottom, right, top = boxes.T
    outside = (
        (left < paper.left - SLACK)
        | (right > page.width - paper.right + SLACK)
        | (bottom < 8 * MM)
        | (top > page.height - 8 * MM)
    )
    if outside.any():
        yield f"page {number}: {outside.sum()} runs of letters outside the margins, first {boxes[outside][0].round(1).tolist()}"
    wide = numpy.minimum(right[:, None], right) - numpy.maximum(left[:, None], left)
    high = numpy.minimum(top[:, None], top) - numpy.maximum(bottom[:, None], bottom)
    over = numpy.triu((wide > LEAST_OVERLAP) & (high > LEAST_OVERLAP), 1)
    for one, other in numpy.argwhere(over)[:3]:
        yield f"page {number}: letters over letters at {boxes[one].round(1).tolist()} and {boxes[other].round(1).tolist()}"
