"""Whose loan it is: enough to know it by, and no more."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, Pairs
from goodstanding.core.party import masked_id_number
from goodstanding.letters.passages.voice import Voice


def who(voice: Voice) -> Iterator[Block]:
    say, facts, formats = voice.wording.say, voice.facts, voice.formats
    borrower, loan = facts.borrower, facts.loan
    product = facts.lender.product_names.get(loan.product, {}).get(voice.wording.language)
    items = [(say("who.name"), borrower.name)]
    if borrower.id_number:
        items.append((say("who.id_number"), masked_id_number(borrower.id_number)))
    items.append((say("who.loan_number"), loan.id))
    if product:
        items.append((say("who.product"), product))
    borrowed, since = ("amount_drawn", "opened_on") if voice.is_revolving else ("amount_borrowed", "disbursed_on")
    items.append((say(f"who.{borrowed}"), formats.amount(loan.principal)))
    items.append((say(f"who.{since}"), formats.long_day(loan.disbursed_on)))
    yield Pairs("who", tuple(items))
    yield voice.paragraph("who.not_yours")
