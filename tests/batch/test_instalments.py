"""Instalments and drawdowns of a batch: slices, loans set aside, names as text, and the pages' worked tables."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

from goodstanding.batch import layout, results
from goodstanding.batch.columns import BatchRefused
from goodstanding.batch.instalments import DRAWDOWNS, INSTALMENTS, assess_in_detail
from goodstanding.batch.nesting import is_paid_ahead, nest
from goodstanding.batch.policies import policy_table
from goodstanding.core.arrears.buckets import Buckets
from goodstanding.core.loan import Instalment, Loan, ScheduleVersion
from goodstanding.core.rates import AnnualRate
from tests.batch.compare import differences
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.core.portfolios import START
from tests.methods.pages import PAGES, cases_of

POLICIES = policy_table({"cash": POLICY})


def detail_of(batch: pa.RecordBatch) -> list[list[dict[str, Any]]]:
    return [rows.to_pylist() for rows in assess_in_detail(batch, POLICIES, as_of=AS_OF)]


def test_the_columns_are_the_fields_of_the_positions_of_core() -> None:
    detail = assess_in_detail(nest(some_loans(8)), POLICIES, as_of=AS_OF)
    assert (detail.instalments.schema, detail.drawdowns.schema) == (INSTALMENTS, DRAWDOWNS)
    assert ["loan_id", *layout.POSITIONS] == results.INSTALMENTS.names
    assert ["loan_id", *layout.DRAWDOWNS] == results.DRAWDOWNS.names


@pytest.mark.parametrize(("first", "count"), [(0, 60), (1, 59), (13, 9), (59, 1), (20, 0)])
def test_a_slice_of_a_batch_gives_what_its_loans_give(first: int, count: int) -> None:
    loans = some_loans(60)
    expected = detail_of(nest(loans[first : first + count])) if count else [[], [], [], []]
    assert detail_of(nest(loans).slice(first, count)) == expected


def test_instalments_come_by_loan_and_number_and_none_of_a_loan_set_aside() -> None:
    loans = some_loans(200)
    assessed, set_aside, instalments, drawdowns = detail_of(nest(loans))
    places = [(row["loan_id"], row["number"]) for row in instalments]
    assert places == sorted(places) and set_aside
    assert {loan_id for loan_id, _ in places} == {row["loan_id"] for row in assessed}
    named = [(row["loan_id"], row["drawdown"]) for row in drawdowns]
    assert named == sorted(set(named)) and {name for _, name in named} >= {"A", "B", "二", "10", "9"}
    assert {name for _, name in named} == {row["drawdown"] for row in instalments} - {""}


def test_a_loan_in_another_currency_has_no_instalments() -> None:
    loans = [replace(loan, currency=("CNY", "USD")[place % 2]) for place, loan in enumerate(some_loans(20))]
    detail = assess_in_detail(nest(loans), policy_table({"cash": POLICY}, "CNY"), as_of=AS_OF)
    ours = {loan.id for loan in loans if loan.currency == "CNY"}
    assert {row["loan_id"] for row in detail.instalments.to_pylist()} <= ours
    assert {row["reason"] for row in detail.set_aside.to_pylist() if row["loan_id"] not in ours} == {"other_currency"}


def test_what_is_overdue_of_instalments_adds_up_to_the_amount_to_cure() -> None:
    assessed, _, instalments, _ = detail_of(nest(some_loans(200)))
    sums = dict.fromkeys([row["loan_id"] for row in assessed], 0)
    for row in instalments:
        sums[row["loan_id"]] += sum(
            row[f"overdue_{one}"] for one in ("fee", "penalty", "compound", "interest", "principal")
        )
    assert sums == {row["loan_id"]: row["amount_to_cure"] for row in assessed} and any(sums.values())


def credit_line() -> Loan:
    """Two drawdowns, and a later schedule that names a third; the second is behind."""
    schedule = tuple(
        Instalment(START + timedelta(days=30 * n), 10_000, drawdown=name) for n, name in enumerate("ABAB", 1)
    )
    from_on = START + timedelta(days=100)
    later = (Instalment(from_on, 4_000, drawdown="0"), Instalment(from_on + timedelta(days=5), 6_000, drawdown="B"))
    return Loan(
        "L", "CNY", 40_000, START, AnnualRate(Fraction(0)), schedule, product="cash",
        versions=(ScheduleVersion(from_on, later),),
    )  # fmt: skip


def test_drawdowns_of_a_schedule_and_of_one_that_took_over_are_told_apart_by_name() -> None:
    _, _, _, drawdowns = detail_of(nest([credit_line()]))
    days = {row["drawdown"]: (row["days_past_due"], row["overdue"] > 0) for row in drawdowns}
    assert days == {"0": (200, True), "A": (270, True), "B": (240, True)}
    assert differences([(credit_line(), POLICY)], AS_OF) == []


@pytest.mark.parametrize("names", [["A", "B", "A", "B"], [None, "B", "", "B"], [None] * 4])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_names_of_drawdowns_may_be_coded_or_missing(names: list[str | None], kind: pa.DataType) -> None:
    loan = replace(credit_line(), versions=())
    batch = nest([loan, loan])
    place = batch.schema.get_field_index("schedule")
    schedule = batch.column(place)
    texts = pa.array(names * 2, pa.string())
    texts = texts.dictionary_encode() if pa.types.is_dictionary(kind) else texts.cast(kind)
    columns = {field.name: schedule.values.field(field.name) for field in schedule.values.type} | {"drawdown": texts}
    drawn = pa.ListArray.from_arrays(schedule.offsets, pa.StructArray.from_arrays([*columns.values()], [*columns]))
    detail = assess_in_detail(batch.set_column(place, "schedule", drawn), POLICIES, as_of=AS_OF)
    assert detail.instalments["drawdown"].to_pylist() == [name or "" for name in names * 2]
    assert detail.drawdowns["drawdown"].to_pylist() == sorted({name for name in names if name}) * 2


def test_buckets_of_instalments_and_drawdowns_go_by_the_loans_own_policy() -> None:
    policies = policy_table({"cash": POLICY, "card": replace(POLICY, buckets=Buckets((1,), ("late",), base="fine"))})
    loans = [replace(credit_line(), id=product, product=product) for product in ("cash", "card")]
    detail = assess_in_detail(nest(loans), policies, as_of=AS_OF)
    for rows in (detail.instalments, detail.drawdowns):
        found = {name: {row["bucket"] for row in rows.to_pylist() if row["loan_id"] == name} for name in policies.names}
        assert found["card"] <= {"late", "fine"} and found["cash"] == {"91+"}


def test_a_batch_that_is_no_book_is_refused() -> None:
    with pytest.raises(BatchRefused, match='no column "schedule"'):
        assess_in_detail(nest(some_loans(2)).drop_columns(["schedule"]), POLICIES, as_of=AS_OF)


TABLES = [(case, date.fromisoformat(day)) for page in PAGES for case in cases_of(page) for day in case.expected]


def test_the_kernel_gives_what_the_worked_tables_of_the_pages_say() -> None:
    """By way of the reference, which the tables are tried on directly; known_on as the table asks."""
    differing = []
    for case, as_of in TABLES:
        known_on, read = case.expected[str(as_of)].get("known_on"), case.read()
        if is_paid_ahead(read[0]):  # for the reference alone
            with pytest.raises(ValueError, match="ahead_until"):
                nest([read[0]])
            continue
        differing += [(case.name, as_of, found) for _, found in differences([read], as_of, known_on)]
    assert differing == []
