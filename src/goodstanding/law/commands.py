"""`goodstanding law`: show the rules on a day, check them, compare two days, judge a case written by hand."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click

from goodstanding.core.conduct.facts import Actor
from goodstanding.core.conduct.vocabulary import Licence, Product
from goodstanding.core.reading import BadValue
from goodstanding.law.yaml_text import BadYaml
from goodstanding.options import Day

STOPPED, SOMETHING = 1, 3


def stop(why: object) -> NoReturn:
    click.echo(f"Stopped: {why}", err=True)
    sys.exit(STOPPED)


@click.group()
def law() -> None:
    """The law as dated data: show it, check it, compare days, judge a case."""


@law.command()
@click.argument("name", default="")
@click.option("--on", type=Day(), help="The day, YYYY-MM-DD; today when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of rules as JSON.")
def show(name: str, on: date | None, as_json: bool) -> None:
    """Show rules as they stand on a day.

    NAME: a body of law (us), a folder (us/reg_f), a rule's path, or its name in the list (US-REGF-FREQ-7IN7); all when left out.
    """
    from goodstanding.law.here import BadLaw
    from goodstanding.law.showing import rule_data, rule_lines, under

    day = on or datetime.now().astimezone().date()
    try:
        rules, parts = under(name)
    except BadLaw as bad:
        stop(bad)
    if not rules and not parts:
        stop(f'there is no rule, folder or body of law called "{name}"; goodstanding law show prints them all.')
    if as_json:
        click.echo(json.dumps([rule_data(rule, day) for rule in rules], ensure_ascii=False, indent=2))
        return
    for rule in rules:
        for line in rule_lines(rule, day):
            click.echo(line)
        click.echo("")
    for part in parts:
        click.echo(f"{part.id} [{part.alias}]: {part.title}")
        click.echo(f"  part of {part.part_of}; source: {part.source.cite}\n")


@law.command()
@click.option("--today", type=Day(), help="The day that counts as today, YYYY-MM-DD; today when left out.")
def check(today: date | None) -> None:
    """Check every rule's file: its form, gaps and overlaps in time, sources not looked at for a year.

    Exit code 3 when something wants looking at, 1 when a file can't be used.
    """
    from goodstanding.law.here import HERE, BadLaw
    from goodstanding.law.loader import load_law, read_rule, rule_files
    from goodstanding.law.showing import concerns

    bad_files = []
    for path in rule_files():
        try:
            read_rule(path, HERE)
        except BadLaw as bad:
            bad_files.append(str(bad))
    if bad_files:
        for told in bad_files:
            click.echo(told, err=True)
        stop(f"{len(bad_files)} files can't be used.")
    rules, parts = load_law()
    found = concerns(rules, today or datetime.now().astimezone().date())
    for one in found:
        click.echo(f"{one.rule}: {one.what}")
    unsigned = sum(1 for rule in rules if not rule.source.reviewed_by)
    disabled = sum(1 for rule in rules if rule.disabled)
    click.echo(
        f"{len(rules)} rules and {len(parts)} parts of rules; {disabled} disabled; {unsigned} signed off by nobody yet;"
        f" {len(found)} to look at."
    )
    if found:
        sys.exit(SOMETHING)


@law.command()
@click.argument("first", type=Day())
@click.argument("second", type=Day())
@click.argument("name", default="")
def diff(first: date, second: date, name: str) -> None:
    """Say what is otherwise on the SECOND day than on the FIRST, of the rules called NAME (as in show), or of all."""
    from goodstanding.law.showing import changes, under

    rules, _parts = under(name)
    if not rules:
        stop(f'there is no rule, folder or body of law called "{name}".')
    told = list(changes(rules, first, second))
    for line in told:
        click.echo(line)
    if not told:
        click.echo(f"Nothing differs between {first} and {second}.")


@law.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="Print the verdicts as JSON: one object, or a list for a list of cases."
)
def judge(file: Path, as_json: bool) -> None:
    """Judge a case, or a list of them, that someone wrote by hand.

    FILE: YAML in the form of docs/reference/law_cases.md: who acts, where the person is, what went before, what is proposed, when.
    Where a case says what it expects and the verdict is another, that is told, and the exit code is 3.
    """
    from goodstanding.law.case import disagreements, read_cases
    from goodstanding.law.here import BadLaw
    from goodstanding.law.tell import verdict_data, verdict_lines

    try:
        cases = read_cases(file)
    except (BadValue, BadYaml, BadLaw) as bad:
        stop(f"{file.name}: {bad}")
    told, differs = [], False
    for case in cases:
        verdict = case.verdict()
        wrong = disagreements(case, verdict)
        differs = differs or bool(wrong)
        if as_json:
            told.append({"name": case.name, **verdict_data(verdict), "differs": wrong})
            continue
        if case.name:
            click.echo(case.name)
        for line in (*verdict_lines(verdict), *(f"Not as expected: {one}" for one in wrong)):
            click.echo(line)
        click.echo("")
    if as_json:
        click.echo(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2))
    if differs:
        sys.exit(SOMETHING)


@law.command()
@click.argument("record", default="")
@click.option("--law", "chosen", multiple=True, required=True, help="A body of law, as in show; may be given again.")
@click.option(
    "--actor",
    type=click.Choice([one.value for one in Actor]),
    default=Actor.CREDITOR.value,
    show_default=True,
    help="Who acts.",
)
@click.option("--licence", type=click.Choice([one.value for one in Licence]), help="Under which licence.")
@click.option("--product", type=click.Choice([one.value for one in Product]), help="What kind of credit it is.")
@click.option("--given", "pairs", multiple=True, metavar="NAME=VALUE", help="A day or an answer that rules ask for.")
@click.option("--on", type=Day(), help="The day, YYYY-MM-DD; today when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def keep(
    record: str,
    chosen: tuple[str, ...],
    actor: str,
    licence: str | None,
    product: str | None,
    pairs: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Say which records must be kept, or until when one is.

    RECORD: its kind, such as recording; every rule on records when left out. What a rule counts from is given, such as
    --given recorded_on=2024-06-10. Exit code 3 when the record must still be kept.
    """
    from goodstanding.law.here import BadLaw
    from goodstanding.law.keeping import Asked, duty_lines, keeping, kept_data, kept_lines, kept_rules

    day = on or datetime.now().astimezone().date()
    try:
        rules = kept_rules(chosen)
        if not record:
            for line in duty_lines(rules, day):
                click.echo(line)
            return
        kept = keeping(Asked(record, rules, Actor(actor), licence, product, pairs, day))
    except (BadLaw, BadValue) as bad:
        stop(bad)
    if as_json:
        click.echo(json.dumps(kept_data(kept), ensure_ascii=False, indent=2))
    else:
        for line in kept_lines(kept):
            click.echo(line)
    if not kept.may_be_deleted:
        sys.exit(SOMETHING)
