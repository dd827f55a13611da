"""`goodstanding plans judge`: promises and plans about one loan written by hand, judged on its ledger."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.loan_json import assessment_data, loan_from_data, plain_from_json
from goodstanding.core.money import Money
from goodstanding.core.plans.agreement import course_of
from goodstanding.core.plans.as_agreed import as_agreed
from goodstanding.core.plans.commitments_json import commitments_from_data, judged_data
from goodstanding.core.plans.in_force import hold_of
from goodstanding.core.plans.judging import Commitments, Judged, how_paid
from goodstanding.core.plans.matching import CannotJudge
from goodstanding.core.reading import BadValue
from goodstanding.options import Day

STOPPED = 1
_SAID = ("promises", "plans", "meant_for")


@click.group(short_help="Judge promises and plans on the ledger.")
def plans() -> None:
    """Promises to pay and plans agreed, judged on what was really paid."""


@plans.command("judge", epilog="Exit codes: 0 done; 1 stopped, with the reason; 2 the command wasn't understood.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", type=Day(), required=True, help="The day at whose end it is judged, as YYYY-MM-DD.")
@click.option("--known-on", type=Day(), help="Count only what was recorded by this day.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def judge_file(file: Path, as_of: date, known_on: date | None, as_json: bool) -> None:
    """Judge the promises and plans of FILE, a loan as JSON with `promises`, `plans` and `meant_for` beside it."""
    try:
        click.echo(judged_text(file.read_text(encoding="utf-8-sig"), as_of, known_on, as_json=as_json))
    except OSError as failed:
        _stop(f"{file} can't be read: {failed.strerror}.")
    except UnicodeDecodeError:
        _stop(f"{file} isn't UTF-8 text: save it again as UTF-8.")
    except BadValue as bad:
        _stop(f"{file}: {bad}. Every key is explained in docs/methods/promises.md and plans.md.")
    except (CannotJudge, CannotAssess) as why:
        _stop(f"{file}: {why}.")


def _stop(sentence: str) -> None:
    click.echo(f"Stopped: {sentence}", err=True)
    sys.exit(STOPPED)


def judged_text(text: str, as_of: date, known_on: date | None, *, as_json: bool) -> str:
    """Read the file's text and judge it; BadValue, CannotJudge and CannotAssess say what is wrong."""
    data = _table(text)
    around = {key: value for key, value in data.items() if key not in _SAID}
    loan, policy = loan_from_data(around)
    said = commitments_from_data({key: data[key] for key in _SAID if key in data}, loan.currency)
    judged, changed = as_agreed(said, loan, policy, as_of=as_of, known_on=known_on)
    assessment = assess(changed.loan, policy, as_of=as_of, known_on=known_on)
    if as_json:
        found = judged_data(judged, loan.currency) | {
            "notes": list(changed.notes),
            "loan": assessment_data(assessment, without=("lines", "instalments")),
        }
        return json.dumps(found, ensure_ascii=False, indent=1)
    cure = Money(assessment.amount_to_cure, loan.currency)
    standing = (
        f"Loan {loan.id} with these plans, as of {as_of}: {cure} to cure, {assessment.delinquent_days} days that count."
    )
    told = [*_lines(judged, loan.id, loan.currency), *_never_offered(said, judged, as_of, known_on)]
    return "\n".join([*told, *changed.notes, standing])


def _never_offered(said: Commitments, judged: Judged, as_of: date, known_on: date | None) -> Iterator[str]:
    """Plans of which something was decided, but that nobody offered by then: they are in no state, and aren't passed over in silence."""
    shown = {one.plan.id for one in judged.plans}
    for plan in said.plans:
        refused = course_of(plan, as_of=as_of, known_on=known_on).refused
        if plan.id not in shown and refused:
            yield f"Plan {plan.id}: never offered, so nothing of it counts."
            for left in refused:
                yield f"  Left out: {left.event.kind} at {left.event.at:%Y-%m-%d %H:%M %z}, since {left.reason}."


def _table(text: str) -> Mapping[str, Any]:
    data = plain_from_json(text)
    if not isinstance(data, Mapping) or "loan" not in data:
        raise BadValue('it isn\'t an object with the key "loan"')
    return data


def _lines(judged: Judged, loan_id: str, currency: str) -> Iterator[str]:
    for promise in judged.promises:
        yield f"Promise {promise.promise.id}: {promise.state.replace('_', ' ')}. {promise.reason}"
        for part in promise.counted:
            yield f"  {Money(part.amount, currency)} of payment {part.payment}, {part.on}"
    for plan in judged.plans:
        yield f"Plan {plan.plan.id}: {plan.state} since {plan.since}. {plan.reason}"
        for refused in plan.course.refused:
            event = refused.event
            yield f"  Left out: {event.kind} at {event.at:%Y-%m-%d %H:%M %z}, since {refused.reason}."
        for one in plan.payments:
            paid, asked = Money(one.paid, currency), Money(one.asked, currency)
            yield f"  {one.payment.on}: {paid} of {asked}, {how_paid(plan, one)}"
        if (hold := hold_of(plan, loan_id)) is not None:
            until = f"until {hold.until:%Y-%m-%d %H:%M %z}" if hold.until else "until further notice"
            yield f"  Collection rests from {hold.began_at:%Y-%m-%d %H:%M %z} {until}."
    for left in judged.uncounted:
        yield f"{Money(left.amount, currency)} of payment {left.payment}, {left.on}, count for none of them."
