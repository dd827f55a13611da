"""Random loans and policies from a seed: as tests/core/portfolios.py draws them, but thousands in seconds."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.buckets import FIVE_CATEGORIES, Buckets
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    BillOverdue,
    By,
    ChargesMet,
    DpdFrom,
    Excess,
    GraceEffect,
    Interest,
    LateFee,
    PenaltyBase,
    PenaltyFrom,
    PenaltyWhile,
    RateStep,
    ReversalFrom,
    Rounds,
    ToleranceOf,
    Waterfall,
    WaterfallAfterDpd,
)
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
from goodstanding.core.money import ROUNDINGS, split_evenly
from goodstanding.core.rates import AnnualRate, DayCount
from tests.core.portfolios import LAST_DAY, START

PPM = 1_000_000


def a_day(dice: Random) -> date:
    return START + timedelta(days=dice.randint(0, LAST_DAY))


def a_rate(dice: Random) -> Fraction:
    return Fraction(dice.randint(0, 600_000), PPM)


def an_order(dice: Random) -> tuple[Component, ...]:
    return tuple(dice.sample(list(Component), 5))


def a_waterfall(dice: Random) -> Waterfall:
    charges = dice.choice([ChargesMet.IN_ORDER, ChargesMet.IN_ORDER, ChargesMet.LAST])
    return Waterfall(an_order(dice), an_order(dice), an_order(dice), dice.choice(list(By)), charges)


def a_step(dice: Random) -> RateStep:
    rate: Fraction | None = a_rate(dice)
    multiple: Fraction | None = None
    if dice.random() < 0.5:
        rate, multiple = None, dice.choice([Fraction(1), Fraction(3, 2), Fraction("1.234567")])
    if dice.random() < 0.5:
        return RateStep(rate, multiple, from_dpd=dice.randint(1, 100))
    return RateStep(rate, multiple, from_on=a_day(dice))


def a_late_fee(dice: Random) -> LateFee:
    return LateFee(
        flat=dice.choice([0, 500]),
        share=dice.choice([Fraction(0), Fraction(5, 100), Fraction(1, PPM)]),
        share_of=dice.choice(["overdue", "principal", "instalment"]),
        least=dice.choice([0, 1500]),
        most=dice.choice([None, 3000]),
        per=dice.choice(["instalment", "loan"]),
        every_days=dice.choice([None, 30, 7]),
        after_days=dice.choice([None, 0, 10]),
    )


def a_policy(dice: Random) -> ArrearsPolicy:
    """Any policy; every convention comes up."""
    base = dice.choice(list(PenaltyBase))
    rate, multiple = dice.choice(
        [
            (None, None),
            (Fraction("0.1825"), None),
            (None, Fraction(3, 2)),
            (Fraction("0.36"), None),
            (None, Fraction("1.234567")),
            (a_rate(dice), None),
        ]
    )
    return ArrearsPolicy(
        due_date_is_day=dice.choice([0, 1]),
        dpd_from=dice.choice(list(DpdFrom)),
        grace_days=dice.choice([0, 0, 3, 15]),
        grace_effect=dice.choice(list(GraceEffect)),
        tolerance_minor=dice.choice([0, 0, 100, 5000]),
        tolerance_share=dice.choice([Fraction(0), Fraction(1, 100)]),
        tolerance_of=dice.choice(list(ToleranceOf)),
        penalty_rate=rate,
        penalty_multiple=multiple,
        penalty_base=base,
        compound=dice.random() < 0.5 and base is PenaltyBase.PRINCIPAL,
        penalty_while=dice.choice(list(PenaltyWhile)),
        penalty_from=dice.choice(list(PenaltyFrom)),
        rate_steps=tuple(a_step(dice) for _ in range(dice.choice([0, 0, 1, 2]))),
        late_fee=a_late_fee(dice) if dice.random() < 0.5 else None,
        day_count=dice.choice(list(DayCount)),
        rounding=dice.choice(sorted(ROUNDINGS)),
        rounds=dice.choice(list(Rounds)),
        waterfall=a_waterfall(dice),
        waterfall_after_dpd=WaterfallAfterDpd(dice.choice([10, 90]), a_waterfall(dice))
        if dice.random() < 0.3
        else None,
        interest=dice.choice([Interest.SCHEDULED, Interest.SCHEDULED, Interest.DAILY_BALANCE, Interest.DAILY_FLAT]),
        excess=dice.choice(list(Excess)),
        buckets=dice.choice([Buckets(), Buckets((1, 16, 31, 121)), Buckets((1,)), Buckets(least_amount=20_000)]),
        classification=dice.choice([None, FIVE_CATEGORIES]),
        cost_ceiling=dice.choice([None, None, Fraction("0.24")]),
        total_cost_ceiling=dice.choice([None, None, Fraction("0.1")]),
        bill_overdue=dice.choice(list(BillOverdue)),
        reversal_from=dice.choice(list(ReversalFrom)),
    )


def a_plain_policy(dice: Random) -> ArrearsPolicy:
    """A policy as most lenders have it: the kernel's short way serves it."""
    order = an_order(dice)
    base = dice.choice(list(PenaltyBase))
    return replace(
        a_policy(dice),
        dpd_from=dice.choice([DpdFrom.OLDEST_UNPAID, DpdFrom.FIRST_DEFAULT]),
        interest=Interest.SCHEDULED,
        penalty_base=base,
        compound=base is PenaltyBase.PRINCIPAL and dice.random() < 0.3,
        rate_steps=(),
        cost_ceiling=None,
        total_cost_ceiling=None,
        waterfall_after_dpd=None,
        waterfall=Waterfall(order, dice.choice([order, an_order(dice)]), dice.choice([order, an_order(dice)])),
        tolerance_of=ToleranceOf.INSTALMENT,
        excess=dice.choice([Excess.NEXT, Excess.NEXT, Excess.NEXT, Excess.UNAPPLIED]),
        late_fee=dice.choice([None, replace(a_late_fee(dice), per="instalment", every_days=None)]),
    )


def an_instalment(dice: Random, due_on: date, *, is_bill: bool, has_fee: bool) -> Instalment:
    principal, interest = dice.randint(1, 200_000), dice.randint(0, 20_000)
    fee = dice.choice([0, 300]) if has_fee else 0
    minimum = dice.randint(0, principal + interest + fee) if is_bill else None
    return Instalment(due_on, principal, interest, fee, minimum)


def drawn(dice: Random, schedule: tuple[Instalment, ...]) -> tuple[Instalment, ...]:
    """Of a credit line, one loan in five: each instalment repays one of its drawdowns, or none."""
    if dice.random() < 0.8:
        return schedule
    names = dice.choice([["A"], ["", "A"], ["B", "A", "", "二", "10", "9"]])
    found: list[Instalment] = []
    for part in schedule:
        name, before = dice.choice(names), found[-1] if found else part
        on_one_day = dice.random() < 0.5 and all(name != one.drawdown for one in found if one.due_on == before.due_on)
        found.append(replace(part, drawdown=name, due_on=before.due_on if on_one_day else part.due_on))
    return tuple(dice.sample(found, len(found)))


def a_pause(dice: Random) -> Pause:
    start = a_day(dice)
    return Pause(
        start, start + timedelta(days=dice.randint(1, 45)), dice.choice([True, False]), dice.choice([True, False])
    )


def a_history(dice: Random, schedule: tuple[Instalment, ...]) -> tuple[Transaction, ...]:
    history: list[Transaction] = []
    for place in range(dice.randint(0, 8)):
        kind = dice.choice([Kind.PAYMENT] * 8 + [Kind.FEE, Kind.WAIVER, Kind.RECOVERY, Kind.CHARGE_OFF, Kind.REFUND])
        part = dice.choice(schedule)
        amount = dice.choice([part.amount, part.amount // 2, part.amount + 12_345, 50, 1_000_000])
        day = a_day(dice) if dice.random() < 0.5 else dice.choice(schedule).due_on
        directed = dice.choice([None, None, None, *Component])
        at = dice.choice([None, dice.randint(1, len(schedule))])
        if kind in (Kind.FEE, Kind.CHARGE_OFF):
            directed, amount = None, min(amount, 2_000)
        if kind is Kind.REFUND:
            amount = dice.choice([50, 1_000])
        late = timedelta(days=dice.randint(0, 5))
        history.append(Transaction(f"t{place}", kind, amount, day, day + late, None, directed, at))
    return (*history, *bounced(dice, history))


def bounced(dice: Random, history: list[Transaction]) -> list[Transaction]:
    """Reversals of anything, chargebacks of payments."""
    undone = []
    for place, one in enumerate(history):
        day = one.effective_on + timedelta(days=dice.randint(0, 30))
        fate = dice.randint(0, 19)
        if fate == 0 and one.kind in (Kind.PAYMENT, Kind.RECOVERY):
            undone.append(Transaction(f"c{place}", Kind.CHARGEBACK, one.amount // 2, day, day, reverses=one.id))
        if fate in (1, 2):
            undone.append(Transaction(f"r{place}", Kind.REVERSAL, one.amount, day, day, reverses=one.id))
    return undone


def a_loan(dice: Random) -> Loan:
    is_bill, has_fee, gap = dice.random() < 0.4, dice.random() < 0.5, dice.choice([7, 30, 31])
    first = START + timedelta(days=dice.randint(1, 40))
    schedule = tuple(
        an_instalment(dice, first + timedelta(days=gap * n), is_bill=is_bill, has_fee=has_fee)
        for n in range(dice.randint(1, 8))
    )
    return Loan(
        id="L",
        currency="CNY",
        principal=sum(part.principal for part in schedule),
        disbursed_on=START,
        annual_rate=AnnualRate(a_rate(dice), dice.choice(list(DayCount))),
        schedule=drawn(dice, schedule),
        transactions=a_history(dice, schedule),
        pauses=tuple(a_pause(dice) for _ in range(dice.choice([0, 0, 1, 2]))),
        classified_as=(a_decision(dice),) * dice.choice([0, 0, 1]),
    )


def a_decision(dice: Random) -> ClassifiedAs:
    from_on, until_on = a_day(dice), dice.choice([None, a_day(dice)])
    return ClassifiedAs("doubtful", from_on, until_on and max(from_on, until_on))


def a_changed_loan(dice: Random, policy: ArrearsPolicy) -> Loan:
    """A loan whose schedule is replaced, once or twice."""
    loan = a_loan(dice)
    kept = (Kind.REVERSAL,) if policy.reversal_from is ReversalFrom.START else ()
    loan = replace(
        loan, transactions=tuple(replace(one, instalment=None) for one in loan.transactions if one.kind not in kept)
    )
    for from_on in sorted(START + timedelta(days=dice.randint(1, LAST_DAY)) for _ in range(dice.choice([1, 1, 2]))):
        loan = changed(dice, loan, policy, from_on, takes_over=dice.random() < 0.5)
    return loan


def changed(dice: Random, loan: Loan, policy: ArrearsPolicy, from_on: date, *, takes_over: bool) -> Loan:
    """A loan with another schedule from a day, of the principal that is open then; unchanged where none is."""
    try:
        before = assess(loan, policy, as_of=from_on - timedelta(days=1))
    except CannotAssess:
        return loan
    taken = [part for part in before.instalments if takes_over or part.due_on >= from_on]
    principal = sum(part.open.principal for part in taken)
    if not principal:
        return loan
    parts, later = split_evenly(principal, dice.randint(1, 4)), dice.randint(0, 1)
    is_billed = principal % 5 == 0
    schedule = tuple(
        Instalment(
            from_on + timedelta(days=30 * (place + later)),
            part,
            500,
            dice.choice([0, 0, 200]),
            min(700, part + 500) if is_billed else None,
        )
        for place, part in enumerate(parts)
    )
    return replace(loan, versions=(*loan.versions, ScheduleVersion(from_on, drawn(dice, schedule), takes_over)))


def an_opened_loan(dice: Random) -> Loan:
    """A loan whose history starts with a position on a day."""
    return opened(dice, a_loan(dice), a_day(dice))


def opened(dice: Random, loan: Loan, on: date) -> Loan:
    """A loan of which what was open on a day is known, and what happened after it."""
    since = on - timedelta(days=dice.randint(0, 120))
    amounts = [dice.choice([0, 0, 1, 4_321, 100_000]) for _ in range(5)]
    period_from = dice.choice([None, on - timedelta(days=dice.randint(0, 20))])
    opening = Opening(
        on,
        principal=amounts[0],
        interest=amounts[1],
        penalty=amounts[2],
        compound=amounts[3],
        fee=amounts[4],
        overdue_since=dice.choice([None, since]),
        period_from=period_from,
        accrued_interest=dice.randint(0, 9),
    )
    known = tuple(one for one in loan.transactions if one.effective_on > on and one.reverses is None)
    transactions = tuple(replace(one, instalment=None) for one in known)
    return replace(loan, opening=opening, transactions=(*transactions, *bounced(dice, list(transactions))))


def a_bill_that_runs_on(dice: Random) -> tuple[Loan, ArrearsPolicy]:
    """Bills due soon, of which something may be open long after, while interest by day and penalty run; perhaps changed."""
    by_day = dice.choice([Interest.DAILY_BALANCE, Interest.DAILY_BALANCE, Interest.DAILY_FLAT])
    policy, loan = replace(a_policy(dice), interest=by_day), a_loan(dice)
    bills = tuple(
        replace(one, minimum=dice.randint(0, one.amount))
        for one in sorted(loan.schedule, key=lambda one: one.due_on)[: dice.randint(1, 2)]
    )
    named = tuple(replace(one, instalment=None) for one in loan.transactions if one.kind is not Kind.REVERSAL)
    loan = replace(loan, principal=sum(one.principal for one in bills), schedule=bills, transactions=named)
    if dice.random() < 0.3:
        loan = changed(dice, loan, policy, a_day(dice) + timedelta(days=1), takes_over=dice.random() < 0.7)
    return loan, policy


def a_steady_loan(dice: Random, size: int = 200_000) -> Loan:
    """A loan as most are: equal instalments paid about when they are due, sometimes late, in part or bounced."""
    count, gap = dice.randint(1, 12), dice.choice([14, 30, 31])
    first = START + timedelta(days=dice.randint(1, 40))
    principal, interest = dice.randint(1, size), dice.randint(0, size // 10)
    due = [first + timedelta(days=gap * n) for n in range(count)]
    schedule = tuple(
        Instalment(day, principal, dice.choice([interest, interest, interest + n])) for n, day in enumerate(due)
    )
    history: list[Transaction] = []
    for place, part in enumerate(schedule[: dice.randint(0, count)]):
        late = dice.choice([0, 0, -3, 1, 2, 6, 16, 17, 40])
        amount = dice.choice(
            [part.amount] * 6 + [part.amount // 2, part.amount - 1, part.amount + 777, part.amount * 2]
        )
        day = max(START, part.due_on + timedelta(days=late))
        if amount and dice.random() < 0.9:
            history.append(
                Transaction(f"t{place:02}", Kind.PAYMENT, amount, day, day + timedelta(days=dice.randint(0, 3)))
            )
    if dice.random() < 0.1:
        history += [replace(one, kind=Kind.REVERSAL, id="r" + one.id, reverses=one.id) for one in history[-1:]]
    if dice.random() < 0.1:
        day = a_day(dice)
        history.append(Transaction("w", dice.choice([Kind.CHARGE_OFF, Kind.RECOVERY, Kind.WAIVER]), 400, day, day))
    loan = a_loan(dice)
    pauses = loan.pauses if dice.random() < 0.2 else ()
    total = principal * count
    return replace(loan, principal=total, schedule=drawn(dice, schedule), transactions=tuple(history), pauses=pauses)


def any_loan(dice: Random, policy: ArrearsPolicy) -> Loan:
    fate = dice.random()
    if fate < 0.35:
        return a_loan(dice)
    if fate < 0.55:
        return a_changed_loan(dice, policy)
    return an_opened_loan(dice) if fate < 0.7 else a_steady_loan(dice, dice.choice([200_000, 200_000, 10**11]))
