"""The seal: a PAdES signature (ETSI EN 319 142-1, B-B) over the whole letter, the same bytes each time.

The letter stays PDF/A-3a and PDF/UA-1: the signature's field is a tagged form element without a visible mark, and the
metadata are left as they are. What is visible of the proof is the QR code with its token.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol

from goodstanding.letters.cms import NotOurCms, Signed, cms, read_cms, signed_attributes
from goodstanding.letters.pdf_file import NotOurPdf, PdfFile, read_pdf, write_pdf

ROOM = 3072
"""Bytes kept for the signature: certificate and signature come to some 900; a certificate of an authority has room."""
_NUMBER = 10
_BYTE_RANGE = re.compile(rb"/ByteRange\[0 (\d{10}) (\d{10}) (\d{10})\]/Contents<([0-9a-f]*)>")


class Signer(Protocol):
    """A private key and its certificate (DER), wherever the key lies."""

    @property
    def certificate(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes:
        """Return ECDSA on P-256 with SHA-256 over the data, as DER."""
        ...


@dataclass(frozen=True, slots=True)
class Seal:
    """What a sealed file says of itself. covers_all: the signature is over every byte but its own."""

    certificate: bytes
    signature: bytes
    attributes: bytes
    digest: bytes
    covers_all: bool

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are those that were signed; whose signature it is must be asked besides."""
        return self.covers_all and self.attributes == signed_attributes(self.digest, self.certificate)


def seal(
    pdf: bytes, signer: Signer, *, on: date, describes: str, says: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Return the PDF with a seal. on: the letter's day. describes: what a screen reader says of the field.

    says: further entries of the document's information, in ASCII.
    Raises NotOurPdf when the file isn't one that Typst set.
    """
    return _sealed(pdf, lambda digest: _signature(digest, signer), on, describes, says)


def seal_again(
    pdf: bytes, signature: bytes, *, on: date, describes: str, says: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """As `seal`, with the CMS signature that was made before: a letter is made again without its key."""
    return _sealed(pdf, lambda _: signature, on, describes, says)


def _sealed(
    pdf: bytes, signature_for: Callable[[bytes], bytes], on: date, describes: str, says: Mapping[str, str]
) -> bytes:
    file = read_pdf(pdf)
    last = _add_field(file, on, describes)
    _add_information(file, says)
    whole, begins = write_pdf(file, last)
    return _filled(whole, begins, signature_for)


def _add_information(file: PdfFile, says: Mapping[str, str]) -> None:
    if says:
        number = _reference(file.trailer, b"Info")
        entries = b"".join(b"/%b(%b)" % (key.encode("ascii"), text.encode("ascii")) for key, text in says.items())
        file.objects[number] = _with_key(file.objects[number], entries)


def read_seal(pdf: bytes) -> Seal | None:
    """Read a file's seal; None when there is none, or it isn't of our form, or there is more than one."""
    found = list(_BYTE_RANGE.finditer(pdf))
    if len(found) != 1 or pdf.count(b"/ByteRange") != 1:
        return None
    before, after, rest = (int(found[0][place]) for place in (1, 2, 3))
    digest = hashlib.sha256(pdf[:before] + pdf[after : after + rest]).digest()
    covers_all = (before, after, after + rest) == (found[0].start(4) - 1, found[0].end(4) + 1, len(pdf))
    try:
        signed = read_cms(_unpadded(bytes.fromhex(found[0][4].decode())))
    except (NotOurCms, ValueError):
        return None
    return Seal(signed.certificate, signed.signature, signed.attributes, digest, covers_all)


def signature_of(pdf: bytes) -> bytes | None:
    """The CMS signature in a sealed file, for the archive."""
    found = _BYTE_RANGE.search(pdf)
    return _unpadded(bytes.fromhex(found[4].decode())) if found else None


def _unpadded(data: bytes) -> bytes:
    """A DER element without the zeros that fill its room; ValueError when there is anything else behind it."""
    if len(data) < 4 or data[:2] != b"\x30\x82":
        raise ValueError("no signature stands there")
    length = 4 + int.from_bytes(data[2:4], "big")
    if any(data[length:]):
        raise ValueError("something stands behind the signature")
    return data[:length]


def _signature(digest: bytes, signer: Signer) -> bytes:
    attributes = signed_attributes(digest, signer.certificate)
    return cms(Signed(signer.certificate, attributes, signer.sign(attributes)))


def _filled(whole: bytes, begins: int, signature_for: Callable[[bytes], bytes]) -> bytes:
    """Put the signature where room was kept for it, from the byte where its object begins."""
    out = bytearray(whole)
    opens = whole.index(b"/Contents<", begins) + len(b"/Contents")
    closes = opens + 2 + 2 * ROOM
    numbers = (opens, closes, len(whole) - closes)
    place = whole.index(b"/ByteRange[0 ", begins) + len(b"/ByteRange[0 ")
    text = b" ".join(b"%0*d" % (_NUMBER, one) for one in numbers)
    out[place : place + len(text)] = text
    signature = signature_for(hashlib.sha256(out[:opens] + out[closes:]).digest())
    if len(signature) > ROOM:
        raise ValueError(
            f"the signature takes {len(signature)} bytes, {ROOM} are kept for it: use a shorter certificate"
        )
    out[opens + 1 : opens + 1 + 2 * len(signature)] = signature.hex().encode()
    return bytes(out)


def _add_field(file: PdfFile, on: date, describes: str) -> int:
    """Add the signature's field to the first page, to the form and to the tags; return the signature's object."""
    page = _first_page(file)
    root = file.objects[file.root]
    tree = _reference(root, b"StructTreeRoot")
    key = int(_found(rb"/ParentTreeNextKey (\d+)", file.objects[tree]))
    document = _reference(file.objects[tree], b"K")
    value, widget, element = file.add(), file.add(), file.add()
    name = "\ufeff" + describes
    file.objects[widget] = (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU<%b>/V %d 0 R/F 132/Rect[0 0 0 0]/P %d 0 R/StructParent %d>>"
        % (name.encode("utf-16-be").hex().encode(), value, page, key)
    )
    file.objects[element] = b"<</Type/StructElem/S/Form/P %d 0 R/Pg %d 0 R/K<</Type/OBJR/Pg %d 0 R/Obj %d 0 R>>>>" % (
        document,
        page,
        page,
        widget,
    )
    file.objects[document] = _with_item(file.objects[document], b"K", element)
    file.objects[page] = _with_annotation(file, file.objects[page], widget)
    file.objects[tree] = _in_parent_tree(file.objects[tree], key, element)
    file.objects[file.root] = _with_key(root, b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % widget)
    numbers = b" ".join([b"0" * _NUMBER] * 3)
    file.objects[value] = (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%b000000Z)/ByteRange[0 %b]/Contents<%b>>>"
        % (on.strftime("%Y%m%d").encode(), numbers, b"0" * (2 * ROOM))
    )
    return value


def _first_page(file: PdfFile) -> int:
    pages = _reference(file.objects[file.root], b"Pages")
    while b"/Type/Pages" in file.objects[pages]:
        pages = int(_found(rb"/Kids\[\s*(\d+) 0 R", file.objects[pages]))
    return pages


def _found(pattern: bytes, content: bytes) -> bytes:
    match = re.search(pattern, content)
    if match is None:
        raise NotOurPdf(f"the PDF lacks {pattern.decode()}: it wasn't set by Typst with tags")
    return match[1]


def _reference(content: bytes, key: bytes) -> int:
    return int(_found(rb"/%b\s*\[?\s*(\d+) 0 R" % key, content))


def _with_key(content: bytes, addition: bytes) -> bytes:
    return content[: content.rindex(b">>")] + addition + content[content.rindex(b">>") :]


def _with_item(content: bytes, key: bytes, number: int) -> bytes:
    """An array of references with one more."""
    match = re.search(rb"/%b\[(?:\s*\d+ 0 R)*" % key, content)
    if match is None:
        raise NotOurPdf(f"the PDF lacks a list under {key.decode()}")
    return content[: match.end()] + b" %d 0 R" % number + content[match.end() :]


def _with_annotation(file: PdfFile, page: bytes, widget: int) -> bytes:
    if b"/Tabs" not in page:
        page = _with_key(page, b"/Tabs/S")
    if b"/Annots[" in page:
        return _with_item(page, b"Annots", widget)
    if b"/Annots" in page:
        listed = _reference(page, b"Annots")
        content = file.objects[listed]
        file.objects[listed] = content[: content.rindex(b"]")] + b" %d 0 R]" % widget
        return page
    return _with_key(page, b"/Annots[%d 0 R]" % widget)


def _in_parent_tree(tree: bytes, key: int, element: int) -> bytes:
    match = re.search(rb"/ParentTree<</Nums\[[^\]]*", tree)
    if match is None:
        raise NotOurPdf("the PDF's tags have no list of parents")
    tree = tree[: match.end()] + b" %d %d 0 R" % (key, element) + tree[match.end() :]
    return re.sub(rb"/ParentTreeNextKey \d+", b"/ParentTreeNextKey %d" % (key + 1), tree)
