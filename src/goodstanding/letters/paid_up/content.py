"""Nothing is overdue any more, or nothing is owed at all: thanks, what ends and what goes on; of a settled loan, its certificate.

It is written of the ledger alone: a letter that says more than the figures do is refused.
"""

from collections.abc import Iterable, Iterator

from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.letter import Block, Finding, KeyFigure, LetterContent, LetterFacts, Pairs
from goodstanding.core.loan import Kind
from goodstanding.core.particulars import PaidUp, PaidUpAs
from goodstanding.core.party import Role, masked_id_number
from goodstanding.letters.credit_data import STAYS, basis_of
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.paid_up.fields import FIELDS
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.who import the_loan


def content(voice: Voice) -> LetterContent:
    told = voice.particulars(PaidUp)
    follows = voice.listed("follows", _follows(voice, told))
    parts = [voice.part("follows", (follows,)), voice.part("reach", whom_to_reach(voice))]
    if told.outcome is not PaidUpAs.CURED:
        parts.insert(0, voice.part("certificate", _certificate(voice, told)))
    findings = tuple(_findings(follows.keys, voice.facts.lender.jurisdiction))
    return framed(
        "paid_up",
        voice,
        Said(tuple(parts), tuple(_figures(voice, told)), findings, voice.wording.say(f"opening_{told.outcome}")),
        title=voice.wording.say(f"title_{told.outcome}"),
    )


def _findings(keys: Iterable[str], jurisdiction: str) -> Iterator[Finding]:
    for key in keys:
        if key.startswith("follows.credit"):
            yield Finding(key, "the lender's reporting")
        elif key == STAYS:
            yield Finding(key, basis_of(jurisdiction).cite)


def _figures(voice: Voice, told: PaidUp) -> Iterator[KeyFigure]:
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    as_of = say("figure.as_of", as_of=formats.long_day(assessment.as_of))
    if told.outcome is not PaidUpAs.CURED:
        yield KeyFigure("figure.owed", say("figure.owed"), formats.amount(assessment.payoff), as_of)
        return
    yield KeyFigure("figure.overdue", say("figure.overdue"), formats.amount(assessment.amount_to_cure), as_of)
    if assessment.next_due_on is not None and assessment.next_due:
        note = say("figure.next_note", next_due_on=formats.long_day(assessment.next_due_on))
        yield KeyFigure("figure.next", say("figure.next"), formats.amount(assessment.next_due), note)


def _certificate(voice: Voice, told: PaidUp) -> Iterator[Block]:
    say, formats, facts = voice.wording.say, voice.formats, voice.facts
    on = formats.long_day(told.on)
    yield voice.paragraph(f"certificate.text_{told.outcome}", lender=voice.contact.name, settled_on=on)
    borrower = facts.borrower
    items = [(say("who.name" if facts.role is Role.BORROWER else "who.borrower"), borrower.name)]
    if borrower.id_number and facts.role is Role.BORROWER:
        items.append((say("who.id_number"), masked_id_number(borrower.id_number)))
    items += [*the_loan(voice), (say("certificate.settled_on"), on)]
    if facts.loan.opening is None:
        items.append((say("certificate.paid"), formats.amount(paid_in_all(facts))))
    if told.outcome is PaidUpAs.SETTLED:
        items.append((say("certificate.waived"), formats.amount(waived_in_all(facts))))
    yield Pairs("certificate", tuple(items))
    yield voice.paragraph("certificate.nothing", as_of=formats.long_day(facts.assessment.as_of))


def _follows(voice: Voice, told: PaidUp) -> Iterator[tuple[str, dict[str, str]]]:
    facts, formats, assessment = voice.facts, voice.formats, voice.facts.assessment
    is_cured, is_guarantor = told.outcome is PaidUpAs.CURED, facts.role is Role.GUARANTOR
    yield "follows.no_requests", {}
    if not facts.next_day_adds:
        yield "follows.no_charges", {}
    if is_cured and not is_guarantor and assessment.next_due_on is not None and assessment.next_due:
        day = formats.long_day(assessment.next_due_on)
        yield "follows.next", {"next_due": formats.amount(assessment.next_due), "next_due_on": day}
    if not is_cured and assessment.unapplied and not is_guarantor:
        yield "follows.too_much", {"amount": formats.amount(assessment.unapplied)}
    if is_guarantor:
        yield f"follows.guarantee_{'goes_on' if is_cured else 'ends'}", {}
    elif facts.lender.reports_to_credit_bureau:
        # what was waived wasn't paid, and isn't reported as paid
        yield "follows.credit_settled" if told.outcome is PaidUpAs.SETTLED else "follows.credit", {}
        yield STAYS, {}
    if not is_cured:
        yield "follows.keep", {}


_GIVEN_BACK = (Kind.REFUND, Kind.CHARGEBACK)


def paid_in_all(facts: LetterFacts) -> int:
    """What was paid and stayed, of which what is held unapplied isn't part: minor units."""
    ids = {one.id: one for one in facts.loan.transactions}
    paid = 0
    for one in known_transactions(facts.loan, facts.policy, facts.assessment.as_of, None):
        reversed_kind = ids[one.reverses].kind if one.kind is Kind.REVERSAL and one.reverses else None
        if one.kind in (Kind.PAYMENT, Kind.RECOVERY):
            paid += one.amount
        elif one.kind in _GIVEN_BACK or reversed_kind in (Kind.PAYMENT, Kind.RECOVERY):
            paid -= one.amount
    return paid - facts.assessment.unapplied


def waived_in_all(facts: LetterFacts) -> int:
    """What the lender gave up, minor units."""
    known = known_transactions(facts.loan, facts.policy, facts.assessment.as_of, None)
    return sum(one.amount for one in known if one.kind is Kind.WAIVER)


def _why_not(facts: LetterFacts) -> Refusal | None:
    told, assessment = facts.particulars, facts.assessment
    if not isinstance(told, PaidUp):
        return None
    if told.on > assessment.as_of:
        return Refusal("days_disagree", f"Paid up on {told.on}, but the figures are of {assessment.as_of}.")
    if told.outcome is PaidUpAs.CURED:
        if assessment.amount_to_cure or assessment.oldest_due_on:
            return Refusal("still_owed", f"{assessment.amount_to_cure} minor units are overdue on {assessment.as_of}.")
        if not assessment.outstanding_principal and not any(part.minimum is not None for part in facts.loan.schedule):
            return Refusal("not_so_here", "Nothing is left of this loan: write that it is settled.")
        return None
    if assessment.payoff or assessment.outstanding_principal or assessment.amount_to_cure:
        return Refusal("still_owed", f"{assessment.payoff} minor units are owed on {assessment.as_of}.")
    if told.outcome is PaidUpAs.SETTLED and not waived_in_all(facts):
        return Refusal("not_so_here", "Nothing was waived: write that the loan is paid in full.")
    return None


PAID_UP = Letter("paid_up", FIELDS, content, PaidUp, about_arrears=False, why_not=_why_not)
