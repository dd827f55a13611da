"""Working a loan through, from event to event, up to a day. `assess` starts it and reads its result.

Within a day: interest runs up to it, grace that has run out brings its charges, late fees arise, what falls due becomes
due and meets held credit; then transactions in the order fee, waiver, payment, recovery, refund, reversal, charge-off.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.arrears.account import SCHEDULED, InstalmentAccount
from goodstanding.core.arrears.accrual import Accrual
from goodstanding.core.arrears.counting import ONE_DAY, day_number, day_reached
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    DpdFrom,
    Excess,
    Interest,
    LateFee,
    PenaltyBase,
    PenaltyFrom,
    PenaltyWhile,
    ReversalFrom,
    ToleranceOf,
    Waterfall,
)
from goodstanding.core.arrears.position import CannotAssess, Line, LineKind
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Opening, ScheduleVersion, Transaction
from goodstanding.core.money import LARGEST_AMOUNT, ROUNDINGS, split_evenly
from goodstanding.core.payments.waterfall import allocate, claims_in_order
from goodstanding.core.rates import days_between, year_fraction

_WITHIN_A_DAY = {
    Kind.FEE: 0,
    Kind.WAIVER: 1,
    Kind.PAYMENT: 2,
    Kind.RECOVERY: 3,
    Kind.REFUND: 4,
    Kind.REVERSAL: 5,
    Kind.CHARGEBACK: 6,
    Kind.CHARGE_OFF: 7,
}
_MOVES_MONEY = (Kind.PAYMENT, Kind.RECOVERY, Kind.WAIVER, Kind.REVERSAL, Kind.CHARGEBACK, Kind.REFUND)
_WAIVED_FIRST = (Component.FEE, Component.PENALTY, Component.COMPOUND, Component.INTEREST, Component.PRINCIPAL)
_CHARGES = (Component.FEE, Component.PENALTY, Component.COMPOUND)


def known_transactions(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> list[Transaction]:
    """The transactions that count: effective by as_of, booked by known_on, in the order in which they work.

    Where a reversal voids from the start, both it and what it reverses are left out.
    """
    known = [
        one
        for one in loan.transactions
        if one.effective_on <= as_of and (known_on is None or one.booked_on <= known_on)
    ]
    ids = {one.id: one for one in known}
    if len(ids) != len(known):
        raise CannotAssess(
            f"loan {loan.id}: two transactions have the same id; each is counted once, so give them their own"
        )
    void: set[str] = set()
    for one in known:
        if one.amount < 0 or one.amount > LARGEST_AMOUNT:
            raise CannotAssess(
                f"transaction {one.id}: an amount of {one.amount} minor units is outside 0 to {LARGEST_AMOUNT}"
            )
        if one.kind is Kind.CHARGEBACK:
            target = ids.get(one.reverses or "")
            if target is None or target.kind not in (Kind.PAYMENT, Kind.RECOVERY):
                raise CannotAssess(f'chargeback {one.id} takes back "{one.reverses}", which is not a payment')
        if one.kind is Kind.REVERSAL:
            target = ids.get(one.reverses or "")
            if target is None or target.kind is Kind.REVERSAL or target.id in void:
                raise CannotAssess(
                    f'reversal {one.id} reverses "{one.reverses}", which is not a transaction still standing'
                )
            void.add(target.id)
            if policy.reversal_from is ReversalFrom.START or target.kind is not Kind.PAYMENT:
                void.add(one.id)
    if policy.reversal_from is ReversalFrom.OWN_DATE:
        void -= {one.reverses or "" for one in known if one.kind is Kind.REVERSAL and one.id not in void}
    standing = [one for one in known if one.id not in void]
    return sorted(standing, key=lambda one: (one.effective_on, _WITHIN_A_DAY[one.kind], one.booked_on, one.id))


class Working:
    """One loan on its way through time. After `run_to` its fields say where the loan stands."""

    def __init__(self, loan: Loan, policy: ArrearsPolicy) -> None:
        self.loan, self.policy = loan, policy
        self.round = ROUNDINGS[policy.rounding]
        self.penalty_pauses = [pause for pause in loan.pauses if pause.stops_penalty]
        self.fee_pauses = [pause for pause in loan.pauses if pause.stops_fees]
        self.accounts: list[InstalmentAccount] = []
        self.days: list[date] = []
        self.lines: list[Line] = []
        self.unapplied: list[tuple[str, int]] = []
        self.allocations: dict[str, list[tuple[InstalmentAccount, Component, int]]] = {}
        self.arrears_since: date | None = None
        self.charged_off_on: date | None = None
        self.day = loan.disbursed_on
        self.due_count = 0
        self.loan_fee_on: date | None = None
        self.loan_fee_charged = False
        self.principal_years = Fraction(0)
        self.settled_on: date | None = None
        self.settled_by = ""
        self.period_from: date | None = None
        self.versions = sorted(loan.versions, key=lambda version: version.from_on, reverse=True)
        schedule, begun = loan.schedule, date.min
        if loan.opening is not None:
            begun = loan.opening.on
            while self.versions and self.versions[-1].from_on <= begun:
                schedule = self.versions.pop().schedule
            self._open_with(loan.opening)
        self._add(part for part in schedule if part.due_on > begun)
        self.contract = self._contract_interest() if policy.interest is not Interest.SCHEDULED else None

    # -- setting up ---------------------------------------------------------------------------------------------

    def _add(self, schedule: Iterable[Instalment]) -> None:
        for part in sorted(schedule, key=lambda part: part.due_on):
            self.accounts.append(self._account(len(self.accounts) + 1, part))

    def _open_with(self, opening: Opening) -> None:
        """What was open when the lender's history starts, as one instalment due when the oldest of it was."""
        due_on = opening.overdue_since or opening.on
        account = self._account(1, Instalment(due_on, opening.principal, opening.interest))
        account.charged[Component.FEE] = opening.fee
        account.charged[Component.PENALTY] = opening.penalty
        account.charged[Component.COMPOUND] = opening.compound
        account.has_lapsed = account.lapses_on <= opening.on
        for accrual in account.accruals if account.has_lapsed else ():
            accrual.begin(opening.on)
        if account.fee_on is not None and account.fee_on <= opening.on:
            account.fee_on = None
        self.accounts.append(account)
        self.due_count, self.day = 1, opening.on
        amounts = {**account.charged, Component.PRINCIPAL: opening.principal, Component.INTEREST: opening.interest}
        for component, amount in amounts.items():
            if amount:
                self._line(LineKind.OPENING, component, account, opening.on, amount)

    def _change_schedule(self, version: ScheduleVersion, day: date) -> None:
        """Another schedule takes the place of what isn't due yet, and where it says so of what is due and unpaid."""
        self._close_all(day)
        replaced = self.accounts[self.due_count :]
        taken = [*self.accounts[: self.due_count], *replaced] if version.takes_over else replaced
        principal = sum(account.open_scheduled(Component.PRINCIPAL) for account in taken)
        planned = sum(part.principal for part in version.schedule)
        if principal != planned:
            raise CannotAssess(
                f"loan {self.loan.id}: the schedule that counts from {day} holds {planned} of principal (minor units); what it"
                f" replaces holds {principal}"
            )
        accrued = replaced[0].open(Component.INTEREST) if self.contract is not None and replaced else 0
        for account in taken:
            for component in SCHEDULED:
                moved = account.open_scheduled(component)
                account.scheduled[component] -= moved
                if account.number <= self.due_count and moved:
                    self._line(LineKind.MOVED, component, account, day, -moved)
        for account in replaced:
            account.is_replaced, account.has_lapsed, account.fee_on = True, True, None
            for component in SCHEDULED:
                if account.scheduled[component] and not (self.contract and component is Component.INTEREST):
                    self._line(LineKind.DUE, component, account, day, account.scheduled[component])
        self.due_count = len(self.accounts)
        self._add(version.schedule)
        if version.takes_over:
            self.period_from = day
        if self.contract is not None:
            for account in self.accounts[self.due_count :]:
                account.scheduled[Component.INTEREST] = 0
            if accrued:
                self._line(LineKind.MOVED, Component.INTEREST, replaced[0], day, -accrued)
                self.accounts[self.due_count].scheduled[Component.INTEREST] = accrued
                self._line(LineKind.MOVED, Component.INTEREST, self.accounts[self.due_count], day, accrued)
        for event in self._event_days(self.accounts[self.due_count :]):
            if event > day:
                self._also_on(event)

    def _account(self, number: int, part: Instalment) -> InstalmentAccount:
        policy = self.policy
        lapses_on = day_reached(part.due_on, policy.grace_days + 1, self.penalty_pauses)
        origin = part.due_on if policy.penalty_from is PenaltyFrom.DUE_DATE else lapses_on - ONE_DAY
        common = (number, origin, policy.day_count, policy.rounding, policy.rounds)
        accruals = [Accrual(LineKind.PENALTY, Component.PENALTY, *common)]
        if policy.compound:
            accruals.append(Accrual(LineKind.COMPOUND, Component.COMPOUND, *common))
        fee, fee_on = policy.late_fee, None
        if fee is not None:
            after = policy.grace_days if fee.after_days is None else fee.after_days
            fee_on = day_reached(part.due_on, after + 1, self.fee_pauses)
        return InstalmentAccount(number, part, tuple(accruals), lapses_on, fee_on)

    def _contract_interest(self) -> Accrual:
        """Interest by day on the balance: nothing of it is on the schedule until it has run."""
        loan, policy = self.loan, self.policy
        for account in self.accounts[self.due_count :]:
            account.scheduled[Component.INTEREST] = 0
        accrual = Accrual(
            LineKind.INTEREST,
            Component.INTEREST,
            0,
            self.day,
            loan.annual_rate.day_count,
            policy.rounding,
            policy.rounds,
        )
        accrual.change(self.day, self.outstanding_principal(), loan.annual_rate.per_year)
        if loan.opening is not None and loan.opening.accrued_interest:
            running = self.accounts[min(self.due_count, len(self.accounts) - 1)]
            running.scheduled[Component.INTEREST] += loan.opening.accrued_interest
            self._line(LineKind.OPENING, Component.INTEREST, running, self.day, loan.opening.accrued_interest)
        return accrual

    def run_to(self, as_of: date, transactions: Iterable[Transaction]) -> None:
        """Work through every event up to and with as_of."""
        by_day: dict[date, list[Transaction]] = {}
        for one in transactions:
            by_day.setdefault(one.effective_on, []).append(one)
        self.as_of = as_of
        begun = self.loan.opening.on if self.loan.opening is not None else None
        if begun is not None and any(day <= begun for day in by_day):
            raise CannotAssess(
                f"loan {self.loan.id}: a transaction is dated on or before {begun}, where its opening position stands"
            )
        events = {*self._general_days(), *self._event_days(self.accounts), *by_day, as_of}
        self.days = [day for day in events if day <= as_of and (begun is None or day > begun or day == as_of)]
        if begun is not None:
            self._work(begun, [])
        heapq.heapify(self.days)
        while self.days:
            day = heapq.heappop(self.days)
            while self.days and self.days[0] == day:
                heapq.heappop(self.days)
            self._work(day, by_day.get(day, []))
        self._close_all(as_of)
        self._cut_to_ceiling(as_of)

    def _general_days(self) -> Iterator[date]:
        for version in self.versions:
            yield version.from_on
        for pause in self.loan.pauses:
            yield from (pause.from_on, pause.until_on)
        for step in self.policy.rate_steps:
            if step.from_on is not None:
                yield step.from_on

    def _event_days(self, accounts: Iterable[InstalmentAccount]) -> Iterator[date]:
        for account in accounts:
            due_on = account.terms.due_on
            if due_on > self.as_of:
                break
            yield from (due_on, due_on + ONE_DAY, account.accruals[0].origin, account.lapses_on)
            if account.fee_on is not None:
                yield account.fee_on
            for step in self.policy.rate_steps:
                if step.from_dpd is not None:
                    yield due_on + timedelta(days=max(0, step.from_dpd - 1 - self.policy.due_date_is_day))

    # -- one day ------------------------------------------------------------------------------------------------

    def _work(self, day: date, transactions: list[Transaction]) -> None:
        if self.policy.cost_ceiling is not None:
            made_on, count = self.loan.disbursed_on, self.policy.day_count
            years = year_fraction(made_on, max(day, self.day), count) - year_fraction(made_on, self.day, count)
            self.principal_years += self.outstanding_principal() * years
        self.day = max(day, self.day)
        for account in self.accounts[: self.due_count]:
            self._follow(account, day)
        self._lapse(day)
        while self.versions and self.versions[-1].from_on <= day:
            self._change_schedule(self.versions.pop(), day)
        self._charge_late_fees(day)
        self._fall_due(day)
        if any(one.kind in _MOVES_MONEY for one in transactions):
            self._close_all(day)
            self._cut_to_ceiling(day)
        for one in transactions:
            self._apply(one, day)
        for account in self.accounts[: self.due_count]:
            self._follow(account, day)
        if self.contract is not None:
            self._post_interest(self.contract.change(day, self._interest_base(), self.loan.annual_rate.per_year))
        late = [account for account in self.past_due(day) if self.is_unpaid(account)]
        if not late:
            self.arrears_since, self.loan_fee_on, self.loan_fee_charged = None, None, False
        elif self.arrears_since is None:
            self.arrears_since = min(account.terms.due_on for account in late)

    def _fall_due(self, day: date) -> None:
        while self.due_count < len(self.accounts) and self.accounts[self.due_count].terms.due_on <= day:
            account = self.accounts[self.due_count]
            if self.contract is not None:
                self._post_interest(self.contract.close(day))
                self._fit_to_instalment(account, day)
            self.due_count += 1
            for component in SCHEDULED:
                if account.scheduled[component] and not (self.contract and component is Component.INTEREST):
                    self._line(LineKind.DUE, component, account, day, account.scheduled[component])
        self._use_held(day)

    def _interest_base(self) -> int:
        """The balance that bears contract interest: principal bearing penalty interest doesn't bear both."""
        outstanding = self.outstanding_principal()
        if self.policy.interest is Interest.DAILY_FLAT:
            return self.loan.principal if outstanding and self.due_count < len(self.accounts) else 0
        penalised = (
            self.unpaid_part(account)[Component.PRINCIPAL]
            for account in self.accounts[: self.due_count]
            if account.accruals[0].base and account.accruals[0].rate
        )
        return outstanding - sum(penalised)

    def _post_interest(self, line: Line | None) -> None:
        """Interest that has run belongs to the instalment whose period it is; after the last due date, to the last."""
        if line is None:
            return
        account = self.accounts[min(self.due_count, len(self.accounts) - 1)]
        account.scheduled[Component.INTEREST] += line.amount
        self.lines.append(replace(line, instalment=account.number))

    def _fit_to_instalment(self, account: InstalmentAccount, day: date) -> None:
        """On its due date an instalment is its fixed sum: interest that ran first, principal the rest; the last takes all.

        Interest beyond the fixed sum moves to the next instalment; principal above or below plan moves to the last ones.
        """
        interest, principal = account.scheduled[Component.INTEREST], account.scheduled[Component.PRINCIPAL]
        following = self.accounts[account.number :]
        if not following:
            return
        total = account.terms.principal + account.terms.interest
        paid_principal = account.met[Component.PRINCIPAL] + account.waived[Component.PRINCIPAL]
        paid_interest = account.met[Component.INTEREST] + account.waived[Component.INTEREST]
        kept = max(paid_interest, min(interest, max(0, total - paid_principal)))
        if kept < interest:
            account.scheduled[Component.INTEREST] = kept
            following[0].scheduled[Component.INTEREST] += interest - kept
            self._line(LineKind.MOVED, Component.INTEREST, account, day, kept - interest)
            self._line(LineKind.MOVED, Component.INTEREST, following[0], day, interest - kept)
        left = account.open(Component.PRINCIPAL) + sum(one.open(Component.PRINCIPAL) for one in following)
        wanted = max(paid_principal, min(total - kept, paid_principal + left))
        account.scheduled[Component.PRINCIPAL] = wanted
        shift = wanted - principal
        for one in reversed(following):
            taken = min(shift, one.open(Component.PRINCIPAL)) if shift > 0 else shift
            one.scheduled[Component.PRINCIPAL] -= taken
            shift -= taken

    def _close_all(self, day: date) -> None:
        for account in self.accounts[: self.due_count]:
            self._close(account, day)
        if self.contract is not None:
            self._post_interest(self.contract.close(day))

    def _use_held(self, day: date) -> None:
        held, self.unapplied = self.unapplied, []
        for source, amount in held:
            self._pay(source, amount, day, LineKind.PAYMENT)

    def _lapse(self, day: date) -> None:
        """Grace has run out: what ran meanwhile is owed from now on, or, where nothing is unpaid, forgotten."""
        for account in self.accounts[: self.due_count]:
            if account.has_lapsed or day < account.lapses_on:
                continue
            account.has_lapsed = True
            lines, account.pending = account.pending, []
            if self.is_unpaid(account):
                for line in lines:
                    self._keep(account, line)
            else:
                for accrual in account.accruals:
                    accrual.forget()

    def _follow(self, account: InstalmentAccount, day: date) -> None:
        """Bring an instalment's running periods in line with what is unpaid and with the day's rate."""
        if account.is_met() and not any(accrual.base for accrual in account.accruals):
            return
        bears = self.is_unpaid(account) or self.policy.penalty_while is PenaltyWhile.UNTIL_PAID
        unpaid = self.unpaid_part(account) if bears else dict.fromkeys(SCHEDULED, 0)
        principal, interest = unpaid[Component.PRINCIPAL], unpaid[Component.INTEREST]
        base = principal + (interest if self.policy.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST else 0)
        rate = self.penalty_rate(account, day)
        for accrual, its_base in zip(account.accruals, (base, interest), strict=False):
            self._keep(account, accrual.change(day, its_base, rate))

    def _close(self, account: InstalmentAccount, day: date) -> None:
        for accrual in account.accruals:
            self._keep(account, accrual.close(day))

    def _keep(self, account: InstalmentAccount, line: Line | None) -> None:
        if line is None:
            return
        if not account.has_lapsed:
            account.pending.append(line)
        else:
            account.charged[line.component] += line.amount
            self.lines.append(line)

    def penalty_rate(self, account: InstalmentAccount, day: date) -> Fraction:
        """The rate of the night that starts on this day; the last step that applies wins; none in a pause that stops it."""
        policy, contract = self.policy, self.loan.annual_rate.per_year
        if any(pause.from_on <= day < pause.until_on for pause in self.penalty_pauses):
            return Fraction(0)
        rate = policy.penalty_rate if policy.penalty_rate is not None else contract * (policy.penalty_multiple or 0)
        for step in policy.rate_steps:
            reached = (
                step.from_on <= day
                if step.from_on is not None
                else day_number(account.terms.due_on, day + ONE_DAY, policy) >= (step.from_dpd or 0)
            )
            if reached:
                rate = step.rate if step.rate is not None else contract * (step.multiple or 0)
        return rate

    # -- what is unpaid -----------------------------------------------------------------------------------------

    def past_due(self, day: date) -> list[InstalmentAccount]:
        """Instalments whose due date has passed, oldest first; with due_date_is_day 1 also those due on the day."""
        return [
            account for account in self.accounts[: self.due_count] if day_number(account.terms.due_on, day, self.policy)
        ]

    def unpaid_part(self, account: InstalmentAccount) -> dict[Component, int]:
        return account.unpaid_part(self.policy.bill_overdue, self.policy.waterfall.past_due)

    def is_unpaid(self, account: InstalmentAccount) -> bool:
        """Whether an instalment that fell due counts as unpaid: its rest is larger than the tolerance."""
        rest = 0 if account.is_met() else sum(self.unpaid_part(account).values())
        if not rest:
            return False
        asked = account.asked()
        if self.policy.tolerance_of is ToleranceOf.LOAN:
            rest = sum(sum(self.unpaid_part(one).values()) for one in self.accounts[: self.due_count])
            asked = self.outstanding_principal()
        return rest > self.policy.tolerance_minor and rest > self.policy.tolerance_share * asked

    def days_past_due(self, day: date) -> int:
        late = [account for account in self.past_due(day) if self.is_unpaid(account)]
        if not late:
            return 0
        since = late[0].terms.due_on
        if self.policy.dpd_from is DpdFrom.FIRST_DEFAULT and self.arrears_since is not None:
            since = min(since, self.arrears_since)
        return day_number(since, day, self.policy)

    def outstanding_principal(self) -> int:
        return sum(account.open(Component.PRINCIPAL) for account in self.accounts)

    def interest_accrued(self, day: date) -> int:
        """Contract interest of the period that runs on the day, for the days gone by; rounded once."""
        if self.due_count == len(self.accounts):
            return 0
        account = self.accounts[self.due_count]
        if self.contract is not None:
            return account.scheduled[Component.INTEREST]
        start = self._period_start()
        count = self.loan.annual_rate.day_count
        whole = days_between(start, account.terms.due_on, count)
        gone = min(max(0, days_between(start, day, count)), whole) if day > start else 0
        return self.round(Fraction(account.scheduled[Component.INTEREST] * gone, whole)) if whole > 0 else 0

    def _period_start(self) -> date:
        """Where the running period began: the due date before it, or the day the loan, or its known history, began."""
        opening = self.loan.opening
        earlier = [one for one in self.accounts[: self.due_count] if not one.is_replaced]
        if opening is not None and len(earlier) <= 1:
            return opening.period_from or opening.on
        start = earlier[-1].terms.due_on if earlier else self.loan.disbursed_on
        return max(start, self.period_from) if self.period_from is not None else start

    def payoff(self, day: date) -> int:
        """What settles the loan on the day: all principal, interest to the day, charges, less what is held."""
        due, later = self.accounts[: self.due_count], self.accounts[self.due_count :]
        interest = sum(account.open(Component.INTEREST) + account.open_scheduled(Component.FEE) for account in due)
        prepaid = sum(account.met[Component.INTEREST] + account.waived[Component.INTEREST] for account in later)
        charges = sum(account.open_charge(component) for account in self.accounts for component in _CHARGES)
        held = sum(amount for _, amount in self.unapplied)
        interest_to_day = 0 if self.settled_on else self.interest_accrued(day) - prepaid
        return max(0, self.outstanding_principal() + interest + interest_to_day + charges - held)

    # -- charges ------------------------------------------------------------------------------------------------

    def _charge_late_fees(self, day: date) -> None:
        fee = self.policy.late_fee
        if fee is None:
            return
        if fee.per == "loan" and self.loan_fee_on == day:
            late = [account for account in self.past_due(day) if self.is_unpaid(account)]
            if late:
                self._charge_late_fee(fee, late[0], late, day)
                self._ask_again(day)
        for account in self.accounts[: self.due_count]:
            if account.fee_on != day:
                continue
            account.fee_on = None
            if not self.is_unpaid(account):
                continue
            if fee.per == "loan":
                if not self.loan_fee_charged:
                    self.loan_fee_charged = True
                    late = [one for one in self.past_due(day) if self.is_unpaid(one)]
                    self._charge_late_fee(fee, account, late, day)
                    self._ask_again(day)
                continue
            self._charge_late_fee(fee, account, [account], day)
            if fee.every_days is not None:
                account.fee_on = day_reached(day, fee.every_days, self.fee_pauses)
                self._also_on(account.fee_on)

    def _ask_again(self, day: date) -> None:
        fee = self.policy.late_fee
        if fee is not None and fee.every_days is not None:
            self.loan_fee_on = day_reached(day, fee.every_days, self.fee_pauses)
            self._also_on(self.loan_fee_on)

    def _also_on(self, day: date) -> None:
        if day <= self.as_of:
            heapq.heappush(self.days, day)

    def _charge_late_fee(
        self, fee: LateFee, account: InstalmentAccount, late: list[InstalmentAccount], day: date
    ) -> None:
        parts = [self.unpaid_part(one) for one in late]
        base = sum(part[Component.PRINCIPAL] if fee.share_of == "principal" else sum(part.values()) for part in parts)
        amount = max(fee.least, fee.flat + self.round(fee.share * base))
        if fee.most is not None:
            amount = min(amount, fee.most)
        if amount:
            account.charged[Component.FEE] += amount
            self.lines.append(
                Line(LineKind.LATE_FEE, Component.FEE, account.number, day, day, amount, base=base, rate=fee.share)
            )

    def _cut_to_ceiling(self, day: date) -> None:
        """Take off open charges, newest first, until all that the loan cost so far is within the ceiling.

        What is cut is never charged again. Cost: interest fallen due and accrued, penalty, compound interest and fees.
        """
        ceiling = self.policy.cost_ceiling
        if ceiling is None:
            return
        interest = sum(account.scheduled[Component.INTEREST] for account in self.accounts[: self.due_count])
        charges = sum(account.charged[component] for account in self.accounts for component in _CHARGES)
        over = interest + self.interest_accrued(day) + charges - int(ceiling * self.principal_years)
        for account in reversed(self.accounts[: self.due_count]):
            for component in (Component.FEE, Component.COMPOUND, Component.PENALTY):
                cut = min(over, account.open_charge(component))
                if cut > 0:
                    account.charged[component] -= cut
                    over -= cut
                    self._line(LineKind.CEILING, component, account, day, -cut)

    # -- transactions -------------------------------------------------------------------------------------------

    def _apply(self, one: Transaction, day: date) -> None:
        if one.kind is Kind.PAYMENT or one.kind is Kind.RECOVERY:
            self._receive(one, day)
        elif one.kind is Kind.FEE:
            account = self._named(one) or self.accounts[max(0, self.due_count - 1)]
            account.charged[Component.FEE] += one.amount
            self._line(LineKind.FEE, Component.FEE, account, day, one.amount, one.id)
        elif one.kind is Kind.WAIVER:
            self._waive(one, day)
        elif one.kind is Kind.REFUND:
            self._give_back(one, day)
        elif one.kind is Kind.REVERSAL:
            self._take_back(one, day)
        elif one.kind is Kind.CHARGEBACK:
            self._charge_back(one, day)
        else:
            self.charged_off_on = self.charged_off_on or day

    def _receive(self, one: Transaction, day: date) -> None:
        kind = LineKind.RECOVERY if one.kind is Kind.RECOVERY else LineKind.PAYMENT
        later = self.accounts[self.due_count :]
        if later and self.settled_on is None and one.amount >= self.payoff(day) > 0:
            self._settle(day)
            self.settled_by = one.id
        left = one.amount
        named = self._named(one)
        if named is not None or one.component is not None:
            onward = later[::-1] if self.policy.excess is Excess.LAST else later
            accounts = [named] if named is not None else [*self.accounts[: self.due_count], *onward]
            order = (one.component,) if one.component is not None else self._waterfall(day).past_due
            met, left = allocate(left, claims_in_order(accounts, order, self.policy.waterfall.by))
            self._record(met, one.id, day, kind)
        self._pay(one.id, left, day, kind)

    def _pay(self, source: str, amount: int, day: date, kind: LineKind) -> None:
        waterfall = self._waterfall(day)
        past = [account for account in self.accounts[: self.due_count] if account.terms.due_on < day]
        today = [account for account in self.accounts[: self.due_count] if account.terms.due_on == day]
        later = self.accounts[self.due_count :]
        met, left = allocate(amount, claims_in_order(past, waterfall.past_due, waterfall.by))
        self._record(met, source, day, kind)
        met, left = allocate(left, claims_in_order(today, waterfall.due_today, waterfall.by))
        self._record(met, source, day, kind)
        for account in later:
            posted = min(left, account.open_charge(Component.FEE))
            if posted:
                self._record([(account, Component.FEE, posted)], source, day, kind)
                left -= posted
        left = self._place_excess(left, later, waterfall, source, day, kind)
        if left:
            self.unapplied.append((source, left))

    def _place_excess(
        self, left: int, later: list[InstalmentAccount], waterfall: Waterfall, source: str, day: date, kind: LineKind
    ) -> int:
        excess, order = self.policy.excess, waterfall.in_advance
        if excess is Excess.UNAPPLIED and self.settled_on is None:
            return left
        if excess is Excess.SPREAD:
            while left and (still_open := [one for one in later if any(one.open(part) for part in order)]):
                for account, share in zip(still_open, split_evenly(left, len(still_open)), strict=True):
                    met, rest = allocate(share, claims_in_order([account], order, waterfall.by))
                    self._record(met, source, day, kind)
                    left -= share - rest
            return left
        accounts = later[::-1] if excess is Excess.LAST else later
        met, left = allocate(left, claims_in_order(accounts, order, waterfall.by))
        self._record(met, source, day, kind)
        return left

    def _settle(self, day: date) -> None:
        """The payment reaches the payoff: interest and fees of later days are not charged; credit for them comes back."""
        accrued, back = self.interest_accrued(day), 0
        for place, account in enumerate(self.accounts[self.due_count :]):
            owed_now = min(accrued, account.scheduled[Component.INTEREST]) if place == 0 else 0
            if self.contract is not None:
                owed_now = account.scheduled[Component.INTEREST]
            for component, keep in ((Component.INTEREST, owed_now), (Component.FEE, 0)):
                account.scheduled[component] = keep
                surplus = min(account.met[component], max(0, -account.open(component)))
                account.met[component] -= surplus
                back += surplus
                unneeded = max(0, -account.open(component))
                account.waived[component] -= unneeded
                if surplus + unneeded:
                    self._line(LineKind.SETTLED, component, account, day, surplus + unneeded)
        self.settled_on = day
        if back:
            self.unapplied.append(("settlement", back))
        self._use_held(day)

    def _record(
        self, met: list[tuple[InstalmentAccount, Component, int]], source: str, day: date, kind: LineKind
    ) -> None:
        for account, component, part in met:
            account.met[component] += part
            self._line(kind, component, account, day, -part, source)
            self.allocations.setdefault(source, []).append((account, component, part))

    def _waterfall(self, day: date) -> Waterfall:
        after = self.policy.waterfall_after_dpd
        if after is not None and self.days_past_due(day) > after.dpd:
            return after.waterfall
        return self.policy.waterfall

    def _named(self, one: Transaction) -> InstalmentAccount | None:
        if one.instalment is None:
            return None
        if not 1 <= one.instalment <= len(self.accounts):
            raise CannotAssess(
                f"transaction {one.id} names instalment {one.instalment}; the loan has 1 to {len(self.accounts)}"
            )
        return self.accounts[one.instalment - 1]

    def _waive(self, one: Transaction, day: date) -> None:
        """Give up charges or more: the component named, or charges first; never more than is open."""
        named = self._named(one)
        accounts = [named] if named is not None else self.accounts[: self.due_count]
        order = (one.component,) if one.component is not None else _WAIVED_FIRST
        met, _ = allocate(one.amount, claims_in_order(accounts, order, self.policy.waterfall.by))
        for account, component, part in met:
            account.waived[component] += part
            self._line(LineKind.WAIVER, component, account, day, -part, one.id)

    def _give_back(self, one: Transaction, day: date) -> None:
        """Money returned to the borrower: what is held first, then the latest payments are undone."""
        left = self._from_held(one.amount)
        for source in reversed(list(self.allocations)):
            left = self._undo(source, left, day, one.id)
        if left:
            raise CannotAssess(f"refund {one.id} returns more than was ever paid; check its amount")

    def _take_back(self, one: Transaction, day: date) -> None:
        source = one.reverses or ""
        total = sum(part for _, _, part in self.allocations.get(source, []))
        self._undo(source, total, day, one.id)
        self.unapplied = [(held_from, amount) for held_from, amount in self.unapplied if held_from != source]
        if source == self.settled_by:
            self._unsettle(day)

    def _charge_back(self, one: Transaction, day: date) -> None:
        """Take back up to the amount of one payment, what it met last first; what of it is held goes before that."""
        source = one.reverses or ""
        held = sum(amount for held_from, amount in self.unapplied if held_from == source)
        others = [(held_from, amount) for held_from, amount in self.unapplied if held_from != source]
        kept = max(0, held - one.amount)
        self.unapplied = [*others, (source, kept)] if kept else others
        left = self._undo(source, one.amount - (held - kept), day, one.id)
        if left:
            raise CannotAssess(f"chargeback {one.id} takes back more than payment {source} still stands for")
        if source == self.settled_by:
            self._unsettle(day)

    def _unsettle(self, day: date) -> None:
        """The payment that settled the loan bounced: interest and fees of later days are owed as the contract says."""
        self.settled_on, self.settled_by = None, ""
        for account in self.accounts:
            interest = account.terms.interest if self.contract is None else account.scheduled[Component.INTEREST]
            for component, amount in ((Component.INTEREST, interest), (Component.FEE, account.terms.fee)):
                back = amount - account.scheduled[component]
                account.scheduled[component] = amount
                if back and account.number <= self.due_count:
                    self._line(LineKind.DUE, component, account, day, back)

    def _from_held(self, amount: int) -> int:
        kept = []
        for source, held in self.unapplied:
            part = min(held, amount)
            amount -= part
            if held > part:
                kept.append((source, held - part))
        self.unapplied = kept
        return amount

    def _undo(self, source: str, amount: int, day: date, why: str) -> int:
        """Undo up to this amount of a payment, what it met last first; return what is left of the amount."""
        parts = self.allocations.get(source, [])
        while parts and amount:
            account, component, part = parts.pop()
            undone = min(part, amount)
            account.met[component] -= undone
            amount -= undone
            self._line(LineKind.REVERSAL, component, account, day, undone, why)
            if part > undone:
                parts.append((account, component, part - undone))
        return amount

    def _line(
        self, kind: LineKind, component: Component, account: InstalmentAccount, day: date, amount: int, source: str = ""
    ) -> None:
        self.lines.append(Line(kind, component, account.number, day, day, amount, transaction=source))
