"""Flat files for the tests: one sound loan to start from, and whatever a test changes in it."""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from goodstanding.book.schema import FLAT_FILES
from goodstanding.core.loan import Loan
from goodstanding.core.money import decimal_text
from goodstanding.core.rates import PPM

Row = dict[str, str]
Rows = Sequence[Row]

LOAN = {
    "loan_id": "L1",
    "borrower_id": "B1",
    "product": "cash",
    "principal": "300.00",
    "annual_rate": "0.12",
    "disbursed_on": "2026-01-15",
}
INSTALMENTS: Rows = tuple(
    {"loan_id": "L1", "due_on": f"2026-0{month}-15", "principal": "100.00", "interest": interest}
    for month, interest in ((2, "3.00"), (3, "2.00"), (4, "1.00"))
)
PAYMENT = {
    "loan_id": "L1",
    "transaction_id": "T1",
    "kind": "payment",
    "amount": "103.00",
    "effective_on": "2026-02-14",
    "booked_on": "2026-02-15",
    "reverses": "",
    "component": "",
    "instalment": "",
}
BORROWER = {"borrower_id": "B1", "name": "Ann Lee", "language": "en", "id_number": "", "country": "US"}
EMAIL = {"borrower_id": "B1", "kind": "email", "value": "ann@example.com"}
OTHER_LOAN = LOAN | {"loan_id": "L2", "borrower_id": "B2"}
OTHER_BORROWER = BORROWER | {"borrower_id": "B2", "name": "Bo Ray"}
OTHER_INSTALMENTS: Rows = [row | {"loan_id": "L2"} for row in INSTALMENTS]
SETTINGS = {"lender": "Example Lending", "cut_off": "2026-11-23", "currency": "USD", "zone": "America/New_York"}


def sound() -> dict[str, Rows]:
    """Two loans with nothing wrong; tests spoil L1 and look whether L2 stays."""
    return {
        "loans": [LOAN, OTHER_LOAN],
        "instalments": [*INSTALMENTS, *OTHER_INSTALMENTS],
        "transactions": [PAYMENT],
        "borrowers": [BORROWER, OTHER_BORROWER],
        "contact_points": [EMAIL],
    }


VERSION = {"loan_id": "L1", "from_on": "2026-03-01", "takes_over": "true"}
LATER: Rows = (
    {
        "loan_id": "L1",
        "due_on": "2026-04-01",
        "principal": "100.00",
        "interest": "2.50",
        "counts_from": "2026-03-01",
        "drawdown": "A",
    },
    {
        "loan_id": "L1",
        "due_on": "2026-05-01",
        "principal": "100.00",
        "interest": "1.50",
        "counts_from": "2026-03-01",
        "fee": "0.50",
    },
)
OPENING = {
    "loan_id": "L2",
    "on": "2026-02-20",
    "principal": "100.00",
    "interest": "3.00",
    "penalty": "0.04",
    "overdue_since": "2026-02-15",
    "period_from": "2026-02-15",
    "accrued_interest": "0.25",
}
DECISION = {
    "loan_id": "L1",
    "category": "doubtful",
    "from_on": "2026-03-01",
    "until_on": "2026-04-01",
    "reason": "closed, it says",
}


AGREED: dict[str, Rows] = {
    "promises": [
        {"loan_id": "L1", "promise_id": "P1", "amount": "50.00", "due_on": "2026-03-10", "made_at": "2026-03-01T10:00"}
    ],
    "plans": [
        {
            "loan_id": "L1",
            "plan_id": "A1",
            "worked_out_on": "2026-04-20",
            "accept_by": "2026-04-30",
            "offered_at": "2026-04-21T09:00-04:00",
            "accepted_at": "2026-04-22T23:30",
            "tolerance_days": "3",
        }
    ],
    "plan_payments": [
        {"loan_id": "L1", "plan_id": "A1", "due_on": f"2026-0{month}-01", "amount": "60.00"} for month in (6, 5)
    ],
    "plan_changes": [
        {"loan_id": "L1", "plan_id": "A1", "kind": "pause", "day": "2026-04-21", "until_on": "2026-06-02"},
        {"loan_id": "L1", "plan_id": "A1", "kind": "waiver", "day": "2026-06-01", "amount": "2.50", "component": "fee"},
    ],
}


def told() -> dict[str, Rows]:
    """The two sound loans with a story: L1 was re-aged and classified by decision, the records of L2 begin late."""
    whole = sound()
    plain = {"counts_from": "", "drawdown": "", "fee": ""}
    return whole | {
        "instalments": [plain | row for row in (*whole["instalments"], *LATER)],
        "versions": [VERSION],
        "openings": [OPENING],
        "classifications": [
            DECISION | {"category": "loss", "from_on": "2026-04-10", "until_on": "", "reason": ""},
            DECISION,
        ],
        **AGREED,
    }


def write_files(folder: Path, files: Mapping[str, Rows], *, encoding: str = "utf-8", **settings: str) -> Path:
    """Write CSV files and book.toml; columns are those of any row, a file without rows has its columns all the same."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = sound()
    for name, rows in files.items():
        columns = list(dict.fromkeys(column for row in [*rows, *whole.get(name, [])] for column in row))
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    write_settings(folder, **settings)
    return folder


def write_settings(folder: Path, **settings: str) -> None:
    said = SETTINGS | settings
    (folder / "book.toml").write_text(
        "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items()), encoding="utf-8"
    )


def flat_rows(portfolio: list[Loan], rng: random.Random) -> dict[str, Rows]:
    """The flat files that say these loans, in no order; amounts in the currency of the first."""
    files: dict[str, list[Row]] = {name: [] for name in FLAT_FILES}

    def money(minor: int) -> str:
        return decimal_text(minor, portfolio[0].currency)

    for loan in portfolio:
        files["loans"].append(
            {
                "loan_id": loan.id,
                "borrower_id": f"B{loan.id}",
                "product": loan.product,
                "principal": money(loan.principal),
                "annual_rate": f"{loan.annual_rate.ppm // PPM}.{loan.annual_rate.ppm % PPM:06d}",
                "day_count": loan.annual_rate.day_count,
                "disbursed_on": str(loan.disbursed_on),
            }
        )
        files["borrowers"].append(BORROWER | {"borrower_id": f"B{loan.id}"})
        files["instalments"] += [
            {
                "loan_id": loan.id,
                "due_on": str(one.due_on),
                "principal": money(one.principal),
                "interest": money(one.interest),
                "fee": money(one.fee),
                "minimum_payment": "" if one.minimum is None else money(one.minimum),
                "drawdown": one.drawdown,
                "counts_from": counts_from,
            }
            for counts_from, schedule in [
                ("", loan.schedule),
                *((str(one.from_on), one.schedule) for one in loan.versions),
            ]
            for one in schedule
        ]
        files["transactions"] += [
            {
                "loan_id": loan.id,
                "transaction_id": one.id,
                "kind": one.kind,
                "amount": money(one.amount),
                "effective_on": str(one.effective_on),
                "booked_on": str(one.booked_on),
                "reverses": one.reverses or "",
                "component": one.component or "",
                "instalment": "" if one.instalment is None else str(one.instalment),
            }
            for one in loan.transactions
        ]
        files["pauses"] += [
            {
                "loan_id": loan.id,
                "from_on": str(one.from_on),
                "until_on": str(one.until_on),
                "stops_penalty": str(one.stops_penalty),
                "stops_fees": str(one.stops_fees).lower(),
            }
            for one in loan.pauses
        ]
        files["versions"] += [
            {"loan_id": loan.id, "from_on": str(one.from_on), "takes_over": str(one.takes_over)}
            for one in loan.versions
        ]
        if loan.opening is not None:
            said = {field.name: getattr(loan.opening, field.name) for field in fields(loan.opening)}
            cells = {name: money(one) if isinstance(one, int) else str(one or "") for name, one in said.items()}
            files["openings"].append({"loan_id": loan.id, **cells})
        files["classifications"] += [
            {
                "loan_id": loan.id,
                "category": one.category,
                "from_on": str(one.from_on),
                "until_on": str(one.until_on or ""),
                "reason": one.reason,
            }
            for one in loan.classified_as
        ]
    for rows in files.values():
        rng.shuffle(rows)
    return {name: rows for name, rows in files.items() if rows or not FLAT_FILES[name].is_optional}
