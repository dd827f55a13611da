"""Build `.venv` from a lock file, or see at once that it is already built.

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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "goodstanding-stamp.json"
LOCK = ROOT / "requirements" / "dev.lock"
OLDEST_PYTHON = (3, 11)


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        print(
            f"Goodstanding needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.\n"
            "Name another one: make demo PYTHON=python3.12",
            file=sys.stderr,
        )
        return 1
    if _stamp_read() == wanted_stamp():
        return 0
    with _alone():
        return _bring_up_to_date()


def wanted_stamp() -> dict[str, str]:
    """What the environment was built from: a different lock or Python means a new one, a different project a reinstall."""
    return {
        "lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
        "python": f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}",
        "root": str(ROOT),
        "project": _project_hash(),
    }


def _project_hash() -> str:
    import tomllib

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = {key: pyproject.get(key) for key in ("build-system", "project")}
    return hashlib.sha256(json.dumps(installed, sort_keys=True).encode()).hexdigest()


def _bring_up_to_date() -> int:
    wanted, found = wanted_stamp(), _stamp_read()
    if found == wanted:  # somebody else built it while we waited
        return 0
    began = time.monotonic()
    try:
        if found is None or found | {"project": ""} != wanted | {"project": ""}:
            print("Building .venv (first time only; under a minute once the packages are downloaded) …", flush=True)
            shutil.rmtree(VENV, ignore_errors=True)
            # Inside an activated environment, build from the Python that it was made with.
            _run(getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV))
            _pip("install", "--require-hashes", "-r", str(LOCK))
        else:
            print("Installing goodstanding into .venv again, since pyproject.toml changed …", flush=True)
            STAMP.unlink()
        _pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    except subprocess.CalledProcessError as failed:
        print(
            f"Couldn't build .venv: the command above ended with {failed.returncode}. Run make again to retry.",
            file=sys.stderr,
        )
        return 1
    half_written = STAMP.with_suffix(".new")
    half_written.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    half_written.replace(STAMP)
    print(f".venv is ready ({time.monotonic() - began:.0f} s).", flush=True)
    return 0


def _stamp_read() -> dict[str, str] | None:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8")) if python_path().exists() else None
    except (OSError, ValueError):
        return None


def python_path() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _pip(*arguments: str) -> None:
    # Twice quiet: warnings about a machine's own pip settings go, errors stay.
    _run(str(python_path()), "-m", "pip", "-qq", *arguments)


def _run(*command: str) -> None:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    without_caller = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    subprocess.run(command, check=True, env=without_caller | quiet)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows: two builds at once are the caller's to avoid
        yield
        return
    with (ROOT / ".venv.lock").open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next make begins .venv again.")
