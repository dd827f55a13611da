"""Where things lie in the tables of drafts: int64 arrays of shape (fields, rows), and these are the fields' numbers.

Amounts: minor units; days: numbers since 1970-01-01; layout.NONE where there is none. A list of a loan or a draft is told by
its first row (`_AT`) and how many rows it has (`_N`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goodstanding.core.plans.offers import OfferKind

KINDS = tuple(OfferKind)
"""The measures' kinds, by code."""
(
    ARREARS_INSTALMENTS,
    EXTENSION,
    DEFERRAL,
    RE_AGE,
    RE_AMORTISE,
    LONGER_TERM,
    LOWER_RATE,
    WAIVER,
    SETTLEMENT,
    PERSONAL_PLAN,
) = range(10)

# -- whether a loan goes the fast way, GROUND_STATUS ------------------------------------------------------------------
(
    PLAIN,
    NOT_ASSESSED,
    CAME_LATER,
    TOO_LARGE,
    ODD_TERMS,
    UNDECIDED,
) = range(6)
"""PLAIN: it does; all else: core drafts it, and its drafts here mean nothing.

NOT_ASSESSED: the kernel refused it. CAME_LATER: something is dated or counts after as_of. TOO_LARGE: amounts could leave 63 bits.
ODD_TERMS: its instalments don't come in the order of their days, or two of its transactions have one id. UNDECIDED: a float bound couldn't say which whole number an equal instalment is, or a draft was to
be made that core doesn't make.
"""

# -- of a measure, as rails.table_of has it: fields x measures -----------------------------------------------------------
(
    MEASURE_KIND,
    MEASURE_FROM_DPD,
    MEASURE_TO_DPD,
    MEASURE_LEAST_OVERDUE,
    MEASURE_AFTER_CHARGE_OFF,
    MEASURE_IS_LONGER,
    MEASURE_BEARS_INTEREST,
    MEASURE_RESTS,
    MEASURE_COMPONENTS,
    MEASURE_SHARE,
    MEASURE_SHARE_WHOLE,
    MEASURE_RATE,
    MEASURE_RATE_WHOLE,
    MEASURE_MONTHS_AT,
    MEASURE_MONTHS_N,
) = range(15)
MEASURE_SIZE = 15
"""SHARE and RATE are ratios: parts and the whole. COMPONENTS: a bit for each, by its code. MONTHS: which of the table of months."""

# -- of a loan --------------------------------------------------------------------------------------------------------
(
    GROUND_LOAN,
    GROUND_STATUS,
    GROUND_POLICY,
    GROUND_RATE,
    GROUND_DAY_COUNT,
    GROUND_DUE_DAY,
    GROUND_EVERY_DAYS,
    GROUND_LAST_DUE_ON,
    GROUND_PAYS_FROM,
    GROUND_HELD,
    GROUND_ARREARS,
    GROUND_PAYOFF,
    GROUND_FEE,
    GROUND_PENALTY,
    GROUND_COMPOUND,
    GROUND_RUN_SO_FAR,
    GROUND_FREED,
    GROUND_CREDIT,
    GROUND_CHARGES_BEGIN_TODAY,
    GROUND_RE_AGES,
    GROUND_DAYS_PAST_DUE,
    GROUND_INSTALMENTS_OVERDUE,
    GROUND_CHARGED_OFF_ON,
    GROUND_OVERDUE,
    GROUND_OUTSTANDING,
    GROUND_PARTS_AT,
    GROUND_PARTS_N,
    GROUND_FALLEN_N,
    GROUND_BETWEEN_N,
    GROUND_DRAFTS_AT,
    GROUND_DRAFTS_N,
    GROUND_BY_DAY,
    GROUND_HAS_MINIMUM,
) = range(33)
GROUND_SIZE = 33
"""LOAN: its place in the columns. RATE: of new schedules, parts per million a year. DAY_COUNT: as policies.DAY_COUNTS. EVERY_DAYS: 0: monthly.
FEE, PENALTY, COMPOUND: the charges. CREDIT: credit_of_a_version. RE_AGES: re_ages_within_a_year. OVERDUE: principal and interest.
Of its parts the first FALLEN_N are `fallen`, the rest `coming`, of which the first BETWEEN_N are `between`. BY_DAY: interest runs by day. HAS_MINIMUM: it is billed, or a part to come has a minimum."""

# -- of an instalment, as core's Part ---------------------------------------------------------------------------------
(
    PART_DUE_ON,
    PART_PRINCIPAL,
    PART_INTEREST,
    PART_FEE,
    PART_ASKS,
    PART_IS_LATE,
    PART_IS_FALLEN,
    PART_DRAWDOWN,
    PART_WHOLE_INTEREST,
    PART_WHOLE_FEE,
    PART_PAID,
    PART_KEPT_PAID,
    PART_PAID_PRINCIPAL,
    PART_MINIMUM,
) = range(14)
PART_SIZE = 14
"""DRAWDOWN: its number as in the columns. PAID: of all components. MINIMUM: of a bill, NONE of all else."""

# -- of a draft -------------------------------------------------------------------------------------------------------
(
    DRAFT_LOAN,
    DRAFT_MEASURE,
    DRAFT_ASKED,
    DRAFT_STATUS,
    DRAFT_A,
    DRAFT_B,
    DRAFT_MONTHS,
    DRAFT_PAYMENTS_AT,
    DRAFT_PAYMENTS_N,
    DRAFT_SCHEDULE_AT,
    DRAFT_SCHEDULE_N,
    DRAFT_PAUSE_FROM,
    DRAFT_PAUSE_UNTIL,
    DRAFT_WAIVERS_AT,
    DRAFT_WAIVERS_N,
    DRAFT_WAIVED,
) = range(16)
DRAFT_SIZE = DRAFT_WAIVED + 5
"""LOAN: its row in GROUND. MEASURE: its place in rails.measures; ASKED: which of its months, 0 where it has none. A, B: of a refusal's sentence. MONTHS: Draft.months.
SCHEDULE_N: 0 where no schedule takes over. PAUSE_FROM: NONE where nothing is paused. WAIVED: five fields, by component in layout's order (fee, penalty,
compound, interest, principal)."""

# -- DRAFT_STATUS: drafted, or why not ----------------------------------------------------------------------------------
(
    DRAFTED,
    WRONG_PRODUCT,
    TOO_EARLY,
    TOO_LATE,
    CHARGED_OFF,
    TOO_FEW_OVERDUE,
    NOTHING_OVERDUE,
    NOTHING_TO_COME,
    RATE_NOT_LOWER,
    NOTHING_LEFT,
    NOTHING_GIVEN_UP,
    NEEDS_A_DAY,
    NO_SUCH_CHARGES,
    ONLY_CHARGES,
    HELD_MEETS_ALL,
    ABOVE_CEILING,
    IS_A_BILL,
    RATE_STAYS,
    INTEREST_RUNS_ON,
) = range(19)
"""A: of TOO_EARLY and TOO_LATE the days past due; of CHARGED_OFF the day; of RATE_NOT_LOWER the rate now, parts per million; of ABOVE_CEILING
that rate times TWO_RATES, and the most that it may be."""
TWO_RATES = 1 << 24

# -- of a payment, an instalment of a new schedule, a waiver ------------------------------------------------------------
(PAYMENT_ON, PAYMENT_AMOUNT, PAYMENT_ARREARS, PAYMENT_CONTRACT, PAYMENT_PLAN) = range(5)
PAYMENT_SIZE = 5
(
    SCHEDULED_ON,
    SCHEDULED_PRINCIPAL,
    SCHEDULED_INTEREST,
    SCHEDULED_FEE,
    SCHEDULED_DRAWDOWN,
    SCHEDULED_MINIMUM,
) = range(6)
SCHEDULED_SIZE = 6
(WAIVER_COMPONENT, WAIVER_AMOUNT, WAIVER_ON) = range(3)
WAIVER_SIZE = 3
"""MINIMUM: of a bill, NONE of all else. COMPONENT: as the columns have it (book.schema.COMPONENT_CODES); -1: none, as the order of payments meets them."""


class Drafts(NamedTuple):
    """The drafts of a batch's loans, each table of shape (fields, rows). ground: a row per loan, in the order of the columns."""

    ground: npt.NDArray[np.int64]
    parts: npt.NDArray[np.int64]
    drafts: npt.NDArray[np.int64]
    payments: npt.NDArray[np.int64]
    schedule: npt.NDArray[np.int64]
    waivers: npt.NDArray[np.int64]
