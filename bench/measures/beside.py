"""What one would do instead, on the same rows, with results checked to be equal to the engine's."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from goodstanding.batch.columns import assess_batch
from goodstanding.book.read import to_loan
from goodstanding.core.arrears.assess import assess

from . import decimal_loop
from .books import AS_OF, COMMON, SEED, draw, nested
from .clock import cpu_of
from .engine import CASH, in_one_thread, run_kernel
from .full_rules import FIELDS, assess_in_sql
from .postgres_sum import NotHere, sum_in_postgres
from .simple_sum import IN_LISTS, UNNESTED, check, check_file, expected_of, sum_in_duckdb

KERNEL, WHOLE = "kernel alone", "Parquet to Parquet"


@dataclass(frozen=True, slots=True)
class Beside:
    """Another way, on so many loans. ours: what of the engine it is held against, on the same loans, and its CPU seconds.

    apart: what the other way needs before, which isn't counted. missing: why it isn't measured here.
    """

    name: str
    ours: str
    loans: int = 0
    cpu_s: float = 0.0
    our_cpu_s: float = 0.0
    apart: str = ""
    missing: str = ""

    @property
    def times(self) -> float:
        """How many times as long it takes."""
        return self.cpu_s / self.our_cpu_s


def full_rules(loans: int) -> list[Beside]:
    """The same rule by a Decimal loop, by SQL and by the reference, against the kernel, all on rows in memory."""
    batch = nested(draw(loans, np.random.default_rng(SEED + 1)))
    few, fewer = batch.slice(0, max(1, loans // 4)), batch.slice(0, max(1, loans // 40))
    few_rows, fewer_rows = few.to_pylist(), fewer.to_pylist()
    return [
        _in_memory("full rules in DuckDB SQL", batch, lambda: assess_in_sql(batch, AS_OF)),
        _in_memory("Decimal loop in Python", few, lambda: by_decimal(few_rows)),
        _in_memory("the reference (Fraction, with its statement)", fewer, lambda: by_reference(fewer_rows)),
    ]


def _in_memory(name: str, batch: pa.RecordBatch, work: Callable[[], pa.Table]) -> Beside:
    found: list[pa.Table] = []
    cpu_s = cpu_of(lambda: found.append(work()))
    expected = pa.Table.from_batches([assess_batch(batch, CASH, as_of=AS_OF)[0]]).select(FIELDS)
    check(name, found[0], expected)
    return Beside(name, KERNEL, batch.num_rows, cpu_s, run_kernel(batch).cpu_s)


def by_decimal(rows: list[dict[str, Any]]) -> pa.Table:
    found = [(row["loan_id"], *decimal_loop.assess(row, COMMON, AS_OF)) for row in rows]
    return pa.table(list(map(pa.array, zip(*found, strict=True))), names=list(FIELDS))


def by_reference(rows: list[dict[str, Any]]) -> pa.Table:
    found = [assess(to_loan(row), COMMON, as_of=AS_OF) for row in rows]
    return pa.table({name: [getattr(one, name) for one in found] for name in FIELDS})


def simple_sums(book: Path, loans: int, scratch: Path) -> list[Beside]:
    """The simplified sum by other engines, against the full rules by ours: each from the file, with rows that are equal."""
    expected = expected_of(book)
    out = scratch / "found.parquet"
    ours = min(in_one_thread(book) for _ in range(3))

    def from_file(name: str, work: Callable[[], None]) -> Beside:
        cpu_s = cpu_of(work, 2)
        check_file(name, out, expected)
        return Beside(name, WHOLE, loans, cpu_s, ours)

    found = [
        from_file("simple sum in DuckDB, lists folded", lambda: sum_in_duckdb(IN_LISTS, book, out)),
        from_file("simple sum in DuckDB, rows and windows", lambda: sum_in_duckdb(UNNESTED, book, out)),
    ]
    name = "simple sum in Polars, streaming"
    if find_spec("polars") is None:
        found.append(Beside(name, WHOLE, missing="install polars"))
    else:
        from .polars_sum import sum_in_polars

        found.append(from_file(name, lambda: sum_in_polars(book, out)))
    name = "simple sum in PostgreSQL, flat tables with keys"
    try:
        run = sum_in_postgres(book, scratch, expected)
    except NotHere as why:
        return [*found, Beside(name, WHOLE, missing=str(why))]
    apart = f"loading {run.load_cpu_s:.1f} s and indexing {run.index_cpu_s:.1f} s apart"
    return [*found, Beside(name, WHOLE, loans, run.sum_cpu_s, ours, apart)]
