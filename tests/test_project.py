"""The project as files: locks that install anywhere and agree with pyproject.toml, and nothing of one machine in it."""

import re
import subprocess
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("run.lock", "dev.lock", "bench.lock", "hsm.lock", "spark.lock", "pyspark-build.lock")

# In pieces, so that this file doesn't hold what it looks for.
REGISTRY_HOSTS = [
    ".".join(host)
    for host in (
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
        ("debian", "org"),
        ("anaconda", "org"),
    )
]
MACHINE_PATHS = [
    r"(?<![\w.\-/])" + "/" + f"(?:{'|'.join(('wor' + 'k', 'roo' + 't', 'far' + 'm'))})" + r"(?:/|\b(?![\w.\-]))",
    r"(?<![\w.\-/])" + "/" + "(?:home|Users)" + "/" + r"[\w.\-]+",
    r"\b[A-Z]:\\" + r"Users\\",
]
OF_ONE_MACHINE = re.compile("|".join([*map(re.escape, REGISTRY_HOSTS), *MACHINE_PATHS]))


def places_of_one_machine(text: str) -> list[str]:
    """Return every registry host and machine path in a text: they would work at one desk and at no other."""
    return [found.group() for found in OF_ONE_MACHINE.finditer(text)]


@pytest.mark.parametrize(
    "planted",
    [
        "index = https://" + "pypi" + ".org/simple",
        "see files.python" + "hosted.org",
        'path = "/' + 'root/x"',
        "cd /" + "work/main",
        "/" + "home/ann/loans",
        "/" + "Users/ann",
        "C:" + "\\Users\\ann",
    ],
)
def test_a_planted_host_or_path_is_found(planted: str) -> None:
    assert len(places_of_one_machine(planted)) == 1


@pytest.mark.parametrize("fine", ["https://example.org/work/", "src/home/x", "the root/leaf", "and/or", "/workers/1"])
def test_a_harmless_path_is_not_taken_for_a_machines(fine: str) -> None:
    assert places_of_one_machine(fine) == []


def test_tracked_files_name_no_registry_host_and_no_machine_path() -> None:
    found = {
        str(path.relative_to(ROOT)): places
        for path in _tracked()
        if (text := _text(path)) is not None and (places := places_of_one_machine(text))
    }
    assert found == {}


def _tracked() -> Iterable[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address(lock: str) -> None:
    assert "://" not in _lock_text(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_release_has_a_hash(lock: str) -> None:
    releases = re.split(r"(?m)^(?=[a-z0-9])", _lock_text(lock))
    without = [release for release in releases if "==" in release and "--hash=sha256:" not in release]
    assert without == []


def test_what_pyproject_asks_for_is_locked() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = _names(pyproject["project"]["dependencies"])
    groups = {group: _names(asked) for group, asked in pyproject["dependency-groups"].items()}
    build_backend = _names(pyproject["build-system"]["requires"])
    assert (runtime | groups["build"] | build_backend) - set(_locked("run.lock")) == set()
    assert (runtime | groups.pop("bench")) - set(_locked("bench.lock")) == set()
    assert groups.pop("pyspark-build") - set(_locked("pyspark-build.lock")) == set()
    for extra, asked in pyproject["project"]["optional-dependencies"].items():
        assert (runtime | _names(asked) | groups["build"]) - set(_locked(f"{extra}.lock")) == set()
    assert runtime.union(build_backend, *groups.values()) - set(_locked("dev.lock")) == set()


def test_the_locks_agree() -> None:
    run, dev, bench, hsm, spark, builds_spark = map(_locked, LOCKS)
    assert {name: dev.get(name) for name in run} == run
    assert {name: run.get(name, versions) for name, versions in bench.items()} == bench
    assert {name: dev.get(name) for name in hsm} == hsm
    assert {name: dev.get(name, versions) for name, versions in spark.items()} == spark
    assert {name: dev.get(name, versions) for name, versions in builds_spark.items()} == builds_spark


def test_no_locked_package_is_under_the_gpl() -> None:
    licences = {name: _licence(name) for name in _locked("dev.lock") if _is_installed(name)}
    assert "pytest" in licences
    assert {name: said for name, said in licences.items() if re.search(r"GPL|General Public", said)} == {}


def _lock_text(lock: str) -> str:
    return (ROOT / "requirements" / lock).read_text(encoding="utf-8")


def _locked(lock: str) -> dict[str, list[str]]:
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([a-z0-9][a-z0-9.\-]*)==(\S+)", _lock_text(lock)):
        locked.setdefault(name, []).append(version)
    return locked


def _names(asked: Iterable[object]) -> set[str]:
    """Return the canonical names of the requirements; a group that includes another gives none of its own."""
    starts = [re.match(r"[A-Za-z0-9._\-]+", one) for one in asked if isinstance(one, str)]
    return {re.sub(r"[-_.]+", "-", start.group()).lower() for start in starts if start}


def _is_installed(name: str) -> bool:
    return bool(list(metadata.distributions(name=name)))


def _licence(name: str) -> str:
    about = metadata.metadata(name)
    classifiers = [one for one in about.get_all("Classifier", []) if one.startswith("License")]
    # Some put the whole text of every bundled licence here; its first line is the licence.
    declared = [said.partition("\n")[0] for key in ("License-Expression", "License") for said in about.get_all(key, [])]
    return "; ".join([*declared, *classifiers])
