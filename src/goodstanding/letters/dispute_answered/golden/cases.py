"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.arrears.assess import assess
from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import About, DisputeAnswered, Found, Outcome, Reason
from goodstanding.core.party import Role
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, to_guarantor, uk_loan, us_loan

AS_BEFORE = DisputeAnswered(
    date(2026, 11, 16),
    Role.BORROWER,
    (About.PAYMENT, About.AMOUNT),
    Outcome.AS_BEFORE,
    (Found(Reason.PAYMENT_NOT_FOUND, 500_00, date(2026, 11, 9)), Found(Reason.CALCULATION_AS_AGREED)),
    0,  # worked out for each loan
    date(2026, 11, 16),
)
FOUND = DisputeAnswered(
    date(2026, 9, 28),
    Role.BORROWER,
    (About.PAYMENT,),
    Outcome.RIGHT,
    (Found(Reason.PAYMENT_FOUND, 100_00, date(2026, 9, 20)),),
    244_28,
    date(2026, 9, 28),
)
PARTLY = DisputeAnswered(
    date(2026, 9, 30),
    Role.BORROWER,
    (About.CHARGE, About.PAYMENT),
    Outcome.PARTLY,
    (
        Found(Reason.CHARGE_TAKEN_OFF, 10_00, date(2026, 10, 5)),
        Found(Reason.PAYMENT_CAME_BACK, 250_00, date(2026, 9, 25)),
    ),
    1_416_62,
    date(2026, 9, 30),
)
NOT_YOURS = DisputeAnswered(
    date(2026, 11, 16),
    Role.BORROWER,
    (About.NOT_MINE,),
    Outcome.RIGHT,
    (Found(Reason.NOT_YOURS),),
    1_082_12,
    date(2026, 11, 14),
)


def _answer(facts: LetterFacts, answer: DisputeAnswered) -> LetterFacts:
    if answer.outcome is Outcome.AS_BEFORE:
        then = assess(facts.loan, facts.policy, as_of=answer.claimed_on)
        answer = replace(answer, claimed=then.amount_to_cure)
    return replace(facts, particulars=replace(answer, raised_by=facts.role))


def _paid_up(language: str) -> LetterFacts:
    """Asked about on a day on which nothing is overdue any more."""
    facts = cn_loan(language, date(2026, 10, 12))
    found = (Found(Reason.PAYMENT_FOUND, 1_079_71, date(2026, 10, 10)), Found(Reason.RECORD_CORRECTED))
    answer = replace(FOUND, about=(About.PAYMENT, About.CREDIT_RECORD), reasons=found, claimed=1_079_71)
    return _answer(facts, answer)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: _answer(cn_loan("zh-Hans"), AS_BEFORE)),
    "zh_hans_right": ("zh-Hans", lambda: _answer(cn_bill("zh-Hans", date(2026, 10, 6)), FOUND)),
    "zh_hans_paid_up": ("zh-Hans", lambda: _paid_up("zh-Hans")),
    "zh_hans_not_yours": ("zh-Hans", lambda: _answer(cn_loan("zh-Hans"), NOT_YOURS)),
    "zh_hant": ("zh-Hant", lambda: _answer(cn_loan("zh-Hant"), AS_BEFORE)),
    "zh_hant_right": ("zh-Hant", lambda: _answer(cn_bill("zh-Hant", date(2026, 10, 6)), FOUND)),
    "zh_hant_hong_kong": ("zh-Hant", lambda: _answer(hk_loan("zh-Hant"), AS_BEFORE)),
    "en": ("en", lambda: _answer(cn_loan("en"), AS_BEFORE)),
    "en_paid_up": ("en", lambda: _paid_up("en")),
    "en_united_kingdom": ("en", lambda: _answer(uk_loan(), AS_BEFORE)),
    "en_united_states_partly": ("en", lambda: _answer(us_loan(date(2026, 10, 12)), PARTLY)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _answer(to_co_borrower(cn_loan("zh-Hans")), AS_BEFORE)),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _answer(to_co_borrower(cn_loan("zh-Hant")), AS_BEFORE)),
    "en_co_borrower": ("en", lambda: _answer(to_co_borrower(cn_loan("en")), AS_BEFORE)),
    "zh_hans_guarantor": ("zh-Hans", lambda: _answer(to_guarantor(cn_loan("zh-Hans")), NOT_YOURS)),
    "zh_hant_guarantor": ("zh-Hant", lambda: _answer(to_guarantor(cn_loan("zh-Hant")), AS_BEFORE)),
    "en_guarantor": ("en", lambda: _answer(to_guarantor(cn_loan("en")), AS_BEFORE)),
}
