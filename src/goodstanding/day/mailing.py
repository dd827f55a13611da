"""The letters that stand for a day, taken from their folder: to the printer, and into the archive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path

from goodstanding.core.letter import LetterRefused
from goodstanding.day.files import alone_in
from goodstanding.day.ledger import Entry, Ledger, standing
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped
from goodstanding.day.workers import Workers
from goodstanding.day.writing import in_day
from goodstanding.letters.archive import Archive, ArchiveError, Kept, kept_of_file, make_again
from goodstanding.letters.attached import NotALetter, attached
from goodstanding.letters.letterhead import Letterhead
from goodstanding.letters.postcode import postcode_of
from goodstanding.letters.print_run import Balance, Piece, Setting, print_run
from goodstanding.letters.typeset import Typesetter

LEDGER = "letters.ledger.jsonl"
FEW_LETTERS = 20
"""Up to so many letters are made again in this process: starting others would take longer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A letter that stands. path: of its PDF. sha256: as the ledger has it."""

    reference: str
    loan_id: str
    letter: str
    path: Path
    sha256: str


def letters_standing(out: Path, as_of: date | None) -> list[Standing]:
    """The letters of a day, or of every day, that nothing took the place of, by reference."""
    path = out / LEDGER
    if not path.is_file():
        raise Stopped(f"{out} has no {LEDGER}: name the folder that `goodstanding run` writes to.")
    entries = [entry for found in standing(Ledger(path).entries).values() for entry in found]
    chosen = [entry for entry in entries if as_of in (None, entry.as_of)]
    return sorted((one for entry in chosen for one in _pages_of(entry, out)), key=lambda one: one.reference)


def _pages_of(entry: Entry, out: Path) -> Iterator[Standing]:
    for path, digest in entry.files.items():
        if path.endswith(".pdf"):
            yield Standing(entry.reference, entry.loan_id, entry.letter, out / in_day(entry.as_of, path), digest)


# -- to the printer -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForPrint:
    """What is asked for. out: the day's folder. to: the run's. inserts: the letters that a sheet goes with."""

    out: Path
    as_of: date
    to: Path
    setting: Setting
    inserts: frozenset[str] = frozenset()


def print_letters(wanted: ForPrint, progress: Progress) -> Balance:
    """Make a print run of a day's letters; `Stopped` and PrintRunError say what stops it."""
    with alone_in(wanted.out):
        letters = letters_standing(wanted.out, wanted.as_of)
        if not letters:
            raise Stopped(f"{wanted.out} has no letters of {wanted.as_of}: run that day first.")
        with progress.stage("Reading letters", len(letters)) as advance:
            pieces = []
            for one in letters:
                pieces.append(_piece(one, wanted.inserts))
                advance(1)
        with progress.stage("Printing", len(pieces)) as advance:
            done = 0

            def tell(so_far: int, _: int) -> None:
                nonlocal done
                advance(so_far - done)
                done = so_far

            return print_run(pieces, wanted.to, wanted.setting, tell)


def _piece(one: Standing, inserts: frozenset[str]) -> Piece:
    try:
        said = json.loads(attached(one.path.read_bytes())[0])
        lines, facts = tuple(said["content"]["recipient"]["lines"]), said["facts"]
        reader = facts["reader"]["person"] if facts.get("reader") else facts["borrower"]
        postcode = postcode_of(tuple(reader.get("address", ())), reader.get("country", ""))
    except OSError as failed:
        raise Stopped(
            f"Letter {one.reference}: {one.path} can't be read ({failed.strerror}): run the day again."
        ) from None
    except (NotALetter, ValueError, KeyError, TypeError) as why:
        raise Stopped(
            f"Letter {one.reference}: {one.path} isn't as it was written ({why}): run the day again."
        ) from None
    return Piece(one.reference, one.loan_id, postcode, lines, one.path, one.sha256, one.letter in inserts)


# -- into the archive -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Archived:
    """How it went. before: letters that were there already. left_out: why some weren't added, a sentence each."""

    added: int = 0
    before: int = 0
    left_out: list[str] = field(default_factory=list)


def archive_letters(
    out: Path, as_of: date | None, folder: Path, letterhead: Letterhead, progress: Progress, *, processes: int = 2
) -> Archived:
    """Put the letters of a day, or of every day, into an archive. Each is made again first, from what would be kept of it.

    A letter that doesn't come out the same is left out, with the reason: its PDF must then be kept itself.
    """
    done = Archived()
    with alone_in(out), alone_in(folder), Workers(processes) as workers:
        archive = Archive(folder)
        known = set(archive.references)
        letters = letters_standing(out, as_of)
        fresh = [one for one in letters if one.reference not in known]
        done.before = len(letters) - len(fresh)
        with progress.stage("Archiving", len(fresh)) as advance:

            def worth_keeping() -> Iterator[Kept]:
                work = partial(checked, letterhead=letterhead)
                for one, found in workers.answers(work, fresh, here=len(fresh) <= FEW_LETTERS):
                    advance(1)
                    if isinstance(found, Kept):
                        yield found
                    else:
                        done.left_out.append(f"Letter {one.reference} ({one.path}): {found}")

            done.added = archive.add(worth_keeping())
    return done


def checked(one: Standing, *, letterhead: Letterhead) -> Kept | str:
    """What is kept of a letter, once the very same file has come out of it; or why it isn't kept."""
    try:
        kept = kept_of_file(one.path.read_bytes(), letterhead)
    except OSError as failed:
        return f"it can't be read ({failed.strerror}): run the day again."
    except ArchiveError as why:
        return f"{why}. Run the day again."
    if kept.sha256 != one.sha256 or kept.reference != one.reference:
        return "it isn't the file that the ledger has: bring it back, or run the day again."
    again = make_again(kept, _typesetter())
    if isinstance(again, LetterRefused):
        return f"it can't be made again ({again.detail}): keep the PDF."
    if not again.is_same:
        return "what is made again isn't the same, since another release or another letterhead made it: keep the PDF."
    return kept


@cache
def _typesetter() -> Typesetter:
    """One for each process: it keeps the fonts."""
    return Typesetter()


@dataclass(frozen=True, slots=True)
class Reprint:
    """A letter made from the archive. changed: why it isn't the one that was sent; nothing: it is, to the byte."""

    pdf: bytes
    changed: tuple[str, ...]


def reprint(reference: str, folder: Path) -> Reprint:
    """Make a letter again; `Stopped` when the archive hasn't it."""
    if not folder.is_dir():
        raise Stopped(f"There is no folder {folder}: name the archive.")
    kept = Archive(folder).find(reference)
    if kept is None:
        raise Stopped(f"{folder} has no letter {reference}: check the reference, or whether its day was archived.")
    again = make_again(kept, _typesetter())
    if isinstance(again, LetterRefused):
        raise Stopped(f"Letter {reference} can't be made again: {again.detail}")
    return Reprint(again.pdf, again.changed)
