"""What is given up on the day on which a plan is completed, so that what it covers is cured and no more is given than was agreed.

First what the offer gives up with its last payment, of the components that it names, as far as they are open before the money of the
day; then, charges first, what still falls short: of a plan after which the loan is closed, until nothing is owed; of another, of what
is overdue by its last day. Rule: docs/decisions/what-completes-a-plan.md
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.known import known_transactions
from goodstanding.core.arrears.policy import ArrearsPolicy, Interest
from goodstanding.core.arrears.position import Assessment, InstalmentPosition, LineKind
from goodstanding.core.loan import Component, Kind, Loan, Transaction
from goodstanding.core.plans.judging import JudgedPlan
from goodstanding.core.plans.matching import Counted, standing
from goodstanding.core.plans.offers import Change, payment_made
from goodstanding.core.plans.sums import CHARGES, as_known, waived

_A_DAY = timedelta(days=1)
_MONEY = (Kind.PAYMENT, Kind.RECOVERY, Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK)
_ORDER = (*CHARGES, Component.INTEREST, Component.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class _Given:
    """Something open that can be given up. instalment: its number; None: of all that fell due, the oldest first."""

    component: Component
    amount: int
    instalment: int | None = None


def completed_with(one: JudgedPlan) -> tuple[Transaction, ...]:
    """The waivers that wait for completion: those dated on the last payment's day or later."""
    terms = one.plan.terms
    last = terms.payments[-1].on if terms.payments else date.min
    return tuple(part for part in terms.change.waivers if part.effective_on >= last) if terms.change else ()


def given_up(
    one: JudgedPlan, loan: Loan, priced_on: Loan, policy: ArrearsPolicy, known_on: date | None
) -> tuple[Transaction, ...]:
    """The waivers of a completed plan, on the day of its completion.

    loan: as its plans have changed it, but for these waivers. priced_on: as it was before this plan changed it.
    """
    return tuple(_Giving(one, loan, priced_on, policy, known_on).waivers())


class _Giving:
    """Giving up, step by step: each asks the engine what is open after those before it. Amounts: minor units."""

    def __init__(
        self, one: JudgedPlan, loan: Loan, priced_on: Loan, policy: ArrearsPolicy, known_on: date | None
    ) -> None:
        self.plan, self.policy, self.day = one, policy, one.since
        terms = one.plan.terms
        self.ends_on = max([self.day, *(part.on for part in terms.payments)])
        ledger = known_transactions(loan, policy, one.as_of, known_on)
        self.loan = replace(loan, transactions=tuple(part for part in ledger if part.effective_on <= self.day))
        self.is_billed = any(part.minimum is not None for part in self.loan.schedule)
        self.agreed = completed_with(one)
        counted = sum(part.amount for each in one.payments for part in each.counted if part.on <= self.day)
        self.short = max(0, sum(terms.asked(part) for part in terms.payments) - counted)
        self.beyond = self._money() - counted
        self.closes = self._closes(priced_on)
        self.left = sum(part.amount for part in self.agreed) + self.short + self._ran_while_tolerated()
        self.given: list[Transaction] = []
        self.tried = 0

    def waivers(self) -> Iterator[Transaction]:
        """What is given up, each as found by the engine; CannotAssess where it can't work out the loan."""
        before = assess(self._before_the_money(), self.policy, as_of=self.day)
        for part in self.agreed:
            self._give(self._named(before, part), part.amount)
        named = {part.component: part.amount for part in self.agreed if part.component is not None}
        steps: tuple[Callable[[Assessment], list[_Given]], ...] = (
            lambda found: self._of_kinds(self._rest(found), named),
            lambda _: self._open(before, CHARGES),
            self._rest,
            self._rest,
        )
        for is_open in steps:
            found = assess(self._with_given(), self.policy, as_of=self.day) if self.left else None
            if found is not None and (need := min(self.left, self._need(found))):
                self._give(is_open(found), need)
        self._give_what_ran_early()
        yield from self.given

    def _give_what_ran_early(self) -> None:
        """Charges still open that ran only because money came before its day, be it a cent by their rounding."""
        found = assess(self._with_given(), self.policy, as_of=self.day) if self._came_early() else None
        if found is None or not (need := self._need(found)):
            return
        if candidates := self._open(found, CHARGES):
            self.left += self._ran_early()
            self._give(candidates, need)

    # -- what the plan is about ---------------------------------------------------------------------------------

    def _closes(self, priced_on: Loan) -> bool:
        """Whether the loan would be closed had everything been paid as agreed."""
        terms = self.plan.plan.terms
        if not terms.payments:
            return False
        known = as_known(priced_on, self.plan.counted_up_to)
        made = tuple(payment_made(one.on, one.amount, place) for place, one in enumerate(terms.payments, 1))
        changed = (terms.change or Change(self.plan.counted_up_to)).applied_to(known)
        changed = replace(changed, transactions=(*changed.transactions, *made))
        try:
            return not assess(changed, self.policy, as_of=terms.payments[-1].on).payoff
        except CannotAssess:
            return False

    def _money(self) -> int:
        """What of payments stands that the sums didn't know."""
        ledger = [one for one in self.loan.transactions if one.kind in _MONEY]
        since = self.plan.counted_up_to
        return sum(one.amount for one in standing(ledger) if max(one.on, one.booked_on) > since)

    def _ran_while_tolerated(self) -> int:
        """What ran only because money came late in time, or a tolerated amount was missing: charges, and interest that runs by day."""
        late = tuple(self._filled())
        if not late:
            return 0
        in_time = replace(self.loan, transactions=(*self.loan.transactions, *late))
        last = self.plan.plan.terms.payments[-1].on
        ran = assess(self.loan, self.policy, as_of=self.ends_on)
        would_have = assess(in_time, self.policy, as_of=last if self.closes else self.ends_on)
        return max(0, self._asked(ran) - self._asked(would_have))

    def _ran_early(self) -> int:
        """Charges that ran only because money came before its day."""
        moved = dict[str, int]()
        for _, part in self._came_early():
            moved[part.payment] = moved.get(part.payment, 0) + part.amount
        kept = (
            replace(one, amount=one.amount - moved.get(one.id, 0))
            for one in self.loan.transactions
            if one.amount > moved.get(one.id, 0)
        )
        on_its_day = (payment_made(on, part.amount, place) for place, (on, part) in enumerate(self._came_early(), 1))
        in_time = replace(self.loan, transactions=(*kept, *on_its_day))
        ran, would_have = (assess(one, self.policy, as_of=self.ends_on) for one in (self.loan, in_time))
        return max(0, _charged(ran) - _charged(would_have))

    def _came_early(self) -> list[tuple[date, Counted]]:
        """What counts for a payment before its day, each with that day."""
        return [
            (one.payment.on, part) for one in self.plan.payments for part in one.counted if part.on < one.payment.on
        ]

    def _filled(self) -> Iterator[Transaction]:
        """What was missing of each payment at the end of its day, as if it had come then."""
        for place, one in enumerate(self.plan.payments, 1):
            on = one.payment.on
            missing = one.asked - sum(part.amount for part in one.counted if part.on <= on)
            if missing > 0 and on <= self.day:
                yield payment_made(on, missing, place)

    def _asked(self, found: Assessment) -> int:
        """All that was charged by being late, and what is asked of interest where it runs by day."""
        asked = _charged(found)
        if self.policy.interest is Interest.SCHEDULED:
            return asked
        return asked + sum(one.due.interest for one in found.instalments)

    # -- what is open -------------------------------------------------------------------------------------------

    def _before_the_money(self) -> Loan:
        """The loan without what was paid on the day: waivers work before money does."""
        today = {one.id for one in self.loan.transactions if one.effective_on == self.day and one.kind in _MONEY}
        kept = tuple(one for one in self.loan.transactions if one.id not in today and one.reverses not in today)
        return replace(self.loan, transactions=kept)

    def _with_given(self) -> Loan:
        return replace(self.loan, transactions=(*self.loan.transactions, *self.given))

    def _need(self, found: Assessment) -> int:
        """What falls short of the plan's word."""
        if self.closes:
            return found.payoff + max(0, min(self.beyond, self.left) - found.unapplied)
        day = self.ends_on if self.policy.due_date_is_day else self.ends_on + _A_DAY
        return assess(self._with_given(), self.policy, as_of=day).amount_to_cure

    def _named(self, before: Assessment, part: Transaction) -> list[_Given]:
        """What is open of a component that the offer gives up; of one that names none, charges first."""
        wanted = _ORDER if part.component is None else (part.component,)
        return [] if part.component is None and self.closes else self._open(before, wanted)

    def _of_kinds(self, candidates: Sequence[_Given], named: Mapping[Component, int]) -> list[_Given]:
        """Of what is open, what the offer gives up by name and couldn't before the money of the day."""
        left = {
            kind: most - sum(one.amount for one in self.given if one.component is kind) for kind, most in named.items()
        }
        found = list[_Given]()
        for one in candidates:
            if part := min(one.amount, max(0, left.get(one.component, 0))):
                left[one.component] -= part
                found.append(replace(one, amount=part))
        return found

    def _rest(self, found: Assessment) -> list[_Given]:
        if self.closes:
            return self._open(found, _ORDER)
        day = self.ends_on if self.policy.due_date_is_day else self.ends_on + _A_DAY
        late = assess(self._with_given(), self.policy, as_of=day).instalments
        return [
            _Given(component, amount, one.number)
            for one in late
            for component in (Component.FEE, Component.INTEREST, Component.PRINCIPAL)
            if one.days and (amount := getattr(one.overdue, component))
        ]

    def _open(self, found: Assessment, components: Sequence[Component]) -> list[_Given]:
        """What is open of these components: of what fell due, and, where the loan is closed, of what is to come.

        Of interest to come only what has run; of bills all of it. Of bills that go on a fee counts only as far as it is overdue: what stands in the bill
        beyond its minimum is carried on, and giving it up cures nothing.
        """
        due = [one for one in found.instalments if one.due_on <= self.day]
        coming = [one for one in found.instalments if one.due_on > self.day] if self.closes else []
        listed = list[_Given]()
        for component in components:
            carried_on = component is Component.FEE and self.is_billed and not self.closes
            for one in due:
                if amount := getattr(one.overdue if carried_on else one.open, component):
                    listed.append(_Given(component, amount, one.number))
            listed += self._to_come(found, component, coming)
        return listed

    def _to_come(
        self, found: Assessment, component: Component, coming: Sequence[InstalmentPosition]
    ) -> Iterator[_Given]:
        ran = found.accrued_interest
        for one in reversed(coming) if component is Component.PRINCIPAL else coming:
            amount = getattr(one.open, component)
            if component is Component.INTEREST and not self.is_billed:
                amount = min(ran, amount) if one.due_on == coming[0].due_on else 0
                ran -= amount
            elif component is Component.FEE and not self.is_billed:
                amount = 0
            if amount:
                yield _Given(component, amount, one.number)

    # -- giving -------------------------------------------------------------------------------------------------

    def _give(self, candidates: Sequence[_Given], amount: int) -> None:
        """Give up so much of the candidates, in their order, and as much less as the engine finds open."""
        wanted, amount = list[Transaction](), min(amount, self.left)
        for one in candidates:
            part = min(one.amount, amount)
            if part > 0:
                self.tried += 1
                name = f"{self.plan.plan.id}/given_up/{self.tried:04}"  # they work in the order of their ids
                wanted.append(waived(name, one.component, part, self.day, one.instalment))
                amount -= part
        if not wanted:
            return
        loan = replace(self.loan, transactions=(*self.loan.transactions, *self.given, *wanted))
        took = dict[str, int]()
        for line in assess(loan, self.policy, as_of=self.day).lines:
            if line.kind is LineKind.WAIVER and line.transaction:
                took[line.transaction] = took.get(line.transaction, 0) - line.amount
        for waiver in wanted:
            if found := took.get(waiver.id, 0):
                self.given.append(replace(waiver, amount=found))
                self.left -= found


def _charged(found: Assessment) -> int:
    """All charges that were asked for, contract fees among them."""
    return sum(one.due.penalty + one.due.compound + one.due.fee for one in found.instalments)
