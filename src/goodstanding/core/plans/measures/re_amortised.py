"""What re-amortising, a longer term and a lower rate share: all that is open, spread anew over the rest of the contract."""

from collections.abc import Sequence
from datetime import date

from goodstanding.core.loan import Instalment
from goodstanding.core.plans.measures.amortised import amortised, interest_for
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import Ground, Part, Payments, as_scheduled, met_by_credit, take_over
from goodstanding.core.plans.measures.moved import merged
from goodstanding.core.plans.offers import Credit, HowFar, OfferKind, Stops
from goodstanding.core.rates import AnnualRate


def re_amortised(ground: Ground, kind: OfferKind, days: Sequence[date], rate: AnnualRate, *, months: int = 0) -> Draft:
    """Draft a new schedule over these days at this rate: each drawdown by itself, all on the same days.

    Interest runs from as_of on the principal that isn't paid before the first of the days; overdue interest and fees, and what
    has run of the current period, are spread evenly beside it and bear nothing. What falls due before the
    offer's end is paid as usual. Charges so far are paid with the first payment.
    """
    paid, schedule = Payments(), list[Instalment]()
    for one in ground.between:
        schedule.append(as_scheduled(one))
        paid.add(one.due_on, contract=one.asks if ground.by_day else schedule[-1].amount)
    for drawdown in sorted({one.drawdown for one in (*ground.fallen, *ground.coming)}):
        fallen = [one for one in ground.fallen if one.drawdown == drawdown]
        later = [one for one in ground.later if one.drawdown == drawdown]
        principal = sum(one.principal for one in (*fallen, *later))
        beside = sum(one.interest for one in fallen)
        fee = sum(one.fee for one in fallen) + sum(one.whole_fee for one in later)
        since, run = interest_since(ground, fallen, later)
        schedule += amortised(principal, rate, since, days, beside=beside + run, fee=fee, drawdown=drawdown)
    new = merged(part for part in schedule if part.amount)
    for part in new:
        if part.due_on >= days[0]:
            paid.add(part.due_on, plan=part.amount)
    paid.with_first(arrears=ground.charges.total)
    return Draft(
        kind,
        take_over(ground, new),
        met_by_credit(paid.made(), ground.credit_of_a_version),
        Stops(penalty=HowFar.ENDS, calls=HowFar.RESTS, reports=HowFar.ENDS),
        Credit.RESTRUCTURED,
        months,
    )


def interest_since(ground: Ground, fallen: Sequence[Part], later: Sequence[Part]) -> tuple[date, int]:
    """From when interest on a balance runs anew, and what has run before: of the period that is cut off, or, until the last
    instalment that is paid as usual, on the overdue principal."""
    if not ground.between:
        return ground.as_of, run_of(ground, fallen, later)
    rate, since = ground.rate, max(one.due_on for one in ground.between)
    overdue = sum(one.principal for one in fallen)
    return since, interest_for(overdue, rate, ground.as_of, since)


def run_of(ground: Ground, fallen: Sequence[Part], later: Sequence[Part]) -> int:
    """What has run so far of one drawdown's period; of several that fall due together each has the share of its interest.

    The first of those with any interest takes the odd pennies; where none has any, the first drawdown has it all.
    """
    first = ground.coming[0] if ground.coming else None
    if first is None:
        return 0
    name = next((one.drawdown for one in (*fallen, *later)), "")
    running = [one for one in ground.coming if one.due_on == first.due_on]
    whole = sum(one.whole_interest for one in running)
    if not whole:
        return ground.run_so_far if name == first.drawdown else 0
    shares = {one.drawdown: ground.run_so_far * one.whole_interest // whole for one in running}
    odd = ground.run_so_far - sum(shares.values())
    takes_odd = next(one.drawdown for one in running if one.whole_interest)
    return shares.get(name, 0) + (odd if name == takes_odd else 0)
