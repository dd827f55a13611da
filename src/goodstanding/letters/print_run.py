"""A print run: letters gathered for a printer, in order of postcode, with marks that an inserter reads.

Each container is one PDF of so many letters. A letter begins on the front of a sheet. On the front of each sheet, at the left
edge, stand marks (OMR) that say where a letter ends, whether something goes into its envelope, and that no sheet is missing.
The manifest says of every letter where it lies; the balance says that letters, sheets and pages add up, or the run isn't
given out. A run that was stopped goes on at the container where it was.
"""

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MM = 72 / 25.4
MARK_LEFT, MARK_TOP, MARK_APART, MARK_LENGTH, MARK_THICK = 6 * MM, 105 * MM, 25.4 / 6 * MM, 7 * MM, 0.6 * MM
SEQUENCE_BITS = 3
LOG, MANIFEST, BALANCE = "containers.jsonl", "manifest", "balance.json"

Progress = Callable[[int, int], None]
"""Told after each container: letters done, letters in all."""


class PrintRunError(ValueError):
    """A run that can't be made: the sentence says which letter or file, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A letter to print. sha256: of its file, as the ledger has it. insert: whether a sheet goes into its envelope with it."""

    reference: str
    loan_id: str
    postcode: str
    address: tuple[str, ...]
    path: Path
    sha256: str
    insert: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run is printed. marks: whether sheets get marks for an inserter."""

    letters_a_container: int = 500
    duplex: bool = True
    marks: bool = True


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a letter lies. first_page: in its container, from 1. pages: its own; sheets: of paper."""

    container: str
    place: int
    reference: str
    loan_id: str
    postcode: str
    address: tuple[str, ...]
    first_page: int
    pages: int
    sheets: int
    insert: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Balance:
    """Letters ordered, in the manifest and in the containers; pages as counted letter by letter, and in the files."""

    letters_ordered: int
    letters_in_manifest: int
    containers: int
    sheets: int
    pages_of_letters: int
    blank_pages: int
    pages_in_containers: int
    inserts: int

    @property
    def adds_up(self) -> bool:
        return (
            self.letters_ordered == self.letters_in_manifest
            and self.pages_of_letters + self.blank_pages == self.pages_in_containers
        )


def print_run(
    pieces: Sequence[Piece], folder: Path, setting: Setting | None = None, progress: Progress | None = None
) -> Balance:
    """Make the containers, manifest and balance of a run in a folder; PrintRunError says what stops it.

    The same letters and setting are taken up where they were; a folder with another run in it is refused.
    """
    setting = setting or Setting()
    ordered = sorted(pieces, key=lambda one: (one.postcode == "", one.postcode, one.reference))
    if not ordered:
        raise PrintRunError("there are no letters to print")
    if len({one.reference for one in ordered}) != len(ordered):
        raise PrintRunError("a letter is in the run twice: look at its reference in the ledger")
    log = _Log(folder, _key(ordered, setting))
    step = setting.letters_a_container
    for number, start in enumerate(range(0, len(ordered), step), start=1):
        name = f"letters-{number:06}.pdf"
        if not log.has(name):
            content, printed = _container(name, ordered[start : start + step], setting)
            log.add(name, content, printed)
        if progress is not None:
            progress(min(start + step, len(ordered)), len(ordered))
    balance = _balance(ordered, log, setting)
    _write_manifest(folder, log.printed, balance)
    if not balance.adds_up:
        raise PrintRunError(
            f"the run doesn't add up ({folder / BALANCE} shows how): print nothing of it, and report this."
        )
    return balance


# -- a container ----------------------------------------------------------------------------------------------------


def _container(name: str, pieces: Sequence[Piece], setting: Setting) -> tuple[bytes, list[Printed]]:
    target, printed = pdfium.PdfDocument.new(), list[Printed]()
    sheet_in_run = 0
    for place, piece in enumerate(pieces, start=1):
        source = _opened(piece)
        first, pages = len(target), len(source)
        target.import_pages(source)
        source.close()
        if setting.duplex and pages % 2:
            size = target[first].get_size()
            target.new_page(*size)
        sheets = _sheets(pages, setting)
        if setting.marks:
            for sheet in range(sheets):
                marks = omr_marks(is_last=sheet + 1 == sheets, insert=piece.insert, sequence=sheet_in_run + sheet)
                _draw(target[first + sheet * (2 if setting.duplex else 1)], marks)
        sheet_in_run += sheets
        printed.append(
            Printed(
                name,
                place,
                piece.reference,
                piece.loan_id,
                piece.postcode,
                piece.address,
                first + 1,
                pages,
                sheets,
                piece.insert,
                piece.sha256,
            )
        )
    out = io.BytesIO()
    target.save(out)
    target.close()
    return out.getvalue(), printed


def _sheets(pages: int, setting: Setting) -> int:
    return (pages + 1) // 2 if setting.duplex else pages


def _opened(piece: Piece) -> Any:
    """A letter's file, once it is found to be the very one that the ledger has."""
    try:
        data = piece.path.read_bytes()
    except OSError as failed:
        raise PrintRunError(
            f"letter {piece.reference}: {piece.path} can't be read ({failed.strerror}): run the day again."
        ) from None
    if hashlib.sha256(data).hexdigest() != piece.sha256:
        raise PrintRunError(
            f"letter {piece.reference}: {piece.path} isn't the file that the ledger has: bring it back, or run the day again."
        )
    return pdfium.PdfDocument(data)


def omr_marks(*, is_last: bool, insert: bool, sequence: int) -> tuple[bool, ...]:
    """Which marks a sheet has, from the top: start, end of letter, insert, sequence (4, 2, 1), parity.

    The start is always there, and the count of marks is always even, so that a mark lost or added is noticed.

    >>> omr_marks(is_last=True, insert=False, sequence=5)
    (True, True, False, True, False, True, False)
    """
    bits = tuple(bool(sequence >> bit & 1) for bit in reversed(range(SEQUENCE_BITS)))
    marks = (True, is_last, insert, *bits)
    return (*marks, sum(marks) % 2 == 1)


def _draw(page: Any, marks: Sequence[bool]) -> None:
    height = page.get_height()
    for place, is_there in enumerate(marks):
        if is_there:
            bottom = height - MARK_TOP - place * MARK_APART
            mark = pdfium_c.FPDFPageObj_CreateNewRect(MARK_LEFT, bottom, MARK_LENGTH, MARK_THICK)
            pdfium_c.FPDFPageObj_SetFillColor(mark, 0, 0, 0, 255)
            pdfium_c.FPDFPath_SetDrawMode(mark, pdfium_c.FPDF_FILLMODE_ALTERNATE, False)
            pdfium_c.FPDFPage_InsertObject(page, mark)
    pdfium_c.FPDFPage_GenerateContent(page)


# -- what was done --------------------------------------------------------------------------------------------------


class _Log:
    """Which containers are done: each is a line, added when its file is in place."""

    def __init__(self, folder: Path, key: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._path = folder, folder / LOG
        self.printed: list[Printed] = []
        self._done: dict[str, str] = {}
        lines = _whole_lines(self._path)
        if not lines:
            if any(folder.iterdir()):
                raise PrintRunError(f"{folder} holds something else: name a new folder for the run.")
            self._append({"run": key})
        elif json.loads(lines[0]).get("run") != key:
            raise PrintRunError(f"{folder} holds another run, of other letters or another setting: name a new folder.")
        for line in lines[1:]:
            said = json.loads(line)
            path = folder / said["container"]
            if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == said["sha256"]:
                self._done[said["container"]] = said["sha256"]
                self.printed += [Printed(**{**one, "address": tuple(one["address"])}) for one in said["letters"]]

    def has(self, name: str) -> bool:
        return name in self._done

    def add(self, name: str, content: bytes, printed: Sequence[Printed]) -> None:
        _put(self._folder / name, content)
        digest = hashlib.sha256(content).hexdigest()
        self._append({"container": name, "sha256": digest, "letters": [asdict(one) for one in printed]})
        self._done[name] = digest
        self.printed += printed

    def files(self) -> Iterator[tuple[Path, str]]:
        for name, digest in self._done.items():
            yield self._folder / name, digest

    def _append(self, said: dict[str, Any]) -> None:
        with self._path.open("ab") as file:
            file.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _whole_lines(path: Path) -> list[str]:
    """The lines of a log; a last one that was torn is cut off."""
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        os.truncate(path, whole)
    return data[:whole].decode().split("\n")[:-1]


def _balance(ordered: Sequence[Piece], log: _Log, setting: Setting) -> Balance:
    pages = 0
    for path, _ in log.files():
        document = pdfium.PdfDocument(path)
        pages += len(document)
        document.close()
    own = sum(one.pages for one in log.printed)
    blank = sum(one.sheets * 2 - one.pages for one in log.printed) if setting.duplex else 0
    return Balance(
        letters_ordered=len(ordered),
        letters_in_manifest=len({one.reference for one in log.printed}),
        containers=len(list(log.files())),
        sheets=sum(one.sheets for one in log.printed),
        pages_of_letters=own,
        blank_pages=blank,
        pages_in_containers=pages,
        inserts=sum(one.insert for one in log.printed),
    )


def _write_manifest(folder: Path, printed: Sequence[Printed], balance: Balance) -> None:
    rows = sorted((asdict(one) for one in printed), key=lambda row: (row["container"], row["place"]))
    _put(folder / f"{MANIFEST}.json", json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, "address": " / ".join(row["address"])} for row in rows)
    _put(folder / f"{MANIFEST}.csv", text.getvalue().encode("utf-8-sig"))
    said = {**asdict(balance), "adds_up": balance.adds_up}
    _put(folder / BALANCE, json.dumps(said, indent=1).encode() + b"\n")


def _put(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _key(ordered: Sequence[Piece], setting: Setting) -> str:
    said = [
        asdict(setting),
        *([one.reference, one.sha256, one.postcode, list(one.address), one.insert] for one in ordered),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
