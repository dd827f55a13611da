"""What there is to tell of a loan's letters: which were written to whom, by which rule, and where they lie; which weren't, and why.

Letters come from the ledger, up to the day asked about; what was decided not to be sent comes from that day's letters.csv.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from goodstanding.book.quarantine import safe_cells
from goodstanding.day.contacts import Outcome, ending_of
from goodstanding.day.figures import long_date
from goodstanding.day.ledger import LEDGER, Entry, Ledger, State
from goodstanding.day.writing import in_day


def told_of_letters(loan_id: str, out: Path | None, as_of: date) -> list[str]:
    """Tell of a loan's letters, a line or two for each. out: the folder of the days; None: it isn't at hand."""
    if out is None:
        return ["", "Letters: not looked up; --out names the folder that `goodstanding run` writes to."]
    ledger = Ledger(out / LEDGER, mends=False)
    entries = [one for one in ledger.entries if one.loan_id == loan_id and one.as_of <= as_of]
    gone = {one.supersedes: one for one in entries if one.supersedes}
    written = [
        line for one in entries if one.state is State.WRITTEN for line in _told(one, gone.get(one.reference), out)
    ]
    lines = ["", f"Letters up to {long_date(as_of)}", "─" * 40, *(written or ["None was written."])]
    decided = out / in_day(as_of, "letters.csv")
    if not decided.is_file():
        return [*lines, f"What was decided on {long_date(as_of)} isn't known: that day wasn't run."]
    held = list(_not_written(loan_id, decided))
    return [*lines, *(["", f"Not written on {long_date(as_of)}", "─" * 40, *held] if held else [])]


def _told(one: Entry, by: Entry | None, out: Path) -> Iterator[str]:
    to = one.reader.replace("_", "-") + (f" {one.person}" if one.person else "")
    until = f", which asks for payment by {long_date(one.pay_by)}" if one.pay_by else ""
    yield f"{one.as_of}  {one.letter} {one.reference} to the {to}{until}"
    if one.rule:
        yield f"            Rule: {one.rule}"
    if by is not None:
        what = "Withdrawn" if by.state is State.WITHDRAWN else f"Superseded by {by.reference}"
        yield f"            {what} on {long_date(by.as_of)}"
    for path in sorted(one.files):
        yield f"            {ending_of(path)}: {_lies(one, path, out)}"


def _lies(one: Entry, path: str, out: Path) -> str:
    """Where a letter's file is, among those that stand or those kept apart."""
    for place in (path, f"superseded/{path}"):
        if (found := out / in_day(one.as_of, place)).is_file():
            return str(found)
    return f"{out / in_day(one.as_of, path)}, which isn't there any more"


def _not_written(loan_id: str, decided: Path) -> Iterator[str]:
    (known,) = safe_cells([loan_id])
    with decided.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["loan_id"] == known and row["outcome"] != Outcome.WRITTEN:
                yield _said(row)


def _said(row: dict[str, str]) -> str:
    """A line of letters.csv, in words.

    >>> print(_said({"letter": "first_notice", "reader": "co_borrower", "person": "B-7", "outcome": "held", "reason": "a hold",
    ...              "detail": "house/hold: a plan stands", "not_before": "2026-12-01"}))
    first_notice to the co-borrower B-7: held, a hold (house/hold: a plan stands). Not before 1 December 2026
    """
    to = f" to the {row['reader'].replace('_', '-')} {row['person']}".rstrip() if row["reader"] else ""
    what = f"{row['letter']}{to}" if row["letter"] else "No letter"
    why = row["reason"] or row["detail"]
    detail = f" ({row['detail']})" if row["reason"] and row["detail"] else ""
    later = f". Not before {long_date(date.fromisoformat(row['not_before']))}" if row["not_before"] else ""
    return f"{what}: {row['outcome']}{', ' if why else ''}{why}{detail}{later}"
