"""report.html: the day on one page. One file, nothing fetched, no script; it prints, and it is dark where the screen is.

The same inputs give the same page to the byte, so it holds no clock time and names no machine.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib import resources

import jinja2

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.day.agreed import FILE, Agreed, listed
from goodstanding.day.contacts import Decided, Outcome, ending_of
from goodstanding.day.figures import grouped_text, long_date
from goodstanding.day.ledger import Entry
from goodstanding.day.reconciliation import Difference
from goodstanding.day.set_aside import SetAside
from goodstanding.day.totals import Tally, Totals

SHOWN = 100
"""Rows that the page shows of a long list; the file named beside it has them all."""

COMPONENTS = {
    "overdue_principal": "Principal",
    "overdue_interest": "Interest",
    "penalty": "Penalty interest",
    "compound_interest": "Compound interest",
    "fees": "Fees",
}


@dataclass(frozen=True, slots=True)
class Day:
    """Everything the page shows. remarks: sentences about the day as a whole.

    letters: those that stand for today. contacts: what was decided about each. withdrawn: how many of an earlier run no
    longer stand. over_limit: how many are left for another run. agreed: promises and plans, by loan. compared: whether the files had figures to compare.
    """

    lender_name: str
    as_of: date
    cut_off: date
    currency: str
    revision: int
    remarks: Sequence[str]
    totals: Totals
    policies: Mapping[str, ArrearsPolicy]
    set_aside: Sequence[SetAside]
    differences: Sequence[Difference]
    compared: bool
    letters: Sequence[Entry]
    contacts: Sequence[Decided]
    withdrawn: int
    over_limit: int
    agreed: Mapping[str, Agreed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture. share: of the longest bar, 0 to 1; depth: from the mildest bucket, 0, to the worst, 1."""

    label: str
    value: str
    share: float
    depth: float


def report_html(day: Day) -> str:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["long_date"] = long_date
    environment.filters["money"] = partial(grouped_text, currency=day.currency)
    environment.filters["count"] = lambda number: f"{number:,}"
    template = resources.files("goodstanding.day").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        day=day,
        whole=day.totals.whole(),
        pictures=[
            (products, tallies, next(iter(tallies)), bars(tallies, day.currency))
            for products, tallies in day.totals.by_bucket(day.policies).items()
        ],
        by_product=day.totals.by_product(),
        components=COMPONENTS,
        reasons=reasons(day.set_aside),
        by_kind=by_kind(day.contacts),
        not_written=not_written(day.contacts),
        otherwise=[one for one in day.contacts if one.printed_otherwise],
        ending_of=ending_of,
        superseding=any(letter.supersedes for letter in day.letters),
        shown=SHOWN,
        agreed=listed(day.agreed),
        agreed_file=FILE,
    )


def by_kind(contacts: Sequence[Decided]) -> list[tuple[str, str, str, int]]:
    """How many letters of each kind stand, to whom, and in which forms."""
    counted = Counter(
        (one.letter, one.reader.role.replace("_", "-"), ", ".join(one.forms))
        for one in contacts
        if one.outcome is Outcome.WRITTEN and one.reader
    )
    return [(*what, count) for what, count in sorted(counted.items())]


def not_written(contacts: Sequence[Decided]) -> list[tuple[str, str, Decided, int]]:
    """Who wasn't written to, by letter and reason, the commonest first, each with the first loan of it."""
    held = [one for one in contacts if one.outcome is Outcome.HELD]
    first: dict[tuple[str, str], Decided] = {}
    for one in held:
        first.setdefault((one.letter, one.reason), one)
    counted = Counter((one.letter, one.reason) for one in held)
    return [(*what, first[what], count) for what, count in counted.most_common()]


def bars(tallies: Mapping[str, Tally], currency: str) -> tuple[list[Bar], list[Bar]]:
    """The picture's two halves, loans and amount to cure, for every bucket but the base, which would dwarf them."""
    buckets = dict(list(tallies.items())[1:])
    loans = {name: tally.loans for name, tally in buckets.items()}
    to_cure = {name: tally.amounts["amount_to_cure"] for name, tally in buckets.items()}
    return _half(loans, "{:,}".format), _half(to_cure, partial(grouped_text, currency=currency))


def _half(values: Mapping[str, int], shown: Callable[[int], str]) -> list[Bar]:
    longest, last = max(values.values(), default=0) or 1, max(len(values) - 1, 1)
    return [
        Bar(name, shown(value), value / longest, place / last) for place, (name, value) in enumerate(values.items())
    ]


def reasons(rows: Sequence[SetAside]) -> list[tuple[SetAside, int]]:
    """The first row of each reason, the commonest first, with how often it was met."""
    first: dict[tuple[str, str, str, str], SetAside] = {}
    for row in rows:
        first.setdefault(_reason(row), row)
    return [(first[reason], times) for reason, times in Counter(map(_reason, rows)).most_common()]


def _reason(row: SetAside) -> tuple[str, str, str, str]:
    """What rows of one reason share: their numbers in the file differ, and what was found."""
    return row.step, row.file, re.sub(r"^row \d+", "", row.where), row.what_to_do
