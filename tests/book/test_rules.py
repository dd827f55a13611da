"""Each thing that can be wrong with a row: it is named, it sets its loan aside, and the loan beside it stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from goodstanding.book.commitment_files import COMMITMENT_NAMES
from goodstanding.book.conduct_files import CONDUCT_NAMES
from goodstanding.book.convert import CheckReport, check_files
from goodstanding.book.intake import FACTS
from goodstanding.book.quarantine import Finding
from goodstanding.book.rules import (
    COMMITMENT_RULES,
    INSTALMENT_DIFFERS,
    IRREGULAR,
    SLICE_RULES,
    TERMS_CONTRADICT,
    TERMS_RULES,
    UNKNOWN_LOAN,
    WHOLE_FILE_RULES,
)
from goodstanding.core.conduct.facts import Channel
from goodstanding.core.conduct.vocabulary import ConsentTo, HoldKind
from tests.book.files import (
    BORROWER,
    DECISION,
    EMAIL,
    INSTALMENTS,
    LATER,
    LOAN,
    OPENING,
    PAYMENT,
    VERSION,
    Rows,
    sound,
    told,
    write_files,
)

BILL = {"loan_id": "L1", "due_on": "2026-02-15", "principal": "80.00", "interest": "5.00", "minimum_payment": "85.01"}
REVERSAL = PAYMENT | {
    "transaction_id": "T2",
    "kind": "reversal",
    "reverses": "T1",
    "effective_on": "2026-02-20",
    "booked_on": "",
}
CHARGEBACK = REVERSAL | {"kind": "chargeback"}
CHANGED: Rows = (*INSTALMENTS, *LATER)
OPENED = OPENING | {"loan_id": "L1"}
GUARANTOR = {"loan_id": "L1", "borrower_id": "B2", "role": "guarantor", "guarantee": "joint"}
CALL = {"borrower_id": "B1", "sent_at": "2026-03-01T10:00+08:00", "channel": "call"}
CHANNELS = "one of " + ", ".join(Channel)
CONSENTS = "one of " + ", ".join(ConsentTo)
HOLDS = "one of " + ", ".join(HoldKind)
WISH = {"borrower_id": "B1", "wish": "not_at_times", "received_at": "2026-03-01T10:00Z"}
PROMISE = {
    "loan_id": "L1",
    "promise_id": "P1",
    "amount": "50.00",
    "due_on": "2026-03-10",
    "made_at": "2026-03-01T10:00",
}
PLAN = {
    "loan_id": "L1",
    "plan_id": "A1",
    "worked_out_on": "2026-03-01",
    "accept_by": "2026-03-10",
    "offered_at": "2026-03-02T09:00",
}
PLAN_PAYMENT = {"loan_id": "L1", "plan_id": "A1", "due_on": "2026-03-20", "amount": "60.00"}
PLAN_PAUSE = {"loan_id": "L1", "plan_id": "A1", "kind": "pause", "day": "2026-03-02"}
TERMS = LOAN | {"instalments": "3", "first_due_on": "2026-02-15", "instalment_amount": ""}


@dataclass(frozen=True)
class Case:
    """What is put in place of L1's rows, and the finding that must come of it. others: further findings of the rule."""

    rule: str
    where: tuple[str, int, str]
    found: str
    expected: str
    loans: Rows = (LOAN,)
    instalments: Rows = INSTALMENTS
    transactions: Rows = (PAYMENT,)
    borrowers: Rows = (BORROWER,)
    contact_points: Rows = (EMAIL,)
    pauses: Rows = ()
    versions: Rows = ()
    openings: Rows = ()
    classifications: Rows = ()
    parties: Rows = ()
    contacts: Rows = ()
    consents: Rows = ()
    holds: Rows = ()
    preferences: Rows = ()
    answers: Rows = ()
    promises: Rows = ()
    plans: Rows = ()
    plan_payments: Rows = ()
    plan_changes: Rows = ()
    meant_for: Rows = ()
    loan_id: str = "L1"
    stays_whole: bool = False
    others: Sequence[str] = field(default_factory=tuple)


def loan(**cells: str) -> Rows:
    return (LOAN | cells,)


def payment(**cells: str) -> Rows:
    return (PAYMENT | cells,)


def instalment(**cells: str) -> Rows:
    return (*INSTALMENTS[:-1], {**INSTALMENTS[-1], **cells})


def changed_to(principal: str, second: str = "", *, counts_from: str = "2026-03-01", interest: str = "1.00") -> Rows:
    """L1's instalments, and those of a schedule that takes their place: one, or two."""
    parts = [(principal, "04"), (second, "05")] if second else [(principal, "04")]
    return (
        *INSTALMENTS,
        *(
            LATER[0]
            | {"principal": part, "due_on": f"2026-{month}-01", "counts_from": counts_from, "interest": interest}
            for part, month in parts
        ),
    )


CASES = [
    # One cell
    Case("missing", ("loans.csv", 2, "product"), "", "a value in every row (the product, as the lender's policies name it)", loans=loan(product="")),
    Case("amount", ("transactions.csv", 2, "amount"), "1,409.50", "decimal text such as 1409.50, without separators or signs of currency", transactions=payment(amount="1,409.50")),
    Case("too_many_decimals", ("transactions.csv", 2, "amount"), "103.001", "at most 2 decimals, as USD has", transactions=payment(amount="103.001")),
    Case("negative_amount", ("transactions.csv", 2, "amount"), "-103.00", "an amount of 0 or more", transactions=payment(amount="-103.00")),
    Case("amount_too_large", ("transactions.csv", 2, "amount"), "100000000000.01", "at most 100000000000.00", transactions=payment(amount="100000000000.01")),
    Case("rate", ("loans.csv", 2, "annual_rate"), "12%", "a decimal fraction of one, such as 0.199 for 19.9 % a year", loans=loan(annual_rate="12%")),
    Case("rate_out_of_range", ("loans.csv", 2, "annual_rate"), "19.9", "a fraction of one, such as 0.199 for 19.9 % a year, up to 1,000 % a year", loans=loan(annual_rate="19.9")),
    Case("rate_not_exact", ("loans.csv", 2, "annual_rate"), "0.1234567", "a rate that is exact in parts per million a year (six decimals)", loans=loan(annual_rate="0.1234567")),
    Case("rate_not_exact", ("loans.csv", 2, "rate_per_day"), "0.0000001", "a rate that is exact in parts per million a year (a daily rate is taken times 365)", loans=loan(annual_rate="", rate_per_day="0.0000001")),
    Case("date", ("transactions.csv", 2, "effective_on"), "31/02/2026", "a day written YYYY-MM-DD, such as 2026-11-23", transactions=payment(effective_on="31/02/2026")),
    Case("date", ("instalments.csv", 4, "due_on"), "2026-02-30", "a day written YYYY-MM-DD, such as 2026-11-23", instalments=instalment(due_on="2026-02-30")),
    Case("date_out_of_range", ("instalments.csv", 4, "due_on"), "2206-04-15", "a day from 1950-01-01 to 2150-12-31", instalments=instalment(due_on="2206-04-15")),
    Case("count", ("loans.csv", 2, "lender_days_past_due"), "2.0", "a whole number from 0 to 1,000,000", loans=loan(lender_days_past_due="2.0")),
    Case("flag", ("pauses.csv", 2, "stops_fees"), "perhaps", "true or false", pauses=({"loan_id": "L1", "from_on": "2026-03-01", "until_on": "2026-04-01", "stops_fees": "perhaps"},)),
    Case("unknown_kind", ("transactions.csv", 2, "kind"), "repayment", "one of fee, waiver, payment, recovery, refund, reversal, chargeback, charge_off", transactions=payment(kind="repayment")),
    Case("unknown_language", ("borrowers.csv", 2, "language"), "zh", "one of zh-Hans, zh-Hant, en", borrowers=(BORROWER | {"language": "zh"},)),
    Case("unknown_day_count", ("loans.csv", 2, "day_count"), "actual", "one of act/365, act/360, act/act, 30/360, 30E/360", loans=loan(day_count="actual")),
    Case("unknown_component", ("transactions.csv", 2, "component"), "tax", "one of fee, penalty, compound, interest, principal", transactions=payment(component="tax")),
    Case("unknown_currency", ("loans.csv", 2, "currency"), "DOLLAR", "USD, the book's currency", loans=loan(currency="DOLLAR")),
    Case("other_currency", ("loans.csv", 2, "currency"), "CNY", "USD, the book's currency", loans=loan(currency="CNY")),
    Case("country", ("borrowers.csv", 2, "country"), "USA", "a country code of two letters, such as CN", borrowers=(BORROWER | {"country": "USA"},)),
    Case("resident_id", ("borrowers.csv", 2, "id_number"), "••••••••••••••0021", "a number whose date of birth and check digit (GB 11643) agree", borrowers=(BORROWER | {"country": "CN", "id_number": "110105194912310021"},)),
    Case("resident_id", ("borrowers.csv", 2, "id_number"), "•••••••E+17", "18 characters, the last a check digit (GB 11643)", borrowers=(BORROWER | {"country": "CN", "id_number": "1.10105E+17"},)),
    # Loans
    Case("duplicate_loan", ("loans.csv", 2, "loan_id"), "L1", "one row per loan (it has 2)", loans=(LOAN, LOAN), others=["loans.csv, row 3"]),
    Case("loan_without_borrower", ("loans.csv", 2, "borrower_id"), "B9", "a borrower_id that borrowers has", loans=loan(borrower_id="B9")),
    Case("after_cut_off", ("loans.csv", 2, "disbursed_on"), "2026-11-24", "a day up to the cut-off, 2026-11-23", loans=loan(disbursed_on="2026-11-24"), instalments=tuple(row | {"due_on": f"2027-0{place}-15"} for place, row in enumerate(INSTALMENTS, 1)), transactions=()),
    Case("no_rate", ("loans.csv", 2, "annual_rate"), "", "annual_rate or rate_per_day", loans=loan(annual_rate="")),
    Case("two_rates", ("loans.csv", 2, "rate_per_day"), "182500 ppm a year", "the same as annual_rate, 120000 ppm", loans=loan(rate_per_day="0.0005")),
    Case("daily_rate_day_count", ("loans.csv", 2, "day_count"), "act/360", "act/365, as a rate a day is taken times 365", loans=loan(annual_rate="", rate_per_day="0.0005", day_count="act/360")),
    Case("principal_sum", ("loans.csv", 2, "principal"), "310.00", "300.00, what its 3 instalments add up to", loans=loan(principal="310.00")),
    Case("principal_sum", ("loans.csv", 2, "principal"), "", "300.00, what its 3 instalments add up to", loans=loan(principal="")),
    Case("schedule_too_large", ("loans.csv", 2, "principal"), "100000000201.01", "instalments of at most 100000000000.00 together", loans=loan(principal="300.00"), instalments=instalment(principal="100.00", interest="99999999896.01")),
    Case("no_schedule", ("loans.csv", 2, "loan_id"), "no instalments", "rows in instalments, or terms in loans", instalments=()),
    Case("terms_contradict", ("loans.csv", 2, "instalments"), "principal_grace is 3: expected 0 or more, and less than instalments", "terms that go together", loans=loan(instalments="3", first_due_on="2026-02-15", principal_grace="3"), instalments=()),
    Case("terms_incomplete", ("loans.csv", 2, "instalments"), "3 instalments, principal 300.00", "instalments, first_due_on and a principal above 0", loans=loan(instalments="3"), instalments=()),
    Case("due_before_disbursement", ("loans.csv", 2, "first_due_on"), "2026-01-15", "a day after disbursed_on, 2026-01-15", loans=(TERMS | {"first_due_on": "2026-01-15"},), instalments=()),
    Case("instalment_differs", ("loans.csv", 2, "instalment_amount"), "102.00", "102.01, which the loan's terms come to", loans=(TERMS | {"instalment_amount": "102.00"},), instalments=()),
    # Instalments
    Case("unknown_loan", ("instalments.csv", 5, "loan_id"), "L9", "a loan_id that loans has", instalments=(*INSTALMENTS, INSTALMENTS[0] | {"loan_id": "L9"}), loan_id="L9", stays_whole=True),
    Case("due_before_disbursement", ("instalments.csv", 4, "due_on"), "2026-01-14", "a day from disbursed_on on, 2026-01-15", instalments=instalment(due_on="2026-01-14")),
    Case("duplicate_due_date", ("instalments.csv", 3, "due_on"), "2026-03-15", "each due date once within a loan", instalments=instalment(due_on="2026-03-15"), others=["instalments.csv, row 4"]),
    Case("minimum_over_bill", ("instalments.csv", 2, "minimum_payment"), "85.01", "at most the bill, 85.00", instalments=(BILL,)),
    # Transactions
    Case("unknown_loan", ("transactions.csv", 3, "loan_id"), "L9", "a loan_id that loans has", transactions=(PAYMENT, PAYMENT | {"loan_id": "L9"}), loan_id="L9", stays_whole=True),
    Case("contradictory_transaction", ("transactions.csv", 2, "transaction_id"), "T1", "one transaction per transaction_id, or rows that agree", transactions=(PAYMENT, PAYMENT | {"amount": "1.00"}), others=["transactions.csv, row 3"]),
    Case("before_disbursement", ("transactions.csv", 2, "effective_on"), "2026-01-14", "a day from disbursed_on on, 2026-01-15", transactions=payment(effective_on="2026-01-14")),
    Case("after_cut_off", ("transactions.csv", 2, "effective_on"), "2026-11-24", "a day up to the cut-off, 2026-11-23", transactions=payment(effective_on="2026-11-24")),
    Case("after_cut_off", ("transactions.csv", 2, "effective_on"), "2026-11-25", "a day up to the cut-off, 2026-11-23", transactions=payment(booked_on="2026-11-25")),
    Case("reverses_without_reversal", ("transactions.csv", 3, "reverses"), "T1", "empty, as the row undoes nothing", transactions=(PAYMENT, REVERSAL | {"kind": "payment"})),
    Case("reversal_of_nothing", ("transactions.csv", 3, "reverses"), "T9", "the transaction_id of a transaction of the same loan", transactions=(PAYMENT, REVERSAL | {"reverses": "T9"})),
    Case("reversal_of_nothing", ("transactions.csv", 3, "reverses"), "", "the transaction_id of a transaction of the same loan", transactions=(PAYMENT, REVERSAL | {"reverses": ""})),
    Case("reversal_of_reversal", ("transactions.csv", 4, "reverses"), "T2", "a transaction that is no reversal itself", transactions=(PAYMENT, REVERSAL, REVERSAL | {"transaction_id": "T3", "reverses": "T2"})),
    Case("reversed_twice", ("transactions.csv", 3, "reverses"), "T1", "one reversal per transaction, and then no chargeback", transactions=(PAYMENT, REVERSAL, REVERSAL | {"transaction_id": "T3"}), others=["transactions.csv, row 4"]),
    Case("reversed_twice", ("transactions.csv", 3, "reverses"), "T1", "one reversal per transaction, and then no chargeback", transactions=(PAYMENT, REVERSAL, CHARGEBACK | {"transaction_id": "T3"}), others=["transactions.csv, row 4"]),
    Case("reversal_amount", ("transactions.csv", 3, "amount"), "102.00", "103.00, the amount of T1", transactions=(PAYMENT, REVERSAL | {"amount": "102.00"})),
    Case("reversal_before_its_transaction", ("transactions.csv", 3, "effective_on"), "2026-02-13", "a day from that of T1 on, 2026-02-14", transactions=(PAYMENT, REVERSAL | {"effective_on": "2026-02-13"})),
    Case("chargeback_of_no_payment", ("transactions.csv", 3, "reverses"), "T1", "the transaction_id of a payment", transactions=(PAYMENT | {"kind": "fee"}, CHARGEBACK)),
    Case("chargeback_amount", ("transactions.csv", 3, "amount"), "103.01", "at most 103.00 taken back, the amount of T1", transactions=(PAYMENT, CHARGEBACK | {"amount": "53.00"}, CHARGEBACK | {"transaction_id": "T3", "amount": "50.01"}), others=["transactions.csv, row 4"]),
    Case("unknown_instalment", ("transactions.csv", 2, "instalment"), "4", "a number from 1 to 3", transactions=payment(instalment="4")),
    Case("unknown_instalment", ("transactions.csv", 2, "instalment"), "4", "a number from 1 to 3", transactions=payment(instalment="4"), instalments=CHANGED, versions=(VERSION,)),
    Case("unknown_instalment", ("transactions.csv", 2, "instalment"), "6", "a number from 1 to 5", transactions=payment(instalment="6", effective_on="2026-03-01", amount="0.00"), instalments=changed_to("300.00", "0.00"), versions=(VERSION,)),
    Case("unknown_instalment", ("transactions.csv", 2, "instalment"), "4", "a number from 1 to 3", transactions=payment(instalment="4", effective_on="2026-02-21"), openings=(OPENED,)),
    Case("unknown_instalment", ("transactions.csv", 2, "instalment"), "4", "a number from 1 to 3", loans=(TERMS,), instalments=(), transactions=payment(instalment="4")),
    Case("before_opening", ("transactions.csv", 2, "effective_on"), "2026-02-20", "a day after the opening, 2026-02-20", transactions=payment(effective_on="2026-02-20"), openings=(OPENED,)),
    # Changed schedules
    Case("unknown_loan", ("versions.csv", 2, "loan_id"), "L9", "a loan_id that loans has", versions=(VERSION | {"loan_id": "L9"},), loan_id="L9", stays_whole=True),
    Case("date", ("instalments.csv", 6, "counts_from"), "1 March", "a day written YYYY-MM-DD, such as 2026-11-23", instalments=(*CHANGED[:-1], CHANGED[-1] | {"counts_from": "1 March"}), versions=(VERSION,)),
    Case("flag", ("versions.csv", 2, "takes_over"), "re-aged", "true or false", instalments=CHANGED, versions=(VERSION | {"takes_over": "re-aged"},)),
    Case("duplicate_version", ("versions.csv", 2, "from_on"), "2026-03-01", "one schedule from each day within a loan", instalments=CHANGED, versions=(VERSION, VERSION), others=["versions.csv, row 3"]),
    Case("unknown_version", ("instalments.csv", 5, "counts_from"), "2026-03-01", "a from_on that versions has for the loan", instalments=CHANGED, others=["instalments.csv, row 6"]),
    Case("unknown_version", ("instalments.csv", 6, "counts_from"), "2026-03-02", "a from_on that versions has for the loan", instalments=(*changed_to("200.00"), CHANGED[-1] | {"counts_from": "2026-03-02"}), versions=(VERSION,)),
    Case("version_without_instalments", ("versions.csv", 2, "from_on"), "2026-03-01", "rows in instalments that count from this day", versions=(VERSION,)),
    Case("due_before_version", ("instalments.csv", 5, "due_on"), "2026-02-28", "a day from counts_from on, 2026-03-01", instalments=(*INSTALMENTS, LATER[0] | {"due_on": "2026-02-28"}, LATER[1]), versions=(VERSION,)),
    Case("duplicate_due_date", ("instalments.csv", 5, "due_on"), "2026-05-01", "each due date once within a schedule", instalments=(*INSTALMENTS, LATER[0] | {"due_on": "2026-05-01"}, LATER[1] | {"drawdown": "A"}), versions=(VERSION,), others=["instalments.csv, row 6"]),
    Case("minimum_over_bill", ("instalments.csv", 5, "minimum_payment"), "102.51", "at most the bill, 102.50", instalments=(*INSTALMENTS, LATER[0] | {"minimum_payment": "102.51"}, LATER[1]), versions=(VERSION,)),
    Case("version_before_disbursement", ("versions.csv", 2, "from_on"), "2026-01-14", "a day from disbursed_on on, 2026-01-15", instalments=changed_to("300.00", counts_from="2026-01-14"), versions=(VERSION | {"from_on": "2026-01-14"},)),
    Case("version_principal", ("versions.csv", 2, "from_on"), "200.00 of principal", "300.00, what it replaces", instalments=CHANGED, versions=(VERSION,), transactions=()),
    Case("version_principal", ("versions.csv", 2, "from_on"), "300.01 of principal", "at most 300.00, the principal of the loan", instalments=changed_to("300.01"), versions=(VERSION,)),
    Case("version_principal", ("versions.csv", 2, "from_on"), "196.99 of principal", "at least 197.00: 300.00 less 103.00 that was paid or waived before", instalments=changed_to("196.99"), versions=(VERSION,)),
    Case("version_principal", ("versions.csv", 2, "from_on"), "93.99 of principal", "at least 94.00: 300.00 less 103.00 that was paid or waived before and 103.00 that fell due", instalments=changed_to("93.99"), versions=(VERSION | {"takes_over": ""},)),
    Case("version_principal", ("versions.csv", 2, "from_on"), "199.99 of principal", "300.00, what it replaces", instalments=changed_to("199.99"), versions=(VERSION,), transactions=payment(effective_on="2026-03-01")),
    Case("version_principal", ("versions.csv", 2, "from_on"), "200.00 of principal", "300.00, what it replaces", instalments=CHANGED, versions=(VERSION,), transactions=(), openings=(OPENED,)),
    Case("schedule_too_large", ("loans.csv", 2, "principal"), "100000000000.01", "instalments of at most 100000000000.00 together", instalments=changed_to("200.00", interest="99999999800.01"), versions=(VERSION,)),
    # Openings
    Case("unknown_loan", ("openings.csv", 2, "loan_id"), "L9", "a loan_id that loans has", openings=(OPENED | {"loan_id": "L9"},), loan_id="L9", stays_whole=True),
    Case("amount", ("openings.csv", 2, "penalty"), "none", "decimal text such as 1409.50, without separators or signs of currency", openings=(OPENED | {"penalty": "none"},)),
    Case("duplicate_opening", ("openings.csv", 2, "loan_id"), "L1", "one opening per loan (it has 2)", transactions=(), openings=(OPENED, OPENED), others=["openings.csv, row 3"]),
    Case("after_cut_off", ("openings.csv", 2, "on"), "2026-11-24", "a day up to the cut-off, 2026-11-23", transactions=(), openings=(OPENED | {"on": "2026-11-24"},)),
    Case("opening_before_disbursement", ("openings.csv", 2, "on"), "2026-01-14", "a day from disbursed_on on, 2026-01-15", openings=({"loan_id": "L1", "on": "2026-01-14"},)),
    Case("outside_the_history", ("openings.csv", 2, "overdue_since"), "2026-02-21", "a day from 2026-01-15, when the loan was made, to 2026-02-20, the opening's", transactions=(), openings=(OPENED | {"overdue_since": "2026-02-21"},)),
    Case("outside_the_history", ("openings.csv", 2, "period_from"), "2026-01-14", "a day from 2026-01-15, when the loan was made, to 2026-02-20, the opening's", transactions=(), openings=(OPENED | {"period_from": "2026-01-14"},)),
    Case("nothing_overdue", ("openings.csv", 2, "overdue_since"), "2026-02-15", "empty, as nothing was unpaid", transactions=(), openings=({"loan_id": "L1", "on": "2026-02-20", "overdue_since": "2026-02-15"},)),
    Case("principal_of_opening", ("loans.csv", 2, "principal"), "300.00", "at least 300.01, what the opening and the instalments after it come to", transactions=(), openings=(OPENED | {"principal": "100.01"},)),
    Case("principal_of_opening", ("loans.csv", 2, "principal"), "", "at least 100.00, what the opening and the instalments after it come to", loans=loan(principal=""), instalments=(), transactions=(), openings=(OPENED,)),
    # Decisions
    Case("unknown_loan", ("classifications.csv", 2, "loan_id"), "L9", "a loan_id that loans has", classifications=(DECISION | {"loan_id": "L9"},), loan_id="L9", stays_whole=True),
    Case("missing", ("classifications.csv", 2, "category"), "", "a value in every row (the category, in the lender's words)", classifications=(DECISION | {"category": ""},)),
    Case("duplicate_classification", ("classifications.csv", 2, "from_on"), "2026-03-01", "one decision from each day within a loan", classifications=(DECISION, DECISION | {"category": "loss"}), others=["classifications.csv, row 3"]),
    Case("classification_order", ("classifications.csv", 2, "until_on"), "2026-03-01", "a day after from_on, 2026-03-01", classifications=(DECISION | {"until_on": "2026-03-01"},)),
    # People and pauses
    Case("contradictory_borrower", ("borrowers.csv", 2, "borrower_id"), "B1", "one row per borrower, or rows that agree", borrowers=(BORROWER, BORROWER | {"name": "Ann Li"}), others=["borrowers.csv, row 3"]),
    Case("unknown_borrower", ("contact_points.csv", 3, "borrower_id"), "B9", "a borrower_id that borrowers has", contact_points=(EMAIL, EMAIL | {"borrower_id": "B9"}), loan_id="", stays_whole=True),
    Case("contact_value", ("contact_points.csv", 2, "value"), "ann at example", "an address such as name@example.com", contact_points=(EMAIL | {"value": "ann at example"},), stays_whole=True),
    Case("contact_value", ("contact_points.csv", 2, "value"), "none", "a number of at least five digits", contact_points=(EMAIL | {"kind": "phone", "value": "none"},), stays_whole=True),
    Case("unknown_loan", ("pauses.csv", 2, "loan_id"), "L9", "a loan_id that loans has", pauses=({"loan_id": "L9", "from_on": "2026-03-01", "until_on": "2026-04-01"},), loan_id="L9", stays_whole=True),
    Case("party_without_person", ("parties.csv", 2, "borrower_id"), "B9", "a borrower_id that borrowers has", parties=(GUARANTOR | {"borrower_id": "B9"},)),
    Case("duplicate_party", ("parties.csv", 2, "borrower_id"), "B2", "one role for each person of a loan", parties=(GUARANTOR, GUARANTOR | {"role": "co_borrower", "guarantee": ""}), others=["parties.csv, row 3"]),
    Case("duplicate_party", ("parties.csv", 2, "borrower_id"), "B1", "one role for each person of a loan", parties=(GUARANTOR | {"borrower_id": "B1"},)),
    Case("guarantee_of_no_guarantor", ("parties.csv", 2, "guarantee"), "joint", "nothing, as the person is no guarantor", parties=(GUARANTOR | {"role": "co_borrower"},)),
    Case("unknown_role", ("parties.csv", 2, "role"), "spouse", "one of co_borrower, guarantor", parties=(GUARANTOR | {"role": "spouse"},)),
    # What the gate is told
    Case("unknown_person", ("contacts.csv", 2, "borrower_id"), "B9", "a borrower_id that borrowers has", contacts=(CALL | {"borrower_id": "B9"},), loan_id="", stays_whole=True),
    Case("hold_of_unknown_loan", ("holds.csv", 2, "loan_id"), "L1;L9", "loan_ids that loans has, with ; between", holds=({"borrower_id": "B1", "kind": "cease", "began_at": "2026-03-01T10:00Z", "loan_id": "L1;L9"},), stays_whole=True),
    Case("hold_order", ("holds.csv", 2, "until"), "2026-02-01T10:00Z", "an instant after began_at, 2026-03-01T10:00Z", holds=({"borrower_id": "B1", "kind": "cease", "began_at": "2026-03-01T10:00Z", "until": "2026-02-01T10:00Z"},), stays_whole=True),
    Case("withdrawn_too_soon", ("preferences.csv", 2, "withdrawn_at"), "2026-02-01T10:00Z", "an instant after received_at, 2026-03-01T10:00Z", preferences=(WISH | {"withdrawn_at": "2026-02-01T10:00Z"},), stays_whole=True),
    Case("withdrawn_too_soon", ("consents.csv", 2, "withdrawn_at"), "2026-03-01T10:00Z", "an instant after given_at, 2026-03-01T10:00Z", consents=({"borrower_id": "B1", "what": "texts", "given_at": "2026-03-01T10:00Z", "withdrawn_at": "2026-03-01T10:00Z"},), stays_whole=True),
    Case("still_to_come", ("holds.csv", 2, "began_at"), "2026-12-01T00:00Z", "a day up to a week after the cut-off, 2026-11-23", holds=({"borrower_id": "B1", "kind": "deceased", "began_at": "2026-12-01T00:00Z"},), stays_whole=True),
    Case("still_to_come", ("preferences.csv", 2, "received_at"), "2106-11-01 09:00", "a day up to a week after the cut-off, 2026-11-23", preferences=(WISH | {"received_at": "2106-11-01 09:00"},), stays_whole=True),
    Case("unknown_person", ("holds.csv", 2, "borrower_id"), "B9", "a borrower_id that borrowers has", holds=({"borrower_id": "B9", "kind": "cease", "began_at": "2026-03-01T10:00Z"},), loan_id="", stays_whole=True),
    Case("instant", ("contacts.csv", 2, "sent_at"), "1 March", "a day and a time, such as 2026-03-10T10:05+08:00", contacts=(CALL | {"sent_at": "1 March"},), stays_whole=True),
    Case("unknown_channel", ("contacts.csv", 2, "channel"), "pigeon", CHANNELS, contacts=(CALL | {"channel": "pigeon"},), stays_whole=True),
    Case("missing", ("consents.csv", 2, "what"), "", "a value in every row (what was allowed)", consents=({"borrower_id": "B1", "given_at": "2026-03-01T10:00Z", "what": ""},), stays_whole=True),
    Case("unknown_what", ("consents.csv", 2, "what"), "call", CONSENTS, consents=({"borrower_id": "B1", "given_at": "2026-03-01T10:00Z", "what": "call"},), stays_whole=True),
    Case("unknown_kind", ("holds.csv", 2, "kind"), "breathingspace", HOLDS, holds=({"borrower_id": "B1", "began_at": "2026-03-01T10:00Z", "kind": "breathingspace"},), stays_whole=True),
    Case("hours_without_times", ("consents.csv", 2, "from_time"), "", "from_time and to_time, as it is about hours", consents=({"borrower_id": "B1", "given_at": "2026-03-01T10:00Z", "what": "hours"},), stays_whole=True),
    Case("time", ("preferences.csv", 2, "from_time"), "9 am", "a time of day written HH:MM, such as 08:30", preferences=(WISH | {"from_time": "9 am"},), stays_whole=True),
    Case("wish_about_nothing", ("preferences.csv", 2, "wish"), "not_by_channel", "channels that it is about", preferences=(WISH | {"wish": "not_by_channel"},), stays_whole=True),
    Case("unknown_weekdays", ("preferences.csv", 2, "weekdays"), "sat, sun", "one or more of mon, tue, wed, thu, fri, sat, sun, with ; between", preferences=(WISH | {"weekdays": "sat, sun"},), stays_whole=True),
    # What was agreed
    Case("amount", ("promises.csv", 2, "amount"), "all of it", "decimal text such as 1409.50, without separators or signs of currency", promises=(PROMISE | {"amount": "all of it"},), stays_whole=True),
    Case("unknown_loan", ("promises.csv", 2, "loan_id"), "L9", "a loan_id that loans has", promises=(PROMISE | {"loan_id": "L9"},), loan_id="L9", stays_whole=True),
    Case("promise_of_a_stranger", ("promises.csv", 2, "borrower_id"), "B9", "the loan's borrower_id, or one that parties has for the loan", promises=(PROMISE | {"borrower_id": "B9"},), stays_whole=True),
    Case("promise_contradicts", ("promises.csv", 2, "promise_id"), "promise P1 is for 2026-02-28, before the day it was made on, 2026-03-01", "a promise that can be", promises=(PROMISE | {"due_on": "2026-02-28"},), stays_whole=True),
    Case("promise_contradicts", ("promises.csv", 3, "promise_id"), "P1", "each promise and plan of a loan under its own number", promises=(PROMISE, PROMISE), stays_whole=True),
    Case("unknown_plan", ("promises.csv", 2, "about"), "A2", "a plan_id that plans has for the loan", promises=(PROMISE | {"about": "A2"},), stays_whole=True),
    Case("plan_contradicts", ("plans.csv", 2, "plan_id"), "the plan has neither a payment nor a pause: nothing would say when it is completed", "a plan that can be", plans=(PLAN,), stays_whole=True),
    Case("plan_contradicts", ("plans.csv", 2, "plan_id"), "accepted: it could be accepted until the end of 2026-03-10, and this was on 2026-03-11; make a new offer", "a plan that can be", plans=(PLAN | {"accepted_at": "2026-03-11T00:00"},), plan_payments=(PLAN_PAYMENT,), stays_whole=True),
    Case("plan_contradicts", ("plans.csv", 2, "plan_id"), "its pause of 2026-03-02 in plan_changes has no until_on", "a plan that can be", plans=(PLAN,), plan_payments=(PLAN_PAYMENT,), plan_changes=(PLAN_PAUSE,), stays_whole=True),
    Case("unknown_plan", ("plan_payments.csv", 2, "plan_id"), "A1", "a plan_id that plans has for the loan", plan_payments=(PLAN_PAYMENT,), stays_whole=True),
    Case("unknown_plan", ("plan_changes.csv", 2, "plan_id"), "A1", "a plan_id that plans has for the loan", plan_changes=(PLAN_PAUSE | {"until_on": "2026-03-09"},), stays_whole=True),
    Case("unknown_meaning", ("meant_for.csv", 2, "meant_for"), "P9", "a promise_id, a plan_id or a plan's payment, such as A-7/2, of the loan; or nothing", meant_for=({"loan_id": "L1", "transaction_id": "T1", "meant_for": "P9", "recorded_on": "2026-03-02"},), promises=(PROMISE,), stays_whole=True),
    Case("missing", ("answers.csv", 2, "value"), "", "a value in every row (what it is: yes or no, a day, a number, a word)", answers=({"borrower_id": "B1", "name": "regulated_agreement", "value": ""},), stays_whole=True),
    Case("region", ("borrowers.csv", 2, "region"), "Colorado", "an ISO 3166-2 code, such as US-CO", borrowers=(BORROWER | {"region": "Colorado"},)),
    Case("zone", ("borrowers.csv", 2, "zone"), "Mars/Olympus", "a name of the time zone database, such as Asia/Shanghai", borrowers=(BORROWER | {"zone": "Mars/Olympus"},)),
    Case("pause_order", ("pauses.csv", 2, "until_on"), "2026-03-01", "a day after from_on, 2026-03-01", pauses=({"loan_id": "L1", "from_on": "2026-03-01", "until_on": "2026-03-01"},)),
]  # fmt: skip


def files_of(case: Case) -> dict[str, Rows]:
    """L1 as the case has it, L2 sound."""
    whole = sound()
    return {
        "loans": [*case.loans, *whole["loans"][1:]],
        "instalments": [*case.instalments, *whole["instalments"][3:]],
        "transactions": case.transactions,
        "borrowers": [*case.borrowers, *whole["borrowers"][1:]],
        "contact_points": case.contact_points,
        **{name: rows for name in (*FACTS, *CONDUCT_NAMES, *COMMITMENT_NAMES) if (rows := getattr(case, name))},
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} in {'.'.join(map(str, case.where))}")
def test_what_is_wrong_is_named_and_sets_its_loan_aside(case: Case, tmp_path: Path) -> None:
    report = check_files(write_files(tmp_path, files_of(case)))
    first, *others = report.findings
    assert ((first.file, first.row, first.column), first.rule, first.loan_id) == (case.where, case.rule, case.loan_id)
    assert (first.found, first.expected) == (case.found, case.expected)
    assert [f"{one.file}, row {one.row}" for one in others] == list(case.others)
    assert {one.rule for one in others} <= {case.rule}
    assert first.what_to_do.endswith(".")
    assert first.raw_row != ""
    assert report.summary.loans_in_book == (2 if case.stays_whole else 1)


def test_every_rule_has_a_case() -> None:
    named = {
        rule.name
        for rule in (
            *WHOLE_FILE_RULES,
            *COMMITMENT_RULES,
            *TERMS_RULES,
            *SLICE_RULES,
            UNKNOWN_LOAN,
            INSTALMENT_DIFFERS,
            TERMS_CONTRADICT,
        )
    }
    assert named - {case.rule for case in CASES} == set()


@pytest.mark.parametrize("files", [sound(), told()], ids=["sound", "told"])
def test_sound_files_have_no_finding(files: dict[str, Rows], tmp_path: Path) -> None:
    report = check_files(write_files(tmp_path, files))
    assert (report.findings, report.summary.loans_in_book) == ((), 2)


IRREGULAR_ROWS = {
    "fields": (b"L1,T2,payment,1,409.50,2026-02-15,2026-02-15,,,", "10 fields", "9 fields, as in the header"),
    "quote": (b'"L1,T2,payment,1.00,2026-02-15,,,,', "a quotation mark that isn't closed, or text after one", "quotation marks around a whole field"),
    "encoding": (b"L1,T\xff,payment,1.00,2026-02-15,,,,", "bytes that aren't UTF-8", "text in UTF-8"),
    "line_break": (b'L9,T2,"pay\nL1,T3,payment",1.00,2026-02-15,,,,', "a line break inside a cell", "a line break in addresses only, as it may hide other rows"),
}  # fmt: skip


@pytest.mark.parametrize("problem", IRREGULAR)
def test_what_is_no_row_sets_aside_every_loan_that_it_names(problem: str, tmp_path: Path) -> None:
    written, found, expected = IRREGULAR_ROWS[problem]
    path = write_files(tmp_path, sound()) / "transactions.csv"
    # Most lines that aren't ASCII are UTF-8, so that the stray byte is a stray.
    path.write_bytes(
        path.read_bytes()
        + written
        + "\r\nL2,付款一,payment,1.00,2026-02-15,,,,\r\nL2,付款二,payment,1.00,2026-02-15,,,,\r\n".encode()
    )
    report = check_files(tmp_path)
    first, *others = report.findings
    assert others == []
    assert first == Finding(
        "transactions.csv", 3, "L1", "", problem, found, expected, IRREGULAR[problem].what_to_do, first.raw_row
    )
    assert report.summary.loans_in_book == 1
    assert report.summary.rows_read["transactions"] == 3


def test_a_borrowers_bad_row_sets_aside_all_of_the_borrowers_loans(tmp_path: Path) -> None:
    files = sound()
    files["loans"] = [LOAN, *(row | {"borrower_id": "B1"} for row in files["loans"][1:])]
    files["borrowers"] = [BORROWER | {"name": ""}]
    first, *others = check_files(write_files(tmp_path, files)).findings
    assert (first.loan_id, first.rule, others) == ("L1 L2", "missing", [])


def test_a_row_with_two_bad_cells_has_two_findings(tmp_path: Path) -> None:
    files = sound() | {"transactions": [PAYMENT | {"amount": "x", "kind": "y"}]}
    report = check_files(write_files(tmp_path, files))
    assert [(one.row, one.column) for one in report.findings] == [(2, "amount"), (2, "kind")]


def test_a_row_that_cannot_be_read_is_not_blamed_on_the_loans_sum(tmp_path: Path) -> None:
    report = check_files(
        write_files(
            tmp_path, sound() | {"instalments": [*sound()["instalments"][1:], INSTALMENTS[0] | {"principal": "x"}]}
        )
    )
    assert rules_of(report) == ["amount"]


def test_a_reversal_of_a_payment_that_cannot_be_read_is_not_called_a_reversal_of_nothing(tmp_path: Path) -> None:
    files = sound() | {"transactions": [PAYMENT | {"amount": "x"}, REVERSAL]}
    assert rules_of(check_files(write_files(tmp_path, files))) == ["amount"]


def test_the_sentence_of_a_finding_says_what_where_expected_and_what_to_do(tmp_path: Path) -> None:
    (finding,) = check_files(
        write_files(tmp_path, sound() | {"transactions": payment(effective_on="31/02/2026")})
    ).findings
    assert finding.sentence == (
        'transactions.csv, row 2, effective_on: found "31/02/2026", expected a day written YYYY-MM-DD, such as 2026-11-23.'
        " Write the day as YYYY-MM-DD."
    )
    assert finding.raw_row == "L1,T1,payment,103.00,31/02/2026,2026-02-15,,,"


def rules_of(report: CheckReport) -> list[str]:
    return [one.rule for one in report.findings]


def test_a_revolving_account_need_not_add_up_and_may_leave_its_principal_to_its_bills(tmp_path: Path) -> None:
    bills: Rows = [
        BILL | {"minimum_payment": "8.50"},
        BILL | {"due_on": "2026-03-15", "minimum_payment": ""},
    ]
    for principal in ("", "500.00"):
        files = sound() | {
            "instalments": [*bills, *sound()["instalments"][3:]],
            "loans": [*loan(principal=principal), *sound()["loans"][1:]],
        }
        assert check_files(write_files(tmp_path, files)).findings == ()


def test_one_chargeback_after_another_is_fine_up_to_the_payment(tmp_path: Path) -> None:
    files = sound() | {
        "transactions": [
            PAYMENT,
            CHARGEBACK | {"amount": "53.00"},
            CHARGEBACK | {"transaction_id": "T3", "amount": "50.00"},
        ]
    }
    assert check_files(write_files(tmp_path, files)).findings == ()
