"""The code to scan: where it may stand and how large it is."""

from dataclasses import dataclass

from goodstanding.letters import qr
from goodstanding.letters.sheet.paper import MM

LEAST_SQUARE, LEAST_CODE = 0.45 * MM, 26 * MM
"""A square is as large as a telephone's camera needs at arm's length, and the code never smaller than this."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code drawn. side: its dark part; white: what stays empty around it; both in points."""

    svg: str
    side: float
    white: float

    @classmethod
    def of(cls, text: str) -> "Code":
        """Draw a text. ValueError for one too long for a code."""
        squares = qr.squares(text)
        count = len(squares)
        side = max(LEAST_CODE, count * LEAST_SQUARE)
        return cls(qr.svg(squares), round(side, 2), round(side / count * qr.QUIET, 2))
