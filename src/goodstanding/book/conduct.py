"""How people were approached, what they allowed and wished, and what keeps us from asking: read from a book's own files.

An instant without an offset is the wall clock of the book's zone; times of day are those where the person is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.book.conduct_files import CONDUCT_NAMES, WEEKDAYS
from goodstanding.core.conduct.facts import (
    Channel,
    Consent,
    Contact,
    Direction,
    Hold,
    Outcome,
    Place,
    Preference,
    Purpose,
    Relation,
    Wish,
)
from goodstanding.core.conduct.vocabulary import HoldKind
from goodstanding.core.conduct.windows import minutes_of


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a book says of one person for the gate. contacts: in order of time.

    gaps: the files in which rows of the person couldn't be read: who asks mustn't take it that they say nothing.
    hold_answers: what the holds say by name, as text, in the order of holds. answers: what only some rules ask, by loan (empty: all
    of the person's), as name and value.
    """

    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()
    holds: tuple[Hold, ...] = ()
    preferences: tuple[Preference, ...] = ()
    gaps: tuple[str, ...] = ()
    hold_answers: tuple[str, ...] = ()
    answers: tuple[tuple[str, str, str], ...] = ()


def read_conduct(path: Path, ids: Iterable[str], zone: str) -> dict[str, Conduct]:
    """Read the files of a book for these people; each of them has an entry.

    A hold that lies on a debt holds for everybody who answers for that debt: so does what can't be read of such a person's holds.
    """
    people, home = sorted(set(ids)), ZoneInfo(zone)
    rows = {name: _rows(path / f"{name}.parquet", people) for name in (*CONDUCT_NAMES, GAPS)}
    for name, held in _on_shared_debts(path, people).items():
        for one, more in held.items():
            rows[name].setdefault(one, []).extend(more)
    return {one: _conduct({name: held.get(one, []) for name, held in rows.items()}, home) for one in people}


GAPS = "conduct_gaps"
ON_THE_DEBT = (
    HoldKind.DISPUTE,
    HoldKind.ORIGINAL_CREDITOR_REQUEST,
    HoldKind.BREATHING_SPACE,
    HoldKind.MENTAL_HEALTH_CRISIS,
    HoldKind.PLAN,
    HoldKind.PROMISE,
)
"""Kinds of hold that are on a debt and not on a person alone: collecting it from another who answers for it is still collecting it
(12 CFR 1006.38(c), (d)(2); CONC 7.14.1R; SI 2020/1311 for joint borrowers)."""


def _on_shared_debts(path: Path, people: list[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Rows of holds and gaps, by file and by who is asked about, that others left on debts which both answer for."""
    holds, gaps = path / "holds.parquet", path / f"{GAPS}.parquet"
    on_debts = (
        pq.read_table(holds, filters=pc.field("kind").isin(list(map(str, ON_THE_DEBT)))).to_pylist()
        if holds.is_file()
        else []
    )
    unread = pq.read_table(gaps, filters=pc.field("file") == "holds").to_pylist() if gaps.is_file() else []
    owners = {row["borrower_id"] for row in (*on_debts, *unread)}
    if not owners:
        return {}
    loans = _loans_of(path, owners | set(people))
    found: dict[str, dict[str, list[dict[str, Any]]]] = {"holds": {}, GAPS: {}}
    for row in on_debts:
        named = set(_many(row["loan_id"]))
        for one in people:
            shared = loans.get(one, set()) & loans.get(row["borrower_id"], set())
            about = sorted(shared & named if named else shared)
            if about and one != row["borrower_id"]:
                found["holds"].setdefault(one, []).append({**row, "loan_id": ";".join(about)})
    for row in unread:
        for one in people:
            if one != row["borrower_id"] and loans.get(one, set()) & loans.get(row["borrower_id"], set()):
                found[GAPS].setdefault(one, []).append(row)
    return found


def _loans_of(path: Path, people: set[str]) -> dict[str, set[str]]:
    """The loans that each of these people answers for, as borrower or beside one."""
    found: dict[str, set[str]] = {}
    wanted = pc.field("borrower_id").isin(pa.array(sorted(people), pa.string()))
    for name in ("book", "parties"):
        if (path / f"{name}.parquet").is_file():
            table = pq.read_table(path / f"{name}.parquet", columns=["loan_id", "borrower_id"], filters=wanted)
            for row in table.to_pylist():
                found.setdefault(row["borrower_id"], set()).add(row["loan_id"])
    return found


def _rows(path: Path, people: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    if path.is_file():
        wanted = pc.field("borrower_id").isin(pa.array(people, pa.string()))
        for row in pq.read_table(path, filters=wanted).to_pylist():
            found.setdefault(row["borrower_id"], []).append(row)
    return found


def _conduct(rows: dict[str, list[dict[str, Any]]], zone: ZoneInfo) -> Conduct:
    return Conduct(
        contacts=tuple(sorted((_contact(row, zone) for row in rows["contacts"]), key=lambda one: one.at)),
        consents=tuple(_consent(row, zone) for row in rows["consents"]),
        holds=tuple(_hold(row, zone) for row in rows["holds"]),
        preferences=tuple(_preference(row, zone) for row in rows["preferences"]),
        gaps=tuple(dict.fromkeys(row["file"] for row in rows[GAPS])),
        hold_answers=tuple(row["answers"] or "" for row in rows["holds"]),
        answers=tuple((row["loan_id"] or "", row["name"], row["value"]) for row in rows["answers"]),
    )


def _at(text: str, zone: ZoneInfo) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _maybe_at(text: str | None, zone: ZoneInfo) -> datetime | None:
    return None if text is None else _at(text, zone)


def _many(text: str | None) -> tuple[str, ...]:
    return tuple(one for part in (text or "").split(";") if (one := part.strip()))


def _given(row: dict[str, Any], **readers: Callable[[Any], Any]) -> dict[str, Any]:
    """The named columns that have a value, read; what a row leaves out keeps its default."""
    return {name: read(row[name]) for name, read in readers.items() if row[name] is not None}


def _as_is(value: Any) -> Any:
    return value


def _contact(row: dict[str, Any], zone: ZoneInfo) -> Contact:
    return Contact(
        at=_at(row["sent_at"], zone),
        channel=Channel(row["channel"]),
        person=row["borrower_id"],
        debts=_many(row["loan_id"]),
        disclosures=_many(row["disclosures"]),
        misdirected_known_at=_maybe_at(row["misdirected_known_at"], zone),
        **_given(
            row,
            direction=Direction,
            outcome=Outcome,
            address=_as_is,
            relation=Relation,
            place=Place,
            purpose=Purpose,
            automated=_as_is,
            effective=_as_is,
            by=_as_is,
            required_by_law=_as_is,
        ),
    )


def _consent(row: dict[str, Any], zone: ZoneInfo) -> Consent:
    return Consent(
        what=row["what"],
        given_at=_at(row["given_at"], zone),
        begins_at=_maybe_at(row.get("begins_at"), zone),
        withdrawn_at=_maybe_at(row["withdrawn_at"], zone),
        until=_maybe_at(row["until"], zone),
        debts=_many(row["loan_id"]),
        **_given(
            row, from_time=minutes_of, to_time=minutes_of, address=_as_is, given_to=_as_is, in_permitted_contact=_as_is
        ),
    )


def _hold(row: dict[str, Any], zone: ZoneInfo) -> Hold:
    return Hold(row["kind"], _at(row["began_at"], zone), _maybe_at(row["until"], zone), debts=_many(row["loan_id"]))


def _preference(row: dict[str, Any], zone: ZoneInfo) -> Preference:
    return Preference(
        wish=Wish(row["wish"]),
        received_at=_at(row["received_at"], zone),
        withdrawn_at=_maybe_at(row["withdrawn_at"], zone),
        channels=frozenset(Channel(one) for one in _many(row["channels"])),
        addresses=frozenset(_many(row["addresses"])),
        places=frozenset(Place(one) for one in _many(row["places"])),
        weekdays=frozenset(WEEKDAYS.index(one) for one in _many(row["weekdays"])),
        **_given(row, from_time=minutes_of, to_time=minutes_of),
    )
