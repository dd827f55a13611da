"""The golden letters of this kind, by name: the language, and the facts. The offers are priced by the engine, as a day's are."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from goodstanding.core.letter import LetterFacts
from goodstanding.core.plans.guard_rails import GuardRails, Measure
from goodstanding.core.plans.offers import BreaksWhen, OfferKind, Position
from goodstanding.core.plans.pricing import Terms, by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
from goodstanding.letters.examples import cn_bill, cn_loan, hk_loan, to_co_borrower, uk_loan, us_loan

IN_THREE = Measure(OfferKind.ARREARS_INSTALMENTS, months=(3,))
CHARGES_GO_ON = Measure(OfferKind.ARREARS_INSTALMENTS, months=(2,), rests=False)
TO_THE_END = Measure(OfferKind.EXTENSION)
FREE_PAUSE = Measure(OfferKind.DEFERRAL, months=(2,), bears_interest=False)
LONGER = Measure(OfferKind.LONGER_TERM, months=(12,))
FOR_LESS = Measure(OfferKind.SETTLEMENT, months=(2,), share=Fraction("0.7"))
WHOLE = Measure(OfferKind.PERSONAL_PLAN, months=(24,), bears_interest=False)
STRICT, MILD = BreaksWhen(), BreaksWhen(missed_amount=10_00, tolerance_days=3)


def offering(facts: LetterFacts, *measures: Measure, breaks_when: BreaksWhen = MILD) -> LetterFacts:
    """The facts with these measures offered, each as the engine prices it."""
    rails = GuardRails(measures, terms=Terms(breaks_when))
    position = Position(facts.loan, facts.policy, facts.assessment, facts.pay_by)
    found = answered_by(ways_out(position, rails), by_reference(facts.policy))
    if len(found.offers) != len(measures):
        raise ValueError(f"an example isn't offered: {found.not_offered}")
    return replace(facts, offers=found.offers)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans": ("zh-Hans", lambda: offering(cn_loan("zh-Hans"), IN_THREE, TO_THE_END, LONGER)),
    "zh_hans_bill": ("zh-Hans", lambda: offering(cn_bill("zh-Hans"), IN_THREE, FOR_LESS, WHOLE, breaks_when=STRICT)),
    "zh_hans_co_borrower": ("zh-Hans", lambda: offering(to_co_borrower(cn_loan("zh-Hans")), TO_THE_END)),
    "zh_hant": ("zh-Hant", lambda: offering(hk_loan("zh-Hant"), IN_THREE, LONGER)),
    "zh_hant_bill": ("zh-Hant", lambda: offering(cn_bill("zh-Hant"), FOR_LESS, WHOLE)),
    "zh_hant_co_borrower": ("zh-Hant", lambda: offering(to_co_borrower(hk_loan("zh-Hant")), CHARGES_GO_ON)),
    "en": ("en", lambda: offering(cn_loan("en"), IN_THREE, TO_THE_END, LONGER)),
    "en_united_kingdom": ("en", lambda: offering(uk_loan(), IN_THREE, FREE_PAUSE, FOR_LESS)),
    "en_united_states": ("en", lambda: offering(us_loan(), IN_THREE, LONGER, breaks_when=STRICT)),
    "en_co_borrower": ("en", lambda: offering(to_co_borrower(hk_loan("en")), CHARGES_GO_ON, TO_THE_END)),
}
