"""Somebody said that paying is hard: thanks, what the lender does and by when, what rests meanwhile and what doesn't.

It names no amount and asks for no payment, and it doesn't say what made paying hard: a letter may be opened by others.
"""

from collections.abc import Iterator

from goodstanding.core.letter import Block, Finding, KeyFigure, LetterContent, LetterFacts
from goodstanding.core.particulars import HardshipReceived
from goodstanding.core.party import Role
from goodstanding.letters.hardship_received.fields import FIELDS
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice


def content(voice: Voice) -> LetterContent:
    told = voice.particulars(HardshipReceived)
    meanwhile = voice.listed("meanwhile", _meanwhile(voice, told))
    parts = [voice.part("meanwhile", (meanwhile,))]
    if told.papers:
        parts.append(voice.part("papers", _papers(voice, told)))
    if voice.facts.lender.jurisdiction == "uk":
        parts.append(voice.part("help", (voice.paragraph("do.debt_advice_uk"),)))
    parts.append(voice.part("reach", whom_to_reach(voice)))
    citations = {"meanwhile.charges_run": "the loan agreement", "meanwhile.credit": "the lender's reporting"}
    findings = tuple(Finding(key, citations[key]) for key in meanwhile.keys if key in citations)
    return framed(
        "hardship_received", voice, Said(tuple(parts), tuple(_days(voice, told)), findings, counts_payments=False)
    )


def _days(voice: Voice, told: HardshipReceived) -> Iterator[KeyFigure]:
    say, long_day = voice.wording.say, voice.formats.long_day
    note = say("figure.answer_by_note", received_on=long_day(told.received_on))
    yield KeyFigure("figure.answer_by", say("figure.answer_by"), long_day(told.answer_by), note)
    if told.hold_until:
        note = say("figure.hold_until_note")
        yield KeyFigure("figure.hold_until", say("figure.hold_until"), long_day(told.hold_until), note)


def _meanwhile(voice: Voice, told: HardshipReceived) -> Iterator[tuple[str, dict[str, str]]]:
    facts, long_day = voice.facts, voice.formats.long_day
    yield "meanwhile.look", {"answer_by": long_day(told.answer_by)}
    if told.hold_until:
        yield "meanwhile.hold", {"hold_until": long_day(told.hold_until)}
    if told.charges_rest:
        yield "meanwhile.charges_rest", {}
    elif facts.next_day_adds:
        yield "meanwhile.charges_run", {}
    yield "meanwhile.may_pay", {}
    if facts.lender.reports_to_credit_bureau:
        yield "meanwhile.credit", {}


def _papers(voice: Voice, told: HardshipReceived) -> Iterator[Block]:
    yield voice.paragraph("papers.intro")
    yield voice.listed("papers", ((f"papers.{paper}", {}) for paper in told.papers))
    yield voice.paragraph("papers.no_more")


def _why_not(facts: LetterFacts) -> Refusal | None:
    told = facts.particulars
    if not isinstance(told, HardshipReceived):
        return None
    if told.raised_by is not facts.role:
        return Refusal("not_this_reader", "Only the person who said that paying is hard is written to about it.")
    if not told.received_on <= facts.issued_on <= told.answer_by:
        return Refusal(
            "days_disagree",
            f"Received on {told.received_on}, letter of {facts.issued_on}, answer by {told.answer_by}: expected in this"
            " order.",
        )
    if told.hold_until is not None and told.hold_until < told.answer_by:
        return Refusal("days_disagree", f"The hold ends on {told.hold_until}, before the answer of {told.answer_by}.")
    return None


HARDSHIP_RECEIVED = Letter(
    "hardship_received",
    FIELDS,
    content,
    HardshipReceived,
    readers=(Role.BORROWER, Role.CO_BORROWER),
    about_arrears=False,
    why_not=_why_not,
)
