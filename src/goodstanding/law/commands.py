"""`goodstanding law`: show the rules on a day, check them, compare two days, judge a case written by hand."""

import json
import sys
from pathlib import Path

import click

from goodstanding.core.reading import BadValue
from goodstanding.law.yaml_text import BadYaml

STOPPED, DIFFERS = 1, 3


@click.group()
def law() -> None:
    """The law as dated data: show it, check it, compare days, judge a case."""


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
    from goodstanding.law.tell import verdict_data, verdict_lines

    try:
        cases = read_cases(file)
    except (BadValue, BadYaml) as bad:
        click.echo(f"Stopped: {file.name}: {bad}", err=True)
        sys.exit(STOPPED)
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
        sys.exit(DIFFERS)
