"""The notice of sums in arrears: that it is one, the agreement, what is in arrears, charges, help, whom to reach.

What it must hold is in the Consumer Credit (Information Requirements and Duration of Licences and Charges) Regulations
2007 (SI 2007/1167), Sch. 3; the FCA's arrears information sheet goes with it (s. 86B(6), 86C(3)). English is the notice;
other languages come with it as translations.
"""

from collections.abc import Iterator

from goodstanding.core.letter import Block, Finding, LetterContent, LetterFacts
from goodstanding.core.particulars import ArrearsNotice
from goodstanding.core.party import Role
from goodstanding.letters.arrears_notice.duty import SECTION_86B, section, why_not_yet
from goodstanding.letters.arrears_notice.fields import FIELDS
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.courtesy import opening
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.key_figures import amount_and_day
from goodstanding.letters.passages.overdue import overdue
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import what_you_can_do
from goodstanding.letters.passages.who import who


def content(voice: Voice) -> LetterContent:
    under = section(voice.facts.loan)
    parts = (
        voice.part("notice", _notice(voice, under)),
        voice.part("who", who(voice)),
        voice.part("overdue", (*overdue(voice), voice.paragraph(*_charges(voice, under)))),
        voice.part("do", what_you_can_do(voice)),
        voice.part("reach", whom_to_reach(voice)),
    )
    citation = "CCA 1974 s. 86B" if under == SECTION_86B else "CCA 1974 s. 86C"
    findings = (Finding(f"notice.given_{under}", citation), Finding("notice.sheet", "CCA 1974 s. 86A"))
    return framed("arrears_notice", voice, Said(parts, amount_and_day(voice), findings, opening=opening(voice)))


def _notice(voice: Voice, under: str) -> Iterator[Block]:
    yield voice.paragraph(f"notice.given_{under}", prominent=True)
    yield voice.paragraph("notice.talk")
    yield voice.paragraph("notice.sheet")
    last = voice.particulars(ArrearsNotice).last_notice_on
    if last is not None:
        yield voice.paragraph("notice.last", last_notice_on=voice.formats.long_day(last))


def _charges(voice: Voice, under: str) -> tuple[str, str]:
    policy = voice.facts.policy
    has_charges = any((policy.penalty_rate, policy.penalty_multiple, policy.rate_steps, policy.late_fee))
    return ("notice.charges" if has_charges else "notice.no_charges", f"notice.more_{under}")


def _why_not(facts: LetterFacts) -> Refusal | None:
    if why := why_not_yet(facts.loan, facts.assessment):
        return Refusal("not_yet", f"A notice of sums in arrears isn't asked for: {why} (CCA 1974 ss. 86B, 86C).")
    last = facts.particulars.last_notice_on if isinstance(facts.particulars, ArrearsNotice) else None
    if last is not None and last >= facts.issued_on:
        return Refusal("days_disagree", f"The last notice, of {last}, isn't earlier than {facts.issued_on}.")
    return None


ARREARS_NOTICE = Letter(
    "arrears_notice",
    FIELDS,
    content,
    ArrearsNotice,
    law=("uk",),
    readers=(Role.BORROWER, Role.CO_BORROWER),
    why_not=_why_not,
    english_counts=True,
)
