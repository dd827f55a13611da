"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import Chosen, Single
from goodstanding.letters.examples import cn_bill, cn_loan, to_co_borrower, to_guarantor, uk_loan, us_loan
from goodstanding.letters.single.choosing import voice_of
from goodstanding.letters.single.paragraphs import CHOICES


def chosen(facts: LetterFacts, language: str, *keys: str) -> LetterFacts:
    """The facts with a choice of paragraphs, made of the words as they are."""
    voice = voice_of(facts, language)
    paragraphs = tuple(Chosen(key, CHOICES[key].hash(voice)) for key in keys)
    return replace(facts, particulars=Single(facts.loan.id, language, facts.role, paragraphs))


LATE = ("correction", "where_it_stands", "pay", "offers", "hardship")
PAID = ("last_payment", "nothing_overdue", "next_payment", "balance")
BEFORE = date(2026, 10, 12)

CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: chosen(cn_loan("zh-Hans"), "zh-Hans", *LATE)),
    "zh_hans_paid": ("zh-Hans", lambda: chosen(cn_loan("zh-Hans", BEFORE), "zh-Hans", *PAID)),
    "zh_hant": ("zh-Hant", lambda: chosen(cn_bill("zh-Hant"), "zh-Hant", "calculation", "call_us", "contact_details")),
    "en": ("en", lambda: chosen(cn_loan("en", BEFORE), "en", *PAID)),
    "en_united_kingdom": ("en", lambda: chosen(uk_loan(), "en", *LATE)),
    "en_united_states": ("en", lambda: chosen(us_loan(), "en", "next_payment", "how_to_pay", "calculation")),
    "zh_hans_co_borrower": ("zh-Hans", lambda: chosen(to_co_borrower(cn_loan("zh-Hans")), "zh-Hans", *LATE)),
    "zh_hant_co_borrower": ("zh-Hant", lambda: chosen(to_co_borrower(cn_loan("zh-Hant")), "zh-Hant", *LATE)),
    "en_co_borrower": ("en", lambda: chosen(to_co_borrower(cn_loan("en")), "en", *LATE)),
    "zh_hans_guarantor": (
        "zh-Hans",
        lambda: chosen(to_guarantor(cn_loan("zh-Hans")), "zh-Hans", "where_it_stands", "balance"),
    ),
    "zh_hant_guarantor": ("zh-Hant", lambda: chosen(to_guarantor(cn_loan("zh-Hant")), "zh-Hant", "pay", "hardship")),
    "en_guarantor": ("en", lambda: chosen(to_guarantor(cn_loan("en")), "en", "where_it_stands", "balance")),
}
