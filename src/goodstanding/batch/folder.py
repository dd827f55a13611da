"""A folder of results: what it holds, and that nothing but results is ever put aside in it.

part-000000.parquet …  the results, a file for each piece of the book; quarantine.parquet  what was set aside
instalments-000000.parquet …, drawdowns-000000.parquet …  a row for each of those, where they were asked for
parts.jsonl            which pieces are done, so that a run that was stopped goes on where it was
part-000000.json …     the same of a piece that another process did, until it is written down there
manifest.json          what the results are of, written last: a folder without it isn't finished
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from goodstanding.batch.columns import BatchRefused

MANIFEST, LOG, QUARANTINED = "manifest.json", "parts.jsonl", "quarantine.parquet"

_OURS = re.compile(
    r"((part|set_aside|instalments|drawdowns)-\d{6,}\.parquet|part-\d{6,}\.json|quarantine\.parquet)(\.\w+\.new)?"
    r"|(manifest\.json|parts\.jsonl)\.\w+\.new"
)
_BESIDE = re.compile(r"\.lock|parts\.jsonl\.\w+\.new")
"""What a run may have left in a folder before its first line was written."""


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything else: what lies there would be mixed with results, or lost."""
    if not folder.is_dir() or is_of_results(folder):
        return
    foreign = sorted(child.name for child in folder.iterdir() if not _BESIDE.fullmatch(child.name))
    if foreign:
        raise BatchRefused(f"{folder} isn't a folder of results, it holds {foreign[0]}: name another one, or a new one")


def is_of_results(folder: Path) -> bool:
    """Whether an earlier run wrote its results there, finished or not."""
    return run_of(folder) is not None or "run" in read_manifest(folder)


def run_of(folder: Path) -> str | None:
    """The key of the run that the folder was begun for last."""
    return _first_line(folder / LOG).get("run")


def note_of(folder: Path, place: int) -> Path:
    """Where a process leaves word that a piece is done."""
    return folder / f"part-{place:06}.json"


def notes_in(folder: Path) -> Iterator[Path]:
    return folder.glob("part-*.json")


def read_manifest(folder: Path) -> dict[str, Any]:
    """manifest.json; nothing when there is none, or it isn't one of ours."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def results_in(folder: Path) -> Iterator[Path]:
    """Part files and quarantines, of whatever run, and files that a run stopped on its way to them."""
    return (child for child in folder.iterdir() if _OURS.fullmatch(child.name))


def fresh(path: Path) -> Path:
    """Where a file is written before it is put in place: nowhere that another process would write the same file."""
    return path.with_name(f"{path.name}.{uuid4().hex[:12]}.new")


def put_text(path: Path, text: str) -> None:
    """Write a text whole, or not at all."""
    written = fresh(path)
    written.write_text(text, encoding="utf-8")
    written.replace(path)


def _first_line(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as lines:
            said = json.loads(lines.readline())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
