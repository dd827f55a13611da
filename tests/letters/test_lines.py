"""Lines of Chinese as they are counted before Typst sets them, held to what Typst sets."""

import json
import random
from pathlib import Path

import pytest
import typst

from goodstanding.core.letter import texts
from goodstanding.letters import faces
from goodstanding.letters.faces import HONG_KONG, MAINLAND, TAIWAN, Style
from goodstanding.letters.golden import all_golden_letters
from goodstanding.letters.sheet.lines import LEAST_LAST_CHINESE, Rich, Words, line_count, rich

PAGE = """
#let cases = json(bytes(sys.inputs.cases))
#set text(font: json(bytes(sys.inputs.faces)), size: 10pt, lang: "zh", region: sys.inputs.region, cjk-latin-spacing: none)
#set text(top-edge: 10pt, bottom-edge: 0pt)
#set par(leading: 0pt, linebreaks: "simple", justify: true)
#let rich(it) = if type(it) == str { it } else {
  for one in it {
    if type(one) == str { one } else if type(one) == int { linebreak(justify: one == 1) } else if one.len() == 1 {
      box(one.first())
    } else { link(one.first(), one.last()) }
  }
}
#context [#metadata(cases.map(it => measure(block(width: it.last() * 10pt, par(rich(it.first())))).height / 10pt)) <lines>]
"""
"""As page.typ sets a paragraph, at a size of 10 points, so that a room in em is easy to give."""


def set_lines(cases: list[tuple[Rich, float]], style: Style, region: str, folder: Path) -> list[int]:
    """How many lines Typst sets each text in, at its room in em."""
    (folder / "lines.typ").write_text(PAGE, encoding="utf-8")
    given = {"cases": json.dumps(cases), "faces": json.dumps(style.families), "region": region}
    found = typst.query(
        str(folder / "lines.typ"),
        "<lines>",
        field="value",
        one=True,
        sys_inputs=given,
        font_paths=[str(faces.HERE)],
        ignore_system_fonts=True,
    )
    return [round(one) for one in json.loads(found)]


@pytest.mark.parametrize(
    ("style", "region", "language"),
    [(MAINLAND, "CN", "zh-Hans"), (HONG_KONG, "HK", "zh-Hant"), (TAIWAN, "TW", "zh-Hant")],
)
def test_a_sentence_takes_no_more_lines_than_were_counted_at_any_width(
    style: Style, region: str, language: str, tmp_path: Path
) -> None:
    drawn = random.Random(7)
    said = {
        text for _, _, content in all_golden_letters() if content.language == language for _, text in texts(content)
    }
    cases = [(text, drawn.uniform(14, 48)) for text in sorted(said) if len(text) > 18 for _ in range(3)]
    cases = [(text, room) for text, room in cases if not faces.lacks(text, style)]
    counted = [line_count(text, room, style) for text, room in cases]
    filled = set_lines([(rich(text), room) for text, room in cases], style, region, tmp_path)
    ended = set_lines(
        [(Words(*case, style, justified=True, least_last=LEAST_LAST_CHINESE).rich(), case[1]) for case in cases],
        style,
        region,
        tmp_path,
    )
    assert [case for case, *lines in zip(cases, counted, filled, strict=True) if lines[0] < lines[1]] == []
    assert [case for case, *lines in zip(cases, counted, ended, strict=True) if lines[0] != lines[1]] == []
    differ = sum(before != after for before, after in zip(counted, filled, strict=True))
    assert differ <= len(cases) / 500  # letters of Latin that are kerned may leave room for one more


@pytest.mark.parametrize(
    ("text", "room", "style", "lines"),
    [
        ("于六条）。好", 5.5, MAINLAND, 1),  # two marks that meet take one and a half squares
        ("于六条）。好", 5.4, MAINLAND, 2),
        ("于六条）。", 4.0, MAINLAND, 1),  # and a stop that ends a line half of one
        ("于六条）。", 4.5, HONG_KONG, 2),  # a stop keeps its square where it stands in the middle
        ("於六條」", 3.5, HONG_KONG, 1),
        ("（好好好", 3.5, HONG_KONG, 1),  # what opens loses its half at a line's start
        ("好（《好", 3.5, MAINLAND, 1),
        ("好（《好", 3.5, TAIWAN, 2),
    ],
)
def test_marks_take_the_room_that_is_left_of_their_squares(text: str, room: float, style: Style, lines: int) -> None:
    assert line_count(text, room, style) == lines
