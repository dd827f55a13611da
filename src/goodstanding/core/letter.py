"""What a letter is written from, and what it says: plain data that `letters` sets and `conduct` checks.

`LetterFacts` goes in, `LetterContent` comes out: every sentence, figure and date as the borrower will read it, in
order, and nothing about the page. The same content becomes a PDF, plain text, a web page or a text message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import Lender
from goodstanding.core.loan import Loan
from goodstanding.core.particulars import Particulars
from goodstanding.core.party import Borrower, Party, Role
from goodstanding.core.plain_data import from_data
from goodstanding.core.plans.offers import Offer


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a letter may speak of.

    counted_up_to: the book's cut-off: payments received later aren't in it. pay_by: the day named in the letter.
    amount_by_pay_by: what will be owed on that day if nothing is paid before. next_day_adds: what one more day adds in
    charges; next_day_fee: the part of it that is a late fee. reference: quotable, unique per letter.
    reader: who reads it, if not the borrower. particulars: what only this kind of letter needs to know.
    """

    loan: Loan
    policy: ArrearsPolicy
    assessment: Assessment
    borrower: Borrower
    lender: Lender
    offers: tuple[Offer, ...]
    counted_up_to: date
    issued_on: date
    pay_by: date
    amount_by_pay_by: int
    next_day_adds: int
    reference: str
    next_day_fee: int = 0
    reader: Party | None = None
    particulars: Particulars | None = None

    @property
    def role(self) -> Role:
        return self.reader.role if self.reader else Role.BORROWER

    @property
    def recipient(self) -> Borrower:
        """The person who reads the letter."""
        return self.reader.person if self.reader else self.borrower


class Align(StrEnum):
    """Where a column's cells stand: text at the start, figures at the end."""

    START = "start"
    END = "end"


class RowKind(StrEnum):
    """group: a line that opens a group of rows, its text in the first cell. subtotal: closes one."""

    PLAIN = "plain"
    GROUP = "group"
    SUBTOTAL = "subtotal"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Whole sentences. key: where in the wording they come from, so that checks and layouts can know them.

    prominent: the law asks that it stand out from what is around it; set in bold type, never in capitals.
    """

    key: str
    text: str
    prominent: bool = False


@dataclass(frozen=True, slots=True)
class Subheading:
    """Opens a passage within a part."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels and what they stand for, such as name and number."""

    key: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class List:
    """Items of equal standing, in order. keys: the wording's key of each; empty for words that aren't ours."""

    key: str
    items: tuple[str, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """Boxes for the reader to tick, on a form that is sent back. keys: the wording's key of each."""

    key: str
    items: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; as many cells as the header has."""

    cells: tuple[str, ...]
    kind: RowKind = RowKind.PLAIN


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in columns. caption: what it shows, for those who hear the letter read. total: the last row, or None."""

    key: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    alignment: tuple[Align, ...]
    total: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        widths = {len(self.header), len(self.alignment), *(len(row.cells) for row in self.rows)}
        if self.total is not None:
            widths.add(len(self.total))
        if len(widths) != 1:
            raise ValueError(f"table {self.key}: header, alignment, rows and total differ in length: {sorted(widths)}")


Block = Paragraph | Subheading | Pairs | List | Choices | Table


@dataclass(frozen=True, slots=True)
class Part:
    """One of a letter's parts. detachable: a form that the reader cuts off and sends back; it comes last."""

    key: str
    heading: str
    blocks: tuple[Block, ...]
    detachable: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whose letter it is; lines: as they stand in the window of an envelope, in the order of the language."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sender:
    """The lender as a letterhead names it."""

    name: str
    address: tuple[str, ...]
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that must be impossible to miss."""

    key: str
    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A consequence that the letter names because it is true of this loan today, and what that rests on."""

    key: str
    citation: str


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter says, in reading order. All amounts and dates are text in the letter's language.

    version: of the wording, as its file states it; wording_hash: SHA-256 of the sentences used, overrides included.
    page_label: has {page} and {pages} in it, which only the page can know. details: date, reference and the like.
    reader: borrower, co_borrower or guarantor. approved_by, approved_on: who approved these very words; empty: nobody yet.
    short_message: tells the reader by text message that there is a letter, and nothing of a debt; empty: none may be sent.
    printed_otherwise: characters that no face has, such as U+2A6D6, each with what is printed for it.
    code_caption: what stands beside the code; code_description: says it to those who don't see the code.
    unapproved: sentences that the lender rewrote and nobody approved; asked of the gate and kept nowhere.
    """

    letter: str
    version: str
    wording_hash: str
    language: str
    jurisdiction: str
    currency: str
    loan_id: str
    reference: str
    issued_on: date
    sender: Sender
    recipient: Recipient
    details: tuple[tuple[str, str], ...]
    title: str
    salutation: str
    opening: str
    key_figures: tuple[KeyFigure, ...]
    parts: tuple[Part, ...]
    closing: tuple[str, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    running_head: str
    page_label: str
    reader: Role = Role.BORROWER
    approved_by: str = ""
    approved_on: str = ""
    short_message: str = ""
    code_caption: str = ""
    code_description: str = ""
    printed_otherwise: tuple[tuple[str, str], ...] = ()
    unapproved: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LetterRefused:
    """A letter that must not be written, and why. The caller sets the loan aside with it; nothing is printed.

    reason: one of those listed in docs/guides/letters.md.
    detail: one sentence for the person who has to put it right.
    """

    loan_id: str
    reason: str
    detail: str


def content_data(content: LetterContent) -> dict[str, Any]:
    """Return the content as plain data for JSON; each block says its type under "type"."""
    data: dict[str, Any] = _held(content)
    del data["unapproved"]
    data["issued_on"] = content.issued_on.isoformat()
    for part, part_data in zip(content.parts, data["parts"], strict=True):
        for block, block_data in zip(part.blocks, part_data["blocks"], strict=True):
            block_data["type"] = type(block).__name__.lower()
    return data


def _held(value: Any) -> Any:
    """As `dataclasses.asdict`, which copies text as well and takes four times as long."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return tuple(map(_held, value))
    if hasattr(value, "__dataclass_fields__"):
        return {name: _held(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def content_from_data(data: Mapping[str, Any]) -> LetterContent:
    """Read a content that `content_data` wrote; `reading.BadValue` says what is wrong and where."""
    parts = [
        {**part, "blocks": [{**block, "type": str(block.get("type")).capitalize()} for block in part["blocks"]]}
        for part in data["parts"]
    ]
    return from_data(LetterContent, {**data, "parts": parts})


def texts(content: LetterContent) -> Iterator[tuple[str, str]]:
    """Yield every string a borrower reads, in reading order, each with the key it came from (page numbers apart)."""
    yield "sender", content.sender.name
    yield from (("sender", line) for line in (*content.sender.address, content.sender.phone, content.sender.email))
    yield from (("recipient", line) for line in content.recipient.lines)
    yield from (("details", text) for pair in content.details for text in pair)
    yield "title", content.title
    for figure in content.key_figures:
        yield from ((figure.key, text) for text in (figure.label, figure.value, figure.note))
    yield "salutation", content.salutation
    yield "opening", content.opening
    for part in content.parts:
        yield part.key, part.heading
        for block in part.blocks:
            yield from ((block.key, text) for text in _block_texts(block))
    yield from (("closing", line) for line in content.closing)
    yield from (("notes", line) for line in content.notes)


def _block_texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph() | Subheading():
            yield block.text
        case Pairs():
            yield from (text for pair in block.items for text in pair)
        case List() | Choices():
            yield from block.items
        case Table():
            yield from block.header
            yield from (cell for row in block.rows for cell in row.cells if cell)
            yield from (cell for cell in block.total or () if cell)
