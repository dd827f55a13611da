"""The statement of one loan, as a person would work it out on paper: each line, how it came about, and the sum so far."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate

from goodstanding.core.arrears.assess import Assessment, Line, LineKind
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Loan
from goodstanding.core.money import round_half_up
from goodstanding.core.rates import DayCount
from goodstanding.day.figures import grouped_text, long_date, rate_text

_CHARGE_NAMES = {
    LineKind.PENALTY: "penalty interest",
    LineKind.COMPOUND: "compound interest",
    LineKind.LATE_FEE: "late fee",
    LineKind.FEE: "fee",
}
_MEETS = {
    LineKind.PAYMENT: "payment",
    LineKind.RECOVERY: "recovery",
    LineKind.WAIVER: "waiver",
    LineKind.REVERSAL: "reversal",
}
_COMPONENT_NAMES = {
    Component.FEE: "fees",
    Component.PENALTY: "penalty interest",
    Component.COMPOUND: "compound interest",
    Component.INTEREST: "interest",
    Component.PRINCIPAL: "principal",
}
_OTHER = {
    LineKind.CEILING: "cut to the cost ceiling",
    LineKind.CARRIED: "not overdue",
    LineKind.SETTLED: "settled with the loan",
}
_YEAR = {DayCount.ACT_365: "÷ 365 ", DayCount.ACT_ACT: ""}


def explain(loan: Loan, policy: ArrearsPolicy, assessment: Assessment, *, counted_up_to: date | None = None) -> str:
    """Write the statement out. counted_up_to: the book's cut-off, when there is a book."""
    return "\n".join(
        [
            *_head(loan, assessment, counted_up_to),
            "",
            *_statement(policy, assessment),
            "",
            *_sum_owed(assessment),
            "",
            *_standing(assessment),
        ]
    )


def _head(loan: Loan, assessment: Assessment, counted_up_to: date | None) -> Iterator[str]:
    lent, per_year = grouped_text(loan.principal, loan.currency), rate_text(loan.annual_rate.per_year * 100)
    yield f"Loan {loan.id}, as of {long_date(assessment.as_of)}"
    yield f"{lent} {loan.currency} made on {long_date(loan.disbursed_on)} at {per_year} % a year ({loan.annual_rate.day_count})"
    if counted_up_to:
        yield f"Payments counted up to {long_date(counted_up_to)}"


def _statement(policy: ArrearsPolicy, assessment: Assessment) -> list[str]:
    if not assessment.lines:
        return ["Nothing has fallen due yet."]
    sums = accumulate(line.amount for line in assessment.lines)
    rows = [
        [
            line.to_on.isoformat(),
            str(line.instalment or ""),
            what_of(line),
            worked_out(line, policy, assessment.currency),
            grouped_text(line.amount, assessment.currency),
            grouped_text(reached, assessment.currency),
        ]
        for line, reached in zip(assessment.lines, sums, strict=True)
    ]
    return aligned(["Day", "No.", "What", "How it was worked out", "Amount", "Sum so far"], rows, figures_from=4)


def what_of(line: Line) -> str:
    """Name a line in words."""
    component = _COMPONENT_NAMES[line.component]
    if line.kind in _CHARGE_NAMES:
        return _CHARGE_NAMES[line.kind]
    if line.kind in _MEETS:
        named = f"{_MEETS[line.kind]} {line.transaction}".rstrip()
        return f"{named}: {component}"
    return f"{component} due" if line.kind is LineKind.DUE else f"{component}, {_OTHER[line.kind]}"


def worked_out(line: Line, policy: ArrearsPolicy, currency: str) -> str:
    """Write the sum that gives a charge.

    >>> line = Line(LineKind.PENALTY, Component.PENALTY, 3, date(2026, 4, 15), date(2026, 4, 27), 6000,
    ...             days=12, base=1000000, rate=Fraction("0.1825"))
    >>> worked_out(line, ArrearsPolicy(), "CNY")
    '10,000.00 × 18.25 % ÷ 365 × 12 days = 60.00 (from 2026-04-15)'
    """
    base, amount = grouped_text(line.base, currency), grouped_text(line.amount, currency)
    percent = f"{rate_text(line.rate * 100)} %"
    if line.kind in (LineKind.PENALTY, LineKind.COMPOUND) and line.days:
        year = _YEAR.get(policy.day_count, "÷ 360 ")
        days = f"{line.days} day{'' if line.days == 1 else 's'}"
        return f"{base} × {percent} {year}× {days} = {amount} (from {line.from_on}{_carried_cent(line, policy)})"
    if line.kind is LineKind.LATE_FEE and line.rate:
        by_share = round_half_up(line.base * line.rate)
        bound = "" if by_share == line.amount else f", {'at least' if by_share < line.amount else 'at most'} {amount}"
        return f"{base} × {percent}{bound}"
    return ""


def _carried_cent(line: Line, policy: ArrearsPolicy) -> str:
    """A word where the line by itself would round to another cent: the rounding is of what has run up in all."""
    if policy.day_count is DayCount.ACT_ACT:
        return ""
    exact = line.base * line.rate * Fraction(line.days, 365 if policy.day_count is DayCount.ACT_365 else 360)
    return "" if round_half_up(exact) == line.amount else f", rounded by {policy.rounds.replace('_', ' ')}"


def _sum_owed(assessment: Assessment) -> list[str]:
    parts = {
        "Principal overdue": assessment.overdue_principal,
        "Interest overdue": assessment.overdue_interest,
        "Penalty interest": assessment.penalty,
        "Compound interest": assessment.compound_interest,
        "Fees": assessment.fees,
    }
    rows = [[name, grouped_text(amount, assessment.currency)] for name, amount in parts.items()]
    total = ["Amount to cure", grouped_text(assessment.amount_to_cure, assessment.currency)]
    return aligned(["What is overdue", assessment.currency], rows, total=total, figures_from=1)


def _standing(assessment: Assessment) -> list[str]:
    money = {
        "Next due": assessment.next_due,
        "Principal outstanding": assessment.outstanding_principal,
        "Interest accrued since the last due date": assessment.accrued_interest,
        "To pay off the whole loan today": assessment.payoff,
        "Held for the borrower": assessment.unapplied,
    }
    days = [
        ["Days past due", str(assessment.days_past_due)],
        ["Days that count (pauses and grace taken off)", str(assessment.delinquent_days)],
        ["Bucket", assessment.bucket],
        ["Instalments overdue", str(assessment.instalments_overdue)],
        ["Oldest due date unpaid", str(assessment.oldest_due_on or "none")],
        ["In arrears since", str(assessment.arrears_since or "not in arrears")],
        ["Next due on", str(assessment.next_due_on or "nothing more falls due")],
    ]
    if assessment.charged_off_on:
        days.append(["Charged off on", str(assessment.charged_off_on)])
    return aligned(
        ["Where it stands", ""],
        days + [[name, grouped_text(amount, assessment.currency)] for name, amount in money.items()],
        figures_from=1,
    )


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, figures_from: int, total: Sequence[str] | None = None
) -> list[str]:
    """Set rows in columns, those from figures_from on to the right, with a rule above the rows and the total."""
    everything = [header, *rows, *([total] if total else [])]
    widths = [max(len(row[place]) for row in everything) for place in range(len(header))]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.rjust(width) if place >= figures_from else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    return [line(header), rule, *map(line, rows), *([rule, line(total)] if total else [])]
