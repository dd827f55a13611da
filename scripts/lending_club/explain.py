"""Which history explains what was paid? The figures are the data's; the history is the simplest one that gives them.

The lender's rule, found in the data: instalments are rounded up to the cent; the balance is never rounded, each period
bears a twelfth of the year's interest; interest begins some days after the issue, so the first period is credited 2, 4 or
5 days of thirty. That alone gives the figures of three loans in four. What else is tried, the simplest first:

- a due date moved by some days, which lengthens or shortens one period and so its interest;
- interest for days that an instalment came late, taken from the payment's principal;
- principal paid ahead on some day of some period, on which no interest runs from then on;
- a payment that covers part of an instalment.

What is left after the best of these is a difference of interest against principal within the payments; it is billed on
the last instalment paid and said so.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from goodstanding.core.money import round_half_up
from lending_club.days import possible_numbers_paid
from lending_club.source import CURRENT, PAID_OFF, SourceLoan

CREDITED_DAYS = (2, 4, 5)
LONGEST_MOVE = 15
MOST_PAID = 7
CENT_AND_A_BIT = Fraction(11, 10)

AS_AGREED, NOTHING_PAID, MOVED, LATE_INTEREST = "as_agreed", "nothing_paid", "due_date_moved", "late_interest"
PREPAID, PART_PAID, PAID_OFF_EARLY, OTHER = "prepaid", "part_paid", "paid_off_early", "other"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A history in short. Amounts: cents.

    paid: instalments paid. credit: interest of the first period not charged, for credited_days of thirty.
    moved_*: from after which instalment due dates lie how many days later, and the interest of that period's change.
    extra_*: a payment besides the instalments, so many days after instalment extra_after, of interest and principal.
    billed_*: what the last paid instalment differs from the plan by. late_days: that instalments came late.
    """

    kind: str
    paid: int
    credit: int = 0
    credited_days: int = 0
    moved_after: int | None = None
    moved_days: int = 0
    moved_interest: int = 0
    late_days: int = 0
    extra_after: int = 0
    extra_days: int = 0
    extra_interest: int = 0
    extra_principal: int = 0
    billed_principal: int = 0
    billed_interest: int = 0


class Plan:
    """The loan as the lender's rule has it: the exact balance after each instalment, and rounded sums paid by then."""

    def __init__(self, loan: SourceLoan) -> None:
        self.loan = loan
        self.balances = [Fraction(loan.principal)]
        for _ in range(MOST_PAID + 1):
            self.balances.append(self.balances[-1] * (1 + loan.monthly) - loan.instalment)

    def principal_by(self, number: int) -> int:
        return round_half_up(self.loan.principal - self.balances[number])

    def interest_by(self, number: int) -> int:
        return number * self.loan.instalment - self.principal_by(number)

    def a_days_interest(self, number: int) -> Fraction:
        """Interest of one day of thirty on the balance after an instalment."""
        return self.balances[number] * self.loan.monthly / 30

    def credit_for(self, days: int) -> int:
        """The lender rounds the credit to the cent, half a cent down."""
        return math.ceil(days * self.a_days_interest(0) - Fraction(1, 2))

    @cached_property
    def possible_numbers_paid(self) -> list[int]:
        return possible_numbers_paid(self.loan)


def explain(loan: SourceLoan) -> Explanation:
    plan = Plan(loan)
    if loan.status == PAID_OFF:
        return _paid_off(plan)
    if not loan.paid_principal + loan.paid_interest:
        return Explanation(NOTHING_PAID, 0, plan.credit_for(2), 2)
    simple = min(_simple(plan), key=lambda one: one[0], default=None)
    if simple is not None:
        return _with_rest_billed(plan, simple[1])
    found = min(_with_an_extra_payment(plan), key=lambda one: one[0], default=None)
    if found is None:
        raise ValueError(f"row {loan.row}: no history that we know gives what was paid")
    told = _with_rest_billed(plan, found[1])
    if max(abs(told.billed_principal), abs(told.billed_interest)) <= loan.instalment // 20:
        return told
    # No day of an extra payment comes near: what came in besides the instalments is billed as it was booked.
    return _with_rest_billed(plan, replace(found[1], kind=OTHER, extra_after=0, extra_days=0, extra_principal=0))


Cost = tuple[object, ...]


def _simple(plan: Plan) -> Iterator[tuple[Cost, Explanation]]:
    """Whole instalments only: as agreed, with a due date moved, or with interest for days late."""
    loan, instalment = plan.loan, plan.loan.instalment
    received = loan.paid_principal + loan.paid_interest
    # A late fee may have been taken out of an instalment instead of being paid on top.
    for total in {received, received + loan.late_fees}:
        for paid in range(1, MOST_PAID + 1):
            short = loan.principal - plan.balances[paid] - loan.paid_principal
            principal_of_last = instalment - plan.balances[paid - 1] * loan.monthly
            late_days = short / (principal_of_last * loan.monthly / 30)
            if short < -2 or late_days > 100:
                continue
            for days in CREDITED_DAYS:
                # Half a cent goes either way in the data.
                for credit in sorted({plan.credit_for(days), round_half_up(days * plan.a_days_interest(0))}):
                    rest = total - paid * instalment + credit
                    for after, moved in _moves(plan, paid, rest):
                        is_exact = short <= 2
                        kind = (MOVED if moved else AS_AGREED) if is_exact else LATE_INTEREST
                        cost = (
                            not is_exact,
                            moved != 0,
                            abs(moved) if is_exact else abs(short),
                            paid,
                            days,
                            after or 0,
                        )
                        yield (
                            cost,
                            Explanation(
                                kind,
                                paid,
                                credit,
                                days,
                                after,
                                moved,
                                rest,
                                late_days=0 if is_exact else max(1, round(late_days)),
                            ),
                        )


def _moves(plan: Plan, paid: int, rest: int) -> Iterator[tuple[int | None, int]]:
    """After which instalment by how many days a due date was moved, so that a period's interest changes by `rest`."""
    if not rest:
        yield None, 0
        return
    for after in range(paid):
        a_day = plan.a_days_interest(after)
        near = math.floor(rest / a_day)
        for moved in (near - 1, near, near + 1):
            if moved and abs(moved) <= LONGEST_MOVE and math.ceil(moved * a_day) == rest:
                yield after, moved


def _with_an_extra_payment(plan: Plan) -> Iterator[tuple[Cost, Explanation]]:
    """Instalments and one payment more, of whatever is left, on the day on which the interest comes out right."""
    loan, monthly = plan.loan, plan.loan.monthly
    received = loan.paid_principal + loan.paid_interest
    for paid in plan.possible_numbers_paid:
        for days in CREDITED_DAYS if paid else (2,):
            credit = plan.credit_for(days) if paid else 0
            extra = received - paid * loan.instalment + credit
            if extra <= 0:
                continue
            saved = plan.interest_by(paid) - credit - loan.paid_interest
            for after in range(paid):
                # Until instalment `paid` the balance is lower by the extra payment and by what it saved so far.
                ratio = (1 + Fraction(saved, extra)) / (1 + monthly) ** (paid - after - 1)
                exact_day = 30 - 30 * (ratio - 1) / monthly
                day = min(29, max(0, round(exact_day)))
                gone = extra * (1 + monthly * (30 - day) / 30) * (1 + monthly) ** (paid - after - 1) - extra
                rest = abs(saved - gone)
                yield (
                    (rest > CENT_AND_A_BIT, rest > extra * monthly / 60 + 2, day != 0, days != 2, rest),
                    Explanation(PREPAID, paid, credit, days, extra_after=after, extra_days=day, extra_principal=extra),
                )
            yield from _after_the_last(plan, paid, credit, days, -saved, extra + saved)


def _after_the_last(
    plan: Plan, paid: int, credit: int, credited_days: int, interest: int, principal: int
) -> Iterator[tuple[Cost, Explanation]]:
    """The extra payment was made after the last instalment paid: first the interest run since then, then principal."""
    is_late = plan.loan.status != CURRENT
    if interest < 0 or principal < 0:
        return
    exact_days = interest / plan.a_days_interest(paid)
    if exact_days > (150 if is_late else 31):
        return
    off = abs(exact_days - round(exact_days)) * plan.a_days_interest(paid)
    is_part = is_late and principal < plan.principal_by(paid + 1) - plan.principal_by(paid)
    yield (
        (off > CENT_AND_A_BIT and not is_part, False, exact_days != 0, credited_days != 2, 0),
        Explanation(
            PART_PAID if is_part else PREPAID,
            paid,
            credit,
            credited_days,
            extra_after=paid,
            extra_days=max(1, math.ceil(exact_days)),
            extra_interest=interest,
            extra_principal=principal,
        ),
    )


def _paid_off(plan: Plan) -> Explanation:
    """Instalments, then all the rest with interest to the day: which number of instalments gives a whole day?"""
    loan = plan.loan
    best = None
    for days in (2, 4, 5, 0):
        for paid in range(MOST_PAID):
            credit = plan.credit_for(days)
            interest = loan.paid_interest - plan.interest_by(paid) + credit
            exact_days = interest / plan.a_days_interest(paid)
            if not (-Fraction(1, 2) < exact_days < 31 and paid in plan.possible_numbers_paid):
                continue
            off = abs(exact_days - round(exact_days)) * plan.a_days_interest(paid)
            cost = (off > 2, days != 2, off, paid, days)
            if best is None or cost < best[0]:
                best = (cost, paid, credit, days, interest, exact_days)
    if best is None:
        return Explanation(PAID_OFF_EARLY, 0, extra_interest=loan.paid_interest, extra_principal=loan.principal)
    _, paid, credit, days, interest, exact_days = best
    if not paid:
        credit, interest = 0, loan.paid_interest
    elif interest < 0:
        credit, interest = credit - interest, 0
    return Explanation(
        PAID_OFF_EARLY,
        paid,
        credit,
        days,
        extra_after=paid,
        extra_days=max(1, math.ceil(exact_days)),
        extra_interest=interest,
        extra_principal=loan.principal - plan.principal_by(paid),
    )


def _with_rest_billed(plan: Plan, found: Explanation) -> Explanation:
    """What the history leaves open of the data's figures is billed on the last instalment paid."""
    principal, interest = paid_by(plan.loan, found)
    return replace(
        found,
        billed_principal=plan.loan.paid_principal - principal,
        billed_interest=plan.loan.paid_interest - interest,
    )


def as_agreed(loan: SourceLoan, found: Explanation) -> list[tuple[int, int]]:
    """Principal and interest of each instalment paid, on a balance that is never rounded, before `billed_*`."""
    monthly, left, repaid, parts = loan.monthly, Fraction(loan.principal), Fraction(0), []
    for number in range(found.paid):
        interest = left * monthly
        if number == found.extra_after and found.extra_after < found.paid and found.kind != PAID_OFF_EARLY:
            interest -= found.extra_principal * monthly * Fraction(30 - found.extra_days, 30)
            left -= found.extra_principal
        principal = loan.instalment - interest
        part = round_half_up(repaid + principal) - round_half_up(repaid)
        moved = found.moved_interest if number == found.moved_after else 0
        parts.append((part, loan.instalment - part + moved))
        left, repaid = left - principal, repaid + principal
    return parts


def billed(loan: SourceLoan, found: Explanation) -> list[tuple[int, int]]:
    """Principal and interest of each instalment paid as it was booked; `billed_*` is on the last ones that can bear it."""
    parts = as_agreed(loan, found)
    principal, interest = found.billed_principal, found.billed_interest
    for place in reversed(range(len(parts))):
        now = max(0, parts[place][0] + principal), max(0, parts[place][1] + interest)
        principal, interest = principal + parts[place][0] - now[0], interest + parts[place][1] - now[1]
        parts[place] = now
    return parts


def paid_by(loan: SourceLoan, found: Explanation) -> tuple[int, int]:
    """Principal and interest paid in all, before `billed_*`."""
    parts = as_agreed(loan, found)
    return (
        sum(principal for principal, _ in parts) + found.extra_principal,
        sum(interest for _, interest in parts) - (found.credit if found.paid else 0) + found.extra_interest,
    )
