"""What is told of a loan that is closed: paid in full, or settled for less, as what was given up says."""

from dataclasses import replace
from datetime import date

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Transaction
from goodstanding.core.particulars import PaidUp, PaidUpAs
from goodstanding.core.plans.as_agreed import as_agreed
from goodstanding.core.plans.judging import Commitments
from goodstanding.core.plans.offers import Offer, OfferKind
from goodstanding.day.agreed import Agreed
from goodstanding.day.happened import happened
from tests.core.plans.test_completion import A_DAY, AS_OF, FIRST, paying
from tests.core.plans.test_offers_become_plans import accepted
from tests.core.test_ways_out import POLICY, _loan, offered

OFFERS = [one for one in offered(_loan(), POLICY, AS_OF).offers if not one.left_after]


def told(loan: Loan, offer: Offer | None, day: date) -> list[PaidUp]:
    plans = (accepted(offer),) if offer else ()
    judged, changed = as_agreed(Commitments(plans=plans), loan, POLICY, as_of=day)
    found = happened(Agreed(changed.loan, judged), changed.loan, assess(changed.loan, POLICY, as_of=day))
    return [one.told for one in found if isinstance(one.told, PaidUp)]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.months}-{len(offer.payments)}")
@pytest.mark.parametrize("short", [0, 1_00])
def test_only_a_settlement_is_told_as_settled_for_less(offer: Offer, short: int) -> None:
    """A personal plan moves charges, by waivers, into instalments that ask for them; a tolerated unit makes no settlement either."""
    paid = [(one.on, one.amount) for one in offer.payments]
    paid[-1] = (paid[-1][0], paid[-1][1] - short)
    outcome = PaidUpAs.SETTLED if offer.kind is OfferKind.SETTLEMENT else PaidUpAs.PAID_IN_FULL
    assert told(paying(_loan(), paid), offer, offer.ends_on + A_DAY) == [PaidUp(outcome, offer.ends_on)]


def test_who_was_forgiven_a_charge_and_paid_the_loan_off_paid_in_full() -> None:
    given = Transaction("W", Kind.WAIVER, 51_00, FIRST, FIRST, component=Component.PENALTY)
    loan = replace(_loan(), transactions=(given,))
    loan = paying(loan, [(FIRST, assess(loan, POLICY, as_of=FIRST).payoff)])
    assert told(loan, None, FIRST) == [PaidUp(PaidUpAs.PAID_IN_FULL, FIRST)]
    less = replace(given, id="P", component=Component.PRINCIPAL)
    loan = replace(_loan(), transactions=(given, less))
    loan = paying(loan, [(FIRST, assess(loan, POLICY, as_of=FIRST).payoff)])
    assert told(loan, None, FIRST) == [PaidUp(PaidUpAs.SETTLED, FIRST)]


BILLS = replace(
    _loan(),
    principal=1500_00,
    schedule=(
        Instalment(date(2026, 1, 10), 1000_00, 10_00, minimum=100_00),
        Instalment(date(2026, 2, 10), 500_00, 15_00, minimum=50_00),
    ),
)
CLOSING_BILLS = [one for one in offered(BILLS, POLICY, AS_OF).offers if not one.left_after and one.change.versions]


@pytest.mark.parametrize("offer", CLOSING_BILLS, ids=lambda offer: f"{offer.kind}-{offer.months}-{len(offer.payments)}")
def test_a_revolving_account_is_closed_by_a_plan_that_takes_the_place_of_its_bills(offer: Offer) -> None:
    outcome = PaidUpAs.SETTLED if offer.kind is OfferKind.SETTLEMENT else PaidUpAs.PAID_IN_FULL
    paid = [(one.on, one.amount) for one in offer.payments]
    assert told(paying(BILLS, paid), offer, offer.ends_on + A_DAY) == [PaidUp(outcome, offer.ends_on)]


def test_a_revolving_account_of_which_all_is_paid_is_back_in_good_standing_and_goes_on() -> None:
    assert {one.kind for one in CLOSING_BILLS} >= {OfferKind.SETTLEMENT, OfferKind.PERSONAL_PLAN}
    loan = paying(BILLS, [(FIRST, assess(BILLS, POLICY, as_of=FIRST).payoff)])
    assert assess(loan, POLICY, as_of=FIRST).payoff == 0
    assert told(loan, None, FIRST) == [PaidUp(PaidUpAs.CURED, FIRST)]
