"""What the options of commands are read as: a day, an instant."""

from datetime import date, datetime
from typing import Any

import click

from goodstanding.core.dates import parse_day


class Day(click.ParamType):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return parse_day(value)
        except ValueError as bad:
            self.fail(str(bad), param, ctx)


class Instant(click.ParamType):
    """A day and a time with its offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            self.fail(f'"{value}" isn\'t an instant with its offset (such as 2026-11-23T10:00+08:00)', param, ctx)
        return at
