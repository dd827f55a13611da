"""Nothing here waits for ever: what doesn't end in time makes its test fail, with what it said until then."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def ending_within(seconds: int, what: str) -> Iterator[None]:
    """Fail when the block takes longer, even while it waits for Java. A block around it keeps its own time."""

    def give_up(*_: Any) -> None:
        pytest.fail(f"{what} didn't end within {seconds} seconds")

    began = time.monotonic()
    before, left = signal.signal(signal.SIGALRM, give_up), signal.alarm(seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.alarm(max(1, left - int(time.monotonic() - began)) if left else 0)


class Child:
    """A Python program in a group of its own, with all that it starts there; what it says goes into a file.

    A pipe would be held open by the Java that it leaves behind.
    """

    def __init__(self, program: str, *given: object, scratch: Path) -> None:
        self._said = scratch / "said.txt"
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program, *map(str, given)],
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """Kill it and what it started, at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def wait_until(self, reached: Callable[[], bool], seconds: int) -> None:
        """Wait for something that it does; fail when it doesn't, or ends before."""
        with self._failing_with_what_it_said(), ending_within(seconds, "What the child should do"):
            while not reached():
                if self._process.poll() is not None:
                    pytest.fail(f"The child ended with {self._process.returncode}")
                time.sleep(0.02)

    def ended(self, seconds: int) -> int:
        """Wait for its end, and return what it ended with; fail when it doesn't come."""
        with self._failing_with_what_it_said(), ending_within(seconds, "The child"):
            return self._process.wait()

    def end(self, seconds: int) -> None:
        """Wait for its end; fail when it doesn't come, or isn't a good one."""
        if ended := self.ended(seconds):
            with self._failing_with_what_it_said():
                pytest.fail(f"The child ended with {ended}")

    @contextmanager
    def _failing_with_what_it_said(self) -> Iterator[None]:
        try:
            yield
        except BaseException as failed:
            if self._process.poll() is None:
                self.kill()
            failed.add_note(f"It had said:\n{self.said()[-10_000:]}")
            raise
