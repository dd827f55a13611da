"""The law's limits and the lender's guard rails over tables: `core.plans.guard_rails` for many drafts and offers."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from goodstanding.batch.policies import EPOCH
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit, SignOff

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LARGEST_PRODUCT = 1 << 62
NOBODY = -1
"""Instead of the place of a sign-off: nobody need sign."""


def months_until(start: date, ends: Numbers) -> Numbers:
    """The least number of months that lead from a day to others or beyond them; ends: numbers of days."""
    days = ends.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    many = months.astype(np.int64) - ((start.year - 1970) * 12 + start.month - 1)
    found = np.where((many >= 0) & (of_month > start.day), many + 1, np.maximum(many, 0))
    return np.where(ends <= start.toordinal() - EPOCH, 0, found)


def too_long_by_law(kinds: Numbers, months: Numbers, limits: Sequence[LegalLimit], codes: Sequence[object]) -> Numbers:
    """The place of the first limit that each draft exceeds, or -1. kinds: of drafts; codes: the kinds in the order of their codes."""
    found = np.full(len(kinds), -1, np.int64)
    for place in reversed(range(len(limits))):
        limit = limits[place]
        found[(kinds == codes.index(limit.kind)) & (months > limit.most_months)] = place
    return found


def is_under(amounts: Numbers, share: Fraction, of: Numbers) -> Flags:
    """Whether amounts are less than a share of others."""
    return amounts * share.denominator < share.numerator * of


def level_to_sign(
    rails: GuardRails, waived: Numbers, worth: Numbers, payoff: Numbers, months: Numbers
) -> npt.NDArray[np.int64]:
    """The place of the highest authority level that each offer asks for, or NOBODY."""
    found = np.full(len(waived), NOBODY, np.int64)
    for place, one in enumerate(rails.sign_offs):
        found[_exceeds(one, waived, worth, payoff, months)] = place
    return found


def _exceeds(one: SignOff, waived: Numbers, worth: Numbers, payoff: Numbers, months: Numbers) -> Flags:
    found = np.zeros(len(waived), np.bool_)
    if one.waived_over is not None:
        found |= waived > one.waived_over
    if one.waived_share_over is not None:
        share = one.waived_share_over
        found |= waived * share.denominator > share.numerator * payoff
    if one.months_over is not None:
        found |= months > one.months_over
    if one.present_value_below is not None:
        found |= is_under(worth, one.present_value_below, payoff)
    return found


def largest_compared(rails: GuardRails) -> int:
    """The largest amount, in minor units, that can be compared with shares within 62 bits."""
    shares = [rails.least_present_value]
    for one in rails.sign_offs:
        shares += [share for share in (one.waived_share_over, one.present_value_below) if share is not None]
    return LARGEST_PRODUCT // max(1, *(max(abs(one.numerator), one.denominator) for one in shares))
