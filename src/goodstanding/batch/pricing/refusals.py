"""Why drafts aren't offered, in core's own sentences: each said once, however many loans it is said of."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from goodstanding.batch.policies import EPOCH
from goodstanding.batch.pricing.measures import CREDITS
from goodstanding.batch.pricing.priced import Task
from goodstanding.batch.pricing.tables import (
    NO_PRINCIPAL,
    NOT_ALL_GIVEN_UP,
    PAST_DUE_BETWEEN,
    RE_AGED_TOO_OFTEN,
    TOO_LONG,
    TOO_LONG_BY_LAW,
    WORTH_TOO_LITTLE,
)
from goodstanding.core.plans.guard_rails import (
    Measure,
    re_aged_too_often,
    too_long,
    too_long_by_law,
    worth_too_little,
)
from goodstanding.core.plans.offers import Credit, NotOffered
from goodstanding.core.plans.pricing import no_principal, not_all_given_up, past_due_between

Numbers = npt.NDArray[np.int64]
Refusal = Callable[[Measure, int, int, str], NotOffered]
"""Why drafting refused a measure: by the draft's status and A, and the loan's product as the book has it."""


def refusals_of(
    keys: Numbers, task: Task, currency: str, products: Sequence[str], of_drafting: Refusal
) -> tuple[list[NotOffered], npt.NDArray[np.int64]]:
    """The different refusals, and of each draft which it is.

    keys: (7, drafts): measure, status, A, B, what was past due before, policy, and which of the products.
    """
    unique, which = np.unique(keys, axis=1, return_inverse=True)
    said, places, found = list[NotOffered](), dict[NotOffered, int](), list[int]()
    for measure, status, a, b, before, policy, product in unique.T.tolist():
        one = _refusal(task.rails.measures[measure], status, a, b, before, policy, task, currency)
        one = one or of_drafting(task.rails.measures[measure], status, a, products[product])
        found.append(places.setdefault(one, len(said)))
        if found[-1] == len(said):
            said.append(one)
    return said, np.array(found, np.int64)[which.reshape(-1)]


def _refusal(
    measure: Measure, status: int, a: int, b: int, before: int, policy: int, task: Task, currency: str
) -> NotOffered | None:
    """What pricing and the guard rails say; None: drafting refused it."""
    kind, rails = measure.kind, task.rails
    if status == TOO_LONG_BY_LAW:
        return too_long_by_law(a, task.limits[task.products[policy]][b])
    if status == TOO_LONG:
        return too_long(kind, a, rails.most_months or 0)
    if status == RE_AGED_TOO_OFTEN:
        return re_aged_too_often(kind, a, rails.most_re_ages or 0)
    if status == NO_PRINCIPAL:
        return no_principal(kind)
    if status == NOT_ALL_GIVEN_UP:
        return not_all_given_up(kind)
    if status == PAST_DUE_BETWEEN:
        day = date.fromordinal(b + EPOCH)
        return past_due_between(kind, a, day, currency, before=before if CREDITS[kind] is Credit.IN_ARREARS else None)
    if status == WORTH_TOO_LITTLE:
        return worth_too_little(kind, a, b, rails.least_present_value, currency)
    return None
