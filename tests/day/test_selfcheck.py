"""`goodstanding selfcheck`: it finds nothing where there is nothing, and whatever was planted."""

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from goodstanding.batch import columns
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import policy_table
from goodstanding.batch.selfcheck import Checked, Moment, Setting, Task, added, check, sampled
from goodstanding.cli import main
from goodstanding.core.loan import Loan
from goodstanding.core.rates import AnnualRate
from goodstanding.day.selfcheck import other_moments
from goodstanding.day.workers import Workers
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.day.books import LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER
from tests.day.test_by_kernel import with_policy

LOANS = [replace(loan, product="cn_instalment") for loan in some_loans(120)]
POLICIES = {"cn_instalment": POLICY}


def written(path: Path, loans: Sequence[Loan] = LOANS) -> Path:
    pq.write_table(pa.Table.from_batches([nest(loans)]), path, row_group_size=25)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "book.parquet")


def call(book: Path, *more: object, lender: Path = LENDER) -> Result:
    said = ("selfcheck", "--book", book, "--lender", lender, "--as-of", AS_OF, "--processes", 1, *more)
    return CliRunner().invoke(main, [str(word) for word in said])


def places(sizes: Sequence[int], count: int, seed: int = 1) -> list[int]:
    """The places in the whole book that a sample has."""
    starts = [sum(sizes[:piece]) for piece in range(len(sizes))]
    return [starts[task.piece] + place for task in sampled(sizes, count, seed) for place in task.places]


def test_a_sample_has_one_loan_of_each_stretch_and_is_the_same_for_the_same_seed() -> None:
    sizes = [7, 0, 400, 93, 1_000]
    chosen = places(sizes, 60)
    assert [place * 60 // 1_500 for place in chosen] == list(range(60))
    assert chosen == places(sizes, 60) == places([1_500], 60)
    assert chosen != places(sizes, 60, seed=2)
    assert len({place - number * 25 for number, place in enumerate(chosen)}) > 10


@pytest.mark.parametrize("count", [1_500, 5_000])
def test_a_book_smaller_than_the_sample_is_taken_whole(count: int) -> None:
    assert places([7, 1_493], count) == list(range(1_500))


def test_the_small_sample_is_spread_over_the_book_too() -> None:
    also = [task.piece for task in sampled([500] * 10, 1_000, 1, small=50) for _ in task.also]
    assert [also.count(piece) for piece in range(10)] == [5] * 10


def test_a_lenders_loans_agree_on_every_field_on_every_day(book: Path) -> None:
    told = call(book, "--loans", 500)
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[0] == (
        f"120 loans of 120 computed by the engine and by the reference as of {AS_OF} (seed 1), 12 of them at 8 other "
        "moments too."
    )
    assert lines[1].endswith(" times both set a loan aside.")
    assert lines[2:] == ["They agree on every field."]
    found = json.loads(call(book, "--loans", 500, "--json").stdout)
    assert (found["loans"], found["comparisons"], found["differences"]) == (120, 120 + 12 * 8, 0)


def test_one_cent_planted_in_the_engines_result_is_found_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Row("L-GOOD", PAID_UP), Row("L-ONE", LATE_ONE), Row("L-TWO", LATE_TWO)]
    files, book = write_files(tmp_path / "files", rows), tmp_path / "book"
    assert CliRunner().invoke(main, ["book", "import", str(files), "--out", str(book)]).exit_code == 0
    exact = columns.assess_batch

    def a_cent_too_much(batch: pa.RecordBatch, *given: Any, **named: Any) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        results, set_aside = exact(batch, *given, **named)
        place = results.schema.get_field_index("payoff")
        is_two = [one == "2" for one in results.column("loan_id").to_pylist()]
        payoffs = [one + two for one, two in zip(results.column(place).to_pylist(), is_two, strict=True)]
        return results.set_column(place, results.schema.field(place), pa.array(payoffs, pa.int64())), set_aside

    monkeypatch.setattr(columns, "assess_batch", a_cent_too_much)
    said = ["selfcheck", "--book", book, "--lender", LENDER, "--as-of", "2026-11-23"]
    told = CliRunner().invoke(main, [str(word) for word in said])
    assert (told.exit_code, type(told.exception)) == (1, SystemExit), told.output
    head, figures, how, *_ = told.stdout.splitlines()
    assert head == "Loan L-TWO, as of 2026-11-23:"
    name, reference, *_, engine = figures.replace(" by the reference, ", " ").removesuffix(" by the engine").split()
    assert (name, int(engine)) == ("payoff:", int(reference) + 1)
    assert how == f"  goodstanding explain L-TWO --book {book} --lender {LENDER} --as-of 2026-11-23"
    shown = CliRunner().invoke(main, how.split()[1:])
    assert shown.exit_code == 0 and shown.stdout.startswith("Loan L-TWO, as of 23 November 2026")
    assert "They differ 1 time, of 1 loan." in told.stdout


@pytest.mark.parametrize("processes", [1, 2])
def test_an_engine_with_another_policy_differs_in_many_fields(book: Path, processes: int) -> None:
    """The table of policies is a seam: here it has another grace than the reference goes by."""
    table = policy_table({"cn_instalment": replace(POLICY, grace_days=25, penalty_multiple=Fraction(2))}, "CNY")
    setting = Setting(book, POLICIES, table, Moment(AS_OF), other_moments(AS_OF))
    found = Checked()
    with Workers(processes) as workers:
        for _, answer in workers.answers(Check(setting), sampled([25] * 4 + [20], 120, 1, 12)):
            found = added(found, answer)
    assert found.loans == 120 and 20 < found.loans_unlike <= found.unlike_count
    names = {name for one in found.unlike for name, _, _ in one.fields}
    assert {"penalty", "payoff", "delinquent_days", "amount_to_cure"} <= names
    assert any(name.startswith("instalments ") for name in names)
    right = Setting(book, POLICIES, policy_table(POLICIES, "CNY"), Moment(AS_OF), other_moments(AS_OF))
    assert check(right, Task(0, tuple(range(25)), (0, 7))).unlike == ()


class Check:
    """A check that can be sent to another process."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def __call__(self, task: Task) -> Checked:
        return check(self.setting, task)


def test_a_loan_that_one_alone_sets_aside_is_a_difference(book: Path) -> None:
    """The engine is told of another currency; then the reference of another product."""
    other_currency = Setting(book, POLICIES, policy_table(POLICIES, "USD"), Moment(AS_OF))
    assert check(other_currency, Task(0, (1,))).set_aside == 1
    unknown = Setting(book, POLICIES, policy_table({"x": POLICY, "y": POLICY}), Moment(AS_OF))
    (unlike,) = check(unknown, Task(0, (1,))).unlike
    assert unlike.fields == (("set aside", "no", "the lender has no policy for the loan's product"),)
    none = Setting(book, {}, policy_table(POLICIES), Moment(AS_OF))
    (unlike,) = check(none, Task(0, (1,))).unlike
    assert unlike.fields == (("set aside", "there is no policy for product 'cn_instalment'", "no"),)


def test_loans_beyond_the_engines_limits_are_told_apart_from_differences(tmp_path: Path) -> None:
    dear = [replace(LOANS[1], id="DEAR", annual_rate=AnnualRate(Fraction(9), LOANS[1].annual_rate.day_count)), LOANS[5]]
    told = call(written(tmp_path / "book.parquet", dear))
    assert told.exit_code == 3, told.output
    assert (
        "the engine set a loan aside that it can't compute exactly and the reference can (such as DEAR)." in told.stdout
    )


def test_a_policy_beyond_the_engine_is_told_and_stops_nothing(book: Path, tmp_path: Path) -> None:
    lender = with_policy(tmp_path / "lender", "cn_instalment", 'penalty_multiple = "1.2345678"')
    told = call(book, lender=lender)
    assert told.exit_code == 3 and "the engine set a loan aside" in told.stdout


def test_misuse_is_told_in_a_sentence(tmp_path: Path) -> None:
    none = call(tmp_path / "none")
    assert (none.exit_code, none.stderr.startswith(f"Stopped: {tmp_path}/none isn't there")) == (1, True)
    foreign = call(written(tmp_path / "usd.parquet", [replace(loan, currency="USD") for loan in LOANS]))
    assert foreign.exit_code == 1 and "is in USD, but the lender in" in foreign.stderr
    assert call(tmp_path, "--loans", 0).exit_code == 2


@pytest.mark.parametrize("sizes", [(), (0,), (0, 3, 0, 2)])
def test_pieces_without_loans_are_passed_over(sizes: tuple[int, ...]) -> None:
    places = {(task.piece, place) for task in sampled(sizes, 100, 1) for place in task.places}
    assert places == {(piece, place) for piece, size in enumerate(sizes) for place in range(size)}
