"""A few processes that work through tasks and answer in the order asked; none at all for a small job."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from typing import Self, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_AHEAD = 3
"""Tasks handed out to each process before its first answer is taken: enough to keep it busy, few enough to hold in memory."""


class Workers:
    """count: how many processes; they are started with the first job that isn't done `here`."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def answers(
        self, work: Callable[[Task], Answer], tasks: Iterable[Task], *, here: bool = False
    ) -> Iterator[tuple[Task, Answer]]:
        """Yield each task with its answer, in order. here: in this process, for a job too small to be worth more."""
        if here or self.count < 2:
            yield from ((task, work(task)) for task in tasks)
            return
        # Processes are started afresh: one forked from a program that runs threads may hang.
        self._pool = self._pool or ProcessPoolExecutor(
            self.count, multiprocessing.get_context("spawn"), _end_with_the_parent
        )
        waiting: deque[tuple[Task, Future[Answer]]] = deque()
        for task in tasks:
            waiting.append((task, self._pool.submit(work, task)))
            if len(waiting) >= self.count * _AHEAD:
                first, answer = waiting.popleft()
                yield first, answer.result()
        for task, answer in waiting:
            yield task, answer.result()


def _end_with_the_parent() -> None:
    """A parent that is killed can't tell its processes to end, so each watches for it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent,), daemon=True).start()


def _wait_and_end(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
