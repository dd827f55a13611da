"""Present values of many offers: bounds in whole numbers say which amount it is; where a half lies between them, core does.

Method: docs/methods/ways_out.md
"""

from datetime import date
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numba import types

from goodstanding.batch.compiling import entry, part
from goodstanding.batch.drafting.tables import PAYMENT_AMOUNT, PAYMENT_ON
from goodstanding.batch.policies import EPOCH
from goodstanding.core.plans.pricing import PARTS_OF_ONE, worth_of_one

Numbers = npt.NDArray[np.int64]

_TABLE, _ROW = types.Array(types.int64, 2, "C"), types.Array(types.int64, 1, "C")
UNDECIDED = -1
"""A present value that the bounds don't tell."""
_BITS, _HALF_BITS = 46, 23
_LARGEST = 1 << 39
"""Beyond that sum, in minor units, nothing is decided here: halves of products stay within 62 bits."""
_NOT_YET = -1


def worths_until(as_of: date, rate: Fraction, days: Numbers) -> Numbers:
    """What one unit is worth on as_of, by how many days later it is paid: parts of 2**46, less than one too little.

    days: numbers of the days that must be known; the other places may hold nothing yet. rate: a year, from 0 up.
    """
    known, start = _known(as_of, rate), as_of.toordinal() - EPOCH
    later = np.unique(np.maximum(days - start, 0))
    if len(later) and later[-1] >= len(known[0]):
        known[0] = np.concatenate([known[0], np.full(later[-1] + 1 - len(known[0]) + 366, _NOT_YET)])
    for place in later[known[0][later] == _NOT_YET].tolist():
        known[0][place] = (
            worth_of_one(as_of, date.fromordinal(as_of.toordinal() + place), rate) * (1 << _BITS) // PARTS_OF_ONE
        )
    return known[0]


@lru_cache(maxsize=100)
def _known(as_of: date, rate: Fraction) -> list[Numbers]:
    """The table so far, in a list of its own so that it can grow."""
    return [np.full(1, _NOT_YET, np.int64)]


@part
def _worth_of(amounts, whole, half):
    """Amounts times worths, as whole * 2**23 + half parts of 2**46, to the nearest unit; UNDECIDED where `amounts` parts more
    would make another."""
    units = whole >> _HALF_BITS
    rest = ((whole & ((1 << _HALF_BITS) - 1)) << _HALF_BITS) + half + (1 << (_BITS - 1))
    least, most = rest >> _BITS, (rest + amounts) >> _BITS
    return units + least if least == most else UNDECIDED


@entry(types.void(_TABLE, _ROW, _ROW, _ROW, _ROW, types.int64, _ROW))
def add_worths(payments, first, many, left, worths, as_of, found):
    """The present value of each offer's payments and of what is left after the last one, in minor units, or UNDECIDED."""
    for offer in range(len(found)):
        last = first[offer] + many[offer] - 1
        amounts = left[offer]
        worth = worths[max(0, payments[PAYMENT_ON, last] - as_of)]
        for place in range(first[offer], last + 1):
            amounts += payments[PAYMENT_AMOUNT, place]
        if amounts >= _LARGEST:
            found[offer] = UNDECIDED
            continue
        low = (1 << _HALF_BITS) - 1
        whole, half = left[offer] * (worth >> _HALF_BITS), left[offer] * (worth & low)
        for place in range(first[offer], last + 1):
            worth = worths[max(0, payments[PAYMENT_ON, place] - as_of)]
            whole += payments[PAYMENT_AMOUNT, place] * (worth >> _HALF_BITS)
            half += payments[PAYMENT_AMOUNT, place] * (worth & low)
        found[offer] = _worth_of(amounts, whole, half)
