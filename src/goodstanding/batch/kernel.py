"""The kernel: where every loan of a batch stands as of a day, from the flat arrays of its columns.

It is `core.arrears.assess` again, equal on every field but the statement's lines, in whole numbers of 64 bits.
`assess_columns` is the one function that is compiled for callers; it never raises for a loan's sake: a loan that can't be
computed gets a status (layout.REASONS has its sentence) and zeros, and the batch goes on.

Limits, checked: instalments of a loan together, and each transaction, 0 to 10**13 minor units; days from 1950-01-01 to
2150-12-31; rates to 1,000 % a year, penalty rates too, exact in parts per million; charges to 10**17.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from goodstanding.batch.compiling import entry, part, pointer_to
from goodstanding.batch.layout import *
from goodstanding.batch.steady import NOT_STEADY, assess_steadily
from goodstanding.batch.stepping.accrual import rates_are_within
from goodstanding.batch.stepping.laying_out import (
    lay_out_moves,
    lay_out_opening,
    lay_out_pauses,
    lay_out_policy,
    lay_out_schedule,
    lay_out_state,
    lay_out_versions,
    room_for,
)
from goodstanding.batch.stepping.reading import read, read_positions
from goodstanding.batch.stepping.working import begin, run_to


class Columns(NamedTuple):
    """A batch of loans. A list column has absolute offsets (one more than loans) into its children.

    Days: int32 numbers since 1970-01-01. An optional column of no length says that no loan has it; in one that is there,
    a value that is missing is NONE (of kinds int8: -1). opening_of: the row of a loan in openings, or -1.
    repeats: of a transaction, the place in its loan's list of the one before it that has the same id.
    drawdown, version_drawdown: the number of the drawdown's name, from 1 up in the order of the names; 0 where none is.
    asked_on: the day that each loan is assessed for, in place of the whole batch's.
    """

    policy_of: Any
    principal: Any
    rate_ppm: Any
    day_count: Any
    disbursed_on: Any
    schedule_at: Any
    due_on: Any
    due_principal: Any
    due_interest: Any
    due_fee: Any
    minimum: Any
    drawdown: Any
    moves_at: Any
    kind: Any
    amount: Any
    effective_on: Any
    booked_on: Any
    reverses: Any
    component: Any
    instalment: Any
    repeats: Any
    pauses_at: Any
    paused_from: Any
    paused_until: Any
    stops_penalty: Any
    stops_fees: Any
    opening_of: Any
    openings: Any
    versions_at: Any
    version_from: Any
    takes_over: Any
    version_schedule_at: Any
    version_due_on: Any
    version_principal: Any
    version_interest: Any
    version_fee: Any
    version_minimum: Any
    version_drawdown: Any
    has_null: Any
    asked_on: Any


class Detail(NamedTuple):
    """Where the position of every instalment and drawdown is written, if anyone asks; offsets of no length if not.

    positions: int64 (len(POSITIONS), room), drawn: int64 (len(DRAWDOWNS), room); those of a loan lie from its offset up
    to the next. Room enough: as many as the schedules of loans and versions have instalments, and one per opening position.
    """

    positions_at: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    drawn_at: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.int64]


NO_DETAIL = Detail(*[np.empty((0,) * dimensions, np.int64) for dimensions in (1, 2, 1, 2)])


def _column(kind: Any, dimensions: int = 1) -> Any:
    return types.Array(kind, dimensions, "C", readonly=True)


_I8, _I32, _I64, _U8 = (_column(kind) for kind in (types.int8, types.int32, types.int64, types.uint8))
COLUMN_TYPES: dict[str, Any] = {
    **dict.fromkeys(Columns._fields, _I64),
    **dict.fromkeys(
        "policy_of disbursed_on due_on effective_on booked_on reverses instalment repeats paused_from paused_until version_from"
        " version_due_on opening_of drawdown version_drawdown asked_on".split(),
        _I32,
    ),
    **dict.fromkeys(("day_count", "kind", "component"), _I8),
    **dict.fromkeys(("stops_penalty", "stops_fees", "takes_over", "has_null"), _U8),
    "openings": _column(types.int64, 2),
}
COLUMNS, POLICIES, NUMBERS = (
    types.NamedTuple(tuple(COLUMN_TYPES[name] for name in Columns._fields), Columns),
    _column(types.int64, 2),
    _I64,
)
"""What entries are handed, as the compiler names it: columns, policies' rows, and numbers that are only read."""
OUT = types.Array(types.int64, 2, "C")
_OFFSETS = types.Array(types.int64, 1, "C")
_DETAIL = types.NamedTuple((_OFFSETS, OUT, _OFFSETS, OUT), Detail)
_SIGNATURE = types.void(COLUMNS, POLICIES, NUMBERS, types.int64, types.int64, OUT, _DETAIL)


# -- the long way: any loan, event by event -------------------------------------------------------------------------


@part
def by_steps(w, columns, loan, as_of, known_on, out, at, detail):
    """Assess one loan event by event; its status is returned, its figures go to column `at` of out, and to detail."""
    lay_out_and_begin(w, columns, loan, as_of, known_on)
    if w[STATUS] == OK:
        run_to(w)
    if w[STATUS] == OK:
        read(w, out, at)
        if len(detail.positions_at):
            read_positions(w, detail, loan)
    return w[STATUS]


@part
def lay_out_and_begin(w, columns, loan, as_of, known_on):
    """Lay a loan out and set it up for its first day; return how many instalments its own schedule has."""
    lay_out_state(w, columns, loan, as_of)
    opening = columns.opening_of[loan] if len(columns.opening_of) else -1
    if len(columns.has_null) and columns.has_null[loan]:
        w[STATUS] = IS_NULL
    elif opening < 0 and columns.schedule_at[loan] == columns.schedule_at[loan + 1]:
        w[STATUS] = NO_INSTALMENTS
    stop = 0
    if w[STATUS] == OK:
        stop = lay_out_schedule(w, columns, loan)
    if w[STATUS] == OK and len(columns.versions_at):
        lay_out_versions(w, columns, loan, stop)
    if w[STATUS] == OK and len(columns.pauses_at):
        lay_out_pauses(w, columns, loan)
    if w[STATUS] == OK and opening >= 0:
        lay_out_opening(w, columns, loan, opening)
    if w[STATUS] == OK:
        lay_out_moves(w, columns, loan, known_on)
    if w[STATUS] == OK:
        begin(w, columns.openings, opening, stop)
    return stop


@part
def lay_out_terms(w, disbursed_on, rate_ppm, day_count, principal, as_of):
    """What the short way needs of a loan's state; whether it is within limits."""
    w[STATUS], w[PAUSES], w[DISBURSED], w[CONTRACT_PPM], w[CONTRACT_COUNT] = OK, 0, disbursed_on, rate_ppm, day_count
    w[FEES_CHARGED], w[TOUCHED] = 0, 0
    is_timely = EARLIEST_DAY <= disbursed_on <= as_of <= LATEST_DAY
    is_timely = is_timely and as_of - disbursed_on <= LARGEST_SPAN
    return is_timely and rates_are_within(w) and 0 <= principal <= LARGEST_AMOUNT and day_count >= 0


@part
def may_be_steady(columns, loan):
    """Whether nothing beside its schedule and payments makes a loan go the long way."""
    if len(columns.pauses_at) and columns.pauses_at[loan] != columns.pauses_at[loan + 1]:
        return False
    if len(columns.versions_at) and columns.versions_at[loan] != columns.versions_at[loan + 1]:
        return False
    if len(columns.opening_of) and columns.opening_of[loan] >= 0:
        return False
    if len(columns.repeats):
        for place in range(columns.moves_at[loan], columns.moves_at[loan + 1]):
            if columns.repeats[place] != NONE:
                return False
    if len(columns.minimum):
        for place in range(columns.schedule_at[loan], columns.schedule_at[loan + 1]):
            if columns.minimum[place] != NONE:
                return False
    return True


@part
def refuse_at(out, at, status):
    for row in range(out.shape[0]):
        out[row, at] = 0
    out[OUT_STATUS, at] = status


@part
def refuse(out, detail, loan, status):
    """A loan that can't be computed: its status, zeros, and no instalments."""
    refuse_at(out, loan, status)
    if len(detail.positions_at):
        detail.positions_at[loan + 1], detail.drawn_at[loan + 1] = detail.positions_at[loan], detail.drawn_at[loan]


@entry(_SIGNATURE)
def assess_columns(columns, policies, extra, as_of, known_on, out, detail):
    """Assess every loan of a batch into out (len(RESULTS), loans), int64; known_on: NONE or a day.

    as_of: the day, unless the columns say one of each loan. policies, extra: as policies.PolicyTable encodes them. detail:
    NO_DETAIL, or where positions go; who asks for those has every loan go event by event.
    """
    due_on, principal = pointer_to(columns.due_on), pointer_to(columns.due_principal)
    interest, fee = pointer_to(columns.due_interest), pointer_to(columns.due_fee)
    kind, amount = pointer_to(columns.kind), pointer_to(columns.amount)
    effective_on, booked_on = pointer_to(columns.effective_on), pointer_to(columns.booked_on)
    component, instalment = pointer_to(columns.component), pointer_to(columns.instalment)
    has_component, has_instalment = len(columns.component) > 0, len(columns.instalment) > 0
    is_simple = not (len(columns.pauses_at) or len(columns.versions_at) or len(columns.opening_of))
    is_simple = is_simple and not (len(columns.minimum) or len(columns.repeats))
    is_asked_whole = len(detail.positions_at) > 0
    if is_asked_whole:
        detail.positions_at[0] = detail.drawn_at[0] = 0
    factor, laid_out = 1, -1
    memory = room_for(columns, policies, extra, factor)
    w = pointer_to(memory)
    has_days = len(columns.asked_on) > 0
    for loan in range(len(columns.policy_of)):
        day = columns.asked_on[loan] if has_days else as_of
        policy = columns.policy_of[loan]
        if policy < 0 or policy >= len(policies):
            refuse(out, detail, loan, OTHER_CURRENCY if policy == ANOTHER_CURRENCY else UNKNOWN_POLICY)
            continue
        if policy != laid_out:
            lay_out_policy(w, policies, policy)
            laid_out = policy
        status = NOT_STEADY
        is_whole = not (len(columns.has_null) and columns.has_null[loan])
        may_be = w[POLICY + IS_PLAIN] and is_whole and not is_asked_whole
        may_be = may_be and (is_simple or may_be_steady(columns, loan))
        if may_be and lay_out_terms(
            w,
            columns.disbursed_on[loan],
            columns.rate_ppm[loan],
            columns.day_count[loan],
            columns.principal[loan],
            day,
        ):
            status = assess_steadily(
                w,
                out,
                loan,
                day,
                known_on,
                w[DISBURSED],
                columns.schedule_at[loan],
                columns.schedule_at[loan + 1],
                due_on,
                principal,
                interest,
                fee,
                columns.moves_at[loan],
                columns.moves_at[loan + 1],
                kind,
                amount,
                effective_on,
                booked_on,
                component,
                has_component,
                instalment,
                has_instalment,
            )
        if status == NOT_STEADY:
            status = by_steps(w, columns, loan, day, known_on, out, loan, detail)
        while status == NO_ROOM:
            factor *= 2
            memory = room_for(columns, policies, extra, factor)
            w = pointer_to(memory)
            lay_out_policy(w, policies, policy)
            status = by_steps(w, columns, loan, day, known_on, out, loan, detail)
        if status != OK:
            refuse(out, detail, loan, status)
    memory[0] = 0  # w points into it up to here
