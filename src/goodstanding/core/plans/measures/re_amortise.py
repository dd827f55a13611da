"""Re-amortise: all that is open, overdue or to come, in equal instalments over the days the contract still has.

Method and worked table: docs/methods/ways_out.md
"""

from goodstanding.core.plans.measures.draft import Drafted, is_a_bill, nothing_overdue, nothing_to_come
from goodstanding.core.plans.measures.ground import Ground
from goodstanding.core.plans.measures.re_amortised import re_amortised
from goodstanding.core.plans.offers import OfferKind


def re_amortise(ground: Ground) -> Drafted:
    """Draft equal instalments at the contract's rate on the due dates after the offer's end."""
    kind = OfferKind.RE_AMORTISE
    if not ground.late:
        return nothing_overdue(kind)
    if ground.is_billed:
        return is_a_bill(kind)
    days = sorted({one.due_on for one in ground.later})
    if not days:
        return nothing_to_come(kind)
    return re_amortised(ground, kind, days, ground.rate, months=len(days))
