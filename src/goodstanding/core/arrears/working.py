"""Working a loan through, from event to event, up to a day. `assess` starts it and reads its result.

Within a day: interest runs up to it, grace that has run out brings its charges, late fees arise, what falls due becomes
due and meets held credit; then transactions in the order fee, waiver, payment, recovery, refund, reversal, charge-off.
"""

import heapq
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.arrears.account import SCHEDULED, InstalmentAccount
from goodstanding.core.arrears.accrual import Accrual
from goodstanding.core.arrears.charges import charge_late_fees, cut_to_ceiling
from goodstanding.core.arrears.contract_interest import (
    fit_to_instalment,
    interest_base,
    post_interest,
    running_interest,
)
from goodstanding.core.arrears.counting import (
    ONE_DAY,
    counted_from,
    day_number,
    day_reached,
    first_of_stretch,
    later,
)
from goodstanding.core.arrears.moves import apply_transaction, use_held
from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    Interest,
    PenaltyBase,
    PenaltyFrom,
    PenaltyWhile,
    ToleranceOf,
)
from goodstanding.core.arrears.position import CannotAssess, Line, LineKind
from goodstanding.core.arrears.versions import change_schedule, open_with
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Transaction
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import days_between, year_fraction

_MOVES_MONEY = (Kind.PAYMENT, Kind.RECOVERY, Kind.WAIVER, Kind.REVERSAL, Kind.CHARGEBACK, Kind.REFUND)
CHARGES = (Component.FEE, Component.PENALTY, Component.COMPOUND)


class Working:
    """One loan on its way through time. After `run_to` its fields say where the loan stands.

    held, allocations: by payment, in the order in which payments came: what of it is held; what it met, in order. ahead_until: by
    payment, the day until which it was agreed to meet instalments to come.
    """

    def __init__(self, loan: Loan, policy: ArrearsPolicy) -> None:
        self.loan, self.policy = loan, policy
        self.round = ROUNDINGS[policy.rounding]
        self.penalty_pauses = [pause for pause in loan.pauses if pause.stops_penalty]
        self.fee_pauses = [pause for pause in loan.pauses if pause.stops_fees]
        self.accounts: list[InstalmentAccount] = []
        self.days: list[date] = []
        self.by_day: dict[date, list[Transaction]] = {}
        self.lines: list[Line] = []
        self.held: dict[str, int] = {}
        self.ahead_until: dict[str, date] = {}
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
        self.is_billed = any(part.minimum is not None for part in loan.schedule)
        self.period_from: date | None = None
        self.versions = sorted(loan.versions, key=lambda version: version.from_on, reverse=True)
        schedule, begun = loan.schedule, None
        if loan.opening is not None:
            begun = loan.opening.on
            while self.versions and self.versions[-1].from_on <= begun:
                schedule = self.versions.pop().schedule
            open_with(self, loan.opening)
        self.add(part for part in schedule if begun is None or part.due_on > begun)
        self.contract = running_interest(self) if policy.interest is not Interest.SCHEDULED else None

    # -- setting up ---------------------------------------------------------------------------------------------

    def add(self, schedule: Iterable[Instalment]) -> None:
        for part in sorted(schedule, key=lambda part: (part.due_on, part.drawdown)):
            self.accounts.append(self.account(len(self.accounts) + 1, part))

    def account(self, number: int, part: Instalment) -> InstalmentAccount:
        policy = self.policy
        lapses_on = day_reached(part.due_on, policy.grace_days + 1, self.penalty_pauses)
        from_due_date = policy.penalty_from is PenaltyFrom.DUE_DATE and policy.interest is Interest.SCHEDULED
        origin = part.due_on if from_due_date else lapses_on - ONE_DAY
        common = (number, origin, policy.day_count, policy.rounding, policy.rounds)
        accruals = [Accrual(LineKind.PENALTY, Component.PENALTY, *common)]
        if policy.compound:
            accruals.append(Accrual(LineKind.COMPOUND, Component.COMPOUND, *common))
        fee, fee_on = policy.late_fee, None
        if fee is not None:
            after = policy.grace_days if fee.after_days is None else fee.after_days
            fee_on = day_reached(part.due_on, after + 1, self.fee_pauses)
        return InstalmentAccount(number, part, tuple(accruals), lapses_on, fee_on)

    def run_to(self, as_of: date, transactions: Iterable[Transaction]) -> None:
        """Work through every event up to and with as_of."""
        self.set_out(as_of, transactions)
        self.finish(as_of)

    def set_out(self, as_of: date, transactions: Iterable[Transaction]) -> None:
        """Lay out every event up to as_of, none of which is worked through yet but where the history starts."""
        self.by_day = {}
        for one in transactions:
            self.by_day.setdefault(one.effective_on, []).append(one)
        self.as_of = as_of
        begun = self.loan.opening.on if self.loan.opening is not None else None
        if begun is not None and any(day <= begun for day in self.by_day):
            raise CannotAssess(
                f"loan {self.loan.id}: a transaction is dated on or before {begun}, where its opening position stands"
            )
        events = {*self._general_days(), *self.event_days(self.accounts), *self.by_day}
        self.days = [day for day in events if day <= as_of and (begun is None or day > begun)]
        if begun is not None:
            self._work(begun, [])
        heapq.heapify(self.days)

    def run_before(self, end: date) -> None:
        """Work through the events before a day."""
        while self.days and self.days[0] < end:
            day = heapq.heappop(self.days)
            while self.days and self.days[0] == day:
                heapq.heappop(self.days)
            self._work(day, self.by_day.get(day, []))

    def finish(self, as_of: date) -> None:
        """Work through the events up to and with a day, and close what runs."""
        heapq.heappush(self.days, as_of)
        self.run_before(later(as_of, 1))
        self.close_all(as_of)
        cut_to_ceiling(self, as_of)

    def copied(self) -> "Working":
        """Another that stands where this one does, and goes on by itself."""
        new = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (list, dict)):
                setattr(new, name, value.copy())
        new.accounts = [account.copied() for account in self.accounts]
        new_of = {id(old): one for old, one in zip(self.accounts, new.accounts, strict=True)}
        new.allocations = {
            source: [(new_of[id(account)], component, part) for account, component, part in parts]
            for source, parts in self.allocations.items()
        }
        new.contract = self.contract.copied() if self.contract is not None else None
        return new

    def _general_days(self) -> Iterator[date]:
        for version in self.versions:
            yield version.from_on
        for pause in self.loan.pauses:
            yield from (pause.from_on, pause.until_on)
        for step in self.policy.rate_steps:
            if step.from_on is not None:
                yield step.from_on

    def event_days(self, accounts: Iterable[InstalmentAccount]) -> Iterator[date]:
        for account in accounts:
            due_on = account.terms.due_on
            if due_on > self.as_of:
                break
            yield from (due_on, later(due_on, 1), account.accruals[0].origin, account.lapses_on)
            if account.fee_on is not None:
                yield account.fee_on
            for step in self.policy.rate_steps:
                if step.from_dpd is not None:
                    yield later(due_on, max(0, step.from_dpd - 1 - self.policy.due_date_is_day))

    # -- one day ------------------------------------------------------------------------------------------------

    def _work(self, day: date, transactions: list[Transaction]) -> None:
        if self.policy.cost_ceiling is not None:
            made_on, count = self.loan.disbursed_on, self.policy.day_count
            years = year_fraction(made_on, max(day, self.day), count) - year_fraction(made_on, self.day, count)
            self.principal_years += self.outstanding_principal() * years
        if day > self.day:
            self._follow_stretch(day - ONE_DAY)
        self.day = max(day, self.day)
        for account in self.accounts[: self.due_count]:
            self._follow(account, day)
        self._lapse(day)
        while self.versions and self.versions[-1].from_on <= day:
            change_schedule(self, self.versions.pop(), day)
        charge_late_fees(self, day)
        self._fall_due(day)
        self._apply_all(transactions, day)
        for account in self.accounts[: self.due_count]:
            self._follow(account, day)
        if self.contract is not None:
            post_interest(self, self.contract.change(day, interest_base(self), self.loan.annual_rate.per_year))
            for account in self.accounts[: self.due_count]:
                self._follow(account, day)
        late = self.late_if_asked(day)
        if late:
            self.arrears_since = self.arrears_since or self.stretch_from(late, day)
        else:
            self._end_stretch()

    def _end_stretch(self) -> None:
        self.arrears_since, self.loan_fee_on, self.loan_fee_charged = None, None, False

    def _follow_stretch(self, evening: date) -> None:
        """Since the last event nothing happened, but interest ran by day: it may have begun a stretch of arrears.

        It never ends one, so the last of the days between two events says whether one began, and the first late day can be
        searched for by halves.
        """
        if not self._runs_on() or evening <= self.day or self.arrears_since is not None:
            return
        if not self.late_if_asked(evening):
            return
        before, first = self.day, evening
        while (first - before).days > 1:
            between = before + timedelta(days=(first - before).days // 2)
            if self.late_if_asked(between):
                first = between
            else:
                before = between
        self.arrears_since = self.stretch_from(self.late_if_asked(first), first)

    def _apply_all(self, transactions: list[Transaction], day: date) -> None:
        """Fees first; before money moves, what has run is posted and cut to the ceiling; held credit follows each step."""
        for one in transactions:
            if one.kind is Kind.FEE:
                apply_transaction(self, one, day)
        if any(one.kind in _MOVES_MONEY for one in transactions):
            self.close_all(day)
            cut_to_ceiling(self, day)
        use_held(self, day)
        for one in transactions:
            if one.kind is not Kind.FEE:
                apply_transaction(self, one, day)
                use_held(self, day)

    def _fall_due(self, day: date) -> None:
        while self.due_count < len(self.accounts) and self.accounts[self.due_count].terms.due_on <= day:
            account = self.accounts[self.due_count]
            if self.contract is not None:
                post_interest(self, self.contract.close(day))
                fit_to_instalment(self, account, day)
            self.due_count += 1
            for component in SCHEDULED:
                if account.scheduled[component] and not (self.contract and component is Component.INTEREST):
                    self.line(LineKind.DUE, component, account, day, account.scheduled[component])
        use_held(self, day)

    def close_all(self, day: date) -> None:
        for account in self.accounts[: self.due_count]:
            self._close(account, day)
        if self.contract is not None:
            post_interest(self, self.contract.close(day))

    def _lapse(self, day: date) -> None:
        """Grace has run out: what ran meanwhile is owed from now on, or, where nothing is unpaid, forgotten."""
        for account in self.accounts[: self.due_count]:
            if account.has_lapsed or day < account.lapses_on:
                continue
            account.has_lapsed = True
            lines, account.pending = account.pending, []
            if self._bears_penalty(account):
                for line in lines:
                    self._keep(account, line)
            else:
                for accrual in account.accruals:
                    accrual.forget()

    def _follow(self, account: InstalmentAccount, day: date) -> None:
        """Bring an instalment's running periods in line with what is unpaid and with the day's rate."""
        if account.is_met() and not any(accrual.base for accrual in account.accruals):
            return
        unpaid = self.unpaid_part(account) if self._bears_penalty(account) else dict.fromkeys(SCHEDULED, 0)
        principal, interest = unpaid[Component.PRINCIPAL], unpaid[Component.INTEREST]
        base = principal + (interest if self.policy.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST else 0)
        rate = self.penalty_rate(account, day)
        for accrual, its_base in zip(account.accruals, (base, interest), strict=False):
            self._keep(account, accrual.change(day, its_base, rate))

    def _bears_penalty(self, account: InstalmentAccount) -> bool:
        if self.policy.penalty_while is PenaltyWhile.UNTIL_PAID:
            return any(self.unpaid_part(account).values())
        return self.is_unpaid(account)

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

    def late(self, day: date) -> list[InstalmentAccount]:
        """Instalments past due that count as unpaid, oldest first."""
        past = self.past_due(day)
        return [account for account in past if self.is_unpaid(account, past)]

    def tolerated(self, day: date) -> set[int]:
        """The numbers of instalments past due that count as paid, though something of them may be open."""
        past = self.past_due(day)
        return {account.number for account in past if not self.is_unpaid(account, past)}

    def late_if_asked(self, day: date) -> list[InstalmentAccount]:
        """`late` as of the day: with the interest that has run by then, which the last instalment asks for once it is due."""
        ran = self.contract.would_charge(day) if self.contract is not None and self._runs_on() else 0
        if not ran:
            return self.late(day)
        last = self.accounts[-1]
        last.scheduled[Component.INTEREST] += ran
        last.since_due += ran
        late = self.late(day)
        last.scheduled[Component.INTEREST] -= ran
        last.since_due -= ran
        return late

    def _runs_on(self) -> bool:
        """Whether contract interest runs by day though every instalment has fallen due."""
        contract = self.contract
        return contract is not None and contract.base > 0 and 0 < self.due_count == len(self.accounts)

    def unpaid_part(self, account: InstalmentAccount) -> dict[Component, int]:
        return account.unpaid_part(self.policy.bill_overdue, self.policy.waterfall.past_due)

    def is_unpaid(self, account: InstalmentAccount, among: list[InstalmentAccount] | None = None) -> bool:
        """Whether an instalment that fell due counts as unpaid: its rest is larger than the tolerance.

        among: the instalments whose rests a tolerance of the whole loan adds up; None: all that fell due.
        """
        rest = 0 if account.is_met() else sum(self.unpaid_part(account).values())
        if not rest:
            return False
        asked = account.asked()
        if self.policy.tolerance_of is ToleranceOf.LOAN:
            together = self.accounts[: self.due_count] if among is None else among
            rest = sum(sum(self.unpaid_part(one).values()) for one in together)
            asked = self.outstanding_principal()
        return rest > self.policy.tolerance_minor and rest > self.policy.tolerance_share * asked

    def days_past_due(self, day: date) -> int:
        late = self.late(day)
        return day_number(self.counted_from(late, day), day, self.policy) if late else 0

    def stretch_from(self, late: list[InstalmentAccount], day: date) -> date:
        """From where a stretch that began on this day counts; one that an opening brought, from its oldest due date."""
        oldest, opening = min(account.terms.due_on for account in late), self.loan.opening
        if opening is not None and day <= opening.on:
            return oldest
        return first_of_stretch(self.policy, oldest, day)

    def counted_from(self, late: list[InstalmentAccount], day: date) -> date:
        since = self.arrears_since or self.stretch_from(late, day)
        return counted_from(self.policy, late[0].terms.due_on, since)

    def outstanding_principal(self) -> int:
        return sum(account.open(Component.PRINCIPAL) for account in self.accounts)

    def running(self) -> list[InstalmentAccount]:
        """The instalment whose period runs: the next to fall due; of a credit line, all that fall due that day."""
        later = self.accounts[self.due_count :]
        return [account for account in later if account.terms.due_on == later[0].terms.due_on]

    def interest_accrued(self, account: InstalmentAccount, day: date) -> int:
        """Contract interest of an instalment whose period runs on the day, for the days gone by; rounded once.

        A bill's interest is for days before the bill, so all of it counts.
        """
        if self.contract is not None or self.is_billed:
            return account.scheduled[Component.INTEREST]
        start = self.period_start()
        count = self.loan.annual_rate.day_count
        whole = days_between(start, account.terms.due_on, count)
        gone = min(max(0, days_between(start, day, count)), whole) if day > start else 0
        return self.round(Fraction(account.scheduled[Component.INTEREST] * gone, whole)) if whole > 0 else 0

    def accrued_beyond_waived(self, day: date) -> int:
        return sum(
            max(0, self.interest_accrued(account, day) - account.waived[Component.INTEREST])
            for account in self.running()
        )

    def period_start(self) -> date:
        """Where the running period began: the due date before it, or the day the loan, or its known history, began."""
        opening = self.loan.opening
        earlier = [one for one in self.accounts[: self.due_count] if not one.is_replaced]
        if opening is not None and len(earlier) <= 1:
            start = opening.period_from or opening.on
        else:
            start = earlier[-1].terms.due_on if earlier else self.loan.disbursed_on
        return max(start, self.period_from) if self.period_from is not None else start

    def payoff(self, day: date) -> int:
        """What settles the loan on the day: all principal, interest to the day, charges, less what is held."""
        due, later = self.accounts[: self.due_count], self.accounts[self.due_count :]
        asked = sum(account.open(Component.INTEREST) + account.open_scheduled(Component.FEE) for account in due)
        if self.settled_on or self.is_billed:
            asked += sum(account.open(Component.INTEREST) + account.open_scheduled(Component.FEE) for account in later)
        elif later:
            asked += self.accrued_beyond_waived(day)
            asked -= sum(account.met[Component.INTEREST] + account.prepaid_fee() for account in later)
        charges = sum(account.open_charge(component) for account in self.accounts for component in CHARGES)
        held = sum(self.held.values())
        return max(0, self.outstanding_principal() + asked + charges - held)

    # -- charges ------------------------------------------------------------------------------------------------

    def also_on(self, day: date) -> None:
        if day <= self.as_of:
            heapq.heappush(self.days, day)

    # -- transactions -------------------------------------------------------------------------------------------

    def line(
        self, kind: LineKind, component: Component, account: InstalmentAccount, day: date, amount: int, source: str = ""
    ) -> None:
        self.lines.append(Line(kind, component, account.number, day, day, amount, transaction=source))
