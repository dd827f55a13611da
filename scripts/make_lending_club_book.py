"""Make the sample book of LendingClub's loans from OpenIntro's data set `loans_full_schema`.

    python scripts/make_lending_club_book.py SOURCE.csv.gz samples/lending_club

The source is the data set as CSV, gzipped, with a column `row` that numbers the loans from 0. Everything that was paid is
explained by a history and then proved: each loan is assessed by our own engine and must come to the data's figures, to
the cent, or nothing is written. The same files come out every time.
What is data, what is reconstructed, what is invented: docs/reference/sample_books.md
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lending_club.days import BANDS, CUT_OFF
from lending_club.explain import explain
from lending_club.files import write_book
from lending_club.history import PRODUCT, Told, tell
from lending_club.people import invent
from lending_club.source import read_source

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.day.lender import read_lender

LENDER_FOLDER = Path(__file__).resolve().parent.parent / "samples" / "lending_club" / "lender"


def differences(told: Told, policy: ArrearsPolicy) -> list[str]:
    """What our engine makes of the history, where it isn't what the data says."""
    source, position = told.source, assess(told.loan, policy, as_of=CUT_OFF)
    ours = {
        "paid principal": sum(part.paid.principal for part in position.instalments),
        "paid interest": sum(part.paid.interest for part in position.instalments),
        "paid late fees": sum(part.paid.fee for part in position.instalments),
        "held": position.unapplied,
    }
    data = {
        "paid principal": source.paid_principal,
        "paid interest": source.paid_interest,
        "paid late fees": source.late_fees,
        "held": 0,
    }
    found = [f"{name} {ours[name]}, in the data {data[name]}" for name in ours if ours[name] != data[name]]
    if told.status_agrees and source.status in BANDS:
        least, most = BANDS[source.status]
        if not (least or 0) <= position.days_past_due <= most:
            found.append(f"{position.days_past_due} days past due, in the data {source.status}")
    return [f"row {source.row}: {what}" for what in found]


def summary(told: Iterable[Told]) -> str:
    counts = Counter((one.source.status, one.found.kind) for one in told)
    lines = [f"{number:6} {status:20} {kind}" for (status, kind), number in sorted(counts.items())]
    return "\n".join(lines)


def main(source: Path, out: Path) -> None:
    policy = read_lender(LENDER_FOLDER).policies[PRODUCT]
    loans = list(read_source(source))
    told = [tell(loan, explain(loan), policy) for loan in loans]
    wrong = [what for one in told for what in differences(one, policy)]
    if wrong:
        sys.exit("\n".join([*wrong[:20], f"{len(wrong)} differences from the data; nothing was written."]))
    write_book(told, (invent(loan) for loan in loans), out)
    print(summary(told))
    print(f"{len(told):,} loans, {sum(one.rows is not None for one in told):,} with their own rows of instalments.")
    others = [one.source.row for one in told if not one.status_agrees]
    print(f"On every loan but {len(others)} some day of the month agrees with its status. {others or ''}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python scripts/make_lending_club_book.py SOURCE.csv.gz OUT_DIR")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
