"""The golden letters of this kind, by name: the language, and the facts. Each plan is an offer of the engine, accepted as it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.particulars import agreement_on
from goodstanding.core.plans.agreement import terms_of
from goodstanding.core.plans.guard_rails import Measure
from goodstanding.core.plans.offers import BreaksWhen, OfferKind
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan
from goodstanding.letters.offer.golden.cases import FOR_LESS, IN_THREE, LONGER, MILD, STRICT, WHOLE, offering

FIVE_YEARS = Measure(OfferKind.PERSONAL_PLAN, months=(60,), bears_interest=True)


def agreed(
    facts: LetterFacts,
    measure: Measure,
    *,
    zone: str = "Asia/Shanghai",
    cooling_off_days: int = 0,
    sign_by: date | None = None,
    breaks_when: BreaksWhen = MILD,
) -> LetterFacts:
    """The facts with this measure agreed on; on the day of the letter. sign_by: needs a signature until then."""
    (offer,) = offering(facts, measure, breaks_when=breaks_when).offers
    terms = terms_of(
        offer, zone=zone, cooling_off_days=cooling_off_days, needs_signature=sign_by is not None, sign_by=sign_by
    )
    is_card = facts.loan.product == "card" and measure.kind is OfferKind.PERSONAL_PLAN
    told = agreement_on(offer, terms, facts.issued_on, no_new_card=is_card)
    return replace(facts, offers=(), particulars=told)


def card(language: str) -> LetterFacts:
    """The example of bills as a bank's card, in China. Its lender and its numbers are invented."""
    facts = cn_bill(language)
    bank = {"zh-Hans": "清和银行股份有限公司", "zh-Hant": "清和銀行股份有限公司", "en": "Qinghe Bank Co., Ltd."}
    names = {"zh-Hans": "信用卡", "zh-Hant": "信用卡", "en": "Credit card"}
    contacts = {one: replace(contact, name=bank[one]) for one, contact in facts.lender.contacts.items()}
    lender = replace(facts.lender, contacts=contacts, product_names={**facts.lender.product_names, "card": names})
    return replace(facts, loan=replace(facts.loan, product="card"), lender=lender)


SIGN_BY = date(2026, 12, 7)

CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans_card": ("zh-Hans", lambda: agreed(card("zh-Hans"), WHOLE, cooling_off_days=7, sign_by=SIGN_BY)),
    "zh_hans": ("zh-Hans", lambda: agreed(cn_loan("zh-Hans"), IN_THREE, cooling_off_days=14)),
    "zh_hans_personal_plan": ("zh-Hans", lambda: agreed(cn_loan("zh-Hans"), FIVE_YEARS, sign_by=SIGN_BY)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: agreed(to_co_borrower(cn_loan("zh-Hans")), LONGER)),
    "zh_hant": ("zh-Hant", lambda: agreed(hk_loan("zh-Hant"), LONGER, zone="Asia/Hong_Kong", sign_by=SIGN_BY)),
    "zh_hant_card": ("zh-Hant", lambda: agreed(card("zh-Hant"), WHOLE, sign_by=SIGN_BY)),
    "zh_hant_co_borrower": ("zh-Hant", lambda: agreed(to_co_borrower(hk_loan("zh-Hant")), FOR_LESS)),
    "en": ("en", lambda: agreed(cn_loan("en"), FIVE_YEARS, cooling_off_days=7, sign_by=SIGN_BY)),
    "en_united_kingdom": (
        "en",
        lambda: agreed(uk_loan(), IN_THREE, zone="Europe/London", cooling_off_days=14),
    ),
    "en_united_states": ("en", lambda: agreed(us_loan(), FOR_LESS, zone="America/Chicago", breaks_when=STRICT)),
    "en_co_borrower": ("en", lambda: agreed(to_co_borrower(cn_loan("en")), LONGER, sign_by=SIGN_BY)),
}
