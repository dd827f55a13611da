"""What a folder of results comes to: loans and amounts to cure by bucket, and why loans were set aside.

Only the two columns that it needs are read, file by file. Sums are exact whatever the amounts.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from goodstanding.batch.folder import QUARANTINED, read_manifest
from goodstanding.batch.results import exact_sum


@dataclass(frozen=True, slots=True)
class Tally:
    """loans: how many, in_arrears: those of them with something to cure. amount_to_cure: minor units."""

    loans: int = 0
    in_arrears: int = 0
    amount_to_cure: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.loans + other.loans,
            self.in_arrears + other.in_arrears,
            self.amount_to_cure + other.amount_to_cure,
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why loans were set aside. column: of the book, that it points to; such_as: one of them."""

    column: str
    sentence: str
    loans: int
    such_as: str


def tallies(folder: Path) -> dict[str, Tally]:
    """Tallies by bucket, in no order, of the results that the folder's manifest lists."""
    found: dict[str, Tally] = {}
    for name in read_manifest(folder)["files"]:
        for bucket, tally in _tallies_of(folder / name):
            found[bucket] = found.get(bucket, Tally()) + tally
    return found


def reasons(folder: Path) -> list[Reason]:
    """Why loans were set aside, the most frequent reason first."""
    counted: Counter[tuple[str, str]] = Counter()
    such_as: dict[tuple[str, str], str] = {}
    with pq.ParquetFile(folder / QUARANTINED) as file:
        for batch in file.iter_batches(columns=["loan_id", "column", "sentence"]):
            for loan_id, *reason in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                counted[tuple(reason)] += 1
                such_as.setdefault(tuple(reason), loan_id or "")
    return [Reason(*reason, loans, such_as[reason]) for reason, loans in counted.most_common()]


def _tallies_of(path: Path) -> Iterable[tuple[str, Tally]]:
    with pq.ParquetFile(path, read_dictionary=["bucket"]) as file:
        for batch in file.iter_batches(batch_size=1 << 20, columns=["bucket", "amount_to_cure"]):
            buckets, amounts = batch.column("bucket"), batch.column("amount_to_cure").to_numpy()
            codes = buckets.indices.to_numpy()
            for code, bucket in enumerate(buckets.dictionary.to_pylist()):
                of_bucket = amounts[codes == code]
                yield bucket, Tally(len(of_bucket), int((of_bucket > 0).sum()), exact_sum(of_bucket))
