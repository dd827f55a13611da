"""Files that are either whole or not there: written beside their place, then moved into it; one run at a time.

What fails for a reason a person can mend (no room, no permission) stops the job with a sentence that says so.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from goodstanding.day.stop import Stopped

_SENTENCES = {
    errno.ENOSPC: "{path} can't be written: the disk is full. Make room and run again; what is finished stays.",
    errno.EDQUOT: "{path} can't be written: your share of the disk is used up. Make room and run again.",
    errno.EFBIG: "{path} can't be written: it would be larger than the system allows.",
    errno.EACCES: "{path} can't be opened: permission denied. Ask for permission, or choose another place.",
    errno.EPERM: "{path} can't be opened: permission denied. Ask for permission, or choose another place.",
    errno.EROFS: "{path} can't be written: the disk is read-only. Choose another --out.",
    errno.ENOTDIR: "{path} can't be written: part of it is a file where a folder should be. Choose another --out.",
    errno.EEXIST: "{path} can't be written: there is a file where a folder should be. Choose another --out.",
}


@contextlib.contextmanager
def failures_explained(path: Path) -> Iterator[None]:
    """Turn what the system refuses into a sentence. path: what is named when the system names none."""
    try:
        yield
    except OSError as failed:
        raise Stopped(sentence_of(failed, path)) from failed


def sentence_of(failed: OSError, path: Path | None = None) -> str:
    """What a person is told of a refusal of the system's. path: what is named when the system names nothing."""
    named = failed.filename if isinstance(failed.filename, str) and failed.filename else path or "A file"
    sentence = _SENTENCES.get(failed.errno or 0, "{path} can't be read or written: {why}.")
    return sentence.format(path=named, why=failed.strerror or failed)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that files are put into whole. partial: beside it, on the same disk, for what isn't finished."""

    root: Path

    @property
    def partial(self) -> Path:
        return self.root / ".partial"

    def begin(self) -> None:
        """Make the folder, and clear away what a run that was killed left unfinished."""
        self.root.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.partial, ignore_errors=True)
        self.partial.mkdir()

    def end(self) -> None:
        shutil.rmtree(self.partial, ignore_errors=True)

    def put(self, relative: str, content: bytes) -> str:
        """Write a file whole and return its SHA-256."""
        self.put_all({relative: content})
        return hashlib.sha256(content).hexdigest()

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        """Write files, each of them whole; the disk has them all when this returns."""
        written = []
        for place, (relative, content) in enumerate(contents.items()):
            unfinished = self.partial / str(place)
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            written.append((unfinished, relative))
        self._move_in(written)

    def move_in(self, unfinished: Path, relative: str) -> None:
        """Move a finished file or folder to its place, at once."""
        self._move_in([(unfinished, relative)])

    def _move_in(self, finished: list[tuple[Path, str]]) -> None:
        folders = set()
        for unfinished, relative in finished:
            target = self.root / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished.replace(target)
            folders.add(target.parent)
        for folder in sorted(folders):
            sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Have the disk remember the names in a folder (a system that can't open folders does so by itself)."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def hash_of(path: Path) -> str | None:
    """SHA-256 of a file; None when there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Hold the folder for one run; the system lets go of it when the run ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows: two runs at once are the caller's to avoid
        yield
        return
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as failed:
            if failed.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            held.seek(0)
            who = held.read().strip()
            raise Stopped(
                f"Another run{f' (process {who})' if who else ''} is writing to {out}: "
                "wait until it has ended, or choose another --out."
            ) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield
        held.truncate(0)
