"""Measure the arrears engine beside what one would do without it; write bench/results.md, and the page that shows it.

    .venv/bin/python bench/arrears.py                               all of it: some ten minutes, 2 GB of disk
    .venv/bin/python bench/arrears.py --loans 100000 --dry          a smaller book, printed only

All figures are CPU seconds of one run on one machine, so that they can be held beside each other. Books are made from a
seed: twelve instalments, about eight payments, a common policy; all conventions are in the code that runs. Every other
way has to come to equal results, or the run stops. Polars and PostgreSQL are measured where they are installed.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from measures.beside import full_rules, simple_sums
from measures.books import GROUP, ORDINARY, TROUBLED, batches, write_book
from measures.engine import KernelRun, command_starts, floor_and_ours, kernel_runs, one_at_once, run_book
from measures.growth import by_events, by_size
from measures.long_way import long_batches
from measures.machine import load, machine, versions, yardstick
from measures.report import BookFigures, Found, figures, growth_picture

HERE = Path(__file__).parent
RESULTS = HERE / "results.md"
PAGE = HERE.parent / "docs" / "reference" / "speed.md"
PICTURE = HERE.parent / "docs" / "images" / "arrears_speed.svg"
BEGIN, END = "<!-- figures: bench/arrears.py writes them -->\n", "<!-- end of figures -->\n"
SMALLEST, LARGE = 100_000, 10_000_000
INTRODUCTION = """# Arrears engine: measures

`.venv/bin/python bench/arrears.py` measures all of this again and writes it here, and into docs/reference/speed.md, which
says what is measured and how to read it. Polars and PostgreSQL's server are measured where they are installed:
`.venv/bin/pip install --require-hashes -r requirements/bench.lock` brings Polars.

"""


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--loans", type=int, default=1_000_000, help="loans of a book")
    options.add_argument("--large", type=int, default=LARGE, help="loans of the largest book")
    options.add_argument("--dry", action="store_true", help="print, but leave the files as they are")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as scratch:
        found = measure(chosen.loans, chosen.large, Path(scratch))
    print(figures(found))
    if not chosen.dry:
        RESULTS.write_text(INTRODUCTION + figures(found), encoding="utf-8")
        PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), figures(found)), encoding="utf-8")
        PICTURE.write_text(growth_picture(found), encoding="utf-8")


def measure(loans: int, large: int, folder: Path) -> Found:
    """Everything, in one run."""
    began, marks = load(), [yardstick()]
    kernels = kernel_runs(min(loans, GROUP))
    marks.append(yardstick())
    ordinary, other = folder / "ordinary.parquet", folder / "other.parquet"
    books = [figures_of("ordinary", ordinary, batches(loans, ORDINARY), kernels["ordinary"])]
    marks.append(yardstick())
    beside = [*full_rules(20_000), *simple_sums(ordinary, loans, folder)]
    ordinary.unlink()
    marks.append(yardstick())
    books.append(figures_of("nearly half in arrears", other, batches(loans, TROUBLED), kernels["troubled"]))
    books.append(figures_of("every loan the long way", other, long_batches(loans), kernels["long"]))
    marks.append(yardstick())
    sizes = by_size(folder, sorted({min(SMALLEST, loans), loans, large}))
    write_book(other, batches(large))
    largest = run_book(other, threads=2, times=1)
    marks.append(yardstick())
    lengths, one_loan_us, starts = by_events(), one_at_once(), command_starts(folder)
    marks.append(yardstick())
    return Found(
        where=f"{datetime.now(UTC):%-d %B %Y}. {machine()}; {versions()}. Others used the machine too: load {began} when the"
        f" run began, {load()} when it ended; a fixed piece of work took from {min(marks):.0f} to {max(marks):.0f} CPU ms in"
        " the course of it, and a figure may be off by as much.",
        books=books,
        kernels={name: one for name, one in kernels.items() if name not in ("ordinary", "troubled", "long")},
        beside=beside,
        sizes=sizes,
        large=largest,
        lengths=lengths,
        one_loan_us=one_loan_us,
        starts=starts,
    )


def figures_of(name: str, book: Path, made: Iterator[pa.RecordBatch], kernel: KernelRun) -> BookFigures:
    """Write a book and measure its way through the engine."""
    write_book(book, made)
    return BookFigures(name, kernel, run_book(book, 1), run_book(book, 2), *floor_and_ours(book))


def with_figures(page: str, text: str) -> str:
    """The page with other figures between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


if __name__ == "__main__":
    main()
