"""Imports point inwards, as docs/design.md draws it; and core has no clock, disk, network or framework.

The checker takes modules as source text, so that the tests can plant what must be caught before they trust it.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src"

INNER = {"core", "options"}
MIDDLE = {"law", "book", "batch", "letters", "replies", "analytics", "simulation"}
SIBLINGS_ALLOWED = {"batch": {"book"}, "analytics": {"book", "batch"}, "simulation": {"book"}}

MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "options": {"core"},
    **{room: INNER | SIBLINGS_ALLOWED.get(room, set()) for room in MIDDLE},
    "day": INNER | MIDDLE,
    "cli": INNER | MIDDLE | {"day"},
    "web": INNER | MIDDLE | {"day"},
    "__main__": {"cli"},
}

KEPT_INSIDE = {
    "django": {"web"},
    "numba": {"batch", "book", "analytics"},
    "pyarrow": {"batch", "book", "analytics"},
    "duckdb": {"batch", "book", "analytics"},
    "typst": {"letters"},
}

# Parts of the standard library that reach outside what core was handed.
OUTSIDE_CORE = set(
    "asyncio ftplib glob http io logging multiprocessing os pathlib random secrets shutil signal smtplib socket "
    "sqlite3 ssl subprocess tempfile threading time urllib uuid".split()
)
CLOCK_METHODS = {"now", "today", "utcnow"}
DISK_AND_SCREEN = {"open", "print", "input"}


def violations(modules: Mapping[str, str]) -> list[str]:
    """Say what in these modules breaks the plan, one sentence each.

    modules: source text by dotted name; a package is given as `goodstanding.room.__init__`.
    """
    return [
        f"{name}, line {line}: {complaint}"
        for name, source in sorted(modules.items())
        for line, complaint in sorted(_complaints(name, ast.parse(source)))
    ]


def _complaints(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    room = _room(name)
    if room is None:
        return
    if room not in MAY_IMPORT:
        yield 1, f"the plan has no room {room!r}; add it to docs/design.md and to this test"
        return
    for line, imported in _imports(name, tree):
        top = imported.split(".")[0]
        if top == "goodstanding":
            yield from _about_our_own(room, imported, line)
        elif room not in KEPT_INSIDE.get(top, {room}):
            yield line, f"{top} stays inside {', '.join(sorted(KEPT_INSIDE[top]))}"
        elif room == "core" and top not in sys.stdlib_module_names:
            yield line, f"core imports only the standard library, not {top}"
        elif room == "core" and top in OUTSIDE_CORE:
            yield line, f"core has no clock, disk or network, so not {top}"
    if room == "core":
        yield from _reaching_outside(tree)


def _room(name: str) -> str | None:
    """Return the room a module is in; the package's own `__init__` is in none."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] != "__init__" else None


def _about_our_own(room: str, imported: str, line: int) -> Iterator[tuple[int, str]]:
    target = _room(imported)
    if target is not None and target != room and target not in MAY_IMPORT[room]:
        yield line, f"{room} may not import {target}"
    elif target is None and room == "core":
        yield line, "core imports from core only"


def _imports(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    package = name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = [*start, *(node.module or "").split(".")] if node.module else start
            if base == ["goodstanding"]:  # `from goodstanding import book` names a room
                for alias in node.names:
                    yield node.lineno, "goodstanding" if alias.name.startswith("__") else f"goodstanding.{alias.name}"
            else:
                yield node.lineno, ".".join(base)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def _reaching_outside(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_METHODS:
            yield node.lineno, f"core has no clock: take as_of or at instead of {node.func.attr}()"
        elif isinstance(node.func, ast.Name) and node.func.id in DISK_AND_SCREEN:
            yield node.lineno, f"core has no disk or screen: {node.func.id}()"


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def modules_in(source: Path) -> dict[str, str]:
    return {
        ".".join(path.relative_to(source).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in sorted(source.glob("goodstanding/**/*.py"))
    }


@pytest.mark.parametrize(
    ("name", "source", "complaint"),
    [
        ("goodstanding.core.money", "import goodstanding.book.schema", "core may not import book"),
        ("goodstanding.core.money", "from goodstanding import book", "core may not import book"),
        ("goodstanding.core.arrears.assess", "from ...book import schema", "core may not import book"),
        ("goodstanding.core.arrears.__init__", "from ...book import schema", "core may not import book"),
        ("goodstanding.core.money", "def f():\n    from goodstanding.law import loader", "core may not import law"),
        ("goodstanding.core.money", "from goodstanding import __version__", "core imports from core only"),
        ("goodstanding.core.money", "import numpy as np", "core imports only the standard library, not numpy"),
        ("goodstanding.core.money", "import os.path", "core has no clock, disk or network, so not os"),
        ("goodstanding.core.money", "x = date.today()", "core has no clock: take as_of or at instead of today()"),
        ("goodstanding.core.money", "x = open('loans.csv')", "core has no disk or screen: open()"),
        ("goodstanding.core.money", "import django.db", "django stays inside web"),
        ("goodstanding.letters.compose", "from goodstanding.book import read", "letters may not import book"),
        ("goodstanding.book.read", "from goodstanding.batch import kernel", "book may not import batch"),
        ("goodstanding.batch.local", "from ..analytics import cures", "batch may not import analytics"),
        ("goodstanding.simulation.world", "from goodstanding.day import run", "simulation may not import day"),
        ("goodstanding.analytics.cures", "from goodstanding.day import run", "analytics may not import day"),
        ("goodstanding.day.run", "from goodstanding import cli", "day may not import cli"),
        ("goodstanding.day.run", "import pyarrow.parquet as pq", "pyarrow stays inside analytics, batch, book"),
        ("goodstanding.day.run", "import duckdb", "duckdb stays inside analytics, batch, book"),
        ("goodstanding.cli", "import numba", "numba stays inside analytics, batch, book"),
        ("goodstanding.cli", "import typst", "typst stays inside letters"),
        ("goodstanding.cli", "from goodstanding.web import desk", "cli may not import web"),
        ("goodstanding.web.desk", "from goodstanding import cli", "web may not import cli"),
        ("goodstanding.book.read", "importlib.import_module('goodstanding.day')", "book may not import day"),
        ("goodstanding.helpers", "", "the plan has no room 'helpers'; add it to docs/design.md and to this test"),
    ],
)
def test_a_planted_violation_is_caught(name: str, source: str, complaint: str) -> None:
    found = violations({name: source})
    assert [said.split(": ", 1)[1] for said in found] == [complaint]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("goodstanding.__init__", "__version__ = '1'"),
        ("goodstanding.__main__", "from goodstanding.cli import main"),
        ("goodstanding.core.arrears.assess", "from fractions import Fraction\nfrom ..money import Money"),
        ("goodstanding.core.arrears.__init__", "from .assess import assess"),
        ("goodstanding.letters.compose", "import typst\nfrom goodstanding.core.letter import LetterContent"),
        ("goodstanding.batch.local", "import numba, pyarrow\nfrom goodstanding.book import schema"),
        ("goodstanding.analytics.cures", "import duckdb\nfrom goodstanding.batch import local"),
        ("goodstanding.simulation.world", "import numpy\nfrom goodstanding.book import schema"),
        (
            "goodstanding.day.run",
            "from goodstanding import __version__, book, letters\nfrom goodstanding.core import loan",
        ),
        ("goodstanding.cli", "import click\nfrom pathlib import Path\nfrom goodstanding.day import run"),
        ("goodstanding.web.records.models", "import django\nfrom goodstanding.day import run"),
    ],
)
def test_what_the_plan_allows_passes(name: str, source: str) -> None:
    assert violations({name: source}) == []


def test_imports_point_inwards() -> None:
    modules = modules_in(SOURCE)
    assert "goodstanding.__init__" in modules
    assert violations(modules) == []
