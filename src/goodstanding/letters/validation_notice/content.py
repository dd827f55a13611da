"""The validation notice: what the debt is and how it came to its sum, how to dispute it, what else to do, and a form.

Items and words follow model form B-1 (12 CFR 1006, App. B), item by item, with the loan's own nouns. It is the notice of a
debt collector; a creditor who sends it as a matter of policy says what it is. English is the notice, other languages come
with it as translations.
"""

from collections.abc import Iterator

from goodstanding.core.letter import (
    Align,
    Block,
    Choices,
    Finding,
    KeyFigure,
    LetterContent,
    LetterFacts,
    Pairs,
    Part,
    Row,
    RowKind,
    Table,
)
from goodstanding.core.particulars import Acting, Validation, Whole
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.courtesy import opening
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.validation_notice.fields import FIELDS
from goodstanding.letters.validation_notice.period import earliest_end

FORM = ("dispute", "not_mine", "amount", "other", "original", "enclosed")


def content(voice: Voice) -> LetterContent:
    debt = voice.particulars(Validation)
    say, formats = voice.wording.say, voice.formats
    ends_on, now = formats.long_day(debt.ends_on), formats.amount(debt.now)
    parts = (
        voice.part("debt", _the_debt(voice, debt)),
        voice.part("dispute", (_how_to_dispute(voice, debt, ends_on),)),
        voice.part("else", (_what_else(voice, ends_on),)),
        Part("form", say("form.heading"), tuple(_form(voice)), detachable=True),
    )
    note = say("figure.now_note", as_of=formats.long_day(voice.facts.assessment.as_of))
    figures = (
        KeyFigure("figure.now", say("figure.now"), now, note),
        KeyFigure("figure.ends_on", say("figure.ends_on"), ends_on, say("figure.ends_on_note")),
    )
    findings = (
        Finding("opening", "12 CFR 1006.18(e), 1006.34(c)(1)"),
        Finding("debt.table", "12 CFR 1006.34(c)(2)"),
        Finding("dispute", "12 CFR 1006.34(c)(3), 1006.38"),
        Finding("form", "12 CFR 1006.34(c)(4)"),
    )
    is_collector = debt.acting is Acting.DEBT_COLLECTOR
    said = Said(
        parts,
        figures,
        findings,
        opening=_opening(voice, debt),
        # A text that says more than 12 CFR 1006.2(j) allows is a communication about the debt.
        may_be_announced=not is_collector,
    )
    return framed("validation_notice", voice, said)


def _opening(voice: Voice, debt: Validation) -> str:
    if debt.acting is Acting.DEBT_COLLECTOR:
        return opening(voice, "opening_collector", lender=voice.contact.name, creditor_now=debt.creditor_now)
    return opening(voice, "opening_creditor", lender=voice.contact.name)


def _the_debt(voice: Voice, debt: Validation) -> Iterator[Block]:
    say, formats = voice.wording.say, voice.formats
    itemised_on = formats.long_day(debt.itemised_on)
    yield voice.paragraph("debt.account", creditor_then=debt.creditor_then, loan_number=voice.facts.loan.id)
    yield Table(
        key="debt.table",
        caption=say("debt.table"),
        header=(say("debt.what"), say("debt.amount", currency=voice.facts.loan.currency)),
        rows=(
            Row((say("debt.then", itemised_on=itemised_on), formats.figure(debt.then))),
            Row((say("debt.between", itemised_on=itemised_on), ""), RowKind.GROUP),
            Row((say("debt.interest"), formats.figure(debt.interest))),
            Row((say("debt.fees"), formats.figure(debt.fees))),
            Row((say("debt.paid"), formats.figure(-debt.paid_or_credited))),
        ),
        alignment=(Align.START, Align.END),
        total=(say("debt.now"), formats.amount(debt.now)),
    )
    yield voice.paragraph("debt.creditor_now", creditor_now=debt.creditor_now)


def _how_to_dispute(voice: Voice, debt: Validation, ends_on: str) -> Block:
    said = [("dispute.call_or_write", {"ends_on": ends_on}), ("dispute.write", {"ends_on": ends_on})]
    if debt.website:
        said.append(("dispute.electronically", {"website": debt.website}))
    return voice.listed("dispute", said)


def _what_else(voice: Voice, ends_on: str) -> Block:
    return voice.listed("else", (("else.original", {"ends_on": ends_on}), ("else.rights", {}), ("else.options", {})))


def _form(voice: Voice) -> Iterator[Block]:
    say, facts, contact = voice.wording.say, voice.facts, voice.contact
    yield Pairs(
        "form",
        (
            (say("form.mail_to"), ", ".join((contact.name, *contact.address))),
            (say("form.from"), ", ".join((facts.recipient.name, *facts.recipient.address))),
            (say("form.reference"), facts.reference),
        ),
    )
    yield voice.paragraph("form.check")
    fields = {"form.enclosed": {"lender": contact.name, "reference": facts.reference}}
    keys = tuple(f"form.{key}" for key in FORM)
    yield Choices("form.choices", tuple(say(key, **fields.get(key, {})) for key in keys), keys)


def _why_not(facts: LetterFacts) -> Refusal | None:
    debt = facts.particulars
    if not isinstance(debt, Validation):
        return None
    if debt.then + debt.interest + debt.fees - debt.paid_or_credited != debt.now:
        return Refusal("figures_disagree", "The itemisation doesn't lead from the sum then to the sum now.")
    ours = facts.assessment.payoff if debt.debt is Whole.PAYOFF else facts.assessment.amount_to_cure
    if debt.now != ours:
        return Refusal(
            "figures_disagree", f"The sum now is {debt.now} minor units; we work out a {debt.debt} of {ours}."
        )
    if debt.itemised_on > facts.issued_on or debt.ends_on < earliest_end(facts.issued_on):
        return Refusal(
            "days_disagree",
            f"Itemised on {debt.itemised_on}, sent on {facts.issued_on}, to end on {debt.ends_on}: expected in this order,"
            f" and {earliest_end(facts.issued_on)} at the earliest (12 CFR 1006.34(b)(5)).",
        )
    return None


VALIDATION_NOTICE = Letter(
    "validation_notice",
    FIELDS,
    content,
    Validation,
    law=("us",),
    about_arrears=False,
    why_not=_why_not,
    english_counts=True,
)
