"""Killed half-way and run again, a day ends with the same files, whatever the moment; two runs don't meet."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from goodstanding.day.files import Place, alone_in
from goodstanding.day.stop import Stopped
from tests.day.books import CUT_OFF, LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, SAMPLE, Run, tree

ROWS = [Row("L-GOOD", PAID_UP), Row("L-ONE", LATE_ONE), Row("L-TWO", LATE_TWO, language="en")]
GUARANTOR = "L-ONE,B-L-GOOD,guarantor,joint"
CORRECTED = [ROWS[0], replace(ROWS[1], paid=PAID_UP), replace(ROWS[2], paid=6), Row("L-NEW", LATE_ONE)]


class Killed(BaseException):
    """The process ends here, as far as what it leaves on the disk goes."""


@contextmanager
def killed_at(moment: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """End the run at its n-th step on the disk: before a file is kept (fsync), or before it is moved (replace)."""
    taken = [0]

    def counted(step: Callable[..., object]) -> Callable[..., object]:
        def take(*args: object) -> object:
            taken[0] += 1
            if taken[0] == moment:
                raise Killed
            return step(*args)

        return take

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", counted(os.fsync))
        patched.setattr(Path, "replace", counted(Path.replace))
        patched.setattr(Place, "end", lambda place: None)
        yield taken


def test_killed_at_any_step_and_run_again_it_ends_with_the_same_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from goodstanding.book.convert import import_files

    for name, rows in (("book", ROWS), ("corrected_book", CORRECTED)):
        files = write_files(tmp_path / f"{name} files", rows)
        (files / "parties.csv").write_text(f"loan_id,borrower_id,role,guarantee\n{GUARANTOR}", encoding="utf-8")
        import_files(files, tmp_path / name)
    with killed_at(0, monkeypatch) as steps:
        run(tmp_path / "book", lender=SAMPLE, out=tmp_path / "whole")
    first = tree(tmp_path / "whole")
    with killed_at(0, monkeypatch) as more_steps:
        run(tmp_path / "corrected_book", lender=SAMPLE, out=tmp_path / "whole")
    second = tree(tmp_path / "whole")
    assert (steps[0], more_steps[0]) > (20, 20)
    for moment in range(1, steps[0] + 1):
        out = tmp_path / f"first-{moment}"
        with pytest.raises(Killed), killed_at(moment, monkeypatch):
            run(tmp_path / "book", lender=SAMPLE, out=out)
        run(tmp_path / "book", lender=SAMPLE, out=out)
        assert tree(out) == first, f"killed at step {moment}"
    for moment in range(1, more_steps[0] + 1):
        out = tmp_path / f"second-{moment}"
        shutil.copytree(tmp_path / "first-1", out)
        with pytest.raises(Killed), killed_at(moment, monkeypatch):
            run(tmp_path / "corrected_book", lender=SAMPLE, out=out)
        run(tmp_path / "corrected_book", lender=SAMPLE, out=out)
        assert tree(out) == second, f"killed at step {moment} of the correction"


def started(book: Path, out: Path) -> subprocess.Popen[bytes]:
    command = ["run", "--book", str(book), "--as-of", CUT_OFF.isoformat(), "--lender", str(LENDER), "--out", str(out)]
    return subprocess.Popen(
        [sys.executable, "-c", "from goodstanding.cli import main; main()", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_for_good_at_random_moments_it_ends_with_the_same_files(tmp_path: Path) -> None:
    book = write_files(tmp_path / "files", [Row(f"L-{number:02}", LATE_ONE) for number in range(24)])
    began = time.monotonic()
    with started(book, tmp_path / "whole") as whole:
        assert whole.wait() == 0
    took = time.monotonic() - began
    dice, out = random.Random(20261123), tmp_path / "out"
    for _ in range(3):
        with started(book, out) as run:
            time.sleep(dice.uniform(0.3, 1.0) * took)
            run.send_signal(signal.SIGKILL)
    with started(book, out) as last:
        assert last.wait() == 0
    assert tree(out) == tree(tmp_path / "whole")


def test_two_runs_at_once_on_the_same_folder_do_not_meet(run: Run, tmp_path: Path) -> None:
    book, out = write_files(tmp_path / "files", ROWS), tmp_path / "out"
    with alone_in(out), pytest.raises(Stopped) as stopped:
        run(book)
    assert str(stopped.value) == (
        f"Another run (process {os.getpid()}) is writing to {out}: wait until it has ended, or choose another --out."
    )
    assert run(book).letters_written == 2
