"""The formal overdue letter, in five parts: who you are, what is overdue and how it was worked out, what may follow,
what you can do, whom to reach.

Every sentence comes whole from the wording; every figure from the assessment, the offers and the lender. A letter whose
lines don't add up to the sum it asks for is refused. How to change it: docs/guides/letters.md
"""

from goodstanding.core.letter import LetterContent
from goodstanding.letters.formal_overdue.fields import FIELDS
from goodstanding.letters.kind import Letter
from goodstanding.letters.passages.consequences import true_today
from goodstanding.letters.passages.follow import what_may_follow
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.key_figures import amount_and_day
from goodstanding.letters.passages.overdue import overdue
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import what_you_can_do
from goodstanding.letters.passages.who import who


def content(voice: Voice) -> LetterContent:
    """Say it. The facts have been checked: something is overdue, the figures agree, the lender has a contact."""
    parts = (
        voice.part("who", who(voice)),
        voice.part("overdue", overdue(voice)),
        voice.part("follow", what_may_follow(voice)),
        voice.part("do", what_you_can_do(voice)),
        voice.part("reach", whom_to_reach(voice)),
    )
    findings = tuple(one.finding for one in true_today(voice.facts))
    return framed("formal_overdue", voice, Said(parts, amount_and_day(voice), findings))


FORMAL_OVERDUE = Letter("formal_overdue", FIELDS, content)
