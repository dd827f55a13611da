"""Where compiled code is kept, and who compiles it: tried on a function that takes a moment, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from goodstanding.batch import compiling

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
    "import json, tiny; stats = tiny.assess_columns.stats;"
    "print(json.dumps([tiny.assess_columns(9), sum(stats.cache_misses.values()), sum(stats.cache_hits.values())]))"
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
    package.mkdir(parents=True)
    for name in ("__init__", *compiling.PARTS):
        (package / f"{name}.py").write_bytes((Path(compiling.__file__).parent / f"{name}.py").read_bytes())
    (package.parent / "__init__.py").write_text("")
    (package / "stepping.py").write_text("# another rule\n", encoding="utf-8")
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
