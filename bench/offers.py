"""Measure ways out: a full set of offers for one loan, and those of all overdue loans of a book by worker processes.

    .venv/bin/python bench/offers.py           a minute or two; writes bench/offers.md
    .venv/bin/python bench/offers.py --dry     printed only

Loans are drawn from a seed; what is granted is the example lender's, lender/ways_out.toml. Of a book the whole way is measured, from its file to the files of the
offers, without the start of the processes. What the files say of the first loans is compared with what each was offered alone, on every field, and a sample with
the reference.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from measures.machine import load, machine
from measures.overdue_loans import is_same, one_by_one, positions, whole_book

from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
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
    rails = read_lender(LENDER).ways_out
    slow = [answered_by(ways_out(one, rails), by_reference(one.policy)) for one in positions(range(10))]
    agree = tuple(slow) == alone.found[:10]
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
    yield f"| the same as asked alone, and as by the reference | every loan | {same and agree} | {'yes' if same and agree else '**no**'} |\n"
    yield (
        f"{alone.offers:.1f} offers a loan. In the book, each of {book.overdue:,} overdue loans took {book.milliseconds:.2f} CPU milliseconds, to read, assess,"
        f" offer and write; two processors that do nothing else would make {2000 / book.milliseconds:,.0f} a second."
    )


def _row(what: str, bound: str, found: float, met: bool) -> str:
    return f"| {what} | {bound} | {found:,.1f} | {'yes' if met else '**no**'} |"


if __name__ == "__main__":
    main()
