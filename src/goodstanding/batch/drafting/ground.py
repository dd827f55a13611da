"""The ground of a loan, compiled: what is open of it by instalment, its calendar, its charges. core.plans.measures.ground has it in words."""

from typing import Any, NamedTuple

import numpy as np

from goodstanding.batch import layout
from goodstanding.batch.compiling import part
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.rhythm import read_rhythm
from goodstanding.batch.drafting.tables import *
from goodstanding.batch.layout import NONE

_LARGEST = 10**15
_A_YEAR = 365
OPENING_SIZE = len(layout.OPENING_COLUMNS)


class Given(NamedTuple):
    """What of the kernel's given drafts are made from, as addresses of their numbers; has_...: whether a column is there."""

    schedule_at: Any
    due_on: Any
    due_principal: Any
    due_interest: Any
    due_fee: Any
    minimum: Any
    drawdown: Any
    pauses_at: Any
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
    has_minimum: bool
    has_drawdowns: bool
    has_pauses: bool
    has_openings: bool
    has_versions: bool
    has_version_minimum: bool
    has_version_drawdowns: bool


@part
def begin_loan(w, loan, status):
    """Clear the desk for another loan."""
    for field in range(GROUND_SIZE):
        w[field] = 0
    w[GROUND_LOAN], w[GROUND_STATUS], w[IS_ODD] = loan, status, 0


@part
def read_ground(w, given, policies, positions, first, stop, loan):
    """Lay out the ground of a loan whose figures are on the desk; GROUND_STATUS says whether core must draft it instead.

    positions: of its instalments those from `first` to `stop`.
    """
    opening = np.int64(given.opening_of[loan]) if given.has_openings else -1
    w[GROUND_PAYS_FROM] = w[AS_OF]
    if opening >= 0 and given.openings[opening * OPENING_SIZE + layout.OPENING_ON] == w[AS_OF]:
        w[GROUND_PAYS_FROM] += 1
    w[IS_BILLED] = w[GROUND_HAS_MINIMUM] = is_billed(given, loan)
    if not put_terms(w, given, loan, opening):
        w[GROUND_STATUS] = ODD_TERMS
        return
    read_rhythm(w, opening >= 0)
    if not put_parts(w, positions, first, stop):
        w[GROUND_STATUS] = ODD_TERMS
        return
    add_up(w, policies[w[GROUND_POLICY] * layout.POLICY_SIZE + layout.EXCESS])
    has_pauses = given.has_pauses and given.pauses_at[loan] != given.pauses_at[loan + 1]
    w[GROUND_CHARGES_BEGIN_TODAY] = charges_begin_today(w, policies, has_pauses)
    if max(w[GROUND_PAYOFF], w[GROUND_FEE] + w[GROUND_PENALTY] + w[GROUND_COMPOUND]) > _LARGEST:
        w[GROUND_STATUS] = TOO_LARGE


# -- what each instalment asked for -----------------------------------------------------------------------------------


@part
def put_terms(w, given, loan, opening):
    """The terms by the numbers that the engine gives instalments: core's _terms_by_number. Whether there are any."""
    w[TERMS_N] = 0
    versions = sort_versions(w, given, loan)
    begun, first = -layout.NEVER, -1
    if opening >= 0:
        begun = given.openings[opening * OPENING_SIZE + layout.OPENING_ON]
        since = given.openings[opening * OPENING_SIZE + layout.OPENING_OVERDUE_SINCE]
        put_term(
            w,
            0,
            begun if since == NONE else since,
            given.openings[opening * OPENING_SIZE + layout.OPENING_PRINCIPAL],
            given.openings[opening * OPENING_SIZE + layout.OPENING_INTEREST],
            0,
            0,
            NONE,
        )
        for place in range(versions):
            if given.version_from[w[w[VERSIONS_AT] + place]] <= begun:
                first = w[w[VERSIONS_AT] + place]
    if first >= 0:
        put_version(w, given, first, begun)
    else:
        put_schedule(w, given, loan, begun)
    for place in range(versions):
        version = w[w[VERSIONS_AT] + place]
        from_on = np.int64(given.version_from[version])
        if begun < from_on:
            take_places(w, from_on, given.takes_over[version] != 0)
            put_version(w, given, version, -layout.NEVER)
    return w[TERMS_N] > 0


@part
def is_billed(given, loan):
    if given.has_minimum:
        for place in range(given.schedule_at[loan], given.schedule_at[loan + 1]):
            if given.minimum[place] != NONE:
                return 1
    return 0


@part
def sort_versions(w, given, loan):
    """List the loan's versions by the day from which they count, counting re_ages_within_a_year; return how many."""
    if not given.has_versions:
        return 0
    count, first = 0, w[VERSIONS_AT]
    for version in range(given.versions_at[loan], given.versions_at[loan + 1]):
        place = count
        while place > 0 and given.version_from[w[first + place - 1]] > given.version_from[version]:
            w[first + place] = w[first + place - 1]
            place -= 1
        w[first + place] = version
        count += 1
        from_on = given.version_from[version]
        if given.takes_over[version] != 0 and w[AS_OF] - _A_YEAR < from_on <= w[AS_OF]:
            w[GROUND_RE_AGES] += 1
    return count


@part
def put_term(w, start, due_on, principal, interest, fee, drawdown, minimum):
    """Put an instalment's terms into their place among those from `start` on, by due date and drawdown."""
    place = w[TERMS_N]
    while place > start and is_term_after(w, place - 1, due_on, drawdown):
        for field in range(TERM_SIZE):
            w[term_at(w, place) + field] = w[term_at(w, place - 1) + field]
        place -= 1
    at = term_at(w, place)
    w[at + TERM_DUE_ON], w[at + TERM_PRINCIPAL], w[at + TERM_INTEREST] = due_on, principal, interest
    w[at + TERM_FEE], w[at + TERM_DRAWDOWN], w[at + TERM_MINIMUM] = fee, drawdown, minimum
    w[TERMS_N] += 1


@part
def is_term_after(w, place, due_on, drawdown):
    at = term_at(w, place)
    return w[at + TERM_DUE_ON] > due_on or (w[at + TERM_DUE_ON] == due_on and w[at + TERM_DRAWDOWN] > drawdown)


@part
def put_schedule(w, given, loan, begun):
    start = w[TERMS_N]
    for place in range(given.schedule_at[loan], given.schedule_at[loan + 1]):
        minimum = given.minimum[place] if given.has_minimum else NONE
        if given.due_on[place] > begun:
            put_term(
                w,
                start,
                np.int64(given.due_on[place]),
                given.due_principal[place],
                given.due_interest[place],
                given.due_fee[place],
                np.int64(given.drawdown[place]) if given.has_drawdowns else 0,
                minimum,
            )


@part
def put_version(w, given, version, begun):
    start = w[TERMS_N]
    for place in range(given.version_schedule_at[version], given.version_schedule_at[version + 1]):
        if given.version_due_on[place] > begun:
            put_term(
                w,
                start,
                np.int64(given.version_due_on[place]),
                given.version_principal[place],
                given.version_interest[place],
                given.version_fee[place],
                np.int64(given.version_drawdown[place]) if given.has_version_drawdowns else 0,
                given.version_minimum[place] if given.has_version_minimum else NONE,
            )


@part
def take_places(w, from_on, takes_over):
    """A schedule takes the place of others: what they asked for from a day on, or all of it, they ask for no more."""
    for place in range(w[TERMS_N]):
        at = term_at(w, place)
        if takes_over or w[at + TERM_DUE_ON] >= from_on:
            w[at + TERM_PRINCIPAL] = w[at + TERM_INTEREST] = w[at + TERM_FEE] = 0
            w[at + TERM_MINIMUM] = NONE


# -- what is open of each ---------------------------------------------------------------------------------------------


@part
def put_parts(w, positions, first, stop):
    """List what is open of each instalment: fallen first, then coming, which must come in the order of their days. Whether they do."""
    as_of, accept_by = w[AS_OF], w[ACCEPT_BY]
    fallen, between, last = 0, 0, -layout.NEVER
    w[GROUND_LAST_DUE_ON], w[GROUND_FEE] = last, 0
    for is_coming in range(2):
        for row in range(first, stop):
            due_on = positions[(layout.POSITION_DUE_ON) * w[POSITIONS_ROOM] + row]
            if (due_on > as_of) != (is_coming == 1):
                continue
            if is_coming and due_on < last:
                return False
            number = positions[(layout.POSITION_NUMBER) * w[POSITIONS_ROOM] + row]
            if number < 1 or number > w[TERMS_N]:
                return False
            count = w[GROUND_PARTS_N]
            put_part(w, count, positions, row, term_at(w, number - 1), is_coming)
            if is_coming or part_total(w, count) != 0:
                w[GROUND_PARTS_N] += 1
                fallen += 1 - is_coming
                between += 1 if is_coming and due_on <= accept_by else 0
            last = due_on if is_coming else last
            w[GROUND_LAST_DUE_ON] = max(w[GROUND_LAST_DUE_ON], due_on)
    w[GROUND_FALLEN_N], w[GROUND_BETWEEN_N] = fallen, between
    return stop > first and w[IS_ODD] == 0


@part
def put_part(w, place, positions, row, term, is_coming):
    """What is open of an instalment: core's _part. Charges are met before the schedule's fee; the rest is added to charges."""
    at, paid = part_at(w, place), 0
    open_fee = positions[(layout.POSITION_OPEN + layout.FEE) * w[POSITIONS_ROOM] + row]
    principal = positions[(layout.POSITION_OPEN + layout.PRINCIPAL) * w[POSITIONS_ROOM] + row]
    interest = positions[(layout.POSITION_OPEN + layout.INTEREST) * w[POSITIONS_ROOM] + row]
    paid_interest = positions[(layout.POSITION_PAID + layout.INTEREST) * w[POSITIONS_ROOM] + row]
    fee = min(w[term + TERM_FEE], open_fee)
    ahead = min(positions[(layout.POSITION_PAID + layout.FEE) * w[POSITIONS_ROOM] + row], w[term + TERM_FEE] - fee)
    for component in range(5):
        paid += positions[(layout.POSITION_PAID + component) * w[POSITIONS_ROOM] + row]
    w[GROUND_FEE] += open_fee - fee
    w[at + PART_DUE_ON] = positions[(layout.POSITION_DUE_ON) * w[POSITIONS_ROOM] + row]
    w[at + PART_DRAWDOWN] = positions[(layout.POSITION_DRAWDOWN) * w[POSITIONS_ROOM] + row]
    w[at + PART_PRINCIPAL], w[at + PART_INTEREST], w[at + PART_FEE] = principal, interest, fee
    w[at + PART_IS_LATE] = 1 if positions[(layout.POSITION_DAYS) * w[POSITIONS_ROOM] + row] > 0 else 0
    w[at + PART_IS_FALLEN] = 1 - is_coming
    w[at + PART_WHOLE_INTEREST], w[at + PART_WHOLE_FEE] = w[term + TERM_INTEREST], fee + ahead
    w[at + PART_PAID], w[at + PART_MINIMUM] = paid, w[term + TERM_MINIMUM]
    w[at + PART_PAID_PRINCIPAL] = positions[(layout.POSITION_PAID + layout.PRINCIPAL) * w[POSITIONS_ROOM] + row]
    w[at + PART_KEPT_PAID] = paid - (0 if w[GROUND_BY_DAY] else paid_interest) - ahead
    w[at + PART_ASKS] = asked_for(w, at, term, paid_interest, is_coming)
    if w[term + TERM_MINIMUM] != NONE and is_coming:
        w[GROUND_HAS_MINIMUM] = 1
    if min(principal, interest, fee) < 0:
        w[IS_ODD] = 1


@part
def asked_for(w, at, term, paid_interest, is_coming):
    """What the contract asks for on a part's day; of a bill what is short of the minimum."""
    total = w[at + PART_PRINCIPAL] + w[at + PART_INTEREST] + w[at + PART_FEE]
    if w[term + TERM_MINIMUM] != NONE:
        amount = w[term + TERM_PRINCIPAL] + w[term + TERM_INTEREST] + w[term + TERM_FEE]
        met = w[at + PART_PAID_PRINCIPAL] + paid_interest + w[term + TERM_FEE] - w[at + PART_FEE]
        return min(total, max(0, min(w[term + TERM_MINIMUM], amount) - max(amount - total, met)))
    if w[GROUND_BY_DAY] and is_coming:
        return max(0, w[at + PART_PRINCIPAL] + w[term + TERM_INTEREST] - paid_interest + w[at + PART_FEE])
    return total


@part
def part_total(w, place):
    at = part_at(w, place)
    return w[at + PART_PRINCIPAL] + w[at + PART_INTEREST] + w[at + PART_FEE]


# -- figures of the whole loan ----------------------------------------------------------------------------------------


@part
def read_figures(w, policy, policies, rate, day_count, out, loan):
    """What the assessment and the policy say of the loan. rate: a year, in parts per million."""
    row = policy * layout.POLICY_SIZE
    ceiling = policies[row + layout.CEILING]
    w[GROUND_POLICY], w[GROUND_DAY_COUNT] = policy, day_count
    w[GROUND_BY_DAY] = 0 if policies[row + layout.INTEREST_BY] == layout.SCHEDULED else 1
    w[OWN_RATE] = rate
    w[GROUND_RATE] = rate if ceiling == NONE else min(rate, ceiling)
    w[GROUND_HELD], w[GROUND_ARREARS] = out[layout.OUT_UNAPPLIED, loan], out[layout.OUT_CURE, loan]
    w[GROUND_PAYOFF], w[GROUND_OUTSTANDING] = out[layout.OUT_PAYOFF, loan], out[layout.OUT_OUTSTANDING, loan]
    w[GROUND_PENALTY], w[GROUND_COMPOUND] = out[layout.OUT_PENALTY, loan], out[layout.OUT_COMPOUND, loan]
    w[GROUND_DAYS_PAST_DUE] = out[layout.OUT_DAYS, loan]
    w[GROUND_INSTALMENTS_OVERDUE] = out[layout.OUT_INSTALMENTS, loan]
    w[GROUND_CHARGED_OFF_ON] = out[layout.OUT_CHARGED_OFF, loan]
    w[GROUND_OVERDUE] = out[layout.OUT_PRINCIPAL, loan] + out[layout.OUT_INTEREST, loan]


@part
def add_up(w, excess):
    """What new schedules free, what of it meets payments, and what has run of a period that would end early."""
    freed, owed = w[GROUND_HELD], w[GROUND_OUTSTANDING]
    for place in range(w[GROUND_PARTS_N]):
        at = part_at(w, place)
        if w[at + PART_IS_FALLEN]:
            owed += w[at + PART_INTEREST] + w[at + PART_FEE]
        else:
            if not w[GROUND_BY_DAY]:
                freed += w[at + PART_WHOLE_INTEREST] - w[at + PART_INTEREST]
            freed += w[at + PART_WHOLE_FEE] - w[at + PART_FEE]
    w[GROUND_FREED] = freed
    w[GROUND_CREDIT] = 0 if excess == layout.LAST or excess == layout.SPREAD else freed
    if w[GROUND_PARTS_N] > w[GROUND_FALLEN_N] and not (w[GROUND_BY_DAY] or w[IS_BILLED]):
        owed += w[GROUND_FEE] + w[GROUND_PENALTY] + w[GROUND_COMPOUND]
        w[GROUND_RUN_SO_FAR] = max(0, w[GROUND_PAYOFF] - owed + w[GROUND_FREED])


@part
def charges_begin_today(w, policies, has_pauses):
    """Whether grace may have run out today, or a late fee fallen today."""
    row = w[GROUND_POLICY] * layout.POLICY_SIZE
    grace, after, again = policies[row + layout.GRACE], policies[row + layout.GRACE], 0
    if policies[row + layout.HAS_LATE_FEE]:
        after, again = policies[row + layout.LATE_AFTER], policies[row + layout.LATE_EVERY]
    is_late = False
    for place in range(w[GROUND_FALLEN_N]):
        at = part_at(w, place)
        if w[at + PART_IS_LATE]:
            is_late, days = True, w[AS_OF] - w[at + PART_DUE_ON]
            if days == grace + 1 or days == after + 1:
                return 1
            if again and days > after and (days - after - 1) % again == 0:
                return 1
    return 1 if is_late and has_pauses else 0
