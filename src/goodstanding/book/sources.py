"""The lender's files: which there are, what their columns are called, and their rows as text, batch by batch."""

import csv
import difflib
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from goodstanding.book.conduct_files import CONDUCT_NAMES
from goodstanding.book.errors import BookError
from goodstanding.book.flat_file import Cell, FlatFile
from goodstanding.book.mapping import Names
from goodstanding.book.records import Block, FileFacts, Irregular, Places, blocks_of, facts_of, read_header
from goodstanding.book.schema import FLAT_FILES, TERMS_COLUMNS

PARQUET_ROWS = 100_000
FIRST_ROW = 2
"""The first record's number: the header is row 1, as a spreadsheet shows it; Parquet counts alike."""


@dataclass(frozen=True, slots=True)
class Source:
    """One flat file of the lender's. positions: where each of our columns stands in it. unknown: columns kept out."""

    flat: FlatFile
    path: Path
    facts: FileFacts
    header: tuple[str, ...]
    positions: dict[str, int]
    unknown: tuple[str, ...]

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() == ".parquet"

    @property
    def given(self) -> tuple[str, ...]:
        """Those of our columns that the file has, in our order."""
        return tuple(name for name in self.flat.column_names if name in self.positions)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file. cells: by our column names, trimmed; empty ones left out."""

    row: int
    text: str
    cells: dict[str, str]


def find_files(given: Sequence[Path], names: Names) -> tuple[Path, dict[str, Path]]:
    """Return book.toml and the flat files by name, from a folder or a list of files; BookError says what is missing."""
    for path in given:
        if not path.exists():
            raise BookError(f"{path} doesn't exist: name the folder that holds the lender's files.")
    listed = sorted(
        child for path in given for child in (path.iterdir() if path.is_dir() else [path]) if child.is_file()
    )
    found: dict[str, Path] = {}
    unknown: list[tuple[Path, str]] = []
    for path in listed:
        name = names.files.get(path.name) or (path.stem.lower() if path.suffix.lower() in (".csv", ".parquet") else "")
        if name not in FLAT_FILES:
            unknown += [(path, name)] if name else []
            continue
        if name in found:
            raise BookError(f"Both {found[name].name} and {path.name} hold {name}: keep one of them.")
        found[name] = path
    _refuse_missing(given, listed, found)
    _refuse_misnamed(unknown, found)
    settings = next((path for path in listed if path.name == "book.toml"), found["loans"].parent / "book.toml")
    return settings, found


def _refuse_missing(given: Sequence[Path], listed: list[Path], found: dict[str, Path]) -> None:
    needed = [name for name, flat in FLAT_FILES.items() if not flat.is_optional]
    where = ", ".join(str(path) for path in given)
    if any(path.name == "book.parquet" for path in listed):
        raise BookError(f"{where} is a book that was imported already: name the folder with the lender's files.")
    if not found:
        wanted = ", ".join(f"{name}.csv" for name in [*needed, "instalments"])
        raise BookError(f"{where} holds none of the files of a book: expected book.toml and {wanted} (or .parquet).")
    missing = [f"{name}.csv" for name in needed if name not in found]
    if missing:
        raise BookError(
            f"{where} has no {', '.join(missing)} (or .parquet). A file without rows is enough where there is nothing to say."
        )


def _refuse_misnamed(unknown: Iterable[tuple[Path, str]], found: Collection[str]) -> None:
    """A file that is called nearly like one of a book's which isn't there is that file, misnamed: without it nothing would be held back."""
    absent = [name for name in FLAT_FILES if name not in found]
    for path, name in unknown:
        if near := difflib.get_close_matches(name, absent, 1, 0.8):
            raise BookError(
                f"{path} isn't a file of a book, and there is no {near[0]}.csv: call it {near[0]}{path.suffix}, or name it under files"
                " in the mapping; if it is something else, keep it in another folder."
            )


def open_sources(found: dict[str, Path], names: Names) -> dict[str, Source]:
    """Read each file's facts and header; BookError when a column is missing or a file can't be read."""
    sources = {name: _open(FLAT_FILES[name], found[name], names) for name in FLAT_FILES if name in found}
    if "instalments" not in sources and not set(TERMS_COLUMNS) & set(sources["loans"].positions):
        raise BookError(
            f"{found['loans'].parent} has no instalments.csv, and {found['loans'].name} has no terms to build schedules"
            " from (instalments, first_due_on): give one or the other."
        )
    return sources


def _open(flat: FlatFile, path: Path, names: Names) -> Source:
    try:
        facts = facts_of(path)
        header = tuple(
            _parquet_header(path, flat, names)
            if path.suffix.lower() == ".parquet"
            else read_header(path, facts.encoding)[0]
        )
    except OSError as wrong:
        raise BookError(f"{path} can't be read: {wrong.strerror or wrong}.") from None
    if not any(header):
        raise BookError(f"{path.name} is empty: expected a first row with the columns {', '.join(flat.column_names)}.")
    ours = [_our_name(flat, name, names) for name in header]
    positions: dict[str, int] = {}
    for place, name in enumerate(ours):
        if name in positions:
            raise BookError(
                f'{path.name} has two columns for {name} ("{header[positions[name]]}", "{header[place]}"): keep one.'
            )
        if name:
            positions[name] = place
    unknown = tuple(theirs for theirs, name in zip(header, ours, strict=True) if not name and theirs)
    _refuse_missing_columns(flat, path, positions, unknown)
    return Source(flat, path, facts, header, positions, unknown)


def _our_name(flat: FlatFile, theirs: str, names: Names) -> str:
    mapped = names.columns.get(flat.name, {}).get(theirs)
    plain = theirs.strip().lower()
    return mapped or (plain if plain in flat.column_names else "")


def _refuse_missing_columns(flat: FlatFile, path: Path, positions: dict[str, int], unknown: tuple[str, ...]) -> None:
    """Refuse a file without a column that it needs, or with money in a column that is surely ours, misspelt.

    So is any column that says how people may be approached: a withdrawal that isn't read would leave the consent standing.
    """
    lacking = [column for column in flat.columns if column.name not in positions]
    told = flat.name in CONDUCT_NAMES
    missing = [
        one.name
        for one in lacking
        if one.required or ((told or one.cell is Cell.AMOUNT) and _near(one.name, unknown, 0.75 if told else 0.8))
    ]
    if flat.name == "loans" and not {"annual_rate", "rate_per_day"} & set(positions):
        missing.append("annual_rate")
    if not missing:
        return
    said = []
    for name in missing:
        near = _near(name, unknown, 0.5)
        said.append(f'"{name}"' + (f' (nearest: "{near[0]}")' if near else ""))
    raise BookError(
        f"{path.name} has no column {', '.join(said)}. Rename the column, or name the lender's own in a mapping file."
    )


def _near(name: str, unknown: tuple[str, ...], how_near: float) -> list[str]:
    return difflib.get_close_matches(name, [theirs.lower() for theirs in unknown], 1, how_near)


def _parquet_header(path: Path, flat: FlatFile, names: Names) -> list[str]:
    try:
        schema = pq.read_schema(path)
    except pa.ArrowInvalid:
        raise BookError(f"{path.name} isn't a Parquet file, whatever its name says.") from None
    for column in schema:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not _our_name(flat, column.name, names):
            continue
        if pa.types.is_floating(kind):
            raise BookError(
                f'{path.name}, column "{column.name}", holds floats ({kind}), which can\'t keep cents or numbers exactly:'
                " write it as decimal, integer or text."
            )
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise BookError(
                f'{path.name}, column "{column.name}", is of type {kind}: write it as decimal, date or text.'
            )
    return schema.names


def text_schema(given: Iterable[str]) -> pa.Schema:
    return pa.schema([("row", pa.int64()), *[(name, pa.string()) for name in given]])


def text_batches(
    source: Source, *, irregular: Callable[[Iterable[Irregular]], None], read: Callable[[int], None]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows as trimmed text, empty cells null, under our names of the columns that the file has.

    irregular: is given what isn't a row. read: is told of the bytes read so far.
    """
    if source.is_parquet:
        yield from _parquet_batches(source, read)
        return
    for block in blocks_of(source.path, source.facts):
        if block.irregular:
            irregular(block.irregular)
        if len(block.rows):
            parsed = _parsed(source, block)
            columns = {name: parsed.column(str(place)) for name, place in source.positions.items()}
            table = _our_table(source, columns, block.rows)
            if block.text.count(b"\n") > len(block.rows):
                swallowed = _swallowed(source.flat, table)
                if swallowed.any():
                    irregular(_as_irregular(source, block, swallowed))
                    table = table.filter(pa.array(~swallowed))
            yield from table.to_batches()
        read(block.bytes_read)


def _swallowed(flat: FlatFile, table: pa.Table) -> npt.NDArray[np.bool_]:
    """Say which rows hold a line break where no prose stands: two quotation marks astray made one row of several.

    It looks like a row, but a payment of another loan may be inside.
    """
    broken = np.zeros(table.num_rows, np.bool_)
    for column in flat.columns:
        if column.name in table.column_names and not column.is_prose:
            found = pc.match_substring(table[column.name], "\n").fill_null(False)
            broken |= found.to_numpy()
    return broken


def _as_irregular(source: Source, block: Block, chosen: npt.NDArray[np.bool_]) -> list[Irregular]:
    return [
        Irregular(int(block.rows[at]), _text_at(block, at), "line_break", len(source.header))
        for at in np.flatnonzero(chosen).tolist()
    ]


def _text_at(block: Block, at: int) -> str:
    return block.text[block.starts[at] : block.ends[at]].decode().removesuffix("\n")


def _parsed(source: Source, block: Block) -> pa.Table:
    kept = [str(place) for place in source.positions.values()]
    has_quotes = b'"' in block.text
    return pa_csv.read_csv(
        pa.BufferReader(block.text),
        read_options=pa_csv.ReadOptions(
            column_names=[str(place) for place in range(len(source.header))],
            block_size=max(1 << 20, len(block.text) + 1 if has_quotes else 0),
        ),
        parse_options=pa_csv.ParseOptions(newlines_in_values=has_quotes),
        convert_options=pa_csv.ConvertOptions(
            include_columns=kept, column_types=dict.fromkeys(kept, pa.string()), strings_can_be_null=False
        ),
    )


def _our_table(source: Source, columns: dict[str, pa.ChunkedArray], rows: Places) -> pa.Table:
    """Trim, and make empty cells null."""
    texts = [_trimmed(columns[name]) for name in source.given]
    return pa.Table.from_arrays([pa.array(rows), *texts], schema=text_schema(source.given))


def _trimmed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)


def _parquet_batches(source: Source, read: Callable[[int], None]) -> Iterator[pa.RecordBatch]:
    row, rows_in_all = FIRST_ROW, max(1, pq.read_metadata(source.path).num_rows)
    kept = [source.header[place] for place in source.positions.values()]
    with pq.ParquetFile(source.path) as file:
        for batch in file.iter_batches(PARQUET_ROWS, columns=kept):
            columns = {
                name: pa.chunked_array([_as_text(batch.column(source.header[place]))])
                for name, place in source.positions.items()
            }
            yield from _our_table(source, columns, np.arange(row, row + len(batch))).to_batches()
            row += len(batch)
            read(source.facts.size * (row - FIRST_ROW) // rows_in_all)


def _as_text(column: pa.Array) -> pa.Array:
    """Write values as a CSV would have them; a timestamp at midnight is a day."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    text = column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.replace_substring_regex(text, r"[ T]00:00:00(\.0+)?$", "")
    return text


def raw_rows(source: Source, wanted: Places) -> Iterator[RawRow]:
    """Yield the wanted rows (sorted row numbers) as they stand in the file."""
    return _raw_parquet_rows(source, wanted) if source.is_parquet else _raw_csv_rows(source, wanted)


_LONGEST_CELL = 2**31 - 1
"""In characters. The standard library stops at 131,072, which a note pasted into a cell may exceed."""


def _raw_csv_rows(source: Source, wanted: Places) -> Iterator[RawRow]:
    csv.field_size_limit(_LONGEST_CELL)
    for block in blocks_of(source.path, source.facts):
        if not len(block.rows):
            continue
        of_block = wanted[
            np.searchsorted(wanted, block.rows[0]) : np.searchsorted(wanted, block.rows[-1], side="right")
        ]
        for at in np.flatnonzero(np.isin(block.rows, of_block, assume_unique=True)).tolist():
            text = _text_at(block, at)
            fields = next(csv.reader(io.StringIO(text, newline="")), [])
            yield RawRow(int(block.rows[at]), text, _cells(source, fields))


def _raw_parquet_rows(source: Source, wanted: Places) -> Iterator[RawRow]:
    row = FIRST_ROW
    with pq.ParquetFile(source.path) as file:
        for batch in file.iter_batches(PARQUET_ROWS):
            places = wanted[(wanted >= row) & (wanted < row + len(batch))] - row
            for place, values in zip(places.tolist(), batch.take(pa.array(places)).to_pylist(), strict=True):
                fields = ["" if value is None else str(value) for value in values.values()]
                line = io.StringIO()
                csv.writer(line, lineterminator="").writerow(fields)
                yield RawRow(row + place, line.getvalue(), _cells(source, fields))
            row += len(batch)


def _cells(source: Source, fields: Sequence[str]) -> dict[str, str]:
    cells = {name: fields[place].strip() for name, place in source.positions.items() if place < len(fields)}
    return {name: text for name, text in cells.items() if text}
