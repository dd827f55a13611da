"""The statement of one loan, as a person would work it out on paper: each line, how it came about, and the sum so far."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate

from goodstanding.core.arrears.assess import Assessment, Line, LineKind
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Loan
from goodstanding.core.money import ROUNDINGS, round_half_up
from goodstanding.core.rates import DayCount, rate_text
from goodstanding.day.figures import grouped_text, long_date

_WORDS = {
    LineKind.OPENING: "{component} brought forward",
    LineKind.DUE: "{component} due",
    LineKind.INTEREST: "interest by day",
    LineKind.PENALTY: "penalty interest",
    LineKind.COMPOUND: "compound interest",
    LineKind.LATE_FEE: "late fee",
    LineKind.FEE: "fee",
    LineKind.CEILING: "{component} above the cost ceiling",
    LineKind.MOVED: "{component} moved into another schedule",
    LineKind.CARRIED: "{component} not overdue",
    LineKind.SETTLED: "{component} settled with the loan",
}
_BY_DAYS = (LineKind.INTEREST, LineKind.PENALTY, LineKind.COMPOUND)
_COMPONENT_NAMES = {
    Component.FEE: "fees",
    Component.PENALTY: "penalty interest",
    Component.COMPOUND: "compound interest",
    Component.INTEREST: "interest",
    Component.PRINCIPAL: "principal",
}
_YEAR = {DayCount.ACT_365: "÷ 365 ", DayCount.ACT_ACT: ""}


def explain(
    loan: Loan,
    policy: ArrearsPolicy,
    assessment: Assessment,
    *,
    counted_up_to: date | None = None,
    known_on: date | None = None,
    beside: Sequence[str] = (),
) -> str:
    """Write the statement out. counted_up_to: the book's cut-off, when there is a book. known_on: as it was asked for.
    beside: what there is to tell of promises, plans and letters, by line."""
    return "\n".join(
        [
            *_head(loan, assessment, counted_up_to, known_on),
            "",
            *_statement(loan, policy, assessment),
            "",
            *_sum_owed(assessment),
            "",
            *_standing(assessment),
            *_decided(loan, assessment.as_of),
            *_by_drawdown(assessment),
            *beside,
        ]
    )


def _head(loan: Loan, assessment: Assessment, counted_up_to: date | None, known_on: date | None) -> Iterator[str]:
    lent, per_year = grouped_text(loan.principal, loan.currency), rate_text(loan.annual_rate.per_year * 100)
    yield f"Loan {loan.id}, as of {long_date(assessment.as_of)}"
    yield f"{lent} {loan.currency} made on {long_date(loan.disbursed_on)} at {per_year} % a year ({loan.annual_rate.day_count})"
    if counted_up_to:
        yield f"Payments counted up to {long_date(counted_up_to)}"
    if known_on:
        yield f"Only what was booked by {long_date(known_on)}"


def _statement(loan: Loan, policy: ArrearsPolicy, assessment: Assessment) -> list[str]:
    if not assessment.lines:
        return ["Nothing has fallen due yet."]
    sums = accumulate(line.amount for line in assessment.lines)
    rows = [
        [
            line.to_on.isoformat(),
            str(line.instalment or ""),
            what_of(line),
            worked_out(line, policy, loan),
            grouped_text(line.amount, assessment.currency),
            grouped_text(reached, assessment.currency),
        ]
        for line, reached in zip(assessment.lines, sums, strict=True)
    ]
    return aligned(["Day", "No.", "What", "How it was worked out", "Amount", "Sum so far"], rows, figures_from=4)


def what_of(line: Line) -> str:
    """Name a line in words; what met a sum owed (a payment, a waiver …) is named with the lender's number of it."""
    component = _COMPONENT_NAMES[line.component]
    if line.kind in _WORDS:
        return _WORDS[line.kind].format(component=component)
    return f"{line.kind} {line.transaction}".strip() + f": {component}"


def worked_out(line: Line, policy: ArrearsPolicy, loan: Loan) -> str:
    """Write the sum that gives a charge.

    >>> from goodstanding.core.rates import AnnualRate
    >>> line = Line(LineKind.PENALTY, Component.PENALTY, 3, date(2026, 4, 15), date(2026, 4, 27), 6000,
    ...             days=12, base=1000000, rate=Fraction("0.1825"))
    >>> loan = Loan("L1", "CNY", 1000000, date(2026, 1, 15), AnnualRate(Fraction("0.12")), ())
    >>> worked_out(line, ArrearsPolicy(), loan)
    '10,000.00 × 18.25 % ÷ 365 × 12 days = 60.00 (from 2026-04-15)'
    """
    base, amount = grouped_text(line.base, loan.currency), grouped_text(line.amount, loan.currency)
    day_count = loan.annual_rate.day_count if line.kind is LineKind.INTEREST else policy.day_count
    percent = f"{rate_text(line.rate * 100)} %"
    if line.kind in _BY_DAYS and line.days:
        year = _YEAR.get(day_count, "÷ 360 ")
        days = f"{line.days} day{'' if line.days == 1 else 's'}"
        return f"{base} × {percent} {year}× {days} = {amount} (from {line.from_on}{_carried_cent(line, day_count, policy)})"
    if line.kind is LineKind.LATE_FEE and line.rate:
        by_share = round_half_up(line.base * line.rate)
        bound = "" if by_share == line.amount else f", {'at least' if by_share < line.amount else 'at most'} {amount}"
        return f"{base} × {percent}{bound}"
    return ""


def _carried_cent(line: Line, day_count: DayCount, policy: ArrearsPolicy) -> str:
    """A word where the line by itself would round to another cent: the rounding is of what has run up in all."""
    if day_count is DayCount.ACT_ACT:
        return ", days and years as they fall"
    exact = line.base * line.rate * Fraction(line.days, 365 if day_count is DayCount.ACT_365 else 360)
    return "" if ROUNDINGS[policy.rounding](exact) == line.amount else f", rounded by {policy.rounds.replace('_', ' ')}"


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


def _decided(loan: Loan, as_of: date) -> list[str]:
    """Why a person put the loan into its category."""
    decision = loan.decision_on(as_of)
    if decision is None or not decision.reason:
        return []
    return ["", f"Classified as {decision.category} since {long_date(decision.from_on)}: {decision.reason}"]


def _by_drawdown(assessment: Assessment) -> list[str]:
    """Of a credit line, what each drawdown has overdue and since how many days."""
    if not assessment.drawdowns:
        return []
    rows = [
        [
            one.drawdown,
            one.bucket,
            str(one.days_past_due),
            str(one.delinquent_days),
            grouped_text(one.overdue, assessment.currency),
        ]
        for one in assessment.drawdowns
    ]
    return ["", *aligned(["Drawdown", "Bucket", "Days past due", "Days that count", "Overdue"], rows, figures_from=2)]


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
    if assessment.classification:
        days.append(["Classification by days", assessment.classification])
    if assessment.classified_as:
        days.append(["Classified by decision as", assessment.classified_as])
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
