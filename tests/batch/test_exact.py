"""Whole numbers of 64 bits, held to Python's own, which have no end."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from goodstanding.batch import exact
from goodstanding.batch.policies import DAY_COUNTS, EPOCH
from goodstanding.batch.policies import ROUNDINGS as NAMES
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.rates import DayCount, days_between, year_fraction

large = st.integers(0, 2**63 - 1)
days = st.integers(-7305, 66109)


@given(large | st.integers(0, 10**6), large | st.integers(0, 10**6), st.integers(1, 2**62) | st.integers(1, 10**9))
def test_products_are_divided_exactly_however_large(a: int, b: int, divisor: int) -> None:
    whole, rest = divmod(a * b, divisor)
    expected = (whole, rest) if whole < 2**62 else (exact.BEYOND, 0)
    found = exact.divided_product(a, b, divisor)
    if float(a) * float(b) < 9.0e18:
        expected = (whole, rest)
    assert found == expected


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 10**9), st.sampled_from(sorted(NAMES)))
def test_rounding_by_name_is_that_of_the_reference(whole: int, divisor: int, part: int, name: str) -> None:
    rest = part % divisor
    assert exact.rounded(whole, rest, divisor, NAMES.index(name)) == ROUNDINGS[name](whole + Fraction(rest, divisor))


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from(sorted(NAMES)))
def test_halves_are_rounded_as_in_the_reference(whole: int, half: int, name: str) -> None:
    assert exact.rounded(whole, half, 2 * half, NAMES.index(name)) == ROUNDINGS[name](whole + Fraction(1, 2))


@given(days, days)
def test_days_are_counted_as_in_the_reference(first: int, second: int) -> None:
    start, end = (date(1970, 1, 1) + timedelta(days=day) for day in sorted((first, second)))
    for code, count in enumerate(DAY_COUNTS):
        a, b = start.toordinal() - EPOCH, end.toordinal() - EPOCH
        assert exact.days_between(a, b, code) == days_between(start, end, count)
        assert Fraction(exact.parts_between(a, b, code), exact.parts_of_year(code)) == year_fraction(start, end, count)


@given(days, st.integers(0, 1500), st.integers(0, 1500))
def test_nights_are_counted_by_their_length_as_one_by_one(origin: int, wait: int, nights: int) -> None:
    start, stop = origin + wait, origin + wait + nights
    for code, count in enumerate(DAY_COUNTS):
        lengths = Counter(
            exact.parts_between(origin, night + 1, code) - exact.parts_between(origin, night, code)
            for night in range(start, stop)
        )
        if count is DayCount.ACT_ACT:
            leap = exact.leap_nights(start, stop)
            assert (lengths[365], lengths[366]) == (leap, nights - leap)
        if count in (DayCount.THIRTY_360_US, DayCount.THIRTY_360_EU):
            assert exact.thirty_nights(origin, start, stop, code) == (lengths[1], lengths[2], lengths[3])
            assert set(lengths) <= {0, 1, 2, 3}


def test_every_day_of_two_centuries_has_its_year_month_and_day() -> None:
    for day in range(-7305, 66110):
        there = date.fromordinal(day + EPOCH)
        assert exact.civil(day) == (there.year, there.month, there.day)
