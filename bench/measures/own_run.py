"""A book assessed in a process of its own: python -m measures.own_run BOOK OUT THREADS prints what it took, as JSON."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from goodstanding.batch.local import NestedFile, assess_book
from goodstanding.batch.policies import policy_table

from .books import AS_OF, COMMON, batches, write_book


def peak_mb() -> float:
    """The most memory this process has held. Where the system tells, without what its parent held when it began."""
    status = Path("/proc/self/status")
    if status.exists():
        said = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(said["VmHWM"].split()[0]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 1024)


def main(book: str, out: str, threads: str) -> None:
    policies = policy_table({"cash": COMMON})
    with tempfile.TemporaryDirectory() as scratch:  # what is done once a process is done before the clock starts
        small = Path(scratch) / "small.parquet"
        write_book(small, batches(100))
        assess_book(NestedFile(small), Path(scratch) / "out", policies, as_of=AS_OF, threads=1)
    began, wall = time.process_time(), time.perf_counter()
    summary = assess_book(NestedFile(Path(book)), Path(out), policies, as_of=AS_OF, threads=int(threads))
    found = {
        "loans": summary.loans,
        "set_aside": summary.set_aside,
        "run_cpu_s": time.process_time() - began,
        "run_wall_s": time.perf_counter() - wall,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
