"""The paragraphs that staff may choose: what each says, when it may be said, to whom, and the hash of its sentences.

A paragraph stands for its sentences as they read when it was chosen: its hash goes into the file that staff save, and is
compared when the letter is made. So nobody writes free text, and nobody's choice is made to say something else later.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from goodstanding.core.letter import Block, Subheading
from goodstanding.core.loan import Kind, Transaction
from goodstanding.core.party import Role
from goodstanding.letters.passages.overdue import by_instalment, standing, worked_out
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import hardship, how_to_pay, offers, paying

DEBTORS = (Role.BORROWER, Role.CO_BORROWER)


@dataclass(frozen=True, slots=True)
class Choice:
    """A paragraph to choose. words: how the keys of its sentences begin. why_not: why it can't be said of this loan today."""

    key: str
    words: tuple[str, ...]
    blocks: Callable[[Voice], Iterator[Block]]
    why_not: Callable[[Voice], str | None]
    readers: tuple[Role, ...] = tuple(Role)

    def refusal(self, voice: Voice) -> str | None:
        """Why it can't be said in this letter, in one sentence."""
        if voice.facts.role not in self.readers:
            return f"It isn't for a {voice.facts.role.replace('_', '-')}."
        return self.why_not(voice)

    def hash(self, voice: Voice) -> str:
        """SHA-256 of the sentences that it may be made of, as the letter's wording has them."""
        own = (f"titled.{self.key}", *self.words)
        said = {key: one for key, one in voice.wording.sentences.items() if key.startswith(own)}
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _always(voice: Voice) -> str | None:
    return None


def _in_arrears(voice: Voice) -> str | None:
    return None if voice.facts.assessment.amount_to_cure else "Nothing is overdue."


def _is_up_to_date(voice: Voice) -> str | None:
    return "Something is overdue." if voice.facts.assessment.amount_to_cure else None


def _falls_due(voice: Voice) -> str | None:
    found = voice.facts.assessment
    return None if found.next_due_on is not None and found.next_due else "Nothing falls due any more."


def _was_paid(voice: Voice) -> str | None:
    return None if _last(voice) is not None else "No payment has been counted."


def _is_offered(voice: Voice) -> str | None:
    return None if voice.facts.offers else "No way out can be worked out."


def _standing(voice: Voice) -> Iterator[Block]:
    yield standing(voice)
    yield from by_instalment(voice)


def _calculation(voice: Voice) -> Iterator[Block]:
    """The statement under the paragraph's own title, without the heading that it has elsewhere."""
    yield from (block for block in worked_out(voice) if not isinstance(block, Subheading))


def _nothing(voice: Voice) -> Iterator[Block]:
    yield voice.paragraph("say.nothing_overdue", as_of=voice.formats.long_day(voice.facts.assessment.as_of))


def _next(voice: Voice) -> Iterator[Block]:
    found = voice.facts.assessment
    if found.next_due_on is not None:
        due_on, amount = voice.formats.long_day(found.next_due_on), voice.formats.amount(found.next_due)
        yield voice.paragraph(voice.bill("say.next_payment"), amount=amount, due_on=due_on)


def _balance(voice: Voice) -> Iterator[Block]:
    found, amount = voice.facts.assessment, voice.formats.amount
    yield voice.paragraph(
        "say.balance",
        as_of=voice.formats.long_day(found.as_of),
        principal=amount(found.outstanding_principal),
        payoff=amount(found.payoff),
    )


def _last_payment(voice: Voice) -> Iterator[Block]:
    last = _last(voice)
    if last is not None:
        day = voice.formats.long_day(last.effective_on)
        yield voice.paragraph("say.last_payment", amount=voice.formats.amount(last.amount), day=day)


def _last(voice: Voice) -> Transaction | None:
    """The last payment counted that nothing took back."""
    known = [one for one in voice.facts.loan.transactions if one.effective_on <= voice.facts.assessment.as_of]
    undone = {one.reverses for one in known if one.kind in (Kind.REVERSAL, Kind.CHARGEBACK)}
    payments = [one for one in known if one.kind is Kind.PAYMENT and one.id not in undone]
    return max(payments, key=lambda one: one.effective_on, default=None)


def _call_us(voice: Voice) -> Iterator[Block]:
    yield voice.paragraph("say.call_us", phone=voice.contact.phone, hours=voice.contact.hours)


def _plain(key: str) -> Callable[[Voice], Iterator[Block]]:
    def say(voice: Voice) -> Iterator[Block]:
        yield voice.paragraph(key)

    return say


CHOICES: dict[str, Choice] = {
    one.key: one
    for one in (
        Choice("where_it_stands", ("overdue.", "column."), _standing, _in_arrears),
        Choice("calculation", ("statement.", "line.", "overdue."), _calculation, _in_arrears),
        Choice("nothing_overdue", ("say.nothing_overdue",), _nothing, _is_up_to_date),
        Choice("next_payment", ("say.next_payment",), _next, _falls_due, DEBTORS),
        Choice("balance", ("say.balance",), _balance, _always),
        Choice("last_payment", ("say.last_payment",), _last_payment, _was_paid, DEBTORS),
        Choice("pay", ("do.",), paying, _in_arrears),
        Choice("how_to_pay", ("do.how",), how_to_pay, _always),
        Choice("offers", ("do.",), offers, _is_offered, DEBTORS),
        Choice("hardship", ("do.hardship", "do.debt_advice_uk"), hardship, _always),
        Choice("call_us", ("say.call_us",), _call_us, _always),
        Choice("correction", ("say.correction",), _plain("say.correction"), _always),
        Choice("contact_details", ("say.contact_details",), _plain("say.contact_details"), _always),
    )
}
