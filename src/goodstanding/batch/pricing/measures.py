"""What each measure of the guard rails means to its offers, by its place in them: what it stops, how it stands in credit data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodstanding.batch.drafting.tables import KINDS
from goodstanding.core.plans.guard_rails import Measure
from goodstanding.core.plans.offers import Credit, HowFar, OfferKind, Stops

_RESTS = Stops(HowFar.RESTS, HowFar.RESTS, HowFar.GOES_ON)
_RUNS = Stops(HowFar.GOES_ON, HowFar.RESTS, HowFar.GOES_ON)
_ENDS = Stops(HowFar.ENDS, HowFar.RESTS, HowFar.ENDS)
CREDITS = {
    OfferKind.ARREARS_INSTALMENTS: Credit.IN_ARREARS,
    OfferKind.EXTENSION: Credit.UP_TO_DATE,
    OfferKind.DEFERRAL: Credit.UP_TO_DATE,
    OfferKind.RE_AGE: Credit.UP_TO_DATE,
    OfferKind.RE_AMORTISE: Credit.RESTRUCTURED,
    OfferKind.LONGER_TERM: Credit.RESTRUCTURED,
    OfferKind.LOWER_RATE: Credit.RESTRUCTURED,
    OfferKind.WAIVER: Credit.IN_ARREARS,
    OfferKind.SETTLEMENT: Credit.SETTLED_FOR_LESS,
    OfferKind.PERSONAL_PLAN: Credit.RESTRUCTURED,
}
_KEEPS_THE_SCHEDULE = frozenset((OfferKind.ARREARS_INSTALMENTS, OfferKind.WAIVER))
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measures:
    """By a measure's place in the guard rails. kinds: codes. takes_over: another schedule does. waives_rest: on the last day.

    stays: arrears stay until its end. runs: charges run on meanwhile.
    """

    each: tuple[Measure, ...]
    stops: tuple[Stops, ...]
    standings: tuple[Credit, ...]
    kinds: npt.NDArray[np.int64]
    takes_over: Flags
    waives_rest: Flags
    stays: Flags
    runs: Flags


def measures_of(measures: Sequence[Measure]) -> Measures:
    stops, standings = tuple(map(_stops, measures)), tuple(CREDITS[one.kind] for one in measures)
    return Measures(
        tuple(measures),
        stops,
        standings,
        np.array([KINDS.index(one.kind) for one in measures], np.int64),
        np.array([one.kind not in _KEEPS_THE_SCHEDULE for one in measures], np.bool_),
        np.array([one.kind is OfferKind.SETTLEMENT for one in measures], np.bool_),
        np.array([one is Credit.IN_ARREARS for one in standings], np.bool_),
        np.array([one.penalty is HowFar.GOES_ON for one in stops], np.bool_),
    )


def _stops(measure: Measure) -> Stops:
    if measure.kind is OfferKind.ARREARS_INSTALMENTS:
        return _RESTS if measure.rests else _RUNS
    return _RESTS if measure.kind in (OfferKind.WAIVER, OfferKind.SETTLEMENT) else _ENDS
