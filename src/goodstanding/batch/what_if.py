"""The kernel as the engine of ways out: many loans as they would be, on many days, in one call for each round of questions.

It answers `core.plans.pricing` question by question as the reference does. What a loan holds today is turned into rows once, and each
world adds its own change and payments to them; a world asked about on several days is turned into rows once as well.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.batch.columns import run_kernel
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.kernel import COLUMN_TYPES, NO_DETAIL, Columns
from goodstanding.batch.nesting import row_of
from goodstanding.batch.policies import DAY_COUNTS, EPOCH, PolicyTable
from goodstanding.book.schema import COMPONENT_CODES, KIND_CODES
from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Instalment, Kind, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.offers import Position
from goodstanding.core.plans.pricing import Answer, Closing, Figure, Question, World
from goodstanding.core.plans.ways_out import WaysOut, answered_together, ways_out

_TYPES = {name: np.dtype(str(kind.dtype)) for name, kind in COLUMN_TYPES.items() if name != "openings"}
_DAY_COUNT_CODES = {count.value: place for place, count in enumerate(DAY_COUNTS)}
_NONE = layout.NONE
_KEPT_LOANS = 4096
_MOVE = ("kind", "amount", "effective_on", "booked_on", "reverses", "component", "instalment")
_PART = ("due_on", "principal", "interest", "fee", "minimum", "drawdown")
_PAUSE = ("paused_from", "paused_until", "stops_penalty", "stops_fees")
_PAYMENT = np.array([[KIND_CODES[Kind.PAYMENT]], [0], [0], [0], [_NONE], [-1], [_NONE]], np.int64)
_HEAD = ("policy_of", "principal", "rate_ppm", "day_count", "disbursed_on")
_SCHEDULED = ("due_on", "due_principal", "due_interest", "due_fee", "minimum", "drawdown")
_PLANNED = tuple(f"version_{name}" for name in _PART)
_EPOCH_DAY = date.fromordinal(EPOCH)
_AT_ONCE = 512
"""Worlds in one call: so many that the call itself costs little, so few that what it writes stays in the processor's cache."""


def ways_out_of_many(
    positions: Sequence[Position], rails: GuardRails, limits: Sequence[Sequence[LegalLimit]], kernel: "WhatIf"
) -> list[WaysOut]:
    """The ways out of many loans, each as if it had been asked for alone. limits: of each loan's product.

    A few hundred at a time are best. The collector of cycles rests meanwhile: it would walk over all that is half done, again and again.
    """
    rested = gc.isenabled()
    gc.disable()
    try:
        asked = [ways_out(one, rails, its) for one, its in zip(positions, limits, strict=True)]
        return answered_together(asked, kernel)
    finally:
        if rested:
            gc.enable()


Rows = npt.NDArray[np.int64]
"""A table of numbers, one row for each column of the kernel."""


@dataclass(frozen=True, slots=True)
class _Version:
    begun: int
    takes_over: int
    parts: Rows


@dataclass(frozen=True, slots=True)
class _Base:
    """A loan as it is: its head, its instalments, transactions, pauses, versions; its opening, if it has one."""

    head: tuple[int, int, int, int, int]
    parts: Rows
    moves: Rows
    pauses: Rows
    versions: tuple[_Version, ...]
    opening: list[int] | None
    drawdowns: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Added:
    """What a world adds to a loan."""

    moves: tuple[Rows, ...]
    pauses: tuple[Rows, ...]
    versions: tuple[_Version, ...]


_Asked = tuple[_Base, _Added, int]
"""A loan, what a world adds to it, and the day's number."""


class WhatIf:
    """Answers questions about loans of some policies; `goodstanding.core.plans.pricing.Figures`."""

    def __init__(self, policies: PolicyTable) -> None:
        self._policies = policies
        self._bases: dict[int, tuple[Loan, _Base]] = {}

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question; "" for a loan that the kernel can't compute."""
        # the same world of the same loan is computed once a day
        places: dict[tuple[int, int, int, date, bool], int] = {}
        worlds: dict[tuple[int, int, int], tuple[_Base, _Added]] = {}
        asked, wanted = list[_Asked](), list[int]()
        in_detail, at_large = list[int](), list[int]()
        for one in questions:
            world = one.world
            key = id(one.loan), id(world.change), id(world.payments)
            place = places.setdefault((*key, one.on, one.whole), len(asked))
            wanted.append(place)
            if place < len(asked):
                continue
            found = worlds.get(key)
            if found is None:
                base = self._base(one.loan)
                found = worlds[key] = base, _added(base, world)
            asked.append((*found, _number(one.on)))
            (in_detail if one.whole else at_large).append(place)
        answers: list[Answer] = [""] * len(asked)
        for listed, answered in ((in_detail, self._figures), (at_large, self._closings)):
            for start in range(0, len(listed), _AT_ONCE):
                now = listed[start : start + _AT_ONCE]
                for place, answer in zip(now, answered(_columns([asked[one] for one in now])), strict=True):
                    answers[place] = answer
        return [answers[place] for place in wanted]

    def _figures(self, columns: Columns) -> Iterator[Answer]:
        detail = room_for_detail(columns)
        out = run_kernel(columns, self._policies, _EPOCH_DAY, None, detail)
        return _figures(out, detail.positions_at, detail.positions, columns.asked_on)

    def _closings(self, columns: Columns) -> Iterator[Answer]:
        """Without instalments, most loans go the kernel's short way."""
        out = run_kernel(columns, self._policies, _EPOCH_DAY, None, NO_DETAIL)
        for status, *closing in out[_CLOSING].T.tolist():
            yield Closing(*closing) if status == layout.OK else ""

    def _base(self, loan: Loan) -> _Base:
        kept = self._bases.get(id(loan))
        if kept is not None and kept[0] is loan:
            return kept[1]
        if len(self._bases) >= _KEPT_LOANS:
            self._bases.clear()
        base = _base_of(loan, self._policies)
        self._bases[id(loan)] = loan, base
        return base


def _base_of(loan: Loan, policies: PolicyTable) -> _Base:
    row = row_of(loan)
    names = sorted({"", *(one.drawdown for one in _every_part(loan))})
    numbers = {name: place for place, name in enumerate(names)}
    opening = None
    if row["opening"]:
        values = (row["opening"][name] for name in layout.OPENING_COLUMNS)
        opening = [_number(one) if isinstance(one, date) else _NONE if one is None else one for one in values]
    return _Base(
        (
            policies.place_of(loan.product),
            loan.principal,
            loan.annual_rate.ppm,
            _DAY_COUNT_CODES[row["day_count"]],
            _number(loan.disbursed_on),
        ),
        _rows([_part(one, numbers) for one in loan.schedule], len(_PART)),
        _rows([_listed(one) for one in row["transactions"]], len(_MOVE)),
        _rows([_pause(one) for one in loan.pauses], len(_PAUSE)),
        tuple(_version(one, numbers) for one in loan.versions),
        opening,
        numbers,
    )


def _every_part(loan: Loan) -> Iterator[Instalment]:
    yield from loan.schedule
    for version in loan.versions:
        yield from version.schedule


def _number(day: date) -> int:
    return day.toordinal() - EPOCH


def _part(one: Instalment, drawdowns: dict[str, int]) -> tuple[int, ...]:
    minimum = _NONE if one.minimum is None else one.minimum
    number = drawdowns[one.drawdown] if one.drawdown else 0
    return one.due_on.toordinal() - EPOCH, one.principal, one.interest, one.fee, minimum, number


def _listed(one: dict[str, Any]) -> tuple[int, ...]:
    return (
        one["kind"],
        one["amount"],
        _number(one["effective_on"]),
        _number(one["booked_on"]),
        _NONE if one["reverses"] is None else one["reverses"],
        -1 if one["component"] is None else one["component"],
        _NONE if one["instalment"] is None else one["instalment"],
    )


def _waiver(one: Transaction) -> tuple[int, ...]:
    component = -1 if one.component is None else COMPONENT_CODES[one.component]
    on = _number(one.effective_on)
    return KIND_CODES[one.kind], one.amount, on, on, _NONE, component, _NONE


def _pause(one: Pause) -> tuple[int, ...]:
    return _number(one.from_on), _number(one.until_on), one.stops_penalty, one.stops_fees


def _version(one: ScheduleVersion, drawdowns: dict[str, int]) -> _Version:
    parts = _rows([_part(part, drawdowns) for part in one.schedule], len(_PART))
    return _Version(_number(one.from_on), int(one.takes_over), parts)


def _added(base: _Base, world: World) -> _Added:
    change, moves = world.change, list[Rows]()
    if change.waivers:
        moves.append(_rows([_waiver(one) for one in change.waivers], len(_MOVE)))
    if world.payments:
        paid = np.empty((len(_MOVE), len(world.payments)), np.int64)
        paid[:] = _PAYMENT
        paid[_MOVE.index("amount")] = [one.amount for one in world.payments]
        days = [one.on.toordinal() - EPOCH for one in world.payments]
        paid[_MOVE.index("effective_on")] = paid[_MOVE.index("booked_on")] = days
        moves.append(paid)
    return _Added(
        tuple(moves),
        (_rows([_pause(one) for one in change.pauses], len(_PAUSE)),) if change.pauses else (),
        tuple(_version(one, base.drawdowns) for one in change.versions),
    )


def _columns(asked: Sequence[_Asked]) -> Columns:
    """The kernel's columns of loans as they would be, each with its day."""
    moves, pauses, versions = list[Rows](), list[Rows](), list[_Version]()
    moves_at, pauses_at, versions_at = [0], [0], [0]
    openings, opening_of = list[list[int]](), list[int]()
    move, pause = 0, 0
    for base, added, _ in asked:
        moves.append(base.moves)
        move += base.moves.shape[1]
        for one in added.moves:
            moves.append(one)
            move += one.shape[1]
        moves_at.append(move)
        for one in (base.pauses, *added.pauses):
            pauses.append(one)
            pause += one.shape[1]
        pauses_at.append(pause)
        versions += base.versions
        versions += added.versions
        versions_at.append(len(versions))
        opening_of.append(-1 if base.opening is None else len(openings))
        if base.opening is not None:
            openings.append(base.opening)
    parts = [base.parts for base, _, _ in asked]
    found: dict[str, Any] = dict(zip(_HEAD, _rows([base.head for base, _, _ in asked], len(_HEAD)), strict=True))
    found |= zip(_SCHEDULED, np.concatenate(parts, axis=1), strict=True)
    found |= zip(_MOVE, np.concatenate(moves, axis=1), strict=True)
    found |= zip(_PAUSE, np.concatenate(pauses, axis=1), strict=True)
    planned = [one.parts for one in versions]
    found |= zip(_PLANNED, np.concatenate(planned, axis=1) if planned else _rows([], len(_PART)), strict=True)
    found |= {
        "schedule_at": _offsets(parts),
        "moves_at": moves_at,
        "pauses_at": pauses_at,
        "versions_at": versions_at,
        "version_schedule_at": _offsets(planned),
        "version_from": [one.begun for one in versions],
        "takes_over": [one.takes_over for one in versions],
        "opening_of": opening_of,
        "repeats": (),
        "has_null": (),
        "asked_on": [day for _, _, day in asked],
    }
    if not versions:
        found["versions_at"] = ()
    if not pause:
        found["pauses_at"] = ()
    if not openings:
        found["opening_of"] = ()
    if not (found["minimum"] != _NONE).any():
        found["minimum"] = ()
    if not (found["drawdown"].any() or found["version_drawdown"].any()):
        found["drawdown"] = found["version_drawdown"] = ()
    width = len(layout.OPENING_COLUMNS)
    table = np.array(openings, np.int64).reshape(len(openings), width)
    table.flags.writeable = False
    return Columns(**{name: _fixed(found[name], kind) for name, kind in _TYPES.items()}, openings=table)


def _offsets(tables: Sequence[Rows]) -> list[int]:
    return [0, *accumulate(one.shape[1] for one in tables)]


def _rows(listed: Sequence[Sequence[int]], width: int) -> Rows:
    """Rows turned into columns."""
    return np.array(listed, np.int64).reshape(len(listed), width).T


def _fixed(values: Any, kind: Any) -> Any:
    array = np.array(values, kind)
    array.flags.writeable = False
    return array


def _figures(out: Any, offsets: Any, positions: Any, asked_on: Any) -> Iterator[Answer]:
    """Sums over each loan's instalments, beside its own figures; as `pricing.figure_of` has them."""
    positions, day = positions[:, : offsets[-1]], np.repeat(asked_on, np.diff(offsets))
    due_on = positions[layout.POSITION_DUE_ON]
    opened = positions[layout.POSITION_OPEN : layout.POSITION_OPEN + 5]
    paid = positions[layout.POSITION_PAID : layout.POSITION_PAID + 5].sum(axis=0)
    rows = np.concatenate([opened, (paid * (due_on > day))[None]])
    sums = np.zeros((len(rows), positions.shape[1] + 1), np.int64)
    np.cumsum(rows, axis=1, out=sums[:, 1:])
    by_loan = (sums[:, offsets[1:]] - sums[:, offsets[:-1]]).T.tolist()
    alone = out[_ROWS].T.tolist()
    return _read(alone, by_loan, asked_on.tolist())


_ROWS = [
    layout.RESULTS.index(name)
    for name in "status amount_to_cure next_due_on next_due payoff unapplied outstanding_principal".split()
]
_CLOSING = [layout.RESULTS.index(name) for name in "status payoff unapplied outstanding_principal".split()]


def _read(alone: Iterable[Sequence[int]], by_loan: Iterable[Sequence[int]], days: Iterable[int]) -> Iterator[Answer]:
    for (status, cure, next_on, next_due, payoff, held, principal), sums, day in zip(alone, by_loan, days, strict=True):
        if status != layout.OK:
            yield ""
            continue
        due = next_due if next_on == day else 0
        yield Figure(payoff, held, principal, cure, due, sums[5], Owed(*sums[:5]))
