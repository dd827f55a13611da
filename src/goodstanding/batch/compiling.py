"""How the kernel is compiled: once, ahead of its first use, and kept in a cache that a read-only install can use too.

The cache lies in a folder of the user's, under a name made from the kernel's own text, so that another release never
runs an old one's machine code. In it each kind of processor has its own folder, and where the package is installed makes
no difference: the cache can be copied to machines of the same kind. Processes that find it empty wait for one of them
to compile, rather than all do. Nothing is compiled before it is called. docs/guides/whole_books.md says how to warm it.
"""

import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numba
from numba import types
from numba.core import config
from numba.core.caching import UserProvidedCacheLocator
from numba.core.registry import cpu_target
from numba.extending import intrinsic

Function = Callable[..., Any]

_STEPPING = (
    "places account counting events unpaid accrual charges contract_interest payments moves versions working reading"
    " laying_out several"
).split()
_DRAFTING = "tables desk rhythm laying_down amortising ground measures drafts".split()
_PRICING = "tables worlds correcting between adding worth".split()
PARTS = (
    *("compiling", "layout", "exact", *(f"stepping/{name}" for name in _STEPPING), "steady", "kernel", "several_days"),
    *(f"drafting/{name}" for name in _DRAFTING),
    *(f"pricing/{name}" for name in _PRICING),
)
"""The modules whose text decides what the machine code is."""


def cache_folder() -> Path:
    """Where compiled code is kept: in NUMBA_CACHE_DIR if it is set, else in the user's cache folder."""
    name = f"kernel-{text_hash()[:16]}"
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"]) / name
    base = os.environ.get("XDG_CACHE_HOME") or (
        Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    )
    return Path(base) / "goodstanding" / name


def text_hash() -> str:
    """The hash of the kernel's source text and of the compiler's release."""
    digest = hashlib.sha256(numba.__version__.encode())
    for name in PARTS:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def processor() -> str:
    """The kind of processor that code is compiled for, as the name of a folder; NUMBA_CPU_NAME may say another."""
    triple, name, features = cpu_target.target_context.codegen().magic_tuple()
    return f"{name or 'any'}-{hashlib.sha256(f'{triple} {features}'.encode()).hexdigest()[:8]}"


def is_warm(name: str = "assess_columns") -> bool:
    """Whether an entry's compiled code is in the cache, so that the first use won't have to wait for the compiler."""
    return any((cache_folder() / processor()).glob(f"*{name}-*.nbc"))


class KernelFolder(UserProvidedCacheLocator):
    """Tells the compiler to keep code by the kind of processor, not by where the source lies on this machine.

    A folder that has code serves also where nobody may write in it; the compiler by itself would pass it by.
    """

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        return processor()

    def ensure_cache_path(self) -> None:
        if not is_warm():
            super().ensure_cache_path()


class Entry:
    """A function that callers call. It is compiled for one signature, when that is first asked for."""

    def __init__(self, function: Function, signature: object) -> None:
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self._function, self._signature, self._lock = function, signature, threading.Lock()
        self._compiled: Any = None

    def __call__(self, *given: Any) -> Any:
        return (self._compiled or self.compiled())(*given)

    @property
    def is_compiled(self) -> bool:
        """Whether that was done in this process."""
        return self._compiled is not None

    def compiled(self) -> Any:
        """Compile it, from the cache where it is there; without one where no folder can be written."""
        with self._lock:
            self._compiled = self._compiled or _compile(self._function, self._signature)
        return self._compiled


def entry(signature: object) -> Callable[[Function], Entry]:
    """Mark a function as one that callers call, of this signature."""
    return lambda function: Entry(function, signature)


def _compile(function: Function, signature: object) -> Any:
    settings: Any = config
    folder, before = cache_folder(), (settings.CACHE_DIR, settings.CACHE_LOCATOR_CLASSES)
    settings.CACHE_DIR = str(folder)
    settings.CACHE_LOCATOR_CLASSES = f"{KernelFolder.__module__}.{KernelFolder.__name__}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _one_compiles(folder, function.__name__):
            return numba.njit(signature, cache=True, nogil=True, error_model="numpy")(function)
    except (OSError, RuntimeError):
        return numba.njit(signature, nogil=True, error_model="numpy")(function)
    finally:
        settings.CACHE_DIR, settings.CACHE_LOCATOR_CLASSES = before


def may_be_kept() -> bool:
    """Whether what is compiled can be written to its folder."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


@contextmanager
def _one_compiles(folder: Path, name: str) -> Iterator[None]:
    """Let one process compile a function that isn't in the cache, and the others wait until it is there."""
    if any((folder / processor()).glob(f"*{name}-*.nbc")):
        yield
        return
    with (folder / "compiling.lock").open("w") as held:
        # Windows has no such lock, and some shared disks refuse it: there each compiles for itself.
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def part(function: Function) -> Any:
    """A function that is compiled into the entries that call it: once, whether it is handed a constant or a variable."""
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    by_types = dispatcher.get_call_template

    def template(given: tuple[types.Type, ...], named: dict[str, types.Type]) -> object:
        return by_types(tuple(types.unliteral(one) for one in given), named)

    dispatcher.get_call_template = template
    return dispatcher


def inlined(function: Function) -> Any:
    """A part that is written into its caller before that is compiled: for what is handed all columns, which takes long to pass on."""
    return numba.njit(inline="always", nogil=True, error_model="numpy")(function)


@intrinsic
def pointer_to(_: object, array: types.Array) -> object:
    """The address of an array's numbers, for a function that takes it apart by itself; the array must outlive it."""

    def address(context: Any, builder: Any, signature: Any, given: Any) -> object:
        return context.make_array(signature.args[0])(context, builder, given[0]).data

    return types.CPointer(array.dtype)(array), address
