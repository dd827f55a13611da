"""Whatever the assessment of a loan holds can be said in every language, and adds up."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.core.loan import Loan
from goodstanding.core.party import LANGUAGES, Borrower
from goodstanding.letters.compose import compose
from goodstanding.letters.examples import QINGHE
from goodstanding.letters.plain import plain_text
from tests.core.portfolios import assessments


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(assessments(), st.sampled_from(LANGUAGES))
def test_any_loan_in_arrears_gets_a_letter_that_adds_up(found: tuple[Loan, ArrearsPolicy, date], language: str) -> None:
    loan, policy, as_of = found
    pay_by = as_of + timedelta(days=14)
    try:
        today, then = (assess(loan, policy, as_of=day) for day in (as_of, pay_by))
    except CannotAssess:
        return
    facts = LetterFacts(
        loan=loan,
        policy=policy,
        assessment=today,
        borrower=Borrower("B1", "王五", language),
        lender=QINGHE,
        offers=(),
        counted_up_to=as_of,
        issued_on=as_of,
        pay_by=pay_by,
        amount_by_pay_by=then.amount_to_cure,
        next_day_adds=1,
        reference="R-1",
    )
    content = compose("formal_overdue", facts, language)
    if isinstance(content, LetterRefused):
        assert content.reason == "nothing_overdue"
    else:
        assert isinstance(content, LetterContent)
        assert plain_text(content)
