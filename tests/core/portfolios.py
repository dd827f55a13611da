"""Random loans and policies that reach every convention, for property tests here and in batch."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.buckets import Buckets
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
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Opening, Pause, ScheduleVersion, Transaction
from goodstanding.core.money import ROUNDINGS, split_evenly
from goodstanding.core.rates import AnnualRate, DayCount

START = date(2023, 11, 28)
LAST_DAY = 420

orders = st.permutations(list(Component)).map(tuple)
waterfalls = st.builds(Waterfall, orders, orders, orders, st.sampled_from(By), st.sampled_from(ChargesMet))
rates = st.integers(0, 600_000).map(lambda ppm: Fraction(ppm, 1_000_000))
days = st.integers(0, LAST_DAY).map(lambda n: START + timedelta(days=n))

late_fees = st.builds(
    LateFee,
    flat=st.sampled_from([0, 500]),
    share=st.sampled_from([Fraction(0), Fraction(5, 100)]),
    share_of=st.sampled_from(["overdue", "principal", "instalment"]),
    least=st.sampled_from([0, 1500]),
    most=st.sampled_from([None, 3000]),
    per=st.sampled_from(["instalment", "loan"]),
    every_days=st.sampled_from([None, 30]),
    after_days=st.sampled_from([None, 0, 10]),
)

steps = st.one_of(
    st.builds(RateStep, rate=rates, from_dpd=st.integers(1, 100)),
    st.builds(RateStep, multiple=st.sampled_from([Fraction(1), Fraction(3, 2)]), from_on=days),
)


@st.composite
def policies(draw: st.DrawFn) -> ArrearsPolicy:
    base = draw(st.sampled_from(PenaltyBase))
    rate, multiple = draw(
        st.sampled_from([(None, None), (Fraction("0.1825"), None), (None, Fraction(3, 2)), (Fraction("0.36"), None)])
    )
    return ArrearsPolicy(
        due_date_is_day=draw(st.sampled_from([0, 1])),
        dpd_from=draw(st.sampled_from(DpdFrom)),
        grace_days=draw(st.sampled_from([0, 0, 3, 15])),
        grace_effect=draw(st.sampled_from(GraceEffect)),
        tolerance_minor=draw(st.sampled_from([0, 0, 100, 5000])),
        tolerance_share=draw(st.sampled_from([Fraction(0), Fraction(1, 100)])),
        tolerance_of=draw(st.sampled_from(ToleranceOf)),
        penalty_rate=rate,
        penalty_multiple=multiple,
        penalty_base=base,
        compound=draw(st.booleans()) and base is PenaltyBase.PRINCIPAL,
        penalty_while=draw(st.sampled_from(PenaltyWhile)),
        penalty_from=draw(st.sampled_from(PenaltyFrom)),
        rate_steps=tuple(draw(st.lists(steps, max_size=2))),
        late_fee=draw(st.none() | late_fees),
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from(sorted(ROUNDINGS))),
        rounds=draw(st.sampled_from(Rounds)),
        waterfall=draw(waterfalls),
        waterfall_after_dpd=draw(st.none() | st.builds(WaterfallAfterDpd, st.sampled_from([10, 90]), waterfalls)),
        interest=draw(
            st.sampled_from([Interest.SCHEDULED, Interest.SCHEDULED, Interest.DAILY_BALANCE, Interest.DAILY_FLAT])
        ),
        excess=draw(st.sampled_from(Excess)),
        buckets=draw(st.sampled_from([Buckets(), Buckets((1, 16, 31, 121)), Buckets((1, 31), least_amount=15_000)])),
        cost_ceiling=draw(st.sampled_from([None, None, Fraction("0.24")])),
        total_cost_ceiling=draw(st.sampled_from([None, None, Fraction("0.1")])),
        bill_overdue=draw(st.sampled_from(BillOverdue)),
        reversal_from=draw(st.sampled_from(ReversalFrom)),
    )


@st.composite
def instalments(draw: st.DrawFn, due_on: date, *, is_bill: bool) -> Instalment:
    principal, interest, fee = (
        draw(st.integers(1, 200_000)),
        draw(st.integers(0, 20_000)),
        draw(st.sampled_from([0, 300])),
    )
    minimum = draw(st.integers(0, principal + interest + fee)) if is_bill else None
    return Instalment(due_on, principal, interest, fee, minimum)


@st.composite
def of_drawdowns(draw: st.DrawFn, schedule: tuple[Instalment, ...]) -> tuple[Instalment, ...]:
    """The schedule of a credit line: each instalment repays a drawdown, or none; of different ones some fall due on one day."""
    found: list[Instalment] = []
    for part in schedule:
        name = draw(st.sampled_from(["", "A", "B", "Z"]))
        before = found[-1].due_on if found else part.due_on
        is_taken = any((one.due_on, one.drawdown) == (before, name) for one in found)
        due_on = before if draw(st.booleans()) and not is_taken else part.due_on
        found.append(replace(part, drawdown=name, due_on=due_on))
    return tuple(found)


@st.composite
def loans(draw: st.DrawFn, *, soon_billed: bool = False) -> Loan:
    """Any loan. soon_billed: an account with few bills, all of them due soon."""
    is_bill = soon_billed or draw(st.booleans())
    gap = 7 if soon_billed else draw(st.sampled_from([7, 30, 31]))
    count = draw(st.integers(1, 2 if soon_billed else 8))
    first = START + timedelta(days=draw(st.integers(1, 40)))
    schedule = tuple(draw(instalments(first + timedelta(days=gap * n), is_bill=is_bill)) for n in range(count))
    if draw(st.integers(0, 3)) == 0:
        schedule = draw(of_drawdowns(schedule))
    return Loan(
        id="L1",
        currency="CNY",
        principal=sum(part.principal for part in schedule),
        disbursed_on=START,
        annual_rate=AnnualRate(draw(rates)),
        schedule=schedule,
        transactions=draw(histories(schedule)),
        pauses=tuple(draw(st.lists(pauses(), max_size=2))),
    )


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    start = draw(days)
    return Pause(start, start + timedelta(days=draw(st.integers(1, 45))), draw(st.booleans()), draw(st.booleans()))


@st.composite
def histories(draw: st.DrawFn, schedule: tuple[Instalment, ...]) -> tuple[Transaction, ...]:
    """Payments around the amounts due, late, early, part, too much; fees, waivers, reversals, a charge-off."""
    history: list[Transaction] = []
    for place in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from([Kind.PAYMENT] * 8 + [Kind.FEE, Kind.WAIVER, Kind.RECOVERY, Kind.CHARGE_OFF]))
        part = draw(st.sampled_from(schedule))
        amount = draw(st.sampled_from([part.amount, part.amount // 2, part.amount + 12_345, 50, 1_000_000]))
        day = draw(days | st.sampled_from([one.due_on for one in schedule]))
        directed = draw(st.sampled_from([None, None, None, *Component]))
        at = draw(st.none() | st.integers(1, len(schedule)))
        if kind in (Kind.FEE, Kind.CHARGE_OFF):
            directed, amount = None, min(amount, 2_000)
        late_booking = draw(st.integers(0, 5))
        history.append(
            Transaction(f"t{place}", kind, amount, day, day + timedelta(days=late_booking), None, directed, at)
        )
    for place, one in enumerate([one for one in history if one.kind is Kind.PAYMENT]):
        fate = draw(st.integers(0, 19))
        if fate == 0:
            day = one.effective_on + timedelta(days=draw(st.integers(0, 30)))
            history.append(Transaction(f"c{place}", Kind.CHARGEBACK, one.amount // 2, day, day, reverses=one.id))
        if fate in (1, 2):
            day = one.effective_on + timedelta(days=draw(st.integers(0, 30)))
            history.append(Transaction(f"r{place}", Kind.REVERSAL, one.amount, day, day, reverses=one.id))
    return tuple(draw(st.permutations(history)))


@st.composite
def changed_loans(draw: st.DrawFn, policy: ArrearsPolicy, *, soon_billed: bool = False) -> Loan:
    """A loan whose schedule is replaced once, with the principal that was open then split over new due dates."""
    loan = draw(loans(soon_billed=soon_billed))
    # A reversal that voids from the start may change what a later schedule replaced: such a loan is set aside.
    loan = replace(
        loan,
        transactions=tuple(replace(one, instalment=None) for one in loan.transactions if one.kind is not Kind.REVERSAL),
    )
    from_on = draw(days.filter(lambda day: day > START))
    takes_over = draw(st.booleans())
    before = assess(loan, policy, as_of=from_on - timedelta(days=1))
    taken = [part for part in before.instalments if takes_over or part.due_on >= from_on]
    principal = sum(part.open.principal for part in taken)
    if not principal:
        return loan
    parts = split_evenly(principal, draw(st.integers(1, 4)))
    minimum = draw(st.sampled_from([None, None, 700]))
    schedule = tuple(
        Instalment(from_on + timedelta(days=30 * place), part, 500, minimum=minimum and min(minimum, part + 500))
        for place, part in enumerate(parts, draw(st.integers(0, 1)))
    )
    if draw(st.integers(0, 3)) == 0:
        schedule = draw(of_drawdowns(schedule))
    return replace(loan, versions=(ScheduleVersion(from_on, schedule, takes_over),))


@st.composite
def opened_loans(draw: st.DrawFn) -> Loan:
    """A loan whose history starts with a position on a day."""
    loan = draw(loans())
    on = draw(days)
    since = on - timedelta(days=draw(st.integers(0, 120)))
    amounts = st.sampled_from([0, 0, 1, 4_321, 100_000])
    opening = Opening(
        on,
        principal=draw(amounts),
        interest=draw(amounts),
        penalty=draw(amounts),
        compound=draw(amounts),
        fee=draw(amounts),
        overdue_since=draw(st.sampled_from([None, since])),
        accrued_interest=draw(st.integers(0, 9)),
    )
    known = tuple(one for one in loan.transactions if one.effective_on > on and one.reverses is None)
    return replace(loan, opening=opening, transactions=tuple(replace(one, instalment=None) for one in known))


@st.composite
def loans_that_run_on(draw: st.DrawFn) -> tuple[Loan, ArrearsPolicy]:
    """What is left of a loan is about as much as is tolerated, and interest goes on by day: arrears begin in some night."""
    left = draw(st.integers(900, 1_100))
    policy = replace(
        draw(policies()),
        interest=Interest.DAILY_BALANCE,
        tolerance_minor=draw(st.sampled_from([0, 1_000])),
        tolerance_share=draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 10), Fraction(1, 2)])),
        penalty_rate=draw(st.sampled_from([None, Fraction("0.36")])),
        penalty_multiple=None,
        rate_steps=(),
    )
    minimum = draw(st.sampled_from([None, None, 1, 1_000, 1_500, 3_000]))
    first, last = (START + timedelta(days=draw(st.integers(1, 40)) + n) for n in (0, 30))
    schedule = [Instalment(first, 10_000, minimum=minimum), Instalment(last, 10_000, minimum=minimum)]
    schedule = schedule[draw(st.sampled_from([0, 1, 1])) :]
    principal = sum(part.principal for part in schedule)
    paid_on = first + timedelta(days=draw(st.integers(0, 60)))
    history = [Transaction("p", Kind.PAYMENT, principal - left, paid_on, paid_on)] if draw(st.booleans()) else []
    for name in range(draw(st.integers(0, 2))):
        day = last + timedelta(days=draw(st.integers(0, 90)))
        kind = draw(st.sampled_from([Kind.FEE, Kind.PAYMENT, Kind.WAIVER]))
        history.append(Transaction(f"x{name}", kind, draw(st.integers(0, 60)), day, day))
    rate = AnnualRate(draw(st.sampled_from([Fraction(23, 100_000), Fraction("0.05"), Fraction("0.36"), Fraction(3)])))
    held = tuple(draw(st.lists(pauses(), max_size=1)))
    return Loan("L1", "CNY", principal, START, rate, tuple(schedule), tuple(history), held), policy


@st.composite
def bills_that_run_on(draw: st.DrawFn) -> tuple[Loan, ArrearsPolicy]:
    """Bills of which something is open long after the last due date, while interest by day and penalty run."""
    kind = draw(st.sampled_from([Interest.DAILY_BALANCE, Interest.DAILY_BALANCE, Interest.DAILY_FLAT]))
    policy = replace(draw(policies()), interest=kind)
    loan = draw(st.one_of(loans(soon_billed=True), changed_loans(policy, soon_billed=True)))
    return loan, policy


@st.composite
def any_loans(draw: st.DrawFn, policy: ArrearsPolicy) -> Loan:
    return draw(st.one_of(loans(), changed_loans(policy), opened_loans()))


@st.composite
def assessments(draw: st.DrawFn) -> tuple[Loan, ArrearsPolicy, date]:
    """A loan of any kind, a policy and a day that lies in its history."""
    policy = draw(policies())
    loan = draw(any_loans(policy))
    if draw(st.integers(0, 9)) == 0:
        loan, policy = draw(st.one_of(loans_that_run_on(), bills_that_run_on()))
    as_of = draw(days)
    return loan, policy, max(as_of, loan.opening.on) if loan.opening is not None else as_of
