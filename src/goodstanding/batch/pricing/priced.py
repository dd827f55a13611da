"""The drafts of many loans held to the law's limits, priced and judged, round by round: `core.plans.pricing.priced` over tables.

Core is the reference. A loan of which anything can't be said here for certain is marked as doubtful, and core works it out instead:
one that the kernel refuses as it would be, whose amounts are too large, or whose payments aren't right after so many rounds.
Method: docs/methods/ways_out.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from goodstanding.batch.drafting.tables import (
    DRAFT_A,
    DRAFT_B,
    DRAFT_LOAN,
    DRAFT_MEASURE,
    DRAFT_PAUSE_FROM,
    DRAFT_PAUSE_UNTIL,
    DRAFT_PAYMENTS_AT,
    DRAFT_PAYMENTS_N,
    DRAFT_SCHEDULE_AT,
    DRAFT_SCHEDULE_N,
    DRAFT_STATUS,
    DRAFT_WAIVED,
    DRAFT_WAIVERS_AT,
    DRAFT_WAIVERS_N,
    DRAFTED,
    GROUND_ARREARS,
    GROUND_BY_DAY,
    GROUND_CHARGED_OFF_ON,
    GROUND_CHARGES_BEGIN_TODAY,
    GROUND_FREED,
    GROUND_HAS_MINIMUM,
    GROUND_HELD,
    GROUND_LOAN,
    GROUND_OVERDUE,
    GROUND_PARTS_N,
    GROUND_PAYOFF,
    GROUND_PAYS_FROM,
    GROUND_POLICY,
    GROUND_RE_AGES,
    GROUND_STATUS,
    KINDS,
    PAYMENT_AMOUNT,
    PAYMENT_ON,
    PAYMENT_SIZE,
    PLAIN,
    WAIVER_AMOUNT,
    WAIVER_COMPONENT,
    WAIVER_ON,
    WAIVER_SIZE,
    Drafts,
)
from goodstanding.batch.layout import COMPOUND, EARLIEST_DAY, FEE, INTEREST, NONE, OK, PENALTY, PRINCIPAL
from goodstanding.batch.policies import EPOCH
from goodstanding.batch.pricing import limits
from goodstanding.batch.pricing.adding import (
    SUM_ENDS_ON,
    SUM_LEAST,
    SUM_SIZE,
    SUM_TOTAL,
    add_afterwards,
    add_ahead,
    add_months,
    add_payments,
    look_at_schedules,
    pay_today,
)
from goodstanding.batch.pricing.asking import Engine
from goodstanding.batch.pricing.between import UNKNOWN, judge_days, name_days
from goodstanding.batch.pricing.correcting import correct, pay_until
from goodstanding.batch.pricing.measures import measures_of
from goodstanding.batch.pricing.tables import (
    ANSWER_AHEAD,
    ANSWER_CURE,
    ANSWER_DUE,
    ANSWER_HELD,
    ANSWER_OPENED,
    ANSWER_OVERDUE,
    ANSWER_PAYOFF,
    ANSWER_PRINCIPAL,
    ANSWER_SIZE,
    ANSWER_STATUS,
    NO_PRINCIPAL,
    NOT_ALL_GIVEN_UP,
    PAST_DUE_BETWEEN,
    RE_AGED_TOO_OFTEN,
    TOO_LONG,
    TOO_LONG_BY_LAW,
    WORLD_LOAN,
    WORLD_PAUSE_FROM,
    WORLD_PAUSE_UNTIL,
    WORLD_PAYMENTS_AT,
    WORLD_PAYMENTS_N,
    WORLD_SCHEDULE_AT,
    WORLD_SCHEDULE_N,
    WORLD_SIZE,
    WORLD_WAIVERS_AT,
    WORLD_WAIVERS_N,
    WORTH_TOO_LITTLE,
)
from goodstanding.batch.pricing.worth import UNDECIDED, add_worths, worths_until
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.pricing import present_value

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_TRIES = 6
_WAIVED_IN_ORDER = (PENALTY, COMPOUND, FEE, INTEREST, PRINCIPAL)
(PRICE_AGAINST_TODAY, PRICE_AGAINST_NOTHING, PRICE_LEFT_AFTER, PRICE_WORTH, PRICE_MISSED, PRICE_SIGN) = range(6)
PRICE_SIZE = 6
"""Of each offer; MISSED: missed_amount; SIGN: the place of the sign-off, or limits.NOBODY."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a batch: its day, the guard rails, the law's limits by product, and the policies' products by their rows.

    is_capped: of each policy, whether a ceiling cuts what may be asked for. currency: of all amounts.
    """

    as_of: date
    rails: GuardRails
    limits: Mapping[str, Sequence[LegalLimit]]
    products: Sequence[str]
    is_capped: Flags

    @property
    def day(self) -> int:
        return self.as_of.toordinal() - EPOCH


@dataclass(frozen=True, slots=True)
class Priced:
    """drafts: with the status that each has in the end, payments as corrected, and every waiver. before: what was past due before A.

    doubtful: of each row of the ground, whether core must work it out; what is said of its drafts means nothing.
    offered: which drafts are offers; the following have a column for each of them. worlds: as they are kept. sums: adding's. prices: PRICE_SIZE rows.
    waived: by component. afterwards: days and amounts, `afterwards_n` for each offer.
    """

    drafts: Drafts
    before: Numbers
    doubtful: Flags
    offered: Numbers
    worlds: Numbers
    sums: Numbers
    prices: Numbers
    waived: Numbers
    afterwards: Numbers
    afterwards_n: Numbers


def priced(drafts: Drafts, engine: Engine, task: Task) -> Priced:
    """Price every draft of the loans that are plain."""
    sheet = _Sheet(drafts, engine, task)
    sheet.hold_to_limits()
    sheet.refuse_without_principal()
    sheet.give_up_rests()
    sheet.forgive_what_begins_today()
    sheet.correct()
    sheet.refuse_what_is_left()
    sheet.compare_with_today_and_nothing()
    sheet.look_between()
    return sheet.offered()


class _Sheet:
    """The drafts while they are priced. Fields of drafts lie by draft; `worlds` says of each how it is kept."""

    def __init__(self, drafts: Drafts, engine: Engine, task: Task) -> None:
        self.engine, self.task, self.measures = engine, task, measures_of(task.rails.measures)
        self.ground, self.parts, self.schedule = (
            np.ascontiguousarray(one) for one in (drafts.ground, drafts.parts, drafts.schedule)
        )
        self.drafts, self.payments = drafts.drafts.copy(), drafts.payments.copy()
        self.row, self.status = self.drafts[DRAFT_LOAN], self.drafts[DRAFT_STATUS]
        self.measure = self.drafts[DRAFT_MEASURE]
        self.waived = self.drafts[DRAFT_WAIVED : DRAFT_WAIVED + 5]
        self.waivers, self.worlds = np.ascontiguousarray(drafts.waivers), self._worlds()
        self.doubtful = self.ground[GROUND_STATUS] != PLAIN
        self.doubtful |= task.rails.terms.discount_rate < 0
        self.then = np.zeros((ANSWER_SIZE, len(self.row)), np.int64)
        self.cost = np.zeros((2, len(self.row)), np.int64)
        self.before = np.zeros(len(self.row), np.int64)

    def _worlds(self) -> Numbers:
        """Each draft as it would be kept."""
        worlds = np.empty((WORLD_SIZE, len(self.row)), np.int64)
        worlds[WORLD_LOAN] = self.ground[GROUND_LOAN][self.row]
        for field, of_draft in (
            (WORLD_PAYMENTS_AT, DRAFT_PAYMENTS_AT),
            (WORLD_PAYMENTS_N, DRAFT_PAYMENTS_N),
            (WORLD_WAIVERS_AT, DRAFT_WAIVERS_AT),
            (WORLD_WAIVERS_N, DRAFT_WAIVERS_N),
            (WORLD_SCHEDULE_AT, DRAFT_SCHEDULE_AT),
            (WORLD_SCHEDULE_N, DRAFT_SCHEDULE_N),
            (WORLD_PAUSE_FROM, DRAFT_PAUSE_FROM),
            (WORLD_PAUSE_UNTIL, DRAFT_PAUSE_UNTIL),
        ):
            worlds[field] = self.drafts[of_draft]
        return worlds

    def live(self) -> Numbers:
        """The drafts that may still become offers."""
        return np.flatnonzero((self.status == DRAFTED) & ~self.doubtful[self.row])

    def ends(self, drafts: Numbers) -> Numbers:
        """The day of each one's last payment."""
        last = self.worlds[WORLD_PAYMENTS_AT, drafts] + self.worlds[WORLD_PAYMENTS_N, drafts] - 1
        return self.payments[PAYMENT_ON, last]

    def refuse(self, drafts: Numbers, status: int, a: Numbers | int = 0, b: Numbers | int = 0) -> None:
        self.status[drafts], self.drafts[DRAFT_A, drafts], self.drafts[DRAFT_B, drafts] = status, a, b

    def ask(self, worlds: Numbers, days: Numbers, many: Numbers | None = None) -> Numbers:
        """The kernel's answers about worlds, each on its day; or on so many days of a list."""
        many = np.ones(worlds.shape[1], np.int64) if many is None else many
        return self.engine.asked(worlds, many, days, self.payments, self.waivers, self.schedule)

    def doubt(self, drafts: Numbers) -> None:
        self.doubtful[self.row[drafts]] = True

    # -- before the first question ------------------------------------------------------------------------------------

    def hold_to_limits(self) -> None:
        """core's `draft_within`: the law's limits, then the lender's, then how often a schedule took over what was overdue."""
        live, rails = self.live(), self.task.rails
        months = limits.months_until(self.task.as_of + timedelta(days=1), self.ends(live))
        kinds, policies = self.measures.kinds[self.measure[live]], self.ground[GROUND_POLICY][self.row[live]]
        is_refused = np.zeros(len(live), np.bool_)
        for policy in np.unique(policies).tolist():
            of_product = self.task.limits.get(self.task.products[policy], ())
            first = np.where(policies == policy, limits.too_long_by_law(kinds, months, of_product, KINDS), -1)
            beyond = np.flatnonzero(first >= 0)
            self.refuse(live[beyond], TOO_LONG_BY_LAW, months[beyond], first[beyond])
            is_refused[beyond] = True
        if rails.most_months is not None:
            beyond = np.flatnonzero((months > rails.most_months) & ~is_refused)
            self.refuse(live[beyond], TOO_LONG, months[beyond])
            is_refused[beyond] = True
        if rails.most_re_ages is not None:
            takes_over = self.measures.takes_over & ~self.measures.waives_rest
            before = self.ground[GROUND_RE_AGES][self.row[live]]
            beyond = np.flatnonzero(takes_over[self.measure[live]] & (before >= rails.most_re_ages) & ~is_refused)
            self.refuse(live[beyond], RE_AGED_TOO_OFTEN, before[beyond])

    def refuse_without_principal(self) -> None:
        live = self.live()
        live = live[self.measures.takes_over[self.measure[live]]]
        has_principal, _ = self._looked_at(live, self.ends(live))
        self.refuse(live[has_principal == 0], NO_PRINCIPAL)

    def _looked_at(self, drafts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
        """Whether their new schedules hold principal, and ask for everything by a day."""
        has_principal, ends_by = np.empty(len(drafts), np.int64), np.empty(len(drafts), np.int64)
        look_at_schedules(self.schedule, self.worlds.take(drafts, axis=1), ends, has_principal, ends_by)
        return has_principal, ends_by

    # -- what is given up ---------------------------------------------------------------------------------------------

    def give_up_rests(self) -> None:
        """Of settlements, all that is open on the last day beyond the last payment is waived then; core's `_rest`."""
        live = self.live()
        live = live[self.measures.waives_rest[self.measure[live]]]
        self.doubt(live[self.worlds[WORLD_WAIVERS_N, live] > 0])
        ends, worlds = self.ends(live), self.worlds.take(live, axis=1)
        worlds[WORLD_PAYMENTS_N] -= 1
        before = self.ask(worlds, ends)
        self.doubt(live[before[ANSWER_STATUS] != OK])
        last = worlds[WORLD_PAYMENTS_AT] + worlds[WORLD_PAYMENTS_N]
        opened = before[ANSWER_OPENED : ANSWER_OPENED + 5]
        left = opened.sum(axis=0) - before[ANSWER_HELD] - self.payments[PAYMENT_AMOUNT, last]
        at, given = self._room_for_waivers(live), np.zeros(len(live), np.int64)
        for component in _WAIVED_IN_ORDER:
            amount = np.maximum(0, np.minimum(left, opened[component]))
            left = left - amount
            self.waived[component, live] = amount
            some = np.flatnonzero(amount)
            places = at[some] + given[some]
            self.waivers[WAIVER_COMPONENT, places], self.waivers[WAIVER_ON, places] = component, ends[some]
            self.waivers[WAIVER_AMOUNT, places] = amount[some]
            given[some] += 1
        self.worlds[WORLD_WAIVERS_AT, live], self.worlds[WORLD_WAIVERS_N, live] = at, given

    def _room_for_waivers(self, drafts: Numbers) -> Numbers:
        """Room for one of each component for these drafts: from which row on."""
        had = self.waivers.shape[1]
        more = np.zeros((WAIVER_SIZE, len(_WAIVED_IN_ORDER) * len(drafts)), np.int64)
        self.waivers = np.ascontiguousarray(np.concatenate([self.waivers, more], axis=1))
        return had + len(_WAIVED_IN_ORDER) * np.arange(len(drafts))

    def forgive_what_begins_today(self) -> None:
        """What is given up, with the charges that began today and that the pause lets fall; core's `_with_forgiven`."""
        live = self.live()
        begins = self.ground[GROUND_CHARGES_BEGIN_TODAY][self.row[live]] != 0
        live = live[begins & (self.worlds[WORLD_PAUSE_FROM, live] != NONE)]
        if not len(live):
            return
        worlds = self._unchanged(self.row[live])
        worlds[[WORLD_PAUSE_FROM, WORLD_PAUSE_UNTIL]] = self.worlds[[WORLD_PAUSE_FROM, WORLD_PAUSE_UNTIL]][:, live]
        first = self.ask(worlds, np.full(len(live), self.engine.counts_from))
        loans, loan_of = np.unique(self.row[live], return_inverse=True)
        today = self.ask(self._unchanged(loans), np.full(len(loans), self.task.day)).take(loan_of, axis=1)
        self.doubt(live[(first[ANSWER_STATUS] != OK) | (today[ANSWER_STATUS] != OK)])
        for component in (PENALTY, COMPOUND, FEE):
            now, then = today[ANSWER_OPENED + component], first[ANSWER_OPENED + component]
            self.waived[component, live] += np.maximum(0, now - then - self._waived_at_once(live, component))

    def _unchanged(self, rows: Numbers) -> Numbers:
        """The worlds of loans in which nothing is changed and nobody pays. rows: of the ground."""
        worlds = np.zeros((WORLD_SIZE, len(rows)), np.int64)
        worlds[WORLD_LOAN], worlds[WORLD_PAUSE_FROM] = self.ground[GROUND_LOAN][rows], NONE
        return worlds

    def _waived_at_once(self, drafts: Numbers, component: int) -> Numbers:
        """What drafts waive of a component on the day from which they count."""
        rows, owner = rows_of(self.worlds[WORLD_WAIVERS_AT, drafts], self.worlds[WORLD_WAIVERS_N, drafts])
        is_meant = self.waivers[WAIVER_COMPONENT, rows] == component
        is_meant &= self.waivers[WAIVER_ON, rows] == self.engine.counts_from
        found = np.zeros(len(drafts), np.int64)
        np.add.at(found, owner[is_meant], self.waivers[WAIVER_AMOUNT, rows[is_meant]])
        return found

    # -- rounds -------------------------------------------------------------------------------------------------------

    def correct(self) -> None:
        """Correct the last payments until they leave what the draft says."""
        active = self.live()
        for _ in range(_TRIES):
            if not len(active):
                return
            ends = self.ends(active)
            then = self.ask(self.worlds.take(active, axis=1), ends)
            self.then[:, active] = then
            is_told = then[ANSWER_STATUS] == OK
            self.doubt(active[~is_told])
            by = self._missing(active, ends, then)
            wrong = is_told & (by != 0)
            active, by = active[wrong], by[wrong]
            first, many = self.worlds[WORLD_PAYMENTS_AT, active], self.worlds[WORLD_PAYMENTS_N, active]
            correct(self.payments, first, many, by, self.ground[GROUND_BY_DAY][self.row[active]])
            self.worlds[WORLD_PAYMENTS_N, active] = many
            self.doubt(active[many == 0])
            active = active[many > 0]
        self.doubt(active)

    def _missing(self, drafts: Numbers, ends: Numbers, then: Numbers) -> Numbers:
        """By how much the last payments are too small, or below zero: too large."""
        is_replaced = (self.worlds[WORLD_SCHEDULE_N, drafts] > 0).astype(np.int64)
        _, ends_by = self._looked_at(drafts, ends)
        rest = np.where((is_replaced & ends_by) != 0, then[ANSWER_PAYOFF], 0)
        short = np.maximum(then[ANSWER_CURE] + then[ANSWER_DUE], rest)
        was_ahead = np.empty(len(drafts), np.int64)
        add_ahead(self.ground, self.row[drafts], self.parts, ends, is_replaced, was_ahead)
        over = np.maximum(0, then[ANSWER_AHEAD] + then[ANSWER_HELD] - was_ahead)
        return np.where(short != 0, short, -over)

    def refuse_what_is_left(self) -> None:
        live = self.live()
        is_left = self.measures.waives_rest[self.measure[live]] & (self.then[ANSWER_PAYOFF, live] != 0)
        self.refuse(live[is_left], NOT_ALL_GIVEN_UP)

    def compare_with_today_and_nothing(self) -> None:
        """What the other two worlds cost by the end of each draft; each is asked once for a loan and a day."""
        live = self.live()
        ends = self.ends(live)
        keys, of_draft = np.unique(self.row[live] << 32 | (ends - EARLIEST_DAY), return_inverse=True)
        rows, many = np.unique(keys >> 32, return_counts=True)
        both = np.stack([self._today(rows), self._unchanged(rows)], axis=2).reshape(WORLD_SIZE, -1)
        many = many.repeat(2)
        places, owner = rows_of(np.cumsum(many[::2]).repeat(2) - many, many)
        days = (keys[places] & 0xFFFFFFFF) + EARLIEST_DAY
        answers, paid = self.ask(both, days, many), np.empty(len(days), np.int64)
        pay_until(self.payments, both[WORLD_PAYMENTS_AT, owner], both[WORLD_PAYMENTS_N, owner], days, paid)
        cost, is_told = _cost(paid, answers), answers[ANSWER_STATUS] == OK
        for place in (0, 1):
            of_world = owner % 2 == place
            self.cost[place, live] = cost[of_world][of_draft]
            self.doubt(live[~is_told[of_world][of_draft]])

    def _today(self, rows: Numbers) -> Numbers:
        """The worlds in which the arrears are paid today and the contract is kept. rows: of the ground."""
        room = int((self.ground[GROUND_PARTS_N][rows] + 1).sum())
        first, many = np.full(len(rows), self.payments.shape[1]), np.zeros(len(rows), np.int64)
        more = np.zeros((PAYMENT_SIZE, room), np.int64)
        self.payments = np.ascontiguousarray(np.concatenate([self.payments, more], axis=1))
        if len(rows):
            pay_today(self.ground, rows, self.parts, self.task.day, self.payments, first, many)
        worlds = self._unchanged(rows)
        worlds[WORLD_PAYMENTS_AT], worlds[WORLD_PAYMENTS_N] = first, many
        is_later = self.ground[GROUND_PAYS_FROM][rows] > self.task.day
        worlds[WORLD_PAUSE_FROM, is_later] = self.task.day
        worlds[WORLD_PAUSE_UNTIL, is_later] = self.engine.counts_from
        return worlds

    # -- between payments, and the guard rails ------------------------------------------------------------------------

    def look_between(self) -> None:
        """Refuse what would leave something past due between payments made on their days; core's `_past_due_between`."""
        live = self.live()
        row, measure, worlds = self.row[live], self.measure[live], self.worlds.take(live, axis=1)
        lines = np.where(worlds[WORLD_SCHEDULE_N] > 0, worlds[WORLD_SCHEDULE_N], self.ground[GROUND_PARTS_N][row])
        asked, many = np.empty((2, int(lines.max(initial=0)) + 1), np.int64), np.empty(len(live), np.int64)
        room = np.empty(int(lines.sum()), np.int64)
        plain = self._may_be_plain(row, measure).astype(np.int64)
        name_days(
            self.ground,
            row,
            self.parts,
            self.payments,
            self.waivers,
            self.schedule,
            worlds,
            plain,
            self.task.day,
            asked,
            many,
            room,
        )
        days = room[: many.sum()]
        answers = self.ask(worlds, days, many)
        runs, found = self.measures.runs[measure].astype(np.int64), np.empty(len(live), np.int64)
        before = np.where(runs != 0, self.ground[GROUND_OVERDUE][row], self.ground[GROUND_ARREARS][row])
        judge_days(answers, many, self.measures.stays[measure].astype(np.int64), runs, before, found)
        self.doubt(live[found == UNKNOWN])
        bad = np.flatnonzero(found >= 0)
        at = found[bad]
        now = np.where(runs[bad] != 0, answers[ANSWER_OVERDUE, at], answers[ANSWER_CURE, at])
        self.before[live[bad]] = before[bad]
        self.refuse(live[bad], PAST_DUE_BETWEEN, now, days[at])

    def _may_be_plain(self, row: Numbers, measure: Numbers) -> Flags:
        """Whether no money but the payments bears on what falls due; core's `_is_plain`, but for what is in the parts."""
        ground = self.ground
        found: Flags = ~self.task.is_capped[ground[GROUND_POLICY][row]] & ~self.measures.runs[measure]
        return found & (
            (ground[GROUND_HELD][row] == 0)
            & (ground[GROUND_FREED][row] == 0)
            & (ground[GROUND_CHARGED_OFF_ON][row] == NONE)
            & (ground[GROUND_BY_DAY][row] == 0)
            & (ground[GROUND_HAS_MINIMUM][row] == 0)
        )

    def offered(self) -> Priced:
        """What the drafts that are left come to, those refused by the guard rails apart."""
        self._doubt_large_amounts()
        live, terms = self.live(), self.task.rails.terms
        sums = np.empty((SUM_SIZE, len(live)), np.int64)
        add_payments(self.payments, self.worlds.take(live, axis=1), int(terms.breaks_when.contract_too), sums)
        worth = self._worths(live)
        payoff = self.ground[GROUND_PAYOFF][self.row[live]]
        is_under = limits.is_under(worth, self.task.rails.least_present_value, payoff)
        self.refuse(live[is_under], WORTH_TOO_LITTLE, worth[is_under], payoff[is_under])
        is_kept = ~is_under
        live, sums, worth = live[is_kept], sums.compress(is_kept, axis=1), worth[is_kept]
        left, row, worlds = self.then[ANSWER_PAYOFF, live], self.row[live], self.worlds.take(live, axis=1)
        cost = _cost(sums[SUM_TOTAL], self.then.take(live, axis=1))
        waived = self.waived.take(live, axis=1)
        months = limits.months_until(self.task.as_of + timedelta(days=1), sums[SUM_ENDS_ON])
        sign = limits.level_to_sign(self.task.rails, waived.sum(axis=0), worth, self.ground[GROUND_PAYOFF][row], months)
        missed = np.minimum(terms.breaks_when.missed_amount, sums[SUM_LEAST] - 1)
        against = cost - self.cost[0, live], self.cost[1, live] - cost
        lines = np.where(worlds[WORLD_SCHEDULE_N] > 0, worlds[WORLD_SCHEDULE_N], self.ground[GROUND_PARTS_N][row])
        afterwards, many = np.empty((2, int(lines.sum()) + 1), np.int64), np.empty(len(live), np.int64)
        add_afterwards(self.ground, row, self.parts, self.schedule, worlds, sums, afterwards, many)
        add_months(self.payments, worlds, afterwards, many, sums)
        return Priced(
            Drafts(self.ground, self.parts, self.drafts, self.payments, self.schedule, self.waivers),
            self.before,
            self.doubtful,
            live,
            worlds,
            sums,
            np.stack([*against, left, worth, missed, sign]),
            waived,
            afterwards[:, : many.sum()],
            many,
        )

    def _doubt_large_amounts(self) -> None:
        """Amounts that can't be compared with the guard rails' shares within 62 bits go to core."""
        live = self.live()
        rows, owner = rows_of(self.worlds[WORLD_PAYMENTS_AT, live], self.worlds[WORLD_PAYMENTS_N, live])
        total = np.zeros(len(live), np.int64)
        np.add.at(total, owner, self.payments[PAYMENT_AMOUNT, rows])
        given = self.waived[:, live].sum(axis=0)
        most = np.maximum(total + self.then[ANSWER_PAYOFF, live], self.ground[GROUND_PAYOFF][self.row[live]] + given)
        self.doubt(live[most >= limits.largest_compared(self.task.rails)])

    def _worths(self, drafts: Numbers) -> Numbers:
        """Present values; where bounds don't tell, core's own."""
        rate, as_of = self.task.rails.terms.discount_rate, self.task.as_of
        first, many = self.worlds[WORLD_PAYMENTS_AT, drafts], self.worlds[WORLD_PAYMENTS_N, drafts]
        rows, _ = rows_of(first, many)
        worths = worths_until(as_of, rate, np.unique(self.payments[PAYMENT_ON, rows]))
        left, found = self.then[ANSWER_PAYOFF, drafts], np.empty(len(drafts), np.int64)
        add_worths(self.payments, first, many, left, worths, self.task.day, found)
        for place in np.flatnonzero(found == UNDECIDED).tolist():
            listed = self.payments[:, first[place] : first[place] + many[place]]
            amounts = [*listed[PAYMENT_AMOUNT].tolist(), int(left[place])]
            days = [*listed[PAYMENT_ON].tolist(), int(listed[PAYMENT_ON, -1])]
            dated = [(date.fromordinal(day + EPOCH), amount) for day, amount in zip(days, amounts, strict=True)]
            found[place] = present_value(as_of, dated, rate)
        return found


def _cost(paid: Numbers, answers: Numbers) -> Numbers:
    """Paid by the end, less what is held of it when nothing is owed any more, and what would still close the loan."""
    held = np.where(answers[ANSWER_PRINCIPAL] == 0, answers[ANSWER_HELD], 0)
    return paid + answers[ANSWER_PAYOFF] - held


def rows_of(at: Numbers, many: Numbers) -> tuple[Numbers, Numbers]:
    """The rows of lists that begin at `at` and have `many` each, one after another; and of each row the place of its list."""
    owner = np.repeat(np.arange(len(many)), many)
    return np.arange(len(owner)) + np.repeat(at - (np.cumsum(many) - many), many), owner
