"""Keys on a device: made there, never out of it, reached by PKCS#11 (OASIS, version 2.40 for P-256, 3.0 for Ed25519).

A device is handed what is to be signed and hands back the signature. For the seal it gets the SHA-256 of the data, which
every device with P-256 can sign; what it draws at random for ECDSA isn't ours to choose, so the same letter sealed twice
has two signatures. Ed25519 gives the same one each time (RFC 8032).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from goodstanding.letters.key_settings import Device, KeysError

if TYPE_CHECKING:
    import pkcs11

_P256 = bytes.fromhex("06082a8648ce3d030107")
_ED25519 = (bytes.fromhex("06032b6570"), b"\x13\x0cedwards25519")
"""Two ways to name the curve, both in PKCS#11 3.0: by its identifier (RFC 8410), by its name."""
_MAKES = {"EC": "EC_KEY_PAIR_GEN", "EC_EDWARDS": "EC_EDWARDS_KEY_PAIR_GEN"}
_CURVE = {"EC": "P-256 (ECDSA)", "EC_EDWARDS": "Ed25519 (EdDSA, PKCS#11 3.0)"}
_POINT_P256, _POINT_ED25519 = 65, 32
_MAY_ONLY_SIGN = {"SIGN": True, "PRIVATE": True, "SENSITIVE": True, "EXTRACTABLE": False}
_PROBE = b"Goodstanding asks whether this is the key that it knows."


class SealKeyOnDevice(ec.EllipticCurvePrivateKey):
    """A P-256 key that signs where it lies. What would take it out of there is refused."""

    def __init__(self, private: Any, public: ec.EllipticCurvePublicKey, device: Device) -> None:
        self._private, self._public, self._device = private, public, device

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA over the data's SHA-256, as DER; the device chooses its own random number, whatever is asked for."""
        if not isinstance(signature_algorithm.algorithm, hashes.SHA256):
            raise TypeError("seals are made with SHA-256 alone")
        from pkcs11 import Mechanism

        with _explained(self._device):
            raw = self._private.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
        half = len(raw) // 2
        return utils.encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def exchange(self, algorithm: object, peer_public_key: object) -> NoReturn:
        _stays()

    def private_numbers(self) -> NoReturn:
        _stays()

    def private_bytes(self, encoding: object, format: object, encryption_algorithm: object) -> NoReturn:  # noqa: A002
        _stays()

    def __copy__(self) -> "SealKeyOnDevice":
        return self

    def __deepcopy__(self, memo: object) -> "SealKeyOnDevice":
        return self


class TokenKeyOnDevice:
    """An Ed25519 key that signs where it lies."""

    def __init__(self, private: Any, public: ed25519.Ed25519PublicKey, device: Device) -> None:
        self._private, self._public, self._device = private, public, device

    def sign(self, data: bytes, /) -> bytes:
        from pkcs11 import Mechanism

        with _explained(self._device):
            return bytes(self._private.sign(data, mechanism=Mechanism.EDDSA))

    def public_key(self) -> ed25519.Ed25519PublicKey:
        return self._public


def _stays() -> NoReturn:
    raise TypeError("the key stays on its device, and only signs")


# -- making and finding ---------------------------------------------------------------------------------------------


def made_pair(device: Device, name: str) -> tuple[str, str]:
    """Make a seal key and a token key on the device; return their labels, which begin with the name.

    Neither can ever leave it. Raises KeysError, and then leaves nothing behind.
    """
    session = _opened(device, to_write=True)
    labels = _free_labels(session, device, name)
    seal = _generated(session, device, "EC", (_P256,), labels[0])
    try:
        _generated(session, device, "EC_EDWARDS", _ED25519, labels[1])
    except KeysError:
        with _explained(device):
            for one in seal:
                one.destroy()
        raise
    return labels


def _free_labels(session: "pkcs11.Session", device: Device, name: str) -> tuple[str, str]:
    taken = set(_labels(session, device))
    for number in range(1, 1000):
        stem = name if number == 1 else f"{name}-{number}"
        labels = f"{stem}-seal", f"{stem}-token"
        if not taken.intersection(labels):
            return labels
    raise KeysError(f"token {device.token} has a thousand keys called {name} already: take old ones off it.")


def _generated(session: "pkcs11.Session", device: Device, kind: str, curves: tuple[bytes, ...], label: str) -> Any:
    """A pair of keys on the device, by the first way to name the curve that it takes."""
    import pkcs11

    template = {pkcs11.Attribute[name]: value for name, value in _MAY_ONLY_SIGN.items()}
    for place, curve in enumerate(curves, 1):
        try:
            parameters = session.create_domain_parameters(
                pkcs11.KeyType[kind], {pkcs11.Attribute.EC_PARAMS: curve}, local=True
            )
            return parameters.generate_keypair(
                mechanism=pkcs11.Mechanism[_MAKES[kind]],
                store=True,
                label=label,
                id=label.encode(),
                private_template=template,
            )
        except (pkcs11.PKCS11Error, ValueError) as why:
            if place == len(curves):
                raise KeysError(
                    f"token {device.token} can't make the key {label} ({_said(why)}): the device must be able to make and use"
                    f" keys on {_CURVE[kind]}, inside itself. Ask its maker which firmware can."
                ) from None
    raise AssertionError("a curve has a name")


def pair_of(
    device: Device,
    labels: tuple[str, str],
    seal_public: ec.EllipticCurvePublicKey | None = None,
    token_public: ed25519.Ed25519PublicKey | None = None,
) -> tuple[SealKeyOnDevice, TokenKeyOnDevice]:
    """The seal key and the token key under two labels, after each has signed something that its public key verifies.

    Public keys that aren't given are read from the device. Raises KeysError.
    """
    session = _opened(device)
    private = [_found(session, device, "PRIVATE_KEY", label) for label in labels]
    for key, label in zip(private, labels, strict=True):
        _check_it_stays(key, label, device)
    if seal_public is None:
        point = _point(session, device, labels[0], _POINT_P256, "P-256")
        seal_public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    if token_public is None:
        point = _point(session, device, labels[1], _POINT_ED25519, "Ed25519")
        token_public = ed25519.Ed25519PublicKey.from_public_bytes(point)
    seal = SealKeyOnDevice(private[0], seal_public, device)
    token = TokenKeyOnDevice(private[1], token_public, device)
    _check_they_sign(seal, token, labels, device)
    return seal, token


def _check_it_stays(key: Any, label: str, device: Device) -> None:
    import pkcs11

    with _explained(device):
        if key[pkcs11.Attribute.EXTRACTABLE]:
            raise KeysError(f"key {label} on token {device.token} may be taken off it: make one that can't be.")


def _check_they_sign(seal: SealKeyOnDevice, token: TokenKeyOnDevice, labels: tuple[str, str], device: Device) -> None:
    label = labels[0]
    try:
        sha = ec.ECDSA(hashes.SHA256())
        seal.public_key().verify(seal.sign(_PROBE, sha), _PROBE, sha)
        label = labels[1]
        token.public_key().verify(token.sign(_PROBE), _PROBE)
    except InvalidSignature:
        raise KeysError(
            f"key {label} on token {device.token} isn't the one that is known here: what it signs doesn't verify. Name the right"
            " token, or rotate to a new key."
        ) from None


def _point(session: "pkcs11.Session", device: Device, label: str, size: int, curve: str) -> bytes:
    """A public key's point: bare, or as DER (an OCTET STRING), as devices of either reading of the standard have it."""
    import pkcs11

    with _explained(device):
        point = bytes(_found(session, device, "PUBLIC_KEY", label)[pkcs11.Attribute.EC_POINT])
    if len(point) == size + 2 and point[:2] == bytes((0x04, size)):
        point = point[2:]
    if len(point) != size:
        raise KeysError(f"key {label} on token {device.token} isn't one on {curve}: name another.")
    return point


def _found(session: "pkcs11.Session", device: Device, kind: str, label: str) -> Any:
    import pkcs11

    try:
        with _explained(device):
            return session.get_key(object_class=pkcs11.ObjectClass[kind], label=label)
    except LookupError:
        pass
    what = kind.replace("_", " ").lower()
    there = _labels(session, device, kind)
    if label in there:
        raise KeysError(f"token {device.token} has more than one {what} called {label}: labels must be unique.")
    others = f"it has {', '.join(sorted(set(there)))}" if there else "it has none"
    raise KeysError(f"token {device.token} has no {what} called {label} ({others}): name the right token or label.")


def _labels(session: "pkcs11.Session", device: Device, kind: str = "PRIVATE_KEY") -> list[str]:
    import pkcs11

    with _explained(device):
        found = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass[kind]})
        return [str(one[pkcs11.Attribute.LABEL]) for one in found]


# -- reaching the device --------------------------------------------------------------------------------------------


def _opened(device: Device, *, to_write: bool = False) -> "pkcs11.Session":
    """A session in which the device signs for us. It tries the PIN once: a device locks itself after a few wrong ones."""
    try:
        import pkcs11
    except ModuleNotFoundError:
        raise KeysError(
            "keys on a device need the package python-pkcs11, which isn't here: pip install 'goodstanding[hsm]'."
        ) from None
    try:
        library = pkcs11.lib(device.library)
    except RuntimeError as why:
        raise KeysError(
            f"the device's library {device.library} can't be used ({_said(why)}): install what its maker gives, and name it in"
            " lender.toml (library)."
        ) from None
    with _explained(device):
        try:
            token = library.get_token(token_label=device.token)
        except pkcs11.NoSuchToken:
            there = sorted({one.label for one in library.get_tokens()} - {""})
            others = f"there is {', '.join(there)}" if there else "there is none"
            raise KeysError(
                f"{device.library} sees no token called {device.token} ({others}): plug it in, set it up, or name another."
            ) from None
        try:
            return token.open(rw=to_write, user_pin=device.pin())
        except pkcs11.UserAlreadyLoggedIn:  # a login is the whole process's
            return token.open(rw=to_write)


@contextmanager
def _explained(device: Device) -> Iterator[None]:
    """Say as a KeysError what a device says."""
    import pkcs11

    try:
        yield
    except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned):
        raise LookupError from None
    except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid):
        raise KeysError(
            f"token {device.token} refuses the PIN from {device.pin_lies}: put it right before you try again, since a device locks"
            " itself after a few wrong ones."
        ) from None
    except pkcs11.PinLocked:
        raise KeysError(
            f"token {device.token} is locked after too many wrong PINs: whoever set it up (its security officer) unlocks it."
        ) from None
    except pkcs11.MultipleTokensReturned:
        raise KeysError(
            f"{device.library} sees more than one token called {device.token}: labels must be unique."
        ) from None
    except pkcs11.PKCS11Error as why:
        raise KeysError(
            f"token {device.token} can't do what it was asked ({_said(why)}): see whether it is plugged in and set up."
        ) from None


def _said(why: Exception) -> str:
    """What went wrong, in the library's words, or by its name.

    >>> _said(RuntimeError("no such file")), _said(RuntimeError())
    ('no such file', 'RuntimeError')
    """
    return str(why) or type(why).__name__
