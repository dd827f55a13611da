"""The faces letters are set in, which characters they have, and how wide those are. No font of the system is used.

"GS Sans SC", "GS Sans HK" and "GS Sans TC" set Chinese in the forms of the mainland, Hong Kong and Taiwan; "GS Sans TC" takes
from "GS Sans HK" what both draw alike and the wording doesn't need. "GS Sans" sets English and whatever letters of Latin, Greek
or Cyrillic the others lack. All were cut by scripts/cut_faces.py and stand in this folder with their licence. A rare
character is set from the whole of Noto Sans CJK, which comes as a package.
"""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
WHOLE = "manimgx_fonts_cjk"
LATIN = "GS Sans"


@dataclass(frozen=True, slots=True, eq=False)  # one of a kind each: what is cached by it is found quickly
class Style:
    """The families of one letter, in the order they are asked for a character; rare: the whole one behind them."""

    families: tuple[str, ...]
    rare: str


MAINLAND = Style(("GS Sans SC", LATIN), "Noto Sans CJK SC")
HONG_KONG = Style(("GS Sans HK", LATIN), "Noto Sans CJK HK")
TAIWAN = Style(("GS Sans TC", *HONG_KONG.families), "Noto Sans CJK TC")


def style_of(language: str, jurisdiction: str) -> Style:
    """The forms a reader is used to: of the mainland, Taiwan where its law is the lender's, else Hong Kong.

    >>> style_of("zh-Hant", "tw").families
    ('GS Sans TC', 'GS Sans HK', 'GS Sans')
    >>> style_of("en", "hk").families
    ('GS Sans', 'GS Sans HK')
    """
    places = {"hk": HONG_KONG, "tw": TAIWAN}
    if language == "en":
        place = places.get(jurisdiction, MAINLAND)
        return Style((LATIN, *place.families[:-1]), place.rare)
    return places.get(jurisdiction, HONG_KONG) if language == "zh-Hant" else MAINLAND


@dataclass(frozen=True)
class Metrics:
    """A family's characters, and the widths in em of those that aren't one em wide."""

    characters: frozenset[str]
    regular: dict[str, float]
    bold: dict[str, float]


@cache
def metrics(family: str) -> Metrics:
    """What scripts/cut_faces.py wrote down beside a family's files."""
    said = json.loads((HERE / f"{family.replace(' ', '')}.json").read_text(encoding="utf-8"))
    return Metrics(frozenset(said["characters"]), said["widths"]["Regular"], said["widths"]["Bold"])


@cache
def widths(families: tuple[str, ...], bold: bool) -> dict[str, float]:
    """Of every character that isn't one em wide, by the first family that has it."""
    found: dict[str, float] = {}
    for family in reversed(families):
        known = metrics(family)
        for one in known.characters:
            found.pop(one, None)
        found |= known.bold if bold else known.regular
    return found


@lru_cache(maxsize=8192)
def width(text: str, style: Style, *, bold: bool = False) -> float:
    """How wide a text is in em, set in one line.

    >>> width("青禾", MAINLAND), width("1.00", MAINLAND) == width("9.99", MAINLAND)
    (2.0, True)
    """
    of_one = widths(style.families, bold).get
    return sum([of_one(one, 1.0) for one in text])


def missing(text: str, style: Style) -> set[str]:
    """The characters of a text that the cut faces of a style lack."""
    return set(text) - _characters(style.families)


def lacks(text: str, style: Style) -> bool:
    """Whether the cut faces lack any, but for spaces of no width; quicker than to say which.

    >>> lacks("青禾", MAINLAND), lacks("𪛖", MAINLAND)
    (False, True)
    """
    return _others(style.families).search(text) is not None


@cache
def _others(families: tuple[str, ...]) -> re.Pattern[str]:
    known = "".join(sorted(_characters(families)))
    return re.compile(f"[^{re.escape(known)}\u200b]")


@cache
def _characters(families: tuple[str, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(metrics(family).characters for family in families))


def whole_folder() -> Path:
    """Where the whole of Noto Sans CJK is. LookupError when its package is missing."""
    spec = find_spec(WHOLE)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"the fonts of {WHOLE} aren't installed: install goodstanding with its dependencies")
    return Path(next(iter(spec.submodule_search_locations)))


@cache
def whole_characters() -> frozenset[str]:
    """Every character of the whole Noto Sans CJK."""
    path = next(whole_folder().glob("*.ttc"))
    return frozenset(chr(point) for point in _code_points(path.read_bytes()))


def _code_points(data: bytes) -> Iterator[int]:
    """Read the character map (OpenType cmap, format 12) of a collection's first font."""
    start = struct.unpack_from(">I", data, 12)[0]
    tables = struct.unpack_from(">H", data, start + 4)[0]
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * place) for place in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    offsets = (struct.unpack_from(">I", data, cmap + 8 + 8 * place)[0] for place in range(count))
    table = next(cmap + one for one in offsets if struct.unpack_from(">H", data, cmap + one)[0] == 12)
    for place in range(struct.unpack_from(">I", data, table + 12)[0]):
        first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * place)
        yield from range(first, last + 1)
