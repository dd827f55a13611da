"""Compile the kernel before it is needed: when a container is built, or with a word to whoever waits for it.

python -m goodstanding.batch.warm
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import ModuleType

from goodstanding.batch import compiling

COMPILING = "Compiling the arrears engine, once (about a minute)"
COMPILING_IN_VAIN = "Compiling the arrears engine, which can't be kept in {folder} (about a minute each time)"

Stage = Callable[[str], AbstractContextManager[object]]
"""Something that is told what is being done, from its beginning to its end."""


def warm(stage: Stage, *, prices: bool = False, offers: bool = False) -> bool:
    """Make the kernel ready, compiling it if it isn't in the cache, which is told; return whether that was needed.

    prices: also what prices a loan's offers. offers: also that, and what works out a whole book's.
    """
    todo = [entry for entry in _entries(prices=prices or offers, offers=offers) if not entry.is_compiled]
    is_cold = any(not compiling.is_warm(entry.__name__) for entry in todo)
    folder = compiling.cache_folder()
    name = COMPILING if not is_cold or compiling.may_be_kept() else COMPILING_IN_VAIN.format(folder=folder)
    with stage(name) if is_cold else nullcontext():
        for entry in todo:
            entry.compiled()
    return is_cold


def _entries(*, prices: bool, offers: bool) -> list[compiling.Entry]:
    found = modules(prices=prices, offers=offers)
    return [one for module in found for one in vars(module).values() if isinstance(one, compiling.Entry)]


def modules(*, prices: bool, offers: bool) -> list[ModuleType]:
    """Those that have something to compile."""
    from goodstanding.batch import checksum, kernel

    found: list[ModuleType] = [kernel, checksum]
    if prices:
        from goodstanding.batch import several_days

        found.append(several_days)
    if offers:
        from goodstanding.batch.drafting import drafts
        from goodstanding.batch.pricing import adding, between, correcting, worlds, worth

        found += [drafts, adding, between, correcting, worlds, worth]
    return found


@contextmanager
def _printed(name: str) -> Iterator[None]:
    print(f"{name} …")
    yield


def main() -> None:
    was_cold = warm(_printed, offers=True)
    folder = compiling.cache_folder()
    if not compiling.is_warm():
        print("Set NUMBA_CACHE_DIR to a folder that can be written.")
    else:
        print(f"Compiled, and kept in {folder}." if was_cold else f"Nothing to do: it is kept in {folder}.")


if __name__ == "__main__":
    main()
