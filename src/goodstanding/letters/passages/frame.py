"""What stands around the parts of a letter: from whom and to whom, its details, its end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from goodstanding.core.letter import Finding, KeyFigure, LetterContent, Part, Recipient, Sender
from goodstanding.core.party import Role
from goodstanding.letters.formats import COUNTRIES
from goodstanding.letters.passages.voice import Voice

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_NAMES_ITS_PLACE = re.compile("中[国國]|香港|澳[门門]|[台臺][湾灣]")
"""An address in Chinese that begins with where it is, as most do."""
_MAINLAND_POSTCODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a letter says by itself: its figures, its parts, and the findings that its consequences rest on.

    opening: where it isn't simply the sentence of that name. counts_payments: whether it says up to which day they are counted. may_be_announced: whether a text message may say
    that there is a letter.
    """

    parts: tuple[Part, ...]
    key_figures: tuple[KeyFigure, ...] = ()
    findings: tuple[Finding, ...] = ()
    opening: str = ""
    counts_payments: bool = True
    may_be_announced: bool = True


def framed(letter: str, voice: Voice, said: Said, *, title: str = "") -> LetterContent:
    """The whole letter. letter: its name, which is its folder's. title: where it isn't simply the sentence of that name."""
    say, facts, formats, wording, contact = (
        voice.wording.say, voice.facts, voice.formats, voice.wording, voice.contact,
    )  # fmt: skip
    issued_on = formats.long_day(facts.issued_on)
    return LetterContent(
        letter=letter,
        version=wording.version,
        wording_hash=wording.hash,
        language=wording.language,
        jurisdiction=facts.lender.jurisdiction,
        currency=facts.loan.currency,
        loan_id=facts.loan.id,
        reference=facts.reference,
        issued_on=facts.issued_on,
        sender=Sender(contact.name, contact.address, contact.phone, contact.email),
        recipient=Recipient(facts.recipient.name, _window(voice)),
        details=tuple(_details(voice, said)),
        title=title or say("title"),
        salutation=say("salutation", name=_after_chinese(facts.recipient.name, wording.language)).strip(),
        opening=said.opening or say("opening"),
        key_figures=said.key_figures,
        parts=said.parts,
        closing=(contact.name, issued_on),
        notes=(say("note.wording", version=f"{wording.version} {wording.hash[:12]}"),),
        findings=said.findings,
        running_head=say("running_head", lender=contact.name, reference=facts.reference),
        page_label=say("page", page="{page}", pages="{pages}"),
        reader=facts.role,
        approved_by=wording.approved_by,
        approved_on=wording.approved_on,
        unapproved=wording.rewritten,
        short_message=_short_message(voice) if said.may_be_announced else "",
        code_caption=say("code.caption"),
        code_description=say("code.description"),
    )


def is_han(lines: Sequence[str]) -> bool:
    """Whether an address is in Chinese characters: it says so itself, whatever the language of the letter."""
    return any(_HAN.search(line) for line in lines)


def _after_chinese(name: str, language: str) -> str:
    """A name as it stands after Chinese words: one in Latin letters has a space before it."""
    return f" {name}" if language != "en" and _LATIN.match(name) else name


def _details(voice: Voice, said: Said) -> Iterator[tuple[str, str]]:
    say, facts = voice.wording.say, voice.facts
    yield say("detail.issued_on"), voice.formats.long_day(facts.issued_on)
    yield say("detail.reference"), facts.reference
    yield say("detail.loan_number"), facts.loan.id
    if facts.role is not Role.BORROWER:
        yield say("detail.role"), say(f"role.{facts.role}")
    if said.counts_payments:
        yield say("detail.counted_up_to"), voice.formats.long_day(facts.counted_up_to)


def _short_message(voice: Voice) -> str:
    """That there is a letter, and how to be sure of it: no name, no amount, no debt; a screen may be read by others."""
    facts, contact = voice.facts, voice.contact
    fields = {"lender": contact.name, "reference": facts.reference, "phone": contact.phone}
    if not facts.lender.letter_link:
        return voice.wording.say("sms.by_post", **fields)
    return voice.wording.say("sms.link", **fields, link=facts.lender.letter_link.format(reference=facts.reference))


def _window(voice: Voice) -> tuple[str, ...]:
    """What shows in the envelope's window: a place in Chinese comes before the person, and the postcode of the mainland
    before the place (GB/T 1416); a place in Latin letters comes after, whatever the letter's language, for whoever carries it.
    The country that it goes to ends the place, or begins it where both ends write Chinese and the address doesn't by itself."""
    person, home = voice.facts.recipient, COUNTRIES.get(voice.facts.lender.jurisdiction)
    name = voice.wording.say("recipient", name=person.name)
    abroad = person.country if person.address and person.country not in ("", home) else ""
    in_chinese = voice.formats.place_in_chinese(abroad) if is_han(person.address) else None
    if in_chinese:
        place = person.address if _NAMES_ITS_PLACE.match(person.address[0]) else (in_chinese, *person.address)
    else:
        named = voice.formats.country_name(abroad)
        place = (*person.address, *((named,) if named else ()))
    if voice.wording.language == "en":
        return (name, *place)
    if person.address and not is_han(person.address):
        return (person.name, *place)
    codes = [line for line in person.address if person.country == "CN" and _MAINLAND_POSTCODE.fullmatch(line)]
    return (*codes, *(line for line in place if line not in codes), name)
