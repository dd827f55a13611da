"""Where things lie in the kernel's arrays: the columns of a policy, an instalment, a transaction, a loan's state, a result.

The kernel knows no objects; these names are its objects. Amounts: minor units; days: numbers since 1970-01-01.
"""

from typing import NamedTuple

NONE = -(1 << 31)
"""A day or an amount that isn't there."""
NEVER = 1 << 40
"""A day that doesn't come."""

EARLIEST_DAY, LATEST_DAY = -7305, 66109
"""1950-01-01 and 2150-12-31, as the book has them."""
LARGEST_AMOUNT = 10**13
LARGEST_SPAN = 36_600
"""Days from the day a loan was made: 100 years."""
LARGEST_RATE = 10_000_000
"""1,000 % a year in parts per million."""
LARGEST_CHARGE = 10**17
"""What penalty or compound interest of an instalment, or all fees of a loan, may come to before it is set aside."""

NO_POLICY, ANOTHER_CURRENCY = -1, -2
"""Instead of the row of a policy: why a loan has none."""

FEE, PENALTY, COMPOUND, INTEREST, PRINCIPAL = range(5)
PAY_FEE, PAY_WAIVER, PAYMENT, RECOVERY, REFUND, REVERSAL, CHARGEBACK, CHARGE_OFF = range(8)
"""Kinds of transactions, in the order in which they work within a day; as the nested book has them."""

# -- a loan's status ------------------------------------------------------------------------------------------------
(
    OK,
    NO_ROOM,
    UNKNOWN_POLICY,
    NO_INSTALMENTS,
    BEFORE_DISBURSEMENT,
    BEFORE_OPENING,
    DAY_OUT_OF_RANGE,
    AMOUNT_OUT_OF_RANGE,
    RATE_OUT_OF_RANGE,
    SAME_DUE_DATE,
    TRANSACTION_AMOUNT,
    UNKNOWN_KIND,
    UNKNOWN_COMPONENT,
    REVERSES_NOTHING,
    CHARGES_BACK_NOTHING,
    REVERSED_TOO_EARLY,
    NOT_WHOLE,
    REFUND_TOO_LARGE,
    CHARGEBACK_TOO_LARGE,
    NO_SUCH_INSTALMENT,
    BEFORE_HISTORY,
    VERSION_DUE_TOO_EARLY,
    VERSION_PRINCIPAL,
    VERSION_EMPTY,
    CHARGES_TOO_LARGE,
    IS_NULL,
    UNKNOWN_DAY_COUNT,
    OTHER_CURRENCY,
    DUPLICATE_TRANSACTION,
    REVERSAL_AMOUNT,
    OPENING_DAYS,
    PAUSE_ORDER,
    SPAN_TOO_LONG,
    DUE_BEFORE_DISBURSEMENT,
    MOVE_BEFORE_DISBURSEMENT,
    MINIMUM_OVER_BILL,
) = range(36)


class Reason(NamedTuple):
    """name: for programs; column: of the book, that it points to; sentence: for people."""

    name: str
    column: str
    sentence: str


REASONS: dict[int, Reason] = {
    UNKNOWN_POLICY: Reason("unknown_policy", "product", "the lender has no policy for the loan's product"),
    NO_INSTALMENTS: Reason("no_instalments", "schedule", "the loan has no instalments"),
    BEFORE_DISBURSEMENT: Reason("before_disbursement", "disbursed_on", "the loan was made after the day asked about"),
    BEFORE_OPENING: Reason("before_opening", "opening", "the loan's history starts after the day asked about"),
    DAY_OUT_OF_RANGE: Reason("day_out_of_range", "schedule", "a day is outside 1950-01-01 to 2150-12-31"),
    AMOUNT_OUT_OF_RANGE: Reason(
        "amount_out_of_range", "schedule", f"an amount, or the instalments together, are outside 0 to {LARGEST_AMOUNT}"
    ),
    RATE_OUT_OF_RANGE: Reason(
        "rate_out_of_range",
        "annual_rate_ppm",
        f"the rate, or the penalty rate it leads to, is outside 0 to {LARGEST_RATE} parts per million",
    ),
    SAME_DUE_DATE: Reason(
        "same_due_date", "schedule", "two instalments that aren't of different drawdowns are due on the same day"
    ),
    TRANSACTION_AMOUNT: Reason(
        "transaction_amount", "transactions", f"a transaction's amount is outside 0 to {LARGEST_AMOUNT}"
    ),
    UNKNOWN_KIND: Reason("unknown_kind", "transactions", "a transaction is of no known kind"),
    UNKNOWN_COMPONENT: Reason("unknown_component", "transactions", "a transaction names no known component"),
    REVERSES_NOTHING: Reason("reverses_nothing", "transactions", "a reversal names no transaction that still stands"),
    CHARGES_BACK_NOTHING: Reason("charges_back_nothing", "transactions", "a chargeback names no payment"),
    REVERSED_TOO_EARLY: Reason("reversed_too_early", "transactions", "a reversal is dated before what it reverses"),
    NOT_WHOLE: Reason(
        "not_whole", "transactions", "a reversal takes back a payment of which a part was given back before"
    ),
    REFUND_TOO_LARGE: Reason("refund_too_large", "transactions", "a refund returns more than was ever paid"),
    CHARGEBACK_TOO_LARGE: Reason(
        "chargeback_too_large", "transactions", "a chargeback takes back more than its payment still stands for"
    ),
    NO_SUCH_INSTALMENT: Reason(
        "no_such_instalment", "transactions", "a transaction names an instalment that the loan hasn't got"
    ),
    BEFORE_HISTORY: Reason(
        "before_history", "transactions", "a transaction is dated on or before the day of the opening position"
    ),
    VERSION_DUE_TOO_EARLY: Reason(
        "version_due_too_early", "versions", "a schedule has an instalment due before the day from which it counts"
    ),
    VERSION_PRINCIPAL: Reason("version_principal", "versions", "a schedule's principal isn't that of what it replaces"),
    VERSION_EMPTY: Reason("version_empty", "versions", "a schedule that should carry interest on has no instalments"),
    CHARGES_TOO_LARGE: Reason(
        "charges_too_large", "loan", f"charges are beyond {LARGEST_CHARGE}, which isn't computed"
    ),
    IS_NULL: Reason("is_null", "loan", "a value that every loan must have is missing"),
    UNKNOWN_DAY_COUNT: Reason("unknown_day_count", "day_count", "the day count isn't one that is known"),
    OTHER_CURRENCY: Reason("other_currency", "currency", "the loan is in another currency than the lender's policies"),
    DUPLICATE_TRANSACTION: Reason("duplicate_transaction", "transactions", "two transactions have the same id"),
    REVERSAL_AMOUNT: Reason(
        "reversal_amount", "transactions", "a reversal is of another amount than what it undoes, which is undone whole"
    ),
    OPENING_DAYS: Reason("opening_days", "opening", "a day of the opening lies after the opening's own day"),
    PAUSE_ORDER: Reason("pause_order", "pauses", "a pause ends before it begins"),
    SPAN_TOO_LONG: Reason(
        "span_too_long", "disbursed_on", "the day asked about is more than 100 years after the loan was made"
    ),
    DUE_BEFORE_DISBURSEMENT: Reason(
        "due_before_disbursement", "schedule", "an instalment is due before the loan was made"
    ),
    MOVE_BEFORE_DISBURSEMENT: Reason(
        "move_before_disbursement", "transactions", "a transaction other than a fee is dated before the loan was made"
    ),
    MINIMUM_OVER_BILL: Reason("minimum_over_bill", "schedule", "the minimum of a bill is more than the bill"),
}
"""Why a loan was set aside, by status."""

# -- a policy -------------------------------------------------------------------------------------------------------
WATERFALL_SIZE = 17
ORDER_PAST, ORDER_TODAY, ORDER_ADVANCE, ORDER_BY, CHARGES_LAST = 0, 5, 10, 15, 16
(
    DUE_DATE_IS_DAY,
    FIRST_DEFAULT,
    OVER_TOLERANCE,
    GRACE,
    GRACE_DELAYS,
    TOLERANCE,
    TOLERANCE_SHARE,
    TOLERANCE_OF_LOAN,
    RATE_IS_MULTIPLE,
    RATE,
    RATE_UNIT,
    WITH_INTEREST,
    IS_COMPOUND,
    FROM_DUE_DATE,
    UNTIL_PAID,
    DAY_COUNT,
    ROUNDING,
    ROUNDS,
    HAS_LATE_FEE,
    LATE_FLAT,
    LATE_SHARE,
    LATE_OF_PRINCIPAL,
    LATE_OF_INSTALMENT,
    LATE_LEAST,
    LATE_MOST,
    LATE_PER_LOAN,
    LATE_EVERY,
    LATE_AFTER,
    EXCESS,
    INTEREST_BY,
    CEILING,
    TOTAL_CEILING,
    BILL_WHOLE,
    OWN_DATE,
    AFTER_DPD,
    STEPS_AT,
    STEPS,
    BUCKETS_AT,
    BUCKETS,
    LEAST_AMOUNT,
    CLASSES_AT,
    CLASSES,
    CLASS_LEAST_AMOUNT,
    IS_PLAIN,
    COMPONENTS,
) = range(45)
WATERFALL = COMPONENTS + 5
WATERFALL_AFTER = WATERFALL + WATERFALL_SIZE
POLICY_SIZE = WATERFALL_AFTER + WATERFALL_SIZE
"""RATE, and rates of steps: in units of 1 / (1,000,000 * RATE_UNIT) a year; a multiple is times RATE_UNIT."""

STEP_SIZE = 4
STEP_IS_MULTIPLE, STEP_RATE, STEP_FROM_DPD, STEP_FROM_ON = range(4)

RUNNING_TOTAL, EACH_DAY, EACH_PERIOD = range(3)
NEXT, LAST, SPREAD, UNAPPLIED = range(4)
SCHEDULED, DAILY_BALANCE, DAILY_FLAT = range(3)

# -- an instalment; row 0 is the contract's interest by day ---------------------------------------------------------
(DUE, TERM_PRINCIPAL, TERM_INTEREST, TERM_FEE, MINIMUM, LAPSES, FEE_ON, HAS_LAPSED, IS_REPLACED, ORIGIN) = range(10)
ASKED, CHARGED, MET, WAIVED = 10, 15, 20, 25
"""Five columns each, by component."""
PENDING = 30
"""Two columns: penalty and compound interest of a grace period that still runs."""
ACCRUAL = 32
ACCRUAL_SIZE = 6
(BASE, NIGHT_RATE, SINCE, WHOLE, REST, POSTED) = range(6)
NOT_ASKED = ACCRUAL + 2 * ACCRUAL_SIZE
NOT_GIVEN = NOT_ASKED + 2
"""Two columns each, interest and fee: what a payment that settled the loan took away, and may give back if it bounces."""
DRAWDOWN = NOT_GIVEN + 2
"""Of a credit line: the number of the drawdown's name; 0 where there is none, or nobody asks."""
IS_TOUCHED, PENALISED, COUNTED_REST = DRAWDOWN + 1, DRAWDOWN + 2, DRAWDOWN + 3
"""Whether it is on the list of instalments to look at; its principal that bears penalty instead of interest by day; its
rest that is counted in RESTS."""
PASSED_OVER = DRAWDOWN + 4
"""While a payment meets what is late: 1 a bill, whose minimum is met otherwise; 2 one that counts as paid. Else 0."""
SINCE_DUE = DRAWDOWN + 5
"""Of its interest, what ran by day after its due date and is asked for here, since nothing follows."""
INSTALMENT_SIZE = DRAWDOWN + 6

# -- a transaction; held money; what a payment met ------------------------------------------------------------------
(KIND, AMOUNT, EFFECTIVE, BOOKED, REVERSES, DIRECTED, AT, SOURCE) = range(8)
MOVE_SIZE = 8
HELD_FROM, HELD_AMOUNT = range(2)
MET_AT, MET_COMPONENT, MET_AMOUNT, MET_BEFORE = range(4)
NOTHING_MET = -1
"""Of a payment that met nothing, or whose every part was undone."""

# -- a planned instalment; a schedule that takes over ---------------------------------------------------------------
(PLAN_DUE, PLAN_PRINCIPAL, PLAN_INTEREST, PLAN_FEE, PLAN_MINIMUM, PLAN_DRAWDOWN) = range(6)
PLAN_SIZE = 6
(VERSION_FROM, VERSION_TAKES_OVER, VERSION_START, VERSION_STOP) = range(4)
(PAUSE_FROM, PAUSE_UNTIL, STOPS_PENALTY, STOPS_FEES) = range(4)

# -- a loan's state -------------------------------------------------------------------------------------------------
(
    STATUS,
    AS_OF,
    DUE_COUNT,
    ACCOUNTS,
    TODAY,
    ARREARS_SINCE,
    CHARGED_OFF_ON,
    LOAN_FEE_ON,
    LOAN_FEE_CHARGED,
    YEARS_WHOLE,
    YEARS_REST,
    SETTLED_ON,
    SETTLED_BY,
    PERIOD_FROM,
    HELD,
    METS,
    EVENTS,
    VERSIONS_DONE,
    VERSIONS,
    MOVES,
    PAUSES,
    IS_BILLED,
    CONTRACT_PPM,
    CONTRACT_COUNT,
    DISBURSED,
    LENT,
    HAS_OPENING,
    OPENED_ON,
    OPEN_PERIOD_FROM,
    FIRST_ACTIVE,
    FIRST_UNMET,
    BROUGHT_FEE,
    BROUGHT_PENALTY,
    BROUGHT_COMPOUND,
    BROUGHT_INTEREST,
    FEES_CHARGED,
    OUTSTANDING,
    PAID_AHEAD,
    ALL_PENALISED,
    FEES_AHEAD_TO,
    HAS_MINIMUM,
    RESTS,
    COST,
    COST_TO,
    WAS_OVER,
    POSTED_ON,
    TOUCHED,
    ALL_TOUCHED,
    LAPSED_TO,
    FEES_TO,
    EXTRA_AT,
    HELD_AT,
    HELD_BEFORE_AT,
    METS_AT,
    LATEST_AT,
    SOURCES_AT,
    EVENTS_AT,
    TOUCHED_AT,
    PAUSES_AT,
    MOVES_AT,
    PLAN_AT,
    VERSIONS_AT,
    METS_ROOM,
    EVENTS_ROOM,
) = range(64)
PER_LOAN = EXTRA_AT
"""What lies before is laid out anew for each loan; what follows says where lists begin, and how long some may grow."""
"""FIRST_ACTIVE: no instalment before it has anything open, running or to come; FIRST_UNMET: none before it that is due
has any of its scheduled sums open. Totals that are kept: OUTSTANDING principal; PAID_AHEAD, interest and fees met of instalments to come; ALL_PENALISED,
the sum of PENALISED; RESTS, that of COUNTED_REST; COST, what instalments up to COST_TO cost. FEES_AHEAD_TO: the last instalment that a fee was posted to before it was due. WAS_OVER: whether the
loan was over its tolerance when instalments were last looked at. POSTED_ON: up to where penalty is posted, perhaps when
somebody reads it. TOUCHED: how many instalments are to be looked at; ALL_TOUCHED: all of them are. Of the short way, up to which instalment
grace has run out (LAPSED_TO), and late fees have arisen or not (FEES_TO)."""
POLICY = 64
EVERY_ROW = (1 << 24) - 1
"""An event's instalment: 0 none, EVERY_ROW all."""
ACCOUNTS_AT = POLICY + POLICY_SIZE

# -- an opening position --------------------------------------------------------------------------------------------
OPENING_COLUMNS = (
    "on",
    "principal",
    "interest",
    "penalty",
    "compound",
    "fee",
    "overdue_since",
    "period_from",
    "accrued_interest",
)
(
    OPENING_ON,
    OPENING_PRINCIPAL,
    OPENING_INTEREST,
    OPENING_PENALTY,
    OPENING_COMPOUND,
    OPENING_FEE,
    OPENING_OVERDUE_SINCE,
    OPENING_PERIOD_FROM,
    OPENING_ACCRUED,
) = range(9)

# -- a result -------------------------------------------------------------------------------------------------------
RESULTS = (
    "status",
    "days_past_due",
    "delinquent_days",
    "bucket",
    "instalments_overdue",
    "oldest_due_on",
    "arrears_since",
    "overdue_principal",
    "overdue_interest",
    "penalty",
    "compound_interest",
    "fees",
    "amount_to_cure",
    "next_due_on",
    "next_due",
    "outstanding_principal",
    "accrued_interest",
    "payoff",
    "unapplied",
    "charged_off_on",
    "classification",
    "classified_as",
    "by_steps",
)
(
    OUT_STATUS,
    OUT_DAYS,
    OUT_DELINQUENT,
    OUT_BUCKET,
    OUT_INSTALMENTS,
    OUT_OLDEST,
    OUT_SINCE,
    OUT_PRINCIPAL,
    OUT_INTEREST,
    OUT_PENALTY,
    OUT_COMPOUND,
    OUT_FEES,
    OUT_CURE,
    OUT_NEXT_ON,
    OUT_NEXT,
    OUT_OUTSTANDING,
    OUT_ACCRUED,
    OUT_PAYOFF,
    OUT_UNAPPLIED,
    OUT_CHARGED_OFF,
    OUT_CLASS,
    OUT_CLASSIFIED,
    OUT_BY_STEPS,
) = range(23)
"""by_steps: 1 where the loan was worked through event by event, 0 where the short way served."""

OUT_OPENED = len(RESULTS)
"""Five rows more, by component, if there is room for them: what is open of all instalments together."""
OUT_AHEAD = OUT_OPENED + 5
"""And one: what is paid towards instalments that fall due after the day. Rows that are gone count in none of these."""
WITH_SUMS = OUT_AHEAD + 1
"""Rows of results with these sums."""

# -- the position of an instalment, and of a drawdown -----------------------------------------------------------------
_OWED = ("fee", "penalty", "compound", "interest", "principal")
POSITIONS = (
    "number",
    "due_on",
    "drawdown",
    *(f"{what}_{component}" for what in ("due", "paid", "open", "overdue") for component in _OWED),
    "days",
    "delinquent_days",
    "bucket",
)
POSITION_NUMBER, POSITION_DUE_ON, POSITION_DRAWDOWN = range(3)
POSITION_DUE, POSITION_PAID, POSITION_OPEN, POSITION_OVERDUE = 3, 8, 13, 18
"""Five rows each, by component."""
POSITION_DAYS, POSITION_DELINQUENT, POSITION_BUCKET = 23, 24, 25

DRAWDOWNS = ("drawdown", "days_past_due", "delinquent_days", "bucket", "overdue")
(DRAWN_NAME, DRAWN_DAYS, DRAWN_DELINQUENT, DRAWN_BUCKET, DRAWN_OVERDUE) = range(5)
