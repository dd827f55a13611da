"""A run: a book's pieces assessed into part files, and the folder that holds them, from its first line to its manifest.

A piece's results are part files, put in place whole; parts.jsonl says which are done, so that a run that was stopped goes
on where it was. At the end manifest.json says what the results are of, and their checksum, which doesn't depend on how the
work was shared out.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.batch.checksum import checksum
from goodstanding.batch.columns import QUARANTINE, assess_batch
from goodstanding.batch.compiling import text_hash
from goodstanding.batch.folder import (
    LOG,
    MANIFEST,
    QUARANTINED,
    fresh,
    note_of,
    notes_in,
    put_text,
    refuse_foreign,
    results_in,
    run_of,
)
from goodstanding.batch.instalments import assess_in_detail
from goodstanding.batch.part_files import DRAWDOWNS, INSTALMENTS, PART, SET_ASIDE, PartFiles
from goodstanding.batch.policies import PolicyTable

_LOANS_AT_ONCE = 10_000
"""Where positions are asked for: a dozen rows or more for each loan, held only for so many."""


@dataclass(frozen=True, slots=True)
class Part:
    """The results of one row group. instalments, drawdowns: rows of them, where they were asked for.

    checksum: of its loans' rows, adds up with those of other parts; detail_checksum: of its instalments and drawdowns.
    """

    place: int
    loans: int
    set_aside: int
    checksum: int
    instalments: int = 0
    drawdowns: int = 0
    detail_checksum: int = 0

    def rows(self) -> dict[str, int]:
        """How many rows it has, by the kind of file."""
        return {
            PART: self.loans - self.set_aside,
            SET_ASIDE: self.set_aside,
            INSTALMENTS: self.instalments,
            DRAWDOWNS: self.drawdowns,
        }


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run came to. checksum: of every result row, whatever their order; detail_checksum: of every instalment's
    and drawdown's, "" where they weren't asked for.

    parts_kept, loans_kept: done by an earlier run that was stopped.
    """

    loans: int
    assessed: int
    set_aside: int
    checksum: str
    parts: int
    parts_kept: int = 0
    loans_kept: int = 0
    instalments: int = 0
    drawdowns: int = 0
    detail_checksum: str = ""


class Source(Protocol):
    """A book in pieces, each of which can be read by itself, by any thread."""

    @property
    def sizes(self) -> Sequence[int]:
        """Loans in each piece."""
        ...

    @property
    def loan_files(self) -> Sequence[Path]:
        """The files with a row for each loan."""
        ...

    def read(self, piece: int) -> pa.RecordBatch: ...

    def refuse_repeats(self) -> None:
        """Refuse a book of which two pieces hold the same loan; a piece that does is refused when it is read."""
        ...

    def says(self) -> str:
        """What it holds, as far as its files tell without being read."""
        ...


class Run:
    """Can be sent to other processes, which assess pieces and note them; the one that began it writes the log."""

    def __init__(
        self,
        source: Source,
        folder: Path,
        policies: PolicyTable,
        as_of: date,
        known_on: date | None,
        instalments: bool,
    ) -> None:
        self._source, self._folder, self._policies = source, folder.absolute(), policies
        self._as_of, self._known_on, self._instalments = as_of, known_on, instalments
        said = (source.says(), policies.names, policies.policies, policies.currency, as_of, known_on, instalments)
        self.key = hashlib.sha256(repr((*said, text_hash())).encode()).hexdigest()

    def begin(self) -> dict[int, Part]:
        """Make the folder ready; return the parts that an earlier run of the same left there."""
        refuse_foreign(self._folder)
        self._source.refuse_repeats()
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / MANIFEST).unlink(missing_ok=True)
        done = self._standing()
        lines = [json.dumps(said) for said in ({"run": self.key}, *map(asdict, done.values()))]
        put_text(self._log, "\n".join(lines) + "\n")
        kept = {self._path(kind, part.place) for part in done.values() for kind in part.rows()}
        for old in results_in(self._folder):
            if old not in kept:
                old.unlink()
        return done

    def _standing(self) -> dict[int, Part]:
        """What is said to be done, and the disk holds whole."""
        return {part.place: part for part in (*self._logged(), *self.noted()) if self._is_whole(part)}

    def _logged(self) -> list[Part]:
        """What the log says; its last line may be torn."""
        try:
            first, *rest = self._log.read_text(encoding="utf-8").split("\n")
            if json.loads(first).get("run") != self.key:
                return []
        except (OSError, ValueError, AttributeError):
            return []
        return [Part(**json.loads(line)) for line in rest if line.endswith("}")]

    def noted(self) -> list[Part]:
        """What other processes have done of this run."""
        return [part for path in notes_in(self._folder) if (part := self._note_at(path)) is not None]

    def is_noted(self, place: int) -> bool:
        return self._note_at(note_of(self._folder, place)) is not None

    def noted_places(self) -> list[int]:
        """As `noted`, but only which pieces, and without a look into the notes: to tell how far the work is."""
        return [int(path.stem.removeprefix("part-")) for path in notes_in(self._folder)]

    def _note_at(self, path: Path) -> Part | None:
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Part(**said["part"]) if said["run"] == self.key else None

    def _is_whole(self, part: Part) -> bool:
        """Whether its files can be read and hold its loans: a disk that lost its power may have kept an empty name."""
        try:
            return all(
                pq.read_metadata(self._path(kind, part.place)).num_rows == rows
                for kind, rows in part.rows().items()
                if rows or kind == PART
            )
        except (OSError, pa.ArrowInvalid):
            return False

    @property
    def _log(self) -> Path:
        return self._folder / LOG

    def _path(self, kind: str, place: int) -> Path:
        return self._folder / f"{kind}-{place:06}.parquet"

    def log(self, part: Part) -> None:
        """Write down that a piece is done. Only the process that began the run may, and only one of its threads at once."""
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(part)) + "\n")

    def note(self, part: Part) -> None:
        """Leave word that a piece is done, from whichever process did it."""
        put_text(note_of(self._folder, part.place), json.dumps({"run": self.key, "part": asdict(part)}) + "\n")

    def is_on(self) -> bool:
        """Whether the folder is still this run's: a process may be slow to hear that it is over, and another has begun."""
        return run_of(self._folder) == self.key

    def assess(self, place: int) -> Part:
        batch = self._source.read(place)
        rows: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        with PartFiles(lambda kind: self._path(kind, place)) as files:
            for found in self._assessed(batch):
                for kind, part_of in found.items():
                    files.add(kind, part_of)
                    rows[kind] += part_of.num_rows
                    sums[kind] += checksum(part_of) if kind != SET_ASIDE else 0
        return Part(
            place,
            loans=batch.num_rows,
            set_aside=rows[SET_ASIDE],
            checksum=sums[PART],
            instalments=rows[INSTALMENTS],
            drawdowns=rows[DRAWDOWNS],
            detail_checksum=sums[INSTALMENTS] + sums[DRAWDOWNS],
        )

    def _assessed(self, batch: pa.RecordBatch) -> Iterator[dict[str, pa.RecordBatch]]:
        """Rows by the kind of file that they go into."""
        asked: dict[str, Any] = {"as_of": self._as_of, "known_on": self._known_on}
        if not self._instalments:
            results, set_aside = assess_batch(batch, self._policies, **asked)
            yield {PART: results, SET_ASIDE: set_aside}
            return
        for first in range(0, max(1, batch.num_rows), _LOANS_AT_ONCE):
            found = assess_in_detail(batch.slice(first, _LOANS_AT_ONCE), self._policies, **asked)
            yield {
                PART: found.loans,
                SET_ASIDE: found.set_aside,
                INSTALMENTS: found.instalments,
                DRAWDOWNS: found.drawdowns,
            }

    def end(self, parts: Sequence[Part], kept: Sequence[Part]) -> RunSummary:
        """Gather what was set aside, and say what the results are of. Every part must be in the log by then."""
        parts = sorted(parts, key=lambda part: part.place)
        gathered = fresh(self._folder / QUARANTINED)
        with pq.ParquetWriter(gathered, QUARANTINE, compression="zstd") as writer:
            for part in parts:
                if part.set_aside:
                    writer.write_table(pq.read_table(self._path(SET_ASIDE, part.place), schema=QUARANTINE))
        gathered.replace(self._folder / QUARANTINED)
        loans, set_aside = sum(part.loans for part in parts), sum(part.set_aside for part in parts)
        summary = RunSummary(
            loans=loans,
            assessed=loans - set_aside,
            set_aside=set_aside,
            checksum=_together(part.checksum for part in parts),
            parts=len(parts),
            parts_kept=len(kept),
            loans_kept=sum(part.loans for part in kept),
            instalments=sum(part.instalments for part in parts),
            drawdowns=sum(part.drawdowns for part in parts),
            detail_checksum=_together(part.detail_checksum for part in parts) if self._instalments else "",
        )
        for left in list(results_in(self._folder)):
            if left.suffix in (".json", ".new"):
                left.unlink(missing_ok=True)
        put_text(self._folder / MANIFEST, json.dumps(self._manifest(parts, summary), indent=2) + "\n")
        return summary

    def _manifest(self, parts: Sequence[Part], summary: RunSummary) -> dict[str, Any]:
        figures = "loans assessed set_aside checksum parts".split()
        files = {"files": PART}
        if self._instalments:
            figures += "instalments drawdowns detail_checksum".split()
            files |= {"instalment_files": INSTALMENTS, "drawdown_files": DRAWDOWNS}
        return {
            "as_of": self._as_of.isoformat(),
            "known_on": self._known_on.isoformat() if self._known_on else None,
            "run": self.key,
            **{name: getattr(summary, name) for name in figures},
            **{
                name: [self._path(kind, part.place).name for part in parts if part.rows()[kind] or kind == PART]
                for name, kind in files.items()
            },
        }


def _together(checksums: Iterable[int]) -> str:
    return f"{sum(checksums) % (1 << 64):016x}"
