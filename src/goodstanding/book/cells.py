"""One cell: how its text becomes a value, and what to say when it can't.

`read_cell` is the rule, in Python on core's own readers. `value_sql` is the same rule for DuckDB, which reads millions of
rows; a property test holds the two to each other, and `read_cell` is asked again whenever a cell is refused, so that
what a person reads is core's own reason. Cells come trimmed; an empty one is None.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from zoneinfo import available_timezones

from goodstanding.book.flat_file import Cell, Column
from goodstanding.book.schema import EARLIEST, LATEST
from goodstanding.core.dates import parse_day
from goodstanding.core.money import CURRENCY_EXPONENTS, LARGEST_AMOUNT, decimal_text, exponent_of, parse_amount
from goodstanding.core.rates import PPM

LARGEST_RATE_PPM = 10 * PPM
"""1,000 % a year: batches stay exact up to here, and beyond it a rate is nearly always a per cent sign forgotten."""
_DAILY_DECIMALS = 10
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_EARLIEST_BIRTH = "1900-01-01"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_REGION = "[A-Z]{2}(-[A-Z0-9]{1,3}){1,2}"
_INSTANT = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?"
)

_SQL_TYPES = {
    Cell.AMOUNT: "BIGINT",
    Cell.RATE: "BIGINT",
    Cell.DAILY_RATE: "BIGINT",
    Cell.DAY: "DATE",
    Cell.COUNT: "INTEGER",
    Cell.FLAG: "BOOLEAN",
}

CellValue = int | str | date | bool


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell was refused. rule: its name, as counted in summaries."""

    rule: str
    expected: str
    what_to_do: str


def read_cell(
    column: Column, text: str | None, currency: str, country: str | None = None
) -> CellValue | CellProblem | None:
    """Return the value of a cell, or the CellProblem that says why there is none. country: of the row, for identity numbers."""
    if text is None:
        if column.required:
            return CellProblem("missing", f"a value in every row ({column.about})", f"Fill in {column.name}.")
        return None
    match column.cell:
        case Cell.AMOUNT:
            return _read_amount(column, text, currency)
        case Cell.RATE:
            return _read_rate(text, per_year=1)
        case Cell.DAILY_RATE:
            return _read_rate(text, per_year=365)
        case Cell.DAY:
            return _read_day(text)
        case Cell.COUNT:
            return _read_count(column, text)
        case Cell.FLAG:
            if text.lower() not in _FLAGS:
                return CellProblem("flag", "true or false", f"Write true or false in {column.name}.")
            return _FLAGS[text.lower()]
        case Cell.CHOICE:
            if text not in column.choices:
                listed = ", ".join(column.choices)
                return CellProblem(
                    f"unknown_{column.name}", f"one of {listed}", f"Write one of these in {column.name}."
                )
            return column.choices.index(text) if column.is_coded else text
        case Cell.CURRENCY:
            return _read_currency(text, currency)
        case Cell.COUNTRY:
            if not re.fullmatch("[A-Za-z]{2}", text):
                return CellProblem("country", "a country code of two letters, such as CN", "Write the ISO 3166 code.")
            return text.upper()
        case Cell.RESIDENT_ID:
            return _read_resident_id(text, country)
        case Cell.INSTANT:
            return _read_instant(text)
        case Cell.TIME:
            return _matched(
                text, _TIME, "time", "a time of day written HH:MM, such as 08:30", "Write the time as HH:MM."
            )
        case Cell.CHOICES:
            if any(one not in column.choices for one in text.split(";")):
                listed = ", ".join(column.choices)
                return CellProblem(
                    f"unknown_{column.name}",
                    f"one or more of {listed}, with ; between",
                    f"Write only these in {column.name}.",
                )
            return text
        case Cell.REGION:
            return _matched(
                text, _REGION, "region", "an ISO 3166-2 code, such as US-CO", "Write the code of the state or region."
            )
        case Cell.ZONE:
            if text not in _zones():
                return CellProblem(
                    "zone", "a name of the time zone database, such as Asia/Shanghai", "Write the zone's name."
                )
            return text
        case Cell.TEXT:
            return text


def _matched(text: str, pattern: str, rule: str, expected: str, what_to_do: str) -> str | CellProblem:
    return text if re.fullmatch(pattern, text) else CellProblem(rule, expected, what_to_do)


def _read_instant(text: str) -> str | CellProblem:
    problem = CellProblem(
        "instant",
        "a day and a time, such as 2026-03-10T10:05+08:00",
        "Write YYYY-MM-DDTHH:MM, with the offset if you can.",
    )
    if not re.fullmatch(_INSTANT, text):
        return problem
    return problem if isinstance(_read_day(text[:10]), CellProblem) else text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _read_amount(column: Column, text: str, currency: str) -> int | CellProblem:
    try:
        minor = parse_amount(text, currency)
    except ValueError as wrong:
        what = str(wrong)
        if "larger" in what:
            most = decimal_text(LARGEST_AMOUNT, currency)
            return CellProblem("amount_too_large", f"at most {most}", "Check the amount for a slip.")
        if "decimals" in what:
            places = exponent_of(currency)
            return CellProblem(
                "too_many_decimals",
                f"at most {places} decimals, as {currency} has",
                "Give the amount as it was booked.",
            )
        return CellProblem(
            "amount",
            "decimal text such as 1409.50, without separators or signs of currency",
            f"Write {column.name} as plain decimal text.",
        )
    if minor < 0:
        advice = "Write it positive; what undoes a payment is a row of kind reversal that names it in reverses."
        return CellProblem("negative_amount", "an amount of 0 or more", advice)
    if _is_blurred(text, currency):
        return CellProblem(
            "too_many_decimals", f"at most {exponent_of(currency)} decimals", "Give it as it was booked."
        )
    return minor


def _is_blurred(text: str, currency: str) -> bool:
    """Whether anything but zeros stands after the currency's decimals, however far out."""
    return text.partition(".")[2][exponent_of(currency) :].strip("0") != ""


def _read_rate(text: str, *, per_year: int) -> int | CellProblem:
    """Return parts per million a year."""
    example = "0.199 for 19.9 % a year" if per_year == 1 else "0.0005 for 0.05 % a day"
    if not re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
        return CellProblem(
            "rate", f"a decimal fraction of one, such as {example}", "Write the rate as plain decimal text."
        )
    exact = Fraction(text) * per_year * PPM
    if not 0 <= exact <= LARGEST_RATE_PPM:
        return CellProblem(
            "rate_out_of_range",
            f"a fraction of one, such as {example}, up to 1,000 % a year",
            "Divide a percentage by 100.",
        )
    if exact.denominator != 1:
        return CellProblem(
            "rate_not_exact",
            "a rate that is exact in parts per million a year"
            + (" (a daily rate is taken times 365)" if per_year == 365 else " (six decimals)"),
            "Give the contract's own rate, without figures left over from a calculation.",
        )
    return exact.numerator


def _read_day(text: str) -> date | CellProblem:
    try:
        day: date | None = parse_day(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        return CellProblem("date", "a day written YYYY-MM-DD, such as 2026-11-23", "Write the day as YYYY-MM-DD.")
    if not EARLIEST <= text <= LATEST:
        return CellProblem("date_out_of_range", f"a day from {EARLIEST} to {LATEST}", "Check the year for a slip.")
    return day


def _read_count(column: Column, text: str) -> int | CellProblem:
    if not re.fullmatch("[0-9]{1,9}", text) or not column.least <= int(text) <= column.most:
        return CellProblem(
            "count", f"a whole number from {column.least} to {column.most:,}", f"Write {column.name} in digits only."
        )
    return int(text)


def _read_currency(text: str, currency: str) -> str | CellProblem:
    if text in CURRENCY_EXPONENTS and text != currency:
        return CellProblem(
            "other_currency",
            f"{currency}, the book's currency",
            f"Keep loans in {text} in a book of their own, whose book.toml says so.",
        )
    if text != currency:
        return CellProblem("unknown_currency", f"{currency}, the book's currency", "Write the ISO 4217 code.")
    return text


def _read_resident_id(text: str, country: str | None) -> str | CellProblem:
    if (country or "").upper() != "CN":
        return text
    plain = text.upper()
    if re.fullmatch("[0-9]{17}[0-9X]", plain):
        if _has_birth_day(plain) and _CHECK_DIGITS[_weighted(plain) % 11] == plain[17]:
            return plain
        advice = "Compare the number with the borrower's identity card; a spreadsheet may have changed its last digits."
        return CellProblem("resident_id", "a number whose date of birth and check digit (GB 11643) agree", advice)
    if re.fullmatch(r"[0-9.]+(E\+?[0-9]+)?", plain) and not re.fullmatch("[0-9]{15}", plain):
        advice = "Enter the number as text: a spreadsheet that takes it for a number loses digits."
        return CellProblem("resident_id", "18 characters, the last a check digit (GB 11643)", advice)
    return text


def _weighted(plain: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, plain[:17], strict=True))


def _has_birth_day(plain: str) -> bool:
    try:
        born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return False
    return born.isoformat() >= _EARLIEST_BIRTH


def value_sql(column: Column, currency: str) -> str:
    """Return the SQL of a cell's value (amounts in minor units, rates in ppm, days as DATE); NULL when it has none."""
    cell = f'"{column.name}"'
    match column.cell:
        case Cell.AMOUNT:
            return _scaled_sql(cell, exponent_of(currency), LARGEST_AMOUNT)
        case Cell.RATE:
            return _scaled_sql(cell, 6, LARGEST_RATE_PPM)
        case Cell.DAILY_RATE:
            most = LARGEST_RATE_PPM * 10 ** (_DAILY_DECIMALS - 6) // 365
            tiny = _scaled_sql(cell, _DAILY_DECIMALS, most)
            exact = 10 ** (_DAILY_DECIMALS - 6)
            return f"CASE WHEN ({tiny}) * 365 % {exact} = 0 THEN ({tiny}) * 365 // {exact} END"
        case Cell.DAY:
            day = f"TRY_CAST({cell} AS DATE)"
            return f"CASE WHEN CAST({day} AS VARCHAR) = {cell} AND {cell} BETWEEN '{EARLIEST}' AND '{LATEST}' THEN {day} END"
        case Cell.COUNT:
            number = f"CASE WHEN regexp_full_match({cell}, '[0-9]{{1,9}}') THEN TRY_CAST({cell} AS INTEGER) END"
            return f"CASE WHEN ({number}) BETWEEN {column.least} AND {column.most} THEN {number} END"
        case Cell.FLAG:
            true, false = (_listed(text for text in _FLAGS if _FLAGS[text] is value) for value in (True, False))
            return f"CASE WHEN lower({cell}) IN ({true}) THEN true WHEN lower({cell}) IN ({false}) THEN false END"
        case Cell.CHOICE:
            if column.is_coded:
                return f"(list_position([{_listed(column.choices)}], {cell}) - 1)::TINYINT"
            return f"CASE WHEN {cell} IN ({_listed(column.choices)}) THEN {cell} END"
        case Cell.CURRENCY:
            return f"CASE WHEN {cell} = '{currency}' THEN {cell} END"
        case Cell.COUNTRY:
            return f"CASE WHEN regexp_full_match({cell}, '[A-Za-z]{{2}}') THEN upper({cell}) END"
        case Cell.RESIDENT_ID:
            return _resident_id_sql(cell)
        case Cell.INSTANT:
            day = f"TRY_CAST({cell}[1:10] AS DATE)"
            is_day = f"CAST({day} AS VARCHAR) = {cell}[1:10] AND {cell}[1:10] BETWEEN '{EARLIEST}' AND '{LATEST}'"
            return f"CASE WHEN regexp_full_match({cell}, '{_INSTANT}') AND {is_day} THEN {cell} END"
        case Cell.TIME:
            return f"CASE WHEN regexp_full_match({cell}, '{_TIME}') THEN {cell} END"
        case Cell.REGION:
            return f"CASE WHEN regexp_full_match({cell}, '{_REGION}') THEN {cell} END"
        case Cell.ZONE:
            return f"CASE WHEN {cell} IN ({_listed(sorted(_zones()))}) THEN {cell} END"
        case Cell.CHOICES:
            return f"CASE WHEN list_has_all([{_listed(column.choices)}], string_split({cell}, ';')) THEN {cell} END"
        case Cell.TEXT:
            return cell


def type_sql(column: Column) -> str:
    """Return the SQL type of a column's values."""
    if column.is_coded:
        return "TINYINT"
    return _SQL_TYPES.get(column.cell, "VARCHAR")


def refused_sql(column: Column, value: str) -> str:
    """Return the SQL that is true when a cell must be refused. value: where its value stands."""
    return f"{value} IS NULL" if column.required else f'({value} IS NULL AND "{column.name}" IS NOT NULL)'


def _scaled_sql(cell: str, places: int, most: int) -> str:
    """Decimal text times 10^places as BIGINT, from 0 to most, exactly: nothing but zeros may follow the places."""
    fraction = rf"(\.[0-9]{{0,{places}}}0*)?" if places else r"(\.0*)?"
    bare = rf"\.[0-9]{{1,{places}}}0*" if places else r"\.0+"
    number = rf"CASE WHEN regexp_full_match({cell}, '-?([0-9]+{fraction}|{bare})') THEN TRY_CAST({cell} AS DECIMAL(18,{places})) END"
    limit = f"{most // 10**places}.{most % 10**places:0{places}d}" if places else str(most)
    return f"CASE WHEN ({number}) BETWEEN 0 AND {limit} THEN CAST(({number}) * {10**places} AS BIGINT) END"


def _resident_id_sql(cell: str) -> str:
    plain = f"upper({cell})"
    weighted = " + ".join(
        f"{weight} * (ascii({plain}[{place}]) - 48)" for place, weight in enumerate(_CHECK_WEIGHTS, 1)
    )
    born = (
        f"TRY_CAST({plain}[7:10] || '-' || {plain}[11:12] || '-' || {plain}[13:14] AS DATE) >= DATE '{_EARLIEST_BIRTH}'"
    )
    agrees = f"coalesce({born}, false) AND '{_CHECK_DIGITS}'[({weighted}) % 11 + 1] = {plain}[18]"
    return (
        f"CASE WHEN coalesce(upper(country), '') <> 'CN' THEN {cell}"
        f" WHEN regexp_full_match({plain}, '[0-9]{{17}}[0-9X]') THEN CASE WHEN {agrees} THEN {plain} END"
        rf" WHEN regexp_full_match({plain}, '[0-9.]+(E\+?[0-9]+)?') AND NOT regexp_full_match({cell}, '[0-9]{{15}}') THEN NULL"
        f" ELSE {cell} END"
    )


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)
