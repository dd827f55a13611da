"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import EarlierLetter, FinalNotice
from goodstanding.core.party import Guarantee
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, to_guarantor, uk_loan, us_loan

EARLIER = FinalNotice(
    (EarlierLetter(date(2026, 10, 6), "261006-3HT8D-Z5YP2"), EarlierLetter(date(2026, 10, 27), "261027-QX4M1-7KRB9"))
)


def _final(facts: LetterFacts) -> LetterFacts:
    return replace(facts, particulars=EARLIER)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: _final(cn_bill("zh-Hans"))),
    "zh_hant": ("zh-Hant", lambda: _final(cn_bill("zh-Hant"))),
    "zh_hant_hong_kong": ("zh-Hant", lambda: _final(hk_loan("zh-Hant"))),
    "en": ("en", lambda: _final(cn_loan("en"))),
    "en_united_kingdom": ("en", lambda: _final(uk_loan())),
    "en_united_states": ("en", lambda: _final(us_loan())),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _final(to_co_borrower(cn_bill("zh-Hans")))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _final(to_co_borrower(cn_bill("zh-Hant")))),
    "en_co_borrower": ("en", lambda: _final(to_co_borrower(cn_loan("en")))),
    "zh_hans_guarantor": ("zh-Hans", lambda: _final(to_guarantor(cn_bill("zh-Hans")))),
    "zh_hant_guarantor": ("zh-Hant", lambda: _final(to_guarantor(cn_bill("zh-Hant"), Guarantee.GENERAL))),
    "en_guarantor": ("en", lambda: _final(to_guarantor(cn_loan("en"), Guarantee.UNSTATED))),
}
