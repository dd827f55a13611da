"""The letter that confirms a promise to pay."""

from dataclasses import replace

from goodstanding.core.letter import LetterContent, LetterRefused
from goodstanding.core.particulars import PromiseConfirmed
from goodstanding.letters.compose import compose
from goodstanding.letters.promise_confirmed.golden.cases import CASES


def test_more_than_closes_the_loan_is_not_taken_for_a_promise() -> None:
    facts = CASES["en_part"][1]()
    told = facts.particulars
    assert isinstance(told, PromiseConfirmed)
    assert isinstance(compose("promise_confirmed", facts, "en"), LetterContent)
    content = compose("promise_confirmed", replace(facts, particulars=replace(told, amount=500_000_00)), "en")
    assert isinstance(content, LetterRefused) and content.reason == "figures_disagree"
    assert content.detail.startswith("500000.00 CNY are promised, and ")
    assert "CNY would close the loan on 2026-12-04" in content.detail
