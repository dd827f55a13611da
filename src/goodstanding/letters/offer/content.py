"""The ways out that the lender offers, side by side: what each costs, when it ends, what it stops and what breaks it.

It asks nobody to hurry: paying today is as good, choosing none is possible, and it says whom to ask when none fits.
"""

from collections.abc import Iterator, Sequence

from goodstanding.core.letter import (
    Block,
    KeyFigure,
    LetterContent,
    LetterFacts,
    List,
    Part,
    Subheading,
)
from goodstanding.core.party import Role
from goodstanding.core.plans.offers import Offer
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.offer.fields import FIELDS
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.way import (
    Way,
    breaks,
    costs,
    findings,
    nothing_is_left,
    of_offer,
    payments_table,
    said,
    stops,
    what_it_is,
)
from goodstanding.letters.passages.ways_out import hardship, paying

MOST = 3
"""More than so many ways can't be compared at a glance."""


def content(voice: Voice) -> LetterContent:
    say, formats, facts, contact = voice.wording.say, voice.formats, voice.facts, voice.contact
    how = voice.paragraph("accept.how", reference=facts.reference, phone=contact.phone)
    parts = (
        *_ways(voice),
        voice.part("accept", (how, voice.paragraph("accept.free"))),
        voice.part("today", paying(voice)),
        voice.part("none", (voice.paragraph("none.tell"), *hardship(voice))),
        voice.part("reach", whom_to_reach(voice)),
    )
    note = say("figure.overdue_note", as_of=formats.long_day(facts.assessment.as_of))
    amount = formats.amount(facts.assessment.amount_to_cure)
    first = formats.long_day(min(offer.accept_by for offer in facts.offers))
    figures = (
        KeyFigure("figure.overdue", say("figure.overdue"), amount, note),
        KeyFigure("figure.choose_by", say("figure.choose_by"), first, say("figure.choose_by_note")),
    )
    keys = [key for part in parts for block in part.blocks if isinstance(block, List) for key in block.keys]
    count = len(facts.offers)
    opening = say("opening_one") if count == 1 else voice.wording.say_count("opening", count)
    return framed("offer", voice, Said(parts, figures, findings(keys, facts.lender.jurisdiction), opening))


def _ways(voice: Voice) -> Iterator[Part]:
    """Each offer with what it pays and costs; what is the same of all of them is said once, after them."""
    ways = [of_offer(offer) for offer in voice.facts.offers]
    of_each = [tuple(_conditions(voice, offer, way)) for offer, way in zip(voice.facts.offers, ways, strict=True)]
    same = [one for one in of_each[0] if len(ways) > 1 and all(one in others for others in of_each)]
    blocks: list[Block] = []
    for number, (offer, way, conditions) in enumerate(zip(voice.facts.offers, ways, of_each, strict=True), 1):
        own = [one for one in conditions if one not in same]
        spent = said(voice, costs(voice, way, is_settled_after=nothing_is_left(voice.facts, way, offer.change)))
        option = voice.wording.say("ways.option", number=str(number), what=what_it_is(voice, way))
        blocks.append(Subheading("ways.option", option))
        blocks.append(payments_table(voice, way, caption=voice.wording.say("ways.caption", number=str(number))))
        blocks.append(_list("ways", [*spent, *own]))
    yield voice.part("ways", blocks)
    if same:
        yield voice.part("each", (_list("each", same),))


def _conditions(voice: Voice, offer: Offer, way: Way) -> Iterator[tuple[str, str]]:
    yield from said(voice, stops(voice, way))
    yield from said(voice, breaks(voice, way))
    accept_by = voice.formats.long_day(offer.accept_by)
    yield "ways.accept_by", voice.wording.say("ways.accept_by", accept_by=accept_by)


def _list(key: str, sentences: Sequence[tuple[str, str]]) -> List:
    return List(key, tuple(text for _, text in sentences), tuple(one for one, _ in sentences))


def _why_not(facts: LetterFacts) -> Refusal | None:
    if not facts.offers:
        return Refusal(
            "nothing_to_offer", "No way out fits this loan today: `goodstanding offers` says why for each measure."
        )
    if len(facts.offers) > MOST:
        return Refusal("too_many_offers", f"There are {len(facts.offers)} offers; a letter shows {MOST} at most.")
    for number, offer in enumerate(facts.offers, 1):
        if offer.needs_sign_off:
            return Refusal(
                "needs_sign_off", f"Offer {number} may be shown only once {offer.needs_sign_off} has signed it."
            )
        if offer.loan_id != facts.loan.id or offer.currency != facts.loan.currency:
            return Refusal("figures_disagree", f"Offer {number} is of loan {offer.loan_id} in {offer.currency}.")
        if offer.as_of != facts.assessment.as_of:
            return Refusal(
                "days_disagree",
                f"Offer {number} was worked out for {offer.as_of}, the letter's sums for {facts.assessment.as_of}.",
            )
        if offer.accept_by < facts.issued_on:
            return Refusal(
                "days_disagree", f"Offer {number} ended on {offer.accept_by}; the letter is of {facts.issued_on}."
            )
    return None


OFFER = Letter("offer", FIELDS, content, readers=(Role.BORROWER, Role.CO_BORROWER), why_not=_why_not)
