"""How the cost of a loan grows: with the size of its book, and with its own events."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from .books import SEED, Shape, batches, draw, nested, write_book
from .engine import BookRun, KernelRun, run_book, run_kernel
from .long_way import paused

INSTALMENTS = (3, 6, 12, 24, 60, 120, 240, 360)
_EVENTS = 1_500_000
"""Instalments of a batch; a tenth of them where loans take the long way or pay half."""


def by_size(folder: Path, sizes: Sequence[int]) -> list[BookRun]:
    """Ordinary books of growing size, from Parquet to Parquet in one thread."""
    found = []
    for loans in sizes:
        book = folder / f"size-{loans}.parquet"
        write_book(book, batches(loans))
        found.append(run_book(book, threads=1, times=1 if loans > 2_000_000 else 5))
        book.unlink()
    return found


@dataclass(frozen=True, slots=True)
class Size:
    """Loans of one length. steady: kept up, or stopped lately; stepped: the same with a pause; behind: half is paid each time."""

    instalments: int
    steady: KernelRun
    stepped: KernelRun
    behind: KernelRun


def by_events(lengths: Sequence[int] = INSTALMENTS, events: int = _EVENTS) -> list[Size]:
    """The kernel alone on loans of growing length; of each, two in three instalments are past."""
    found = []
    for length in lengths:
        rng = np.random.default_rng(SEED)
        loans = max(200, min(50_000, events // length))
        shape = Shape(length, short=0)
        found.append(
            Size(
                length,
                run_kernel(nested(draw(loans, rng, shape)), times=5),
                run_kernel(_paused(max(100, loans // 10), shape, rng), times=3),
                run_kernel(nested(draw(max(100, loans // 10), rng, Shape(length, short=1))), times=3),
            )
        )
    return found


def _paused(loans: int, shape: Shape, rng: np.random.Generator) -> pa.RecordBatch:
    return paused(draw(loans, rng, shape), 0, rng)


def microseconds(run: KernelRun) -> float:
    return run.cpu_s / run.loans * 1e6


def nanoseconds_an_event(run: KernelRun) -> float:
    return run.cpu_s / run.events * 1e9
