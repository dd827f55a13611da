"""What a loan owes, worked out as a patient clerk would: every calendar day in turn, nothing skipped, nothing clever.

Written from the words of docs/methods/ and kept in another shape than `core/arrears/`, so that the two prove each
other: there are no events here and no running periods. Each night that an instalment goes unpaid is written down; what
the nights cost is added up afresh from that list whenever somebody has to know.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    BillOverdue,
    By,
    DpdFrom,
    Excess,
    GraceEffect,
    PenaltyBase,
    PenaltyFrom,
    ReversalFrom,
    Rounds,
    ToleranceOf,
    Waterfall,
)
from goodstanding.core.loan import Component, Kind, Loan, Pause, Transaction
from goodstanding.core.rates import DayCount

FEE, PENALTY, COMPOUND, INTEREST, PRINCIPAL = Component
ALL = (FEE, PENALTY, COMPOUND, INTEREST, PRINCIPAL)
CONTRACT = (FEE, INTEREST, PRINCIPAL)
CHARGES = (FEE, PENALTY, COMPOUND)
DAY = timedelta(days=1)
OPINIONS: set[str] = set()


class Refused(Exception):
    """The loan's facts contradict each other."""


# -- the calendar ------------------------------------------------------------------------------------------------------


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def is_paused(pauses: list[Pause], day: date) -> bool:
    return any(pause.from_on <= day < pause.until_on for pause in pauses)


def end_of_february(day: date) -> bool:
    return day.month == 2 and day.day == calendar.monthrange(day.year, 2)[1]


def months_of_thirty(first: date, last: date, *, american: bool) -> int:
    """Days between two days in a year of twelve months of thirty days."""
    a, b = first.day, last.day
    if american:
        if end_of_february(first) and end_of_february(last):
            b = 30
        if end_of_february(first) or a == 31:
            a = 30
        if b == 31 and a == 30:
            b = 30
    else:
        a, b = min(a, 30), min(b, 30)
    return (last.year - first.year) * 360 + (last.month - first.month) * 30 + (b - a)


def days_from(origin: date, day: date, count: DayCount) -> int:
    if count in (DayCount.THIRTY_360_US, DayCount.THIRTY_360_EU):
        return months_of_thirty(origin, day, american=count is DayCount.THIRTY_360_US)
    return (day - origin).days


def part_of_year(origin: date, night: date, count: DayCount) -> Fraction:
    """The part of a year that the night from this day to the next is; months of thirty days are counted from origin."""
    if count is DayCount.ACT_365:
        return Fraction(1, 365)
    if count is DayCount.ACT_360:
        return Fraction(1, 360)
    if count is DayCount.ACT_ACT:
        return Fraction(1, 366 if calendar.isleap(night.year) else 365)
    return Fraction(days_from(origin, night + DAY, count) - days_from(origin, night, count), 360)


def rounded(exact: Fraction, how: str) -> int:
    whole = floor(exact)
    rest = exact - whole
    if how == "down":
        return whole
    if how == "up":
        return whole + (1 if rest else 0)
    if rest == Fraction(1, 2):
        return whole + 1 if how == "half_up" else whole + whole % 2
    return whole + (1 if rest > Fraction(1, 2) else 0)


# -- one instalment ----------------------------------------------------------------------------------------------------


def nothing() -> dict[Component, int]:
    return dict.fromkeys(ALL, 0)


@dataclass
class Night:
    on: date
    base: int
    rate: Fraction
    cost: Fraction


@dataclass
class Sheet:
    """The clerk's sheet for one instalment."""

    number: int
    due_on: date
    minimum: int | None
    asked: dict[Component, int]
    posted: dict[Component, int] = field(default_factory=nothing)
    cut: dict[Component, int] = field(default_factory=nothing)
    paid: dict[Component, int] = field(default_factory=nothing)
    waived: dict[Component, int] = field(default_factory=nothing)
    not_needed: dict[Component, int] = field(default_factory=nothing)
    nights: dict[Component, list[Night]] = field(default_factory=lambda: {PENALTY: [], COMPOUND: []})
    grace_left: int = 0
    grace_is_over: bool = False
    interest_from: date | None = None
    fee_wait: int | None = None


@dataclass
class Met:
    """A part of a payment and what it met."""

    sheet: Sheet
    component: Component
    amount: int


@dataclass
class Receipt:
    """A payment: what it met, in order, and what of it is still held."""

    id: str
    met: list[Met] = field(default_factory=list)
    held: int = 0


@dataclass
class Clerk:
    loan: Loan
    policy: ArrearsPolicy

    def __post_init__(self) -> None:
        loan, policy = self.loan, self.policy
        self.sheets = [
            Sheet(
                number,
                part.due_on,
                part.minimum,
                {**nothing(), FEE: part.fee, INTEREST: part.interest, PRINCIPAL: part.principal},
                grace_left=policy.grace_days,
            )
            for number, part in enumerate(sorted(loan.schedule, key=lambda part: part.due_on), 1)
        ]
        self.contract = [dict(sheet.asked) for sheet in self.sheets]
        for sheet in self.sheets:
            if policy.penalty_from is PenaltyFrom.DUE_DATE:
                sheet.interest_from = sheet.due_on
            if policy.late_fee is not None:
                after = policy.late_fee.after_days
                sheet.fee_wait = (policy.grace_days if after is None else after) + 1
        self.penalty_pauses = [pause for pause in loan.pauses if pause.stops_penalty]
        self.fee_pauses = [pause for pause in loan.pauses if pause.stops_fees]
        self.today = loan.disbursed_on
        self.receipts: list[Receipt] = []
        self.cuts_periods: set[date] = set()
        self.principal_years = Fraction(0)
        self.arrears_since: date | None = None
        self.stretch_has_fee = False
        self.loan_fee_wait: int | None = None
        self.settled_by: str | None = None
        self.charged_off_on: date | None = None

    # -- what is owed ----------------------------------------------------------------------------------------------

    def nights_cost(self, nights: list[Night]) -> int:
        """What these nights cost, rounded as the policy rounds."""
        how = self.policy.rounding
        if self.policy.rounds is Rounds.RUNNING_TOTAL:
            return rounded(sum((night.cost for night in nights), Fraction(0)), how)
        if self.policy.rounds is Rounds.EACH_DAY:
            return sum(rounded(night.cost, how) for night in nights)
        total, period, before = 0, Fraction(0), None
        for night in nights:
            same = before is not None and (before.base, before.rate, before.on + DAY) == (
                night.base,
                night.rate,
                night.on,
            )
            if not same or night.on in self.cuts_periods:
                total += rounded(period, how)
                period = Fraction(0)
            period += night.cost
            before = night
        return total + rounded(period, how)

    def charged(self, sheet: Sheet, component: Component) -> int:
        """Charges that have arisen: posted fees; and the nights, once grace has run out."""
        amount = sheet.posted[component] - sheet.cut[component]
        if component in sheet.nights and sheet.grace_is_over:
            amount += self.nights_cost(sheet.nights[component])
        return amount

    def open(self, sheet: Sheet, component: Component) -> int:
        return sheet.asked[component] + self.charged(sheet, component) - sheet.paid[component] - sheet.waived[component]

    def open_charge(self, sheet: Sheet, component: Component) -> int:
        return max(0, self.charged(sheet, component) - sheet.paid[component] - sheet.waived[component])

    def open_contract(self, sheet: Sheet) -> dict[Component, int]:
        return {one: self.open(sheet, one) - self.open_charge(sheet, one) for one in CONTRACT}

    def short_of_due(self, sheet: Sheet) -> int:
        """How much of the contract's sums had to be paid by the due date and wasn't."""
        still = sum(self.open_contract(sheet).values())
        if sheet.minimum is None:
            return still
        asked = sum(sheet.asked[one] for one in CONTRACT)
        return max(0, min(sheet.minimum, asked) - (asked - still))

    def late_part(self, sheet: Sheet) -> dict[Component, int]:
        """What of the contract's sums is late once the due date has passed."""
        still, short = self.open_contract(sheet), self.short_of_due(sheet)
        if sheet.minimum is None or (short and self.policy.bill_overdue is BillOverdue.WHOLE):
            return still
        part = dict.fromkeys(CONTRACT, 0)
        for component in self.policy.waterfall.past_due:
            if component in part:
                part[component] = min(short, still[component])
                short -= part[component]
        return part

    def unpaid_among(self, sheets: list[Sheet]) -> list[Sheet]:
        """Which of these instalments count as unpaid: more than the tolerance is missing."""
        rests = {sheet.number: sum(self.late_part(sheet).values()) for sheet in sheets}
        unpaid = []
        for sheet in sheets:
            missing, of = rests[sheet.number], sum(sheet.asked[one] for one in CONTRACT)
            if self.policy.tolerance_of is ToleranceOf.LOAN:
                missing, of = sum(rests.values()), self.outstanding_principal()
            if (
                rests[sheet.number]
                and missing > self.policy.tolerance_minor
                and missing > self.policy.tolerance_share * of
            ):
                unpaid.append(sheet)
        return unpaid

    def late_today(self) -> list[Sheet]:
        """Instalments that are past due today and unpaid."""
        last = self.today if self.policy.due_date_is_day == 1 else self.today - DAY
        past = [sheet for sheet in self.sheets if sheet.due_on <= last and self.has_fallen_due(sheet)]
        if "loan_tolerance_counts_due_today" in OPINIONS:
            unpaid = self.unpaid_among([sheet for sheet in self.sheets if self.has_fallen_due(sheet)])
            return [sheet for sheet in past if sheet in unpaid]
        return self.unpaid_among(past)

    def has_fallen_due(self, sheet: Sheet) -> bool:
        return sheet.number <= self.fallen_due

    def due_sheets(self) -> list[Sheet]:
        return self.sheets[: self.fallen_due]

    def later_sheets(self) -> list[Sheet]:
        return self.sheets[self.fallen_due :]

    def outstanding_principal(self) -> int:
        return sum(self.open(sheet, PRINCIPAL) for sheet in self.sheets)

    def held(self) -> int:
        return sum(receipt.held for receipt in self.receipts)

    def interest_so_far(self) -> int:
        """The contract's interest of the running period for the days gone by."""
        if not self.later_sheets():
            return 0
        sheet = self.later_sheets()[0]
        start = self.due_sheets()[-1].due_on if self.due_sheets() else self.loan.disbursed_on
        count = self.loan.annual_rate.day_count
        whole = days_from(start, sheet.due_on, count)
        gone = min(whole, days_from(start, self.today, count)) if self.today > start else 0
        return rounded(Fraction(sheet.asked[INTEREST] * gone, whole), self.policy.rounding) if whole > 0 else 0

    def needed_if_settled(self) -> dict[tuple[int, Component], int]:
        """What later instalments ask for besides principal when the loan is settled today."""
        needed = {}
        for place, sheet in enumerate(self.later_sheets()):
            needed[sheet.number, INTEREST] = min(self.interest_so_far(), sheet.asked[INTEREST]) if place == 0 else 0
            needed[sheet.number, FEE] = 0
        return needed

    def payoff(self) -> int:
        total = sum(self.open(sheet, one) for sheet in self.due_sheets() for one in ALL)
        needed = {} if self.settled_by else self.needed_if_settled()
        for sheet in self.later_sheets():
            for one in ALL:
                if (sheet.number, one) in needed:
                    charged = self.charged(sheet, one)
                    rest = needed[sheet.number, one] + charged - sheet.paid[one] - sheet.waived[one]
                    if "waived_lowers_payoff" in OPINIONS and one is INTEREST:
                        total += rest
                    elif "payoff_ignores_prepaid_fees" in OPINIONS and one is FEE:
                        total += self.open_charge(sheet, FEE)
                    else:
                        total += rest if rest >= 0 else -min(sheet.paid[one], -rest)
                elif not (one is INTEREST and "settled_interest_not_in_payoff" in OPINIONS):
                    total += self.open(sheet, one)
        return max(0, total - self.held())

    def days_past_due(self) -> int:
        late = self.late_today()
        return self.day_number(self.counted_from(late)) if late else 0

    def counted_from(self, late: list[Sheet]) -> date:
        if self.policy.dpd_from is DpdFrom.FIRST_DEFAULT and self.arrears_since is not None:
            return min(late[0].due_on, self.arrears_since)
        return late[0].due_on

    def day_number(self, due_on: date) -> int:
        first = due_on if self.policy.due_date_is_day == 1 else due_on + DAY
        return len(every_day(first, self.today)) if first <= self.today else 0

    def delinquent_days(self, due_on: date) -> int:
        """Days past due, one by one, leaving out those in a pause; then grace."""
        pauses = list(self.loan.pauses)
        first = due_on if self.policy.due_date_is_day == 1 else due_on + DAY
        counted = sum(1 for day in every_day(first, self.today) if not is_paused(pauses, day))
        if "due_date_never_paused" in OPINIONS and first == due_on and is_paused(pauses, due_on):
            counted += 1
        elapsed = sum(1 for day in every_day(due_on + DAY, self.today) if not is_paused(pauses, day))
        if self.policy.grace_effect is GraceEffect.DELAYS:
            return max(0, counted - self.policy.grace_days)
        return 0 if self.policy.grace_days and elapsed <= self.policy.grace_days else counted

    # -- a day -----------------------------------------------------------------------------------------------------

    def work(self, as_of: date, transactions: list[Transaction]) -> None:
        self.fallen_due = 0
        first = min([self.loan.disbursed_on, as_of, *(one.effective_on for one in transactions)])
        for day in every_day(first, as_of):
            self.today = day
            self.grace_runs_out()
            self.late_fees()
            self.fall_due()
            self.transact([one for one in transactions if one.effective_on == day])
            self.evening()
            if day < as_of:
                self.night()
        self.cut_to_ceiling()

    def fall_due(self) -> None:
        while self.later_sheets() and self.later_sheets()[0].due_on <= self.today:
            self.fallen_due += 1
        self.use_what_is_held()

    def grace_runs_out(self) -> None:
        over = []
        for sheet in self.due_sheets():
            if sheet.grace_is_over or sheet.due_on >= self.today or is_paused(self.penalty_pauses, self.today):
                continue
            sheet.grace_left -= 1
            if sheet.grace_left < 0:
                over.append(sheet)
        unpaid = self.unpaid_among(self.due_sheets())
        for sheet in over:
            sheet.grace_is_over = True
            if sheet not in unpaid:
                sheet.nights = {PENALTY: [], COMPOUND: []}

    def late_fees(self) -> None:
        fee = self.policy.late_fee
        if fee is None:
            return
        rests = is_paused(self.fee_pauses, self.today)
        if self.loan_fee_wait is not None and not rests:
            self.loan_fee_wait -= 1
            if self.loan_fee_wait == 0:
                late = self.late_today()
                if late:
                    self.charge_late_fee(late[0], late)
                    self.loan_fee_wait = fee.every_days
        for sheet in self.due_sheets():
            if sheet.fee_wait is None or rests or sheet.due_on >= self.today:
                continue
            sheet.fee_wait -= 1
            if sheet.fee_wait:
                continue
            sheet.fee_wait = None
            if sheet not in self.unpaid_among(self.due_sheets()):
                continue
            if fee.per == "instalment":
                self.charge_late_fee(sheet, [sheet])
                sheet.fee_wait = fee.every_days
            elif not self.stretch_has_fee:
                self.stretch_has_fee = True
                self.charge_late_fee(sheet, self.late_today())
                self.loan_fee_wait = fee.every_days

    def charge_late_fee(self, sheet: Sheet, late: list[Sheet]) -> None:
        fee = self.policy.late_fee
        assert fee is not None
        base = 0
        for one in late:
            part = self.late_part(one)
            base += part[PRINCIPAL] if fee.share_of == "principal" else sum(part.values())
        amount = max(fee.least, fee.flat + rounded(fee.share * base, self.policy.rounding))
        sheet.posted[FEE] += amount if fee.most is None else min(amount, fee.most)

    def evening(self) -> None:
        late = self.late_today()
        if not late:
            self.arrears_since, self.stretch_has_fee, self.loan_fee_wait = None, False, None
        elif self.arrears_since is None:
            self.arrears_since = late[0].due_on

    def night(self) -> None:
        """Write down what goes unpaid from today to tomorrow."""
        if self.today >= self.loan.disbursed_on:
            part = part_of_year(self.loan.disbursed_on, self.today, self.policy.day_count)
            self.principal_years += self.outstanding_principal() * part
        unpaid = self.unpaid_among(self.due_sheets())
        for sheet in self.due_sheets():
            if sheet.interest_from is None and self.grace_ends_tomorrow(sheet):
                sheet.interest_from = self.today
            if sheet not in unpaid or sheet.interest_from is None:
                continue
            late, rate = self.late_part(sheet), self.rate_tonight(sheet)
            with_interest = self.policy.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST
            self.write_night(sheet, PENALTY, late[PRINCIPAL] + (late[INTEREST] if with_interest else 0), rate)
            if self.policy.compound:
                self.write_night(sheet, COMPOUND, late[INTEREST], rate)

    def write_night(self, sheet: Sheet, component: Component, base: int, rate: Fraction) -> None:
        assert sheet.interest_from is not None
        cost = base * rate * part_of_year(sheet.interest_from, self.today, self.policy.day_count)
        if base and rate:
            sheet.nights[component].append(Night(self.today, base, rate, cost))

    def grace_ends_tomorrow(self, sheet: Sheet) -> bool:
        return sheet.grace_is_over or (sheet.grace_left == 0 and not is_paused(self.penalty_pauses, self.today + DAY))

    def rate_tonight(self, sheet: Sheet) -> Fraction:
        policy, contract = self.policy, self.loan.annual_rate.per_year
        if is_paused(self.penalty_pauses, self.today):
            return Fraction(0)
        rate = Fraction(0)
        if policy.penalty_rate is not None:
            rate = policy.penalty_rate
        elif policy.penalty_multiple is not None:
            rate = policy.penalty_multiple * contract
        days_tomorrow = (self.today + DAY - sheet.due_on).days + policy.due_date_is_day
        for step in policy.rate_steps:
            if step.from_on is not None and self.today < step.from_on:
                continue
            if step.from_dpd is not None and days_tomorrow < step.from_dpd:
                continue
            rate = step.rate if step.rate is not None else (step.multiple or 0) * contract
        return rate

    def cut_to_ceiling(self) -> None:
        """Give up open charges, newest first, until the loan's cost to date is within the ceiling."""
        if self.policy.cost_ceiling is None:
            return
        cost = self.interest_so_far()
        for sheet in self.due_sheets():
            cost += sheet.asked[INTEREST]
            if "ceiling_without_contract_fees" not in OPINIONS:
                cost += sheet.asked[FEE]
        cost += sum(self.charged(sheet, one) for sheet in self.sheets for one in CHARGES)
        over = cost - floor(self.policy.cost_ceiling * self.principal_years)
        cuttable = self.due_sheets() if "ceiling_only_due" in OPINIONS else self.sheets
        for sheet in reversed(cuttable):
            for component in (FEE, COMPOUND, PENALTY):
                part = max(0, min(over, self.open_charge(sheet, component)))
                sheet.cut[component] += part
                over -= part

    # -- what happens ----------------------------------------------------------------------------------------------

    def transact(self, transactions: list[Transaction]) -> None:
        order = [Kind.FEE, Kind.WAIVER, Kind.PAYMENT, Kind.RECOVERY, Kind.REFUND, Kind.REVERSAL, Kind.CHARGE_OFF]
        transactions = sorted(transactions, key=lambda one: (order.index(one.kind), one.booked_on, one.id))
        cuts = [one for one in transactions if one.kind not in (Kind.FEE, Kind.CHARGE_OFF)]
        fees = [one for one in transactions if one.kind is Kind.FEE]
        if cuts:
            self.cuts_periods.add(self.today)
        if cuts and "ceiling_before_fees" in OPINIONS:
            self.cut_to_ceiling()
        for one in fees:
            sheet = self.named(one) or self.sheets[max(0, self.fallen_due - 1)]
            sheet.posted[FEE] += one.amount
            self.use_what_is_held()
        if cuts and "ceiling_before_fees" not in OPINIONS:
            self.cut_to_ceiling()
        for one in transactions:
            if one.kind in (Kind.PAYMENT, Kind.RECOVERY):
                self.receive(one)
            elif one.kind is Kind.WAIVER:
                self.waive(one)
            elif one.kind is Kind.REFUND:
                self.refund(one)
            elif one.kind is Kind.REVERSAL:
                self.reverse(one)
            elif one.kind is Kind.CHARGE_OFF:
                self.charged_off_on = self.charged_off_on or self.today
            if "held_waits" not in OPINIONS:
                self.use_what_is_held()

    def named(self, one: Transaction) -> Sheet | None:
        if one.instalment is None:
            return None
        if not 1 <= one.instalment <= len(self.sheets):
            raise Refused
        return self.sheets[one.instalment - 1]

    def waive(self, one: Transaction) -> None:
        named = self.named(one)
        sheets = [named] if named else self.due_sheets()
        left = one.amount
        for sheet, component in self.queue(
            sheets, (one.component,) if one.component else ALL, self.policy.waterfall.by
        ):
            part = min(left, self.open(sheet, component))
            sheet.waived[component] += part
            left -= part

    def queue(self, sheets: list[Sheet], order: tuple[Component, ...], by: By) -> list[tuple[Sheet, Component]]:
        if by is By.COMPONENT:
            return [(sheet, component) for component in order for sheet in sheets]
        return [(sheet, component) for sheet in sheets for component in order]

    def meet(self, receipt: Receipt, amount: int, queue: list[tuple[Sheet, Component]]) -> int:
        """Meet what is open, in order; return what is left of the amount."""
        for sheet, component in queue:
            part = min(amount, self.open(sheet, component))
            if part > 0:
                sheet.paid[component] += part
                receipt.met.append(Met(sheet, component, part))
                amount -= part
        return amount

    def waterfall_today(self) -> Waterfall:
        other = self.policy.waterfall_after_dpd
        return other.waterfall if other is not None and self.days_past_due() > other.dpd else self.policy.waterfall

    def receive(self, one: Transaction) -> None:
        receipt = Receipt(one.id)
        if self.later_sheets() and self.settled_by is None and 0 < self.payoff() <= one.amount:
            self.settle(one.id)
        self.receipts.append(receipt)
        left, named = one.amount, self.named(one)
        if named is not None or one.component is not None:
            later = self.later_sheets()
            onward = list(reversed(later)) if self.policy.excess is Excess.LAST else later
            sheets = [named] if named else self.due_sheets() + onward
            order = (one.component,) if one.component else self.waterfall_today().past_due
            left = self.meet(receipt, left, self.queue(sheets, order, self.policy.waterfall.by))
        receipt.held = self.spread_over_loan(receipt, left)

    def spread_over_loan(self, receipt: Receipt, left: int) -> int:
        water = self.waterfall_today()
        past = [sheet for sheet in self.due_sheets() if sheet.due_on < self.today]
        today = [sheet for sheet in self.due_sheets() if sheet.due_on == self.today]
        left = self.meet(receipt, left, self.queue(past, water.past_due, water.by))
        left = self.meet(receipt, left, self.queue(today, water.due_today, water.by))
        for sheet in self.later_sheets():
            fee = min(left, self.open_charge(sheet, FEE))
            if fee:
                sheet.paid[FEE] += fee
                receipt.met.append(Met(sheet, FEE, fee))
                left -= fee
        if self.policy.excess is Excess.UNAPPLIED and self.settled_by is None:
            return left
        later = self.later_sheets()
        if self.policy.excess is Excess.SPREAD:
            while left:
                wanting = [sheet for sheet in later if any(self.open(sheet, one) for one in ALL)]
                if not wanting:
                    break
                shares = [left // len(wanting)] * len(wanting)
                for place in range(left % len(wanting)):
                    shares[place] += 1
                left = 0
                for sheet, share in zip(wanting, shares, strict=True):
                    left += self.meet(receipt, share, self.queue([sheet], water.in_advance, water.by))
            return left
        if self.policy.excess is Excess.LAST:
            later = list(reversed(later))
        return self.meet(receipt, left, self.queue(later, water.in_advance, water.by))

    def use_what_is_held(self) -> None:
        """Money held meets whatever has become payable, oldest payment first."""
        for receipt in self.receipts:
            if receipt.held:
                amount, receipt.held = receipt.held, 0
                receipt.held = self.spread_over_loan(receipt, amount)

    def settle(self, source: str) -> None:
        """Later interest and fees aren't asked for; what was paid towards them is the borrower's again."""
        for (number, component), needed in self.needed_if_settled().items():
            sheet = self.sheets[number - 1]
            sheet.asked[component] = needed
            for receipt in reversed(self.receipts):
                for met in reversed(receipt.met):
                    over = -self.open(sheet, component)
                    if over > 0 and met.sheet is sheet and met.component is component:
                        back = min(over, met.amount)
                        met.amount -= back
                        sheet.paid[component] -= back
                        receipt.held += back
            over = max(0, -self.open(sheet, component))
            sheet.waived[component] -= over
            sheet.not_needed[component] += over
        self.settled_by = source
        self.use_what_is_held()

    def unsettle(self) -> None:
        self.settled_by = None
        for sheet, contract in zip(self.sheets, self.contract, strict=True):
            sheet.asked = dict(contract)
            for component in ALL:
                sheet.waived[component] += sheet.not_needed[component]
                sheet.not_needed[component] = 0

    def refund(self, one: Transaction) -> None:
        left = one.amount
        for receipt in self.receipts:
            part = min(left, receipt.held)
            receipt.held -= part
            left -= part
        for receipt in reversed(self.receipts):
            left = self.undo(receipt, left)
        if left:
            raise Refused

    def reverse(self, one: Transaction) -> None:
        for receipt in self.receipts:
            if receipt.id == one.reverses:
                self.undo(receipt, sum(met.amount for met in receipt.met))
                receipt.held = 0
        if self.settled_by == one.reverses:
            self.unsettle()

    def undo(self, receipt: Receipt, amount: int) -> int:
        for met in reversed(receipt.met):
            part = min(amount, met.amount)
            met.amount -= part
            met.sheet.paid[met.component] -= part
            amount -= part
        return amount


# -- the answer --------------------------------------------------------------------------------------------------------


def that_count(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> list[Transaction]:
    known = [
        one
        for one in loan.transactions
        if one.effective_on <= as_of and (known_on is None or one.booked_on <= known_on)
    ]
    left_out: list[str] = []
    targets = [one.reverses for one in known if one.kind is Kind.REVERSAL]
    if len(targets) != len(set(targets)) or len({one.id for one in known}) != len(known):
        raise Refused
    for one in known:
        if one.kind is not Kind.REVERSAL:
            continue
        target = [other for other in known if other.id == one.reverses and other.kind is not Kind.REVERSAL]
        if not target:
            raise Refused
        if policy.reversal_from is ReversalFrom.START or target[0].kind is not Kind.PAYMENT:
            left_out += [one.id, target[0].id]
    return [one for one in known if one.id not in left_out]


def by_component(amounts: dict[Component, int]) -> dict[str, int]:
    return {str(component): amounts[component] for component in ALL}


def work_out(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None = None) -> dict[str, object]:
    """Every sum of an assessment, and each instalment's position, by name."""
    clerk = Clerk(loan, policy)
    clerk.work(as_of, that_count(loan, policy, as_of, known_on))
    late = clerk.late_today()
    parts = {sheet.number: clerk.late_part(sheet) for sheet in late}
    overdue = {one: sum(part[one] for part in parts.values()) for one in CONTRACT}
    charges = {one: sum(clerk.open_charge(sheet, one) for sheet in clerk.sheets) for one in CHARGES}
    days = delinquent = 0
    if late:
        since = clerk.counted_from(late)
        days, delinquent = clerk.day_number(since), clerk.delinquent_days(since)
    coming = [
        sheet for sheet in clerk.sheets if sheet.due_on >= as_of and sheet not in late and next_ask(clerk, sheet) > 0
    ]
    instalments = []
    for sheet in clerk.sheets:
        is_late = sheet in late
        late_days = clerk.delinquent_days(sheet.due_on) if is_late else 0
        instalments.append(
            {
                "number": sheet.number,
                "due_on": sheet.due_on,
                "due": by_component(
                    {one: sheet.asked[one] + clerk.charged(sheet, one) - sheet.waived[one] for one in ALL}
                ),
                "paid": by_component(sheet.paid),
                "open": by_component({one: clerk.open(sheet, one) for one in ALL}),
                "overdue": by_component(
                    {
                        one: (clerk.open_charge(sheet, one) if one in CHARGES else 0)
                        + (parts[sheet.number].get(one, 0) if is_late else 0)
                        for one in ALL
                    }
                ),
                "days": clerk.day_number(sheet.due_on) if is_late else 0,
                "delinquent_days": late_days,
                "bucket": bucket(policy, late_days),
            }
        )
    accrued = 0
    if clerk.later_sheets() and clerk.settled_by is None:
        running = clerk.later_sheets()[0]
        accrued = max(0, clerk.interest_so_far() - running.paid[INTEREST] - running.waived[INTEREST])
    fees = charges[FEE] + overdue[FEE]
    return {
        "days_past_due": days,
        "delinquent_days": delinquent,
        "bucket": bucket(policy, delinquent),
        "instalments_overdue": len(late),
        "oldest_due_on": late[0].due_on if late else None,
        "arrears_since": clerk.arrears_since,
        "overdue_principal": overdue[PRINCIPAL],
        "overdue_interest": overdue[INTEREST],
        "penalty": charges[PENALTY],
        "compound_interest": charges[COMPOUND],
        "fees": fees,
        "amount_to_cure": overdue[PRINCIPAL] + overdue[INTEREST] + charges[PENALTY] + charges[COMPOUND] + fees,
        "next_due_on": coming[0].due_on if coming else None,
        "next_due": next_ask(clerk, coming[0]) if coming else 0,
        "outstanding_principal": clerk.outstanding_principal(),
        "accrued_interest": accrued,
        "payoff": clerk.payoff(),
        "unapplied": clerk.held(),
        "charged_off_on": clerk.charged_off_on,
        "instalments": instalments,
    }


def next_ask(clerk: Clerk, sheet: Sheet) -> int:
    if "whole_bill_asked" in OPINIONS:
        return sum(clerk.late_part(sheet).values())
    return clerk.short_of_due(sheet)


def bucket(policy: ArrearsPolicy, days: int) -> str:
    name = "current"
    for edge, its_name in zip(policy.buckets.edges, policy.buckets.names, strict=True):
        if days >= edge:
            name = its_name
    return name
