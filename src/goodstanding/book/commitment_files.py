"""The files beside a book that say what was promised and agreed about its loans; whether it is kept, the ledger says.

Each row belongs to a loan. A row that can't be read costs no loan, but is told apart: what was agreed isn't known then, so nobody
is approached about the loan. What they become: core/plans/promise.py and core/plans/agreement.py
"""

from goodstanding.book.flat_file import LOAN_ID, Cell, Column, FlatFile, text_column
from goodstanding.core.loan import Component
from goodstanding.core.plans.agreement import By
from goodstanding.core.plans.offers import OfferKind

_PLAN_ID = text_column("plan_id", "the plan, by its number in plans", "A-7", required=True)
_ZONE = Column("zone", Cell.ZONE, "where the borrower is: days are counted there; empty: the book's", "Asia/Shanghai")
_TOLERANCE_DAYS = Column("tolerance_days", Cell.COUNT, "how many days late is still kept; empty: 0", "3", most=366)
_TOLERANCE_AMOUNT = Column("tolerance_amount", Cell.AMOUNT, "how much too little is still kept; empty: none", "1.00")

PROMISES = FlatFile(
    "promises",
    "one row per promise to pay, an amount by a day; personal data",
    (
        LOAN_ID,
        text_column("promise_id", "its own within the loan", "P-12", required=True),
        Column("amount", Cell.AMOUNT, "how much", "800.00", True),
        Column("due_on", Cell.DAY, "by when", "2026-12-05", True),
        Column("made_at", Cell.INSTANT, "when it was made", "2026-11-20T10:05+08:00", True),
        _ZONE,
        _TOLERANCE_DAYS,
        _TOLERANCE_AMOUNT,
        text_column("about", "the plan whose payments it is about, by its plan_id; empty: none", "A-7"),
        text_column(
            "borrower_id",
            "who promised: the borrower, or somebody whom parties names for the loan; empty: the borrower",
            "B-78",
        ),
        Column("recorded_at", Cell.INSTANT, "when it was written down; empty: at once", "2026-11-20T10:07+08:00"),
    ),
    is_optional=True,
)

PLANS = FlatFile(
    "plans",
    "one row per plan: its terms, and when it was offered, accepted, signed, withdrawn; personal data",
    (
        LOAN_ID,
        text_column("plan_id", "its own within the loan", "A-7", required=True),
        Column("worked_out_on", Cell.DAY, "the day at whose end its sums were worked out", "2026-11-10", True),
        Column(
            "counted_up_to",
            Cell.DAY,
            "the last day whose payments are in the sums; empty: worked_out_on",
            "2026-11-09",
        ),
        Column(
            "kind",
            Cell.CHOICE,
            "which measure it is; empty: nobody said, and the day doesn't write its agreement",
            "arrears_instalments",
            choices=tuple(OfferKind),
        ),
        Column("accept_by", Cell.DAY, "the last day of the offer", "2026-11-24", True),
        _ZONE,
        _TOLERANCE_DAYS,
        _TOLERANCE_AMOUNT,
        Column("cooling_off_days", Cell.COUNT, "days in which the borrower may withdraw; empty: 0", "14", most=366),
        Column("needs_signature", Cell.FLAG, "whether it binds only once signed; empty: false", "true"),
        Column("sign_by", Cell.DAY, "the last day to sign; empty: accept_by", "2026-12-01"),
        Column(
            "contract_too",
            Cell.FLAG,
            "whether missing the contract's part of a payment breaks it; empty: true",
            "true",
        ),
        Column("offered_at", Cell.INSTANT, "when it was offered", "2026-11-11T09:00+08:00", True),
        Column("accepted_at", Cell.INSTANT, "when it was accepted; empty: it wasn't", "2026-11-12T20:15+08:00"),
        Column("signed_at", Cell.INSTANT, "when it was signed; empty: it wasn't", "2026-11-13T11:00+08:00"),
        Column("withdrawn_at", Cell.INSTANT, "when somebody withdrew; empty: nobody did", "2026-11-20T08:00+08:00"),
        Column("withdrawn_by", Cell.CHOICE, "who withdrew", "borrower", choices=tuple(By)),
        text_column("reason", "why it was withdrawn; a lender gives one", "pays in one sum instead"),
        *(
            Column(
                f"{event}_recorded_at",
                Cell.INSTANT,
                f"when it was written down that it was {event}; empty: at once",
                example,
            )
            for event, example in (
                ("offered", "2026-11-11T09:02+08:00"),
                ("accepted", "2026-11-12T20:16+08:00"),
                ("signed", "2026-11-13T11:05+08:00"),
                ("withdrawn", "2026-11-20T08:30+08:00"),
            )
        ),
    ),
    is_optional=True,
)

PLAN_PAYMENTS = FlatFile(
    "plan_payments",
    "one row per payment of a plan",
    (
        LOAN_ID,
        _PLAN_ID,
        Column("due_on", Cell.DAY, "the day of the payment", "2026-12-10", True),
        Column("amount", Cell.AMOUNT, "how much, in all", "510.00", True),
        Column("contract", Cell.AMOUNT, "what of it is the contract's own instalment; empty: nothing", "0.00"),
    ),
    is_optional=True,
)

CHANGE_KINDS = ("pause", "waiver", "instalment")
PLAN_CHANGES = FlatFile(
    "plan_changes",
    "one row per thing that a plan changes in the loan: a pause, something given up, an instalment of a new schedule",
    (
        LOAN_ID,
        _PLAN_ID,
        Column("kind", Cell.CHOICE, "what it is", "pause", True, CHANGE_KINDS),
        Column(
            "day",
            Cell.DAY,
            "of a pause its first day, of a waiver the day it works, of an instalment its due date",
            "2026-11-11",
            True,
        ),
        Column("until_on", Cell.DAY, "of a pause: the day it no longer holds", "2026-12-11"),
        Column("stops_penalty", Cell.FLAG, "of a pause: whether penalty interest rests; empty: true", "true"),
        Column("stops_fees", Cell.FLAG, "of a pause: whether late fees rest; empty: true", "true"),
        Column("amount", Cell.AMOUNT, "of a waiver: how much", "25.00"),
        Column(
            "component",
            Cell.CHOICE,
            "of a waiver: what is given up; empty: in the order of the policy",
            "penalty",
            choices=tuple(Component),
        ),
        Column("counts_from", Cell.DAY, "of an instalment: the day from whose start its schedule counts", "2026-11-11"),
        Column("principal", Cell.AMOUNT, "of an instalment: principal", "500.00"),
        Column("interest", Cell.AMOUNT, "of an instalment: interest; empty: none", "12.50"),
        Column("fee", Cell.AMOUNT, "of an instalment: fee; empty: none", "0.00"),
        Column(
            "minimum_payment",
            Cell.AMOUNT,
            "of a bill: how much of it must be paid by the due date; empty: all",
            "92.64",
        ),
        text_column("drawdown", "of an instalment of a credit line: which drawdown it repays", "D-1"),
        Column(
            "takes_over",
            Cell.FLAG,
            "of an instalment: whether its schedule also holds what was due and unpaid; empty: false",
            "false",
        ),
    ),
    is_optional=True,
)

MEANT_FOR = FlatFile(
    "meant_for",
    "one row per payment of which the borrower or its reference said what it was for",
    (
        LOAN_ID,
        text_column("transaction_id", "the payment, by its number in transactions", "T-20011", required=True),
        text_column(
            "meant_for",
            "a promise_id, a plan_id or one payment of a plan (A-7/2); empty: none of them, such as the contract's own instalment",
            "P-12",
        ),
        Column(
            "recorded_on",
            Cell.DAY,
            "when it was written down; of several of one payment the latest counts",
            "2026-12-05",
            True,
        ),
    ),
    is_optional=True,
)

COMMITMENT_FILES = (PROMISES, PLANS, PLAN_PAYMENTS, PLAN_CHANGES, MEANT_FOR)
COMMITMENT_NAMES = tuple(one.name for one in COMMITMENT_FILES)
