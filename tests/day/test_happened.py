"""What is told of a loan that is closed: paid in full, or settled for less, as what was given up says."""

from dataclasses import replace
from datetime import date

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.loan import Component, Kind, Loan, Transaction
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
