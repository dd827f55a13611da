"""Random walks through promises, plans, payments, reversals, chargebacks, refunds, re-ages and time.

What must hold wherever they go: no cent counts twice and none is lost; what was agreed stays what is asked; each state has its reason; the
order of what is handed over changes nothing; replaying the events gives the same; and what was said on a day is said again when
asked for that day with what was known then.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.arrears.policy import ArrearsPolicy, ReversalFrom
from goodstanding.core.arrears.position import CannotAssess
from goodstanding.core.loan import Instalment, Kind, Pause, ScheduleVersion, Transaction
from goodstanding.core.plain_data import from_data, to_data
from goodstanding.core.plans.agreement import (
    By,
    EventKind,
    Plan,
    PlanEvent,
    PlanPayment,
    PlanTerms,
    Refused,
    course_of,
    record,
)
from goodstanding.core.plans.in_force import hold_of, loan_under
from goodstanding.core.plans.judging import Commitments, Judged, JudgedPlan, PlanState, judge
from goodstanding.core.plans.matching import CannotJudge, MeantFor, standing
from goodstanding.core.plans.offers import Change
from goodstanding.core.plans.promise import Promise, PromiseState
from tests.core.plans.ledgers import SHANGHAI, a_loan, given_up

Value = TypeVar("Value")
DAYS = st.integers(0, 8)
AMOUNTS = st.integers(1, 500)
KINDS = (Kind.PAYMENT, Kind.PAYMENT, Kind.PAYMENT, Kind.RECOVERY)
GOES_TO = {
    PlanState.OFFERED: {PlanState.ACCEPTED, PlanState.ACTIVE, PlanState.COMPLETED, PlanState.WITHDRAWN},
    PlanState.ACCEPTED: {PlanState.ACTIVE, PlanState.COMPLETED, PlanState.BROKEN, PlanState.WITHDRAWN},
    PlanState.ACTIVE: {PlanState.COMPLETED, PlanState.BROKEN, PlanState.WITHDRAWN},
    PlanState.COMPLETED: {PlanState.ACCEPTED, PlanState.ACTIVE, PlanState.BROKEN, PlanState.WITHDRAWN},
    PlanState.BROKEN: {PlanState.WITHDRAWN},
    PlanState.WITHDRAWN: set[PlanState](),
}
"""Where a plan goes from one day to the next. From completed and broken it goes on by money taken back and a withdrawal in the cooling-off."""


class Walk(RuleBasedStateMachine):
    """A loan whose borrower and lender do anything at all, and may write it down days later."""

    @initialize(own_date=st.booleans())
    def begin(self, own_date: bool) -> None:
        self.policy = ArrearsPolicy(reversal_from=ReversalFrom.OWN_DATE if own_date else ReversalFrom.START)
        self.today = date(2026, 3, 1)
        self.loan = a_loan()
        self.promises: list[Promise] = []
        self.plans: list[Plan] = []
        self.meant_for: list[MeantFor] = []
        self.said: list[tuple[date, Judged]] = []

    def name(self, kind: str) -> str:
        counted = len(self.promises) + len(self.plans) + len(self.loan.transactions)
        return f"{kind}{counted}"

    def now(self) -> datetime:
        counted = sum(len(one.events) for one in self.plans) + len(self.promises)
        start = datetime(self.today.year, self.today.month, self.today.day, 8, tzinfo=SHANGHAI)
        return start + timedelta(seconds=counted)

    def post(self, kind: Kind, amount: int, days_ago: int, reverses: str | None = None) -> None:
        on = max(date(2026, 1, 1), self.today - timedelta(days=days_ago))
        target = next((one for one in self.loan.transactions if one.id == reverses), None)
        on = max(on, target.effective_on) if target else on
        one = Transaction(self.name("T"), kind, amount, on, self.today, reverses=reverses)
        changed = replace(self.loan, transactions=(*self.loan.transactions, one))
        try:  # what the ledger itself refuses isn't in a ledger, whatever the day it is asked for
            for day in {part.effective_on for part in changed.transactions}:
                standing(known_transactions(changed, self.policy, day, None))
            assess(changed, self.policy, as_of=self.today)
        except (CannotAssess, CannotJudge):
            return
        self.loan = changed

    def judge(self, as_of: date | None = None, known_on: date | None = None) -> Judged:
        return judge(self.all_said(), self.loan, self.policy, as_of=as_of or self.today, known_on=known_on)

    def all_said(self) -> Commitments:
        return Commitments(tuple(self.promises), tuple(self.plans), tuple(self.meant_for))

    @rule(days=st.sampled_from((1, 1, 1, 2, 5, 12)))
    def time_passes(self, days: int) -> None:
        for _ in range(days):
            self.said.append((self.today, self.judge(known_on=self.today)))
            self.today += timedelta(days=1)

    @rule(amount=AMOUNTS, days_ago=st.sampled_from((0, 0, 0, 1, 6)), kind=st.sampled_from(KINDS))
    def somebody_pays(self, amount: int, days_ago: int, kind: Kind) -> None:
        self.post(kind, amount, days_ago)

    @rule(dice=st.randoms(use_true_random=False), days_ago=st.sampled_from((0, 0, 3)), kind=st.sampled_from(Kind))
    def money_goes_back(self, dice: Random, days_ago: int, kind: Kind) -> None:
        paid = [one for one in self.loan.transactions if one.kind in (Kind.PAYMENT, Kind.RECOVERY)]
        if paid and kind in (Kind.REVERSAL, Kind.CHARGEBACK, Kind.REFUND):
            one = dice.choice(paid)
            amount = one.amount if kind is Kind.REVERSAL else dice.randint(1, one.amount)
            self.post(kind, amount, days_ago, None if kind is Kind.REFUND else one.id)

    @precondition(lambda self: len(self.promises) < 5)
    @rule(amount=AMOUNTS, ahead=DAYS, late=st.integers(0, 3), short=st.integers(0, 20), about=st.booleans(), later=DAYS)
    def somebody_promises(self, amount: int, ahead: int, late: int, short: int, about: bool, later: int) -> None:
        plan = self.plans[-1].id if about and self.plans else ""
        made, due = self.now(), self.today + timedelta(days=ahead)
        written = made + timedelta(days=later // 3)
        short = min(short, amount - 1)
        self.promises.append(Promise(self.name("P"), amount, due, made, "Asia/Shanghai", late, short, plan, written))

    @precondition(lambda self: len(self.plans) < 3)
    @rule(
        parts=st.lists(st.tuples(st.integers(1, 9), AMOUNTS), max_size=4),
        late=st.integers(0, 3),
        short=st.integers(0, 20),
        cooling=st.sampled_from((0, 0, 5)),
        needs_signature=st.sampled_from((False, False, False, True)),
        stands_for=DAYS,
        contract_too=st.booleans(),
        accepts=st.sampled_from((None, EventKind.ACCEPTED, EventKind.ACCEPTED, EventKind.SIGNED)),
    )
    def the_lender_offers(
        self,
        parts: list[tuple[int, int]],
        late: int,
        short: int,
        cooling: int,
        needs_signature: bool,
        stands_for: int,
        contract_too: bool,
        accepts: EventKind | None,
    ) -> None:
        on, payments = self.today, []
        for gap, amount in parts:
            on += timedelta(days=gap)
            payments.append(PlanPayment(on, amount, contract=amount // 3))
        rests = (Pause(self.today, on + timedelta(days=6)),)
        asked = sum(one.amount if contract_too else one.amount - one.contract for one in payments)
        short = min(short, max(0, asked - 1))
        terms = PlanTerms(
            payments=tuple(payments),
            worked_out_on=self.today,
            accept_by=self.today + timedelta(days=stands_for),
            zone="Asia/Shanghai",
            tolerance_days=late,
            tolerance_amount=short,
            cooling_off_days=cooling,
            needs_signature=needs_signature,
            contract_too=contract_too,
            change=Change(self.today, pauses=rests, waivers=(given_up(100, on),)),
        )
        offered = PlanEvent(EventKind.OFFERED, self.now())
        more = (PlanEvent(accepts, self.now() + timedelta(hours=1)),) if accepts else ()
        self.plans.append(Plan(self.name("A"), terms, (offered, *more)))

    @precondition(lambda self: self.plans)
    @rule(
        days_ago=st.sampled_from((0, 0, 0, 0, 2)),
        how_many=st.sampled_from((1, 1, 1, 4)),
        but=st.sampled_from((0, 0, 1, -9)),
    )
    def what_is_next_is_paid(self, days_ago: int, how_many: int, but: int) -> None:
        """The next payments of the plans that go on, to the cent, or but for what is tolerated; or with something more."""
        for plan in self.judge().plans:
            if plan.state in (PlanState.ACCEPTED, PlanState.ACTIVE):
                missing = [one.asked - one.paid for one in plan.payments if one.asked > one.paid]
                amount = sum(missing[:how_many]) - (plan.plan.terms.tolerance if but > 0 else but)
                if missing and amount > 0:
                    self.post(Kind.PAYMENT, amount, days_ago)

    @precondition(lambda self: self.plans)
    @rule(dice=st.randoms(use_true_random=False), kind=st.sampled_from(EventKind), by=st.sampled_from(By), later=DAYS)
    def somebody_decides(self, dice: Random, kind: EventKind, by: By, later: int) -> None:
        place = dice.randrange(len(self.plans))
        who = by if kind is EventKind.WITHDRAWN else None
        at = self.now() + timedelta(hours=2)
        made = PlanEvent(kind, at, who, "as they said", at + timedelta(days=later // 3))
        changed = record(self.plans[place], made)
        if isinstance(changed, Refused):
            assert changed.reason
        else:
            self.plans[place] = changed

    @precondition(lambda self: self.loan.transactions)
    @rule(dice=st.randoms(use_true_random=False))
    def a_payment_was_meant(self, dice: Random) -> None:
        ids = ["", *(one.id for one in self.promises), *(one.id for one in self.plans)]
        ids += [f"{one.id}/{place + 1}" for one in self.plans for place in range(len(one.terms.payments))]
        payment = dice.choice(self.loan.transactions).id
        self.meant_for.append(MeantFor(payment, dice.choice(ids), self.today))

    @rule(months=st.integers(1, 3))
    def the_loan_is_re_aged(self, months: int) -> None:
        """What is due and unpaid moves into a new schedule: what was promised and agreed stays what it was."""
        before = self.judge()
        owed = assess(self.loan, self.policy, as_of=self.today - timedelta(days=1)).outstanding_principal
        schedule = (Instalment(self.today + timedelta(days=30 * months), owed),)
        aged = replace(
            self.loan, versions=(*self.loan.versions, ScheduleVersion(self.today, schedule, takes_over=True))
        )
        assert judge(self.all_said(), aged, self.policy, as_of=self.today) == before

    @invariant()
    def money_is_conserved(self) -> None:
        found = self.judge()
        ledger = known_transactions(self.loan, self.policy, self.today, None)
        stands = {one.payment: one.amount for one in standing(ledger)}
        used = {one.payment: one.amount for one in found.uncounted}
        through: dict[tuple[str, str], int] = {}
        counted = [part for one in found.promises for part in one.counted]
        counted += [part for plan in found.plans for one in plan.payments for part in one.counted]
        for part in counted:
            assert part.amount > 0
            if part.through:
                key = (part.payment, part.through)
                through[key] = through.get(key, 0) + part.amount
            else:
                used[part.payment] = used.get(part.payment, 0) + part.amount
        assert used == stands
        of_plans = {
            (part.payment, plan.plan.id): sum(
                one.amount for each in plan.payments for one in each.counted if one.payment == part.payment
            )
            for plan in found.plans
            for each in plan.payments
            for part in each.counted
        }
        assert all(amount <= of_plans[key] for key, amount in through.items())

    @invariant()
    def nothing_asks_for_more_than_was_agreed_and_each_state_has_its_reason(self) -> None:
        found = self.judge()
        for promise in found.promises:
            assert promise.reason.endswith(".")
            assert promise.paid == sum(one.amount for one in promise.counted) <= promise.promise.amount
            assert all(promise.promise.made_on <= one.on <= promise.promise.until_on for one in promise.counted)
            enough = promise.paid >= promise.promise.amount - promise.promise.tolerance_amount
            assert (promise.state is PromiseState.KEPT) == enough
        for plan in found.plans:
            terms = plan.plan.terms
            assert sum(one.payment.amount for one in plan.payments) == terms.total
            assert all(0 <= one.paid <= one.asked for one in plan.payments)
            assert plan.paid == sum(one.paid for one in plan.payments)
            assert plan.reason.endswith(".")
            assert plan.since <= self.today
            self.the_state_is_what_the_money_says(plan)

    def the_state_is_what_the_money_says(self, plan: JudgedPlan) -> None:
        terms = plan.plan.terms
        missing = sum(one.asked for one in plan.payments) - plan.paid
        if plan.state is PlanState.COMPLETED:
            assert missing <= terms.tolerance
        if plan.state in (PlanState.ACTIVE, PlanState.ACCEPTED):
            late = sum(one.asked for one in plan.payments if one.until_on < self.today)
            unsigned = plan.course.bound_on is None
            assert unsigned or sum(one.paid for one in plan.payments) >= late - terms.tolerance
        hold = hold_of(plan, self.loan.id)
        assert (hold is None) == (plan.course.accepted_at is None)
        if hold is not None:
            assert (hold.until is None) == (plan.state in (PlanState.ACCEPTED, PlanState.ACTIVE))
            assert hold.until is None or hold.until >= hold.began_at
            assert hold.given["plan_is_broken"] is (plan.state is PlanState.BROKEN)

    @invariant()
    def the_order_of_what_is_handed_over_changes_nothing(self) -> None:
        found = self.judge()
        dice = Random(len(self.said))

        def shuffled(held: tuple[Value, ...]) -> tuple[Value, ...]:
            return tuple(dice.sample(held, len(held)))

        said = Commitments(
            shuffled(tuple(self.promises)),
            tuple(replace(one, events=shuffled(one.events)) for one in self.plans),
            shuffled(tuple(dict.fromkeys(self.meant_for))),
        )
        loan = replace(self.loan, transactions=shuffled(self.loan.transactions))
        again = judge(said, loan, self.policy, as_of=self.today)
        by_id = {one.promise.id: one for one in again.promises}
        assert [by_id[one.promise.id] for one in found.promises] == list(found.promises)
        assert [(one.plan.id, one.state, one.since, one.reason, one.payments) for one in again.plans] == [
            (one.plan.id, one.state, one.since, one.reason, one.payments) for one in found.plans
        ]

    @invariant()
    def replaying_what_was_recorded_gives_the_same(self) -> None:
        for plan in self.plans:
            again = Plan(plan.id, plan.terms)
            for made in plan.events:
                recorded = record(again, made)
                assert isinstance(recorded, Plan)
                again = recorded
            assert again == plan
            assert course_of(plan).refused == ()
        assert from_data(Commitments, to_data(self.all_said())) == self.all_said()

    @invariant()
    def the_loan_has_what_the_plans_gave_and_no_more(self) -> None:
        found = self.judge()
        changed = loan_under(found.plans, self.loan, self.policy)
        known = {one.id for one in self.loan.transactions}
        for plan in found.plans:
            terms = plan.plan.terms
            given = [
                one for one in changed.transactions if one.id not in known and one.id.startswith(f"{plan.plan.id}/")
            ]
            agreed = sum(one.amount for one in terms.change.waivers) if terms.change else 0
            assert all(one.kind is Kind.WAIVER and one.effective_on == plan.since for one in given)
            assert sum(one.amount for one in given) <= (
                agreed + terms.tolerance if plan.state is PlanState.COMPLETED else 0
            )
        for pause in changed.pauses:
            assert pause.from_on < pause.until_on
        assess(changed, self.policy, as_of=self.today)

    def teardown(self) -> None:
        """What was said on each day is said again, and no plan went a way that there isn't."""
        for day, found in getattr(self, "said", ()):
            assert self.judge(day, day) == found
        for (_, before), (_, after) in pairwise(getattr(self, "said", ())):
            later = {one.plan.id: one.state for one in after.plans}
            for one in before.plans:
                self.the_step_is_one_there_is(one.state, later[one.plan.id])

    def the_step_is_one_there_is(self, before: PlanState, after: PlanState) -> None:
        booked_late = any(one.booked_on != one.effective_on for one in self.loan.transactions)
        written_late = any(one.recorded_at != one.at for plan in self.plans for one in plan.events[1:]) or any(
            one.recorded_at != one.made_at for one in self.promises
        )
        if before is not after and not (booked_late or written_late or self.meant_for):
            assert after in GOES_TO[before], f"{before} to {after}"


Walk.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWalk = Walk.TestCase
