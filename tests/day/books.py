"""Small lenders' files for the tests: a folder of CSV files as a person would make it in a spreadsheet."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from goodstanding.core.dates import add_months

CUT_OFF = date(2026, 11, 23)
PRINCIPAL, INSTALMENTS = 12_000, 12
FIRST_DUE = date(2026, 3, 5)


@dataclass(frozen=True, slots=True)
class Row:
    """A loan of twelve thousand over twelve months at 14.4 %: 1,079.71 on the fifth of each month from March.

    paid: how many instalments were paid, each on its day. By the 23rd of November nine have fallen due.
    loans: cells of loans.csv that differ.
    """

    loan_id: str
    paid: int
    name: str = "王小明"
    language: str = "zh-Hans"
    product: str = "cn_instalment"
    currency: str = "CNY"
    phone: str = "+86 138 0000 0000"
    id_number: str = ""
    loans: dict[str, object] = field(default_factory=dict)


PAID_UP, LATE_ONE, LATE_TWO = 9, 8, 7


def write_files(folder: Path, rows: Sequence[Row], *, cut_off: date = CUT_OFF, currency: str = "CNY") -> Path:
    """Write the five files and book.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.toml").write_text(
        f'lender = "青禾消费金融（示例）"\ncut_off = {cut_off}\ncurrency = "{currency}"\nzone = "Asia/Shanghai"\n',
        encoding="utf-8",
    )
    _write(folder / "loans.csv", [_loan(row) for row in rows])
    _write(
        folder / "transactions.csv",
        [payment(row.loan_id, number) for row in rows for number in range(1, row.paid + 1)] or [payment("", 1)],
    )
    _write(
        folder / "borrowers.csv",
        [
            {
                "borrower_id": f"B-{row.loan_id}",
                "name": row.name,
                "language": row.language,
                "country": "CN",
                "id_number": row.id_number,
            }
            for row in rows
        ],
    )
    _write(
        folder / "contact_points.csv",
        [
            {"borrower_id": f"B-{row.loan_id}", "kind": kind, "value": value}
            for row in rows
            for kind, value in (("postal", f"上海市浦东新区示例路 {row.loan_id} 号"), ("phone", row.phone))
        ],
    )
    return folder


def _loan(row: Row) -> dict[str, object]:
    return {
        "loan_id": row.loan_id,
        "borrower_id": f"B-{row.loan_id}",
        "product": row.product,
        "principal": f"{PRINCIPAL}.00",
        "annual_rate": "0.144",
        "day_count": "act/360",
        "disbursed_on": "2026-02-05",
        "currency": row.currency,
        "method": "annuity",
        "instalments": INSTALMENTS,
        "first_due_on": FIRST_DUE.isoformat(),
        "lender_days_past_due": "",
        "lender_balance": "",
    } | row.loans


def payment(loan_id: str, number: int, amount: str = "1079.71") -> dict[str, object]:
    day = add_months(FIRST_DUE, number - 1).isoformat()
    return {
        "loan_id": loan_id,
        "transaction_id": f"{loan_id}-{number:02}",
        "kind": "payment",
        "amount": amount,
        "effective_on": day,
        "booked_on": day,
    }


def _write(path: Path, rows: Sequence[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
