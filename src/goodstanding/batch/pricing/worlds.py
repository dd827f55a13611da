"""Loans as they would be, as the kernel's columns: each world's loan, with its change and payments behind what it has already.

`core.plans.offers.Change.applied_to` over tables: the loan's own transactions come first, then waivers, then payments.
"""

import numpy as np
import numpy.typing as npt
from numba import types

from goodstanding.batch.compiling import entry, inlined
from goodstanding.batch.drafting.tables import (
    PAYMENT_AMOUNT,
    PAYMENT_ON,
    SCHEDULED_DRAWDOWN,
    SCHEDULED_FEE,
    SCHEDULED_INTEREST,
    SCHEDULED_MINIMUM,
    SCHEDULED_ON,
    SCHEDULED_PRINCIPAL,
    WAIVER_AMOUNT,
    WAIVER_COMPONENT,
    WAIVER_ON,
)
from goodstanding.batch.kernel import COLUMN_TYPES, Columns
from goodstanding.batch.layout import NONE, PAY_WAIVER, PAYMENT
from goodstanding.batch.pricing.tables import (
    WORLD_LOAN,
    WORLD_PAUSE_FROM,
    WORLD_PAUSE_UNTIL,
    WORLD_PAYMENTS_AT,
    WORLD_PAYMENTS_N,
    WORLD_SCHEDULE_AT,
    WORLD_SCHEDULE_N,
    WORLD_WAIVERS_AT,
    WORLD_WAIVERS_N,
)

Numbers = npt.NDArray[np.int64]

_TYPES = {name: np.dtype(str(kind.dtype)) for name, kind in COLUMN_TYPES.items() if name != "openings"}
_PARTS, _MOVES, _PAUSES, _VERSIONS, _PLANS = range(5)
_LIST_OF: dict[str, int] = {
    **dict.fromkeys("due_on due_principal due_interest due_fee minimum drawdown".split(), _PARTS),
    **dict.fromkeys("kind amount effective_on booked_on reverses component instalment".split(), _MOVES),
    **dict.fromkeys("paused_from paused_until stops_penalty stops_fees".split(), _PAUSES),
    **dict.fromkeys("version_from takes_over".split(), _VERSIONS),
    **dict.fromkeys(
        "version_due_on version_principal version_interest version_fee version_minimum version_drawdown".split(), _PLANS
    ),
}
_OF_WORLDS = tuple("policy_of principal rate_ppm day_count disbursed_on asked_on".split())

_TABLE = types.Array(types.int64, 2, "C")
_DAYS = types.Array(types.int64, 1, "C")
_COLUMNS = types.NamedTuple(tuple(COLUMN_TYPES[name] for name in Columns._fields), Columns)
_NEW = types.NamedTuple(
    tuple(types.Array(COLUMN_TYPES[name].dtype, COLUMN_TYPES[name].ndim, "C") for name in Columns._fields), Columns
)


def columns_of_worlds(
    base: Columns,
    worlds: Numbers,
    days: Numbers,
    counts_from: int,
    payments: Numbers,
    waivers: Numbers,
    schedule: Numbers,
) -> Columns:
    """The kernel's columns of worlds (WORLD_SIZE, worlds), each asked about its day.

    base: the columns that WORLD_LOAN points into. payments, waivers, schedule: the tables that worlds' lists lie in.
    """
    many = int(worlds.shape[1])
    sizes = np.zeros(5, np.int64)
    count_rows(base, worlds, sizes)
    rooms: dict[str, int] = dict.fromkeys(_OF_WORLDS, many) | {
        name: int(sizes[which]) for name, which in _LIST_OF.items()
    }
    rooms["schedule_at"] = rooms["moves_at"] = many + 1
    rooms["pauses_at"] = many + 1 if sizes[_PAUSES] else 0
    rooms["versions_at"] = many + 1 if sizes[_VERSIONS] else 0
    rooms["version_schedule_at"] = int(sizes[_VERSIONS]) + 1 if sizes[_VERSIONS] else 0
    rooms["opening_of"] = many if len(base.opening_of) else 0
    rooms["minimum"] = rooms["minimum"] if len(base.minimum) else 0
    if not (len(base.drawdown) or len(base.version_drawdown)):
        rooms["drawdown"] = rooms["version_drawdown"] = 0
    new = {name: np.empty(rooms.get(name, 0), kind) for name, kind in _TYPES.items()}
    found = Columns(**new, openings=np.empty((0, base.openings.shape[1]), np.int64))
    fill_rows(base, worlds, days, counts_from, payments, waivers, schedule, found)
    for one in new.values():
        one.flags.writeable = False
    return found._replace(openings=base.openings)


@entry(types.void(_COLUMNS, _TABLE, _DAYS))
def count_rows(base, worlds, sizes):
    """How many rows worlds have in all: instalments, transactions, pauses, versions, and versions' instalments."""
    for world in range(worlds.shape[1]):
        loan = worlds[WORLD_LOAN, world]
        sizes[_PARTS] += base.schedule_at[loan + 1] - base.schedule_at[loan]
        sizes[_MOVES] += base.moves_at[loan + 1] - base.moves_at[loan]
        sizes[_MOVES] += worlds[WORLD_PAYMENTS_N, world] + worlds[WORLD_WAIVERS_N, world]
        if len(base.pauses_at):
            sizes[_PAUSES] += base.pauses_at[loan + 1] - base.pauses_at[loan]
        if worlds[WORLD_PAUSE_FROM, world] != NONE:
            sizes[_PAUSES] += 1
        if len(base.versions_at):
            first, stop = base.versions_at[loan], base.versions_at[loan + 1]
            sizes[_VERSIONS] += stop - first
            sizes[_PLANS] += base.version_schedule_at[stop] - base.version_schedule_at[first]
        if worlds[WORLD_SCHEDULE_N, world]:
            sizes[_VERSIONS] += 1
            sizes[_PLANS] += worlds[WORLD_SCHEDULE_N, world]


@inlined
def _fill_schedule(base, loan, new, at):
    """Copy a loan's instalments; where the next world's begin is returned."""
    for place in range(base.schedule_at[loan], base.schedule_at[loan + 1]):
        new.due_on[at] = base.due_on[place]
        new.due_principal[at] = base.due_principal[place]
        new.due_interest[at] = base.due_interest[place]
        new.due_fee[at] = base.due_fee[place]
        if len(new.minimum):
            new.minimum[at] = base.minimum[place]
        if len(new.drawdown):
            new.drawdown[at] = base.drawdown[place] if len(base.drawdown) else 0
        at += 1
    return at


@inlined
def _fill_moves(base, loan, new, at):
    """Copy a loan's transactions; where what is added begins is returned."""
    for place in range(base.moves_at[loan], base.moves_at[loan + 1]):
        new.kind[at], new.amount[at] = base.kind[place], base.amount[place]
        new.effective_on[at], new.booked_on[at] = base.effective_on[place], base.booked_on[place]
        new.reverses[at] = base.reverses[place] if len(base.reverses) else NONE
        new.component[at] = base.component[place] if len(base.component) else -1
        new.instalment[at] = base.instalment[place] if len(base.instalment) else NONE
        at += 1
    return at


@inlined
def _add_move(new, at, kind, amount, on, component):
    new.kind[at], new.amount[at], new.effective_on[at], new.booked_on[at] = kind, amount, on, on
    new.reverses[at], new.component[at], new.instalment[at] = NONE, component, NONE


@inlined
def _fill_pauses(base, loan, worlds, world, new, at):
    if len(base.pauses_at):
        for place in range(base.pauses_at[loan], base.pauses_at[loan + 1]):
            new.paused_from[at], new.paused_until[at] = base.paused_from[place], base.paused_until[place]
            new.stops_penalty[at], new.stops_fees[at] = base.stops_penalty[place], base.stops_fees[place]
            at += 1
    if worlds[WORLD_PAUSE_FROM, world] != NONE:
        new.paused_from[at], new.paused_until[at] = worlds[WORLD_PAUSE_FROM, world], worlds[WORLD_PAUSE_UNTIL, world]
        new.stops_penalty[at], new.stops_fees[at] = 1, 1
        at += 1
    return at


@inlined
def _fill_versions(base, loan, worlds, world, counts_from, schedule, new, at, plan):
    """A loan's versions, then the world's own: where the next world's begin is returned, and its versions' instalments."""
    if len(base.versions_at):
        for version in range(base.versions_at[loan], base.versions_at[loan + 1]):
            new.version_from[at], new.takes_over[at] = base.version_from[version], base.takes_over[version]
            new.version_schedule_at[at] = plan
            at += 1
            for place in range(base.version_schedule_at[version], base.version_schedule_at[version + 1]):
                new.version_due_on[plan] = base.version_due_on[place]
                new.version_principal[plan] = base.version_principal[place]
                new.version_interest[plan] = base.version_interest[place]
                new.version_fee[plan] = base.version_fee[place]
                new.version_minimum[plan] = base.version_minimum[place] if len(base.version_minimum) else NONE
                if len(new.version_drawdown):
                    new.version_drawdown[plan] = base.version_drawdown[place] if len(base.version_drawdown) else 0
                plan += 1
    if worlds[WORLD_SCHEDULE_N, world]:
        new.version_from[at], new.takes_over[at], new.version_schedule_at[at] = counts_from, 1, plan
        at += 1
        first = worlds[WORLD_SCHEDULE_AT, world]
        for place in range(first, first + worlds[WORLD_SCHEDULE_N, world]):
            new.version_due_on[plan] = schedule[SCHEDULED_ON, place]
            new.version_principal[plan] = schedule[SCHEDULED_PRINCIPAL, place]
            new.version_interest[plan] = schedule[SCHEDULED_INTEREST, place]
            new.version_fee[plan] = schedule[SCHEDULED_FEE, place]
            new.version_minimum[plan] = schedule[SCHEDULED_MINIMUM, place]
            if len(new.version_drawdown):
                new.version_drawdown[plan] = schedule[SCHEDULED_DRAWDOWN, place]
            plan += 1
    return at, plan


@entry(types.void(_COLUMNS, _TABLE, _DAYS, types.int64, _TABLE, _TABLE, _TABLE, _NEW))
def fill_rows(base, worlds, days, counts_from, payments, waivers, schedule, new):
    """Write the rows of worlds to columns that have room for them, as count_rows counted it."""
    parts, moves, pauses, versions, plans = 0, 0, 0, 0, 0
    for world in range(worlds.shape[1]):
        loan = worlds[WORLD_LOAN, world]
        new.policy_of[world], new.principal[world] = base.policy_of[loan], base.principal[loan]
        new.rate_ppm[world], new.day_count[world] = base.rate_ppm[loan], base.day_count[loan]
        new.disbursed_on[world], new.asked_on[world] = base.disbursed_on[loan], days[world]
        if len(new.opening_of):
            new.opening_of[world] = base.opening_of[loan]
        new.schedule_at[world], new.moves_at[world] = parts, moves
        parts = _fill_schedule(base, loan, new, parts)
        moves = _fill_moves(base, loan, new, moves)
        first = worlds[WORLD_WAIVERS_AT, world]
        for place in range(first, first + worlds[WORLD_WAIVERS_N, world]):
            on, component = waivers[WAIVER_ON, place], waivers[WAIVER_COMPONENT, place]
            _add_move(new, moves, PAY_WAIVER, waivers[WAIVER_AMOUNT, place], on, component)
            moves += 1
        first = worlds[WORLD_PAYMENTS_AT, world]
        for place in range(first, first + worlds[WORLD_PAYMENTS_N, world]):
            _add_move(new, moves, PAYMENT, payments[PAYMENT_AMOUNT, place], payments[PAYMENT_ON, place], -1)
            moves += 1
        if len(new.pauses_at):
            new.pauses_at[world] = pauses
            pauses = _fill_pauses(base, loan, worlds, world, new, pauses)
        if len(new.versions_at):
            new.versions_at[world] = versions
            versions, plans = _fill_versions(base, loan, worlds, world, counts_from, schedule, new, versions, plans)
    many = worlds.shape[1]
    new.schedule_at[many], new.moves_at[many] = parts, moves
    if len(new.pauses_at):
        new.pauses_at[many] = pauses
    if len(new.versions_at):
        new.versions_at[many] = versions
        new.version_schedule_at[versions] = plans
