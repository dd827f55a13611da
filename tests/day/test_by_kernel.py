"""The day by the kernel and by the reference: the same files to the byte; a letter only where the two agree."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goodstanding.batch import columns, compiling
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import PolicyTable, policy_table, too_large
from goodstanding.book.read import Book
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import LetterRule
from goodstanding.core.loan import Loan
from goodstanding.core.rates import AnnualRate
from goodstanding.day import looking
from goodstanding.day.assessing import Setting
from goodstanding.day.lender import read_lender
from goodstanding.day.looking import Found, look_through
from goodstanding.day.portfolio import Portfolio
from goodstanding.day.progress import Silent
from goodstanding.day.run import is_kernel_sooner
from goodstanding.day.workers import Workers
from goodstanding.day.writing import WORTH_LOADING, Desk, prices_by_kernel
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.day.books import LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, Run, tree

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CUT_OFF = AS_OF + timedelta(days=3)
TOO_FINE = replace(POLICY, penalty_multiple=Fraction("1.2345678"))
POLICIES = {"cash": POLICY, "card": replace(POLICY, grace_days=0), "fine": TOO_FINE}


def mixed_loans(count: int) -> list[Loan]:
    """Loans of three products, and now and then one of an unknown product, in another currency, or beyond the kernel."""
    dice, loans = Random(8), []
    for place, plain in enumerate(some_loans(count, seed=4)):
        loan = replace(plain, id=f"L{place:05}", product=dice.choice(list(POLICIES)), opening=None, versions=())
        fate = dice.randint(0, 29)
        if fate == 0:
            loan = replace(loan, product="none")
        elif fate == 1:
            loan = replace(loan, currency="USD")
        elif fate == 2:
            loan = replace(loan, annual_rate=AnnualRate(Fraction(9), loan.annual_rate.day_count))
        loans.append(loan)
    return loans


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """A book whose lender says something itself of half its loans, rightly or not."""
    folder, dice, loans = tmp_path_factory.mktemp("book"), Random(9), mixed_loans(700)
    table = pa.Table.from_batches([nest([replace(loan, classified_as=()) for loan in loans])])
    for name in ("lender_days_past_due", "lender_balance"):
        place = table.schema.get_field_index(name)
        said = pa.array([dice.choice([None, 0, dice.randint(0, 90)]) for _ in loans], table.schema.field(name).type)
        table = table.set_column(place, table.schema.field(name), said)
    pq.write_table(table, folder / "book.parquet", row_group_size=333)
    return Portfolio(folder, Book(folder, "Test", CUT_OFF, "CNY", "Asia/Shanghai", "", len(loans)))


def looked(
    portfolio: Portfolio, folder: Path, policies: PolicyTable | None, as_of: date = AS_OF
) -> tuple[Found, bytes]:
    setting = Setting(as_of, portfolio.cut_off, "CNY", POLICIES)
    path = folder / "arrears.parquet"
    with Workers(2) as workers:
        found = look_through(
            portfolio,
            setting,
            (LetterRule("formal_overdue", 15), LetterRule("pre_due_reminder", -9, -1)),
            path,
            workers,
            Silent(),
            policies,
        )
    return found, path.read_bytes()


def encoded(policies: dict[str, ArrearsPolicy] = POLICIES) -> PolicyTable:
    return policy_table(policies, "CNY", leave_out=too_large(policies))


@pytest.mark.parametrize(("size", "processes_from"), [(7, 1_000), (250, 1_000), (90, 0)])
@pytest.mark.parametrize("as_of", [AS_OF, CUT_OFF, AS_OF - timedelta(days=270)])
def test_the_first_look_finds_the_same_whoever_computes_and_however_the_book_is_cut(
    size: int,
    processes_from: int,
    as_of: date,
    portfolio: Portfolio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected, content = looked(portfolio, tmp_path, None, as_of)
    assert expected.totals.whole().loans > 100 and len(expected.set_aside) > 20
    if as_of >= AS_OF:
        assert expected.in_arrears and expected.due and expected.differences and expected.compared
    monkeypatch.setattr(looking, "LOANS_FOR_THE_REFERENCE", size)
    monkeypatch.setattr(looking, "SMALL_BOOK", processes_from)
    assert looked(portfolio, tmp_path, encoded(), as_of) == (expected, content)


def test_without_a_policy_that_is_too_fine_the_kernel_takes_the_book_in_large_pieces(
    portfolio: Portfolio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = {name: POLICIES[name] for name in ("cash", "card")}
    monkeypatch.setattr("tests.day.test_by_kernel.POLICIES", some)
    expected = looked(portfolio, tmp_path, None)
    for size in (10_000, 60):
        monkeypatch.setattr(looking, "LOANS_FOR_THE_KERNEL", size)
        assert looked(portfolio, tmp_path, encoded(some)) == expected


def test_a_loan_beyond_the_kernel_is_computed_by_the_reference(portfolio: Portfolio, tmp_path: Path) -> None:
    _, content = looked(portfolio, tmp_path, encoded())
    high = {loan.id for loan in mixed_loans(700) if loan.annual_rate.per_year == 9 and loan.product == "cash"}
    assert high & set(pq.read_table(pa.BufferReader(content))["loan_id"].to_pylist())


@pytest.mark.parametrize("sample", ["qinghe", "qinghe_with_errors"])
@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 25), date(2026, 3, 1)])
def test_the_day_writes_the_same_files_to_the_byte(sample: str, day: date, run: Run, tmp_path: Path) -> None:
    whole = {}
    for by_kernel in (False, True):
        out = tmp_path / str(by_kernel)
        run(SAMPLES / sample, as_of=day, out=out, limit_letters=5, by_kernel=by_kernel)
        whole[by_kernel] = tree(out)
    assert whole[True] == whole[False]


def test_a_letter_is_refused_where_kernel_and_reference_differ(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's payoff of one loan is a cent too high."""
    exact = columns.assess_batch

    def a_cent_too_much(batch: pa.RecordBatch, *given: Any, **named: Any) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        results, set_aside = exact(batch, *given, **named)
        place = results.schema.get_field_index("payoff")
        ids = results.column("loan_id").to_pylist()
        payoffs = [
            payoff + (name == "L-TWO") for name, payoff in zip(ids, results.column(place).to_pylist(), strict=True)
        ]
        return results.set_column(place, results.schema.field(place), pa.array(payoffs, pa.int64())), set_aside

    monkeypatch.setattr(columns, "assess_batch", a_cent_too_much)
    rows = [Row("L-GOOD", PAID_UP), Row("L-ONE", LATE_ONE), Row("L-TWO", LATE_TWO)]
    summary = run(write_files(tmp_path / "files", rows), by_kernel=True)
    assert (summary.exit_code, summary.letters_written) == (3, 1)
    with (summary.folder / "set_aside.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    found = row.pop("found").split()
    assert (row["step"], row["loan_id"], row["where"]) == ("letter", "L-TWO", "formal_overdue to the borrower")
    assert found[:4] == ["two", "computations", "differ:", "payoff"]
    assert int(found[4]) == int(found[6]) + 1
    assert row["what_to_do"].startswith("No letter was written.")


def with_policy(folder: Path, of: str, line: str) -> Path:
    """The example lender, with one line of a product's policy replaced."""
    shutil.copytree(LENDER, folder)
    path = folder / f"products/{of}.toml"
    key = line.split(" = ")[0]
    lines: Sequence[str] = path.read_text(encoding="utf-8").splitlines()
    assert any(one.startswith(f"{key} =") for one in lines)
    path.write_text("\n".join(line if one.startswith(f"{key} =") else one for one in lines), encoding="utf-8")
    return folder


def test_a_policy_beyond_the_kernel_goes_by_the_reference_and_the_report_says_so(run: Run, tmp_path: Path) -> None:
    lender = with_policy(tmp_path / "lender", "cn_instalment", 'penalty_multiple = "1.2345678"')
    whole = {}
    for by_kernel in (False, True):
        out = tmp_path / str(by_kernel)
        summary = run(SAMPLES / "qinghe", lender=lender, out=out, limit_letters=3, by_kernel=by_kernel)
        whole[by_kernel] = tree(out)
    assert whole[True] == whole[False] and summary.exit_code == 0
    (remark,) = summary.kept["remarks"]
    assert remark == (
        "Loans of cn_instalment were assessed one by one, which takes longer: their policy is beyond the fast engine "
        "(a multiple of 1.2345678 isn't exact in parts per million: give one with six decimals at most)."
    )
    assert "a multiple of 1.2345678" in (summary.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("loans", "is_warm", "sooner"),
    [(200, True, False), (251, True, True), (251, False, False), (5_000, False, False), (5_001, False, True)],
)
def test_the_kernel_is_taken_where_it_is_done_sooner(
    loans: int, is_warm: bool, sooner: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "is_warm", lambda *_: is_warm)
    assert is_kernel_sooner(loans) is sooner


def test_offers_in_letters_are_priced_by_the_kernel_where_there_are_enough_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(read_lender(LENDER), None, AS_OF, None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(compiling, "is_warm", lambda name: name == "assess_days")
    assert [prices_by_kernel(desk, letters) for letters in (WORTH_LOADING - 1, WORTH_LOADING)] == [False, True]
    assert prices_by_kernel(replace(desk, by_kernel=True), 1)
    assert not prices_by_kernel(replace(desk, by_kernel=False), 10_000)
    monkeypatch.setattr(compiling, "is_warm", lambda *_: False)
    assert not prices_by_kernel(desk, 10_000)
