"""`goodstanding letters`: which letters there are, who approved their words, and one letter written by hand."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from goodstanding.book.errors import BookError
from goodstanding.core.party import LANGUAGES, Role
from goodstanding.day.lender import LenderFolder, read_lender
from goodstanding.day.mailing_commands import archive_command, print_run_command, reprint_command
from goodstanding.day.progress import Silent
from goodstanding.day.stop import Stopped
from goodstanding.letters.approvals import ApprovalsError
from goodstanding.letters.catalogue import Standing, approve, letters_of, standing_of, standings, words_of
from goodstanding.letters.compose import LETTERS
from goodstanding.letters.wording import WordingError
from goodstanding.options import Day, Instant

STOPPED, SOMETHING_LEFT_OUT = 1, 3

_path = click.Path(path_type=Path)
_lender = click.option(
    "--lender", type=_path, default=Path("lender"), show_default=True, help="The folder with lender.toml."
)
_letter = click.Choice(tuple(LETTERS))
_language = click.Choice(LANGUAGES)
_role = click.option(
    "--to",
    "role",
    type=click.Choice([role.value for role in Role]),
    default=Role.BORROWER.value,
    show_default=True,
    help="Who reads it.",
)


@contextmanager
def _told() -> Iterator[None]:
    """What stops a command is told in one sentence."""
    try:
        yield
    except (Stopped, BookError, WordingError, ApprovalsError) as why:
        click.echo(f"Stopped: {why}", err=True)
        sys.exit(STOPPED)
    except OSError as failed:
        click.echo(f"Stopped: {failed.filename}: {failed.strerror}.", err=True)
        sys.exit(STOPPED)


@click.group()
def letters() -> None:
    """Write single letters, see who approved their words; print a day's letters, archive them."""


for _command in (print_run_command, archive_command, reprint_command):
    letters.add_command(_command)


@letters.command("list")
@_lender
def list_letters(lender: Path) -> None:
    """List the letters that this lender's law knows, whom each is written to, and whether it needs facts of its own."""
    with _told():
        jurisdiction = read_lender(lender).lender.jurisdiction
        for one in letters_of(jurisdiction):
            readers = ", ".join(one.readers)
            needs = "" if one.needs is None else "  needs --facts"
            click.echo(f"{one.name:24} {readers:36}{needs}".rstrip())


@letters.command("wording")
@_lender
@click.option("--language", type=_language, help="Only this language.")
@click.option("--letter", type=_letter, help="Only this letter.")
def wording(lender: Path, language: str | None, letter: str | None) -> None:
    """List every letter's words: version, hash, who approved them, and what the lender replaced."""
    with _told():
        folder = read_lender(lender)
        languages = (language,) if language else LANGUAGES
        for one in standings(folder.lender.jurisdiction, folder.wording, languages=languages):
            if letter in (None, one.letter):
                click.echo(_in_words(one))


@letters.command("approve")
@click.argument("letter", type=_letter)
@click.option("--language", type=_language, required=True, help="The language of the words.")
@_role
@click.option("--by", required=True, help="Who has read and approved them.")
@click.option("--on", "day", type=Day(), required=True, help="The day, as YYYY-MM-DD.")
@_lender
def approve_wording(letter: str, language: str, role: str, by: str, day: date, lender: Path) -> None:
    """Note in the lender's folder that somebody approved a letter's words as they read now.

    A change of any sentence undoes it, in our files or the lender's.
    """
    with _told():
        folder = read_lender(lender)
        standing = _standing(letter, language, Role(role), folder)
        if not by.strip():
            raise Stopped("--by is empty: name the person who has read and approved the words.")
        path = approve(standing, folder.wording or lender / "wording", by=by, on=day)
        click.echo(f"{letter} in {language} for the {role}, {standing.wording.hash[:12]}: noted in {path}.")


@letters.command("write")
@click.argument("loan", metavar="LOAN")
@click.option("--book", type=_path, required=True, help="An imported book, or a folder of a lender's flat files.")
@_lender
@click.option("--as-of", "as_of", type=Day(), required=True, help="The letter's day, as YYYY-MM-DD.")
@click.option("--letter", type=_letter, required=True, help="Which letter; `goodstanding letters list` names them.")
@click.option("--language", type=_language, help="If not the reader's own.")
@_role
@click.option("--person", default="", help="Who of several in that role: the number in parties.")
@click.option("--facts", type=_path, help="JSON with what only this letter needs to know.")
@click.option("--at", type=Instant(), help="When it goes out; at the lender's hour where the book is, if left out.")
@click.option("--reviewed-by", default="", help="Who has looked at what the gate leaves to a person.")
@click.option("--out", type=_path, required=True, help="The folder for its files.")
def write(
    loan: str,
    book: Path,
    lender: Path,
    as_of: date,
    letter: str,
    language: str | None,
    role: str,
    person: str,
    facts: Path | None,
    at: datetime | None,
    reviewed_by: str,
    out: Path,
) -> None:
    """Write one letter about one loan: as PDF, text, e-mail (HTML) and text message.

    Each form passes the gate first, as the day's letters do. It isn't noted in the ledger. Exit code 3: written, but a file was
    left out, with the reason; 1: nothing was written, with the reason, also where the gate lets no form out.
    """
    from goodstanding.day.one_letter import Wanted, write_one

    with _told():
        wanted = Wanted(
            loan, book, lender, as_of, letter, out, language or "", Role(role), person, facts, at, reviewed_by.strip()
        )
        written = write_one(wanted, Silent())
        for path in written.files:
            click.echo(path)
        for why in written.left_out:
            click.echo(f"Left out: {why}", err=True)
        for note in written.notes:
            click.echo(f"Note: {note}", err=True)
        sys.exit(SOMETHING_LEFT_OUT if written.left_out else 0)


@letters.command("page")
@click.argument("loan", metavar="LOAN")
@click.option("--book", type=_path, required=True, help="An imported book, or a folder of a lender's flat files.")
@_lender
@click.option("--as-of", "as_of", type=Day(), required=True, help="The letter's day, as YYYY-MM-DD.")
@click.option("--language", type=_language, help="If not the reader's own.")
@_role
@click.option("--person", default="", help="Who of several in that role: the number in parties.")
@click.option("--out", type=_path, required=True, help="The file to write, such as choose.html.")
def page(
    loan: str, book: Path, lender: Path, as_of: date, language: str | None, role: str, person: str, out: Path
) -> None:
    """Write a page on which staff choose approved paragraphs about one loan, and save their choice.

    It works from disk, without a network. `letters write --letter single --facts SAVED.json` makes the letter, of the same
    day, and checks the choice again.
    """
    from goodstanding.day.one_letter import Wanted, choosing_page

    with _told():
        wanted = Wanted(loan, book, lender, as_of, "single", out, language or "", Role(role), person)
        out.write_text(choosing_page(wanted, Silent()), encoding="utf-8")
        click.echo(out)


def _standing(letter: str, language: str, role: Role, folder: LenderFolder) -> Standing:
    kind = LETTERS[letter]
    if kind not in letters_of(folder.lender.jurisdiction):
        raise Stopped(
            f"{letter} is a letter of {', '.join(kind.law)}; this lender is under {folder.lender.jurisdiction}."
        )
    if role not in words_of(kind):
        raise Stopped(f"{letter} has no words of its own for a {role}: it has them for {', '.join(words_of(kind))}.")
    return standing_of(kind, language, role, folder.lender.jurisdiction, folder.wording)


def _in_words(one: Standing) -> str:
    wording = one.wording
    if wording.approved_by:
        approved = f"approved by {wording.approved_by} on {wording.approved_on}"
    elif one.changed_since is not None:
        approved = f"CHANGED since {one.changed_since.approved_by} approved it on {one.changed_since.approved_on}"
    else:
        approved = "approved by nobody yet"
    replaced = f"; the lender's own: {', '.join(one.replaced)}" if one.replaced else ""
    return f"{one.letter:24} {one.language:8} {one.role:12} {wording.version} {wording.hash[:12]}  {approved}{replaced}"
