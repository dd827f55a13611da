"""A few processes that work through tasks and answer in the order asked; none at all for a small job."""

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Self, TypeVar

from goodstanding.day.stop import Stopped

Task = TypeVar("Task")
Answer = TypeVar("Answer")

SECONDS_TO_END = 5
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
        self._end_pool()

    def answers(
        self,
        work: Callable[[Task], Answer],
        tasks: Iterable[Task],
        *,
        here: bool = False,
        lost: Callable[[Task], Answer] | None = None,
    ) -> Iterator[tuple[Task, Answer]]:
        """Yield each task with its answer, in order. here: in this process, for a job too small to be worth more.

        A process that ends by itself, for lack of memory or by a fault beneath Python, costs at most the task that it fell over
        twice: lost answers for it; without, `Stopped` says so.
        """
        if here or self.count < 2:
            yield from ((task, work(task)) for task in tasks)
            return
        waiting: deque[tuple[Task, Future[Answer]]] = deque()
        for task in tasks:
            waiting.append((task, self._handed_out(work, task)))
            if len(waiting) >= self.count * _AHEAD:
                yield waiting[0][0], self._first(waiting, work, lost)
        while waiting:
            yield waiting[0][0], self._first(waiting, work, lost)

    def _handed_out(self, work: Callable[[Task], Answer], task: Task) -> Future[Answer]:
        # Processes are started afresh: one forked from a program that runs threads may hang.
        self._pool = self._pool or ProcessPoolExecutor(self.count, multiprocessing.get_context("spawn"), _begin)
        try:
            return self._pool.submit(work, task)
        except BrokenProcessPool as broken:
            none = Future[Answer]()
            none.set_exception(broken)
            return none

    def _first(
        self,
        waiting: deque[tuple[Task, Future[Answer]]],
        work: Callable[[Task], Answer],
        lost: Callable[[Task], Answer] | None,
    ) -> Answer:
        """The answer to the task that waits longest. If a process has ended, that task is tried by itself, and the others again."""
        task, future = waiting.popleft()
        try:
            return future.result()
        except BrokenProcessPool:
            self._end_pool()
        try:
            return self._handed_out(work, task).result()
        except BrokenProcessPool:
            self._end_pool()
            if lost is None:
                raise Stopped(
                    "A process ended by itself twice over the same work, perhaps for lack of memory: run it again with more."
                ) from None
            return lost(task)
        finally:
            again = [(one, answer if _is_answered(answer) else self._handed_out(work, one)) for one, answer in waiting]
            waiting.clear()
            waiting.extend(again)

    def _end_pool(self) -> None:
        """Give up the pool. Its processes are told to end rather than waited for: nobody wants their answers any more, and a pool
        that is shut down while work is on its way to them can wait for ever."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
                process.join(SECONDS_TO_END)
                if process.is_alive():
                    process.kill()
        self._pool = None


def _is_answered(future: Future[Answer]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


SELDOM = 20_000
"""New objects after which the collector of cycles looks, rather than 700: a letter is made of many, and they go without it. Asked
so often, it takes a tenth of a letter's time."""


def _begin() -> None:
    """One thread for Typst in each process, since the processes are as many as there is work for. A parent that is killed can't
    tell its processes to end, so each watches for it."""
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent,), daemon=True).start()


def _wait_and_end(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
