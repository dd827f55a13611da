"""Amounts, dates and rates as a language writes them, by CLDR through Babel."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_name, get_currency_symbol, parse_pattern

from goodstanding.core.money import decimal_text, exponent_of

_REGIONS = {"HK": "HONG KONG", "MO": "MACAO"}
"""Places with a post of their own, as the Universal Postal Union lists them."""
_IN_CHINESE = {"CN": ("中国", "中國"), "HK": ("香港", "香港"), "MO": ("澳门", "澳門"), "TW": ("台湾", "台灣")}
"""Where addresses are written in Chinese: simplified, traditional."""
COUNTRIES = {"cn": "CN", "us": "US", "uk": "GB", "hk": "HK", "in": "IN"}
_CHINESE = {"zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_HK"}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Formats:
    """How one letter writes figures. English follows the lender's country; each Chinese script has its own home."""

    language: str
    jurisdiction: str
    currency: str

    @cached_property
    def locale(self) -> Locale:
        """The CLDR locale."""
        name = _CHINESE.get(self.language) or {"us": "en_US", "uk": "en_GB", "hk": "en_HK", "in": "en_IN"}.get(
            self.jurisdiction, "en_GB"
        )
        return Locale.parse(name)

    def amount(self, minor: int) -> str:
        """With its currency, for sentences: ¥1,409.50, KWD 1,409.500."""
        text = self._money(minor, self.locale.currency_formats["standard"].pattern).replace("\N{NO-BREAK SPACE}", "")
        sign = self.currency_symbol()
        return text.replace(sign, f"{sign}\N{NO-BREAK SPACE}", 1) if sign[-1:].isalpha() else text

    def figure(self, minor: int) -> str:
        """Without its currency, for columns: 1,409.50, and a true minus."""
        pattern = self.locale.currency_formats["standard"].pattern.split(";")[0]
        return self._money(minor, pattern.replace("¤", "").strip("\N{NO-BREAK SPACE} "))

    def _money(self, minor: int, pattern: str) -> str:
        before, after, groups, comma, point = _way(self.locale, pattern, self.currency)
        whole, _, part = decimal_text(abs(minor), self.currency).partition(".")
        text = f"{before}{_grouped(whole, groups, comma)}{point + part if part else ''}{after}"
        return MINUS + text if minor < 0 else text

    def long_day(self, day: date) -> str:
        """For sentences: 2026年11月23日, 23 November 2026, November 23, 2026."""
        return _day(day, "long", self.locale)

    def short_day(self, day: date) -> str:
        """For columns: 2026-11-23 in Chinese, 23 Nov 2026, Nov 23, 2026."""
        if self.language != "en":
            return day.isoformat()
        return _day(day, "MMM d, yyyy" if self.jurisdiction == "us" else "d MMM yyyy", self.locale)

    def rate(self, rate: Fraction) -> str:
        """In percent, exact up to six decimals: 18.25%."""
        percent = Decimal(rate.numerator) * 100 / Decimal(rate.denominator)
        return format_decimal(percent, "#,##0.######", locale=self.locale) + "%"

    def currency_name(self) -> str:
        """The currency's name in the letter's language."""
        return get_currency_name(self.currency, locale=self.locale)

    def currency_symbol(self) -> str:
        """The currency's sign, where the language has one."""
        return get_currency_symbol(self.currency, locale=self.locale)

    def country_name(self, code: str) -> str | None:
        """Where a letter goes that leaves its country, as post offices read it everywhere: in English capitals (UPU S42).

        The mainland's post calls Hong Kong and Macao by the names that the Universal Postal Union lists.
        """
        if code in _REGIONS:
            return f"{_REGIONS[code]}{', CHINA' if self.jurisdiction == 'cn' else ''}"
        name = Locale.parse("en").territories.get(code)
        return name.upper() if name else None

    def place_in_chinese(self, code: str) -> str | None:
        """Where a letter goes from one place that writes Chinese to another, as both ends' post reads it; None: elsewhere.

        To Hong Kong and Macao the mainland's post writes 中国香港, 中国澳门.
        """
        if COUNTRIES.get(self.jurisdiction) not in _IN_CHINESE or code not in _IN_CHINESE:
            return None
        is_simplified = self.language == "zh-Hans" or (self.language == "en" and code == "CN")
        script = 0 if is_simplified else 1
        china = _IN_CHINESE["CN"][script] if self.jurisdiction == "cn" and code in _REGIONS else ""
        return china + _IN_CHINESE[code][script]


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=64)
def _way(locale: Locale, pattern: str, currency: str) -> tuple[str, str, tuple[int, int], str, str]:
    """How amounts of a currency are written: what stands before and after, the sizes of groups, their mark, the point.

    Asked of Babel once for all amounts: it reads the pattern again for each. Tests hold every amount to its own.
    """
    decimals = exponent_of(currency)
    fitted = _with_decimals(pattern, decimals)
    zero = format_currency(Decimal(0), currency, fitted, locale=locale, currency_digits=False)
    symbols = locale.number_symbols["latn"]
    before, _, after = zero.partition("0" + (symbols["decimal"] + "0" * decimals if decimals else ""))
    return before, after, parse_pattern(fitted).grouping, symbols["group"], symbols["decimal"]


def _grouped(digits: str, groups: tuple[int, int], mark: str) -> str:
    """Digits in groups from the right: the last of the first size, all before it of the second (12,34,567 in India)."""
    last, others = groups
    head, found = digits[:-last], [digits[-last:]]
    while head:
        head, found = head[:-others], [head[-others:], *found]
    return mark.join(found)


@lru_cache(maxsize=64)
def _with_decimals(pattern: str, decimals: int) -> str:
    whole, _, tail = pattern.split(";")[0].partition(".")
    return whole + ("." + "0" * decimals if decimals else "") + tail.lstrip("0#")
