"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable, Iterator

from goodstanding.core.letter import LetterFacts
from goodstanding.core.party import Guarantee
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, to_guarantor, uk_loan, us_loan

CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans_short": ("zh-Hans", lambda: cn_loan("zh-Hans")),
    "zh_hant_short": ("zh-Hant", lambda: cn_loan("zh-Hant")),
    "en_short": ("en", lambda: cn_loan("en")),
    "zh_hans_bill": ("zh-Hans", lambda: cn_bill("zh-Hans")),
    "zh_hant_bill": ("zh-Hant", lambda: cn_bill("zh-Hant")),
    "zh_hant_hong_kong": ("zh-Hant", lambda: hk_loan("zh-Hant")),
    "en_hong_kong": ("en", lambda: hk_loan("en")),
    "en_united_states_long": ("en", us_loan),
    "en_united_kingdom": ("en", uk_loan),
    "zh_hans_co_borrower": ("zh-Hans", lambda: to_co_borrower(cn_loan("zh-Hans"))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: to_co_borrower(hk_loan("zh-Hant"))),
    "en_co_borrower": ("en", lambda: to_co_borrower(uk_loan())),
    "zh_hans_guarantor_joint": ("zh-Hans", lambda: to_guarantor(cn_loan("zh-Hans"))),
    "zh_hans_guarantor_general": ("zh-Hans", lambda: to_guarantor(cn_bill("zh-Hans"), Guarantee.GENERAL)),
    "zh_hant_guarantor_unstated": ("zh-Hant", lambda: to_guarantor(cn_loan("zh-Hant"), Guarantee.UNSTATED)),
    "zh_hant_guarantor_hong_kong": ("zh-Hant", lambda: to_guarantor(hk_loan("zh-Hant"))),
    "en_guarantor_joint": ("en", lambda: to_guarantor(cn_loan("en"))),
    "en_guarantor_united_kingdom": ("en", lambda: to_guarantor(uk_loan())),
    "en_guarantor_united_states": ("en", lambda: to_guarantor(us_loan())),
}
"""By name: the letter's language, and the facts."""


def cases() -> Iterator[tuple[str, str, LetterFacts]]:
    """Yield name, language and facts of every golden letter."""
    for name, (language, facts) in CASES.items():
        yield name, language, facts()
