"""The small Chinese sample book, and its neighbour with mistakes on purpose."""

import csv
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from goodstanding.batch.policies import policy_table
from goodstanding.book.commitments import read_commitments
from goodstanding.book.convert import check_files, import_files
from goodstanding.book.read import open_book
from goodstanding.core.arrears.assess import Assessment, assess
from goodstanding.core.loan import Kind, Loan
from goodstanding.core.plans.judging import PlanState
from goodstanding.day.agreed import agreed_on
from goodstanding.day.lender import read_lender
from tests.batch.compare import by_reference, of_book

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
CUT_OFF = date(2026, 11, 23)
PAGE = ROOT / "docs" / "reference" / "sample_books.md"


def rows_of(name: str) -> list[dict[str, str]]:
    with (SAMPLES / "qinghe" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_makes_the_same_files_again(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_qinghe_book.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert len(made) == 24
    assert made == {path: (SAMPLES / path).read_bytes() for path in made}


def test_the_book_imports_without_a_finding() -> None:
    summary = check_files(SAMPLES / "qinghe").summary
    assert (summary.loans_in_book, summary.finding_count, dict(summary.duplicates)) == (200, 0, {})


def test_each_mistake_is_found_and_named() -> None:
    report = check_files(SAMPLES / "qinghe_with_errors")
    assert {finding.loan_id: finding.rule for finding in report.findings} == {
        "QE0003": "date",
        "QE0004": "amount",
        "QE0005": "principal_sum",
        "QE0006": "before_disbursement",
        "QE0007": "reversal_of_nothing",
        "QE0008": "unknown_currency",
        "QE0009": "resident_id",
        "QE0010": "unknown_version",
        "QE0011": "version_principal",
        "QE0012": "before_opening",
        "QE0013": "nothing_overdue",
        "QE0014": "classification_order",
        "QE0015": "unknown_kind",
    }
    assert len(report.findings) == 13
    assert (report.summary.loans_in_book, dict(report.summary.duplicates)) == (3, {"transactions": 1})


@dataclass(frozen=True)
class Imported:
    loan: Loan
    lender_days_past_due: int | None
    lender_balance: int | None
    position: Assessment


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[Imported]:
    """Every loan as the import gives it, assessed at the cut-off under the example lender's policies."""
    folder = tmp_path_factory.mktemp("qinghe") / "book"
    import_files(SAMPLES / "qinghe", folder)
    policies = read_lender(ROOT / "lender").policies
    return [
        Imported(
            loan,
            beside.lender_days_past_due,
            beside.lender_balance,
            assess(loan, policies[loan.product], as_of=CUT_OFF),
        )
        for loan, beside in open_book(folder).iter_loans()
    ]


def test_every_bucket_of_both_products_has_loans(imported: list[Imported]) -> None:
    counted = Counter((one.loan.product, one.position.bucket) for one in imported)
    assert counted == {
        (product, bucket): int(number.replace(",", ""))
        for product, *numbers in re.findall(
            r"^\| `(cn_\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|",
            PAGE.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        for bucket, number in zip(("current", "M1", "M2", "M3", "M4+"), numbers, strict=True)
    }
    assert len(counted) == 10


def test_three_of_the_lenders_own_figures_differ_from_ours_on_purpose(imported: list[Imported]) -> None:
    compared = [one for one in imported if one.lender_days_past_due is not None]
    differing = {
        one.loan.id: (
            one.lender_days_past_due,
            one.position.days_past_due,
            one.lender_balance,
            one.position.outstanding_principal,
        )
        for one in compared
        if (one.lender_days_past_due, one.lender_balance)
        != (one.position.days_past_due, one.position.outstanding_principal)
    }
    assert len(compared) == 67
    assert differing == {
        "QH0016": (78, 77, 1773517, 1773517),
        "QH0031": (13, 0, 661390, 661390),
        "QH0049": (33, 33, 1350000, 1125000),
    }


def test_the_histories_hold_what_a_lenders_ledger_holds(imported: list[Imported]) -> None:
    kinds = {one.kind for each in imported for one in each.loan.transactions}
    assert kinds == {Kind.PAYMENT, Kind.REVERSAL, Kind.WAIVER, Kind.REFUND, Kind.CHARGE_OFF, Kind.RECOVERY}
    assert any(one.booked_on > one.effective_on for each in imported for one in each.loan.transactions)
    assert sum(bool(each.loan.pauses) for each in imported) == 3
    assert sum(each.position.charged_off_on is not None for each in imported) == 1


def test_some_loans_show_what_may_become_of_one_beyond_its_payments(imported: list[Imported]) -> None:
    by_id = {one.loan.id: one for one in imported}
    told = {name for name, one in by_id.items() if one.loan.versions or one.loan.opening or one.loan.classified_as}
    lines = {name for name, one in by_id.items() if one.position.drawdowns}
    assert (told, lines) == ({"QH0094", "QH0148", "QH0176", "QH0189"}, {"QH0056"})
    extended, re_aged = (by_id[name].loan.versions[0].takes_over for name in ("QH0148", "QH0176"))
    assert (extended, re_aged) == (False, True)
    assert by_id["QH0176"].position.days_past_due == 0 < by_id["QH0148"].position.days_past_due
    assert by_id["QH0189"].position.classified_as == "次级"
    first, second = by_id["QH0056"].position.drawdowns
    assert first.overdue == 0 < second.overdue


def test_the_engine_says_of_the_book_what_the_reference_says(tmp_path: Path) -> None:
    """On every field of every loan, instalment and drawdown, from the files on disk."""
    import_files(SAMPLES / "qinghe", tmp_path / "book")
    policies = read_lender(ROOT / "lender").policies
    loans = [loan for loan, _ in open_book(tmp_path / "book").iter_loans()]
    expected = {loan.id: by_reference(loan, policies[loan.product], CUT_OFF, None) for loan in loans}
    assert of_book(tmp_path / "book" / "book.parquet", policy_table(policies), CUT_OFF) == expected


def test_the_people_are_invented_and_write_in_three_languages() -> None:
    borrowers = rows_of("borrowers")
    assert {row["language"] for row in borrowers} == {"zh-Hans", "zh-Hant", "en"}
    assert all(row["id_number"].startswith("990000") for row in borrowers if row["id_number"])
    values = {
        kind: [row["value"] for row in rows_of("contact_points") if row["kind"] == kind] for kind in ("phone", "email")
    }
    assert all(value.startswith("+86 10 0000 ") for value in values["phone"])
    assert all(value.endswith("@example.com") for value in values["email"])


def test_promises_and_plans_of_the_book_are_kept_broken_and_running_as_its_page_says(tmp_path: Path) -> None:
    import_files(SAMPLES / "qinghe", tmp_path / "book")
    book, lender = open_book(tmp_path / "book"), read_lender(ROOT / "lender")
    states: dict[tuple[str, str], str] = {}
    told = PAGE.read_text(encoding="utf-8")
    for loan_id, said in read_commitments(tmp_path / "book", book.zone).items():
        found = book.find_loan(loan_id)
        assert found is not None
        policy = lender.policies[found[0].product]
        agreed = agreed_on(said, found[0], policy, as_of=CUT_OFF, counted_up_to=CUT_OFF)
        assert not agreed.unreadable
        states |= {(loan_id, one.promise.id): one.state.value for one in agreed.judged.promises}
        states |= {(loan_id, one.plan.id): one.state.value for one in agreed.judged.plans}
        for one in agreed.judged.plans:
            if one.state is PlanState.ACTIVE:
                assert assess(agreed.loan, policy, as_of=CUT_OFF).bucket in ("current", "M1")
    assert states == {
        ("QH0008", "P-1"): "kept",
        ("QH0027", "P-1"): "kept",
        ("QH0030", "A-1"): "completed",
        ("QH0036", "P-1"): "broken",
        ("QH0036", "P-2"): "open",
        ("QH0080", "A-1"): "active",
        ("QH0156", "A-1"): "broken",
        ("QH0161", "A-1"): "active",
    }
    assert all(loan_id in told for loan_id, _ in states)
