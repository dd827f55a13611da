"""A slice of loans, with all that belongs to them: judged by the rules, schedules built from terms where there are none."""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from goodstanding.book.intake import HARMLESS, Intake, apply
from goodstanding.book.rules import INSTALMENT_DIFFERS, SLICE_RULES, TERMS_CONTRADICT, TERMS_RULES
from goodstanding.book.schema import OPENING_AMOUNTS
from goodstanding.core.loan import Instalment
from goodstanding.core.money import decimal_text
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import (
    BalanceIs,
    FirstPeriod,
    Frequency,
    InterestBy,
    InterestInGrace,
    Method,
    Rest,
    Terms,
)
from goodstanding.core.rates import PPM, AnnualRate, DayCount

_CONTENTS = (
    "{'k': kind, 'a': amount, 'e': effective_on, 'b': booked_on, 'r': reverses, 'c': component, 'i': instalment}"
)
_LOANS_WITH_TERMS = """
    SELECT loan_no, row, principal, coalesce(annual_rate, rate_per_day) AS ppm, coalesce(day_count, 'act/365') AS day_count,
        disbursed_on, coalesce(method, 'annuity') AS method, instalments, coalesce(frequency, 'monthly') AS frequency,
        first_due_on, due_day, coalesce(instalment_rounding, 'half_up') AS rounding,
        greatest(coalesce(instalment_multiple, 1), 1) AS multiple, coalesce(interest_by, 'period') AS interest_by,
        coalesce(interest_rounding, 'half_up') AS interest_rounding, coalesce(balance, 'rounded') AS balance,
        coalesce(every, 1) AS every, coalesce(first_period, 'whole') AS first_period,
        coalesce(principal_grace, 0) AS principal_grace, coalesce(interest_grace, 0) AS interest_grace,
        coalesce(interest_in_grace, 'later') AS interest_in_grace, coalesce(rest, 'last') AS rest,
        coalesce(down_payment, 0) AS down_payment, coalesce(balloon, 0) AS balloon, instalment_amount
    FROM L ANTI JOIN I USING (loan_no)
    WHERE NOT has_bad AND instalments IS NOT NULL AND principal > 0 AND first_due_on > disbursed_on
    ORDER BY loan_no"""
_SCHEDULES = """
    CREATE OR REPLACE TEMP TABLE S AS
    WITH chosen AS (
        SELECT loan_no, any_value(opened_on) AS opened_on, coalesce(any_value(principal), 0) AS opened
        FROM (SELECT loan_no, NULL::DATE AS opened_on, NULL::BIGINT AS principal FROM V
            UNION ALL SELECT loan_no, opened_on, principal FROM O)
        SEMI JOIN (SELECT loan_no FROM L WHERE NOT has_bad) USING (loan_no) GROUP BY loan_no),
    begun AS (
        SELECT loan_no, NULL::BIGINT AS row, DATE '0001-01-01' AS from_on, false AS takes_over FROM chosen
        UNION ALL SELECT loan_no, row, from_on, takes_over FROM V),
    lasting AS (
        SELECT *, lead(from_on, 1, DATE '9999-12-31') OVER (PARTITION BY loan_no ORDER BY from_on) AS until_on
        FROM begun JOIN chosen USING (loan_no)),
    parts AS (
        SELECT loan_no, DATE '0001-01-01' AS from_on, due_on, principal, interest, minimum_payment
            FROM I SEMI JOIN chosen USING (loan_no)
        UNION ALL SELECT loan_no, counts_from, due_on, principal, interest, minimum_payment FROM J),
    counted AS (
        SELECT loan_no, row, from_on, until_on, takes_over, opened_on, opened, count(due_on) AS times,
            count(minimum_payment) AS bills, coalesce(sum(principal), 0)::BIGINT AS planned,
            count(due_on) FILTER (is_coming) AS coming,
            coalesce(sum(principal) FILTER (is_coming), 0)::BIGINT AS coming_principal,
            coalesce(sum(principal + interest) FILTER (is_coming AND due_on < until_on), 0)::BIGINT AS may_fall_due
        FROM (SELECT *, due_on > coalesce(opened_on, DATE '0001-01-01') AS is_coming
            FROM lasting LEFT JOIN parts USING (loan_no, from_on)) GROUP BY ALL)
    SELECT loan_no, row, from_on, takes_over, opened_on, times, bills, planned,
        CASE WHEN from_on <= begins_on THEN opened + coming_principal ELSE 0 END AS brought,
        CASE WHEN from_on <= begins_on THEN opened + may_fall_due ELSE may_fall_due END AS may_fall_due,
        CASE WHEN from_on <= begins_on THEN coming + (opened_on IS NOT NULL)::INTEGER ELSE times END AS numbers
    FROM (SELECT *, coalesce(opened_on, DATE '0001-01-01') AS begins_on FROM counted) WHERE until_on > begins_on"""
"""The schedules that the history goes through, of loans with a version or an opening: the one that holds when it begins, and
those from then on. row: of its version; times: its instalments; brought: principal that stands when the history begins;
may_fall_due: principal that is due when it begins, and what falls due while the schedule holds, interest with it, since by
day one may take the other's place; numbers: how many instalments it adds to be numbered, what an opening holds being one."""
_BUILT = pa.schema(
    [
        ("loan_no", pa.int32()),
        ("due_on", pa.date32()),
        *[(name, pa.int64()) for name in ("principal", "interest", "fee")],
    ]
)


@dataclass(frozen=True, slots=True)
class Slice:
    """Loans numbered [first, after) of the intake."""

    first: int
    after: int


def slices_of(intake: Intake) -> Iterator[Slice]:
    for first in range(0, intake.loan_count, intake.slice_loans):
        yield Slice(first, min(first + intake.slice_loans, intake.loan_count))


def judge(intake: Intake, part: Slice) -> None:
    """Lay out a slice as the tables of the rules, apply each rule, and list in `kept` the loans without a finding."""
    engine, slice_no = intake.engine, part.first // intake.slice_loans
    _lay_out_loans(intake, part)
    _lay_out_facts(intake, part)
    _lay_out_rows(intake, "instalments", slice_no, {"I": "counts_from IS NULL", "J": "counts_from IS NOT NULL"})
    _lay_out_rows(intake, "transactions", slice_no, {"T": "true"})
    engine.execute("UPDATE T SET booked_on = effective_on WHERE booked_on IS NULL")
    _count_once(intake)
    for rule in TERMS_RULES:
        apply(engine, rule)
    _build_schedules(intake)
    engine.execute(_SCHEDULES)
    for rule in SLICE_RULES:
        apply(engine, rule)
    engine.execute(f"""
        CREATE OR REPLACE TEMP TABLE kept AS SELECT loan_no FROM L
        WHERE NOT has_bad AND loan_no NOT IN (SELECT loan_no FROM findings
            WHERE loan_no >= {part.first} AND loan_no < {part.after} AND file NOT IN {HARMLESS})
        ORDER BY loan_no""")


def _lay_out_loans(intake: Intake, part: Slice) -> None:
    """One row per loan. has_bad: a finding of its own or of its borrower's was made before."""
    intake.engine.execute(f"""
        CREATE OR REPLACE TEMP TABLE L AS SELECT *,
            loan_no IN (SELECT loan_no FROM bad_loans)
            OR coalesce(borrower_id IN (SELECT borrower_id FROM bad_borrowers), false) AS has_bad
        FROM loans WHERE loan_no >= {part.first} AND loan_no < {part.after}
        QUALIFY row_number() OVER (PARTITION BY loan_no ORDER BY row) = 1""")


def _lay_out_facts(intake: Intake, part: Slice) -> None:
    """The slice's openings and versions that can be read; what an opening doesn't say is nothing."""
    of_slice = f"WHERE loan_no >= {part.first} AND loan_no < {part.after} AND bad = 0"
    amounts = ", ".join(f"coalesce({name}, 0) AS {name}" for name in OPENING_AMOUNTS)
    intake.engine.execute(f"""
        CREATE OR REPLACE TEMP TABLE O AS
        SELECT loan_no, row, "on" AS opened_on, {amounts}, overdue_since, period_from FROM openings {of_slice}""")
    intake.engine.execute(f"""
        CREATE OR REPLACE TEMP TABLE V AS
        SELECT loan_no, row, from_on, coalesce(takes_over, false) AS takes_over FROM versions {of_slice}""")


def _lay_out_rows(intake: Intake, name: str, slice_no: int, tables: Mapping[str, str]) -> None:
    """A slice's rows of a file that was dealt out, as tables, each with the rows of which its condition is true."""
    path = intake.dealt(name, slice_no)
    rows = (
        pa.ipc.open_file(pa.memory_map(str(path))).read_all() if path.exists() else intake.schemas[name].empty_table()
    )
    intake.engine.register("dealt", rows)
    for table, condition in tables.items():
        intake.engine.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM (SELECT *{intake.absent_sql(name)} FROM dealt)"
            f" WHERE {condition}"
        )
    intake.engine.unregister("dealt")
    path.unlink(missing_ok=True)


def _count_once(intake: Intake) -> None:
    """Keep the first of rows that say the same transaction again; those that contradict each other are listed."""
    engine = intake.engine
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE again AS"
        f" SELECT loan_no, transaction_id, count(DISTINCT {_CONTENTS}) > 1 AS is_contradictory"
        " FROM T SEMI JOIN (SELECT loan_no, transaction_id FROM T GROUP BY ALL HAVING count(*) > 1)"
        " USING (loan_no, transaction_id) GROUP BY ALL"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE contradictory AS SELECT T.row, loan_no, transaction_id"
        " FROM T JOIN again USING (loan_no, transaction_id) WHERE is_contradictory"
    )
    engine.execute("""
        CREATE OR REPLACE TEMP TABLE surplus AS SELECT row, first_row, loan_no, transaction_id, is_contradictory FROM
        (SELECT T.row, min(T.row) OVER (PARTITION BY loan_no, transaction_id) AS first_row, loan_no, transaction_id,
            is_contradictory FROM T JOIN again USING (loan_no, transaction_id)) WHERE row > first_row""")
    engine.execute(
        "INSERT INTO duplicates SELECT 'transactions', row, first_row, loan_no, transaction_id"
        " FROM surplus WHERE NOT is_contradictory"
    )
    engine.execute("DELETE FROM T WHERE row IN (SELECT row FROM surplus)")


def _build_schedules(intake: Intake) -> None:
    """Build the instalments of loans that have terms only, and compare the first with the lender's own."""
    loans = intake.engine.sql(_LOANS_WITH_TERMS).to_arrow_table()
    if not loans.num_rows:
        return
    built, refused, differing = [], [], []
    for terms in loans.to_pylist():
        try:
            schedule = schedule_from_terms(terms)
        except ValueError as contradiction:
            refused.append((terms["row"], terms["loan_no"], str(contradiction), "terms that go together"))
            continue
        built += [(terms["loan_no"], one.due_on, one.principal, one.interest, one.fee) for one in schedule]
        theirs = terms["instalment_amount"]
        ours = next(one.amount for one in schedule if one.due_on >= terms["first_due_on"])
        if theirs is not None and theirs != ours:
            found, expected = (decimal_text(amount, intake.settings.currency) for amount in (theirs, ours))
            differing.append((terms["row"], terms["loan_no"], found, f"{expected}, which the loan's terms come to"))
    columns = [pa.array([row[place] for row in built], kind) for place, kind in enumerate(_BUILT.types)]
    intake.engine.register("built", pa.Table.from_arrays(columns, schema=_BUILT))
    intake.engine.execute("INSERT INTO I BY NAME SELECT * FROM built")
    intake.engine.unregister("built")
    for rule, rows in ((TERMS_CONTRADICT, refused), (INSTALMENT_DIFFERS, differing)):
        if rows:
            intake.engine.executemany(
                f"INSERT INTO findings VALUES ('{rule.file}', ?, ?, NULL, '{rule.column}', '{rule.name}', ?, ?)", rows
            )


def schedule_from_terms(terms: dict[str, Any]) -> tuple[Instalment, ...]:
    """The one place where the terms of a row become a schedule."""
    return build_schedule(
        Terms(
            principal=terms["principal"],
            annual_rate=AnnualRate(Fraction(terms["ppm"], PPM), DayCount(terms["day_count"])),
            disbursed_on=terms["disbursed_on"],
            instalments=terms["instalments"],
            first_due_on=terms["first_due_on"],
            method=Method(terms["method"]),
            frequency=Frequency(terms["frequency"]),
            due_day=terms["due_day"],
            rounding=terms["rounding"],
            multiple=terms["multiple"],
            interest_by=InterestBy(terms["interest_by"]),
            interest_rounding=terms["interest_rounding"],
            balance=BalanceIs(terms["balance"]),
            every=terms["every"],
            first_period=FirstPeriod(terms["first_period"]),
            principal_grace=terms["principal_grace"],
            interest_grace=terms["interest_grace"],
            interest_in_grace=InterestInGrace(terms["interest_in_grace"]),
            rest=Rest(terms["rest"]),
            down_payment=terms["down_payment"],
            balloon=terms["balloon"],
        )
    )
