"""A slice of loans, with all that belongs to them: judged by the rules, schedules built from terms where there are none."""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from goodstanding.book.intake import Intake, apply
from goodstanding.book.rules import INSTALMENT_DIFFERS, SLICE_RULES
from goodstanding.core.loan import Instalment
from goodstanding.core.money import decimal_text
from goodstanding.core.plans.schedule import BalanceIs, Frequency, InterestBy, Method, Terms, build_schedule
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
        instalment_amount
    FROM L ANTI JOIN I USING (loan_no)
    WHERE NOT has_bad AND instalments IS NOT NULL AND principal > 0 AND first_due_on > disbursed_on
    ORDER BY loan_no"""
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
    """Lay out a slice as the tables L, I and T, apply every rule to it, and list in `kept` the loans without a finding."""
    engine, slice_no = intake.engine, part.first // intake.slice_loans
    _lay_out_loans(intake, part)
    _lay_out_rows(intake, "I", "instalments", slice_no)
    _lay_out_rows(intake, "T", "transactions", slice_no)
    engine.execute("UPDATE T SET booked_on = effective_on WHERE booked_on IS NULL")
    _count_once(intake)
    for rule in SLICE_RULES:
        apply(engine, rule)
    _build_schedules(intake)
    engine.execute(f"""
        CREATE OR REPLACE TEMP TABLE kept AS SELECT loan_no FROM L
        WHERE NOT has_bad AND loan_no NOT IN (SELECT loan_no FROM findings
            WHERE loan_no >= {part.first} AND loan_no < {part.after})
        ORDER BY loan_no""")


def _lay_out_loans(intake: Intake, part: Slice) -> None:
    """One row per loan. has_bad: a finding of its own or of its borrower's was made before."""
    intake.engine.execute(f"""
        CREATE OR REPLACE TEMP TABLE L AS SELECT *,
            loan_no IN (SELECT loan_no FROM bad_loans)
            OR coalesce(borrower_id IN (SELECT borrower_id FROM loans_of), false) AS has_bad
        FROM loans WHERE loan_no >= {part.first} AND loan_no < {part.after}
        QUALIFY row_number() OVER (PARTITION BY loan_no ORDER BY row) = 1""")


def _lay_out_rows(intake: Intake, table: str, name: str, slice_no: int) -> None:
    path = intake.dealt(name, slice_no)
    rows = (
        pa.ipc.open_file(pa.memory_map(str(path))).read_all() if path.exists() else intake.schemas[name].empty_table()
    )
    intake.engine.register("dealt", rows)
    intake.engine.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM dealt")
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
    built, differing = [], []
    for terms in loans.to_pylist():
        schedule = schedule_from_terms(terms)
        built += [(terms["loan_no"], one.due_on, one.principal, one.interest, one.fee) for one in schedule]
        theirs = terms["instalment_amount"]
        if theirs is not None and theirs != schedule[0].amount:
            found, expected = (
                decimal_text(amount, intake.settings.currency) for amount in (theirs, schedule[0].amount)
            )
            differing.append((terms["row"], terms["loan_no"], found, f"{expected}, which the loan's terms come to"))
    columns = [pa.array(values, kind) for values, kind in zip(zip(*built, strict=True), _BUILT.types, strict=True)]
    intake.engine.register("built", pa.Table.from_arrays(columns, schema=_BUILT))
    intake.engine.execute("INSERT INTO I BY NAME SELECT * FROM built")
    intake.engine.unregister("built")
    if differing:
        rule = INSTALMENT_DIFFERS
        intake.engine.executemany(
            f"INSERT INTO findings VALUES ('{rule.file}', ?, ?, NULL, '{rule.column}', '{rule.name}', ?, ?)",
            differing,
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
        )
    )
