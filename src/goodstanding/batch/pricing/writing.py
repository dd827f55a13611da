"""Priced drafts as the Arrow tables of offers: the rows that `offer_tables.tables_of` makes of core's offers, without making those.

Column by column: docs/reference/offers.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch.drafting.tables import (
    DRAFT_A,
    DRAFT_B,
    DRAFT_LOAN,
    DRAFT_MEASURE,
    DRAFT_MONTHS,
    DRAFT_STATUS,
    DRAFTED,
    GROUND_ARREARS,
    GROUND_DAYS_PAST_DUE,
    GROUND_LOAN,
    GROUND_PAYOFF,
    GROUND_POLICY,
    KINDS,
    PAYMENT_AMOUNT,
    PAYMENT_ARREARS,
    PAYMENT_CONTRACT,
    PAYMENT_ON,
    PAYMENT_PLAN,
    SCHEDULED_DRAWDOWN,
    SCHEDULED_FEE,
    SCHEDULED_INTEREST,
    SCHEDULED_MINIMUM,
    SCHEDULED_ON,
    SCHEDULED_PRINCIPAL,
    WAIVER_AMOUNT,
    WAIVER_COMPONENT,
    WAIVER_ON,
)
from goodstanding.batch.layout import NONE
from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES, SCHEMAS
from goodstanding.batch.policies import EPOCH
from goodstanding.batch.pricing.adding import (
    SUM_ARREARS,
    SUM_CONTRACT,
    SUM_ENDS_ON,
    SUM_FIRST_ON,
    SUM_HEAVIEST,
    SUM_PLAN,
    SUM_TOTAL,
)
from goodstanding.batch.pricing.measures import Measures, measures_of
from goodstanding.batch.pricing.priced import (
    PRICE_AGAINST_NOTHING,
    PRICE_AGAINST_TODAY,
    PRICE_LEFT_AFTER,
    PRICE_MISSED,
    PRICE_SIGN,
    PRICE_WORTH,
    Priced,
    Task,
    rows_of,
)
from goodstanding.batch.pricing.refusals import Refusal, refusals_of
from goodstanding.batch.pricing.tables import (
    WORLD_PAUSE_FROM,
    WORLD_PAUSE_UNTIL,
    WORLD_PAYMENTS_AT,
    WORLD_PAYMENTS_N,
    WORLD_SCHEDULE_AT,
    WORLD_SCHEDULE_N,
    WORLD_WAIVERS_AT,
    WORLD_WAIVERS_N,
)
from goodstanding.book.schema import COMPONENTS
from goodstanding.core.arrears.position import Owed

Numbers = npt.NDArray[np.int64]
Columns = dict[str, Any]

_CHARGES = len(COMPONENTS)
_WAIVER_IDS = pa.array([*(f"offer/waiver/{one}" for one in COMPONENTS), "offer/waiver/charges"])
_COMPONENTS = pa.array([*map(str, COMPONENTS), None], pa.string())
_RANKS = np.argsort(np.argsort([str(kind) for kind in KINDS]))
"""Of each kind, by its code, its place in the order of the names."""


@dataclass(frozen=True, slots=True)
class Told:
    """What tables say of loans beside numbers. ids, products: by place in the columns, as the book has them. names: of drawdowns, by number.

    refusal: the sentence of a draft that isn't one, as drafting has it.
    """

    task: Task
    accept_by: date
    ids: pa.Array
    products: pa.Array
    names: Sequence[str]
    currency: str
    refusal: Refusal


def tables_of_priced(found: Priced, told: Told) -> dict[str, pa.RecordBatch]:
    """Every table but that of loans set aside, of the loans that aren't in doubt; in the order of the ground."""
    measures = measures_of(told.task.rails.measures)
    rows = np.flatnonzero(~found.doubtful)
    place_of = np.cumsum(~found.doubtful) - 1  # of a loan's row in the ground its row in the table of loans
    ids = told.ids.take(pa.array(found.drafts.ground[GROUND_LOAN][rows]))
    loan_of = place_of[found.drafts.drafts[DRAFT_LOAN, found.offered]]
    refused, reasons = _refused(found, told, place_of)
    offers = np.bincount(loan_of, minlength=len(rows))
    number = _counted(offers)
    columns = {
        LOANS: _loans(found, told, rows, ids, offers, np.bincount(refused, minlength=len(rows))),
        OFFERS: _offers(found, told, measures, loan_of) | {"loan_id": ids.take(pa.array(loan_of)), "offer": number},
        PAYMENTS: _payments(found, ids, loan_of, number),
        SCHEDULES: _schedules(found, told, ids, loan_of, number),
        REFUSED: {"loan_id": ids.take(pa.array(refused)), **reasons},
    }
    return {name: _batch(each, SCHEMAS[name]) for name, each in columns.items()}


def _batch(columns: Columns, schema: pa.Schema) -> pa.RecordBatch:
    arrays = [columns[field.name] for field in schema]
    return pa.RecordBatch.from_arrays(
        [
            one if isinstance(one, pa.Array) else pa.array(one, field.type)
            for one, field in zip(arrays, schema, strict=True)
        ],
        schema=schema,
    )


def coded(codes: Numbers, texts: Sequence[str | None]) -> pa.DictionaryArray:
    """Texts by their codes, coded anew in the order in which they appear, as Arrow itself would; a text that is None is missing."""
    return pa.array(texts, pa.string()).take(pa.array(codes)).dictionary_encode()


def _days(numbers: Numbers) -> pa.Array:
    """Numbers of days as dates; NONE is missing."""
    mask = numbers == NONE
    return pa.array(numbers.astype(np.int32), mask=mask if mask.any() else None).view(pa.date32())


def _same_day(day: date, times: int) -> pa.Array:
    return _days(np.full(times, day.toordinal() - EPOCH))


def _counted(times: Numbers) -> Numbers:
    """From 1 up for each, so many times."""
    ends = times.cumsum()
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - times, times) + 1


def _loans(found: Priced, told: Told, rows: Numbers, ids: pa.Array, offers: Numbers, refused: Numbers) -> Columns:
    ground, task, none = found.drafts.ground[:, rows], told.task, np.zeros(len(rows), np.int64)
    return {
        "loan_id": ids,
        "product": coded(ground[GROUND_POLICY], task.products),
        "currency": coded(none, [told.currency]),
        "as_of": _same_day(task.as_of, len(rows)),
        "accept_by": _same_day(told.accept_by, len(rows)),
        "days_past_due": ground[GROUND_DAYS_PAST_DUE],
        "amount_to_cure": ground[GROUND_ARREARS],
        "payoff": ground[GROUND_PAYOFF],
        "offers": offers,
        "not_offered": refused,
    }


def _offers(found: Priced, told: Told, measures: Measures, loan_of: Numbers) -> Columns:
    drafts, sums, prices, worlds = found.drafts.drafts[:, found.offered], found.sums, found.prices, found.worlds
    measure, terms, counts_from = drafts[DRAFT_MEASURE], told.task.rails.terms.breaks_when, told.task.day + 1
    has_schedule, many = worlds[WORLD_SCHEDULE_N] > 0, len(found.offered)
    signs = [*(one.level for one in told.task.rails.sign_offs), None]
    return {
        "shown": _shown(found, measures.kinds[measure], loan_of),
        "kind": coded(measures.kinds[measure], KINDS),
        "months": drafts[DRAFT_MONTHS],
        "payments": worlds[WORLD_PAYMENTS_N],
        "first_on": _days(sums[SUM_FIRST_ON]),
        "ends_on": _days(sums[SUM_ENDS_ON]),
        "total": sums[SUM_TOTAL],
        "arrears": sums[SUM_ARREARS],
        "contract": sums[SUM_CONTRACT],
        "plan": sums[SUM_PLAN],
        "against_today": prices[PRICE_AGAINST_TODAY],
        "against_nothing": prices[PRICE_AGAINST_NOTHING],
        "left_after": prices[PRICE_LEFT_AFTER],
        "present_value": prices[PRICE_WORTH],
        "heaviest_month": sums[SUM_HEAVIEST],
        **{f"waived_{name}": found.waived[place] for place, name in enumerate(Owed.__slots__)},
        **{
            f"stops_{name}": coded(measure, [getattr(one, name) for one in measures.stops])
            for name in ("penalty", "calls", "reports")
        },
        "credit": coded(measure, measures.standings),
        "needs_sign_off": coded(np.where(prices[PRICE_SIGN] < 0, len(signs) - 1, prices[PRICE_SIGN]), signs),
        "missed_amount": prices[PRICE_MISSED],
        "tolerance_days": np.full(many, terms.tolerance_days),
        "contract_too": np.full(many, terms.contract_too),
        "counts_from": _days(np.full(many, counts_from)),
        "schedule_from": _days(np.where(has_schedule, counts_from, NONE)),
        "takes_over": pa.array(has_schedule, mask=~has_schedule),
        "pauses": _pauses(worlds),
        "waivers": _waivers(found, worlds),
        "afterwards": _lists(
            found.afterwards_n, [_days(found.afterwards[0]), pa.array(found.afterwards[1])], "afterwards"
        ),
    }


def _shown(found: Priced, kinds: Numbers, loan_of: Numbers) -> Numbers:
    """The place of each offer as its loan's are shown where nobody has said what they can pay; core's `ranking.choose`."""
    sums, left = found.sums, found.prices[PRICE_LEFT_AFTER]
    order = np.lexsort(
        (_RANKS[kinds], found.worlds[WORLD_PAYMENTS_N], sums[SUM_TOTAL] + left, sums[SUM_ENDS_ON], loan_of)
    )
    shown = np.empty(len(order), np.int64)
    shown[order] = _counted(np.bincount(loan_of))
    return shown


def _lists(many: Numbers, children: Sequence[pa.Array], name: str) -> pa.Array:
    """A column of lists of structs, so many in each."""
    offsets = np.concatenate([[0], np.cumsum(many)]).astype(np.int32)
    fields = list(SCHEMAS[OFFERS].field(name).type.value_type)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(list(children), fields=fields))


def _pauses(worlds: Numbers) -> pa.Array:
    has_one = worlds[WORLD_PAUSE_FROM] != NONE
    some = worlds.compress(has_one, axis=1)
    yes = pa.array(np.ones(some.shape[1], np.bool_))
    return _lists(
        has_one.astype(np.int64), [_days(some[WORLD_PAUSE_FROM]), _days(some[WORLD_PAUSE_UNTIL]), yes, yes], "pauses"
    )


def _waivers(found: Priced, worlds: Numbers) -> pa.Array:
    rows, _ = rows_of(worlds[WORLD_WAIVERS_AT], worlds[WORLD_WAIVERS_N])
    component, amount, on = found.drafts.waivers[[WAIVER_COMPONENT, WAIVER_AMOUNT, WAIVER_ON]][:, rows]
    names = pa.array(np.where(component < 0, _CHARGES, component))
    return _lists(
        worlds[WORLD_WAIVERS_N],
        [_WAIVER_IDS.take(names), _COMPONENTS.take(names), pa.array(amount), _days(on)],
        "waivers",
    )


def _payments(found: Priced, ids: pa.Array, loan_of: Numbers, number: Numbers) -> Columns:
    many = found.worlds[WORLD_PAYMENTS_N]
    rows, owner = rows_of(found.worlds[WORLD_PAYMENTS_AT], many)
    on, amount, arrears, contract, plan = found.drafts.payments[
        [PAYMENT_ON, PAYMENT_AMOUNT, PAYMENT_ARREARS, PAYMENT_CONTRACT, PAYMENT_PLAN]
    ].take(rows, axis=1)
    return {
        "loan_id": ids.take(pa.array(loan_of[owner])),
        "offer": number[owner],
        "payment": _counted(many),
        "on": _days(on),
        "amount": amount,
        "arrears": arrears,
        "contract": contract,
        "plan": plan,
    }


def _schedules(found: Priced, told: Told, ids: pa.Array, loan_of: Numbers, number: Numbers) -> Columns:
    many = found.worlds[WORLD_SCHEDULE_N]
    rows, owner = rows_of(found.worlds[WORLD_SCHEDULE_AT], many)
    on, principal, interest, fee, drawdown, minimum = found.drafts.schedule[
        [
            SCHEDULED_ON,
            SCHEDULED_PRINCIPAL,
            SCHEDULED_INTEREST,
            SCHEDULED_FEE,
            SCHEDULED_DRAWDOWN,
            SCHEDULED_MINIMUM,
        ]
    ].take(rows, axis=1)
    return {
        "loan_id": ids.take(pa.array(loan_of[owner])),
        "offer": number[owner],
        "due_on": _days(on),
        "principal": principal,
        "interest": interest,
        "fee": fee,
        "minimum": pa.array(minimum, mask=minimum == NONE),
        "drawdown": coded(drawdown, told.names),
    }


def _refused(found: Priced, told: Told, place_of: Numbers) -> tuple[Numbers, Columns]:
    """What isn't offered: of each row its loan's place, and the columns. The same sentence about the same measure isn't said twice."""
    drafts = found.drafts.drafts
    at = np.flatnonzero((drafts[DRAFT_STATUS] != DRAFTED) & ~found.doubtful[drafts[DRAFT_LOAN]])
    row = drafts[DRAFT_LOAN, at]
    of_ground = found.drafts.ground[:, row]
    products = told.products.dictionary_encode() if not pa.types.is_dictionary(told.products.type) else told.products
    keys = [drafts[field, at] for field in (DRAFT_MEASURE, DRAFT_STATUS, DRAFT_A, DRAFT_B)]
    keys += [found.before[at], of_ground[GROUND_POLICY], products.indices.to_numpy()[of_ground[GROUND_LOAN]]]
    said, which = refusals_of(np.stack(keys), told.task, told.currency, products.dictionary.to_pylist(), told.refusal)
    loan_of = place_of[row]
    _, first = np.unique(loan_of * (len(said) + 1) + which, return_index=True)
    kept = np.sort(first)
    which = which[kept]
    return loan_of[kept], {
        name: coded(which, [str(getattr(one, name)) for one in said]) for name in ("kind", "reason", "rule")
    }
