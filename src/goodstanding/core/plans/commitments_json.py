"""Promises and plans as a person writes them: amounts as decimal text, days and instants as text.

Every key: docs/methods/promises.md and docs/methods/plans.md; the tests read their blocks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from goodstanding.core import reading
from goodstanding.core.loan import Transaction
from goodstanding.core.loan_json import (
    amount_readers,
    in_minor,
    pause_from_data,
    transaction_from_data,
    version_from_data,
)
from goodstanding.core.money import decimal_text
from goodstanding.core.plans.agreement import By, EventKind, Plan, PlanEvent, PlanPayment, PlanTerms
from goodstanding.core.plans.judging import Commitments, Judged, JudgedPlan
from goodstanding.core.plans.matching import Counted, MeantFor
from goodstanding.core.plans.offers import Change, OfferKind
from goodstanding.core.plans.promise import Promise


def commitments_from_data(data: object, currency: str) -> Commitments:
    """Read what was promised and agreed about one loan; `reading.BadValue` says what is wrong and where."""
    return Commitments(
        **reading.read_keys(
            data,
            {
                "promises": reading.list_of(lambda value: _promise(value, currency)),
                "plans": reading.list_of(lambda value: _plan(value, currency)),
                "meant_for": reading.list_of(_meant_for),
            },
        )
    )


def _promise(value: object, currency: str) -> Promise:
    amounts = ("amount", "tolerance_amount")
    readers: dict[str, reading.Reader] = {
        "id": reading.filled_text,
        **amount_readers(amounts, currency),
        "due_on": reading.day,
        "made_at": reading.instant,
        "zone": reading.filled_text,
        "tolerance_days": reading.whole_number,
        "about": reading.text,
        "recorded_at": reading.instant,
        "made_by": reading.text,
    }
    keys = in_minor(reading.read_keys(value, readers, required=("id", "due_on", "made_at", "zone")), amounts)
    if "amount" not in keys:
        raise reading.BadValue('"amount" is missing')
    return Promise(**keys)


def _plan(value: object, currency: str) -> Plan:
    readers: dict[str, reading.Reader] = {
        "id": reading.filled_text,
        "terms": lambda terms: terms_from_data(terms, currency),
        "events": reading.list_of(_event),
        "kind": reading.choice(OfferKind),
    }
    return Plan(**reading.read_keys(value, readers, required=("id", "terms", "events")))


def terms_from_data(value: object, currency: str) -> PlanTerms:
    """Read what was agreed; `reading.BadValue` says what is wrong and where."""
    amounts = ("tolerance_amount",)
    readers: dict[str, reading.Reader] = {
        "payments": reading.list_of(lambda one: _payment(one, currency)),
        "worked_out_on": reading.day,
        "counted_up_to": reading.day,
        "accept_by": reading.day,
        "zone": reading.filled_text,
        "tolerance_days": reading.whole_number,
        **amount_readers(amounts, currency),
        "cooling_off_days": reading.whole_number,
        "needs_signature": reading.yes_no,
        "sign_by": reading.day,
        "contract_too": reading.yes_no,
        "change": lambda one: _change(one, currency),
    }
    required = ("payments", "worked_out_on", "accept_by", "zone")
    return PlanTerms(**in_minor(reading.read_keys(value, readers, required=required), amounts))


def _payment(value: object, currency: str) -> PlanPayment:
    amounts = ("amount", "contract")
    readers: dict[str, reading.Reader] = {"on": reading.day, **amount_readers(amounts, currency)}
    keys = in_minor(reading.read_keys(value, readers, required=("on",)), amounts)
    if "amount" not in keys:
        raise reading.BadValue('"amount" is missing')
    return PlanPayment(**keys)


def _change(value: object, currency: str) -> Change:
    readers: dict[str, reading.Reader] = {
        "counts_from": reading.day,
        "versions": reading.list_of(lambda one: version_from_data(one, currency)),
        "pauses": reading.list_of(pause_from_data),
        "waivers": reading.list_of(lambda one: _waiver(one, currency)),
    }
    keys = reading.read_keys(value, readers, required=("counts_from",))
    return Change(**keys | {"waivers": tuple(_numbered(keys.get("waivers", ())))})


def _waiver(value: object, currency: str) -> Transaction:
    return Transaction(**({"id": ""} | transaction_from_data(value, currency)))


def _numbered(waivers: Iterable[Transaction]) -> Iterator[Transaction]:
    """Those without an id get one of their own: a ledger holds each id once."""
    for place, one in enumerate(waivers, 1):
        yield one if one.id else replace(one, id="waiver" if place == 1 else f"waiver/{place}")


def _event(value: object) -> PlanEvent:
    readers: dict[str, reading.Reader] = {
        "kind": reading.choice(EventKind),
        "at": reading.instant,
        "by": reading.choice(By),
        "reason": reading.text,
        "recorded_at": reading.instant,
    }
    return PlanEvent(**reading.read_keys(value, readers, required=("kind", "at")))


def _meant_for(value: object) -> MeantFor:
    readers: dict[str, reading.Reader] = {
        "payment": reading.filled_text,
        "to": reading.text,
        "recorded_on": reading.day,
    }
    return MeantFor(**reading.read_keys(value, readers, required=("payment", "recorded_on", "to")))


def judged_data(judged: Judged, currency: str) -> dict[str, Any]:
    """Return how promises and plans stand as a person reads it: by id, amounts as decimal text, days as text."""

    def counted(parts: tuple[Counted, ...]) -> list[list[str]]:
        return [[one.payment, str(one.on), decimal_text(one.amount, currency)] for one in parts]

    def plan(one: JudgedPlan) -> dict[str, Any]:
        rows = [
            [str(part.payment.on), decimal_text(part.asked, currency), decimal_text(part.paid, currency)]
            for part in one.payments
        ]
        return {
            "state": one.state.value,
            "why": one.why.value,
            "since": str(one.since),
            "reason": one.reason,
            "paid": decimal_text(one.paid, currency),
            "payments": rows,
            "refused": [
                {"kind": each.event.kind.value, "at": each.event.at.isoformat(), "reason": each.reason}
                for each in one.course.refused
            ],
        }

    return {
        "promises": {
            one.promise.id: {
                "state": one.state.value,
                "reason": one.reason,
                "paid": decimal_text(one.paid, currency),
                "counted": counted(one.counted),
                **({"made_by": one.promise.made_by} if one.promise.made_by else {}),
            }
            for one in judged.promises
        },
        "plans": {one.plan.id: plan(one) for one in judged.plans},
        "uncounted": [[one.payment, str(one.on), decimal_text(one.amount, currency)] for one in judged.uncounted],
    }
