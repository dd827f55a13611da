"""Buckets: bands of delinquent days. The edges are data; lenders differ.

Method and worked table: docs/methods/buckets.md
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buckets:
    """Bands of delinquent days.

    edges: the first day of each band after `current`, rising; the last band is open.
    names: one for each edge; made from the edges when not given. base: the name below the first edge.
    least_amount: minor units overdue below which days don't count (materiality).

    >>> Buckets((1, 31, 61)).names
    ('1-30', '31-60', '61+')
    """

    edges: tuple[int, ...] = (1, 31, 61, 91)
    names: tuple[str, ...] = ()
    base: str = "current"
    least_amount: int = 0

    def __post_init__(self) -> None:
        if not self.edges or self.edges[0] < 1 or any(b <= a for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError(
                f"bucket edges {list(self.edges)} must be whole days from 1 up, each larger than the one before"
            )
        if not self.names:
            object.__setattr__(self, "names", tuple(_name(self.edges, place) for place in range(len(self.edges))))
        if len(self.names) != len(self.edges):
            raise ValueError(
                f"{len(self.names)} bucket names for {len(self.edges)} edges: give one for each edge, or none"
            )

    def bucket_of(self, delinquent_days: int, amount: int | None = None) -> str:
        """Return the band's name; `current` below the first edge, or when the amount overdue is below the least.

        >>> Buckets((1, 31)).bucket_of(30), Buckets((1, 31)).bucket_of(31), Buckets((1, 31)).bucket_of(0)
        ('1-30', '31+', 'current')
        """
        if amount is not None and amount < self.least_amount:
            return self.base
        below = sum(edge <= delinquent_days for edge in self.edges)
        return self.names[below - 1] if below else self.base


FIVE_CATEGORIES = Buckets((1, 91, 271, 361), ("special_mention", "substandard", "doubtful", "loss"), base="normal")
"""China, 商业银行金融资产风险分类办法 (in force 2023-07-01): overdue, over 90, over 270 and over 360 days."""


def _name(edges: tuple[int, ...], place: int) -> str:
    if place + 1 == len(edges):
        return f"{edges[place]}+"
    first, last = edges[place], edges[place + 1] - 1
    return str(first) if first == last else f"{first}-{last}"
