"""The lender's guard rails and the law's limits: an offer outside them can't be built.

They are data: `lender/ways_out.toml`, explained line by line, and the law's rules. Read by `day`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.dates import add_months
from goodstanding.core.loan import Component, Loan
from goodstanding.core.money import decimal_text
from goodstanding.core.plans.affordability import Guide
from goodstanding.core.plans.measures.draft import Draft, Drafted
from goodstanding.core.plans.measures.ground import Ground
from goodstanding.core.plans.offers import NotOffered, Offer, OfferKind
from goodstanding.core.plans.pricing import Terms
from goodstanding.core.rates import rate_text

A_YEAR = timedelta(days=365)


AFTER_CHARGE_OFF = frozenset(
    (OfferKind.ARREARS_INSTALMENTS, OfferKind.WAIVER, OfferKind.SETTLEMENT, OfferKind.PERSONAL_PLAN)
)
"""What fits a loan that was charged off: nothing that would let its contract go on."""
LONGER = frozenset(
    (
        OfferKind.EXTENSION,
        OfferKind.DEFERRAL,
        OfferKind.RE_AGE,
        OfferKind.RE_AMORTISE,
        OfferKind.LONGER_TERM,
        OfferKind.PERSONAL_PLAN,
    )
)
"""What lets interest run for longer under another schedule."""
MONTHS_NEEDED = frozenset(
    (
        OfferKind.ARREARS_INSTALMENTS,
        OfferKind.DEFERRAL,
        OfferKind.LONGER_TERM,
        OfferKind.SETTLEMENT,
        OfferKind.PERSONAL_PLAN,
    )
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure that the lender grants, and within which bounds: a table of [[measures]].

    months: an offer for each; of arrears instalments and settlements the number of parts. share: of charges waived; of a settlement what is paid of
    the payoff. rate: a year, of a lower rate. bears_interest: whether time gained costs interest. rests: whether penalty rests meanwhile.
    from_dpd, to_dpd: days past due, both included. products: none named: all. least_overdue: how many instalments at least.
    """

    kind: OfferKind
    months: tuple[int, ...] = ()
    share: Fraction | None = None
    rate: Fraction | None = None
    bears_interest: bool = True
    rests: bool = True
    components: tuple[Component, ...] = ()
    from_dpd: int = 0
    to_dpd: int | None = None
    products: tuple[str, ...] = ()
    least_overdue: int = 1
    in_letter: bool = True

    def __post_init__(self) -> None:
        if self.kind in MONTHS_NEEDED and not (self.months and min(self.months) > 0):
            raise ValueError(f"a measure of the kind {self.kind} needs months, each from 1 up")


@dataclass(frozen=True, slots=True)
class SignOff:
    """Above any of these a human of this level signs before the offer may be shown. Amounts: minor units; shares of the payoff.

    waived_over: what is given up. waived_share_over: of what was owed. months_over: until the last payment.
    """

    level: str
    waived_over: int | None = None
    waived_share_over: Fraction | None = None
    months_over: int | None = None
    present_value_below: Fraction | None = None


@dataclass(frozen=True, slots=True)
class GuardRails:
    """What a lender grants. least_present_value: share of today's payoff that an offer must be worth. most_months: from the
    day it counts until its last payment. most_re_ages: schedules that took over within a year, this one included. sign_offs: the highest level last.
    guide: how what somebody can pay is worked out from what they state.
    """

    measures: tuple[Measure, ...]
    terms: Terms = field(default_factory=Terms)
    least_present_value: Fraction = Fraction(0)
    most_months: int | None = None
    most_re_ages: int | None = None
    sign_offs: tuple[SignOff, ...] = ()
    in_letter: int = 2
    guide: Guide = field(default_factory=Guide)


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """The most months that a kind of offer may run, and the rule that says so."""

    kind: OfferKind
    most_months: int
    rule: str


def may_be_drafted(ground: Ground, measure: Measure) -> NotOffered | None:
    """Whether the lender grants the measure to such a loan; None: it does."""
    loan, today = ground.loan, ground.position.today
    if measure.products and loan.product not in measure.products:
        return wrong_product(measure, loan.product)
    if today.days_past_due < measure.from_dpd:
        return too_early(measure, today.days_past_due)
    if measure.to_dpd is not None and today.days_past_due > measure.to_dpd:
        return too_late(measure, today.days_past_due)
    if today.charged_off_on is not None and measure.kind not in AFTER_CHARGE_OFF:
        return charged_off(measure, today.charged_off_on)
    if ground.by_day and measure.kind in LONGER and ground.rate.per_year < loan.annual_rate.per_year:
        return above_ceiling(measure, loan.annual_rate.per_year, ground.rate.per_year)
    if 0 < today.instalments_overdue < measure.least_overdue:
        return too_few_overdue(measure)
    return None


def wrong_product(measure: Measure, product: str) -> NotOffered:
    return _outside(measure, f'It isn\'t granted for "{product}".')


def too_early(measure: Measure, days_past_due: int) -> NotOffered:
    return _outside(measure, f"It is granted from {measure.from_dpd} days past due; the loan has {days_past_due}.")


def too_late(measure: Measure, days_past_due: int) -> NotOffered:
    return _outside(measure, f"It is granted up to {measure.to_dpd} days past due; the loan has {days_past_due}.")


def charged_off(measure: Measure, on: date) -> NotOffered:
    return _outside(measure, f"It was charged off on {on}: no contract goes on.")


def above_ceiling(measure: Measure, rate: Fraction, most: Fraction) -> NotOffered:
    now, ceiling = rate_text(rate * 100), rate_text(most * 100)
    why = f"Its interest runs by day at {now} %, above the {ceiling} % that a loan may cost."
    return NotOffered(measure.kind, why, "cost_ceiling")


def too_few_overdue(measure: Measure) -> NotOffered:
    return _outside(measure, f"It is granted from {measure.least_overdue} overdue instalments on.")


def draft_within(ground: Ground, draft: Draft, rails: GuardRails, limits: tuple[LegalLimit, ...]) -> Drafted:
    """The draft, if its length and what happened to the loan before are within the law's limits and the lender's."""
    months = months_until_end(ground, draft)
    for limit in limits:
        if limit.kind is draft.kind and months > limit.most_months:
            return too_long_by_law(months, limit)
    if rails.most_months is not None and months > rails.most_months:
        return too_long(draft.kind, months, rails.most_months)
    if draft.change.versions and not draft.waives_rest and rails.most_re_ages is not None:
        before = re_ages_within_a_year(ground.loan, ground)
        if before >= rails.most_re_ages:
            return re_aged_too_often(draft.kind, before, rails.most_re_ages)
    return draft


def too_long_by_law(months: int, limit: LegalLimit) -> NotOffered:
    return NotOffered(limit.kind, f"It would run for {months} months, the law allows {limit.most_months}.", limit.rule)


def too_long(kind: OfferKind, months: int, most: int) -> NotOffered:
    return NotOffered(kind, f"It would run for {months} months, the lender allows {most}.", "most_months")


def re_aged_too_often(kind: OfferKind, before: int, most: int) -> NotOffered:
    why = f"Its schedule took over what was overdue {_times(before)} within a year; the lender allows {_times(most)}."
    return NotOffered(kind, why, "most_re_ages_a_year")


def months_until_end(ground: Ground, draft: Draft) -> int:
    """Months from the day it counts, the first on which it can be agreed, until its last payment; a part of one counts whole."""
    return _months_between(ground.counts_from, draft.ends_on)


def re_ages_within_a_year(loan: Loan, ground: Ground) -> int:
    since = ground.as_of - A_YEAR
    return sum(one.takes_over and since < one.from_on <= ground.as_of for one in loan.versions)


def offer_within(ground: Ground, offer: Offer, rails: GuardRails) -> NotOffered | None:
    """Why the lender doesn't make an offer that it could; None: it does."""
    payoff, currency = ground.position.today.payoff, offer.currency
    if _is_under(offer.present_value, rails.least_present_value, payoff):
        return worth_too_little(offer.kind, offer.present_value, payoff, rails.least_present_value, currency)
    return None


def worth_too_little(kind: OfferKind, worth: int, payoff: int, share: Fraction, currency: str) -> NotOffered:
    """worth, payoff: minor units; share: of the payoff, what an offer must be worth."""
    return NotOffered(
        kind,
        f"It is worth {decimal_text(worth, currency)} today, less than {rate_text(share * 100)} % of"
        f" the {decimal_text(payoff, currency)} that would close the loan.",
        "least_present_value",
    )


def level_to_sign(ground: Ground, offer: Offer, rails: GuardRails) -> str | None:
    """The highest authority level that an offer asks for."""
    payoff, waived = ground.position.today.payoff, offer.waived.total
    needed = None
    for one in rails.sign_offs:
        exceeds = (
            (one.waived_over is not None and waived > one.waived_over)
            or (one.waived_share_over is not None and _is_over(waived, one.waived_share_over, payoff))
            or (
                one.months_over is not None
                and _months_between(offer.change.counts_from, offer.ends_on) > one.months_over
            )
            or (one.present_value_below is not None and _is_under(offer.present_value, one.present_value_below, payoff))
        )
        if exceeds:
            needed = one.level
    return needed


def _is_over(amount: int, share: Fraction, of: int) -> bool:
    return amount * share.denominator > share.numerator * of


def _is_under(amount: int, share: Fraction, of: int) -> bool:
    return amount * share.denominator < share.numerator * of


def _months_between(start: date, end: date) -> int:
    """The least number of months that lead from a day to another or beyond it.

    >>> _months_between(date(2026, 2, 21), date(2031, 2, 10)), _months_between(date(2026, 2, 21), date(2031, 3, 10))
    (60, 61)
    """
    months = max(0, (end.year - start.year) * 12 + end.month - start.month)
    return months if add_months(start, months) >= end else months + 1


def _outside(measure: Measure, why: str) -> NotOffered:
    return NotOffered(measure.kind, why, "measures")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
