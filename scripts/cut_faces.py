"""Cut the faces that letters are set in: `python scripts/cut_faces.py [NAME ...]`. Same inputs, same bytes.

From Noto Sans CJK (a variable collection) come "GS Sans SC", "GS Sans HK" and "GS Sans TC": the characters that letters
of the mainland, Hong Kong and Taiwan mostly need, Regular and Bold, as small static fonts. From Source Sans 3 comes
"GS Sans", for English and for letters of Latin, Greek and Cyrillic, with figures that are all one width.

Outlines are TrueType's: Typst copies them into a letter as they are, where those of CFF are taken apart and written again, which
takes a seventh of the time of setting a page. Of the characters that Taiwan draws as Hong Kong does, which are five of six, "GS Sans TC"
has those of the wording alone: its letters take the others, which are of names and places, from "GS Sans HK".

Both families are under the SIL Open Font License 1.1. "Source" is a reserved font name of theirs, so what is cut from them
bears another name, as the licence asks; the notices and the licence go with the files.

One face of Chinese takes about two minutes and 1 GB of memory. A character that stands in none of the cut faces is set
from the whole collection, which is slower; see docs/guides/letters.md.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib import instancer

HERE = Path(__file__).parent
FACES = HERE.parent / "src" / "goodstanding" / "letters" / "faces"
VERSION = "1.000"
UNITS = 400
LEAST_SEEN = 0.75
"""How far (units) a curve may lie beside the one it stands for: 0.019 points at 10 points, a sixth of a printer's dot."""
WEIGHTS = {"Regular": 400, "Bold": 700}
LATIN = [(0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x2030, 0x203A), (0x20A0, 0x20C0), (0x2150, 0x215F)]
SIGNS = [0x2190, 0x2191, 0x2192, 0x2193, 0x2116, 0x2122, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x25A0, 0x25A1, 0x2713]
WIDE = [(0x2460, 0x2473), (0x3000, 0x303F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE5)]
WESTERN = [*LATIN, (0x180, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2070, 0x209F)]
LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
LICENCE_PAGE = "https://openfontlicense.org"
DROP = ["VVAR", "vhea", "vmtx", "VORG", "STAT", "BASE", "DSIG", "meta"]


@dataclass(frozen=True)
class Cut:
    """One family to cut. family: what it is called; source: the family in the file it comes from; characters: code points."""

    family: str
    source: str
    characters: frozenset[int]


def main(names: list[str]) -> int:
    """Cut the named families, or all; say what each file has and weighs."""
    for cut in cuts():
        if names and cut.family not in names:
            continue
        stem = cut.family.replace(" ", "")
        faces = {}
        for weight, value in WEIGHTS.items():
            path = FACES / f"{stem}-{weight}.ttf"
            face = chinese(cut, value) if "CJK" in cut.source else western(cut, value)
            rename(face, cut.family, weight)
            face.save(path, reorderTables=True)
            faces[weight] = face
            print(f"{path.name}: {len(face.getBestCmap()):,} characters, {path.stat().st_size:,} bytes", flush=True)
        (FACES / f"{stem}.json").write_text(metrics(faces), encoding="utf-8")
    return 0


def metrics(faces: dict[str, TTFont]) -> str:
    """What the page is planned by: the characters of a family, and how wide each is that isn't one em wide."""
    characters = sorted(set.intersection(*(set(face.getBestCmap()) for face in faces.values())))
    widths = {
        weight: {
            chr(point): round(face["hmtx"][glyph][0] / face["head"].unitsPerEm, 3)
            for point, glyph in sorted(face.getBestCmap().items())
            if face["hmtx"][glyph][0] != face["head"].unitsPerEm
        }
        for weight, face in faces.items()
    }
    said = {"characters": "".join(map(chr, characters)), "widths": widths}
    return json.dumps(said, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def cuts() -> list[Cut]:
    """What is cut: the everyday characters of each place, with those of its names."""
    big5 = encoded("big5", range(0xA1, 0xC7))  # signs and the first level: 5,401 common characters
    # The bullet that masks a number is as wide as a Han character in Noto: it is set from GS Sans.
    common = (spans(LATIN) | spans(WIDE) | set(SIGNS)) - {0x2022}
    names = {script: listed(HERE / "faces" / f"names_{script}.txt") for script in ("simplified", "traditional")}
    simplified = common | encoded("gb2312", range(0xA1, 0xF8)) | names["simplified"]
    traditional = common | (big5 - {0x2022}) | names["traditional"]
    return [
        Cut("GS Sans", "Source Sans 3", frozenset(spans(WESTERN) | set(SIGNS) | {0xFB01, 0xFB02})),
        Cut("GS Sans SC", "Noto Sans CJK SC", frozenset(simplified)),
        Cut("GS Sans HK", "Noto Sans CJK HK", frozenset(traditional)),
        Cut(
            "GS Sans TC",
            "Noto Sans CJK TC",
            frozenset(traditional & (taiwanese() | listed(HERE / "faces" / "wording_traditional.txt") | common)),
        ),
    ]


def taiwanese() -> set[int]:
    """The characters that Taiwan draws otherwise than Hong Kong: faces of one collection have one glyph for what is the same."""
    hong_kong, taiwan = (glyphs_of(collected(f"Noto Sans CJK {place}")) for place in ("HK", "TC"))
    return {point for point, glyph in taiwan.items() if glyph != hong_kong.get(point)}


def glyphs_of(face: TTFont) -> dict[int, int]:
    """Which glyph of the file each character has; their names don't tell, since each face makes up its own."""
    return {point: face.getGlyphID(glyph) for point, glyph in face.getBestCmap().items()}


def collected(family: str) -> TTFont:
    """A face of the collection."""
    faces = (TTFont(BytesIO(collection()), fontNumber=number, lazy=True, recalcTimestamp=False) for number in range(5))
    return next(face for face in faces if family_of(face) == family)


@cache
def collection() -> bytes:
    """The whole of Noto Sans CJK."""
    return next(folder_of("manimgx_fonts_cjk").glob("*.ttc")).read_bytes()


def spans(pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Every code point from each first to each last."""
    return {point for first, last in pairs for point in range(first, last + 1)}


def encoded(codec: str, rows: range) -> set[int]:
    """The characters that a double-byte encoding has in these rows."""
    found: set[int] = set()
    for row in rows:
        for cell in range(0x40, 0xFF):
            try:
                found |= set(map(ord, bytes((row, cell)).decode(codec)))
            except UnicodeDecodeError:
                continue
    return {point for point in found if not 0x2500 <= point < 0x25A0}  # no frames of terminals


def listed(path: Path) -> set[int]:
    """The characters of a list; a line that begins with # is a remark."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {ord(one) for line in lines if not line.startswith("#") for one in line.strip()}


def folder_of(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"The package {name} isn't installed: pip install -r requirements/dev.lock")
    return Path(spec.submodule_search_locations[0])


def chinese(cut: Cut, weight: int) -> TTFont:
    """A static face of Noto Sans CJK: subset first, since instancing takes its time for each glyph."""
    face = reopened(subsetted(collected(cut.source), cut.characters, ["kern"]))
    face = instancer.instantiateVariableFont(face, {"wght": weight}, inplace=True)
    return coarser(face)


def coarser(face: TTFont) -> TTFont:
    """The face in curves of TrueType, on a grid of 400 units to the em in place of 1,000: less in every letter, nothing to see.

    Half a unit is a tenth of what a printer of 600 dots an inch can show at 10 points. Points are rounded where they
    stand, never from one to the next, so that no stroke wanders.
    """
    shapes, scale = face.getGlyphSet(), UNITS / face["head"].unitsPerEm
    outlines = newTable("glyf")
    outlines.glyphOrder, outlines.glyphs = face.getGlyphOrder(), {}
    for name in outlines.glyphOrder:
        pen = TTGlyphPen(None)
        shapes[name].draw(TransformPen(Cu2QuPen(pen, LEAST_SEEN, reverse_direction=True), (scale, 0, 0, scale, 0, 0)))
        outlines.glyphs[name] = pen.glyph(dropImpliedOnCurves=True)
    del face["CFF2"]
    scale_upem(face, UNITS)
    face["glyf"], face["loca"] = outlines, newTable("loca")
    face["maxp"].tableVersion, face["maxp"].maxZones = 0x00010000, 1
    for name in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements", "SizeOfInstructions"):
        setattr(face["maxp"], f"max{name}", 0)
    face["head"].glyphDataFormat, face.sfntVersion = 0, "\0\1\0\0"
    for name, shape in outlines.glyphs.items():  # readers move a glyph to where this says that its leftmost point is
        shape.recalcBounds(outlines)
        face["hmtx"][name] = (face["hmtx"][name][0], shape.xMin)
    face.recalcBBoxes = True
    return reopened(face)


def western(cut: Cut, weight: int) -> TTFont:
    """A static face of Source Sans 3, its figures of one width in place of the proportional ones."""
    package = folder_of("fontpkg_source_sans_3")
    face = TTFont(package / "files" / "SourceSans3[wght].ttf", recalcTimestamp=False)
    one_width = tabular(face)
    for table in face["cmap"].tables:
        table.cmap = {point: one_width.get(glyph, glyph) for point, glyph in table.cmap.items()}
    face = subsetted(face, cut.characters, ["kern", "mark", "mkmk", "ccmp"])
    face = instancer.instantiateVariableFont(face, {"wght": weight}, inplace=True)
    return reopened(face)


def tabular(face: TTFont) -> dict[str, str]:
    """Which glyph has one width in place of which, by the feature tnum."""
    gsub = face["GSUB"].table
    lookups = {
        place
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for place in record.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for place in sorted(lookups):
        for table in gsub.LookupList.Lookup[place].SubTable:
            found |= getattr(table, "ExtSubTable", table).mapping
    return found


def subsetted(face: TTFont, characters: frozenset[int], features: list[str]) -> TTFont:
    """Only these characters and features; no hints, which a letter's resolution doesn't need."""
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.name_IDs = ["*"]
    options.drop_tables += DROP
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(face)
    return face


def reopened(face: TTFont) -> TTFont:
    """The face as it reads from its own bytes, nothing of it being half taken apart."""
    written = BytesIO()
    face.save(written)
    return TTFont(BytesIO(written.getvalue()), recalcTimestamp=False, recalcBBoxes=False)


def family_of(face: TTFont) -> str:
    """The family's name in the font file."""
    return str(face["name"].getDebugName(16) or face["name"].getDebugName(1))


def rename(face: TTFont, family: str, weight: str) -> None:
    """Give the face its own names; copyright notices stay as they are, as the licence asks."""
    names = face["name"]
    copyright_notice = str(names.getDebugName(0))
    names.names = []
    post_script = f"{family.replace(' ', '')}-{weight}"
    said = {
        0: copyright_notice,
        1: family,
        2: weight,
        3: f"{VERSION};{post_script}",
        4: f"{family} {weight}",
        5: f"Version {VERSION}",
        6: post_script,
        13: LICENCE,
        14: LICENCE_PAGE,
    }
    for identity, text in said.items():
        names.setName(text, identity, 3, 1, 0x409)
    face["OS/2"].usWeightClass = WEIGHTS[weight]
    face["OS/2"].fsSelection = 0x20 if weight == "Bold" else 0x40
    face["head"].macStyle = 1 if weight == "Bold" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
