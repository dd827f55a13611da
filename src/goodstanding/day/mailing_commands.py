"""`goodstanding letters print-run`, `archive` and `reprint`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from goodstanding.day.files import sentence_of
from goodstanding.day.lender import read_lender
from goodstanding.day.mailing import ForPrint, archive_letters, print_letters, reprint
from goodstanding.day.progress import Bars, Lines, Progress, Silent
from goodstanding.day.stop import Stopped
from goodstanding.letters.archive import ArchiveError
from goodstanding.letters.compose import LETTERS
from goodstanding.letters.print_run import BALANCE, Balance, PrintRunError, Setting
from goodstanding.options import Day

STOPPED, NOT_ALL = 1, 3
WITH_A_SHEET = ("arrears_notice", "default_notice")
"""The FCA's information sheet goes with each (CCA 1974 ss. 86B(6), 88(4A))."""

_path = click.Path(path_type=Path)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
_out = click.option(
    "--out", type=_path, default=Path("out"), show_default=True, help="The folder that `goodstanding run` writes to."
)
_archive = click.option("--archive", "folder", type=_path, required=True, help="The archive's folder.")


@contextmanager
def _told() -> Iterator[None]:
    """What stops a command is told in one sentence."""
    try:
        yield
    except (Stopped, ArchiveError, PrintRunError) as why:
        sentence = str(why)
        click.echo(f"Stopped: {sentence[:1].upper()}{sentence[1:]}", err=True)
        sys.exit(STOPPED)
    except OSError as failed:
        click.echo(f"Stopped: {sentence_of(failed)}", err=True)
        sys.exit(STOPPED)


def _progress(as_json: bool) -> Progress:
    if as_json:
        return Silent()
    return Bars() if sys.stderr.isatty() else Lines(lambda line: click.echo(line, err=True))


@click.command("print-run", short_help="Gather a day's letters for the printer.")
@_out
@click.option("--as-of", type=Day(), required=True, help="The day whose letters are printed, as YYYY-MM-DD.")
@click.option("--to", type=_path, required=True, help="The run's folder: a new one, or the one to go on with.")
@click.option(
    "--letters-a-container", type=click.IntRange(min=1), default=500, show_default=True, help="Each is a PDF."
)
@click.option("--simplex", is_flag=True, help="Print one side only; a sheet's back is used otherwise.")
@click.option("--no-marks", is_flag=True, help="Leave out the marks that an inserter reads.")
@click.option(
    "--insert",
    "inserts",
    type=click.Choice(tuple(LETTERS)),
    multiple=True,
    default=WITH_A_SHEET,
    show_default=True,
    help="A letter with which a sheet goes into the envelope; may be given again.",
)
@_json
def print_run_command(
    out: Path,
    as_of: date,
    to: Path,
    letters_a_container: int,
    simplex: bool,
    no_marks: bool,
    inserts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Gather a day's letters for the printer: PDF containers by postcode, a manifest (CSV, JSON), a balance.

    Stopped at any moment, the same command goes on where it was. A run that doesn't add up is refused.
    """
    with _told():
        setting = Setting(letters_a_container, duplex=not simplex, marks=not no_marks)
        balance = print_letters(ForPrint(out, as_of, to, setting, frozenset(inserts)), _progress(as_json))
        click.echo(json.dumps(asdict(balance) | {"adds_up": balance.adds_up}) if as_json else _in_words(balance, to))


def _in_words(balance: Balance, to: Path) -> str:
    pages = f"{balance.pages_of_letters:,} pages and {balance.blank_pages:,} empty backs"
    return (
        f"{balance.letters_in_manifest:,} letters on {balance.sheets:,} sheets in {balance.containers:,} containers: {pages}"
        f" are {balance.pages_in_containers:,} sides; {balance.inserts:,} inserts. It adds up ({to / BALANCE})."
    )


@click.command("archive", short_help="Keep letters as what they were made from.")
@_out
@_archive
@click.option("--as-of", type=Day(), help="Only the letters of this day; those of every day if left out.")
@click.option(
    "--lender", type=_path, default=Path("lender"), show_default=True, help="The lender's folder, for its letterhead."
)
@_json
def archive_command(out: Path, folder: Path, as_of: date | None, lender: Path, as_json: bool) -> None:
    """Keep the letters that stand as what they were made from: a kilobyte each, the PDF made again when asked for.

    Each is first made again from what is kept; one that doesn't come out the same is left out, with the reason, and exit
    code 3. No PDF is deleted.
    """
    with _told():
        letterhead = read_lender(lender).letterhead
        done = archive_letters(out, as_of, folder, letterhead, _progress(as_json))
        if as_json:
            click.echo(json.dumps(asdict(done), ensure_ascii=False))
        else:
            click.echo(f"{done.added:,} letters added to {folder}; {done.before:,} were there already.")
        for why in done.left_out:
            click.echo(f"Left out: {why}", err=True)
        sys.exit(NOT_ALL if done.left_out else 0)


@click.command("reprint", short_help="Make a letter of the archive again.")
@click.argument("reference")
@_archive
@click.option("--to", type=_path, required=True, help="The file to write.")
@click.option("--even-if-changed", is_flag=True, help="Write it even if it isn't the letter that was sent.")
def reprint_command(reference: str, folder: Path, to: Path, even_if_changed: bool) -> None:
    """Make the letter with this REFERENCE again from the archive: the very file that was sent.

    Where engine, faces or page are others now, it says so with exit code 3, and writes nothing unless --even-if-changed.
    """
    with _told():
        made = reprint(reference, folder)
        if not made.changed or even_if_changed:
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(made.pdf)
        if not made.changed:
            click.echo(f"{to}: letter {reference}, to the byte as it was sent.")
            return
        wrote = f"{to} is made by today's page" if even_if_changed else "Nothing was written"
        click.echo(f"{wrote}: it is NOT the letter that was sent, since {'; '.join(made.changed)}.", err=True)
        sys.exit(NOT_ALL)
