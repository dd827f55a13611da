"""A folder put in place whole, or not at all.

The folder is made beside its target and moved there at the end. Where the target is there already, both change places
in one step where the system can; where it can't, a leftover of the old one is put back by whoever comes next. Leftovers
of imports that were killed are cleared away: each holds a lock while its owner lives.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from goodstanding.book.errors import BookError

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
LOCK = "import.lock"


@contextmanager
def placing(target: Path, *, ours: frozenset[str]) -> Iterator[Path]:
    """Give an empty folder to fill; put it in the target's place when all went well.

    ours: the names of files that may be replaced; a target that holds anything else is refused.
    """
    target = target.absolute()
    refuse_foreign(target, ours)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        restore(target)
        _clear_leftovers(target)
        folder = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
    except OSError as wrong:
        raise BookError(f"{target} can't be written: {wrong.strerror}. Choose another folder with --out.") from None
    lock = _locked(folder)
    try:
        yield folder
        _release(folder, lock)
        _sync(folder)
        _put(folder, target)
    except OSError as wrong:
        raise _sentence(wrong, target) from wrong
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


def refuse_foreign(target: Path, ours: frozenset[str]) -> None:
    """Refuse a target that isn't a book of ours: putting a book in its place would lose what is there."""
    if target.is_dir():
        foreign = sorted(child.name for child in target.iterdir() if child.name not in ours)
        if foreign:
            raise BookError(f"{target} holds {foreign[0]}, which isn't part of a book: name a new folder with --out.")
    elif target.exists():
        raise BookError(f"{target} is a file: name a folder with --out.")


def restore(target: Path) -> None:
    """Put the old folder back if an import was killed between its two last steps."""
    old = _old(target)
    if old.exists() and not target.exists():
        old.rename(target)


def _sentence(wrong: OSError, target: Path) -> BookError:
    if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
        return BookError(
            f"The disk that holds {target.parent} is full: free some space and import again; nothing was changed."
        )
    return BookError(f"{target} can't be written: {wrong.strerror or wrong}. Nothing was changed.")


def _prefix(target: Path) -> str:
    return f".{target.name}.importing-"


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.replaced")


def _locked(folder: Path) -> BinaryIO:
    lock = (folder / LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _release(folder: Path, lock: BinaryIO) -> None:
    (folder / LOCK).unlink()


def _clear_leftovers(target: Path) -> None:
    for folder in target.parent.glob(_prefix(target) + "*"):
        try:
            with (folder / LOCK).open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
    if target.exists():
        shutil.rmtree(_old(target), ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put(folder: Path, target: Path) -> None:
    if not target.exists():
        folder.rename(target)
    elif not _exchange(folder, target):
        target.rename(_old(target))
        folder.rename(target)
        shutil.rmtree(_old(target), ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the disk can't."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    return renameat2 is not None and not renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
