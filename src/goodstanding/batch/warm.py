"""Compile the kernel before it is needed: when a container is built, or with a word to whoever waits for it."""

from collections.abc import Callable

from goodstanding.batch import compiling


def warm(tell: Callable[[str], None]) -> bool:
    """Load the kernel, compiling it if it isn't in the cache yet, which is told first; return whether it was compiled."""
    is_cold = not compiling.is_warm()
    if is_cold:
        tell(f"Compiling the arrears engine, once; it is kept in {compiling.cache_folder()} …")
    from goodstanding.batch import checksum, kernel  # noqa: F401 - to import them is to compile them

    return is_cold
