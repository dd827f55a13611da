"""What a book consists of: the columns of the flat files, and the shape of the nested book.

The page docs/reference/book.md says the same to people; a test holds the two to each other.
"""

from collections.abc import Collection

import pyarrow as pa

from goodstanding.book.commitment_files import COMMITMENT_FILES
from goodstanding.book.conduct_files import CONDUCT_FILES
from goodstanding.book.flat_file import ARROW_TYPES, BORROWER_ID, LOAN_ID, Cell, Column, FlatFile, text_column
from goodstanding.core.loan import Component, Kind
from goodstanding.core.party import LANGUAGES, Guarantee, Role
from goodstanding.core.plans.terms import BalanceIs, FirstPeriod, Frequency, InterestBy, InterestInGrace, Method, Rest
from goodstanding.core.rates import DayCount

BOOK_FORMAT = 1
EARLIEST, LATEST = "1950-01-01", "2150-12-31"
"""Days outside these are slips of the hand, not facts about a loan."""


KINDS = (
    Kind.FEE,
    Kind.WAIVER,
    Kind.PAYMENT,
    Kind.RECOVERY,
    Kind.REFUND,
    Kind.REVERSAL,
    Kind.CHARGEBACK,
    Kind.CHARGE_OFF,
)
"""A kind's place here is its code in the nested book, and its place within a day."""
COMPONENTS = (Component.FEE, Component.PENALTY, Component.COMPOUND, Component.INTEREST, Component.PRINCIPAL)
KIND_CODES: dict[Kind, int] = {kind: code for code, kind in enumerate(KINDS)}
COMPONENT_CODES: dict[Component, int] = {component: code for code, component in enumerate(COMPONENTS)}


LOANS = FlatFile(
    "loans",
    "one row per loan",
    (
        LOAN_ID,
        BORROWER_ID,
        text_column("product", "the product, as the lender's policies name it", "cash_loan", required=True),
        Column(
            "principal",
            Cell.AMOUNT,
            "what was lent; may be empty for a revolving account, whose bills say it",
            "10000.00",
        ),
        Column("annual_rate", Cell.RATE, "contract rate, a fraction of one a year; this or rate_per_day", "0.199"),
        Column("rate_per_day", Cell.DAILY_RATE, "contract rate a day; taken times 365 on act/365", "0.0005"),
        Column(
            "day_count",
            Cell.CHOICE,
            "how days and years are counted; empty: act/365",
            "act/365",
            choices=tuple(DayCount),
        ),
        Column("disbursed_on", Cell.DAY, "the day the money went out", "2026-01-15", required=True),
        Column("currency", Cell.CURRENCY, "empty, or the book's currency", "CNY"),
        Column("method", Cell.CHOICE, "terms: how it is repaid; empty: annuity", "annuity", choices=tuple(Method)),
        Column("instalments", Cell.COUNT, "terms: how many instalments", "12", least=1, most=1200),
        Column("frequency", Cell.CHOICE, "terms: how often; empty: monthly", "monthly", choices=tuple(Frequency)),
        Column("first_due_on", Cell.DAY, "terms: the first due date", "2026-02-15"),
        Column("due_day", Cell.COUNT, "terms: day of the month; empty: that of first_due_on", "31", least=1, most=31),
        Column(
            "instalment_rounding",
            Cell.CHOICE,
            "terms: how the equal instalment is rounded; empty: half_up",
            "half_up",
            choices=("half_up", "half_even", "down", "up"),
        ),
        Column("instalment_multiple", Cell.AMOUNT, "terms: the instalment is a whole multiple of this", "1.00"),
        Column(
            "interest_by",
            Cell.CHOICE,
            "terms: each period alike, or by its days; empty: period",
            "period",
            choices=tuple(InterestBy),
        ),
        Column(
            "interest_rounding",
            Cell.CHOICE,
            "terms: how each period's interest is rounded; empty: half_up",
            "half_up",
            choices=("half_up", "half_even", "down", "up"),
        ),
        Column(
            "balance",
            Cell.CHOICE,
            "terms: whether interest is worked out on the balance as rounded or an exact one; empty: rounded",
            "rounded",
            choices=tuple(BalanceIs),
        ),
        Column(
            "every",
            Cell.COUNT,
            "terms: so many months, weeks or days of the frequency; empty: 1",
            "1",
            least=1,
            most=366,
        ),
        Column(
            "first_period",
            Cell.CHOICE,
            "terms: a longer or shorter first period counts whole, by its days spread over all, or by its days on the first"
            " instalment; empty: whole",
            "whole",
            choices=tuple(FirstPeriod),
        ),
        Column("principal_grace", Cell.COUNT, "terms: how many of the first instalments repay no principal", "0"),
        Column("interest_grace", Cell.COUNT, "terms: how many of the first instalments ask for no interest", "0"),
        Column(
            "interest_in_grace",
            Cell.CHOICE,
            "terms: interest not asked for is asked for later, spread, or free; empty: later",
            "later",
            choices=tuple(InterestInGrace),
        ),
        Column(
            "rest",
            Cell.CHOICE,
            "terms: which instalment takes what rounding leaves; empty: last",
            "last",
            choices=tuple(Rest),
        ),
        Column("down_payment", Cell.AMOUNT, "terms: of principal, due on disbursed_on", "0.00"),
        Column("balloon", Cell.AMOUNT, "terms: principal left for the last instalment", "0.00"),
        Column("instalment_amount", Cell.AMOUNT, "terms: the lender's own first instalment, to check ours", "926.35"),
        Column("lender_days_past_due", Cell.COUNT, "what the lender's system says; for reconciliation", "0"),
        Column(
            "lender_balance", Cell.AMOUNT, "outstanding principal as the lender has it; for reconciliation", "8350.21"
        ),
    ),
)

INSTALMENTS = FlatFile(
    "instalments",
    "one row per due date of a loan; of a revolving account, one row per bill",
    (
        LOAN_ID,
        Column("due_on", Cell.DAY, "the due date", "2026-02-15", required=True),
        Column("principal", Cell.AMOUNT, "principal due; of a bill, what was newly drawn", "760.12", required=True),
        Column("interest", Cell.AMOUNT, "interest due", "166.23", required=True),
        Column("fee", Cell.AMOUNT, "contract fees due; empty: none", "0.00"),
        Column("minimum_payment", Cell.AMOUNT, "of a bill: how much of it must be paid by the due date", "92.64"),
        text_column("drawdown", "of a credit line: which drawdown it repays", "D-1"),
        Column(
            "counts_from",
            Cell.DAY,
            "of a changed schedule: its from_on in versions; empty: the loan's first schedule",
            "2026-06-01",
        ),
    ),
    is_optional=True,
)

TRANSACTIONS = FlatFile(
    "transactions",
    "one row per thing that happened to a loan",
    (
        LOAN_ID,
        text_column(
            "transaction_id", "the lender's number of the transaction, its own within the loan", "T-90001", True
        ),
        Column("kind", Cell.CHOICE, "what it is", "payment", required=True, choices=KINDS, is_coded=True),
        Column("amount", Cell.AMOUNT, "how much, never negative", "926.35", required=True),
        Column("effective_on", Cell.DAY, "the day from which it counts", "2026-02-14", required=True),
        Column("booked_on", Cell.DAY, "the day it was entered; empty: effective_on", "2026-02-15"),
        text_column("reverses", "of a reversal or chargeback: the transaction_id that it undoes", "T-90000"),
        Column(
            "component",
            Cell.CHOICE,
            "what a waiver is for, or where a payment was directed",
            "interest",
            choices=COMPONENTS,
            is_coded=True,
        ),
        Column("instalment", Cell.COUNT, "which instalment it belongs to; 1 is the first", "3", least=1),
    ),
)

BORROWERS = FlatFile(
    "borrowers",
    "one row per borrower; personal data",
    (
        BORROWER_ID,
        text_column("name", "as letters address the borrower", "李雷", required=True),
        Column("language", Cell.CHOICE, "the language of letters", "zh-Hans", required=True, choices=LANGUAGES),
        Column(
            "id_number", Cell.RESIDENT_ID, "identity number; in China its check digit must agree", "11010519491231002X"
        ),
        Column("country", Cell.COUNTRY, "ISO 3166 code of two letters", "CN"),
        Column(
            "region", Cell.REGION, "ISO 3166-2 code of the state or region, a city's own code after it", "US-NY-NYC"
        ),
        Column("zone", Cell.ZONE, "the time zone that the borrower named", "America/New_York"),
    ),
)

CONTACT_POINTS = FlatFile(
    "contact_points",
    "one row per way to reach a borrower; personal data",
    (
        BORROWER_ID,
        Column("kind", Cell.CHOICE, "what it is", "postal", required=True, choices=("postal", "phone", "email")),
        Column(
            "value",
            Cell.TEXT,
            'the address; postal lines separated by " / " or a line break',
            "幸福路 8 号 / 北京 100000",
            required=True,
            is_prose=True,
        ),
    ),
)

PAUSES = FlatFile(
    "pauses",
    "days that don't count as days past due",
    (
        LOAN_ID,
        Column("from_on", Cell.DAY, "first day of the pause", "2026-05-01", required=True),
        Column("until_on", Cell.DAY, "the day it no longer holds", "2026-06-01", required=True),
        Column("stops_penalty", Cell.FLAG, "whether penalty rests; empty: true", "true"),
        Column("stops_fees", Cell.FLAG, "whether late fees rest; empty: true", "true"),
    ),
    is_optional=True,
)

VERSIONS = FlatFile(
    "versions",
    "one row per schedule that took another's place; its instalments are in instalments, under counts_from",
    (
        LOAN_ID,
        Column("from_on", Cell.DAY, "the day from whose start it counts", "2026-06-01", required=True),
        Column(
            "takes_over",
            Cell.FLAG,
            "whether it also holds what was due and unpaid, so that the loan counts as up to date; empty: false",
            "false",
        ),
    ),
    is_optional=True,
)

OPENINGS = FlatFile(
    "openings",
    "one row per loan whose history starts late: where it stood at the end of a day",
    (
        LOAN_ID,
        Column("on", Cell.DAY, "the day at whose end it stood so", "2026-02-15", required=True),
        Column("principal", Cell.AMOUNT, "principal due and unpaid; empty: none", "2000.00"),
        Column("interest", Cell.AMOUNT, "interest due and unpaid; empty: none", "60.00"),
        Column("penalty", Cell.AMOUNT, "penalty interest unpaid; empty: none", "5.00"),
        Column("compound", Cell.AMOUNT, "compound interest unpaid; empty: none", "0.00"),
        Column("fee", Cell.AMOUNT, "fees unpaid; empty: none", "0.00"),
        Column("overdue_since", Cell.DAY, "the due date of the oldest of it; empty: the day itself", "2026-01-10"),
        Column(
            "period_from",
            Cell.DAY,
            "the day from which the running period's interest counts; empty: the day itself",
            "2026-02-10",
        ),
        Column(
            "accrued_interest",
            Cell.AMOUNT,
            "where interest runs by day: what has run and isn't due yet; empty: none",
            "12.50",
        ),
    ),
    is_optional=True,
)

CLASSIFICATIONS = FlatFile(
    "classifications",
    "one row per category that a person decided on, beside the one that days give",
    (
        LOAN_ID,
        text_column("category", "the category, in the lender's words", "doubtful", required=True),
        Column("from_on", Cell.DAY, "the first day on which it stands", "2026-09-01", required=True),
        Column("until_on", Cell.DAY, "the day it no longer stands; empty: it stands on", "2026-12-01"),
        text_column("reason", "why it was decided", "the borrower's business has closed"),
    ),
    is_optional=True,
)

PARTIES = FlatFile(
    "parties",
    "one row per person beside the borrower who answers for a loan; personal data",
    (
        LOAN_ID,
        text_column(
            "borrower_id", "the lender's number of the person, who has a row in borrowers", "B-78", required=True
        ),
        Column(
            "role",
            Cell.CHOICE,
            "what the person is to the loan",
            "guarantor",
            required=True,
            choices=(Role.CO_BORROWER, Role.GUARANTOR),
        ),
        Column(
            "guarantee",
            Cell.CHOICE,
            "of a guarantor: answers after the borrower, or beside; empty: the guarantee doesn't say, or nobody told you",
            "joint",
            choices=(Guarantee.GENERAL, Guarantee.JOINT),
        ),
    ),
    is_optional=True,
)

OPENING_AMOUNTS = tuple(column.name for column in OPENINGS.columns if column.cell is Cell.AMOUNT)

FLAT_FILES: dict[str, FlatFile] = {
    one.name: one
    for one in (
        LOANS,
        INSTALMENTS,
        TRANSACTIONS,
        BORROWERS,
        CONTACT_POINTS,
        PAUSES,
        VERSIONS,
        OPENINGS,
        CLASSIFICATIONS,
        PARTIES,
        *CONDUCT_FILES,
        *COMMITMENT_FILES,
    )
}
TERMS_COLUMNS = (
    "method instalments frequency first_due_on due_day instalment_rounding instalment_multiple interest_by"
    " interest_rounding balance every first_period principal_grace interest_grace interest_in_grace rest down_payment balloon"
    " instalment_amount"
).split()


def _always(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


SCHEDULE = pa.struct(
    [
        _always("due_on", pa.date32()),
        _always("principal", pa.int64()),
        _always("interest", pa.int64()),
        _always("fee", pa.int64()),
        pa.field("minimum", pa.int64()),
    ]
)
SCHEDULE_WITH_DRAWDOWNS = pa.struct([*SCHEDULE, pa.field("drawdown", pa.string())])
HISTORY = pa.struct(
    [
        _always("id", pa.string()),
        _always("kind", pa.int8()),
        _always("amount", pa.int64()),
        _always("effective_on", pa.date32()),
        _always("booked_on", pa.date32()),
        pa.field("reverses", pa.int32()),
        pa.field("component", pa.int8()),
        pa.field("instalment", pa.int32()),
    ]
)
PAUSED = pa.struct(
    [
        _always("from_on", pa.date32()),
        _always("until_on", pa.date32()),
        _always("stops_penalty", pa.bool_()),
        _always("stops_fees", pa.bool_()),
    ]
)


CLASSIFIED = pa.struct(
    [
        _always("category", pa.string()),
        _always("from_on", pa.date32()),
        pa.field("until_on", pa.date32()),
        pa.field("reason", pa.string()),
    ]
)
OPENING = pa.struct(
    [
        _always("on", pa.date32()),
        *[_always(name, pa.int64()) for name in "principal interest penalty compound fee".split()],
        pa.field("overdue_since", pa.date32()),
        pa.field("period_from", pa.date32()),
        _always("accrued_interest", pa.int64()),
    ]
)


def list_of(struct: pa.DataType) -> pa.DataType:
    return pa.list_(_always("element", struct))


def version_of(schedule: pa.DataType) -> pa.DataType:
    """A schedule that took another's place, its instalments of the shape that the book's schedules have."""
    return pa.struct(
        [_always("from_on", pa.date32()), _always("takes_over", pa.bool_()), _always("schedule", list_of(schedule))]
    )


def _loans_of(schedule: pa.DataType) -> pa.Schema:
    return pa.schema(
        [
            _always("loan_id", pa.string()),
            _always("borrower_id", pa.string()),
            _always("product", pa.string()),
            _always("currency", pa.string()),
            _always("principal", pa.int64()),
            _always("annual_rate_ppm", pa.int64()),
            _always("day_count", pa.string()),
            _always("disbursed_on", pa.date32()),
            pa.field("lender_days_past_due", pa.int32()),
            pa.field("lender_balance", pa.int64()),
            _always("schedule", list_of(schedule)),
            _always("transactions", list_of(HISTORY)),
            _always("pauses", list_of(PAUSED)),
        ]
    )


NESTED = _loans_of(SCHEDULE)
"""What every nested book has."""
DRAWDOWN, OPTIONAL = "drawdown", ("opening", "versions", "classified_as")
"""What a nested book has besides when any loan in it says so: a field of its instalments, and columns of its own."""


def nested_with(names: Collection[str]) -> pa.Schema:
    """The nested book's schema with those of DRAWDOWN and OPTIONAL that it needs; without names it is NESTED."""
    schedule = SCHEDULE_WITH_DRAWDOWNS if DRAWDOWN in names else SCHEDULE
    optional = {"opening": OPENING, "versions": list_of(version_of(schedule)), "classified_as": list_of(CLASSIFIED)}
    more = [pa.field(name, optional[name]) for name in OPTIONAL if name in names]
    return pa.schema([*_loans_of(schedule), *more])


BORROWER_ROWS = pa.schema(
    [
        _always(name, pa.string())
        for name in ("borrower_id", "name", "language", "id_number", "country", "region", "zone")
    ]
)
PARTY_ROWS = pa.schema([_always(name, pa.string()) for name in ("loan_id", "borrower_id", "role", "guarantee")])
CONTACT_POINT_ROWS = pa.schema([_always(name, pa.string()) for name in ("borrower_id", "kind", "value")])
KEPT_ROWS = {
    one.name: pa.schema(
        [pa.field(column.name, ARROW_TYPES[column.cell], nullable=not column.required) for column in one.columns]
    )
    for one in (*CONDUCT_FILES, *COMMITMENT_FILES)
}
COMMITMENT_GAP_ROWS = pa.schema([_always("loan_id", pa.string()), _always("file", pa.string())])
"""Of which loans rows in which of these files can't be read: what was agreed about them isn't known."""
CONDUCT_GAP_ROWS = pa.schema([_always("borrower_id", pa.string()), _always("file", pa.string())])
"""Whose rows in which of these files can't be read: what isn't known there must be taken to forbid."""
