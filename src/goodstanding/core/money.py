"""Money: whole minor units of a currency, and rounding by name.

Within an account an amount is an `int` of minor units. `Money` is for places where accounts meet.
Exponents are those of ISO 4217 (list one, amendment 177); a currency that is not in the list is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

CURRENCY_EXPONENTS: dict[str, int] = {
    **dict.fromkeys(
        "AED AUD BDT BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP GHS HKD HUF IDR ILS INR KES KZT LKR MAD MOP MXN"
        " MYR NGN NOK NPR NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD TZS UAH USD UYU UZS ZAR ZMW".split(),
        2,
    ),
    **dict.fromkeys("CLP ISK JPY KRW PYG RWF UGX VND XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_DECIMAL = re.compile(r"(?P<sign>-?)(?=\.?[0-9])(?P<whole>[0-9]*)(\.(?P<fraction>[0-9]*))?")
LARGEST_AMOUNT = 10**13
"""The largest amount, in minor units, that any part of the product accepts."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount that names its currency. minor: minor units, may be negative."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} don't add: convert one of them first")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        return f"{decimal_text(self.minor, self.currency)} {self.currency}"


def exponent_of(currency: str) -> int:
    """Return the decimal places of a currency; ValueError when we don't know it.

    >>> exponent_of("CNY"), exponent_of("JPY"), exponent_of("KWD")
    (2, 0, 3)
    """
    try:
        return CURRENCY_EXPONENTS[currency]
    except KeyError:
        raise ValueError(
            f'"{currency}" isn\'t a currency we know (expected an ISO 4217 code such as CNY or USD)'
        ) from None


def parse_amount(text: str, currency: str) -> int:
    """Read decimal text exactly into minor units; ValueError says what is wrong.

    No thousands separators, no exponent, no more decimals than the currency has (unless they are zeros).

    >>> parse_amount("1409.50", "CNY"), parse_amount("-3", "JPY"), parse_amount("1.5000", "USD")
    (140950, -3, 150)
    """
    exponent = exponent_of(currency)
    plain = text.strip()
    shape = _DECIMAL.fullmatch(plain)
    if shape is None:
        raise ValueError(f'"{text}" isn\'t an amount (expected decimal text such as 1409.50, without separators)')
    sign, whole, fraction = shape["sign"], shape["whole"], (shape["fraction"] or "").rstrip("0")
    if len(fraction) > exponent:
        raise ValueError(f'"{text}" has more than the {exponent} decimals of {currency}')
    minor = int((whole + fraction.ljust(exponent, "0")) or "0")
    if minor > LARGEST_AMOUNT:
        raise ValueError(f'"{text}" is larger than we compute with ({decimal_text(LARGEST_AMOUNT, currency)})')
    return -minor if sign else minor


def decimal_text(minor: int, currency: str) -> str:
    """Write minor units as plain decimal text.

    >>> decimal_text(-5, "USD"), decimal_text(1200, "JPY")
    ('-0.05', '1200')
    """
    exponent = exponent_of(currency)
    if exponent == 0:
        return str(minor)
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(exponent + 1, "0")
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


def round_half_up(exact: Fraction) -> int:
    """Round to the nearest whole unit, halves away from zero.

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-5, 2))
    (3, -3)
    """
    return ratio_half_up(exact.numerator, exact.denominator)


def ratio_half_up(parts: int, whole: int) -> int:
    """Round parts of a whole (above 0) as round_half_up does, without reducing them first: of large numbers that costs most.

    >>> ratio_half_up(10, 4), ratio_half_up(-10, 4)
    (3, -3)
    """
    rounded = (2 * abs(parts) + whole) // (2 * whole)
    return rounded if parts >= 0 else -rounded


def round_half_even(exact: Fraction) -> int:
    """Round to the nearest whole unit, halves to the even one.

    >>> round_half_even(Fraction(5, 2)), round_half_even(Fraction(7, 2))
    (2, 4)
    """
    return round(exact)


def round_down(exact: Fraction) -> int:
    """Round towards zero.

    >>> round_down(Fraction(29, 10)), round_down(Fraction(-29, 10))
    (2, -2)
    """
    return int(exact)


def round_up(exact: Fraction) -> int:
    """Round away from zero.

    >>> round_up(Fraction(21, 10)), round_up(Fraction(-21, 10))
    (3, -3)
    """
    whole = -(-abs(exact.numerator) // exact.denominator)
    return whole if exact >= 0 else -whole


ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "half_up": round_half_up,
    "half_even": round_half_even,
    "down": round_down,
    "up": round_up,
}


def split_evenly(amount: int, parts: int) -> list[int]:
    """Split an amount into parts that add up to it; the first ones get the odd pennies.

    >>> split_evenly(100, 3)
    [34, 33, 33]
    """
    share, odd = divmod(amount, parts)
    return [share + (1 if place < odd else 0) for place in range(parts)]
