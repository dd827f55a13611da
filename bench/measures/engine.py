"""What the engine takes: the kernel alone, Parquet to Parquet, reading and writing alone, one loan, the command's start."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.batch import layout
from goodstanding.batch.columns import RESULTS, assess_batch, columns_of
from goodstanding.batch.kernel import NO_DETAIL, assess_columns
from goodstanding.batch.local import NestedFile, assess_book
from goodstanding.batch.one_loan import assess_one
from goodstanding.batch.part_files import PART, WRITING
from goodstanding.batch.policies import EPOCH, PolicyTable, policy_table
from goodstanding.book.read import to_loan
from goodstanding.core.arrears.policy import By, Interest, Waterfall
from goodstanding.core.loan_json import loan_data, policy_data

from .books import AS_OF, COMMON, SEED, TROUBLED, draw, nested
from .clock import cpu_of, run_module, run_program
from .long_way import KINDS, with_columns

CASH = policy_table({"cash": COMMON})
LONG_POLICIES = {
    "a ceiling on cost": replace(COMMON, cost_ceiling=Fraction(10)),
    "component first": replace(COMMON, waterfall=Waterfall(by=By.COMPONENT)),
    "interest by day": replace(COMMON, interest=Interest.DAILY_BALANCE),
}
"""Policies that have every loan worked through event by event."""


@dataclass(frozen=True, slots=True)
class KernelRun:
    """cpu_s: of the kernel on a batch already in memory; the rest: what share of its loans are late, and went the long way."""

    loans: int
    events: int
    cpu_s: float
    late: float
    by_steps: float

    @property
    def per_second(self) -> float:
        return self.loans / self.cpu_s


def run_kernel(batch: pa.RecordBatch, policies: PolicyTable = CASH, times: int = 7) -> KernelRun:
    """The kernel alone. events: instalments and transactions. ValueError when it sets a loan aside."""
    loans = batch.num_rows
    columns = columns_of(batch, policies)
    out = np.empty((len(layout.RESULTS), loans + 24), np.int64)
    day = AS_OF.toordinal() - EPOCH
    given = (columns, policies.rows, policies.extra, day, layout.NONE, out, NO_DETAIL)
    cpu_s = cpu_of(lambda: assess_columns(*given), times)
    if out[layout.OUT_STATUS, :loans].any():
        raise ValueError("the kernel set loans of the bench's own book aside: its figures would be of other loans")
    return KernelRun(
        loans=loans,
        events=int(columns.schedule_at[-1] - columns.schedule_at[0] + columns.moves_at[-1] - columns.moves_at[0]),
        cpu_s=cpu_s,
        late=float((out[layout.OUT_DAYS, :loans] > 0).mean()),
        by_steps=float(out[layout.OUT_BY_STEPS, :loans].mean()),
    )


def kernel_runs(loans: int) -> dict[str, KernelRun]:
    """The kernel on an ordinary book, on a troubled one, and where the short way serves no loan."""
    rng = np.random.default_rng(SEED)
    ordinary = nested(draw(loans, rng))
    few = max(1, loans // 10)
    found = {"ordinary": run_kernel(ordinary), "troubled": run_kernel(nested(draw(loans, rng, TROUBLED)))}
    every = []
    for name, make in KINDS.items():
        batch = make(draw(few, rng), 0, rng)
        every.append(with_columns(batch))
        found[name] = run_kernel(batch, times=3)
    found["long"] = run_kernel(pa.concat_batches(every), times=3)
    for name, policy in LONG_POLICIES.items():
        found[name] = run_kernel(ordinary.slice(0, few), policy_table({"cash": policy}), times=3)
    return found


@dataclass(frozen=True, slots=True)
class BookRun:
    """A whole book from Parquet to Parquet; run_cpu_s without the process's start, cpu_s with it."""

    loans: int
    run_cpu_s: float
    run_wall_s: float
    peak_mb: float
    cpu_s: float

    @property
    def per_second(self) -> float:
        return self.loans / self.run_cpu_s


def run_book(book: Path, threads: int, times: int = 3) -> BookRun:
    """Assess a book in a process of its own: the best of a few runs, and the most memory of any."""
    found = []
    out = book.with_suffix(".out")
    for _ in range(times):
        ended = run_module("own_run", book.absolute(), out.absolute(), threads)
        shutil.rmtree(out)
        said = json.loads(ended.said)
        if said.pop("set_aside"):
            raise ValueError("the run set loans of the bench's own book aside")
        found.append(BookRun(**said, cpu_s=ended.cpu_s))
    return replace(min(found, key=lambda one: one.run_cpu_s), peak_mb=max(one.peak_mb for one in found))


def floor_and_ours(book: Path, rounds: int = 3) -> tuple[float, float]:
    """CPU seconds of only reading a book's columns and writing as many results, and from Parquet to Parquet, in turn.

    Both in one thread of this process and in the same encoding; the best of a few rounds.
    """
    source, path = NestedFile(book), book.with_suffix(".floor")
    every = range(len(source.sizes))
    results = [assess_batch(source.read(piece), CASH, as_of=AS_OF)[0].cast(RESULTS) for piece in every]
    reads, writes, ours = [], [], []
    for _ in range(rounds):
        reads.append(cpu_of(lambda: [source.read(piece) for piece in every]))
        writes.append(cpu_of(lambda: _write_each(results, path)))
        ours.append(in_one_thread(book))
    path.unlink()
    return min(reads) + min(writes), min(ours)


def _write_each(results: Sequence[pa.RecordBatch], path: Path) -> None:
    for one in results:
        with pq.ParquetWriter(path, one.schema, **WRITING[PART]) as writer:
            writer.write_batch(one)


def in_one_thread(book: Path) -> float:
    """CPU seconds from Parquet to Parquet in one thread of this process."""
    out = book.with_suffix(".here")

    def run() -> None:
        assess_book(NestedFile(book), out, CASH, as_of=AS_OF, threads=1)
        shutil.rmtree(out)

    return cpu_of(run)


def one_at_once() -> float:
    """Microseconds for one loan, dict in and dict out; the mean of 200 loans, the best of ten times."""
    rows = nested(draw(200, np.random.default_rng(SEED))).to_pylist()
    return cpu_of(lambda: [assess_one(row, CASH, as_of=AS_OF) for row in rows], 10) / len(rows) * 1e6


def command_starts(folder: Path, times: int = 7) -> dict[str, float]:
    """CPU seconds of the command as a whole process, the best of a few after one that isn't counted."""
    loan = to_loan(nested(draw(1, np.random.default_rng(SEED))).to_pylist()[0])
    file = folder / "loan.json"
    file.write_text(json.dumps(loan_data(loan) | {"policy": policy_data(COMMON, loan.currency)}), encoding="utf-8")
    commands = {
        "goodstanding --help": ["--help"],
        "goodstanding assess LOAN.json": ["assess", str(file), "--as-of", AS_OF.isoformat()],
    }
    return {name: _least_cpu([*_command(), *rest], times) for name, rest in commands.items()}


def _least_cpu(command: list[str], times: int) -> float:
    return min([run_program(command).cpu_s for _ in range(times + 1)][1:])


def _command() -> list[str]:
    """The installed command; without one, what it would start."""
    installed = Path(sys.executable).with_name("goodstanding")
    if installed.exists():
        return [str(installed)]
    return [sys.executable, "-c", "from goodstanding.cli import main; main()"]
