"""What was set aside, and why: a row of the lender's files, a loan that can't be assessed, a letter that was refused.

Nothing is lost: the day goes on without it, and the list says what to do about each.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from enum import StrEnum

from goodstanding.day.spreadsheet import spreadsheet


class Step(StrEnum):
    """Where in the day it was set aside."""

    READ = "read"
    ASSESS = "assess"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, order=True)
class SetAside:
    """file, where: which of the lender's files, and where in it. loan_id may be empty when the row names none."""

    step: Step
    loan_id: str
    file: str
    where: str
    found: str
    expected: str
    what_to_do: str


def set_aside_csv(rows: Iterable[SetAside]) -> bytes:
    return spreadsheet([field.name for field in fields(SetAside)], (astuple(row) for row in rows))
