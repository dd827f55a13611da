"""Ways out put together again from the tables of a book, to be held against those of a loan alone."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES
from goodstanding.core.arrears.position import Owed
from goodstanding.core.loan import Component, Instalment, Kind, Pause, ScheduleVersion, Transaction
from goodstanding.core.plans.offers import (
    BreaksWhen,
    Change,
    Credit,
    HowFar,
    NotOffered,
    Offer,
    OfferKind,
    OfferPayment,
    Stops,
)
from goodstanding.core.plans.ways_out import WaysOut

Row = dict[str, Any]


def ways_again(tables: Mapping[str, pa.RecordBatch | pa.Table]) -> dict[str, WaysOut]:
    """By loan, every offer with every field, and every refusal."""
    rows = {name: tables[name].to_pylist() for name in (LOANS, OFFERS, PAYMENTS, SCHEDULES, REFUSED)}
    payments, schedules = _by_offer(rows[PAYMENTS]), _by_offer(rows[SCHEDULES])
    loans = {row["loan_id"]: row for row in rows[LOANS]}
    offers, refused = defaultdict[str, list[Offer]](list), defaultdict[str, list[NotOffered]](list)
    for row in rows[OFFERS]:
        key = row["loan_id"], row["offer"]
        assert row["offer"] == len(offers[row["loan_id"]]) + 1
        offers[row["loan_id"]].append(_offer(row, loans[row["loan_id"]], payments[key], schedules[key]))
    for row in rows[REFUSED]:
        refused[row["loan_id"]].append(NotOffered(OfferKind(row["kind"]), row["reason"], row["rule"]))
    for loan_id, row in loans.items():
        assert (row["offers"], row["not_offered"]) == (len(offers[loan_id]), len(refused[loan_id]))
        shown = [one["shown"] for one in rows[OFFERS] if one["loan_id"] == loan_id]
        assert sorted(shown) == list(range(1, len(shown) + 1))
    return {loan_id: WaysOut(tuple(offers[loan_id]), tuple(refused[loan_id])) for loan_id in loans}


def _by_offer(rows: list[Row]) -> dict[tuple[str, int], list[Row]]:
    found = defaultdict[tuple[str, int], list[Row]](list)
    for row in rows:
        found[row["loan_id"], row["offer"]].append(row)
    return found


def _offer(row: Row, loan: Row, payments: list[Row], schedule: list[Row]) -> Offer:
    offer = Offer(
        kind=OfferKind(row["kind"]),
        loan_id=row["loan_id"],
        currency=loan["currency"],
        as_of=loan["as_of"],
        accept_by=loan["accept_by"],
        payments=tuple(
            OfferPayment(one["on"], one["amount"], one["arrears"], one["contract"], one["plan"]) for one in payments
        ),
        stops=Stops(*(HowFar(row[f"stops_{name}"]) for name in ("penalty", "calls", "reports"))),
        breaks_when=BreaksWhen(row["missed_amount"], row["tolerance_days"], row["contract_too"]),
        credit=Credit(row["credit"]),
        change=Change(
            row["counts_from"],
            _versions(row, schedule),
            tuple(Pause(**one) for one in row["pauses"]),
            tuple(_waiver(one) for one in row["waivers"]),
        ),
        afterwards=tuple(OfferPayment(one["on"], one["amount"], 0, one["amount"]) for one in row["afterwards"]),
        waived=Owed(*(row[f"waived_{name}"] for name in Owed.__slots__)),
        **{
            name: row[name]
            for name in (
                "total",
                "against_today",
                "against_nothing",
                "left_after",
                "needs_sign_off",
                "present_value",
                "months",
            )
        },
    )
    said = (offer.ends_on, offer.arrears, offer.contract, offer.plan, len(offer.payments), offer.payments[0].on)
    assert said == tuple(row[name] for name in ("ends_on", "arrears", "contract", "plan", "payments", "first_on"))
    assert [one["payment"] for one in payments] == list(range(1, len(payments) + 1))
    return offer


def _versions(row: Row, schedule: list[Row]) -> tuple[ScheduleVersion, ...]:
    if row["schedule_from"] is None:
        assert not schedule
        return ()
    parts = tuple(
        Instalment(*(one[name] for name in ("due_on", "principal", "interest", "fee", "minimum", "drawdown")))
        for one in schedule
    )
    return (ScheduleVersion(row["schedule_from"], parts, row["takes_over"]),)


def _waiver(one: Row) -> Transaction:
    component = None if one["component"] is None else Component(one["component"])
    return Transaction(one["id"], Kind.WAIVER, one["amount"], one["on"], one["on"], component=component)
