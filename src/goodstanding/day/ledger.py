"""The ledger of letters: which letter was written about which stretch of arrears. Lines are added, never edited.

A line is added only when the letter's files are in their place, so a line that stands can be relied on. A run that was
killed while adding one leaves a torn last line; it is cut off when the ledger is next opened, and the letter is
written again, the same.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from goodstanding.core.party import Role
from goodstanding.day.files import sync_folder
from goodstanding.day.stop import Stopped

LEDGER = "letters.ledger.jsonl"
"""What it is called, in the folder that the days are written to."""

Kind = tuple[str, str, Role, str]
"""A loan, a letter, and who reads it: as what, and who of several."""


class State(StrEnum):
    WRITTEN = "written"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. episode: the due date with which the stretch of arrears began. as_of: the letter's day.

    supersedes: the reference of the letter that this line takes the place of, or withdraws.
    reader: as what the person reads it; person: who of several, by the number in the book, empty for the borrower. pay_by: the day
    that the letter asks for payment by, if it does. rule: by which it was written, in words; lines of before it was kept have none.
    lender: its id. says: SHA-256 of the letter as plain text. files: SHA-256 of each file by its path under the output folder.
    book: the content hash of the book that the letter was written from.
    """

    loan_id: str
    letter: str
    episode: date
    as_of: date
    state: State
    reference: str
    lender: str = ""
    revision: int = 1
    language: str = ""
    supersedes: str | None = None
    says: str = ""
    files: dict[str, str] = field(default_factory=dict)
    book: str = ""
    reader: Role = Role.BORROWER
    person: str = ""
    pay_by: date | None = None
    rule: str = ""

    @property
    def to(self) -> "Kind":
        """What letter it is: about which loan, of which kind, to whom."""
        return self.loan_id, self.letter, self.reader, self.person

    def line(self) -> str:
        keys = {
            "loan_id": self.loan_id,
            "letter": self.letter,
            "episode": self.episode.isoformat(),
            "as_of": self.as_of.isoformat(),
            "state": self.state,
            "reference": self.reference,
            "lender": self.lender,
            "revision": self.revision,
            "language": self.language,
            "supersedes": self.supersedes,
            "says": self.says,
            "files": self.files,
            "book": self.book,
            "reader": self.reader,
            "person": self.person,
            "pay_by": self.pay_by.isoformat() if self.pay_by else None,
            "rule": self.rule,
        }
        return json.dumps(keys, ensure_ascii=False) + "\n"


def entry_from_line(line: str) -> Entry:
    """Read one line; ValueError, KeyError or TypeError when it isn't one."""
    keys = json.loads(line)
    dates = {name: date.fromisoformat(keys[name]) for name in ("episode", "as_of")}
    pay_by = date.fromisoformat(keys["pay_by"]) if keys["pay_by"] else None
    return Entry(**(keys | dates | {"state": State(keys["state"]), "reader": Role(keys["reader"]), "pay_by": pay_by}))


class Ledger:
    """The ledger as a file, and what stands according to it. mends: cut off a torn last line; who only reads leaves it, since
    a day's job may be writing it just now."""

    def __init__(self, path: Path, *, mends: bool = True) -> None:
        self._path, self._mends = path, mends
        self.entries: list[Entry] = []
        self.torn = 0
        self._read()

    def _read(self) -> None:
        if not self._path.exists():
            return
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        lines = content[:whole].decode("utf-8", errors="replace").split("\n")[:-1]
        for number, line in enumerate(lines, start=1):
            try:
                self.entries.append(entry_from_line(line))
            except (ValueError, KeyError, TypeError):
                if number < len(lines):
                    raise Stopped(
                        f"{self._path}, line {number} isn't a line of the ledger: "
                        "bring back the ledger from a copy before any letter is written."
                    ) from None
                whole = content.rfind(b"\n", 0, whole - 1) + 1
        self.torn = len(content) - whole
        if self.torn and self._mends:
            with self._path.open("r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())

    def add(self, entries: Iterable[Entry]) -> None:
        """Add lines and have the disk keep them before going on."""
        added = list(entries)
        if not added:
            return
        with self._path.open("ab") as file:
            file.write("".join(entry.line() for entry in added).encode())
            file.flush()
            os.fsync(file.fileno())
        if not self.entries:
            sync_folder(self._path.parent)
        self.entries.extend(added)


def check_lender(ledger: Ledger, lender: str, out: Path) -> None:
    """Stop when the folder is another lender's: its letters would be taken for ours, and withdrawn."""
    theirs = {entry.lender for entry in ledger.entries} - {lender}
    if theirs:
        raise Stopped(
            f"{out} holds the letters of another lender ({', '.join(sorted(theirs))}, not {lender}): choose another --out."
        )


def standing(entries: Sequence[Entry]) -> dict[Kind, list[Entry]]:
    """Return the letters that nothing took the place of, by loan, letter and reader.

    >>> first = Entry("L1", "formal_overdue", date(2026, 9, 5), date(2026, 11, 23), State.WRITTEN, "R1")
    >>> gone = Entry("L1", "formal_overdue", date(2026, 9, 5), date(2026, 11, 23), State.WITHDRAWN, "R1-W", supersedes="R1")
    >>> standing([first]) == {first.to: [first]}, standing([first, gone])
    (True, {})
    """
    replaced = {entry.supersedes for entry in entries}
    found: dict[Kind, list[Entry]] = {}
    for entry in entries:
        if entry.state is State.WRITTEN and entry.reference not in replaced:
            found.setdefault(entry.to, []).append(entry)
    return found
