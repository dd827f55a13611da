"""How the day's own pages write figures: amounts with thousands apart, days in words."""

from datetime import date

from goodstanding.core.money import decimal_text


def grouped_text(minor: int, currency: str) -> str:
    """Decimal text with thousands set apart.

    >>> grouped_text(123456789, "USD"), grouped_text(-1200, "JPY")
    ('1,234,567.89', '-1,200')
    """
    whole, dot, rest = decimal_text(minor, currency).partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole != "-0" else f"-0{dot}{rest}"


def long_date(day: date) -> str:
    """A day as a person reads it.

    >>> long_date(date(2026, 11, 3))
    '3 November 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = "January February March April May June July August September October November December".split()


def counted(number: int, of: str) -> str:
    """Say how many.

    >>> counted(1, "loan"), counted(2500, "loan")
    ('1 loan', '2,500 loans')
    """
    return f"{number:,} {of}{'' if number == 1 else 's'}"
