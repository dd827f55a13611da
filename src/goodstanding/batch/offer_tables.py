"""Ways out as flat tables: a row per overdue loan, per offer, per payment, per instalment of a new schedule, per refusal.

Nothing of an offer is left out, so that each can be put together again from its rows. Amounts: int64 minor units of the loan's currency.
Column by column: docs/reference/offers.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch.columns import QUARANTINE
from goodstanding.batch.policies import EPOCH
from goodstanding.core.arrears.position import Assessment, Owed
from goodstanding.core.loan import ScheduleVersion
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
_WAIVER = pa.struct([("id", _TEXT), ("component", _TEXT), ("amount", _AMOUNT), ("on", _DAY)])


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


def tables_of(found: Iterable[Found]) -> dict[str, pa.RecordBatch]:
    """Every table but that of loans set aside, in the order of the loans and of each loan's offers."""
    every = list(found)
    offers = [(number, offer) for one in every for number, offer in enumerate(one.ways.offers, 1)]
    ids = pa.array([one.today.loan_id for one in every], _TEXT)
    loan_of = np.repeat(np.arange(len(every)), [len(one.ways.offers) for one in every])
    refused = [no for one in every for no in one.ways.not_offered]
    return {
        LOANS: _batch(_loans(every), SCHEMAS[LOANS]),
        OFFERS: _batch(_offers(ids.take(pa.array(loan_of)), offers, _shown(every)), SCHEMAS[OFFERS]),
        PAYMENTS: _batch(_payments(ids, loan_of, offers), SCHEMAS[PAYMENTS]),
        SCHEDULES: _batch(_schedules(ids, loan_of, offers), SCHEMAS[SCHEDULES]),
        REFUSED: _batch(
            {
                "loan_id": ids.take(_repeated([len(one.ways.not_offered) for one in every])),
                "kind": [no.kind.value for no in refused],
                "reason": [no.reason for no in refused],
                "rule": [no.rule for no in refused],
            },
            SCHEMAS[REFUSED],
        ),
    }


def set_aside_table(rows: Iterable[tuple[str, str, str, str]]) -> pa.RecordBatch:
    """Loans that couldn't be worked out: loan_id, column, reason for programs, sentence for people."""
    columns = list(zip(*rows, strict=True)) or [()] * len(QUARANTINE)
    return _batch(dict(zip(QUARANTINE.names, columns, strict=True)), QUARANTINE)


Columns = Mapping[str, Any]
"""By name: an Arrow array, or values that it is made of."""


def _batch(columns: Columns, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([_array(columns[field.name], field.type) for field in schema], schema=schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values if values.type == kind else values.cast(kind)
    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode()
    return pa.array(values, kind)


def _repeated(times: Sequence[int]) -> pa.Array:
    """The place of each, so many times."""
    return pa.array(np.repeat(np.arange(len(times)), np.array(times, np.int64)))


def _days(days: Iterable[date]) -> pa.Array:
    return pa.array(np.array([day.toordinal() for day in days], np.int32) - np.int32(EPOCH)).view(_DAY)


def _counted(times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """From 1 up for each, so many times."""
    ends = times.cumsum()
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - times, times) + 1


def _loans(every: Sequence[Found]) -> Columns:
    standing = [one.today for one in every]
    return {
        "product": [one.product for one in every],
        "accept_by": [one.accept_by for one in every],
        "offers": [len(one.ways.offers) for one in every],
        "not_offered": [len(one.ways.not_offered) for one in every],
        **{
            name: [getattr(one, name) for one in standing]
            for name in ("loan_id", "currency", "as_of", "days_past_due", "amount_to_cure", "payoff")
        },
    }


def _shown(every: Sequence[Found]) -> list[tuple[int, int]]:
    """Of each offer its place as they are shown, and its heaviest month."""
    found = list[tuple[int, int]]()
    for one in every:
        fitting = choose(one.ways.offers, NOT_KNOWN).fitting
        places = {id(each.offer): (place, each.heaviest_month) for place, each in enumerate(fitting, 1)}
        found += [places[id(offer)] for offer in one.ways.offers]
    return found


def _offers(ids: pa.Array, numbered: Sequence[tuple[int, Offer]], shown: Sequence[tuple[int, int]]) -> Columns:
    offers = [offer for _, offer in numbered]
    versions = [_version(offer) for offer in offers]
    amounts = "months total against_today against_nothing left_after present_value needs_sign_off".split()
    return {
        "loan_id": ids,
        "offer": [number for number, _ in numbered],
        "shown": [place for place, _ in shown],
        "heaviest_month": [heaviest for _, heaviest in shown],
        "kind": [one.kind.value for one in offers],
        "payments": [len(one.payments) for one in offers],
        "first_on": [one.payments[0].on for one in offers],
        "ends_on": [one.payments[-1].on for one in offers],
        **{name: [getattr(one, name) for one in offers] for name in (*amounts, "arrears", "contract", "plan")},
        **{f"waived_{name}": [getattr(one.waived, name) for one in offers] for name in Owed.__slots__},
        **{
            f"stops_{name}": [getattr(one.stops, name).value for one in offers]
            for name in ("penalty", "calls", "reports")
        },
        "credit": [one.credit.value for one in offers],
        "missed_amount": [one.breaks_when.missed_amount for one in offers],
        "tolerance_days": [one.breaks_when.tolerance_days for one in offers],
        "contract_too": [one.breaks_when.contract_too for one in offers],
        "counts_from": [one.change.counts_from for one in offers],
        "schedule_from": [one and one.from_on for one in versions],
        "takes_over": [one and one.takes_over for one in versions],
        "pauses": _lists(
            [one.change.pauses for one in offers], _PAUSE, "from_on until_on stops_penalty stops_fees".split()
        ),
        "waivers": _lists([one.change.waivers for one in offers], _WAIVER, "id component amount effective_on".split()),
        "afterwards": _lists([one.afterwards for one in offers], _AFTERWARDS, ["on", "amount"]),
    }


def _version(offer: Offer) -> ScheduleVersion | None:
    found = offer.change.versions
    if len(found) > 1:
        raise ValueError(f"loan {offer.loan_id}: an offer has {len(found)} new schedules, its row holds one")
    return found[0] if found else None


def _lists(listed: Sequence[Sequence[Any]], kind: pa.StructType, names: Sequence[str]) -> pa.Array:
    """A list column of structs, whose fields have these names in ours."""
    each = [one for some in listed for one in some]
    children = [
        pa.array([getattr(one, name) for one in each], field.type) for name, field in zip(names, kind, strict=True)
    ]
    offsets = np.concatenate([[0], np.cumsum([len(some) for some in listed], dtype=np.int64)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(children, fields=list(kind)))


def _payments(ids: pa.Array, loan_of: npt.NDArray[np.int64], numbered: Sequence[tuple[int, Offer]]) -> Columns:
    many = np.array([len(offer.payments) for _, offer in numbered], np.int64)
    every = [one for _, offer in numbered for one in offer.payments]
    return {
        "loan_id": ids.take(pa.array(np.repeat(loan_of, many))),
        "offer": np.repeat(np.array([number for number, _ in numbered], np.int64), many),
        "payment": _counted(many),
        "on": _days(one.on for one in every),
        "amount": [one.amount for one in every],
        "arrears": [one.arrears for one in every],
        "contract": [one.contract for one in every],
        "plan": [one.plan for one in every],
    }


def _schedules(ids: pa.Array, loan_of: npt.NDArray[np.int64], numbered: Sequence[tuple[int, Offer]]) -> Columns:
    new = [[part for version in offer.change.versions for part in version.schedule] for _, offer in numbered]
    many, every = np.array([len(parts) for parts in new], np.int64), [part for parts in new for part in parts]
    return {
        "loan_id": ids.take(pa.array(np.repeat(loan_of, many))),
        "offer": np.repeat(np.array([number for number, _ in numbered], np.int64), many),
        "due_on": _days(part.due_on for part in every),
        "principal": [part.principal for part in every],
        "interest": [part.interest for part in every],
        "fee": [part.fee for part in every],
        "minimum": [part.minimum for part in every],
        "drawdown": [part.drawdown for part in every],
    }
