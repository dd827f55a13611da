"""The simplified sum that other engines are given: no penalty, no fees, all payments met against the schedule in order.

It tells days past due, overdue principal and interest, and outstanding principal; on a book of payments without pauses or
changes it equals the kernel under a policy without charges. Here is what it must come to, and DuckDB's two versions.
"""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.batch.columns import assess_batch
from goodstanding.batch.local import NestedFile
from goodstanding.batch.policies import policy_table

from .books import AS_OF, SIMPLE

FIELDS = ("loan_id", "days_past_due", "overdue_principal", "overdue_interest", "outstanding_principal")

_PAID = """coalesce(list_sum(list_transform(
            list_filter(transactions, lambda one: one.effective_on <= $as_of), lambda one: one.amount)), 0)::BIGINT"""

IN_LISTS = f"""
    SELECT loan_id, coalesce($as_of - met.since, 0)::BIGINT AS days_past_due, met.late_principal AS overdue_principal,
        met.late_interest AS overdue_interest, met.open_principal AS outstanding_principal
    FROM (
        SELECT loan_id, list_reduce(schedule, lambda met, part: {{
            'rest': greatest(0, met.rest - part.interest - part.principal),
            'since': CASE WHEN met.since IS NULL AND part.due_on < $as_of AND part.interest + part.principal > met.rest
                THEN part.due_on ELSE met.since END,
            'late_interest': met.late_interest
                + CASE WHEN part.due_on < $as_of THEN greatest(0, part.interest - met.rest) ELSE 0 END,
            'late_principal': met.late_principal + CASE WHEN part.due_on < $as_of
                THEN part.principal - least(greatest(0, met.rest - part.interest), part.principal) ELSE 0 END,
            'open_principal': met.open_principal + part.principal
                - least(greatest(0, met.rest - part.interest), part.principal)}},
            {{'rest': {_PAID}, 'since': NULL::DATE, 'late_interest': 0::BIGINT, 'late_principal': 0::BIGINT,
              'open_principal': 0::BIGINT}}) AS met
        FROM book)"""
"""Each loan's schedule folded where it lies."""

UNNESTED = f"""
    WITH loans AS (SELECT row_number() OVER () AS loan, loan_id, schedule, {_PAID} AS paid FROM book),
    parts AS (SELECT loan, loan_id, paid, unnest(schedule, recursive := true) FROM loans),
    met AS (
        SELECT *, greatest(0, paid + principal + interest
            - (sum(principal + interest) OVER (PARTITION BY loan ORDER BY due_on))::BIGINT) AS rest
        FROM parts),
    open AS (
        SELECT loan, loan_id, due_on < $as_of AS is_past, due_on, greatest(0, interest - rest) AS interest,
            principal - least(greatest(0, rest - interest), principal) AS principal
        FROM met)
    SELECT any_value(loan_id) AS loan_id,
        coalesce($as_of - min(due_on) FILTER (is_past AND interest + principal > 0), 0)::BIGINT AS days_past_due,
        coalesce(sum(principal) FILTER (is_past), 0)::BIGINT AS overdue_principal,
        coalesce(sum(interest) FILTER (is_past), 0)::BIGINT AS overdue_interest,
        sum(principal)::BIGINT AS outstanding_principal
    FROM open GROUP BY loan"""
"""The schedule as rows, with running totals by window."""


def sum_in_duckdb(sql: str, book: Path, out: Path) -> None:
    """One of the two versions, from the nested book's Parquet file to a Parquet file."""
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": False}) as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.read_parquet(str(book)).create_view("book")
        engine.sql(sql, params={"as_of": AS_OF}).write_parquet(str(out))


def expected_of(book: Path) -> pa.Table:
    """The same by the kernel."""
    source, policies = NestedFile(book), policy_table({"cash": SIMPLE})
    batches = [assess_batch(source.read(piece), policies, as_of=AS_OF)[0] for piece in range(len(source.sizes))]
    return pa.Table.from_batches(batches).select(FIELDS)


class Differs(ValueError):
    """Results that should be equal are not: what took them is measured for nothing."""


def check_file(engine: str, found: Path, expected: pa.Table) -> None:
    """Raise Differs unless a file holds the expected rows, in any order."""
    check(engine, pq.read_table(found).sort_by("loan_id"), expected)


def check(engine: str, found: pa.Table, expected: pa.Table) -> None:
    """Raise Differs unless both tables hold the same values in the expected one's columns, row by row."""
    unlike = [name for name in expected.column_names if not _values(found[name]).equals(_values(expected[name]))]
    if unlike or found.num_rows != expected.num_rows:
        raise Differs(f"{engine}: {', '.join(unlike)} of {found.num_rows} loans differ from the kernel's")


def _values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string() if not pa.types.is_integer(column.type) else pa.int64()).combine_chunks()
