"""A dispute answered: the outcome, the reasons, the figures as they are now with their calculation, and where else to go.

An answer says nothing that the book contradicts: a payment that was found must be in it, a charge taken off must be waived.
"""

from collections.abc import Iterator

from goodstanding.core.letter import Block, LetterContent, LetterFacts, Pairs
from goodstanding.core.loan import Kind
from goodstanding.core.particulars import DisputeAnswered, Found, Reason
from goodstanding.letters.dispute_answered.fields import FIELDS, NAMES
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.disputes import about
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.overdue import overdue
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice


def content(voice: Voice) -> LetterContent:
    dispute = voice.particulars(DisputeAnswered)
    parts = [
        voice.part("answer", _answer(voice, dispute)),
        voice.part("reasons", (voice.listed("reasons", (_reason(voice, found) for found in dispute.reasons)),)),
        voice.part("further", (_further(voice),)),
        voice.part("reach", whom_to_reach(voice)),
    ]
    if not _is_not_theirs(dispute):
        parts.insert(2, voice.part("overdue", _where_it_stands(voice)))
    opening = voice.wording.say("opening", received_on=voice.formats.long_day(dispute.received_on))
    return framed("dispute_answered", voice, Said(tuple(parts), opening=opening))


def _is_not_theirs(dispute: DisputeAnswered) -> bool:
    return any(found.reason is Reason.NOT_YOURS for found in dispute.reasons)


def _answer(voice: Voice, dispute: DisputeAnswered) -> Iterator[Block]:
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    yield voice.paragraph(f"answer.{dispute.outcome}")
    items = [(say("answer.about"), about(voice, dispute.about))]
    claimed_on, as_of = formats.long_day(dispute.claimed_on), formats.long_day(assessment.as_of)
    items.append((say("answer.claimed", claimed_on=claimed_on), formats.amount(dispute.claimed)))
    if not _is_not_theirs(dispute):
        items.append((say("answer.now", as_of=as_of), formats.amount(assessment.amount_to_cure)))
    yield Pairs("answer", tuple(items))


def _reason(voice: Voice, found: Found) -> tuple[str, dict[str, str]]:
    named = NAMES.get(found.reason, "").split()
    fields = {}
    if "amount" in named:
        fields["amount"] = voice.formats.amount(found.amount or 0)
    if "on" in named and found.on is not None:
        fields["on"] = voice.formats.long_day(found.on)
    return f"reasons.{found.reason}", fields


def _where_it_stands(voice: Voice) -> Iterator[Block]:
    assessment = voice.facts.assessment
    if assessment.amount_to_cure:
        yield from overdue(voice)
    else:
        yield voice.paragraph("overdue.nothing", as_of=voice.formats.long_day(assessment.as_of))


def _further(voice: Voice) -> Block:
    jurisdiction = voice.facts.lender.jurisdiction
    keys = ("further.again", *([f"further.{jurisdiction}"] if f"further.{jurisdiction}" in FIELDS else []))
    return voice.listed("further", ((key, {}) for key in keys))


def _why_not(facts: LetterFacts) -> Refusal | None:
    dispute = facts.particulars
    if not isinstance(dispute, DisputeAnswered):
        return None
    if dispute.raised_by is not facts.role:
        return Refusal("not_this_reader", "Only the person who raised a dispute is written to about it.")
    if not max(dispute.received_on, dispute.claimed_on) <= facts.issued_on:
        return Refusal("days_disagree", f"The dispute, or the figure disputed, is of a day after {facts.issued_on}.")
    for found in dispute.reasons:
        if why := _contradicted(facts, found):
            return why
    return None


def _contradicted(facts: LetterFacts, found: Found) -> Refusal | None:
    """A reason that lacks what it names, or that the loan's transactions contradict."""
    named = NAMES.get(found.reason, "").split()
    if missing := [name for name in named if getattr(found, name) is None]:
        return Refusal("facts_missing", f"The reason {found.reason} needs {' and '.join(missing)}.")
    kinds = {
        Reason.PAYMENT_FOUND: Kind.PAYMENT,
        Reason.PAYMENT_NOT_FOUND: Kind.PAYMENT,
        Reason.CHARGE_TAKEN_OFF: Kind.WAIVER,
    }
    kind = kinds.get(found.reason)
    if kind is None:
        return None
    known = [one for one in facts.loan.transactions if one.kind is kind and one.amount == found.amount]
    if found.on is not None:
        known = [one for one in known if one.effective_on == found.on]
    if bool(known) is (found.reason is Reason.PAYMENT_NOT_FOUND):
        there = "is in the book" if known else "isn't in the book"
        return Refusal(
            "figures_disagree",
            f"{found.reason}: a {kind} of {found.amount} minor units{f' on {found.on}' if found.on else ''} {there}."
            " Correct the facts, or import the corrected book first.",
        )
    return None


DISPUTE_ANSWERED = Letter("dispute_answered", FIELDS, content, DisputeAnswered, about_arrears=False, why_not=_why_not)
