"""The lender's letter rules as `[[letter_rules]]` says them, read exactly or refused; and which of them hold for a loan.

A letter that tells of something the day's files don't know, such as what somebody disputes, has no rule: it is written
by hand with `goodstanding letters write`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from goodstanding.core import reading
from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.counting import paused_days
from goodstanding.core.lender import DefaultNoticeTerms, Form, LetterRule
from goodstanding.core.loan import Loan
from goodstanding.core.money import decimal_text
from goodstanding.core.particulars import Action
from goodstanding.core.party import Role
from goodstanding.day.happened import OF_EVENTS, WITHIN_DAYS

REMINDER = "pre_due_reminder"
BY_HAND = {
    "dispute_received": "what somebody disputes isn't in the day's files",
    "dispute_answered": "what came of a dispute isn't in the day's files",
    "hardship_received": "who has said that paying is hard isn't in the day's files",
    "validation_notice": "the itemisation and the creditors that it names aren't in the day's files",
    "plan_agreement": "it is what both sides sign, when they agree",
    "offer": "the formal letters show the ways out; one of its own is for whoever asks",
    "single": "staff put it together for one loan",
}
"""Letters that no rule may name, and why."""
NOT_TO = {
    "credit_reporting_notice": "it tells a person of that person's own credit record, and what is reported of a guarantor rests on"
    " facts that the day's files don't have",
    "pre_due_reminder": "nothing is overdue, so it is the borrower's affair",
    "first_notice": "so early, the arrears are the borrower's affair",
}
"""Why some letters aren't written to guarantors."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What rules are read against: the lender's law, currency, products and facts."""

    jurisdiction: str
    currency: str
    products: Sequence[str]
    reports: bool
    has_link: bool
    pay_within_days: int


class Silence(StrEnum):
    """Why no rule asks for a letter about a loan that is in arrears."""

    CHARGED_OFF = "it was charged off"
    GRACE = "it is within grace"
    PAUSED = "it is in a pause"
    LITTLE = "less is owed than the least amount"
    NO_RULE = "no rule asks for a letter at so many days past due"


@dataclass(frozen=True, slots=True)
class Silent:
    """Nobody is written to about a loan. detail: the same for this loan, with its days or sums."""

    why: Silence
    detail: str


# -- which hold -----------------------------------------------------------------------------------------------------


def perhaps(assessment: Assessment, product: str, rules: Sequence[LetterRule]) -> tuple[LetterRule, ...] | Silent:
    """The rules that may hold for a loan in arrears as far as its figures tell: pauses may yet speak against them."""
    if assessment.charged_off_on is not None:
        return Silent(Silence.CHARGED_OFF, f"charged off on {assessment.charged_off_on}")
    if assessment.oldest_due_on is None or not assessment.delinquent_days:
        return Silent(Silence.GRACE, f"{_days(assessment.days_past_due)}, within grace or a pause")
    days = assessment.days_past_due
    by_days = [one for one in rules if one.letter != REMINDER and one.letter not in OF_EVENTS]
    soon_enough = [one for one in by_days if one.first_dpd <= days and _is_of(one, product)]
    found = tuple(one for one in soon_enough if assessment.amount_to_cure >= one.least_amount)
    if found:
        return found
    if not soon_enough:
        return _no_rule(days)
    least = min(one.least_amount for one in soon_enough)
    sums = [decimal_text(amount, assessment.currency) for amount in (assessment.amount_to_cure, least)]
    return Silent(Silence.LITTLE, f"{sums[0]} {assessment.currency} to cure, less than {sums[1]}")


def in_force(loan: Loan, assessment: Assessment, rules: Sequence[LetterRule]) -> tuple[LetterRule, ...] | Silent:
    """Those of the rules that hold today: paused days don't count, and in a pause none holds."""
    if paused := _pause(loan, assessment):
        return paused
    if assessment.oldest_due_on is None:
        raise ValueError("rules of arrears asked about a loan with nothing overdue")
    days = assessment.days_past_due - paused_days(loan.pauses, assessment.oldest_due_on, assessment.as_of)
    return tuple(one for one in rules if one.holds_on(days)) or _no_rule(days)


def reminders(loan: Loan, assessment: Assessment, product: str, rules: Sequence[LetterRule]) -> tuple[LetterRule, ...]:
    """The reminders that are due of what falls due next; none in a pause, or of a day that lies in one."""
    due_on = assessment.next_due_on
    if assessment.amount_to_cure or due_on is None or not assessment.next_due or assessment.charged_off_on:
        return ()
    if _pause(loan, assessment) or any(pause.from_on <= due_on < pause.until_on for pause in loan.pauses):
        return ()
    dpd = (assessment.as_of - due_on).days
    return tuple(
        one
        for one in rules
        if one.letter == REMINDER
        and one.holds_on(dpd)
        and _is_of(one, product)
        and assessment.next_due >= one.least_amount
    )


def days_ahead(rules: Sequence[LetterRule]) -> int:
    """How many days before a due date the first reminder is written; 0: there are none."""
    return max((-one.first_dpd for one in rules if one.letter == REMINDER), default=0)


def _is_of(rule: LetterRule, product: str) -> bool:
    return not rule.products or product in rule.products


def _pause(loan: Loan, assessment: Assessment) -> Silent | None:
    here = [pause for pause in loan.pauses if pause.from_on <= assessment.as_of < pause.until_on]
    return Silent(Silence.PAUSED, f"in a pause until {here[0].until_on}") if here else None


def _no_rule(days: int) -> Silent:
    return Silent(Silence.NO_RULE, f"no rule asks for a letter at {_days(days)}")


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'} past due"


# -- read -----------------------------------------------------------------------------------------------------------


def rules_from_data(value: object, bounds: Bounds) -> tuple[LetterRule, ...]:
    """Read `[[letter_rules]]`; `reading.BadValue` says which rule is wrong, and why."""
    return reading.list_of(lambda one: _rule(one, bounds))(value)


def _rule(value: object, bounds: Bounds) -> LetterRule:
    readers: dict[str, reading.Reader] = {
        "letter": reading.filled_text,
        "from_dpd": _days_from_due,
        "to_dpd": _days_from_due,
        "on_dpd": reading.list_of(_days_from_due),
        "products": reading.list_of(_one_of(bounds.products, "a file in products/")),
        "to": reading.list_of(reading.choice(Role)),
        "forms": reading.list_of(reading.choice(Form)),
        "repeat_every_days": reading.whole_number,
        "least_amount": reading.amount_in(bounds.currency),
        "pay_within_days": reading.whole_number,
        "default_notice": _default_notice,
        "within_days": reading.whole_number,
    }
    keys: dict[str, Any] = reading.read_keys(value, readers, required=("letter",))
    if keys["letter"] in OF_EVENTS:
        keys = {"within_days": WITHIN_DAYS} | keys
    rule = LetterRule(**keys)
    why = (
        _wrong_letter(rule, bounds)
        or _wrong_notice(rule)
        or _wrong_days(rule, keys)
        or _wrong_readers(rule)
        or _wrong_forms(rule, bounds)
    )
    if why:
        raise reading.BadValue(f"{rule.letter}: {why}")
    return rule


def _wrong_days(rule: LetterRule, keys: dict[str, Any]) -> str:
    if rule.letter in OF_EVENTS:
        of_arrears = ("from_dpd", "to_dpd", "on_dpd", "repeat_every_days", "least_amount")
        if given := [name for name in of_arrears if name in keys]:
            return f"{given[0]} says nothing of a letter that tells what happened: leave it out, and say within_days"
        return "" if (rule.within_days or 0) >= 1 else "within_days is 0: a book is a day old at least"
    if rule.within_days is not None:
        return "within_days says nothing of a letter that days past due ask for: leave it out"
    days = (*rule.on_dpd, *(keys[name] for name in ("from_dpd", "to_dpd") if name in keys))
    if ("from_dpd" in keys) == ("on_dpd" in keys) or ("to_dpd" in keys and "on_dpd" in keys) or not days:
        return "say when: either from_dpd, perhaps with to_dpd, or on_dpd"
    if rule.to_dpd is not None and rule.to_dpd < rule.from_dpd:
        return f"to_dpd {rule.to_dpd} comes before from_dpd {rule.from_dpd}"
    if rule.letter == REMINDER and (max(days) >= 0 or (rule.to_dpd is None and not rule.on_dpd)):
        return "a reminder is written before the due date: days below zero, such as from_dpd = -3 and to_dpd = -1"
    if rule.letter != REMINDER and min(days) < 1:
        return f"{min(days)} is no day past due: the first is 1"
    return ""


def _wrong_letter(rule: LetterRule, bounds: Bounds) -> str:
    from goodstanding.letters.compose import LETTERS

    if rule.letter not in LETTERS:
        known = ", ".join(name for name in LETTERS if name not in BY_HAND)
        return f"there is no such letter: expected one of {known}"
    if rule.letter in BY_HAND:
        return f"no rule can ask for it, since {BY_HAND[rule.letter]}: write it with `goodstanding letters write`"
    law = LETTERS[rule.letter].law
    if law and bounds.jurisdiction not in law:
        return f"it is a letter of {', '.join(law)}, and this lender is under {bounds.jurisdiction}"
    if rule.letter == "credit_reporting_notice" and not bounds.reports:
        return "reports_to_credit_bureau is false, so there is no report to give notice of"
    within = bounds.pay_within_days if rule.pay_within_days is None else rule.pay_within_days
    if within < 1:
        return "pay_within_days is 0: a letter gives a day at least"
    if rule.repeat_every_days is not None and rule.letter != REMINDER and rule.repeat_every_days <= within:
        return (
            f"it would be repeated after {rule.repeat_every_days} days, and gives {within} to pay: repeat_every_days must be"
            " more than pay_within_days"
        )
    return ""


def _wrong_notice(rule: LetterRule) -> str:
    terms = rule.default_notice
    if (terms is not None) is not (rule.letter == "default_notice"):
        if terms is None:
            return "say what it says, in a table [letter_rules.default_notice]: see docs/guides/lender_folder.md"
        return "[letter_rules.default_notice] belongs to a rule of the letter default_notice"
    if terms is None:
        return ""
    if Action.EARLIER_PAYMENT in terms.actions:
        return (
            "a call for earlier payment names what settling comes to, which isn't in the day's files: leave earlier_payment out,"
            " or write it with `goodstanding letters write`"
        )
    if rule.repeat_every_days is not None or rule.pay_within_days is not None:
        return (
            "it names its day by remedy_after_days, and isn't repeated: leave pay_within_days and repeat_every_days out"
        )
    from goodstanding.letters.default_notice.content import LEAST_DAYS

    if terms.remedy_after_days < LEAST_DAYS:
        return f"remedy_after_days {terms.remedy_after_days} is too soon: {LEAST_DAYS} at least (CCA 1974 s. 88(2))"
    return ""


def _default_notice(value: object) -> DefaultNoticeTerms:
    keys = reading.read_keys(
        value,
        {
            "clause": reading.filled_text,
            "actions": reading.list_of(reading.choice(Action)),
            "served_after_days": reading.whole_number,
            "remedy_after_days": reading.whole_number,
            "interest_after_judgment": reading.yes_no,
        },
        required=("clause", "actions", "served_after_days", "remedy_after_days"),
    )
    if not keys["actions"]:
        raise reading.BadValue("actions is empty: name what you then intend, such as terminate")
    if keys["served_after_days"] < 0:
        raise reading.BadValue("served_after_days is below zero: a notice isn't served before its date")
    return DefaultNoticeTerms(**keys)


def _wrong_readers(rule: LetterRule) -> str:
    from goodstanding.letters.compose import LETTERS

    strangers = [role for role in rule.to if role not in LETTERS[rule.letter].readers]
    if strangers:
        why = f", since {NOT_TO[rule.letter]}" if rule.letter in NOT_TO else ""
        return f"it isn't written to a {strangers[0].replace('_', '-')}{why}"
    return "" if rule.to else 'to is empty: name "borrower", "co_borrower" or "guarantor"'


def _wrong_forms(rule: LetterRule, bounds: Bounds) -> str:
    if not rule.forms:
        return "forms is empty: name one at least"
    if Form.SMS in rule.forms and Form.PDF not in rule.forms and not bounds.has_link:
        return "a text message would tell of a letter that is nowhere: add the form pdf, or letter_link"
    return ""


def _days_from_due(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise reading.BadValue(f"{value!r} isn't a whole number of days")
    return value


def _one_of(known: Sequence[str], what: str) -> reading.Reader:
    def read(value: object) -> str:
        if value not in known:
            raise reading.BadValue(f"{value!r} isn't {what}: expected one of {', '.join(known)}")
        return str(value)

    return read
