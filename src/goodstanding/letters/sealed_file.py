"""A sealed letter's file, read from its bytes: its record, its code and the text of its pages, in a third of PDFium's time.

Only what has the very form that `seal` writes around what Typst sets is read; all else raises NotAsWritten, and PDFium, which
reads any PDF, must be asked. On a page nothing may stand but plain paths and text that is shown: no picture, no form, no text
told otherwise than it is shown. Ask only of a file that is whole as a known key sealed it: nothing here guards against a file
that somebody built to be read in two ways.
"""

import re
import struct
import zlib
from binascii import unhexlify
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import NoReturn

from goodstanding.letters.attached import CODE, RECORD

_TAIL = re.compile(rb"\nstartxref\n(\d+)\n%%EOF\n\Z")
_OBJECT = re.compile(rb"\d+ 0 obj\n<<(.*?)/Length (\d+)(.*?)>>\nstream\n", re.DOTALL)
_ROW = struct.Struct(">BIH")
_ATTACHED = re.compile(rb"/Names<</EmbeddedFiles<</Names\[\(%b\)(\d+) 0 R\]>>>>" % re.escape(RECORD.encode()))
_EMBEDDED = re.compile(rb"/EF<</F (\d+) 0 R/UF \1 0 R>>")
_FONT = re.compile(rb"/(f\d+) (\d+) 0 R")
_MAPPED = re.compile(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>")

_PLAIN = rb"(?:[^\\()]++|\\.)*+"
_INSIDE = reduce(lambda inside, _: rb"(?:[^\\()]++|\\.|\(%b\))*+" % inside, range(6), _PLAIN)
"""Of a string in brackets: brackets in pairs stand as they are."""
_NUMBER = rb"-?[0-9]*\.?[0-9]+"
_MARK = rb"/[A-Za-z0-9]+(?:<<[^<>()]*(?:/Alt(?:<[0-9A-F]*>|\(%b\)))?>>)?\s*(?:BDC|BMC)" % _INSIDE
_GRAPHICS = rb"(?:[-0-9.*\sqQwJjMdmlcrehSsfnWCNE]++|B(?!T)|/c[0-9]+(?=\s)|\[[-0-9. ]*\]|%b)*+" % _MARK
"""Numbers, marks of the tags, and operators of paths and colours: no other operator can be written with these letters but for
"sh", a shading. So no text, picture or form stands here."""
_STRING = rb"\(%b\)|<[0-9A-F]*+>" % _INSIDE
_SHOWN = re.compile(
    rb"%b(?:BT 0 Tr/(f[0-9]+) %b Tf(?: %b){6} Tm\[?(?:(%b)(?:\]TJ|Tj)|((?:%b|[-0-9.\s]++)*+)\]TJ)\nET)?+"
    % (_GRAPHICS, _NUMBER, _NUMBER, _STRING, _STRING),
    re.DOTALL,
)
_PARTS = re.compile(rb"\((%b)\)|<([0-9A-F]*+)>" % _INSIDE, re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_MEANT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\"}
_BETWEEN, _RUN_ENDS = b"FFFF", b"\xff\xff"
"""No glyph has this number, and no character."""


class NotAsWritten(ValueError):
    """A file that hasn't the form of our own: it must be read by something that reads every PDF."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """record: the bytes of its letter.json. code: the text of its code; empty without one. pages: what each shows, one run of
    glyphs a line, in the order of the page."""

    record: bytes
    code: str
    pages: tuple[str, ...]


def read_sealed(pdf: bytes) -> SealedFile:
    """Read a letter as `seal` wrote it; NotAsWritten for anything else."""
    try:
        file = _File(pdf)
        root, information = file[file.root], file[file.information]
        record = file.stream(_number(_EMBEDDED, file[_number(_ATTACHED, root)]))
        code = re.search(rb"/%b\(([!-'*-\[\]-~]*)\)" % CODE.encode(), information)
        pages = tuple(_text(file, page) for page in _pages(file, _reference(root, b"Pages")))
    except (KeyError, IndexError, ValueError, RecursionError, struct.error, zlib.error) as why:
        raise NotAsWritten(str(why)) from None
    return SealedFile(record, code[1].decode() if code else "", pages)


class _File:
    """The objects of a file of which all without a stream are packed into one (see pdf_file)."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf, self._fonts, tail = pdf, dict[int, Mapping[int, str]](), _TAIL.search(pdf, max(0, len(pdf) - 64))
        if tail is None:
            raise NotAsWritten("the file doesn't end as ours do")
        keys, rows = self._stream(int(tail[1]))
        self.root, self.information = _reference(keys, b"Root"), _reference(keys, b"Info")
        self._places = list(_ROW.iter_unpack(rows))
        (pack,) = {place for kind, place, _ in self._places if kind == 2} or {0}
        keys, content = self._stream(self._places[pack][1])
        begins = int(_found(re.compile(rb"/First (\d+)"), keys))
        numbers = [int(one) for one in content[:begins].split()]
        starts = [begins + one for one in numbers[1::2]]
        self._packed = {
            number: content[start:stop]
            for number, start, stop in zip(numbers[::2], starts, [*starts[1:], len(content)], strict=True)
        }

    def __getitem__(self, number: int) -> bytes:
        """An object without a stream."""
        return self._packed[number]

    def font(self, number: int) -> Mapping[int, str]:
        """What the glyphs of a font stand for."""
        if number not in self._fonts:
            self._fonts[number] = _characters(self.stream(_reference(self[number], b"ToUnicode")))
        return self._fonts[number]

    def stream(self, number: int) -> bytes:
        kind, place, _ = self._places[number]
        if kind != 1:
            raise NotAsWritten(f"object {number} has no stream")
        return self._stream(place)[1]

    def _stream(self, place: int) -> tuple[bytes, bytes]:
        """The keys of a stream at a place of the file, and what it holds."""
        head = _OBJECT.match(self._pdf, place)
        if head is None or b"/Filter/FlateDecode" not in head[1] + head[3]:
            raise NotAsWritten(f"no stream stands at byte {place}")
        return head[1] + head[3], zlib.decompress(self._pdf[head.end() : head.end() + int(head[2])])


def _found(pattern: re.Pattern[bytes], content: bytes) -> bytes:
    match = pattern.search(content)
    if match is None:
        raise NotAsWritten(f"there is no {pattern.pattern.decode()}")
    return match[1]


def _number(pattern: re.Pattern[bytes], content: bytes) -> int:
    return int(_found(pattern, content))


def _reference(content: bytes, key: bytes) -> int:
    return _number(re.compile(rb"/%b (\d+) 0 R" % key), content)


# -- pages ------------------------------------------------------------------------------------------------------------


def _pages(file: _File, number: int) -> Iterator[bytes]:
    node = file[number]
    if node.startswith(b"<</Type/Pages"):
        for kid in re.findall(rb"(\d+) 0 R", _found(re.compile(rb"/Kids\[([^\]]*)\]"), node)):
            yield from _pages(file, int(kid))
    elif node.startswith(b"<</Type/Page/"):
        yield node
    else:
        raise NotAsWritten(f"object {number} is no page")


def _text(file: _File, page: bytes) -> str:
    """What a page shows, run by run."""
    content, resources = file.stream(_reference(page, b"Contents")), file[_reference(page, b"Resources")]
    fonts = {name: file.font(int(number)) for name, number in _FONT.findall(resources)}
    runs, font, at = list[str](), b"", 0
    codes = list[bytes]()
    while at < len(content):
        found = _SHOWN.match(content, at)
        if found is None or found.end() == at:
            raise NotAsWritten(f"something stands on a page that isn't read here: {content[at : at + 40]!r}")
        at, (name, one, several) = found.end(), found.groups()
        if name is None:
            continue
        if name != font:
            runs, font, codes = [*runs, _said(codes, fonts, font)], name, []
        if one:
            codes.append(unhexlify(one[1:-1]) if one.startswith(b"<") else _unescaped(one[1:-1]))
        else:
            parts = _PARTS.findall(several)
            codes += [unhexlify(digits) if digits else _unescaped(written) for written, digits in parts]
        codes.append(_RUN_ENDS)
    return "".join([*runs, _said(codes, fonts, font)])


def _said(codes: list[bytes], fonts: Mapping[bytes, Mapping[int, str]], font: bytes) -> str:
    return b"".join(codes).decode("utf-16-be").translate(fonts[font]) if codes else ""


@lru_cache(maxsize=4096)
def _unescaped(written: bytes) -> bytes:
    """The bytes of a string in brackets. Nearly all begin with a zero."""
    if b"\\\\" not in written:
        written = written.replace(b"\\000", b"\0")
    return _ESCAPED.sub(_meant, written) if b"\\" in written else written


def _meant(escaped: re.Match[bytes]) -> bytes:
    said = escaped[1]
    return bytes((int(said, 8),)) if len(said) == 3 else _MEANT[said]


class _Characters(dict[int, str]):
    """What each glyph of a font stands for."""

    def __missing__(self, code: int) -> NoReturn:
        raise NotAsWritten(f"glyph {code} stands for nothing")


def _characters(map_of_characters: bytes) -> Mapping[int, str]:
    told = map_of_characters.partition(b"endcodespacerange")[2]
    if b"bfrange" in told or b"usecmap" in told:
        raise NotAsWritten("a font's characters are told in another way than ours")
    codes, characters = zip(*_MAPPED.findall(told), strict=True)
    in_order = struct.unpack(f">{len(codes)}H", unhexlify(b"".join(codes)))
    said = unhexlify(_BETWEEN.join(characters)).decode("utf-16-be").split("\uffff")
    found = _Characters(zip(in_order, said, strict=True))
    found[0xFFFF] = "\n"
    return found
