"""The ground that every measure stands on: what of a loan is open, by instalment, as the schedule has it; and its calendar.

An assessment gives each instalment's open sums with charges; here the schedule's part is told from the charges, and
each instalment to come says what the contract asks for on its day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

from goodstanding.core.arrears.policy import Excess, Interest
from goodstanding.core.arrears.position import InstalmentPosition, Owed
from goodstanding.core.dates import add_months, last_day_of_month
from goodstanding.core.loan import Instalment, Loan, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.offers import Change, OfferPayment, Position
from goodstanding.core.rates import AnnualRate

ONE_DAY = timedelta(days=1)
_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31


@dataclass(frozen=True, slots=True)
class Part:
    """What is open of an instalment, as the schedule has it. Amounts: minor units.

    asks: what the contract asks for on its day (of a bill what is short of the minimum). is_late: past due and not paid.
    whole_interest, whole_fee: as scheduled, whatever was paid ahead of it; a fee that was waived ahead isn't asked for again.
    paid: of all components; kept_paid: what of it still counts as paid when another schedule takes its place, and what was paid
    of interest and fees is held again.
    """

    due_on: date
    principal: int
    interest: int
    fee: int
    asks: int
    is_late: bool
    drawdown: str = ""
    minimum: int | None = None
    whole_interest: int = 0
    whole_fee: int = 0
    paid_principal: int = 0
    paid: int = 0
    kept_paid: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, slots=True)
class Calendar:
    """When instalments fall due. every_days: None: monthly, on due_day; a month that lacks it uses its last day."""

    due_day: int
    every_days: int | None

    def after(self, day: date, places: int) -> date:
        """The due date so many places after one.

        >>> str(Calendar(31, None).after(date(2026, 1, 31), 1)), str(Calendar(1, 14).after(date(2026, 1, 1), 2))
        ('2026-02-28', '2026-01-29')
        """
        if self.every_days is None:
            return add_months(day, places, day=self.due_day)
        return day + timedelta(days=self.every_days * places)

    def months_after(self, day: date, months: int) -> date:
        """The same day so many months on."""
        return add_months(day, months, day=self.due_day if self.every_days is None else None)


@dataclass(frozen=True)
class Ground:
    """loan: as known on as_of, without what came after it. fallen: fallen due by as_of, with something open; coming: due later. counts_from: the day after as_of, from which a change holds.

    charges: open penalty, compound interest and fees that aren't the schedule's. held: kept for the borrower.
    between: what of `coming` falls due before the offer can have been accepted; later: after that. What every measure asks
    for is worked out once.
    """

    position: Position
    loan: Loan
    fallen: tuple[Part, ...]
    coming: tuple[Part, ...]
    between: tuple[Part, ...]
    later: tuple[Part, ...]
    charges: Owed
    calendar: Calendar
    last_due_on: date
    is_billed: bool
    by_day: bool
    as_of: date
    accept_by: date

    @cached_property
    def counts_from(self) -> date:
        return self.as_of + ONE_DAY

    @cached_property
    def pays_from(self) -> date:
        """The first day on which a payment can be made: today, but where the loan's history starts at the end of it."""
        opening = self.loan.opening
        return self.counts_from if opening is not None and opening.on == self.as_of else self.as_of

    @property
    def rate(self) -> AnnualRate:
        """The rate at which a new schedule bears interest: the contract's, but not above the policy's ceiling of what a loan may cost."""
        own, ceiling = self.loan.annual_rate, self.position.policy.cost_ceiling
        return own if ceiling is None or own.per_year <= ceiling else AnnualRate(ceiling, own.day_count)

    @property
    def held(self) -> int:
        return self.position.today.unapplied

    @property
    def arrears(self) -> int:
        return self.position.today.amount_to_cure

    @cached_property
    def late(self) -> tuple[Part, ...]:
        return tuple(one for one in self.fallen if one.is_late)

    @cached_property
    def freed(self) -> int:
        """What is there to meet a new schedule: held already, or paid or waived ahead of interest and fees that it asks for anew."""
        if self.by_day:
            return self.held + sum(one.whole_fee - one.fee for one in self.coming)
        return self.held + sum(one.whole_interest - one.interest + one.whole_fee - one.fee for one in self.coming)

    @cached_property
    def charges_begin_today(self) -> bool:
        """Whether grace may have run out today, or a late fee fallen today: charges that a pause from today on puts off."""
        policy = self.position.policy
        fee = policy.late_fee
        after = policy.grace_days if fee is None or fee.after_days is None else fee.after_days
        again = fee.every_days if fee is not None else None
        for one in self.late:
            days = (self.as_of - one.due_on).days
            if days in (policy.grace_days + 1, after + 1) or (
                again and days > after and not (days - after - 1) % again
            ):
                return True
        return bool(self.late and self.loan.pauses)

    @cached_property
    def credit_of_a_version(self) -> int:
        """What of that meets the first instalments. Where the policy puts excess elsewhere, the last payments are corrected by
        the engine instead."""
        return 0 if self.position.policy.excess in (Excess.LAST, Excess.SPREAD) else self.freed

    @cached_property
    def run_so_far(self) -> int:
        """What has run by as_of of a period that now ends early: its interest is in no instalment of another schedule yet.

        It is what closing the loan today asks for beyond all else that is known of it; what was paid ahead of it is freed
        apart, so it counts whole here. Of a bill all is asked for as it stands, and interest by day the engine carries over.
        """
        if self.by_day or self.is_billed or not self.coming:
            return 0
        due = sum(one.interest + one.fee for one in self.fallen)
        known = self.position.today.outstanding_principal + due + self.charges.total
        return max(0, self.position.today.payoff - known + self.freed)

    @cached_property
    def last_principal_on(self) -> date | None:
        """The last day to come on which the schedule asks for principal; None where none is left to come."""
        return max((one.due_on for one in self.coming if one.principal), default=None)

    def paid_ahead_of(self, end: date, *, replaced: bool) -> int:
        """What was paid before today towards instalments due after a day; replaced: by another schedule."""
        return sum(one.kept_paid if replaced else one.paid for one in self.coming if one.due_on > end)

    def first_after(self, day: date) -> date:
        """The first due date of the contract after a day; where none is left, the first one as if it went on."""
        for one in self.coming:
            if one.due_on > day:
                return one.due_on
        place, last = 1, self.last_due_on
        if self.calendar.every_days is None:
            place = max(1, (day.year - last.year) * 12 + day.month - last.month)
        else:
            place = max(1, (day - last).days // self.calendar.every_days)
        while (found := self.calendar.after(last, place)) <= day:
            place += 1
        return found


def ground_of(position: Position) -> Ground:
    """Read a position; `loan.schedule` and versions say what each instalment asked for."""
    today = position.today
    loan = _as_known(position.loan, today.as_of)
    terms = _terms_by_number(loan, today.as_of)
    by_day = position.policy.interest is not Interest.SCHEDULED
    is_billed = any(part.minimum is not None for part in loan.schedule)
    fallen, coming, fees = [], [], 0
    for one in today.instalments:
        part = _part(one, terms[one.number], today.as_of, by_day=by_day)
        fees += one.open.fee - part.fee
        if one.due_on > today.as_of:
            coming.append(part)
        elif part.total:
            fallen.append(part)
    charges = Owed(fee=fees, penalty=today.penalty, compound=today.compound_interest)
    return Ground(
        position,
        loan,
        tuple(fallen),
        tuple(coming),
        tuple(one for one in coming if one.due_on <= position.accept_by),
        tuple(one for one in coming if one.due_on > position.accept_by),
        charges,
        _calendar(_of_the_contract(terms, loan)),
        max(one.due_on for one in today.instalments),
        is_billed,
        by_day,
        today.as_of,
        position.accept_by,
    )


def _as_known(loan: Loan, as_of: date) -> Loan:
    """The loan without what happened after the day, where somebody asks about a day gone by."""
    transactions = tuple(one for one in loan.transactions if one.effective_on <= as_of)
    versions = tuple(one for one in loan.versions if one.from_on <= as_of)
    if len(transactions) == len(loan.transactions) and len(versions) == len(loan.versions):
        return loan
    return replace(loan, transactions=transactions, versions=versions)


def _part(one: InstalmentPosition, terms: Instalment, as_of: date, *, by_day: bool) -> Part:
    """Charges are met before the schedule's fee, so what is open of fees is the schedule's first."""
    fee = min(terms.fee, one.open.fee)
    fee_ahead = min(one.paid.fee, terms.fee - fee)
    is_coming = one.due_on > as_of
    open_total = one.open.principal + one.open.interest + fee
    if terms.minimum is not None:
        paid = max(terms.amount - open_total, one.paid.principal + one.paid.interest + terms.fee - fee)
        asks = min(open_total, max(0, min(terms.minimum, terms.amount) - paid))
    elif by_day and is_coming:
        # the principal that is open, not the schedule's: the last instalment takes what others left, and isn't always an offer's last
        asks = max(0, one.open.principal + terms.interest - one.paid.interest + fee)
    else:
        asks = open_total
    return Part(
        one.due_on,
        one.open.principal,
        one.open.interest,
        fee,
        asks,
        one.days > 0,
        one.drawdown,
        terms.minimum,
        terms.interest,
        fee + fee_ahead,
        one.paid.principal,
        one.paid.total,
        one.paid.total - (0 if by_day else one.paid.interest) - fee_ahead,
    )


def _terms_by_number(loan: Loan, as_of: date) -> dict[int, Instalment]:
    """Instalments as the engine numbers them: an opening's, the schedule's, then those of each version that counts by the day.

    One whose place another schedule took asks for nothing any more: its terms are a day alone.
    """
    versions, schedule, begun = sorted(loan.versions, key=lambda one: one.from_on), loan.schedule, date.min
    found: list[Instalment] = []
    if loan.opening is not None:
        begun = loan.opening.on
        schedule = next((one.schedule for one in reversed(versions) if one.from_on <= begun), schedule)
        found.append(Instalment(loan.opening.overdue_since or begun, loan.opening.principal, loan.opening.interest))
    found += _in_order(part for part in schedule if part.due_on > begun)
    for version in versions:
        if begun < version.from_on <= as_of:
            found = [
                Instalment(one.due_on, 0, drawdown=one.drawdown)
                if version.takes_over or one.due_on >= version.from_on
                else one
                for one in found
            ]
            found += _in_order(version.schedule)
    return dict(enumerate(found, 1))


def _of_the_contract(terms: Mapping[int, Instalment], loan: Loan) -> Iterator[Instalment]:
    """The instalments that the contract has now: not what an opening brought, nor those whose place others took; else all there are."""
    own = [one for number, one in terms.items() if one.amount and not (loan.opening is not None and number == 1)]
    yield from own or terms.values()


def _in_order(parts: Iterable[Instalment]) -> list[Instalment]:
    return sorted(parts, key=_PLACE)


_PLACE = attrgetter("due_on", "drawdown")


def _calendar(terms: Iterable[Instalment]) -> Calendar:
    """The contract's rhythm, from the due dates that still count, by drawdown: monthly, unless most lie so many other days apart.

    A due date that was moved for once changes neither the rhythm nor the day of the month.
    """
    by_drawdown: dict[str, set[date]] = {}
    for part in terms:
        by_drawdown.setdefault(part.drawdown, set()).add(part.due_on)
    days = sorted(day for found in by_drawdown.values() for day in found)
    gaps = [(after - day).days for found in by_drawdown.values() for day, after in pairwise(sorted(found))]
    due_day = _due_day(days)
    if not gaps:
        return Calendar(due_day, None)
    usual = sorted(gaps)[len(gaps) // 2]
    return Calendar(due_day, usual if usual < _SHORTEST_MONTH else None)


def _due_day(days: Sequence[date]) -> int:
    """The day of the month on which most of these days fall; a month that lacks it has it on its last day.

    >>> _due_day([date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)])
    31
    >>> _due_day([date(2026, 1, 10), date(2026, 2, 12), date(2026, 3, 10)])
    10
    """
    fits = [0] * (_LONGEST_MONTH + 1)
    for day in days:
        is_last = day.day == last_day_of_month(day.year, day.month)
        for one in range(day.day, _LONGEST_MONTH + 1) if is_last else (day.day,):
            fits[one] += 1
    return fits.index(max(fits[1:]), 1)


# -- what measures put together ---------------------------------------------------------------------------------------


def take_over(
    ground: Ground,
    schedule: Iterable[Instalment],
    *,
    pauses: tuple[Pause, ...] | None = None,
    waivers: tuple[Transaction, ...] = (),
) -> Change:
    """A change whose schedule holds all that is open; the night of as_of bears no penalty any more."""
    tonight = Pause(ground.as_of, ground.counts_from)
    version = ScheduleVersion(ground.counts_from, tuple(_in_order(schedule)), takes_over=True)
    return Change(ground.counts_from, (version,), (tonight,) if pauses is None else pauses, waivers)


def as_scheduled(part: Part) -> Instalment:
    """An instalment to come as it stands, for a schedule that leaves it alone; a bill's minimum less what was paid of principal."""
    whole = part.principal + part.whole_interest + part.whole_fee
    minimum = None if part.minimum is None else min(whole, max(0, part.minimum - part.paid_principal))
    return Instalment(part.due_on, part.principal, part.whole_interest, part.whole_fee, minimum, part.drawdown)


def met_by_credit(payments: Iterable[OfferPayment], credit: int) -> tuple[OfferPayment, ...]:
    """Take what is held for the borrower off the first payments; one that it meets whole falls away."""
    if not credit:
        return tuple(payments)
    found = []
    for one in payments:
        used = min(credit, one.amount)
        credit -= used
        if used == one.amount:
            continue
        found.append(less(one, used) if used else one)
    return tuple(found)


def less(one: OfferPayment, amount: int) -> OfferPayment:
    """A payment smaller by an amount: its part of the plan gives way first, then the contract's, then arrears."""
    plan = min(one.plan, amount)
    contract = min(one.contract, amount - plan)
    arrears = amount - plan - contract
    return OfferPayment(one.on, one.amount - amount, one.arrears - arrears, one.contract - contract, one.plan - plan)


class Payments:
    """Payments while they are put together, by day and by what each part is for."""

    def __init__(self) -> None:
        self._by_day: dict[date, list[int]] = {}

    def add(self, on: date, *, arrears: int = 0, contract: int = 0, plan: int = 0) -> None:
        parts = self._by_day.get(on)
        if parts is None:
            self._by_day[on] = [arrears, contract, plan]
            return
        parts[0] += arrears
        parts[1] += contract
        parts[2] += plan

    def with_first(self, *, arrears: int) -> None:
        """Something paid with the first payment, such as charges so far."""
        self._by_day[min(self._by_day)][0] += arrears

    def made(self) -> tuple[OfferPayment, ...]:
        """In the order of their days; a day on which nothing is asked for has none."""
        found = []
        for on in sorted(self._by_day):
            arrears, contract, plan = self._by_day[on]
            if amount := arrears + contract + plan:
                found.append(OfferPayment(on, amount, arrears, contract, plan))
        return tuple(found)
