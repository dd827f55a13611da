"""The kernel as the engine of ways out: many loans as they would be, on many days, in one call for each round of questions.

It answers `core.plans.pricing` question by question as the reference does. What a loan holds today is turned into rows once, and each
world adds its own change and payments to them; a world asked about on several days is turned into rows once as well.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.batch.kernel import COLUMN_TYPES, Columns
from goodstanding.batch.nesting import is_paid_ahead, row_of
from goodstanding.batch.policies import DAY_COUNTS, EPOCH, PolicyTable, PolicyTooLarge, policy_table
from goodstanding.batch.several_days import Numbers, run_on_days
from goodstanding.book.schema import COMPONENT_CODES, KIND_CODES
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Instalment, Kind, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.offers import OfferPayment, Position
from goodstanding.core.plans.pricing import Answer, Closing, Figure, Figures, Question, World, by_reference
from goodstanding.core.plans.ways_out import WaysOut, answered_together, ways_out
from goodstanding.core.rates import PPM

_TYPES = {name: np.dtype(str(kind.dtype)) for name, kind in COLUMN_TYPES.items() if name != "openings"}
_DAY_COUNT_CODES = {count.value: place for place, count in enumerate(DAY_COUNTS)}
_NONE = layout.NONE
_KEPT_LOANS = 4096
_MOVE = ("kind", "amount", "effective_on", "booked_on", "reverses", "component", "instalment")
_PART = ("due_on", "principal", "interest", "fee", "minimum", "drawdown")
_PAUSE = ("paused_from", "paused_until", "stops_penalty", "stops_fees")
_PAYMENT_CODE = KIND_CODES[Kind.PAYMENT]
_KIND, _AMOUNT, _EFFECTIVE, _BOOKED, _COMPONENT = (
    _MOVE.index(name) for name in "kind amount effective_on booked_on component".split()
)
_HEAD = ("policy_of", "principal", "rate_ppm", "day_count", "disbursed_on")
_SCHEDULED = ("due_on", "due_principal", "due_interest", "due_fee", "minimum", "drawdown")
_PLANNED = tuple(f"version_{name}" for name in _PART)
_AT_ONCE = 512
"""Worlds in one call: so many that the call itself costs little, so few that what it writes stays in the processor's cache."""


def ways_out_of_many(
    positions: Sequence[Position], rails: GuardRails, limits: Sequence[Sequence[LegalLimit]], kernel: "WhatIf"
) -> list[WaysOut]:
    """The ways out of many loans, each as if it had been asked for alone. limits: of each loan's product.

    A few hundred at a time are best.
    """
    with no_collector():
        asked = [ways_out(one, rails, its) for one, its in zip(positions, limits, strict=True)]
        return answered_together(asked, kernel)


@contextmanager
def no_collector() -> Iterator[None]:
    """Let the collector of cycles rest: it would walk over all that is half done, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
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


class _Table:
    """Rows of all worlds of a call, one after another: a list for each column of numbers, turned into an array once."""

    def __init__(self, width: int) -> None:
        self.columns: list[list[int]] = [[] for _ in range(width)]

    def __len__(self) -> int:
        return len(self.columns[0])

    def add(self, row: Sequence[int]) -> None:
        for column, value in zip(self.columns, row, strict=True):
            column.append(value)

    def rows(self) -> Rows:
        return np.array(self.columns, np.int64)


class _Adding:
    """The rows that the worlds of a call add to their loans; each world is known by its number.

    base_of: the number of its loan. moves_at, pauses_at, versions_at: from which row on its own lie; one more than worlds.
    """

    def __init__(self) -> None:
        self.moves, self.pauses, self.parts = _Table(4), _Table(len(_PAUSE)), _Table(len(_PART))
        self.versions = _Table(3)
        self.base_of = list[int]()
        self.moves_at, self.pauses_at, self.versions_at = [0], [0], [0]

    def add(self, number: int, base: _Base, world: World) -> int:
        """Add a world of the loan of this number; return the world's own."""
        change = world.change
        self._moves(change.waivers, world.payments)
        for pause in change.pauses:
            self.pauses.add(_pause(pause))
        for version in change.versions:
            self._version(version, base.drawdowns)
        self.base_of.append(number)
        self.moves_at.append(len(self.moves))
        self.pauses_at.append(len(self.pauses))
        self.versions_at.append(len(self.versions))
        return len(self.base_of) - 1

    def _moves(self, waivers: Sequence[Transaction], payments: Sequence[OfferPayment]) -> None:
        kind, amount, on, component = self.moves.columns
        for one in waivers:
            kind.append(KIND_CODES[one.kind])
            component.append(-1 if one.component is None else COMPONENT_CODES[one.component])
        amount += [one.amount for one in waivers]
        on += [one.effective_on.toordinal() - EPOCH for one in waivers]
        kind += [_PAYMENT_CODE] * len(payments)
        amount += [one.amount for one in payments]
        on += [one.on.toordinal() - EPOCH for one in payments]
        component += [-1] * len(payments)

    def _version(self, one: ScheduleVersion, drawdowns: dict[str, int]) -> None:
        due_on, principal, interest, fee, minimum, drawdown = self.parts.columns
        parts = one.schedule
        due_on += [part.due_on.toordinal() - EPOCH for part in parts]
        principal += [part.principal for part in parts]
        interest += [part.interest for part in parts]
        fee += [part.fee for part in parts]
        minimum += [_NONE if part.minimum is None else part.minimum for part in parts]
        drawdown += [drawdowns[part.drawdown] for part in parts]
        self.versions.add((_number(one.from_on), one.takes_over, len(parts)))


class WhatIf:
    """Answers questions about loans of some policies; `goodstanding.core.plans.pricing.Figures`."""

    def __init__(self, policies: PolicyTable) -> None:
        self._policies = policies
        self._bases: dict[int, tuple[Loan, _Base]] = {}

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question; what the kernel can't compute, the reference answers, or says why it can't be."""
        # the same world of the same loan is computed once a day
        places: dict[tuple[int, date], int] = {}
        worlds: dict[tuple[int, int, int], int] = {}
        bases: dict[int, tuple[int, _Base]] = {}
        adding, asked, wanted = _Adding(), list[tuple[int, int]](), list[int]()
        for one in questions:
            loan, world = one.loan, one.world
            key = id(loan), id(world.change), id(world.payments)
            number = worlds.get(key)
            if number is None:
                known = bases.get(key[0])
                if known is None:
                    known = bases[key[0]] = len(bases), self._base(loan)
                number = worlds[key] = adding.add(*known, world)
            place = places.setdefault((number, one.on), len(asked))
            wanted.append(place)
            if place == len(asked):
                asked.append((number, _number(one.on)))
        if not asked:
            return []
        found = self._found(_sheet_of([base for _, base in bases.values()], adding), np.array(asked, np.int64))
        return [
            _answer(found[place], asked[place][1], one.whole) or self._by_reference(one)
            for one, place in zip(questions, wanted, strict=True)
        ]

    def _found(self, sheet: "_Sheet", asked: Numbers) -> list[list[int]]:
        """What the kernel finds of each world and day asked for, (asked, 2): the values of _ROWS."""
        worlds, days = asked.T
        order = np.lexsort(
            (days, worlds, sheet.base_of[worlds])
        )  # the worlds of a loan together, the days of a world rising
        found = np.empty((len(_ROWS), len(order)), np.int64)
        begins = sheet.begins(worlds, days)
        for start in range(0, len(order), _AT_ONCE):
            now = order[start : start + _AT_ONCE]
            first = np.flatnonzero(np.diff(worlds[now], prepend=-1))
            these = worlds[now][first]
            past_of = sheet.base_of[these]
            out = run_on_days(
                _columns(sheet, these), self._policies, np.append(first, len(now)), days[now], past_of, begins[past_of]
            )
            found[:, now] = out[_ROWS]
        return found.T.tolist()

    def _by_reference(self, one: Question) -> Answer:
        """A loan beyond the kernel's limits, or one that is contradictory as it would be."""
        place = self._policies.place_of(one.loan.product)
        if place < 0:
            return "The lender has no policy for the loan's product."
        (answer,) = by_reference(self._policies.policies[place])([one])
        return answer

    def _base(self, loan: Loan) -> _Base:
        kept = self._bases.get(id(loan))
        if kept is not None and kept[0] is loan:
            return kept[1]
        if len(self._bases) >= _KEPT_LOANS:
            self._bases.clear()
        base = _base_of(loan, self._policies)
        self._bases[id(loan)] = loan, base
        return base


@lru_cache(maxsize=64)
def figures_by_kernel(product: str, policy: ArrearsPolicy) -> Figures:
    """The kernel as the engine of one product's loans; the reference where the policy is beyond it."""
    try:
        return WhatIf(policy_table({product: policy}))
    except PolicyTooLarge:
        return by_reference(policy)


def _base_of(loan: Loan, policies: PolicyTable) -> _Base:
    try:
        row = None if is_paid_ahead(loan) else row_of(loan)
    except ValueError:  # a rate that isn't exact in parts per million
        row = None
    if row is None:  # the reference must answer: a rate that the kernel refuses stands for the loan's own
        loan = replace(loan, annual_rate=replace(loan.annual_rate, per_year=Fraction(layout.LARGEST_RATE + 1, PPM)))
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
            row["annual_rate_ppm"],
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


def _pause(one: Pause) -> tuple[int, ...]:
    return _number(one.from_on), _number(one.until_on), one.stops_penalty, one.stops_fees


def _version(one: ScheduleVersion, drawdowns: dict[str, int]) -> _Version:
    parts = _rows([_part(part, drawdowns) for part in one.schedule], len(_PART))
    return _Version(_number(one.from_on), int(one.takes_over), parts)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Rows of several lists, one after another. first, many: of each list, from which row on and how many."""

    rows: Rows
    first: Numbers
    many: Numbers

    def of(self, wanted: Numbers) -> tuple[Rows, Numbers]:
        """The rows of these lists, one after another, and their offsets."""
        many = self.many[wanted]
        offsets = np.zeros(len(many) + 1, np.int64)
        many.cumsum(out=offsets[1:])
        places = np.arange(offsets[-1]) + np.repeat(self.first[wanted] - offsets[:-1], many)
        return self.rows[:, places], offsets


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All rows that a call's loans and worlds have. base_of: of each world, its loan. Lists of loans come first, then those of worlds.

    versions: of each its day, whether it takes over, and which list of plans it has.
    """

    base_of: Numbers
    heads: Rows
    openings: Rows
    opening_of: Numbers
    parts: _Lists
    moves: _Lists
    pauses: _Lists
    versions: _Lists
    plans: _Lists

    def begins(self, worlds: Numbers, days: Numbers) -> Numbers:
        """Of each loan, the first day on which one of its worlds adds something, or is asked about."""
        loans = len(self.opening_of)
        first = np.full(loans, layout.LATEST_DAY, np.int64)
        np.minimum.at(first, self.base_of[worlds], days)
        for lists, row in ((self.moves, _EFFECTIVE), (self.pauses, 0), (self.versions, 0)):
            many = lists.many[loans:]
            added = lists.rows[row, lists.rows.shape[1] - many.sum() :]
            np.minimum.at(first, np.repeat(self.base_of, many), added)
        return first


def _sheet_of(bases: Sequence[_Base], adding: _Adding) -> _Sheet:
    added = adding.moves.rows()
    moves = np.empty((len(_MOVE), added.shape[1]), np.int64)
    moves[:] = np.array([[0], [0], [0], [0], [_NONE], [0], [_NONE]], np.int64)
    moves[[_KIND, _AMOUNT, _EFFECTIVE, _BOOKED, _COMPONENT]] = added[[0, 1, 2, 2, 3]]
    given = [one for base in bases for one in base.versions]
    begun, takes_over, many = adding.versions.rows()
    versions = np.array(
        [
            [*(one.begun for one in given), *begun],
            [*(one.takes_over for one in given), *takes_over],
            range(len(given) + len(begun)),
        ],
        np.int64,
    )
    is_opened = np.array([base.opening is not None for base in bases], np.bool_)
    openings = np.array([base.opening for base in bases if base.opening is not None], np.int64)
    return _Sheet(
        np.array(adding.base_of, np.int64),
        _rows([base.head for base in bases], len(_HEAD)),
        openings.reshape(len(openings), len(layout.OPENING_COLUMNS)),
        np.where(is_opened, is_opened.cumsum() - 1, -1),
        _lists([base.parts for base in bases], None, (), len(_PART)),
        _lists([base.moves for base in bases], moves, np.diff(adding.moves_at), len(_MOVE)),
        _lists([base.pauses for base in bases], adding.pauses.rows(), np.diff(adding.pauses_at), len(_PAUSE)),
        _lists_of(versions, [*(len(base.versions) for base in bases), *np.diff(adding.versions_at)]),
        _lists([one.parts for one in given], adding.parts.rows(), many, len(_PART)),
    )


def _lists(tables: Sequence[Rows], added: Rows | None, lengths: Sequence[int] | Numbers, width: int) -> _Lists:
    """A list for each table, then lists of these lengths of what is added."""
    every = [*tables, *([] if added is None else [added])]
    rows = np.concatenate(every, axis=1) if every else _rows([], width)
    return _lists_of(rows, [*(one.shape[1] for one in tables), *lengths])


def _lists_of(rows: Rows, lengths: Sequence[int]) -> _Lists:
    many = np.array(lengths, np.int64)
    return _Lists(rows, many.cumsum() - many, many)


def _columns(sheet: _Sheet, worlds: Numbers) -> Columns:
    """The kernel's columns of loans as they would be."""
    base = sheet.base_of[worlds]
    both = np.stack([base, worlds + len(sheet.opening_of)], axis=1).ravel()
    parts, schedule_at = sheet.parts.of(base)
    moves, moves_at = sheet.moves.of(both)
    pauses, pauses_at = sheet.pauses.of(both)
    versions, versions_at = sheet.versions.of(both)
    plans, version_schedule_at = sheet.plans.of(versions[2])
    found: dict[str, Any] = {
        **dict(zip(_HEAD, sheet.heads[:, base], strict=True)),
        **dict(zip(_SCHEDULED, parts, strict=True)),
        **dict(zip(_MOVE, moves, strict=True)),
        **dict(zip(_PAUSE, pauses, strict=True)),
        **dict(zip(_PLANNED, plans, strict=True)),
        "schedule_at": schedule_at,
        "moves_at": moves_at[::2],
        "pauses_at": pauses_at[::2] if pauses.shape[1] else (),
        "versions_at": versions_at[::2] if versions.shape[1] else (),
        "version_schedule_at": version_schedule_at,
        "version_from": versions[0],
        "takes_over": versions[1],
        "opening_of": sheet.opening_of[base] if len(sheet.openings) else (),
        "repeats": (),
        "has_null": (),
        "asked_on": (),
    }
    if not (found["minimum"] != _NONE).any():
        found["minimum"] = ()
    if not (found["drawdown"].any() or found["version_drawdown"].any()):
        found["drawdown"] = found["version_drawdown"] = ()
    table = np.ascontiguousarray(sheet.openings)
    table.flags.writeable = False
    return Columns(**{name: _fixed(found[name], kind) for name, kind in _TYPES.items()}, openings=table)


def _rows(listed: Sequence[Sequence[int]], width: int) -> Rows:
    """Rows turned into columns."""
    return np.array(listed, np.int64).reshape(len(listed), width).T


def _fixed(values: Any, kind: Any) -> Any:
    array = np.array(values, kind)
    array.flags.writeable = False
    return array


_CLOSED = (
    "status payoff unapplied outstanding_principal amount_to_cure overdue_principal overdue_interest oldest_due_on"
)
_ROWS = [*(layout.RESULTS.index(name) for name in _CLOSED.split()), layout.OUT_NEXT_ON, layout.OUT_NEXT]
_ROWS += [layout.OUT_AHEAD, *range(layout.OUT_OPENED, layout.OUT_AHEAD)]


def _answer(values: Sequence[int], day: int, whole: bool) -> Answer:
    """The kernel's results as `pricing.figure_of` reads an assessment, or no more than what closes the loan; "" if there are none."""
    status, payoff, held, left, cure, principal, interest, oldest, next_on, next_due, ahead, *opened = values
    if status != layout.OK:
        return ""
    closing = payoff, held, left, cure, principal + interest, oldest != _NONE
    if not whole:
        return Closing(*closing)
    return Figure(*closing, next_due if next_on == day else 0, ahead, Owed(*opened))
