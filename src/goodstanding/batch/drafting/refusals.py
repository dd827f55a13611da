"""Why a draft wasn't made, in core's words: each DRAFT_STATUS as the refusal that core says of it."""

from datetime import date
from fractions import Fraction

from goodstanding.batch.drafting import tables
from goodstanding.batch.policies import EPOCH
from goodstanding.core.plans.guard_rails import (
    Measure,
    above_ceiling,
    charged_off,
    too_early,
    too_few_overdue,
    too_late,
    wrong_product,
)
from goodstanding.core.plans.measures.draft import held_meets_all, is_a_bill, nothing_overdue, nothing_to_come
from goodstanding.core.plans.measures.lower_rate import rate_not_lower, rate_stays
from goodstanding.core.plans.measures.personal_plan import interest_runs_on
from goodstanding.core.plans.measures.settlement import needs_a_day, nothing_given_up, nothing_left
from goodstanding.core.plans.measures.waiver import no_such_charges, only_charges
from goodstanding.core.plans.offers import NotOffered
from goodstanding.core.rates import PPM

_OF_THE_KIND = {
    tables.NOTHING_OVERDUE: nothing_overdue,
    tables.NOTHING_TO_COME: nothing_to_come,
    tables.NOTHING_LEFT: nothing_left,
    tables.NOTHING_GIVEN_UP: nothing_given_up,
    tables.NEEDS_A_DAY: needs_a_day,
    tables.NO_SUCH_CHARGES: no_such_charges,
    tables.ONLY_CHARGES: only_charges,
    tables.HELD_MEETS_ALL: held_meets_all,
    tables.IS_A_BILL: is_a_bill,
    tables.RATE_STAYS: rate_stays,
    tables.INTEREST_RUNS_ON: interest_runs_on,
}


def refused(measure: Measure, status: int, a: int, product: str) -> NotOffered:
    """The refusal of a measure by the status and the A of its draft; product: of the loan, as the book has it."""
    if status in _OF_THE_KIND:
        return _OF_THE_KIND[status](measure.kind)
    if status == tables.WRONG_PRODUCT:
        return wrong_product(measure, product)
    if status == tables.TOO_EARLY:
        return too_early(measure, a)
    if status == tables.TOO_LATE:
        return too_late(measure, a)
    if status == tables.CHARGED_OFF:
        return charged_off(measure, date.fromordinal(a + EPOCH))
    if status == tables.TOO_FEW_OVERDUE:
        return too_few_overdue(measure)
    if status == tables.RATE_NOT_LOWER:
        return rate_not_lower(measure.kind, measure.rate or Fraction(0), Fraction(a, PPM))
    if status == tables.ABOVE_CEILING:
        now, most = divmod(a, tables.TWO_RATES)
        return above_ceiling(measure, Fraction(now, PPM), Fraction(most, PPM))
    raise ValueError(f"{status} isn't a draft's status")
