"""A plan was broken: which payment was missed, where the loan stands now, what runs again, and that a new plan is possible.

It tells what is so, and asks somebody to call; it threatens nothing.
"""

from collections.abc import Iterator

from goodstanding.core.letter import (
    Align,
    Block,
    Finding,
    KeyFigure,
    LetterContent,
    LetterFacts,
    Row,
    Table,
)
from goodstanding.core.particulars import PlanBroken
from goodstanding.core.party import Role
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import hardship, how_to_pay
from goodstanding.letters.plan_broken.fields import FIELDS


def content(voice: Voice) -> LetterContent:
    told, formats, say = voice.particulars(PlanBroken), voice.formats, voice.wording.say
    now = voice.listed("now", _now(voice))
    again = [voice.paragraph("again.new_plan", "again.arrived"), *hardship(voice)]
    parts = (
        voice.part("missed", _missed(voice, told)),
        voice.part("now", (now,)),
        voice.part("again", again),
        voice.part("how", how_to_pay(voice)),
        voice.part("reach", whom_to_reach(voice)),
    )
    citations = {"now.charges_run": "the loan agreement", "now.credit": "the lender's reporting"}
    findings = tuple(Finding(key, citations[key]) for key in now.keys if key in citations)
    days = {"agreed_on": formats.long_day(told.agreed_on), "broken_on": formats.long_day(told.broken_on)}
    note = say("figure.overdue_note", as_of=formats.long_day(voice.facts.assessment.as_of))
    amount = formats.amount(voice.facts.assessment.amount_to_cure)
    figures = (KeyFigure("figure.overdue", say("figure.overdue"), amount, note),)
    return framed("plan_broken", voice, Said(parts, figures, findings, say("opening", **days)))


def _missed(voice: Voice, told: PlanBroken) -> Iterator[Block]:
    say, formats = voice.wording.say, voice.formats
    yield voice.paragraph("missed.intro")
    amounts = [(one.amount, one.arrived, one.amount - one.arrived) for one in told.missed]
    rows = tuple(
        Row((formats.short_day(one.on), *(formats.figure(part) for part in of)))
        for one, of in zip(told.missed, amounts, strict=True)
    )
    sums = [sum(of[place] for of in amounts) for place in range(3)]
    yield Table(
        "missed.table",
        say("missed.table"),
        (say("missed.due_on"), say("missed.agreed"), say("missed.arrived"), say("missed.missing")),
        rows,
        (Align.START, Align.END, Align.END, Align.END),
        (say("missed.total"), formats.figure(sums[0]), formats.figure(sums[1]), formats.amount(sums[2])),
    )


def _now(voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    facts, formats, assessment = voice.facts, voice.formats, voice.facts.assessment
    yield "now.counts", {}
    as_of = formats.long_day(assessment.as_of)
    yield "now.amount", {"amount": formats.amount(assessment.amount_to_cure), "as_of": as_of}
    if facts.next_day_adds:
        yield "now.charges_run", {"next_day_adds": formats.amount(facts.next_day_adds)}
    if facts.lender.reports_to_credit_bureau:
        yield "now.credit", {}


def _why_not(facts: LetterFacts) -> Refusal | None:
    told = facts.particulars
    if not isinstance(told, PlanBroken):
        return None
    if any(not 0 <= one.arrived < one.amount for one in told.missed):
        return Refusal("figures_disagree", "Of a payment that was missed less arrived than was agreed.")
    last = max(one.on for one in told.missed)
    if not told.agreed_on <= last < told.broken_on <= facts.issued_on:
        return Refusal(
            "days_disagree",
            f"Agreed on {told.agreed_on}, missed on {last}, broken on {told.broken_on}, letter of {facts.issued_on}:"
            " expected in this order.",
        )
    return None


PLAN_BROKEN = Letter(
    "plan_broken", FIELDS, content, PlanBroken, readers=(Role.BORROWER, Role.CO_BORROWER), why_not=_why_not
)
