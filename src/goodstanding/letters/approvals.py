"""Who approved which words. An approval is of the very sentences: it names their hash, and a change undoes it.

`approvals.toml` stands in the lender's wording folder, because the lender answers for what it sends. What nobody has
approved is said to be so, wherever it is shown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from goodstanding.core import reading
from goodstanding.core.party import LANGUAGES, Role

FILE = "approvals.toml"


class ApprovalsError(ValueError):
    """A file of approvals that can't be used; says which file, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Approval:
    """hash: SHA-256 of the sentences, in hexadecimal, as `goodstanding letters wording` prints it."""

    letter: str
    language: str
    role: Role
    hash: str
    approved_by: str
    approved_on: date

    def line(self) -> str:
        """As it stands in the file."""
        return (
            f'\n[[approved]]\nletter = "{self.letter}"\nlanguage = "{self.language}"\nrole = "{self.role}"\n'
            f'hash = "{self.hash}"\napproved_by = {_quoted(self.approved_by)}\napproved_on = {self.approved_on}\n'
        )


def approvals(wording: Path | None) -> tuple[Approval, ...]:
    """The approvals in a lender's wording folder, oldest first; none where there is no file."""
    path = wording / FILE if wording is not None else None
    if path is None or not path.exists():
        return ()
    return _read(path, path.stat().st_mtime_ns)


def approval_of(hash_of_sentences: str, wording: Path | None) -> Approval | None:
    """The latest approval of these very sentences."""
    return next((one for one in reversed(approvals(wording)) if one.hash == hash_of_sentences), None)


@lru_cache(maxsize=8)
def _read(path: Path, changed_at: int) -> tuple[Approval, ...]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        keys = reading.read_keys(data, {"approved": reading.list_of(_approval)})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, reading.BadValue) as problem:
        raise ApprovalsError(f"{path}: {problem}") from None
    return tuple(keys.get("approved", ()))


def _approval(value: object) -> Approval:
    readers: Mapping[str, reading.Reader] = {
        "letter": reading.filled_text,
        "language": _language,
        "role": reading.choice(Role),
        "hash": reading.filled_text,
        "approved_by": reading.filled_text,
        "approved_on": reading.day,
    }
    keys: dict[str, Any] = reading.read_keys(value, readers, required=tuple(readers))
    return Approval(**keys)


def _language(value: object) -> str:
    if value not in LANGUAGES:
        raise reading.BadValue(f"{value!r} isn't one of {', '.join(LANGUAGES)}")
    return str(value)


def _quoted(text: str) -> str:
    """Text as TOML writes it, on one line."""
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
