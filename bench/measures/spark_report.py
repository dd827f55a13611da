"""The measures of Spark as text: what each way took, and what it comes to for a book that is larger than any here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WARM = 200_000
ASKED, CLUSTER = 300_000_000, 40
"""Loans that the cost is reckoned for, and the cores of a cluster for it."""
CORES = 2
"""Of MASTER, and of the local runner here."""
LOCAL = "the local runner, two threads"


@dataclass(frozen=True, slots=True)
class Took:
    """A book of so many loans by one way, the start of its processes left out."""

    way: str
    loans: int
    cpu_s: float
    wall_s: float

    @property
    def per_million(self) -> float:
        return self.cpu_s / self.loans * 1e6


@dataclass(frozen=True, slots=True)
class Start:
    """What a way of Spark's takes before its first book: Spark's start, and a small book. Memory: the most of one process."""

    way: str
    cpu_s: float
    wall_s: float
    worker_mb: int
    java_mb: int


def text_of(where: str, every: Sequence[Took], starts: Sequence[Start]) -> str:
    """Everything that was found, and what it comes to for ASKED loans."""
    heading = f"### {ASKED // 1_000_000} million loans"
    reckoned = [f"Reckoned from the largest book above, {ASKED:,} ÷ {max(one.loans for one in every):,} times as many:"]
    parts = [[where], costs(every), begins(starts), [heading], reckoned, extrapolated(every)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def costs(every: Sequence[Took]) -> list[str]:
    local = {one.loans: one.cpu_s for one in every if one.way == LOCAL}
    rows = [
        [
            one.way,
            f"{one.loans:,}",
            f"{one.cpu_s:.1f}",
            f"{one.per_million:.2f}",
            f"{one.wall_s:.1f}",
            f"{one.cpu_s / local[one.loans]:.1f} times",
        ]
        for one in every
    ]
    return table(["way", "loans", "CPU s", "CPU s per million", "wall s", "CPU beside local"], rows)


def extrapolated(every: Sequence[Took]) -> list[str]:
    """What ASKED loans cost, with the arithmetic; a core that waits is counted as one that works."""
    rows = []
    for one in every:
        if one.loans != max(other.loans for other in every):
            continue
        times = ASKED / one.loans
        cpu_s, wall_s = times * one.cpu_s, times * one.wall_s
        on_cluster = f"{wall_s:,.0f} × {CORES} ÷ {CLUSTER} = {wall_s * CORES / CLUSTER:,.0f} s"
        rows.append(
            [
                one.way,
                f"{times:,.0f} × {one.cpu_s:.1f} = {cpu_s:,.0f} s",
                f"{cpu_s / 3600:.2f}",
                f"{times:,.0f} × {one.wall_s:.1f} = {wall_s:,.0f} s",
                "" if one.way == LOCAL else on_cluster,
            ]
        )
    return table(["way", "CPU", "core hours", f"wall on {CORES} cores", f"wall on {CLUSTER} cores"], rows)


def begins(starts: Sequence[Start]) -> list[str]:
    rows = [
        [one.way, f"{one.cpu_s:.0f}", f"{one.wall_s:.0f}", f"{one.worker_mb:,}", f"{one.java_mb:,}"] for one in starts
    ]
    heads = [f"until {WARM:,} loans are done", "CPU s", "wall s", "MB of a Python worker at most", "MB of Java at most"]
    return table(heads, rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruler = ["---", *["---:"] * (len(heads) - 1)]
    return [f"| {' | '.join(row)} |" for row in (heads, ruler, *rows)]
