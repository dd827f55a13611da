"""Core's own drafts as the tables of drafting: what pricing over tables is given where it is held to core by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from goodstanding.batch import layout
from goodstanding.batch.drafting import tables
from goodstanding.batch.drafting.tables import Drafts
from goodstanding.batch.policies import DAY_COUNTS, EPOCH, PolicyTable
from goodstanding.book.schema import COMPONENT_CODES
from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Instalment
from goodstanding.core.plans.guard_rails import GuardRails, Measure, may_be_drafted, re_ages_within_a_year
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import Ground, Part, ground_of
from goodstanding.core.plans.offers import NotOffered, OfferPayment, Position
from goodstanding.core.plans.ways_out import _MAKERS
from goodstanding.core.rates import PPM

_SAID_BY_CORE = 50
"""A status for every sentence of core's: what drafting would say by a status of its own is held to core elsewhere."""


@dataclass
class Drawn:
    """Tables while they are put together, as lists of rows; and the refusals that statuses stand for, from _SAID_BY_CORE up."""

    ground: list[list[int]] = field(default_factory=list)
    parts: list[list[int]] = field(default_factory=list)
    drafts: list[list[int]] = field(default_factory=list)
    payments: list[list[int]] = field(default_factory=list)
    schedule: list[list[int]] = field(default_factory=list)
    waivers: list[list[int]] = field(default_factory=list)
    said: list[NotOffered] = field(default_factory=list)

    def tables(self) -> Drafts:
        widths = (
            tables.GROUND_SIZE,
            tables.PART_SIZE,
            tables.DRAFT_SIZE,
            tables.PAYMENT_SIZE,
            tables.SCHEDULED_SIZE,
            tables.WAIVER_SIZE,
        )
        lists = (self.ground, self.parts, self.drafts, self.payments, self.schedule, self.waivers)
        return Drafts(*(_table(rows, width) for rows, width in zip(lists, widths, strict=True)))

    def refusal(self, measure: Measure, status: int, a: int, product: str) -> NotOffered:
        assert self.said[a].kind is measure.kind
        return self.said[a]


def _table(rows: list[list[int]], width: int) -> Any:
    return np.ascontiguousarray(np.array(rows, np.int64).reshape(len(rows), width).T)


def drafts_of(
    positions: Sequence[Position | None], rails: GuardRails, policies: PolicyTable, names: list[str]
) -> Drawn:
    """The drafts of loans, a row of the ground for each in their order; None: one that isn't drafted here."""
    found = Drawn()
    for place, position in enumerate(positions):
        if position is None:
            row = [0] * tables.GROUND_SIZE
            row[tables.GROUND_LOAN], row[tables.GROUND_STATUS] = place, tables.NOT_ASSESSED
            found.ground.append(row)
            continue
        ground, first = ground_of(position), len(found.drafts)
        row = _ground(ground, place, policies.place_of(position.loan.product), len(found.parts))
        found.parts += [_part(one, names, place >= len(ground.fallen)) for place, one in enumerate(_parts(ground))]
        for measure_place, measure in enumerate(rails.measures):
            refused = may_be_drafted(ground, measure)
            for asked in (0,) if refused is not None else measure.months or (0,):
                drafted = refused if refused is not None else _MAKERS[measure.kind](ground, measure, asked)
                assert drafted is not None
                found.drafts.append(_draft(found, drafted, place, measure_place, asked, names))
        row[tables.GROUND_DRAFTS_AT], row[tables.GROUND_DRAFTS_N] = first, len(found.drafts) - first
        found.ground.append(row)
    return found


def day(one: date) -> int:
    return one.toordinal() - EPOCH


def _parts(ground: Ground) -> tuple[Part, ...]:
    return (*ground.fallen, *ground.between, *ground.later)


def _ground(ground: Ground, place: int, policy: int, parts_at: int) -> list[int]:
    today, row = ground.position.today, [0] * tables.GROUND_SIZE
    rate = ground.rate.per_year * PPM
    values = {
        tables.GROUND_LOAN: place,
        tables.GROUND_STATUS: tables.PLAIN,
        tables.GROUND_POLICY: policy,
        tables.GROUND_RATE: int(rate) if isinstance(rate, Fraction) and rate.denominator == 1 else layout.NONE,
        tables.GROUND_DAY_COUNT: DAY_COUNTS.index(ground.rate.day_count),
        tables.GROUND_DUE_DAY: ground.calendar.due_day,
        tables.GROUND_EVERY_DAYS: ground.calendar.every_days or 0,
        tables.GROUND_LAST_DUE_ON: day(ground.last_due_on),
        tables.GROUND_PAYS_FROM: day(ground.pays_from),
        tables.GROUND_HELD: ground.held,
        tables.GROUND_ARREARS: ground.arrears,
        tables.GROUND_PAYOFF: today.payoff,
        tables.GROUND_FEE: ground.charges.fee,
        tables.GROUND_PENALTY: ground.charges.penalty,
        tables.GROUND_COMPOUND: ground.charges.compound,
        tables.GROUND_RUN_SO_FAR: ground.run_so_far,
        tables.GROUND_FREED: ground.freed,
        tables.GROUND_CREDIT: ground.credit_of_a_version,
        tables.GROUND_CHARGES_BEGIN_TODAY: ground.charges_begin_today,
        tables.GROUND_RE_AGES: re_ages_within_a_year(ground.loan, ground),
        tables.GROUND_DAYS_PAST_DUE: today.days_past_due,
        tables.GROUND_INSTALMENTS_OVERDUE: today.instalments_overdue,
        tables.GROUND_CHARGED_OFF_ON: layout.NONE if today.charged_off_on is None else day(today.charged_off_on),
        tables.GROUND_OVERDUE: today.overdue_principal + today.overdue_interest,
        tables.GROUND_OUTSTANDING: today.outstanding_principal,
        tables.GROUND_PARTS_AT: parts_at,
        tables.GROUND_PARTS_N: len(_parts(ground)),
        tables.GROUND_FALLEN_N: len(ground.fallen),
        tables.GROUND_BETWEEN_N: len(ground.between),
        tables.GROUND_BY_DAY: ground.by_day,
        tables.GROUND_HAS_MINIMUM: ground.is_billed or any(one.minimum is not None for one in ground.coming),
    }
    for at, value in values.items():
        row[at] = int(value)
    return row


def _part(one: Part, names: list[str], is_coming: bool) -> list[int]:
    return [
        day(one.due_on),
        one.principal,
        one.interest,
        one.fee,
        one.asks,
        int(one.is_late),
        int(not is_coming),
        names.index(one.drawdown),
        one.whole_interest,
        one.whole_fee,
        one.paid,
        one.kept_paid,
        one.paid_principal,
        layout.NONE if one.minimum is None else one.minimum,
    ]


def _draft(
    found: Drawn, drafted: Draft | NotOffered, loan: int, measure: int, asked: int, names: list[str]
) -> list[int]:
    row = [0] * tables.DRAFT_SIZE
    row[:3] = loan, measure, asked
    row[tables.DRAFT_PAUSE_FROM] = row[tables.DRAFT_PAUSE_UNTIL] = layout.NONE
    if isinstance(drafted, Draft) and not drafted.payments:
        drafted = NotOffered(drafted.kind, "What is held for the borrower meets it all.")
    if isinstance(drafted, NotOffered):
        row[tables.DRAFT_STATUS], row[tables.DRAFT_A] = _SAID_BY_CORE, len(found.said)
        found.said.append(drafted)
        return row
    change = drafted.change
    new = [part for version in change.versions for part in version.schedule]
    row[tables.DRAFT_MONTHS] = drafted.months
    row[tables.DRAFT_PAYMENTS_AT], row[tables.DRAFT_PAYMENTS_N] = len(found.payments), len(drafted.payments)
    row[tables.DRAFT_SCHEDULE_AT], row[tables.DRAFT_SCHEDULE_N] = len(found.schedule), len(new)
    row[tables.DRAFT_WAIVERS_AT], row[tables.DRAFT_WAIVERS_N] = len(found.waivers), len(change.waivers)
    for pause in change.pauses:
        assert (len(change.pauses), pause.stops_penalty, pause.stops_fees) == (1, True, True)
        row[tables.DRAFT_PAUSE_FROM], row[tables.DRAFT_PAUSE_UNTIL] = day(pause.from_on), day(pause.until_on)
    row[tables.DRAFT_WAIVED :] = [getattr(drafted.waived, name) for name in Owed.__slots__]
    found.payments += [_payment(one) for one in drafted.payments]
    found.schedule += [
        [day(one.due_on), one.principal, one.interest, one.fee, names.index(one.drawdown), _minimum(one)] for one in new
    ]
    found.waivers += [
        [-1 if one.component is None else COMPONENT_CODES[one.component], one.amount, day(one.effective_on)]
        for one in change.waivers
    ]
    return row


def _minimum(one: Instalment) -> int:
    return layout.NONE if one.minimum is None else one.minimum


def _payment(one: OfferPayment) -> list[int]:
    return [day(one.on), one.amount, one.arrears, one.contract, one.plan]
