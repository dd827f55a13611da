"""Arrow in and out: slices, missing values, broken rows, other types, and limits."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from goodstanding.batch.columns import QUARANTINE, BatchRefused, assess_batch
from goodstanding.batch.nesting import nest, row_of
from goodstanding.batch.one_loan import LoanSetAside, assess_one
from goodstanding.batch.policies import PolicyTable, PolicyTooLarge, policy_table
from goodstanding.batch.results import SCHEMA
from goodstanding.book.read import to_loan
from goodstanding.book.schema import NESTED, OPENING_AMOUNTS, nested_with
from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.buckets import Buckets
from goodstanding.core.arrears.policy import ArrearsPolicy, LateFee, RateStep, ReversalFrom
from goodstanding.core.loan import ClassifiedAs, Instalment, Loan
from goodstanding.core.rates import LARGEST_SPAN_DAYS, AnnualRate
from tests.batch.random_books import a_changed_loan, a_loan, a_policy, a_steady_loan, an_opened_loan
from tests.core.portfolios import START

AS_OF = START + timedelta(days=300)
POLICY = ArrearsPolicy(grace_days=3, penalty_multiple=Fraction(3, 2), late_fee=LateFee(flat=500))


def some_loans(count: int, seed: int = 1) -> list[Loan]:
    dice = Random(seed)
    kinds = (a_loan, a_steady_loan, an_opened_loan, lambda dice: a_changed_loan(dice, POLICY))
    return [replace(kinds[place % 4](dice), id=f"L{place:03}", product="cash") for place in range(count)]


def assessed(batch: pa.RecordBatch, policies: PolicyTable | None = None) -> tuple[list[Any], list[Any]]:
    results, set_aside = assess_batch(batch, policies or policy_table({"cash": POLICY}), as_of=AS_OF)
    return results.to_pylist(), set_aside.to_pylist()


def test_results_have_the_columns_of_every_result_file() -> None:
    results, set_aside = assess_batch(nest(some_loans(8)), policy_table({"cash": POLICY}), as_of=AS_OF)
    assert results.schema.names == SCHEMA.names
    assert results.cast(SCHEMA).schema == SCHEMA
    assert set_aside.schema == QUARANTINE


def test_every_loan_is_either_assessed_or_set_aside() -> None:
    results, set_aside = assessed(nest(some_loans(200)))
    assert sorted(row["loan_id"] for row in results + set_aside) == [f"L{place:03}" for place in range(200)]
    assert {row["reason"] for row in set_aside} >= {"before_opening", "refund_too_large"}


@pytest.mark.parametrize(("first", "count"), [(0, 40), (1, 39), (13, 9), (39, 1), (20, 0)])
def test_a_slice_of_a_batch_gives_what_its_loans_give(first: int, count: int) -> None:
    loans = some_loans(40)
    whole = nest(loans)
    expected = assessed(nest(loans[first : first + count])) if count else ([], [])
    assert assessed(whole.slice(first, count)) == expected


def test_a_struct_that_is_itself_a_slice_is_read_where_it_lies() -> None:
    """Children may have an offset of their own, beside that of the list."""
    whole = nest(some_loans(30))
    shifted = []
    for column, field in zip(whole.columns, whole.schema, strict=True):
        if pa.types.is_list(field.type):
            before = column.values.slice(0, 3)
            children = pa.concat_arrays([before, column.values]).slice(len(before))
            column = pa.ListArray.from_arrays(column.offsets, children, type=field.type)
        shifted.append(column)
    assert assessed(pa.RecordBatch.from_arrays(shifted, schema=whole.schema)) == assessed(whole)


def test_other_types_of_the_same_values_give_the_same() -> None:
    """As engines deliver them: large lists, wider numbers, coded texts."""
    whole = nest([replace(loan, opening=None, versions=()) for loan in some_loans(30)])
    columns = []
    for column, field in zip(whole.columns, whole.schema, strict=True):
        if pa.types.is_list(field.type):
            fields = [field.type.value_type.field(place) for place in range(field.type.value_type.num_fields)]
            wider = [one.with_type(pa.int64()) if pa.types.is_integer(one.type) else one for one in fields]
            kind = pa.large_list(pa.field("element", pa.struct(wider), nullable=False))
            column = column.cast(kind)
        elif field.name in ("product", "day_count", "currency"):
            column = column.dictionary_encode()
        columns.append(column)
    assert assessed(pa.RecordBatch.from_arrays(columns, names=whole.schema.names)) == assessed(whole)


def nullable(field: pa.Field) -> pa.Field:
    kind = field.type
    if pa.types.is_list(kind):
        inner = [kind.value_type.field(place) for place in range(kind.value_type.num_fields)]
        kind = pa.list_(pa.field("element", pa.struct([nullable(one) for one in inner])))
    return pa.field(field.name, kind)


FEBRUARY = date(2024, 2, 5)
PAUSED = {"from_on": FEBRUARY, "until_on": FEBRUARY, "stops_penalty": True, "stops_fees": True}
OPENED = dict.fromkeys(OPENING_AMOUNTS, 7) | {"on": date(2024, 2, 10), "overdue_since": None, "period_from": None}
PAID = {"id": "t", "kind": 2, "amount": 50, "effective_on": date(2024, 1, 12), "booked_on": date(2024, 1, 12)}
PAID |= {"reverses": None, "component": None, "instalment": None}
BACK = PAID | {"id": "b", "kind": 5, "effective_on": FEBRUARY, "booked_on": FEBRUARY, "reverses": 0}

BILL = {"due_on": date(2024, 2, 12), "principal": 10_000, "interest": 100, "fee": 0, "minimum": None, "drawdown": ""}
CHANGED = {"from_on": FEBRUARY, "takes_over": False, "schedule": []}

Path = tuple[Any, ...]
BROKEN: list[tuple[Path, object, str]] = [
    (("principal",), None, "is_null"),
    (("disbursed_on",), None, "is_null"),
    (("product",), None, "unknown_policy"),
    (("product",), "other", "unknown_policy"),
    (("day_count",), "act/364", "unknown_day_count"),
    (("annual_rate_ppm",), -1, "rate_out_of_range"),
    (("annual_rate_ppm",), 10_000_001, "rate_out_of_range"),
    (("schedule",), None, "is_null"),
    (("schedule",), [], "no_instalments"),
    (("schedule", 0), None, "is_null"),
    (("schedule", 0, "due_on"), None, "is_null"),
    (("schedule", 0, "due_on"), date(1940, 1, 1), "day_out_of_range"),
    (("schedule", 0, "due_on"), date(2024, 1, 12), "same_due_date"),
    (("schedule", 0, "principal"), -5, "amount_out_of_range"),
    (("schedule", 0, "principal"), 2**62, "amount_out_of_range"),
    (("schedule", 0, "principal"), 10**13 - 10, "amount_out_of_range"),
    (("transactions", 0, "amount"), None, "is_null"),
    (("transactions", 0, "amount"), -1, "transaction_amount"),
    (("transactions", 0, "amount"), 2**63 - 1, "transaction_amount"),
    (("transactions", 0, "kind"), 99, "unknown_kind"),
    (("transactions", 0, "kind"), 5, "reverses_nothing"),
    (("transactions", 0, "component"), 7, "unknown_component"),
    (("transactions", 0, "instalment"), 4, "no_such_instalment"),
    (("disbursed_on",), date(2026, 1, 1), "before_disbursement"),
    (("disbursed_on",), date(2024, 1, 12), ""),
    (("disbursed_on",), date(2024, 1, 13), "due_before_disbursement"),
    (("disbursed_on",), date(1950, 1, 1), ""),
    (("schedule", 1, "minimum"), 10_100, ""),
    (("schedule", 1, "minimum"), 10_101, "minimum_over_bill"),
    (("transactions", 0, "effective_on"), START - timedelta(days=1), "move_before_disbursement"),
    (("transactions", 0), PAID | {"kind": 7, "effective_on": START - timedelta(days=1)}, "move_before_disbursement"),
    (("transactions", 0), PAID | {"kind": 0, "effective_on": START - timedelta(days=1)}, ""),
]


def plain_rows(count: int = 5) -> list[dict[str, Any]]:
    schedule = tuple(Instalment(date(2024, month, 12), 10_000, 100) for month in (2, 1, 3))
    loan = Loan("L", "USD", 30_000, START, AnnualRate(Fraction(18, 100)), schedule, product="cash")
    beside = {"borrower_id": "B", "lender_days_past_due": None, "lender_balance": None}
    return [row_of(loan) | beside | {"loan_id": f"L{n}", "transactions": [dict(PAID)]} for n in range(count)]


@pytest.mark.parametrize(("path", "value", "reason"), BROKEN)
def test_a_broken_row_is_set_aside_with_its_reason_and_the_others_go_on(path: Path, value: object, reason: str) -> None:
    rows, schema = plain_rows(), pa.schema([nullable(field) for field in NESTED])
    untouched, _ = assessed(pa.RecordBatch.from_pylist(rows, schema=schema))
    rows[2]["schedule"].sort(key=lambda part: part["due_on"])
    if path == ("schedule", 0, "due_on") and value == date(2024, 1, 12):
        rows[2]["schedule"].reverse()
    at: Any = rows[2]
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    results, set_aside = assessed(pa.RecordBatch.from_pylist(rows, schema=schema))
    assert [(row["loan_id"], row["reason"]) for row in set_aside] == ([("L2", reason)] if reason else [])
    others = [row for row in results if row["loan_id"] != "L2"]
    assert others == [row for row in untouched if row["loan_id"] != "L2"]
    assert len(results) - len(others) == (0 if reason else 1)


CONTRADICTORY: list[tuple[dict[str, Any], str]] = [
    ({"pauses": [PAUSED | {"until_on": date(2024, 2, 4)}]}, "pause_order"),
    ({"pauses": [PAUSED]}, ""),
    ({"opening": OPENED | {"overdue_since": date(2024, 2, 11)}}, "opening_days"),
    ({"opening": OPENED | {"period_from": date(2024, 2, 11)}}, "opening_days"),
    ({"opening": OPENED | {"period_from": date(2024, 2, 10)}}, ""),
    ({"transactions": [PAID, BACK | {"amount": 49}]}, "reversal_amount"),
    ({"transactions": [PAID, BACK | {"amount": 51}]}, "reversal_amount"),
    ({"transactions": [PAID | {"kind": 0}, BACK | {"amount": 0}]}, "reversal_amount"),
    ({"transactions": [PAID, BACK]}, ""),
    ({"disbursed_on": date(2024, 1, 13)}, "due_before_disbursement"),
    ({"disbursed_on": date(2024, 1, 12), "transactions": [PAID]}, ""),
    ({"transactions": [PAID | {"effective_on": START - timedelta(days=1)}]}, "move_before_disbursement"),
    ({"transactions": [PAID | {"kind": 1, "effective_on": START - timedelta(days=1)}]}, "move_before_disbursement"),
    ({"transactions": [PAID | {"kind": 0, "effective_on": START - timedelta(days=1)}]}, ""),
    ({"schedule": [BILL | {"minimum": 10_100}]}, ""),
    ({"schedule": [BILL | {"minimum": 10_101}]}, "minimum_over_bill"),
    ({"versions": [CHANGED | {"schedule": [BILL | {"minimum": 10_101}]}]}, "minimum_over_bill"),
]


def test_a_day_more_than_a_century_after_a_loan_was_made_is_refused_by_both() -> None:
    row, policies = plain_rows(1)[0] | {"disbursed_on": date(1950, 1, 1)}, policy_table({"cash": POLICY})
    for plain in (True, False):  # the short way, and event by event
        said = row if plain else row | {"transactions": [PAID | {"component": 4}]}
        batch = pa.RecordBatch.from_pylist([said], schema=NESTED)
        last = date(1950, 1, 1) + timedelta(days=LARGEST_SPAN_DAYS)
        for day, reasons in ((last, []), (last + timedelta(days=1), ["span_too_long"])):
            _, set_aside = assess_batch(batch, policies, as_of=day)
            assert set_aside["reason"].to_pylist() == reasons
            with pytest.raises(CannotAssess, match="more than 100 years") if reasons else nullcontext():
                assess(to_loan(said), POLICY, as_of=day)


def test_a_fee_that_recurs_daily_is_not_asked_for_in_the_year_9998() -> None:
    policy = replace(POLICY, late_fee=LateFee(flat=100, every_days=1))
    with pytest.raises(CannotAssess, match="more than 100 years"):
        assess(to_loan(plain_rows(1)[0]), policy, as_of=date(9998, 1, 1))


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, reversal_from=ReversalFrom.OWN_DATE)])
@pytest.mark.parametrize(("said", "reason"), CONTRADICTORY)
def test_a_loan_whose_facts_contradict_each_other_is_set_aside_by_both(
    said: dict[str, Any], reason: str, policy: ArrearsPolicy
) -> None:
    row = plain_rows(1)[0] | {"opening": None, "transactions": []} | said
    batch = pa.RecordBatch.from_pylist([row], schema=nested_with(["opening", "versions"]))
    _, set_aside = assess_batch(batch, policy_table({"cash": policy}), as_of=AS_OF)
    assert set_aside["reason"].to_pylist() == ([reason] if reason else [])
    with pytest.raises(CannotAssess) if reason else nullcontext():
        assess(to_loan(row), policy, as_of=AS_OF)


def test_a_transaction_id_given_twice_in_a_loan_sets_it_aside_once_both_are_known() -> None:
    rows, policies = plain_rows(), policy_table({"cash": POLICY})
    again = rows[2]["transactions"][0] | {"booked_on": date(2024, 3, 1)}
    rows[2]["transactions"] += [again | {"id": "another"}, again]
    rows[3]["transactions"] += [again | {"id": ""}, again | {"id": ""}]
    batch = pa.RecordBatch.from_pylist(rows, schema=NESTED)
    for known_on, expected in ((None, ["L2"]), (date(2024, 2, 29), [])):
        for part in (batch, batch.slice(1)):
            _, set_aside = assess_batch(part, policies, as_of=AS_OF, known_on=known_on)
            assert set_aside["loan_id"].to_pylist() == expected
            assert set(set_aside["reason"].to_pylist()) <= {"duplicate_transaction"}
    with pytest.raises(LoanSetAside, match="same id"):
        assess_one(rows[2], policies, as_of=AS_OF)
    with pytest.raises(CannotAssess, match="same id"):
        assess(to_loan(rows[2]), POLICY, as_of=AS_OF)
    before = assess_one(rows[2], policies, as_of=AS_OF, known_on=date(2024, 2, 29))
    assert before["payoff"] == assess(to_loan(rows[2]), POLICY, as_of=AS_OF, known_on=date(2024, 2, 29)).payoff


def test_a_batch_without_a_column_is_refused_by_name() -> None:
    with pytest.raises(BatchRefused, match='no column "schedule"'):
        assess_batch(nest(some_loans(2)).drop_columns(["schedule"]), policy_table({"cash": POLICY}), as_of=AS_OF)


def test_a_batch_with_offsets_that_point_outside_is_refused() -> None:
    whole = nest(some_loans(3))
    place = whole.schema.get_field_index("schedule")
    column = whole.column(place)
    places = pa.array([0, 6, 3, len(column.values)], pa.int32()).buffers()[1]
    bad = pa.Array.from_buffers(column.type, 3, [None, places], children=[column.values])
    columns = [bad if at == place else column for at, column in enumerate(whole.columns)]
    with pytest.raises(BatchRefused, match="isn't well formed"):
        assess_batch(
            pa.RecordBatch.from_arrays(columns, schema=whole.schema), policy_table({"cash": POLICY}), as_of=AS_OF
        )


def test_policies_are_found_by_product_and_bands_named_by_each() -> None:
    other = replace(POLICY, buckets=Buckets((1,), ("late",), base="fine"))
    loans = [replace(loan, product=("cash", "card")[place % 2]) for place, loan in enumerate(some_loans(80))]
    results, _ = assessed(nest(loans), policy_table({"cash": POLICY, "card": other}))
    assert {row["bucket"] for row in results if row["product"] == "card"} == {"late", "fine"}
    assert {row["bucket"] for row in results if row["product"] == "cash"} >= {"current", "91+"}


def test_loans_in_another_currency_than_the_policies_are_set_aside() -> None:
    loans = some_loans(12)
    foreign = [replace(loan, currency="JPY") if place in (2, 5) else loan for place, loan in enumerate(loans)]
    results, set_aside = assessed(nest(foreign), policy_table({"cash": POLICY}, "CNY"))
    assert [row["loan_id"] for row in set_aside if row["reason"] == "other_currency"] == ["L002", "L005"]
    untouched, _ = assessed(nest(loans))
    assert results == [row for row in untouched if row["loan_id"] not in ("L002", "L005")]
    with pytest.raises(LoanSetAside, match="another currency"):
        assess_one(row_of(foreign[2]), policy_table({"cash": POLICY}, "CNY"), as_of=AS_OF)


@pytest.mark.parametrize("first", [0, 7])
def test_the_decision_that_stands_is_the_latest_for_every_loan(first: int) -> None:
    """Of several from one day the first listed; slices and large lists alike."""
    dice = Random(4)

    def a_decision() -> ClassifiedAs:
        day = AS_OF + timedelta(days=dice.randint(-9, 3))
        return ClassifiedAs(dice.choice("abc"), day, dice.choice([None, day + timedelta(days=dice.randint(1, 9))]))

    loans = [
        replace(loan, classified_as=tuple(a_decision() for _ in range(dice.randint(0, 4)))) for loan in some_loans(120)
    ]
    whole = nest(loans)
    place = whole.schema.get_field_index("classified_as")
    large = whole.column(place).cast(pa.large_list(whole.column(place).type.value_field))
    for batch in (whole, whole.set_column(place, "classified_as", large)):
        results, _ = assessed(batch.slice(first))
        expected = {loan.id: assess_or_none(loan) for loan in loans[first:]}
        assert {row["loan_id"]: row["classified_as"] for row in results} == {
            name: one.classified_as for name, one in expected.items() if one is not None
        }


def assess_or_none(loan: Loan) -> Assessment | None:
    try:
        return assess(loan, POLICY, as_of=AS_OF)
    except CannotAssess:
        return None


def test_what_lies_under_a_list_that_is_missing_is_not_read() -> None:
    """As engines may deliver them: offsets go on under a null."""
    whole = nest(some_loans(40))
    expected = assessed(whole)[0]
    for name in ("versions", "classified_as"):
        place = whole.schema.get_field_index(name)
        column = whole.column(place)
        hidden = pa.ListArray.from_arrays(
            column.offsets, column.values, type=column.type, mask=pa.array([True] * 39 + [False])
        )
        results = assessed(whole.set_column(place, whole.schema.field(place), hidden))[0]
        stripped = pa.array([None] * 39 + column.slice(39).to_pylist(), column.type)
        assert results == assessed(whole.set_column(place, whole.schema.field(place), stripped))[0] != expected


def test_a_lender_with_one_policy_needs_no_product() -> None:
    results, set_aside = assessed(nest([replace(some_loans(2)[1], product="")]))
    assert len(results) == 1 and not set_aside


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (ArrearsPolicy(penalty_rate=Fraction(1, 3)), "penalty_rate is 1/3"),
        (ArrearsPolicy(penalty_rate=Fraction(11)), "1,000 %"),
        (ArrearsPolicy(penalty_multiple=Fraction(1, 7)), "a multiple of 1/7 isn't exact"),
        (ArrearsPolicy(tolerance_share=Fraction(1, 3_000_000)), "tolerance_share"),
        (ArrearsPolicy(late_fee=LateFee(flat=10**14)), "late_fee.flat"),
        (ArrearsPolicy(rate_steps=(RateStep(rate=Fraction(1, 9), from_dpd=3),)), "isn't exact"),
        (ArrearsPolicy(grace_days=10**6), "grace_days"),
    ],
)
def test_a_policy_that_cannot_be_computed_with_exactly_is_refused(policy: ArrearsPolicy, words: str) -> None:
    with pytest.raises(PolicyTooLarge, match="policy cash: ") as refused:
        policy_table({"cash": policy})
    assert words in str(refused.value)


def test_a_thousand_policies_in_one_table_are_kept_apart() -> None:
    dice = Random(2)
    policies = {f"P{place}": a_policy(dice) for place in range(1_000)}
    table = policy_table(policies)
    assert table.rows.shape[0] == 1_000 and table.place_of("P999") == 999 and table.place_of("none") == -1
