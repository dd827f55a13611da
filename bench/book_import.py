"""Measure the import of a large book: peak memory, CPU seconds and wall seconds, from unsorted CSV files.

    .venv/bin/python bench/book_import.py                  a million loans, in a temporary folder
    .venv/bin/python bench/book_import.py --loans 100000 --keep FOLDER

The files are made from a seed, the same for everyone, and their rows are in no order. The import runs in a process of
its own, so that the figures are its figures.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

SEED = 20261123
CUT_OFF = np.datetime64("2026-11-22")
CHUNK = 200_000
IMPORT = """
import sys
from pathlib import Path
from goodstanding.book.convert import import_files
summary = import_files(Path(sys.argv[1]), Path(sys.argv[2]))
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(summary.loans_in_book, summary.loans_set_aside, int(status["VmHWM"].split()[0]) // 1024)
"""


def columns_of(first: int, count: int, rng: np.random.Generator) -> dict[str, pa.Table]:
    """Loans [first, first + count) with about 12 instalments and 7 transactions each; amounts in cents."""
    loan = np.arange(first, first + count)
    terms = rng.choice([6, 10, 12, 12, 14, 18], count)
    principal = rng.integers(5_000, 500_000, count) * 10
    age_months = rng.integers(1, 17, count)
    day = rng.integers(1, 29, count)
    month = CUT_OFF.astype("datetime64[M]") - age_months
    disbursed = month.astype("datetime64[D]") + (day - 1)

    of = np.repeat(np.arange(count), terms)
    place = np.arange(len(of)) - np.repeat(np.cumsum(terms) - terms, terms)
    share = principal // terms
    part = share[of] + np.where(place == 0, (principal - share * terms)[of], 0)
    interest = (principal[of] - share[of] * place) * 15 // 1000
    due = (month[of] + place + 1).astype("datetime64[D]") + (day[of] - 1)
    instalments = pa.table(
        {
            "loan": loan[of],
            "due_on": due,
            "principal": part,
            "interest": interest,
        }
    )

    paid = np.minimum(terms, np.maximum(age_months - (rng.random(count) < 0.18), 0))
    is_paid = place < paid[of]
    late = np.where(rng.random(len(of)) < 0.1, rng.integers(1, 8, len(of)), 0)
    paid_on = np.minimum(due + late, CUT_OFF)
    is_paid &= due + late <= CUT_OFF
    transactions = pa.table(
        {
            "loan": loan[of][is_paid],
            "place": place[is_paid],
            "amount": (part + interest)[is_paid],
            "effective_on": paid_on[is_paid],
        }
    )
    loans = pa.table({"loan": loan, "principal": principal, "disbursed_on": disbursed, "terms": terms})
    return {"loans": loans, "instalments": instalments, "transactions": transactions}


FLAT = {
    "loans": """SELECT printf('L%09d', loan) AS loan_id, printf('B%09d', loan) AS borrower_id, 'cash' AS product,
        (principal / 100)::DECIMAL(18,2) AS principal, '0.18' AS annual_rate, disbursed_on FROM loans""",
    "instalments": """SELECT printf('L%09d', loan) AS loan_id, due_on, (principal::DECIMAL(18,2) / 100)::DECIMAL(18,2) AS
        principal, (interest::DECIMAL(18,2) / 100)::DECIMAL(18,2) AS interest FROM instalments""",
    "transactions": """SELECT printf('L%09d', loan) AS loan_id, printf('T%09d-%02d', loan, place) AS transaction_id,
        'payment' AS kind, (amount::DECIMAL(18,2) / 100)::DECIMAL(18,2) AS amount, effective_on, effective_on AS booked_on,
        NULL AS reverses FROM transactions""",
    "borrowers": """SELECT printf('B%09d', loan) AS borrower_id, printf('Borrower %d', loan) AS name, 'en' AS language,
        NULL AS id_number, 'US' AS country FROM loans""",
    "contact_points": """SELECT printf('B%09d', loan) AS borrower_id, 'email' AS kind, printf('b%d@example.com', loan) AS
        value FROM loans""",
}


def make_files(folder: Path, loans: int) -> None:
    """Write the flat files of a book of so many loans, rows shuffled."""
    rng = np.random.default_rng(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "making.duckdb"), config={"memory_limit": "4GB", "threads": 2}) as made:
        made.execute("SET enable_progress_bar = false")
        for first in range(0, loans, CHUNK):
            for name, table in columns_of(first, min(CHUNK, loans - first), rng).items():
                made.register("chunk", table)
                if first == 0:
                    made.execute(f"CREATE TABLE {name} AS SELECT *, 0::BIGINT AS shuffled FROM chunk LIMIT 0")
                order = pa.array(
                    rng.permutation(table.num_rows) * 4099 % 1_000_003 + rng.random(table.num_rows).argsort()
                )
                made.register("chunk", table.append_column("shuffled", order))
                made.execute(f"INSERT INTO {name} SELECT * FROM chunk")
        for name, sql in FLAT.items():
            made.execute(f"COPY ({sql} ORDER BY shuffled, loan) TO '{folder / name}.csv' (HEADER)")
    (folder / "making.duckdb").unlink()
    (folder / "book.toml").write_text(
        f'format = 1\nlender = "Example Lending"\ncut_off = {CUT_OFF}\ncurrency = "USD"\nzone = "America/New_York"\n'
    )


def measure(folder: Path, target: Path) -> dict[str, object]:
    """Run the import in its own process and say what it took."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", IMPORT, str(folder), str(target)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    in_book, set_aside, peak_rss_mb = map(int, done.stdout.split())
    return {
        "loans_in_book": in_book,
        "loans_set_aside": set_aside,
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_rss_mb": peak_rss_mb,  # of the process itself: rusage would count what its parent held when it began
        "load": os.getloadavg()[0],
        "source_mb": sum(f.stat().st_size for f in folder.glob("*.csv")) // 2**20,
        "book_mb": sum(f.stat().st_size for f in target.iterdir()) // 2**20,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--loans", type=int, default=1_000_000)
    options.add_argument(
        "--keep", type=Path, help="make the files here and leave them (used again when they are there)"
    )
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as scratch:
        folder = (chosen.keep or Path(scratch)) / f"flat-{chosen.loans}"
        if not (folder / "book.toml").exists():
            make_files(folder, chosen.loans)
        print(json.dumps(measure(folder, Path(scratch) / "book"), indent=2))


if __name__ == "__main__":
    main()
