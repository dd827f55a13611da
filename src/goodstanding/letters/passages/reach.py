"""Whom to reach, how to say that a figure is wrong, and how to know that the letter is the lender's."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, Pairs
from goodstanding.letters.passages.frame import is_han
from goodstanding.letters.passages.voice import Voice


def whom_to_reach(voice: Voice) -> Iterator[Block]:
    say, contact = voice.wording.say, voice.contact
    items = (
        ("reference", voice.facts.reference),
        ("phone", contact.phone),
        ("hours", contact.hours),
        ("email", contact.email),
        ("address", (" " if is_han(contact.address) else ", ").join(contact.address)),
        ("complaints", contact.complaints),
        ("disputes", contact.disputes),
    )
    yield Pairs("reach", tuple((say(f"reach.{key}"), text) for key, text in items if text))
    yield voice.paragraph("reach.dispute", "reach.genuine")
