"""What somebody said of their means, and the lender's guide, as plain data (what TOML or JSON holds).

Every key is explained in docs/methods/affordability.md
"""

from collections.abc import Mapping
from typing import Any

from goodstanding.core import reading
from goodstanding.core.plans.affordability import (
    Amount,
    AskAbove,
    Confidence,
    Guide,
    Income,
    OtherDebt,
    Per,
    Spending,
    Statement,
    ThreeAnswers,
)


def amount_per(currency: str) -> reading.Reader:
    """Return a reader of an amount and how often it comes; without that, a month.

    >>> amount_per("CNY")("800/month") == amount_per("CNY")(800), amount_per("GBP")("250.50 / week")
    (True, Amount(minor=25050, per=<Per.WEEK: 'week'>))
    """
    amount = reading.amount_in(currency)

    def read(value: object) -> Amount:
        if not isinstance(value, str):
            return Amount(amount(value))
        figure, _, per = value.partition("/")
        return Amount(amount(figure.strip()), reading.choice(Per)(per.strip()) if per else Per.MONTH)

    return read


def stated_from_data(data: object, currency: str) -> Statement | ThreeAnswers:
    """Read a whole statement, or three answers: one whose `income` is an amount."""
    if isinstance(data, Mapping) and not isinstance(data.get("income"), Mapping):
        return ThreeAnswers(
            **reading.read_keys(data, _answers(currency), required=("stated_on", "income", "essentials"))
        )
    readers = {
        **_household(currency),
        "income": _amounts_of(Income, currency),
        "spending": _amounts_of(Spending, currency),
        "other_debts": reading.list_of(lambda one: _other_debt(one, currency)),
        "evidenced": lambda value: frozenset(reading.list_of(reading.choice(Income))(value)),
    }
    return Statement(**reading.read_keys(data, readers, required=("stated_on", "income", "spending")))


def guide_from_data(data: object, currency: str) -> Guide:
    """Read the lender's guide; what isn't given has its default."""
    amount = reading.amount_in(currency)
    readers: dict[str, reading.Reader] = {
        "least_for_adult": amount,
        "least_for_child": amount,
        "savings_share": _share,
        "savings_most": amount,
        "kept_back": lambda value: reading.read_keys(value, dict.fromkeys(Confidence, _share)),
        "priority_months": _at_least_one,
        "valid_months": _at_least_one,
        "multiple": amount,
        "ask_above": lambda value: _ask_above(value, amount),
    }
    keys = reading.read_keys(data, readers)
    if keys.get("multiple") == 0:
        raise reading.BadValue("expected an amount above zero", ("multiple",))
    return Guide(**keys)


def _ask_above(value: object, amount: reading.Reader) -> dict[Spending, AskAbove]:
    """By kind of spending, a table of amounts a month."""

    def read(one: object) -> AskAbove:
        readers = {"adult": amount, "further_adult": amount, "child": amount}
        return AskAbove(**reading.read_keys(one, readers, required=("adult",)))

    return {Spending(kind): of for kind, of in reading.read_keys(value, dict.fromkeys(Spending, read)).items()}


def _household(currency: str) -> dict[str, reading.Reader]:
    return {
        "stated_on": reading.day,
        "adults": reading.whole_number,
        "children": reading.whole_number,
        "at_once": reading.amount_in(currency),
    }


def _answers(currency: str) -> dict[str, reading.Reader]:
    amount = amount_per(currency)
    return {**_household(currency), "income": amount, "essentials": amount, "other_debts": amount}


def _amounts_of(kinds: type[Income] | type[Spending], currency: str) -> reading.Reader:
    """A table of one amount or several for each kind."""
    one, several = amount_per(currency), reading.list_of(amount_per(currency))

    def read(value: object) -> dict[Any, tuple[Amount, ...]]:
        amounts = reading.read_keys(
            value, dict.fromkeys(kinds, lambda it: several(it) if isinstance(it, list) else (one(it),))
        )
        return {kinds(kind): of for kind, of in amounts.items()}

    return read


def _other_debt(value: object, currency: str) -> OtherDebt:
    readers: dict[str, reading.Reader] = {
        "balance": reading.amount_in(currency),
        "a_month": amount_per(currency),
        "is_priority": reading.yes_no,
    }
    keys = reading.read_keys(value, readers)
    if not keys.get("balance") and "a_month" not in keys:
        raise reading.BadValue("give balance, or a_month, what is paid for it now")
    return OtherDebt(**keys)


def _share(value: object) -> Any:
    share = reading.rate(value)
    if share > 1:
        raise reading.BadValue("expected a share from 0 to 1")
    return share


def _at_least_one(value: object) -> int:
    number = reading.whole_number(value)
    if number < 1:
        raise reading.BadValue("expected 1 or more")
    return number
