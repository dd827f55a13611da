"""The page to choose on, for a loan: its facts in a language, with the wording and formats that the letter will have."""

from dataclasses import replace
from pathlib import Path

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import Single
from goodstanding.letters.formats import Formats
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.single.content import content
from goodstanding.letters.single.fields import FIELDS
from goodstanding.letters.single.page import choosing_page
from goodstanding.letters.wording import load_wording


def voice_of(facts: LetterFacts, language: str, overrides: Path | None = None) -> Voice:
    jurisdiction = facts.lender.jurisdiction
    wording = load_wording("single", language, jurisdiction, FIELDS, overrides, facts.role)
    return Voice(facts, wording, Formats(language, jurisdiction, facts.loan.currency))


def page_for(facts: LetterFacts, language: str, overrides: Path | None = None) -> str:
    """The page for one loan and reader. Each paragraph has the figures of these facts."""
    nothing_yet = Single(facts.loan.id, language, facts.role, ())
    voice = voice_of(replace(facts, particulars=nothing_yet), language, overrides)
    return choosing_page(voice, content(voice))
