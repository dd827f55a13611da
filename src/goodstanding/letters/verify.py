"""Verify a letter: is it genuine, is it whole, and are its sums right? A pure function of its bytes and published keys.

The sums are worked out again from the record attached to it, by the same reference that wrote them, and the letter is
composed again and compared word by word. Whether a later letter or a payment has overtaken it, only the lender's records
can tell.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from goodstanding.core.arrears.assess import CannotAssess
from goodstanding.core.letter import LetterContent, LetterRefused, content_data, texts
from goodstanding.letters.attached import RECORD, NotALetter, attached_to
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.keys import PublicKey
from goodstanding.letters.printable import composed
from goodstanding.letters.record import BadRecord, Record, read_record
from goodstanding.letters.seal import Seal, read_seal
from goodstanding.letters.sealed_file import NotAsWritten, read_sealed
from goodstanding.letters.token import BadToken, Claim, claim_of, read_token
from goodstanding.letters.wording import WordingError

_MARKS = re.compile(r"[\u200b\u00ad]+")
_SPACES = re.compile(r"(?<![0-9]) | (?![0-9])")
"""All but those between two figures, or "instalment 1" beside "120.00" would read as "instalment 11" beside "20.00"."""
_FIGURE = re.compile(r"[^A-Za-z\u4e00-\u9fff]*\d[^A-Za-z\u4e00-\u9fff]*")
_GONE = "\0"
_MOST_DIFFERENCES = 20
LARGEST_FILE = 4_000_000
"""Bytes. A letter of ours takes a thirtieth of it; what is larger isn't opened."""
LARGEST_INSIDE = 64_000_000
"""Bytes that all packed parts of a file may come to, or it isn't opened: a small file can hold very much of nothing."""
_PACKED = re.compile(rb"stream\r?\n")
_PACKED_OTHERWISE = re.compile(rb"/Filter\s*\[[^\]]*/[^\]]*/|/LZWDecode")


class Outcome(StrEnum):
    """unknown: it couldn't be found out, with the reason; it counts against the letter."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question about a letter. why: a sentence for a person, or several."""

    outcome: Outcome
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. is_genuine: sealed by a key of the lender. is_intact: not a byte has changed since.

    agrees: every figure and word comes out the same when it is worked out again. signed_by: the lender's id of the key.
    is_example: sealed with the public demonstration key, which proves nothing.
    """

    is_genuine: Answer
    is_intact: Answer
    agrees: Answer
    signed_by: str = ""
    key: str = ""
    issued_on: date | None = None
    reference: str = ""
    loan_id: str = ""
    record: Record | None = None
    is_example: bool = False

    @property
    def is_good(self) -> bool:
        """Whether nothing at all speaks against it."""
        every = (self.is_genuine, self.is_intact, self.agrees)
        return all(one.outcome is Outcome.YES for one in every) and not self.is_example


def verify(pdf: bytes, keys: Sequence[PublicKey], *, overrides: Path | None = None) -> Verification:
    """Verify a sealed letter. keys: what the lender has published. overrides: the lender's own wording, where it has some."""
    found = read_seal(pdf)
    signer = _signer(found, keys)
    whole = _is_intact(pdf, found, signer)
    read, agrees = _read_as_sealed(pdf) if whole.outcome is Outcome.YES else None, None
    if read is not None:
        agrees = _agrees(read, keys, signer, overrides)
    if read is None or agrees is None or agrees.outcome is not Outcome.YES:
        again = _read(pdf)
        if isinstance(again, str):
            return Verification(_is_genuine(found, signer, keys, None), whole, Answer(Outcome.UNKNOWN, (again,)))
        read, agrees = again, _agrees(again, keys, signer, overrides)
    record = read.record
    return Verification(
        _is_genuine(found, signer, keys, record.facts.issued_on),
        whole,
        agrees,
        signed_by=signer.entry.lender if signer else "",
        key=signer.entry.id if signer else "",
        issued_on=record.facts.issued_on,
        reference=record.facts.reference,
        loan_id=record.facts.loan.id,
        record=record,
        is_example=signer is not None and signer.entry.is_example,
    )


def verify_token(text: str, keys: Sequence[PublicKey]) -> tuple[Claim, Answer]:
    """Check a token by itself, as it is read from paper. Raises BadToken when it isn't one."""
    claim, signed, signature = read_token(text)
    key = next((one for one in keys if one.entry.id == claim.key), None)
    if key is None:
        return claim, Answer(Outcome.UNKNOWN, (f"its key, {claim.key}, isn't among those published",))
    if not key.is_token_of(signed, signature):
        return claim, Answer(Outcome.NO, ("it wasn't signed with the key that it names",))
    return claim, _by_state(key, keys, claim.issued_on)


# -- genuine and whole ----------------------------------------------------------------------------------------------


def _signer(found: Seal | None, keys: Sequence[PublicKey]) -> PublicKey | None:
    if found is None:
        return None
    return next(
        (
            key
            for key in keys
            if key.certificate == found.certificate and key.is_seal_of(found.attributes, found.signature)
        ),
        None,
    )


def _is_genuine(
    found: Seal | None, signer: PublicKey | None, keys: Sequence[PublicKey], issued_on: date | None
) -> Answer:
    if found is None:
        return Answer(Outcome.NO, ("it carries no seal of ours",))
    if signer is None:
        return Answer(Outcome.NO, ("its seal is by a key that isn't among those published",))
    return _by_state(signer, keys, issued_on)


def _by_state(key: PublicKey, keys: Sequence[PublicKey], issued_on: date | None) -> Answer:
    """A revoked key verifies nothing; a retired one what is dated up to the day it was retired; the demonstration key nothing of
    a lender who has published keys of its own."""
    entry = key.entry
    if entry.is_example and not all(one.entry.is_example for one in keys):
        return Answer(
            Outcome.NO, ("the demonstration key, which anybody has, signed it, and the lender has its own keys",)
        )
    if entry.revoked_on is not None:
        return Answer(Outcome.NO, (f"its key, {entry.id}, was revoked on {entry.revoked_on}: ask the lender",))
    if issued_on is not None and entry.is_too_new_for(issued_on):
        return Answer(Outcome.NO, (f"it is dated {issued_on}, before its key was made, on {entry.made_on}",))
    if issued_on is not None and entry.retired_on is not None and issued_on > entry.retired_on:
        return Answer(Outcome.NO, (f"it is dated {issued_on}, after its key was retired, on {entry.retired_on}",))
    return Answer(Outcome.YES, ())


def _is_intact(pdf: bytes, found: Seal | None, signer: PublicKey | None) -> Answer:
    if found is None:
        more = (
            "something was added to it, or taken away"
            if b"/ByteRange" in pdf
            else "there is no seal to compare it with"
        )
        return Answer(Outcome.NO if b"/ByteRange" in pdf else Outcome.UNKNOWN, (more,))
    if not found.covers_all:
        return Answer(Outcome.NO, ("its seal doesn't cover the whole file: something was added after it was sealed",))
    if not found.is_intact:
        return Answer(Outcome.NO, ("its bytes aren't those that were sealed",))
    if signer is None:
        return Answer(Outcome.UNKNOWN, ("it is as it was sealed, but nobody known sealed it",))
    return Answer(Outcome.YES, ())


# -- the sums and the words -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """What a letter holds. data: the bytes of its record. page: its text without spaces."""

    record: Record
    data: bytes
    token: str
    page: str


def _read_as_sealed(pdf: bytes) -> _Read | None:
    """What is in a letter that is whole as a known key sealed it, read quickly; None where PDFium must be asked."""
    try:
        file = read_sealed(pdf)
        return _Read(read_record(file.record), file.record, file.code, "".join(_squeezed(page) for page in file.pages))
    except (NotAsWritten, BadRecord):
        return None


def _read(pdf: bytes) -> _Read | str:
    """What is in any letter, or why it can't be read."""
    if (why := _too_large(pdf)) is not None:
        return why
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as wrong:
        return f"it can't be read as a PDF ({wrong})"
    try:
        data, token = attached_to(document)
        page = "".join(_squeezed(one.get_textpage().get_text_bounded()) for one in document)
    except NotALetter as why:
        return str(why)
    except pdfium.PdfiumError as wrong:
        return f"its pages can't be read ({wrong})"
    finally:
        document.close()
    try:
        record = read_record(data)
    except BadRecord as why:
        return f"its {RECORD} can't be read: {why}"
    return _Read(record, data, token, page)


def _too_large(pdf: bytes) -> str | None:
    """Why a file isn't opened at all: PDFium would unpack whatever it holds."""
    if len(pdf) > LARGEST_FILE:
        return f"it has {len(pdf):,} bytes, and no letter of ours over {LARGEST_FILE:,}"
    if _PACKED_OTHERWISE.search(pdf):
        return "parts of it are packed as no letter of ours is"
    room = LARGEST_INSIDE
    for begins in _PACKED.finditer(pdf):
        try:
            room -= len(zlib.decompressobj().decompress(memoryview(pdf)[begins.end() :], room))
        except zlib.error:
            continue
        if room <= 0:
            return f"unpacked it would take over {LARGEST_INSIDE:,} bytes"
    return None


def _squeezed(text: str) -> str:
    """Without spaces and marks that only say where a line may break; the page's hyphens at the end of a line as they are.

    Our pages don't divide words, so a hyphen at the end of a line, which PDFium tells as U+0002, is one of the text.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFC", composed(text)).replace("\x02", "-"))
    return _SPACES.sub("", " ".join(plain.split()))


_squeezed_text = lru_cache(maxsize=4096)(_squeezed)
"""Of what a letter says: most of it is what other letters say."""


def _agrees(read: _Read, keys: Sequence[PublicKey], signer: PublicKey | None, overrides: Path | None) -> Answer:
    record = read.record
    differences = [*_token_differences(read, keys, signer), *figures_that_differ(record)]
    again = _composed_again(record, overrides)
    if isinstance(again, str):
        return Answer(Outcome.NO if differences else Outcome.UNKNOWN, (*differences, again))
    is_same_wording = again.wording_hash == record.content.get("wording_hash")
    if is_same_wording:
        differences += _sentences(differing(content_data(again), record.content))
    else:
        differences += _sentences(differing(_figures_in(content_data(again)), _figures_in(record.content)))
    if is_same_wording and not differences:
        differences += _page_differences(again, read.page)
    if differences:
        return Answer(Outcome.NO, tuple(differences[:_MOST_DIFFERENCES]))
    if not is_same_wording:
        version = record.content.get("version")
        return Answer(
            Outcome.YES,
            (f"its words are of the version {version}, which isn't here: figures were compared, words not",),
        )
    return Answer(Outcome.YES, ())


def figures_that_differ(record: Record) -> Iterator[str]:
    """Each figure of a record that comes out otherwise when it is worked out again, in a sentence."""
    for name, said in record.figures.items():
        if record.recomputed.get(name) != said:
            yield f"{name} is {said} in the letter, {record.recomputed.get(name)} when worked out again"
    for name in record.recomputed.keys() - record.figures.keys():
        yield f"{name} isn't in the letter; worked out it is {record.recomputed[name]}"
    facts, ahead = record.facts, record.ahead
    if isinstance(ahead, CannotAssess):
        yield f"what will be owed on {facts.pay_by} can't be worked out: {ahead}"
        return
    for name in ("amount_by_pay_by", "next_day_adds", "next_day_fee"):
        said, found = getattr(facts, name), getattr(ahead, name)
        if said != found:
            yield f"{name} is {said} in the letter, {found} when worked out again (minor units)"


def _page_differences(content: LetterContent, page: str) -> Iterator[str]:
    """What the letter says and its page doesn't, or the other way round: each text is struck off the page once.

    The longest first, so that an amount within a sentence isn't struck off for the same amount in a table. What a page
    repeats goes before: heads with the title beside them, notes and page numbers; nothing is left in their place, since a
    paragraph may go on over the page.
    """
    head = _squeezed(content.running_head)
    page = page.replace(head + _squeezed_text(content.title), "").replace(head, "")
    page = _repeated(content.notes, content.page_label).sub("", page)
    said = (_squeezed_text(text) for key, text in texts(content) if text and key != "notes")
    for text in sorted(said, key=len, reverse=True):
        page, found = _struck_off(page, text)
        if not found:
            yield f'"{text}" isn\'t on the page'
    for left in page.split(_GONE):
        if re.search(r"\d\D?\d", left):
            yield f'"{left.strip()}" is on the page, but the letter doesn\'t say it there'


@lru_cache(maxsize=256)
def _repeated(notes: tuple[str, ...], page_label: str) -> re.Pattern[str]:
    """Notes and page numbers: most letters have the same."""
    number = re.escape(_squeezed(page_label)).replace(r"\{page\}", r"\d+").replace(r"\{pages\}", r"\d+")
    return re.compile("|".join([*(re.escape(_squeezed(one)) for one in notes), number]))


def _struck_off(page: str, text: str) -> tuple[str, bool]:
    at, end = page.find(text), 0
    if at >= 0:
        end = at + len(text)
    elif found := re.search(re.sub("(?<=[0-9])(?=[0-9])", " ?", re.escape(text)), page):
        at, end = found.span()  # a number too long for its line
    return (page[:at] + _GONE + page[end:], True) if at >= 0 else (page, False)


def _composed_again(record: Record, overrides: Path | None) -> LetterContent | str:
    """The letter as this release composes it from the record's facts, or why it can't be."""
    letter, language = str(record.content.get("letter")), str(record.content.get("language"))
    if letter not in LETTERS:
        return f'its kind, "{letter}", isn\'t one that this release knows'
    try:
        again = compose(letter, record.facts, language, overrides=overrides)
    except (WordingError, ValueError, KeyError) as why:
        return f"it can't be composed again: {why}"
    return f"composed again, it is refused: {again.detail}" if isinstance(again, LetterRefused) else again


def _figures_in(content: Mapping[str, Any]) -> list[Any]:
    """What of a letter doesn't depend on its wording: key figures, and the cells of tables that hold a figure."""
    found: list[Any] = [figure["value"] for figure in content["key_figures"]]
    for part in content["parts"]:
        for block in part["blocks"]:
            rows = [*(row["cells"] for row in block.get("rows", ())), block.get("total") or ()]
            found += [cell for row in rows for cell in row if _FIGURE.fullmatch(cell)]
    return found


def _sentences(found: Iterable[tuple[str, tuple[Any, Any]]]) -> list[str]:
    return [f"{place}: the letter says {theirs!r}, worked out again it is {ours!r}" for place, (ours, theirs) in found]


def differing(ours: Any, theirs: Any, place: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The places in which two plain values differ, by their paths; a tuple is as good as a list."""
    if ours == theirs:
        return
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from differing(ours.get(key), theirs.get(key), f"{place}.{key}" if place else str(key))
    elif isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True), start=1):
            yield from differing(one, other, f"{place}.{number}")
    else:
        yield place, (ours, theirs)


def _token_differences(read: _Read, keys: Sequence[PublicKey], signer: PublicKey | None) -> Iterator[str]:
    """What the token says otherwise than the record it goes with."""
    try:
        claim, answer = verify_token(read.token, keys)
    except BadToken as why:
        yield f"its code can't be read: {why}"
        return
    if answer.outcome is not Outcome.YES:
        yield from (f"its code: {why}" for why in answer.why)
    facts = read.record.facts
    expected = claim_of(
        reference=facts.reference,
        loan_id=facts.loan.id,
        amount=facts.assessment.amount_to_cure,
        currency=facts.loan.currency,
        issued_on=facts.issued_on,
        key=signer.entry.id if signer else claim.key,
        record=read.data,
    )
    for name in (one.name for one in fields(Claim)):
        if getattr(claim, name) != getattr(expected, name):
            yield f"its code has another {name} than the letter"
