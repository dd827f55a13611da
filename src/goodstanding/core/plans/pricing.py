"""What a draft costs: three worlds asked of the engine for the same day, and the corrections without which no offer is made.

kept: the changed loan with the draft's payments. today: the arrears paid today, the contract kept. nothing: nobody pays. What a world
costs is what has been paid in it by the end and what would still close the loan then. Core doesn't choose an engine: `priced`
is a generator that asks questions and is sent figures, so that the questions of many loans can be answered together.
Method: docs/methods/ways_out.md
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Assessment, CannotAssess, Owed
from goodstanding.core.loan import Loan, Pause
from goodstanding.core.money import decimal_text, ratio_half_up
from goodstanding.core.plans.between import days_in_doubt
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import Ground, less
from goodstanding.core.plans.measures.waiver import WAIVED_IN_ORDER, waivers
from goodstanding.core.plans.offers import (
    BreaksWhen,
    Change,
    Credit,
    HowFar,
    NotOffered,
    Offer,
    OfferKind,
    OfferPayment,
)

_TRIES = 6
_CANT = "The engine can't work out the loan as it would be"


@dataclass(frozen=True, slots=True)
class World:
    """A loan as it would be: changed, perhaps, with payments made. change, payments: compared by identity, so share them."""

    change: Change
    payments: tuple[OfferPayment, ...] = ()

    def of(self, loan: Loan) -> Loan:
        return self.change.applied_to(loan, self.payments)


@dataclass(frozen=True, slots=True)
class Question:
    """Where would this loan stand at the end of the day, in this world? whole: False where what closes it is enough."""

    loan: Loan
    world: World
    on: date
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Closing:
    """What would close a loan, and what is past due, in minor units. payoff: to be paid. held: unapplied. principal: outstanding.

    cure: to be up to date. overdue: of that, principal and interest. is_late: whether an instalment is past due.
    """

    payoff: int
    held: int
    principal: int
    cure: int
    overdue: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Figure(Closing):
    """The whole answer, in minor units. due: beside `cure`, what falls due on the day.

    ahead: paid towards instalments that fall due later. opened: all that is open of every instalment, by component.
    """

    due: int
    ahead: int
    opened: Owed


Answer = Closing | str
"""A Figure, or a Closing where no more is asked; or the sentence for which the engine refuses the loan."""
Figures = Callable[[Sequence[Question]], Sequence[Answer]]
"""An engine: the reference below, or the kernel (goodstanding.batch.what_if)."""
Asking = Generator[Sequence[Question], Sequence[Answer], Offer | NotOffered]
Found = TypeVar("Found")


def answered(asked: Generator[Sequence[Question], Sequence[Answer], Found], figures: Figures) -> Found:
    """Have an engine answer questions until what they are asked for is found."""
    try:
        questions = next(asked)
        while True:
            questions = asked.send(figures(questions))
    except StopIteration as done:
        found: Found = done.value
        return found


def by_reference(policy: ArrearsPolicy) -> Figures:
    """The reference as an engine: it answers each question by itself."""

    def answer(questions: Sequence[Question]) -> list[Answer]:
        return [_answered(one, policy) for one in questions]

    return answer


def _answered(one: Question, policy: ArrearsPolicy) -> Answer:
    try:
        return figure_of(assess(one.world.of(one.loan), policy, as_of=one.on))
    except CannotAssess as why:
        return str(why)


def figure_of(found: Assessment) -> Figure:
    """What pricing needs of an assessment. Of a bill the day asks for its minimum, of all else for what is open."""
    on, positions = found.as_of, found.instalments
    return Figure(
        found.payoff,
        found.unapplied,
        found.outstanding_principal,
        found.amount_to_cure,
        found.overdue_principal + found.overdue_interest,
        found.oldest_due_on is not None,
        found.next_due if found.next_due_on == on else 0,
        sum(one.paid.total for one in positions if one.due_on > on),
        Owed(*(sum(getattr(one.open, name) for one in positions) for name in Owed.__slots__)),
    )


@dataclass(frozen=True, slots=True)
class Worlds:
    """What every draft of a loan is compared with. today pays the contract's own instalments as they fall due."""

    today: World
    nothing: World


def worlds_of(ground: Ground) -> Worlds:
    """Pay the arrears today, and each instalment on its day; where interest runs by day the last one takes what there is."""
    pays = [OfferPayment(ground.pays_from, ground.arrears, ground.arrears, 0)]
    credit = ground.held
    for one in (*(part for part in ground.fallen if not part.is_late and part.due_on == ground.as_of), *ground.coming):
        used = min(credit, one.asks)
        credit -= used
        pays.append(OfferPayment(max(one.due_on, ground.pays_from), one.asks - used, 0, one.asks - used))
    if ground.by_day and ground.coming:
        pays[-1] = replace(pays[-1], amount=pays[-1].amount + ground.position.today.payoff)
    tonight = (Pause(ground.as_of, ground.counts_from),) if ground.pays_from > ground.as_of else ()
    return Worlds(
        World(Change(ground.counts_from, pauses=tonight), tuple(one for one in pays if one.amount)),
        World(Change(ground.counts_from)),
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What the lender adds to every offer. discount_rate: a year, for present values."""

    breaks_when: BreaksWhen = field(default_factory=BreaksWhen)
    discount_rate: Fraction = Fraction(0)


def priced(ground: Ground, draft: Draft, worlds: Worlds, terms: Terms) -> Asking:
    """Ask the engine what the draft costs, correct its last payments until they leave what it says, and return the offer.

    No offer is made where the engine refuses the changed loan, or where arrears would be left: after the last payment, or between
    payments, where the measure doesn't say itself that they stay until its end.
    """
    if any(not any(part.principal for part in version.schedule) for version in draft.change.versions):
        return no_principal(draft.kind)
    change, waived, payments = draft.change, draft.waived, draft.payments
    if draft.waives_rest:
        (before,) = yield [Question(ground.loan, World(change, payments[:-1]), draft.ends_on)]
        if not isinstance(before, Figure):
            return NotOffered(draft.kind, f"{_CANT}: {before}." if isinstance(before, str) else f"{_CANT}.")
        waived = _rest(before, payments[-1].amount)
        change = replace(change, waivers=(*change.waivers, *waivers(waived, draft.ends_on)))
    if change.pauses and ground.charges_begin_today:
        rests = World(Change(change.counts_from, pauses=change.pauses))
        (first,) = yield [Question(ground.loan, rests, change.counts_from)]
        if isinstance(first, Figure):
            waived = _with_forgiven(ground, change, waived, first)
    for _ in range(_TRIES):
        kept = World(change, payments)
        end = payments[-1].on
        then, today, nothing = yield [
            Question(ground.loan, kept, end),
            Question(ground.loan, worlds.today, end, whole=False),
            Question(ground.loan, worlds.nothing, end, whole=False),
        ]
        if not isinstance(then, Figure) or isinstance(today, str) or isinstance(nothing, str):
            why = next((f": {one}." for one in (then, today, nothing) if isinstance(one, str)), ".")
            return NotOffered(draft.kind, _CANT + why)
        short = max(then.cure + then.due, then.payoff if then.payoff and _is_all_due_by(change, end) else 0)
        over = 0 if short else then.ahead + then.held - ground.paid_ahead_of(end, replaced=bool(change.versions))
        if not short and over <= 0:
            break
        payments = _corrected(payments, short - over, to_contract=ground.by_day)
        if not payments:
            return NotOffered(draft.kind, "What is held for the borrower meets it all.")
    else:
        left = decimal_text(short, ground.loan.currency)
        return NotOffered(draft.kind, f"Payments of this kind would leave {left} of arrears by its end.")
    if draft.waives_rest and then.payoff:
        return not_all_given_up(draft.kind)
    refused = yield from _past_due_between(ground, draft, kept)
    if refused is not None:
        return refused
    cost = _cost(kept, then, end)
    return Offer(
        kind=draft.kind,
        loan_id=ground.loan.id,
        currency=ground.loan.currency,
        as_of=ground.as_of,
        accept_by=ground.accept_by,
        payments=payments,
        total=sum(one.amount for one in payments),
        against_today=cost - _cost(worlds.today, today, end),
        against_nothing=_cost(worlds.nothing, nothing, end) - cost,
        stops=draft.stops,
        breaks_when=_within(terms.breaks_when, payments),
        credit=draft.credit,
        change=change,
        left_after=then.payoff,
        waived=waived,
        present_value=present_value(
            ground.as_of, [(one.on, one.amount) for one in payments] + [(end, then.payoff)], terms.discount_rate
        ),
        months=draft.months,
        afterwards=tuple(_afterwards(ground, change, end)),
    )


def _past_due_between(
    ground: Ground, draft: Draft, kept: World
) -> Generator[Sequence[Question], Sequence[Answer], NotOffered | None]:
    """Refuse a draft that would leave something past due between payments made on their days; None where it wouldn't.

    Where the loan stays in arrears by design, what is past due may only fall: of a draft by which charges run on, principal and interest.
    """
    days = days_in_doubt(ground, draft, kept.change, kept.payments)
    if not days:
        return None
    answers = yield [Question(ground.loan, kept, day, whole=False) for day in days]
    stays = draft.credit is Credit.IN_ARREARS
    runs, today = draft.stops.penalty is HowFar.GOES_ON, ground.position.today
    most = today.overdue_principal + today.overdue_interest if runs else today.amount_to_cure
    for day, found in zip(days, answers, strict=True):
        if isinstance(found, str):
            return NotOffered(draft.kind, f"{_CANT}: {found}.")
        now = found.overdue if runs else found.cure
        if (stays and now > most) or (not stays and found.is_late):
            return past_due_between(draft.kind, now, day, ground.loan.currency, before=most if stays else None)
        most = now
    return None


def given_up_by(ground: Ground, change: Change, payments: Sequence[OfferPayment]) -> int:
    """The most that a plan as it stands gives up, minor units: its waivers, of each day no more than what is open on it without them, and
    the charges of the day that its pause lets fall. CannotAssess as the engine says."""
    answer, without = by_reference(ground.position.policy), World(replace(change, waivers=()), tuple(payments))
    by_day: dict[date, int] = {}
    for one in change.waivers:
        by_day[one.effective_on] = by_day.get(one.effective_on, 0) + one.amount
    given_up = 0
    for asked, found in zip(
        by_day.values(), answer([Question(ground.loan, without, on) for on in by_day]), strict=True
    ):
        open_then = _told(found)
        given_up += min(asked, open_then.opened.total if isinstance(open_then, Figure) else open_then.payoff)
    if change.pauses and ground.charges_begin_today:
        rests = World(Change(change.counts_from, pauses=change.pauses))
        (first,) = answer([Question(ground.loan, rests, change.counts_from)])
        if isinstance(first, Figure):
            given_up += _with_forgiven(ground, change, Owed(), first).total
    return given_up


def leaves_past_due(ground: Ground, draft: Draft) -> NotOffered | None:
    """As `priced` refuses a draft: what a plan written by hand would leave past due between its payments or after the last one, each
    made on its day; asked of the reference. None: nothing. CannotAssess as the engine says."""
    kept, end, answer = World(draft.change, draft.payments), draft.payments[-1].on, by_reference(ground.position.policy)
    if (between := answered(_past_due_between(ground, draft, kept), answer)) is not None:
        return between
    (then,) = answer([Question(ground.loan, kept, end)])
    if not isinstance(then, Figure):
        raise CannotAssess(then if isinstance(then, str) else _CANT)
    if short := then.cure + then.due:
        left = decimal_text(short, ground.loan.currency)
        return NotOffered(
            draft.kind, f"Each payment made on its day, {left} would be past due or due on {end}, after the last one."
        )
    return None


def no_principal(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "No principal is open: there is nothing that another schedule could hold.")


def not_all_given_up(kind: OfferKind) -> NotOffered:
    return NotOffered(kind, "What isn't paid couldn't all be given up.")


def past_due_between(kind: OfferKind, now: int, on: date, currency: str, *, before: int | None = None) -> NotOffered:
    """now: minor units past due on a day; before: where arrears may stay, what was past due until then."""
    more = "" if before is None else f", more than before: {decimal_text(before, currency)}"
    left = decimal_text(now, currency)
    return NotOffered(
        kind, f"Each payment made on its day, {left} would be past due on {on}, before the last one{more}."
    )


@dataclass(frozen=True, slots=True)
class Price:
    """What payments cost, minor units: more than paying today (below zero: less); less than paying nothing; what is left after."""

    against_today: int
    against_nothing: int
    left_after: int


def price_of(ground: Ground, change: Change, payments: Sequence[OfferPayment]) -> Price:
    """What a way out costs as it stands, by the three worlds of `priced` and without correcting it. CannotAssess as the engine says."""
    worlds, kept, end = worlds_of(ground), World(change, tuple(payments)), payments[-1].on
    answers = by_reference(ground.position.policy)(
        [
            Question(ground.loan, kept, end),
            Question(ground.loan, worlds.today, end, whole=False),
            Question(ground.loan, worlds.nothing, end, whole=False),
        ]
    )
    then, today, nothing = (_told(answer) for answer in answers)
    cost = _cost(kept, then, end)
    return Price(cost - _cost(worlds.today, today, end), _cost(worlds.nothing, nothing, end) - cost, then.payoff)


def _told(answer: Answer) -> Closing:
    if isinstance(answer, str):
        raise CannotAssess(answer)
    return answer


def _afterwards(ground: Ground, change: Change, end: date) -> Iterator[OfferPayment]:
    """What falls due after a day, of the new schedule or else of the contract: in that month, and in the next one in which something does."""
    if change.versions:
        parts = [part for version in change.versions for part in version.schedule if part.due_on > end]
        dues = [
            (part.due_on, part.amount if part.minimum is None else min(part.minimum, part.amount)) for part in parts
        ]
    else:
        dues = [(part.due_on, part.asks) for part in ground.coming if part.due_on > end]
    by_day: dict[date, int] = {}
    for on, amount in sorted(dues):
        if amount:
            by_day[on] = by_day.get(on, 0) + amount
    ends_in, last = (end.year, end.month), None
    for on, amount in by_day.items():
        month = on.year, on.month
        if last is not None and month != last:
            return
        if month != ends_in:
            last = month
        yield OfferPayment(on, amount, 0, amount)


def _is_all_due_by(change: Change, end: date) -> bool:
    """Whether a new schedule asks for everything by a day, so that nothing may be left then, be it within a tolerance; a bill's rest may."""
    parts = [part for version in change.versions for part in version.schedule]
    return bool(parts) and all(part.due_on <= end and part.minimum is None for part in parts)


def _with_forgiven(ground: Ground, change: Change, waived: Owed, first: Figure) -> Owed:
    """What is given up, with the charges that began today and that the pause lets fall: its first day counts for no grace either.

    first: as the loan would be on the first day, with the pause alone. What the offer waives then to ask for it anew isn't given up.
    """
    anew = [one for one in change.waivers if one.effective_on == change.counts_from]
    sums = dict[str, int]()
    for name in ("penalty", "compound", "fee"):
        now = sum(getattr(one.open, name) for one in ground.position.today.instalments)
        moved = sum(one.amount for one in anew if one.component == name)
        sums[name] = getattr(waived, name) + max(0, now - getattr(first.opened, name) - moved)
    return replace(waived, **sums)


def _within(breaks_when: BreaksWhen, payments: Sequence[OfferPayment]) -> BreaksWhen:
    """What breaks the offer, with a tolerance that is less than each payment: none is kept with nothing paid."""
    asked = [one.amount if breaks_when.contract_too else one.amount - one.contract for one in payments]
    least = min((one for one in asked if one), default=1)
    return replace(breaks_when, missed_amount=min(breaks_when.missed_amount, least - 1))


def _rest(before: Figure, last: int) -> Owed:
    """What is given up on the last day: all that is open then beyond the last payment, charges before interest and principal."""
    left, given = before.opened.total - before.held - last, dict[str, int]()
    for component in WAIVED_IN_ORDER:
        given[component] = max(0, min(left, getattr(before.opened, component)))
        left -= given[component]
    return Owed(**given)


def _corrected(payments: tuple[OfferPayment, ...], by: int, *, to_contract: bool) -> tuple[OfferPayment, ...]:
    """Payments whose last one is larger, or whose last ones are smaller, by an amount.

    What is more is the new schedule's, where there is one; interest by day is the contract's own; charges that ran belong to the arrears.
    """
    *others, last = payments
    if by > 0:
        if last.plan:
            return (*others, replace(last, amount=last.amount + by, plan=last.plan + by))
        if last.contract and (to_contract or not last.arrears):
            return (*others, replace(last, amount=last.amount + by, contract=last.contract + by))
        return (*others, replace(last, amount=last.amount + by, arrears=last.arrears + by))
    if last.amount > -by:
        return (*others, less(last, -by))
    return (
        _corrected(tuple(others), by + last.amount, to_contract=to_contract)
        if others and last.amount < -by
        else tuple(others)
    )


def _cost(world: World, then: Closing, end: date) -> int:
    """Paid by the end, less what is held of it when nothing is owed any more, and what would still close the loan."""
    paid = sum(one.amount for one in world.payments if one.on <= end)
    return paid + then.payoff - (then.held if not then.principal else 0)


def present_value(as_of: date, payments: Sequence[tuple[date, int]], rate: Fraction) -> int:
    """What payments are worth on a day: amount ÷ ((1 + r/12)^m × (1 + r·d/365)), m whole months and d days on; half up, once.

    >>> present_value(date(2026, 1, 31), [(date(2026, 2, 28), 10100), (date(2026, 3, 10), 5000)], Fraction("0.12"))
    14934
    """
    # bounds in whole numbers say which it is, but where a half lies between them; then the exact fraction does
    worths = _worths(as_of, rate)
    least = above = 0
    for on, amount in payments:
        worth = worths.get(on)
        if worth is None:
            worth = worths[on] = worth_of_one(as_of, on, rate)
        least += amount * worth
        above += abs(amount)
    found = ratio_half_up(least - above, PARTS_OF_ONE)
    if found == ratio_half_up(least + above, PARTS_OF_ONE):
        return found
    return ratio_half_up(*_exact_worth(as_of, payments, rate))


PARTS_OF_ONE = 1 << 96


@lru_cache(maxsize=100)
def _worths(as_of: date, rate: Fraction) -> dict[date, int]:
    """By day, what worth_of_one says, as far as it was asked."""
    return {}


def worth_of_one(as_of: date, on: date, rate: Fraction) -> int:
    """What one unit on a day is worth, in parts of 2**96, less than one part too little."""
    months, days = _months_and_days(as_of, on)
    growth = (1 + rate / 12) ** months * (1 + rate * days / 365)
    return PARTS_OF_ONE * growth.denominator // growth.numerator


def _exact_worth(as_of: date, payments: Sequence[tuple[date, int]], rate: Fraction) -> tuple[int, int]:
    """What payments are worth, as a ratio that isn't reduced."""
    dated = [(*_months_and_days(as_of, on), amount) for on, amount in payments]
    most = max((months for months, _, _ in dated), default=0)
    shares, whole = _shares_of_growth(*(1 + rate / 12).as_integer_ratio(), most)
    groups: dict[int, int] = {}
    for months, days, amount in dated:
        groups[days] = groups.get(days, 0) + amount * shares[months]
    above, below = 0, 1  # in whole numbers: fractions that are reduced at every step cost more than all the rest
    for days, worth in groups.items():
        more, one = _longer_by(rate, days)
        above, below = above * more + worth * one * below, below * more
    return above, below * whole


@lru_cache(maxsize=1_000)
def _shares_of_growth(up: int, down: int, most: int) -> tuple[tuple[int, ...], int]:
    """What one unit after 0 to `most` periods is worth, where a unit grows to up/down in each: parts of a whole, and the whole."""
    parts = [up**most]
    for _ in range(most):
        parts.append(parts[-1] // up * down)
    return tuple(parts), parts[0]


@lru_cache(maxsize=1_000)
def _longer_by(rate: Fraction, days: int) -> tuple[int, int]:
    """By how much a sum grows in some days of a month, as a ratio."""
    return (1 + rate * days / 365).as_integer_ratio()


@lru_cache(maxsize=50_000)
def _months_and_days(start: date, end: date) -> tuple[int, int]:
    """Whole months from start to end, and the days beyond them; a month that lacks start's day ends on its last one."""
    if end <= start:
        return 0, 0
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = _moved(start, months)
    if reached > end:
        months -= 1
        reached = _moved(start, months)
    return months, (end - reached).days


def _moved(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))
