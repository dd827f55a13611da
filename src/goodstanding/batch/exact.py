"""Exact arithmetic for the kernel: whole numbers of 64 bits, products beyond them by splitting, days as numbers.

A day is its number since 1970-01-01. Amounts: minor units. Nothing here uses a float for an amount; a float only tells
whether a product needs splitting.
"""

from goodstanding.batch.compiling import part

BEYOND = -1
"""What a quotient is when it is beyond 62 bits."""

ACT_365, ACT_360, ACT_ACT, THIRTY_360_US, THIRTY_360_EU = range(5)
HALF_UP, HALF_EVEN, DOWN, UP = range(4)

LARGEST_QUOTIENT = 1 << 62
_SAFE_PRODUCT = 9.0e18
_LOW = 0xFFFFFFFF


@part
def divided_product(a, b, divisor):
    """a * b as whole and rest of a division by divisor; a, b from 0 up, divisor from 1 to 2**62; (BEYOND, 0) beyond 62 bits.

    The product of any two fits in 128 bits: it is kept in two halves and divided bit by bit when it must be.
    """
    if float(a) * float(b) < _SAFE_PRODUCT:
        product = a * b
        whole = product // divisor
        return whole, product - whole * divisor
    a_high, a_low, b_high, b_low = a >> 32, a & _LOW, b >> 32, b & _LOW
    half, odd = a_low >> 1, a_low & 1
    twice = half * b_low
    low_low = ((twice << 1) & _LOW) + odd * b_low
    low_high = (twice >> 31) + (low_low >> 32)
    low_low &= _LOW
    middle = low_high + (a_high * b_low & _LOW) + (a_low * b_high & _LOW)
    high = a_high * b_high + (a_high * b_low >> 32) + (a_low * b_high >> 32) + (middle >> 32)
    middle &= _LOW
    rest = high % divisor
    if high // divisor > 0:
        return BEYOND, 0
    whole = 0
    for limb in (middle, low_low):
        for place in range(31, -1, -1):
            rest = (rest << 1) | ((limb >> place) & 1)
            whole <<= 1
            if rest >= divisor:
                rest -= divisor
                whole += 1
            if whole >= LARGEST_QUOTIENT:
                return BEYOND, 0
    return whole, rest


@part
def rounded(whole, rest, divisor, rounding):
    """whole + rest / divisor (from 0 up, rest below divisor) as the contract rounds."""
    if rest == 0 or rounding == DOWN:
        return whole
    if rounding == UP:
        return whole + 1
    other = divisor - rest
    if rest > other or (rest == other and (rounding == HALF_UP or whole & 1)):
        return whole + 1
    return whole


@part
def civil(day):
    """The year, month and day of the month of a day number (Hinnant's days_from_civil, backwards)."""
    shifted = day + 719468
    era = shifted // 146097
    of_era = shifted - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, of_year - (153 * shifted_month + 2) // 5 + 1


@part
def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@part
def first_of_january(year):
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400 - 719162


@part
def thirty_us(start, end):
    y1, m1, d1 = civil(start)
    y2, m2, d2 = civil(end)
    first, last = d1, d2
    if m1 == 2 and d1 == (29 if is_leap(y1) else 28):
        if m2 == 2 and d2 == (29 if is_leap(y2) else 28):
            last = 30
        first = 30
    if last == 31 and first >= 30:
        last = 30
    if first == 31:
        first = 30
    return 360 * (y2 - y1) + 30 * (m2 - m1) + last - first


@part
def thirty_eu(start, end):
    y1, m1, d1 = civil(start)
    y2, m2, d2 = civil(end)
    return 360 * (y2 - y1) + 30 * (m2 - m1) + min(d2, 30) - min(d1, 30)


@part
def days_between(start, end, day_count):
    """Days of [start, end) as the day count sees them."""
    if day_count == THIRTY_360_US:
        return thirty_us(start, end)
    if day_count == THIRTY_360_EU:
        return thirty_eu(start, end)
    return end - start


@part
def years_elapsed(day):
    """Years since year 0 in parts of 365 * 366: a day of a leap year is 365 parts, of another 366."""
    year, _, _ = civil(day)
    return year * 133590 + (day - first_of_january(year)) * (365 if is_leap(year) else 366)


@part
def parts_between(start, end, day_count):
    """[start, end) in the parts that `parts_of_year` says a year has."""
    if day_count == ACT_ACT:
        return years_elapsed(end) - years_elapsed(start)
    return days_between(start, end, day_count)


@part
def leap_nights(start, day):
    """How many nights of [start, day) lie in leap years."""
    total, night = 0, start
    while night < day:
        year, _, _ = civil(night)
        stop = min(day, first_of_january(year + 1))
        total += stop - night if is_leap(year) else 0
        night = stop
    return total


@part
def thirty_nights(origin, start, day, day_count):
    """How many nights of [start, day) count as one, two and three days of 30/360; those of the 31st count as none.

    A whole year has 357 that count as one and one as three, a leap year 358 and one as two. Within a month, those that
    end by the 27th count as one; the others are looked at.
    """
    one, two, three, night = 0, 0, 0, start
    while night < day:
        year, _, of_month = civil(night)
        rest_of_year = first_of_january(year + 1) - night
        if rest_of_year >= 365 and night == first_of_january(year) and night + rest_of_year <= day:
            one, two, three = one + rest_of_year - 8, two + is_leap(year), three + 1 - is_leap(year)
            night += rest_of_year
            continue
        nights = min(day - night, max(1, 27 - of_month))
        parts = days_between(origin, night + 1, day_count) - days_between(origin, night, day_count)
        if parts == 1:
            one += nights
        elif parts == 2:
            two += 1
        elif parts == 3:
            three += 1
        night += nights
    return one, two, three


@part
def parts_of_year(day_count):
    if day_count == ACT_365:
        return 365
    return 133590 if day_count == ACT_ACT else 360
