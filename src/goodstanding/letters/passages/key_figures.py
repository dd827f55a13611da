"""The figures that must be impossible to miss: how much brings the loan up to date, and by which day."""

from goodstanding.core.letter import KeyFigure
from goodstanding.letters.passages.voice import Voice


def amount_and_day(voice: Voice) -> tuple[KeyFigure, ...]:
    say, facts, formats = voice.wording.say, voice.facts, voice.formats
    return (
        KeyFigure(
            "figure.amount",
            say("figure.amount"),
            formats.amount(facts.assessment.amount_to_cure),
            say("figure.amount_note", as_of=formats.long_day(facts.assessment.as_of)),
        ),
        KeyFigure(
            "figure.pay_by",
            say("figure.pay_by"),
            formats.long_day(facts.pay_by),
            say("figure.pay_by_note", amount=formats.amount(facts.amount_by_pay_by)),
        ),
    )
