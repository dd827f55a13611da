"""The full rules in SQL, as one would write them for DuckDB without the kernel, for the bench's one policy.

The policy is hard-wired: three days of grace that forgive; penalty at one and a half times 18 % a year on overdue
principal, act/365, rounded half up on the running total; a late fee of 5 %, from 5.00 to 30.00; fees first, the oldest
instalment first; what is left meets the next; a payment that reaches the payoff settles.

A recursive query takes all loans one payment on at each step. `penalty_parts` is a penalty before it is rounded, in
units of 1 / (1,000,000 * 365) of a minor unit.
"""

from datetime import date

import duckdb
import pyarrow as pa

FIELDS = (
    "loan_id",
    "days_past_due",
    "overdue_principal",
    "overdue_interest",
    "penalty",
    "fees",
    "outstanding_principal",
    "payoff",
    "unapplied",
)

_LOANS = """
    CREATE TABLE loans AS
    SELECT row_number() OVER () AS loan, loan_id, disbursed_on, schedule,
        list_filter(transactions, lambda one: one.effective_on <= $as_of) AS payments
    FROM book"""

_PAYMENTS = """
    CREATE TABLE payments AS
    SELECT loan, generate_subscripts(payments, 1) AS step, unnest(payments).effective_on AS day,
        unnest(payments).amount AS amount
    FROM loans"""

_PLAN = """
    CREATE TABLE plan AS
    SELECT loan, 0 AS step, place, due_on,
        coalesce(lag(due_on) OVER (PARTITION BY loan ORDER BY place), disbursed_on) AS period_from,
        asked, principal, asked AS interest, 0::BIGINT AS fee, 0::BIGINT AS penalty,
        0::BIGINT AS penalty_parts, due_on AS grown_to, false AS has_lapsed, 0::BIGINT AS held
    FROM (
        SELECT loan, disbursed_on, generate_subscripts(schedule, 1) AS place, unnest(schedule).due_on AS due_on,
            unnest(schedule).principal AS principal, unnest(schedule).interest AS asked
        FROM loans)"""

_WHOLE = "(2 * {parts} + 365000000) // 730000000"


def _grown(rows: str, day: str) -> str:
    """Rows of instalments, with what has arisen up to the start of a day: grace run out, a late fee, penalty."""
    return f"""
        SELECT * REPLACE (
            fee + CASE
                WHEN lapses AND principal + interest > 0
                THEN least(greatest((5 * (principal + interest) + 50) // 100, 500), 3000)
                ELSE 0 END AS fee,
            penalty + CASE
                WHEN has_lapsed THEN {_WHOLE.format(parts="parts")} - {_WHOLE.format(parts="penalty_parts")}
                WHEN lapses THEN {_WHOLE.format(parts="parts")}
                ELSE 0 END AS penalty,
            parts AS penalty_parts, greatest(grown_to, {day}) AS grown_to, has_lapsed OR lapses AS has_lapsed)
        FROM (
            SELECT *, CASE
                WHEN lapses AND principal + interest = 0 THEN 0
                ELSE penalty_parts + principal * 270000 * greatest(0, {day} - grown_to) END AS parts
            FROM (SELECT *, NOT has_lapsed AND {day} > due_on + 3 AS lapses FROM ({rows})))"""


def _settling(day: str) -> str:
    """What an instalment adds to the payoff: of the period that runs, interest for the days gone by, rounded half up."""
    return f"""principal + fee + penalty + CASE
        WHEN due_on <= {day} THEN interest
        WHEN period_from <= {day} THEN interest - asked
            + (2 * asked * ({day} - period_from) + (due_on - period_from)) // (2 * (due_on - period_from))
        ELSE interest - asked END"""


_PAID = f"""
    SELECT loan, step + 1 AS step, place, due_on, period_from,
        CASE WHEN settles THEN 0 ELSE asked END AS asked,
        CASE WHEN settles THEN 0
            ELSE principal - least(greatest(here - fee - penalty - interest, 0), principal) END AS principal,
        CASE WHEN settles THEN 0 ELSE interest - least(greatest(here - fee - penalty, 0), interest) END AS interest,
        CASE WHEN settles THEN 0 ELSE fee - least(greatest(here, 0), fee) END AS fee,
        CASE WHEN settles THEN 0 ELSE penalty - least(greatest(here - fee, 0), penalty) END AS penalty,
        penalty_parts, grown_to, has_lapsed,
        CASE WHEN settles THEN held + amount - (payoff - held) ELSE held + greatest(0, amount - owed) END AS held
    FROM (
        SELECT *, amount - owed_before AS here,
            last_due_on > day AND amount >= payoff - held AND payoff > held AS settles
        FROM (
            SELECT *, max(due_on) OVER loan AS last_due_on, (sum(owes) OVER loan)::BIGINT AS owed,
                (sum(owes) OVER (loan ORDER BY place) - owes)::BIGINT AS owed_before,
                (sum({_settling("day")}) OVER loan)::BIGINT AS payoff
            FROM (
                SELECT *, principal + interest + fee + penalty AS owes
                FROM ({_grown("SELECT * FROM state JOIN due USING (loan, step)", "day")}))
            WINDOW loan AS (PARTITION BY loan)))"""

_WORKED = f"""
    CREATE TABLE worked AS
    WITH RECURSIVE due AS MATERIALIZED (SELECT loan, step - 1 AS step, day, amount FROM payments),
        state AS (SELECT * FROM plan UNION ALL ({_PAID}))
    SELECT state.* FROM state JOIN loans ON loans.loan = state.loan AND len(payments) = step"""

_RESULTS = f"""
    SELECT loan_id,
        coalesce($as_of - min(due_on) FILTER (is_late), 0)::BIGINT AS days_past_due,
        coalesce(sum(principal) FILTER (is_late), 0)::BIGINT AS overdue_principal,
        coalesce(sum(interest) FILTER (is_late), 0)::BIGINT AS overdue_interest,
        sum(penalty)::BIGINT AS penalty, sum(fee)::BIGINT AS fees, sum(principal)::BIGINT AS outstanding_principal,
        greatest(0, sum({_settling("$as_of")}) - any_value(held))::BIGINT AS payoff,
        any_value(held)::BIGINT AS unapplied
    FROM (
        SELECT *, due_on < $as_of AND principal + interest > 0 AS is_late
        FROM ({_grown("SELECT * FROM worked", "$as_of")})) JOIN loans USING (loan)
    GROUP BY loan_id ORDER BY loan_id"""


def assess_in_sql(batch: pa.RecordBatch, as_of: date) -> pa.Table:
    """The columns FIELDS of a batch of the nested book whose transactions are payments, in the order of loan ids."""
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.register("book", pa.Table.from_batches([batch]))
        for statement in (_LOANS, _PAYMENTS, _PLAN, _WORKED):
            engine.execute(statement, {"as_of": as_of} if "$as_of" in statement else None)
        return engine.sql(_RESULTS, params={"as_of": as_of}).to_arrow_table()
