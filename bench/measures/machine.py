"""Where the figures are from: the machine, its load, the versions."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from goodstanding.batch.compiling import text_hash

from .clock import cpu_of

PACKAGES = ("goodstanding", "numba", "llvmlite", "numpy", "pyarrow", "duckdb", "polars", "pyspark", "pandas")


def machine() -> str:
    """2 × AMD EPYC, 24 GB, Linux 6.1"""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}"
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load() -> str:
    """How many processes wanted a processor in the last minute, on average."""
    return f"{os.getloadavg()[0]:.1f}"


def yardstick() -> float:
    """CPU milliseconds of a fixed piece of work, now: the more others use the machine, the longer it takes."""
    numbers = np.arange(1_000_000)
    return cpu_of(lambda: np.sort(numbers * 7919 % 1_000_003).sum(), 3) * 1000


def versions() -> str:
    named = [
        f"Python {platform.python_version()}",
        *(f"{name} {found}" for name in PACKAGES if (found := _version(name))),
    ]
    return ", ".join([*named, f"kernel text {text_hash()[:12]}"])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
