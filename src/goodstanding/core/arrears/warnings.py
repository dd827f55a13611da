"""Policies that are allowed and do what a lender hardly means: what, and what to do instead.

Each warning is found by reasoning on the policy's keys. Where the question is what becomes of a borrower, it is put to the
engine with borrowers of a habit (habits.py), and only what is seen there is said.
Every warning with its example: docs/methods/warnings.md
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from goodstanding.core.arrears.habits import PAID, charges_of_a_year, example, left_behind
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    ChargesMet,
    Excess,
    GraceEffect,
    Interest,
    LateFee,
    PenaltyWhile,
    RateStep,
    Rounds,
)
from goodstanding.core.loan import Loan
from goodstanding.core.money import decimal_text

_USUAL_RATE = Fraction(12, 100)
"""The contract's rate of an example loan where none is known."""


@dataclass(frozen=True, slots=True)
class PolicyWarning:
    """key: for programs and for the page; sentence: what the policy does; advice: what to do."""

    key: str
    sentence: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Case:
    """A policy and the loans it is for. annual_rate: None where it isn't known."""

    policy: ArrearsPolicy
    currency: str
    annual_rate: Fraction | None
    period_days: int

    def loan(self) -> Loan:
        rate = _USUAL_RATE if self.annual_rate is None else self.annual_rate
        return example(self.policy, self.currency, rate, self.period_days)

    def text(self, minor: int) -> str:
        return f"{decimal_text(minor, self.currency)} {self.currency}"


def warnings_of(
    policy: ArrearsPolicy, currency: str, *, annual_rate: Fraction | None = None, period_days: int = 28
) -> tuple[PolicyWarning, ...]:
    """What to warn a lender of, the gravest first; none for most policies.

    annual_rate: the contract's rate, where the loans are known. period_days: the least number of days between due dates.
    """
    case = _Case(policy, currency, annual_rate, period_days)
    return tuple(warning for look in _LOOKS for warning in look(case))


def warnings_for(loan: Loan, policy: ArrearsPolicy) -> tuple[PolicyWarning, ...]:
    """What to warn of, for the rate and the due dates of one loan."""
    due = sorted({part.due_on for part in loan.schedule})
    period = min(((after - before).days for before, after in pairwise(due)), default=28)
    return warnings_of(policy, loan.currency, annual_rate=loan.annual_rate.per_year, period_days=period)


def _days_late_that_cost(case: _Case) -> Iterator[int]:
    """The first days late on which something is charged."""
    policy, fee = case.policy, case.policy.late_fee
    days = {1, policy.grace_days + 1}
    if fee is not None and fee.after_days is not None:
        days.add(fee.after_days + 1)
    yield from sorted(one for one in days if one < case.period_days)


def _late(case: _Case) -> Iterator[PolicyWarning]:
    """Whoever pays late, once or always, is never up to date again, because charges are met before what falls due."""
    loan = case.loan()
    for days in _days_late_that_cost(case):
        once = left_behind(loan, case.policy, [days] + [0] * (PAID - 1))
        if _grows(once):
            yield _never_up_to_date(
                case, "late_once", f"the first instalment {_days(days)} late, the others on time", once
            )
            return
        always = left_behind(loan, case.policy, [days] * PAID)
        if _grows(always):
            yield _never_up_to_date(case, "late_each_time", f"each instalment {_days(days)} late", always)
            return


def _never_up_to_date(case: _Case, key: str, habit: str, behind: list[int]) -> PolicyWarning:
    amount = case.loan().schedule[0].amount
    return PolicyWarning(
        key,
        f"Who pays {habit}, in full, is never up to date again: charges take a part of each payment. Of instalments of"
        f" {case.text(amount)}, {case.text(behind[-1])} are overdue after the last of {PAID} payments, and it grows.",
        f'Let charges wait for interest and principal: charges = "{ChargesMet.LAST}" in the table waterfall.'
        + (" Or tolerate a rest as large as the charge." if key == "late_once" else ""),
    )


def _grows(behind: list[int]) -> bool:
    later = behind[1:]
    return all(later) and later[-1] > later[0]


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _early(case: _Case) -> Iterator[PolicyWarning]:
    """Excess that passes by the next instalment leaves it unpaid, though it was paid before its day."""
    if case.policy.excess in (Excess.NEXT, Excess.UNAPPLIED):
        return
    behind = left_behind(case.loan(), case.policy, [-1] * PAID)
    if any(behind):
        yield PolicyWarning(
            "early_is_late",
            f"Who pays each instalment in full a day early is overdue a day after its due date: money paid ahead goes to"
            f" {'the last instalments' if case.policy.excess is Excess.LAST else 'all open instalments alike'} first.",
            f'Take excess = "{Excess.NEXT}", or "{Excess.UNAPPLIED}", which holds it until the instalment is due.',
        )


def _outgrown(case: _Case) -> Iterator[PolicyWarning]:
    loan = case.loan()
    amount, charges = loan.schedule[0].amount, charges_of_a_year(loan, case.policy)
    if charges > amount:
        yield PolicyWarning(
            "charges_outgrow",
            f"An instalment of {case.text(amount)} that isn't paid costs {case.text(charges)} in a year: more than itself.",
            "Check penalty_rate and late_fee (every_days, most); or set a cost_ceiling.",
        )


def _smallest_rest(case: _Case) -> Iterator[PolicyWarning]:
    policy = case.policy
    if not policy.tolerance_minor and not policy.tolerance_share and not policy.buckets.least_amount:
        yield PolicyWarning(
            "smallest_rest",
            f"A rest of {case.text(1)} counts as unpaid and takes a loan through every bucket.",
            "Set a tolerance, or least_amount of the buckets.",
        )


def _nobody_is_late(case: _Case) -> Iterator[PolicyWarning]:
    if case.policy.tolerance_share >= 1:
        yield PolicyWarning(
            "nobody_is_late",
            f"tolerance_share is {_share(case.policy.tolerance_share)}: nothing unpaid is ever more than that, so nobody is"
            " ever late.",
            'Give a share below 100 %, such as "1 %".',
        )


def _silent_penalty(case: _Case) -> Iterator[PolicyWarning]:
    policy = case.policy
    tolerates = policy.tolerance_minor or policy.tolerance_share
    if tolerates and _has_penalty(policy) and policy.penalty_while is PenaltyWhile.UNTIL_PAID:
        yield PolicyWarning(
            "silent_penalty",
            "A rest within the tolerance counts as paid, yet bears penalty interest: nobody is told, and it grows.",
            f'Take penalty_while = "{PenaltyWhile.IN_ARREARS}", or no tolerance.',
        )


def _grace(case: _Case) -> Iterator[PolicyWarning]:
    grace, fee = case.policy.grace_days, case.policy.late_fee
    if grace >= case.period_days:
        yield PolicyWarning(
            "grace_outlasts_period",
            f"grace_days is {grace}, and instalments may be {case.period_days} days apart: an instalment is still in grace when"
            " the next one falls due, so that two are missed before one counts.",
            f"Give fewer than {case.period_days} days of grace.",
        )
    forgives = case.policy.grace_effect is GraceEffect.FORGIVES
    if fee is not None and fee.after_days is not None and fee.after_days < grace and forgives and _comes_to(fee):
        yield PolicyWarning(
            "fee_in_grace",
            f"late_fee.after_days is {fee.after_days}, and grace_days is {grace}: the fee is charged while a payment still"
            " counts as on time.",
            "Leave after_days out, or give at least the days of grace.",
        )


def _late_fee(case: _Case) -> Iterator[PolicyWarning]:
    fee = case.policy.late_fee
    if fee is None:
        return
    if not _comes_to(fee):
        yield PolicyWarning(
            "fee_of_nothing",
            "late_fee comes to nothing, whatever is overdue.",
            'Write late_fee = "none", or an amount.',
        )
    elif fee.most is not None and fee.most < max(fee.least, fee.flat):
        yield PolicyWarning(
            "most_below_least",
            f"late_fee.most is {case.text(fee.most)}, less than the {case.text(max(fee.least, fee.flat))} that the fee is at"
            f" least: every fee is {case.text(fee.most)}.",
            "Correct most, least or flat.",
        )


def _comes_to(fee: LateFee) -> bool:
    return bool(fee.flat or fee.share or fee.least) and fee.most != 0


def _penalty(case: _Case) -> Iterator[PolicyWarning]:
    policy = case.policy
    steps = policy.rate_steps
    is_of_rate = bool(policy.penalty_multiple) or any(step.multiple for step in steps)
    has_own = bool(policy.penalty_rate) or any(step.rate for step in steps)
    if case.annual_rate == 0 and is_of_rate and not has_own:
        yield PolicyWarning(
            "multiple_of_nothing",
            "The penalty is a multiple of the contract's rate, and loans have a rate of 0: nothing is charged for being late.",
            "Give penalty_rate, or say that it is meant so by leaving penalty_multiple out.",
        )
    if policy.compound and not _has_penalty(policy):
        yield PolicyWarning(
            "compound_of_nothing",
            "compound is true, and there is no penalty rate: overdue interest bears the penalty rate, which is 0.",
            "Give penalty_rate or penalty_multiple, or leave compound out.",
        )
    if policy.rounds is Rounds.EACH_DAY and policy.rounding == "up" and _has_penalty(policy):
        yield PolicyWarning(
            "up_each_day",
            f"Each night is rounded up: the smallest rest costs {case.text(1)} a night, whatever the rate is.",
            f'Take rounds = "{Rounds.RUNNING_TOTAL}", or rounding = "half_up".',
        )


def _has_penalty(policy: ArrearsPolicy) -> bool:
    return bool(policy.penalty_rate or policy.penalty_multiple) or any(
        step.rate or step.multiple for step in policy.rate_steps
    )


def _cheaper(case: _Case) -> Iterator[PolicyWarning]:
    """Principal that bears penalty doesn't bear contract interest by day: a lower penalty rate rewards being late."""
    policy, rate = case.policy, case.annual_rate
    if policy.interest is not Interest.DAILY_BALANCE or not _has_penalty(policy):
        return
    is_lower = policy.penalty_multiple is not None and policy.penalty_multiple < 1
    if rate is not None and policy.penalty_rate is not None:
        is_lower = policy.penalty_rate < rate
    if is_lower:
        yield PolicyWarning(
            "late_is_cheaper",
            "Interest runs by day, and principal that bears penalty doesn't bear the contract's rate: with a penalty rate below it,"
            " being late costs less than being on time.",
            "Give a penalty rate of at least the contract's, or penalty_multiple of at least 1.",
        )


def _ceiling(case: _Case) -> Iterator[PolicyWarning]:
    ceiling, rate = case.policy.cost_ceiling, case.annual_rate
    if ceiling is not None and rate is not None and rate >= ceiling:
        yield PolicyWarning(
            "ceiling_below_contract",
            f"cost_ceiling is {_share(ceiling)}, and the contract's own rate is {_share(rate)}: every charge is cut, and the"
            " contract alone costs as much as the ceiling or more.",
            "Check the ceiling; the contract's own interest is never cut.",
        )


def _steps(case: _Case) -> Iterator[PolicyWarning]:
    """Of several steps that apply the last one counts, so a step is dead when a later one applies wherever it does."""
    steps = case.policy.rate_steps
    for place, step in enumerate(steps):
        if any(_covers(later, step) for later in steps[place + 1 :]):
            from_ = f"from_dpd {step.from_dpd}" if step.from_dpd is not None else f"from_on {step.from_on}"
            yield PolicyWarning(
                "step_never_counts",
                f"The rate step {from_} never counts: one further down the list applies whenever it does, and the last one"
                " that applies is taken.",
                "Order rate_steps from the earliest to the latest.",
            )


def _covers(later: RateStep, step: RateStep) -> bool:
    if later.from_dpd is not None and step.from_dpd is not None:
        return later.from_dpd <= step.from_dpd
    return later.from_on is not None and step.from_on is not None and later.from_on <= step.from_on


def _share(share: Fraction) -> str:
    return f"{float(share * 100):g} %"


_LOOKS: tuple[Callable[[_Case], Iterator[PolicyWarning]], ...] = (
    _late,
    _early,
    _outgrown,
    _cheaper,
    _ceiling,
    _nobody_is_late,
    _silent_penalty,
    _grace,
    _late_fee,
    _penalty,
    _steps,
    _smallest_rest,
)
