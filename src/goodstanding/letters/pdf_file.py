"""A PDF as Typst writes it, taken apart into its objects and written again, smaller and with a place for a seal.

Typst writes every object plainly, and of a tagged page half the bytes are such objects. Here those without a stream are
packed together (object streams, ISO 32000-1, 7.5.7), which PDF/A-3 allows. Only what Typst writes is read: one revision,
a plain table of references, objects numbered from 1.
"""

import re
import struct
import zlib
from dataclasses import dataclass, field

_OBJECT_BEGINS = b" 0 obj\n"
_OBJECT_ENDS = b"\nendobj"
_TRAILER = re.compile(rb"\ntrailer\n<<(.*)>>\nstartxref\n(\d+)\n%%EOF\s*$", re.DOTALL)
_TRAILER_BEGINS = b"\ntrailer\n"
_ENTRY = 20
"""Bytes of a line of the table of references."""
_ROW = struct.Struct(">BIH")
_NOWHERE = (0, 0, 0)
_HEAD = b"%PDF-1.7\n%\x80\x80\x80\x80\n"


class NotOurPdf(ValueError):
    """A file that isn't built as Typst builds them, so that it can't be sealed."""


@dataclass(slots=True)
class PdfFile:
    """objects: by number, without "obj" and "endobj". trailer: the keys that name root, info and id."""

    objects: dict[int, bytes]
    root: int
    trailer: bytes
    _next: int = field(init=False)

    def __post_init__(self) -> None:
        self._next = max(self.objects) + 1

    def add(self, content: bytes = b"") -> int:
        """Add an object and return its number; its content may come later."""
        number, self._next = self._next, self._next + 1
        self.objects[number] = content
        return number


def read_pdf(pdf: bytes) -> PdfFile:
    """Take a PDF apart; NotOurPdf when it isn't built as Typst builds them."""
    trailer = _TRAILER.match(pdf, max(0, pdf.rfind(_TRAILER_BEGINS)))
    if trailer is None or not pdf.startswith(b"%PDF-1.7"):
        raise NotOurPdf("the PDF has no plain trailer of PDF 1.7: it wasn't set by Typst, or something was added to it")
    at = int(trailer[2])
    head = re.compile(rb"xref\n0 (\d+)\n").match(pdf, at)
    if head is None:
        raise NotOurPdf("the PDF has no plain table of references where its end says")
    entries = pdf[head.end() : head.end() + _ENTRY * int(head[1])]
    starts = sorted(int(entries[place : place + 10]) for place in range(_ENTRY, len(entries), _ENTRY))
    objects = {}
    for start, stop in zip(starts, [*starts[1:], at], strict=True):
        number, begins, content = pdf[start:stop].partition(_OBJECT_BEGINS)
        ends = content.rfind(_OBJECT_ENDS)
        if not begins or not number.isdigit() or ends < 0:
            raise NotOurPdf(f"the PDF has no object at byte {start}, where its table of references says")
        objects[int(number)] = content[:ends]
    keys = trailer[1]
    root = re.search(rb"/Root (\d+) 0 R", keys)
    if root is None:
        raise NotOurPdf("the PDF's trailer names no root")
    return PdfFile(objects, int(root[1]), re.sub(rb"/Size \d+", b"", keys))


def write_pdf(file: PdfFile, last: int | None = None) -> tuple[bytes, int]:
    """Write it whole; returns the bytes and where the object `last` begins, which is written by itself, after all others.

    Objects with a stream stand by themselves; the others are packed together, in the order of their numbers.
    """
    out, places, packed = bytearray(_HEAD), dict[int, tuple[int, int, int]](), list[int]()
    for number in sorted(file.objects):
        if number == last:
            continue
        if file.objects[number].endswith(b"endstream"):
            places[number] = (1, len(out), 0)
            out += b"%d 0 obj\n%b\nendobj\n" % (number, file.objects[number])
        else:
            packed.append(number)
    pack, table = max(file.objects) + 1, max(file.objects) + 2
    places |= {number: (2, pack, place) for place, number in enumerate(packed)}
    places[pack] = (1, len(out), 0)
    out += b"%d 0 obj\n%b\nendobj\n" % (pack, _packed(file, packed))
    begins = len(out)
    if last is not None:
        places[last] = (1, begins, 0)
        out += b"%d 0 obj\n%b\nendobj\n" % (last, file.objects[last])
    at = len(out)
    places[table] = (1, at, 0)
    out += b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, _references(places, file.trailer), at)
    return bytes(out), begins


def _packed(file: PdfFile, numbers: list[int]) -> bytes:
    offsets, body = list[bytes](), bytearray()
    for number in numbers:
        offsets.append(b"%d %d" % (number, len(body)))
        body += file.objects[number] + b"\n"
    head = b" ".join(offsets) + b"\n"
    return _stream(b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head)), head + body)


def _references(places: dict[int, tuple[int, int, int]], trailer: bytes) -> bytes:
    """A stream of references (7.5.8): kind in one byte, offset or pack in four, place in two."""
    size = max(places) + 1
    rows = [_ROW.pack(0, 0, 0xFFFF), *[_ROW.pack(*places.get(number, _NOWHERE)) for number in range(1, size)]]
    return _stream(b"/Type/XRef/Size %d/W[1 4 2]%b" % (size, trailer), b"".join(rows))


def _stream(keys: bytes, content: bytes) -> bytes:
    data = zlib.compress(content, 3)  # a tenth larger than at 6, and done in half the time
    return b"<<%b/Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (keys, len(data), data)
