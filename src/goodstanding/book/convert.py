"""From a lender's files to a nested book: read, judge, set aside, write, put in place.

Bytes depend on the files alone: the same files give the same book wherever and whenever it is made. How it is done, and
why in slices: docs/guides/import.md
"""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

import errno
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.book.commitment_files import COMMITMENT_FILES, COMMITMENT_NAMES
from goodstanding.book.commitments import COMMITMENT_GAPS
from goodstanding.book.conduct_files import CONDUCT_FILES, CONDUCT_NAMES
from goodstanding.book.errors import BookError
from goodstanding.book.intake import SLICE_LOANS, Intake, Progress, quiet, take_in
from goodstanding.book.mapping import read_names
from goodstanding.book.nested import NestedWriter, nested_slice, parquet_options, schema_for
from goodstanding.book.placing import placing, refuse_foreign, restore
from goodstanding.book.quarantine import Finding, LoanSetAside, commonest, findings, set_aside, write_csv
from goodstanding.book.schema import (
    BOOK_FORMAT,
    BORROWER_ROWS,
    COMMITMENT_GAP_ROWS,
    CONDUCT_GAP_ROWS,
    CONTACT_POINT_ROWS,
    KEPT_ROWS,
    PARTY_ROWS,
)
from goodstanding.book.settings import BookSettings, read_settings, settings_text
from goodstanding.book.slices import judge, slices_of
from goodstanding.book.sources import Source, find_files, open_sources

CONDUCT_GAPS = "conduct_gaps.parquet"
DATA_FILES = (
    "book.parquet",
    "borrowers.parquet",
    "contact_points.parquet",
    "parties.parquet",
    *(f"{name}.parquet" for name in CONDUCT_NAMES),
    CONDUCT_GAPS,
)
COMMITMENT_DATA = tuple(f"{name}.parquet" for name in (*COMMITMENT_NAMES, COMMITMENT_GAPS))
"""There when the lender gave any of these files, all of them."""
ALWAYS = (*DATA_FILES, "book.toml", "quarantine.csv", "set_aside.csv", "import.json")
BOOK_FILES = frozenset((*ALWAYS, *COMMITMENT_DATA))
REVISION = 5
"""Raised when the same files would give another book than before, so that they are read again."""
_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import or a check came to. Rows and loans are counts; rows_read has one per file.

    findings: things wrong, by rule. duplicates: rows counted once, by file, and examples of them. unknown_columns,
    encodings: per file. unchanged: the book was there already, made from the same files.
    """

    lender: str
    cut_off: str
    currency: str
    zone: str
    rows_read: dict[str, int]
    loans_read: int
    loans_in_book: int
    loans_set_aside: int
    findings: dict[str, int]
    duplicates: dict[str, int]
    duplicate_examples: tuple[str, ...]
    unknown_columns: dict[str, tuple[str, ...]]
    encodings: dict[str, str]
    source_hash: str
    content_hash: str = ""
    unchanged: bool = False

    @property
    def finding_count(self) -> int:
        return sum(self.findings.values())


@dataclass(frozen=True, slots=True)
class CheckReport:
    """findings: the first of them; the summary counts them all."""

    summary: ImportSummary
    findings: tuple[Finding, ...]


def import_files(
    source: Path | Sequence[Path],
    target: Path,
    *,
    mapping: Path | None = None,
    progress: Progress = quiet,
    slice_loans: int = SLICE_LOANS,
) -> ImportSummary:
    """Turn flat files (a folder, or a list of files) into a nested book at target; BookError says why it can't be done.

    Nothing at target changes until the whole book is there. A loan with anything wrong is set aside, with its reasons in
    quarantine.csv; when no loan at all is left, the import stops.
    """
    given = [source] if isinstance(source, Path) else list(source)
    settings, sources, source_hash = _look_at(given, mapping)
    refuse_foreign(target.absolute(), BOOK_FILES)
    _refuse_itself(target, sources)
    restore(target.absolute())
    before = _standing(target, source_hash)
    if before is not None:
        return before
    with placing(target, ours=BOOK_FILES) as folder, _with_sentences(target.absolute().parent):
        work = folder / "work"
        work.mkdir()
        intake = Intake(work, settings, sources, progress, slice_loans)
        try:
            summary = _written(intake, folder, source_hash)
        finally:
            intake.close()
        (folder / "import.json").write_text(_summary_json(summary), encoding="utf-8")
    return summary


def check_files(
    source: Path | Sequence[Path],
    *,
    mapping: Path | None = None,
    progress: Progress = quiet,
    slice_loans: int = SLICE_LOANS,
    at_most: int = 1000,
    quarantine: Path | None = None,
) -> CheckReport:
    """Judge flat files as an import would, without writing a book. quarantine: where to write every finding as CSV."""
    given = [source] if isinstance(source, Path) else list(source)
    settings, sources, source_hash = _look_at(given, mapping)
    with tempfile.TemporaryDirectory(prefix="goodstanding-check-") as work, _with_sentences(Path(work).parent):
        intake = Intake(Path(work), settings, sources, progress, slice_loans)
        try:
            take_in(intake)
            kept = sum(_judged(intake))
            found: list[Finding] = []
            counts: Counter[str] = Counter()
            every = _counted(findings(intake), counts, found, at_most)
            if quarantine is None:
                for _ in every:
                    pass
            else:
                write_csv(quarantine, Finding, every)
            return CheckReport(_summary(intake, kept, counts, source_hash), tuple(found))
        finally:
            intake.close()


def _look_at(given: Sequence[Path], mapping: Path | None) -> tuple[BookSettings, dict[str, Source], str]:
    """Find and open the files: what an import stands on, and the hash that names it."""
    names = read_names(mapping)
    settings_path, found = find_files(given, names)
    settings = read_settings(settings_path)
    sources = open_sources(found, names)
    said = [f"{BOOK_FORMAT}.{REVISION}", repr(settings), repr(names)]
    said += [f"{name} {source.path.name} {source.facts.sha256}" for name, source in sources.items()]
    return settings, sources, hashlib.sha256("\n".join(said).encode()).hexdigest()


def _refuse_itself(target: Path, sources: dict[str, Source]) -> None:
    folders = {source.path.resolve().parent for source in sources.values()}
    if target.resolve() in folders:
        raise BookError(f"{target} holds the lender's own files: name another folder with --out.")


def _standing(target: Path, source_hash: str) -> ImportSummary | None:
    """The summary of the book at target when it was made from these very files and nobody has changed it since."""
    try:
        said = json.loads((target / "import.json").read_text(encoding="utf-8"))
        if said.pop("revision") != REVISION or said["source_hash"] != source_hash:
            return None
        summary = summary_from(said)
        is_whole = all((target / name).is_file() for name in ALWAYS)
        if is_whole and content_hash(target, read_settings(target / "book.toml")) == summary.content_hash:
            return replace(summary, unchanged=True)
        return None
    except (OSError, ValueError, KeyError, TypeError, BookError):
        return None


def _written(intake: Intake, folder: Path, source_hash: str) -> ImportSummary:
    """Fill the folder of the new book."""
    take_in(intake)
    _refuse_empty(intake)
    schema = schema_for(intake)
    writer = NestedWriter(folder / "book.parquet", schema)
    try:
        for kept in _judged(intake):
            if kept:
                writer.write(nested_slice(intake.engine, schema))
    finally:
        writer.close()
    _refuse_nothing_left(intake, writer.loans)
    counts: Counter[str] = Counter()
    write_csv(folder / "quarantine.csv", Finding, _counted(findings(intake), counts))
    write_csv(folder / "set_aside.csv", LoanSetAside, set_aside(intake))
    _write_people(intake, folder)
    _write_commitments(intake, folder)
    summary = _summary(intake, writer.loans, counts, source_hash)
    summary = replace(summary, content_hash=content_hash(folder, intake.settings))
    (folder / "book.toml").write_text(
        settings_text(intake.settings, loans=writer.loans, content_hash=summary.content_hash), encoding="utf-8"
    )
    return summary


def _judged(intake: Intake) -> Iterator[int]:
    """Judge slice by slice; between two slices the loans that stay are in `kept`. Yields how many they are."""
    engine = intake.engine
    engine.execute("CREATE TABLE in_book (borrower_id VARCHAR)")
    engine.execute("CREATE TABLE loans_in_book (loan_no INTEGER)")
    engine.execute("CREATE TABLE parties_in_book AS SELECT loan_id, borrower_id, role, guarantee FROM parties LIMIT 0")
    for part in slices_of(intake):
        judge(intake, part)
        engine.execute("INSERT INTO in_book SELECT DISTINCT borrower_id FROM L SEMI JOIN kept USING (loan_no)")
        engine.execute(_PARTIES_KEPT)
        if _gives_commitments(intake):
            engine.execute("INSERT INTO loans_in_book SELECT loan_no FROM kept")
        yield intake.number("SELECT count(*) FROM kept")
        intake.progress("judging and writing loans", part.after, intake.loan_count)


def _counted(
    every: Iterable[Finding], counts: Counter[str], first: list[Finding] | None = None, at_most: int = 0
) -> Iterator[Finding]:
    for one in every:
        counts[one.rule] += 1
        if first is not None and len(first) < at_most:
            first.append(one)
        yield one


def _refuse_empty(intake: Intake) -> None:
    if not intake.rows_read["loans"]:
        raise BookError(f"{intake.sources['loans'].path.name} has no rows: there is nothing to import.")


def _refuse_nothing_left(intake: Intake, kept: int) -> None:
    if kept:
        return
    example, times = commonest(intake)
    raise BookError(
        f"None of the {intake.loan_count:,} loans can be imported, so nothing was written. The commonest reason, in"
        f" {times:,} places: {example.sentence} `goodstanding book check` lists them all."
    )


def _summary(intake: Intake, kept: int, counts: Counter[str], source_hash: str) -> ImportSummary:
    settings, sources, engine = intake.settings, intake.sources, intake.engine
    duplicates = engine.execute("SELECT file, count(*) FROM duplicates GROUP BY file ORDER BY file").fetchall()
    examples = engine.execute(
        f"SELECT file, row, first_row, id FROM duplicates ORDER BY file, row LIMIT {_EXAMPLES}"
    ).fetchall()
    return ImportSummary(
        lender=settings.lender,
        cut_off=settings.cut_off.isoformat(),
        currency=settings.currency,
        zone=settings.zone,
        rows_read={name: intake.rows_read[name] for name in sources},
        loans_read=intake.loan_count,
        loans_in_book=kept,
        loans_set_aside=intake.loan_count - kept,
        findings=dict(sorted(counts.items())),
        duplicates=dict(duplicates),
        duplicate_examples=tuple(
            f"{sources[file].path.name}, row {row}: {one} again, as in row {first}"
            for file, row, first, one in examples
        ),
        unknown_columns={name: source.unknown for name, source in sources.items() if source.unknown},
        encodings={name: source.facts.encoding for name, source in sources.items() if not source.is_parquet},
        source_hash=source_hash,
    )


def _summary_json(summary: ImportSummary) -> str:
    said = asdict(summary)
    del said["unchanged"]
    return json.dumps({"revision": REVISION, **said}, ensure_ascii=False, indent=2) + "\n"


def summary_from(said: dict[str, Any]) -> ImportSummary:
    """Read import.json's figures back."""
    unknown = {name: tuple(columns) for name, columns in said.pop("unknown_columns").items()}
    examples = tuple(said.pop("duplicate_examples"))
    return ImportSummary(**said, unknown_columns=unknown, duplicate_examples=examples)


def content_hash(folder: Path, settings: BookSettings) -> str:
    """The hash of all that a book says: its loans, its people, and whose it is up to which day."""
    digest = hashlib.sha256(settings_text(settings).encode())
    for name in DATA_FILES:
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    for name in COMMITMENT_DATA:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                digest.update(name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


_PARTIES_KEPT = """
    INSERT INTO parties_in_book SELECT loan_id, borrower_id, role, guarantee FROM parties SEMI JOIN kept USING (loan_no)"""
_PARTIES = """
    SELECT loan_id, borrower_id, role, coalesce(guarantee, '') AS guarantee FROM parties_in_book ORDER BY loan_id, borrower_id"""
_WHO_IS_IN_IT = """
    INSERT INTO in_book SELECT DISTINCT borrower_id FROM parties_in_book
    WHERE borrower_id NOT IN (SELECT borrower_id FROM bad_borrowers)"""
_PEOPLE = """
    SELECT borrower_id, name, language, coalesce(id_number, '') AS id_number, coalesce(country, '') AS country,
        coalesce(region, '') AS region, coalesce(zone, '') AS zone
    FROM borrowers SEMI JOIN in_book USING (borrower_id)
    WHERE row NOT IN (SELECT row FROM duplicates WHERE file = 'borrowers') ORDER BY borrower_id"""
_WAYS_TO_REACH = """
    SELECT borrower_id, kind,
        CASE kind WHEN 'postal' THEN regexp_replace(value, '\\s*(\\r?\\n| / )\\s*', chr(10), 'g') ELSE value END AS value
    FROM contact_points SEMI JOIN in_book USING (borrower_id)
    WHERE row NOT IN (SELECT row FROM findings WHERE file = 'contact_points') ORDER BY borrower_id, kind, row"""

_AS_MEANT = (
    "regexp_replace(translate(regexp_replace(lower(nfc_normalize({id})), '[^\\p{{L}}\\p{{N}}]', '', 'g'),"
    " '０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚoil', '0123456789abcdefgh1jk1mn0pqrstuvwxyz011'),"
    " '(^|[^0-9])0+([0-9])', '\\1\\2', 'g')"
)
"""A person's number as somebody may have meant it: without what can't be seen, in one case, o and 0, i, l and 1 alike, no noughts in front."""
_CONDUCT_GAPS = f"""
    SELECT DISTINCT borrower_id, file FROM findings SEMI JOIN in_book USING (borrower_id)
    WHERE file IN {CONDUCT_NAMES}
    UNION SELECT DISTINCT people.borrower_id, lost.file FROM in_book AS people JOIN
    (SELECT file, borrower_id FROM findings WHERE rule = 'unknown_person' AND file IN {CONDUCT_NAMES}) AS lost
    ON {_AS_MEANT.format(id="people.borrower_id")} = {_AS_MEANT.format(id="lost.borrower_id")}
    ORDER BY borrower_id, file"""


def _conduct_rows(name: str, columns: Sequence[str]) -> str:
    """The rows of one of CONDUCT_FILES that can be read, of people in the book; in the order in which they were given."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return (
        f"SELECT {listed} FROM {name} SEMI JOIN in_book USING (borrower_id)"
        f" WHERE row NOT IN (SELECT row FROM findings WHERE file = '{name}') ORDER BY borrower_id, row"
    )


def _gives_commitments(intake: Intake) -> bool:
    return not set(COMMITMENT_NAMES).isdisjoint(intake.sources)


def _commitment_rows(name: str, columns: Sequence[str]) -> str:
    """The rows of one of COMMITMENT_FILES that can be read, of loans in the book; in an order that the order of the file doesn't change."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return (
        f"SELECT {listed} FROM {name} SEMI JOIN loans_in_book USING (loan_no)"
        f" WHERE row NOT IN (SELECT row FROM findings WHERE file = '{name}') ORDER BY loan_no, {listed}, row"
    )


_COMMITMENT_GAPS = f"""
    SELECT DISTINCT loan_id, file FROM findings SEMI JOIN loans_in_book USING (loan_no) JOIN loan_keys USING (loan_no)
    WHERE file IN {COMMITMENT_NAMES} ORDER BY loan_id, file"""


def _write_commitments(intake: Intake, folder: Path) -> None:
    """What was promised and agreed about loans in the book, where the lender gave any of it."""
    if _gives_commitments(intake):
        kept = [
            (one.name, _commitment_rows(one.name, one.column_names), KEPT_ROWS[one.name]) for one in COMMITMENT_FILES
        ]
        for name, query, schema in (*kept, (COMMITMENT_GAPS, _COMMITMENT_GAPS, COMMITMENT_GAP_ROWS)):
            _write_rows(intake, folder / f"{name}.parquet", query, schema)


def _write_people(intake: Intake, folder: Path) -> None:
    """Personal data of people who answer for a loan in the book, and of nobody else (PIPL art. 6).

    Somebody beside a borrower whose own rows can't be read is left out: the loan stays, and no letter is written to them.
    """
    intake.engine.execute(_WHO_IS_IN_IT)
    for name, query, schema in (
        ("parties.parquet", _PARTIES, PARTY_ROWS),
        ("borrowers.parquet", _PEOPLE, BORROWER_ROWS),
        ("contact_points.parquet", _WAYS_TO_REACH, CONTACT_POINT_ROWS),
        *(
            (f"{one.name}.parquet", _conduct_rows(one.name, one.column_names), KEPT_ROWS[one.name])
            for one in CONDUCT_FILES
        ),
        (CONDUCT_GAPS, _CONDUCT_GAPS, CONDUCT_GAP_ROWS),
    ):
        _write_rows(intake, folder / name, query, schema)


def _write_rows(intake: Intake, path: Path, query: str, schema: pa.Schema) -> None:
    with pq.ParquetWriter(path, schema, **parquet_options(schema)) as writer:
        for table in _row_groups(intake.engine.sql(query).to_arrow_reader(SLICE_LOANS)):
            writer.write_table(table.cast(schema), row_group_size=SLICE_LOANS)


def _row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Gather batches into tables of SLICE_LOANS rows, whatever sizes they come in."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        while sum(map(len, held)) >= SLICE_LOANS:
            whole = pa.Table.from_batches(held)
            yield whole.slice(0, SLICE_LOANS)
            held = whole.slice(SLICE_LOANS).to_batches()
    if held:
        yield pa.Table.from_batches(held)


@contextmanager
def _with_sentences(where: Path) -> Iterator[None]:
    """Say in one sentence that the disk is full; it is the engine that meets it first."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as wrong:
        if "No space left" in str(wrong) or getattr(wrong, "errno", None) == errno.ENOSPC:
            raise BookError(
                f"The disk that holds {where} is full: free some space and start again; nothing was changed."
            ) from wrong
        raise
