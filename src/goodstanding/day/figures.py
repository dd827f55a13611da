"""How the day's own pages write figures: amounts with thousands apart, days in words, rates exactly."""

from datetime import date
from fractions import Fraction

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


def rate_text(rate: Fraction) -> str:
    """Write a rate exactly: as decimal text where it ends, else as a fraction.

    >>> rate_text(Fraction("0.1825")), rate_text(Fraction(1, 3)), rate_text(Fraction(2))
    ('0.1825', '1/3', '2')
    """
    rest = rate.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return f"{rate.numerator}/{rate.denominator}"
    places = next(n for n in range(200) if 10**n % rate.denominator == 0)
    digits = str(rate.numerator * 10**places // rate.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def counted(number: int, of: str) -> str:
    """Say how many.

    >>> counted(1, "loan"), counted(2500, "loan")
    ('1 loan', '2,500 loans')
    """
    return f"{number:,} {of}{'' if number == 1 else 's'}"
