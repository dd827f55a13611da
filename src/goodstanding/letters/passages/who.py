"""Whose loan it is: enough to know it by, and no more."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, Pairs
from goodstanding.core.party import Role, masked_id_number
from goodstanding.letters.passages.voice import Voice


def who(voice: Voice) -> Iterator[Block]:
    """The reader's own particulars and the loan's. Of the borrower, others who answer for the loan read the name alone."""
    say, facts = voice.wording.say, voice.facts
    reader = facts.recipient
    items = [(say("who.name"), reader.name)]
    if reader.id_number:
        items.append((say("who.id_number"), masked_id_number(reader.id_number)))
    if facts.role is not Role.BORROWER:
        items.append((say("who.borrower"), facts.borrower.name))
    yield Pairs("who", (*items, *the_loan(voice)))
    yield voice.paragraph("who.not_yours")


def the_loan(voice: Voice) -> Iterator[tuple[str, str]]:
    """What the loan is known by."""
    say, facts, formats, loan = voice.wording.say, voice.facts, voice.formats, voice.facts.loan
    product = facts.lender.product_names.get(loan.product, {}).get(voice.wording.language)
    yield say("who.loan_number"), loan.id
    if product:
        yield say("who.product"), product
    borrowed, since = ("amount_drawn", "opened_on") if voice.is_revolving else ("amount_borrowed", "disbursed_on")
    yield say(f"who.{borrowed}"), formats.amount(loan.principal)
    yield say(f"who.{since}"), formats.long_day(loan.disbursed_on)
