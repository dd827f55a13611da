"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import MissedPayment, PlanBroken
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan

ONE = PlanBroken(date(2026, 9, 14), (MissedPayment(date(2026, 11, 10), 417_32, 0),), date(2026, 11, 16))
TWO = PlanBroken(
    date(2026, 8, 3),
    (MissedPayment(date(2026, 10, 10), 150_00, 110_05), MissedPayment(date(2026, 11, 10), 150_00, 0)),
    date(2026, 11, 13),
)


def _told(facts: LetterFacts, told: PlanBroken) -> LetterFacts:
    return replace(facts, particulars=told)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: _told(cn_loan("zh-Hans"), ONE)),
    "zh_hans_bill": ("zh-Hans", lambda: _told(cn_bill("zh-Hans"), TWO)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _told(to_co_borrower(cn_loan("zh-Hans")), ONE)),
    "zh_hant": ("zh-Hant", lambda: _told(hk_loan("zh-Hant"), TWO)),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _told(to_co_borrower(cn_loan("zh-Hant")), ONE)),
    "en": ("en", lambda: _told(cn_loan("en"), ONE)),
    "en_united_kingdom": ("en", lambda: _told(uk_loan(), TWO)),
    "en_united_states": ("en", lambda: _told(us_loan(), ONE)),
    "en_co_borrower": ("en", lambda: _told(to_co_borrower(cn_loan("en")), TWO)),
}
