"""Compose a letter: from facts to content. What mustn't be written is refused, with its reason, as a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.letters.formal_overdue.content import content as formal_overdue_content
from goodstanding.letters.formal_overdue.fields import FIELDS as FORMAL_OVERDUE_FIELDS
from goodstanding.letters.formats import Formats
from goodstanding.letters.passages.figures import why_figures_disagree
from goodstanding.letters.wording import FILES, Wording, load_wording


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of letter: what its wording must hold, what refuses it, and what it says."""

    fields: Mapping[str, str]
    why_figures_disagree: Callable[[LetterFacts], str | None]
    content: Callable[[LetterFacts, Wording, Formats], LetterContent]


LETTERS = {
    "formal_overdue": Letter(FORMAL_OVERDUE_FIELDS, why_figures_disagree, formal_overdue_content),
}


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
    if refused := _refusal(letter, facts, language):
        return refused
    wording = wording_of(letter, language, facts.lender.jurisdiction, overrides)
    formats = formats_of(language, facts.lender.jurisdiction, facts.loan.currency)
    return LETTERS[letter].content(facts, wording, formats)


def _refusal(letter: str, facts: LetterFacts, language: str) -> LetterRefused | None:
    loan_id, oldest = facts.loan.id, facts.lender.letter_rule.oldest_book_days
    if facts.assessment.oldest_due_on is None or facts.assessment.amount_to_cure <= 0:
        return LetterRefused(loan_id, "nothing_overdue", f"Nothing is overdue on {facts.assessment.as_of}.")
    if (facts.issued_on - facts.counted_up_to).days > oldest:
        return LetterRefused(
            loan_id,
            "book_too_old",
            f"Payments are counted up to {facts.counted_up_to}, the letter is of {facts.issued_on}: the lender allows"
            f" {oldest} days. Import a newer book.",
        )
    if language not in facts.lender.contacts:
        return LetterRefused(
            loan_id, "no_contact", f"Lender {facts.lender.id} has no contact in {language}: add it to lender.toml."
        )
    if why := LETTERS[letter].why_figures_disagree(facts):
        return LetterRefused(loan_id, "figures_disagree", f"In minor units, {why}. Nothing was printed.")
    return None


@lru_cache(maxsize=64)
def wording_of(letter: str, language: str, jurisdiction: str, overrides: Path | None = None) -> Wording:
    """The wording of a letter, read and checked once per process."""
    return load_wording(letter, language, jurisdiction, LETTERS[letter].fields, overrides)


@lru_cache(maxsize=64)
def formats_of(language: str, jurisdiction: str, currency: str) -> Formats:
    """How a letter writes figures, made once per process."""
    return Formats(language, jurisdiction, currency)
