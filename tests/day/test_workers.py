"""Workers: answers in order, few tasks ahead, and a process that ends by itself costs one task at most."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from goodstanding.day.stop import Stopped
from goodstanding.day.workers import Workers

DEADLY = 7


def double(number: int) -> int:
    if number == DEADLY:
        os._exit(9)
    return 2 * number


def once_deadly(task: tuple[Path, int]) -> int:
    """Ends its process the first time that anyone works on task 3."""
    mark, number = task
    if number == 3 and not mark.exists():
        mark.touch()
        os._exit(9)
    return number


def test_a_process_that_ends_by_itself_costs_the_task_it_fell_over() -> None:
    with Workers(2) as workers:
        found = list(workers.answers(double, range(20), lost=lambda task: -task))
    assert found == [(task, -task if task == DEADLY else 2 * task) for task in range(20)]


def test_a_process_that_ends_once_costs_nothing(tmp_path: Path) -> None:
    tasks = [(tmp_path / "mark", number) for number in range(12)]
    with Workers(2) as workers:
        assert [answer for _, answer in workers.answers(once_deadly, tasks)] == list(range(12))


def test_work_that_nobody_answers_for_stops_with_a_sentence() -> None:
    with Workers(2) as workers, pytest.raises(Stopped, match="ended by itself twice"):
        list(workers.answers(double, range(20)))


def test_tasks_are_asked_for_only_as_they_are_needed() -> None:
    asked = 0

    def tasks() -> Iterator[int]:
        nonlocal asked
        for asked in range(1, 1001):
            yield 100 + asked

    with Workers(2) as workers:
        answers = workers.answers(double, tasks())
        for taken in range(1, 31):
            assert next(answers) == (100 + taken, 200 + 2 * taken)
            assert asked - taken < 10
