"""An assessment and what a block expects of it, written alike, so that they can be compared whole."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from goodstanding.core import reading
from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Loan
from goodstanding.core.loan_json import assessment_data
from goodstanding.core.money import decimal_text
from goodstanding.core.plans.guard_rails import GuardRails, Measure
from goodstanding.core.plans.offers import OfferKind, Position
from goodstanding.core.plans.pricing import Terms, by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out


def by_number(assessment: Assessment) -> dict[str, Any]:
    data = assessment_data(assessment)["instalments"]
    return {str(one["number"]): one for one in data}


def found(
    expected: dict[str, Any], given: Any, assessment: Assessment, loan: Loan, policy: ArrearsPolicy
) -> dict[str, Any]:
    """The engine's figures for what the table speaks of, in the same shape."""
    result: dict[str, Any] = {}
    for key, value in expected.items():
        if key in tuple(OfferKind):
            result[key] = offered(OfferKind(key), value, assessment, loan, policy)
        elif key == "lines":
            names = ("kind", "component", "instalment", "from_on", "to_on", "amount")
            result[key] = [[line[name] for name in names] for line in given[key]]
        elif key == "drawdowns":
            result[key] = found(value, {one["drawdown"]: one for one in given[key]}, assessment, loan, policy)
        elif isinstance(value, dict):
            result[key] = found(value, given[key], assessment, loan, policy)
        else:
            result[key] = plain(given[key])
    return result


_GIVEN = ("months", "share", "rate", "bears_interest", "rests", "components")


def offered(
    kind: OfferKind, expected: dict[str, Any], assessment: Assessment, loan: Loan, policy: ArrearsPolicy
) -> dict[str, Any]:
    """The one offer of a measure with the parameters that stand in the block, in the shape of what it expects."""
    terms: dict[str, Any] = {name: expected[name] for name in _GIVEN if name in expected}
    terms |= {name: reading.rate(terms[name]) for name in ("share", "rate") if name in terms}
    terms |= {"months": (terms["months"],)} if "months" in terms else {}
    terms |= {"components": tuple(map(Component, terms["components"]))} if "components" in terms else {}
    rails = GuardRails((Measure(kind, **terms),), Terms(discount_rate=reading.rate(expected.get("discount_rate", "0"))))
    found = answered_by(
        ways_out(Position(loan, policy, assessment, expected["accept_by"]), rails), by_reference(policy)
    )
    if "not_offered" in expected:
        return {key: plain(value) for key, value in expected.items()} | {"not_offered": found.not_offered[0].reason}
    assert found.offers, found.not_offered
    (offer,) = found.offers

    def amount(minor: int) -> str:
        return decimal_text(minor, loan.currency)

    parts = ("amount", "arrears", "contract", "plan")
    given = {
        "payments": [[str(one.on), *(amount(getattr(one, part)) for part in parts)] for one in offer.payments],
        "waived": {str(one): amount(getattr(offer.waived, one)) for one in expected.get("waived", ())},
    }
    for name in (
        "total",
        "arrears",
        "contract",
        "plan",
        "against_today",
        "against_nothing",
        "left_after",
        "present_value",
    ):
        given[name] = amount(getattr(offer, name))
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
