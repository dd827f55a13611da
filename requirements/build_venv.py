"""Build an environment from its lock files, or see at once that it is already built.

    build_venv.py           .venv, which serves every command but one
    build_venv.py --spark   .venv-spark, for the tests of the Spark engine: half a gigabyte to download

Uses only the standard library and the interpreter it is run with. The stamp is written last, so a build that was
interrupted is begun again. Two builds at the same time wait for each other.
"""

from __future__ import annotations  # so that an older Python gets as far as our message

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Environment:
    """A folder of the project, and the locks installed into it, one step after another."""

    name: str
    steps: tuple[tuple[str, ...], ...]
    takes: str

    @property
    def folder(self) -> Path:
        return ROOT / self.name

    @property
    def stamp(self) -> Path:
        return self.folder / "goodstanding-stamp.json"

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def locks(self) -> list[Path]:
        return [_lock(name) for step in self.steps for name in step]


def _lock(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.lock"


PLAIN = Environment(".venv", (("dev",),), "under a minute once the packages are downloaded")
# PySpark is built from its source, by what the first step installs.
SPARK = Environment(".venv-spark", (("dev", "pyspark-build"), ("spark",)), "some minutes: PySpark is large")


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        print(
            f"Goodstanding needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.\n"
            "Name another one: make demo PYTHON=python3.12",
            file=sys.stderr,
        )
        return 1
    wanted = SPARK if "--spark" in sys.argv[1:] else PLAIN
    if _stamp_read(wanted) == wanted_stamp(wanted):
        return 0
    with _alone(wanted):
        return _bring_up_to_date(wanted)


def wanted_stamp(environment: Environment) -> dict[str, str]:
    """What the environment was built from: a different lock or Python means a new one, a different project a reinstall."""
    return {
        "lock": hashlib.sha256(b"".join(lock.read_bytes() for lock in environment.locks)).hexdigest(),
        "python": f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}",
        "root": str(ROOT),
        "project": _project_hash(),
    }


def _project_hash() -> str:
    import tomllib

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = {key: pyproject.get(key) for key in ("build-system", "project")}
    return hashlib.sha256(json.dumps(installed, sort_keys=True).encode()).hexdigest()


def _bring_up_to_date(environment: Environment) -> int:
    wanted, found = wanted_stamp(environment), _stamp_read(environment)
    if found == wanted:  # somebody else built it while we waited
        return 0
    began, name = time.monotonic(), environment.name
    try:
        if found is None or found | {"project": ""} != wanted | {"project": ""}:
            print(f"Building {name} (first time only; {environment.takes}) …", flush=True)
            shutil.rmtree(environment.folder, ignore_errors=True)
            # Inside an activated environment, build from the Python that it was made with.
            _run(getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(environment.folder))
            for place, step in enumerate(environment.steps):
                locks = [part for name in step for part in ("-r", str(_lock(name)))]
                built_by_it = ["--no-build-isolation"] if place else []
                _pip(environment, "install", "--require-hashes", *built_by_it, *locks)
        else:
            print(f"Installing goodstanding into {name} again, since pyproject.toml changed …", flush=True)
            environment.stamp.unlink()
        _pip(environment, "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    except subprocess.CalledProcessError as failed:
        print(
            f"Couldn't build {name}: the command above ended with {failed.returncode}. Run make again to retry.",
            file=sys.stderr,
        )
        return 1
    half_written = environment.stamp.with_suffix(".new")
    half_written.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    half_written.replace(environment.stamp)
    print(f"{name} is ready ({time.monotonic() - began:.0f} s).", flush=True)
    return 0


def _stamp_read(environment: Environment) -> dict[str, str] | None:
    try:
        return json.loads(environment.stamp.read_text(encoding="utf-8")) if environment.python.exists() else None
    except (OSError, ValueError):
        return None


def _pip(environment: Environment, *arguments: str) -> None:
    # Twice quiet: warnings about a machine's own pip settings go, errors stay.
    _run(str(environment.python), "-m", "pip", "-qq", *arguments)


def _run(*command: str) -> None:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    without_caller = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    subprocess.run(command, check=True, env=without_caller | quiet)


@contextlib.contextmanager
def _alone(environment: Environment) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows: two builds at once are the caller's to avoid
        yield
        return
    with (ROOT / f"{environment.name}.lock").open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next make begins again.")
