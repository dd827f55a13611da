"""The day's job shown on the sample books that come with the project."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import goodstanding
from goodstanding.core.party import Role
from goodstanding.day.ledger import LEDGER, Ledger
from goodstanding.day.progress import Progress
from goodstanding.day.run import Request, Summary, run_day
from goodstanding.day.stop import Stopped
from goodstanding.day.summary import in_words

DAY = date(2026, 11, 23)
BOOKS = {
    "lending_club": ("10,000 US loans, from LendingClub's published data", "samples/lending_club/lender"),
    "qinghe": ("200 Chinese loans and monthly bills, invented", "lender"),
}


def show(out: Path, progress: Progress, say: Callable[[str], None]) -> None:
    """Run the day for both sample books, and say what was done and where it lies."""
    from goodstanding.batch.compiling import is_warm

    root = project_root()
    is_ready = is_warm() and is_warm("assess_days")
    by_kernel = None if is_ready else False  # nobody waits for a compiler to see a demo
    began = time.monotonic()
    for name, (what, lender) in BOOKS.items():
        say(f"\n{name}: {what}.")
        summary = run_day(
            Request(root / "samples" / name, DAY, root / lender, out / name, by_kernel=by_kernel), progress
        )
        say(in_words(summary))
        if letter := a_letter(summary):
            say(f"A letter to look at: {letter}")
        if letter := a_guarantors(summary):
            say(f"What a guarantor is told: {letter}")
    say(
        f"\nDone in {time.monotonic() - began:.0f} s. Open a report.html in a browser, an arrears.csv in a spreadsheet."
    )


def a_letter(summary: Summary) -> Path | None:
    return next(iter(sorted((summary.folder / "letters").glob("*.pdf"))), None)


def a_guarantors(summary: Summary) -> Path | None:
    entries = Ledger(summary.folder.parent / LEDGER, mends=False).entries
    paths = (path for one in entries if one.reader is Role.GUARANTOR for path in one.files if path.endswith(".pdf"))
    return next((found for path in paths if (found := summary.folder / path).is_file()), None)


def project_root() -> Path:
    """The folder with samples/ in it: here, or where the project was installed from."""
    for folder in (Path(), Path(goodstanding.__file__).resolve().parents[2]):
        if all((folder / "samples" / name / "book.toml").is_file() for name in BOOKS):
            return folder
    raise Stopped(
        "The sample books aren't here: they come with the project's source, not with the installed package. "
        "Call `goodstanding demo` in the project's folder."
    )
