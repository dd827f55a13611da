"""reconciliation.csv: where the lender's files carry their own days past due or balance, every loan on which we differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.money import decimal_text
from goodstanding.day.spreadsheet import spreadsheet

COLUMNS = ("loan_id", "figure", "unit", "lender", "ours", "difference")


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of one loan. unit: days, or a currency whose minor units lender and ours are."""

    loan_id: str
    figure: str
    unit: str
    lender: int
    ours: int


def differences(
    assessment: Assessment, *, lender_days_past_due: int | None, lender_balance: int | None
) -> Sequence[Difference]:
    """Compare the lender's own days past due, and its balance with our outstanding principal; None isn't compared."""
    compared = (
        ("days_past_due", "days", lender_days_past_due, assessment.days_past_due),
        ("outstanding_principal", assessment.currency, lender_balance, assessment.outstanding_principal),
    )
    return [
        Difference(assessment.loan_id, figure, unit, theirs, ours)
        for figure, unit, theirs, ours in compared
        if theirs is not None and theirs != ours
    ]


def reconciliation_csv(found: Iterable[Difference]) -> bytes:
    return spreadsheet(COLUMNS, (_row(one) for one in found))


def _row(one: Difference) -> list[object]:
    figures = (one.lender, one.ours, one.ours - one.lender)
    shown = figures if one.unit == "days" else tuple(decimal_text(figure, one.unit) for figure in figures)
    return [one.loan_id, one.figure, one.unit, *shown]
