"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan

BEFORE = date(2026, 10, 7)  # three days before the tenth; all before it was paid

CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: cn_loan("zh-Hans", BEFORE)),
    "zh_hans_bill": ("zh-Hans", lambda: cn_bill("zh-Hans", date(2026, 9, 4))),
    "zh_hant": ("zh-Hant", lambda: cn_loan("zh-Hant", BEFORE)),
    "zh_hant_hong_kong": ("zh-Hant", lambda: hk_loan("zh-Hant", date(2026, 10, 12))),
    "en": ("en", lambda: cn_loan("en", BEFORE)),
    "en_united_kingdom": ("en", lambda: uk_loan(date(2026, 9, 25))),
    "en_united_states": ("en", lambda: us_loan(date(2026, 6, 17))),
    "zh_hans_co_borrower": ("zh-Hans", lambda: to_co_borrower(cn_loan("zh-Hans", BEFORE))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: to_co_borrower(cn_loan("zh-Hant", BEFORE))),
    "en_co_borrower": ("en", lambda: to_co_borrower(cn_loan("en", BEFORE))),
}
