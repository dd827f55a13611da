"""An explanation told as a book tells it: due dates, what each instalment asks for, and the transactions.

A loan whose terms and a credit for its first days say it all is given by its terms. For any other the instalments are
given row by row: those paid as they were booked, those to come worked out from the balance. Principal paid ahead stands
at the end of the schedule, where the payment is directed, so that the instalments before it go on as they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, combinations

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Transaction
from goodstanding.core.money import round_half_up
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import BalanceIs, Terms
from goodstanding.core.rates import AnnualRate, DayCount
from lending_club.days import CUT_OFF, choose_day, due_on, issued_on
from lending_club.explain import PAID_OFF_EARLY, PART_PAID, Explanation, billed
from lending_club.source import CHARGED_OFF, CURRENT, SourceLoan

PRODUCT, CURRENCY = "us_personal_loan", "USD"
LEAST_LATE_FEE = 15_00
DAYS_BEFORE_FEE = 15
A_DAY = timedelta(days=1)


@dataclass
class Told:
    """A loan as the book has it. rows: None where the terms say it. fees_posted: late fees that the policy doesn't give."""

    source: SourceLoan
    found: Explanation
    issued_on: date
    status_agrees: bool
    loan: Loan
    rows: tuple[Instalment, ...] | None
    transactions: list[Transaction] = field(default_factory=list)
    fees_posted: int = 0

    def post(
        self, kind: Kind, amount: int, day: date, component: Component | None = None, instalment: int | None = None
    ) -> None:
        if amount:
            name = str(len(self.transactions) + 1)
            one = Transaction(name, kind, amount, day, day, component=component, instalment=instalment)
            self.transactions.append(one)
            self.loan = replace(self.loan, transactions=tuple(self.transactions))


class TooLate(ValueError):
    """The interest paid with a payoff runs to a day after the cut-off. cents: of the days after it."""

    def __init__(self, cents: int) -> None:
        super().__init__(f"{cents} cents of interest lie after the cut-off")
        self.cents = cents


def terms_of(source: SourceLoan, issued: date) -> Terms:
    return Terms(
        principal=source.principal,
        annual_rate=AnnualRate(source.rate, DayCount.THIRTY_360_US),
        disbursed_on=issued,
        instalments=source.term,
        first_due_on=due_on(issued, 1),
        due_day=issued.day,
        rounding="up",
        balance=BalanceIs.EXACT,
    )


def tell(source: SourceLoan, found: Explanation, policy: ArrearsPolicy) -> Told:
    """Turn an explanation into a loan of the book, as of the cut-off."""
    day, agrees = choose_day(
        source,
        found.paid,
        days_credited=found.credited_days if found.paid else 0,
        moved_after=found.moved_after,
        moved_days=found.moved_days,
        latest_payment=(found.extra_after, found.extra_days),
    )
    issued = issued_on(source, day)
    terms = terms_of(source, issued)
    plan = build_schedule(terms)
    rows = None if _terms_say_it(source, found, plan) else _rows(source, found, issued)
    loan = Loan(
        f"LC{source.row:05}",
        CURRENCY,
        source.principal,
        issued,
        terms.annual_rate,
        rows or plan,
        product=PRODUCT,
    )
    told = Told(source, found, issued, agrees, loan, rows)
    try:
        _pay(told, policy)
    except TooLate as late:
        shorter = replace(found, billed_interest=late.cents, extra_interest=found.extra_interest - late.cents)
        return tell(source, shorter, policy)
    return told


def _terms_say_it(source: SourceLoan, found: Explanation, plan: tuple[Instalment, ...]) -> bool:
    is_plain = not (
        found.moved_days
        or found.billed_principal
        or found.billed_interest
        or (found.extra_principal and found.kind not in (PAID_OFF_EARLY, PART_PAID))
        or (found.extra_interest and found.kind != PAID_OFF_EARLY)
    )
    return is_plain and plan[0].amount == source.instalment


def _rows(source: SourceLoan, found: Explanation, issued: date) -> tuple[Instalment, ...]:
    dues = [due_on(issued, number, found.moved_after, found.moved_days) for number in range(1, source.term + 1)]
    parts = billed(source, found)
    ahead = 0 if found.kind in (PART_PAID, PAID_OFF_EARLY) else found.extra_principal
    left = source.principal - sum(principal for principal, _ in parts) - ahead
    first_interest = None
    if found.extra_interest and found.kind not in (PART_PAID, PAID_OFF_EARLY):
        # Interest to the day of the extra payment, then on the lower balance.
        rest_of_days = Fraction(max(0, 30 - found.extra_days), 30)
        first_interest = found.extra_interest + round_half_up(left * source.monthly * rest_of_days)
    parts += to_come(source, left, source.term - len(parts), first_interest)
    if ahead and len(parts) == len(dues):
        parts[-1] = (parts[-1][0] + ahead, parts[-1][1])
    elif ahead:
        parts.append((ahead, 0))
    return tuple(Instalment(day, principal, interest) for day, (principal, interest) in zip(dues, parts, strict=False))


def to_come(source: SourceLoan, left: int, most: int, first_interest: int | None) -> list[tuple[int, int]]:
    """The instalments still to come: the same amount on an unrounded balance, until it is repaid; the last takes the rest."""
    exact, repaid, parts = Fraction(left), 0, []
    for place in range(most):
        interest = exact * source.monthly if place or first_interest is None else Fraction(first_interest)
        if place == most - 1 or exact + interest <= source.instalment:
            parts.append((left - repaid, round_half_up(interest)))
            break
        exact -= source.instalment - interest
        principal = round_half_up(left - exact) - repaid
        parts.append((principal, source.instalment - principal))
        repaid += principal
    return parts


# -- paying -----------------------------------------------------------------------------------------------------


def _pay(told: Told, policy: ArrearsPolicy) -> None:
    found, schedule = told.found, told.loan.schedule
    if found.credit and (found.paid or found.kind != PAID_OFF_EARLY):
        told.post(Kind.WAIVER, min(found.credit, schedule[0].interest), schedule[0].due_on, Component.INTEREST, 1)
    late = _days_late(told, policy)
    for number, part in enumerate(schedule[: found.paid], 1):
        if number == found.extra_after + 1:
            _pay_ahead(told)
        fee = _fee_for(told, policy, number) if late.get(number, 0) > DAYS_BEFORE_FEE else 0
        amount = part.amount - (found.credit if number == 1 else 0) + fee
        day = part.due_on + late.get(number, 0) * A_DAY
        if day > CUT_OFF:
            told.post(Kind.PAYMENT, amount, CUT_OFF, instalment=number)
        else:
            told.post(Kind.PAYMENT, amount, day)
    if found.kind == PAID_OFF_EARLY:
        _pay_off(told, policy)
    elif found.kind == PART_PAID:
        _pay_a_part(told)
    elif found.extra_after >= found.paid:
        _pay_ahead(told)
    if told.source.late_fees and not late:
        _pay_late_fee(told, policy)
    if told.source.status == CHARGED_OFF:
        left = told.source.principal - told.source.paid_principal
        told.post(Kind.CHARGE_OFF, left, CUT_OFF - 5 * A_DAY)


def _extra_day(told: Told) -> date:
    found = told.found
    start = told.loan.schedule[found.extra_after - 1].due_on if found.extra_after else told.issued_on
    return min(start + found.extra_days * A_DAY, CUT_OFF)


def _pay_ahead(told: Told) -> None:
    """Interest run since the last due date, if any, then principal, directed to the end of the schedule."""
    found, day = told.found, _extra_day(told)
    if found.kind in (PART_PAID, PAID_OFF_EARLY):
        return
    told.post(Kind.PAYMENT, found.extra_interest, day, Component.INTEREST, found.paid + 1)
    told.post(Kind.PAYMENT, found.extra_principal, day, Component.PRINCIPAL, len(told.loan.schedule))


def _pay_a_part(told: Told) -> None:
    """What came in of instalments still unpaid: the interest of the oldest ones, then principal of the oldest."""
    found, day = told.found, _extra_day(told)
    left = found.extra_interest
    for number in range(found.paid + 1, len(told.loan.schedule) + 1):
        part = min(left, told.loan.schedule[number - 1].interest - (found.credit if number == 1 else 0))
        told.post(Kind.PAYMENT, part, day, Component.INTEREST, number)
        left -= part
    told.post(Kind.PAYMENT, found.extra_principal, day, Component.PRINCIPAL, found.paid + 1)


def _pay_off(told: Told, policy: ArrearsPolicy) -> None:
    """Everything, on the first day on which our interest to the day is at least theirs; the difference is waived."""
    found, number = told.found, told.found.paid + 1
    day = _extra_day(told)
    while (
        position := assess(told.loan, policy, as_of=day)
    ).payoff - position.outstanding_principal < found.extra_interest:
        day += A_DAY
        if day > CUT_OFF:
            raise TooLate(found.extra_interest - position.payoff + position.outstanding_principal)
    interest = position.payoff - position.outstanding_principal
    told.post(Kind.WAIVER, interest - found.extra_interest, day, Component.INTEREST, number)
    told.post(Kind.PAYMENT, position.outstanding_principal + found.extra_interest, day)


# -- coming late ------------------------------------------------------------------------------------------------


def _days_late(told: Told, policy: ArrearsPolicy) -> dict[int, int]:
    """How many days late which instalments came: where late fees were paid, or interest for being late."""
    found, fees = told.found, told.source.late_fees
    if fees:
        return _late_with_fees(told, policy, fees)
    late, left = {}, found.late_days
    for number in _latest_first(told):
        if left <= 0:
            break
        late[number] = min(left, DAYS_BEFORE_FEE, _room(told, number))
        left -= late[number]
    return {number: days for number, days in late.items() if days > 0}


def _latest_first(told: Told) -> Iterator[int]:
    """Interest for late days of an instalment shows in the next payment, so the last one comes last."""
    paid = told.found.paid
    yield from range(paid - 1, 0, -1)
    if paid:
        yield paid


def _room(told: Told, number: int) -> int:
    """Days from an instalment's due date to the day before the next one's, or to the cut-off."""
    schedule = told.loan.schedule
    return min(
        (schedule[number].due_on - schedule[number - 1].due_on).days - 1, (CUT_OFF - schedule[number - 1].due_on).days
    )


def _late_with_fees(told: Told, policy: ArrearsPolicy, fees: int) -> dict[int, int]:
    """The latest instalments whose late fees add up to what was paid; none, if no such do."""
    able = [number for number in _latest_first(told) if _room(told, number) > DAYS_BEFORE_FEE and number > 1]
    for numbers in chain.from_iterable(combinations(able, many) for many in range(1, len(able) + 1)):
        if sum(_fee_for(told, policy, number) for number in numbers) == fees:
            return {number: DAYS_BEFORE_FEE + 1 + (told.source.row + number) % 5 for number in numbers}
    return {}


def _fee_for(told: Told, policy: ArrearsPolicy, number: int) -> int:
    """What the policy charges on an instalment of which nothing was paid."""
    fee = policy.late_fee
    assert fee is not None  # noqa: S101  (the product's policy has one)
    return max(fee.least, round_half_up(fee.share * told.loan.schedule[number - 1].amount))


def _pay_late_fee(told: Told, policy: ArrearsPolicy) -> None:
    """Late fees that the policy doesn't give: paid on the unpaid instalment if it has arisen there, or posted and paid."""
    fees = told.source.late_fees
    number = min(told.found.paid + 1, len(told.loan.schedule))
    position = assess(told.loan, policy, as_of=CUT_OFF)
    arisen = position.instalments[number - 1].open.fee
    day = min(told.loan.schedule[number - 1].due_on + (DAYS_BEFORE_FEE + 1) * A_DAY, CUT_OFF)
    if told.source.status != CURRENT and arisen == fees:
        told.post(Kind.PAYMENT, fees, day, Component.FEE, number)
        return
    told.fees_posted = fees
    number = max(1, told.found.paid)
    day = min(told.loan.schedule[number - 1].due_on + 10 * A_DAY, CUT_OFF)
    told.post(Kind.FEE, fees, day, Component.FEE, number)
    told.post(Kind.PAYMENT, fees, day, Component.FEE, number)
