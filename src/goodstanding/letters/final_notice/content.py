"""The final notice, in the five parts of the formal letter, with the letters that came before.

It says that the lender will decide how to go on, and nothing of how: what may follow is what is true today.
"""

from collections.abc import Iterator

from goodstanding.core.letter import Block, LetterContent, LetterFacts
from goodstanding.core.particulars import FinalNotice
from goodstanding.letters.final_notice.fields import FIELDS
from goodstanding.letters.kind import Letter, Refusal
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
    pay_by = voice.formats.long_day(voice.facts.pay_by)
    parts = (
        voice.part("who", who(voice)),
        voice.part("overdue", (*_earlier_letters(voice), *overdue(voice))),
        voice.part("follow", (*what_may_follow(voice), voice.paragraph("follow.decide", pay_by=pay_by))),
        voice.part("do", what_you_can_do(voice)),
        voice.part("reach", whom_to_reach(voice)),
    )
    findings = tuple(one.finding for one in true_today(voice.facts))
    opening = voice.wording.say("opening", pay_by=pay_by)
    return framed("final_notice", voice, Said(parts, amount_and_day(voice), findings, opening=opening))


def _earlier_letters(voice: Voice) -> Iterator[Block]:
    letters = voice.particulars(FinalNotice).earlier
    yield voice.paragraph("earlier.intro")
    yield voice.listed(
        "earlier.letter",
        (
            ("earlier.letter", {"issued_on": voice.formats.long_day(one.issued_on), "reference": one.reference})
            for one in letters
        ),
    )


def _why_not(facts: LetterFacts) -> Refusal | None:
    earlier = facts.particulars.earlier if isinstance(facts.particulars, FinalNotice) else ()
    if not earlier:
        return Refusal("facts_missing", "A final notice needs a letter that came before it: name it under `earlier`.")
    if any(one.issued_on >= facts.issued_on for one in earlier):
        return Refusal("days_disagree", f"An earlier letter isn't earlier than {facts.issued_on}, the day of this one.")
    return None


FINAL_NOTICE = Letter("final_notice", FIELDS, content, FinalNotice, why_not=_why_not)
