"""Which letters are due, what each stands on, and how it goes with letters that stand already.

A letter is written once for each unbroken stretch of arrears. Run again for the same day, a letter that still says the
same stays; one that would say something else is superseded; one that is no longer due is withdrawn.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

from goodstanding.core.arrears.assess import Assessment, assess
from goodstanding.core.arrears.counting import paused_days
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import Lender, LetterRule
from goodstanding.core.letter import LetterFacts, LetterRefused
from goodstanding.core.loan import Loan
from goodstanding.core.party import Borrower
from goodstanding.core.plans.extension import extension
from goodstanding.core.plans.instalments import arrears_instalments
from goodstanding.core.plans.offers import Offer
from goodstanding.day.ledger import Entry, State

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is misheard or misread
OFFER_MONTHS = 3


def is_due(loan: Loan, assessment: Assessment, rule: LetterRule) -> bool:
    """Whether the lender's rule asks for a letter.

    Paused days don't count, nobody is written to in a pause or in grace, and not about a loan that was charged off.
    """
    if assessment.oldest_due_on is None or assessment.charged_off_on is not None or not assessment.delinquent_days:
        return False
    if any(pause.from_on <= assessment.as_of < pause.until_on for pause in loan.pauses):
        return False
    days = assessment.days_past_due - paused_days(loan.pauses, assessment.oldest_due_on, assessment.as_of)
    return days >= rule.from_dpd and assessment.amount_to_cure >= rule.least_amount


def reference_of(lender: Lender, loan_id: str, letter: str, episode: date, as_of: date, revision: int) -> str:
    """A reference that can be quoted on the telephone, the same whenever the same letter is written.

    >>> from types import SimpleNamespace
    >>> reference_of(SimpleNamespace(id="x"), "L1", "formal_overdue", date(2026, 9, 5), date(2026, 11, 23), 1)
    '261123-8HT3D-Z5YP2'
    """
    key = "\n".join([lender.id, loan_id, letter, episode.isoformat(), as_of.isoformat(), str(revision)])
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    digits = "".join(_DIGITS[number >> 5 * place & 31] for place in range(10))
    return f"{as_of:%y%m%d}-{digits[:5]}-{digits[5:]}"


def way_out(loan: Loan, assessment: Assessment, accept_by: date) -> tuple[Offer, ...]:
    """The offers that a letter makes, each only where it can be worked out."""
    found = (
        arrears_instalments(assessment, months=OFFER_MONTHS, accept_by=accept_by),
        extension(assessment, loan, accept_by=accept_by),
    )
    return tuple(offer for offer in found if offer is not None)


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that the rule asks for. today: the one that stands from an earlier run of this day, if any.

    revision: of the letter, should it have to be written (again).
    """

    loan: Loan
    borrower: Borrower
    lender: Lender
    policy: ArrearsPolicy
    as_of: date
    counted_up_to: date
    book: str
    today: Entry | None
    today_is_whole: bool
    revision: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as written. files: by path under the day's folder. entry: None when its line stands already."""

    loan_id: str
    files: dict[str, bytes]
    entry: Entry | None


def facts_of(due: Due, reference: str) -> LetterFacts:
    rule, loan = due.lender.letter_rule, due.loan
    pay_by = due.as_of + timedelta(days=rule.pay_within_days)
    today, tomorrow, later = (
        assess(loan, due.policy, as_of=day) for day in (due.as_of, due.as_of + timedelta(days=1), pay_by)
    )
    return LetterFacts(
        loan=loan,
        policy=due.policy,
        assessment=today,
        borrower=due.borrower,
        lender=due.lender,
        offers=way_out(loan, today, pay_by),
        counted_up_to=due.counted_up_to,
        issued_on=due.as_of,
        pay_by=pay_by,
        amount_by_pay_by=later.amount_to_cure,
        next_day_adds=_charges(tomorrow) - _charges(today),
        reference=reference,
    )


def _charges(assessment: Assessment) -> int:
    return assessment.penalty + assessment.compound_interest + assessment.fees


def write(due: Due) -> Letter | LetterRefused:
    """Compose a letter and set it, unless the one that stands for today says the same and its files are there."""
    from goodstanding.letters.compose import compose
    from goodstanding.letters.plain import plain_text

    rule = due.lender.letter_rule
    language = due.borrower.language if due.borrower.language in due.lender.contacts else due.lender.default_language
    if due.today is not None:
        content = compose(rule.letter, facts_of(due, due.today.reference), language)
        if isinstance(content, LetterRefused):
            return content
        if _says(plain_text(content)) == due.today.says:
            files = {} if due.today_is_whole else _files(due, content, due.today.reference, due.today.revision)
            return Letter(due.loan.id, files, None)
    episode = _episode(due)
    reference = reference_of(due.lender, due.loan.id, rule.letter, episode, due.as_of, due.revision)
    content = compose(rule.letter, facts_of(due, reference), language)
    if isinstance(content, LetterRefused):
        return content
    files = _files(due, content, reference, due.revision)
    entry = Entry(
        loan_id=due.loan.id,
        letter=rule.letter,
        episode=episode,
        as_of=due.as_of,
        state=State.WRITTEN,
        reference=reference,
        revision=due.revision,
        language=language,
        supersedes=due.today.reference if due.today else None,
        says=_says(plain_text(content)),
        files={name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        book=due.book,
    )
    return Letter(due.loan.id, files, entry)
