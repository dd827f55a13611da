"""What may follow: each consequence as data, with the condition under which it is true and what it rests on.

A sentence whose condition doesn't hold for this loan today is never written: no threat, nothing untrue, nothing that
only might become true. Where a limitation period could be read in two ways, the shorter reading decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from goodstanding.core.dates import add_months
from goodstanding.core.letter import Finding, LetterFacts
from goodstanding.core.party import Guarantee, Role

DEBTORS = frozenset((Role.BORROWER, Role.CO_BORROWER))


@dataclass(frozen=True, slots=True)
class Consequence:
    """key: of the sentence in the wording. holds: whether it is true of this loan today. readers: whom it concerns."""

    key: str
    citation: str
    holds: Callable[[LetterFacts], bool]
    readers: frozenset[Role] = DEBTORS

    @property
    def finding(self) -> Finding:
        return Finding(self.key, self.citation)


def true_today(facts: LetterFacts) -> tuple[Consequence, ...]:
    """The consequences a letter may name to its reader, in order. The borrower's credit record is no guarantor's affair."""
    return tuple(one for one in CONSEQUENCES if facts.role in one.readers and one.holds(facts))


def _in(*jurisdictions: str) -> Callable[[LetterFacts], bool]:
    return lambda facts: facts.lender.jurisdiction in jurisdictions


def _late_interest_runs(facts: LetterFacts) -> bool:
    """Tomorrow adds something, and it is interest by the contract's policy rather than a fee that happens to fall due."""
    has_rate = any((facts.policy.penalty_rate, facts.policy.penalty_multiple, facts.policy.rate_steps))
    return has_rate and facts.next_day_adds > facts.next_day_fee


def _another_late_fee_may_come(facts: LetterFacts) -> bool:
    fee = facts.policy.late_fee
    return fee is not None and fee.per == "instalment" and facts.assessment.next_due_on is not None


def _reports(facts: LetterFacts) -> bool:
    return facts.lender.reports_to_credit_bureau


def _may_sue_within(years: int) -> Callable[[LetterFacts], bool]:
    """The lender sues at all, and the claim for the oldest unpaid amount isn't barred on the day the letter names.

    Counted from the oldest due date, as if every instalment ran by itself and nothing had interrupted the period: the
    law may give the lender longer (in China from the last instalment, Civil Code art. 189), never less.
    """

    def holds(facts: LetterFacts) -> bool:
        oldest: date | None = facts.assessment.oldest_due_on
        return facts.lender.may_sue and oldest is not None and facts.pay_by < add_months(oldest, 12 * years)

    return holds


def _both(*conditions: Callable[[LetterFacts], bool]) -> Callable[[LetterFacts], bool]:
    return lambda facts: all(condition(facts) for condition in conditions)


def _guarantee(*kinds: Guarantee) -> Callable[[LetterFacts], bool]:
    return lambda facts: facts.reader is not None and facts.reader.guarantee in kinds


ALL = frozenset(Role)
GUARANTOR = frozenset((Role.GUARANTOR,))
CONSEQUENCES = (
    Consequence("follow.penalty_cn", "民法典 676", _both(_in("cn"), _late_interest_runs), ALL),
    Consequence("follow.penalty", "the loan agreement", _both(_in("us", "uk", "hk", "in"), _late_interest_runs), ALL),
    Consequence("follow.late_fee", "the loan agreement", _another_late_fee_may_come),
    Consequence("follow.credit_cn", "征信业管理条例 15, 16, 29", _both(_in("cn"), _reports)),
    Consequence("follow.credit_us", "15 USC 1681s-2(a)(7); 12 CFR 1022 App. B, B-1", _both(_in("us"), _reports)),
    Consequence("follow.credit_uk", "CONC 7.3", _both(_in("uk"), _reports)),
    Consequence("follow.credit_hk", "Code of Practice on Consumer Credit Data (Cap. 486)", _both(_in("hk"), _reports)),
    Consequence("follow.credit_in", "Credit Information Companies (Regulation) Act, 2005", _both(_in("in"), _reports)),
    Consequence("follow.suit_cn", "民法典 188, 189", _both(_in("cn"), _may_sue_within(3))),
    Consequence("follow.suit_hk", "Limitation Ordinance (Cap. 347) s. 4", _both(_in("hk"), _may_sue_within(6))),
    Consequence("guarantee.joint_cn", "民法典 688, 691", _both(_in("cn"), _guarantee(Guarantee.JOINT)), GUARANTOR),
    Consequence("guarantee.general_cn", "民法典 687, 691", _both(_in("cn"), _guarantee(Guarantee.GENERAL)), GUARANTOR),
    Consequence("guarantee.unstated_cn", "民法典 686-688", _both(_in("cn"), _guarantee(Guarantee.UNSTATED)), GUARANTOR),
    Consequence("guarantee.elsewhere", "the guarantee", _in("us", "uk", "hk", "in"), GUARANTOR),
)
