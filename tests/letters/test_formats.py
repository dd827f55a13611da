"""Amounts, held to Babel's own way of writing each of them."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.money import decimal_text
from goodstanding.letters.formats import COUNTRIES, MINUS, Formats

WAYS = [
    Formats(language, jurisdiction, currency)
    for language in ("zh-Hans", "zh-Hant", "en")
    for jurisdiction in COUNTRIES
    for currency in ("CNY", "HKD", "GBP", "USD", "INR", "JPY", "KWD")
]


@given(st.sampled_from(WAYS), st.integers(-(10**15), 10**15))
def test_an_amount_reads_as_babel_writes_it(formats: Formats, minor: int) -> None:
    own = format_currency(
        Decimal(decimal_text(abs(minor), formats.currency)),
        formats.currency,
        locale=formats.locale,
        currency_digits=True,
    )
    sign = MINUS if minor < 0 else ""
    assert formats.amount(minor).replace("\N{NO-BREAK SPACE}", "") == sign + own.replace("\N{NO-BREAK SPACE}", "")
    without = own.replace(formats.currency_symbol(), "").strip("\N{NO-BREAK SPACE}")
    assert formats.figure(minor) == sign + without


@pytest.mark.parametrize(
    ("minor", "said"), [(1, "0.01"), (12_34_567_89, "12,34,567.89"), (99_999_999_99, "9,99,99,999.99")]
)
def test_indian_amounts_are_grouped_by_lakh_and_crore(minor: int, said: str) -> None:
    assert Formats("en", "in", "INR").figure(minor) == said
