"""Books whose third piece is hard to read. In a module that workers can import by its name, as test files can't be."""

import os
from pathlib import Path

import pyarrow as pa

from goodstanding.batch.local import NestedFile


class FailingOnce(NestedFile):
    """Fails the first time. how: "raises" an error, or the process "dies"."""

    def __init__(self, path: Path, how: str, scratch: Path) -> None:
        super().__init__(path)
        self._how, self._tried = how, scratch / "tried"

    def read(self, piece: int) -> pa.RecordBatch:
        if piece == 2 and not self._tried.exists():
            self._tried.write_text("once")
            if self._how == "dies":
                os._exit(1)
            raise OSError("the network was away")
        return super().read(piece)


class Unreadable(NestedFile):
    """Fails every time."""

    def __init__(self, path: Path, failure: Exception) -> None:
        super().__init__(path)
        self._failure = failure

    def read(self, piece: int) -> pa.RecordBatch:
        if piece == 2:
            raise self._failure
        return super().read(piece)
