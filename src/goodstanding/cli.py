"""Every job by name. Each imports what it needs when it is called, so that `goodstanding --help` answers at once."""

import errno
import json
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from goodstanding import __version__
from goodstanding.options import Day, Instant

if TYPE_CHECKING:
    from goodstanding.day.progress import Progress
    from goodstanding.day.run import Summary

STOPPED, SOMETHING_SET_ASIDE = 1, 3

_EXIT_CODES = """\b
Exit codes: 0 done
            1 stopped, with the reason
            2 the command wasn't understood
            3 done, but something was set aside"""


def _book_jobs() -> click.Command:
    from goodstanding.book.commands import book

    return book


def _key_jobs() -> click.Command:
    from goodstanding.day.proof_commands import keys

    return keys


def _letter_jobs() -> click.Command:
    from goodstanding.day.letter_commands import letters

    return letters


def _law_jobs() -> click.Command:
    from goodstanding.law.commands import law

    return law


def _plan_jobs() -> click.Command:
    from goodstanding.day.plan_commands import plans

    return plans


def _verify() -> click.Command:
    from goodstanding.day.proof_commands import verify_command

    return verify_command


class Later(click.Command):
    """A command that is imported only when it is called, so that the list of all of them is there at once."""

    def __init__(self, name: str, short_help: str, fetch: Callable[[], click.Command]) -> None:
        super().__init__(name, short_help=short_help)
        self.fetch = fetch

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return self.fetch().make_context(info_name, args, parent, **extra)


_LATER = {
    "book": Later("book", "Check a lender's files and make a book of them.", _book_jobs),
    "letters": Later("letters", "Write single letters, and see who approved their words.", _letter_jobs),
    "law": Later("law", "Show and check the rules of contact; judge a case by them.", _law_jobs),
    "plans": Later("plans", "Judge promises and plans on the ledger.", _plan_jobs),
    "keys": Later("keys", "Make, rotate and publish the keys that letters are sealed with.", _key_jobs),
    "verify": Later("verify", "Say whether letters are genuine, intact and right.", _verify),
}


class Jobs(click.Group):
    """Lists the jobs in the order in which a lender meets them."""

    _ORDER = (
        "demo",
        "book",
        "run",
        "explain",
        "offers",
        "assess",
        "selfcheck",
        "letters",
        "law",
        "plans",
        "keys",
        "verify",
    )

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._ORDER)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _LATER.get(cmd_name) or super().get_command(ctx, cmd_name)


def stops_with_a_sentence(job: Callable[..., int | None]) -> Callable[..., None]:
    """What stops a job is told in one sentence, with exit code 1; what a job returns is its exit code."""

    @wraps(job)
    def told(*args: Any, **kwargs: Any) -> None:
        from goodstanding.book.errors import BookError
        from goodstanding.day.files import sentence_of
        from goodstanding.day.stop import Stopped

        try:
            code = job(*args, **kwargs)
        except (Stopped, BookError) as why:
            click.echo(f"Stopped: {why}", err=True)
            sys.exit(STOPPED)
        except OSError as failed:
            if failed.errno == errno.EPIPE:  # whoever reads our output has read enough
                raise
            click.echo(f"Stopped: {sentence_of(failed)}", err=True)
            sys.exit(STOPPED)
        sys.exit(code or 0)

    return told


_folder = click.Path(path_type=Path)
_as_of = click.option("--as-of", type=Day(), required=True, help="The day to work out, as YYYY-MM-DD.")
_known_on = click.option("--known-on", type=Day(), help="Count only what was booked by this day.")
_book = click.option(
    "--book", type=_folder, required=True, help="An imported book, or a folder of a lender's flat files."
)
_a_whole_book = click.option(
    "--book", type=_folder, required=True, help="A whole book: an imported one, or Parquet files sorted by loan."
)
_lender = click.option(
    "--lender",
    type=_folder,
    default=Path("lender"),
    show_default=True,
    help="The folder with lender.toml and products/.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@click.group(cls=Jobs, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_CODES)
@click.version_option(__version__, prog_name="goodstanding", message="%(prog)s %(version)s")
def main() -> None:
    """Work out who is overdue and by how much, and write each a letter that they can check."""


@main.command(epilog=_EXIT_CODES, short_help="Do the day's job on a book: figures, letters, report.")
@_book
@_as_of
@_lender
@click.option("--out", type=_folder, default=Path("out"), show_default=True, help="Where the day's files are written.")
@_json
@click.option("--limit-letters", type=click.IntRange(min=0), help="Write at most so many letters of this day.")
@click.option(
    "--at",
    type=Instant(),
    help="When the letters go out, for the gate: 2026-11-23T10:00+08:00; at the lender's hour (sends_at) where the book is when left out.",
)
@stops_with_a_sentence
def run(
    book: Path, as_of: date, lender: Path, out: Path, as_json: bool, limit_letters: int | None, at: datetime | None
) -> int:
    """Do the day's job: assess every loan, write the letters that are due, report.

    Run it again for the same day and it changes nothing; with a corrected book, it supersedes what changed and keeps
    both. Killed half-way, run it again: it ends with the same files.
    """
    _refuse_days_beyond(as_of)
    if at is not None:
        _refuse_far_instant(at, as_of)
    from goodstanding.day.run import Request, run_day

    summary = run_day(Request(book, as_of, lender, out, limit_letters, at=at), _progress(as_json))
    _print_summary(summary, as_json)
    if as_json:
        _warn_all(summary.kept["remarks"])
    return summary.exit_code


@main.command(short_help="Print one loan's statement, as on paper.")
@click.argument("loan", metavar="LOAN")
@_book
@_as_of
@_lender
@_known_on
@click.option(
    "--out", type=_folder, help="The day's output folder, for the letters; the one around the book if left out."
)
@stops_with_a_sentence
def explain(loan: str, book: Path, lender: Path, as_of: date, known_on: date | None, out: Path | None) -> None:
    """Print one loan's statement, worked out as on paper, and its letters.

    LOAN is the lender's number of the loan. --known-on answers "what did we believe that day?". Letters are told of
    up to the day: which were written to whom by which rule, where they lie, and why others weren't.
    """
    _refuse_days_beyond(as_of)
    from goodstanding.day.one_loan import explain_loan

    progress = _progress(as_json=False)
    said = explain_loan(loan, book, lender, as_of=as_of, known_on=known_on, progress=progress, warn=_warn, out=out)
    click.echo(said)


@main.command(epilog=_EXIT_CODES, short_help="Print the ways out of one loan, or work out those of a whole book.")
@click.argument("loan", metavar="[LOAN]", required=False)
@click.option("--book", type=_folder, help="The book that the loan is in, or all of whose overdue loans are meant.")
@_as_of
@_lender
@click.option("--can-pay", metavar="AMOUNT/month", help="What can be paid a month: nothing above it is offered.")
@click.option(
    "--means",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What comes in and what goes out, TOML or JSON: nothing above what is left is offered.",
)
@click.option("--accept-by", type=Day(), help="Until when the offers stand; by the lender's folder, if left out.")
@click.option("--out", type=_folder, help="Of a whole book: where the offers to all its overdue loans are written.")
@click.option("--processes", type=click.IntRange(min=1), help="Of a whole book: as many as processors, if left out.")
@_json
@stops_with_a_sentence
def offers(
    loan: str | None,
    book: Path | None,
    lender: Path,
    as_of: date,
    can_pay: str | None,
    means: Path | None,
    accept_by: date | None,
    out: Path | None,
    processes: int | None,
    as_json: bool,
) -> int:
    """Print what may be offered for a loan that is behind, within the lender's guard rails and the law.

    LOAN is the lender's number of a loan of the --book, or a LOAN.json written by hand (- reads it from standard input). What isn't offered says why.

    Without LOAN, the offers to every overdue loan of a whole --book are written into --out: Parquet files with a row per offer and per
    payment, a manifest, and what was set aside. Stopped at any moment, the same command goes on where it was.
    """
    if loan is None:
        return _offers_to_all(book, lender, as_of, accept_by, out, processes, as_json)
    for option in ("out", "processes"):
        if click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{option} is for a whole book and {loan} for one loan: leave one of the two out.")
    from goodstanding.day.offering import from_book, from_file, offers_text

    if book is None:
        if loan != "-" and not loan.endswith(".json"):
            raise click.UsageError(f'"{loan}" isn\'t a LOAN.json: name the --book that the loan is in.')
        content = sys.stdin.buffer.read() if loan == "-" else None
        asked = from_file(Path(loan), content, lender, as_of=as_of, accept_by=accept_by, can_pay=can_pay, means=means)
    else:
        _refuse_days_beyond(as_of)
        asked = from_book(
            loan,
            book,
            lender,
            as_of=as_of,
            accept_by=accept_by,
            can_pay=can_pay,
            means=means,
            progress=_progress(as_json),
        )
    click.echo(offers_text(asked, as_json=as_json))
    return 0


def _offers_to_all(
    book: Path | None,
    lender: Path,
    as_of: date,
    accept_by: date | None,
    out: Path | None,
    processes: int | None,
    as_json: bool,
) -> int:
    if book is None:
        raise click.UsageError("Nothing to offer for: name a LOAN, or a whole book with --book.")
    for option in ("can_pay", "means"):
        if click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{option.replace('_', '-')} is what one borrower said: name their LOAN.")
    _refuse_days_beyond(as_of)
    if out is None:
        raise click.UsageError("A whole book needs --out: a folder for the offers, a new one or one of an earlier run.")
    from goodstanding.day.book_offers import Request, offer_to_all
    from goodstanding.day.book_offers_summary import as_data, in_words

    found = offer_to_all(Request(book, lender, out, as_of, accept_by, processes), _progress(as_json))
    click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1) if as_json else in_words(found))
    return SOMETHING_SET_ASIDE if found.run.set_aside else 0


@main.command(epilog=_EXIT_CODES, short_help="Assess a whole book, or one loan written by hand.")
@click.argument("file", metavar="[LOAN.json]", required=False, type=click.Path(path_type=Path))
@click.option("--book", type=_folder, help="A whole book: an imported one, or Parquet files sorted by loan.")
@_lender
@_as_of
@_known_on
@click.option("--out", type=_folder, help="Where the results of a book are written.")
@click.option("--instalments", is_flag=True, help="Of a book, write a row per instalment and drawdown too.")
@click.option("--threads", type=click.IntRange(min=1), help="How many; as many as there are processors, if left out.")
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="What computes."
)
@click.option("--master", help="Of Spark: where it runs, such as 'local[2]', spark://HOST:7077, yarn, k8s://….")
@click.option("--conf", multiple=True, metavar="NAME=VALUE", help="Of Spark: one of its settings. As often as need be.")
@_json
@stops_with_a_sentence
def assess(
    file: Path | None,
    book: Path | None,
    lender: Path,
    as_of: date,
    known_on: date | None,
    out: Path | None,
    instalments: bool,
    threads: int | None,
    engine: str,
    master: str | None,
    conf: tuple[str, ...],
    as_json: bool,
) -> int:
    """Assess one loan written by hand in LOAN.json (- reads it from standard input), or a whole --book into --out.

    A book's results are Parquet files, with a manifest and what was set aside. Stopped at any moment, the same command
    goes on where it was.
    """
    if file is not None:
        _refuse_of_a_book(file, "book", "lender", "out", "instalments", "threads", "engine", "master", "conf")
        from goodstanding.day.one_loan import assess_file

        content = sys.stdin.buffer.read() if str(file) == "-" else None
        click.echo(assess_file(file, content, as_of=as_of, known_on=known_on, as_json=as_json, warn=_warn))
        return 0
    if book is None:
        raise click.UsageError("Nothing to assess: name a LOAN.json, or a whole book with --book.")
    _refuse_days_beyond(as_of)
    if out is None:
        raise click.UsageError("--book needs --out: a folder for the results, a new one or one of an earlier run.")
    if engine == "spark" and threads is not None:
        raise click.UsageError("--threads is for the local engine: how many work at once on Spark, its master says.")
    if engine != "spark" and (master or conf):
        raise click.UsageError(f"--{'master' if master else 'conf'} is for Spark: add --engine spark, or leave it out.")
    from goodstanding.day.engines import Request
    from goodstanding.day.whole_book import assess_whole_book
    from goodstanding.day.whole_book_summary import as_data, in_words

    settings = dict(map(_setting, conf))
    request = Request(book, lender, out, as_of, known_on, threads, engine, instalments, master, settings)
    found = assess_whole_book(request, _progress(as_json))
    click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1) if as_json else in_words(found))
    _warn_all(found.remarks)
    return SOMETHING_SET_ASIDE if found.run.set_aside else 0


def _setting(said: str) -> tuple[str, str]:
    """A setting of Spark's, by its name."""
    name, equals, value = said.partition("=")
    if not (name.startswith("spark.") and equals):
        raise click.UsageError(f"--conf: \"{said}\" isn't a setting of Spark's: we expect spark.NAME=VALUE.")
    return name, value


MOST_DAYS_LATER = 7


def _refuse_far_instant(at: datetime, as_of: date) -> None:
    """Letters of a day go out within a week of it; by a mistyped year the gate would judge by the law of that year."""
    if not -1 <= (at.date() - as_of).days <= MOST_DAYS_LATER:
        raise click.UsageError(
            f"--at {at.isoformat()} is too far from --as-of {as_of}: letters go out on the day itself or up to {MOST_DAYS_LATER}"
            " days later. Correct one of the two."
        )


def _refuse_days_beyond(as_of: date) -> None:
    """Refuse a day on which no loan of a book can be worked out, rather than set every loan aside."""
    if not 1950 <= as_of.year <= 2150:
        raise click.BadParameter(f"{as_of} is outside 1950-01-01 to 2150-12-31.", param_hint="'--as-of'")


def _refuse_of_a_book(file: Path, *options: str) -> None:
    """Refuse options that are for a whole book where one loan is named."""
    given = click.get_current_context()
    for option in options:
        if given.get_parameter_source(option) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{option} is for a whole book and {file} for one loan: leave one of the two out.")
    if file.is_dir():
        raise click.UsageError(f"{file} is a folder: a whole book is named with --book {file} --out FOLDER.")


@main.command(epilog=_EXIT_CODES, short_help="Hold the engine to the reference on a sample of your own loans.")
@_a_whole_book
@_as_of
@_lender
@click.option("--loans", type=click.IntRange(min=1), default=1000, show_default=True, help="How many are sampled.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Chooses which loans.")
@click.option("--processes", type=click.IntRange(min=1), help="As many as there are processors, if left out.")
@_json
@stops_with_a_sentence
def selfcheck(
    book: Path, as_of: date, lender: Path, loans: int, seed: int, processes: int | None, as_json: bool
) -> int:
    """Compute a sample of a book's loans by the engine and by the reference, and compare every field.

    It ends with 1 if they differ anywhere, and with 3 if the engine sets a loan aside that the reference can compute.
    """
    _refuse_days_beyond(as_of)
    from goodstanding.day.selfcheck import Request, as_data, in_words
    from goodstanding.day.selfcheck import selfcheck as check

    found = check(Request(book, lender, as_of, loans, seed, processes), _progress(as_json))
    click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1) if as_json else in_words(found))
    return found.exit_code


@main.command(short_help="Show a day on the sample books.")
@click.option("--out", type=_folder, default=Path("out"), show_default=True, help="Where the demo's files are written.")
@stops_with_a_sentence
def demo(out: Path) -> None:
    """Show the day of two invented lenders, from their books to their letters."""
    from goodstanding.day.demo import show

    show(out, _progress(as_json=False), click.echo)


def _warn(remark: str) -> None:
    click.echo(f"Note: {remark}", err=True)


def _warn_all(remarks: Iterable[str]) -> None:
    for remark in remarks:
        _warn(remark)


def _progress(as_json: bool) -> "Progress":
    from goodstanding.day.progress import Bars, Lines, Silent

    if as_json:
        return Silent()
    return Bars() if sys.stderr.isatty() else Lines(lambda line: click.echo(line, err=True))


def _print_summary(summary: "Summary", as_json: bool) -> None:
    if as_json:
        done = {
            "unchanged": summary.unchanged,
            "folder": str(summary.folder),
            "now": {
                "letters_written": summary.letters_written,
                "letters_confirmed": summary.letters_confirmed,
                "letters_withdrawn": summary.letters_withdrawn,
            },
        }
        click.echo(json.dumps(done | summary.kept, ensure_ascii=False, indent=1))
    else:
        from goodstanding.day.summary import in_words

        click.echo(in_words(summary))
