"""What Spark lacks is told before Spark is started, in a sentence: what, where, what is expected, what to do."""

import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from goodstanding.batch.spark_session import NoSpark, check_java, check_master, spark_session

INSTALL_JAVA = (
    "install Java 17 (Debian and Ubuntu: apt-get install openjdk-17-jre-headless), or set JAVA_HOME to where it is"
)


def java_at(folder: Path, says: str, ends_with: int = 0) -> Path:
    """A program called java that tells its version as Java does, on standard error."""
    folder.mkdir(parents=True)
    java = folder / "java"
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {ends_with}\n")
    java.chmod(0o755)
    return java


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which there is nothing, and no JAVA_HOME."""
    path = tmp_path / "nothing"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return path


def told_of_java() -> str:
    with pytest.raises(NoSpark) as told:
        check_java()
    return str(told.value)


def test_without_pyspark_its_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(NoSpark) as told, spark_session("local[2]"):
        pass
    assert str(told.value) == (
        "Spark isn't installed: pip install 'goodstanding[spark]'. On one machine it isn't needed: leave"
        " --engine spark out"
    )


def test_no_java_is_told(nowhere: Path) -> None:
    assert told_of_java() == f"Spark needs Java 17 or later, and there is none on PATH: {INSTALL_JAVA}"


@pytest.mark.parametrize(
    ("says", "version"), [('openjdk version "11.0.28" 2025-07-15', 11), ('java version "1.8.0_461"', 8)]
)
def test_an_older_java_is_told_with_where_it_is(
    says: str, version: int, nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = java_at(tmp_path / "old" / "bin", says)
    expected = f"Spark needs Java 17 or later; {java} is Java {version}: {INSTALL_JAVA}"
    monkeypatch.setenv("PATH", str(java.parent))
    assert told_of_java() == expected
    monkeypatch.setenv("PATH", str(nowhere))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    assert told_of_java() == expected


def test_a_java_home_without_a_java_is_told(nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "moved"
    monkeypatch.setenv("JAVA_HOME", str(home))
    wrong = f"JAVA_HOME is {home}, and {home}/bin/java isn't a Java that runs"
    assert told_of_java() == f"Spark needs Java 17 or later; {wrong}: {INSTALL_JAVA}"
    java_at(home / "bin", "Error: could not open lib/jvm.cfg", ends_with=1)
    assert told_of_java() == f"Spark needs Java 17 or later; {wrong}: {INSTALL_JAVA}"


@pytest.mark.parametrize("says", ['openjdk version "17.0.15" 2025-04-15', 'openjdk version "21" 2023-09-19'])
def test_java_17_and_later_will_do(says: str, nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = java_at(tmp_path / "new" / "bin", says)
    monkeypatch.setenv("PATH", f"{java.parent}{os.pathsep}{nowhere}")
    check_java()
    assert shutil.which("java") == str(java)


def told_of_master(master: str | None) -> str:
    with pytest.raises(NoSpark) as told:
        check_master(master)
    return str(told.value)


@pytest.mark.parametrize("master", ["local", "local[2]", "local[*]", "local[2,3]", "local-cluster[2,1,1024]"])
def test_masters_on_this_machine_will_do(master: str) -> None:
    check_master(master)


def test_what_is_no_master_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_of_master(None) == (
        "no Spark master is named: --master 'local[2]' is this machine with two threads, --master spark://HOST:7077 a"
        " cluster of Spark's own; yarn and k8s://… are known too"
    )
    assert told_of_master("lokal[2]") == (
        '"lokal[2]" isn\'t a Spark master: we know local[N], local-cluster[N,CORES,MB], spark://HOST:PORT, yarn and'
        " k8s://https://HOST:PORT"
    )
    for name in ("HADOOP_CONF_DIR", "YARN_CONF_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert told_of_master("yarn") == (
        "the master yarn is found through Hadoop's own files: set HADOOP_CONF_DIR to the folder with yarn-site.xml"
    )
    monkeypatch.setenv("YARN_CONF_DIR", "/etc/hadoop")
    check_master("yarn")


@pytest.mark.parametrize("kind", ["spark://", "k8s://https://", "k8s://"])
def test_a_master_that_does_not_answer_is_told_with_its_address(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as answering:
        port = answering.getsockname()[1]
        check_master(f"{kind}127.0.0.1:{port}")
    assert told_of_master(f"{kind}127.0.0.1:{port}") == (
        f"no Spark master answers at {kind}127.0.0.1:{port} (127.0.0.1:{port}: Connection refused): start it, or"
        " correct the address"
    )


def test_one_of_several_masters_that_answers_is_enough() -> None:
    with socket.create_server(("127.0.0.1", 0)) as answering, socket.create_server(("127.0.0.1", 0)) as other:
        ports = answering.getsockname()[1], other.getsockname()[1]
        other.close()
        check_master(f"spark://127.0.0.1:{ports[1]},127.0.0.1:{ports[0]}")
