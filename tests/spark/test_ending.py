"""The tests' own waits: one that doesn't end fails, and says what the child had said."""

from pathlib import Path

import pytest

from tests.spark.ending import Child, ending_within

TALKS_AND_STAYS = 'import time; print("I am here", flush=True); time.sleep(300)'


def test_a_child_that_does_not_end_is_killed_and_what_it_said_is_told(tmp_path: Path) -> None:
    child = Child(TALKS_AND_STAYS, scratch=tmp_path)
    child.wait_until(lambda: "here" in child.said(), seconds=30)
    with pytest.raises(pytest.fail.Exception, match="didn't end within 1 seconds") as told:
        child.end(seconds=1)
    assert told.value.__notes__ == ["It had said:\nI am here\n"]
    assert child._process.returncode == -9


def test_a_child_that_ends_badly_or_too_early_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="ended with 7"):
        Child("raise SystemExit(7)", scratch=tmp_path).end(seconds=30)
    with pytest.raises(pytest.fail.Exception, match="ended with 0"):
        Child("pass", scratch=tmp_path).wait_until(lambda: False, seconds=30)


def test_a_block_that_takes_too_long_fails() -> None:
    with (
        pytest.raises(pytest.fail.Exception, match="The wait didn't end within 1 seconds"),
        ending_within(1, "The wait"),
    ):
        while True:
            pass


def test_a_wait_within_a_wait_leaves_the_outer_one_its_time() -> None:
    with pytest.raises(pytest.fail.Exception, match="The outer didn't"), ending_within(2, "The outer"):
        with ending_within(60, "The inner"):
            pass
        while True:
            pass
