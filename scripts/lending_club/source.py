"""The data as it was published: one loan a row, amounts in cents, rates exact."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from goodstanding.core.money import round_half_up

CURRENT, GRACE = "Current", "In Grace Period"
LATE_16, LATE_31 = "Late (16-30 days)", "Late (31-120 days)"
PAID_OFF, CHARGED_OFF = "Fully Paid", "Charged Off"
ISSUE_MONTHS = {"Jan-2018": date(2018, 1, 1), "Feb-2018": date(2018, 2, 1), "Mar-2018": date(2018, 3, 1)}


@dataclass(frozen=True, slots=True)
class SourceLoan:
    """A row of the data. Amounts: cents. rate: a fraction of one a year. late_fees: rounded, one row has more decimals."""

    row: int
    principal: int
    term: int
    rate: Fraction
    instalment: int
    issue_month: date
    status: str
    balance: int
    paid_principal: int
    paid_interest: int
    late_fees: int
    state: str

    @property
    def monthly(self) -> Fraction:
        return self.rate / 12


def read_source(path: Path) -> Iterator[SourceLoan]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield SourceLoan(
                row=int(row["row"]),
                principal=_cents(row["loan_amount"]),
                term=int(row["term"]),
                rate=Fraction(Decimal(row["interest_rate"])) / 100,
                instalment=_cents(row["installment"]),
                issue_month=ISSUE_MONTHS[row["issue_month"]],
                status=row["loan_status"],
                balance=_cents(row["balance"]),
                paid_principal=_cents(row["paid_principal"]),
                paid_interest=_cents(row["paid_interest"]),
                late_fees=_cents(row["paid_late_fees"]),
                state=row["state"],
            )


def _cents(text: str) -> int:
    return round_half_up(Fraction(Decimal(text)) * 100)
