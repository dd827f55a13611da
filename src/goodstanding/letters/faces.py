"""The faces letters are set in, and which characters they have. No font of the system is used.

Noto Sans CJK (OFL 1.1) sets Chinese, in the forms of the mainland or of Hong Kong, with figures that are all one width;
Source Sans 3 (OFL 1.1), which Noto's Latin letters were drawn from, sets English and whatever letters of Latin, Greek or
Cyrillic Noto lacks. Both come as packages, whole, so that a rare name needs no second look.
"""

import struct
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = {"manimgx_fonts_cjk": ".", "fontpkg_source_sans_3": "files"}


@cache
def face_folders() -> tuple[Path, ...]:
    """Where the font files are. LookupError when a package is missing."""
    found = []
    for package, inside in PACKAGES.items():
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise LookupError(f"the fonts of {package} aren't installed: install goodstanding with its dependencies")
        found.append(Path(spec.submodule_search_locations[0]) / inside)
    return tuple(found)


@cache
def characters() -> frozenset[int]:
    """Every code point that some upright face has."""
    files = [
        path
        for folder in face_folders()
        for path in sorted(folder.iterdir())
        if path.suffix in (".ttf", ".otf", ".ttc") and "Italic" not in path.name
    ]
    return frozenset(point for path in files for point in _code_points(path))


def first_missing(text: str) -> str | None:
    """Return the first character that no face has."""
    have = characters()
    return next((one for one in text if ord(one) not in have), None)


def _code_points(path: Path) -> Iterator[int]:
    """Read a font's character map (OpenType cmap, format 12, or 4 where there is none); a collection's first font."""
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * place) for place in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    subtables = {
        struct.unpack_from(">H", data, cmap + offset)[0]: cmap + offset
        for _, _, offset in (struct.unpack_from(">HHI", data, cmap + 4 + 8 * place) for place in range(count))
    }
    if 12 in subtables:
        groups = struct.unpack_from(">I", data, subtables[12] + 12)[0]
        for place in range(groups):
            first, last, _ = struct.unpack_from(">III", data, subtables[12] + 16 + 12 * place)
            yield from range(first, last + 1)
    else:
        half = struct.unpack_from(">H", data, subtables[4] + 6)[0] // 2
        ends = struct.unpack_from(f">{half}H", data, subtables[4] + 14)
        starts = struct.unpack_from(f">{half}H", data, subtables[4] + 16 + 2 * half)
        for first, last in zip(starts, ends, strict=True):
            yield from range(first, min(last, 0xFFFE) + 1)
