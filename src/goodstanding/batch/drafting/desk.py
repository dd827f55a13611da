"""The desk on which drafts are made: one array of whole numbers, and where in it a loan's ground, a draft and their lists lie.

Parts of drafting take it as w. Of a list, w[..._AT] says where its rows begin and w[..._N] how many there are.
"""

import numpy as np

from goodstanding.batch.compiling import part
from goodstanding.batch.drafting.tables import (
    DRAFT_SIZE,
    GROUND_SIZE,
    MEASURE_SIZE,
    PART_SIZE,
    SCHEDULED_SIZE,
)

DRAFT = GROUND_SIZE
"""w begins with the loan's ground (w[GROUND_...]); then the draft in hand (w[DRAFT + DRAFT_...])."""
_REST = DRAFT + DRAFT_SIZE
(
    AS_OF,
    ACCEPT_BY,
    COUNTS_FROM,
    IS_MONTHLY,
    RATE_PARTS,
    RATE_WHOLE,
    CREDIT,
    IS_ODD,
    IS_BILLED,
    OWN_RATE,
    TERMS_AT,
    TERMS_N,
    VERSIONS_AT,
    PARTS_AT,
    DAYS_AT,
    DAYS_N,
    TO_AT,
    RATES_AT,
    PAID_AT,
    PAID_N,
    NEW_AT,
    NEW_N,
    WAIVED_ON,
    PARTS_TOP,
    DRAFTS_TOP,
    PAYMENTS_TOP,
    SCHEDULE_TOP,
    WAIVERS_TOP,
    POSITIONS_ROOM,
    DRAFTS_ROOM,
    PAYMENTS_ROOM,
    SCHEDULE_ROOM,
    WAIVERS_ROOM,
    GAPS,
) = range(_REST, _REST + 34)
"""RATE_PARTS, RATE_WHOLE: the rate a year of the draft in hand, as a ratio. CREDIT: what meets its first payments. IS_ODD: something came up
that core must draft. IS_BILLED: the loan's schedule has bills. OWN_RATE: the contract's, in parts per million. TERMS: what each instalment asked for; PARTS: what is open; DAYS: of a new schedule, with RATES, the interest of each period;
TO: where each instalment moves; PAID: payments; NEW: the new schedule. GAPS: room to count in.
WAIVED_ON: the day of the draft's waivers. PARTS_TOP and so on: how many rows of a table are written;
PAYMENTS_ROOM: for how many there is room, which is how far its fields lie apart."""
WAIVE = GAPS + 32
OF_ALL = 5
"""What the draft waives: by component, and of all of them."""
MEASURE = WAIVE + OF_ALL + 1
"""The measure in hand (w[MEASURE + MEASURE_...])."""
LISTS = MEASURE + MEASURE_SIZE

(TERM_DUE_ON, TERM_PRINCIPAL, TERM_INTEREST, TERM_FEE, TERM_DRAWDOWN, TERM_MINIMUM, TERM_KEY) = range(7)
TERM_SIZE = 7
(PAID_ON, PAID_ARREARS, PAID_CONTRACT, PAID_PLAN) = range(4)
PAID_SIZE = 4


@part
def desk_for(terms, versions, months, as_of, accept_by):
    """An empty desk. terms, versions: the most that a loan has; months: the most that is asked for."""
    days = terms + 32 * (months + 2)  # a rhythm may be as short as a day
    rows = terms + days + 2
    sizes = (TERM_SIZE * terms, versions, PART_SIZE * terms, days, terms, days, PAID_SIZE * rows, SCHEDULED_SIZE * rows)
    room = LISTS
    for size in sizes:
        room += size
    w = np.zeros(room, np.int64)
    w[AS_OF], w[ACCEPT_BY], w[COUNTS_FROM] = as_of, accept_by, as_of + 1
    w[TERMS_AT] = LISTS
    w[VERSIONS_AT] = w[TERMS_AT] + TERM_SIZE * terms
    w[PARTS_AT] = w[VERSIONS_AT] + versions
    w[DAYS_AT] = w[PARTS_AT] + PART_SIZE * terms
    w[TO_AT] = w[DAYS_AT] + days
    w[RATES_AT] = w[TO_AT] + terms
    w[PAID_AT] = w[RATES_AT] + days
    w[NEW_AT] = w[PAID_AT] + PAID_SIZE * rows
    return w


@part
def term_at(w, place):
    return w[TERMS_AT] + TERM_SIZE * place


@part
def part_at(w, place):
    return w[PARTS_AT] + PART_SIZE * place


@part
def paid_at(w, place):
    return w[PAID_AT] + PAID_SIZE * place


@part
def new_at(w, place):
    return w[NEW_AT] + SCHEDULED_SIZE * place
