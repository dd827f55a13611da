"""The notice before arrears are reported (征信业管理条例 art. 15): what will be reported, from which day, and the rights.

It goes to the person whose record it is, a borrower or a co-borrower. A guarantor's record is another one, of other facts.
"""

from collections.abc import Iterator

from goodstanding.core.letter import Block, Finding, KeyFigure, LetterContent, LetterFacts
from goodstanding.core.particulars import CreditReporting
from goodstanding.core.party import Role
from goodstanding.letters.credit_reporting_notice.fields import FIELDS
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.key_figures import amount_and_day
from goodstanding.letters.passages.overdue import by_instalment, standing
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import hardship, paying
from goodstanding.letters.passages.who import who

CITATIONS = {
    "report.what": "征信业管理条例 15, 29",
    "report.avoid": "the lender's own day",
    "report.kept": "征信业管理条例 16",
    "report.statement": "征信业管理条例 16",
    "report.copies": "征信业管理条例 17",
    "report.objection": "征信业管理条例 25",
    "report.complaint": "征信业管理条例 26",
}


def content(voice: Voice) -> LetterContent:
    report_on = voice.formats.long_day(voice.particulars(CreditReporting).report_on)
    parts = (
        voice.part("who", who(voice)),
        voice.part("overdue", (standing(voice), *by_instalment(voice))),
        voice.part("report", _report(voice, report_on)),
        voice.part("do", (*paying(voice), *hardship(voice))),  # an offer wouldn't keep the report back
        voice.part("reach", whom_to_reach(voice)),
    )
    say = voice.wording.say
    figures = (
        amount_and_day(voice)[0],
        KeyFigure("figure.report_on", say("figure.report_on"), report_on, say("figure.report_on_note")),
    )
    findings = tuple(Finding(key, citation) for key, citation in CITATIONS.items())
    opening = say("opening", report_on=report_on)
    return framed("credit_reporting_notice", voice, Said(parts, figures, findings, opening=opening))


def _report(voice: Voice, report_on: str) -> Iterator[Block]:
    yield voice.paragraph("report.what", "report.avoid", report_on=report_on)
    yield voice.listed(
        "report.rights", ((f"report.{key}", {}) for key in "kept statement copies objection complaint".split())
    )


def _why_not(facts: LetterFacts) -> Refusal | None:
    if not facts.lender.reports_to_credit_bureau:
        return Refusal(
            "not_so_here", f"Lender {facts.lender.id} doesn't report (reports_to_credit_bureau in lender.toml)."
        )
    report_on = facts.particulars.report_on if isinstance(facts.particulars, CreditReporting) else None
    if report_on is None or not facts.issued_on <= facts.pay_by < report_on:
        return Refusal(
            "days_disagree",
            f"The notice of {facts.issued_on} asks for payment by {facts.pay_by} and names {report_on} for the report: it"
            " must come after both (征信业管理条例 art. 15: the person is told before).",
        )
    return None


CREDIT_REPORTING_NOTICE = Letter(
    "credit_reporting_notice",
    FIELDS,
    content,
    CreditReporting,
    law=("cn",),
    readers=(Role.BORROWER, Role.CO_BORROWER),
    why_not=_why_not,
)
