"""The ways out of a piece of a book: its overdue loans found by the kernel, and their offers worked out together.

Each loan's offers are those that it has alone. One that can't be worked out is set aside with its reason, and the rest go on.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodstanding.batch import layout
from goodstanding.batch.by_tables import ByTables, by_tables
from goodstanding.batch.columns import columns_of, drawdowns_of, run_kernel
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.kernel import NO_DETAIL
from goodstanding.batch.nesting import is_paid_ahead, nest
from goodstanding.batch.offer_tables import SET_ASIDE, Found, set_aside_table
from goodstanding.batch.policies import EPOCH, PolicyTable
from goodstanding.batch.segments import Segment, joined, segment_of
from goodstanding.batch.what_if import WhatIf, no_collector, ways_out_of_many
from goodstanding.book.read import to_loan
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.position import Assessment, InstalmentPosition, Owed
from goodstanding.core.loan import Loan
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.offers import Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import answered_by, nothing_beside, ways_out

_AT_ONCE, _PLAIN_AT_ONCE = 200, 500
_OWED = (layout.POSITION_DUE, layout.POSITION_PAID, layout.POSITION_OPEN, layout.POSITION_OVERDUE)
Places = npt.NDArray[np.int64]
Aside = tuple[str, str, str, str]
"""loan_id, column, reason for programs, sentence for people."""


@dataclass(frozen=True, slots=True)
class Granting:
    """What is the same for every loan of a book. limits: the law's, by product. policies: all of them; table: as the kernel has them."""

    table: PolicyTable
    policies: Mapping[str, ArrearsPolicy]
    rails: GuardRails
    limits: Mapping[str, tuple[LegalLimit, ...]]
    as_of: date
    accept_by: date

    def product_of(self, loan: Loan) -> str:
        return self.table.named(loan.product)


Changed = Callable[[Loan], tuple[Loan, str]]
"""From a loan as the book has it to the loan as what was agreed about it has changed it, and why nothing else is offered, if so."""


def offers_of(
    batch: pa.RecordBatch, granting: Granting, kernel: WhatIf, changed: Mapping[str, Changed] | None = None
) -> dict[str, pa.RecordBatch]:
    """The tables of a batch of the nested book: of its overdue loans, and of those that can't be worked out.

    changed: by loan id, of loans about which something was agreed; these come after the others.
    """
    aside, against, segments, before = list[Aside](), dict[str, str](), list[Segment](), 0
    ahead = list[Loan]()
    with no_collector():
        fast = by_tables(granting.table, granting.rails, granting.limits, granting.as_of, granting.accept_by)
        for part in _as_agreed(batch, changed or {}, aside, against, ahead):
            segments += _segments(part, before, granting, fast, kernel, against, aside)
            before += 2 * part.num_rows
        alone = enumerate(_paid_ahead(ahead, granting, aside), before)
        segments.append(segment_of([(place, _unless(one, against, granting.rails)) for place, one in alone]))
        return joined(segments) | {SET_ASIDE: set_aside_table(aside)}


def _segments(
    batch: pa.RecordBatch,
    before: int,
    granting: Granting,
    fast: ByTables | None,
    kernel: WhatIf,
    against: Mapping[str, str],
    aside: list[Aside],
) -> Iterator[Segment]:
    """What overdue loans are offered: plain ones in tables, the others loan by loan. Together they are in the order of the batch, but
    for those that the kernel can't compute: these come after the others, by the reference.

    before: how many places are taken. against: by loan, why nothing is offered since something was agreed.
    """
    overdue, refused = _sorted_out(batch, granting)
    others = [overdue]
    if fast is not None:
        speaks = np.isin(batch.column("loan_id").to_numpy(zero_copy_only=False)[overdue], list(against))
        others = [overdue[speaks]]
        for places in _some(overdue[~speaks], _PLAIN_AT_ONCE):
            segment, is_other = _in_tables(fast, batch, places, before)
            yield from segment
            others.append(places[is_other])
    for places in _some(np.sort(np.concatenate(others)), _AT_ONCE):
        found = _by_kernel(batch.take(pa.array(places)), granting, kernel, aside)
        yield segment_of([(before + int(places[at]), _unless(one, against, granting.rails)) for at, one in found])
    last = before + batch.num_rows
    for place, status in refused:
        alone = _by_reference(batch.slice(place, 1), layout.REASONS[status], granting, aside)
        yield segment_of([(last + place, _unless(one, against, granting.rails)) for one in alone])


def _some(places: Places, many: int) -> Iterator[Places]:
    return (places[start : start + many] for start in range(0, len(places), many))


def _in_tables(
    fast: ByTables, batch: pa.RecordBatch, places: Places, before: int
) -> tuple[list[Segment], npt.NDArray[np.bool_]]:
    """What plain loans are offered, worked out in tables; and of each loan whether it must go the other way."""
    try:
        segment, is_other = fast.segment(batch.take(pa.array(places)), before + places)
    except Exception as failed:  # a fault of ours there must cost nobody an offer
        said = f"{type(failed).__name__}: {failed}. Offers are worked out loan by loan instead; please report this as a fault"
        warnings.warn(said, RuntimeWarning, stacklevel=2)
        return [], np.ones(len(places), np.bool_)
    return [segment], is_other


def _unless(one: Found, against: Mapping[str, str], rails: GuardRails) -> Found:
    """What was found of a loan, unless something was agreed that speaks against offers."""
    why = against.get(one.today.loan_id)
    return replace(one, ways=nothing_beside(rails, why)) if why else one


def _as_agreed(
    batch: pa.RecordBatch,
    changed: Mapping[str, Changed],
    aside: list[Aside],
    against: dict[str, str],
    ahead: list[Loan],
) -> Iterator[pa.RecordBatch]:
    """The loans as the book has them, then those that are otherwise by what was agreed; against: why nothing is offered, by loan.

    ahead: takes those with money agreed for days to come, which the nested book has no word for.
    """
    ids = batch.column("loan_id").to_pylist()
    places = [place for place, one in enumerate(ids) if one in changed]
    if not places:
        yield batch
        return
    others = np.setdiff1d(np.arange(len(ids)), places)
    yield batch.take(pa.array(others))
    loans = list[Loan]()
    for row in batch.take(pa.array(places)).to_pylist():
        try:
            loan, why = changed[row["loan_id"]](to_loan(row))
            (ahead if is_paid_ahead(loan) else loans).append(loan)
            against |= {loan.id: why} if why else {}
        except Exception as failed:
            aside.append(_fault(row["loan_id"], failed))
    if loans:
        yield nest(loans)


def _sorted_out(batch: pa.RecordBatch, granting: Granting) -> tuple[Places, list[tuple[int, int]]]:
    """Which loans are overdue, and which the kernel can't compute, with their status."""
    columns = columns_of(batch, granting.table)
    out = run_kernel(columns, granting.table, granting.as_of, None, NO_DETAIL)
    good = out[layout.OUT_STATUS] == layout.OK
    late = good & ((out[layout.OUT_CURE] > 0) | (out[layout.OUT_OLDEST] != layout.NONE))
    bad = np.flatnonzero(~good)
    return np.flatnonzero(late), list(zip(bad.tolist(), out[layout.OUT_STATUS][bad].tolist(), strict=True))


def _by_kernel(
    batch: pa.RecordBatch, granting: Granting, kernel: WhatIf, aside: list[Aside]
) -> Iterator[tuple[int, Found]]:
    """What the loans of a batch are offered, each with its place in it."""
    loans = list[Loan | None]()
    for row in batch.to_pylist():
        try:
            loans.append(to_loan(row))
        except Exception as failed:
            loans.append(None)
            aside.append(_fault(row["loan_id"], failed))
    standing = list(_positions(batch, loans, granting))
    limits = [granting.limits.get(granting.product_of(one.loan), ()) for _, one in standing]
    try:
        together = ways_out_of_many([one for _, one in standing], granting.rails, limits, kernel)
    except Exception:  # a fault of ours in one loan must not cost the others their offers
        yield from _one_by_one(standing, granting, kernel, aside)
        return
    for (place, position), ways in zip(standing, together, strict=True):
        yield place, Found(position.today, granting.product_of(position.loan), position.accept_by, ways)


def _one_by_one(
    standing: Sequence[tuple[int, Position]], granting: Granting, kernel: WhatIf, aside: list[Aside]
) -> Iterator[tuple[int, Found]]:
    for place, position in standing:
        product = granting.product_of(position.loan)
        try:
            (ways,) = ways_out_of_many([position], granting.rails, [granting.limits.get(product, ())], kernel)
        except Exception as failed:
            aside.append(_fault(position.loan.id, failed))
            continue
        yield place, Found(position.today, product, position.accept_by, ways)


def _positions(
    batch: pa.RecordBatch, loans: Sequence[Loan | None], granting: Granting
) -> Iterator[tuple[int, Position]]:
    """Where these loans stand, each with its place, by the kernel; without what offers don't ask for: drawdowns, lines, classes."""
    drawn = drawdowns_of(batch)
    columns = columns_of(batch, granting.table, drawn)
    detail = room_for_detail(columns)
    out = run_kernel(columns, granting.table, granting.as_of, None, detail).T.tolist()
    starts = detail.positions_at.tolist()
    rows = detail.positions[:, : starts[-1]].T.tolist()
    for place, (loan, values) in enumerate(zip(loans, out, strict=True)):
        if loan is None:
            continue
        policy = int(columns.policy_of[place])
        buckets = granting.table.bucket_names[policy]
        instalments = [_instalment(row, drawn.names, buckets) for row in rows[starts[place] : starts[place + 1]]]
        today = _assessment(loan, granting.as_of, values, buckets, tuple(instalments))
        yield place, Position(loan, granting.table.policies[policy], today, granting.accept_by)


def _instalment(row: Sequence[int], names: Sequence[str], buckets: Sequence[str]) -> InstalmentPosition:
    due, paid, still_open, overdue = (Owed(*row[first : first + 5]) for first in _OWED)
    return InstalmentPosition(
        row[layout.POSITION_NUMBER],
        _day(row[layout.POSITION_DUE_ON]),
        names[row[layout.POSITION_DRAWDOWN]],
        due,
        paid,
        still_open,
        overdue,
        row[layout.POSITION_DAYS],
        row[layout.POSITION_DELINQUENT],
        buckets[row[layout.POSITION_BUCKET]],
    )


_DAYS = frozenset(("oldest_due_on", "arrears_since", "next_due_on", "charged_off_on"))
_FIGURES = [
    (name, place, name in _DAYS)
    for place, name in enumerate(layout.RESULTS)
    if name not in ("status", "bucket", "classification", "classified_as", "by_steps")
]


def _assessment(
    loan: Loan, as_of: date, values: Sequence[int], buckets: Sequence[str], instalments: tuple[InstalmentPosition, ...]
) -> Assessment:
    figures: dict[str, Any] = {
        name: _perhaps_day(values[place]) if is_day else values[place] for name, place, is_day in _FIGURES
    }
    return Assessment(
        loan_id=loan.id,
        currency=loan.currency,
        as_of=as_of,
        bucket=buckets[values[layout.OUT_BUCKET]],
        classification="",
        classified_as="",
        drawdowns=(),
        instalments=instalments,
        lines=(),
        **figures,
    )


def _perhaps_day(number: int) -> date | None:
    return None if number == layout.NONE else _day(number)


def _day(number: int) -> date:
    return date.fromordinal(number + EPOCH)


def _paid_ahead(loans: Sequence[Loan], granting: Granting, aside: list[Aside]) -> Iterator[Found]:
    """Loans with money agreed for days to come, by the reference."""
    for loan in loans:
        try:
            today = assess(loan, granting.policies[granting.product_of(loan)], as_of=granting.as_of)
        except Exception as failed:
            aside.append(_fault(loan.id, failed))
            continue
        yield from _ways_by_reference(loan, today, granting, aside)


def _by_reference(batch: pa.RecordBatch, why: layout.Reason, granting: Granting, aside: list[Aside]) -> Iterator[Found]:
    """A loan that is beyond the kernel: by the reference, if that can compute it; else it is set aside with the kernel's reason."""
    (row,) = batch.to_pylist()
    name = row["loan_id"] or ""
    try:
        loan = to_loan(row)
        product = granting.product_of(loan)
        if loan.currency != granting.table.currency:
            raise CannotAssess(why.sentence)
        policy = granting.policies[product]
        today = assess(loan, policy, as_of=granting.as_of)
    except Exception:  # whatever the reference says of it, the kernel has said why in words for a lender
        aside.append((name, why.column, why.name, why.sentence))
        return
    yield from _ways_by_reference(loan, today, granting, aside)


def _ways_by_reference(loan: Loan, today: Assessment, granting: Granting, aside: list[Aside]) -> Iterator[Found]:
    """The ways out of a loan that stands so, if it is overdue."""
    if not today.amount_to_cure and today.oldest_due_on is None:
        return
    product = granting.product_of(loan)
    policy = granting.policies[product]
    position = Position(loan, policy, today, granting.accept_by)
    try:
        asked = ways_out(position, granting.rails, granting.limits.get(product, ()))
        yield Found(today, product, granting.accept_by, answered_by(asked, by_reference(policy)))
    except Exception as failed:
        aside.append(_fault(loan.id, failed))


def _fault(loan_id: str, failed: Exception) -> Aside:
    said = f"{type(failed).__name__}: {failed}. Please report this as a fault"
    return loan_id, "loan", "fault", said
