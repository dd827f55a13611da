"""Check the arithmetic that a page shows, such as `10,000.00 × 18 % × 22 ÷ 365 = 108.493… → 108.49`.

Exact: whole numbers, decimals with or without thousands apart, percentages, days (2026-02-01), + − × ÷ ^, brackets, min
and max. A value that ends in … is cut off there. After → stands the value rounded to as many decimals as are written,
half up unless `(half even)`, `(down)` or `(up)` follows.
"""

import re
from datetime import date
from fractions import Fraction

from goodstanding.core.money import ROUNDINGS

_TOKEN = re.compile(r"\s*(\d{4}-\d\d-\d\d|\d[\d,]*(?:\.\d+)?|min|max|[-+−×÷^%();])")
_ROUNDED = re.compile(r"([\d.,−-]+)(?: \((half up|half even|down|up)\))?")


def wrong(shown: str) -> str | None:
    """Return what is wrong with a line of arithmetic; None when it holds."""
    steps = re.split(r" (=|→) ", shown)
    exact = value_of(steps[0])
    for sign, step in zip(steps[1::2], steps[2::2], strict=True):
        if sign == "→":
            match = _ROUNDED.fullmatch(step)
            if match is None:
                raise ValueError(f'"{step}" isn\'t a rounded value')
            places = 10 ** decimals(match[1])
            expected = Fraction(ROUNDINGS[(match[2] or "half up").replace(" ", "_")](exact * places), places)
            holds = value_of(match[1]) == expected
            exact = expected
        elif step.endswith("…"):
            places = 10 ** decimals(step)
            expected = Fraction(int(exact * places), places)
            holds = value_of(step.removesuffix("…")) == expected != exact
        else:
            expected = exact
            holds = value_of(step) == exact
        if not holds:
            return f"{shown}: {step} is shown where {float(expected)} comes out"
    return None


def decimals(text: str) -> int:
    return len(text.removesuffix("…").partition(".")[2])


def value_of(text: str) -> Fraction:
    """Work an expression out; a day counts as its number in the calendar."""
    tokens, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f'"{text}" has something that isn\'t arithmetic at "{text[place:]}"')
        tokens.append(match[1])
        place = match.end()
    result = _sum(tokens)
    if tokens:
        raise ValueError(f'"{text}" has more than one expression, from "{tokens[0]}"')
    return result


def _sum(tokens: list[str]) -> Fraction:
    result = _product(tokens)
    while tokens and tokens[0] in "+−-":
        result += _product(tokens) if tokens.pop(0) == "+" else -_product(tokens)
    return result


def _product(tokens: list[str]) -> Fraction:
    result = _power(tokens)
    while tokens and tokens[0] in "×÷":
        result = result * _power(tokens) if tokens.pop(0) == "×" else result / _power(tokens)
    return result


def _power(tokens: list[str]) -> Fraction:
    if tokens and tokens[0] in "−-":
        tokens.pop(0)
        return -_power(tokens)
    result = _single(tokens)
    if tokens and tokens[0] == "^":
        tokens.pop(0)
        result = Fraction(result ** int(_single(tokens)))
    return result


def _single(tokens: list[str]) -> Fraction:
    first = tokens.pop(0)
    if first in ("min", "max"):
        return (min if first == "min" else max)(_arguments(tokens))
    if first == "(":
        result = _sum(tokens)
        tokens.remove(")") if tokens[:1] == [")"] else _refuse(first)
        return result
    if re.fullmatch(r"\d{4}-\d\d-\d\d", first):
        return Fraction(date.fromisoformat(first).toordinal())
    if not first[0].isdigit():
        _refuse(first)
    number = Fraction(first.replace(",", ""))
    if tokens[:1] == ["%"]:
        tokens.pop(0)
        number /= 100
    return number


def _arguments(tokens: list[str]) -> list[Fraction]:
    found = []
    while tokens and tokens[0] in "(;":
        tokens.pop(0)
        found.append(_sum(tokens))
    if tokens[:1] != [")"]:
        _refuse("min or max")
    tokens.pop(0)
    return found


def _refuse(token: str) -> None:
    raise ValueError(f'"{token}" stands where it can\'t')
