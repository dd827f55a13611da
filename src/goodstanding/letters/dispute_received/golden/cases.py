"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import About, Channel, DisputeReceived
from goodstanding.core.party import Role
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, to_guarantor, uk_loan, us_loan

ABOUT_A_PAYMENT = DisputeReceived(
    date(2026, 11, 20), Role.BORROWER, Channel.EMAIL, (About.PAYMENT,), date(2026, 12, 4), True, 500_00
)
ABOUT_A_RECORD = DisputeReceived(
    date(2026, 11, 20), Role.BORROWER, Channel.LETTER, (About.CHARGE, About.CREDIT_RECORD), date(2026, 12, 10), True
)
NOT_MINE = DisputeReceived(
    date(2026, 11, 21), Role.BORROWER, Channel.PHONE, (About.NOT_MINE, About.OTHER), date(2026, 12, 5), True
)


def _dispute(facts: LetterFacts, dispute: DisputeReceived = ABOUT_A_PAYMENT) -> LetterFacts:
    return replace(facts, particulars=replace(dispute, raised_by=facts.role))


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: _dispute(cn_loan("zh-Hans"))),
    "zh_hans_credit_record": ("zh-Hans", lambda: _dispute(cn_bill("zh-Hans"), ABOUT_A_RECORD)),
    "zh_hant": ("zh-Hant", lambda: _dispute(hk_loan("zh-Hant"))),
    "zh_hant_credit_record": ("zh-Hant", lambda: _dispute(cn_bill("zh-Hant"), ABOUT_A_RECORD)),
    "en": ("en", lambda: _dispute(cn_loan("en"), ABOUT_A_RECORD)),
    "en_united_kingdom": ("en", lambda: _dispute(uk_loan())),
    "en_united_states_not_mine": ("en", lambda: _dispute(us_loan(), NOT_MINE)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _dispute(to_co_borrower(cn_loan("zh-Hans")))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _dispute(to_co_borrower(cn_loan("zh-Hant")))),
    "en_co_borrower": ("en", lambda: _dispute(to_co_borrower(cn_loan("en")))),
    "zh_hans_guarantor": ("zh-Hans", lambda: _dispute(to_guarantor(cn_loan("zh-Hans")), NOT_MINE)),
    "zh_hant_guarantor": ("zh-Hant", lambda: _dispute(to_guarantor(cn_loan("zh-Hant")), ABOUT_A_RECORD)),
    "en_guarantor": ("en", lambda: _dispute(to_guarantor(cn_loan("en")), NOT_MINE)),
}
