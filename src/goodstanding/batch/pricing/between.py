"""Whether an offer kept to the day could leave something past due between its payments: `core.plans.between` over tables.

Days that whole numbers can't speak for are named, so that the kernel is asked about them; then its answers are judged.
"""

from numba import types

from goodstanding.batch.compiling import entry, part
from goodstanding.batch.drafting.tables import (
    GROUND_COMPOUND,
    GROUND_FALLEN_N,
    GROUND_FEE,
    GROUND_PARTS_AT,
    GROUND_PARTS_N,
    GROUND_PAYS_FROM,
    GROUND_PENALTY,
    PART_ASKS,
    PART_DUE_ON,
    PART_IS_LATE,
    PART_PAID,
    PAYMENT_AMOUNT,
    PAYMENT_ON,
    SCHEDULED_FEE,
    SCHEDULED_INTEREST,
    SCHEDULED_ON,
    SCHEDULED_PRINCIPAL,
    WAIVER_AMOUNT,
    WAIVER_ON,
)
from goodstanding.batch.layout import OK
from goodstanding.batch.pricing.tables import (
    ANSWER_CURE,
    ANSWER_IS_LATE,
    ANSWER_OVERDUE,
    ANSWER_STATUS,
    WORLD_PAYMENTS_AT,
    WORLD_PAYMENTS_N,
    WORLD_SCHEDULE_AT,
    WORLD_SCHEDULE_N,
    WORLD_WAIVERS_AT,
    WORLD_WAIVERS_N,
)

_TABLE, _ROW = types.Array(types.int64, 2, "C"), types.Array(types.int64, 1, "C")
UNKNOWN = -2
"""Instead of the first day on which something would be past due: the kernel can't say. -1: there is none."""


@part
def add_by_day(asked, many, on, amount):
    """Add an amount to those of its day; asked (2, room): days in their order and amounts. How many there are is returned."""
    at = many
    while at > 0 and asked[0, at - 1] > on:
        at -= 1
    if at > 0 and asked[0, at - 1] == on:
        asked[1, at - 1] += amount
        return many
    for place in range(many, at, -1):
        asked[0, place], asked[1, place] = asked[0, place - 1], asked[1, place - 1]
    asked[0, at], asked[1, at] = on, amount
    return many + 1


@part
def _asked_by_day(ground, loan, parts, schedule, worlds, draft, as_of, asked):
    """What falls due on each day once the change counts: by a new schedule, or else by the contract."""
    many = 0
    if worlds[WORLD_SCHEDULE_N, draft]:
        first = worlds[WORLD_SCHEDULE_AT, draft]
        for place in range(first, first + worlds[WORLD_SCHEDULE_N, draft]):
            amount = schedule[SCHEDULED_PRINCIPAL, place] + schedule[SCHEDULED_INTEREST, place]
            many = add_by_day(asked, many, schedule[SCHEDULED_ON, place], amount + schedule[SCHEDULED_FEE, place])
        return many
    first, from_on = ground[GROUND_PARTS_AT, loan], ground[GROUND_PAYS_FROM, loan]
    for place in range(first, first + ground[GROUND_PARTS_N, loan]):
        is_coming = place >= first + ground[GROUND_FALLEN_N, loan]
        if is_coming or (not parts[PART_IS_LATE, place] and parts[PART_DUE_ON, place] == as_of):
            many = add_by_day(asked, many, max(parts[PART_DUE_ON, place], from_on), parts[PART_ASKS, place])
    return many


@part
def _nothing_bears_on_it(ground, loan, parts, as_of):
    """Whether nothing was paid ahead, and no rest that fell due before today counts as paid."""
    first = ground[GROUND_PARTS_AT, loan]
    coming = first + ground[GROUND_FALLEN_N, loan]
    for place in range(first, coming):
        if not parts[PART_IS_LATE, place] and parts[PART_DUE_ON, place] < as_of:
            return False
    for place in range(coming, first + ground[GROUND_PARTS_N, loan]):
        if parts[PART_PAID, place]:
            return False
    return True


@part
def _charges(ground, loan, waivers, worlds, draft, counts_from):
    """Charges so far that the first payment must meet beside what falls due: those that a new schedule neither holds nor waives."""
    if not worlds[WORLD_SCHEDULE_N, draft]:
        return 0
    left = ground[GROUND_FEE, loan] + ground[GROUND_PENALTY, loan] + ground[GROUND_COMPOUND, loan]
    first = worlds[WORLD_WAIVERS_AT, draft]
    for place in range(first, first + worlds[WORLD_WAIVERS_N, draft]):
        if waivers[WAIVER_ON, place] == counts_from:
            left -= waivers[WAIVER_AMOUNT, place]
    return max(0, left)


@part
def _each_is_met(asked, days, many, charges, payments, first, stop):
    """Whether each day's payment is at least what falls due on it, and the first one meets the charges as well.

    days: how many of the days asked about count; many: how many there are.
    """
    place = 0
    while place < many and asked[0, place] < payments[PAYMENT_ON, first]:
        place += 1
    due = asked[1, place] if place < many and asked[0, place] == payments[PAYMENT_ON, first] else 0
    if payments[PAYMENT_AMOUNT, first] < due + charges:
        return False
    payment = first
    for place in range(days):
        while payment < stop and payments[PAYMENT_ON, payment] < asked[0, place]:
            payment += 1
        is_paid = payment < stop and payments[PAYMENT_ON, payment] == asked[0, place]
        if (payments[PAYMENT_AMOUNT, payment] if is_paid else 0) < asked[1, place]:
            return False
    return True


@entry(types.void(_TABLE, _ROW, _TABLE, _TABLE, _TABLE, _TABLE, _TABLE, _ROW, types.int64, _TABLE, _ROW, _ROW))
def name_days(ground, row, parts, payments, waivers, schedule, worlds, may_be_plain, as_of, asked, many, days):
    """The days before each draft's last payment on which something may be past due that fell due the day before.

    row: of each draft its loan in ground. may_be_plain: whether policy, measure and loan let whole numbers speak. asked: room for
    the due dates of one draft. many: how many days each has, written; days: they, one after another.
    """
    at = 0
    for draft in range(len(row)):
        loan, first = row[draft], worlds[WORLD_PAYMENTS_AT, draft]
        stop = first + worlds[WORLD_PAYMENTS_N, draft]
        found = _asked_by_day(ground, loan, parts, schedule, worlds, draft, as_of, asked)
        count, end = 0, payments[PAYMENT_ON, stop - 1]
        while count < found and asked[0, count] + 1 < end:
            count += 1
        if count and may_be_plain[draft] and _nothing_bears_on_it(ground, loan, parts, as_of):
            charges = _charges(ground, loan, waivers, worlds, draft, as_of + 1)
            if _each_is_met(asked, count, found, charges, payments, first, stop):
                count = 0
        many[draft] = count
        for place in range(count):
            days[at] = asked[0, place] + 1
            at += 1


@entry(types.void(_TABLE, _ROW, _ROW, _ROW, _ROW, _ROW))
def judge_days(answers, many, stays, runs, before, found):
    """Which of its days' answers speaks against each draft, into found: its place among all, -1, or UNKNOWN.

    answers: of each draft's days, one after another. stays: whether arrears may stay, but not grow; runs: whether charges run on, so
    that principal and interest count. before: what is past due before the first day; afterwards, before the day found.
    """
    at = 0
    for draft in range(len(many)):
        found[draft] = -1
        for place in range(at, at + many[draft]):
            if answers[ANSWER_STATUS, place] != OK:
                found[draft] = UNKNOWN
                break
            now = answers[ANSWER_OVERDUE, place] if runs[draft] else answers[ANSWER_CURE, place]
            if (now > before[draft]) if stays[draft] else answers[ANSWER_IS_LATE, place] != 0:
                found[draft] = place
                break
            before[draft] = now
        at += many[draft]
