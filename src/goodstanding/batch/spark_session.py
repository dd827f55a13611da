"""A Spark session for a whole book, or a sentence that says what it lacks: PySpark, Java, or a master that answers.

What can be known beforehand is looked at beforehand, since Spark itself tells it on the last of many lines, minutes later.
"""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
"""The oldest Java that Spark 4 runs on; 21 and, since Spark 4.2, 25 do too."""
_MASTER = re.compile(
    r"local(\[(\d+|\*)(,\d+)?\])?|local-cluster\[\d+,\d+,\d+\]|yarn|spark://[^/]+:\d+(,[^/]+:\d+)*|k8s://\S+"
)
_ANSWERS_WITHIN = 10
"""Seconds. Spark itself would try for a minute, and then end with a stack of Java calls."""
_OF_ALL = {"spark.ui.showConsoleProgress": "false"}
"""Progress is told by whoever began the run."""
_OF_ONE_MACHINE = {"spark.ui.enabled": "false"}


class NoSpark(RuntimeError):
    """Spark can't be used: the sentence says what is missing and what to do."""


@contextmanager
def spark_session(master: str | None = None, settings: Mapping[str, str] | None = None) -> Iterator["SparkSession"]:
    """A session, stopped in the end if it was begun here: a notebook's own is used as it is, and goes on.

    master: None under spark-submit, which knows it. settings: Spark's own, by name. NoSpark says what is missing.
    """
    settings = dict(settings or {})
    _check_pyspark()
    if (running := _running()) is not None:
        yield running
        return
    master = master or settings.get("spark.master")
    if master or not _is_submitted():
        check_master(master)
    if not _is_submitted():
        check_java()
    session = _started(master, settings)
    try:
        yield session
    finally:
        session.stop()


def _check_pyspark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        raise NoSpark(
            "Spark isn't installed: pip install 'goodstanding[spark]'. On one machine it isn't needed: leave"
            " --engine spark out"
        )


def _running() -> "SparkSession | None":
    """The session that this process has already."""
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()


def _is_submitted() -> bool:
    """Whether spark-submit, or a notebook, started this program: it has a Java already, and knows its master."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def check_master(master: str | None) -> None:
    """Refuse a master that isn't one, or that doesn't answer."""
    if not master:
        raise NoSpark(
            "no Spark master is named: --master 'local[2]' is this machine with two threads,"
            " --master spark://HOST:7077 a cluster of Spark's own; yarn and k8s://… are known too"
        )
    if not _MASTER.fullmatch(master):
        raise NoSpark(
            f'"{master}" isn\'t a Spark master: we know local[N], local-cluster[N,CORES,MB], spark://HOST:PORT, yarn and'
            " k8s://https://HOST:PORT"
        )
    if master == "yarn" and not (os.environ.get("HADOOP_CONF_DIR") or os.environ.get("YARN_CONF_DIR")):
        raise NoSpark(
            "the master yarn is found through Hadoop's own files: set HADOOP_CONF_DIR to the folder with yarn-site.xml"
        )
    if master.startswith(("spark://", "k8s://")):
        _check_answers(master)


def _addresses(master: str) -> list[tuple[str, int]]:
    """Hosts and ports of a cluster's masters; a port that k8s:// leaves out is that of https."""
    if master.startswith("k8s://"):
        server = urlsplit(master.removeprefix("k8s://"))
        if not server.hostname:
            server = urlsplit(f"https://{master.removeprefix('k8s://')}")
        return [(server.hostname or "", server.port or (80 if server.scheme == "http" else 443))]
    pairs = [address.rpartition(":") for address in master.removeprefix("spark://").split(",")]
    return [(host.strip("[]"), int(port)) for host, _, port in pairs]


def _check_answers(master: str) -> None:
    refusals = []
    for host, port in _addresses(master):
        try:
            socket.create_connection((host, port), timeout=_ANSWERS_WITHIN).close()
            return
        except OSError as failed:
            refusals.append(f"{host}:{port}: {failed.strerror or failed}")
    raise NoSpark(f"no Spark master answers at {master} ({'; '.join(refusals)}): start it, or correct the address")


def check_java() -> None:
    """Refuse a machine without the Java that Spark runs on. It is looked for where Spark will: JAVA_HOME, then PATH."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    what_to_do = (
        f"install Java {JAVA} (Debian and Ubuntu: apt-get install openjdk-{JAVA}-jre-headless), or set JAVA_HOME to"
        " where it is"
    )
    if java is None:
        raise NoSpark(f"Spark needs Java {JAVA} or later, and there is none on PATH: {what_to_do}")
    version = _java_version(java)
    if version is None:
        said = f"JAVA_HOME is {home}, and " if home else ""
        raise NoSpark(f"Spark needs Java {JAVA} or later; {said}{java} isn't a Java that runs: {what_to_do}")
    if version < JAVA:
        raise NoSpark(f"Spark needs Java {JAVA} or later; {java} is Java {version}: {what_to_do}")


def _java_version(java: str) -> int | None:
    """The feature release, as 17; what was called 1.8 is 8."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def _started(master: str | None, settings: Mapping[str, str]) -> "SparkSession":
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("goodstanding")
    if master:
        builder = builder.master(master)
    settings = _OF_ALL | dict(settings)
    if python := settings.get("spark.pyspark.python"):
        # PySpark itself heeds this setting under spark-submit alone.
        os.environ["PYSPARK_PYTHON"] = python
    if (master or "").startswith("local"):
        settings = _OF_ONE_MACHINE | settings
        # Workers are to be of the Python that runs this, not of another that PATH finds first.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (Py4JError, PySparkException) as failed:
        raise NoSpark(f"Spark can't be started at {master}: {first_line(failed)}") from None
    session.sparkContext.setLogLevel("ERROR")
    return session


def first_line(failed: BaseException) -> str:
    """What went wrong, without the calls that led there."""
    java = getattr(failed, "java_exception", None)
    said = str(java.toString()) if java is not None else str(failed)
    return said.strip().splitlines()[0] if said.strip() else type(failed).__name__
