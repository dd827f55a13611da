"""Measure a whole book on Spark beside the local runner; write bench/spark_results.md, and the guide that shows it.

    .venv-spark/bin/python bench/spark.py                        a million loans, and five million: some minutes
    .venv-spark/bin/python bench/spark.py --loans 100000 --dry   a smaller book, printed only
    .venv-spark/bin/python bench/spark.py --keep FOLDER          books are made there, and used again

Three ways, on the same machine with two threads: the local runner; tasks of Spark that read and write their own row
groups; a DataFrame that Spark reads, sends to Python and writes. All must come to the same checksum, or the run stops.
CPU seconds are of all processes, Java and the workers with them, after a small book has warmed them up. Linux only.
"""

import argparse
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from measures.books import batches, write_book
from measures.clock import run_module
from measures.machine import load, machine, versions
from measures.own_spark import MASTER
from measures.spark_report import LOCAL, WARM, Start, Took, text_of

from goodstanding.batch.folder import read_manifest

HERE = Path(__file__).parent
RESULTS = HERE / "spark_results.md"
PAGE = HERE.parent / "docs" / "guides" / "spark.md"
BEGIN, END = "<!-- figures: bench/spark.py writes them -->\n", "<!-- end of figures -->\n"
WAYS = {"tasks": "Spark: tasks read their own row groups", "frame": "Spark: a DataFrame that Spark reads"}
INTRODUCTION = """# Spark: measures

`.venv-spark/bin/python bench/spark.py` measures all of this again and writes it here, and into docs/guides/spark.md, which
says how to read it.

"""


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--loans", type=int, nargs="+", default=[1_000_000, 5_000_000], help="loans of each book")
    options.add_argument("--dry", action="store_true", help="print, but leave the files as they are")
    options.add_argument(
        "--keep", type=Path, help="make the books here and leave them (used again when they are there)"
    )
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as scratch:
        books = {loans: made(chosen.keep or Path(scratch), loans) for loans in sorted({WARM, *chosen.loans})}
        text = measure({loans: books[loans] for loans in chosen.loans}, books[WARM], Path(scratch))
    print(text)
    if not chosen.dry:
        RESULTS.write_text(INTRODUCTION + text, encoding="utf-8")
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def made(folder: Path, loans: int) -> Path:
    """A book of so many loans, made if it isn't there."""
    book = folder / f"ordinary-{loans}.parquet"
    if not book.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = book.with_suffix(".new")
        write_book(unfinished, batches(loans))
        unfinished.rename(book)
    return book


def measure(books: dict[int, Path], warm: Path, folder: Path) -> str:
    began = load()
    took, checksums = zip(*[locally(loans, book, folder) for loans, book in books.items()], strict=True)
    every, starts = list(took), []
    for way in WAYS:
        said = json.loads(run_module("own_spark", way, folder / way, warm, *books.values()).said)
        for one, checksum in zip(said["runs"], checksums, strict=True):
            if one.pop("checksum") != checksum:
                raise ValueError(f"{WAYS[way]} came to other results than the local runner")
            every.append(Took(WAYS[way], **one))
        peaks = said["peaks_mb"]
        starts.append(Start(WAYS[way], said["start_cpu_s"], said["start_wall_s"], peaks["worker"], peaks["java"]))
    where = f"{datetime.now(UTC):%-d %B %Y}. {machine()}; {versions()}; {MASTER}. Load {began} when it began, {load()} at its end."
    return text_of(where, every, starts)


def locally(loans: int, book: Path, folder: Path) -> tuple[Took, str]:
    """The local runner's figures, and its checksum."""
    out = folder / f"local-{loans}"
    said = json.loads(run_module("own_run", book.absolute(), out, 2).said)
    return Took(LOCAL, loans, said["run_cpu_s"], said["run_wall_s"]), read_manifest(out)["checksum"]


if __name__ == "__main__":
    main()
