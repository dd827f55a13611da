"""letters.csv: who was written to with what, and who wasn't and why: a line for each contact that the day decided on.

A loan in arrears for which no rule holds has a line too. No names: the worklist has the borrower's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from goodstanding.core.party import Role
from goodstanding.day.choosing import Reader
from goodstanding.day.ledger import Entry
from goodstanding.day.letter_rules import Silent
from goodstanding.day.spreadsheet import spreadsheet
from goodstanding.day.worklist import LetterStatus
from goodstanding.day.writing import Letters

COLUMNS = "loan_id letter reader person outcome reason detail not_before language reference pay_by forms supersedes printed_otherwise".split()


class Outcome(StrEnum):
    """written: a letter of this day stands. held: not today, by rule. refused: something is wrong, see set_aside.csv."""

    WRITTEN = "written"
    HELD = "held"
    REFUSED = "refused"
    OVER_LIMIT = "left for another run"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a contact. letter, reader: empty where no rule holds. reason: the same words for all of a kind.

    printed_otherwise: characters of a name or an address that no face has, each with what stands on the page.
    """

    loan_id: str
    letter: str
    reader: Reader | None
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    not_before: date | None = None
    entry: Entry | None = None
    printed_otherwise: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """What the letter's files end in, such as pdf."""
        return tuple(sorted({ending_of(path) for path in self.entry.files})) if self.entry else ()


def ending_of(path: str) -> str:
    """What a letter's file is, by its ending.

    >>> ending_of("letters/L1_261123-8HT3D-Z5YP2_en.sms.txt"), ending_of("letters/L.1_261123-8HT3D-Z5YP2_en.txt")
    ('sms', 'text')
    """
    if path.endswith(".sms.txt"):
        return "sms"
    ending = path.rsplit(".", 1)[1]
    return "text" if ending == "txt" else ending


def contacts_of(today: Sequence[Entry], letters: Letters, silent: Mapping[str, Silent]) -> list[Decided]:
    """Every contact that the day decided on, by loan."""
    plan = letters.plan
    refused = {one.to: one for one in plan.write}
    found = [
        *(
            Decided(
                one.loan_id,
                one.letter,
                Reader(one.reader, one.person),
                Outcome.WRITTEN,
                detail=letters.late.get(one.to, ""),
                entry=one,
                printed_otherwise=letters.otherwise.get(one.to, ()),
            )
            for one in today
        ),
        *(
            Decided(loan_id, letter, refused[loan_id, letter, role, person].reader, Outcome.REFUSED, "", why)
            for (loan_id, letter, role, person), why in letters.refused.items()
        ),
        *(
            Decided(one.loan_id, one.rule.letter, one.reader, Outcome.OVER_LIMIT)
            for one in plan.over_limit
            if one.to not in {entry.to for entry in today}
        ),
        *(
            Decided(one.loan_id, one.letter, one.reader, Outcome.HELD, one.why, one.detail, one.not_before)
            for one in (*plan.held, *letters.held)
        ),
        *(Decided(loan_id, "", None, Outcome.HELD, one.why, one.detail) for loan_id, one in silent.items()),
    ]
    return sorted(found, key=lambda one: (one.loan_id, _place(one.reader), one.letter))


def contacts_csv(decided: Iterable[Decided]) -> bytes:
    return spreadsheet(COLUMNS, (_row(one) for one in decided))


def _row(one: Decided) -> list[object]:
    entry = one.entry
    written: list[object] = [""] * 6
    if entry is not None:
        written = [entry.language, entry.reference, entry.pay_by, "; ".join(one.forms), entry.supersedes or ""]
        written.append("; ".join(one.printed_otherwise))
    role, person = (one.reader.role, one.reader.person) if one.reader else ("", "")
    return [one.loan_id, one.letter, role, person, one.outcome, one.reason, one.detail, one.not_before or "", *written]


def letters_by_kind(letters: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """How many letters of each kind, by who reads them."""
    counted = Counter((one.letter, str(one.reader)) for one in letters)
    found: dict[str, dict[str, int]] = {}
    for (letter, reader), count in sorted(counted.items()):
        found.setdefault(letter, {})[reader] = count
    return found


def statuses(decided: Iterable[Decided]) -> dict[str, LetterStatus]:
    """How it stands with each loan's letters, in one cell of the worklist."""
    by_loan: dict[str, list[Decided]] = {}
    for one in decided:
        by_loan.setdefault(one.loan_id, []).append(one)
    return {loan_id: _status(found) for loan_id, found in by_loan.items()}


def _status(found: Sequence[Decided]) -> LetterStatus:
    references = "; ".join(one.entry.reference for one in found if one.entry)
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(_said(one), []).append(one.reader.role.replace("_", "-") if one.reader else "nobody")
    return LetterStatus("; ".join(f"{', '.join(who)}: {what}" for what, who in said.items()), references)


def _said(one: Decided) -> str:
    match one.outcome:
        case Outcome.WRITTEN:
            return f"{one.letter} written on {one.entry.as_of}" if one.entry else one.letter
        case Outcome.REFUSED:
            return f"{one.letter} refused, see set_aside.csv"
        case Outcome.OVER_LIMIT:
            return f"{one.letter} left for another run"
        case _:
            return f"{one.letter}: {one.detail}" if one.letter else one.detail


def _place(reader: Reader | None) -> tuple[int, str]:
    return (-1, "") if reader is None else (list(Role).index(reader.role), reader.person)
