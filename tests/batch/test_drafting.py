"""The compiled drafts are core's, table by table: the ground of each loan, and every measure's draft or refusal on every field."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from goodstanding.batch.columns import columns_of, drawdowns_of, run_kernel
from goodstanding.batch.drafting import tables
from goodstanding.batch.drafting.asking import drafted
from goodstanding.batch.drafting.rails import table_of
from goodstanding.batch.drafting.refusals import refused
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import policy_table
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Instalment, Loan
from goodstanding.core.plans.guard_rails import GuardRails, Measure
from goodstanding.core.plans.offers import OfferKind, Position
from goodstanding.core.rates import AnnualRate, DayCount
from tests.batch.drafts_of_core import drafts_of
from tests.batch.random_books import PPM, a_plain_policy, a_policy, a_steady_loan, any_loan
from tests.core.portfolios import LAST_DAY, START
from tests.core.test_ways_out import EVERY_MEASURE

Rows = npt.NDArray[np.int64]
MORE = GuardRails(
    measures=(
        *EVERY_MEASURE.measures,
        Measure(OfferKind.ARREARS_INSTALMENTS, months=(12,), least_overdue=3),
        Measure(OfferKind.DEFERRAL, months=(1, 5), bears_interest=False, from_dpd=31),
        Measure(OfferKind.RE_AGE, bears_interest=False, to_dpd=200),
        Measure(OfferKind.LONGER_TERM, months=(24,), products=("cash", "other")),
        Measure(OfferKind.LOWER_RATE, rate=Fraction(1, 3)),
        Measure(OfferKind.WAIVER, components=tuple(Component), share=Fraction(1, 3)),
        Measure(OfferKind.WAIVER, components=(Component.COMPOUND,)),
        Measure(OfferKind.SETTLEMENT, share=Fraction(99, 100), months=(6,)),
        Measure(OfferKind.SETTLEMENT, months=(1,)),
        Measure(OfferKind.PERSONAL_PLAN, months=(60,), products=("nobody's",)),
    )
)


def positions_of(
    loans: Sequence[Loan], policy: ArrearsPolicy, as_of: date, accept_by: date
) -> tuple[list[Loan], list[Position | None]]:
    """Those of the loans that are overdue, and where they stand; None: the reference refuses it."""
    kept, found = list[Loan](), list[Position | None]()
    for loan in loans:
        try:
            today = assess(loan, policy, as_of=as_of)
        except CannotAssess:
            kept.append(loan)
            found.append(None)
            continue
        if today.amount_to_cure or today.oldest_due_on is not None:
            kept.append(loan)
            found.append(Position(loan, policy, today, accept_by))
    return kept, found


def statuses_of(
    loans: Sequence[Loan], policy: ArrearsPolicy, as_of: date, accept_by: date, rails: GuardRails = MORE
) -> Counter[int]:
    """Hold the tables of these loans to core's; return how often each GROUND_STATUS came up."""
    loans, standing = positions_of(loans, policy, as_of, accept_by)
    if not loans:
        return Counter()
    batch, table, measures = nest(loans), policy_table({"cash": policy}), table_of(rails.measures)
    assert measures is not None
    drawn = drawdowns_of(batch)
    columns = columns_of(batch, table, drawn)
    detail = room_for_detail(columns)
    out = run_kernel(columns, table, as_of, None, detail)
    granted = measures.granted_to([one.product for one in loans])
    found = drafted(columns, table, out, detail, measures, granted, as_of, accept_by)
    status = found.ground[tables.GROUND_STATUS].tolist()
    core = drafts_of(
        [one if is_plain == tables.PLAIN else None for one, is_plain in zip(standing, status, strict=True)],
        rails,
        table,
        drawn.names,
    )
    expected = core.tables()
    for place, loan in enumerate(loans):
        if status[place] == tables.PLAIN:
            assert list(rows_of(found, place)) == list(rows_of(expected, place)), loan
            refusals(found, expected, place, loan, rails, core.said)
    return Counter(status)


def rows_of(found: tables.Drafts, place: int) -> list[object]:
    """Whatever the tables say of a loan, apart from where its rows lie and what refuses a draft."""
    ground = found.ground[:, place]
    places = [tables.GROUND_PARTS_AT, tables.GROUND_DRAFTS_AT]
    parts = found.parts[:, ground[tables.GROUND_PARTS_AT] :][:, : ground[tables.GROUND_PARTS_N]]
    rows: list[object] = [np.delete(ground, places).tolist(), parts.tolist()]
    for draft in drafts_at(found, place):
        if draft[tables.DRAFT_STATUS] != tables.DRAFTED:
            rows.append(draft[: tables.DRAFT_STATUS].tolist())
            continue
        lists = (
            (found.payments, tables.DRAFT_PAYMENTS_AT),
            (found.schedule, tables.DRAFT_SCHEDULE_AT),
            (found.waivers, tables.DRAFT_WAIVERS_AT),
        )
        rows.append(np.delete(draft, [at for _, at in lists]).tolist())
        rows += [table[:, draft[at] :][:, : draft[at + 1]].tolist() for table, at in lists]
    return rows


def drafts_at(found: tables.Drafts, place: int) -> Rows:
    first, count = found.ground[[tables.GROUND_DRAFTS_AT, tables.GROUND_DRAFTS_N], place]
    return found.drafts[:, first : first + count].T


def refusals(
    found: tables.Drafts, expected: tables.Drafts, place: int, loan: Loan, rails: GuardRails, said: list
) -> None:
    for ours, theirs in zip(drafts_at(found, place), drafts_at(expected, place), strict=True):
        if status := int(ours[tables.DRAFT_STATUS]):
            measure = rails.measures[ours[tables.DRAFT_MEASURE]]
            assert refused(measure, status, int(ours[tables.DRAFT_A]), loan.product) == said[theirs[tables.DRAFT_A]]


def a_draftable_loan(dice: Random, policy: ArrearsPolicy) -> Loan:
    """A loan of any kind, any rhythm and any size."""
    fate = dice.random()
    if fate < 0.4:
        loan = any_loan(dice, policy)
        is_free = dice.random() < 0.4 and not loan.versions
        schedule = tuple(replace(one, minimum=None) for one in loan.schedule)
        return replace(loan, schedule=schedule) if is_free else loan
    loan = a_steady_loan(dice, dice.choice([3, 50, 200_000, 10**7, 10**11]))
    if fate < 0.7:
        return loan
    return odd_calendar(dice, loan)


def odd_calendar(dice: Random, loan: Loan) -> Loan:
    """The same payments on other days: month ends, fortnights, days, quarters, a day moved for once; some parts ask for nothing."""
    count, first = dice.randint(1, 24), START + timedelta(days=dice.randint(1, 60))
    gap = dice.choice([0, 0, 1, 7, 14, 27, 28, 31, 91])  # 0: monthly
    parts, day = list[Instalment](), first.replace(day=min(first.day, dice.choice([1, 15, 28, 29, 30, 31])))
    if not gap and dice.random() < 0.4:
        day = date(2023, 12, 31)
    principal, interest, fee = dice.choice([1, 7, 1000, 123_457]), dice.choice([0, 3, 999]), dice.choice([0, 0, 25])
    for place in range(count):
        moved = timedelta(days=dice.choice([0, 0, 0, 0, 1]) if gap != 1 else 0)
        own = 0 if dice.random() < 0.1 and place else principal
        parts.append(Instalment(max(day, START) + moved, own, interest, fee))
        day = day + timedelta(days=gap) if gap else month_on(day, first)
    due = sorted({one.due_on: one for one in parts}.values(), key=lambda one: one.due_on)
    return replace(loan, principal=sum(one.principal for one in due), schedule=tuple(due))


def month_on(day: date, like: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = (date(following.year + following.month // 12, following.month % 12 + 1, 1) - timedelta(days=1)).day
    return following.replace(day=min(last, max(day.day, like.day) if day.month != 2 else 31))


def a_case(dice: Random, count: int) -> tuple[list[Loan], ArrearsPolicy, date, date]:
    """Loans of one policy, on a day that most of them are overdue."""
    policy = a_plain_policy(dice) if dice.random() < 0.4 else a_policy(dice)
    as_of = START + timedelta(days=dice.randint(60, LAST_DAY))
    loans = []
    for place in range(count):
        loan = a_draftable_loan(dice, policy)
        rate = Fraction(dice.choice([0, 1, 60_000, 333_333, dice.randint(0, 600_000)]), PPM)
        moves = tuple(one for one in loan.transactions if one.effective_on <= as_of or dice.random() < 0.03)
        if dice.random() < 0.4:
            moves = moves[: dice.randint(0, 2)]
        ids = {one.id for one in moves}
        moves = tuple(one for one in moves if one.reverses is None or one.reverses in ids)
        loans.append(
            replace(
                loan,
                id=f"L{place:03}",
                product=dice.choice(["cash", "cash", ""]),
                annual_rate=AnnualRate(rate, dice.choice(list(DayCount))),
                transactions=moves,
            )
        )
    return loans, policy, as_of, as_of + timedelta(days=dice.choice([0, 1, 14, 14, 14, 40]))


@pytest.mark.parametrize("seed", range(4))
def test_the_drafts_of_random_loans_are_cores_on_every_field(seed: int) -> None:
    dice, statuses = Random(seed), Counter[int]()
    for _ in range(10):
        loans, policy, as_of, accept_by = a_case(dice, 25)
        statuses += statuses_of(loans, policy, as_of, accept_by)
    assert statuses[tables.PLAIN] > 0.6 * statuses.total() > 60
