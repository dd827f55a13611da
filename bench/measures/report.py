"""The measures as text: what was asked for and what was found, beside each other and without softening."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .beside import Beside
from .engine import BookRun, KernelRun
from .growth import Size, microseconds, nanoseconds_an_event
from .picture import Panel, picture

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class BookFigures:
    """A book of so many loans: the kernel on a part of it, runs in one and two threads, CPU s of reading and writing alone.

    here_cpu_s: from Parquet to Parquet in one thread of the process in which floor_cpu_s was measured.
    """

    name: str
    kernel: KernelRun
    one: BookRun
    two: BookRun
    floor_cpu_s: float
    here_cpu_s: float

    @property
    def share(self) -> float:
        """Its speed as a share of that of reading and writing alone."""
        return self.floor_cpu_s / self.here_cpu_s


@dataclass(frozen=True, slots=True)
class Found:
    """All that was measured. starts: CPU seconds by command; large: the run of the largest book, in two threads."""

    where: str
    books: Sequence[BookFigures]
    kernels: dict[str, KernelRun]
    beside: Sequence[Beside]
    sizes: Sequence[BookRun]
    large: BookRun
    lengths: Sequence[Size]
    one_loan_us: float
    starts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One measure: what, its bound, what was found, whether that meets it (None: not measured)."""

    what: str
    bound: str
    found: str
    is_met: bool | None


def asked(found: Found) -> list[Asked]:
    """Every measure that was asked for."""
    book = found.books[0]
    kernel, speed, large = book.kernel.per_second, book.one.per_second, found.large
    smallest, largest = found.sizes[0], found.sizes[-1]
    growth = smallest.per_second / largest.per_second
    rows = [
        Asked("kernel, loans a CPU second", "≥ 1,200,000", f"{kernel:,.0f}", kernel >= 1_200_000),
        Asked("Parquet to Parquet, loans a CPU second", "≥ 500,000", f"{speed:,.0f}", speed >= 500_000),
        Asked("of the speed of only reading and writing", "≥ 45 %", f"{book.share * 100:.0f} %", book.share >= 0.45),
        _slower(found.beside, "Decimal loop in Python", 150),
        _slower(found.beside, "full rules in DuckDB SQL", 100),
        *(_slower(found.beside, one.name, 1) for one in found.beside if one.name.startswith("simple sum")),
        Asked(f"{large.loans:,} loans, CPU s", "≤ 20", f"{large.cpu_s:.1f}", large.cpu_s <= 20),
        Asked(f"{large.loans:,} loans, MB at most", "≤ 1,000", f"{large.peak_mb:,.0f}", large.peak_mb <= 1000),
        Asked(
            f"cost of a loan among {largest.loans:,} beside {smallest.loans:,}",
            "no growth (≤ 1.1 times)",
            f"{growth:.2f} times",
            growth <= 1.1,
        ),
        _linear("steady loans", [one.steady for one in found.lengths]),
        _linear("loans worked through event by event", [one.stepped for one in found.lengths]),
        _linear("loans that fall further behind all the time", [one.behind for one in found.lengths]),
        Asked("one loan, dict in and dict out, µs", "≤ 50", f"{found.one_loan_us:.0f}", found.one_loan_us <= 50),
    ]
    return rows + [
        Asked(f"`{name}`, CPU s of the whole process", "≤ 1", f"{cpu_s:.2f}", cpu_s <= 1)
        for name, cpu_s in found.starts.items()
    ]


def _slower(beside: Sequence[Beside], name: str, bound: int) -> Asked:
    one = next(one for one in beside if one.name == name)
    what, limit = f"{name}: slower than ours ({one.ours})", f"≥ {bound} times" if bound > 1 else "slower"
    if one.missing:
        return Asked(what, limit, f"not measured here: {one.missing}", None)
    return Asked(what, limit, f"{one.times:,.{0 if one.times >= 10 else 1}f} times", one.times >= bound)


def _linear(what: str, runs: Sequence[KernelRun]) -> Asked:
    """Cost grows linearly when an event of the longest loans costs no more than one of those of 12 instalments."""
    twelve = next(one for one in runs if one.events / one.loans > 18)
    times = nanoseconds_an_event(runs[-1]) / nanoseconds_an_event(twelve)
    return Asked(
        f"{what}: an event among {runs[-1].events / runs[-1].loans:,.0f} beside one among"
        f" {twelve.events / twelve.loans:,.0f}",
        "linear (≤ 1.1 times)",
        f"{times:.1f} times",
        times <= 1.1,
    )


def figures(found: Found) -> str:
    """All tables, as Markdown."""
    return "\n".join(
        [
            found.where,
            "",
            "### What was asked for",
            "",
            *_table(
                ("measure", "bound", "found", "met"),
                [(one.what, one.bound, one.found, _met(one.is_met)) for one in asked(found)],
            ),
            "",
            "### By book",
            "",
            *_table(
                (
                    "book",
                    "late",
                    "kernel, loans/s",
                    "Parquet to Parquet, loans/s",
                    "two threads, loans/s (wall)",
                    "MB",
                    "of reading and writing",
                ),
                map(_book_row, found.books),
            ),
            "",
            "### What sends a loan the long way",
            "",
            *_table(
                ("loans or policy", "kernel, loans/s", "worked through event by event"),
                [(name, f"{one.per_second:,.0f}", f"{one.by_steps:.0%}") for name, one in found.kernels.items()],
            ),
            "",
            "### Beside other ways",
            "",
            *_table(
                ("way", "loans", "loans/s", "ours, loans/s", "times slower", "apart"),
                map(_beside_row, found.beside),
            ),
            "",
            "### As the book grows",
            "",
            *_table(
                ("loans", "CPU s per million", "peak MB", "CPU s of the whole process"),
                [
                    (f"{one.loans:,}", f"{1e6 / one.per_second:.2f}", f"{one.peak_mb:,.0f}", f"{one.cpu_s:.1f}")
                    for one in found.sizes
                ],
            ),
            "",
            "### As a loan's events grow",
            "",
            "µs of the kernel for a loan; in brackets its events, and ns for each. Event by event: with a pause. Behind: half of",
            "each instalment is paid when it is due.",
            "",
            *_table(
                ("instalments", "kept up, or stopped lately", "event by event", "further behind all the time"),
                map(_length_row, found.lengths),
            ),
            "",
        ]
    )


def _table(heads: Row, rows: Iterable[Row]) -> list[str]:
    lines = [heads, ("---", *("---:" for _ in heads[1:])), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _met(is_met: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "–"}[is_met]


def _book_row(one: BookFigures) -> Row:
    return (
        one.name,
        f"{one.kernel.late:.0%}",
        f"{one.kernel.per_second:,.0f}",
        f"{one.one.per_second:,.0f}",
        f"{one.two.per_second:,.0f} ({one.two.run_wall_s:.1f} s)",
        f"{one.two.peak_mb:,.0f}",
        f"{one.share:.0%}",
    )


def _beside_row(one: Beside) -> Row:
    if one.missing:
        return (one.name, "", "", "", "", f"not measured here: {one.missing}")
    return (
        one.name,
        f"{one.loans:,}",
        f"{one.loans / one.cpu_s:,.0f}",
        f"{one.loans / one.our_cpu_s:,.0f} ({one.ours})",
        f"{one.times:,.{0 if one.times >= 10 else 1}f}",
        one.apart,
    )


def _length_row(one: Size) -> Row:
    return (str(one.instalments), *map(_cost, (one.steady, one.stepped, one.behind)))


def _cost(run: KernelRun) -> str:
    return f"{microseconds(run):,.2f} ({run.events / run.loans:,.0f}; {nanoseconds_an_event(run):,.0f})"


def growth_picture(found: Found) -> str:
    """Cost by size of the book, and by events of a loan, as SVG."""
    return picture(
        "CPU time of a loan: level as the book grows, and by the number of a loan's events",
        [
            Panel(
                "A larger book",
                "loans",
                "CPU seconds per million loans",
                [(one.loans, 1e6 / one.per_second) for one in found.sizes],
                is_even=True,
            ),
            _by_events("Longer loans, kept up", [one.steady for one in found.lengths]),
            _by_events("Longer loans, event by event", [one.stepped for one in found.lengths]),
        ],
    )


def _by_events(title: str, runs: Sequence[KernelRun]) -> Panel:
    points = [(one.events / one.loans, microseconds(one)) for one in runs]
    return Panel(title, "instalments and transactions of a loan", "CPU microseconds a loan", points)
