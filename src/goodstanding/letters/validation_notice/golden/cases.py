"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import Acting, Validation, Whole
from goodstanding.letters.examples import to_co_borrower, to_guarantor, us_loan


def _validation(facts: LetterFacts, acting: Acting = Acting.DEBT_COLLECTOR, website: str = "") -> LetterFacts:
    """The debt as it was paid last, in August, and what has been charged and waived since."""
    now = facts.assessment.payoff
    fees, credited = 76_89, 10_00
    debt = Validation(
        acting=acting,
        debt=Whole.PAYOFF,
        creditor_then="Prairie Lending",
        creditor_now="Prairie Lending" if acting is Acting.CREDITOR else "Meadowlark Receivables LLC",
        itemised_on=date(2026, 8, 14),
        then=now - 420_00 - fees + credited,
        interest=420_00,
        fees=fees,
        paid_or_credited=credited,
        now=now,
        ends_on=date(2027, 1, 4),
        website=website,
    )
    return replace(facts, particulars=debt)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "en": ("en", lambda: _validation(us_loan(), website="www.prairie.example/dispute")),
    "en_creditor": ("en", lambda: _validation(us_loan(), Acting.CREDITOR)),
    "zh_hans": ("zh-Hans", lambda: _validation(us_loan())),
    "zh_hant": ("zh-Hant", lambda: _validation(us_loan())),
    "en_co_borrower": ("en", lambda: _validation(to_co_borrower(us_loan()))),
    "zh_hans_co_borrower": ("zh-Hans", lambda: _validation(to_co_borrower(us_loan()))),
    "zh_hant_co_borrower": ("zh-Hant", lambda: _validation(to_co_borrower(us_loan()))),
    "en_guarantor": ("en", lambda: _validation(to_guarantor(us_loan()))),
    "zh_hans_guarantor": ("zh-Hans", lambda: _validation(to_guarantor(us_loan()))),
    "zh_hant_guarantor": ("zh-Hant", lambda: _validation(to_guarantor(us_loan()))),
}
