"""Measure the arrears engine beside what one would do without it, and write bench/results.md.

    .venv/bin/python bench/arrears.py                     a million loans
    .venv/bin/python bench/arrears.py --loans 10000000    what the issue asks of memory

All figures are CPU seconds of one run on one machine, so that they can be held beside each other. The book is made from a
seed: twelve instalments, about eight payments; the policy is a common one, all conventions are in the code that runs.
"""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa

from goodstanding.batch import layout
from goodstanding.batch.columns import assess_batch, columns_of
from goodstanding.batch.kernel import NO_DETAIL, assess_columns
from goodstanding.batch.local import NestedFile, assess_book
from goodstanding.batch.one_loan import assess_one
from goodstanding.batch.part_files import PART, PartFiles
from goodstanding.batch.policies import EPOCH, PolicyTable, policy_table
from goodstanding.book.nested import NestedWriter
from goodstanding.book.read import to_loan
from goodstanding.book.schema import HISTORY, NESTED, PAUSED, SCHEDULE
from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy, LateFee

sys.path.insert(0, str(Path(__file__).parent))
import decimal_loop

SEED = 20261123
GROUP = 100_000
POLICY = ArrearsPolicy(
    grace_days=3,
    penalty_multiple=Fraction(3, 2),
    late_fee=LateFee(share=Fraction(5, 100), least=500, most=3000),
)
AS_OF = date(2026, 11, 22)
INSTALMENTS = 12


def book(count: int, rng: np.random.Generator, first: int = 0) -> pa.RecordBatch:
    """Loans of twelve monthly instalments, on average eight of them paid; about one in six in arrears."""
    cut_off = np.datetime64(AS_OF)
    principal = rng.integers(5_000, 500_000, count) * 10
    age = rng.integers(4, 14, count)
    day = rng.integers(1, 29, count)
    month = cut_off.astype("datetime64[M]") - age
    disbursed = month.astype("datetime64[D]") + (day - 1)
    place = np.tile(np.arange(INSTALMENTS), count)
    of = np.repeat(np.arange(count), INSTALMENTS)
    due = (month[of] + place + 1).astype("datetime64[D]") + (day[of] - 1)
    share = principal // INSTALMENTS
    part = share[of] + np.where(place == 0, (principal - share * INSTALMENTS)[of], 0)
    interest = (principal[of] - share[of] * place) * 15 // 1000
    late = np.where(rng.random(len(of)) < 0.12, rng.integers(1, 4, len(of)), -rng.integers(0, 3, len(of)))
    missed = np.where(rng.random(count) < 0.15, rng.integers(1, 5, count), 0)
    paid_on = due + late
    is_paid = (paid_on <= cut_off) & (place < (age - missed)[of])
    amount = part + interest
    short = is_paid & (rng.random(len(of)) < 0.003)
    amount = np.where(short, amount // 2, amount)
    schedule_at = np.arange(count + 1, dtype=np.int32) * INSTALMENTS
    moves_at = np.append(0, np.cumsum(np.bincount(of[is_paid], minlength=count))).astype(np.int32)
    days = paid_on[is_paid].astype("datetime64[D]").astype(np.int32)
    order = np.lexsort((days, of[is_paid]))
    moves = len(days)
    schedule = pa.StructArray.from_arrays(
        [
            pa.array(due.astype("datetime64[D]").astype(np.int32)).view(pa.date32()),
            pa.array(part),
            pa.array(interest),
            pa.array(np.zeros(len(of), np.int64)),
            pa.nulls(len(of), pa.int64()),
        ],
        fields=list(SCHEDULE),
    )
    history = pa.StructArray.from_arrays(
        [
            pa.array(np.char.add("T", np.arange(moves).astype(str))),
            pa.array(np.full(moves, layout.PAYMENT, np.int8)),
            pa.array(amount[is_paid][order]),
            pa.array(days[order]).view(pa.date32()),
            pa.array(days[order]).view(pa.date32()),
            pa.nulls(moves, pa.int32()),
            pa.nulls(moves, pa.int8()),
            pa.nulls(moves, pa.int32()),
        ],
        fields=list(HISTORY),
    )
    none = pa.array(np.zeros(count + 1, np.int32))
    texts = [
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([text])).cast(pa.string())
        for text in ("cash", "USD", "act/365")
    ]
    columns = {
        "loan_id": pa.array([f"L{first + n:09}" for n in range(count)]),
        "borrower_id": pa.array([f"B{first + n:09}" for n in range(count)]),
        "product": texts[0],
        "currency": texts[1],
        "principal": pa.array(principal),
        "annual_rate_ppm": pa.array(np.full(count, 180_000)),
        "day_count": texts[2],
        "disbursed_on": pa.array(disbursed.astype("datetime64[D]").astype(np.int32)).view(pa.date32()),
        "lender_days_past_due": pa.nulls(count, pa.int32()),
        "lender_balance": pa.nulls(count, pa.int64()),
        "schedule": pa.ListArray.from_arrays(pa.array(schedule_at), schedule, type=NESTED.field("schedule").type),
        "transactions": pa.ListArray.from_arrays(pa.array(moves_at), history, type=NESTED.field("transactions").type),
        "pauses": pa.ListArray.from_arrays(none, pa.array([], PAUSED), type=NESTED.field("pauses").type),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in NESTED.names], schema=NESTED)


def cpu_of(work: Callable[[], object], times: int = 1) -> float:
    """The least CPU seconds of a few runs."""
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least


def make_book(path: Path, loans: int) -> None:
    writer, rng = NestedWriter(path), np.random.default_rng(SEED)
    for first in range(0, loans, GROUP):
        writer.write(pa.Table.from_batches([book(min(GROUP, loans - first), rng, first)]))
    writer.close()


def kernel_speed(policies: PolicyTable) -> tuple[float, float]:
    """Loans a CPU second of the kernel alone, and the share of the loans that are in arrears."""
    batch = book(GROUP, np.random.default_rng(SEED))
    columns = columns_of(batch, policies)
    out = np.empty((len(layout.RESULTS), GROUP + 24), np.int64)
    day = AS_OF.toordinal() - EPOCH
    spent = cpu_of(lambda: assess_columns(columns, policies.rows, policies.extra, day, layout.NONE, out, NO_DETAIL), 7)
    return GROUP / spent, float((out[layout.OUT_DAYS, :GROUP] > 0).mean())


def long_way_speed() -> float:
    """The same loans, by a policy that sends each of them event by event."""
    from dataclasses import replace

    policies = policy_table({"cash": replace(POLICY, cost_ceiling=Fraction(10))})
    return kernel_speed(policies)[0]


def beside(policies: PolicyTable, count: int) -> dict[str, float]:
    """Loans a CPU second of a Decimal loop and of the Fraction reference, with results equal to the kernel's."""
    batch = book(count, np.random.default_rng(SEED + 1))
    results = assess_batch(batch, policies, as_of=AS_OF)[0].to_pylist()
    rows = batch.to_pylist()
    names = (
        "days_past_due overdue_principal overdue_interest penalty fees outstanding_principal payoff unapplied".split()
    )
    found: list[tuple[int, ...]] = []
    by_decimal = cpu_of(lambda: found.extend(decimal_loop.assess(row, POLICY, AS_OF) for row in rows))
    differing = sum(tuple(row[name] for name in names) != one for row, one in zip(results, found, strict=True))
    if differing:
        sys.exit(f"{differing} of {count} loans differ between the kernel and the Decimal loop")
    few = [to_loan(row) for row in rows[: count // 10]]
    whole: list[object] = []
    by_fraction = cpu_of(lambda: whole.extend(assess(loan, POLICY, as_of=AS_OF) for loan in few))
    if [getattr(one, name) for one in whole for name in names] != [
        row[n] for row in results[: len(few)] for n in names
    ]:
        sys.exit("the kernel and the reference differ")
    return {"decimal": count / by_decimal, "reference": len(few) / by_fraction}


def end_to_end(path: Path, folder: Path, policies: PolicyTable, threads: int) -> tuple[float, float]:
    """CPU and wall seconds from Parquet to Parquet; the better of two runs."""
    found = []
    for again in range(2):
        out = folder / f"out{threads}{again}"
        began, wall = time.process_time(), time.perf_counter()
        assess_book(NestedFile(path), out, policies, as_of=AS_OF, threads=threads)
        found.append((time.process_time() - began, time.perf_counter() - wall))
        shutil.rmtree(out)
    return min(found)


def floor(path: Path, folder: Path, policies: PolicyTable) -> tuple[float, float]:
    """CPU seconds of reading the columns needed, and of writing results that lie ready."""
    source = NestedFile(path)
    read = cpu_of(lambda: [source.read(piece) for piece in range(len(source.sizes))], 2)
    results = assess_batch(source.read(0), policies, as_of=AS_OF)[0]
    write = cpu_of(lambda: [_write(results, folder) for _ in source.sizes], 2)
    return read, write


def _write(results: pa.RecordBatch, folder: Path) -> None:
    with PartFiles(lambda kind: folder / f"{kind}.parquet") as files:
        files.add(PART, results)


def one_at_once(policies: PolicyTable) -> float:
    """Microseconds for one loan, dict in and dict out."""
    rows = book(200, np.random.default_rng(SEED)).to_pylist()
    return cpu_of(lambda: [assess_one(row, policies, as_of=AS_OF) for row in rows], 7) / len(rows) * 1e6


def peak_of_a_run(path: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of a whole run in a process of its own, start and all."""
    program = (
        "import re, resource, sys; sys.path.insert(0, sys.argv[3]); from pathlib import Path; import arrears as a\n"
        "policies = a.policy_table({'cash': a.POLICY})\n"
        "a.assess_book(a.NestedFile(Path(sys.argv[1])), Path(sys.argv[2]), policies, as_of=a.AS_OF)\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "status = Path('/proc/self/status')\n"
        "said = re.search(r'VmHWM:\\s+(\\d+)', status.read_text()) if status.exists() else None\n"
        "print(used.ru_utime + used.ru_stime, int(said[1]) if said else used.ru_maxrss)"
    )
    command = [sys.executable, "-c", program, str(path), str(folder / "own"), str(Path(__file__).parent)]
    spent, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(spent), int(peak) / 1024


def report(loans: int, folder: Path) -> str:
    policies = policy_table({"cash": POLICY})
    path = folder / "book.parquet"
    make_book(path, loans)
    speed, late = kernel_speed(policies)
    others = beside(policies, 5_000)
    cpu, _ = end_to_end(path, folder, policies, 1)
    cpu_2, wall_2 = end_to_end(path, folder, policies, 2)
    read, write = floor(path, folder, policies)
    own_cpu, peak = peak_of_a_run(path, folder)
    lines = [
        ("kernel alone, loans a CPU second", f"{speed:,.0f}"),
        ("kernel, event by event for every loan", f"{long_way_speed():,.0f}"),
        ("Parquet to Parquet, one thread, loans a CPU second", f"{loans / cpu:,.0f}"),
        ("Parquet to Parquet, two threads, loans a CPU second (wall)", f"{loans / cpu_2:,.0f} ({wall_2:.1f} s)"),
        ("only reading and writing those columns, loans a CPU second", f"{loans / (read + write):,.0f}"),
        ("end to end as a share of that", f"{(read + write) / min(cpu, cpu_2):.0%}"),
        ("a run in its own process, CPU s and peak MB", f"{own_cpu:.1f} s, {peak:,.0f} MB"),
        ("Decimal loop in Python, loans a CPU second", f"{others['decimal']:,.0f}"),
        ("the kernel is faster than that by", f"{speed / others['decimal']:,.0f} times"),
        ("Fraction reference with its statement, loans a CPU second", f"{others['reference']:,.0f}"),
        ("one loan, dict in and dict out", f"{one_at_once(policies):.0f} µs"),
        ("book, bytes a loan", f"{path.stat().st_size / loans:.0f}"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in lines)
    return (
        "# Arrears engine: measures\n\n"
        f"{loans:,} loans, {INSTALMENTS} instalments and about 8 payments each, {late:.0%} of them in arrears. One run of\n"
        f"`bench/arrears.py`, Python {platform.python_version()}; CPU seconds, since the machine was shared. Results of the\n"
        "Decimal loop and of the reference equal the kernel's on the loans they were given.\n\n"
        f"| measure | |\n|---|---:|\n{table}\n"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--loans", type=int, default=1_000_000)
    options.add_argument("--dry", action="store_true", help="print, but leave results.md as it is")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as scratch:
        text = report(chosen.loans, Path(scratch))
    print(text)
    if not chosen.dry:
        Path(__file__).with_name("results.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
