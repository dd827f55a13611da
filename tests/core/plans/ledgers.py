"""Short words for loans, ledgers, promises and plans in March 2026."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

from goodstanding.core.arrears.policy import ArrearsPolicy, ReversalFrom
from goodstanding.core.loan import Instalment, Kind, Loan, Transaction
from goodstanding.core.plans.agreement import By, EventKind, Plan, PlanEvent, PlanPayment, PlanTerms
from goodstanding.core.plans.judging import Commitments, Judged, judge
from goodstanding.core.plans.promise import Promise
from goodstanding.core.rates import AnnualRate

SHANGHAI = timezone(timedelta(hours=8))
FROM_START = ArrearsPolicy()
FROM_OWN_DATE = ArrearsPolicy(reversal_from=ReversalFrom.OWN_DATE)


def march(day: int) -> date:
    """A day of March 2026, or of the months after it.

    >>> march(32)
    datetime.date(2026, 4, 1)
    """
    return date(2026, 3, 1) + timedelta(days=day - 1)


def at(day: int, hour: int = 10) -> datetime:
    on = march(day)
    return datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI)


def paid(name: str, day: int, amount: int, booked: int | None = None) -> Transaction:
    return Transaction(name, Kind.PAYMENT, amount, march(day), march(booked or day))


def back(kind: Kind, name: str, of: str | None, day: int, amount: int, booked: int | None = None) -> Transaction:
    return Transaction(name, kind, amount, march(day), march(booked or day), reverses=of)


def a_loan(*ledger: Transaction) -> Loan:
    schedule = (Instalment(date(2026, 2, 1), 1_000_00), Instalment(date(2026, 8, 1), 1_000_00))
    return Loan("L-1", "CNY", 2_000_00, date(2026, 1, 1), AnnualRate(Fraction(0)), schedule, transactions=tuple(ledger))


def promise(name: str = "P", amount: int = 300_00, due: int = 10, made: int = 1, **other: Any) -> Promise:
    return Promise(name, amount, march(due), at(made), "Asia/Shanghai", **other)


def terms(*payments: tuple[int, int], **other: Any) -> PlanTerms:
    """payments: their days and amounts. Worked out on 1 March, to be accepted by 8 March."""
    parts = tuple(PlanPayment(march(day), amount) for day, amount in payments)
    given: dict[str, object] = {"worked_out_on": march(1), "accept_by": march(8), "zone": "Asia/Shanghai"}
    return PlanTerms(parts, **{**given, **other})


def event(kind: EventKind, day: int, by: By | None = None, reason: str = "", recorded: int | None = None) -> PlanEvent:
    return PlanEvent(kind, at(day), by, reason, None if recorded is None else at(recorded))


def plan(agreed: PlanTerms, *events: PlanEvent, accepted: int | None = 3, name: str = "A") -> Plan:
    first = [event(EventKind.OFFERED, 2)]
    first += [] if accepted is None else [event(EventKind.ACCEPTED, accepted)]
    return Plan(name, agreed, (*first, *events))


def judged(
    day: int,
    *what: Promise | Plan,
    ledger: tuple[Transaction, ...] = (),
    policy: ArrearsPolicy = FROM_START,
    known: int | None = None,
    **other: Any,
) -> Judged:
    promises = tuple(one for one in what if isinstance(one, Promise))
    plans = tuple(one for one in what if isinstance(one, Plan))
    said = replace(Commitments(promises, plans), **other)
    return judge(said, a_loan(*ledger), policy, as_of=march(day), known_on=None if known is None else march(known))


def given_up(amount: int, on: date) -> Transaction:
    return Transaction("waiver", Kind.WAIVER, amount, on, on)
