"""Measure ways out: a full set of offers for one loan, and those of all overdue loans of a book by worker processes.

    .venv/bin/python bench/offers.py           a minute or two; writes bench/offers.md
    .venv/bin/python bench/offers.py --dry     printed only

Loans are drawn from a seed; what is granted is the example lender's, lender/ways_out.toml. Of a book the whole way is measured, from its file to the files of the
offers, without the start of the processes; and again a mixed book, in which six loans in eight have something out of the ordinary. What the files say of the first loans is compared with what each was offered alone, on every field, and a sample with
the reference.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from measures.machine import load, machine
from measures.overdue_loans import Make, is_same, loan_of, mixed_loan_of, one_by_one, positions, whole_book

from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import WaysOut, answered_by, ways_out
from goodstanding.day.lender import read_lender

RESULTS = Path(__file__).parent / "offers.md"
LENDER = Path(__file__).resolve().parents[1] / "lender"
MOST_MILLISECONDS, LOANS_A_SECOND = 5, 1_500
INTRODUCTION = """# Ways out: measures

`.venv/bin/python bench/offers.py` measures all of this again and writes it here; its head says what is measured.

"""


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--count", type=int, default=300, help="loans asked alone")
    options.add_argument("--many", type=int, default=3000, help="loans by worker processes")
    options.add_argument("--dry", action="store_true", help="print, but leave the file as it is")
    chosen = options.parse_args()
    shown = "\n".join(figures(chosen.count, chosen.many))
    print(shown)
    if not chosen.dry:
        RESULTS.write_text(INTRODUCTION + shown + "\n", encoding="utf-8")


def figures(count: int, many: int) -> Iterator[str]:
    began = load()
    alone = one_by_one(count)
    with TemporaryDirectory(prefix="goodstanding-") as folder:
        book = whole_book(2, many, Path(folder))
        same = is_same(Path(folder), alone)
    mixed_alone = one_by_one(count // 2, mixed_loan_of)
    with TemporaryDirectory(prefix="goodstanding-") as folder:
        mixed = whole_book(2, many, Path(folder), mixed_loan_of)
        same &= is_same(Path(folder), mixed_alone, mixed_loan_of)
    agree = by_the_reference(10, loan_of) == alone.found[:10]
    agree &= by_the_reference(16, mixed_loan_of) == mixed_alone.found[:16]
    yield f"{datetime.now(UTC):%-d %B %Y}. {machine()}. Load when it began and ended: {began} and {load()}.\n"
    yield "| measure | bound | found | met |\n| --- | ---: | ---: | ---: |"
    yield _row(
        "CPU milliseconds of a full set of offers for one loan",
        f"≤ {MOST_MILLISECONDS}",
        alone.milliseconds,
        alone.milliseconds <= MOST_MILLISECONDS,
    )
    yield _row(
        "overdue loans a second by two worker processes, from the book's file to the offers' files",
        f"≥ {LOANS_A_SECOND:,}",
        book.a_second,
        book.a_second >= LOANS_A_SECOND,
    )
    yield f"| a mixed book: overdue loans a second by two worker processes | | {mixed.a_second:,.1f} | |"
    yield f"| the same as asked alone, and as by the reference | every loan | {same and agree} | {'yes' if same and agree else '**no**'} |\n"
    yield (
        f"{alone.offers:.1f} offers a loan. In the book, each of {book.overdue:,} overdue loans took {book.milliseconds:.2f} CPU milliseconds, to read, assess,"
        f" offer and write; two processors that do nothing else would make {2000 / book.milliseconds:,.0f} a second."
        f"\n\nThe mixed book has an equal share of loans with an opening position, a pause, a changed schedule, two drawdowns, bills with a minimum and interest"
        f" by day, a quarter have none of these: {mixed.overdue:,} overdue loans, each {mixed.milliseconds:.2f} CPU milliseconds;"
        f" alone {mixed_alone.milliseconds:.1f}, {mixed_alone.offers:.1f} offers."
    )


def by_the_reference(count: int, make: Make) -> tuple[WaysOut, ...]:
    rails = read_lender(LENDER).ways_out
    return tuple(answered_by(ways_out(one, rails), by_reference(one.policy)) for one in positions(range(count), make))


def _row(what: str, bound: str, found: float, met: bool) -> str:
    return f"| {what} | {bound} | {found:,.1f} | {'yes' if met else '**no**'} |"


if __name__ == "__main__":
    main()
