"""An assessment and what a block expects of it, written alike, so that they can be compared whole."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.loan import Loan
from goodstanding.core.loan_json import assessment_data
from goodstanding.core.money import decimal_text
from goodstanding.core.plans.extension import extension
from goodstanding.core.plans.instalments import arrears_instalments
from goodstanding.core.plans.offers import Offer


def by_number(assessment: Assessment) -> dict[str, Any]:
    data = assessment_data(assessment)["instalments"]
    return {str(one["number"]): one for one in data}


def found(expected: dict[str, Any], given: Any, assessment: Assessment, loan: Loan) -> dict[str, Any]:
    """The engine's figures for what the table speaks of, in the same shape."""
    result: dict[str, Any] = {}
    for key, value in expected.items():
        if key == "arrears_instalments":
            offer = arrears_instalments(assessment, months=value["months"], accept_by=value["accept_by"])
            result[key] = offered(value, offer, loan)
        elif key == "extension":
            result[key] = offered(value, extension(assessment, loan, accept_by=value["accept_by"]), loan)
        elif key == "lines":
            names = ("kind", "component", "instalment", "from_on", "to_on", "amount")
            result[key] = [[line[name] for name in names] for line in given[key]]
        elif key == "drawdowns":
            result[key] = found(value, {one["drawdown"]: one for one in given[key]}, assessment, loan)
        elif isinstance(value, dict):
            result[key] = found(value, given[key], assessment, loan)
        else:
            result[key] = plain(given[key])
    return result


def offered(expected: dict[str, Any], offer: Offer | None, loan: Loan) -> dict[str, Any]:
    assert offer is not None, "no offer is made"

    def amount(minor: int) -> str:
        return decimal_text(minor, loan.currency)

    rows = [[str(one.on), amount(one.amount), amount(one.arrears), amount(one.contract)] for one in offer.payments]
    given = {"payments": rows} | {
        name: amount(getattr(offer, name)) for name in ("total", "arrears", "contract", "extra_cost")
    }
    return {key: given.get(key, plain(value)) for key, value in expected.items()}


def plain(value: Any) -> Any:
    """What the block holds and what the engine gives, written alike."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (date, StrEnum, Fraction)):
        return str(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return "" if value is None else value
