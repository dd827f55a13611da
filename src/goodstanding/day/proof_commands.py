"""`goodstanding keys` and `goodstanding verify`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from goodstanding.core.dates import parse_day
from goodstanding.day.figures import grouped_text, long_date
from goodstanding.day.ledger import LEDGER, Ledger
from goodstanding.day.lender import read_lender
from goodstanding.day.portfolio import opened_for_reading
from goodstanding.day.progress import Silent
from goodstanding.day.proof import AtHand, Verdict, in_words, json_lines, public_keys, verify_file
from goodstanding.day.stop import Stopped
from goodstanding.letters.key_settings import KeysError
from goodstanding.letters.keys import KeyEntry, KeyFolder, jwks
from goodstanding.letters.token import BadToken, Claim
from goodstanding.letters.verify import Outcome, verify_token

STOPPED, SOMETHING_IS_WRONG = 1, 3
_EXIT_CODES = "Exit codes: 0 nothing speaks against it; 1 stopped, with the reason; 2 the command wasn't understood; 3 something does."

_path = click.Path(path_type=Path)
_lender = click.option(
    "--lender", type=_path, default=Path("lender"), show_default=True, help="The folder with lender.toml."
)
_keys = click.option("--keys", "folder", type=_path, help="The folder of keys, if not the one that lender.toml names.")
_on = click.option("--on", "day", help="The day from which it counts, as YYYY-MM-DD; today if left out.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (Stopped, KeysError) as why:
        click.echo(f"Stopped: {why}", err=True)
        sys.exit(STOPPED)
    except OSError as failed:
        click.echo(f"Stopped: {failed.filename}: {failed.strerror}.", err=True)
        sys.exit(STOPPED)


def _day(text: str | None) -> date:
    try:
        return datetime.now().astimezone().date() if text is None else parse_day(text)
    except ValueError as bad:
        raise click.BadParameter(str(bad), param_hint="--on") from None


def _folder_of(folder: Path | None, lender: Path) -> KeyFolder:
    """The keys that lender.toml names; or those in another folder, whose device is still the lender's, if it has one."""
    is_asked = folder is None or (lender / "lender.toml").is_file()
    named = read_lender(lender).keys if is_asked else None
    if folder is not None:
        return KeyFolder(folder, named.device if named else None)
    if named is None:
        raise Stopped(
            f'{lender / "lender.toml"} names no folder of keys: add a line such as keys = "../keys", outside of what you share, or'
            " give --keys."
        )
    return KeyFolder(named.folder, named.device)


def _shown(entry: KeyEntry, keys: KeyFolder) -> str:
    said = [f"made on {long_date(entry.made_on)}"]
    if entry.retired_on:
        said.append(f"retired on {long_date(entry.retired_on)}")
    if entry.revoked_on:
        said.append(f"revoked on {long_date(entry.revoked_on)}")
    if lies := keys.on_device(entry.id):
        said.append(f"on token {lies.on_token} as {lies.seal} and {lies.token}")
    return f"{entry.id}  {entry.state:8}  {entry.lender}: {', '.join(said)}"


@click.group()
def keys() -> None:
    """Make, rotate and publish the keys that letters are sealed with.

    Private keys lie in a folder, which only its owner may read, or on a device that they never leave, if lender.toml
    names one. Keep a copy of the folder where the lender keeps its other keys: a letter that was sealed verifies without
    it, but nothing more can be sealed.
    """


_existing = click.option(
    "--existing",
    type=(str, str),
    metavar="SEAL TOKEN",
    help="Take two keys that the device has already, by their labels, in place of making new ones.",
)


def _job(job: Callable[..., None]) -> Callable[..., None]:
    return _lender(_keys(job))


@keys.command("new", short_help="Make the first key.")
@_job
@_on
@_existing
def new(lender: Path, folder: Path | None, day: str | None, existing: tuple[str, str] | None) -> None:
    """Make the lender's first key: a pair that seals PDFs and a pair that signs their codes."""
    with _told():
        about = read_lender(lender).lender
        name = about.contacts[about.default_language].name
        keys = _folder_of(folder, lender)
        shown = _shown(keys.new(about.id, name, on=_day(day), existing=existing), keys)
    click.echo(f"{shown}\nNext: `goodstanding keys publish` writes what others verify with.")


@keys.command("rotate", short_help="Retire the key in use and make the next.")
@_job
@_on
@_existing
def rotate(lender: Path, folder: Path | None, day: str | None, existing: tuple[str, str] | None) -> None:
    """Retire the key in use and make the next one. What the old one sealed goes on verifying."""
    with _told():
        keys = _folder_of(folder, lender)
        shown = [_shown(one, keys) for one in keys.rotate(on=_day(day), existing=existing)]
    click.echo("\n".join(shown) + "\nPublish them again, so that new letters verify.")


@keys.command("revoke", short_help="Say that a key can't be trusted any more.")
@click.argument("key", metavar="KEY")
@_job
@_on
def revoke(key: str, lender: Path, folder: Path | None, day: str | None) -> None:
    """Say that KEY can't be trusted any more: no letter that it sealed verifies from then on."""
    with _told():
        keys = _folder_of(folder, lender)
        shown = _shown(keys.revoke(key, on=_day(day)), keys)
    click.echo(f"{shown}\nPublish the keys again at once.")


@keys.command("list", short_help="Show the keys there are.")
@_job
def list_keys(lender: Path, folder: Path | None) -> None:
    """Show the keys there are, the oldest first."""
    with _told():
        keys = _folder_of(folder, lender)
        found = [_shown(one, keys) for one in keys.entries()]
    click.echo("\n".join(found) or "There is no key yet: `goodstanding keys new` makes one.")


@keys.command("publish", short_help="Write what others verify with.")
@_job
@click.option("--out", type=_path, help="Write it to this file; standard output if left out.")
def publish(lender: Path, folder: Path | None, out: Path | None) -> None:
    """Write the public keys as a JSON Web Key Set, to be put on the lender's own site."""
    with _told():
        text = json.dumps(jwks(_folder_of(folder, lender).public_keys()), indent=2, ensure_ascii=False)
        if out is not None:
            out.write_text(text + "\n", encoding="utf-8")
    click.echo(f"Written to {out}." if out else text)


@click.command("verify", epilog=_EXIT_CODES)
@click.argument("letters", nargs=-1, type=_path, metavar="LETTER.pdf ...")
@click.option("--keys", type=_path, help="The lender's published keys (a file), or a folder of keys.")
@click.option("--lender", type=_path, help="The lender's folder: its keys and its own wording.")
@click.option("--out", type=_path, help="The day's output folder: whether a later letter has taken its place.")
@click.option("--book", type=_path, help="A book: whether something was paid that the letter doesn't count.")
@click.option("--code", help="The text of a QR code, as a telephone reads it, in place of a file.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON, for machines.")
def verify_command(
    letters: tuple[Path, ...],
    keys: Path | None,
    lender: Path | None,
    out: Path | None,
    book: Path | None,
    code: str | None,
    is_json: bool,
) -> None:
    """Verify letters: is it genuine, is it intact, do its sums come out the same, does it still hold?

    Nothing is sent anywhere. Without --keys or --lender only the demonstration key is known.
    """
    if bool(letters) == (code is not None):
        raise click.UsageError("name letters to verify, or the text of a code with --code")
    with _told():
        known = public_keys(keys, lender)
        if code is not None:
            sys.exit(_verify_code(code, AtHand(known), is_json))
        wording = read_lender(lender).wording if lender else None
        ledger = _ledger(out)
        if book is None:
            verdicts = [verify_file(path, AtHand(known, wording, ledger)) for path in letters]
        else:
            with opened_for_reading(book, Silent()) as portfolio:
                verdicts = [verify_file(path, AtHand(known, wording, ledger, portfolio)) for path in letters]
    _print(verdicts, is_json)
    sys.exit(0 if all(one.is_good for one in verdicts) else SOMETHING_IS_WRONG)


def _ledger(out: Path | None) -> Ledger | None:
    if out is None:
        return None
    path = out / LEDGER
    if not path.is_file():
        raise Stopped(f"{out} has no {LEDGER}: name the folder that `goodstanding run` writes to.")
    return Ledger(path, mends=False)


def _print(verdicts: list[Verdict], is_json: bool) -> None:
    click.echo(json_lines(verdicts) if is_json else "\n\n".join(map(in_words, verdicts)))


def _verify_code(code: str, at_hand: AtHand, is_json: bool) -> int:
    try:
        claim, answer = verify_token(code, at_hand.keys)
    except BadToken as why:
        raise Stopped(f"This isn't the code of one of our letters: {why}.") from None
    is_example = any(one.entry.is_example for one in at_hand.keys if one.entry.id == claim.key)
    is_good = answer.outcome is Outcome.YES and not is_example
    if is_json:
        data = {
            "is_good": is_good,
            "outcome": answer.outcome,
            "why": list(answer.why),
            "is_example": is_example,
            "reference": claim.reference,
            "loan_ends_in": claim.loan_tail,
            "amount_minor": claim.amount,
            "currency": claim.currency,
            "issued_on": claim.issued_on.isoformat(),
            "key": claim.key,
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_code_in_words(claim, answer.outcome, answer.why, is_example)))
    return 0 if is_good else SOMETHING_IS_WRONG


def _code_in_words(claim: Claim, outcome: Outcome, whys: tuple[str, ...], is_example: bool) -> Iterator[str]:
    if outcome is Outcome.YES:
        yield "The code is genuine. The letter must say the same:"
    else:
        yield f"The code is NOT to be trusted: {'; '.join(whys)}. It says:"
    yield f"  letter      {claim.reference}"
    yield f"  of          {long_date(claim.issued_on)}"
    yield f"  loan        ending in {claim.loan_tail}"
    yield f"  to cure     {claim.currency} {grouped_text(claim.amount, claim.currency)}"
    if is_example:
        yield "  NOTE        the demonstration key, which anybody has, signed it: it proves nothing"
