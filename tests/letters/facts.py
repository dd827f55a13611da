"""Facts for tests of letters: the golden cases, and ways to change them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from goodstanding.core.letter import LetterContent, LetterFacts
from goodstanding.core.loan import Loan
from goodstanding.core.party import Borrower
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Terms
from goodstanding.core.rates import AnnualRate
from goodstanding.letters.compose import compose
from goodstanding.letters.examples import CN_POLICY, QINGHE, facts_of
from goodstanding.letters.formal_overdue.golden.cases import CASES


def golden_facts(name: str) -> LetterFacts:
    return CASES[name][1]()


def content_of(facts: LetterFacts, language: str = "zh-Hans") -> LetterContent:
    content = compose("formal_overdue", facts, language)
    assert isinstance(content, LetterContent), content
    return content


def with_borrower(facts: LetterFacts, **changes: object) -> LetterFacts:
    return replace(facts, borrower=replace(facts.borrower, **changes))  # type: ignore[arg-type]


def with_lender(facts: LetterFacts, **changes: object) -> LetterFacts:
    return replace(facts, lender=replace(facts.lender, **changes))  # type: ignore[arg-type]


def many_instalments(count: int, language: str = "zh-Hans") -> LetterFacts:
    """A loan of which no instalment was ever paid, `count` of them overdue: three statement lines each."""
    terms = Terms(99_999_999_99, AnnualRate(Fraction("0.1")), date(2024, 1, 15), 60, date(2024, 2, 15))
    loan = Loan("LONG-1", "CNY", terms.principal, terms.disbursed_on, terms.annual_rate, build_schedule(terms))
    as_of = loan.schedule[count - 1].due_on.replace(day=20)
    return facts_of(loan, CN_POLICY, Borrower("B9", "李长账", language), QINGHE, offers=("instalments",), as_of=as_of)
