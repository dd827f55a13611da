"""From facts to a finished letter: composed, set with its record and code, and sealed. One press per process."""

from dataclasses import dataclass
from pathlib import Path

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.letters.attached import CODE
from goodstanding.letters.compose import compose
from goodstanding.letters.key_settings import KeysError
from goodstanding.letters.keys import BEFORE, SigningKey
from goodstanding.letters.letterhead import PLAIN, Letterhead
from goodstanding.letters.record import record_of
from goodstanding.letters.seal import seal
from goodstanding.letters.token import claim_of, write_token
from goodstanding.letters.typeset import Typesetter


@dataclass(frozen=True, slots=True)
class Finished:
    """A letter that can be sent. record: the bytes of its letter.json. token: the text of its code; empty without a key."""

    content: LetterContent
    pdf: bytes
    record: bytes
    token: str
    letterhead: Letterhead = PLAIN


class Press:
    """Makes finished letters with a key and on a letterhead; without a key, letters that carry their record but no seal and
    no code."""

    def __init__(self, key: SigningKey | None, letterhead: Letterhead = PLAIN) -> None:
        self._key, self._letterhead, self._typesetter = key, letterhead, Typesetter()

    def finish(self, facts: LetterFacts, content: LetterContent) -> Finished | LetterRefused:
        """Set and seal what was composed from the facts.

        Raises KeysError when the demonstration key would seal for a lender that isn't an example.
        """
        record, key = record_of(facts, content), self._key
        if key is None:
            page = self._typesetter.pdf(content, record=record, letterhead=self._letterhead)
            return page if isinstance(page, LetterRefused) else Finished(content, page, record, "", self._letterhead)
        check_example(key, facts)
        check_age(key, facts)
        claim = claim_of(
            reference=facts.reference,
            loan_id=facts.loan.id,
            amount=facts.assessment.amount_to_cure,
            currency=facts.loan.currency,
            issued_on=facts.issued_on,
            key=key.id,
            record=record,
        )
        token = write_token(claim, key.sign_token)
        page = self._typesetter.pdf(content, record=record, token=token, letterhead=self._letterhead)
        if isinstance(page, LetterRefused):
            return page
        sealed = seal(page, key, on=facts.issued_on, describes=content.sender.name, says={CODE: token})
        return Finished(content, sealed, record, token, self._letterhead)


def check_example(key: SigningKey, facts: LetterFacts) -> None:
    """The demonstration key proves nothing, and would make a real letter look as if it did."""
    if key.entry.is_example and not facts.lender.is_example:
        raise KeysError(
            f"lender {facts.lender.id} isn't an example, so the demonstration key won't seal for it: make keys of its own"
            " with `goodstanding keys new`."
        )


def check_age(key: SigningKey, facts: LetterFacts) -> None:
    """A letter much older than its key would be taken for a fake."""
    if key.entry.is_too_new_for(facts.issued_on):
        raise KeysError(
            f"key {key.id} was made on {key.entry.made_on}, and a letter dated {facts.issued_on}, over {BEFORE.days} days before, would"
            " be taken for a fake: use a key of that time, or a book of these days."
        )


def write_letter(
    press: Press, letter: str, facts: LetterFacts, language: str, *, overrides: Path | None = None
) -> Finished | LetterRefused:
    """Compose, set and seal a letter."""
    content = compose(letter, facts, language, overrides=overrides)
    return content if isinstance(content, LetterRefused) else press.finish(facts, content)
