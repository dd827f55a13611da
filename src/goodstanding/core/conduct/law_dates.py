"""The days and ceilings that law sets, a function each, from a rule's values on the day: notices, reports, plans, limitation, rates.

values: those of the rule named in each docstring, as `Rule.values_on` gives them. Method and worked tables:
docs/methods/days_that_law_sets.md
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.facts import OBLIGORS, Channel, Contact, Direction, Outcome, Purpose
from goodstanding.core.conduct.law_days import (
    first_day_not_less_than,
    last_day_beginning_with,
    months_after,
    months_between,
    period_after,
)

Values = Mapping[str, Any]


# -- notices --------------------------------------------------------------------------------------------------------


def arrears_notice_due_by(values: Values, *, conditions_met_on: date, last_notice_on: date | None = None) -> date:
    """The last day for a notice of sums in arrears: within days beginning with that on which its conditions were met, and after
    a first notice so many months from the last.

    CCA 1974 ss.86B(2), 86D(1)(b); rule uk/cca/arrears_notice.

    >>> arrears_notice_due_by({"days": 14, "months_between": 6}, conditions_met_on=date(2026, 2, 5))
    datetime.date(2026, 2, 18)
    """
    if last_notice_on is not None:
        return months_after(last_notice_on, int(values["months_between"]))
    return last_day_beginning_with(conditions_met_on, int(values["days"]))


def default_notice_may_name(values: Values, served_on: date) -> date:
    """The first day that a default notice may name: not less than so many days after it was served.

    CCA 1974 s.88(2); rule uk/cca/default_notice_date.

    >>> default_notice_may_name({"days": 14}, date(2026, 4, 7))
    datetime.date(2026, 4, 21)
    """
    return first_day_not_less_than(served_on, int(values["days"]))


# -- credit bureaus -------------------------------------------------------------------------------------------------


def report_after_notice_from(values: Values, reached_on: date) -> date:
    """The first day on which arrears may be reported after the notice of it reached the person.

    征信业管理条例 15; rule cn/credit/prior_notice_days.

    >>> report_after_notice_from({"days": 1}, date(2026, 3, 10))
    datetime.date(2026, 3, 11)
    """
    return first_day_not_less_than(reached_on, int(values["days"]))


def report_after_telling_from(values: Values, *, spoken_on: Iterable[date], sent_on: Iterable[date]) -> date | None:
    """The first day on which a collector may report a debt: the day of a conversation about it, or when what was sent has had
    so many days, that of sending the first, to come back; the earlier of them. None: the person wasn't told.

    12 CFR 1006.30(a)(1); rule us/reg_f/furnishing. sent_on: of what didn't come back.

    >>> report_after_telling_from({"days": 14}, spoken_on=[], sent_on=[date(2026, 5, 11)])
    datetime.date(2026, 5, 25)
    """
    days = int(values["days"])
    return min([*spoken_on, *(first_day_not_less_than(day, days) for day in sent_on)], default=None)


# -- plans ----------------------------------------------------------------------------------------------------------


def plan_ends_by(values: Values, agreed_on: date) -> date:
    """The last day on which the last instalment of a plan may fall due: at most so many months after it was agreed.

    信用卡业务监督管理办法 70; rule cn/card/plan_term.

    >>> plan_ends_by({"most": 60}, date(2026, 8, 31))
    datetime.date(2031, 8, 31)
    """
    return months_after(agreed_on, int(values["most"]))


def plan_months(agreed_on: date, last_due_on: date) -> int:
    """How many months a plan lasts; a part of a month is a month.

    >>> plan_months(date(2026, 8, 31), date(2031, 8, 31)), plan_months(date(2026, 8, 31), date(2031, 9, 1))
    (60, 61)
    """
    return months_between(agreed_on, last_due_on)


# -- limitation -----------------------------------------------------------------------------------------------------

RESTARTS = ("demand", "payment", "acknowledgement")
"""What may begin a period of limitation again."""
_WRITTEN = frozenset({Channel.LETTER, Channel.TEXT, Channel.EMAIL, Channel.INSTANT_MESSAGE, Channel.PORTAL})
_DEMANDING = frozenset(
    {Purpose.DEMAND, Purpose.STATUTORY_NOTICE, Purpose.REMEDY_MAY_FOLLOW, Purpose.REMEDY_WILL_FOLLOW}
)


def limitation_expiry(due_on: date, restarted_on: tuple[date, ...], years: int) -> date:
    """The last day on which a claim isn't yet barred by time: years after it fell due, or after it was last restarted.

    restarted_on: days of demands that reached the debtor, part payments, acknowledgements. One that came after the expiry
    that stood then doesn't restart it (an acknowledgement after expiry is another matter, which the caller knows of).
    PRC Civil Code arts. 188, 192, 195.

    >>> limitation_expiry(date(2024, 5, 1), (date(2025, 1, 15),), 3)
    datetime.date(2028, 1, 15)
    """
    expiry = period_after(due_on, {"years": years})
    for day in sorted(restarted_on):
        if due_on <= day <= expiry:
            expiry = period_after(day, {"years": years})
    return expiry


def days_of_demands(
    contacts: Iterable[Contact],
    zones: Collection[ZoneInfo],
    *,
    debts: Collection[str] = (),
    reserved: Collection[str] = (),
) -> tuple[date, ...]:
    """The days on which a demand reached the debtor or should have, and so began the period of limitation again.

    A demand to someone who owes the debt: spoken of in a conversation, or written and delivered. reserved: the numbers and
    addresses that a cardholder gave the issuer; what was sent there counts unless it came back. debts: only those that
    name them all. Where the person may be in several zones, the earliest day counts, for then the claim expires sooner.
    诉讼时效规定 8; 审理银行卡民事纠纷规定 3.
    """
    return tuple(
        min(one.at.astimezone(zone).date() for zone in zones) if zones else one.at.date()
        for one in contacts
        if one.direction is Direction.OUT
        and one.relation in OBLIGORS
        and one.purpose in _DEMANDING
        and one.misdirected_known_at is None
        and set(debts) <= set(one.debts)
        and _reached(one, reserved)
    )


def _reached(one: Contact, reserved: Collection[str]) -> bool:
    if one.channel in _WRITTEN:
        sent_there = bool(one.address) and one.address in reserved and one.outcome is not Outcome.BOUNCED
        return one.outcome is Outcome.DELIVERED or sent_there
    return one.outcome is Outcome.CONVERSATION


# -- rates ----------------------------------------------------------------------------------------------------------


def ceiling(values: Values, figure: Fraction | None = None) -> Fraction:
    """The most that a rule lets be charged: `most`, or `times` a figure such as the prime rate on the day of the contract.

    Of a rate: an exact share a year. ValueError where the rule counts by a figure and there is none.

    >>> ceiling({"times": 4}, Fraction("0.031")), ceiling({"most": "15 %"})
    (Fraction(31, 250), Fraction(3, 20))
    """
    if "times" not in values:
        return exact(values["most"])
    if figure is None:
        raise ValueError("the ceiling is a multiple of a figure, and there is none")
    return exact(values["times"]) * figure


def exact(value: Any) -> Fraction:
    """A rule's own number: whole, or text such as "1.5" or "24 %"; never a float."""
    if isinstance(value, str):
        text = value.strip()
        return Fraction(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    return Fraction(value)


# -- records --------------------------------------------------------------------------------------------------------


def kept_until(values: Values, start: date) -> date:
    """The first day on which a record may be deleted, so long after a day (rules with the check keep_until).

    >>> kept_until({"years": 5}, date(2024, 2, 29))
    datetime.date(2029, 2, 28)
    """
    return period_after(start, values)


def quiet_from(values: Values, talked_on: date) -> date:
    """The first day on which a call may follow a conversation, whose own day is the first of the quiet ones.

    12 CFR 1006.14(b)(2)(i)(B); rule us/reg_f/quiet_after_conversation.

    >>> quiet_from({"days": 7}, date(2026, 3, 2))
    datetime.date(2026, 3, 9)
    """
    return talked_on + timedelta(days=int(values["days"]))
