"""Every convention by name: whether a case has it, and how to make a case have it.

A convention is a value of a policy, or something that a loan is or that happened to it by the day asked about.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import partial
from itertools import count
from random import Random
from typing import Any, get_type_hints

import numpy as np
import numpy.typing as npt

from goodstanding.batch import layout
from goodstanding.batch.policies import policy_table
from goodstanding.core.arrears.buckets import FIVE_CATEGORIES, Buckets
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    By,
    ChargesMet,
    LateFee,
    PenaltyBase,
    RateStep,
    Waterfall,
    WaterfallAfterDpd,
)
from goodstanding.core.loan import ClassifiedAs, Component, Kind, Loan, Pause, Transaction
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import AnnualRate, DayCount
from tests.batch.random_books import a_steady_loan, changed, opened
from tests.core.portfolios import START

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    loan: Loan
    policy: ArrearsPolicy
    as_of: date
    known_on: date | None = None

    def counts(self, one: Transaction) -> bool:
        return one.effective_on <= self.as_of and (self.known_on is None or one.booked_on <= self.known_on)

    def has_move(self, fits: Callable[[Transaction], bool]) -> bool:
        return any(self.counts(one) and fits(one) for one in self.loan.transactions)


@dataclass(frozen=True)
class Convention:
    """name: `key: value`; rivals: of those with the same key a case has one at most. turn: puts of a lower turn come first."""

    name: str
    is_in: Callable[[Case], bool]
    put: Callable[[Random, Case], Case]
    rivals: bool = False
    turn: int = 0

    @property
    def key(self) -> str:
        return self.name.partition(":")[0]


POLICY, SHAPE, OPENING, EVENT, VERSION, KNOWN = range(6)


# -- values of a policy ---------------------------------------------------------------------------------------------


def bears_penalty(policy: ArrearsPolicy) -> bool:
    return policy.penalty_rate is not None or policy.penalty_multiple is not None or bool(policy.rate_steps)


def has_tolerance(policy: ArrearsPolicy) -> bool:
    return bool(policy.tolerance_minor or policy.tolerance_share)


NEEDS: dict[str, tuple[Callable[[ArrearsPolicy], bool], dict[str, Any]]] = {
    **dict.fromkeys(
        ("penalty_base", "penalty_from", "penalty_while", "compound", "rounds"),
        (bears_penalty, {"penalty_multiple": Fraction(3, 2), "penalty_rate": None}),
    ),
    "grace_effect": (lambda policy: policy.grace_days > 0, {"grace_days": 3}),
    "tolerance_of": (has_tolerance, {"tolerance_minor": 100}),
}
"""What a key needs so that its value says something: whether a policy has it, and values that give it."""


def value_of(key: str, value: Any) -> Convention:
    """A key of the policy at a value."""
    needed, given = NEEDS.get(key, (lambda policy: True, {}))

    def put(dice: Random, case: Case) -> Case:
        policy = case.policy if needed(case.policy) else replace(case.policy, **given)
        if key == "compound" and value:
            policy = replace(policy, penalty_base=PenaltyBase.PRINCIPAL)
        if value is PenaltyBase.PRINCIPAL_AND_INTEREST:
            policy = replace(policy, compound=False)
        return replace(case, policy=replace(policy, **{key: value}))

    def is_in(case: Case) -> bool:
        return getattr(case.policy, key) == value and needed(case.policy)

    return Convention(f"{key}: {value}", is_in, put, rivals=True)


def by_policy(
    name: str,
    holds: Callable[[ArrearsPolicy], bool],
    change: Callable[[ArrearsPolicy], ArrearsPolicy],
    rivals: bool = True,
) -> Convention:
    return Convention(
        name,
        lambda case: holds(case.policy),
        lambda dice, case: replace(case, policy=change(case.policy)),
        rivals,
    )


def keys_with_choices() -> Iterator[Convention]:
    """Every key of a policy whose values are listed somewhere in core."""
    choices: dict[str, Iterable[object]] = {
        name: hint
        for name, hint in get_type_hints(ArrearsPolicy).items()
        if isinstance(hint, type) and issubclass(hint, StrEnum)
    }
    choices |= {"due_date_is_day": (0, 1), "compound": (False, True), "rounding": sorted(ROUNDINGS)}
    for key, values in choices.items():
        for value in values:
            yield value_of(key, value)


def amounts_and_rates() -> Iterator[Convention]:
    some: Any
    for key, some in (("grace_days", 3), ("tolerance_minor", 100), ("tolerance_share", Fraction(1, 100))):
        yield by_policy(
            f"{key}: none", partial(lambda key, one: not getattr(one, key), key), partial(replace, **{key: 0})
        )
        yield by_policy(
            f"{key}: some", partial(lambda key, one: getattr(one, key), key), partial(replace, **{key: some})
        )
    for name, rate, multiple in (
        ("none", None, None),
        ("rate", Fraction("0.1825"), None),
        ("multiple", None, Fraction(3, 2)),
    ):
        yield by_policy(
            f"penalty: {name}",
            partial(
                lambda is_rate, is_multiple, one: (
                    (one.penalty_rate is not None, one.penalty_multiple is not None) == (is_rate, is_multiple)
                ),
                rate is not None,
                multiple is not None,
            ),
            partial(replace, penalty_rate=rate, penalty_multiple=multiple),
        )
    for key, some in (
        ("cost_ceiling", Fraction("0.24")),
        ("total_cost_ceiling", Fraction("0.1")),
        ("classification", FIVE_CATEGORIES),
    ):
        yield by_policy(
            f"{key}: none", partial(lambda key, one: getattr(one, key) is None, key), partial(replace, **{key: None})
        )
        yield by_policy(
            f"{key}: some",
            partial(lambda key, one: getattr(one, key) is not None, key),
            partial(replace, **{key: some}),
        )
    yield by_policy(
        "buckets.edges: of its own",
        lambda one: one.buckets.edges != Buckets().edges,
        lambda one: replace(one, buckets=Buckets((1, 16), least_amount=one.buckets.least_amount)),
    )
    yield by_policy(
        "buckets.least_amount: some",
        lambda one: one.buckets.least_amount > 0,
        lambda one: replace(one, buckets=replace(one.buckets, least_amount=20_000)),
    )


def rate_steps() -> Iterator[Convention]:
    early = START + timedelta(days=100)
    steps = {
        "rate": RateStep(rate=Fraction("0.3"), from_dpd=20),
        "multiple": RateStep(multiple=Fraction(2), from_on=early),
        "from_dpd": RateStep(multiple=Fraction(5, 4), from_dpd=10),
        "from_on": RateStep(rate=Fraction("0.2"), from_on=early),
    }
    for name, step in steps.items():
        yield by_policy(
            f"rate_steps: {name}",
            partial(lambda name, one: any(getattr(other, name) is not None for other in one.rate_steps), name),
            partial(lambda step, one: replace(one, rate_steps=(*one.rate_steps, step)), step),
            rivals=False,
        )


def late_fees() -> Iterator[Convention]:
    def with_fee(policy: ArrearsPolicy, **values: Any) -> ArrearsPolicy:
        return replace(policy, late_fee=replace(policy.late_fee or LateFee(flat=500), **values))

    def fee(name: str, holds: Callable[[LateFee], bool], rivals: bool = True, **values: Any) -> Convention:
        return by_policy(
            f"late_fee{name}",
            lambda one: one.late_fee is not None and holds(one.late_fee),
            lambda one: with_fee(one, **values),
            rivals,
        )

    yield by_policy("late_fee: none", lambda one: one.late_fee is None, partial(replace, late_fee=None))
    yield fee(".flat: some", lambda one: one.flat > 0, flat=500)
    for of in ("overdue", "principal", "instalment"):
        share: dict[str, Any] = {"share": Fraction(5, 100), "share_of": of}
        yield fee(f".share_of: {of}", partial(lambda of, one: one.share > 0 and one.share_of == of, of), **share)
    yield fee(".least: some", lambda one: one.least > 0, least=1500)
    yield fee(".most: some", lambda one: one.most is not None, most=3000)
    for per in ("instalment", "loan"):
        yield fee(f".per: {per}", partial(lambda per, one: one.per == per, per), per=per)
    yield fee(".every_days: once", lambda one: one.every_days is None, every_days=None)
    yield fee(".every_days: again", lambda one: one.every_days is not None, every_days=30)
    yield fee(".after_days: the grace days", lambda one: one.after_days is None, after_days=None)
    yield fee(".after_days: of its own", lambda one: one.after_days is not None, after_days=10)


def waterfalls() -> Iterator[Convention]:
    def with_order(policy: ArrearsPolicy, **values: Any) -> ArrearsPolicy:
        return replace(policy, waterfall=replace(policy.waterfall, **values))

    for by in By:
        yield by_policy(
            f"waterfall.by: {by}", partial(lambda by, one: one.waterfall.by is by, by), partial(with_order, by=by)
        )
    for charges in ChargesMet:
        yield by_policy(
            f"waterfall.charges: {charges}",
            partial(lambda charges, one: one.waterfall.charges is charges, charges),
            partial(with_order, charges=charges),
        )
    for first in Component:
        order = (first, *(one for one in Component if one is not first))
        yield by_policy(
            f"waterfall.past_due: {first} first",
            partial(lambda first, one: one.waterfall.past_due[0] is first, first),
            partial(with_order, past_due=order),
        )
    for name in ("due_today", "in_advance"):
        other = (Component.PRINCIPAL, Component.PENALTY, Component.INTEREST, Component.FEE, Component.COMPOUND)
        values: dict[str, Any] = {name: other}
        yield by_policy(
            f"waterfall.{name}: an order of its own",
            partial(lambda name, one: getattr(one.waterfall, name) != one.waterfall.past_due, name),
            partial(with_order, **values),
        )
    yield by_policy(
        "waterfall_after_dpd: none",
        lambda one: one.waterfall_after_dpd is None,
        partial(replace, waterfall_after_dpd=None),
    )
    yield by_policy(
        "waterfall_after_dpd: some",
        lambda one: one.waterfall_after_dpd is not None,
        partial(replace, waterfall_after_dpd=WaterfallAfterDpd(10, Waterfall(by=By.COMPONENT))),
    )


# -- what a loan is, and what happened to it ------------------------------------------------------------------------


def of_loan(
    name: str, holds: Callable[[Case], bool], change: Callable[[Loan], Loan], rivals: bool = False
) -> Convention:
    return Convention(
        f"loan: {name}", holds, lambda dice, case: replace(case, loan=change(case.loan)), rivals, turn=SHAPE
    )


def shapes() -> Iterator[Convention]:
    def each(loan: Loan, **values: Any) -> Loan:
        return replace(loan, schedule=tuple(replace(part, **values) for part in loan.schedule))

    def some(case: Case, name: str) -> bool:
        return any(getattr(part, name) for part in case.loan.schedule)

    yield of_loan("bills", lambda case: some(case, "minimum"), partial(each, minimum=2_000))
    yield of_loan("contract fees", lambda case: some(case, "fee"), partial(each, fee=300))
    yield of_loan("drawdowns", lambda case: some(case, "drawdown"), partial(each, drawdown="A"))
    for day_count in DayCount:
        yield Convention(
            f"annual_rate: {day_count}",
            partial(lambda wanted, case: case.loan.annual_rate.day_count is wanted, day_count),
            partial(
                lambda wanted, dice, case: replace(
                    case, loan=replace(case.loan, annual_rate=AnnualRate(case.loan.annual_rate.per_year, wanted))
                ),
                day_count,
            ),
            rivals=True,
            turn=SHAPE,
        )
    doubtful = (ClassifiedAs("doubtful", START),)
    yield of_loan(
        "classified by a person", lambda case: bool(case.loan.classified_as), partial(replace, classified_as=doubtful)
    )
    for penalty in (True, False):
        for fee in (True, False):
            stops = {(1, 1): "both", (1, 0): "penalty", (0, 1): "fees", (0, 0): "neither"}[penalty, fee]
            pause = Pause(START + 70 * DAY, START + 90 * DAY, penalty, fee)
            yield of_loan(
                f"a pause that stops {stops}",
                partial(
                    lambda stops, case: any(
                        (one.stops_penalty, one.stops_fees) == stops and one.from_on <= case.as_of
                        for one in case.loan.pauses
                    ),
                    (penalty, fee),
                ),
                partial(lambda pause, loan: replace(loan, pauses=(*loan.pauses, pause)), pause),
            )


def begin_of(case: Case) -> date:
    """The first day on which something may happen."""
    return case.loan.opening.on + DAY if case.loan.opening is not None else START + 2 * DAY


def long_known(case: Case) -> date:
    """A day late enough for arrears, and known even where a loan is asked about as it was known before."""
    return max(begin_of(case), case.as_of - 31 * DAY)


def add_move(
    dice: Random,
    case: Case,
    kind: Kind,
    amount: int | None = None,
    day: date | None = None,
    late: int = 0,
    **values: Any,
) -> Case:
    first = begin_of(case)
    on = day or first + timedelta(days=dice.randint(0, max(0, (case.as_of - first).days)))
    size = dice.choice([one.amount for one in case.loan.schedule]) // dice.choice([1, 2]) if amount is None else amount
    taken = {one.id for one in case.loan.transactions}
    name = next(name for number in count() if (name := f"n{number:02}") not in taken)
    move = Transaction(name, kind, size, on, on + timedelta(days=late), **values)
    return replace(case, loan=replace(case.loan, transactions=(*case.loan.transactions, move)))


def add_undoing(dice: Random, case: Case, kind: Kind, of: Kind) -> Case:
    """Undo the latest transaction of a kind; add one if there is none."""
    if not any(one.kind is of for one in case.loan.transactions):
        case = add_move(dice, case, of)
    last = [one for one in case.loan.transactions if one.kind is of][-1]
    amount = last.amount if kind is Kind.REVERSAL else last.amount // 2
    return add_move(dice, case, kind, amount, last.effective_on + dice.randint(0, 10) * DAY, reverses=last.id)


def undoes(case: Case, one: Transaction, *kinds: Kind) -> bool:
    return any(other.id == one.reverses and other.kind in kinds for other in case.loan.transactions)


def events() -> Iterator[Convention]:
    def event(
        name: str, fits: Callable[[Transaction], bool], *, amount: int | None = None, **values: Any
    ) -> Convention:
        kind = values.pop("kind")
        return Convention(
            f"event: {name}",
            lambda case: case.has_move(lambda one: one.kind is kind and fits(one)),
            lambda dice, case: add_move(dice, case, kind, amount, **values),
            turn=EVENT,
        )

    for kind, amount in (
        (Kind.PAYMENT, None), (Kind.RECOVERY, None), (Kind.WAIVER, 700), (Kind.FEE, 900),
        (Kind.REFUND, 40), (Kind.CHARGE_OFF, 0),
    ):  # fmt: skip
        yield event(kind, lambda one: True, kind=kind, amount=amount)
    yield event(
        "payment to a component",
        lambda one: one.component is not None and one.instalment is None,
        kind=Kind.PAYMENT,
        component=Component.PENALTY,
    )
    yield event("payment to an instalment", lambda one: one.instalment is not None, kind=Kind.PAYMENT, instalment=1)
    yield event(
        "waiver of a component", lambda one: one.component is not None, kind=Kind.WAIVER, component=Component.INTEREST
    )
    yield event("fee of an instalment", lambda one: one.instalment is not None, kind=Kind.FEE, amount=900, instalment=1)
    yield event("payment booked late", lambda one: one.booked_on > one.effective_on, kind=Kind.PAYMENT, late=4)
    yield Convention(
        "event: payment before anything is due",
        lambda case: case.has_move(
            lambda one: one.kind is Kind.PAYMENT and one.effective_on < min(part.due_on for part in case.loan.schedule)
        ),
        lambda dice, case: add_move(dice, case, Kind.PAYMENT, 3_000, begin_of(case)),
        turn=EVENT,
    )
    yield Convention(
        "event: two payments on a day",
        lambda case: len({one.effective_on for one in paid(case)}) < len(paid(case)),
        lambda dice, case: add_move(
            dice, add_move(dice, case, Kind.PAYMENT, 500, long_known(case)), Kind.PAYMENT, 70, long_known(case)
        ),
        turn=EVENT,
    )
    for name, kind, of in (
        ("reversal of a payment", Kind.REVERSAL, Kind.PAYMENT),
        ("reversal of a fee", Kind.REVERSAL, Kind.FEE),
        ("reversal of a waiver", Kind.REVERSAL, Kind.WAIVER),
        ("chargeback", Kind.CHARGEBACK, Kind.PAYMENT),
    ):
        yield Convention(
            f"event: {name}",
            partial(
                lambda kind, of, case: case.has_move(lambda one: one.kind is kind and undoes(case, one, of)), kind, of
            ),
            partial(lambda kind, of, dice, case: add_undoing(dice, case, kind, of), kind, of),
            turn=EVENT,
        )


def paid(case: Case) -> list[Transaction]:
    return [one for one in case.loan.transactions if one.kind is Kind.PAYMENT and case.counts(one)]


def histories() -> Iterator[Convention]:
    def open_it(dice: Random, case: Case) -> Case:
        return replace(case, loan=opened(dice, case.loan, START + dice.randint(20, 60) * DAY))

    def change_it(takes_over: bool, dice: Random, case: Case) -> Case:
        from_on = begin_of(case) + timedelta(days=dice.randint(1, max(1, (case.as_of - begin_of(case)).days - 40)))
        return replace(case, loan=changed(dice, case.loan, case.policy, from_on, takes_over=takes_over))

    yield Convention("loan: an opening position", lambda case: case.loan.opening is not None, open_it, turn=OPENING)
    for takes_over, name in ((True, "that takes over"), (False, "for what isn't due yet")):
        yield Convention(
            f"loan: a changed schedule {name}",
            partial(
                lambda takes_over, case: any(
                    one.takes_over is takes_over and one.from_on <= case.as_of for one in case.loan.versions
                ),
                takes_over,
            ),
            partial(change_it, takes_over),
            turn=VERSION,
        )
    yield Convention(
        "known_on: earlier",
        lambda case: case.known_on is not None and case.known_on < case.as_of,
        lambda dice, case: replace(case, known_on=case.as_of - 30 * DAY),
        turn=KNOWN,
    )


CONVENTIONS: tuple[Convention, ...] = (
    *keys_with_choices(),
    *amounts_and_rates(),
    *rate_steps(),
    *late_fees(),
    *waterfalls(),
    *shapes(),
    *events(),
    *histories(),
)


def with_both(dice: Random, case: Case, one: Convention, other: Convention) -> Case:
    """A case made to have two conventions, as far as they go together."""
    for convention in sorted((one, other), key=lambda each: each.turn):
        case = convention.put(dice, case)
    return case


def which(cases: Sequence[Case]) -> npt.NDArray[np.bool_]:
    """(cases, CONVENTIONS): which of them each case has."""
    return np.array([[one.is_in(case) for one in CONVENTIONS] for case in cases], np.bool_).reshape(
        -1, len(CONVENTIONS)
    )


def pairs() -> list[tuple[int, int]]:
    """Places in CONVENTIONS of every two that aren't values of the same key."""
    return [
        (first, second)
        for first, one in enumerate(CONVENTIONS)
        for second, other in enumerate(CONVENTIONS[first + 1 :], first + 1)
        if not (one.rivals and other.rivals and one.key == other.key)
    ]


SHORT = (
    "annual_rate",
    "known_on",
    *(f"event: {name}" for name in ("recovery", "charge_off", "payment booked", "payment before", "two payments")),
)
"""What the short way serves of what isn't a policy's."""
PLAIN = Case(a_steady_loan(Random(0)), ArrearsPolicy(penalty_rate=Fraction("0.1")), START)


def are_for_the_short_way(*conventions: Convention) -> bool:
    """Whether the kernel's short way serves a policy, and a loan, of which nothing more is known."""
    if any(one.turn != POLICY and not one.name.startswith(SHORT) for one in conventions):
        return False
    case = PLAIN
    for one in conventions:
        if one.turn == POLICY:
            case = one.put(Random(0), case)
    return bool(policy_table({"": case.policy}).rows[0, layout.IS_PLAIN])


def keys_of_policies() -> set[str]:
    """Every key of a policy and of its parts, as their conventions' names begin."""
    parts = {"late_fee": LateFee, "waterfall": Waterfall, "buckets": Buckets}
    of_parts = {f"{name}.{field.name}" for name, part in parts.items() for field in fields(part)}
    return {field.name for field in fields(ArrearsPolicy)} - parts.keys() | of_parts
