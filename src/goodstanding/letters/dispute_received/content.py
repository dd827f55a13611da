"""A dispute has arrived: what the lender understood, what it does, what stays as it is, and what would help.

It asks for no payment of what is disputed. Only the person who raised the dispute reads of it.
"""

from collections.abc import Iterator
from datetime import timedelta

from goodstanding.core.letter import Block, Finding, LetterContent, LetterFacts, List, Pairs
from goodstanding.core.particulars import About, DisputeReceived
from goodstanding.letters.dispute_received.fields import FIELDS
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.disputes import about
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice

CREDIT_ANSWER_DAYS_CN = 20
"""征信业管理条例 art. 25: looked into and answered within twenty days of receipt."""


def content(voice: Voice) -> LetterContent:
    dispute = voice.particulars(DisputeReceived)
    meanwhile = _meanwhile(voice, dispute)
    parts = [
        voice.part("received", (Pairs("received", tuple(_received(voice, dispute))),)),
        voice.part("meanwhile", (meanwhile,)),
        voice.part("reach", whom_to_reach(voice)),
    ]
    if any(subject is not About.OTHER for subject in dispute.about):
        parts.insert(2, voice.part("send", _what_would_help(voice, dispute)))
    findings = (Finding("meanwhile.marked_cn", "征信业管理条例 25"),) if "meanwhile.marked_cn" in meanwhile.keys else ()
    return framed("dispute_received", voice, Said(tuple(parts), (), findings, counts_payments=False))


def _received(voice: Voice, dispute: DisputeReceived) -> Iterator[tuple[str, str]]:
    say, formats = voice.wording.say, voice.formats
    yield say("received.received_on"), formats.long_day(dispute.received_on)
    yield say("received.channel"), say(f"channel.{dispute.channel}")
    yield say("received.about"), about(voice, dispute.about)
    if dispute.amount is not None:
        yield say("received.amount"), formats.amount(dispute.amount)
    yield say("received.answer_by"), formats.long_day(dispute.answer_by)


def _meanwhile(voice: Voice, dispute: DisputeReceived) -> List:
    said: list[tuple[str, dict[str, str]]] = [
        ("meanwhile.check", {"answer_by": voice.formats.long_day(dispute.answer_by)})
    ]
    if dispute.stops_demands:
        whole = dispute.amount is None or About.NOT_MINE in dispute.about
        amount = {} if whole else {"amount": voice.formats.amount(dispute.amount or 0)}
        said.append(("meanwhile.stops" if whole else "meanwhile.stops_amount", amount))
    if voice.facts.lender.jurisdiction == "cn" and About.CREDIT_RECORD in dispute.about:
        said.append(("meanwhile.marked_cn", {}))
    said.append(("meanwhile.put_right", {}))
    if About.NOT_MINE not in dispute.about:
        said.append(("meanwhile.the_rest", {}))
    return voice.listed("meanwhile", said)


def _what_would_help(voice: Voice, dispute: DisputeReceived) -> Iterator[Block]:
    yield voice.paragraph("send.intro")
    yield voice.listed("send", ((f"send.{one}", {}) for one in dispute.about if one is not About.OTHER))


def _why_not(facts: LetterFacts) -> Refusal | None:
    dispute = facts.particulars
    if not isinstance(dispute, DisputeReceived):
        return None
    if dispute.raised_by is not facts.role:
        return Refusal("not_this_reader", "Only the person who raised a dispute is written to about it.")
    if not dispute.received_on <= facts.issued_on <= dispute.answer_by:
        return Refusal(
            "days_disagree",
            f"Received on {dispute.received_on}, letter of {facts.issued_on}, answer by {dispute.answer_by}: expected in"
            " this order.",
        )
    latest = dispute.received_on + timedelta(days=CREDIT_ANSWER_DAYS_CN)
    if facts.lender.jurisdiction == "cn" and About.CREDIT_RECORD in dispute.about and dispute.answer_by > latest:
        return Refusal(
            "days_disagree", f"A dispute about a credit record is answered by {latest} (征信业管理条例 art. 25)."
        )
    return None


DISPUTE_RECEIVED = Letter("dispute_received", FIELDS, content, DisputeReceived, about_arrears=False, why_not=_why_not)
