"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import HardshipReceived, Paper
from goodstanding.core.party import Role
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan

SHORT = HardshipReceived(date(2026, 11, 20), Role.BORROWER, date(2026, 12, 4))
WITH_HOLD = HardshipReceived(
    date(2026, 11, 20),
    Role.BORROWER,
    date(2026, 12, 4),
    date(2026, 12, 31),
    True,
    (Paper.INCOME, Paper.SPENDING, Paper.OTHER_DEBTS),
)


def _told(facts: LetterFacts, told: HardshipReceived = WITH_HOLD) -> LetterFacts:
    return replace(facts, particulars=replace(told, raised_by=facts.role))


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: _told(cn_loan("zh-Hans"))),
    "zh_hans_short": ("zh-Hans", lambda: _told(cn_bill("zh-Hans"), SHORT)),
    "zh_hant": ("zh-Hant", lambda: _told(hk_loan("zh-Hant"))),
    "zh_hant_short": ("zh-Hant", lambda: _told(cn_bill("zh-Hant"), SHORT)),
    "en": ("en", lambda: _told(cn_loan("en"))),
    "en_united_kingdom": ("en", lambda: _told(uk_loan(), replace(WITH_HOLD, papers=tuple(Paper)))),
    "en_united_states_short": ("en", lambda: _told(us_loan(), SHORT)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _told(to_co_borrower(cn_loan("zh-Hans")))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _told(to_co_borrower(cn_loan("zh-Hant")))),
    "en_co_borrower": ("en", lambda: _told(to_co_borrower(cn_loan("en")))),
}
