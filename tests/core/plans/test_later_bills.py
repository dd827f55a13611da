"""A revolving account goes on beside its plan: bills that came after the sums are owed with what was agreed, and undo none of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan import Instalment, Kind, Loan, Transaction
from goodstanding.core.plans.as_agreed import as_agreed
from goodstanding.core.plans.judging import Commitments, PlanState
from goodstanding.core.plans.offers import Offer, OfferKind
from tests.core.plans.test_offers_become_plans import accepted
from tests.core.test_ways_out import POLICY, _loan, offered

AS_OF = date(2026, 2, 20)
A_DAY = timedelta(days=1)
KNOWN = (
    Instalment(date(2026, 1, 10), 1000_00, 10_00, minimum=100_00),
    Instalment(date(2026, 2, 10), 500_00, 15_00, minimum=50_00),
)
NEW = (
    Instalment(date(2026, 3, 10), 400_00, 20_00, minimum=40_00),
    Instalment(date(2026, 4, 11), 300_00, 9_00, minimum=30_00),
)


def account(*bills: Instalment, transactions: tuple[Transaction, ...] = ()) -> Loan:
    principal = sum(one.principal for one in bills)
    return replace(_loan(), schedule=bills, principal=principal, transactions=transactions)


OFFERS = [one for one in offered(account(*KNOWN), POLICY, AS_OF).offers if one.change.versions]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.months}-{len(offer.payments)}")
@pytest.mark.parametrize("many", [1, 2])
def test_a_plan_of_a_revolving_account_stands_when_its_next_bills_come(offer: Offer, many: int) -> None:
    assert {OfferKind.RE_AGE, OfferKind.PERSONAL_PLAN} <= {one.kind for one in OFFERS}
    loan, day, said = account(*KNOWN, *NEW[:many]), AS_OF + 5 * A_DAY, Commitments(plans=(accepted(offer),))
    judged, changed = as_agreed(said, loan, POLICY, as_of=day)
    (plan,), (_, before) = judged.plans, as_agreed(said, account(*KNOWN), POLICY, as_of=day)
    now, without = (assess(one.loan, POLICY, as_of=day) for one in (changed, before))
    assert (plan.state, now.days_past_due) == (PlanState.ACTIVE, 0)
    assert (now.amount_to_cure, now.outstanding_principal) == (
        without.amount_to_cure,
        without.outstanding_principal + sum(one.principal for one in NEW[:many]),
    )
    first = offer.payments[0]
    paid = (Transaction("first", Kind.PAYMENT, first.amount, first.on, first.on),)
    loan = replace(loan, transactions=paid)
    judged, changed = as_agreed(said, loan, POLICY, as_of=first.on)
    assert judged.plans[0].state in (PlanState.ACTIVE, PlanState.COMPLETED)
    assert assess(changed.loan, POLICY, as_of=first.on + A_DAY).amount_to_cure == 0, (
        "no more is asked for than was agreed"
    )


@pytest.mark.parametrize("offer", [one for one in OFFERS if one.kind is OfferKind.RE_AGE])
def test_a_later_bill_asks_for_its_own_minimum(offer: Offer) -> None:
    first = offer.payments[0]
    paid = (Transaction("first", Kind.PAYMENT, first.amount, first.on, first.on),)
    loan = account(*KNOWN, *NEW, transactions=paid)
    day = NEW[1].due_on + A_DAY
    _, changed = as_agreed(Commitments(plans=(accepted(offer),)), loan, POLICY, as_of=day)
    found = assess(changed.loan, POLICY, as_of=day)
    assert (found.oldest_due_on, found.overdue_principal + found.overdue_interest) == (NEW[1].due_on, NEW[1].minimum)
