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
from goodstanding.batch.reading import read, read_positions
from goodstanding.batch.steady import NOT_STEADY, assess_steadily
from goodstanding.batch.stepping import begin, move_at, pause_at, plan_at, rates_are_within, run_to, version_at


class Columns(NamedTuple):
    """A batch of loans. A list column has absolute offsets (one more than loans) into its children.

    Days: int32 numbers since 1970-01-01. An optional column of no length says that no loan has it; in one that is there,
    a value that is missing is NONE (of kinds int8: -1). opening_of: the row of a loan in openings, or -1.
    drawdown, version_drawdown: the number of the drawdown's name, from 1 up in the order of the names; 0 where none is.
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
        "policy_of disbursed_on due_on effective_on booked_on reverses instalment paused_from paused_until version_from"
        " version_due_on opening_of drawdown version_drawdown".split(),
        _I32,
    ),
    **dict.fromkeys(("day_count", "kind", "component"), _I8),
    **dict.fromkeys(("stops_penalty", "stops_fees", "takes_over", "has_null"), _U8),
    "openings": _column(types.int64, 2),
}
_COLUMNS = types.NamedTuple(tuple(COLUMN_TYPES[name] for name in Columns._fields), Columns)
_OFFSETS, _OUT = types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
_DETAIL = types.NamedTuple((_OFFSETS, _OUT, _OFFSETS, _OUT), Detail)
_SIGNATURE = types.void(_COLUMNS, _column(types.int64, 2), _I64, types.int64, types.int64, _OUT, _DETAIL)


# -- the long way: any loan, event by event -------------------------------------------------------------------------


@part
def most_of(offsets, count):
    most = 0
    for loan in range(count):
        most = max(most, offsets[loan + 1] - offsets[loan])
    return most


@part
def room_for(columns, policies, extra, factor):
    """The array that loans are worked through in, long enough for the largest of the batch; factor: more for lists."""
    count = len(columns.policy_of)
    accounts, pauses, versions, steps = 1, 0, 0, 0
    for loan in range(count):
        most = columns.schedule_at[loan + 1] - columns.schedule_at[loan] + 1
        if len(columns.versions_at):
            first, stop = columns.versions_at[loan], columns.versions_at[loan + 1]
            most += columns.version_schedule_at[stop] - columns.version_schedule_at[first]
        accounts = max(accounts, most)
    moves = most_of(columns.moves_at, count)
    if len(columns.pauses_at):
        pauses = most_of(columns.pauses_at, count)
    if len(columns.versions_at):
        versions = most_of(columns.versions_at, count)
    for policy in range(len(policies)):
        steps = max(steps, policies[policy, STEPS])
    held, met = factor * (moves + 16), factor * (8 * moves + 4 * accounts + 64)
    events = factor * (moves + accounts * (6 + steps) + 2 * pauses + versions + steps + 64)
    extra_at = ACCOUNTS_AT + (accounts + 1) * INSTALMENT_SIZE
    held_at = extra_at + len(extra)
    before_at = held_at + 2 * held
    met_at = before_at + 2 * held
    latest_at = met_at + 4 * met
    sources_at = latest_at + moves + 1
    events_at = sources_at + moves + 1
    pauses_at = events_at + events
    moves_at = pauses_at + 4 * (pauses + 1)
    plan_at = moves_at + MOVE_SIZE * (moves + 1)
    versions_at = plan_at + PLAN_SIZE * (accounts + 1)
    w = np.empty(versions_at + 4 * (versions + 1), np.int64)
    w[EXTRA_AT], w[HELD_AT], w[HELD_BEFORE_AT], w[METS_AT] = extra_at, held_at, before_at, met_at
    w[LATEST_AT], w[SOURCES_AT], w[EVENTS_AT], w[PAUSES_AT] = latest_at, sources_at, events_at, pauses_at
    w[MOVES_AT], w[PLAN_AT], w[VERSIONS_AT] = moves_at, plan_at, versions_at
    w[HELD_ROOM], w[METS_ROOM], w[EVENTS_ROOM] = held, met, events
    for place in range(len(extra)):
        w[extra_at + place] = extra[place]
    return w


@part
def lay_out_policy(w, policies, policy):
    for place in range(POLICY_SIZE):
        w[POLICY + place] = policies[policy, place]


@part
def is_day(day):
    return EARLIEST_DAY <= day <= LATEST_DAY


@part
def lay_out_state(w, columns, loan, as_of):
    for place in range(PER_LOAN):
        w[place] = 0
    w[AS_OF], w[TODAY], w[DISBURSED] = as_of, columns.disbursed_on[loan], columns.disbursed_on[loan]
    w[ARREARS_SINCE] = w[CHARGED_OFF_ON] = w[LOAN_FEE_ON] = NONE
    w[SETTLED_ON] = w[SETTLED_BY] = w[PERIOD_FROM] = NONE
    w[CONTRACT_PPM], w[CONTRACT_COUNT] = columns.rate_ppm[loan], columns.day_count[loan]
    w[LENT] = columns.principal[loan]
    w[FIRST_ACTIVE] = 1
    if not (is_day(w[DISBURSED]) and is_day(as_of)):
        w[STATUS] = DAY_OUT_OF_RANGE
    elif as_of < w[DISBURSED]:
        w[STATUS] = BEFORE_DISBURSEMENT
    elif not rates_are_within(w):
        w[STATUS] = RATE_OUT_OF_RANGE
    elif w[LENT] < 0 or w[LENT] > LARGEST_AMOUNT:
        w[STATUS] = AMOUNT_OUT_OF_RANGE
    elif w[CONTRACT_COUNT] < 0:
        w[STATUS] = UNKNOWN_DAY_COUNT


@part
def put_planned(w, place, start, due_on, principal, interest, fee, minimum, drawdown):
    """Put an instalment into its place by due date among those from `start` on; return the status."""
    if not is_day(due_on):
        return DAY_OUT_OF_RANGE
    if min(principal, interest, fee) < 0 or max(principal, interest, fee) > LARGEST_AMOUNT:
        return AMOUNT_OUT_OF_RANGE
    if minimum != NONE and (minimum < 0 or minimum > LARGEST_AMOUNT):
        return AMOUNT_OUT_OF_RANGE
    while place > start and w[plan_at(w, place - 1) + PLAN_DUE] >= due_on:
        if w[plan_at(w, place - 1) + PLAN_DUE] == due_on:
            return SAME_DUE_DATE
        for column in range(PLAN_SIZE):
            w[plan_at(w, place) + column] = w[plan_at(w, place - 1) + column]
        place -= 1
    w[plan_at(w, place) + PLAN_DUE], w[plan_at(w, place) + PLAN_PRINCIPAL], w[plan_at(w, place) + PLAN_INTEREST] = (
        due_on,
        principal,
        interest,
    )
    w[plan_at(w, place) + PLAN_FEE], w[plan_at(w, place) + PLAN_MINIMUM] = fee, minimum
    w[plan_at(w, place) + PLAN_DRAWDOWN] = drawdown
    return OK


@part
def is_too_much(w, start, stop):
    total = 0
    for place in range(start, stop):
        total += (
            w[plan_at(w, place) + PLAN_PRINCIPAL]
            + w[plan_at(w, place) + PLAN_INTEREST]
            + w[plan_at(w, place) + PLAN_FEE]
        )
        if total > LARGEST_AMOUNT:
            return True
    return False


@part
def lay_out_schedule(w, columns, loan):
    """Copy the loan's schedule into the plan, by due date; return where it ends."""
    count = 0
    for place in range(columns.schedule_at[loan], columns.schedule_at[loan + 1]):
        minimum = columns.minimum[place] if len(columns.minimum) else NONE
        if minimum != NONE:
            w[IS_BILLED] = 1
        w[STATUS] = put_planned(
            w,
            count,
            0,
            columns.due_on[place],
            columns.due_principal[place],
            columns.due_interest[place],
            columns.due_fee[place],
            minimum,
            columns.drawdown[place] if len(columns.drawdown) else 0,
        )
        if w[STATUS] != OK:
            return 0
        count += 1
    if is_too_much(w, 0, count):
        w[STATUS] = AMOUNT_OUT_OF_RANGE
    return count


@part
def lay_out_versions(w, columns, loan, place):
    """Copy schedules that take over into the plan from `place` on; the first to count first, of equals the later listed."""
    for version in range(columns.versions_at[loan], columns.versions_at[loan + 1]):
        start, from_on = place, np.int64(columns.version_from[version])
        if not is_day(from_on):
            w[STATUS] = DAY_OUT_OF_RANGE
            return
        for part_of in range(columns.version_schedule_at[version], columns.version_schedule_at[version + 1]):
            w[STATUS] = put_planned(
                w,
                place,
                start,
                columns.version_due_on[part_of],
                columns.version_principal[part_of],
                columns.version_interest[part_of],
                columns.version_fee[part_of],
                columns.version_minimum[part_of] if len(columns.version_minimum) else NONE,
                columns.version_drawdown[part_of] if len(columns.version_drawdown) else 0,
            )
            if w[STATUS] == OK and columns.version_due_on[part_of] < from_on:
                w[STATUS] = VERSION_DUE_TOO_EARLY
            if w[STATUS] != OK:
                return
            place += 1
        if is_too_much(w, start, place):
            w[STATUS] = AMOUNT_OUT_OF_RANGE
            return
        at = w[VERSIONS]
        while at > 0 and w[version_at(w, at - 1) + VERSION_FROM] >= from_on:
            for column in range(4):
                w[version_at(w, at) + column] = w[version_at(w, at - 1) + column]
            at -= 1
        w[version_at(w, at) + VERSION_FROM], w[version_at(w, at) + VERSION_TAKES_OVER] = (
            from_on,
            columns.takes_over[version],
        )
        w[version_at(w, at) + VERSION_START], w[version_at(w, at) + VERSION_STOP] = start, place
        w[VERSIONS] += 1


@part
def lay_out_pauses(w, columns, loan):
    for pause in range(columns.pauses_at[loan], columns.pauses_at[loan + 1]):
        from_on, at = np.int64(columns.paused_from[pause]), w[PAUSES]
        if not (is_day(from_on) and is_day(columns.paused_until[pause])):
            w[STATUS] = DAY_OUT_OF_RANGE
            return
        while at > 0 and w[pause_at(w, at - 1) + PAUSE_FROM] > from_on:
            for column in range(4):
                w[pause_at(w, at) + column] = w[pause_at(w, at - 1) + column]
            at -= 1
        w[pause_at(w, at) + PAUSE_FROM], w[pause_at(w, at) + PAUSE_UNTIL] = from_on, columns.paused_until[pause]
        w[pause_at(w, at) + STOPS_PENALTY], w[pause_at(w, at) + STOPS_FEES] = (
            columns.stops_penalty[pause],
            columns.stops_fees[pause],
        )
        w[PAUSES] += 1


@part
def lay_out_opening(w, columns, loan, opening):
    on = columns.openings[opening, OPENING_ON]
    for column in (OPENING_ON, OPENING_OVERDUE_SINCE, OPENING_PERIOD_FROM):
        day = columns.openings[opening, column]
        if not is_day(day) and (day != NONE or column == OPENING_ON):
            w[STATUS] = DAY_OUT_OF_RANGE
            return
    for column in (
        OPENING_PRINCIPAL,
        OPENING_INTEREST,
        OPENING_PENALTY,
        OPENING_COMPOUND,
        OPENING_FEE,
        OPENING_ACCRUED,
    ):
        if columns.openings[opening, column] < 0 or columns.openings[opening, column] > LARGEST_AMOUNT:
            w[STATUS] = AMOUNT_OUT_OF_RANGE
            return
    if w[AS_OF] < on:
        w[STATUS] = BEFORE_OPENING
    w[HAS_OPENING], w[OPENED_ON] = 1, on
    w[OPEN_PERIOD_FROM] = columns.openings[opening, OPENING_PERIOD_FROM]


UNKNOWN, STANDING, VOID = range(3)


@part
def lay_out_moves(w, columns, loan, known_on):
    """Copy the transactions that count into `moves`, in the order in which they work: core/arrears/known.py."""
    start, stop = columns.moves_at[loan], columns.moves_at[loan + 1]
    for place in range(start, stop):
        known = columns.effective_on[place] <= w[AS_OF] and (known_on == NONE or columns.booked_on[place] <= known_on)
        w[w[SOURCES_AT] + place - start] = STANDING if known else UNKNOWN
        w[w[LATEST_AT] + place - start] = UNTOUCHED
    for place in range(start, stop):
        if w[w[SOURCES_AT] + place - start] == UNKNOWN:
            continue
        kind = columns.kind[place]
        if columns.amount[place] < 0 or columns.amount[place] > LARGEST_AMOUNT:
            w[STATUS] = TRANSACTION_AMOUNT
        elif kind < 0 or kind > CHARGE_OFF:
            w[STATUS] = UNKNOWN_KIND
        elif not (is_day(columns.effective_on[place]) and is_day(columns.booked_on[place])):
            w[STATUS] = DAY_OUT_OF_RANGE
        elif len(columns.component) and not -1 <= columns.component[place] <= PRINCIPAL:
            w[STATUS] = UNKNOWN_COMPONENT
        elif kind == CHARGEBACK or kind == REVERSAL:
            w[STATUS] = judge_undoing(w, columns, place, start, stop)
        if w[STATUS] != OK:
            return
    if w[POLICY + OWN_DATE] and len(columns.reverses):
        for place in range(start, stop):
            if columns.kind[place] == REVERSAL and w[w[SOURCES_AT] + place - start] == STANDING:
                w[w[SOURCES_AT] + columns.reverses[place]] = STANDING
    for place in range(start, stop):
        if w[w[SOURCES_AT] + place - start] == STANDING:
            put_move(w, columns, place, place - start)
    w[SOURCES] = 0


@part
def judge_undoing(w, columns, place, start, stop):
    """Judge a reversal or chargeback by what it names; mark what a reversal voids."""
    is_reversal = columns.kind[place] == REVERSAL
    target = columns.reverses[place] if len(columns.reverses) else NONE
    if target < 0 or target >= stop - start or w[w[SOURCES_AT] + target] == UNKNOWN:
        return REVERSES_NOTHING if is_reversal else CHARGES_BACK_NOTHING
    kind = columns.kind[start + target]
    is_paid = kind == PAYMENT or kind == RECOVERY
    if not is_reversal:
        return OK if is_paid else CHARGES_BACK_NOTHING
    if kind == REVERSAL or w[w[SOURCES_AT] + target] == VOID:
        return REVERSES_NOTHING
    if columns.effective_on[place] < columns.effective_on[start + target]:
        return REVERSED_TOO_EARLY
    w[w[SOURCES_AT] + target] = VOID
    if not w[POLICY + OWN_DATE] or not is_paid:
        w[w[SOURCES_AT] + place - start] = VOID
    return OK


@part
def comes_before(w, move, effective_on, kind, booked_on):
    """Whether a move laid out already works before one that is listed later."""
    if w[move_at(w, move) + EFFECTIVE] != effective_on:
        return w[move_at(w, move) + EFFECTIVE] < effective_on
    if w[move_at(w, move) + KIND] != kind:
        return w[move_at(w, move) + KIND] < kind
    return w[move_at(w, move) + BOOKED] <= booked_on


@part
def put_move(w, columns, place, source):
    at = w[MOVES]
    effective_on, kind, booked_on = columns.effective_on[place], columns.kind[place], columns.booked_on[place]
    while at > 0 and not comes_before(w, at - 1, effective_on, kind, booked_on):
        for column in range(MOVE_SIZE):
            w[move_at(w, at) + column] = w[move_at(w, at - 1) + column]
        at -= 1
    w[move_at(w, at) + KIND], w[move_at(w, at) + AMOUNT], w[move_at(w, at) + EFFECTIVE], w[move_at(w, at) + BOOKED] = (
        kind,
        columns.amount[place],
        effective_on,
        booked_on,
    )
    w[move_at(w, at) + REVERSES] = columns.reverses[place] if len(columns.reverses) else NONE
    w[move_at(w, at) + DIRECTED] = NONE
    if len(columns.component) and columns.component[place] >= 0:
        w[move_at(w, at) + DIRECTED] = columns.component[place]
    w[move_at(w, at) + AT] = columns.instalment[place] if len(columns.instalment) else NONE
    w[move_at(w, at) + SOURCE] = source
    w[MOVES] += 1


@part
def by_steps(w, columns, loan, as_of, known_on, out, detail):
    """Assess one loan event by event; its status is returned, its figures go to column `loan` of out, and to detail."""
    lay_out_state(w, columns, loan, as_of)
    if len(columns.has_null) and columns.has_null[loan]:
        return IS_NULL
    opening = columns.opening_of[loan] if len(columns.opening_of) else -1
    if opening < 0 and columns.schedule_at[loan] == columns.schedule_at[loan + 1]:
        return NO_INSTALMENTS
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
    if w[STATUS] != OK:
        return w[STATUS]
    begin(w, columns.openings[max(0, opening)], stop)
    if w[STATUS] == OK:
        run_to(w)
    if w[STATUS] == OK:
        read(w, out, loan)
        if len(detail.positions_at):
            read_positions(w, detail, loan)
    return w[STATUS]


@part
def lay_out_terms(w, disbursed_on, rate_ppm, day_count, principal, as_of):
    """What the short way needs of a loan's state; whether it is within limits."""
    w[STATUS], w[PAUSES], w[DISBURSED], w[CONTRACT_PPM], w[CONTRACT_COUNT] = OK, 0, disbursed_on, rate_ppm, day_count
    w[FEES_CHARGED] = 0
    is_timely = EARLIEST_DAY <= disbursed_on <= as_of <= LATEST_DAY
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
    if len(columns.minimum):
        for place in range(columns.schedule_at[loan], columns.schedule_at[loan + 1]):
            if columns.minimum[place] != NONE:
                return False
    return True


@part
def refuse(out, detail, loan, status):
    """A loan that can't be computed: its status, zeros, and no instalments."""
    for row in range(out.shape[0]):
        out[row, loan] = 0
    out[OUT_STATUS, loan] = status
    if len(detail.positions_at):
        detail.positions_at[loan + 1], detail.drawn_at[loan + 1] = detail.positions_at[loan], detail.drawn_at[loan]


@entry(_SIGNATURE)
def assess_columns(columns, policies, extra, as_of, known_on, out, detail):
    """Assess every loan of a batch into out (len(RESULTS), loans), int64; known_on: NONE or a day.

    policies, extra: as policies.PolicyTable encodes them. detail: NO_DETAIL, or where positions go; who asks for those
    has every loan go event by event.
    """
    due_on, principal = pointer_to(columns.due_on), pointer_to(columns.due_principal)
    interest, fee = pointer_to(columns.due_interest), pointer_to(columns.due_fee)
    kind, amount = pointer_to(columns.kind), pointer_to(columns.amount)
    effective_on, booked_on = pointer_to(columns.effective_on), pointer_to(columns.booked_on)
    component, instalment = pointer_to(columns.component), pointer_to(columns.instalment)
    has_component, has_instalment = len(columns.component) > 0, len(columns.instalment) > 0
    is_simple = not (len(columns.pauses_at) or len(columns.versions_at) or len(columns.opening_of))
    is_simple = is_simple and not len(columns.minimum)
    is_asked_whole = len(detail.positions_at) > 0
    if is_asked_whole:
        detail.positions_at[0] = detail.drawn_at[0] = 0
    factor, laid_out = 1, -1
    memory = room_for(columns, policies, extra, factor)
    w = pointer_to(memory)
    for loan in range(len(columns.policy_of)):
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
            as_of,
        ):
            status = assess_steadily(
                w,
                out,
                loan,
                as_of,
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
            status = by_steps(w, columns, loan, as_of, known_on, out, detail)
        while status == NO_ROOM:
            factor *= 2
            memory = room_for(columns, policies, extra, factor)
            w = pointer_to(memory)
            lay_out_policy(w, policies, policy)
            status = by_steps(w, columns, loan, as_of, known_on, out, detail)
        if status != OK:
            refuse(out, detail, loan, status)
    memory[0] = 0  # w points into it up to here
