"""A run over a book's overdue loans: pieces worked out into part files, and the folder that holds them.

A piece's files are put in place whole; offers.jsonl says which pieces are done, so that a run that was stopped goes on where it
was; manifest.json comes last. How a book is cut depends on the book alone, so the files are the same whatever the number of processes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.batch.checksum import checksum
from goodstanding.batch.columns import QUARANTINE, BatchRefused
from goodstanding.batch.folder import MANIFEST, QUARANTINED, fresh, put_text, read_manifest
from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES, SCHEMAS, SET_ASIDE
from goodstanding.batch.offering import Changed, Granting, offers_of
from goodstanding.batch.run import Source
from goodstanding.batch.what_if import WhatIf

LOG = "offers.jsonl"
_LEAST, _MOST, _PIECES = 500, 4_000, 64
"""Loans in a piece, and about how many pieces. The offers of 4,000 overdue loans take some 300 MB while they are worked out."""
_OURS = re.compile(
    rf"(({'|'.join(SCHEMAS)})-\d{{6,}}\.parquet|{re.escape(QUARANTINED)}|{re.escape(LOG)}|{re.escape(MANIFEST)})(\.\w+\.new)?"
)
_SHOWN = (LOANS, OFFERS, PAYMENTS, SCHEDULES, REFUSED)


class WholeSource(Source, Protocol):
    """A book in row groups that can be read with every column that a loan has, ids of transactions too."""

    def read_whole(self, piece: int) -> pa.RecordBatch: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Some loans that lie together. group: which row group of the source; first, loans: which of its loans."""

    place: int
    group: int
    first: int
    loans: int


@dataclass(frozen=True, slots=True)
class Done:
    """A piece that is worked out. rows, sums: how many rows each of its files has, and their checksum.

    by_offers: of its overdue loans, how many have so many offers; reasons: of those that have none, why, as often as it was said.
    """

    place: int
    loans: int
    rows: dict[str, int]
    sums: dict[str, int]
    by_offers: dict[str, int]
    kinds: dict[str, int]
    reasons: dict[str, int]
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. Counts of loans by their offers, of offers by kind, and why loans have none. amount_to_cure: minor units."""

    loans: int
    overdue: int
    set_aside: int
    offers: int
    payments: int
    amount_to_cure: int
    by_offers: Mapping[int, int]
    kinds: Mapping[str, int]
    reasons: Mapping[str, int]
    checksum: str
    pieces: int
    pieces_kept: int = 0
    loans_kept: int = 0
    overdue_kept: int = 0

    @property
    def without(self) -> int:
        """Overdue loans that have no offer."""
        return self.by_offers.get(0, 0)


def pieces_of(sizes: Sequence[int]) -> list[Piece]:
    """Cut row groups of so many loans into pieces: about as many as keep a few processes busy, none too large to be held.

    >>> [(one.group, one.first, one.loans) for one in pieces_of([1200, 300])]
    [(0, 0, 500), (0, 500, 500), (0, 1000, 200), (1, 0, 300)]
    """
    size = min(_MOST, max(_LEAST, -(-sum(sizes) // _PIECES)))
    found = list[Piece]()
    for group, loans in enumerate(sizes):
        for first in range(0, loans, size):
            found.append(Piece(len(found), group, first, min(size, loans - first)))
    return found


@dataclass(frozen=True)
class Work:
    """What a process needs to work out pieces. key: of the run; it names what a process keeps between pieces.

    changed: how to find, by loan id, what was agreed about loans; asked once in each process.
    """

    key: str
    source: WholeSource
    folder: Path
    granting: Granting
    changed: Callable[[], Mapping[str, Changed]] | None = field(default=None)

    def __call__(self, piece: Piece) -> Done:
        """Work a piece out and put its files in place."""
        whole = _read(self, piece.group)
        kernel, changed = _kept(self)
        tables = offers_of(whole.slice(piece.first, piece.loans), self.granting, kernel, changed)
        for name, table in tables.items():
            if table.num_rows or name == LOANS:
                _put(self.path(name, piece.place), table)
        return _done(piece, tables)

    def path(self, name: str, place: int) -> Path:
        return self.folder / f"{name}-{place:06}.parquet"

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Work) and other.key == self.key


@lru_cache(maxsize=1)
def _read(work: Work, group: int) -> pa.RecordBatch:
    """A row group of the book; the next piece is of the same one, as a rule."""
    return work.source.read_whole(group)


@lru_cache(maxsize=1)
def _kept(work: Work) -> tuple[WhatIf, Mapping[str, Changed]]:
    return WhatIf(work.granting.table), work.changed() if work.changed else {}


def _put(path: Path, table: pa.RecordBatch) -> None:
    written = fresh(path)
    coded = [one.name for one in table.schema if pa.types.is_dictionary(one.type)]
    with pq.ParquetWriter(
        written, table.schema, compression="zstd", use_dictionary=["loan_id", *coded], store_schema=False
    ) as file:
        file.write_batch(table)
    written.replace(path)


def _done(piece: Piece, tables: Mapping[str, pa.RecordBatch]) -> Done:
    offered = tables[LOANS].column("offers").to_pylist()
    ids = tables[LOANS].column("loan_id").to_pylist()
    none = {loan_id for loan_id, many in zip(ids, offered, strict=True) if not many}
    refused = tables[REFUSED]
    reasons = (
        Counter(
            f"{kind}: {reason}"
            for loan_id, kind, reason in zip(
                *(refused.column(name).to_pylist() for name in ("loan_id", "kind", "reason")), strict=True
            )
            if loan_id in none
        )
        if none
        else Counter[str]()
    )
    kinds = Counter(tables[OFFERS].column("kind").to_pylist())
    return Done(
        piece.place,
        piece.loans,
        {name: table.num_rows for name, table in tables.items()},
        {name: checksum(_plain(tables[name])) for name in _SHOWN},
        {str(many): loans for many, loans in sorted(Counter(offered).items())},
        dict(sorted(kinds.items())),
        dict(sorted(reasons.items())),
        sum(tables[LOANS].column("amount_to_cure").to_pylist()),
    )


def _plain(table: pa.RecordBatch) -> pa.RecordBatch:
    """The columns that a checksum is made of: not lists, which payments and schedules have as rows, nor yes and no."""
    return table.select(
        [one.name for one in table.schema if not (pa.types.is_list(one.type) or pa.types.is_boolean(one.type))]
    )


class OffersRun:
    """The folder of a run: what is done of it, and what it comes to. Only the process that began it writes its log."""

    def __init__(self, work: Work, pieces: Sequence[Piece]) -> None:
        self._work, self._pieces = work, pieces
        self._log = work.folder / LOG

    def begin(self) -> dict[int, Done]:
        """Make the folder ready; return the pieces that an earlier run of the same left there whole."""
        folder = self._work.folder
        refuse_other_files(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        done = {one.place: one for one in self._logged() if self._is_whole(one)}
        lines = [json.dumps(said) for said in ({"offers_run": self._work.key}, *map(asdict, done.values()))]
        put_text(self._log, "\n".join(lines) + "\n")
        kept = {self._work.path(name, one.place) for one in done.values() for name in _files_of(one)}
        for old in ours_in(folder):
            if old.suffix in (".parquet", ".new") and old not in kept:
                old.unlink()
        return done

    def _logged(self) -> Iterator[Done]:
        """What the log says; its last line may be torn."""
        try:
            first, *rest = self._log.read_text(encoding="utf-8").split("\n")
            if json.loads(first).get("offers_run") != self._work.key:
                return
        except (OSError, ValueError, AttributeError):
            return
        for line in rest:
            try:
                yield Done(**json.loads(line))
            except (ValueError, TypeError):
                continue

    def _is_whole(self, done: Done) -> bool:
        """Whether its files can be read and hold its rows: a disk that lost its power may have kept an empty name."""
        try:
            return all(
                pq.read_metadata(self._work.path(name, done.place)).num_rows == done.rows[name]
                for name in _files_of(done)
            )
        except (OSError, pa.ArrowInvalid):
            return False

    def note(self, done: Done) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(done)) + "\n")

    def end(self, every: Sequence[Done], kept: Sequence[Done]) -> Outcome:
        """Gather what was set aside, and say what the files are of. Every piece must be noted by then."""
        every, folder = sorted(every, key=lambda one: one.place), self._work.folder
        gathered = fresh(folder / QUARANTINED)
        with pq.ParquetWriter(gathered, QUARANTINE, compression="zstd") as writer:
            for one in every:
                if one.rows[SET_ASIDE]:
                    writer.write_table(pq.read_table(self._work.path(SET_ASIDE, one.place), schema=QUARANTINE))
        gathered.replace(folder / QUARANTINED)
        outcome = _outcome(every, kept)
        put_text(folder / MANIFEST, json.dumps(self._manifest(every, outcome), indent=2) + "\n")
        return outcome

    def _manifest(self, every: Sequence[Done], outcome: Outcome) -> dict[str, Any]:
        granting = self._work.granting
        return {
            "as_of": granting.as_of.isoformat(),
            "accept_by": granting.accept_by.isoformat(),
            "currency": granting.table.currency,
            "offers_run": self._work.key,
            **{name: getattr(outcome, name) for name in "loans overdue set_aside offers payments checksum".split()},
            "files": {
                name: [self._work.path(name, one.place).name for one in every if name in _files_of(one)]
                for name in _SHOWN
            },
        }


def _files_of(done: Done) -> Iterator[str]:
    return (name for name, rows in done.rows.items() if rows or name == LOANS)


def _outcome(every: Sequence[Done], kept: Sequence[Done]) -> Outcome:
    by_offers, kinds, reasons = Counter[int](), Counter[str](), Counter[str]()
    for one in every:
        by_offers.update({int(many): loans for many, loans in one.by_offers.items()})
        kinds.update(one.kinds)
        reasons.update(one.reasons)
    return Outcome(
        loans=sum(one.loans for one in every),
        overdue=sum(one.rows[LOANS] for one in every),
        set_aside=sum(one.rows[SET_ASIDE] for one in every),
        offers=sum(one.rows[OFFERS] for one in every),
        payments=sum(one.rows[PAYMENTS] for one in every),
        amount_to_cure=sum(one.owed for one in every),
        by_offers=dict(sorted(by_offers.items())),
        kinds=dict(sorted(kinds.items())),
        reasons=dict(sorted(reasons.items(), key=lambda said: (-said[1], said[0]))),
        checksum=f"{sum(sum(one.sums.values()) for one in every) % (1 << 64):016x}",
        pieces=len(every),
        pieces_kept=len(kept),
        loans_kept=sum(one.loans for one in kept),
        overdue_kept=sum(one.rows[LOANS] for one in kept),
    )


def key_of(source: Source, granting: Granting, also: str) -> str:
    """What makes a run the same: the book, the day, what is granted and by which program. also: what else decides its offers."""
    said = (
        source.says(),
        granting.table.names,
        granting.policies,
        granting.table.currency,
        granting.rails,
        sorted(granting.limits.items()),
        granting.as_of,
        granting.accept_by,
        also,
        _program(),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _program() -> str:
    """The hash of the text that works offers out."""
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    for room in ("core", "batch"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def ours_in(folder: Path) -> Iterator[Path]:
    return (child for child in folder.iterdir() if _OURS.fullmatch(child.name))


def refuse_other_files(folder: Path) -> None:
    """Refuse a folder that holds anything but offers: what lies there would be mixed with them, or lost."""
    if not folder.is_dir():
        return
    foreign = sorted(one.name for one in folder.iterdir() if one.name != ".lock" and not _OURS.fullmatch(one.name))
    is_ours = (folder / LOG).is_file() or "offers_run" in read_manifest(folder)
    if not foreign and not is_ours:
        foreign = sorted(one.name for one in ours_in(folder) if not one.name.endswith(".new"))
    if foreign:
        raise BatchRefused(f"{folder} isn't a folder of offers, it holds {foreign[0]}: name another one, or a new one")
