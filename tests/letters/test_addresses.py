"""What shows in the window: the country, region and order that whoever carries the letter, and its reader, expect."""

from dataclasses import replace

import pytest

from goodstanding.core.letter import LetterRefused
from goodstanding.letters.compose import compose
from tests.letters.finished import facts_of


def window(language: str, sender: str, country: str, *address: str) -> tuple[str, ...]:
    """The window of a letter to 陳大文 at an address, from a lender under the law of a place."""
    _, facts = facts_of("zh_hant_short")
    borrower = replace(facts.borrower, name="陳大文", address=address, country=country)
    contact = facts.lender.contacts["zh-Hant"]
    lender = replace(facts.lender, jurisdiction=sender, contacts={language: contact})
    if sender != "cn":
        lender = replace(lender, reports_to_credit_bureau=False, may_sue=False)
    content = compose("first_notice", replace(facts, borrower=borrower, lender=lender), language)
    assert not isinstance(content, LetterRefused), content
    return content.recipient.lines


@pytest.mark.parametrize(
    ("language", "sender", "country", "address", "shown"),
    [
        ("zh-Hant", "cn", "HK", ("九龍彌敦道 000 號",), ("中國香港", "九龍彌敦道 000 號", "陳大文 台啟")),
        ("zh-Hans", "cn", "HK", ("九龍彌敦道 000 號",), ("中国香港", "九龍彌敦道 000 號", "陳大文（收）")),
        ("zh-Hant", "cn", "HK", ("香港新界沙田正街 000 號",), ("香港新界沙田正街 000 號", "陳大文 台啟")),
        ("zh-Hant", "cn", "MO", ("新馬路 000 號",), ("中國澳門", "新馬路 000 號", "陳大文 台啟")),
        ("zh-Hant", "cn", "TW", ("臺北市信義路 000 號",), ("台灣", "臺北市信義路 000 號", "陳大文 台啟")),
        ("zh-Hant", "cn", "TW", ("臺灣臺北市信義路 000 號",), ("臺灣臺北市信義路 000 號", "陳大文 台啟")),
        ("zh-Hans", "hk", "CN", ("浙江省杭州市文三路 000 号", "310000"), ("310000", "中国", "浙江省杭州市文三路 000 号", "陳大文（收）")),
        ("zh-Hant", "hk", "MO", ("新馬路 000 號",), ("澳門", "新馬路 000 號", "陳大文 台啟")),
        ("zh-Hant", "us", "HK", ("香港九龍彌敦道 000 號",), ("香港九龍彌敦道 000 號", "HONG KONG", "陳大文 台啟")),
        ("en", "cn", "HK", ("000 Nathan Road", "Kowloon"), ("陳大文", "000 Nathan Road", "Kowloon", "HONG KONG, CHINA")),
        ("en", "us", "HK", ("000 Nathan Road", "Kowloon"), ("陳大文", "000 Nathan Road", "Kowloon", "HONG KONG")),
        ("zh-Hans", "cn", "US", ("1 Main Street", "Springfield"), ("陳大文", "1 Main Street", "Springfield", "UNITED STATES")),
        ("zh-Hant", "hk", "HK", ("九龍彌敦道 000 號",), ("九龍彌敦道 000 號", "陳大文 台啟")),
        ("zh-Hans", "cn", "JP", ("東京都千代田区 0-0",), ("東京都千代田区 0-0", "JAPAN", "陳大文（收）")),
    ],
)  # fmt: skip
def test_an_address_is_written_for_who_carries_it_and_who_reads_it(
    language: str, sender: str, country: str, address: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    assert window(language, sender, country, *address) == shown
