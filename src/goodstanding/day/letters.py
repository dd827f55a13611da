"""Which letters are due, what each stands on, and how it goes with letters that stand already.

A letter is written once for each unbroken stretch of arrears. Run again for the same day, a letter that still says the
same stays; one that would say something else is superseded; one that is no longer due is withdrawn.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from goodstanding.core.arrears.assess import Assessment, assess
from goodstanding.core.arrears.counting import paused_days
from goodstanding.core.arrears.outlook import outlook
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import Lender, LetterRule
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.core.loan import Loan
from goodstanding.core.party import Borrower
from goodstanding.core.plans.extension import extension
from goodstanding.core.plans.instalments import arrears_instalments
from goodstanding.core.plans.offers import Offer
from goodstanding.day.assessing import figures_alone
from goodstanding.day.ledger import Entry, State, standing
from goodstanding.day.stop import Stopped
from goodstanding.letters.letterhead import PLAIN, Letterhead

if TYPE_CHECKING:
    from goodstanding.letters.keys import SigningKey
    from goodstanding.letters.press import Press

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is misheard or misread
OFFER_MONTHS = 3
TWO_COMPUTATIONS = "two_computations"
"""Why a letter is refused whose loan the kernel and the reference don't agree on."""


def is_due(loan: Loan, assessment: Assessment, rule: LetterRule) -> bool:
    """Whether the lender's rule asks for a letter.

    Paused days don't count, nobody is written to in a pause or in grace, and not about a loan that was charged off.
    """
    if assessment.oldest_due_on is None or not is_late_enough(assessment, rule):
        return False
    if any(pause.from_on <= assessment.as_of < pause.until_on for pause in loan.pauses):
        return False
    days = assessment.days_past_due - paused_days(loan.pauses, assessment.oldest_due_on, assessment.as_of)
    return days >= rule.from_dpd


def is_late_enough(assessment: Assessment, rule: LetterRule) -> bool:
    """Whether the rule asks for a letter as far as the figures alone tell: pauses may yet speak against it."""
    if assessment.oldest_due_on is None or assessment.charged_off_on is not None or not assessment.delinquent_days:
        return False
    return assessment.days_past_due >= rule.from_dpd and assessment.amount_to_cure >= rule.least_amount


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about letters. write: loans whose letter is written, or confirmed when it stands for today.

    earlier: loans that had their letter on another day, with its line. over_limit: loans left for another run.
    withdraw: letters of today that are no longer due.
    """

    write: list[str]
    earlier: dict[str, Entry]
    over_limit: list[str]
    withdraw: list[Entry]


def plan_letters(
    due: Mapping[str, date], entries: Sequence[Entry], *, letter: str, as_of: date, limit: int | None
) -> Plan:
    """Decide what becomes of each letter. due: by loan, the due date with which its stretch of arrears began."""
    plan = Plan([], {}, [], [])
    stands = {loan_id: found for (loan_id, name), found in standing(entries).items() if name == letter}
    for loan_id, episode in due.items():
        before = [entry for entry in stands.get(loan_id, []) if entry.as_of != as_of and entry.episode == episode]
        if before:
            plan.earlier[loan_id] = before[-1]
        elif limit is None or len(plan.write) < limit:
            plan.write.append(loan_id)
        else:
            plan.over_limit.append(loan_id)
    stay = {*plan.write, *plan.over_limit}
    plan.withdraw.extend(
        entry for loan_id, found in stands.items() if loan_id not in stay for entry in found if entry.as_of == as_of
    )
    return plan


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
    )


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
    """A letter to be written or confirmed. episode: the due date with which the stretch of arrears began.

    today: the letter that stands from an earlier run of this day, if any, and whether its files are there.
    revision: of the letter, should it be written (again). book: the book's content hash. wording: the lender's own.
    figures: what the day's files say of the loan, which the letter must agree with. keys: the lender's, if it has some.
    letterhead: the lender's.
    """

    loan: Loan
    figures: Assessment
    episode: date
    borrower: Borrower
    lender: Lender
    policy: ArrearsPolicy
    wording: Path | None
    as_of: date
    counted_up_to: date
    book: str
    today: Entry | None
    today_is_whole: bool
    revision: int
    keys: Path | None = None
    letterhead: Letterhead = PLAIN


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as written. files: by path under the day's folder. entry: None when its line stands already."""

    files: dict[str, bytes]
    entry: Entry | None


def write(due: Due) -> Letter | LetterRefused:
    """Write a letter, or confirm the one that stands; a fault of ours in one costs the others nothing."""
    from goodstanding.letters.wording import WordingError

    try:
        return _written(due)
    except WordingError as wrong:  # the wording is every letter's
        raise Stopped(str(wrong)) from None
    except Exception as failed:
        return LetterRefused(due.loan.id, "fault", f"{type(failed).__name__}: {failed}")


def _written(due: Due) -> Letter | LetterRefused:
    """Compose a letter and set it, unless the one that stands for today says the same and its files are there."""
    facts = facts_of(due)
    if unlike := _unlike(due.figures, figures_alone(facts.assessment)):
        return LetterRefused(due.loan.id, TWO_COMPUTATIONS, f"two computations differ: {unlike}")
    if due.today is not None:
        composed = _compose(due, replace(facts, reference=due.today.reference))
        if isinstance(composed, LetterRefused):
            return composed
        if _hash(composed.text) == due.today.says:
            files = {} if due.today_is_whole else _set(due, composed, due.today.revision)
            return files if isinstance(files, LetterRefused) else Letter(files, None)
    composed = _compose(due, facts)
    if isinstance(composed, LetterRefused):
        return composed
    files = _set(due, composed, due.revision)
    return files if isinstance(files, LetterRefused) else Letter(files, _entry(due, composed, files))


def _unlike(one: Assessment, other: Assessment) -> str:
    """Name what differs between the kernel's figures and the reference's, which must never happen; "" when nothing does."""
    named = [field.name for field in fields(Assessment) if getattr(one, field.name) != getattr(other, field.name)]
    return ", ".join(f"{name} {getattr(one, name)} and {getattr(other, name)}" for name in named)


@dataclass(frozen=True, slots=True)
class _Composed:
    facts: LetterFacts
    content: LetterContent
    text: bytes


def _compose(due: Due, facts: LetterFacts) -> _Composed | LetterRefused:
    from goodstanding.letters.compose import compose
    from goodstanding.letters.plain import plain_text

    language = language_of(due.borrower, due.lender)
    content = compose(due.lender.letter_rule.letter, facts, language, overrides=due.wording)
    return content if isinstance(content, LetterRefused) else _Composed(facts, content, plain_text(content).encode())


def language_of(borrower: Borrower, lender: Lender) -> str:
    """The borrower's language where the lender can be reached in it."""
    return borrower.language if borrower.language in lender.contacts else lender.default_language


def facts_of(due: Due) -> LetterFacts:
    """Everything the letter may speak of, as of the day and for the day it names."""
    lender, loan, episode = due.lender, due.loan, due.episode
    pay_by = due.as_of + timedelta(days=lender.letter_rule.pay_within_days)
    today = assess(loan, due.policy, as_of=due.as_of)
    ahead = outlook(loan, due.policy, today, pay_by=pay_by)
    return LetterFacts(
        loan=loan,
        policy=due.policy,
        assessment=today,
        borrower=due.borrower,
        lender=lender,
        offers=offers_for(loan, today, accept_by=pay_by),
        counted_up_to=due.counted_up_to,
        issued_on=due.as_of,
        pay_by=pay_by,
        amount_by_pay_by=ahead.amount_by_pay_by,
        next_day_adds=ahead.next_day_adds,
        next_day_fee=ahead.next_day_fee,
        reference=reference_of(lender.id, loan.id, lender.letter_rule.letter, episode, due.as_of, due.revision),
    )


def offers_for(loan: Loan, assessment: Assessment, *, accept_by: date) -> tuple[Offer, ...]:
    """The ways out that a letter offers, each where it can be worked out.

    One instalment overdue is spread over the next months at no cost; moving it behind the last due date would cost
    interest for years and gain little, so that is offered from two on.
    """
    found = [arrears_instalments(assessment, months=OFFER_MONTHS, accept_by=accept_by)]
    if assessment.instalments_overdue > 1 or found[0] is None:
        found.append(extension(assessment, loan, accept_by=accept_by))
    return tuple(offer for offer in found if offer is not None)


def _set(due: Due, composed: _Composed, revision: int) -> dict[str, bytes] | LetterRefused:
    """The letter's files, by path under the day's folder."""
    content = composed.content
    letter = _press(due.keys, due.lender.is_example, due.letterhead).finish(composed.facts, content)
    if isinstance(letter, LetterRefused):
        return letter
    stem = f"letters/{file_stem(due.loan.id, content.reference, content.language, revision)}"
    return {f"{stem}.pdf": letter.pdf, f"{stem}.txt": composed.text}


@cache
def _press(keys: Path | None, is_example: bool, letterhead: Letterhead) -> "Press":
    """One for each process: it keeps the fonts, the key and the letterhead."""
    from goodstanding.letters.press import Press

    return Press(key_of(keys, is_example), letterhead)


def key_of(keys: Path | None, is_example: bool) -> "SigningKey | None":
    """The key that a lender's letters are sealed with; None when it has none. `Stopped` when it can't be used."""
    from goodstanding.letters.example_key import example_key
    from goodstanding.letters.keys import KeyFolder, KeysError

    if keys is None:
        return example_key() if is_example else None
    try:
        return KeyFolder(keys).signing_key()
    except KeysError as why:
        raise Stopped(f"Letters can't be sealed: {why}") from None


def _entry(due: Due, composed: _Composed, files: dict[str, bytes]) -> Entry:
    content = composed.content
    return Entry(
        loan_id=due.loan.id,
        letter=content.letter,
        episode=due.episode,
        as_of=due.as_of,
        state=State.WRITTEN,
        reference=content.reference,
        lender=due.lender.id,
        revision=due.revision,
        language=content.language,
        supersedes=due.today.reference if due.today else None,
        says=_hash(composed.text),
        files={path: _hash(file) for path, file in files.items()},
        book=due.book,
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
