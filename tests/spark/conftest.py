"""One Spark for all tests of this folder, on this machine; its workers find the tests' own classes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goodstanding.batch.spark_session import spark_session
from tests.spark.ending import ending_within

ROOT = Path(__file__).resolve().parents[2]
WORKERS = os.pathsep.join(str(ROOT / folder) for folder in ("src", "."))
SETTINGS = {
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    "spark.executorEnv.PYTHONPATH": WORKERS,
    "spark.sql.session.timeZone": "UTC",
    # Many small tasks of many tests: a machine that is busy answers late.
    "spark.python.authenticate.socketTimeout": "120s",
}
OF_A_TEST = 600
"""Seconds that a test may take, on a machine busy with other things; most take two."""


@pytest.fixture(scope="session", autouse=True)
def workers_find_the_tests() -> Iterator[None]:
    """Before any Java is started: its workers have the environment that it was started in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", WORKERS)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        yield


@pytest.fixture(scope="session")
def spark(workers_find_the_tests: None) -> Iterator[Any]:
    """Two threads, each task tried three times."""
    session_of_all = spark_session("local[2,3]", SETTINGS)
    with ending_within(OF_A_TEST, "Spark's start"):
        session = session_of_all.__enter__()
    yield session
    with ending_within(300, "Spark's end"):
        session_of_all.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def ended_in_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """What Spark still does for a test that was given up would be in the way of the next."""
    try:
        with ending_within(OF_A_TEST, "The test"):
            yield
    finally:
        if "spark" in request.fixturenames:
            request.getfixturevalue("spark").sparkContext.cancelAllJobs()
