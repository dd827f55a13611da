"""The clerk's books: a sheet for each instalment, a receipt for each payment, and what is owed by them on a day.

There are no events here and no running periods. Each night that something goes unpaid is written down; what the nights
cost is added up afresh from that list whenever somebody has to know.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from goodstanding.core.arrears.policy import (
    ArrearsPolicy,
    BillOverdue,
    DpdFrom,
    GraceEffect,
    Interest,
    PenaltyFrom,
    Rounds,
    ToleranceOf,
)
from goodstanding.core.loan import Component, Instalment, Loan
from tests.core.oracle.days import DAY, days_from, every_day, is_paused, rounded

FEE, PENALTY, COMPOUND, INTEREST, PRINCIPAL = Component
ALL = (FEE, PENALTY, COMPOUND, INTEREST, PRINCIPAL)
CONTRACT = (FEE, INTEREST, PRINCIPAL)
CHARGES = (FEE, PENALTY, COMPOUND)


class Refused(Exception):
    """The loan's facts contradict each other."""


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
    """The clerk's sheet for one instalment. is_replaced: another schedule took its place before it was due.

    came_after: interest by day that was written on it after its due date; a bill's minimum is of what stood there before.
    """

    number: int
    terms: Instalment
    asked: dict[Component, int]
    posted: dict[Component, int] = field(default_factory=nothing)
    cut: dict[Component, int] = field(default_factory=nothing)
    paid: dict[Component, int] = field(default_factory=nothing)
    waived: dict[Component, int] = field(default_factory=nothing)
    nights: dict[Component, list[Night]] = field(default_factory=lambda: {PENALTY: [], COMPOUND: []})
    grace_left: int = 0
    grace_is_over: bool = False
    interest_from: date | None = None
    fee_wait: int | None = None
    is_replaced: bool = False
    came_after: int = 0

    @property
    def due_on(self) -> date:
        return self.terms.due_on


@dataclass
class Met:
    """A part of a payment and what it met."""

    sheet: Sheet
    component: Component
    amount: int


@dataclass
class Receipt:
    """A payment: what it met, in order, and what of it is still held; until which day it was agreed to meet what is to come."""

    id: str
    amount: int
    met: list[Met] = field(default_factory=list)
    held: int = 0
    ahead_until: date | None = None


@dataclass
class Books:
    loan: Loan
    policy: ArrearsPolicy

    def __post_init__(self) -> None:
        loan = self.loan
        self.penalty_pauses = [pause for pause in loan.pauses if pause.stops_penalty]
        self.fee_pauses = [pause for pause in loan.pauses if pause.stops_fees]
        self.is_by_day = self.policy.interest is not Interest.SCHEDULED
        self.is_billed = any(part.minimum is not None for part in loan.schedule)
        self.begun = self.today = loan.opening.on if loan.opening else loan.disbursed_on
        self.sheets: list[Sheet] = []
        self.fallen_due = 0
        self.receipts: list[Receipt] = []
        self.cuts_periods: set[date] = set()
        self.contract_nights: list[Night] = []
        self.contract_given = 0
        self.contract_bears: tuple[int, Fraction] = (0, Fraction(0))
        self.ends_contract_period: set[date] = set()
        self.principal_years = Fraction(0)
        self.arrears_since: date | None = None
        self.stretch_has_fee = False
        self.loan_fee_wait: int | None = None
        self.settled_by: str | None = None
        self.taken_away: list[tuple[Sheet, Component, int]] = []
        self.not_needed: list[tuple[Sheet, Component, int]] = []
        self.charged_off_on: date | None = None
        self.period_from: date | None = None
        self.versions = sorted(loan.versions, key=lambda version: version.from_on)

    def add_sheets(self, schedule: tuple[Instalment, ...]) -> None:
        for part in sorted(schedule, key=lambda part: (part.due_on, part.drawdown)):
            self.sheets.append(self.new_sheet(len(self.sheets) + 1, part))

    def new_sheet(self, number: int, part: Instalment) -> Sheet:
        interest = 0 if self.is_by_day and part.due_on > self.begun else part.interest
        asked = {**nothing(), FEE: part.fee, INTEREST: interest, PRINCIPAL: part.principal}
        sheet = Sheet(number, part, asked, grace_left=self.policy.grace_days)
        if self.policy.penalty_from is PenaltyFrom.DUE_DATE and not self.is_by_day:
            sheet.interest_from = part.due_on
        if self.policy.late_fee is not None:
            after = self.policy.late_fee.after_days
            sheet.fee_wait = (self.policy.grace_days if after is None else after) + 1
        return sheet

    # -- what the nights cost --------------------------------------------------------------------------------------

    def nights_cost(self, nights: list[Night], ends: set[date]) -> int:
        """What these nights cost, rounded as the policy rounds. ends: days on which a period ends."""
        how = self.policy.rounding
        if self.policy.rounds is Rounds.RUNNING_TOTAL:
            return rounded(sum((night.cost for night in nights), Fraction(0)), how)
        if self.policy.rounds is Rounds.EACH_DAY:
            return sum(rounded(night.cost, how) for night in nights)
        total, period, before = 0, Fraction(0), None
        for night in nights:
            here = (night.base, night.rate, night.on)
            if before is None or (before.base, before.rate, before.on + DAY) != here or night.on in ends:
                total += rounded(period, how)
                period = Fraction(0)
            period += night.cost
            before = night
        return total + rounded(period, how)

    def charged(self, sheet: Sheet, component: Component) -> int:
        """Charges that have arisen: posted fees; and the nights, once grace has run out."""
        amount = sheet.posted[component] - sheet.cut[component]
        if component in sheet.nights and sheet.grace_is_over:
            amount += self.nights_cost(sheet.nights[component], self.cuts_periods)
        return amount

    # -- what is open ----------------------------------------------------------------------------------------------

    def open(self, sheet: Sheet, component: Component) -> int:
        return sheet.asked[component] + self.charged(sheet, component) - sheet.paid[component] - sheet.waived[component]

    def open_charge(self, sheet: Sheet, component: Component) -> int:
        return max(0, self.charged(sheet, component) - sheet.paid[component] - sheet.waived[component])

    def open_contract(self, sheet: Sheet) -> dict[Component, int]:
        return {one: self.open(sheet, one) - self.open_charge(sheet, one) for one in CONTRACT}

    def short_of_due(self, sheet: Sheet) -> int:
        """How much of the contract's sums had to be paid by the due date and wasn't."""
        still = sum(self.open_contract(sheet).values())
        if sheet.terms.minimum is None:
            return still
        stands = sum(sheet.asked[one] for one in CONTRACT)
        return max(0, min(sheet.terms.minimum, self.asked_when_due(sheet)) - (stands - still))

    def asked_when_due(self, sheet: Sheet) -> int:
        """What an instalment asks for; of a bill no interest of days after its due date."""
        is_bill = sheet.terms.minimum is not None
        return sum(sheet.asked[one] for one in CONTRACT) - (sheet.came_after if is_bill else 0)

    def open_of_bill(self, sheet: Sheet) -> dict[Component, int]:
        """What is open of the sums that stood on the bill on its due date: what was paid went to them first."""
        still = self.open_contract(sheet)
        done = sheet.asked[INTEREST] - still[INTEREST]
        return {**still, INTEREST: max(0, sheet.asked[INTEREST] - sheet.came_after - done)}

    def part_short(self, sheet: Sheet) -> dict[Component, int]:
        """What is short of a minimum, by component: in the order in which past due sums are met."""
        still, short = self.open_of_bill(sheet), self.short_of_due(sheet)
        part = dict.fromkeys(CONTRACT, 0)
        for component in self.policy.waterfall.past_due:
            if component in part:
                part[component] = min(short, still[component])
                short -= part[component]
        return part

    def late_part(self, sheet: Sheet) -> dict[Component, int]:
        """What of the contract's sums is late once the due date has passed."""
        is_whole = sheet.terms.minimum is None or self.policy.bill_overdue is BillOverdue.WHOLE
        if is_whole and self.short_of_due(sheet):
            return self.open_contract(sheet)
        return self.part_short(sheet)

    def unpaid_among(self, sheets: list[Sheet]) -> list[Sheet]:
        """Which of these instalments count as unpaid: more than the tolerance is missing."""
        rests = {sheet.number: sum(self.late_part(sheet).values()) for sheet in sheets}
        unpaid = []
        for sheet in sheets:
            missing, of = rests[sheet.number], self.asked_when_due(sheet)
            if self.policy.tolerance_of is ToleranceOf.LOAN:
                missing, of = sum(rests.values()), self.outstanding_principal()
            is_more = missing > self.policy.tolerance_minor and missing > self.policy.tolerance_share * of
            if rests[sheet.number] and is_more:
                unpaid.append(sheet)
        return unpaid

    def late_today(self) -> list[Sheet]:
        """Instalments that are past due today and unpaid."""
        last = self.today if self.policy.due_date_is_day == 1 else self.today - DAY
        return self.unpaid_among([sheet for sheet in self.due_sheets() if sheet.due_on <= last])

    def due_sheets(self) -> list[Sheet]:
        return self.sheets[: self.fallen_due]

    def later_sheets(self) -> list[Sheet]:
        return self.sheets[self.fallen_due :]

    def outstanding_principal(self) -> int:
        return sum(self.open(sheet, PRINCIPAL) for sheet in self.sheets)

    def held(self) -> int:
        return sum(receipt.held for receipt in self.receipts)

    # -- interest to the day, and payoff ---------------------------------------------------------------------------

    def that_run(self) -> list[Sheet]:
        """Whose period runs: what falls due next; of a credit line perhaps several drawdowns' on one day."""
        later = self.later_sheets()
        return [sheet for sheet in later if sheet.due_on == later[0].due_on]

    def interest_so_far(self, sheet: Sheet) -> int:
        """The contract's interest of a sheet whose period runs, for the days gone by."""
        if self.is_by_day or self.is_billed:
            return sheet.asked[INTEREST]
        start, count = self.period_start(), self.loan.annual_rate.day_count
        whole = days_from(start, sheet.due_on, count)
        gone = min(whole, days_from(start, self.today, count)) if self.today > start else 0
        share = Fraction(sheet.asked[INTEREST] * max(0, gone), whole) if whole > 0 else Fraction(0)
        return rounded(share, self.policy.rounding)

    def period_start(self) -> date:
        fell_due = [sheet for sheet in self.due_sheets() if not sheet.is_replaced]
        opening = self.loan.opening
        start = fell_due[-1].due_on if fell_due else self.loan.disbursed_on
        if opening is not None and len(fell_due) <= 1:
            start = opening.period_from or opening.on
        return max(start, self.period_from or start)

    def needed_if_settled(self) -> dict[tuple[int, Component], int]:
        """What later instalments ask for besides principal when the loan is settled today."""
        needed = {}
        for sheet in self.later_sheets():
            so_far = self.interest_so_far(sheet) if sheet in self.that_run() else 0
            needed[sheet.number, INTEREST] = min(so_far, sheet.asked[INTEREST])
            needed[sheet.number, FEE] = 0
            if self.is_by_day:
                needed[sheet.number, INTEREST] = sheet.asked[INTEREST]
            if self.is_billed:
                needed[sheet.number, INTEREST], needed[sheet.number, FEE] = sheet.asked[INTEREST], sheet.asked[FEE]
        return needed

    def payoff(self) -> int:
        total = sum(self.open(sheet, one) for sheet in self.due_sheets() for one in ALL)
        needed = {} if self.settled_by else self.needed_if_settled()
        for sheet in self.later_sheets():
            for one in ALL:
                if (sheet.number, one) in needed:
                    asked = needed[sheet.number, one] + self.charged(sheet, one)
                    rest = asked - sheet.paid[one] - sheet.waived[one]
                    total += rest if rest >= 0 else -min(sheet.paid[one], -rest)
                else:
                    total += self.open(sheet, one)
        return max(0, total - self.held())

    # -- days ------------------------------------------------------------------------------------------------------

    def days_past_due(self) -> int:
        late = self.late_today()
        return self.day_number(self.counted_from(late)) if late else 0

    def stretch_begins(self, late: list[Sheet]) -> date:
        """Over the tolerance for the first time today: today is day 1. What an opening brought counts from its due date."""
        if self.policy.dpd_from is DpdFrom.OVER_TOLERANCE and (self.loan.opening is None or self.today > self.begun):
            return self.today if self.policy.due_date_is_day == 1 else self.today - DAY
        return min(sheet.due_on for sheet in late)

    def counted_from(self, late: list[Sheet]) -> date:
        oldest = min(sheet.due_on for sheet in late)
        if self.policy.dpd_from is DpdFrom.OVER_TOLERANCE:
            return self.arrears_since or self.stretch_begins(late)
        if self.policy.dpd_from is DpdFrom.FIRST_DEFAULT and self.arrears_since is not None:
            return min(oldest, self.arrears_since)
        return oldest

    def day_number(self, due_on: date) -> int:
        first = due_on if self.policy.due_date_is_day == 1 else due_on + DAY
        return len(every_day(first, self.today)) if first <= self.today else 0

    def delinquent_days(self, due_on: date) -> int:
        """Days past due, one by one, leaving out those in a pause; then grace."""
        pauses = list(self.loan.pauses)
        first = due_on if self.policy.due_date_is_day == 1 else due_on + DAY
        counted = sum(1 for day in every_day(first, self.today) if not is_paused(pauses, day))
        elapsed = sum(1 for day in every_day(due_on + DAY, self.today) if not is_paused(pauses, day))
        if self.policy.grace_effect is GraceEffect.DELAYS:
            return max(0, counted - self.policy.grace_days)
        return 0 if self.policy.grace_days and elapsed <= self.policy.grace_days else counted
