"""The offers to a piece of a book are those that each of its loans has alone, by the reference, on every field."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from goodstanding.batch import offering, what_if
from goodstanding.batch.by_tables import ByTables
from goodstanding.batch.nesting import is_paid_ahead, nest
from goodstanding.batch.offer_tables import LOANS, OFFERS, SET_ASIDE
from goodstanding.batch.offering import Granting, offers_of
from goodstanding.batch.policies import policy_table
from goodstanding.batch.segments import Segment
from goodstanding.batch.what_if import WhatIf
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy, Excess
from goodstanding.core.loan import Component, Kind, Loan, Transaction
from goodstanding.core.plans.affordability import NOT_KNOWN
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit, SignOff
from goodstanding.core.plans.offers import OfferKind, Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ranking import choose
from goodstanding.core.plans.ways_out import WaysOut, answered_by, nothing_beside, ways_out
from tests.batch.offers_again import ways_again
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.core.portfolios import assessments
from tests.core.test_ways_out import EVERY_MEASURE

Case = tuple[Loan, ArrearsPolicy, date]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LIMITS = (LegalLimit(OfferKind.PERSONAL_PLAN, 9, "law/plan_term"),)


def granting_of(
    policies: dict[str, ArrearsPolicy], as_of: date, rails: GuardRails = EVERY_MEASURE, currency: str = "CNY"
) -> Granting:
    limits = dict.fromkeys(policies, LIMITS)
    table = policy_table(policies, currency)
    return Granting(table, policies, rails, limits, as_of, as_of + timedelta(days=14))


def by_book(loans: list[Loan], granting: Granting) -> dict[str, pa.RecordBatch]:
    return offers_of(nest(loans), granting, WhatIf(granting.table))


def alone(loan: Loan, granting: Granting) -> WaysOut | None:
    """What a loan is offered by the reference; None where nothing is overdue, or it can't be assessed."""
    policy = granting.policies[loan.product]
    try:
        today = assess(loan, policy, as_of=granting.as_of)
    except CannotAssess:
        return None
    if not today.amount_to_cure and today.oldest_due_on is None:
        return None
    position = Position(loan, policy, today, granting.accept_by)
    limits = granting.limits[loan.product]
    return answered_by(ways_out(position, granting.rails, limits), by_reference(policy))


@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(
    assessments(),
    st.sampled_from((EVERY_MEASURE, replace(EVERY_MEASURE, least_present_value=Fraction(1), most_months=8))),
)
def test_a_book_offers_what_each_loan_is_offered_alone(case: Case, rails: GuardRails) -> None:
    loan, policy, as_of = case
    loan = replace(loan, product="P")
    granting = granting_of({"P": policy}, as_of, rails, loan.currency)
    expected = alone(loan, granting)
    tables = by_book([loan], granting)
    event("overdue" if expected else "not overdue, or can't be assessed")
    assert ways_again(tables) == ({loan.id: expected} if expected else {})


def test_many_loans_together_have_what_each_has_alone_and_who_signs() -> None:
    signed = (SignOff("team lead", months_over=3), SignOff("head", waived_over=1))
    granting = granting_of({"cash": POLICY}, AS_OF, replace(EVERY_MEASURE, sign_offs=signed))
    loans = some_loans(120, seed=5)
    tables = by_book(loans, granting)
    found = ways_again(tables)
    assert found == {loan.id: one for loan in loans if (one := alone(loan, granting))}
    assert {"team lead", "head", None} == {one.needs_sign_off for ways in found.values() for one in ways.offers}
    shown = {
        (row["loan_id"], row["shown"]): (row["offer"], row["heaviest_month"]) for row in tables[OFFERS].to_pylist()
    }
    for loan_id, ways in found.items():
        numbers = {id(one): number for number, one in enumerate(ways.offers, 1)}
        for place, fitting in enumerate(choose(ways.offers, NOT_KNOWN).fitting, 1):
            assert shown[loan_id, place] == (numbers[id(fitting.offer)], fitting.heaviest_month)


def test_every_loan_that_cant_be_computed_is_set_aside_with_its_reason() -> None:
    loans = some_loans(60, seed=2)
    granting = granting_of({"cash": POLICY}, AS_OF)
    aside = {row["loan_id"]: row["sentence"] for row in by_book(loans, granting)[SET_ASIDE].to_pylist()}
    wrong = set()
    for loan in loans:
        try:
            assess(loan, POLICY, as_of=AS_OF)
        except CannotAssess:
            wrong.add(loan.id)
    assert set(aside) == wrong != set()
    assert all(aside.values())


def test_a_fault_in_one_loan_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    granting = granting_of({"cash": POLICY}, AS_OF)
    loans = [loan for loan in some_loans(60, seed=5) if alone(loan, granting)]
    bad, real = loans[3].id, what_if.ways_out_of_many

    def broken(
        positions: Sequence[Position], rails: GuardRails, limits: Sequence[Sequence[LegalLimit]], kernel: WhatIf
    ) -> list[WaysOut]:
        if any(one.loan.id == bad for one in positions):
            raise ZeroDivisionError("planted")
        return real(positions, rails, limits, kernel)

    monkeypatch.setattr(offering, "ways_out_of_many", broken)
    monkeypatch.setattr(offering, "by_tables", lambda *_: None)
    tables = by_book(loans, granting)
    (aside,) = tables[SET_ASIDE].to_pylist()
    assert (aside["loan_id"], aside["reason"]) == (bad, "fault")
    assert "ZeroDivisionError: planted" in aside["sentence"]
    assert [row["loan_id"] for row in tables[LOANS].to_pylist()] == [one.id for one in loans if one.id != bad]


def test_a_fault_in_the_tables_costs_nobody_an_offer_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    granting = granting_of({"cash": POLICY}, AS_OF)
    loans = some_loans(60, seed=5)
    expected = by_book(loans, granting)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(ByTables, "segment", broken)
    with pytest.warns(RuntimeWarning, match="ZeroDivisionError: planted"):
        found = by_book(loans, granting)
    assert found == expected


def test_most_loans_go_through_tables_and_those_give_what_core_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte the same tables, whichever way a loan went; and neither way is idle here."""
    granting = granting_of({"cash": POLICY}, AS_OF, replace(EVERY_MEASURE, sign_offs=(SignOff("head", months_over=3),)))
    loans, seen, real = some_loans(200, seed=11), list[tuple[int, int]](), ByTables.segment

    def counted(self: ByTables, batch: pa.RecordBatch, places: Numbers) -> tuple[Segment, Flags]:
        segment, is_other = real(self, batch, places)
        seen.append((int((~is_other).sum()), int(is_other.sum())))
        return segment, is_other

    monkeypatch.setattr(ByTables, "segment", counted)
    found = by_book(loans, granting)
    monkeypatch.setattr(offering, "by_tables", lambda *_: None)
    expected = by_book(loans, granting)
    assert {name: table.num_rows for name, table in found.items()} == {
        name: table.num_rows for name, table in expected.items()
    }
    assert found == expected
    assert sum(fast for fast, _ in seen) > 30 < 5 * sum(slow for _, slow in seen)


def test_loans_of_another_currency_or_an_unknown_product_are_set_aside() -> None:
    loans = some_loans(60, seed=5)[:3]
    granting = granting_of({"cash": POLICY, "other": POLICY}, AS_OF)
    odd = [replace(loans[0], currency="USD"), replace(loans[1], product="nobody's")]
    aside = by_book(odd, granting)[SET_ASIDE].to_pylist()
    assert [(row["loan_id"], row["column"]) for row in aside] == [
        (loans[0].id, "currency"),
        (loans[1].id, "product"),
    ]


def test_a_loan_beyond_the_kernel_is_offered_by_the_reference() -> None:
    granting = granting_of({"cash": POLICY}, AS_OF)
    loan = next(one for one in some_loans(60, seed=5) if alone(one, granting) and not one.versions)
    left = replace(granting, table=policy_table({"cash": POLICY}, "CNY", leave_out=["cash"]))
    assert ways_again(by_book([loan], left)) == {loan.id: alone(loan, granting)}


def test_what_was_agreed_changes_the_loan_that_is_offered_for_or_speaks_against_offers() -> None:
    granting = granting_of({"cash": POLICY}, AS_OF)
    overdue = [one for one in some_loans(60, seed=5) if alone(one, granting)][:3]
    less = Transaction("agreed", Kind.WAIVER, 100, AS_OF, AS_OF, component=Component.PRINCIPAL)
    one = replace(overdue[1], transactions=(*overdue[1].transactions, less))
    changed = {one.id: lambda loan: (one, ""), overdue[2].id: lambda loan: (loan, "A plan is kept.")}
    found = ways_again(offers_of(nest(overdue), granting, WhatIf(granting.table), changed))
    assert found == {
        overdue[0].id: alone(overdue[0], granting),
        one.id: alone(one, granting),
        overdue[2].id: nothing_beside(granting.rails, "A plan is kept."),
    }
    assert found[one.id] != alone(overdue[1], granting)


def test_a_book_without_loans_has_tables_without_rows() -> None:
    tables = by_book([], granting_of({"cash": POLICY}, AS_OF))
    assert not any(table.num_rows for table in tables.values())


def test_a_loan_with_money_agreed_for_days_to_come_is_offered_what_it_has_alone() -> None:
    """The kernel has no word for such money: by it, 700.00 would meet the last instalment and leave the next one open."""
    policy = replace(POLICY, excess=Excess.LAST)
    granting = granting_of({"cash": policy}, AS_OF)
    plain = next(one for one in some_loans(60, seed=5) if alone(one, granting) and not one.versions and not one.opening)
    until = max(part.due_on for part in plain.schedule)
    moves = [replace(one, ahead_until=until) if one.kind is Kind.PAYMENT else one for one in plain.transactions]
    moves.append(Transaction("ahead", Kind.PAYMENT, 700_00, AS_OF, AS_OF, ahead_until=until))
    ahead = replace(plain, transactions=tuple(moves))
    assert is_paid_ahead(ahead)
    assert not is_paid_ahead(plain)
    found = ways_again(offers_of(nest([plain]), granting, WhatIf(granting.table), {plain.id: lambda _: (ahead, "")}))
    assert found == {plain.id: alone(ahead, granting)}
    position = Position(ahead, policy, assess(ahead, policy, as_of=AS_OF), granting.accept_by)
    by_kernel = answered_by(ways_out(position, granting.rails, LIMITS), WhatIf(granting.table))
    assert by_kernel == alone(ahead, granting)
