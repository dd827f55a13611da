"""The paper, and where on its first page things stand. All lengths are in points.

A4 is laid out by DIN 5008 form A, for DL and C5 window envelopes; US Letter for a No. 10 window. The window shows the address
and nothing else: the body begins below it, and what is for the reader's eye alone stands beside it. A strip of 15 mm along
the right edge stays white on every page for the marks of a print run; see docs/guides/letters.md.
"""

from dataclasses import asdict, dataclass
from typing import Any

MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Paper:
    """top, bottom, left, right: margins of pages after the first. head: the letterhead's top. window: the address's top.

    address_height: room for the address's lines. aside: the top of what stands beside the window. body: where the text
    begins. folds: distances from the top.
    """

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    head: float
    window: float
    address_width: float
    address_height: float
    aside: float
    aside_left: float
    body: float
    folds: tuple[float, ...]

    @property
    def room(self) -> float:
        """How wide the text may be."""
        return self.width - self.left - self.right

    def data(self) -> dict[str, Any]:
        return asdict(self)


A4 = Paper(
    width=210 * MM, height=297 * MM, top=22 * MM, bottom=18 * MM, left=25 * MM, right=20 * MM, head=10 * MM,
    window=42 * MM, address_width=76 * MM, address_height=27 * MM, aside=22 * MM, aside_left=106 * MM, body=84.5 * MM,
    folds=(87 * MM, 192 * MM),
)  # fmt: skip
US_LETTER = Paper(
    width=215.9 * MM, height=279.4 * MM, top=22 * MM, bottom=18 * MM, left=25 * MM, right=20 * MM, head=10 * MM,
    window=51 * MM, address_width=78 * MM, address_height=25 * MM, aside=24 * MM, aside_left=111.9 * MM, body=88 * MM,
    folds=(93.1 * MM, 186.3 * MM),
)  # fmt: skip


def paper_of(jurisdiction: str) -> Paper:
    """The paper a lender's country writes on."""
    return US_LETTER if jurisdiction == "us" else A4
