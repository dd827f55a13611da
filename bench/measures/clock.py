"""CPU seconds: of some work here, and of a program as a whole process."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Work = Callable[[], object]


def cpu_of(work: Work, times: int = 1) -> float:
    """The least CPU seconds of a few runs, those of all threads of this process."""
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has run. cpu_s: user and system time of all its threads, from start to end."""

    cpu_s: float
    wall_s: float
    said: str


def run_program(command: Sequence[str], folder: Path | None = None) -> Ended:
    """Run a program to its end; what it says on standard error, if it fails, is said by the RuntimeError."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=complaints)
        assert process.stdout is not None
        with process.stdout as pipe:
            said = pipe.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            complaints.seek(0)
            why = complaints.read().decode(errors="replace").strip()
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {why[-2000:]}")
    return Ended(used.ru_utime + used.ru_stime, time.perf_counter() - began, said)


def run_module(name: str, *arguments: Any) -> Ended:
    """Run a module of this package as a program of its own."""
    package = __package__ or ""
    top = Path(__file__).parents[package.count(".") + 1]
    return run_program([sys.executable, "-m", f"{package}.{name}", *map(str, arguments)], top)
