"""Ways out as flat tables: a row per overdue loan, per offer, per payment, per instalment of a new schedule, per refusal.

Nothing of an offer is left out, so that each can be put together again from its rows. Amounts: int64 minor units of the loan's currency.
Column by column: docs/reference/offers.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from goodstanding.batch.columns import QUARANTINE
from goodstanding.core.arrears.position import Assessment, Owed
from goodstanding.core.plans.affordability import NOT_KNOWN
from goodstanding.core.plans.offers import Offer
from goodstanding.core.plans.ranking import choose
from goodstanding.core.plans.ways_out import WaysOut

LOANS, OFFERS, PAYMENTS, SCHEDULES, REFUSED, SET_ASIDE = (
    "loans",
    "offers",
    "payments",
    "schedules",
    "not_offered",
    "set_aside",
)
"""Kinds of tables. Loans are there for every piece of a book, the others where they have rows."""

_DAY, _AMOUNT, _TEXT, _YES = pa.date32(), pa.int64(), pa.string(), pa.bool_()
_CODED = pa.dictionary(pa.int32(), pa.string())
_PAUSE = pa.struct([("from_on", _DAY), ("until_on", _DAY), ("stops_penalty", _YES), ("stops_fees", _YES)])
_AFTERWARDS = pa.struct([("on", _DAY), ("amount", _AMOUNT)])
_WAIVER = pa.struct([("component", _TEXT), ("amount", _AMOUNT), ("on", _DAY)])


def _schema(*columns: tuple[str, pa.DataType], missing: Sequence[str] = ()) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=name in missing) for name, kind in columns])


SCHEMAS: dict[str, pa.Schema] = {
    LOANS: _schema(
        ("loan_id", _TEXT),
        ("product", _CODED),
        ("currency", _CODED),
        ("as_of", _DAY),
        ("accept_by", _DAY),
        ("days_past_due", _AMOUNT),
        ("amount_to_cure", _AMOUNT),
        ("payoff", _AMOUNT),
        ("offers", _AMOUNT),
        ("not_offered", _AMOUNT),
    ),
    OFFERS: _schema(
        ("loan_id", _TEXT),
        ("offer", _AMOUNT),
        ("shown", _AMOUNT),
        ("kind", _CODED),
        ("months", _AMOUNT),
        ("payments", _AMOUNT),
        ("first_on", _DAY),
        ("ends_on", _DAY),
        *[(name, _AMOUNT) for name in "total arrears contract plan against_today against_nothing left_after".split()],
        *[(name, _AMOUNT) for name in "present_value heaviest_month".split()],
        *[(f"waived_{name}", _AMOUNT) for name in Owed.__slots__],
        *[(f"stops_{name}", _CODED) for name in "penalty calls reports".split()],
        ("credit", _CODED),
        ("needs_sign_off", _CODED),
        ("missed_amount", _AMOUNT),
        ("tolerance_days", _AMOUNT),
        ("contract_too", _YES),
        ("counts_from", _DAY),
        ("schedule_from", _DAY),
        ("takes_over", _YES),
        ("pauses", pa.list_(_PAUSE)),
        ("waivers", pa.list_(_WAIVER)),
        ("afterwards", pa.list_(_AFTERWARDS)),
        missing=("needs_sign_off", "schedule_from", "takes_over"),
    ),
    PAYMENTS: _schema(
        ("loan_id", _TEXT),
        ("offer", _AMOUNT),
        ("payment", _AMOUNT),
        ("on", _DAY),
        *[(name, _AMOUNT) for name in "amount arrears contract plan".split()],
    ),
    SCHEDULES: _schema(
        ("loan_id", _TEXT),
        ("offer", _AMOUNT),
        ("due_on", _DAY),
        *[(name, _AMOUNT) for name in "principal interest fee minimum".split()],
        ("drawdown", _CODED),
        missing=("minimum",),
    ),
    REFUSED: _schema(("loan_id", _TEXT), ("kind", _CODED), ("reason", _CODED), ("rule", _CODED)),
    SET_ASIDE: QUARANTINE,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A loan's ways out beside what it owes today. product: as the lender's folder names it."""

    today: Assessment
    product: str
    accept_by: date
    ways: WaysOut


Rows = list[tuple[Any, ...]]


def tables_of(found: Iterable[Found]) -> dict[str, pa.RecordBatch]:
    """Every table but that of loans set aside, in the order of the loans and of each loan's offers."""
    rows: dict[str, Rows] = {name: [] for name in SCHEMAS if name != SET_ASIDE}
    for one in found:
        _add(rows, one)
    return {name: _batch(listed, SCHEMAS[name]) for name, listed in rows.items()}


def set_aside_table(rows: Iterable[tuple[str, str, str, str]]) -> pa.RecordBatch:
    """Loans that couldn't be worked out: loan_id, column, reason for programs, sentence for people."""
    return _batch(list(rows), QUARANTINE)


def _batch(rows: Rows, schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = []
    for values, field in zip(columns, schema, strict=True):
        coded = pa.types.is_dictionary(field.type)
        array = pa.array(values, type=field.type.value_type if coded else field.type)
        arrays.append(array.dictionary_encode() if coded else array)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _add(rows: dict[str, Rows], one: Found) -> None:
    today, ways = one.today, one.ways
    rows[LOANS].append(
        (
            today.loan_id,
            one.product,
            today.currency,
            today.as_of,
            one.accept_by,
            today.days_past_due,
            today.amount_to_cure,
            today.payoff,
            len(ways.offers),
            len(ways.not_offered),
        )
    )
    fitting = choose(ways.offers, NOT_KNOWN).fitting
    shown = {id(each.offer): (place, each.heaviest_month) for place, each in enumerate(fitting, 1)}
    for number, offer in enumerate(ways.offers, 1):
        rows[OFFERS].append(_offer(number, offer, *shown[id(offer)]))
        rows[PAYMENTS] += [
            (offer.loan_id, number, place, paid.on, paid.amount, paid.arrears, paid.contract, paid.plan)
            for place, paid in enumerate(offer.payments, 1)
        ]
        for version in offer.change.versions:
            rows[SCHEDULES] += [
                (
                    offer.loan_id,
                    number,
                    part.due_on,
                    part.principal,
                    part.interest,
                    part.fee,
                    part.minimum,
                    part.drawdown,
                )
                for part in version.schedule
            ]
    rows[REFUSED] += [(today.loan_id, no.kind.value, no.reason, no.rule) for no in ways.not_offered]


def _offer(number: int, offer: Offer, shown: int, heaviest: int) -> tuple[Any, ...]:
    change, stops, breaks = offer.change, offer.stops, offer.breaks_when
    if len(change.versions) > 1:
        raise ValueError(f"loan {offer.loan_id}: an offer has {len(change.versions)} new schedules, its row holds one")
    version = change.versions[0] if change.versions else None
    return (
        offer.loan_id,
        number,
        shown,
        offer.kind.value,
        offer.months,
        len(offer.payments),
        offer.payments[0].on,
        offer.ends_on,
        offer.total,
        offer.arrears,
        offer.contract,
        offer.plan,
        offer.against_today,
        offer.against_nothing,
        offer.left_after,
        offer.present_value,
        heaviest,
        *(getattr(offer.waived, name) for name in Owed.__slots__),
        stops.penalty.value,
        stops.calls.value,
        stops.reports.value,
        offer.credit.value,
        offer.needs_sign_off,
        breaks.missed_amount,
        breaks.tolerance_days,
        breaks.contract_too,
        change.counts_from,
        version and version.from_on,
        version and version.takes_over,
        [(p.from_on, p.until_on, p.stops_penalty, p.stops_fees) for p in change.pauses],
        [(str(w.component or ""), w.amount, w.effective_on) for w in change.waivers],
        [(one.on, one.amount) for one in offer.afterwards],
    )
