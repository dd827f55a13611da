"""The signature in a seal: CMS as CAdES and PAdES ask for it (RFC 5652, RFC 5035, ETSI EN 319 122-1), written and read.

Only this one form: SHA-256, ECDSA on P-256, one signer, its certificate beside it, nothing else. What doesn't have it
to the byte isn't ours, and is refused rather than guessed at.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SHA_256 = bytes.fromhex("300b0609608648016503040201")
_ECDSA_SHA_256 = bytes.fromhex("300a06082a8648ce3d040302")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_SEQUENCE, _SET, _OCTETS, _CONTEXT_0 = 0x30, 0x31, 0x04, 0xA0


class NotOurCms(ValueError):
    """A signature of another form than ours."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a seal's signature holds. attributes: the bytes that were signed. signature: DER of r and s."""

    certificate: bytes
    attributes: bytes
    signature: bytes


def signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """What is signed: the content's kind, its SHA-256, and which certificate it is signed for; as a SET, in DER order."""
    for_certificate = _der(
        _SEQUENCE, _der(_SEQUENCE, _der(_SEQUENCE, _der(_OCTETS, hashlib.sha256(certificate).digest())))
    )
    attributes = (
        _attribute(_CONTENT_TYPE, _DATA),
        _attribute(_MESSAGE_DIGEST, _der(_OCTETS, digest)),
        _attribute(_SIGNING_CERTIFICATE_V2, for_certificate),
    )
    return _der(_SET, b"".join(sorted(attributes)))


def cms(signed: Signed) -> bytes:
    """Write the signature as a ContentInfo, in DER."""
    issuer, serial = _issuer_and_serial(signed.certificate)
    attributes = bytes((_CONTEXT_0,)) + signed.attributes[1:]
    signer = _der(
        _SEQUENCE,
        b"\x02\x01\x01"
        + _der(_SEQUENCE, issuer + serial)
        + _SHA_256
        + attributes
        + _ECDSA_SHA_256
        + _der(_OCTETS, signed.signature),
    )
    data = (
        b"\x02\x01\x01"
        + _der(_SET, _SHA_256)
        + _der(_SEQUENCE, _DATA)
        + _der(_CONTEXT_0, signed.certificate)
        + _der(_SET, signer)
    )
    return _der(_SEQUENCE, _SIGNED_DATA + _der(_CONTEXT_0, _der(_SEQUENCE, data)))


def read_cms(data: bytes) -> Signed:
    """Read a signature of our own form; NotOurCms when writing it again would give other bytes."""
    try:
        content = _inside(_inside(_inside(data)[1])[0])
        certificate = _contents(content[3])
        signer = _inside(_contents(content[4]))
        attributes = bytes((_SET,)) + signer[3][1:]
        found = Signed(certificate, attributes, _contents(signer[5]))
        written = cms(found)
    except (IndexError, ValueError):
        raise NotOurCms("the signature isn't CMS of the form we write") from None
    if written != data:
        raise NotOurCms("the signature holds something besides what we write")
    return found


def _attribute(kind: bytes, value: bytes) -> bytes:
    return _der(_SEQUENCE, kind + _der(_SET, value))


def _issuer_and_serial(certificate: bytes) -> tuple[bytes, bytes]:
    """Of an X.509 certificate of version 3: its issuer and serial number, as they stand."""
    parts = _inside(_inside(certificate)[0])
    return parts[3], parts[1]


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def _contents(element: bytes) -> bytes:
    start, stop = _span(element, 0)
    return element[start:stop]


def _inside(element: bytes) -> list[bytes]:
    return list(_elements(_contents(element)))


def _elements(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        _, stop = _span(content, at)
        yield content[at:stop]
        at = stop


def _span(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at `at` starts and stops; ValueError when it runs out of the data."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    if start + length > len(data):
        raise ValueError("an element runs out of the data")
    return start, start + length
