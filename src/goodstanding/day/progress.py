"""What a job says while it works: to a person at a terminal, into a log, or to nobody."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
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
    """A plain line when a stage begins, and now and then while it lasts, for logs."""

    def __init__(self, say: Callable[[str], None], *, seconds_between: float = 10) -> None:
        self._say, self._seconds_between = say, seconds_between

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        self._say(f"{name} …")
        done, said_at = 0, time.monotonic()

        def advance(more: int) -> None:
            nonlocal done, said_at
            done += more
            if total and time.monotonic() - said_at >= self._seconds_between:
                said_at = time.monotonic()
                self._say(f"{name}: {100 * done // total} %")

        yield advance


class Bars:
    """A bar for each stage, on a terminal."""

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
        with RichProgress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(f"{name:<22}", total=total)
            yield lambda done: bar.advance(task, done)
            bar.update(task, total=bar.tasks[0].completed)


@contextmanager
def stage_by_stage(progress: Progress) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function to be told (name, done, total): a stage begins whenever the name is another."""
    with ExitStack() as stage:
        at, reached = "", 0
        advance: Advance | None = None

        def tell(name: str, done: int, total: int) -> None:
            nonlocal at, reached, advance
            if name != at or advance is None:
                stage.close()
                at, reached, advance = name, 0, stage.enter_context(progress.stage(name.capitalize(), total))
            advance(done - reached)
            reached = done

        yield tell
