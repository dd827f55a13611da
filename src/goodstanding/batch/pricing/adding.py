"""What offers come to: sums of their payments, what falls due right after them, and the month that takes most."""

from numba import types

from goodstanding.batch.compiling import entry, part
from goodstanding.batch.drafting.tables import (
    GROUND_ARREARS,
    GROUND_BY_DAY,
    GROUND_FALLEN_N,
    GROUND_HELD,
    GROUND_PARTS_AT,
    GROUND_PARTS_N,
    GROUND_PAYOFF,
    GROUND_PAYS_FROM,
    PART_ASKS,
    PART_DUE_ON,
    PART_IS_LATE,
    PART_KEPT_PAID,
    PART_PAID,
    PAYMENT_AMOUNT,
    PAYMENT_ARREARS,
    PAYMENT_CONTRACT,
    PAYMENT_ON,
    PAYMENT_PLAN,
    SCHEDULED_FEE,
    SCHEDULED_INTEREST,
    SCHEDULED_MINIMUM,
    SCHEDULED_ON,
    SCHEDULED_PRINCIPAL,
)
from goodstanding.batch.exact import civil
from goodstanding.batch.layout import NONE
from goodstanding.batch.pricing.between import add_by_day
from goodstanding.batch.pricing.tables import (
    WORLD_PAYMENTS_AT,
    WORLD_PAYMENTS_N,
    WORLD_SCHEDULE_AT,
    WORLD_SCHEDULE_N,
)

_TABLE, _ROW = types.Array(types.int64, 2, "C"), types.Array(types.int64, 1, "C")

(SUM_TOTAL, SUM_ARREARS, SUM_CONTRACT, SUM_PLAN, SUM_LEAST, SUM_FIRST_ON, SUM_ENDS_ON, SUM_HEAVIEST) = range(8)
SUM_SIZE = 8
"""LEAST: of what a payment asks for that can break the offer, the least that isn't 0, or 1. HEAVIEST: what the calendar month that takes most takes."""


@entry(types.void(_TABLE, _ROW, _TABLE, types.int64, _TABLE, _ROW, _ROW))
def pay_today(ground, rows, parts, as_of, payments, first, many):
    """The payments of the world in which the arrears are paid today and the contract is kept (core's `worlds_of`).

    rows: which loans. payments: with room for them from first[0] on; first, many: of each, written.
    """
    at = first[0]
    for place in range(len(rows)):
        loan = rows[place]
        first[place], credit, from_on = at, ground[GROUND_HELD, loan], ground[GROUND_PAYS_FROM, loan]
        if ground[GROUND_ARREARS, loan]:
            payments[PAYMENT_ON, at], payments[PAYMENT_AMOUNT, at] = from_on, ground[GROUND_ARREARS, loan]
            at += 1
        begin = ground[GROUND_PARTS_AT, loan]
        stop = begin + ground[GROUND_PARTS_N, loan]
        for one in range(begin, stop):
            is_coming = one >= begin + ground[GROUND_FALLEN_N, loan]
            if not (is_coming or (not parts[PART_IS_LATE, one] and parts[PART_DUE_ON, one] == as_of)):
                continue
            used = min(credit, parts[PART_ASKS, one])
            credit -= used
            amount = parts[PART_ASKS, one] - used
            if is_coming and one == stop - 1 and ground[GROUND_BY_DAY, loan]:
                amount += ground[GROUND_PAYOFF, loan]  # where interest runs by day, the last one takes what there is
            if amount:
                payments[PAYMENT_ON, at], payments[PAYMENT_AMOUNT, at] = max(parts[PART_DUE_ON, one], from_on), amount
                at += 1
        many[place] = at - first[place]


@entry(types.void(_TABLE, _ROW, _TABLE, _ROW, _ROW, _ROW))
def add_ahead(ground, rows, parts, ends, is_replaced, found):
    """What was paid before today towards instalments due after a day; is_replaced: by another schedule."""
    for draft in range(len(rows)):
        begin = ground[GROUND_PARTS_AT, rows[draft]]
        found[draft] = 0
        for one in range(begin + ground[GROUND_FALLEN_N, rows[draft]], begin + ground[GROUND_PARTS_N, rows[draft]]):
            if parts[PART_DUE_ON, one] > ends[draft]:
                found[draft] += parts[PART_KEPT_PAID, one] if is_replaced[draft] else parts[PART_PAID, one]


@entry(types.void(_TABLE, _TABLE, _ROW, _ROW, _ROW))
def look_at_schedules(schedule, worlds, ends, has_principal, ends_by):
    """Of each world's new schedule: whether any instalment holds principal, and whether it asks for everything by a day; a bill's rest may be left then."""
    for world in range(worlds.shape[1]):
        first, has_principal[world], ends_by[world] = worlds[WORLD_SCHEDULE_AT, world], 0, 1
        for place in range(first, first + worlds[WORLD_SCHEDULE_N, world]):
            if schedule[SCHEDULED_PRINCIPAL, place]:
                has_principal[world] = 1
            if schedule[SCHEDULED_ON, place] > ends[world] or schedule[SCHEDULED_MINIMUM, place] != NONE:
                ends_by[world] = 0


@part
def _month(day):
    year, month, _ = civil(day)
    return year * 12 + month


@part
def _due_after(ground, loan, parts, schedule, worlds, offer, end, asked):
    """What falls due after a day, by day: of the new schedule, or else of the contract."""
    many = 0
    if worlds[WORLD_SCHEDULE_N, offer]:
        first = worlds[WORLD_SCHEDULE_AT, offer]
        for place in range(first, first + worlds[WORLD_SCHEDULE_N, offer]):
            amount = schedule[SCHEDULED_PRINCIPAL, place] + schedule[SCHEDULED_INTEREST, place]
            amount += schedule[SCHEDULED_FEE, place]
            if schedule[SCHEDULED_MINIMUM, place] != NONE:
                amount = min(amount, schedule[SCHEDULED_MINIMUM, place])
            if schedule[SCHEDULED_ON, place] > end and amount:
                many = add_by_day(asked, many, schedule[SCHEDULED_ON, place], amount)
        return many
    first = ground[GROUND_PARTS_AT, loan]
    for place in range(first + ground[GROUND_FALLEN_N, loan], first + ground[GROUND_PARTS_N, loan]):
        if parts[PART_DUE_ON, place] > end and parts[PART_ASKS, place]:
            many = add_by_day(asked, many, parts[PART_DUE_ON, place], parts[PART_ASKS, place])
    return many


@entry(types.void(_TABLE, _ROW, _TABLE, _TABLE, _TABLE, _TABLE, _TABLE, _ROW))
def add_afterwards(ground, rows, parts, schedule, worlds, sums, asked, many):
    """What falls due after each offer's last payment, in that month and in the next one in which something does; core's `_afterwards`.

    sums: with the days on which offers end. asked (2, room): days and amounts of all offers, one after another, written; many: of each.
    """
    at = 0
    for offer in range(len(rows)):
        end = sums[SUM_ENDS_ON, offer]
        now = asked[:, at:]
        found, kept, next_one = _due_after(ground, rows[offer], parts, schedule, worlds, offer, end, now), 0, 0
        while kept < found:
            month = _month(now[0, kept])
            if next_one and month != next_one:
                break
            if month != _month(end):
                next_one = month
            kept += 1
        many[offer] = kept
        at += kept


@entry(types.void(_TABLE, _TABLE, types.int64, _TABLE))
def add_payments(payments, worlds, contract_too, sums):
    """Each offer's sums but HEAVIEST. contract_too: whether a contract instalment missed breaks an offer as well."""
    for offer in range(worlds.shape[1]):
        first = worlds[WORLD_PAYMENTS_AT, offer]
        stop = first + worlds[WORLD_PAYMENTS_N, offer]
        for field in range(SUM_SIZE):
            sums[field, offer] = 0
        for place in range(first, stop):
            amount, contract = payments[PAYMENT_AMOUNT, place], payments[PAYMENT_CONTRACT, place]
            sums[SUM_TOTAL, offer] += amount
            sums[SUM_ARREARS, offer] += payments[PAYMENT_ARREARS, place]
            sums[SUM_CONTRACT, offer] += contract
            sums[SUM_PLAN, offer] += payments[PAYMENT_PLAN, place]
            asked = amount if contract_too else amount - contract
            if asked and (not sums[SUM_LEAST, offer] or asked < sums[SUM_LEAST, offer]):
                sums[SUM_LEAST, offer] = asked
        sums[SUM_LEAST, offer] = sums[SUM_LEAST, offer] or 1
        sums[SUM_FIRST_ON, offer], sums[SUM_ENDS_ON, offer] = (
            payments[PAYMENT_ON, first],
            payments[PAYMENT_ON, stop - 1],
        )


@entry(types.void(_TABLE, _TABLE, _TABLE, _ROW, _TABLE))
def add_months(payments, worlds, afterwards, many, sums):
    """Each offer's heaviest month: of its payments, and of what falls due right after them; both lie in the order of their days."""
    at = 0
    for offer in range(worlds.shape[1]):
        month, amount, heaviest = 0, 0, 0
        first = worlds[WORLD_PAYMENTS_AT, offer]
        own = worlds[WORLD_PAYMENTS_N, offer]
        for place in range(own + many[offer]):
            on = payments[PAYMENT_ON, first + place] if place < own else afterwards[0, at + place - own]
            more = payments[PAYMENT_AMOUNT, first + place] if place < own else afterwards[1, at + place - own]
            if _month(on) != month:
                month, amount = _month(on), 0
            amount += more
            heaviest = max(heaviest, amount)
        sums[SUM_HEAVIEST, offer] = heaviest
        at += many[offer]
