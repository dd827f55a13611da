"""The drafts of many loans, compiled: the ground of each, then every measure that the lender grants it, written to tables.

`draft_loans` is the one function that is compiled for callers. `drafted` in goodstanding.batch.drafting.asking calls it.
"""

from numba import types

from goodstanding.batch.compiling import entry, part, pointer_to
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.ground import read_ground
from goodstanding.batch.drafting.laying_down import write_payments, write_schedule
from goodstanding.batch.drafting.measures import (
    PPM,
    arrears_instalments,
    deferral,
    extension,
    longer_term,
    lower_rate,
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
    types.Array(types.int64, 1, "A"),
    _OUT,
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
def why_not_granted(w, measures, measure):
    """Whether the lender grants the measure to such a loan, its product apart: core's may_be_drafted as a DRAFT_STATUS."""
    days = w[GROUND_DAYS_PAST_DUE]
    if days < measures[MEASURE_FROM_DPD, measure]:
        return TOO_EARLY
    if measures[MEASURE_TO_DPD, measure] != NONE and days > measures[MEASURE_TO_DPD, measure]:
        return TOO_LATE
    if w[GROUND_CHARGED_OFF_ON] != NONE and not measures[MEASURE_AFTER_CHARGE_OFF, measure]:
        return CHARGED_OFF
    if w[GROUND_BY_DAY] and measures[MEASURE_IS_LONGER, measure] and w[GROUND_RATE] < w[OWN_RATE]:
        return ABOVE_CEILING
    if 0 < w[GROUND_INSTALMENTS_OVERDUE] < measures[MEASURE_LEAST_OVERDUE, measure]:
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
def make(w, measures, measure, months):
    """Draft a measure on the desk; return its DRAFT_STATUS."""
    kind, bears_interest = measures[MEASURE_KIND, measure], measures[MEASURE_BEARS_INTEREST, measure]
    share, whole = measures[MEASURE_SHARE, measure], measures[MEASURE_SHARE_WHOLE, measure]
    if kind == ARREARS_INSTALMENTS:
        return arrears_instalments(w, months)
    if kind == EXTENSION:
        return extension(w, bears_interest)
    if kind == DEFERRAL:
        return deferral(w, months, bears_interest)
    if kind == RE_AGE:
        return re_age(w, bears_interest)
    if kind == RE_AMORTISE:
        return re_amortise(w)
    if kind == LONGER_TERM:
        return longer_term(w, months)
    if kind == LOWER_RATE:
        return lower_rate(w, months, measures[MEASURE_RATE, measure], measures[MEASURE_RATE_WHOLE, measure])
    if kind == WAIVER:
        return waiver(w, measures[MEASURE_COMPONENTS, measure], share, whole)
    if kind == SETTLEMENT:
        return settlement(w, months, share, whole)
    return personal_plan(w, months, bears_interest)


@part
def write_draft(w, drafts):
    for field in range(DRAFT_SIZE):
        drafts[field, w[DRAFTS_TOP]] = w[DRAFT + field]
    w[DRAFTS_TOP] += 1


@part
def refuse_draft(w, drafts, status, a):
    """Write a draft that isn't made, and why."""
    w[DRAFT + DRAFT_STATUS], w[DRAFT + DRAFT_A] = status, a
    write_draft(w, drafts)


@part
def write_waivers(w, waivers):
    """Write what the draft waives, in core's order; return how many."""
    at = w[WAIVERS_TOP]
    for component in (PENALTY, COMPOUND, FEE, INTEREST, PRINCIPAL, OF_ALL):
        if w[WAIVE + component]:
            waivers[WAIVER_COMPONENT, w[WAIVERS_TOP]] = -1 if component == OF_ALL else component
            waivers[WAIVER_AMOUNT, w[WAIVERS_TOP]] = w[WAIVE + component]
            waivers[WAIVER_ON, w[WAIVERS_TOP]] = w[WAIVED_ON]
            w[WAIVERS_TOP] += 1
    return w[WAIVERS_TOP] - at


@part
def finish(w, measures, drafts, payments, schedule, waivers, rests):
    """Write the draft on the desk, its payments met by what is held, its new schedule and its waivers."""
    d = DRAFT
    w[d + DRAFT_PAYMENTS_AT], w[d + DRAFT_SCHEDULE_AT] = w[PAYMENTS_TOP], w[SCHEDULE_TOP]
    w[d + DRAFT_WAIVERS_AT] = w[WAIVERS_TOP]
    count = write_payments(w, payments, w[PAYMENTS_TOP])
    if count == 0:
        is_bill = w[IS_BILLED] and measures[MEASURE_KIND, w[d + DRAFT_MEASURE]] == RE_AGE
        refuse_draft(w, drafts, NOTHING_TO_COME if is_bill else HELD_MEETS_ALL, 0)
        return
    if rests:
        pause(w, payments[PAYMENT_ON, w[PAYMENTS_TOP] + count - 1] + 1)
    write_schedule(w, schedule, w[SCHEDULE_TOP])
    w[d + DRAFT_PAYMENTS_N], w[d + DRAFT_SCHEDULE_N] = count, w[NEW_N]
    w[PAYMENTS_TOP] += count
    w[SCHEDULE_TOP] += w[NEW_N]
    w[d + DRAFT_WAIVERS_N] = write_waivers(w, waivers)
    write_draft(w, drafts)


@part
def draft_measure(w, measures, measure, months, drafts, payments, schedule, waivers):
    """Make a draft and write it, or why there is none; whether there was room for it."""
    kind = measures[MEASURE_KIND, measure]
    status = make(w, measures, measure, months)
    if w[IS_ODD]:
        return True
    if status != DRAFTED:
        refuse_draft(w, drafts, status, w[DRAFT + DRAFT_A])
        return True
    fits = w[PAYMENTS_TOP] + w[PAID_N] <= payments.shape[1] and w[SCHEDULE_TOP] + w[NEW_N] <= schedule.shape[1]
    if fits:
        finish(
            w,
            measures,
            drafts,
            payments,
            schedule,
            waivers,
            kind == ARREARS_INSTALMENTS and measures[MEASURE_RESTS, measure],
        )
        if kind == ARREARS_INSTALMENTS and w[DRAFT + DRAFT_STATUS] == HELD_MEETS_ALL:
            w[IS_ODD] = 1  # core doesn't know such a draft
    return fits


@part
def draft_loan(w, loan, measures, months, granted, drafts, payments, schedule, waivers):
    """Make and write every draft of the loan whose ground is laid out; whether there was room for them."""
    for measure in range(measures.shape[1]):
        begin_draft(w, loan, measure, 0)
        if granted.shape[1] and not granted[measure, loan]:
            refuse_draft(w, drafts, WRONG_PRODUCT, 0)
            continue
        status = why_not_granted(w, measures, measure)
        if status != DRAFTED:
            refuse_draft(w, drafts, status, a_of(w, status))
            continue
        first, count = measures[MEASURE_MONTHS_AT, measure], measures[MEASURE_MONTHS_N, measure]
        for place in range(first, first + max(1, count)):
            asked = months[place] if count else 0
            begin_draft(w, loan, measure, asked)
            if not draft_measure(w, measures, measure, asked, drafts, payments, schedule, waivers):
                return False
            if w[IS_ODD]:
                return True
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
def most_of(columns):
    """The most instalments and versions that a loan of the columns can have."""
    terms, versions = 1, 0
    for loan in range(len(columns.policy_of)):
        count = columns.schedule_at[loan + 1] - columns.schedule_at[loan] + 1
        if len(columns.versions_at):
            first, stop = columns.versions_at[loan], columns.versions_at[loan + 1]
            versions = max(versions, stop - first)
            count += columns.version_schedule_at[stop] - columns.version_schedule_at[first]
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
    terms, versions = most_of(columns)
    most = 0
    for place in range(len(months)):
        most = max(most, months[place])
    memory = desk_for(terms, versions, most, as_of, accept_by)
    w = pointer_to(memory)
    has_room = True
    for loan in range(len(columns.policy_of)):
        read_ground(w, columns, policies, out, positions_at, positions, loan, statuses[loan])
        w[GROUND_DRAFTS_AT] = w[DRAFTS_TOP]
        if w[GROUND_STATUS] == PLAIN:
            before = (w[DRAFTS_TOP], w[PAYMENTS_TOP], w[SCHEDULE_TOP], w[WAIVERS_TOP])
            has_room = draft_loan(w, loan, measures, months, granted, drafts, payments, schedule, waivers)
            if w[IS_ODD]:
                w[GROUND_STATUS] = UNDECIDED
                w[DRAFTS_TOP], w[PAYMENTS_TOP], w[SCHEDULE_TOP], w[WAIVERS_TOP] = before
            if not has_room:
                break
        w[GROUND_DRAFTS_N] = w[DRAFTS_TOP] - w[GROUND_DRAFTS_AT]
        write_ground(w, loan, ground, parts)
    for place in range(5):
        rows[place] = w[PARTS_TOP + place]
    memory[0] = 0  # w points into it up to here
    return has_room
