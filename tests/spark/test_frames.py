"""A DataFrame of the book, assessed row for row as the local runner does it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goodstanding.batch.checksum import checksum
from goodstanding.batch.columns import BatchRefused
from goodstanding.batch.local import NestedFile, assess_book
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import policy_table
from goodstanding.batch.results import SCHEMA
from goodstanding.batch.spark import (
    FRAME,
    REASONS,
    ROW_HASH,
    assess_frame,
    quarantine_of,
    results_of,
    task_for,
    write_frame,
)
from goodstanding.book.schema import NESTED
from tests.batch.test_columns import BROKEN, POLICY, nullable, plain_rows
from tests.spark.books import AS_OF, KNOWN_ON, a_book, written

Rows = list[dict[str, Any]]


def by_id(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: row["loan_id"])


def collected(frame: Any) -> Rows:
    return by_id([row.asDict() for row in frame.collect()])


def local_rows(folder: Path) -> tuple[Rows, Rows]:
    """Results and quarantine of the local runner."""
    parts = [pq.read_table(path) for path in folder.glob("part-*.parquet")]
    set_aside = pq.read_table(folder / "quarantine.parquet").to_pylist()
    return by_id(pa.concat_tables(parts).to_pylist()), by_id(set_aside)


@pytest.mark.parametrize("known_on", [None, KNOWN_ON])
def test_a_frame_has_the_rows_the_quarantine_and_the_checksum_of_the_local_runner(
    spark: Any, tmp_path: Path, known_on: Any
) -> None:
    loans, policies = a_book(1_500)
    book = written(tmp_path / "book.parquet", loans, 400)
    local = assess_book(NestedFile(book), tmp_path / "local", policies, as_of=AS_OF, known_on=known_on)
    assessed = assess_frame(spark.read.parquet(str(book)), policies, as_of=AS_OF, known_on=known_on)
    results, set_aside = local_rows(tmp_path / "local")
    assert collected(results_of(assessed)) == results
    assert collected(quarantine_of(assessed)) == set_aside
    assert len(results) > 1_000 and len(set_aside) > 20
    whole = write_frame(assessed, str(tmp_path / "written"))
    assert (whole.loans, whole.set_aside, whole.checksum) == (local.loans, local.set_aside, local.checksum)
    columns = list(SCHEMA.names)
    kept = pq.read_table(tmp_path / "written" / "rows=assessed", columns=columns)
    assert by_id(kept.to_pylist()) == results
    again = [checksum(batch.cast(SCHEMA)) for batch in kept.select(columns).to_batches()]
    assert f"{sum(again) % (1 << 64):016x}" == local.checksum
    reasons = pq.read_table(tmp_path / "written" / "rows=set_aside", columns=["loan_id", *REASONS])
    assert by_id(reasons.to_pylist()) == set_aside


def test_spark_reads_the_nested_types_and_forgets_that_values_must_be_there(spark: Any, tmp_path: Path) -> None:
    """What the function is handed is of Spark's types, all nullable; the rows are the same all the same."""
    loans, _ = a_book(5)
    book = spark.read.parquet(str(written(tmp_path / "book.parquet", loans, 5)))
    moves = book.schema["transactions"].dataType.elementType
    kinds = {field.name: field.dataType.simpleString() for field in moves.fields}
    assert (kinds["kind"], kinds["effective_on"], kinds["reverses"], kinds["amount"]) == (
        "tinyint",
        "date",
        "int",
        "bigint",
    )
    assert all(field.nullable for field in [*book.schema.fields, *moves.fields])


def test_a_table_of_icebergs_types_comes_to_the_same_rows(spark: Any, tmp_path: Path) -> None:
    """Iceberg has no integer of 8 bits, and keeps codes as int."""
    loans, policies = a_book(300)
    book = spark.read.parquet(str(written(tmp_path / "book.parquet", loans, 300)))
    kind = book.schema["transactions"].dataType.simpleString()
    assert kind.count("tinyint") == 2
    table = book.withColumn("transactions", book["transactions"].cast(kind.replace("tinyint", "int")))
    expected = collected(assess_frame(book, policies, as_of=AS_OF))
    assert collected(assess_frame(table, policies, as_of=AS_OF)) == expected and len(expected) == 300


def test_empty_partitions_and_more_partitions_than_loans_change_nothing(spark: Any, tmp_path: Path) -> None:
    loans, policies = a_book(40)
    book = spark.read.parquet(str(written(tmp_path / "book.parquet", loans, 7)))
    expected = collected(assess_frame(book, policies, as_of=AS_OF))
    assert len(expected) == 40
    assert collected(assess_frame(book.repartition(97), policies, as_of=AS_OF)) == expected
    none = assess_frame(book.where("loan_id = 'nobody'"), policies, as_of=AS_OF)
    assert collected(none) == []
    whole = write_frame(none, str(tmp_path / "none"))
    assert (whole.loans, whole.assessed, whole.checksum) == (0, 0, "0" * 16)


def test_small_batches_of_arrow_give_the_same_rows(spark: Any, tmp_path: Path) -> None:
    loans, policies = a_book(300)
    book = spark.read.parquet(str(written(tmp_path / "book.parquet", loans, 300)))
    expected = collected(assess_frame(book, policies, as_of=AS_OF))
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "7")
    try:
        assert collected(assess_frame(book, policies, as_of=AS_OF)) == expected
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


@pytest.mark.parametrize(("first", "count"), [(0, 300), (1, 299), (113, 50), (299, 1), (150, 0)])
def test_the_function_that_spark_calls_reads_a_slice_where_it_lies(first: int, count: int) -> None:
    """Spark's own batches all begin at 0, and would not show a list read from the wrong place."""
    loans, policies = a_book(300)
    task = task_for(policies, AS_OF, None)
    part = nest(loans).slice(first, count)
    if first and count:
        place = part.schema.get_field_index("schedule")
        assert part.column(place).offsets[0].as_py() != 0
    found = by_id([row for batch in task(iter([part])) for row in batch.to_pylist()])
    whole = by_id([row for batch in task(iter([nest(loans)])) for row in batch.to_pylist()])
    ids = {loan.id for loan in loans[first : first + count]}
    assert found == [row for row in whole if row["loan_id"] in ids] and len(found) == count


def test_broken_rows_are_set_aside_by_spark_with_their_reasons(spark: Any, tmp_path: Path) -> None:
    """Each way in which a row can be broken, one after another in one book, between loans that are not."""
    rows, expected = [], {}
    broken = [one for one in BROKEN if one[2]]
    for place, (steps, value, reason) in enumerate(broken):
        row = plain_rows(1)[0] | {"loan_id": f"B{place:02}"}
        row["schedule"].sort(key=lambda part: part["due_on"])
        if reason == "same_due_date":
            row["schedule"].reverse()
        at: Any = row
        for step in steps[:-1]:
            at = at[step]
        at[steps[-1]] = value
        rows.append(row)
        expected[row["loan_id"]] = reason
        rows.append(plain_rows(1)[0] | {"loan_id": f"G{place:02}"})
    path = tmp_path / "broken.parquet"
    table = pa.Table.from_pylist(rows, schema=pa.schema([nullable(field) for field in NESTED]))
    pq.write_table(table, path, row_group_size=5)
    assessed = assess_frame(spark.read.parquet(str(path)), policy_table({"cash": POLICY}), as_of=AS_OF)
    found = collected(assessed)
    assert {row["loan_id"]: row["reason"] for row in found if row["reason"]} == expected
    good = [row for row in found if row["reason"] is None]
    assert [row["loan_id"] for row in good] == [f"G{place:02}" for place in range(len(broken))]
    assert len({row[ROW_HASH] for row in good}) == len(good)


def test_a_table_that_is_not_a_book_is_refused_before_spark_computes_anything(spark: Any) -> None:
    with pytest.raises(BatchRefused, match="isn't a nested book: it has no loan_id, product"):
        assess_frame(spark.range(3), policy_table({"cash": POLICY}), as_of=AS_OF)


def test_a_worker_with_another_program_refuses_to_compute() -> None:
    task = replace(task_for(policy_table({"cash": POLICY}), AS_OF, None), program="0.0.1, another kernel")
    with pytest.raises(BatchRefused, match="install the same release"):
        list(task(iter([])))


def test_the_columns_are_those_of_a_result_file_and_why_a_loan_was_set_aside() -> None:
    assert FRAME.names == [*SCHEMA.names, "column", "reason", "sentence", "row_hash"]
    assert np.iinfo(np.int64).bits == FRAME.field(ROW_HASH).type.bit_width
