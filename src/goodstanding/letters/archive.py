"""The archive: letters kept as what they were made from, and made again, byte for byte, when somebody asks.

A letter's PDF is some 90 kB; its record, code, signature and hash are a kilobyte when many are packed together. They are
kept in blocks of a hundred letters, each block written whole; an index says where each letter lies. The same bytes come out
as long as the engine, the faces and the page are those that the letter was set with; when they aren't, that is said, and
the letter can be made by today's page all the same, which is then not the letter that was sent.
"""

import base64
import hashlib
import json
import lzma
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from goodstanding.core.letter import LetterContent, LetterRefused, content_from_data
from goodstanding.letters.attached import CODE, NotALetter, attached
from goodstanding.letters.letterhead import PLAIN, Letterhead
from goodstanding.letters.press import Finished
from goodstanding.letters.seal import seal_again, signature_of
from goodstanding.letters.typeset import Typesetter

HERE = Path(__file__).parent
_SETS = ("typeset", "letterhead", "seal", "pdf_file")
INDEX = "index.jsonl"
LETTERS_A_BLOCK = 100
_XZ: list[dict[str, Any]] = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 22}]


class ArchiveError(ValueError):
    """An archive that can't be read or written: the sentence says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Pins:
    """What the bytes of a page depend on beside its content. Two letters with the same pins and record are the same."""

    engine: str
    page: str
    faces: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter in the archive. record: letter.json. signature: of its seal (CMS), empty without one. sha256: of its PDF.

    letterhead: the one it was set on; a logo takes its room once in a block, since a block is packed as a whole.
    """

    reference: str
    record: bytes
    token: str
    signature: bytes
    sha256: str
    pins: Pins
    letterhead: Letterhead = PLAIN

    def content(self) -> LetterContent:
        return content_from_data(json.loads(self.record)["content"])


@cache
def pins_of_today() -> Pins:
    """What this release sets letters with."""
    page = [*HERE.glob("page.typ"), *sorted(HERE.glob("sheet/*.py")), *(HERE / f"{name}.py" for name in _SETS)]
    return Pins(f"typst {version('typst')}", _hash_of(page), _hash_of(sorted((HERE / "faces").glob("*.[ot]tf"))))


def _hash_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def kept(letter: Finished) -> Kept:
    """What the archive keeps of a finished letter."""
    return Kept(
        letter.content.reference,
        letter.record,
        letter.token,
        signature_of(letter.pdf) or b"",
        hashlib.sha256(letter.pdf).hexdigest(),
        pins_of_today(),
        letter.letterhead,
    )


def kept_of_file(pdf: bytes, letterhead: Letterhead) -> Kept:
    """What the archive keeps of a letter's file, if this release set it; `ArchiveError` when it isn't one of our letters.

    Whether the same bytes come out of what is kept is for `make_again` to find out.
    """
    try:
        record, token = attached(pdf)
        reference = str(json.loads(record)["content"]["reference"])
    except (NotALetter, ValueError, KeyError, TypeError) as why:
        raise ArchiveError(f"it isn't one of our letters: {why}") from None
    digest = hashlib.sha256(pdf).hexdigest()
    return Kept(reference, record, token, signature_of(pdf) or b"", digest, pins_of_today(), letterhead)


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """A letter made from the archive. is_same: to the byte. changed: what is other than when it was sent, in sentences."""

    pdf: bytes
    is_same: bool
    changed: tuple[str, ...] = field(default=())


def make_again(letter: Kept, typesetter: Typesetter) -> MadeAgain | LetterRefused:
    """Set a kept letter again, with the signature it had."""
    content = letter.content()
    page = typesetter.pdf(content, record=letter.record, token=letter.token or None, letterhead=letter.letterhead)
    if isinstance(page, LetterRefused):
        return page
    pdf = page
    if letter.signature:
        says = {CODE: letter.token}
        pdf = seal_again(page, letter.signature, on=content.issued_on, describes=content.sender.name, says=says)
    is_same = hashlib.sha256(pdf).hexdigest() == letter.sha256
    return MadeAgain(pdf, is_same, () if is_same else tuple(_changed(letter.pins)))


def _changed(pins: Pins) -> Iterator[str]:
    today = asdict(pins_of_today())
    for name, then in asdict(pins).items():
        if today[name] != then:
            yield f"the {name} was {then} when it was sent, and is {today[name]} now"
    if asdict(pins) == today:
        yield "engine, page and faces are the same, but not the bytes: the archive was altered"


# -- on disk --------------------------------------------------------------------------------------------------------


class Archive:
    """A folder of blocks. Adding is safe to repeat: a letter that is there already isn't added again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places = dict(self._read_index())

    @property
    def references(self) -> Sequence[str]:
        return tuple(self._places)

    def add(self, letters: Iterable[Kept]) -> int:
        """Add letters, block by block; returns how many were new. The index is added to when a block is in place."""
        self._folder.mkdir(parents=True, exist_ok=True)
        block: list[Kept] = []
        added = 0
        for letter in letters:
            if letter.reference in self._places or any(one.reference == letter.reference for one in block):
                continue
            block.append(letter)
            if len(block) == LETTERS_A_BLOCK:
                added += self._write(block)
                block = []
        return added + (self._write(block) if block else 0)

    def find(self, reference: str) -> Kept | None:
        """The letter with a reference; None when the archive hasn't it. ArchiveError when its block can't be read."""
        if reference not in self._places:
            return None
        name, place = self._places[reference]
        return _read_block(self._folder / name)[place]

    def _write(self, block: list[Kept]) -> int:
        lines = "".join(json.dumps(_line(letter), ensure_ascii=False) + "\n" for letter in block).encode()
        data = lzma.compress(lines, lzma.FORMAT_XZ, filters=_XZ)
        name = f"letters-{hashlib.sha256(data).hexdigest()[:16]}.xz"
        fresh = self._folder / f"{name}.new"
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / name)
        with (self._folder / INDEX).open("ab") as index:
            for place, letter in enumerate(block):
                said = {"reference": letter.reference, "block": name, "place": place, "sha256": letter.sha256}
                index.write(json.dumps(said).encode() + b"\n")
                self._places[letter.reference] = (name, place)
            index.flush()
            os.fsync(index.fileno())
        return len(block)

    def _read_index(self) -> Iterator[tuple[str, tuple[str, int]]]:
        """A last line that was torn belongs to letters that will be added again."""
        path = self._folder / INDEX
        if not path.exists():
            return
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole != len(data):
            with path.open("r+b") as file:
                file.truncate(whole)
        for number, line in enumerate(data[:whole].split(b"\n")[:-1], start=1):
            try:
                said = json.loads(line)
                yield said["reference"], (said["block"], said["place"])
            except (ValueError, KeyError, TypeError):
                raise ArchiveError(f"{path}, line {number} isn't a line of an index: restore it from a copy.") from None


def _line(letter: Kept) -> dict[str, Any]:
    return {
        "reference": letter.reference,
        "sha256": letter.sha256,
        "pins": asdict(letter.pins),
        "token": letter.token,
        "signature": base64.b64encode(letter.signature).decode(),
        "record": letter.record.decode(),
    } | ({} if letter.letterhead == PLAIN else {"letterhead": asdict(letter.letterhead)})


def _read_block(path: Path) -> list[Kept]:
    try:
        lines = lzma.decompress(path.read_bytes()).decode().split("\n")[:-1]
        return [_kept_of(json.loads(line)) for line in lines]
    except (OSError, lzma.LZMAError, ValueError, KeyError, TypeError) as problem:
        raise ArchiveError(f"{path} can't be read ({problem}): restore it from a copy of the archive.") from None


def _kept_of(said: dict[str, Any]) -> Kept:
    return Kept(
        said["reference"],
        said["record"].encode(),
        said["token"],
        base64.b64decode(said["signature"], validate=True),
        said["sha256"],
        Pins(**said["pins"]),
        Letterhead(**said.get("letterhead", {})),
    )
