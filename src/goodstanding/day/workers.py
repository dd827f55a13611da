"""A few processes that work through tasks and answer in the order asked; none at all for a small job."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_AHEAD = 3
"""Tasks handed out to each process before its first answer is taken: enough to keep it busy, few enough to hold in memory."""


class Workers:
    """count: 1 works in this process."""

    def __init__(self, count: int) -> None:
        self.count = count
        # Processes are started afresh: one forked from a program that runs threads may hang.
        self._pool = (
            ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _end_with_the_parent) if count > 1 else None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def answers(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
        if self._pool is None:
            yield from map(work, tasks)
            return
        waiting: deque[Future[Answer]] = deque()
        for task in tasks:
            waiting.append(self._pool.submit(work, task))
            if len(waiting) >= self.count * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _end_with_the_parent() -> None:
    """A parent that is killed can't tell its processes to end, so each watches for it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
