"""One Spark for all tests of this folder, on this machine; its workers find the tests' own classes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goodstanding.batch.spark_session import spark_session

ROOT = Path(__file__).resolve().parents[2]
WORKERS = os.pathsep.join(str(ROOT / folder) for folder in ("src", "."))
SETTINGS = {
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    "spark.executorEnv.PYTHONPATH": WORKERS,
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
    # Many small tasks of many tests: a machine that is busy answers late.
    "spark.python.authenticate.socketTimeout": "120s",
}


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
    with spark_session("local[2,3]", SETTINGS) as session:
        yield session
