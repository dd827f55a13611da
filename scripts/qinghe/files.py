"""The flat files, as text that a spreadsheet opens."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from goodstanding.core.loan import Instalment, Opening, Transaction
from goodstanding.core.money import decimal_text
from qinghe.people import Person
from qinghe.story import CURRENCY, CUT_OFF, DAILY, Story

LOAN_COLUMNS = (
    "loan_id borrower_id product currency principal disbursed_on annual_rate rate_per_day day_count method instalments"
    " frequency first_due_on due_day lender_days_past_due lender_balance"
).split()
INSTALMENT_COLUMNS = "loan_id due_on principal interest fee minimum_payment drawdown counts_from".split()
TRANSACTION_COLUMNS = (
    "loan_id transaction_id kind amount effective_on booked_on reverses component instalment"
).split()
BORROWER_COLUMNS = "borrower_id name language country id_number".split()
CONTACT_COLUMNS = "borrower_id kind value".split()
PAUSE_COLUMNS = "loan_id from_on until_on stops_penalty stops_fees".split()
VERSION_COLUMNS = "loan_id from_on takes_over".split()
OPENING_COLUMNS = "loan_id on principal interest penalty compound fee overdue_since period_from".split()
CLASSIFICATION_COLUMNS = "loan_id category from_on until_on reason".split()

PARTY_COLUMNS = "loan_id borrower_id role guarantee".split()
PROMISE_COLUMNS = "loan_id promise_id amount due_on made_at borrower_id".split()
PLAN_COLUMNS = (
    "loan_id plan_id worked_out_on kind accept_by tolerance_days tolerance_amount offered_at accepted_at"
).split()
PLAN_PAYMENT_COLUMNS = "loan_id plan_id due_on amount contract".split()
PLAN_CHANGE_COLUMNS = "loan_id plan_id kind day until_on counts_from principal interest takes_over".split()

Row = dict[str, str]


@dataclass
class Book:
    """The rows of the flat files, as text."""

    loans: list[Row] = field(default_factory=list)
    instalments: list[Row] = field(default_factory=list)
    transactions: list[Row] = field(default_factory=list)
    borrowers: list[Row] = field(default_factory=list)
    contact_points: list[Row] = field(default_factory=list)
    pauses: list[Row] = field(default_factory=list)
    versions: list[Row] = field(default_factory=list)
    openings: list[Row] = field(default_factory=list)
    classifications: list[Row] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    promises: list[Row] = field(default_factory=list)
    plans: list[Row] = field(default_factory=list)
    plan_payments: list[Row] = field(default_factory=list)
    plan_changes: list[Row] = field(default_factory=list)


def text(amount: int) -> str:
    return decimal_text(amount, CURRENCY)


def rate_text(rate: Fraction) -> str:
    """A rate that ends, as decimal text.

    >>> rate_text(Fraction(9, 125))
    '0.072'
    """
    return str(Decimal(rate.numerator) / Decimal(rate.denominator))


def add_loan(book: Book, story: Story, borrower_id: str) -> None:
    loan, terms = story.loan, story.terms
    row = {
        "loan_id": loan.id,
        "borrower_id": borrower_id,
        "product": loan.product,
        "currency": loan.currency,
        "principal": text(loan.principal),
        "disbursed_on": str(loan.disbursed_on),
    }
    if loan.product == "cn_bill":
        row["rate_per_day"] = rate_text(DAILY)
    else:
        row |= {"annual_rate": rate_text(loan.annual_rate.per_year), "day_count": loan.annual_rate.day_count.value}
    if terms is not None:
        row |= {
            "method": terms.method.value,
            "instalments": str(terms.instalments),
            "frequency": terms.frequency.value,
            "first_due_on": str(terms.first_due_on),
            "due_day": str(terms.first_due_on.day),
        }
    else:
        book.instalments += [instalment_row(loan.id, part) for part in loan.schedule]
    book.loans.append(row | story.row)
    book.transactions += [transaction_row(loan.id, one) for one in loan.transactions]
    book.pauses += [
        {"loan_id": loan.id, "from_on": str(pause.from_on), "until_on": str(pause.until_on)} for pause in loan.pauses
    ]
    for version in loan.versions:
        day = str(version.from_on)
        book.versions.append({"loan_id": loan.id, "from_on": day, "takes_over": str(version.takes_over).lower()})
        book.instalments += [instalment_row(loan.id, part) | {"counts_from": day} for part in version.schedule]
    if loan.opening is not None:
        book.openings.append(opening_row(loan.id, loan.opening))
    book.classifications += [
        {"loan_id": loan.id, "category": one.category, "from_on": str(one.from_on), "reason": one.reason}
        for one in loan.classified_as
    ]


def instalment_row(loan_id: str, part: Instalment) -> Row:
    return {
        "loan_id": loan_id,
        "due_on": str(part.due_on),
        "principal": text(part.principal),
        "interest": text(part.interest),
        "minimum_payment": "" if part.minimum is None else text(part.minimum),
        "drawdown": part.drawdown,
    }


def opening_row(loan_id: str, opening: Opening) -> Row:
    return {
        "loan_id": loan_id,
        "on": str(opening.on),
        "principal": text(opening.principal),
        "interest": text(opening.interest),
        "penalty": text(opening.penalty),
        "compound": text(opening.compound),
        "fee": text(opening.fee),
        "overdue_since": str(opening.overdue_since or ""),
        "period_from": str(opening.period_from or ""),
    }


def transaction_row(loan_id: str, one: Transaction) -> Row:
    return {
        "loan_id": loan_id,
        "transaction_id": one.id,
        "kind": one.kind.value,
        "amount": text(one.amount),
        "effective_on": str(one.effective_on),
        "booked_on": str(one.booked_on),
        "reverses": one.reverses or "",
        "component": one.component.value if one.component else "",
        "instalment": str(one.instalment or ""),
    }


def add_person(book: Book, borrower_id: str, person: Person) -> None:
    book.borrowers.append(
        {
            "borrower_id": borrower_id,
            "name": person.name,
            "language": person.language,
            "country": "CN" if person.id_number else "",
            "id_number": person.id_number,
        }
    )
    book.contact_points += [
        {"borrower_id": borrower_id, "kind": kind, "value": value} for kind, value in person.contact_points
    ]


def write_book(book: Book, folder: Path, remark: str) -> None:
    """Write the files, UTF-8 with the mark by which Excel knows it; a file without rows isn't written."""
    folder.mkdir(parents=True, exist_ok=True)
    files: Mapping[str, tuple[list[str], list[Row]]] = {
        "loans": (LOAN_COLUMNS, book.loans),
        "instalments": (INSTALMENT_COLUMNS, book.instalments),
        "transactions": (TRANSACTION_COLUMNS, book.transactions),
        "borrowers": (BORROWER_COLUMNS, book.borrowers),
        "contact_points": (CONTACT_COLUMNS, book.contact_points),
        "pauses": (PAUSE_COLUMNS, book.pauses),
        "versions": (VERSION_COLUMNS, book.versions),
        "openings": (OPENING_COLUMNS, book.openings),
        "classifications": (CLASSIFICATION_COLUMNS, book.classifications),
        "parties": (PARTY_COLUMNS, book.parties),
        "promises": (PROMISE_COLUMNS, book.promises),
        "plans": (PLAN_COLUMNS, book.plans),
        "plan_payments": (PLAN_PAYMENT_COLUMNS, book.plan_payments),
        "plan_changes": (PLAN_CHANGE_COLUMNS, book.plan_changes),
    }
    for name, (columns, rows) in files.items():
        path = folder / f"{name}.csv"
        if not rows:
            path.unlink(missing_ok=True)
            continue
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "book.toml").write_text(
        f'# {remark}\nlender = "青禾消费金融（示例）"\ncut_off = {CUT_OFF}\n'
        f'currency = "{CURRENCY}"\nzone = "Asia/Shanghai"\n',
        encoding="utf-8",
    )
