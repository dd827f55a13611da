"""Extension: the overdue instalments move behind the contract's last one; the contract goes on in between.

Interest for the time gained is charged at the contract's rate on the principal moved, and shown as what it costs more.
Method and worked table: docs/methods/ways_out.md
"""

from datetime import date
from fractions import Fraction

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.dates import add_months
from goodstanding.core.loan import Loan
from goodstanding.core.money import round_down
from goodstanding.core.plans.instalments import offer_of
from goodstanding.core.plans.offers import Offer, OfferKind, OfferPayment
from goodstanding.core.rates import year_fraction


def extension(assessment: Assessment, loan: Loan, *, accept_by: date) -> Offer | None:
    """Return the plan that moves each overdue instalment to a month after the last due date, one month each.

    Charges so far (penalty, fees) are paid with the first moved instalment. None when nothing is overdue or nothing is
    left of the contract to stand before the moved part. Gap interest: on moved principal, from as_of to the new date,
    rounded down.
    """
    overdue = [one for one in assessment.instalments if one.days]
    coming = [
        one for one in assessment.instalments if not one.days and one.due_on >= assessment.as_of and one.open.total
    ]
    if not overdue or not coming:
        return None
    last = assessment.instalments[-1].due_on
    payments = [OfferPayment(one.due_on, one.open.total, 0, one.open.total) for one in coming]
    charges = assessment.penalty + assessment.compound_interest + assessment.fees
    extra = 0
    for place, one in enumerate(overdue, 1):
        day = add_months(last, place)
        gap = loan.annual_rate.per_year * year_fraction(assessment.as_of, day, loan.annual_rate.day_count)
        interest = round_down(Fraction(one.overdue.principal) * gap)
        part = one.overdue.principal + one.overdue.interest + (charges if place == 1 else 0) + interest
        extra += interest
        payments.append(OfferPayment(day, part, part, 0))
    return offer_of(OfferKind.EXTENSION, assessment, payments, extra_cost=extra, accept_by=accept_by)
