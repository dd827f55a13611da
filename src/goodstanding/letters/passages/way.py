"""One way out, said: what is paid and when, what it costs, what it stops, what breaks it, how it appears in credit data.

The letter that offers it and the letter that confirms it say the same sentences, so that nobody agrees to anything else than was
offered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Protocol, TypeVar

from goodstanding.core.dates import add_months
from goodstanding.core.letter import Align, Finding, LetterFacts, Row, Table
from goodstanding.core.particulars import PlanAgreement
from goodstanding.core.plans.agreement import PlanPayment
from goodstanding.core.plans.offers import BreaksWhen, Change, Credit, HowFar, Offer, OfferKind, Stops
from goodstanding.letters.credit_data import basis_of, credit_keys
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.way_fields import OF_MONTHS

_LONG, _LONG_ALONE = 5, 3
"""So many payments alike make one row; and so many in a table that has no figure but what is paid."""
_BESIDE = frozenset((OfferKind.ARREARS_INSTALMENTS, OfferKind.EXTENSION))
Said = tuple[str, Mapping[str, str]]


class Paid(Protocol):
    """A payment of an offer or of a plan. amount, contract: minor units."""

    @property
    def on(self) -> date: ...
    @property
    def amount(self) -> int: ...
    @property
    def contract(self) -> int: ...


Payment = TypeVar("Payment", bound=Paid)


@dataclass(frozen=True, slots=True)
class Way:
    """What is said of an offer or of a plan made of it; as `Offer` has it. as_of: what it was worked out for. Amounts: minor units."""

    kind: OfferKind
    as_of: date
    months: int
    payments: tuple[PlanPayment, ...]
    against_today: int
    against_nothing: int
    left_after: int
    waived: int
    stops: Stops
    breaks_when: BreaksWhen
    credit: Credit

    @property
    def total(self) -> int:
        return sum(one.amount for one in self.payments)

    @property
    def contract(self) -> int:
        return sum(one.contract for one in self.payments)

    @property
    def ends_on(self) -> date:
        return self.payments[-1].on

    @property
    def is_beside_the_contract(self) -> bool:
        """Whether the contract's own instalments are shown by themselves: they go on beside it, or it isn't judged by them."""
        is_apart = self.kind in _BESIDE or not self.breaks_when.contract_too
        return is_apart and 0 < self.contract < self.total


def of_offer(offer: Offer) -> Way:
    return Way(
        offer.kind,
        offer.as_of,
        offer.months,
        tuple(PlanPayment(one.on, one.amount, one.contract) for one in offer.payments),
        offer.against_today,
        offer.against_nothing,
        offer.left_after,
        offer.waived.total,
        offer.stops,
        offer.breaks_when,
        offer.credit,
    )


def of_agreement(told: PlanAgreement) -> Way:
    """As the plan is judged: what breaks it is read from its terms."""
    terms = told.terms
    return Way(
        told.kind,
        terms.worked_out_on,
        told.months,
        terms.payments,
        told.against_today,
        told.against_nothing,
        told.left_after,
        told.waived,
        told.stops,
        BreaksWhen(terms.tolerance_amount, terms.tolerance_days, terms.contract_too),
        told.credit,
    )


def what_it_is(voice: Voice, way: Way) -> str:
    """The way in a few words, such as "a pause of 3 months"."""
    key = f"way.kind_{way.kind}"
    if way.kind is OfferKind.ARREARS_INSTALMENTS:
        parts = sum(one.amount > one.contract for one in way.payments)
        return voice.wording.say_count(key if way.is_beside_the_contract else "way.kind_arrears_only", parts)
    if way.kind is OfferKind.SETTLEMENT:
        return voice.wording.say_count(key, len(way.payments))
    return voice.wording.say_count(key, way.months) if way.kind in OF_MONTHS else voice.wording.say(key)


# -- what is paid and when ------------------------------------------------------------------------------------------


def payments_table(voice: Voice, way: Way, *, caption: str) -> Table:
    """Every payment with its day; those of a run, alike and at equal distances, make one row."""
    say, formats, parted = voice.wording.say, voice.formats, way.is_beside_the_contract

    def cells(amount: int, contract: int) -> tuple[int, ...]:
        return (amount - contract, contract, amount) if parted else (amount,)

    rows = tuple(
        Row((_when(voice, run), *(formats.figure(cell) for cell in cells(run[0].amount, run[0].contract))))
        for run in runs_of(way.payments, least=_LONG if parted else _LONG_ALONE)
    )
    *parts, total = cells(way.total, way.contract)
    return Table(
        "way.table",
        caption,
        (
            say("way.date"),
            *([say(_beside(way)), say(voice.bill("way.contract"))] if parted else []),
            say("way.to_pay"),
        ),
        rows,
        (Align.START, *(Align.END for _ in cells(0, 0))),
        (say("way.in_all"), *(formats.figure(part) for part in parts), formats.amount(total)),
    )


def _beside(way: Way) -> str:
    return "way.for_arrears" if way.kind is OfferKind.ARREARS_INSTALMENTS else "way.for_plan"


def runs_of(payments: Sequence[Payment], *, least: int = _LONG) -> Iterator[list[Payment]]:
    """Payments as rows: so many or more alike, each a month or so many days after the one before, are one; others stand alone.

    >>> alike = [PlanPayment(date(2027, month, 10), 100_00) for month in range(1, 7)]
    >>> [len(run) for run in runs_of([*alike, PlanPayment(date(2027, 7, 10), 99_98)])]
    [6, 1]
    """
    for _, group in groupby(payments, key=lambda one: (one.amount, one.contract)):
        run = list(group)
        if len(run) >= least and (_is_monthly(run) or _days_apart(run)):
            yield run
        else:
            yield from ([one] for one in run)


def _is_monthly(run: Sequence[Paid]) -> bool:
    day = max(one.on.day for one in run)
    return all(one.on == add_months(run[0].on, place, day=day) for place, one in enumerate(run))


def _days_apart(run: Sequence[Paid]) -> int:
    """The days from each to the next; 0 where they differ."""
    apart = {(after.on - before.on).days for before, after in pairwise(run)}
    return apart.pop() if len(apart) == 1 else 0


def _when(voice: Voice, run: Sequence[PlanPayment]) -> str:
    first = voice.formats.short_day(run[0].on)
    if len(run) == 1:
        return first
    last = voice.formats.short_day(run[-1].on)
    if _is_monthly(run):
        return voice.wording.say_count("way.dates_monthly", len(run), first=first, last=last)
    return voice.wording.say_count("way.dates_days", len(run), first=first, last=last, days=str(_days_apart(run)))


# -- what it costs, stops, breaks -----------------------------------------------------------------------------------


def costs(voice: Voice, way: Way, *, is_settled_after: bool) -> Iterator[Said]:
    """What it costs in all, against paying today and against doing nothing, and what is left when it has ended."""
    formats = voice.formats
    ends_on = formats.long_day(way.ends_on)
    yield (
        "way.total_once" if len(way.payments) == 1 else "way.total",
        {
            "total": formats.amount(way.total),
            "ends_on": ends_on,
        },
    )
    worked_out_on = formats.long_day(way.as_of)
    yield (
        f"way.today_{_sign(way.against_today)}",
        {
            "amount": formats.amount(abs(way.against_today)),
            "worked_out_on": worked_out_on,
        },
    )
    yield (
        f"way.nothing_{_sign(-way.against_nothing)}",
        {
            "amount": formats.amount(abs(way.against_nothing)),
            "ends_on": ends_on,
        },
    )
    if way.waived:
        key = "way.waived_at_the_end" if way.kind is OfferKind.SETTLEMENT else "way.waived"
        yield key, {"amount": formats.amount(way.waived)}
    if way.left_after:
        yield "way.left", {"amount": formats.amount(way.left_after)}
    elif is_settled_after:
        yield "way.settled", {}


def _sign(amount: int) -> str:
    return "more" if amount > 0 else "less" if amount else "same"


def nothing_is_left(facts: LetterFacts, way: Way, change: Change | None) -> bool:
    """Whether the loan is closed once it has been kept: nothing is left, and no instalment of the contract lies beyond its end."""
    if way.left_after:
        return False
    later = (one.due_on > way.ends_on and one.open.total for one in facts.assessment.instalments)
    return bool(change and change.versions) or not any(later)


def stops(voice: Voice, way: Way) -> Iterator[Said]:
    """What it stops, and how the loan appears in credit data, where the lender reports."""
    yield f"way.penalty_{way.stops.penalty}", {}
    yield f"way.calls_{way.stops.calls}", {}
    if voice.facts.lender.reports_to_credit_bureau:
        yield from ((key, {}) for key in credit_keys(way.credit))


def breaks(voice: Voice, way: Way) -> Iterator[Said]:
    """What breaks it, exactly as it is judged, and what follows then."""
    when = way.breaks_when
    if when.tolerance_days:
        yield "way.breaks_days", {"count": str(when.tolerance_days)}
    else:
        yield "way.breaks", {}
    if when.missed_amount:
        yield "way.breaks_amount", {"amount": voice.formats.amount(when.missed_amount)}
    if way.is_beside_the_contract:
        yield voice.bill("way.breaks_contract_too" if when.contract_too else "way.breaks_without_contract"), {}
    yield "way.broken", {}
    if way.stops.penalty is HowFar.RESTS:
        yield "way.broken_charges", {}
    if way.kind is OfferKind.SETTLEMENT:
        yield "way.broken_waived", {}


def findings(keys: Sequence[str], jurisdiction: str) -> tuple[Finding, ...]:
    """What the consequences that are named rest on."""
    rests_on = {
        "way.penalty_goes_on": "the loan agreement",
        "way.broken_charges": "the loan agreement",
        **{key: basis_of(jurisdiction).cite for one in Credit for key in credit_keys(one)},
    }
    return tuple(Finding(key, rests_on[key]) for key in dict.fromkeys(keys) if key in rests_on)


def said(voice: Voice, sentences: Iterator[Said]) -> Iterator[tuple[str, str]]:
    """Each key with its sentence; one that depends on a number in its plural form."""
    for key, fields in sentences:
        others = {name: text for name, text in fields.items() if name != "count"}
        if "count" in fields:
            yield key, voice.wording.say_count(key, int(fields["count"]), **others)
        else:
            yield key, voice.wording.say(key, **others)
