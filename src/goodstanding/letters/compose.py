"""Compose a letter: from facts to content. What mustn't be written is refused, with its reason, as a value."""

from functools import lru_cache
from pathlib import Path

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.core.party import Role
from goodstanding.letters.arrears_notice.content import ARREARS_NOTICE
from goodstanding.letters.credit_reporting_notice.content import CREDIT_REPORTING_NOTICE
from goodstanding.letters.default_notice.content import DEFAULT_NOTICE
from goodstanding.letters.dispute_answered.content import DISPUTE_ANSWERED
from goodstanding.letters.dispute_received.content import DISPUTE_RECEIVED
from goodstanding.letters.final_notice.content import FINAL_NOTICE
from goodstanding.letters.first_notice.content import FIRST_NOTICE
from goodstanding.letters.formal_overdue.content import FORMAL_OVERDUE
from goodstanding.letters.formats import Formats
from goodstanding.letters.hardship_received.content import HARDSHIP_RECEIVED
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.offer.content import OFFER
from goodstanding.letters.paid_up.content import PAID_UP
from goodstanding.letters.passages.figures import why_figures_disagree
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.plan_agreement.content import PLAN_AGREEMENT
from goodstanding.letters.plan_broken.content import PLAN_BROKEN
from goodstanding.letters.pre_due_reminder.content import PRE_DUE_REMINDER
from goodstanding.letters.printable import printable
from goodstanding.letters.promise_confirmed.content import PROMISE_CONFIRMED
from goodstanding.letters.single.content import SINGLE
from goodstanding.letters.validation_notice.content import VALIDATION_NOTICE
from goodstanding.letters.wording import FILES, Wording, load_wording

LETTERS: dict[str, Letter] = {
    one.name: one
    for one in (
        PRE_DUE_REMINDER,
        FIRST_NOTICE,
        FORMAL_OVERDUE,
        CREDIT_REPORTING_NOTICE,
        FINAL_NOTICE,
        DISPUTE_RECEIVED,
        DISPUTE_ANSWERED,
        HARDSHIP_RECEIVED,
        ARREARS_NOTICE,
        DEFAULT_NOTICE,
        VALIDATION_NOTICE,
        OFFER,
        PLAN_AGREEMENT,
        PROMISE_CONFIRMED,
        PLAN_BROKEN,
        PAID_UP,
        SINGLE,
    )
}
"""Every letter that can be written, in the order in which a borrower might meet them."""


def compose(
    letter: str, facts: LetterFacts, language: str, *, overrides: Path | None = None
) -> LetterContent | LetterRefused:
    """Return what the letter says, or why it mustn't be written.

    language: one of `core.party.LANGUAGES`. overrides: a lender's wording folder, with one folder per letter in it.
    Raises WordingError when a wording file can't be used: that concerns every letter, not this one.
    """
    if letter not in LETTERS:
        raise ValueError(f'there is no letter "{letter}": expected one of {", ".join(LETTERS)}')
    if language not in FILES:
        raise ValueError(f'"{language}" isn\'t a language we write in: expected one of {", ".join(FILES)}')
    kind = LETTERS[letter]
    if refused := _refusal(kind, facts, language):
        return LetterRefused(facts.loan.id, refused.reason, refused.detail)
    words_for = Role.BORROWER if kind.is_copied else facts.role
    wording = wording_of(letter, language, facts.lender.jurisdiction, overrides, words_for)
    if facts.lender.only_approved_wording and not wording.approved_by:
        detail = (
            f"Nobody has approved the wording of {letter} in {language} for the {_in_words(words_for)}"
            f" ({wording.hash[:12]}): have it read and use `goodstanding letters approve`."
        )
        return LetterRefused(facts.loan.id, "wording_not_approved", detail)
    formats = formats_of(language, facts.lender.jurisdiction, facts.loan.currency)
    voice = Voice(facts, wording, formats)
    if refused := kind.why_not_said(voice):
        return LetterRefused(facts.loan.id, refused.reason, refused.detail)
    return printable(kind.content(voice), facts.lender.substitutes)


def _refusal(kind: Letter, facts: LetterFacts, language: str) -> Refusal | None:
    lender, assessment = facts.lender, facts.assessment
    if kind.law and lender.jurisdiction not in kind.law:
        known = ", ".join(kind.law)
        return Refusal(
            "not_in_this_law", f"{kind.name} is a letter of {known}; lender {lender.id} is under {lender.jurisdiction}."
        )
    if facts.role not in kind.readers:
        return Refusal("not_this_reader", f"{kind.name} isn't written to a {_in_words(facts.role)}.")
    if kind.needs is not None and not isinstance(facts.particulars, kind.needs):
        return Refusal("facts_missing", f"{kind.name} needs facts of its own: see docs/reference/letter_facts_json.md.")
    if kind.about_arrears and (assessment.oldest_due_on is None or assessment.amount_to_cure <= 0):
        return Refusal("nothing_overdue", f"Nothing is overdue on {assessment.as_of}.")
    oldest = lender.oldest_book_days
    if (facts.issued_on - facts.counted_up_to).days > oldest:
        return Refusal(
            "book_too_old",
            f"Payments are counted up to {facts.counted_up_to}, the letter is of {facts.issued_on}: the lender allows"
            f" {oldest} days. Import a newer book.",
        )
    if language not in lender.contacts:
        return Refusal("no_contact", f"Lender {lender.id} has no contact in {language}: add it to lender.toml.")
    if why := why_figures_disagree(facts):
        return Refusal("figures_disagree", f"In minor units, {why}. Nothing was printed.")
    return kind.why_not(facts)


def _in_words(role: Role) -> str:
    return role.replace("_", "-")


@lru_cache(maxsize=128)
def wording_of(
    letter: str, language: str, jurisdiction: str, overrides: Path | None = None, role: Role = Role.BORROWER
) -> Wording:
    """The wording of a letter, read and checked once per process."""
    return load_wording(letter, language, jurisdiction, LETTERS[letter].fields, overrides, role)


@lru_cache(maxsize=64)
def formats_of(language: str, jurisdiction: str, currency: str) -> Formats:
    """How a letter writes figures, made once per process."""
    return Formats(language, jurisdiction, currency)
