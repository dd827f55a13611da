"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import CreditReporting
from goodstanding.letters.examples import cn_bill, cn_loan, paying_by, to_co_borrower


def _before(facts: LetterFacts) -> LetterFacts:
    return replace(paying_by(facts, date(2026, 12, 9)), particulars=CreditReporting(date(2026, 12, 10)))


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: _before(cn_loan("zh-Hans"))),
    "zh_hans_bill": ("zh-Hans", lambda: _before(cn_bill("zh-Hans"))),
    "zh_hant": ("zh-Hant", lambda: _before(cn_loan("zh-Hant"))),
    "en": ("en", lambda: _before(cn_loan("en"))),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _before(to_co_borrower(cn_loan("zh-Hans")))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _before(to_co_borrower(cn_loan("zh-Hant")))),
    "en_co_borrower": ("en", lambda: _before(to_co_borrower(cn_loan("en")))),
}
