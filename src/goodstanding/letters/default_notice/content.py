"""The default notice: the agreement, the breach, what remedies it and before which day, what may be done otherwise, help.

Form and words: Consumer Credit (Enforcement, Default and Termination Notices) Regulations 1983 (SI 1983/1561), Sch. 2, as
amended by SI 2020/1248: prominence by bold type only, no capitals, "guarantor" for "surety". A guarantor gets a copy of the
very notice (s. 111), so that it has the borrower's name and address, as the notice must.
"""

from collections.abc import Iterator
from datetime import timedelta

from goodstanding.core.letter import Block, Finding, KeyFigure, LetterContent, LetterFacts, Pairs
from goodstanding.core.particulars import Action, DefaultNotice
from goodstanding.core.party import Role
from goodstanding.letters.default_notice.fields import FIELDS
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.courtesy import opening
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.overdue import by_instalment, worked_out
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import how_to_pay

LEAST_DAYS = 14
"""CCA 1974 s. 88(2): the date must not be less than fourteen days after the date of service."""
CITATIONS = {
    Action.TERMINATE: "CCA 1974 s. 87(1)(a)",
    Action.EARLIER_PAYMENT: "CCA 1974 s. 87(1)(b)",
    Action.RESTRICT_RIGHTS: "CCA 1974 s. 87(1)(d)",
    Action.ENFORCE_SECURITY: "CCA 1974 s. 87(1)(e)",
}


def content(voice: Voice) -> LetterContent:
    notice = voice.particulars(DefaultNotice)
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    amount, before = formats.amount(assessment.amount_to_cure), formats.long_day(notice.remedy_by)
    clause = voice.paragraph("breach.what", clause=notice.clause)
    parts = (
        voice.part("notice", _notice(voice)),
        voice.part("agreement", (Pairs("agreement", tuple(_agreement(voice, notice))),)),
        voice.part("breach", (clause, *by_instalment(voice), *worked_out(voice, tomorrow=False))),
        voice.part("remedy", _remedy(voice, amount, before)),
        voice.part("action", _action(voice, notice, before)),
        voice.part("help", (voice.paragraph("help.court"), voice.paragraph("help.advice"))),
        voice.part("reach", whom_to_reach(voice)),
    )
    note = say("figure.amount_note", as_of=formats.long_day(assessment.as_of))
    figures = (
        KeyFigure("figure.amount", say("figure.amount"), amount, note),
        KeyFigure("figure.before", say("figure.before"), before, say("figure.before_note")),
    )
    findings = (
        Finding("notice.served", "CCA 1974 ss. 87(1), 88"),
        *(Finding(f"action.{action}", CITATIONS[action]) for action in notice.actions),
    )
    first = (
        opening(voice, "notice.copy", borrower=voice.facts.borrower.name)
        if voice.facts.role is Role.GUARANTOR
        else opening(voice)
    )
    return framed("default_notice", voice, Said(parts, figures, findings, opening=first))


def _notice(voice: Voice) -> Iterator[Block]:
    if voice.facts.role is Role.GUARANTOR:
        yield voice.paragraph("opening")  # the copy begins here
    yield voice.paragraph("notice.served", "notice.important", prominent=True)
    yield voice.paragraph("notice.sheet")


def _agreement(voice: Voice, notice: DefaultNotice) -> Iterator[tuple[str, str]]:
    say, facts, contact = voice.wording.say, voice.facts, voice.contact
    product = facts.lender.product_names.get(facts.loan.product, {}).get(voice.wording.language)
    yield say("agreement.number"), facts.loan.id
    if product:
        yield say("agreement.product"), product
    yield say("agreement.agreed_on"), voice.formats.long_day(notice.agreement_on)
    yield say("agreement.creditor"), ", ".join((contact.name, *contact.address))
    # The debtor whose notice it is; a guarantor's copy is of the borrower's.
    debtor = facts.borrower if facts.role is Role.GUARANTOR else facts.recipient
    yield say("agreement.debtor"), ", ".join((debtor.name, *debtor.address))
    if facts.role is Role.CO_BORROWER:
        yield say("agreement.other_debtor"), facts.borrower.name


def _remedy(voice: Voice, amount: str, before: str) -> Iterator[Block]:
    counted_up_to = voice.formats.long_day(voice.facts.counted_up_to)
    yield voice.paragraph("remedy.pay", prominent=True, amount=amount, remedy_by=before)
    yield voice.paragraph("remedy.then", prominent=True)
    yield from how_to_pay(voice)
    yield voice.paragraph("do.already_paid", counted_up_to=counted_up_to)


def _action(voice: Voice, notice: DefaultNotice, before: str) -> Iterator[Block]:
    say, amount = voice.wording.say, voice.formats.amount
    yield voice.paragraph("action.else", prominent=True)
    yield voice.listed("action", ((f"action.{action}", {}) for action in notice.actions))
    if notice.settlement is not None:
        yield voice.paragraph("settle.intro", remedy_by=before)
        sums = (
            ("owed", notice.settlement.owed),
            ("rebate", -notice.settlement.rebate),
            ("payable", notice.settlement.payable),
        )
        yield Pairs("settle", tuple((say(f"settle.{key}"), amount(minor)) for key, minor in sums))
    if notice.interest_after_judgment:
        yield voice.paragraph("action.judgment")


def _why_not(facts: LetterFacts) -> Refusal | None:
    notice = facts.particulars
    if not isinstance(notice, DefaultNotice):
        return None
    earliest = notice.served_on + timedelta(days=LEAST_DAYS)
    if notice.served_on < facts.issued_on or notice.remedy_by < earliest:
        return Refusal(
            "days_disagree",
            f"Written on {facts.issued_on}, served on {notice.served_on}, to be remedied before {notice.remedy_by}: expected"
            f" in this order, and {earliest} at the earliest (CCA 1974 s. 88(2)).",
        )
    settlement = notice.settlement
    if (Action.EARLIER_PAYMENT in notice.actions) is not (settlement is not None):
        return Refusal("facts_missing", "A call for earlier payment names the settlement, and nothing else does.")
    if settlement is not None and settlement.owed - settlement.rebate != settlement.payable:
        return Refusal("figures_disagree", "The settlement's rebate doesn't lead from what is owed to what is payable.")
    return None


DEFAULT_NOTICE = Letter(
    "default_notice", FIELDS, content, DefaultNotice, law=("uk",), why_not=_why_not, english_counts=True, is_copied=True
)
