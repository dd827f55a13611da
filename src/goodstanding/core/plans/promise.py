"""Promises to pay: an amount by a day, judged on the ledger, never by hand.

Method and worked tables: docs/methods/promises.md
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from goodstanding.core.money import Money
from goodstanding.core.plans.matching import Claim, Counted
from goodstanding.core.plans.said import (
    check_amount,
    check_day,
    check_instants,
    check_tolerance,
    check_zone,
    day_in,
    days_text,
)


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a borrower said they would pay. amount, tolerance_amount: minor units.

    zone: the zone database's name of where the borrower is; days are counted there. tolerance_days: calendar days after due_on in
    which it is still kept. tolerance_amount: by how much it may fall short. about: the plan whose payments it is about, if any.
    recorded_at: when it was written down, if not at once. made_by: who promised, by their number; empty: the borrower.
    """

    id: str
    amount: int
    due_on: date
    made_at: datetime
    zone: str
    tolerance_days: int = 0
    tolerance_amount: int = 0
    about: str = ""
    recorded_at: datetime | None = None
    made_by: str = ""

    def __post_init__(self) -> None:
        check_amount(f"promise {self.id}: amount", self.amount, least=1)
        check_tolerance(f"promise {self.id}", self.tolerance_days, self.tolerance_amount)
        if self.tolerance_amount >= self.amount:
            raise ValueError(
                f"promise {self.id}: its tolerance_amount of {self.tolerance_amount} isn't less than its amount of {self.amount}: it would"
                " be kept with nothing paid"
            )
        check_zone(f"promise {self.id}", self.zone)
        check_instants(f"promise {self.id}", self.made_at, self.recorded_at)
        check_day(f"promise {self.id}: due_on", self.due_on)
        if self.due_on < self.made_on:
            raise ValueError(f"promise {self.id} is for {self.due_on}, before the day it was made on, {self.made_on}")

    @property
    def made_on(self) -> date:
        return day_in(self.zone, self.made_at)

    @property
    def known_from(self) -> date:
        return day_in(self.zone, self.recorded_at or self.made_at)

    @property
    def until_on(self) -> date:
        """The last day on which it can be kept."""
        return self.due_on + timedelta(days=self.tolerance_days)

    def claim(self) -> Claim:
        """What it asks of the ledger: money from the day it was made to the last day on which it can be kept."""
        until, made = self.until_on, self.made_on
        return Claim(
            self.id, self.amount, self.due_on, until, made, made, until, self.tolerance_amount, within=self.about
        )


@dataclass(frozen=True, slots=True)
class JudgedPromise:
    """How a promise stands at the end of the day as_of, and why. paid: minor units, what counted for it. kept_on: the day on which
    what was paid reached it."""

    promise: Promise
    as_of: date
    state: PromiseState
    reason: str
    paid: int
    counted: tuple[Counted, ...]
    kept_on: date | None = None


def judge_promise(
    promise: Promise,
    counted: tuple[Counted, ...],
    as_of: date,
    currency: str,
    taken_back: str,
    known_to: date | None = None,
) -> JudgedPromise:
    """State the promise's case from what counted for it, in order of days. taken_back: a sentence on money that no longer stands.

    known_to: a day before it is over with all that was paid on it; None: as_of.
    """
    paid = sum(one.amount for one in counted)
    short, until = promise.amount - paid, promise.until_on
    of_it = f"{Money(paid, currency)} of {Money(promise.amount, currency)}"
    if short <= promise.tolerance_amount:
        kept_on = _reached_on(counted, promise.amount - promise.tolerance_amount, promise.made_on)
        late = (kept_on - promise.due_on).days
        how = [f"{Money(paid, currency)} promised for {promise.due_on} were paid by {kept_on}."]
        how += [f"That is {days_text(late)} late, within the tolerance."] if late > 0 else []
        how += [f"{Money(short, currency)} are missing, within the tolerance."] if short else []
        return JudgedPromise(promise, as_of, PromiseState.KEPT, " ".join(how), paid, counted, kept_on)
    if as_of <= until or (known_to is not None and known_to <= until):
        if as_of > until and known_to is not None:
            taken_back += (
                f" Payments are counted up to {known_to - timedelta(days=1)}, so it isn't known whether it is kept."
            )
        still = "" if until == promise.due_on else f", and it is kept if they come by {until}"
        reason = f"{of_it} promised for {promise.due_on} were paid so far{still}."
        return JudgedPromise(promise, as_of, PromiseState.OPEN, reason + taken_back, paid, counted)
    state = PromiseState.PARTLY_KEPT if paid else PromiseState.BROKEN
    reason = f"{of_it if paid else f'Nothing of {Money(promise.amount, currency)}'} promised for {promise.due_on} was paid by {until}."
    return JudgedPromise(promise, as_of, state, reason + taken_back, paid, counted)


def _reached_on(counted: tuple[Counted, ...], amount: int, start: date) -> date:
    """The day on which what counted reached an amount."""
    so_far, reached = 0, start
    for one in counted:
        if so_far < amount:
            reached = one.on
        so_far += one.amount
    return reached
