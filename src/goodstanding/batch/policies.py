"""Policies as numbers: a row per policy, for the kernel.

A rate, multiple or share that isn't exact in parts per million is refused here, as is one beyond the kernel's limits.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.core.arrears.buckets import Buckets
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    BillOverdue,
    By,
    ChargesMet,
    DpdFrom,
    Excess,
    GraceEffect,
    Interest,
    LateFee,
    PenaltyBase,
    PenaltyFrom,
    PenaltyWhile,
    RateStep,
    ReversalFrom,
    Rounds,
    ToleranceOf,
    Waterfall,
)
from goodstanding.core.loan import Component
from goodstanding.core.rates import PPM, DayCount

Numbers = npt.NDArray[np.int64]

EPOCH = date(1970, 1, 1).toordinal()
DAY_COUNTS = tuple(DayCount)
ROUNDINGS = ("half_up", "half_even", "down", "up")
_ROUNDS = (Rounds.RUNNING_TOTAL, Rounds.EACH_DAY, Rounds.EACH_PERIOD)
_EXCESS = (Excess.NEXT, Excess.LAST, Excess.SPREAD, Excess.UNAPPLIED)
_INTEREST = (Interest.SCHEDULED, Interest.DAILY_BALANCE, Interest.DAILY_FLAT)
COMPONENTS = (Component.FEE, Component.PENALTY, Component.COMPOUND, Component.INTEREST, Component.PRINCIPAL)
_LARGEST_MULTIPLE = 1000
_MOST_DAYS = 100_000


class PolicyTooLarge(ValueError):
    """A policy that the kernel can't compute exactly with: the sentence names the key and the limit."""


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """Policies by product. rows: (policies, layout.POLICY_SIZE), extra: steps and bucket edges that rows point into.

    bucket_names, class_names: per policy, the name of each band, the lowest first. currency: that of the policies'
    amounts, and so of every loan; "" where that isn't checked. left_out: names whose loans the kernel doesn't compute.
    """

    names: tuple[str, ...]
    policies: tuple[ArrearsPolicy, ...]
    rows: Numbers
    extra: Numbers
    bucket_names: tuple[tuple[str, ...], ...]
    class_names: tuple[tuple[str, ...], ...]
    currency: str = ""
    left_out: frozenset[str] = frozenset()

    def place_of(self, product: str) -> int:
        """The row of a product's policy, or -1; a lender with one policy needn't name products in its book."""
        name = self.named(product)
        return self.names.index(name) if name in self.names and name not in self.left_out else -1

    def named(self, product: str) -> str:
        """The name of a loan's product where the book leaves it out."""
        return self.names[0] if not product and len(self.names) == 1 else product


def too_large(policies: Mapping[str, ArrearsPolicy]) -> dict[str, str]:
    """Which of the policies the kernel can't compute exactly with, and why."""
    found = {}
    for name, policy in policies.items():
        try:
            _encode(policy, np.zeros(layout.POLICY_SIZE, np.int64), [0])
        except PolicyTooLarge as why:
            found[name] = str(why)
    return found


def policy_table(
    policies: Mapping[str, ArrearsPolicy], currency: str = "", *, leave_out: Iterable[str] = ()
) -> PolicyTable:
    """Encode policies by product; PolicyTooLarge when one can't be computed with exactly.

    currency: of the policies' amounts; loans in another are set aside. leave_out: names of policies that are kept out,
    so that their loans are set aside.
    """
    if not policies:
        raise ValueError("give at least one policy: there is nothing to assess a loan by")
    rows, extra = np.zeros((len(policies), layout.POLICY_SIZE), np.int64), [0]
    left_out = frozenset(leave_out)
    for row, (name, policy) in zip(rows, policies.items(), strict=True):
        if name in left_out:
            continue
        try:
            _encode(policy, row, extra)
        except PolicyTooLarge as why:
            raise PolicyTooLarge(f"policy {name or 'given'}: {why}") from None
    table = np.array(extra, np.int64)
    rows.flags.writeable = table.flags.writeable = False
    whole = tuple(policies.values())
    return PolicyTable(
        tuple(policies),
        whole,
        rows,
        table,
        tuple((one.buckets.base, *one.buckets.names) for one in whole),
        tuple((one.classification.base, *one.classification.names) if one.classification else () for one in whole),
        currency,
        left_out,
    )


def _encode(policy: ArrearsPolicy, row: Numbers, extra: list[int]) -> None:
    unit = math.lcm(*(multiple.denominator for multiple in _multiples(policy)))
    is_multiple = policy.penalty_multiple is not None
    values: dict[int, int] = {
        layout.DUE_DATE_IS_DAY: policy.due_date_is_day,
        layout.FIRST_DEFAULT: policy.dpd_from is DpdFrom.FIRST_DEFAULT,
        layout.OVER_TOLERANCE: policy.dpd_from is DpdFrom.OVER_TOLERANCE,
        layout.GRACE: _days("grace_days", policy.grace_days),
        layout.GRACE_DELAYS: policy.grace_effect is GraceEffect.DELAYS,
        layout.TOLERANCE: _amount("tolerance_minor", policy.tolerance_minor),
        layout.TOLERANCE_SHARE: _ppm("tolerance_share", policy.tolerance_share),
        layout.TOLERANCE_OF_LOAN: policy.tolerance_of is ToleranceOf.LOAN,
        layout.RATE_IS_MULTIPLE: is_multiple,
        layout.RATE: _rate(policy.penalty_rate, policy.penalty_multiple, unit),
        layout.RATE_UNIT: unit,
        layout.WITH_INTEREST: policy.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST,
        layout.IS_COMPOUND: policy.compound,
        layout.FROM_DUE_DATE: policy.penalty_from is PenaltyFrom.DUE_DATE,
        layout.UNTIL_PAID: policy.penalty_while is PenaltyWhile.UNTIL_PAID,
        layout.DAY_COUNT: DAY_COUNTS.index(policy.day_count),
        layout.ROUNDING: ROUNDINGS.index(policy.rounding),
        layout.ROUNDS: _ROUNDS.index(policy.rounds),
        layout.EXCESS: _EXCESS.index(policy.excess),
        layout.INTEREST_BY: _INTEREST.index(policy.interest),
        layout.CEILING: layout.NONE if policy.cost_ceiling is None else _ppm("cost_ceiling", policy.cost_ceiling),
        layout.TOTAL_CEILING: layout.NONE
        if policy.total_cost_ceiling is None
        else _ppm("total_cost_ceiling", policy.total_cost_ceiling),
        layout.BILL_WHOLE: policy.bill_overdue is BillOverdue.WHOLE,
        layout.OWN_DATE: policy.reversal_from is ReversalFrom.OWN_DATE,
        layout.AFTER_DPD: layout.NONE,
        layout.IS_PLAIN: _is_plain(policy),
        **_late_fee(policy.late_fee, policy.grace_days),
    }
    for place, value in values.items():
        row[place] = value
    row[layout.COMPONENTS : layout.COMPONENTS + 5] = range(5)
    _waterfall(policy.waterfall, row[layout.WATERFALL :])
    _waterfall(policy.waterfall, row[layout.WATERFALL_AFTER :])
    if policy.waterfall_after_dpd is not None:
        row[layout.AFTER_DPD] = _days("waterfall_after_dpd.dpd", policy.waterfall_after_dpd.dpd)
        _waterfall(policy.waterfall_after_dpd.waterfall, row[layout.WATERFALL_AFTER :])
    row[layout.STEPS_AT], row[layout.STEPS] = len(extra), len(policy.rate_steps)
    for step in policy.rate_steps:
        extra += _step(step, unit)
    _bands(policy.buckets, row, extra, layout.BUCKETS_AT, layout.BUCKETS, layout.LEAST_AMOUNT)
    if policy.classification is not None:
        _bands(policy.classification, row, extra, layout.CLASSES_AT, layout.CLASSES, layout.CLASS_LEAST_AMOUNT)


def _is_plain(policy: ArrearsPolicy) -> bool:
    """Whether the kernel's short way serves: what it says of policies is in steady.py."""
    fee = policy.late_fee
    return (
        policy.interest is Interest.SCHEDULED
        and policy.dpd_from is not DpdFrom.OVER_TOLERANCE
        and policy.waterfall.by is By.INSTALMENT
        and policy.waterfall.charges is ChargesMet.IN_ORDER
        and policy.waterfall_after_dpd is None
        and policy.tolerance_of is ToleranceOf.INSTALMENT
        and policy.excess in (Excess.NEXT, Excess.UNAPPLIED)
        and policy.cost_ceiling is None
        and policy.total_cost_ceiling is None
        and not policy.rate_steps
        and (fee is None or (fee.per == "instalment" and fee.every_days is None and (fee.after_days or 0) >= 0))
    )


def _multiples(policy: ArrearsPolicy) -> Iterable[Fraction]:
    if policy.penalty_multiple is not None:
        yield policy.penalty_multiple
    yield from (step.multiple for step in policy.rate_steps if step.multiple is not None)


def _rate(rate: Fraction | None, multiple: Fraction | None, unit: int) -> int:
    if rate is not None:
        return _ppm("penalty_rate", rate) * unit
    exact = multiple or Fraction(0)
    if (exact * PPM).denominator != 1:
        raise PolicyTooLarge(
            f"a multiple of {_text(exact)} isn't exact in parts per million: give one with six decimals at most"
        )
    if not 0 <= exact <= _LARGEST_MULTIPLE:
        raise PolicyTooLarge(f"a multiple of {_text(exact)} is outside 0 to {_LARGEST_MULTIPLE}")
    return int(exact * unit)


def _text(exact: Fraction) -> str:
    """A decimal where it ends, as the lender wrote it."""
    decimal = Decimal(exact.numerator) / exact.denominator
    return str(decimal) if Fraction(decimal) == exact else str(exact)


def _ppm(name: str, exact: Fraction) -> int:
    parts = Fraction(exact) * PPM
    if parts.denominator != 1:
        raise PolicyTooLarge(
            f"{name} is {_text(exact)}, which isn't exact in parts per million: give six decimals at most"
        )
    if not 0 <= parts <= layout.LARGEST_RATE:
        raise PolicyTooLarge(f"{name} is {_text(exact)}: it must be from 0 to {layout.LARGEST_RATE // PPM} (1,000 %)")
    return int(parts)


def _amount(name: str, minor: int) -> int:
    if not 0 <= minor <= layout.LARGEST_AMOUNT:
        raise PolicyTooLarge(f"{name} is {minor}: it must be from 0 to {layout.LARGEST_AMOUNT} minor units")
    return minor


def _days(name: str, days: int) -> int:
    if not 0 <= days <= _MOST_DAYS:
        raise PolicyTooLarge(f"{name} is {days}: it must be from 0 to {_MOST_DAYS} days")
    return days


def _late_fee(fee: LateFee | None, grace_days: int) -> dict[int, int]:
    if fee is None:
        return {layout.HAS_LATE_FEE: 0}
    return {
        layout.HAS_LATE_FEE: 1,
        layout.LATE_FLAT: _amount("late_fee.flat", fee.flat),
        layout.LATE_SHARE: _ppm("late_fee.share", fee.share),
        layout.LATE_OF_PRINCIPAL: fee.share_of == "principal",
        layout.LATE_OF_INSTALMENT: fee.share_of == "instalment",
        layout.LATE_LEAST: _amount("late_fee.least", fee.least),
        layout.LATE_MOST: layout.NONE if fee.most is None else _amount("late_fee.most", fee.most),
        layout.LATE_PER_LOAN: fee.per == "loan",
        layout.LATE_EVERY: _days("late_fee.every_days", fee.every_days or 0),
        layout.LATE_AFTER: _days("late_fee.after_days", grace_days if fee.after_days is None else fee.after_days),
    }


def _waterfall(waterfall: Waterfall, row: Numbers) -> None:
    orders = (*waterfall.past_due, *waterfall.due_today, *waterfall.in_advance)
    row[: len(orders)] = [COMPONENTS.index(component) for component in orders]
    row[layout.ORDER_BY] = waterfall.by is By.COMPONENT
    row[layout.CHARGES_LAST] = waterfall.charges is ChargesMet.LAST


def _step(step: RateStep, unit: int) -> list[int]:
    return [
        step.multiple is not None,
        _rate(step.rate, step.multiple, unit),
        layout.NONE if step.from_dpd is None else _days("rate_steps.from_dpd", step.from_dpd),
        layout.NONE if step.from_on is None else step.from_on.toordinal() - EPOCH,
    ]


def _bands(buckets: Buckets, row: Numbers, extra: list[int], at: int, count: int, least: int) -> None:
    row[at], row[count], row[least] = len(extra), len(buckets.edges), _amount("least_amount", buckets.least_amount)
    extra += [min(edge, 1 << 40) for edge in buckets.edges]
