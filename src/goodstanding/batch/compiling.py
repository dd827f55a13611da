"""How the kernel is compiled: once, ahead of its first use, and kept in a cache that a read-only install can use too.

The cache lies in a folder of the user's, under a name made from the kernel's own text, so that another release never
runs an old one's machine code.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import types
from numba.core import config
from numba.extending import intrinsic

Function = Callable[..., Any]

PARTS = ("compiling", "layout", "exact", "stepping", "reading", "steady", "kernel")
"""The modules whose text decides what the machine code is."""


def cache_folder() -> Path:
    """Where compiled code is kept: NUMBA_CACHE_DIR if it is set, else the user's cache folder."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    base = os.environ.get("XDG_CACHE_HOME") or (
        Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    )
    return Path(base) / "goodstanding" / f"kernel-{text_hash()[:16]}"


def text_hash() -> str:
    """The hash of the kernel's source text and of the compiler's release."""
    digest = hashlib.sha256(numba.__version__.encode())
    for name in PARTS:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def is_warm() -> bool:
    """Whether compiled code is in the cache, so that the first use won't have to wait for the compiler."""
    return any(cache_folder().rglob("*.nbc"))


def entry(signature: object) -> Callable[[Function], Any]:
    """Compile a function for one signature, from the cache where it is there; without one where no folder can be written."""

    def compile_it(function: Function) -> Any:
        settings: Any = config
        folder, before = cache_folder(), settings.CACHE_DIR
        settings.CACHE_DIR = str(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return numba.njit(signature, cache=True, nogil=True, error_model="numpy")(function)
        except (OSError, RuntimeError):
            return numba.njit(signature, nogil=True, error_model="numpy")(function)
        finally:
            settings.CACHE_DIR = before

    return compile_it


def part(function: Function) -> Any:
    """A function that is compiled into the entries that call it: once, whether it is handed a constant or a variable."""
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    by_types = dispatcher.get_call_template

    def template(given: tuple[types.Type, ...], named: dict[str, types.Type]) -> object:
        return by_types(tuple(types.unliteral(one) for one in given), named)

    dispatcher.get_call_template = template
    return dispatcher


@intrinsic
def pointer_to(_: object, array: types.Array) -> object:
    """The address of an array's numbers, for a function that takes it apart by itself; the array must outlive it."""

    def address(context: Any, builder: Any, signature: Any, given: Any) -> object:
        return context.make_array(signature.args[0])(context, builder, given[0]).data

    return types.CPointer(array.dtype)(array), address
