"""Make the small Chinese sample book: 200 invented loans of an invented lender, as files that a spreadsheet opens.

    python scripts/make_qinghe_book.py samples

writes samples/qinghe/, which imports without a complaint, and samples/qinghe_with_errors/, in which every loan but the first
shows a thing that is found, most of which set the loan aside. Everything is invented. Each loan is told from day to day: what is paid is what the
engine says is owed on that day, so the histories are ones that could have happened. The same files come out every time.
What is in it: docs/reference/sample_books.md
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from qinghe.agreed import add_what_was_agreed
from qinghe.bills import BILL_PLOTS, BillPlot, bill_account
from qinghe.dice import Dice
from qinghe.files import Book, Row, add_loan, add_person, text, transaction_row, write_book
from qinghe.instalments import INSTALMENT_PLOTS, Plot, instalment_loan, pays
from qinghe.parties import add_parties
from qinghe.people import id_number, people
from qinghe.story import CUT_OFF, ONE_DAY, Story

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Kind, Transaction
from goodstanding.day.lender import LenderFolder, read_lender

LENDER_FOLDER = Path(__file__).resolve().parent.parent / "lender"


def qinghe(lender: LenderFolder) -> Book:
    dice, policies = Dice("qinghe"), lender.policies
    plots: list[Plot | BillPlot] = [plot for plot in (*INSTALMENT_PLOTS, *BILL_PLOTS) for _ in range(plot.count)]
    stories = []
    for number, plot in enumerate(dice.shuffled(plots), 1):
        own = Dice(f"qinghe loan {number}")
        name = f"QH{number:04}"
        if isinstance(plot, Plot):
            stories.append(instalment_loan(name, plot, policies["cn_instalment"], own))
        else:
            stories.append(bill_account(name, plot, policies["cn_bill"], own))
    _add_the_lenders_own_figures(stories)
    book = Book()
    borrowers = people(Dice("qinghe people"), 186)
    for number, person in enumerate(borrowers, 1):
        add_person(book, f"B{number:04}", person)
    for number, story in enumerate(stories):
        # The last 14 loans are second ones, of people who already have one.
        add_loan(book, story, f"B{number % len(borrowers) + 1:04}")
    add_parties(book)
    add_what_was_agreed(book, {story.loan.id: story for story in stories}, lender)
    return book


def _add_the_lenders_own_figures(stories: Sequence[Story]) -> None:
    """Every third loan carries the lender's days past due and balance; three of them are wrong, on purpose."""
    for story in stories[::3]:
        position = story.standing(CUT_OFF)
        story.row["lender_days_past_due"] = str(position.days_past_due)
        story.row["lender_balance"] = text(position.outstanding_principal)
    overdue = [story for story in stories[::3] if story.standing(CUT_OFF).days_past_due > 3]
    clean = [story for story in stories[::3] if story.standing(CUT_OFF).days_past_due == 0]
    a, b, c = overdue[0], overdue[4], clean[7]
    # The due date counted as the first day.
    a.row["lender_days_past_due"] = str(a.standing(CUT_OFF).days_past_due + 1)
    # An instalment's principal not yet taken off the balance.
    b.row["lender_balance"] = text(b.standing(CUT_OFF).outstanding_principal + b.loan.schedule[0].principal)
    # A payment that the other system didn't see.
    c.row["lender_days_past_due"] = "13"


def qinghe_with_errors(policies: Mapping[str, ArrearsPolicy]) -> Book:
    """Fifteen loans: one in order, one with a transaction given twice (counted once), one with a contact point that can't be
    used (left out), twelve with something to set aside."""
    dice, book = Dice("qinghe with errors"), Book()
    for number, person in enumerate(people(Dice("people with errors"), 60)[:15], 1):
        story = instalment_loan(f"QE{number:04}", Plot(1, (5, 40), pays, 2, 6), policies["cn_instalment"], dice)
        story.terms = None
        add_person(book, f"E{number:04}", person if person.id_number else replace(person, id_number=id_number(dice)))
        add_loan(book, story, f"E{number:04}")

    def rows(of: list[Row], number: int) -> list[Row]:
        return [row for row in of if row["loan_id"] == f"QE{number:04}"]

    twice = rows(book.transactions, 2)[0]
    book.transactions.insert(book.transactions.index(twice) + 1, dict(twice))
    rows(book.transactions, 3)[0]["effective_on"] = "31/02/2026"
    amount = rows(book.transactions, 4)[0]
    amount["amount"] = f"{Decimal(amount['amount']):,}"
    rows(book.instalments, 5)[0]["principal"] = text(1_00)
    first = rows(book.transactions, 6)[0]
    first["effective_on"] = first["booked_on"] = str(
        date.fromisoformat(rows(book.loans, 6)[0]["disbursed_on"]) - ONE_DAY
    )
    book.transactions.append(
        transaction_row("QE0007", Transaction("QE0007-99", Kind.REVERSAL, 500_00, CUT_OFF, CUT_OFF, "QE0007-77"))
    )
    rows(book.loans, 8)[0]["currency"] = "RMB"
    wrong = book.borrowers[8]
    wrong["id_number"] = wrong["id_number"][:-1] + ("1" if wrong["id_number"][-1] != "1" else "2")
    _spoil_what_befell_a_loan(book, rows)
    next(row for row in book.contact_points if row["borrower_id"] == "E0015")["kind"] = "fax"
    return book


def _spoil_what_befell_a_loan(book: Book, rows: Callable[[list[Row], int], list[Row]]) -> None:
    """Loans 10 to 14: an instalment of a schedule that versions lacks, a schedule that asks for more than was lent, a payment
    before the records begin, a day overdue since which nothing is, and a judgement that ends before it begins."""
    day = str(CUT_OFF)
    book.instalments.append(rows(book.instalments, 10)[-1] | {"counts_from": day, "due_on": "2026-12-20"})
    book.versions.append({"loan_id": "QE0011", "from_on": day, "takes_over": "true"})
    whole = {"principal": rows(book.loans, 11)[0]["principal"], "counts_from": day}
    book.instalments += [
        rows(book.instalments, 11)[-1] | whole | {"due_on": due_on} for due_on in ("2026-12-20", "2027-01-20")
    ]
    book.openings.append({"loan_id": "QE0012", "on": rows(book.transactions, 12)[0]["effective_on"]})
    overdue_since = rows(book.instalments, 13)[0]["due_on"]
    book.transactions = [row for row in book.transactions if row["loan_id"] != "QE0013"]
    book.openings.append({"loan_id": "QE0013", "on": day, "overdue_since": overdue_since})
    book.classifications.append({"loan_id": "QE0014", "category": "可疑", "from_on": day, "until_on": "2026-11-01"})


def main(out: Path) -> None:
    lender = read_lender(LENDER_FOLDER)
    write_book(
        qinghe(lender),
        out / "qinghe",
        "Invented: no such lender, and no such people. See docs/reference/sample_books.md",
    )
    write_book(
        qinghe_with_errors(lender.policies),
        out / "qinghe_with_errors",
        "Invented, with mistakes on purpose, to show what is set aside. See docs/reference/sample_books.md",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python scripts/make_qinghe_book.py OUT_DIR (the project's own is samples)")
    main(Path(sys.argv[1]))
