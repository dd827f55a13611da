"""A CSV file cut into records: exact row numbers, whatever the quoting; what isn't a record is set apart, not guessed at.

A row's number is what a spreadsheet shows: the header is row 1, and a record with a line break inside quotes is one row.
Blocks of regular records go on to a fast parser. A record is irregular when its fields don't match the header's in
number, when a quotation mark isn't closed, or when its bytes aren't text; it keeps its number and its bytes. An
unclosed quotation mark costs its own line, not the rest of the file.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from goodstanding.book.errors import BookError

BLOCK_BYTES = 8 << 20
LONGEST_RECORD = 1 << 16
MOST_LINES_IN_A_RECORD = 100
UTF_8, GB18030 = "utf-8", "gb18030"
_UTF_8_MARK = codecs.BOM_UTF8
_COMMA, _NEWLINE, _QUOTE = 0x2C, 0x0A, 0x22
_OPEN, _BROKEN = -1, -2

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a first reading of a file says. has_stray_bytes: some rows aren't text in its encoding."""

    sha256: str
    size: int
    encoding: str = UTF_8
    has_stray_bytes: bool = False


@dataclass(frozen=True, slots=True)
class Irregular:
    """A record that can't be parsed. problem: fields, quote, line_break or encoding."""

    row: int
    text: str
    problem: str
    fields: int


@dataclass(frozen=True, slots=True)
class Block:
    """Regular records: their text in UTF-8, the row number of each, and where each lies in the text.

    bytes_read: of the file, so far.
    """

    text: bytes
    rows: Places
    starts: Places
    ends: Places
    irregular: tuple[Irregular, ...]
    bytes_read: int


def facts_of(path: Path) -> FileFacts:
    """Read a file once: its hash, and for CSV its encoding; BookError when it is neither UTF-8 nor GB18030."""
    digest, size, is_utf_8 = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder(UTF_8)()
    with path.open("rb") as file:
        head = file.read(4)
        if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise BookError(f'{path.name} is in UTF-16; we read UTF-8 and GB18030. Save it as "CSV UTF-8".')
        is_text = head != b"PAR1"
        file.seek(0)
        while chunk := file.read(BLOCK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if is_text and is_utf_8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf_8 = False
    if is_utf_8 and is_text:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf_8 = False
    if is_utf_8:
        return FileFacts(digest.hexdigest(), size)
    encoding, has_stray_bytes = _encoding_by_lines(path)
    return FileFacts(digest.hexdigest(), size, encoding, has_stray_bytes)


def _encoding_by_lines(path: Path) -> tuple[str, bool]:
    """Judge by the lines that aren't plain ASCII: mostly UTF-8 with strays, or GB18030, or neither."""
    seen, utf_8, gb18030, first_bad = 0, 0, 0, 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.isascii():
                continue
            seen += 1
            utf_8 += _is_text(line, UTF_8)
            gb18030 += (is_gb := _is_text(line, GB18030))
            first_bad = first_bad or (0 if is_gb else number)
    if 2 * utf_8 >= seen:
        return UTF_8, True
    if 10 * gb18030 >= 9 * seen:
        return GB18030, gb18030 < seen
    raise BookError(
        f'{path.name}, line {first_bad}: the text is neither UTF-8 nor GB18030. Save the file as "CSV UTF-8" and import again.'
    )


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read_header(path: Path, encoding: str) -> tuple[list[str], int]:
    """Return the column names of a CSV file, as written, and where its records begin (in bytes)."""
    with path.open("rb") as file:
        line, start = _header_line(file)
    if line.count(b'"') % 2:
        raise BookError(f"{path.name}, row 1: a quotation mark in the header isn't closed. Correct the header.")
    names = [_unquoted(part) for part in _header_parts(line.decode(encoding))]
    if len(names) == 1 and re.search("[;\t]", names[0]):
        found = "semicolons" if ";" in names[0] else "tabs"
        raise BookError(f"{path.name} is separated by {found}; we read commas. Save it as CSV separated by commas.")
    return names, start


def _header_line(file: BinaryIO) -> tuple[bytes, int]:
    """The first line, which old Macs end with a carriage return, and where the next begins."""
    head = file.read(LONGEST_RECORD)
    mark = len(_UTF_8_MARK) if head.startswith(_UTF_8_MARK) else 0
    ending = re.search(rb"\r\n|\n|\r", head)
    return head[mark : ending.start() if ending else len(head)], ending.end() if ending else len(head)


def _header_parts(line: str) -> list[str]:
    return re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', line)


def _unquoted(part: str) -> str:
    part = part.strip()
    return (
        part[1:-1].replace('""', '"').strip() if part.startswith('"') and part.endswith('"') and len(part) > 1 else part
    )


def blocks_of(path: Path, facts: FileFacts, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Yield the records after the header, block by block, in order."""
    names, start = read_header(path, facts.encoding)
    row = 2
    with path.open("rb") as file:
        file.seek(start)
        rest, is_last = b"", False
        while not is_last:
            chunk = file.read(block_bytes)
            is_last = not chunk
            text = _with_plain_line_ends(rest + chunk, is_last)
            held = text[len(text) - 1 :] if text.endswith(b"\r") else b""
            found = _records(text[: len(text) - len(held)], len(names), is_last)
            rest = text[found.consumed :]
            if len(found.ends):
                yield _block(text, found, row, facts, file.tell())
                row += len(found.ends)


def _with_plain_line_ends(text: bytes, is_last: bool) -> bytes:
    r"""Turn \r\n and a lone \r into \n; a \r that ends the text waits for what follows it."""
    if b"\r" not in text:
        body = text
    else:
        held = text.endswith(b"\r") and not is_last
        body = (text[:-1] if held else text).replace(b"\r\n", b"\n").replace(b"\r", b"\n") + (b"\r" if held else b"")
    return body + b"\n" if is_last and body and not body.endswith(b"\n") else body


@dataclass(frozen=True, slots=True)
class _Found:
    """Records found in a text: where each ends (after its line break), its fields (0: an empty line; -2: broken quotes)."""

    ends: Places
    fields: Places
    consumed: int
    width: int


def _records(text: bytes, width: int, is_last: bool) -> _Found:
    letters = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(letters == _NEWLINE)
    commas = np.flatnonzero(letters == _COMMA)
    if b'"' in text:
        quotes = np.flatnonzero(letters == _QUOTE)
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
        consumed = int(ends[-1]) + 1 if len(ends) else 0
        is_unclosed = len(text) - consumed > LONGEST_RECORD or (is_last and consumed < len(text))
        found = _counted(ends, commas, width)
        if is_unclosed or not _are_well_placed(letters, quotes[quotes < consumed]) or _hides_lines(letters, found):
            return _records_line_by_line(text, width, is_last)
        return found
    return _counted(ends, commas, width)


def _counted(ends: Places, commas: Places, width: int) -> _Found:
    if not len(ends):
        return _Found(ends, ends, 0, width)
    fields = np.diff(np.searchsorted(commas, ends), prepend=0) + 1
    fields[np.diff(ends, prepend=-1) == 1] = 0
    return _Found(ends + 1, fields, int(ends[-1]) + 1, width)


def _hides_lines(letters: npt.NDArray[np.uint8], found: _Found) -> bool:
    """Whether a record with too few or too many fields runs over several lines: it may have swallowed its neighbours."""
    lines = np.diff(np.searchsorted(np.flatnonzero(letters == _NEWLINE), found.ends), prepend=0)
    return bool(((lines > 1) & (found.fields != found.width)).any())


def _are_well_placed(letters: npt.NDArray[np.uint8], quotes: Places) -> bool:
    """Whether each quotation mark opens a field, closes one, or is one of a pair inside one."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, letters[opening - 1], _NEWLINE)
    after = letters[closing + 1]
    return bool(np.isin(before, (_COMMA, _NEWLINE, _QUOTE)).all() and np.isin(after, (_COMMA, _NEWLINE, _QUOTE)).all())


def _records_line_by_line(text: bytes, width: int, is_last: bool) -> _Found:
    """The patient way, for text with a quotation mark out of place: a line that can't be completed is broken on its own."""
    lines = text.split(b"\n")[:-1]
    ends, fields, at, place = [], [], 0, 0
    while place < len(lines):
        line, taken = lines[place], 1
        number = _fields_in(line)
        if number == _OPEN:
            taken, number = _completed(lines, place, width)
            if number == _OPEN and place + MOST_LINES_IN_A_RECORD > len(lines) and not is_last:
                break
            if number < 0:
                taken, number = 1, _BROKEN
        at += sum(len(one) + 1 for one in lines[place : place + taken])
        ends.append(at)
        fields.append(number if line or taken > 1 else 0)
        place += taken
    return _Found(np.array(ends, np.int64), np.array(fields, np.int64), at, width)


def _completed(lines: list[bytes], place: int, width: int) -> tuple[int, int]:
    """Join lines until the record is whole and as wide as the header: how many lines, how many fields."""
    record = lines[place]
    for taken in range(2, MOST_LINES_IN_A_RECORD + 1):
        if place + taken > len(lines):
            break
        record += b"\n" + lines[place + taken - 1]
        number = _fields_in(record)
        if number == width:
            return taken, number
        if number != _OPEN:
            return 1, _BROKEN
    return 1, _OPEN


def _fields_in(record: bytes) -> int:
    """Count a record's fields; _OPEN when a quotation mark isn't closed, _BROKEN when text follows a closing one."""
    if b'"' not in record:
        return record.count(b",") + 1
    at, fields = 0, 1
    while True:
        if record[at : at + 1] == b'"':
            closing = _closing_quote(record, at + 1)
            if closing < 0:
                return _OPEN
            at = closing + 1
            if at == len(record):
                return fields
            if record[at] != _COMMA:
                return _BROKEN
        else:
            at = record.find(b",", at)
            if at < 0:
                return fields
        at, fields = at + 1, fields + 1


def _closing_quote(record: bytes, at: int) -> int:
    while (at := record.find(b'"', at)) >= 0 and record[at + 1 : at + 2] == b'"':
        at += 2
    return at


def _block(text: bytes, found: _Found, first_row: int, facts: FileFacts, bytes_read: int) -> Block:
    """Keep the regular records; decode to UTF-8 last, since neither encoding hides a comma or quote inside a letter."""
    starts = np.concatenate(([0], found.ends[:-1]))
    rows = np.arange(first_row, first_row + len(found.ends))
    is_regular = found.fields == found.width
    irregular = [
        Irregular(
            int(rows[at]), _decoded(text[starts[at] : found.ends[at]], facts.encoding), problem, int(found.fields[at])
        )
        for at in np.flatnonzero(~is_regular & (found.fields != 0)).tolist()
        for problem in ["quote" if found.fields[at] == _BROKEN else "fields"]
    ]
    if facts.has_stray_bytes:
        strays = [
            at
            for at in np.flatnonzero(is_regular).tolist()
            if not _is_text(text[starts[at] : found.ends[at]], facts.encoding)
        ]
        is_regular[strays] = False
        irregular += [
            Irregular(
                int(rows[at]), _decoded(text[starts[at] : found.ends[at]], facts.encoding), "encoding", found.width
            )
            for at in strays
        ]
    if is_regular.all():
        body = text[: found.consumed]
    else:
        body = b"".join(text[starts[at] : found.ends[at]] for at in np.flatnonzero(is_regular).tolist())
        rows = rows[is_regular]
    lengths = (found.ends - starts)[is_regular]
    if facts.encoding != UTF_8:
        body, lengths = _recoded(body, lengths, facts.encoding)
    ends = np.cumsum(lengths)
    return Block(body, rows, ends - lengths, ends, tuple(irregular), bytes_read)


def _decoded(record: bytes, encoding: str) -> str:
    return record.decode(encoding, errors="replace").rstrip("\n")


def _recoded(body: bytes, lengths: Places, encoding: str) -> tuple[bytes, Places]:
    """Turn records into UTF-8, and their lengths with them."""
    ends = np.cumsum(lengths)
    records = [
        body[start:end].decode(encoding).encode(UTF_8)
        for start, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
    ]
    return b"".join(records), np.array([len(record) for record in records], np.int64)
