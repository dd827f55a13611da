"""`goodstanding book check` and `goodstanding book import`: what a lender's files come to, and a book made of them."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path

import click

from goodstanding.book.convert import CheckReport, ImportSummary, check_files, import_files
from goodstanding.book.errors import BookError
from goodstanding.book.intake import Progress, quiet
from goodstanding.book.quarantine import Finding
from goodstanding.book.schema import FLAT_FILES

STOPPED, SET_ASIDE = 1, 3
_SHOWN = 10
_WORDS = {name: name.removesuffix("s").replace("_", " ") for name in FLAT_FILES}
_EXIT_CODES = (
    "Exit codes: 0 done; 1 stopped, with the reason; 2 the command wasn't understood; 3 done, but rows were set aside."
)

_files = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_mapping = click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TOML file that says which of the lender's column names is which of ours.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@click.group()
def book() -> None:
    """Check a lender's files and make a book of them."""


@book.command(epilog=_EXIT_CODES, short_help="Judge a lender's files without writing a book.")
@_files
@_mapping
@click.option(
    "--quarantine", type=click.Path(path_type=Path, dir_okay=False), help="Write everything found to this CSV file."
)
@_json
def check(files: tuple[Path, ...], mapping: Path | None, quarantine: Path | None, as_json: bool) -> None:
    """Judge FILES, a folder or a list of files, as an import would; nothing is written but what --quarantine names."""
    with _told(), _progress(as_json) as progress:
        report = check_files(_one_or_all(files), mapping=mapping, progress=progress, quarantine=quarantine)
    click.echo(_check_json(report) if as_json else _check_text(report, quarantine))
    sys.exit(SET_ASIDE if report.summary.finding_count else 0)


@book.command("import", epilog=_EXIT_CODES, short_help="Make a book of a lender's files.")
@_files
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder of the book that is made.")
@_mapping
@_json
def import_(files: tuple[Path, ...], out: Path, mapping: Path | None, as_json: bool) -> None:
    """Make a book of FILES, a folder or a list of files. Bad rows are kept in OUT/quarantine.csv with what to do.

    Nothing at OUT changes until the whole book is there; the same files again change nothing.
    """
    with _told(), _progress(as_json) as progress:
        summary = import_files(_one_or_all(files), out, mapping=mapping, progress=progress)
    click.echo(json.dumps(asdict(summary), ensure_ascii=False) if as_json else _import_text(summary, out))
    sys.exit(SET_ASIDE if summary.finding_count else 0)


def _one_or_all(files: tuple[Path, ...]) -> Path | list[Path]:
    return files[0] if len(files) == 1 else list(files)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BookError as why:
        click.echo(f"Stopped: {why}", err=True)
        sys.exit(STOPPED)


def _check_text(report: CheckReport, quarantine: Path | None) -> str:
    summary = report.summary
    lines = [*_figures(summary), *(f"  {one.sentence}" for one in report.findings[:_SHOWN])]
    more = summary.finding_count - len(report.findings[:_SHOWN])
    if more > 0:
        where = f"all are in {quarantine}" if quarantine else "name a file with --quarantine to have them all"
        lines.append(f"  … and {more:,} more; {where}.")
    return "\n".join(lines)


def _import_text(summary: ImportSummary, out: Path) -> str:
    if summary.unchanged:
        return f"{out} was made of these very files already: unchanged, {_count(summary.loans_in_book, 'loan')}."
    lines = list(_figures(summary))
    if summary.finding_count:
        lines.append(f"Each row that was kept out, and what to do: {out / 'quarantine.csv'}")
    return "\n".join([*lines, f"The book is in {out}."])


def _figures(summary: ImportSummary) -> Iterator[str]:
    yield f"{summary.lender}: counted up to {summary.cut_off}, {summary.currency}, {summary.zone}."
    yield "Read " + ", ".join(_count(rows, _WORDS[name]) for name, rows in summary.rows_read.items()) + "."
    yield f"In order: {summary.loans_in_book:,} of {_count(summary.loans_read, 'loan')}; set aside: {summary.loans_set_aside:,}."
    for file, rows in summary.duplicates.items():
        example = next(one for one in summary.duplicate_examples if one.startswith(file))
        yield f"Given twice in {file} and counted once: {_count(rows, 'row')}, such as {example}."
    for file, columns in summary.unknown_columns.items():
        yield f"Columns of {file} that we don't read: {', '.join(_with_hint(file, name) for name in columns)}."
    if summary.finding_count:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in summary.findings.items())
        yield f"{_count(summary.finding_count, 'thing')} wrong: {rules}."


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _with_hint(file: str, name: str) -> str:
    """Name the column of ours that a column we don't read may have been meant to be."""
    near = get_close_matches(name.lower(), FLAT_FILES[file].column_names, n=1, cutoff=0.8)
    return f"{name} (if that is {near[0]}, rename it or map it)" if near else name


def _check_json(report: CheckReport) -> str:
    said = {"summary": asdict(report.summary), "findings": [_without_raw_row(one) for one in report.findings]}
    return json.dumps(said, ensure_ascii=False)


def _without_raw_row(finding: Finding) -> dict[str, object]:
    """A whole row may hold personal data, which has no place in a log; --quarantine writes it."""
    return {key: value for key, value in asdict(finding).items() if key != "raw_row"}


@contextmanager
def _progress(as_json: bool) -> Iterator[Progress]:
    """A bar on a terminal, a plain line now and then elsewhere, nothing for machines."""
    if as_json:
        yield quiet
    elif sys.stderr.isatty():
        with _bars() as tell:
            yield tell
    else:
        yield _lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    with Bars(console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(f"{stage.capitalize():<28}", total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


def _lines(seconds_between: float = 10) -> Callable[[str, int, int], None]:
    at, said_on = "", 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal at, said_on
        if stage != at:
            at, said_on = stage, time.monotonic()
            click.echo(f"{stage.capitalize()} …", err=True)
        elif total and time.monotonic() - said_on >= seconds_between:
            said_on = time.monotonic()
            click.echo(f"{stage.capitalize()}: {100 * done // total} %", err=True)

    return tell
