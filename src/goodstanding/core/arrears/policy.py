"""The arrears policy of a product: every convention as data, so that no other place decides one.

Each key has a page in docs/methods/. Values can be read from TOML or JSON with `policy_from_data`.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from goodstanding.core import reading
from goodstanding.core.arrears.buckets import FIVE_CATEGORIES, Buckets
from goodstanding.core.loan import Component
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import AnnualRate, DayCount


class DpdFrom(StrEnum):
    """Where days past due count from; over_tolerance: from the day on which what is unpaid passed the tolerance."""

    OLDEST_UNPAID = "oldest_unpaid"
    FIRST_DEFAULT = "first_default"
    OVER_TOLERANCE = "over_tolerance"


class GraceEffect(StrEnum):
    """forgives: inside grace nothing counts, past it everything does. delays: grace days are taken off."""

    FORGIVES = "forgives"
    DELAYS = "delays"


class PenaltyBase(StrEnum):
    PRINCIPAL = "principal"
    PRINCIPAL_AND_INTEREST = "principal_and_interest"


class PenaltyFrom(StrEnum):
    DUE_DATE = "due_date"
    AFTER_GRACE = "after_grace"


class Rounds(StrEnum):
    RUNNING_TOTAL = "running_total"
    EACH_DAY = "each_day"
    EACH_PERIOD = "each_period"


class Excess(StrEnum):
    NEXT = "next"
    LAST = "last"
    SPREAD = "spread"
    UNAPPLIED = "unapplied"


class Interest(StrEnum):
    """scheduled: as the schedule fixes it. daily_balance: by day on the principal really outstanding. daily_flat: by day on
    what was lent. By day, a fixed instalment holds more or less principal, and the last one takes the rest."""

    SCHEDULED = "scheduled"
    DAILY_BALANCE = "daily_balance"
    DAILY_FLAT = "daily_flat"


class By(StrEnum):
    """instalment: the oldest one's components first. component: the first component of all instalments first."""

    INSTALMENT = "instalment"
    COMPONENT = "component"


class ChargesMet(StrEnum):
    """When a payment meets fees, penalty and compound interest. last: after all interest and principal due by then."""

    IN_ORDER = "in_order"
    LAST = "last"


class BillOverdue(StrEnum):
    """What is overdue of a bill whose minimum wasn't paid: the unpaid part of the minimum, or the whole bill."""

    MINIMUM = "minimum"
    WHOLE = "whole"


class ReversalFrom(StrEnum):
    """start: the payment counts as never made. own_date: it counted until the day of the reversal."""

    START = "start"
    OWN_DATE = "own_date"


class PenaltyWhile(StrEnum):
    """in_arrears: penalty interest stops when a rest counts as paid. until_paid: it runs on any rest, however small."""

    IN_ARREARS = "in_arrears"
    UNTIL_PAID = "until_paid"


class ToleranceOf(StrEnum):
    INSTALMENT = "instalment"
    LOAN = "loan"


FEES_FIRST = (Component.FEE, Component.PENALTY, Component.COMPOUND, Component.INTEREST, Component.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The order in which a payment meets what is past due, due today, and due later; each names all five components.

    charges last: interest and principal of all that is past due and due today come before any fee, penalty or compound
    interest; the orders are kept so.
    """

    past_due: tuple[Component, ...] = FEES_FIRST
    due_today: tuple[Component, ...] = FEES_FIRST
    in_advance: tuple[Component, ...] = FEES_FIRST
    by: By = By.INSTALMENT
    charges: ChargesMet = ChargesMet.IN_ORDER

    def __post_init__(self) -> None:
        for name in ("past_due", "due_today", "in_advance"):
            order = getattr(self, name)
            if sorted(order) != sorted(Component):
                raise ValueError(
                    f"waterfall.{name} is {[str(c) for c in order]}: it must name each of fee, penalty, compound,"
                    " interest, principal once"
                )
            if self.charges is ChargesMet.LAST:
                object.__setattr__(self, name, tuple(sorted(order, key=_is_charge)))

    def turns(self) -> tuple[slice, ...]:
        """The parts of each order that are met of everything due before the next part begins."""
        return (slice(0, 2), slice(2, 5)) if self.charges is ChargesMet.LAST else (slice(0, 5),)


def _is_charge(component: Component) -> bool:
    return component not in (Component.INTEREST, Component.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class WaterfallAfterDpd:
    """Another waterfall for payments on days when days past due are more than `dpd`."""

    dpd: int
    waterfall: Waterfall

    def __post_init__(self) -> None:
        if self.dpd < 0:
            raise ValueError(f"dpd is {self.dpd}: expected days past due, a whole number from 0 up")


@dataclass(frozen=True, slots=True)
class RateStep:
    """Another penalty rate: from a number of days past due of the instalment, or from a calendar day.

    rate: a year, exact; or multiple: of the contract's rate.
    """

    rate: Fraction | None = None
    multiple: Fraction | None = None
    from_dpd: int | None = None
    from_on: date | None = None

    def __post_init__(self) -> None:
        if (self.rate is None) == (self.multiple is None):
            raise ValueError("a rate step takes either rate or multiple")
        if (self.from_dpd is None) == (self.from_on is None):
            raise ValueError("a rate step takes either from_dpd or from_on")
        if self.from_dpd is not None and self.from_dpd < 0:
            raise ValueError(f"from_dpd is {self.from_dpd}: expected days past due, a whole number from 0 up")


@dataclass(frozen=True, slots=True)
class LateFee:
    """A fee for being late: flat or a share of what is overdue, at least and at most; minor units.

    Charged at the start of the day that lies more than `after_days` (default: the policy's grace) after the due date,
    if the instalment is still unpaid. `share_of`: overdue (principal, interest and fees overdue), the overdue
    principal, or the instalment (all that it asked for, paid or not).
    `per`: instalment, or loan (one per unbroken stretch of arrears). `every_days`: charged again after so many days
    while it stays unpaid; None: once.
    """

    flat: int = 0
    share: Fraction = Fraction(0)
    share_of: str = "overdue"
    least: int = 0
    most: int | None = None
    per: str = "instalment"
    every_days: int | None = None
    after_days: int | None = None

    def __post_init__(self) -> None:
        if self.share_of not in ("overdue", "principal", "instalment"):
            raise ValueError(f'late_fee.share_of is "{self.share_of}": expected overdue, principal or instalment')
        if self.per not in ("instalment", "loan"):
            raise ValueError(f'late_fee.per is "{self.per}": expected instalment or loan')
        if self.after_days is not None and self.after_days < 0:
            raise ValueError(f"late_fee.after_days is {self.after_days}: it can't be negative")
        if self.every_days is not None and self.every_days < 1:
            raise ValueError(f"late_fee.every_days is {self.every_days}: expected a whole number from 1 up")


@dataclass(frozen=True, slots=True)
class ArrearsPolicy:
    """Every convention that decides what a borrower owes and since when. Amounts: minor units; rates: a year."""

    due_date_is_day: int = 0
    dpd_from: DpdFrom = DpdFrom.OLDEST_UNPAID
    grace_days: int = 0
    grace_effect: GraceEffect = GraceEffect.FORGIVES
    tolerance_minor: int = 0
    tolerance_share: Fraction = Fraction(0)
    tolerance_of: ToleranceOf = ToleranceOf.INSTALMENT
    penalty_rate: Fraction | None = None
    penalty_multiple: Fraction | None = None
    penalty_base: PenaltyBase = PenaltyBase.PRINCIPAL
    compound: bool = False
    penalty_from: PenaltyFrom = PenaltyFrom.DUE_DATE
    penalty_while: PenaltyWhile = PenaltyWhile.IN_ARREARS
    rate_steps: tuple[RateStep, ...] = ()
    late_fee: LateFee | None = None
    day_count: DayCount = DayCount.ACT_365
    rounding: str = "half_up"
    rounds: Rounds = Rounds.RUNNING_TOTAL
    waterfall: Waterfall = field(default_factory=Waterfall)
    waterfall_after_dpd: WaterfallAfterDpd | None = None
    excess: Excess = Excess.NEXT
    interest: Interest = Interest.SCHEDULED
    buckets: Buckets = field(default_factory=Buckets)
    classification: Buckets | None = None
    cost_ceiling: Fraction | None = None
    total_cost_ceiling: Fraction | None = None
    bill_overdue: BillOverdue = BillOverdue.MINIMUM
    reversal_from: ReversalFrom = ReversalFrom.START

    def __post_init__(self) -> None:
        if self.due_date_is_day not in (0, 1):
            raise ValueError(f"due_date_is_day is {self.due_date_is_day}: expected 0 or 1")
        if self.rounding not in ROUNDINGS:
            raise ValueError(f'rounding is "{self.rounding}": expected one of {", ".join(ROUNDINGS)}')
        if self.penalty_rate is not None and self.penalty_multiple is not None:
            raise ValueError("give penalty_rate or penalty_multiple, not both")
        if self.compound and self.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST:
            raise ValueError(
                "penalty_base principal_and_interest with compound would charge interest on interest twice"
            )
        for name in (
            "grace_days",
            "tolerance_minor",
            "tolerance_share",
            "penalty_rate",
            "penalty_multiple",
            "cost_ceiling",
            "total_cost_ceiling",
        ):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} is {value}: it can't be negative")


def policy_from_data(data: object, currency: str) -> ArrearsPolicy:
    """Read a policy from what TOML or JSON holds; `reading.BadValue` says what is wrong and where.

    Amounts are decimal text in units of the currency; a key that ends in `_minor` takes whole minor units instead.
    Rates are a year, as decimal text or a percentage; `penalty_rate_per_day` is taken times 365 on act/365.

    >>> policy_from_data({"penalty_rate_per_day": "0.0005", "late_fee": {"flat": "15.00"}}, "USD").late_fee.flat
    1500
    """
    keys = reading.read_keys(data, _policy_readers(currency))
    keys = reading.either(keys, "tolerance_minor", "tolerance")
    if "penalty_rate_per_day" in keys and keys.get("day_count", DayCount.ACT_365) is not DayCount.ACT_365:
        raise reading.BadValue("penalty_rate_per_day is taken times 365 on act/365: leave day_count out")
    return ArrearsPolicy(**reading.either(keys, "penalty_rate", "penalty_rate_per_day"))


def _policy_readers(currency: str) -> dict[str, reading.Reader]:
    return {
        "due_date_is_day": reading.whole_number,
        "dpd_from": reading.choice(DpdFrom),
        "grace_days": reading.whole_number,
        "grace_effect": reading.choice(GraceEffect),
        "tolerance": reading.amount_in(currency),
        "tolerance_minor": reading.minor_units,
        "tolerance_share": reading.rate,
        "tolerance_of": reading.choice(ToleranceOf),
        "penalty_rate": reading.rate,
        "penalty_rate_per_day": _rate_per_day,
        "penalty_multiple": reading.rate,
        "penalty_base": reading.choice(PenaltyBase),
        "compound": reading.yes_no,
        "penalty_from": reading.choice(PenaltyFrom),
        "penalty_while": reading.choice(PenaltyWhile),
        "rate_steps": reading.list_of(_rate_step),
        "late_fee": lambda value: None if value in ("none", False) else _late_fee(value, currency),
        "day_count": reading.choice(DayCount),
        "rounding": reading.text,
        "rounds": reading.choice(Rounds),
        "waterfall": _waterfall,
        "waterfall_after_dpd": _waterfall_after_dpd,
        "excess": reading.choice(Excess),
        "interest": reading.choice(Interest),
        "buckets": lambda value: _buckets(value, currency),
        "classification": lambda value: _classification(value, currency),
        "cost_ceiling": reading.rate,
        "total_cost_ceiling": reading.rate,
        "bill_overdue": reading.choice(BillOverdue),
        "reversal_from": reading.choice(ReversalFrom),
    }


def _rate_per_day(value: object) -> Fraction:
    return AnnualRate.from_daily(reading.rate(value)).per_year


def _rate_step(value: object) -> RateStep:
    readers: dict[str, reading.Reader] = {
        "rate": reading.rate,
        "rate_per_day": _rate_per_day,
        "multiple": reading.rate,
        "from_dpd": reading.whole_number,
        "from_on": reading.day,
    }
    return RateStep(**reading.either(reading.read_keys(value, readers), "rate", "rate_per_day"))


def _late_fee(value: object, currency: str) -> LateFee:
    amounts = ("flat", "least", "most")
    readers: dict[str, reading.Reader] = {
        **dict.fromkeys(amounts, reading.amount_in(currency)),
        **{f"{name}_minor": reading.minor_units for name in amounts},
        "share": reading.rate,
        "share_of": reading.text,
        "per": reading.text,
        "every_days": reading.whole_number,
        "after_days": reading.whole_number,
    }
    keys = reading.read_keys(value, readers)
    for name in amounts:
        keys = reading.either(keys, name, f"{name}_minor")
    return LateFee(**keys)


def _waterfall(value: object) -> Waterfall:
    """A list is the order everywhere; a table names it for what is past due, due today and in advance."""
    order = reading.list_of(reading.choice(Component))
    if isinstance(value, list):
        return Waterfall(order(value), order(value), order(value))
    return Waterfall(
        **reading.read_keys(
            value,
            {
                "past_due": order,
                "due_today": order,
                "in_advance": order,
                "by": reading.choice(By),
                "charges": reading.choice(ChargesMet),
            },
        )
    )


def _waterfall_after_dpd(value: object) -> WaterfallAfterDpd:
    readers: dict[str, reading.Reader] = {"dpd": reading.whole_number, "waterfall": _waterfall}
    return WaterfallAfterDpd(**reading.read_keys(value, readers, required=readers))


def _buckets(value: object, currency: str) -> Buckets:
    """A list is the edges; a table may give the names, the base's name and the least amount as well."""
    edges = reading.list_of(reading.whole_number)
    if isinstance(value, list):
        return Buckets(edges(value))
    readers: dict[str, reading.Reader] = {
        "edges": edges,
        "names": reading.list_of(reading.text),
        "base": reading.text,
        "least_amount": reading.amount_in(currency),
        "least_amount_minor": reading.minor_units,
    }
    keys = reading.read_keys(value, readers, required=("edges",))
    return Buckets(**reading.either(keys, "least_amount", "least_amount_minor"))


def _classification(value: object, currency: str) -> Buckets | None:
    """Named tables or one of the lender's own: cn_five is that of China's banks."""
    if value in ("none", False):
        return None
    return FIVE_CATEGORIES if value == "cn_five" else _buckets(value, currency)
