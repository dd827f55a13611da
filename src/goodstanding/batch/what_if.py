"""The kernel as the engine of ways out: many loans as they would be, on many days, in as few calls as there are days.

It answers `core.plans.pricing` question by question as the reference does. What a loan holds today is turned into columns once, and each
world adds its own change and payments to them.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from goodstanding.batch import layout
from goodstanding.batch.columns import run_kernel
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.kernel import COLUMN_TYPES, Columns
from goodstanding.batch.nesting import row_of
from goodstanding.batch.policies import DAY_COUNTS, EPOCH, PolicyTable
from goodstanding.book.schema import COMPONENT_CODES, KIND_CODES
from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Instalment, Kind, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.offers import Position
from goodstanding.core.plans.pricing import Answer, Figure, Question, World
from goodstanding.core.plans.ways_out import WaysOut, answered_together, ways_out

_TYPES = {name: np.dtype(str(kind.dtype)) for name, kind in COLUMN_TYPES.items() if name != "openings"}
_DAY_COUNT_CODES = {count.value: place for place, count in enumerate(DAY_COUNTS)}
_NONE = layout.NONE
_KEPT_LOANS = 4096
_MOVE = ("kind", "amount", "effective_on", "booked_on", "reverses", "component", "instalment")
_PART = ("due_on", "principal", "interest", "fee", "minimum", "drawdown")
_PAUSE = ("paused_from", "paused_until", "stops_penalty", "stops_fees")
_PAYMENT_CODE = KIND_CODES[Kind.PAYMENT]


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


@dataclass(slots=True)
class _Base:
    """A loan as it is, in rows of numbers: of its head, its instalments, transactions, pauses, versions; its opening, if it has one."""

    head: tuple[int, int, int, int, int]
    parts: list[tuple[int, ...]]
    moves: list[tuple[int, ...]]
    pauses: list[tuple[int, ...]]
    versions: list[tuple[int, int, list[tuple[int, ...]]]]
    opening: list[int] | None
    drawdowns: dict[str, int]


class WhatIf:
    """Answers questions about loans of some policies; `goodstanding.core.plans.pricing.Figures`."""

    def __init__(self, policies: PolicyTable) -> None:
        self._policies = policies
        self._bases: dict[int, tuple[Loan, _Base]] = {}

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question; "" for a loan that the kernel can't compute."""
        by_day: dict[date, dict[tuple[int, int, int], list[int]]] = {}
        for place, one in enumerate(questions):
            # the same world of the same loan is computed once a day
            key = id(one.loan), id(one.world.change), id(one.world.payments)
            by_day.setdefault(one.on, {}).setdefault(key, []).append(place)
        answers: list[Answer] = [""] * len(questions)
        for day, worlds in by_day.items():
            asked = [questions[places[0]] for places in worlds.values()]
            for places, answer in zip(worlds.values(), self._on(day, asked), strict=True):
                for place in places:
                    answers[place] = answer
        return answers

    def _on(self, day: date, asked: Sequence[Question]) -> Iterator[Answer]:
        bases = [self._base(one.loan) for one in asked]
        columns = _columns([(base, one.world) for base, one in zip(bases, asked, strict=True)], day)
        detail = room_for_detail(columns)
        out = run_kernel(columns, self._policies, day, None, detail)
        return _figures(out, detail.positions_at, detail.positions, _number(day))

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
        [_part(one, numbers) for one in loan.schedule],
        [_listed(one) for one in row["transactions"]],
        [_pause(one) for one in loan.pauses],
        [_version(one, numbers) for one in loan.versions],
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


def _version(one: ScheduleVersion, drawdowns: dict[str, int]) -> tuple[int, int, list[tuple[int, ...]]]:
    return _number(one.from_on), int(one.takes_over), [_part(part, drawdowns) for part in one.schedule]


def _columns(worlds: Sequence[tuple[_Base, World]], day: date) -> Columns:
    """The kernel's columns of loans as they would be; what happens after the day is left out, for it changes nothing."""
    parts, moves, pauses, planned = [], [], [], []
    openings: list[list[int]] = []
    schedule_at, moves_at, pauses_at, versions_at, planned_at = [0], [0], [0], [0], [0]
    version_from, takes_over, opening_of = [], [], []
    for base, world in worlds:
        change = world.change
        parts += base.parts
        moves += base.moves
        moves += [_waiver(one) for one in change.waivers]
        for one in world.payments:
            if one.on <= day:
                on = one.on.toordinal() - EPOCH
                moves.append((_PAYMENT_CODE, one.amount, on, on, _NONE, -1, _NONE))
        pauses += base.pauses
        pauses += [_pause(one) for one in change.pauses]
        for begun, takes, schedule in (*base.versions, *(_version(one, base.drawdowns) for one in change.versions)):
            version_from.append(begun)
            takes_over.append(takes)
            planned += schedule
            planned_at.append(len(planned))
        opening_of.append(-1 if base.opening is None else len(openings))
        if base.opening is not None:
            openings.append(base.opening)
        for offsets, listed in (
            (schedule_at, parts),
            (moves_at, moves),
            (pauses_at, pauses),
            (versions_at, version_from),
        ):
            offsets.append(len(listed))
    heads = _rows([base.head for base, _ in worlds], 5)
    found = dict(zip(("policy_of", "principal", "rate_ppm", "day_count", "disbursed_on"), heads, strict=True))
    found |= dict(
        zip(("due_on", "due_principal", "due_interest", "due_fee", "minimum", "drawdown"), _rows(parts, 6), strict=True)
    )
    found |= dict(zip(_MOVE, _rows(moves, 7), strict=True))
    found |= dict(zip(_PAUSE, _rows(pauses, 4), strict=True))
    found |= dict(zip((f"version_{name}" for name in _PART), _rows(planned, 6), strict=True))
    found |= {
        "schedule_at": schedule_at,
        "moves_at": moves_at,
        "pauses_at": pauses_at,
        "versions_at": versions_at,
        "version_schedule_at": planned_at,
        "version_from": version_from,
        "takes_over": takes_over,
        "opening_of": opening_of,
        "repeats": (),
        "has_null": (),
    }
    if not any(found["drawdown"]) and not any(found["version_drawdown"]):
        found["drawdown"] = found["version_drawdown"] = ()
    width = len(layout.OPENING_COLUMNS)
    table = np.array(openings, np.int64).reshape(len(openings), width)
    table.flags.writeable = False
    return Columns(**{name: _fixed(found[name], name) for name in _TYPES}, openings=table)


def _rows(listed: Sequence[Sequence[int]], width: int) -> Any:
    """Rows turned into columns."""
    return np.array(listed, np.int64).reshape(len(listed), width).T


def _fixed(values: Any, name: str) -> Any:
    array = np.array(values, _TYPES[name])
    array.flags.writeable = False
    return array


def _figures(out: Any, offsets: Any, positions: Any, day: int) -> Iterator[Answer]:
    """Sums over each loan's instalments, beside its own figures; as `pricing.figure_of` has them."""
    positions = positions[:, : offsets[-1]]
    due_on = positions[layout.POSITION_DUE_ON]
    opened = positions[layout.POSITION_OPEN : layout.POSITION_OPEN + 5]
    paid = positions[layout.POSITION_PAID : layout.POSITION_PAID + 5].sum(axis=0)
    overdue = positions[layout.POSITION_OVERDUE : layout.POSITION_OVERDUE + 5].sum(axis=0)
    falls_due = (due_on == day) & (positions[layout.POSITION_DAYS] == 0)
    rows = np.concatenate(
        [
            opened,
            (paid * (due_on > day))[None],
            ((opened.sum(axis=0) - overdue) * falls_due)[None],
            falls_due.astype(np.int64)[None],
        ]
    )
    sums = np.zeros((len(rows), positions.shape[1] + 1), np.int64)
    np.cumsum(rows, axis=1, out=sums[:, 1:])
    by_loan = (sums[:, offsets[1:]] - sums[:, offsets[:-1]]).T.tolist()
    alone = out[_ROWS].T.tolist()
    return _read(alone, by_loan, day)


_ROWS = [
    layout.RESULTS.index(name)
    for name in "status amount_to_cure next_due_on next_due payoff unapplied outstanding_principal".split()
]


def _read(alone: Iterable[Sequence[int]], by_loan: Iterable[Sequence[int]], day: int) -> Iterator[Answer]:
    for (status, cure, next_on, next_due, payoff, held, principal), sums in zip(alone, by_loan, strict=True):
        if status != layout.OK:
            yield ""
            continue
        due = next_due if next_on == day else 0
        if sums[7] > 1:
            due = max(due, sums[6])
        yield Figure(cure, due, payoff, sums[5], held, principal, Owed(*sums[:5]))
