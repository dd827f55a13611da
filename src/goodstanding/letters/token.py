"""The token in a letter's QR code: who owes how much by which letter, signed, so that paper can be checked offline.

It holds the letter's reference, the last characters of the loan's number, the amount to cure, the letter's day, the key,
and the hash of the record; it is signed with Ed25519 (RFC 8032). Written in base 32, which QR codes hold most tightly.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

PREFIX = "GS1."
_VERSION = 1
_EPOCH = date(2000, 1, 1)
_KEY, _HASH, _SIGNATURE = 4, 16, 64
TAIL = 4
"""Characters of the loan's number that a token shows."""


class BadToken(ValueError):
    """A text that isn't a token, with what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says. amount: minor units. key: the key's id, 8 hexadecimal digits. record: first half of its SHA-256."""

    reference: str
    loan_tail: str
    amount: int
    currency: str
    issued_on: date
    key: str
    record: bytes


def claim_of(
    *, reference: str, loan_id: str, amount: int, currency: str, issued_on: date, key: str, record: bytes
) -> Claim:
    """The claim of a letter. record: the bytes of its letter.json."""
    digest = hashlib.sha256(record).digest()[:_HASH]
    return Claim(reference, loan_id[-TAIL:], amount, currency, issued_on, key, digest)


def write_token(claim: Claim, sign: Callable[[bytes], bytes]) -> str:
    """Sign a claim and write it as text for a QR code's alphanumeric mode."""
    data = _encoded(claim)
    return PREFIX + base64.b32encode(data + sign(data)).rstrip(b"=").decode()


def read_token(text: str) -> tuple[Claim, bytes, bytes]:
    """Read a token, alone or at the end of an address: the claim, the bytes that were signed, and the signature.

    Raises BadToken. Whether the signature is right is for whoever has the key.
    """
    _, found, body = text.strip().rpartition(PREFIX)
    if not found:
        raise BadToken(f"it doesn't begin with {PREFIX}: this isn't the code of one of our letters")
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        raise BadToken("it holds characters that a code of ours doesn't have: it was misread or cut off") from None
    signed, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    try:
        claim = _decoded(signed)
    except (IndexError, ValueError, OverflowError):
        raise BadToken("it ends too early, or holds what a code of ours doesn't: it was misread or cut off") from None
    if _encoded(claim) != signed or base64.b32encode(data).rstrip(b"=").decode() != body:
        raise BadToken("it isn't written as we write it")
    return claim, signed, signature


def _encoded(claim: Claim) -> bytes:
    days = (claim.issued_on - _EPOCH).days
    amount = claim.amount.to_bytes((claim.amount.bit_length() + 7) // 8 or 1, "big")
    return b"".join(
        (
            bytes((_VERSION,)),
            bytes.fromhex(claim.key),
            days.to_bytes(2, "big"),
            claim.currency.encode("ascii"),
            _short(amount),
            _short(claim.loan_tail.encode()),
            _short(claim.reference.encode()),
            claim.record,
        )
    )


def _short(data: bytes) -> bytes:
    return bytes((len(data),)) + data


def _decoded(data: bytes) -> Claim:
    if data[0] != _VERSION:
        raise ValueError("another version")
    key, days, currency = data[1:5].hex(), int.from_bytes(data[5:7], "big"), data[7:10].decode("ascii")
    at, parts = 10, []
    for _ in range(3):
        parts.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    amount, tail, reference = parts
    if len(data) != at + _HASH:
        raise ValueError("another length")
    return Claim(
        reference.decode(),
        tail.decode(),
        int.from_bytes(amount, "big"),
        currency,
        _EPOCH + timedelta(days),
        key,
        data[at:],
    )
