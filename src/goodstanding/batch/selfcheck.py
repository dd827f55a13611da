"""A lender's own loans computed twice: by the kernel, each of its two ways, and by the reference; and every field compared.

The loans are sampled: one of each of so many equal stretches of the book, chosen by the seed. Which loans a seed chooses
depends on nothing but the book's length. Each side reads the book for itself, the kernel only the columns it reads in a run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch import columns, instalments
from goodstanding.batch.local import FlatFiles, NestedFile
from goodstanding.batch.opening import book_at
from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.results import SCHEMA
from goodstanding.book.read import to_loan
from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan

LOANS_A_TASK = 250
SHOWN_OF_A_TASK = 20
LIMITS = frozenset(
    "day_out_of_range amount_out_of_range rate_out_of_range transaction_amount charges_too_large".split()
)
"""Reasons for which the kernel sets a loan aside that the reference may compute: it says what it can't compute exactly."""

_COMPARED = [name for name in SCHEMA.names if name not in ("loan_id", "product")]
_SET_ASIDE = "set aside"

Field = tuple[str, str, str]
"""What differs: its name, the reference's value, the engine's. Amounts are in minor units."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day to work out, and of what was booked by which day."""

    as_of: date
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every task. policies: the reference's, table: the kernel's. others: for the small sample."""

    book: Path
    policies: Mapping[str, ArrearsPolicy]
    table: PolicyTable
    moment: Moment
    others: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Some loans of a piece of the book, by their places in it. also: those of them that are tried at other moments."""

    piece: int
    places: tuple[int, ...]
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unlike:
    """A loan of which the two say something else."""

    loan_id: str
    moment: Moment
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """comparisons: of a loan at a moment. set_aside: by both. beyond: by the kernel for one of its limits, such_as: one.

    unlike: the first of them; unlike_count: all. loans_unlike: with a difference at any moment.
    """

    loans: int = 0
    comparisons: int = 0
    set_aside: int = 0
    beyond: int = 0
    such_as: str = ""
    unlike: tuple[Unlike, ...] = ()
    unlike_count: int = 0
    loans_unlike: int = 0


def sampled(sizes: Sequence[int], count: int, seed: int, small: int = 0) -> Iterator[Task]:
    """Choose so many loans, or all; sizes: loans in each piece. small: how many of them are tried at other moments."""
    total = sum(sizes)
    count = min(count, total)
    every = max(1, -(-count // small)) if small else 0
    first = 0
    for piece, size in enumerate(sizes):
        if not size:
            continue
        low, high = max(0, first * count // total - 1), min(count, (first + size) * count // total + 2)
        stretch = np.arange(low, high, dtype=np.int64)
        begin, after = stretch * total // count, (stretch + 1) * total // count
        place = begin + (_mixed(stretch, seed) % (after - begin).astype(np.uint64)).astype(np.int64) - first
        inside = (place >= 0) & (place < size)
        also = stretch[inside] % every == 0 if every else np.zeros(int(inside.sum()), np.bool_)
        place = place[inside]
        for at in range(0, len(place), LOANS_A_TASK):
            part, tried = place[at : at + LOANS_A_TASK], also[at : at + LOANS_A_TASK]
            yield Task(piece, tuple(part.tolist()), tuple(part[tried].tolist()))
        first += size


def _mixed(numbers: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.uint64]:
    """Numbers that look drawn by lot, the same for the same seed (SplitMix64)."""
    start = np.uint64((seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % (1 << 64))
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def check(setting: Setting, task: Task) -> Checked:
    """Compute some loans both ways, and say where the two differ."""
    found, unlike = _checked(setting, task.piece, task.places, (setting.moment,))
    again, unlike_then = _checked(setting, task.piece, task.also, setting.others)
    return replace(added(found, again), loans=len(task.places), loans_unlike=len(unlike | unlike_then))


def added(one: Checked, other: Checked) -> Checked:
    """Both together; of the differences themselves only the first are kept, so that memory is bounded."""
    return Checked(
        one.loans + other.loans,
        one.comparisons + other.comparisons,
        one.set_aside + other.set_aside,
        one.beyond + other.beyond,
        one.such_as or other.such_as,
        (one.unlike + other.unlike)[:SHOWN_OF_A_TASK],
        one.unlike_count + other.unlike_count,
        one.loans_unlike + other.loans_unlike,
    )


def _checked(
    setting: Setting, piece: int, places: Sequence[int], moments: Sequence[Moment]
) -> tuple[Checked, set[int]]:
    """What the comparison of some loans came to, and the places of those that differ."""
    differing: set[int] = set()
    if not places or not moments:
        return Checked(), differing
    chosen = pa.array(places, pa.int64())
    batch = _numbered(_as_the_kernel_reads(setting.book, piece).take(chosen))
    rows = _whole(setting.book, piece).take(chosen).to_pylist()
    loans = [_loan_or_why(row) for row in rows]
    set_aside, beyond, such_as, count = 0, 0, "", 0
    unlike: list[Unlike] = []
    for moment in moments:
        engine = _by_kernel(batch, setting.table, moment)
        for at, (row, loan) in enumerate(zip(rows, loans, strict=True)):
            ours, theirs = _by_reference(loan, setting, moment), engine[at]
            if isinstance(ours, str) and isinstance(theirs, _Refusal):
                set_aside += 1
            elif isinstance(theirs, _Refusal) and _is_beyond(theirs, loan, setting.table):
                beyond, such_as = beyond + 1, such_as or str(row["loan_id"])
            elif fields := _fields_unlike(ours, theirs):
                count += 1
                differing.add(places[at])
                if len(unlike) < SHOWN_OF_A_TASK:
                    unlike.append(Unlike(str(row["loan_id"]), moment, fields))
    done = len(places) * len(moments)
    return Checked(len(places), done, set_aside, beyond, such_as, tuple(unlike), count), differing


@lru_cache(maxsize=1)
def _source(book: Path) -> NestedFile | FlatFiles:
    return book_at(book)


@lru_cache(maxsize=1)
def _as_the_kernel_reads(book: Path, piece: int) -> pa.RecordBatch:
    return _source(book).read(piece)


@lru_cache(maxsize=1)
def _whole(book: Path, piece: int) -> pa.RecordBatch:
    return _source(book).read_whole(piece)


def _numbered(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Loans by their number instead of their id, so that each answer is found again whatever the ids are."""
    place = batch.schema.get_field_index("loan_id")
    return batch.set_column(place, "loan_id", pa.array([str(at) for at in range(batch.num_rows)]))


# -- the two sides --------------------------------------------------------------------------------------------------

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What the kernel says of a loan that it sets aside."""

    reason: str
    sentence: str


def _by_kernel(batch: pa.RecordBatch, table: PolicyTable, moment: Moment) -> list[tuple[Row, Row] | _Refusal]:
    """By place: the row of a run, and the row that goes event by event with its instalments and drawdowns; or a refusal."""
    plain, set_aside = columns.assess_batch(batch, table, as_of=moment.as_of, known_on=moment.known_on)
    detail = instalments.assess_in_detail(batch, table, as_of=moment.as_of, known_on=moment.known_on)
    listed: dict[str, Row] = {row["loan_id"]: row | _no_positions() for row in detail.loans.to_pylist()}
    for name, rows in (("instalments", detail.instalments), ("drawdowns", detail.drawdowns)):
        for row in rows.to_pylist():
            listed[row.pop("loan_id")][name].append(row)
    found: dict[str, tuple[Row, Row] | _Refusal] = {
        row["loan_id"]: (row, listed.get(row["loan_id"], {})) for row in plain.to_pylist()
    }
    found |= {row["loan_id"]: _Refusal(row["reason"], row["sentence"]) for row in set_aside.to_pylist()}
    return [found[str(at)] for at in range(batch.num_rows)]


def _no_positions() -> Row:
    return {"instalments": [], "drawdowns": []}


def _by_reference(loan: Loan | str, setting: Setting, moment: Moment) -> Assessment | str:
    """The assessment, or why there is none."""
    if isinstance(loan, str):
        return loan
    policy = setting.policies.get(setting.table.named(loan.product))
    if policy is None:
        return f"there is no policy for product {loan.product!r}"
    if setting.table.currency not in ("", loan.currency):
        return f"it is in {loan.currency}"
    try:
        return assess(loan, policy, as_of=moment.as_of, known_on=moment.known_on)
    except CannotAssess as why:
        return str(why)


def _loan_or_why(row: Row) -> Loan | str:
    """The loan that a row is, or why it is none; the columns that a book may leave out say nothing."""
    try:
        history = [
            {"reverses": None, "component": None, "instalment": None, **one, "id": one.get("id") or f"{place:06}"}
            for place, one in enumerate(row["transactions"])
        ]
        if any(one["reverses"] is not None and not 0 <= one["reverses"] < len(history) for one in history):
            return "a transaction reverses one that isn't there"
        versions = [one | {"schedule": _schedule(one["schedule"])} for one in row.get("versions") or ()]
        said = {"transactions": history, "schedule": _schedule(row["schedule"]), "versions": versions}
        return to_loan(row | said | {"pauses": row.get("pauses") or []})
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
        return f"its row can't be read as a loan: {wrong}"


def _schedule(parts: Sequence[Row]) -> list[Row]:
    return [{"fee": 0, "minimum": None, **part} for part in parts]


# -- comparing ------------------------------------------------------------------------------------------------------


def _is_beyond(theirs: _Refusal, loan: Loan | str, table: PolicyTable) -> bool:
    is_left_out = isinstance(loan, Loan) and table.named(loan.product) in table.left_out
    return theirs.reason in LIMITS or is_left_out


def _fields_unlike(ours: Assessment | str, theirs: tuple[Row, Row] | _Refusal) -> tuple[Field, ...]:
    if isinstance(ours, str):
        return ((_SET_ASIDE, ours, "no"),)
    if isinstance(theirs, _Refusal):
        return ((_SET_ASIDE, "no", theirs.sentence),)
    plain, detail = theirs
    expected = {name: getattr(ours, name) for name in _COMPARED}
    positions = {
        "instalments": [_flat(asdict(one)) for one in ours.instalments],
        "drawdowns": [_flat(asdict(one)) for one in ours.drawdowns],
    }
    found = _unlike_in("", expected, plain)
    if not found:
        found = _unlike_in("event by event, ", expected, detail)
    for name, listed in positions.items():
        found += _unlike_lists(name, listed, detail.get(name, []))
    return tuple(found)


def _unlike_in(where: str, ours: Row, theirs: Row) -> list[Field]:
    return [
        (f"{where}{name}", str(value), str(theirs.get(name)))
        for name, value in ours.items()
        if name not in theirs or theirs[name] != value
    ]


def _unlike_lists(name: str, ours: Sequence[Row], theirs: Sequence[Row]) -> list[Field]:
    if len(ours) != len(theirs):
        return [(f"number of {name}", str(len(ours)), str(len(theirs)))]
    pairs = enumerate(zip(ours, theirs, strict=True), start=1)
    return [field for at, (one, other) in pairs for field in _unlike_in(f"{name} {at}, ", one, other)]


def _flat(position: Row) -> Row:
    """A position with a value for each component, as the columns of instalments have it."""
    row: Row = {}
    for name, value in position.items():
        row |= {f"{name}_{of}": amount for of, amount in value.items()} if isinstance(value, dict) else {name: value}
    return row
