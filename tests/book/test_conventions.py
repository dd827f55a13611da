"""Every convention through the files: what goes into the book comes out, and the kernel and the reference agree on it.

What the import refuses of a schedule that changed must be wrong under every policy, and what it lets by may be wrong only in
what a policy decides.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from goodstanding.batch.policies import policy_table
from goodstanding.book.convert import import_files
from goodstanding.book.read import open_book
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy, Interest
from goodstanding.core.loan import Loan
from tests.batch.compare import by_reference, of_book
from tests.batch.random_books import a_changed_loan, a_plain_policy, a_policy, an_opened_loan, any_loan
from tests.book.files import BORROWER, INSTALMENTS, LATER, LOAN, VERSION, flat_rows, sound, write_files
from tests.book.test_import import in_order, rows_of
from tests.core.portfolios import LAST_DAY, START

CUT_OFF = START + timedelta(days=LAST_DAY + 60)
DECIDED_BY_POLICY = ("holds", "refund", "chargeback", "reversal")
"""Of sentences that refuse a loan: what a payment met, and so what stands of it, depends on the policy."""


class Imported(NamedTuple):
    """given: what was written, by id. found: what the book holds. refused: rules by loan. policies: one for each loan."""

    given: dict[str, Loan]
    found: dict[str, Loan]
    refused: dict[str, set[str]]
    policies: dict[str, ArrearsPolicy]
    book: Path


def some_loans(count: int) -> list[tuple[Loan, ArrearsPolicy]]:
    """Loans of every kind, half of them with a schedule that changed or an opening, each with a policy of its own."""
    dice, found = Random(20261123), []
    for place in range(count):
        policy = a_policy(dice) if dice.random() < 0.7 else a_plain_policy(dice)
        make = (any_loan, a_changed_loan, any_loan, lambda dice, policy: an_opened_loan(dice))[place % 4]
        loan = make(dice, policy)
        while len({one.from_on for one in loan.versions}) < len(loan.versions):  # the files name a schedule by its day
            loan = make(dice, policy)
        loan = replace(loan, id=f"L{place:03}", product=f"P{place}")
        if loan.opening is not None:
            loan = as_a_lender_would_open_it(loan)
        standing = tuple(one for one in loan.classified_as if one.until_on is None or one.from_on < one.until_on)
        loan = replace(loan, classified_as=standing)
        if place % 5 == 0:
            named = tuple(replace(part, drawdown=dice.choice(["", "A", "B"])) for part in loan.schedule)
            loan = replace(loan, schedule=named)
        if place % 10 == 0:
            together = [part.due_on for part in loan.schedule[::2] for _ in range(2)]
            pairs = zip(loan.schedule, together, cycle("BA"), strict=False)
            loan = replace(loan, schedule=tuple(replace(one, due_on=day, drawdown=name) for one, day, name in pairs))
        found.append((loan, policy))
    return found


def as_a_lender_would_open_it(loan: Loan) -> Loan:
    """Made long before the opening, large enough for what is open of it, and overdue since a day only if anything is."""
    opening = loan.opening
    assert opening is not None
    if not opening.principal + opening.interest + opening.penalty + opening.compound + opening.fee:
        opening = replace(opening, overdue_since=None)
    return replace(
        loan, opening=opening, principal=loan.principal + opening.principal, disbursed_on=START - timedelta(days=200)
    )


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("conventions")
    cases = some_loans(360)
    source = write_files(
        folder / "flat",
        flat_rows([loan for loan, _ in cases], Random(1)),
        currency="CNY",
        cut_off=CUT_OFF.isoformat(),
    )
    import_files(source, folder / "book", slice_loans=100)
    refused: dict[str, set[str]] = {}
    for row in rows_of(folder / "book" / "quarantine.csv"):
        refused.setdefault(row["loan_id"], set()).add(row["rule"])
    return Imported(
        {loan.id: loan for loan, _ in cases},
        {loan.id: loan for loan, _ in open_book(folder / "book").iter_loans()},
        refused,
        {loan.id: policy for loan, policy in cases},
        folder / "book",
    )


def test_every_loan_is_in_the_book_as_it_was_written_or_refused(imported: Imported) -> None:
    assert imported.found == {name: in_order(loan) for name, loan in imported.given.items() if name in imported.found}
    assert imported.found.keys() | imported.refused.keys() == imported.given.keys()
    assert not imported.found.keys() & imported.refused.keys()
    kept = imported.found.values()
    assert len(kept) > 250
    assert min(sum(bool(loan.versions) for loan in kept), sum(loan.opening is not None for loan in kept)) > 40


def test_a_changed_schedule_that_adds_up_under_some_policy_is_never_refused(imported: Imported) -> None:
    changed = {name for name, loan in imported.given.items() if loan.versions}
    for name in changed & imported.refused.keys():
        assert imported.refused[name] <= {"reversed_twice", "chargeback_amount"}, name


@pytest.mark.parametrize(("rate", "replaced"), [("0", "150.00"), ("6", "300.00")])
def test_interest_by_day_may_have_let_more_or_less_principal_fall_due_than_planned(
    tmp_path: Path, rate: str, replaced: str
) -> None:
    """An instalment of 100.00 and 50.00 of interest is 150.00 of principal where no interest ran, and none where 150.00 did."""
    planned = [row | {"interest": "50.00"} for row in INSTALMENTS]
    later = LATER[0] | {"principal": replaced, "interest": "0.00"}
    files = sound() | {
        "loans": [LOAN | {"annual_rate": rate}],
        "borrowers": [BORROWER],
        "instalments": [*planned, later],
        "transactions": [],
        "versions": [VERSION | {"takes_over": "false"}],
    }
    assert import_files(write_files(tmp_path / "flat", files), tmp_path / "book").findings == {}
    ((loan, _),) = open_book(tmp_path / "book").iter_loans()
    by_day = ArrearsPolicy(interest=Interest.DAILY_BALANCE)
    assert assess(loan, by_day, as_of=date(2026, 3, 1)).outstanding_principal == 300_00


def test_what_the_import_lets_by_is_refused_later_only_for_what_a_policy_decides(imported: Imported) -> None:
    sentences = []
    for name, loan in imported.found.items():
        try:
            assess(loan, imported.policies[name], as_of=CUT_OFF)
        except CannotAssess as why:
            sentences.append(str(why))
    assert [one for one in sentences if not any(word in one for word in DECIDED_BY_POLICY)] == []
    assert 0 < len(sentences) < 60


@pytest.mark.parametrize("days", [180, LAST_DAY + 60])
def test_the_kernel_and_the_reference_agree_on_the_imported_book(imported: Imported, days: int) -> None:
    """Read as the engine reads it, row group by row group, with the columns that it needs alone."""
    as_of = START + timedelta(days=days)
    policies = policy_table({loan.product: imported.policies[name] for name, loan in imported.found.items()})
    found = of_book(imported.book / "book.parquet", policies, as_of)
    assert found == {
        name: by_reference(loan, imported.policies[name], as_of, None) for name, loan in imported.found.items()
    }
    assert sum(bool(row.get("drawdowns")) for row in found.values()) > 30
