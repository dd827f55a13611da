"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.arrears.assess import assess
from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import PromiseConfirmed
from goodstanding.core.party import Role
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan

PART = PromiseConfirmed(date(2026, 11, 22), Role.BORROWER, 500_00, date(2026, 12, 4), date(2026, 12, 7), True)
ALL = PromiseConfirmed(date(2026, 11, 23), Role.BORROWER, 1, date(2026, 11, 30), date(2026, 11, 30), False)
"""Of all that is overdue on the day."""


def _told(facts: LetterFacts, told: PromiseConfirmed) -> LetterFacts:
    if told is ALL:
        told = replace(told, amount=assess(facts.loan, facts.policy, as_of=told.pay_on).amount_to_cure)
    return replace(facts, particulars=replace(told, made_by=facts.role))


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans_part": ("zh-Hans", lambda: _told(cn_loan("zh-Hans"), PART)),
    "zh_hans_bill_all": ("zh-Hans", lambda: _told(cn_bill("zh-Hans"), ALL)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _told(to_co_borrower(cn_loan("zh-Hans")), PART)),
    "zh_hant_part": ("zh-Hant", lambda: _told(hk_loan("zh-Hant"), PART)),
    "zh_hant_bill_all": ("zh-Hant", lambda: _told(cn_bill("zh-Hant"), ALL)),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _told(to_co_borrower(cn_loan("zh-Hant")), ALL)),
    "en_part": ("en", lambda: _told(cn_loan("en"), PART)),
    "en_united_kingdom_all": ("en", lambda: _told(uk_loan(), ALL)),
    "en_united_states_part": ("en", lambda: _told(us_loan(), PART)),
    "en_co_borrower": ("en", lambda: _told(to_co_borrower(cn_loan("en")), PART)),
}
