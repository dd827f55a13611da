"""Books assessed on Spark in a process of its own: python -m measures.own_spark WAY OUT WARM BOOK… prints what it took, as JSON.

WAY is "tasks", which read and write row groups themselves, or "frame", which Spark reads and writes. WARM is a small book
that is assessed first; what that takes, Spark's start with it, is told apart.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from goodstanding.batch.local import NestedFile
from goodstanding.batch.policies import policy_table
from goodstanding.batch.spark import assess_files, assess_frame, write_frame
from goodstanding.batch.spark_session import spark_session

from .books import AS_OF, COMMON

MASTER = "local[2]"
SETTINGS = {"spark.driver.memory": "2g"}
_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def family() -> list[Path]:
    """This process and all that come from it, in /proc."""
    parents = {one: int(fields[1]) for one in _PROC.glob("[0-9]*") if (fields := _fields(one))}
    found, grown = {os.getpid()}, True
    while grown:
        before = len(found)
        found |= {int(one.name) for one, parent in parents.items() if parent in found}
        grown = len(found) > before
    return [_PROC / str(one) for one in sorted(found)]


def _fields(process: Path) -> list[str]:
    """What stat says after the program's name; nothing of a process that has ended meanwhile."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def family_cpu_s() -> float:
    """CPU seconds, user and system, of this process, Java and the workers; of children that have ended too."""
    return sum(sum(map(int, fields[11:15])) for one in family() if (fields := _fields(one))) / _TICKS


def peaks_mb() -> dict[str, int]:
    """The most memory that a process of each program has held."""
    found: dict[str, int] = {}
    for one in family():
        said = dict(line.split(":", 1) for line in (one / "status").read_text().splitlines())
        if "VmHWM" in said and int(one.name) != os.getpid():
            name = "java" if said["Name"].strip() == "java" else "worker"
            found[name] = max(found.get(name, 0), int(said["VmHWM"].split()[0]) // 1024)
    return found


def main(way: str, out: str, warm: str, *books: str) -> None:
    policies, folder = policy_table({"cash": COMMON}), Path(out)
    began = time.perf_counter()
    with spark_session(MASTER, SETTINGS) as session:

        def by_tasks(book: str) -> tuple[int, str]:
            summary = assess_files(session, NestedFile(Path(book)), folder, policies, as_of=AS_OF)
            return summary.assessed, summary.checksum

        def by_frame(book: str) -> tuple[int, str]:
            written = write_frame(assess_frame(session.read.parquet(book), policies, as_of=AS_OF), out)
            return written.assessed, written.checksum

        run: Callable[[str], tuple[int, str]] = {"tasks": by_tasks, "frame": by_frame}[way]
        run(warm)
        start = {"start_cpu_s": family_cpu_s(), "start_wall_s": time.perf_counter() - began}
        runs = []
        for book in books:
            shutil.rmtree(folder)
            cpu, wall = family_cpu_s(), time.perf_counter()
            loans, checksum = run(book)
            took = {"cpu_s": family_cpu_s() - cpu, "wall_s": time.perf_counter() - wall}
            runs.append({"loans": loans, "checksum": checksum, **took})
        print(json.dumps({**start, "runs": runs, "peaks_mb": peaks_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
