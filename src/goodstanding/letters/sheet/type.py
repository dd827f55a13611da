"""The sizes letters are set in. All lengths are in points."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from goodstanding.letters.faces import Style
from goodstanding.letters.sheet.paper import MM

EASY = 9.5
"""The least size of running text that is easy to read, for old eyes too."""
GUTTER = round(8 * MM, 2)
"""Between the two columns of prose."""
TINY_CHINESE, TINY_ENGLISH, TINY_PITCH = 7.0, 7.5, 1.35
"""Of what stands at the edges: sizes, and the pitch as a multiple of them."""


@dataclass(frozen=True, slots=True, eq=False)  # one of a kind each: what is cached by it is found quickly
class Type:
    """A size and the pitch from line to line; every other distance on the page follows from the pitch.

    style: the faces. measure: the longest line that is easy to read, in em.
    """

    size: float
    pitch: float
    style: Style
    tiny: float
    measure: float
    is_chinese: bool

    @property
    def is_easy(self) -> bool:
        return self.size >= EASY

    @property
    def small(self) -> float:
        """Of labels and tables."""
        return round(self.size * 0.92, 2)

    @property
    def gap(self) -> float:
        """Between paragraphs."""
        return self._of(0.32)

    @property
    def above(self) -> tuple[float, float, float]:
        """Headings, by level; the first stands in a place of its own."""
        return (0.0, self._of(0.85), self._of(0.6))

    @property
    def below(self) -> tuple[float, float, float]:
        return (0.0, self._of(0.25), self._of(0.2))

    @property
    def heading_pitch(self) -> float:
        return self._of(1.1)

    @property
    def list_gap(self) -> float:
        return self._of(0.16)

    @property
    def pair_gap(self) -> float:
        return self._of(0.1)

    @property
    def table_gap(self) -> float:
        return self._of(0.45)

    @property
    def indent(self) -> float:
        """Of a list's text, behind its mark."""
        return round(self.size * 1.15, 2)

    def _of(self, share: float) -> float:
        return round(self.pitch * share, 2)

    def data(self) -> dict[str, Any]:
        """What page.typ needs to know of it."""
        return {
            "size": self.size,
            "pitch": self.pitch,
            "small": self.small,
            "tiny": self.tiny,
            "tiny_pitch": round(self.tiny * TINY_PITCH, 2),
            "heading": round(self.size * 1.14, 2),
            "heading_pitch": self.heading_pitch,
            "gap": self.gap,
            "above": self.above,
            "below": self.below,
            "list_gap": self.list_gap,
            "pair_gap": self.pair_gap,
            "table_gap": self.table_gap,
            "indent": self.indent,
            "gutter": GUTTER,
        }


@cache
def types_of(language: str, style: Style) -> tuple[Type, ...]:
    """The sizes a letter may be set in, from roomy to tight."""
    if language == "en":
        sizes = [(10.4, 13.6), (10.0, 13.0), (9.7, 12.4), (9.5, 11.8), (9.2, 11.4), (9.0, 11.0)]
        return tuple(Type(size, pitch, style, TINY_ENGLISH, 42, is_chinese=False) for size, pitch in sizes)
    sizes = [(10.0, 15.0), (9.8, 14.4), (9.6, 13.8), (9.5, 13.3), (9.2, 12.8), (9.0, 12.3)]
    return tuple(Type(size, pitch, style, TINY_CHINESE, 42, is_chinese=True) for size, pitch in sizes)
