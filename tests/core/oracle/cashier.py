"""The cashier: what payments, waivers, refunds, reversals and chargebacks do to the books."""

from goodstanding.core.arrears.policy import By, ChargesMet, Excess, Waterfall
from goodstanding.core.loan import Component, Kind, Transaction
from tests.core.oracle.books import ALL, CHARGES, FEE, INTEREST, PRINCIPAL, Books, Met, Receipt, Refused, Sheet
from tests.core.oracle.days import DAY


class Cashier(Books):
    def transact_one(self, one: Transaction) -> None:
        if one.kind in (Kind.PAYMENT, Kind.RECOVERY):
            self.receive(one)
        elif one.kind is Kind.WAIVER:
            self.waive(one)
        elif one.kind is Kind.REFUND:
            self.refund(one)
        elif one.kind is Kind.REVERSAL:
            self.reverse(one)
        elif one.kind is Kind.CHARGEBACK:
            self.charge_back(one)
        elif one.kind is Kind.CHARGE_OFF:
            self.charged_off_on = self.charged_off_on or self.today

    def named(self, one: Transaction) -> Sheet | None:
        if one.instalment is None:
            return None
        if not 1 <= one.instalment <= len(self.sheets):
            raise Refused
        return self.sheets[one.instalment - 1]

    def waive(self, one: Transaction) -> None:
        named = self.named(one)
        order = (one.component,) if one.component else ALL
        left = one.amount
        for sheet, component in self.queue([named] if named else self.due_sheets(), order, self.policy.waterfall.by):
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
            amount -= self.meet_part(receipt, sheet, component, min(amount, self.open(sheet, component)))
        return amount

    def meet_part(self, receipt: Receipt, sheet: Sheet, component: Component, part: int) -> int:
        if part > 0:
            sheet.paid[component] += part
            receipt.met.append(Met(sheet, component, part))
        return max(0, part)

    def waterfall_today(self) -> Waterfall:
        other = self.policy.waterfall_after_dpd
        return other.waterfall if other is not None and self.days_past_due() > other.dpd else self.policy.waterfall

    def receive(self, one: Transaction) -> None:
        receipt = Receipt(one.id, one.amount, ahead_until=one.ahead_until)
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
        past = [sheet for sheet in self.due_sheets() if sheet.due_on < self.today or sheet.is_replaced]
        today = [sheet for sheet in self.due_sheets() if sheet.due_on == self.today and not sheet.is_replaced]
        small = self.that_count_as_paid()
        for among in self.in_turn(water):
            for sheets, order in ((past, water.past_due), (today, water.due_today)):
                for sheet in sheets:
                    left = self.meet_minimum(receipt, left, sheet, order, among, sheet in small)
                wanted = tuple(one for one in order if one in among)
                others = [sheet for sheet in sheets if sheet.terms.minimum is None]
                for sheet, component in self.queue(others, wanted, water.by):
                    ask = self.open_charge if sheet in small else self.open
                    left -= self.meet_part(receipt, sheet, component, min(left, ask(sheet, component)))
        for sheet in self.later_sheets():
            left -= self.meet_part(receipt, sheet, FEE, min(left, self.open_charge(sheet, FEE)))
        left = self.meet_what_was_agreed(receipt, left, water)
        for among in self.in_turn(water):
            for sheets, order in ((past, water.past_due), (today, water.due_today)):
                wanted = tuple(one for one in order if one in among)
                left = self.meet(receipt, left, self.queue(sheets, wanted, water.by))
        if self.policy.excess is Excess.UNAPPLIED and self.settled_by is None:
            return left
        later = self.later_sheets()
        if self.policy.excess is Excess.SPREAD:
            return self.spread_evenly(receipt, left, water)
        if self.policy.excess is Excess.LAST:
            later = list(reversed(later))
        for sheet, component in self.queue(later, water.in_advance, water.by):
            if left and component is PRINCIPAL and self.policy.excess is not Excess.LAST:
                self.make_room_for_fixed_sum(sheet)
            left = self.meet(receipt, left, [(sheet, component)])
        return left

    def meet_what_was_agreed(self, receipt: Receipt, left: int, water: Waterfall) -> int:
        """Money agreed for days to come: each bill's minimum, then each instalment whole, until the day it was agreed for."""
        if receipt.ahead_until is None:
            return left
        coming = [sheet for sheet in self.later_sheets() if sheet.due_on <= receipt.ahead_until]
        for sheet in coming:
            left = self.meet_minimum(receipt, left, sheet, water.in_advance, ALL, False)
        for sheet in (one for one in coming if one.terms.minimum is None):
            for component in water.in_advance:
                if left and component is PRINCIPAL:
                    self.make_room_for_fixed_sum(sheet)
                most = left
                if self.is_by_day and sheet is not self.sheets[-1] and component in (INTEREST, PRINCIPAL):
                    gone = sum(sheet.paid[one] + sheet.waived[one] for one in (INTEREST, PRINCIPAL))
                    most = max(0, min(left, sheet.terms.principal + sheet.terms.interest - gone))
                left -= most - self.meet(receipt, most, [(sheet, component)])
        return left

    def that_count_as_paid(self) -> list[Sheet]:
        """Past due by the count of days, and no more missing than is tolerated."""
        last = self.today if self.policy.due_date_is_day == 1 else self.today - DAY
        past = [sheet for sheet in self.due_sheets() if sheet.due_on <= last]
        unpaid = self.unpaid_among(past)
        return [sheet for sheet in past if sheet not in unpaid]

    def in_turn(self, water: Waterfall) -> list[tuple[Component, ...]]:
        """Which components are met of everything due, before the next ones are met of anything."""
        return [(INTEREST, PRINCIPAL), CHARGES] if water.charges is ChargesMet.LAST else [ALL]

    def make_room_for_fixed_sum(self, sheet: Sheet) -> None:
        """Where interest runs by day, an instalment paid ahead takes principal for all of its fixed sum but interest."""
        after = self.sheets[sheet.number :]
        if not self.is_by_day or not after:
            return
        done = sheet.paid[PRINCIPAL] + sheet.waived[PRINCIPAL]
        fixed = sheet.terms.principal + sheet.terms.interest
        to_come = sum(self.open(one, PRINCIPAL) for one in (sheet, *after))
        wanted = max(done, min(fixed - sheet.asked[INTEREST], done + to_come))
        more, sheet.asked[PRINCIPAL] = wanted - sheet.asked[PRINCIPAL], wanted
        if more < 0:
            after[-1].asked[PRINCIPAL] -= more
        for one in reversed(after):
            part = max(0, min(more, self.open(one, PRINCIPAL)))
            one.asked[PRINCIPAL] -= part
            more -= part

    def meet_minimum(
        self,
        receipt: Receipt,
        left: int,
        sheet: Sheet,
        order: tuple[Component, ...],
        among: tuple[Component, ...],
        counts_as_paid: bool,
    ) -> int:
        """Of a bill: what is short of its minimum, and its charges, before the rest of any bill."""
        if sheet.terms.minimum is None:
            return left
        short, still = 0 if counts_as_paid else self.short_of_due(sheet), self.open_of_bill(sheet)
        wanted = {component: self.open_charge(sheet, component) for component in order}
        for component in order:
            part = min(short, still.get(component, 0))
            wanted[component] += part
            short -= part
        for component in (one for one in order if one in among):
            left -= self.meet_part(receipt, sheet, component, min(left, wanted[component]))
        return left

    def spread_evenly(self, receipt: Receipt, left: int, water: Waterfall) -> int:
        while left:
            wanting = [sheet for sheet in self.later_sheets() if any(self.open(sheet, one) for one in ALL)]
            if not wanting:
                break
            shares = [left // len(wanting)] * len(wanting)
            for place in range(left % len(wanting)):
                shares[place] += 1
            left = 0
            for sheet, share in zip(wanting, shares, strict=True):
                left += self.meet(receipt, share, self.queue([sheet], water.in_advance, water.by))
        return left

    def use_what_is_held(self) -> None:
        """Money held meets whatever has become payable, oldest payment first."""
        for receipt in self.receipts:
            if receipt.held:
                amount, receipt.held = receipt.held, 0
                receipt.held = self.spread_over_loan(receipt, amount)

    # -- settled, and taken back -----------------------------------------------------------------------------------

    def settle(self, source: str) -> None:
        """Later interest and fees aren't asked for; what was paid towards them is the borrower's again."""
        for (number, component), needed in self.needed_if_settled().items():
            sheet = self.sheets[number - 1]
            self.taken_away.append((sheet, component, sheet.asked[component] - needed))
            sheet.asked[component] = needed
            self.hold_again(sheet, component, max(0, -self.open(sheet, component)))
            over = max(0, -self.open(sheet, component))
            sheet.waived[component] -= over
            self.not_needed.append((sheet, component, over))
        self.settled_by = source
        self.use_what_is_held()

    def unsettle(self) -> None:
        """The payment that settled the loan bounced: what was taken away is asked for again."""
        self.settled_by = None
        for sheet, component, amount in self.taken_away:
            sheet.asked[component] += amount
        for sheet, component, amount in self.not_needed:
            sheet.waived[component] += amount
        self.taken_away, self.not_needed = [], []

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
        receipt = next(receipt for receipt in self.receipts if receipt.id == one.reverses)
        stands = sum(met.amount for met in receipt.met)
        if stands + receipt.held != receipt.amount:
            raise Refused
        self.undo(receipt, stands)
        receipt.held = 0
        if self.settled_by == receipt.id:
            self.unsettle()

    def charge_back(self, one: Transaction) -> None:
        receipt = next(receipt for receipt in self.receipts if receipt.id == one.reverses)
        from_held = min(receipt.held, one.amount)
        receipt.held -= from_held
        if self.undo(receipt, one.amount - from_held):
            raise Refused
        if one.amount > from_held and self.settled_by == receipt.id:
            self.unsettle()

    def undo(self, receipt: Receipt, amount: int) -> int:
        for met in reversed(receipt.met):
            part = min(amount, met.amount)
            met.amount -= part
            met.sheet.paid[met.component] -= part
            amount -= part
        return amount

    def hold_again(self, sheet: Sheet, component: Component, amount: int) -> None:
        """What met a sum that is no longer asked for is the borrower's again, the latest payment first."""
        for receipt in reversed(self.receipts):
            for met in reversed(receipt.met):
                if met.sheet is sheet and met.component is component:
                    back = min(amount, met.amount)
                    met.amount -= back
                    sheet.paid[component] -= back
                    receipt.held += back
                    amount -= back
