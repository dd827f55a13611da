"""The drafts of many loans, compiled: the ground of each, then every measure that the lender grants it, written to tables.

`draft_loans` is the one function that is compiled for callers. `drafted` in goodstanding.batch.drafting.asking calls it.
"""

import numpy as np
from numba import types

from goodstanding.batch.compiling import entry, part, pointer_to
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.ground import Given, begin_loan, read_figures, read_ground
from goodstanding.batch.drafting.laying_down import write_payments, write_schedule
from goodstanding.batch.drafting.measures import (
    PPM,
    arrears_instalments,
    deferral,
    extension,
    pause,
    personal_plan,
    re_age,
    re_amortise,
    settlement,
    waiver,
)
from goodstanding.batch.drafting.tables import *
from goodstanding.batch.kernel import COLUMN_TYPES, Columns
from goodstanding.batch.layout import COMPOUND, FEE, INTEREST, NONE, PENALTY, PRINCIPAL

_TABLE = types.Array(types.int64, 2, "C")
_OUT = types.Array(types.int64, 2, "A")
_GIVEN = types.Array(types.int64, 2, "C", readonly=True)
_NUMBERS = types.Array(types.int64, 1, "C", readonly=True)
_GRANTED = types.Array(types.uint8, 2, "C", readonly=True)
_COLUMNS = types.NamedTuple(tuple(COLUMN_TYPES[name] for name in Columns._fields), Columns)
_DAY = types.int64
_SIGNATURE = types.boolean(
    _COLUMNS,
    _GIVEN,
    _OUT,
    types.Array(types.int64, 1, "C"),
    _TABLE,
    _GIVEN,
    _NUMBERS,
    _GRANTED,
    _DAY,
    _DAY,
    _NUMBERS,
    types.Array(types.int64, 1, "C"),
    *(_TABLE,) * 6,
)


@part
def why_not_granted(w):
    """Whether the lender grants the measure in hand to such a loan, its product apart: core's may_be_drafted as a DRAFT_STATUS."""
    days, m = w[GROUND_DAYS_PAST_DUE], MEASURE
    if days < w[m + MEASURE_FROM_DPD]:
        return TOO_EARLY
    if w[m + MEASURE_TO_DPD] != NONE and days > w[m + MEASURE_TO_DPD]:
        return TOO_LATE
    if w[GROUND_CHARGED_OFF_ON] != NONE and not w[m + MEASURE_AFTER_CHARGE_OFF]:
        return CHARGED_OFF
    if w[GROUND_BY_DAY] and w[m + MEASURE_IS_LONGER] and w[GROUND_RATE] < w[OWN_RATE]:
        return ABOVE_CEILING
    if 0 < w[GROUND_INSTALMENTS_OVERDUE] < w[m + MEASURE_LEAST_OVERDUE]:
        return TOO_FEW_OVERDUE
    return DRAFTED


@part
def a_of(w, status):
    """What the sentence of a measure that isn't granted names: DRAFT_A."""
    if status == CHARGED_OFF:
        return w[GROUND_CHARGED_OFF_ON]
    if status == ABOVE_CEILING:
        return w[OWN_RATE] * TWO_RATES + w[GROUND_RATE]
    return w[GROUND_DAYS_PAST_DUE] if status == TOO_EARLY or status == TOO_LATE else 0


@part
def begin_draft(w, loan, measure, months):
    """Clear the desk for another draft."""
    for field in range(DRAFT_SIZE):
        w[DRAFT + field] = 0
    for place in range(OF_ALL + 1):
        w[WAIVE + place] = 0
    w[DRAFT + DRAFT_LOAN], w[DRAFT + DRAFT_MEASURE], w[DRAFT + DRAFT_ASKED] = loan, measure, months
    w[DRAFT + DRAFT_PAUSE_FROM] = w[DRAFT + DRAFT_PAUSE_UNTIL] = NONE
    w[RATE_PARTS], w[RATE_WHOLE] = w[GROUND_RATE], PPM
    w[PAID_N] = w[NEW_N] = w[DAYS_N] = w[CREDIT] = 0


@part
def make(w, months):
    """Draft the measure in hand on the desk; return its DRAFT_STATUS."""
    kind, bears_interest = w[MEASURE + MEASURE_KIND], w[MEASURE + MEASURE_BEARS_INTEREST]
    share, whole = w[MEASURE + MEASURE_SHARE], w[MEASURE + MEASURE_SHARE_WHOLE]
    if kind == ARREARS_INSTALMENTS:
        return arrears_instalments(w, months)
    if kind == EXTENSION:
        return extension(w, bears_interest)
    if kind == DEFERRAL:
        return deferral(w, months, bears_interest)
    if kind == RE_AGE:
        return re_age(w, bears_interest)
    if kind == WAIVER:
        return waiver(w, w[MEASURE + MEASURE_COMPONENTS], share, whole)
    if kind == SETTLEMENT:
        return settlement(w, months, share, whole)
    if kind == PERSONAL_PLAN:
        return personal_plan(w, months, bears_interest)
    return re_amortise(w, kind, months, w[MEASURE + MEASURE_RATE], w[MEASURE + MEASURE_RATE_WHOLE])


@part
def write_draft(w, drafts):
    for field in range(DRAFT_SIZE):
        drafts[field * w[DRAFTS_ROOM] + w[DRAFTS_TOP]] = w[DRAFT + field]
    w[DRAFTS_TOP] += 1


@part
def refuse_draft(w, drafts, status, a):
    """Write a draft that isn't made, and why."""
    w[DRAFT + DRAFT_STATUS], w[DRAFT + DRAFT_A] = status, a
    write_draft(w, drafts)


@part
def write_waivers(w, waivers):
    """Write what the draft waives, in core's order; return how many."""
    at, room = w[WAIVERS_TOP], w[WAIVERS_ROOM]
    for component in (PENALTY, COMPOUND, FEE, INTEREST, PRINCIPAL, OF_ALL):
        if w[WAIVE + component]:
            waivers[WAIVER_COMPONENT * room + w[WAIVERS_TOP]] = -1 if component == OF_ALL else component
            waivers[WAIVER_AMOUNT * room + w[WAIVERS_TOP]] = w[WAIVE + component]
            waivers[WAIVER_ON * room + w[WAIVERS_TOP]] = w[WAIVED_ON]
            w[WAIVERS_TOP] += 1
    return w[WAIVERS_TOP] - at


@part
def finish(w, drafts, payments, schedule, waivers):
    """Write the draft on the desk, its payments met by what is held, its new schedule and its waivers."""
    d, kind = DRAFT, w[MEASURE + MEASURE_KIND]
    w[d + DRAFT_PAYMENTS_AT], w[d + DRAFT_SCHEDULE_AT] = w[PAYMENTS_TOP], w[SCHEDULE_TOP]
    w[d + DRAFT_WAIVERS_AT] = w[WAIVERS_TOP]
    count = write_payments(w, payments)
    if count == 0:
        refuse_draft(w, drafts, NOTHING_TO_COME if w[IS_BILLED] and kind == RE_AGE else HELD_MEETS_ALL, 0)
        if kind == ARREARS_INSTALMENTS:
            w[IS_ODD] = 1  # core doesn't know such a draft
        return
    if kind == ARREARS_INSTALMENTS and w[MEASURE + MEASURE_RESTS]:
        pause(w, payments[PAYMENT_ON * w[PAYMENTS_ROOM] + w[PAYMENTS_TOP] + count - 1] + 1)
    write_schedule(w, schedule)
    w[d + DRAFT_PAYMENTS_N], w[d + DRAFT_SCHEDULE_N] = count, w[NEW_N]
    w[PAYMENTS_TOP] += count
    w[SCHEDULE_TOP] += w[NEW_N]
    w[d + DRAFT_WAIVERS_N] = write_waivers(w, waivers)
    write_draft(w, drafts)


@part
def draft_measure(w, loan, measure, months, drafts, payments, schedule, waivers):
    """Make every draft of the measure in hand and write it, or why there is none; whether there was room for them."""
    first, count = w[MEASURE + MEASURE_MONTHS_AT], w[MEASURE + MEASURE_MONTHS_N]
    for place in range(first, first + max(1, count)):
        asked = months[place] if count else 0
        begin_draft(w, loan, measure, asked)
        status = make(w, asked)
        if w[IS_ODD]:
            return True
        if status != DRAFTED:
            refuse_draft(w, drafts, status, w[DRAFT + DRAFT_A])
            continue
        if w[PAYMENTS_TOP] + w[PAID_N] > w[PAYMENTS_ROOM] or w[SCHEDULE_TOP] + w[NEW_N] > w[SCHEDULE_ROOM]:
            return False
        finish(w, drafts, payments, schedule, waivers)
    return True


@part
def write_ground(w, loan, ground, parts):
    """Write the ground on the desk, and the instalments that it has."""
    w[GROUND_PARTS_AT] = w[PARTS_TOP]
    if w[GROUND_STATUS] != PLAIN:
        w[GROUND_PARTS_N] = 0
    for place in range(w[GROUND_PARTS_N]):
        for field in range(PART_SIZE):
            parts[field, w[PARTS_TOP]] = w[part_at(w, place) + field]
        w[PARTS_TOP] += 1
    for field in range(GROUND_SIZE):
        ground[field, loan] = w[field]


@part
def most_of(given, loans):
    """The most instalments and versions that one of so many loans can have."""
    terms, versions = 1, 0
    for loan in range(loans):
        count = given.schedule_at[loan + 1] - given.schedule_at[loan] + 1
        if given.has_versions:
            first, stop = given.versions_at[loan], given.versions_at[loan + 1]
            versions = max(versions, stop - first)
            count += given.version_schedule_at[stop] - given.version_schedule_at[first]
        terms = max(terms, count)
    return terms, versions


@entry(_SIGNATURE)
def draft_loans(
    columns,
    policies,
    out,
    positions_at,
    positions,
    measures,
    months,
    granted,
    as_of,
    accept_by,
    statuses,
    rows,
    ground,
    parts,
    drafts,
    payments,
    schedule,
    waivers,
):
    """Lay the ground of every loan and make its drafts; whether the tables had room. rows: how many of each table are written.

    columns, out, positions: loans that the kernel assessed as of the day, with its results in detail. measures, months: rails.MeasureTable.
    granted: uint8 (measures, loans), of no length where no measure names products. statuses: why core must draft a loan, as far as its columns tell. ground: a column for each loan, in their order.
    """
    given = Given(
        pointer_to(columns.schedule_at),
        pointer_to(columns.due_on),
        pointer_to(columns.due_principal),
        pointer_to(columns.due_interest),
        pointer_to(columns.due_fee),
        pointer_to(columns.minimum),
        pointer_to(columns.drawdown),
        pointer_to(columns.pauses_at),
        pointer_to(columns.opening_of),
        pointer_to(columns.openings),
        pointer_to(columns.versions_at),
        pointer_to(columns.version_from),
        pointer_to(columns.takes_over),
        pointer_to(columns.version_schedule_at),
        pointer_to(columns.version_due_on),
        pointer_to(columns.version_principal),
        pointer_to(columns.version_interest),
        pointer_to(columns.version_fee),
        pointer_to(columns.version_minimum),
        pointer_to(columns.version_drawdown),
        len(columns.minimum) > 0,
        len(columns.drawdown) > 0,
        len(columns.pauses_at) > 0,
        len(columns.opening_of) > 0,
        len(columns.versions_at) > 0,
        len(columns.version_minimum) > 0,
        len(columns.version_drawdown) > 0,
    )
    loans, kinds, most = len(columns.policy_of), measures.shape[1], 0
    terms, versions = most_of(given, loans)
    for place in range(len(months)):
        most = max(most, months[place])
    memory = desk_for(terms, versions, most, as_of, accept_by)
    w, policy_rows = pointer_to(memory), pointer_to(policies)
    listed, positions_of, months_of = pointer_to(drafts), pointer_to(positions), pointer_to(months)
    paid, new, waived = pointer_to(payments), pointer_to(schedule), pointer_to(waivers)
    w[POSITIONS_ROOM], w[DRAFTS_ROOM], w[PAYMENTS_ROOM] = positions.shape[1], drafts.shape[1], payments.shape[1]
    w[SCHEDULE_ROOM], w[WAIVERS_ROOM] = schedule.shape[1], waivers.shape[1]
    has_room = True
    for loan in range(loans):
        begin_loan(w, loan, statuses[loan])
        if w[GROUND_STATUS] == PLAIN:
            rate, count = columns.rate_ppm[loan], np.int64(columns.day_count[loan])
            read_figures(w, np.int64(columns.policy_of[loan]), policy_rows, rate, count, out, loan)
            read_ground(w, given, policy_rows, positions_of, positions_at[loan], positions_at[loan + 1], loan)
        w[GROUND_DRAFTS_AT] = w[DRAFTS_TOP]
        before = (w[PAYMENTS_TOP], w[SCHEDULE_TOP], w[WAIVERS_TOP])
        measure = 0
        while measure < kinds and has_room and w[GROUND_STATUS] == PLAIN:
            for field in range(MEASURE_SIZE):
                w[MEASURE + field] = measures[field, measure]
            begin_draft(w, loan, measure, 0)
            status = why_not_granted(w)
            if granted.shape[1] and not granted[measure, loan]:
                refuse_draft(w, listed, WRONG_PRODUCT, 0)
            elif status != DRAFTED:
                refuse_draft(w, listed, status, a_of(w, status))
            else:
                has_room = draft_measure(w, loan, measure, months_of, listed, paid, new, waived)
            if w[IS_ODD]:
                w[GROUND_STATUS], w[DRAFTS_TOP] = UNDECIDED, w[GROUND_DRAFTS_AT]
                w[PAYMENTS_TOP], w[SCHEDULE_TOP], w[WAIVERS_TOP] = before
            measure += 1
        if not has_room:
            break
        w[GROUND_DRAFTS_N] = w[DRAFTS_TOP] - w[GROUND_DRAFTS_AT]
        write_ground(w, loan, ground, parts)
    for place in range(5):
        rows[place] = w[PARTS_TOP + place]
    memory[0] = 0  # w points into it up to here
    return has_room
