"""The demonstration key. Its private halves are here for everybody to see, so that the demo's letters are the same
everywhere; a letter sealed with it proves nothing, and it seals for lenders alone that say they are examples."""

from datetime import date
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from goodstanding.letters.keys import KeyEntry, SigningKey, key_id, self_signed

_NAME = "Goodstanding demonstration key, proves nothing"
_MADE_ON = date(2026, 1, 1)


@cache
def example_key() -> SigningKey:
    """The key, the same on every machine: made from two numbers that anybody can work out."""
    seal = ec.derive_private_key(int.from_bytes(b"goodstanding demonstration seal!", "big"), ec.SECP256R1())
    token = ed25519.Ed25519PrivateKey.from_private_bytes(b"goodstanding demonstration token")
    entry = KeyEntry(key_id(seal.public_key(), token.public_key()), "example", _MADE_ON, is_example=True)
    certificate = self_signed(seal, _NAME, _MADE_ON).public_bytes(serialization.Encoding.DER)
    return SigningKey(entry, seal, token, certificate)
