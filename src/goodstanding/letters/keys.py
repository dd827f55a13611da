"""The lender's keys: two pairs under one id, one that seals the PDF (ECDSA P-256), one that signs the token (Ed25519).

A folder holds them: `keys.json` says which there are, a folder for each has its certificate and its private keys (PEM,
readable by its owner alone), or the labels under which a device keeps those (PKCS#11). One key is in use; a retired one still verifies what it sealed; a revoked one verifies nothing any
more. What others may know is published as a JSON Web Key Set (RFC 7517, RFC 8037).
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from goodstanding.core.dates import parse_day
from goodstanding.letters.key_settings import Device, KeysError

INDEX = "keys.json"
SEAL, TOKEN, CERTIFICATE = "seal.pem", "token.pem", "seal.crt"
ON_DEVICE = "device.json"
BEFORE = timedelta(days=7)
"""So long before a key was made a letter may be dated that it seals: on a lender's first day the book is of a day before."""
YEARS = 10
"""How long a certificate of our own making says it is valid; what counts is the index."""
_ES256 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """What the index says of a key. is_example: the public demonstration key, which proves nothing."""

    id: str
    lender: str
    made_on: date
    retired_on: date | None = None
    revoked_on: date | None = None
    is_example: bool = False

    @property
    def state(self) -> str:
        return "revoked" if self.revoked_on else "retired" if self.retired_on else "in use"

    def is_too_new_for(self, issued_on: date) -> bool:
        """Whether a letter of that day can't be proved by it. A letter has the date of its book, some days before it is sealed."""
        return issued_on < self.made_on - BEFORE


@dataclass(frozen=True, slots=True)
class OnDevice:
    """Where a key's private halves lie that no file holds: the labels of both, and of the token that has them."""

    on_token: str
    seal: str
    token: str


class TokenKey(Protocol):
    """An Ed25519 private key, in memory or on a device."""

    def sign(self, data: bytes, /) -> bytes: ...

    def public_key(self) -> ed25519.Ed25519PublicKey: ...


@dataclass(frozen=True)
class SigningKey:
    """A key that seals: the private halves, in memory or on a device."""

    entry: KeyEntry
    seal_key: ec.EllipticCurvePrivateKey
    token_key: TokenKey
    certificate: bytes

    @property
    def id(self) -> str:
        return self.entry.id

    def sign(self, data: bytes) -> bytes:
        """ECDSA on P-256 with SHA-256, as DER; deterministic (RFC 6979) but on a device, which doesn't know how."""
        return self.seal_key.sign(data, _ES256)

    def sign_token(self, data: bytes) -> bytes:
        return self.token_key.sign(data)

    @cached_property
    def public(self) -> "PublicKey":
        return PublicKey(self.entry, self.seal_key.public_key(), self.token_key.public_key(), self.certificate)


@dataclass(frozen=True)
class PublicKey:
    """The public halves of a key, and what is said of it. certificate: DER."""

    entry: KeyEntry
    seal_key: ec.EllipticCurvePublicKey
    token_key: ed25519.Ed25519PublicKey
    certificate: bytes

    def is_seal_of(self, data: bytes, signature: bytes) -> bool:
        try:
            self.seal_key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def is_token_of(self, data: bytes, signature: bytes) -> bool:
        try:
            self.token_key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


# -- a folder of keys -----------------------------------------------------------------------------------------------


class KeyFolder:
    """The lender's keys on disk. Made with `new`; every change writes the index whole, or not at all.

    device: where new private keys are made and kept, and where those lie that aren't in files.
    """

    def __init__(self, folder: Path, device: Device | None = None) -> None:
        self.folder, self._device = folder, device

    def entries(self) -> tuple[KeyEntry, ...]:
        """Every key, the oldest first; none when there is no folder yet."""
        path = self.folder / INDEX
        if not path.exists():
            return ()
        try:
            return tuple(_entry(one) for one in json.loads(path.read_text(encoding="utf-8"))["keys"])
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise KeysError(
                f"{path} can't be read ({problem}): restore it from a backup; the keys beside it are untouched."
            ) from None

    def new(self, lender: str, name: str, *, on: date, existing: tuple[str, str] | None = None) -> KeyEntry:
        """Make a pair of keys for a lender without one in use. name: the organisation, in the certificate.

        existing: labels of a seal key and a token key that the device has already, to be taken in place of new ones.
        """
        if current := self._in_use():
            raise KeysError(
                f"{self.folder} has a key in use, {current.id}: `goodstanding keys rotate` makes the next one."
            )
        return self._make(lender, name, on, existing)

    def rotate(self, *, on: date, existing: tuple[str, str] | None = None) -> tuple[KeyEntry, KeyEntry]:
        """Retire the key in use and make the next one; returns both. What the old one sealed goes on verifying."""
        current = self._in_use()
        if current is None:
            raise KeysError(f"{self.folder} has no key in use to rotate: `goodstanding keys new` makes one.")
        name = _name_in(self._certificate(current.id))
        retired = replace(current, retired_on=on)
        fresh = self._make(current.lender, name, on, existing, before=retired)
        return retired, fresh

    def revoke(self, key: str, *, on: date) -> KeyEntry:
        """Say that a key can't be trusted any more, for what it sealed before as well."""
        entries = self.entries()
        if key not in {one.id for one in entries}:
            raise KeysError(f"{self.folder} has no key {key}: `goodstanding keys list` shows them.")
        changed = [
            replace(one, revoked_on=on, retired_on=one.retired_on or on) if one.id == key else one for one in entries
        ]
        self._write(changed)
        return next(one for one in changed if one.id == key)

    def signing_key(self) -> SigningKey:
        """The key in use, with its private halves; KeysError when there is none, others may read it, or its device can't be used."""
        current = self._in_use()
        if current is None:
            raise KeysError(f"{self.folder} has no key in use: `goodstanding keys new` makes one.")
        if lies := self.on_device(current.id):
            from goodstanding.letters.device import pair_of

            public = self._public(current)
            pair = pair_of(
                self._device_with(current.id, lies), (lies.seal, lies.token), public.seal_key, public.token_key
            )
            return SigningKey(current, *pair, public.certificate)
        seal = self._private(current.id, SEAL, ec.EllipticCurvePrivateKey)
        token = self._private(current.id, TOKEN, ed25519.Ed25519PrivateKey)
        return SigningKey(current, seal, token, self._certificate(current.id))

    def public_keys(self) -> tuple[PublicKey, ...]:
        return tuple(self._public(one) for one in self.entries())

    def on_device(self, key: str) -> OnDevice | None:
        """Where on a device a key's private halves lie; None when they are in files."""
        path = self.folder / key / ON_DEVICE
        if not path.exists():
            return None
        try:
            return OnDevice(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as problem:
            raise KeysError(f"{path} can't be read ({problem}): restore it from a backup.") from None

    def _device_with(self, key: str, lies: OnDevice) -> Device:
        if self._device is None:
            raise KeysError(
                f"key {key} lies on a device (token {lies.on_token}), and lender.toml names none: add [keys] with library, token"
                " and where the PIN is, see docs/guides/proof.md."
            )
        if self._device.token != lies.on_token:
            raise KeysError(
                f"key {key} lies on token {lies.on_token}, but lender.toml names token {self._device.token}: name the other, or"
                " rotate to a new key."
            )
        return self._device

    def _in_use(self) -> KeyEntry | None:
        return next((one for one in self.entries() if one.state == "in use"), None)

    def _make(
        self,
        lender: str,
        name: str,
        on: date,
        existing: tuple[str, str] | None,
        before: KeyEntry | None = None,
    ) -> KeyEntry:
        seal, token, lies = self._pair(lender, on, existing)
        entry = KeyEntry(key_id(seal.public_key(), token.public_key()), lender, on)
        place = self.folder / entry.id
        if place.exists():
            raise KeysError(f"{self.folder} has key {entry.id} already: name other labels, or none to make a new pair.")
        certificate = _pem(self_signed(seal, name, on))
        place.mkdir(parents=True, mode=0o700)
        if lies:
            (place / ON_DEVICE).write_text(
                f"{json.dumps(asdict(lies), indent=1, ensure_ascii=False)}\n", encoding="utf-8"
            )
        else:
            _write_private(place / SEAL, seal)
            _write_private(place / TOKEN, token)
        (place / CERTIFICATE).write_bytes(certificate)
        public = place / "token.pub"
        public.write_bytes(
            token.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        others = [before if before and one.id == before.id else one for one in self.entries()]
        self._write([*others, entry])
        return entry

    def _pair(
        self, lender: str, on: date, existing: tuple[str, str] | None
    ) -> tuple[ec.EllipticCurvePrivateKey, TokenKey, OnDevice | None]:
        """A seal key and a token key, and where they lie when that isn't in memory."""
        if self._device is None:
            if existing:
                raise KeysError(
                    f"{' and '.join(existing)} are labels of a device, and lender.toml names none: add [keys] with library, token"
                    " and where the PIN is, see docs/guides/proof.md."
                )
            return ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate(), None
        from goodstanding.letters.device import made_pair, pair_of

        labels = existing
        if labels is None:
            labels = made_pair(self._device, f"{lender}-{on:%Y%m%d}")
        return *pair_of(self._device, labels), OnDevice(self._device.token, *labels)

    def _write(self, entries: Iterable[KeyEntry]) -> None:
        data = {"keys": [_entry_data(one) for one in entries]}
        fresh = self.folder / f"{INDEX}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / INDEX)

    def _private(self, key: str, name: str, kind: type[Any]) -> Any:
        path = self.folder / key / name
        try:
            mode = path.stat().st_mode
            data = path.read_bytes()
        except OSError as problem:
            raise KeysError(f"{path} can't be read ({problem.strerror}): restore it, or rotate to a new key.") from None
        if os.name == "posix" and mode & 0o077:
            raise KeysError(
                f"{path} can be read by others (mode {mode & 0o777:o}): chmod 600 it, and think about rotating."
            )
        try:
            found = serialization.load_pem_private_key(data, None)
        except (ValueError, TypeError):
            raise KeysError(f"{path} isn't a private key in PEM without a passphrase: restore it.") from None
        if not isinstance(found, kind):
            raise KeysError(f"{path} holds a key of another kind: restore it.")
        return found

    def _certificate(self, key: str) -> bytes:
        path = self.folder / key / CERTIFICATE
        try:
            return _der(x509.load_pem_x509_certificate(path.read_bytes()))
        except (OSError, ValueError) as problem:
            raise KeysError(f"{path} isn't a certificate in PEM ({problem}): restore it.") from None

    def _public(self, entry: KeyEntry) -> PublicKey:
        certificate = self._certificate(entry.id)
        path = self.folder / entry.id / "token.pub"
        try:
            token = serialization.load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as problem:
            raise KeysError(f"{path} isn't a public key in PEM ({problem}): restore it.") from None
        return _public(entry, certificate, token)


def self_signed(key: ec.EllipticCurvePrivateKey, name: str, on: date) -> x509.Certificate:
    """A certificate in the lender's name, by its own key: readers of PDFs show it, trust comes from the published keys."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]), x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]
    )
    begins = datetime(on.year, on.month, on.day, tzinfo=UTC)
    spki = _spki(key.public_key())
    only_signs = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(spki).digest()[:15], "big") | 1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=366 * YEARS))
        .add_extension(only_signs, critical=True)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )


def key_id(seal: ec.EllipticCurvePublicKey, token: ed25519.Ed25519PublicKey) -> str:
    """Eight hexadecimal digits made from both public keys."""
    return hashlib.sha256(_spki(seal) + token.public_bytes_raw()).hexdigest()[:8]


# -- what is published ----------------------------------------------------------------------------------------------


def jwks(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Public keys as a JSON Web Key Set; each pair's two keys carry what the index says of it under "goodstanding"."""
    return {"keys": [entry for key in keys for entry in (_seal_jwk(key), _token_jwk(key))]}


def read_jwks(text: str) -> tuple[PublicKey, ...]:
    """Read a published set; KeysError says what is wrong with it."""
    try:
        by_kid = {str(one["kid"]): one for one in json.loads(text)["keys"]}
        return tuple(
            _read_pair(one, by_kid[kid.removesuffix("-seal") + "-token"])
            for kid, one in by_kid.items()
            if kid.endswith("-seal")
        )
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        raise KeysError(f"these aren't keys as `goodstanding keys publish` writes them ({problem})") from None


def _seal_jwk(key: PublicKey) -> dict[str, Any]:
    numbers = key.seal_key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _b64(numbers.x.to_bytes(32, "big")),
        "y": _b64(numbers.y.to_bytes(32, "big")),
        "alg": "ES256",
        "use": "sig",
        "kid": f"{key.entry.id}-seal",
        "x5c": [base64.b64encode(key.certificate).decode()],
        "goodstanding": _entry_data(key.entry),
    }


def _token_jwk(key: PublicKey) -> dict[str, Any]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _b64(key.token_key.public_bytes_raw()),
        "alg": "EdDSA",
        "use": "sig",
        "kid": f"{key.entry.id}-token",
        "goodstanding": _entry_data(key.entry),
    }


def _read_pair(seal: Mapping[str, Any], token: Mapping[str, Any]) -> PublicKey:
    certificate = base64.b64decode(seal["x5c"][0], validate=True)
    public = _public(
        _entry(seal["goodstanding"]), certificate, ed25519.Ed25519PublicKey.from_public_bytes(_unb64(token["x"]))
    )
    numbers = public.seal_key.public_numbers()
    if (numbers.x, numbers.y) != tuple(int.from_bytes(_unb64(seal[name]), "big") for name in "xy"):
        raise ValueError(f"the certificate of {seal['kid']} is of another key")
    return public


def _public(entry: KeyEntry, certificate: bytes, token: Any) -> PublicKey:
    seal = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(seal, ec.EllipticCurvePublicKey) or not isinstance(token, ed25519.Ed25519PublicKey):
        raise KeysError(f"key {entry.id} isn't a pair of P-256 and Ed25519: restore its files.")
    if key_id(seal, token) != entry.id:
        raise KeysError(f"the files of key {entry.id} are of another key: restore them.")
    return PublicKey(entry, seal, token, certificate)


def _entry_data(entry: KeyEntry) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(entry).items()
        if value not in (None, False)
    }


def _entry(data: Mapping[str, Any]) -> KeyEntry:
    days = {name: parse_day(data[name]) for name in ("made_on", "retired_on", "revoked_on") if data.get(name)}
    return KeyEntry(
        id=str(data["id"]), lender=str(data["lender"]), is_example=bool(data.get("is_example", False)), **days
    )


def _write_private(path: Path, key: Any) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _name_in(certificate: bytes) -> str:
    (name,) = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _spki(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
