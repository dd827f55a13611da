"""The golden letters of this kind, by name: the language, and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from goodstanding.core.letter import LetterFacts
from goodstanding.core.loan import Component, Kind, Transaction
from goodstanding.core.particulars import PaidUp, PaidUpAs
from goodstanding.letters.examples import (
    AS_OF,
    cn_bill,
    cn_loan,
    facts_of,
    hk_loan,
    to_co_borrower,
    to_guarantor,
    uk_loan,
    us_loan,
)

PAID_ON = date(2026, 11, 20)


def cured(facts: LetterFacts) -> LetterFacts:
    """The same loan if what was overdue had been paid three days before."""
    then = _again(facts, (), PAID_ON).assessment
    return replace(_paid(facts, then.amount_to_cure), particulars=PaidUp(PaidUpAs.CURED, PAID_ON))


def paid_in_full(facts: LetterFacts, *, too_much: int = 0) -> LetterFacts:
    then = _again(facts, (), PAID_ON).assessment
    return replace(_paid(facts, then.payoff + too_much), particulars=PaidUp(PaidUpAs.PAID_IN_FULL, PAID_ON))


def settled(facts: LetterFacts) -> LetterFacts:
    """Two thirds of the principal paid, all else waived."""
    then = _again(facts, (), PAID_ON).assessment
    amounts = {
        Component.PENALTY: then.penalty,
        Component.COMPOUND: then.compound_interest,
        Component.FEE: then.fees,
        Component.INTEREST: then.overdue_interest,
        Component.PRINCIPAL: then.outstanding_principal // 3,
    }
    waived = tuple(
        Transaction(f"W{component}", Kind.WAIVER, amount, PAID_ON, PAID_ON, component=component)
        for component, amount in amounts.items()
        if amount
    )
    rest = _again(facts, waived, PAID_ON).assessment.payoff
    paid = _again(facts, (*waived, _payment(rest)), AS_OF)
    return replace(paid, particulars=PaidUp(PaidUpAs.SETTLED, PAID_ON))


def _payment(amount: int) -> Transaction:
    return Transaction("T9999", Kind.PAYMENT, amount, PAID_ON, PAID_ON)


def _paid(facts: LetterFacts, amount: int) -> LetterFacts:
    return _again(facts, (_payment(amount),), AS_OF)


def _again(facts: LetterFacts, more: tuple[Transaction, ...], as_of: date) -> LetterFacts:
    loan = replace(facts.loan, transactions=(*facts.loan.transactions, *more))
    return replace(facts_of(loan, facts.policy, facts.borrower, facts.lender, as_of=as_of), reader=facts.reader)


CASES: dict[str, tuple[str, Callable[[], LetterFacts]]] = {
    "zh_hans_cured": ("zh-Hans", lambda: cured(cn_loan("zh-Hans"))),
    "zh_hans_bill_cured": ("zh-Hans", lambda: cured(cn_bill("zh-Hans"))),
    "zh_hans_paid_in_full": ("zh-Hans", lambda: paid_in_full(cn_loan("zh-Hans"), too_much=1_50)),
    "zh_hans_guarantor_paid_in_full": ("zh-Hans", lambda: paid_in_full(to_guarantor(cn_loan("zh-Hans")))),
    "zh_hant_cured": ("zh-Hant", lambda: cured(cn_loan("zh-Hant"))),
    "zh_hant_hong_kong_paid_in_full": ("zh-Hant", lambda: paid_in_full(hk_loan("zh-Hant"))),
    "zh_hant_guarantor_cured": ("zh-Hant", lambda: cured(to_guarantor(hk_loan("zh-Hant")))),
    "en_cured": ("en", lambda: cured(cn_loan("en"))),
    "en_united_kingdom_cured": ("en", lambda: cured(uk_loan())),
    "zh_hans_settled": ("zh-Hans", lambda: settled(cn_loan("zh-Hans"))),
    "zh_hant_settled": ("zh-Hant", lambda: settled(hk_loan("zh-Hant"))),
    "en_settled": ("en", lambda: settled(uk_loan())),
    "en_united_states_paid_in_full": ("en", lambda: paid_in_full(us_loan())),
    "en_co_borrower_paid_in_full": ("en", lambda: paid_in_full(to_co_borrower(cn_loan("en")))),
    "en_guarantor_paid_in_full": ("en", lambda: paid_in_full(to_guarantor(uk_loan()))),
    "zh_hans_co_borrower_cured": ("zh-Hans", lambda: cured(to_co_borrower(cn_loan("zh-Hans")))),
    "zh_hant_co_borrower_paid_in_full": ("zh-Hant", lambda: paid_in_full(to_co_borrower(hk_loan("zh-Hant")))),
}
