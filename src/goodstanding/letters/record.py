"""The record: letter.json, attached to every letter. It holds all that its sums can be worked out again from.

It is what `goodstanding verify` reads, and its part "calculation" is a file that `goodstanding assess` reads by itself. It
holds nothing that the reader of the letter may not see: see `shown`. Its bytes are canonical, so that its hash, which the
token signs, means something. Key by key: docs/reference/letter_json.md
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from goodstanding import __version__
from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.outlook import Outlook, assess_and_look_ahead
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.letter import LetterContent, LetterFacts, content_data
from goodstanding.core.loan import Loan
from goodstanding.core.loan_json import assessment_data, loan_data, loan_from_data, plain_from_json, policy_data
from goodstanding.core.particulars import DefaultNotice
from goodstanding.core.party import Borrower, Party, Role, masked_id_number
from goodstanding.core.plain_data import from_data, to_data

FORMAT = "goodstanding letter 1"
_APART = ("loan", "policy", "assessment")
_MANY = ("drawdowns", "instalments", "lines")


class BadRecord(ValueError):
    """A letter.json that can't be read, with what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read. content: as the letter says it, plain data. facts: with the assessment worked out again.

    figures: what the letter was written from, field by field, as decimal text. recomputed: the same, from `facts`.
    ahead: what is to come by the day that the letter names, worked out again; or why it can't be.
    """

    content: Mapping[str, Any]
    facts: LetterFacts
    figures: Mapping[str, Any]
    recomputed: Mapping[str, Any]
    ahead: Outlook | CannotAssess
    program: str


def record_of(facts: LetterFacts, content: LetterContent) -> bytes:
    """Write the record of a letter."""
    told = shown(facts, content.language)
    currency = facts.loan.currency
    data = {
        "format": FORMAT,
        "program": __version__,
        "content": content_data(content),
        "calculation": {"loan": loan_data(told.loan), "policy": policy_data(told.policy, currency)},
        "as_of": facts.assessment.as_of.isoformat(),
        "figures": figures_of(facts.assessment),
        "facts": to_data(told, without=_APART),
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_record(data: bytes) -> Record:
    """Read a record and work its sums out again; BadRecord when it can't be."""
    try:
        whole = plain_from_json(data)
        if not isinstance(whole, dict) or whole.get("format") != FORMAT:
            raise BadRecord(f'it isn\'t of the form "{FORMAT}"; perhaps a newer release can read it')
        loan, policy = loan_from_data(whole["calculation"])
        as_of, pay_by = date.fromisoformat(whole["as_of"]), date.fromisoformat(whole["facts"]["pay_by"])
        assessment, ahead = _worked_out(loan, policy, as_of, pay_by)
        apart = {"loan": loan, "policy": policy, "assessment": assessment}
        facts = from_data(LetterFacts, whole["facts"], given=apart)
        return Record(whole["content"], facts, whole["figures"], figures_of(assessment), ahead, str(whole["program"]))
    except CannotAssess as why:
        raise BadRecord(f"its loan can't be assessed: {why}") from None
    except KeyError as missing:
        raise BadRecord(f"it has no {missing}") from None
    except (ValueError, TypeError, RecursionError) as wrong:
        raise BadRecord(str(wrong)) from None


def _worked_out(
    loan: Loan, policy: ArrearsPolicy, as_of: date, pay_by: date
) -> tuple[Assessment, Outlook | CannotAssess]:
    try:
        return assess_and_look_ahead(loan, policy, as_of=as_of, pay_by=pay_by)
    except CannotAssess as why:
        return assess(loan, policy, as_of=as_of), why


def shown(facts: LetterFacts, language: str) -> LetterFacts:
    """The facts as the letter's reader may have them: what the letter doesn't print of people isn't here either.

    Identity numbers are masked as on the page; phones and addresses of e-mail are left out; whoever isn't the borrower gets
    nothing of the borrower but the name; of the lender, what concerns the letter's language. A guarantor's copy of a default
    notice has the borrower's address, because the notice must (CCA 1974 s. 111). Whether the words were approved is said
    in the content, and asked no more.
    """
    lender, is_copy = facts.lender, isinstance(facts.particulars, DefaultNotice) and facts.role is Role.GUARANTOR
    borrower = _person(facts.borrower, is_reader=facts.role is Role.BORROWER)
    return replace(
        facts,
        borrower=replace(borrower, address=facts.borrower.address) if is_copy else borrower,
        reader=_reader(facts.reader),
        lender=replace(
            lender,
            contacts={language: lender.contacts[language]},
            only_approved_wording=False,
            product_names={facts.loan.product: lender.product_names[facts.loan.product]}
            if facts.loan.product in lender.product_names
            else {},
        ),
    )


def figures_of(assessment: Assessment) -> dict[str, Any]:
    """The single-valued fields of an assessment, as decimal text and days."""
    return assessment_data(assessment, without=_MANY)


def _person(person: Borrower, *, is_reader: bool) -> Borrower:
    if not is_reader:
        return Borrower(id="", name=person.name, language=person.language)
    return replace(person, id="", id_number=masked_id_number(person.id_number), phones=(), emails=())


def _reader(reader: Party | None) -> Party | None:
    return None if reader is None else replace(reader, person=_person(reader.person, is_reader=True))
