"""What a job says while it works: to a person at a terminal, into a log, or to nobody."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

Advance = Callable[[int], None]


class Progress(Protocol):
    """stage: a part of the work, with how much there is when that is known; the caller says what is done of it."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[Advance]: ...


class Silent:
    """For machines and tests."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[Advance]:
        return nullcontext(lambda done: None)


class Lines:
    """A plain line when a stage begins and one when it has ended, for logs."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        self._say(f"{name} …")
        done = 0

        def advance(more: int) -> None:
            nonlocal done
            done += more

        yield advance
        if done:
            self._say(f"{name}: {done:,}")


class Bars:
    """A bar for each stage, on a terminal."""

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with RichProgress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(f"{name:<22}", total=total)
            yield lambda done: bar.advance(task, done)
            bar.update(task, total=bar.tasks[0].completed)
