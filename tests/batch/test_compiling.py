"""Where compiled code is kept, and who compiles it: tried on a function that takes a moment, in processes of their own."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from numba import types

from goodstanding.batch import compiling
from goodstanding.batch.warm import COMPILING, main, modules, warm

MODULE = """
from numba import types
from goodstanding.batch.compiling import entry

@entry(types.int64(types.int64))
def assess_columns(count):
    total = 0
    for one in range(count):
        total += one * one % 7
    return total
"""
SAID = (
    "import json, tiny; before = tiny.assess_columns.is_compiled; found = tiny.assess_columns(9);"
    "stats = tiny.assess_columns.compiled().stats; assert not before;"
    "print(json.dumps([found, sum(stats.cache_misses.values()), sum(stats.cache_hits.values())]))"
)
MISSED, HIT = [15, 1, 0], [15, 0, 1]


def begin(folder: Path, cache: Path, **environment: str) -> "subprocess.Popen[str]":
    """Start a process that has the function in a folder of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "tiny.py").write_text(MODULE, encoding="utf-8")
    source = Path(compiling.__file__).parents[2]
    settings = {"PYTHONPATH": os.pathsep.join([str(source), str(folder)]), "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-c", SAID], env=os.environ | settings | environment, stdout=subprocess.PIPE, text=True
    )


def said(process: "subprocess.Popen[str]") -> list[int]:
    printed, _ = process.communicate()
    assert process.returncode == 0
    found: list[int] = json.loads(printed)
    return found


def test_what_was_compiled_in_one_place_serves_an_install_in_another(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert said(begin(tmp_path / "here", cache)) == MISSED
    cache.rename(tmp_path / "copied")
    assert said(begin(tmp_path / "there", tmp_path / "copied")) == HIT


def test_processes_that_start_together_compile_once(tmp_path: Path) -> None:
    processes = [begin(tmp_path / f"worker{n}", tmp_path / "cache") for n in range(4)]
    assert sorted(map(said, processes)) == sorted([MISSED, HIT, HIT, HIT])


def test_code_for_one_kind_of_processor_is_not_given_to_another(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert said(begin(tmp_path / "here", cache)) == MISSED
    assert said(begin(tmp_path / "here", cache, NUMBA_CPU_NAME="generic")) == MISSED
    assert said(begin(tmp_path / "here", cache, NUMBA_CPU_NAME="generic")) == HIT
    assert len(list(cache.rglob("*.nbc"))) == 2


def test_another_text_of_the_kernel_has_another_folder_in_the_same_cache(tmp_path: Path) -> None:
    package = tmp_path / "goodstanding" / "batch"
    for name in ("__init__", *compiling.PARTS):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / f"{name}.py").write_bytes((Path(compiling.__file__).parent / f"{name}.py").read_bytes())
    (package.parent / "__init__.py").write_text("")
    (package / "stepping" / "moves.py").write_text("# another rule\n", encoding="utf-8")
    program = "from goodstanding.batch import compiling; print(compiling.cache_folder())"
    other = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    folder = Path(other.stdout.strip())
    assert folder.parent == tmp_path / "cache" and folder.name != compiling.cache_folder().name


def test_every_module_with_a_part_of_the_kernel_is_among_those_whose_text_counts() -> None:
    folder = Path(compiling.__file__).parent
    compiled = {
        path.relative_to(folder).with_suffix("").as_posix()
        for path in folder.rglob("*.py")
        if "\n@part\n" in path.read_text(encoding="utf-8")
    }
    assert compiled and compiled <= set(compiling.PARTS)
    assert all((folder / f"{name}.py").is_file() for name in compiling.PARTS)


@contextmanager
def unwritable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a disk that is read-only: the compiler tries a folder by a file in it."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as disk:
        disk.setattr(tempfile, "TemporaryFile", refuse)
        yield


def test_a_cache_that_may_only_be_read_is_taken_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    with unwritable(monkeypatch):
        compiled = tiny().compiled()
        assert (compiled(2), list(tmp_path.rglob("*.nbc"))) == (3, [])
    tiny().compiled()
    with unwritable(monkeypatch):
        loaded = tiny().compiled()
        assert (loaded(2), sum(loaded.stats.cache_hits.values())) == (3, 1)


def assess_columns(number: int) -> int:
    return number + 1


def tiny() -> compiling.Entry:
    return compiling.entry(types.int64(types.int64))(assess_columns)


def test_compiling_is_told_of_before_it_begins_and_not_when_the_cache_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a function that is compiled at once, in the places of the kernel's."""
    told: list[tuple[str, bool]] = []

    def started() -> compiling.Entry:
        """A process begins, in which nothing was called yet."""
        one = tiny()
        for module in modules(prices=True, offers=True):
            for name in [name for name, value in vars(module).items() if isinstance(value, compiling.Entry)]:
                monkeypatch.setattr(module, name, one)
        return one

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        told.append((name, one.is_compiled))
        yield

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    one = started()
    assert warm(stage) and one.is_compiled
    assert told == [(COMPILING, False)]
    assert not warm(stage)
    one = started()
    assert not warm(stage) and len(told) == 1
    main()
    assert capsys.readouterr().out == f"Nothing to do: it is kept in {compiling.cache_folder()}.\n"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "other"))
    started()
    main()
    assert capsys.readouterr().out == f"{COMPILING} …\nCompiled, and kept in {compiling.cache_folder()}.\n"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "third"))
    started()
    with unwritable(monkeypatch):
        main()
    said = capsys.readouterr().out
    assert said.startswith(f"Compiling the arrears engine, which can't be kept in {tmp_path}/third/")
    assert said.endswith("Set NUMBA_CACHE_DIR to a folder that can be written.\n")
