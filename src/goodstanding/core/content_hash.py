"""One hash over several files: what something was decided under, or made from."""

import hashlib
from collections.abc import Iterable


def hash_of_files(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 over files, each by its name and content, in the order given; no file can pass for a part of another.

    >>> hash_of_files([("a", b"1"), ("b", b"")]) == hash_of_files([("a", b"1b")])
    False
    """
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
