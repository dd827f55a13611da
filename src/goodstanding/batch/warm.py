"""Compile the kernel before it is needed: when a container is built, or with a word to whoever waits for it.

python -m goodstanding.batch.warm
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from goodstanding.batch import compiling

COMPILING = "Compiling the arrears engine, once (about a minute)"

Stage = Callable[[str], AbstractContextManager[object]]
"""Something that is told what is being done, from its beginning to its end."""


def warm(stage: Stage) -> bool:
    """Load the kernel, compiling it first if it isn't in the cache, which is told; return whether it was compiled."""
    if compiling.is_warm():
        _load()
        return False
    with stage(COMPILING):
        _load()
    return True


def _load() -> None:
    from goodstanding.batch import checksum, kernel  # noqa: F401 - to import them is to compile them


@contextmanager
def _printed(name: str) -> Iterator[None]:
    print(f"{name} …")
    yield


def main() -> None:
    was_cold = warm(_printed)
    folder = compiling.cache_folder()
    if not compiling.is_warm():
        print(f"It can't be kept: {folder} can't be written. Set NUMBA_CACHE_DIR to a folder that can.")
    else:
        print(f"Compiled, and kept in {folder}." if was_cold else f"Nothing to do: it is kept in {folder}.")


if __name__ == "__main__":
    main()
