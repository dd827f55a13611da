"""Pricing over tables agrees with core: given core's own drafts, every offer and every refusal is core's, on every field."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from goodstanding.batch.columns import columns_of, drawdowns_of
from goodstanding.batch.nesting import nest
from goodstanding.batch.offer_tables import Found, tables_of
from goodstanding.batch.policies import EPOCH, policy_table
from goodstanding.batch.pricing.asking import Engine
from goodstanding.batch.pricing.priced import Priced, Task, priced
from goodstanding.batch.pricing.writing import Told, tables_of_priced
from goodstanding.batch.what_if import WhatIf, ways_out_of_many
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy, Interest
from goodstanding.core.loan import Loan
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit, SignOff
from goodstanding.core.plans.offers import OfferKind, Position
from tests.batch.drafts_of_core import drafts_of
from tests.batch.random_books import a_policy
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.core.test_ways_out import EVERY_MEASURE

LIMITS = (LegalLimit(OfferKind.PERSONAL_PLAN, 9, "law/plan_term"),)
SIGNED = replace(
    EVERY_MEASURE,
    sign_offs=(
        SignOff("team lead", months_over=3),
        SignOff("head", waived_over=1, waived_share_over=Fraction("0.1"), present_value_below=Fraction("0.8")),
    ),
)
STRICT = replace(SIGNED, least_present_value=Fraction("0.95"), most_months=8, most_re_ages=1)


def standing(loans: Sequence[Loan], policy: ArrearsPolicy) -> Iterator[Position | None]:
    for loan in loans:
        try:
            today = assess(loan, policy, as_of=AS_OF)
        except CannotAssess:
            yield None
            continue
        late = today.amount_to_cure or today.oldest_due_on is not None
        known = all(max(one.effective_on, one.booked_on) <= AS_OF for one in loan.transactions)
        known = known and all(one.from_on <= AS_OF for one in loan.versions)
        is_plain = late and known
        yield Position(loan, policy, today, AS_OF + timedelta(days=14)) if is_plain else None


def by_tables(
    loans: Sequence[Loan], positions: Sequence[Position | None], policy: ArrearsPolicy, rails: GuardRails
) -> tuple[Priced, dict[str, pa.RecordBatch]]:
    batch, table = nest(list(loans)), policy_table({"cash": policy}, "CNY")
    drawn = drawdowns_of(batch)
    drafts = drafts_of(positions, rails, table, drawn.names)
    columns = columns_of(batch, table, drawn)
    is_capped = np.array([policy.cost_ceiling is not None or policy.total_cost_ceiling is not None])
    task = Task(AS_OF, rails, {"cash": LIMITS}, table.names, is_capped)
    found = priced(drafts.tables(), Engine(columns, table, AS_OF.toordinal() - EPOCH + 1), task)
    ids, products = batch.column("loan_id"), batch.column("product")
    told = Told(task, AS_OF + timedelta(days=14), ids, products, drawn.names, "CNY", drafts.refusal)
    return found, tables_of_priced(found, told)


def agrees(loans: Sequence[Loan], policy: ArrearsPolicy, rails: GuardRails) -> tuple[int, int]:
    """Hold pricing over tables to core; return how many loans went that way, and how many were in doubt."""
    loans = [
        replace(one, transactions=tuple(each for each in one.transactions if each.effective_on <= AS_OF))
        for one in loans
    ]
    loans = [
        replace(one, transactions=tuple(replace(each, booked_on=each.effective_on) for each in one.transactions))
        for one in loans
    ]
    positions = list(standing(loans, policy))
    priced_, tables = by_tables(loans, positions, policy, rails)
    held = [one for one, doubt in zip(positions, priced_.doubtful, strict=True) if one is not None and not doubt]
    kernel = WhatIf(policy_table({"cash": policy}, "CNY"))
    ways = ways_out_of_many(held, rails, [LIMITS] * len(held), kernel)
    expected = tables_of(
        Found(one.today, one.loan.product, one.accept_by, way) for one, way in zip(held, ways, strict=True)
    )
    for name, table in expected.items():
        for ours, theirs in zip(tables[name].to_pylist(), table.to_pylist(), strict=True):
            assert ours == theirs, name
        assert tables[name].equals(table), name
    return len(held), sum(one is not None for one in positions)


@pytest.mark.parametrize("rails", [EVERY_MEASURE, SIGNED, STRICT])
def test_pricing_over_tables_agrees_with_core(rails: GuardRails) -> None:
    fast, all_ = agrees(some_loans(160, seed=7), POLICY, rails)
    assert fast > all_ * 0.9 > 40


@pytest.mark.parametrize("seed", range(12))
def test_pricing_over_tables_agrees_with_core_under_any_policy(seed: int) -> None:
    dice = Random(seed)
    interest = Interest.SCHEDULED if seed < 6 else dice.choice((Interest.DAILY_BALANCE, Interest.DAILY_FLAT))
    policy = replace(a_policy(dice), interest=interest)
    agrees(some_loans(60, seed=100 + seed), policy, dice.choice((SIGNED, STRICT)))
