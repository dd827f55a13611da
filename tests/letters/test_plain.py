"""Plain text: lines, breaks and columns."""

import pytest

from goodstanding.letters.formats import Formats
from goodstanding.letters.plain import columns, wrap


def test_no_line_begins_with_closing_punctuation() -> None:
    text = "逾期款项，" * 40
    assert all(line[0] not in "，。" for line in wrap(text, 33))


def test_no_line_ends_with_opening_punctuation() -> None:
    assert all(line[-1] != "《" for line in wrap("按《征信业管理条例》报送" * 20, 31))


def test_a_word_stays_whole_and_lines_stay_within_their_width() -> None:
    lines = wrap("Late interest goes on under your agreement until the overdue amount is paid. " * 5, 40)
    assert all(columns(line) <= 40 for line in lines)
    assert (
        " ".join(lines).split()
        == ("Late interest goes on under your agreement until the overdue amount is paid. " * 5).split()
    )


def test_a_word_longer_than_a_line_is_kept_whole() -> None:
    assert wrap("x" * 100, 20) == ["x" * 100]


def test_wrapping_loses_nothing() -> None:
    text = "请在2026年12月7日（含当日）前支付 ¥1,095.96，即可还清全部逾期款项。" * 7
    assert "".join(wrap(text, 50)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("currency", "minor", "said"),
    [
        ("CNY", 140950, "CN¥1,409.50"),
        ("JPY", 1409, "JP¥1,409"),
        ("KWD", 1409500, "KWD 1,409.500"),
        ("CHF", -100, "−CHF 1.00"),
    ],
)
def test_a_currency_without_a_sign_stands_apart_from_its_figure(currency: str, minor: int, said: str) -> None:
    assert Formats("en", "hk", currency).amount(minor).replace("\N{NO-BREAK SPACE}", " ") == said
