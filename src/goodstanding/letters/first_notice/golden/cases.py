"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.letters.examples import cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan

EARLY = date(2026, 11, 14)

CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: cn_loan("zh-Hans", EARLY)),
    "zh_hant": ("zh-Hant", lambda: cn_loan("zh-Hant", EARLY)),
    "zh_hant_hong_kong": ("zh-Hant", lambda: hk_loan("zh-Hant")),
    "en": ("en", lambda: cn_loan("en", EARLY)),
    "en_united_kingdom": ("en", uk_loan),
    "en_united_states": ("en", us_loan),
    "zh_hans_co_borrower": ("zh-Hans", lambda: to_co_borrower(cn_loan("zh-Hans", EARLY))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: to_co_borrower(cn_loan("zh-Hant", EARLY))),
    "en_co_borrower": ("en", lambda: to_co_borrower(cn_loan("en", EARLY))),
}
