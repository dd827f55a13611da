"""What a letter is written from, and what it says: plain data that `letters` sets and `conduct` checks."""

from dataclasses import dataclass
from datetime import date

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import Lender
from goodstanding.core.loan import Loan
from goodstanding.core.party import Borrower
from goodstanding.core.plans.offers import Offer


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a letter may speak of.

    counted_up_to: the book's cut-off: payments received later aren't in it. pay_by: the day named in the letter.
    amount_by_pay_by: what will be owed on that day if nothing is paid before. next_day_adds: what one more day adds.
    reference: quotable, unique per letter.
    """

    loan: Loan
    policy: ArrearsPolicy
    assessment: Assessment
    borrower: Borrower
    lender: Lender
    offers: tuple[Offer, ...]
    counted_up_to: date
    issued_on: date
    pay_by: date
    amount_by_pay_by: int
    next_day_adds: int
    reference: str
