"""What a letter stands on, and how it goes with letters that stand already.

Run again for the same day, a letter that still says the same stays; one that would say something else is superseded; one
that is no longer due is withdrawn.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from goodstanding.core import reading
from goodstanding.core.arrears.assess import Assessment, assess
from goodstanding.core.arrears.outlook import outlook
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import DefaultNoticeTerms, Form, Lender, LetterRule
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.core.loan import Loan
from goodstanding.core.particulars import ArrearsNotice, CreditReporting, DefaultNotice, FinalNotice, Particulars
from goodstanding.core.party import Borrower, Party, Role
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.offers import Offer, Position
from goodstanding.core.plans.pricing import Figures, by_reference
from goodstanding.core.plans.ways_out import for_letter
from goodstanding.day.assessing import figures_alone
from goodstanding.day.choosing import Contact, Reader
from goodstanding.day.gate import HeldByGate, Judged, Told, answers_about, judged, none_of
from goodstanding.day.granting import NOTHING_GRANTED
from goodstanding.day.happened import OF_EVENTS
from goodstanding.day.ledger import Entry, State
from goodstanding.day.letter_rules import REMINDER
from goodstanding.day.stop import Stopped
from goodstanding.letters.key_settings import KeysError, KeySettings
from goodstanding.letters.letterhead import PLAIN, Letterhead

if TYPE_CHECKING:
    from goodstanding.letters.keys import SigningKey
    from goodstanding.letters.press import Press

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is misheard or misread
ENDINGS = {Form.PDF: "pdf", Form.TEXT: "txt", Form.HTML: "html", Form.SMS: "sms.txt"}
TWO_COMPUTATIONS = "two_computations"
"""Why a letter is refused whose loan the kernel and the reference don't agree on."""


def withdrawal(entry: Entry, book: str) -> Entry:
    """The line that withdraws a letter: it stays in the ledger, and its files are kept apart."""
    return Entry(
        loan_id=entry.loan_id,
        letter=entry.letter,
        episode=entry.episode,
        as_of=entry.as_of,
        state=State.WITHDRAWN,
        reference="",
        lender=entry.lender,
        revision=entry.revision,
        supersedes=entry.reference,
        book=book,
        reader=entry.reader,
        person=entry.person,
    )


def whose(letter: str, reader: Reader) -> str:
    """A letter and its reader, for a reference: each reader's letter has its own.

    >>> whose("formal_overdue", Reader()), whose("formal_overdue", Reader(Role.GUARANTOR, "B-7"))
    ('formal_overdue', 'formal_overdue to guarantor B-7')
    """
    return letter if reader.role is Role.BORROWER else f"{letter} to {reader.role} {reader.person}"


def reference_of(lender: str, loan_id: str, letter: str, episode: date, as_of: date, revision: int) -> str:
    """A reference that can be quoted on the telephone, the same whenever the same letter is written. lender: its id.

    >>> reference_of("qinghe_example", "L1", "formal_overdue", date(2026, 9, 5), date(2026, 11, 23), 1)
    '261123-...-...'
    """
    key = "\n".join([lender, loan_id, letter, episode.isoformat(), as_of.isoformat(), str(revision)])
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    digits = "".join(_DIGITS[(number >> 5 * place) & 31] for place in range(10))
    return f"{as_of:%y%m%d}-{digits[:5]}-{digits[5:]}"


@dataclass(frozen=True, slots=True)
class Due:
    """A letter to be written or confirmed. reader: who reads it, if not the borrower.

    today: the letter that stands from an earlier run of this day, if any, and whether its files are there.
    revision: of the letter, should it be written (again). book: the book's content hash. wording: the lender's own.
    figures: what the day's files say of the loan, which the letter must agree with. keys: the lender's, if it has some.
    letterhead: the lender's. rails, limits: within which ways out are offered; by_kernel: whether the kernel prices them. told: what the gate is told; None: the lender doesn't say who acts, so nothing may be sent.
    """

    loan: Loan
    figures: Assessment
    contact: Contact
    borrower: Borrower
    reader: Party | None
    lender: Lender
    policy: ArrearsPolicy
    wording: Path | None
    as_of: date
    counted_up_to: date
    book: str
    today: Entry | None
    today_is_whole: bool
    revision: int
    keys: KeySettings | None = None
    letterhead: Letterhead = PLAIN
    told: Told | None = None
    rails: GuardRails = NOTHING_GRANTED
    limits: tuple[LegalLimit, ...] = ()
    by_kernel: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """A letter of which no form may go out, with what the gate said of each."""

    held: tuple[HeldByGate, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as written. files: by path under the day's folder. entry: None when its line stands already.

    left_out: why a form of it isn't written, a sentence each. printed_otherwise: characters that no face has, as printed.
    held: forms that the gate doesn't let out. late: by how much a notice of the law's comes too late.
    """

    files: dict[str, bytes]
    entry: Entry | None
    left_out: tuple[str, ...] = ()
    printed_otherwise: tuple[str, ...] = ()
    held: tuple[HeldByGate, ...] = ()
    late: str = ""


def write(due: Due) -> Letter | LetterRefused | NotSent:
    """Write a letter, or confirm the one that stands; a fault of ours in one costs the others nothing."""
    from goodstanding.letters.wording import WordingError

    try:
        return _written(due)
    except WordingError as wrong:  # the wording is every letter's
        raise Stopped(str(wrong)) from None
    except KeysError as wrong:  # and so is the key: a device that is gone is gone for all of them
        raise Stopped(f"Letters can't be sealed: {wrong}") from None
    except Exception as failed:
        return LetterRefused(due.loan.id, "fault", f"{type(failed).__name__}: {failed}")


def fell_over(due: Due) -> LetterRefused:
    """Of a letter over which a process ended by itself, twice."""
    return LetterRefused(due.loan.id, "fault", "the process that wrote it ended by itself, twice")


def _written(due: Due) -> Letter | LetterRefused | NotSent:
    """Compose a letter, ask the gate, and set it, unless the one that stands for today says the same and its files are there."""
    facts = facts_of(due)
    if unlike := _unlike(due.figures, figures_alone(facts.assessment)):
        return LetterRefused(due.loan.id, TWO_COMPUTATIONS, f"two computations differ: {unlike}")
    if due.today is not None:
        composed = _compose(due, replace(facts, reference=due.today.reference))
        if isinstance(composed, LetterRefused | NotSent):
            return composed
        if composed.says == due.today.says and _paths(due, composed, due.today.revision) == due.today.files.keys():
            files = {} if due.today_is_whole else _set(due, composed, due.today.revision)
            if isinstance(files, LetterRefused):
                return files
            if not files or {path: _hash(file) for path, file in files.items()} == due.today.files:
                return _letter(files, None, composed)
            # It can't be made again to the byte (by another release, or sealed on a device): it is another letter.
    composed = _compose(due, facts)
    if isinstance(composed, LetterRefused | NotSent):
        return composed
    files = _set(due, composed, due.revision)
    return files if isinstance(files, LetterRefused) else _letter(files, _entry(due, composed, files), composed)


def _letter(files: dict[str, bytes], entry: Entry | None, composed: "_Composed") -> Letter:
    return Letter(
        files, entry, composed.left_out, composed.printed_otherwise, composed.judged.held, composed.judged.late
    )


def _unlike(one: Assessment, other: Assessment) -> str:
    """Name what differs between the kernel's figures and the reference's, which must never happen; "" when nothing does."""
    named = [field.name for field in fields(Assessment) if getattr(one, field.name) != getattr(other, field.name)]
    return ", ".join(f"{name} {getattr(one, name)} and {getattr(other, name)}" for name in named)


@dataclass(frozen=True, slots=True)
class _Composed:
    """contents: in each language it is written in; one, but for a notice whose English counts. says: SHA-256 of them as plain
    text. texts: of the forms that need no page, by language and ending. left_out: why a form isn't written.
    judged: which forms the gate lets out.
    """

    facts: LetterFacts
    contents: tuple[LetterContent, ...]
    says: str
    texts: dict[str, bytes]
    left_out: tuple[str, ...]
    judged: Judged

    @property
    def printed_otherwise(self) -> tuple[str, ...]:
        found = {one: printed for content in self.contents for one, printed in content.printed_otherwise}
        return tuple(f"{one} as {printed}" for one, printed in found.items())


def _compose(due: Due, facts: LetterFacts) -> _Composed | LetterRefused | NotSent:
    from goodstanding.letters.compose import LETTERS, compose
    from goodstanding.letters.plain import plain_text

    letter = due.contact.rule.letter
    language = language_of(facts.recipient, due.lender)
    languages = ("en", language) if LETTERS[letter].english_counts and language != "en" else (language,)
    contents = list[LetterContent]()
    for one in languages:
        content = compose(letter, facts, one, overrides=due.wording)
        if isinstance(content, LetterRefused):
            return content
        contents.append(content)
    gate = ask_the_gate(due.contact.rule.forms, contents, facts, due.told)
    if not gate.forms:
        return NotSent(gate.held)
    plain, texts, left_out = list[bytes](), dict[str, bytes](), list[str]()
    for content in contents:
        plain.append(plain_text(content).encode())
        for form in gate.forms:
            if form is not Form.PDF:
                text = plain[-1] if form is Form.TEXT else in_form(content, form)
                if isinstance(text, LetterRefused):
                    left_out.append(text.detail)
                else:
                    texts[f"{content.language}.{ENDINGS[form]}"] = text
    return _Composed(facts, tuple(contents), _hash(b"\f".join(plain)), texts, tuple(left_out), gate)


def ask_the_gate(
    forms: Sequence[Form], contents: Sequence[LetterContent], facts: LetterFacts, told: Told | None
) -> Judged:
    """Which forms of a letter may go out; a lender that doesn't say who acts may send nothing.

    contents: in each language it is written in, that of its text message last.
    """
    if told is None:
        why = "lender.toml has no [conduct]: nobody said who acts and under which law"
        return none_of(forms, why)
    sms = in_form(contents[-1], Form.SMS) if Form.SMS in forms else b""
    texts = {Form.SMS: sms.decode()} if isinstance(sms, bytes) and sms else {}
    return judged(forms, contents, texts, facts, told)


def in_form(content: LetterContent, form: Form) -> bytes | LetterRefused:
    """A letter in a form that needs no page."""
    from goodstanding.letters.html import html_page
    from goodstanding.letters.plain import plain_text
    from goodstanding.letters.sms import short_message

    if form is Form.TEXT:
        return plain_text(content).encode()
    if form is Form.HTML:
        return html_page(content).encode()
    message = short_message(content)
    return message if isinstance(message, LetterRefused) else f"{message.text}\n".encode()


def language_of(borrower: Borrower, lender: Lender) -> str:
    """The borrower's language where the lender can be reached in it."""
    return borrower.language if borrower.language in lender.contacts else lender.default_language


def facts_of(due: Due) -> LetterFacts:
    """Everything the letter may speak of, as of the day and for the day it names."""
    lender, loan, contact = due.lender, due.loan, due.contact
    today = assess(loan, due.policy, as_of=due.as_of)
    pay_by = pay_by_of(contact.rule, lender, today)
    ahead = outlook(loan, due.policy, today, pay_by=pay_by)
    return LetterFacts(
        loan=loan,
        policy=due.policy,
        assessment=today,
        borrower=due.borrower,
        lender=lender,
        offers=_offers(due, Position(loan, due.policy, today, pay_by)),
        counted_up_to=due.counted_up_to,
        issued_on=due.as_of,
        pay_by=pay_by,
        amount_by_pay_by=ahead.amount_by_pay_by,
        next_day_adds=ahead.next_day_adds,
        next_day_fee=ahead.next_day_fee,
        reference=reference_of(
            lender.id, loan.id, whose(contact.rule.letter, contact.reader), contact.episode, due.as_of, due.revision
        ),
        reader=due.reader,
        particulars=particulars_of(contact, due.as_of, pay_by, _contract_on(due)),
    )


def _offers(due: Due, position: Position) -> tuple[Offer, ...]:
    """The ways out that the letter shows; none beside a plan that is kept."""
    agreed = due.told.agreed if due.told else None
    if agreed is not None and agreed.speaks_against_offers:
        return ()
    return for_letter(position, due.rails, due.limits, _engine_of(due))


def _engine_of(due: Due) -> Figures:
    """What prices the offers; the kernel is loaded when the first letter needs it."""
    if not due.by_kernel:
        return by_reference(due.policy)
    from goodstanding.batch.what_if import figures_by_kernel

    return figures_by_kernel(due.loan.product, due.policy)


def _contract_on(due: Due) -> date | None:
    """The day of the agreement, where book or lender answers it."""
    try:
        found = answers_about(due.told, due.loan.id).get("contract_on") if due.told else None
    except reading.BadValue:  # the gate says so, and lets nothing out
        return None
    return found if isinstance(found, date) else None


def pay_by_of(rule: LetterRule, lender: Lender, today: Assessment) -> date:
    """The day that a letter names: of a reminder the due date, of a default notice the last before its own, else by the rule."""
    if rule.default_notice is not None:
        return _served_on(rule.default_notice, today.as_of) + timedelta(days=rule.default_notice.remedy_after_days - 1)
    if rule.letter == REMINDER and today.next_due_on is not None:
        return today.next_due_on
    within = lender.pay_within_days if rule.pay_within_days is None else rule.pay_within_days
    return today.as_of + timedelta(days=within)


def _served_on(terms: DefaultNoticeTerms, as_of: date) -> date:
    return as_of + timedelta(days=terms.served_after_days)


def _default_notice(
    terms: DefaultNoticeTerms, as_of: date, pay_by: date, contract_on: date | None
) -> Particulars | None:
    """What a default notice says; None where nobody said of which day the agreement is."""
    if contract_on is None:
        return None
    return DefaultNotice(
        contract_on,
        terms.clause,
        _served_on(terms, as_of),
        pay_by + timedelta(days=1),
        terms.actions,
        terms.interest_after_judgment,
    )


def particulars_of(contact: Contact, as_of: date, pay_by: date, contract_on: date | None) -> Particulars | None:
    """What some letters need to know besides the loan: the letters before, the day on which the lender reports, a notice's terms.

    The lender reports on the first day after the one that the letter gives for paying, so that who pays by then isn't reported.
    contract_on: the day of the agreement, where the book says it (answers).
    """
    if contact.told is not None:
        return contact.told
    if (terms := contact.rule.default_notice) is not None:
        return _default_notice(terms, as_of, pay_by, contract_on)
    match contact.rule.letter:
        case "final_notice":
            return FinalNotice(contact.letters_before)
        case "credit_reporting_notice":
            return CreditReporting(pay_by + timedelta(days=1))
        case "arrears_notice":
            notices = [one.as_of for one in contact.earlier if one.letter == contact.rule.letter]
            return ArrearsNotice(notices[-1] if notices else None)
        case _:
            return None


def _set(due: Due, composed: _Composed, revision: int) -> dict[str, bytes] | LetterRefused:
    """The letter's files, by path under the day's folder."""
    texts = dict(composed.texts)
    if Form.PDF in composed.judged.forms:
        for content in composed.contents:
            letter = _press(due.keys, due.lender.is_example, due.letterhead).finish(composed.facts, content)
            if isinstance(letter, LetterRefused):
                return letter
            texts[f"{content.language}.{ENDINGS[Form.PDF]}"] = letter.pdf
    return {_path(due, composed, place, revision): text for place, text in sorted(texts.items())}


def _paths(due: Due, composed: _Composed, revision: int) -> set[str]:
    """Where the letter's files lie, before it is set."""
    pages = [f"{one.language}.{ENDINGS[Form.PDF]}" for one in composed.contents if Form.PDF in composed.judged.forms]
    return {_path(due, composed, place, revision) for place in (*composed.texts, *pages)}


def _path(due: Due, composed: _Composed, place: str, revision: int) -> str:
    language, ending = place.split(".", 1)
    return f"letters/{file_stem(due.loan.id, composed.facts.reference, language, revision)}.{ending}"


@cache
def _press(keys: KeySettings | None, is_example: bool, letterhead: Letterhead) -> "Press":
    """One for each process: it keeps the fonts, the key and the letterhead."""
    from goodstanding.letters.press import Press

    return Press(key_of(keys, is_example), letterhead)


def key_of(keys: KeySettings | None, is_example: bool) -> "SigningKey | None":
    """The key that a lender's letters are sealed with; None when it has none. `Stopped` when it can't be used."""
    from goodstanding.letters.example_key import example_key
    from goodstanding.letters.keys import KeyFolder

    if keys is None:
        return example_key() if is_example else None
    try:
        return KeyFolder(keys.folder, keys.device).signing_key()
    except KeysError as why:
        raise Stopped(f"Letters can't be sealed: {why}") from None


def _entry(due: Due, composed: _Composed, files: dict[str, bytes]) -> Entry:
    contact, facts = due.contact, composed.facts
    return Entry(
        loan_id=due.loan.id,
        letter=contact.rule.letter,
        episode=contact.episode,
        as_of=due.as_of,
        state=State.WRITTEN,
        reference=facts.reference,
        lender=due.lender.id,
        revision=due.revision,
        language=composed.contents[-1].language,
        supersedes=due.today.reference if due.today else None,
        says=composed.says,
        files={path: _hash(file) for path, file in files.items()},
        book=due.book,
        reader=contact.reader.role,
        person=contact.reader.person,
        pay_by=None if contact.rule.letter in OF_EVENTS else facts.pay_by,
        rule=contact.rule.in_words,
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def file_stem(loan_id: str, reference: str, language: str, revision: int) -> str:
    """What a letter's files are called. A loan's number may hold anything, a file's name may not.

    >>> file_stem("A/7", "261123-8HT3D-Z5YP2", "en", 1), file_stem("L1", "261123-8HT3D-Z5YP2", "zh-Hans", 2)
    ('A%2F7_261123-8HT3D-Z5YP2_en', 'L1_261123-8HT3D-Z5YP2_zh-Hans_r2')
    """
    again = f"_r{revision}" if revision > 1 else ""
    return f"{quote(loan_id, safe='')[:80]}_{reference}_{language}{again}"
