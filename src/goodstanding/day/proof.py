"""Proof: the lender's keys, and verifying a letter with all that is at hand: keys, and perhaps the day's records."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodstanding.core.loan import Kind
from goodstanding.day.figures import grouped_text, long_date
from goodstanding.day.ledger import Entry, Ledger, State
from goodstanding.day.lender import read_lender
from goodstanding.day.stop import Stopped
from goodstanding.letters.example_key import example_key
from goodstanding.letters.key_settings import KeysError
from goodstanding.letters.keys import INDEX, KeyFolder, PublicKey, read_jwks
from goodstanding.letters.verify import Answer, Outcome, Verification, verify

if TYPE_CHECKING:
    from goodstanding.day.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class AtHand:
    """What a letter is verified with. wording: the lender's own. ledger, portfolio: its records, where they are given."""

    keys: Sequence[PublicKey]
    wording: Path | None = None
    ledger: Ledger | None = None
    portfolio: "Portfolio | None" = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a file. overtaken: why the letter no longer holds; None: there are no records to ask."""

    file: str
    found: Verification
    overtaken: tuple[str, ...] | None

    @property
    def is_good(self) -> bool:
        return self.found.is_good and not self.overtaken


def public_keys(keys: Path | None, lender: Path | None) -> tuple[PublicKey, ...]:
    """The keys to verify with: published ones in a file, a folder of keys, those of a lender's folder; the demonstration key."""
    found = [example_key().public]
    for path in (keys, _keys_of(lender)):
        if path is None:
            continue
        try:
            if path.is_dir():
                found += KeyFolder(path).public_keys()
            else:
                found += read_jwks(path.read_text(encoding="utf-8"))
        except OSError as failed:
            raise Stopped(f"{path} can't be read ({failed.strerror}): name the lender's published keys.") from None
        except KeysError as why:
            raise Stopped(f"{path}: {why}") from None
    return tuple(found)


def _keys_of(lender: Path | None) -> Path | None:
    if lender is None:
        return None
    keys = read_lender(lender).keys
    return keys.folder if keys is not None and (keys.folder / INDEX).exists() else None


def verify_file(path: Path, at_hand: AtHand) -> Verdict:
    """Verify a letter's file; `Stopped` when it can't be read at all."""
    try:
        pdf = path.read_bytes()
    except OSError as failed:
        raise Stopped(f"{path} can't be read: {failed.strerror}.") from None
    found = verify(pdf, at_hand.keys, overrides=at_hand.wording)
    if at_hand.ledger is None and at_hand.portfolio is None:
        return Verdict(str(path), found, None)
    return Verdict(str(path), found, tuple(_overtaken(found, at_hand)))


def _overtaken(found: Verification, at_hand: AtHand) -> Iterator[str]:
    """Why a letter no longer holds, by the lender's records: a later letter, or money that came after it."""
    record = found.record
    if record is None:
        return
    if at_hand.ledger is not None:
        yield from _by_ledger(found.reference, found.loan_id, at_hand.ledger.entries)
    if at_hand.portfolio is None:
        return
    of_book = at_hand.portfolio.find(found.loan_id)
    if of_book is None:
        yield f"loan {found.loan_id} isn't in the book"
        return
    known = {one.id for one in record.facts.loan.transactions}
    for one in of_book.loan.transactions:
        if one.id not in known and one.kind in (
            Kind.PAYMENT,
            Kind.RECOVERY,
            Kind.WAIVER,
            Kind.REVERSAL,
            Kind.CHARGEBACK,
        ):
            amount = grouped_text(one.amount, of_book.loan.currency)
            yield f"a {one.kind.replace('_', ' ')} of {amount} on {long_date(one.effective_on)} isn't counted in it"


def _by_ledger(reference: str, loan_id: str, entries: Sequence[Entry]) -> Iterator[str]:
    own = [one for one in entries if one.loan_id == loan_id]
    this = next((one for one in own if one.reference == reference and one.state is State.WRITTEN), None)
    if this is None:
        yield "the ledger of letters has no such letter"
        return
    for one in own:
        if one.supersedes == reference:
            said = "withdrawn" if one.state is State.WITHDRAWN else f"superseded by letter {one.reference}"
            yield f"it was {said} on {long_date(one.as_of)}"
        elif one.state is State.WRITTEN and one.as_of > this.as_of and one.to[2:] == this.to[2:]:
            yield f"a later letter, {one.reference}, was written on {long_date(one.as_of)}"


# -- in words -------------------------------------------------------------------------------------------------------


def in_words(verdict: Verdict) -> str:
    """One screen for a person."""
    found = verdict.found
    lines = [verdict.file]
    if found.reference:
        lines.append(f"  letter {found.reference} of {_day(found.issued_on)}, about loan {found.loan_id}")
    lines += [
        *_line("genuine", found.is_genuine, f"sealed by {found.signed_by} with key {found.key}"),
        *_line("intact", found.is_intact, "not a byte has changed since it was sealed"),
        *_line(
            "recomputed",
            found.agrees,
            ("every figure agrees" if found.agrees.why else "every figure agrees, and every word") + _amount(found),
        ),
    ]
    if found.is_example:
        lines.append("  NOTE        the demonstration key, which anybody has, made this seal: it proves nothing")
    if verdict.overtaken is None:
        lines.append("  still holds not known: give --out and --book to compare it with the lender's records")
    elif verdict.overtaken:
        lines += [
            f"  {'still holds' if not place else '':11} {'NO   ' if not place else '     '} {why}"
            for place, why in enumerate(verdict.overtaken)
        ]
    else:
        lines.append("  still holds yes   no later letter, no payment that it doesn't count")
    return "\n".join(lines)


def _line(question: str, answer: Answer, good: str) -> list[str]:
    shown = {Outcome.YES: "yes  ", Outcome.NO: "NO   ", Outcome.UNKNOWN: "not known"}[answer.outcome]
    whys = [good, *answer.why] if answer.outcome is Outcome.YES else list(answer.why)
    return [
        f"  {question if not place else '':11} {shown if not place else '     '} {why}"
        for place, why in enumerate(whys)
    ]


def _amount(found: Verification) -> str:
    if found.record is None:
        return ""
    assessment = found.record.facts.assessment
    return f": {assessment.currency} {grouped_text(assessment.amount_to_cure, assessment.currency)} to cure on {_day(assessment.as_of)}"


def _day(day: date | None) -> str:
    return long_date(day) if day else "an unknown day"


def as_data(verdict: Verdict) -> dict[str, Any]:
    """The same for programs."""
    found = verdict.found
    return {
        "file": verdict.file,
        "is_good": verdict.is_good,
        **{
            name: {"outcome": answer.outcome, "why": list(answer.why)}
            for name, answer in (
                ("genuine", found.is_genuine),
                ("intact", found.is_intact),
                ("recomputed", found.agrees),
            )
        },
        "signed_by": found.signed_by,
        "key": found.key,
        "is_example": found.is_example,
        "reference": found.reference,
        "loan_id": found.loan_id,
        "issued_on": found.issued_on.isoformat() if found.issued_on else None,
        "overtaken": None if verdict.overtaken is None else list(verdict.overtaken),
    }


def json_lines(verdicts: Sequence[Verdict]) -> str:
    return json.dumps([as_data(one) for one in verdicts], ensure_ascii=False, indent=1)
