"""What was promised and agreed about the loans of a book: read from its own files, and made into promises and plans.

An instant without an offset is the wall clock of the book's zone. What can't be meant is refused with a sentence, by the row it is in;
of a loan with a row that can't be read, nothing is taken for agreed, and `gaps` says which files to look at.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.book.commitment_files import COMMITMENT_NAMES
from goodstanding.core.loan import Component, Instalment, Kind, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.agreement import By, EventKind, Plan, PlanEvent, PlanPayment, PlanTerms, course_of
from goodstanding.core.plans.judging import Commitments
from goodstanding.core.plans.matching import MeantFor
from goodstanding.core.plans.offers import Change, OfferKind
from goodstanding.core.plans.promise import Promise

COMMITMENT_GAPS = "commitment_gaps"
Row = dict[str, Any]
RowsOfLoan = Mapping[str, Sequence[Row]]
"""The rows of one loan by file, each with its columns' values and, where they come from an import, its number in `row`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the book says was promised and agreed about a loan. gaps: the files of which rows about it can't be read."""

    commitments: Commitments = field(default_factory=Commitments)
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that can't be meant: in which file and column, its row's number, and what is wrong."""

    file: str
    column: str
    row: int
    found: str
    expected: str


def read_commitments(path: Path, zone: str, loan_id: str | None = None) -> dict[str, Said]:
    """Read what the book at path says, by loan, for loans of which it says anything; loan_id: of this loan only."""
    names = (*COMMITMENT_NAMES, COMMITMENT_GAPS)
    rows = {name: _rows(path / f"{name}.parquet", loan_id) for name in names}
    loans = sorted({loan for found in rows.values() for loan in found})
    return {loan: _said({name: rows[name].get(loan, ()) for name in names}, zone) for loan in loans}


def has_commitments(path: Path) -> bool:
    """Whether the book says anything of promises or plans."""
    return any(
        pq.read_metadata(found).num_rows
        for name in (*COMMITMENT_NAMES, COMMITMENT_GAPS)
        if (found := path / f"{name}.parquet").is_file()
    )


def _rows(path: Path, loan_id: str | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    if path.is_file():
        wanted = None if loan_id is None else pc.field("loan_id") == pa.scalar(loan_id)
        for row in pq.read_table(path, filters=wanted).to_pylist():
            found.setdefault(row["loan_id"], []).append(row)
    return found


def _said(rows: RowsOfLoan, zone: str) -> Said:
    gaps = {row["file"] for row in rows[COMMITMENT_GAPS]}
    if not gaps:
        made, wrong = commitments_of(rows, zone)
        gaps |= {one.file for one in wrong}
    return Said(gaps=tuple(sorted(gaps))) if gaps else Said(made)


def commitments_of(rows: RowsOfLoan, zone: str) -> tuple[Commitments, list[Wrong]]:
    """Make promises and plans of a loan's rows; beside them what can't be meant, which is left out. zone: the book's."""
    wrong: list[Wrong] = []
    wrong += _unknown_plans(rows)
    wrong += _twice(rows, "promises", "promise_id", {row["plan_id"] for row in rows["plans"]})
    wrong += _twice(rows, "plans", "plan_id", set())
    promises, plans = [], []
    for row in rows["promises"]:
        try:
            promises.append(_promise(row, zone))
        except ValueError as why:
            wrong.append(_wrong("promises", "promise_id", row, why, "a promise that can be"))
    for row in rows["plans"]:
        own = {name: [one for one in rows[name] if one["plan_id"] == row["plan_id"]] for name in _OF_PLANS}
        try:
            plans.append(plan := _plan(row, own, zone))
            for refused in course_of(plan).refused:
                raise ValueError(f"{refused.event.kind}: {refused.reason}")
        except ValueError as why:
            wrong.append(_wrong("plans", "plan_id", row, why, "a plan that can be"))
    wrong += _meant_for_nothing(rows)
    meant = tuple(
        MeantFor(row["transaction_id"], row["meant_for"] or "", row["recorded_on"]) for row in rows["meant_for"]
    )
    return Commitments(tuple(promises), tuple(plans), meant), wrong


_OF_PLANS = ("plan_payments", "plan_changes")


def _wrong(file: str, column: str, row: Row, why: ValueError, expected: str) -> Wrong:
    return Wrong(file, column, row.get("row", 0), str(why), expected)


def _unknown_plans(rows: RowsOfLoan) -> Iterator[Wrong]:
    plans = {row["plan_id"] for row in rows["plans"]}
    for name, column in (("promises", "about"), *((name, "plan_id") for name in _OF_PLANS)):
        for row in rows[name]:
            if row[column] and row[column] not in plans:
                yield Wrong(name, column, row.get("row", 0), row[column], "a plan_id that plans has for the loan")


def _meant_for_nothing(rows: RowsOfLoan) -> Iterator[Wrong]:
    """Payments said to be for a promise, a plan or a payment of one that the loan doesn't have."""
    known = {row["promise_id"] for row in rows["promises"]} | {row["plan_id"] for row in rows["plans"]}
    counts = Counter(row["plan_id"] for row in rows["plan_payments"])
    known |= {f"{plan}/{place}" for plan, count in counts.items() for place in range(1, count + 1)}
    for row in rows["meant_for"]:
        if row["meant_for"] and row["meant_for"] not in known:
            expected = "a promise_id, a plan_id or a plan's payment, such as A-7/2, of the loan; or nothing"
            yield Wrong("meant_for", "meant_for", row.get("row", 0), row["meant_for"], expected)


def _twice(rows: RowsOfLoan, file: str, column: str, others: set[str]) -> Iterator[Wrong]:
    seen = set(others)
    for row in rows[file]:
        if row[column] in seen:
            yield Wrong(
                file, column, row.get("row", 0), row[column], "each promise and plan of a loan under its own number"
            )
        seen.add(row[column])


def _given(row: Row, *names: str) -> Row:
    """The named columns that have a value; what a row leaves out keeps its default."""
    return {name: row[name] for name in names if row[name] is not None}


def _at(text: str, zone: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))


def _promise(row: Row, zone: str) -> Promise:
    return Promise(
        id=row["promise_id"],
        amount=row["amount"],
        due_on=row["due_on"],
        made_at=_at(row["made_at"], zone),
        zone=row["zone"] or zone,
        about=row["about"] or "",
        recorded_at=_at(row["recorded_at"], zone) if row["recorded_at"] else None,
        made_by=row.get("borrower_id") or "",
        **_given(row, "tolerance_days", "tolerance_amount"),
    )


def _plan(row: Row, own: RowsOfLoan, zone: str) -> Plan:
    payments = [PlanPayment(one["due_on"], one["amount"], one["contract"] or 0) for one in own["plan_payments"]]
    terms = PlanTerms(
        payments=tuple(sorted(payments, key=lambda one: one.on)),
        worked_out_on=row["worked_out_on"],
        accept_by=row["accept_by"],
        zone=row["zone"] or zone,
        change=_change(own["plan_changes"], row["worked_out_on"]),
        counted_up_to=row.get("counted_up_to"),
        **_given(
            row,
            "tolerance_days",
            "tolerance_amount",
            "cooling_off_days",
            "needs_signature",
            "sign_by",
            "contract_too",
        ),
    )
    kind = row.get("kind")
    return Plan(row["plan_id"], terms, tuple(_events(row, zone)), OfferKind(kind) if kind else None)


def _events(row: Row, zone: str) -> Iterator[PlanEvent]:
    for kind, column in (
        (EventKind.OFFERED, "offered_at"),
        (EventKind.ACCEPTED, "accepted_at"),
        (EventKind.SIGNED, "signed_at"),
    ):
        if row[column]:
            yield PlanEvent(kind, _at(row[column], zone), recorded_at=_recorded(row, kind, zone))
    if row["withdrawn_at"]:
        by = By(row["withdrawn_by"]) if row["withdrawn_by"] else None
        at, recorded = _at(row["withdrawn_at"], zone), _recorded(row, EventKind.WITHDRAWN, zone)
        yield PlanEvent(EventKind.WITHDRAWN, at, by, row["reason"] or "", recorded)
    elif row["withdrawn_by"] or row["reason"]:
        raise ValueError("it says who withdrew, or why, but not when: give withdrawn_at")


def _recorded(row: Row, kind: EventKind, zone: str) -> datetime | None:
    """When it was written down, if not at once."""
    given = row.get(f"{kind}_recorded_at")
    return _at(given, zone) if given else None


def _change(rows: Sequence[Row], worked_out_on: date) -> Change | None:
    """What the plan changes; it counts from the first day that a pause or a new schedule names."""
    if not rows:
        return None
    pauses = tuple(_pause(row) for row in _of_kind(rows, "pause"))
    versions = tuple(_versions(_of_kind(rows, "instalment")))
    waivers = tuple(_waiver(row, place) for place, row in enumerate(_of_kind(rows, "waiver"), start=1))
    begins = [one.from_on for one in pauses] + [one.from_on for one in versions]
    return Change(min(begins, default=worked_out_on + timedelta(days=1)), versions, pauses, waivers)


def _of_kind(rows: Iterable[Row], kind: str) -> list[Row]:
    return sorted((row for row in rows if row["kind"] == kind), key=lambda row: row["day"])


def _needed(row: Row, column: str) -> Any:
    if row[column] is None:
        raise ValueError(f"its {row['kind']} of {row['day']} in plan_changes has no {column}")
    return row[column]


def _pause(row: Row) -> Pause:
    if _needed(row, "until_on") <= row["day"]:
        raise ValueError(f"its pause of {row['day']} ends on {row['until_on']}, which isn't later")
    return Pause(row["day"], row["until_on"], **_given(row, "stops_penalty", "stops_fees"))


def _waiver(row: Row, place: int) -> Transaction:
    component = Component(row["component"]) if row["component"] else None
    day = row["day"]
    return Transaction(f"waiver/{place}", Kind.WAIVER, _needed(row, "amount"), day, day, component=component)


def _versions(rows: Sequence[Row]) -> Iterator[ScheduleVersion]:
    """Each new schedule: the instalments that count from one day."""
    for begins in sorted({_needed(row, "counts_from") for row in rows}):
        own = [row for row in rows if row["counts_from"] == begins]
        takes_over = {bool(row["takes_over"]) for row in own}
        if len(takes_over) > 1:
            raise ValueError(f"its schedule from {begins} takes over in some rows and not in others")
        if own[0]["day"] < begins:
            raise ValueError(f"its schedule from {begins} has an instalment due before, on {own[0]['day']}")
        if twice := [
            day for (day, _), times in Counter((row["day"], row.get("drawdown")) for row in own).items() if times > 1
        ]:
            raise ValueError(
                f"its schedule from {begins} has two rows for {twice[0]}: put what falls due on one day into one row"
            )
        yield ScheduleVersion(begins, tuple(_instalment(row) for row in own), takes_over.pop())


def _instalment(row: Row) -> Instalment:
    found = Instalment(
        row["day"],
        _needed(row, "principal"),
        row["interest"] or 0,
        row["fee"] or 0,
        row.get("minimum_payment"),
        row.get("drawdown") or "",
    )
    if found.minimum is not None and found.minimum > found.amount:
        raise ValueError(f"its bill of {found.due_on} in plan_changes is less than its minimum_payment")
    return found
