"""run.json: what a day was made from and what came of it; and what a corrected book takes the place of, kept."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from goodstanding import __version__
from goodstanding.day.files import Place, hash_of
from goodstanding.day.ledger import Ledger
from goodstanding.day.lender import LenderFolder
from goodstanding.day.portfolio import Portfolio
from goodstanding.day.writing import in_day, is_whole, letters_of
from goodstanding.law.loader import law_hash

NAME = "run.json"


def inputs_of(lender: LenderFolder, portfolio: Portfolio, limit_letters: int | None, at: datetime) -> dict[str, Any]:
    """Everything that the day's files depend on besides the day itself."""
    return {
        "book": portfolio.content_hash,
        "quarantine": portfolio.quarantine_hash,
        "cut_off": portfolio.cut_off.isoformat(),
        "lender": lender.content_hash,
        "policies": {
            name: hashlib.sha256(repr(policy).encode()).hexdigest() for name, policy in sorted(lender.policies.items())
        },
        "limit_letters": limit_letters,
        "at": at.isoformat(),
        "law": law_hash(),
        "versions": {"goodstanding": __version__} | {name: version(name) for name in ("babel", "pyarrow", "typst")},
    }


def kept_of(place: Place, as_of: date) -> dict[str, Any] | None:
    """What an earlier run of this day left as its last file; None when none came that far."""
    try:
        kept = json.loads((place.root / in_day(as_of, NAME)).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return kept if isinstance(kept, dict) and {"inputs", "files", "revision", "exit_code"} <= kept.keys() else None


def nothing_to_do(kept: Mapping[str, Any], inputs: Mapping[str, Any], place: Place, ledger: Ledger) -> bool:
    """Whether an earlier run of this day had the same inputs, and all that it wrote is there and as it was."""
    as_of = date.fromisoformat(kept["as_of"])
    return (
        kept["inputs"] == inputs
        and all(hash_of(place.root / in_day(as_of, path)) == known for path, known in kept["files"].items())
        and all(is_whole(entry, place) for entry in letters_of(ledger, as_of))
    )


def revision_of(kept: Mapping[str, Any] | None, inputs: Mapping[str, Any]) -> int:
    if kept is None:
        return 1
    return int(kept["revision"]) + (kept["inputs"] != inputs)


def keep_earlier_revision(kept: Mapping[str, Any], place: Place, as_of: date) -> None:
    """Copy the files of an earlier revision aside, all at once, before the first of them is replaced."""
    relative = in_day(as_of, f"superseded/{kept['revision']}")
    if (place.root / relative).exists():
        return
    aside = place.partial / "superseded"
    aside.mkdir()
    for path in (*kept["files"], NAME):
        source = place.root / in_day(as_of, path)
        if source.exists():
            shutil.copyfile(source, aside / Path(path).name)
    place.move_in(aside, relative)


def run_json(kept: Mapping[str, Any]) -> bytes:
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()
