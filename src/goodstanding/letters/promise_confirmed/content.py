"""Somebody promised to pay a sum by a day: what was noted, what rests until then, what is left after it, and how to change it.

It thanks and threatens nothing. What is left is worked out by the engine for the promised day.
"""

from collections.abc import Iterator

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.position import CannotAssess
from goodstanding.core.letter import Finding, KeyFigure, LetterContent, LetterFacts
from goodstanding.core.money import Money
from goodstanding.core.particulars import PromiseConfirmed
from goodstanding.core.party import Role
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.ways_out import how_to_pay
from goodstanding.letters.promise_confirmed.fields import FIELDS


def content(voice: Voice) -> LetterContent:
    told = voice.particulars(PromiseConfirmed)
    terms = voice.listed("terms", _terms(voice, told))
    change = [voice.paragraph("change.text")]
    if voice.facts.lender.jurisdiction == "uk":
        change.append(voice.paragraph("do.debt_advice_uk"))
    parts = (
        voice.part("terms", (terms,)),
        voice.part("how", how_to_pay(voice)),
        voice.part("change", change),
        voice.part("reach", whom_to_reach(voice)),
    )
    findings = tuple(Finding(key, "the loan agreement") for key in terms.keys if key == "terms.charges_run")
    opening = voice.wording.say("opening", made_on=voice.formats.long_day(told.made_on))
    return framed("promise_confirmed", voice, Said(parts, tuple(_figures(voice, told)), findings, opening))


def _figures(voice: Voice, told: PromiseConfirmed) -> Iterator[KeyFigure]:
    say, formats = voice.wording.say, voice.formats
    note = say("figure.promised_note", made_on=formats.long_day(told.made_on))
    yield KeyFigure("figure.promised", say("figure.promised"), formats.amount(told.amount), note)
    if told.kept_until == told.pay_on:
        note = say("figure.pay_on_day")
    else:
        note = say("figure.pay_on_note", kept_until=formats.long_day(told.kept_until))
    yield KeyFigure("figure.pay_on", say("figure.pay_on"), formats.long_day(told.pay_on), note)


def left_after(facts: LetterFacts, told: PromiseConfirmed) -> tuple[int, int]:
    """What is overdue on the promised day if nothing is paid before, and what is left of it after the promise; minor units."""
    owed_then = assess(facts.loan, facts.policy, as_of=told.pay_on).amount_to_cure
    return owed_then, max(0, owed_then - told.amount)


def _terms(voice: Voice, told: PromiseConfirmed) -> Iterator[tuple[str, dict[str, str]]]:
    facts, formats, assessment = voice.facts, voice.formats, voice.facts.assessment
    pay_on = formats.long_day(told.pay_on)
    if told.requests_rest:
        yield "terms.rest", {"rest_until": formats.long_day(told.kept_until)}
    owed_then, left = left_after(facts, told)
    if left:
        amounts = {"owed_then": formats.amount(owed_then), "left": formats.amount(left)}
        yield "terms.part", {"pay_on": pay_on, **amounts}
    else:
        yield "terms.all", {"pay_on": pay_on}
    if facts.next_day_adds:
        yield "terms.charges_run", {}
    if assessment.next_due_on is not None and assessment.next_due and assessment.next_due_on >= told.pay_on:
        day = formats.long_day(assessment.next_due_on)
        yield voice.bill("terms.next"), {"next_due": formats.amount(assessment.next_due), "next_due_on": day}
    yield "terms.anyway", {}


def _why_not(facts: LetterFacts) -> Refusal | None:
    told = facts.particulars
    if not isinstance(told, PromiseConfirmed):
        return None
    if told.made_by is not facts.role:
        return Refusal("not_this_reader", "Only the person who promised is written to about it.")
    if told.amount < 1:
        return Refusal("figures_disagree", "A promise is of an amount above zero.")
    try:
        most = assess(facts.loan, facts.policy, as_of=max(told.pay_on, facts.assessment.as_of)).payoff
    except CannotAssess as why:
        return Refusal("figures_disagree", f"What would be owed on {told.pay_on} can't be worked out: {why}")
    if told.amount > most:
        promised, owed = Money(told.amount, facts.loan.currency), Money(most, facts.loan.currency)
        return Refusal(
            "figures_disagree",
            f"{promised} are promised, and {owed} would close the loan on {told.pay_on}: ask what was meant.",
        )
    if not told.made_on <= facts.issued_on <= told.pay_on <= told.kept_until:
        return Refusal(
            "days_disagree",
            f"Promised on {told.made_on}, letter of {facts.issued_on}, to be paid by {told.pay_on}, kept until"
            f" {told.kept_until}: expected in this order.",
        )
    return None


PROMISE_CONFIRMED = Letter(
    "promise_confirmed",
    FIELDS,
    content,
    PromiseConfirmed,
    readers=(Role.BORROWER, Role.CO_BORROWER),
    why_not=_why_not,
)
