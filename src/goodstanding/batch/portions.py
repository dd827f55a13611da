"""A book in portions, in the order of its loans: what the kernel says of each loan, and which loans it leaves to others.

It leaves those that it sets aside: the reference says why in words, and computes what lies beyond the kernel's limits.
Without a kernel every loan is left. Put together, the results are the same.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.results import SCHEMA, assessments_of, exact_sum, rows_of
from goodstanding.book.read import LoanExtras, to_loan
from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.loan import Loan

Places = npt.NDArray[np.int64]
"""Which loans of a portion, from 0, ascending."""
Figures = tuple[Assessment, str]
"""An assessment without its lists, and the loan's product."""

_THEIRS = {"lender_days_past_due": "days_past_due", "lender_balance": "outstanding_principal"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Result rows, and of which loans they are."""

    rows: pa.RecordBatch
    places: Places

    def only(self, places: Places) -> "Rows":
        """Those rows whose loans are among these."""
        kept = np.isin(self.places, places)
        return self if kept.all() else Rows(self.rows.filter(pa.array(kept)), self.places[kept])


_NONE = Rows(pa.RecordBatch.from_pylist([], schema=SCHEMA), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Portion:
    """Some loans of a book. done: what the kernel computed, at_cut_off: the same for the day of the lender's own figures.

    at_cut_off has the loans for which the lender gives figures; it is `done` where the two days are one.
    """

    batch: pa.RecordBatch
    done: Rows
    at_cut_off: Rows

    @property
    def loans(self) -> int:
        return int(self.batch.num_rows)

    def without(self, loan_ids: Collection[str]) -> "Portion":
        """The same with these loans left to the reference, since more is known of them than the kernel reads."""
        named = np.fromiter((one in loan_ids for one in self.batch.column("loan_id").to_pylist()), np.bool_, self.loans)
        if not named.any():
            return self
        others = np.flatnonzero(~named)
        return Portion(self.batch, self.done.only(others), self.at_cut_off.only(others))

    def left(self) -> list[tuple[Loan, LoanExtras]]:
        """The loans that are left to the reference, whole."""
        return self.whole(self.left_places())

    def left_places(self) -> Places:
        return np.setdiff1d(np.arange(self.loans), self.done.places)

    def whole(self, places: Places) -> list[tuple[Loan, LoanExtras]]:
        rows = self.batch.take(pa.array(places)).to_pylist()
        return [(to_loan(row), LoanExtras(row["borrower_id"], *(row[name] for name in _THEIRS))) for row in rows]

    def with_answers(self, answers: Sequence[Figures | None]) -> "Answered":
        """Put in what the reference says of the loans that were left, in their order; None: set aside."""
        places = self.left_places()
        good = np.array([answer is not None for answer in answers], np.bool_)
        theirs = Rows(rows_of([answer for answer in answers if answer is not None]), places[good])
        return Answered(self, _put_together(self.done, theirs))


@dataclass(frozen=True, slots=True)
class Answered:
    """A portion with the results of all loans that weren't set aside."""

    portion: Portion
    results: Rows

    def sums(self, amounts: Sequence[str]) -> Iterator[tuple[str, str, int, int, list[int]]]:
        """By product and bucket: how many loans, how many of them with something to cure, and their amounts, added up."""
        rows = self.results.rows
        product, bucket = (rows.column(name).dictionary_encode() for name in ("product", "bucket"))
        keys = product.indices.to_numpy().astype(np.int64) * len(bucket.dictionary) + bucket.indices.to_numpy()
        columns = [rows.column(name).to_numpy() for name in amounts]
        to_cure = rows.column("amount_to_cure").to_numpy()
        for key in np.unique(keys).tolist():
            here = keys == key
            which = divmod(key, len(bucket.dictionary))
            names = (product.dictionary[which[0]].as_py(), bucket.dictionary[which[1]].as_py())
            sums = [exact_sum(column[here]) for column in columns]
            yield *names, int(here.sum()), int((to_cure[here] > 0).sum()), sums

    def overdue(self) -> list[tuple[int, Assessment, str, str]]:
        """Loans with something overdue: each one's place, figures, product and borrower."""
        rows = self.results.rows
        return self._chosen(
            pc.or_(pc.greater(rows.column("amount_to_cure"), 0), rows.column("oldest_due_on").is_valid())
        )

    def coming(self, after: date, until: date) -> list[tuple[int, Assessment, str, str]]:
        """The same of loans with nothing overdue, whose next amount falls due after one day and until another."""
        rows = self.results.rows
        due_on = rows.column("next_due_on")
        soon = pc.and_(pc.greater(due_on, pa.scalar(after)), pc.less_equal(due_on, pa.scalar(until)))
        nothing_late = pc.and_(pc.equal(rows.column("amount_to_cure"), 0), rows.column("oldest_due_on").is_null())
        return self._chosen(
            pc.and_(pc.and_(soon, nothing_late), pc.greater(rows.column("next_due"), 0)).fill_null(False)
        )

    def _chosen(self, chosen: pa.BooleanArray) -> list[tuple[int, Assessment, str, str]]:
        places = self.results.places[chosen.to_numpy(zero_copy_only=False)]
        borrowers = self.portion.batch.column("borrower_id").take(pa.array(places)).to_pylist()
        figures = assessments_of(self.results.rows.filter(chosen))
        return [
            (place, assessment, product, borrower)
            for place, (assessment, product), borrower in zip(places.tolist(), figures, borrowers, strict=True)
        ]

    def whole(self, place: int) -> tuple[Loan, LoanExtras]:
        """A loan, whole."""
        return self.portion.whole(np.array([place]))[0]

    def has_lenders_figures(self) -> bool:
        """Whether the lender's files say something themselves of a loan that was assessed."""
        return bool(len(_with_figures(self.portion.batch, self.results.places)))

    def unlike_the_lenders(self) -> list[tuple[int, Assessment, LoanExtras]]:
        """Loans that the kernel computed, of which the lender's own figures differ: place, ours of their day, theirs."""
        ours = self.portion.at_cut_off
        beside = self.portion.batch.take(pa.array(ours.places))
        differs = np.zeros(len(ours.places), np.bool_)
        for name, figure in _THEIRS.items():
            unlike = pc.not_equal(beside.column(name).cast(pa.int64()), ours.rows.column(figure))
            differs |= unlike.fill_null(False).to_numpy(zero_copy_only=False)
        chosen = pa.array(differs)
        figures = assessments_of(ours.rows.filter(chosen))
        said = beside.filter(chosen).select(["borrower_id", *_THEIRS]).to_pylist()
        return [
            (place, assessment, LoanExtras(**row))
            for place, (assessment, _), row in zip(ours.places[differs].tolist(), figures, said, strict=True)
        ]


def portions(
    book: Path, size: int, policies: PolicyTable | None, *, as_of: date, cut_off: date | None = None
) -> Iterator[Portion]:
    """Cut a book into portions of at most so many loans, and assess each by the kernel; without policies, by nobody.

    book: book.parquet. cut_off: the day that the lender's own figures are of; None where they aren't asked about.
    """
    with pq.ParquetFile(book) as file:
        for batch in file.iter_batches(batch_size=size):
            if policies is None:
                yield Portion(batch, _NONE, _NONE)
            else:
                yield _assessed(batch, policies, as_of, cut_off or as_of)


def _assessed(batch: pa.RecordBatch, policies: PolicyTable, as_of: date, cut_off: date) -> Portion:
    """A loan that can't be computed for both days is left."""
    done = _by_kernel(batch, np.arange(batch.num_rows), policies, as_of)
    told = _with_figures(batch, done.places)
    if cut_off == as_of:
        return Portion(batch, done, done.only(told))
    then = _by_kernel(batch, told, policies, cut_off)
    lost = np.setdiff1d(told, then.places)
    return Portion(batch, done.only(np.setdiff1d(done.places, lost)), then)


def _by_kernel(batch: pa.RecordBatch, places: Places, policies: PolicyTable, day: date) -> Rows:
    from goodstanding.batch.columns import assess_batch

    if not len(places):
        return _NONE
    asked = batch if len(places) == batch.num_rows else batch.take(pa.array(places))
    results, set_aside = assess_batch(asked, policies, as_of=day)
    names = pa.array([policies.named(name) for name in results.column("product").dictionary.to_pylist()], pa.string())
    products = pa.DictionaryArray.from_arrays(results.column("product").indices, names)
    where = results.schema.get_field_index("product")
    results = results.set_column(where, results.schema.field(where), products)
    if not set_aside.num_rows:
        return Rows(results.cast(SCHEMA), places)
    good = pc.is_in(asked.column("loan_id"), value_set=results.column("loan_id")).to_numpy(zero_copy_only=False)
    return Rows(results.cast(SCHEMA), places[good])


def _with_figures(batch: pa.RecordBatch, places: Places) -> Places:
    """Those of the loans of which the lender's files give days past due or a balance."""
    given = [batch.column(name).is_valid().to_numpy(zero_copy_only=False) for name in _THEIRS]
    return places[(given[0] | given[1])[places]]


def _put_together(one: Rows, other: Rows) -> Rows:
    if not len(other.places):
        return one
    places = np.concatenate([one.places, other.places])
    order = np.argsort(places)
    return Rows(pa.concat_batches([one.rows, other.rows]).take(pa.array(order)), places[order])
