"""The simplified sum in PostgreSQL, over flat tables with keys; needs its server's programs and Linux, to read its CPU time.

A server is started for the measure in a folder of its own, reached by a socket there, and stopped afterwards. It refuses
to run as root, so root starts it as `nobody`.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv

from .books import AS_OF
from .clock import run_program
from .simple_sum import FIELDS, check

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "autovacuum": "off",
}
_TABLES = {
    "loans": (
        "loan integer, loan_id text",
        "SELECT loan, loan_id FROM numbered",
    ),
    "instalments": (
        "loan integer, due_on date, principal bigint, interest bigint",
        """SELECT loan, part.due_on, part.principal, part.interest
        FROM (SELECT loan, unnest(schedule) AS part FROM numbered)""",
    ),
    "payments": (
        "loan integer, effective_on date, amount bigint",
        """SELECT loan, one.effective_on, one.amount
        FROM (SELECT loan, unnest(transactions) AS one FROM numbered)""",
    ),
}
_INDEXES = """
    ALTER TABLE loans ADD PRIMARY KEY (loan);
    ALTER TABLE instalments ADD PRIMARY KEY (loan, due_on);
    CREATE INDEX ON payments (loan, effective_on);
    VACUUM ANALYZE"""
_SUM = f"""
    CREATE UNLOGGED TABLE found AS
    WITH paid AS (
        SELECT loan, sum(amount)::bigint AS paid FROM payments WHERE effective_on <= '{AS_OF}' GROUP BY loan),
    met AS (
        SELECT loan, due_on, principal, interest, greatest(0, coalesce(paid, 0) + principal + interest
            - sum(principal + interest) OVER (PARTITION BY loan ORDER BY due_on))::bigint AS rest
        FROM instalments LEFT JOIN paid USING (loan)),
    open AS (
        SELECT loan, due_on, due_on < '{AS_OF}' AS is_past, greatest(0, interest - rest) AS interest,
            principal - least(greatest(0, rest - interest), principal) AS principal
        FROM met)
    SELECT loan,
        coalesce('{AS_OF}' - min(due_on) FILTER (WHERE is_past AND interest + principal > 0), 0) AS days_past_due,
        coalesce(sum(principal) FILTER (WHERE is_past), 0)::bigint AS overdue_principal,
        coalesce(sum(interest) FILTER (WHERE is_past), 0)::bigint AS overdue_interest,
        sum(principal)::bigint AS outstanding_principal
    FROM open GROUP BY loan"""


class NotHere(RuntimeError):
    """What the measure needs isn't on this machine; the message says what."""


@dataclass(frozen=True, slots=True)
class PostgresRun:
    """CPU seconds, of the server's processes and the client's: loading the tables, keys and indexes, the sum itself."""

    version: str
    load_cpu_s: float
    index_cpu_s: float
    sum_cpu_s: float


def sum_in_postgres(book: Path, scratch: Path, expected: pa.Table) -> PostgresRun:
    """Load a nested book as flat tables, index them, work out the sum twice (the better counts), check its rows."""
    with server() as (process, psql):
        load = 0.0
        for name, file in _as_csv(book, scratch).items():
            run_program([*psql, "-c", f"CREATE TABLE {name} ({_TABLES[name][0]})"])
            load += _cpu_of(process, [*psql, "-c", f"\\copy {name} FROM '{file}' (FORMAT csv)"])
            file.unlink()
        index = _cpu_of(process, [*psql, *_each(_INDEXES)])
        sums = []
        for _ in range(2):
            run_program([*psql, "-c", "DROP TABLE IF EXISTS found"])
            sums.append(_cpu_of(process, [*psql, "-c", _SUM]))
        results = scratch / "found.csv"
        rows = f'SELECT {", ".join(FIELDS)} FROM found JOIN loans USING (loan) ORDER BY loan_id COLLATE "C"'
        run_program([*psql, "-c", f"\\copy ({rows}) TO '{results}' (FORMAT csv, HEADER)"])
        check("PostgreSQL", pyarrow.csv.read_csv(results), expected)
        version = run_program([*psql, "-Atc", "SHOW server_version"]).said.split()[0]
    return PostgresRun(version, load, index, min(sums))


def _as_csv(book: Path, scratch: Path) -> dict[str, Path]:
    files = {name: scratch / f"{name}.csv" for name in _TABLES}
    with duckdb.connect() as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.read_parquet(str(book)).create_view("book")
        engine.execute("CREATE VIEW numbered AS SELECT row_number() OVER () AS loan, * FROM book")
        for name, (_, rows) in _TABLES.items():
            engine.execute(f"COPY ({rows}) TO '{files[name]}' (FORMAT csv, HEADER false)")
    return files


def _each(statements: str) -> list[str]:
    return [part for one in statements.split(";") for part in ("-c", one)]


@contextmanager
def server() -> Iterator[tuple[subprocess.Popen[Any], list[str]]]:
    """A PostgreSQL server while the block runs, and the command that reaches it; NotHere when there can't be one."""
    programs = _programs()
    account: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="goodstanding-postgres-"))
    try:
        if account:
            shutil.chown(folder, account["user"])
        data = folder / "data"
        made: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "bench",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **account)
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        start: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, *settings]
        with (folder / "log").open("wb") as log, subprocess.Popen(start, stderr=log, cwd=folder, **account) as process:
            try:
                psql = [str(programs / "psql"), "-h", str(folder), "-U", "bench", "-d", "postgres"]
                psql += ["-X", "-q", "-v", "ON_ERROR_STOP=1"]
                _wait_for(process, psql, folder / "log")
                yield process, psql
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """The folder with initdb, postgres and psql."""
    if not Path("/proc/self/stat").exists():
        raise NotHere("its server's CPU time is read from /proc, which only Linux has")
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for folder in [*folders, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            return folder
    raise NotHere("install PostgreSQL's server (Debian, Ubuntu: apt-get install postgresql)")


def _wait_for(process: subprocess.Popen[Any], psql: list[str], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            run_program([*psql, "-c", "SELECT 1"])
        except RuntimeError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL didn't start: {log.read_text(errors='replace')[-2000:]}")


def _cpu_of(process: subprocess.Popen[Any], command: list[str]) -> float:
    """CPU seconds of a client's command, its own and those of the server meanwhile."""
    before = _server_cpu(process.pid)
    client = run_program(command).cpu_s
    time.sleep(0.3)  # what worked for the client has ended, and the server has counted it
    return client + _server_cpu(process.pid) - before


def _server_cpu(pid: int) -> float:
    """CPU seconds of the server: of itself, of the processes that it waits for, and of those that have ended."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(folder.name) == pid or int(fields[1]) == pid:
                ticks += sum(int(one) for one in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
