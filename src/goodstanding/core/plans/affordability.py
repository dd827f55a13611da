"""Affordability: what somebody can pay a month, from what comes in, what living takes, and what other debts take.

The categories are those of the Standard Financial Statement (Money and Pensions Service, UK); a form of three questions serves where
nobody wants to fill in that one. What comes out is never more than what was said leaves over, and says how sure it is.
Method and worked table: docs/methods/affordability.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from goodstanding.core.dates import add_months
from goodstanding.core.money import round_down, round_up


class Per(StrEnum):
    """How often an amount comes or goes."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    FOUR_WEEKS = "four_weeks"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


TIMES_A_YEAR = {Per.WEEK: 52, Per.FORTNIGHT: 26, Per.FOUR_WEEKS: 13, Per.MONTH: 12, Per.QUARTER: 4, Per.YEAR: 1}


class Income(StrEnum):
    WAGES = "wages"
    PENSIONS = "pensions"
    BENEFITS = "benefits"
    OTHER = "other_income"


class Spending(StrEnum):
    """Fixed costs first, then the flexible ones: communications, food, personal."""

    HOME = "home"
    UTILITIES = "utilities"
    WATER = "water"
    CARE_AND_HEALTH = "care_and_health"
    TRANSPORT = "transport"
    SCHOOL = "school"
    PENSIONS_AND_INSURANCES = "pensions_and_insurances"
    PROFESSIONAL = "professional"
    OTHER_ESSENTIAL = "other_essential"
    COMMUNICATIONS_AND_LEISURE = "communications_and_leisure"
    FOOD_AND_HOUSEKEEPING = "food_and_housekeeping"
    PERSONAL = "personal"


class Confidence(StrEnum):
    """high: every income was evidenced. medium: a whole statement, as declared. low: three questions, somebody's word, or
    a statement in which something doesn't fit."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Flag(StrEnum):
    """What a person should look at, in the order in which they are told."""

    STALE = "the statement is too old to be used: ask again"
    NO_INCOME = "nothing comes in, as stated"
    BELOW_LEAST = "essential spending is stated below what a household of this size needs: the least was taken"
    PRIORITY_FIRST = "rent, power, tax or the like is behind and nothing is agreed for it: that comes first"
    NO_HOME = "nothing is stated for a home"
    NO_FOOD = "nothing is stated for food and housekeeping"
    ABOVE_GUIDELINE = "more is spent, as stated, than the guideline says: ask what for; what was stated counts"
    SHORTFALL = "more goes out than comes in"
    ABOVE_BUDGET = "the person offers more a month than the statement leaves over: the statement counts"


@dataclass(frozen=True, slots=True)
class Amount:
    """minor: minor units, never negative, so often."""

    minor: int
    per: Per = Per.MONTH

    def __post_init__(self) -> None:
        if self.minor < 0:
            raise ValueError("an income or a cost can't be negative")

    def a_month(self, rounded: Callable[[Fraction], int]) -> int:
        """What it is a month, a year being 52 weeks and 12 months.

        >>> Amount(100_00, Per.WEEK).a_month(round_down)
        43333
        """
        return rounded(Fraction(self.minor * TIMES_A_YEAR[self.per], 12))


@dataclass(frozen=True, slots=True)
class OtherDebt:
    """a_month: what is paid for it now; None: nothing is agreed. is_priority: rent, power, tax and the like go first; balance is
    what is owed of it in all."""

    balance: int = 0
    a_month: Amount | None = None
    is_priority: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole statement. evidenced: the incomes that documents show. at_once: what could be paid once, besides (a sum set aside)."""

    stated_on: date
    income: Mapping[Income, Sequence[Amount]]
    spending: Mapping[Spending, Sequence[Amount]]
    other_debts: tuple[OtherDebt, ...] = ()
    adults: int = 1
    children: int = 0
    evidenced: frozenset[Income] = frozenset()
    at_once: int = 0

    def __post_init__(self) -> None:
        _check_household(self.adults, self.children, self.at_once)


@dataclass(frozen=True, slots=True)
class ThreeAnswers:
    """What comes in, what essential living takes, what other debts take."""

    stated_on: date
    income: Amount
    essentials: Amount
    other_debts: Amount = field(default_factory=lambda: Amount(0))
    adults: int = 1
    children: int = 0
    at_once: int = 0

    def __post_init__(self) -> None:
        _check_household(self.adults, self.children, self.at_once)


def _check_household(adults: int, children: int, at_once: int) -> None:
    if adults < 1 or children < 0:
        raise ValueError(
            f"a household of {adults} adults and {children} children: expected 1 adult or more, 0 children or more"
        )
    if at_once < 0:
        raise ValueError("at_once is below zero: give what could be paid once, or leave it out")


@dataclass(frozen=True, slots=True)
class AskAbove:
    """Above what a month a person asks what spending of a kind is for: the trigger figures of the Standard Financial Statement.

    Minor units. further_adult: for each adult but the first; None: as for the first.
    """

    adult: int
    further_adult: int | None = None
    child: int = 0

    def of(self, adults: int, children: int) -> int:
        """
        >>> AskAbove(300_00, 200_00, 100_00).of(2, 3)
        80000
        """
        further = self.adult if self.further_adult is None else self.further_adult
        return self.adult + further * (adults - 1) + self.child * children


@dataclass(frozen=True, slots=True)
class Guide:
    """The lender's own measures. Amounts: minor units a month.

    least_for_adult, least_for_child: what essential living takes at the least; below it a statement isn't believed, and the least counts.
    savings_share, savings_most: of what is left, a part stays for the unforeseen (SFS: a tenth, 20 pounds at most).
    ask_above: by kind of spending, above what a person asks what it is for; the sum stays as stated.
    kept_back: what else stays, by how sure the figures are. priority_months: a priority debt for which nothing is agreed takes what
    repays it in so many months. valid_months: how long a statement may be used. multiple: what can be paid is rounded down to a
    whole multiple.
    """

    least_for_adult: int = 0
    least_for_child: int = 0
    savings_share: Fraction = Fraction(1, 10)
    savings_most: int | None = None
    kept_back: Mapping[Confidence, Fraction] = field(default_factory=lambda: {Confidence.LOW: Fraction(1, 10)})
    priority_months: int = 12
    valid_months: int = 6
    multiple: int = 1
    ask_above: Mapping[Spending, AskAbove] = field(default_factory=dict[Spending, AskAbove])


@dataclass(frozen=True, slots=True)
class Means:
    """What somebody can pay. a_month, at_once: minor units; a_month None: not known. working: each step of the sum, by name.

    ask_about: the kinds of spending that are above the guideline.
    """

    a_month: int | None
    confidence: Confidence
    at_once: int = 0
    flags: tuple[Flag, ...] = ()
    working: tuple[tuple[str, int], ...] = ()
    ask_about: tuple[Spending, ...] = ()


NOT_KNOWN = Means(None, Confidence.LOW)


def own_word(a_month: int, *, means: Means = NOT_KNOWN) -> Means:
    """What the person says they can pay a month. It is taken as it is, but never above what a statement leaves over."""
    if means.a_month is not None and a_month > means.a_month:
        return replace(means, flags=(*means.flags, Flag.ABOVE_BUDGET))
    return replace(means, a_month=a_month, confidence=Confidence.LOW, working=(("own word", a_month),))


def means_of(stated: Statement | ThreeAnswers, guide: Guide, *, as_of: date, our_balance: int = 0) -> Means:
    """Return what can be paid a month for this loan, its own instalments included.

    our_balance: what is owed on this loan, minor units: debts for which nothing is agreed share what is left by their balances.
    """
    if stated.stated_on > as_of:
        raise ValueError(f"it was stated on {stated.stated_on}, after {as_of}: check the day")
    if as_of > add_months(stated.stated_on, guide.valid_months):
        return Means(None, Confidence.LOW, flags=(Flag.STALE,))
    flags, confidence = _looked_at(stated)
    income, spending, agreed = _income(stated), _spending(stated), _agreed(stated)
    ask_about = _above_guideline(stated, guide)
    flags += [Flag.ABOVE_GUIDELINE] if ask_about else []
    first = [one for one in _not_agreed(stated) if one.is_priority]
    agreed += sum(round_up(Fraction(one.balance, guide.priority_months)) for one in first)
    if first:
        flags.append(Flag.PRIORITY_FIRST)
    least = guide.least_for_adult * stated.adults + guide.least_for_child * stated.children
    if spending < least:
        flags, confidence, spending = [*flags, Flag.BELOW_LEAST], Confidence.LOW, least
    left = income - spending - agreed
    working = [("income", income), ("essential spending", -spending), ("other debts", -agreed)]
    if left <= 0:
        flags = [*flags, Flag.SHORTFALL] if left < 0 else flags
        return Means(0, confidence, stated.at_once, _in_order(flags), tuple(working), ask_about)
    savings = round_up(left * guide.savings_share)
    if guide.savings_most is not None:
        savings = min(savings, guide.savings_most)
    kept_back = round_up((left - savings) * guide.kept_back.get(confidence, Fraction(0)))
    free = left - savings - kept_back
    others = sum(one.balance for one in _not_agreed(stated) if not one.is_priority)
    share = round_down(Fraction(free * our_balance, our_balance + others)) if others and our_balance else free
    a_month = share // guide.multiple * guide.multiple
    working += [
        ("for the unforeseen", -savings),
        ("kept back, as the figures aren't sure", -kept_back),
        ("other debts' share", share - free),
        ("rounded down", a_month - share),
    ]
    kept = tuple((name, amount) for name, amount in working if amount or name == "income")
    return Means(a_month, confidence, stated.at_once, _in_order(flags), kept, ask_about)


def _above_guideline(stated: Statement | ThreeAnswers, guide: Guide) -> tuple[Spending, ...]:
    if isinstance(stated, ThreeAnswers):
        return ()
    return tuple(
        kind
        for kind in Spending
        if kind in guide.ask_above
        and _monthly(stated.spending.get(kind, ()), round_up) > guide.ask_above[kind].of(stated.adults, stated.children)
    )


def _in_order(flags: Sequence[Flag]) -> tuple[Flag, ...]:
    return tuple(one for one in Flag if one in flags)


def _looked_at(stated: Statement | ThreeAnswers) -> tuple[list[Flag], Confidence]:
    flags = [Flag.NO_INCOME] if not _income(stated) else []
    if isinstance(stated, ThreeAnswers):
        return flags, Confidence.LOW
    if not _monthly(stated.spending.get(Spending.HOME, ()), round_up):
        flags.append(Flag.NO_HOME)
    if not _monthly(stated.spending.get(Spending.FOOD_AND_HOUSEKEEPING, ()), round_up):
        flags.append(Flag.NO_FOOD)
    if flags:
        return flags, Confidence.LOW
    had = {kind for kind, amounts in stated.income.items() if any(one.minor for one in amounts)}
    return flags, Confidence.HIGH if had <= stated.evidenced else Confidence.MEDIUM


def _monthly(amounts: Sequence[Amount], rounded: Callable[[Fraction], int]) -> int:
    return sum(one.a_month(rounded) for one in amounts)


def _income(stated: Statement | ThreeAnswers) -> int:
    """Rounded down, each."""
    if isinstance(stated, ThreeAnswers):
        return stated.income.a_month(round_down)
    return sum(_monthly(amounts, round_down) for amounts in stated.income.values())


def _spending(stated: Statement | ThreeAnswers) -> int:
    """Rounded up, each."""
    if isinstance(stated, ThreeAnswers):
        return stated.essentials.a_month(round_up)
    return sum(_monthly(amounts, round_up) for amounts in stated.spending.values())


def _agreed(stated: Statement | ThreeAnswers) -> int:
    if isinstance(stated, ThreeAnswers):
        return stated.other_debts.a_month(round_up)
    return sum(one.a_month.a_month(round_up) for one in stated.other_debts if one.a_month is not None)


def _not_agreed(stated: Statement | ThreeAnswers) -> tuple[OtherDebt, ...]:
    if isinstance(stated, ThreeAnswers):
        return ()
    return tuple(one for one in stated.other_debts if one.a_month is None and one.balance)
