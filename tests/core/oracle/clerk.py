"""What the clerk does on each calendar day and in each night, and when another schedule takes over."""

from datetime import date
from fractions import Fraction
from math import floor

from goodstanding.core.arrears.policy import Interest, LateFee, PenaltyBase, PenaltyWhile
from goodstanding.core.loan import Component, Instalment, Kind, Opening, ScheduleVersion, Transaction
from tests.core.oracle.books import (
    CHARGES,
    COMPOUND,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    Night,
    Refused,
    Sheet,
)
from tests.core.oracle.cashier import Cashier
from tests.core.oracle.days import DAY, every_day, is_paused, part_of_year, rounded

ORDER = [
    Kind.FEE,
    Kind.WAIVER,
    Kind.PAYMENT,
    Kind.RECOVERY,
    Kind.REFUND,
    Kind.REVERSAL,
    Kind.CHARGEBACK,
    Kind.CHARGE_OFF,
]


class Clerk(Cashier):
    def work(self, as_of: date, transactions: list[Transaction]) -> None:
        if self.loan.opening is not None:
            self.open_the_books(self.loan.opening, transactions)
        else:
            self.add_sheets(self.loan.schedule)
        first = min([self.begun, as_of, *(one.effective_on for one in transactions)])
        for day in every_day(first, as_of):
            self.today = day
            if self.loan.opening is not None and day == self.begun:
                self.evening()
            else:
                self.a_day([one for one in transactions if one.effective_on == day])
            if day < as_of:
                self.night()
        self.give_contract_interest()
        self.cut_to_ceiling()

    def a_day(self, transactions: list[Transaction]) -> None:
        if self.later_sheets():
            self.give_contract_interest()
        self.grace_runs_out()
        while self.versions and self.versions[0].from_on <= self.today:
            self.change_schedule(self.versions.pop(0))
        self.late_fees()
        self.fall_due()
        self.transact(transactions)
        self.evening()

    # -- where the books begin -------------------------------------------------------------------------------------

    def open_the_books(self, opening: Opening, transactions: list[Transaction]) -> None:
        if any(one.effective_on <= opening.on for one in transactions):
            raise Refused
        schedule = self.loan.schedule
        while self.versions and self.versions[0].from_on <= opening.on:
            schedule = self.versions.pop(0).schedule
        due_on = opening.overdue_since or opening.on
        sheet = self.new_sheet(1, Instalment(due_on, opening.principal, opening.interest))
        sheet.posted |= {FEE: opening.fee, PENALTY: opening.penalty, COMPOUND: opening.compound}
        for day in every_day(due_on + DAY, opening.on):
            if not is_paused(self.penalty_pauses, day):
                sheet.grace_left -= 1
            if sheet.fee_wait is not None and not is_paused(self.fee_pauses, day):
                sheet.fee_wait = sheet.fee_wait - 1 or None
        sheet.grace_is_over = sheet.grace_left < 0
        if sheet.grace_is_over and sheet.interest_from is None:
            sheet.interest_from = opening.on
        self.sheets.append(sheet)
        self.fallen_due = 1
        self.add_sheets(tuple(part for part in schedule if part.due_on > opening.on))
        if self.is_by_day:
            self.running_sheet().asked[INTEREST] += opening.accrued_interest

    # -- a day -----------------------------------------------------------------------------------------------------

    def fall_due(self) -> None:
        while self.later_sheets() and self.later_sheets()[0].due_on <= self.today:
            if self.is_by_day:
                self.ends_contract_period.add(self.today)
                self.fit_to_fixed_sum(self.later_sheets()[0])
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
            runs_on = self.policy.penalty_while is PenaltyWhile.UNTIL_PAID and any(self.late_part(sheet).values())
            if sheet not in unpaid and not runs_on:
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
                    self.charge_late_fee(fee, late[0], late)
                    self.loan_fee_wait = fee.every_days
        for sheet in self.due_sheets():
            if sheet.fee_wait is None or rests or sheet.due_on >= self.today:
                continue
            sheet.fee_wait -= 1
            if sheet.fee_wait:
                continue
            sheet.fee_wait = None
            if sheet not in self.late_today():
                continue
            if fee.per == "instalment":
                self.charge_late_fee(fee, sheet, [sheet])
                sheet.fee_wait = fee.every_days
            elif not self.stretch_has_fee:
                self.stretch_has_fee = True
                self.charge_late_fee(fee, sheet, self.late_today())
                self.loan_fee_wait = fee.every_days

    def charge_late_fee(self, fee: LateFee, sheet: Sheet, late: list[Sheet]) -> None:
        base = 0
        for one in late:
            part = self.late_part(one)
            of = {"principal": part[PRINCIPAL], "instalment": self.asked_when_due(one)}
            base += of.get(fee.share_of, sum(part.values()))
        amount = max(fee.least, fee.flat + rounded(fee.share * base, self.policy.rounding))
        sheet.posted[FEE] += amount if fee.most is None else min(amount, fee.most)

    def evening(self) -> None:
        late = self.late_if_asked()
        if not late:
            self.arrears_since, self.stretch_has_fee, self.loan_fee_wait = None, False, None
        elif self.arrears_since is None:
            self.arrears_since = self.stretch_begins(late)

    def late_if_asked(self) -> list[Sheet]:
        """What is late this evening: with the interest of all nights gone by, though it be given to its sheet only later."""
        if not self.is_by_day or self.later_sheets():
            return self.late_today()
        sheet, ran = self.running_sheet(), self.contract_interest() - self.contract_given
        sheet.asked[INTEREST] += ran
        sheet.came_after += ran
        late = self.late_today()
        sheet.asked[INTEREST] -= ran
        sheet.came_after -= ran
        return late

    # -- a night ---------------------------------------------------------------------------------------------------

    def night(self) -> None:
        """Write down what goes unpaid, and what is outstanding, from today to tomorrow."""
        if self.today >= self.begun:
            part = part_of_year(self.loan.disbursed_on, self.today, self.policy.day_count)
            self.principal_years += self.outstanding_principal() * part
        if self.is_by_day and self.today >= self.begun:
            penalised = sum(self.late_part(sheet)[PRINCIPAL] for sheet, _ in self.that_bear_penalty_tonight())
            self.write_contract_night(penalised)
        for sheet, rate in self.that_bear_penalty_tonight():
            late, of_interest = self.late_part(sheet), self.policy.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST
            self.write_night(sheet, PENALTY, late[PRINCIPAL] + (late[INTEREST] if of_interest else 0), rate)
            if self.policy.compound:
                self.write_night(sheet, COMPOUND, late[INTEREST], rate)

    def that_bear_penalty_tonight(self) -> list[tuple[Sheet, Fraction]]:
        unpaid, bear = self.unpaid_among(self.due_sheets()), []
        for sheet in self.due_sheets():
            if sheet.interest_from is None and self.grace_ends_tomorrow(sheet):
                sheet.interest_from = self.today
            bears = sheet in unpaid or self.policy.penalty_while is PenaltyWhile.UNTIL_PAID
            if bears and sheet.interest_from is not None and self.today >= sheet.interest_from:
                bear.append((sheet, self.rate_tonight(sheet)))
        return [(sheet, rate) for sheet, rate in bear if rate]

    def write_night(self, sheet: Sheet, component: Component, base: int, rate: Fraction) -> None:
        assert sheet.interest_from is not None
        cost = base * rate * part_of_year(sheet.interest_from, self.today, self.policy.day_count)
        if base and rate:
            sheet.nights[component].append(Night(self.today, base, rate, cost))

    def write_contract_night(self, penalised: int) -> None:
        """Contract interest by day: on the balance that bears no penalty, or on what was lent while anything is left."""
        base, rate = self.outstanding_principal() - penalised, self.loan.annual_rate
        if self.policy.interest is Interest.DAILY_FLAT:
            base = self.loan.principal if self.outstanding_principal() and self.later_sheets() else 0
        if (base, rate.per_year) != self.contract_bears:
            self.give_contract_interest()
        self.contract_bears = (base, rate.per_year)
        cost = base * rate.per_year * part_of_year(self.begun, self.today, rate.day_count)
        if base and rate.per_year:
            self.contract_nights.append(Night(self.today, base, rate.per_year, cost))

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

    # -- interest by day -------------------------------------------------------------------------------------------

    def running_sheet(self) -> Sheet:
        return self.later_sheets()[0] if self.later_sheets() else self.sheets[-1]

    def give_contract_interest(self) -> None:
        """What has run belongs to the instalment whose period it is.

        After the last due date it belongs to the last one, which asks for it when the period ends: when the base changes,
        money moves, or somebody asks.
        """
        if self.is_by_day:
            total = self.contract_interest()
            self.running_sheet().asked[INTEREST] += total - self.contract_given
            self.running_sheet().came_after += 0 if self.later_sheets() else total - self.contract_given
            self.contract_given = total

    def contract_interest(self) -> int:
        """What all nights come to."""
        return self.nights_cost(self.contract_nights, self.cuts_periods | self.ends_contract_period)

    def fit_to_fixed_sum(self, sheet: Sheet) -> None:
        """Interest that has run first, principal for the rest of the sum; the last instalment takes what it takes."""
        after = self.sheets[sheet.number :]
        if not after:
            return
        fixed = sheet.terms.principal + sheet.terms.interest
        done = {one: sheet.paid[one] + sheet.waived[one] for one in (INTEREST, PRINCIPAL)}
        room = max(0, fixed - done[PRINCIPAL], done[INTEREST])
        too_much = max(0, sheet.asked[INTEREST] - max(done[INTEREST], room))
        sheet.asked[INTEREST] -= too_much
        after[0].asked[INTEREST] += too_much
        self.make_room_for_fixed_sum(sheet)

    # -- another schedule ------------------------------------------------------------------------------------------

    def change_schedule(self, version: ScheduleVersion) -> None:
        self.cuts_periods.add(self.today)
        self.give_contract_interest()
        replaced = self.later_sheets()
        taken = self.sheets if version.takes_over else replaced
        principal = sum(self.open_contract(sheet)[PRINCIPAL] for sheet in taken)
        if principal != sum(part.principal for part in version.schedule):
            raise Refused
        waived = 0
        for sheet in replaced:
            self.hold_again(sheet, FEE, max(0, min(sheet.paid[FEE], self.beyond_charges(sheet, FEE))))
            if not self.is_by_day:
                self.hold_again(sheet, INTEREST, sheet.paid[INTEREST])
                waived += sheet.waived[INTEREST]
                sheet.waived[INTEREST] = 0
        has_run = self.open(replaced[0], INTEREST) if self.is_by_day and replaced else 0
        if self.is_by_day and version.takes_over:
            has_run += sum(self.open_contract(sheet)[INTEREST] for sheet in self.sheets if sheet not in replaced)
        self.taken_away = [one for one in self.taken_away if one[0] not in taken]
        self.not_needed = [one for one in self.not_needed if one[0] not in taken]
        for sheet in taken:
            stood = sheet.asked[INTEREST] - sheet.came_after
            for component, part in self.open_contract(sheet).items():
                sheet.asked[component] -= part
            sheet.came_after = max(0, sheet.asked[INTEREST] - stood)
        for sheet in replaced:
            sheet.is_replaced, sheet.grace_is_over, sheet.fee_wait = True, True, None
        first = self.fallen_due = len(self.sheets)
        self.add_sheets(version.schedule)
        for sheet in self.sheets[first:]:
            part = min(waived, self.open(sheet, INTEREST))
            sheet.waived[INTEREST] += part
            waived -= part
        if version.takes_over:
            self.period_from = self.today
        if has_run:
            self.sheets[first].asked[INTEREST] += has_run

    def beyond_charges(self, sheet: Sheet, component: Component) -> int:
        return sheet.paid[component] + sheet.waived[component] - self.charged(sheet, component)

    # -- the ceiling -----------------------------------------------------------------------------------------------

    def cut_to_ceiling(self) -> None:
        """Give up open charges, newest first, until the loan's cost since the books begin is within the ceiling."""
        yearly, whole = self.policy.cost_ceiling, self.policy.total_cost_ceiling
        if yearly is None and whole is None:
            return
        cost = sum(
            self.charged(sheet, one) - min(sheet.waived[one], self.charged(sheet, one))
            for sheet in self.sheets
            for one in CHARGES
        )
        for sheet in self.due_sheets():
            cost += sheet.asked[INTEREST] - sheet.waived[INTEREST]
            cost += sheet.asked[FEE] - max(0, sheet.waived[FEE] - self.charged(sheet, FEE))
        for sheet in self.that_run():
            cost += max(0, self.interest_so_far(sheet) - sheet.waived[INTEREST])
        before = self.loan.opening or Opening(self.begun)
        cost -= before.interest + before.penalty + before.compound + before.fee
        cost -= before.accrued_interest if self.is_by_day else 0
        over = 0
        if yearly is not None:
            over = max(over, cost - floor(yearly * self.principal_years))
        if whole is not None:
            over = max(over, cost - floor(whole * self.loan.principal))
        for sheet in reversed(self.sheets):
            for component in (FEE, COMPOUND, PENALTY):
                arose = self.charged(sheet, component) - (getattr(before, component) if sheet.number == 1 else 0)
                part = max(0, min(over, arose, self.open_charge(sheet, component)))
                sheet.cut[component] += part
                over -= part

    # -- what happens ----------------------------------------------------------------------------------------------

    def transact(self, transactions: list[Transaction]) -> None:
        transactions = sorted(transactions, key=lambda one: (ORDER.index(one.kind), one.booked_on, one.id))
        for one in transactions:
            if one.kind is Kind.FEE:
                fell_due = [sheet for sheet in self.due_sheets() if not sheet.is_replaced]
                sheet = self.named(one) or (fell_due or self.later_sheets() or self.sheets)[-1 if fell_due else 0]
                sheet.posted[FEE] += one.amount
        if any(one.kind not in (Kind.FEE, Kind.CHARGE_OFF) for one in transactions):
            self.cuts_periods.add(self.today)
            self.give_contract_interest()
            self.cut_to_ceiling()
        self.use_what_is_held()
        for one in transactions:
            self.transact_one(one)
            self.use_what_is_held()
