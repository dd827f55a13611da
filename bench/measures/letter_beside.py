"""The same letter by ReportLab and by WeasyPrint: its text, its tables, its code. They carry less: see `LACKS`."""

import base64
import io
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from typing import Any

import numpy as np

from goodstanding.core.letter import Choices, LetterContent, LetterFacts, List, Pairs, Paragraph, Subheading, Table
from goodstanding.letters import faces, qr
from goodstanding.letters.compose import compose
from goodstanding.letters.html import html_page

from .drawn_letters import letters
from .press_run import LETTER, finished

LACKS = {
    "ReportLab": "no tags, no PDF/A, no record attached, no seal",
    "WeasyPrint": "no record attached, no seal; untagged",
}

NOT_COUNTED = 8
"""Letters after which fonts and wording are there."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another engine on the English letter. missing: it isn't installed here."""

    name: str
    cpu_s: float = 0.0
    our_cpu_s: float = 0.0
    size: int = 0
    missing: bool = False

    @property
    def times(self) -> float:
        return self.cpu_s / self.our_cpu_s


def rivals(count: int) -> list[Rival]:
    """CPU seconds of a letter, theirs and ours, composed, set (and ours sealed): the English letters of the seed."""
    facts = [facts for language, facts in letters(3 * (count + NOT_COUNTED)) if language == "en"]
    ours = _cpu_of(lambda one: finished("en", one).pdf, facts)[0]
    found = []
    for name, package, engine in (("ReportLab", "reportlab", _reportlab), ("WeasyPrint", "weasyprint", _weasyprint)):
        if find_spec(package) is None:
            found.append(Rival(name, missing=True))
            continue
        set_it, code = engine(), qr.squares("GS1." + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 6)
        cpu, size = _cpu_of(lambda one: set_it(_content(one), code), facts)  # noqa: B023
        found.append(Rival(name, cpu, ours, size))
    return found


def _cpu_of(work: Callable[[LetterFacts], bytes], facts: Sequence[LetterFacts]) -> tuple[float, int]:
    """CPU seconds and bytes of a letter; the first few aren't counted."""
    for one in facts[:NOT_COUNTED]:
        work(one)
    counted = facts[NOT_COUNTED:]
    began, size = time.process_time(), 0
    for one in counted:
        size += len(work(one))
    return (time.process_time() - began) / len(counted), size // len(counted)


def _content(facts: LetterFacts) -> LetterContent:
    content = compose(LETTER, facts, "en")
    assert isinstance(content, LetterContent), content
    return content


def _weasyprint() -> Callable[[LetterContent, Any], bytes]:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sources = "".join(
        f"@font-face {{font-family: GS; font-weight: {weight}; src: url(file://{faces.HERE / name})}}"
        for weight, name in (("normal", "GSSans-Regular.ttf"), ("bold", "GSSans-Bold.ttf"))
    )
    style = CSS(string=sources + "@page {size: A4; margin: 20mm} body {font: 9.5pt GS}", font_config=fonts)

    def set_it(content: LetterContent, squares: Any) -> bytes:
        drawing = base64.b64encode(qr.svg(squares).encode()).decode()
        image = f'<img alt="code" style="width: 28mm" src="data:image/svg+xml;base64,{drawing}"></body>'
        page = html_page(content).replace("</body>", image)
        done: bytes = HTML(string=page).write_pdf(stylesheets=[style], font_config=fonts)
        return done

    return set_it


def _reportlab() -> Callable[[LetterContent, Any], bytes]:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Flowable, SimpleDocTemplate
    from reportlab.platypus import Paragraph as Par
    from reportlab.platypus import Table as Grid

    for name in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(f"GS{name}", str(faces.HERE / f"GSSans-{name}.ttf")))
    plain = ParagraphStyle("plain", fontName="GSRegular", fontSize=9.5, leading=12.5, spaceAfter=4)
    strong = ParagraphStyle("strong", parent=plain, fontName="GSBold", fontSize=11, leading=14)
    cells = [("FONT", (0, 0), (-1, -1), "GSRegular", 8.5), ("FONT", (0, 0), (-1, 0), "GSBold", 8.5)]

    class Code(Flowable):  # type: ignore[misc]
        def __init__(self, squares: Any) -> None:
            super().__init__()
            self.squares, self.width, self.height = squares, 80, 80

        def draw(self) -> None:
            size, path = 80 / len(self.squares), self.canv.beginPath()
            for y, x in zip(*np.nonzero(self.squares), strict=True):
                path.rect(float(x) * size, 80 - float(y + 1) * size, size, size)
            self.canv.drawPath(path, stroke=0, fill=1)

    def text(it: str, style: Any = plain) -> Any:
        return Par(escape(it), style)

    def blocks(content: LetterContent) -> Iterable[Any]:
        yield from (text(line) for line in (content.sender.name, *content.sender.address, *content.recipient.lines))
        yield from (text(f"{label}: {value}") for label, value in content.details)
        yield text(content.title, strong)
        yield from (text(f"{it.label} {it.value} {it.note}", strong) for it in content.key_figures)
        yield from (text(content.salutation), text(content.opening))
        for part in content.parts:
            yield text(part.heading, strong)
            for block in part.blocks:
                match block:
                    case Paragraph() | Subheading():
                        yield text(block.text)
                    case Pairs():
                        yield Grid([list(pair) for pair in block.items], style=cells)
                    case List() | Choices():
                        yield from (text(f"– {item}") for item in block.items)
                    case Table():
                        rows = [
                            block.header,
                            *(row.cells for row in block.rows),
                            *([block.total] if block.total else []),
                        ]
                        yield Grid([list(row) for row in rows], style=cells, repeatRows=1)
        yield from (text(line) for line in (*content.closing, *content.notes))

    def set_it(content: LetterContent, squares: Any) -> bytes:
        out = io.BytesIO()
        SimpleDocTemplate(out, pagesize=A4, title=content.title).build([*blocks(content), Code(squares)])
        return out.getvalue()

    return set_it
