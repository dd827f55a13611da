"""What the loans of a book add up to, by product and bucket. Amounts: minor units of the book's currency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.policy import ArrearsPolicy

AMOUNTS = (
    "overdue_principal",
    "overdue_interest",
    "penalty",
    "compound_interest",
    "fees",
    "amount_to_cure",
    "outstanding_principal",
)


@dataclass(slots=True)
class Tally:
    """How many loans, how many of them with something overdue, and their amounts."""

    loans: int = 0
    in_arrears: int = 0
    amounts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(AMOUNTS, 0))

    def count(self, assessment: Assessment) -> None:
        self.loans += 1
        self.in_arrears += assessment.amount_to_cure > 0
        for name in AMOUNTS:
            self.amounts[name] += getattr(assessment, name)


def total(tallies: Iterable[Tally]) -> Tally:
    added = Tally()
    for tally in tallies:
        added.loans += tally.loans
        added.in_arrears += tally.in_arrears
        for name in AMOUNTS:
            added.amounts[name] += tally.amounts[name]
    return added


@dataclass(slots=True)
class Totals:
    """Tallies by product and bucket, filled as loans are assessed."""

    by_place: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def count(self, assessment: Assessment, product: str) -> None:
        self.by_place.setdefault((product, assessment.bucket), Tally()).count(assessment)

    def add(self, product: str, bucket: str, tally: Tally) -> None:
        before = self.by_place.get((product, bucket), Tally())
        self.by_place[product, bucket] = total([before, tally])

    def whole(self) -> Tally:
        return total(self.by_place.values())

    def by_product(self) -> dict[str, Tally]:
        products = sorted({product for product, _ in self.by_place})
        return {
            name: total(tally for (product, _), tally in self.by_place.items() if product == name) for name in products
        }

    def by_bucket(self, policies: Mapping[str, ArrearsPolicy]) -> dict[tuple[str, ...], dict[str, Tally]]:
        """Tallies by bucket, the base first, for each set of products that share their buckets: by the products' names."""
        sharing: dict[tuple[str, ...], list[str]] = {}
        for product in self.by_product():
            buckets = policies[product].buckets
            sharing.setdefault((buckets.base, *buckets.names), []).append(product)
        return {
            tuple(products): {bucket: self._of(products, bucket) for bucket in names}
            for names, products in sharing.items()
        }

    def _of(self, products: Sequence[str], bucket: str) -> Tally:
        return total(tally for place, tally in self.by_place.items() if place[0] in products and place[1] == bucket)
