"""The letter that says that nothing is overdue any more, or nothing owed at all."""

from dataclasses import replace

from goodstanding.core.letter import LetterContent, LetterRefused
from goodstanding.core.particulars import PaidUp, PaidUpAs
from goodstanding.letters.compose import compose
from goodstanding.letters.examples import cn_bill, cn_loan
from goodstanding.letters.paid_up.golden.cases import PAID_ON, paid_in_full


def test_a_revolving_account_of_which_all_is_paid_goes_on_and_a_loan_is_closed() -> None:
    told = PaidUp(PaidUpAs.CURED, PAID_ON)
    account = compose("paid_up", replace(paid_in_full(cn_bill("en")), particulars=told), "en")
    assert isinstance(account, LetterContent)
    assert account.title == "You are back in good standing"
    loan = compose("paid_up", replace(paid_in_full(cn_loan("en")), particulars=told), "en")
    assert isinstance(loan, LetterRefused) and loan.reason == "not_so_here"
