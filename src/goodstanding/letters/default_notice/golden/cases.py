"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import Action, DefaultNotice, Settlement
from goodstanding.letters.examples import to_co_borrower, to_guarantor, uk_loan

SERVED = date(2026, 11, 26)  # posted on the 23rd, first class: the second business day after, and a day to spare
PLAIN = DefaultNotice(date(2026, 1, 26), "4.1", SERVED, date(2026, 12, 14), (Action.TERMINATE, Action.ENFORCE_SECURITY))
EARLIER_PAYMENT = replace(
    PLAIN,
    actions=(Action.TERMINATE, Action.EARLIER_PAYMENT),
    interest_after_judgment=True,
    settlement=Settlement(4_576_28, 135_40, 4_440_88),
)


def _notice(facts: LetterFacts, particulars: DefaultNotice = PLAIN) -> LetterFacts:
    return replace(facts, particulars=particulars)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "en": ("en", lambda: _notice(uk_loan())),
    "en_earlier_payment": ("en", lambda: _notice(uk_loan(), EARLIER_PAYMENT)),
    "zh_hans": ("zh-Hans", lambda: _notice(uk_loan(), EARLIER_PAYMENT)),
    "zh_hant": ("zh-Hant", lambda: _notice(uk_loan(), EARLIER_PAYMENT)),
    "en_co_borrower": ("en", lambda: _notice(to_co_borrower(uk_loan()))),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _notice(to_co_borrower(uk_loan()))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _notice(to_co_borrower(uk_loan()))),
    "en_guarantor": ("en", lambda: _notice(to_guarantor(uk_loan()))),
    "zh_hans_guarantor": ("zh-Hans", lambda: _notice(to_guarantor(uk_loan()))),
    "zh_hant_guarantor": ("zh-Hant", lambda: _notice(to_guarantor(uk_loan()))),
}
