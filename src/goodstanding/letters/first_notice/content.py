"""The first notice, in three short parts: what has not come, what the reader can do, whom to reach.

It names no consequence but what the next day adds. Guarantors don't get it: so early, the arrears are the borrower's affair.
"""

from collections.abc import Iterator

from goodstanding.core.letter import Block, LetterContent, Paragraph
from goodstanding.core.party import Role
from goodstanding.letters.first_notice.fields import FIELDS
from goodstanding.letters.kind import Letter
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.key_figures import amount_and_day
from goodstanding.letters.passages.overdue import by_instalment, next_day, standing
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import hardship, paying


def content(voice: Voice) -> LetterContent:
    parts = (
        voice.part("overdue", _what_has_not_come(voice)),
        voice.part("do", (*paying(voice), *hardship(voice))),
        voice.part("reach", whom_to_reach(voice)),
    )
    return framed("first_notice", voice, Said(parts, amount_and_day(voice)))


def _what_has_not_come(voice: Voice) -> Iterator[Block]:
    yield standing(voice)
    yield from by_instalment(voice)
    yield Paragraph("overdue.next_day", voice.join(next_day(voice), voice.wording.say("overdue.on_request")))


FIRST_NOTICE = Letter("first_notice", FIELDS, content, readers=(Role.BORROWER, Role.CO_BORROWER))
