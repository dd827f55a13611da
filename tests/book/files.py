"""Flat files for the tests: one sound loan to start from, and whatever a test changes in it."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

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


def write_files(folder: Path, files: Mapping[str, Rows], *, encoding: str = "utf-8", **settings: str) -> Path:
    """Write CSV files and book.toml; columns are those of any row, a file without rows has its columns all the same."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = sound()
    for name, rows in files.items():
        columns = list(dict.fromkeys(column for row in [*rows, *whole.get(name, [])] for column in row))
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    write_settings(folder, **settings)
    return folder


def write_settings(folder: Path, **settings: str) -> None:
    said = SETTINGS | settings
    (folder / "book.toml").write_text(
        "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items()), encoding="utf-8"
    )
