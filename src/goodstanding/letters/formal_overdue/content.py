"""The formal overdue letter, in five parts: who you are, what is overdue and how it was worked out, what may follow,
what you can do, whom to reach.

Every sentence comes whole from the wording; every figure from the assessment, the offers and the lender. A letter whose
lines don't add up to the sum it asks for is refused. How to change it: docs/guides/letters.md
"""

from collections.abc import Iterator

from goodstanding.core.letter import (
    Block,
    KeyFigure,
    LetterContent,
    LetterFacts,
    List,
    Pairs,
    Part,
    Recipient,
    Sender,
)
from goodstanding.core.party import masked_id_number
from goodstanding.letters.formal_overdue.consequences import true_today
from goodstanding.letters.formal_overdue.overdue import overdue
from goodstanding.letters.formal_overdue.voice import Voice
from goodstanding.letters.formal_overdue.ways_out import what_you_can_do
from goodstanding.letters.formats import COUNTRIES, Formats
from goodstanding.letters.wording import Wording


def content(facts: LetterFacts, wording: Wording, formats: Formats) -> LetterContent:
    """Say it. The facts have been checked: something is overdue, the figures agree, the lender has a contact."""
    voice = Voice(facts, wording, formats)
    say, contact, borrower = wording.say, voice.contact, facts.borrower
    amount, as_of = formats.amount, formats.long_day(facts.assessment.as_of)
    found = true_today(facts)
    return LetterContent(
        letter="formal_overdue",
        version=wording.version,
        wording_hash=wording.hash,
        language=wording.language,
        jurisdiction=facts.lender.jurisdiction,
        currency=facts.loan.currency,
        loan_id=facts.loan.id,
        reference=facts.reference,
        issued_on=facts.issued_on,
        sender=Sender(contact.name, contact.address, contact.phone, contact.email),
        recipient=Recipient(borrower.name, _window(voice)),
        details=(
            (say("detail.issued_on"), formats.long_day(facts.issued_on)),
            (say("detail.reference"), facts.reference),
            (say("detail.loan_number"), facts.loan.id),
            (say("detail.counted_up_to"), formats.long_day(facts.counted_up_to)),
        ),
        title=say("title"),
        salutation=say("salutation", name=borrower.name),
        opening=say("opening"),
        key_figures=(
            KeyFigure(
                "figure.amount",
                say("figure.amount"),
                amount(facts.assessment.amount_to_cure),
                say("figure.amount_note", as_of=as_of),
            ),
            KeyFigure(
                "figure.pay_by",
                say("figure.pay_by"),
                formats.long_day(facts.pay_by),
                say("figure.pay_by_note", amount=amount(facts.amount_by_pay_by)),
            ),
        ),
        parts=(
            Part("who", say("who.heading"), tuple(_who(voice))),
            Part("overdue", say("overdue.heading"), tuple(overdue(voice))),
            Part("follow", say("follow.heading"), tuple(_follow(voice))),
            Part("do", say("do.heading"), tuple(what_you_can_do(voice))),
            Part("reach", say("reach.heading"), tuple(_reach(voice))),
        ),
        closing=(contact.name, formats.long_day(facts.issued_on)),
        notes=(say("note.wording", version=f"{wording.version} {wording.hash[:12]}"),),
        findings=tuple(one.finding for one in found),
        running_head=say("running_head", lender=contact.name, reference=facts.reference),
        page_label=say("page", page="{page}", pages="{pages}"),
    )


def _window(voice: Voice) -> tuple[str, ...]:
    """What shows in the envelope's window: in Chinese the place comes before the person."""
    borrower, home = voice.facts.borrower, COUNTRIES.get(voice.facts.lender.jurisdiction)
    name = voice.wording.say("recipient", name=borrower.name)
    abroad = voice.formats.country_name(borrower.country) if borrower.country not in ("", home) else None
    place = (*borrower.address, *((abroad,) if abroad else ()))
    return (name, *place) if voice.wording.language == "en" else (*place, name)


def _who(voice: Voice) -> Iterator[Block]:
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


def _follow(voice: Voice) -> Iterator[Block]:
    found = true_today(voice.facts)
    if not found:
        yield voice.paragraph("follow.none")
        return
    yield voice.paragraph("follow.intro")
    interest = voice.facts.next_day_adds - voice.facts.next_day_fee
    fields = {"next_day_adds": voice.formats.amount(interest)}
    keys = tuple(one.key for one in found)
    yield List("follow", tuple(voice.wording.say(key, **fields) for key in keys), keys)


def _reach(voice: Voice) -> Iterator[Block]:
    say, contact = voice.wording.say, voice.contact
    items = (
        ("reference", voice.facts.reference),
        ("phone", contact.phone),
        ("hours", contact.hours),
        ("email", contact.email),
        ("address", (", " if voice.wording.language == "en" else " ").join(contact.address)),
        ("complaints", contact.complaints),
        ("disputes", contact.disputes),
    )
    yield Pairs("reach", tuple((say(f"reach.{key}"), text) for key, text in items if text))
    yield voice.paragraph("reach.dispute", "reach.genuine")
