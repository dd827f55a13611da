"""One loan as JSON: terms or a ready schedule, pauses, transactions and the policy to assess it by.

Exact: numbers never pass through a float, and what `loan_data` and `policy_data` write is read back the same. Every key
is explained, with two complete examples, in docs/reference/loan_json.md; the tests read that page.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any

from goodstanding.core import reading
from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.policy import ArrearsPolicy, policy_from_data
from goodstanding.core.loan import (
    ClassifiedAs,
    Component,
    Instalment,
    Kind,
    Loan,
    Opening,
    Pause,
    ScheduleVersion,
    Transaction,
)
from goodstanding.core.money import decimal_text, exponent_of
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import (
    BalanceIs,
    FirstPeriod,
    Frequency,
    InterestBy,
    InterestInGrace,
    Method,
    Rest,
    Terms,
)
from goodstanding.core.rates import PPM, AnnualRate, DayCount, rate_text

_SHARED_WITH_TERMS = ("principal", "annual_rate", "disbursed_on")


def loan_from_json(text: str) -> tuple[Loan, ArrearsPolicy]:
    """Read a loan and its policy; `reading.BadValue` says what is wrong and where."""
    return loan_from_data(plain_from_json(text))


def plain_from_json(text: str | bytes) -> Any:
    """Read JSON in which no key is given twice and every number is exact."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once_each)
    except json.JSONDecodeError as bad:
        raise reading.BadValue(f"line {bad.lineno}, column {bad.colno}: it isn't JSON ({bad.msg})") from None
    except UnicodeDecodeError:
        raise reading.BadValue("it isn't text in UTF-8") from None
    except ValueError as bad:
        if isinstance(bad, reading.BadValue):
            raise
        raise reading.BadValue("it holds a number that is too long to be an amount") from None
    except RecursionError:
        raise reading.BadValue("it is nested too deeply to be a loan") from None


def loan_from_data(data: Any) -> tuple[Loan, ArrearsPolicy]:
    """Read a loan and its policy from what `plain_from_json` gives."""
    if isinstance(data, Mapping) and isinstance(data.get("loan"), Mapping):
        around = {"loan": dict, "policy": dict}
        data = reading.read_keys(data, around)
        data = data["loan"] | ({"policy": data["policy"]} if "policy" in data else {})
    return _loan(data)


def _refuse(word: str) -> None:
    raise reading.BadValue(f"{word} isn't a number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        twice = next(key for key in keys if sum(name == key for name, _ in pairs) > 1)
        raise reading.BadValue(f'"{twice}" is given twice')
    return keys


def _loan(data: object) -> tuple[Loan, ArrearsPolicy]:
    if not isinstance(data, Mapping):
        raise reading.BadValue("it isn't an object: one loan is written in braces, { }")
    if data.get("currency") is None:
        raise reading.BadValue('"currency" is missing')
    currency = reading.at("currency", _currency, data["currency"])
    readers: dict[str, reading.Reader] = {
        "id": _name,
        "loan_id": _name,
        "product": reading.text,
        "currency": reading.text,
        **_what_was_agreed(currency),
        "terms": lambda value: reading.read_keys(
            value, _terms_readers(currency), required=("instalments", "first_due_on")
        ),
        "schedule": lambda value: _schedule(value, currency),
        "transactions": lambda value: _transactions(value, currency),
        "pauses": reading.list_of(pause_from_data),
        "opening": lambda value: _opening(value, currency),
        "versions": lambda value: _versions(value, currency),
        "classified_as": reading.list_of(_classified_as),
        "policy": lambda value: policy_from_data(value, currency),
    }
    keys = _agreed(reading.either(reading.read_keys(data, readers), "id", "loan_id"))
    policy = keys.pop("policy", ArrearsPolicy())
    terms = _agreed(keys.pop("terms", {}))
    if bool(terms) == ("schedule" in keys):
        raise reading.BadValue("give either terms, to work the schedule out from, or a ready schedule")
    for name in _SHARED_WITH_TERMS:
        if name in terms and keys.setdefault(name, terms[name]) != terms[name]:
            raise reading.BadValue(f"{name} differs between the loan and its terms")
    if "schedule" in keys:
        keys.setdefault("principal", sum(part.principal for part in keys["schedule"]))
    keys.setdefault("annual_rate", AnnualRate(Fraction(0)))
    for name in ("disbursed_on", "principal"):
        if name not in keys:
            raise reading.BadValue(f'"{name}" is missing')
    if terms:
        keys["schedule"] = reading.at("terms", lambda it: build_schedule(Terms(**it)), terms | _shared(keys))
    loan = Loan(**({"id": "loan"} | keys))
    _check_principal(loan)
    return loan, policy


def _check_principal(loan: Loan) -> None:
    """What was lent is what the first schedule repays; but of an account with bills it may be its limit, and where the history
    starts late the schedule may hold only what was left."""
    planned = sum(part.principal for part in loan.schedule)
    is_billed = any(part.minimum is not None for part in loan.schedule)
    if loan.opening is None and not is_billed and planned != loan.principal:
        raise reading.BadValue(
            f"principal is {decimal_text(loan.principal, loan.currency)}, but the schedule's instalments repay"
            f" {decimal_text(planned, loan.currency)}: correct one of the two; where the schedule holds only what was left when"
            " your history starts, give an opening; one that changed later goes into versions"
        )


def _shared(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name: keys[name] for name in _SHARED_WITH_TERMS}


def _what_was_agreed(currency: str) -> dict[str, reading.Reader]:
    return {
        "principal": reading.amount_in(currency),
        "principal_minor": reading.minor_units,
        "annual_rate": reading.rate,
        "annual_rate_ppm": lambda value: Fraction(reading.whole_number(value), PPM),
        "rate_per_day": lambda value: AnnualRate.from_daily(reading.rate(value)).per_year,
        "day_count": reading.choice(DayCount),
        "disbursed_on": reading.day,
    }


def _agreed(keys: dict[str, Any]) -> dict[str, Any]:
    """Bring principal and rate, which can be written in more ways than one, into one."""
    if "rate_per_day" in keys and keys.get("day_count", DayCount.ACT_365) is not DayCount.ACT_365:
        raise reading.BadValue("rate_per_day is taken times 365 on act/365: leave day_count out")
    keys = reading.either(keys, "principal", "principal_minor")
    keys = reading.either(keys, "annual_rate", "annual_rate_ppm")
    keys = reading.either(keys, "annual_rate", "rate_per_day")
    day_count = keys.pop("day_count", DayCount.ACT_365)
    return keys | ({"annual_rate": AnnualRate(keys["annual_rate"], day_count)} if "annual_rate" in keys else {})


def _terms_readers(currency: str) -> dict[str, reading.Reader]:
    return {
        **_what_was_agreed(currency),
        "instalments": reading.whole_number,
        "first_due_on": reading.day,
        "method": reading.choice(Method),
        "frequency": reading.choice(Frequency),
        "due_day": reading.whole_number,
        "rounding": reading.text,
        "multiple": reading.amount_in(currency),
        "interest_by": reading.choice(InterestBy),
        "interest_rounding": reading.text,
        "balance": reading.choice(BalanceIs),
        "every": reading.whole_number,
        "first_period": reading.choice(FirstPeriod),
        "principal_grace": reading.whole_number,
        "interest_grace": reading.whole_number,
        "interest_in_grace": reading.choice(InterestInGrace),
        "rest": reading.choice(Rest),
        "down_payment": reading.amount_in(currency),
        "balloon": reading.amount_in(currency),
    }


def _schedule(value: object, currency: str) -> tuple[Instalment, ...]:
    parts = reading.list_of(lambda part: _instalment(part, currency))(value)
    return tuple(sorted(parts, key=lambda part: (part.due_on, part.drawdown)))


def _instalment(value: object, currency: str) -> Instalment:
    amounts = ("principal", "interest", "fee", "minimum")
    readers: dict[str, reading.Reader] = {"due_on": reading.day, **amount_readers(amounts, currency), "drawdown": _name}
    keys = in_minor(reading.read_keys(value, readers, required=("due_on",)), amounts)
    return Instalment(**({"principal": 0} | keys))


def _transactions(value: object, currency: str) -> tuple[Transaction, ...]:
    read = reading.list_of(lambda one: transaction_from_data(one, currency))(value)
    return tuple(Transaction(**({"id": f"T{place}"} | keys)) for place, keys in enumerate(read, start=1))


def transaction_from_data(value: object, currency: str) -> dict[str, Any]:
    readers: dict[str, reading.Reader] = {
        "id": _name,
        "kind": reading.choice(Kind),
        **amount_readers(("amount",), currency),
        "effective_on": reading.day,
        "booked_on": reading.day,
        "reverses": _name,
        "component": reading.choice(Component),
        "instalment": reading.whole_number,
        "ahead_until": reading.day,
    }
    keys = in_minor(reading.read_keys(value, readers, required=("kind", "effective_on")), ("amount",))
    if "amount" not in keys:
        raise reading.BadValue('"amount" is missing')
    undoes = keys["kind"] in (Kind.REVERSAL, Kind.CHARGEBACK)
    if undoes and "reverses" not in keys:
        raise reading.BadValue(f'"reverses" is missing: a {keys["kind"]} names the id of what it takes back')
    if not undoes and "reverses" in keys:
        raise reading.BadValue(
            f'a {keys["kind"]} takes nothing back: leave "reverses" out, or make it a reversal or chargeback'
        )
    return {"booked_on": keys["effective_on"]} | keys


def pause_from_data(value: object) -> Pause:
    readers: dict[str, reading.Reader] = {
        "from_on": reading.day,
        "until_on": reading.day,
        "stops_penalty": reading.yes_no,
        "stops_fees": reading.yes_no,
    }
    return Pause(**reading.read_keys(value, readers, required=("from_on", "until_on")))


def _opening(value: object, currency: str) -> Opening:
    amounts = ("principal", "interest", "penalty", "compound", "fee", "accrued_interest")
    days = dict.fromkeys(("on", "overdue_since", "period_from"), reading.day)
    keys = reading.read_keys(value, {**days, **amount_readers(amounts, currency)}, required=("on",))
    return Opening(**in_minor(keys, amounts))


def version_from_data(value: object, currency: str) -> ScheduleVersion:
    readers: dict[str, reading.Reader] = {
        "from_on": reading.day,
        "schedule": lambda parts: _schedule(parts, currency),
        "takes_over": reading.yes_no,
    }
    return ScheduleVersion(**reading.read_keys(value, readers, required=("from_on", "schedule")))


def _versions(value: object, currency: str) -> tuple[ScheduleVersion, ...]:
    versions = reading.list_of(lambda one: version_from_data(one, currency))(value)
    days = [version.from_on for version in versions]
    for day in days:
        if days.count(day) > 1:
            raise reading.BadValue(
                f"two of them count from {day}: keep the one that holds, or give them days of their own"
            )
    return versions


def _classified_as(value: object) -> ClassifiedAs:
    readers: dict[str, reading.Reader] = {
        "category": reading.filled_text,
        "from_on": reading.day,
        "until_on": reading.day,
        "reason": reading.text,
    }
    decision = ClassifiedAs(**reading.read_keys(value, readers, required=("category", "from_on")))
    if decision.until_on is not None and decision.until_on < decision.from_on:
        raise reading.BadValue(f"it begins on {decision.from_on} and ends before that, on {decision.until_on}")
    return decision


def amount_readers(names: tuple[str, ...], currency: str) -> dict[str, reading.Reader]:
    minor = {f"{name}_minor": reading.minor_units for name in names}
    return {**dict.fromkeys(names, reading.amount_in(currency)), **minor}


def in_minor(keys: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    for name in names:
        keys = reading.either(keys, name, f"{name}_minor")
    return keys


def _name(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else reading.filled_text(value)


def _currency(value: object) -> str:
    exponent_of(reading.text(value))
    return reading.text(value)


def assessment_data(assessment: Assessment, *, without: Collection[str] = ()) -> dict[str, Any]:
    """Return every field as JSON holds it: amounts as decimal text, days as YYYY-MM-DD, rates as exact text.

    without: fields that are left out.
    """
    return {
        field.name: _plain(field.name, getattr(assessment, field.name), assessment.currency)
        for field in fields(assessment)
        if field.name not in without
    }


_COUNTS = {"days_past_due", "delinquent_days", "instalments_overdue", "number", "instalment", "days"}


def _plain(name: str, value: Any, currency: str) -> Any:
    """One value; a whole number that isn't a count is an amount."""
    if isinstance(value, tuple):
        return [_plain(name, item, currency) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(key, getattr(value, key), currency) for key in value.__dataclass_fields__}
    if isinstance(value, int) and name not in _COUNTS:
        return decimal_text(value, currency)
    if isinstance(value, date):
        return value.isoformat()
    return rate_text(value) if isinstance(value, Fraction) else value


def loan_data(loan: Loan) -> dict[str, Any]:
    """Return a loan as `loan_from_json` reads it, its schedule ready: amounts as decimal text, what says nothing left out."""
    write = _Writer(loan.currency)
    return write.keys(
        id=loan.id,
        currency=loan.currency,
        product=loan.product or None,
        principal=write.amount(loan.principal),
        disbursed_on=loan.disbursed_on,
        annual_rate=loan.annual_rate.per_year,
        day_count=loan.annual_rate.day_count,
        schedule=write.each(loan.schedule),
        transactions=write.each(loan.transactions),
        pauses=write.each(loan.pauses) or None,
        opening=None if loan.opening is None else write.one(loan.opening),
        versions=write.each(loan.versions) or None,
        classified_as=write.each(loan.classified_as) or None,
    )


def policy_data(policy: ArrearsPolicy, currency: str) -> dict[str, Any]:
    """Return a policy as `policy_from_data` reads it, every convention said, so that a later default changes nothing."""
    write = _Writer(currency)
    data = write.whole(policy)
    data["tolerance"] = decimal_text(data.pop("tolerance_minor"), currency)
    data["waterfall"] = write.whole(policy.waterfall)
    if policy.waterfall_after_dpd is not None:
        after = policy.waterfall_after_dpd
        data["waterfall_after_dpd"] = {"dpd": after.dpd, "waterfall": write.whole(after.waterfall)}
    return data


_AMOUNTS = frozenset(
    "amount principal interest fee minimum penalty compound accrued_interest flat least most least_amount".split()
)


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


class _Writer:
    """Writes core's types as plain data; knows which whole numbers are amounts by their names."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def amount(self, minor: int) -> str:
        return decimal_text(minor, self._currency)

    def keys(self, **values: object) -> dict[str, Any]:
        return {name: self._value(name, value) for name, value in values.items() if value is not None}

    def whole(self, value: Any) -> dict[str, Any]:
        """Every field of a dataclass that holds anything."""
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        return self.keys(**{name: one for name, one in held.items() if one not in ("", ())})

    def one(self, value: Any) -> dict[str, Any]:
        """Those fields that differ from their defaults."""
        held = ((name, getattr(value, name), default) for name, default in _defaults(value.__class__))
        return {name: self._value(name, one) for name, one, default in held if one != default and one is not None}

    def each(self, values: Iterable[object]) -> list[dict[str, Any]]:
        return [self.one(value) for value in values]

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, Fraction):
            return rate_text(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, tuple):
            return [self._value(name, item) for item in value]
        if is_dataclass(value) and not isinstance(value, type):
            return self.whole(value)
        return self.amount(value) if name in _AMOUNTS and type(value) is int else value
