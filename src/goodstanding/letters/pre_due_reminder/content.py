"""The reminder: what falls due next, on which day, how to pay. Nothing is overdue, and nothing is asked for but that."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, KeyFigure, LetterContent, LetterFacts, Pairs
from goodstanding.core.party import Role
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import hardship, how_to_pay
from goodstanding.letters.pre_due_reminder.fields import FIELDS


def content(voice: Voice) -> LetterContent:
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    if assessment.next_due_on is None:
        raise ValueError("a reminder of nothing: _why_not refuses it before")
    due_on, amount = formats.long_day(assessment.next_due_on), formats.amount(assessment.next_due)
    days = (assessment.next_due_on - voice.facts.issued_on).days
    figures = (
        KeyFigure("figure.coming", say("figure.coming"), amount, say("figure.coming_note")),
        KeyFigure(
            "figure.coming_on",
            say("figure.coming_on"),
            due_on,
            voice.wording.say_count("figure.coming_on_note", days),
        ),
    )
    parts = (
        voice.part("coming", _what_falls_due(voice, due_on, amount)),
        voice.part("do", (*how_to_pay(voice), voice.paragraph("coming.automatic"), *hardship(voice))),
        voice.part("reach", whom_to_reach(voice)),
    )
    return framed("pre_due_reminder", voice, Said(parts, figures))


def _what_falls_due(voice: Voice, due_on: str, amount: str) -> Iterator[Block]:
    say, facts = voice.wording.say, voice.facts
    items = [(say("coming.due_on"), due_on)]
    if voice.is_revolving:
        bills = [one.open.total for one in facts.assessment.instalments if one.due_on == facts.assessment.next_due_on]
        if bills:
            items.append((say("coming.bill"), voice.formats.amount(sum(bills))))
    items.append((say("coming.minimum" if voice.is_revolving else "coming.amount"), amount))
    yield Pairs("coming", tuple(items))
    yield voice.paragraph("coming.already_paid", counted_up_to=voice.formats.long_day(facts.counted_up_to))


def _why_not(facts: LetterFacts) -> Refusal | None:
    assessment = facts.assessment
    if assessment.amount_to_cure:
        return Refusal("already_overdue", "Something is overdue: a reminder of what falls due next would pass it over.")
    if assessment.next_due_on is None or not assessment.next_due or assessment.next_due_on <= facts.issued_on:
        return Refusal("nothing_coming", f"Nothing falls due after {facts.issued_on}.")
    return None


PRE_DUE_REMINDER = Letter(
    "pre_due_reminder",
    FIELDS,
    content,
    readers=(Role.BORROWER, Role.CO_BORROWER),
    about_arrears=False,
    why_not=_why_not,
)
