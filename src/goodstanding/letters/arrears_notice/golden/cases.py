"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import ArrearsNotice
from goodstanding.letters.examples import to_co_borrower, uk_card, uk_loan

FIRST, AGAIN = ArrearsNotice(), ArrearsNotice(date(2026, 6, 2))


def _notice(facts: LetterFacts, particulars: ArrearsNotice = FIRST) -> LetterFacts:
    return replace(facts, particulars=particulars)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "en": ("en", lambda: _notice(uk_loan())),
    "en_again": ("en", lambda: _notice(uk_loan(), AGAIN)),
    "en_card": ("en", lambda: _notice(uk_card())),
    "zh_hans": ("zh-Hans", lambda: _notice(uk_loan())),
    "zh_hant": ("zh-Hant", lambda: _notice(uk_card())),
    "en_co_borrower": ("en", lambda: _notice(to_co_borrower(uk_loan()))),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _notice(to_co_borrower(uk_loan()))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _notice(to_co_borrower(uk_loan()))),
}
