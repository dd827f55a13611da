"""Days and sums that the law sets for a notice: each on either side of its line."""

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused, Paragraph
from goodstanding.core.loan import Instalment, Kind, Loan, ScheduleVersion, Transaction
from goodstanding.core.particulars import (
    About,
    Action,
    ArrearsNotice,
    CreditReporting,
    DisputeAnswered,
    EarlierLetter,
    FinalNotice,
    Found,
    Outcome,
    Reason,
    Validation,
)
from goodstanding.core.party import Role
from goodstanding.core.rates import AnnualRate
from goodstanding.letters.arrears_notice.duty import why_not_yet
from goodstanding.letters.compose import compose
from goodstanding.letters.credit_reporting_notice.golden.cases import CASES as CREDIT
from goodstanding.letters.default_notice.golden.cases import EARLIER_PAYMENT, PLAIN
from goodstanding.letters.dispute_received.golden.cases import ABOUT_A_RECORD, NOT_MINE
from goodstanding.letters.examples import cn_loan, uk_card, uk_loan, us_loan
from goodstanding.letters.hardship_received.golden.cases import WITH_HOLD
from goodstanding.letters.validation_notice.golden.cases import CASES as VALIDATION
from goodstanding.letters.validation_notice.period import assumed_receipt, earliest_end


def outcome(letter: str, facts: LetterFacts, language: str = "en") -> str:
    """`written`, or the reason it was refused for."""
    found = compose(letter, facts, language)
    assert isinstance(found, (LetterContent, LetterRefused))
    return found.reason if isinstance(found, LetterRefused) else "written"


def given(facts: LetterFacts, particulars: object) -> LetterFacts:
    return replace(facts, particulars=particulars)  # type: ignore[arg-type]


# -- default notice: CCA 1974 s. 88(2), not less than fourteen days after service


@pytest.mark.parametrize(("days", "expected"), [(13, "days_disagree"), (14, "written"), (15, "written")])
def test_a_default_notice_leaves_fourteen_days_after_service(days: int, expected: str) -> None:
    notice = replace(PLAIN, remedy_by=PLAIN.served_on + timedelta(days=days))
    assert outcome("default_notice", given(uk_loan(), notice)) == expected


def test_a_notice_cannot_be_served_before_it_is_written() -> None:
    facts = uk_loan()
    notice = replace(PLAIN, served_on=facts.issued_on - timedelta(days=1), remedy_by=date(2027, 1, 4))
    assert outcome("default_notice", given(facts, notice)) == "days_disagree"


def test_a_call_for_earlier_payment_names_a_settlement_that_adds_up() -> None:
    assert outcome("default_notice", given(uk_loan(), EARLIER_PAYMENT)) == "written"
    assert outcome("default_notice", given(uk_loan(), replace(EARLIER_PAYMENT, settlement=None))) == "facts_missing"
    without = replace(EARLIER_PAYMENT, actions=(Action.TERMINATE,))
    assert outcome("default_notice", given(uk_loan(), without)) == "facts_missing"
    assert EARLIER_PAYMENT.settlement is not None
    wrong = replace(EARLIER_PAYMENT.settlement, rebate=EARLIER_PAYMENT.settlement.rebate + 1)
    assert outcome("default_notice", given(uk_loan(), replace(EARLIER_PAYMENT, settlement=wrong))) == "figures_disagree"


def test_the_prescribed_statements_stand_out_and_are_not_in_capitals() -> None:
    content = compose("default_notice", given(uk_loan(), EARLIER_PAYMENT), "en")
    assert isinstance(content, LetterContent)
    prominent = [block for part in content.parts for block in part.blocks if getattr(block, "prominent", False)]
    assert [block.key for block in prominent] == ["notice.served", "remedy.pay", "remedy.then", "action.else"]
    assert not any(re.search("[A-Z]{4,}", block.text) for block in prominent if isinstance(block, Paragraph))


# -- notice of sums in arrears: CCA 1974 ss. 86B(1), 86C(1)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 10, 20), "not_yet"),  # one instalment short
        (date(2026, 10, 29), "written"),  # two, whole
        (date(2026, 11, 23), "written"),
    ],
)
def test_a_notice_of_sums_in_arrears_is_asked_for_once_the_last_two_payments_are_short(
    as_of: date, expected: str
) -> None:
    assert outcome("arrears_notice", given(uk_loan(as_of), ArrearsNotice())) == expected


def test_a_shortfall_of_a_penny_less_than_the_last_two_payments_is_not_enough() -> None:
    facts = given(uk_loan(), ArrearsNotice())
    schedule = list(facts.loan.schedule)
    due = [place for place, one in enumerate(schedule) if one.due_on < facts.assessment.as_of]
    asked = sum(schedule[place].amount for place in due[-2:])
    assert facts.assessment.overdue_principal + facts.assessment.overdue_interest == asked
    schedule[due[-1]] = replace(schedule[due[-1]], principal=schedule[due[-1]].principal + 1)
    dearer = replace(facts, loan=replace(facts.loan, schedule=tuple(schedule)))
    assert outcome("arrears_notice", dearer) == "not_yet"


def test_an_account_gets_its_notice_when_the_last_two_payments_were_not_made() -> None:
    assert outcome("arrears_notice", given(uk_card(), ArrearsNotice())) == "written"
    assert outcome("arrears_notice", given(uk_card(date(2026, 10, 20)), ArrearsNotice())) == "not_yet"


LINE = Loan(
    "L1",
    "GBP",
    60_000,
    date(2026, 1, 1),
    AnnualRate(Fraction("0.12")),
    (
        Instalment(date(2026, 2, 1), 10_000, drawdown="A"),
        Instalment(date(2026, 2, 1), 20_000, drawdown="B"),
        Instalment(date(2026, 3, 1), 10_000, drawdown="A"),
        Instalment(date(2026, 3, 1), 20_000, drawdown="B"),
    ),
)
"""A credit line with two drawdowns, each with an instalment on the first of the month."""


def why_not(loan: Loan, as_of: date, paid: int = 0) -> str | None:
    payment = Transaction("p", Kind.PAYMENT, paid, date(2026, 2, 1), date(2026, 2, 1))
    loan = replace(loan, transactions=(payment,) if paid else ())
    return why_not_yet(loan, assess(loan, ArrearsPolicy(), as_of=as_of))


def test_what_several_drawdowns_ask_for_on_one_day_is_one_payment() -> None:
    assert why_not(LINE, date(2026, 2, 20)) == "1 payments have fallen due: the Act asks for a notice from 2 on"
    assert why_not(LINE, date(2026, 3, 20)) is None
    short = "the shortfall is 59999 minor units, less than the last 2 payments together (60000)"
    assert why_not(LINE, date(2026, 3, 20), paid=1) == short


def test_after_a_change_the_payments_of_the_schedule_that_holds_count() -> None:
    version = ScheduleVersion(date(2026, 2, 10), (Instalment(date(2026, 3, 1), 30_000, drawdown="A"),))
    changed = replace(LINE, versions=(version,))
    assert why_not(changed, date(2026, 3, 20)) is None
    assert why_not(changed, date(2026, 3, 20), paid=1) is not None


# -- validation notice: 12 CFR 1006.34(b)(5)


@pytest.mark.parametrize(
    ("sent_on", "receipt", "end"),
    [
        (date(2026, 5, 4), date(2026, 5, 11), date(2026, 6, 10)),  # a Monday; Saturday and Sunday don't count
        (date(2026, 7, 3), date(2026, 7, 10), date(2026, 8, 9)),  # a Friday before the Fourth
        (date(2026, 11, 20), date(2026, 11, 30), date(2026, 12, 30)),  # Thanksgiving on the 26th
        (date(2026, 12, 24), date(2027, 1, 4), date(2027, 2, 3)),  # Christmas and New Year's Day, both Fridays
        (
            date(2027, 6, 17),
            date(2027, 6, 25),
            date(2027, 7, 25),
        ),  # Juneteenth, a Saturday, observed on Friday the 18th
    ],
)
def test_the_validation_period_ends_thirty_days_after_the_fifth_counted_day(
    sent_on: date, receipt: date, end: date
) -> None:
    assert (assumed_receipt(sent_on), earliest_end(sent_on)) == (receipt, end)


def test_a_validation_notice_that_ends_a_day_too_early_is_refused() -> None:
    facts = VALIDATION["en"][1]()
    debt = facts.particulars
    assert isinstance(debt, Validation)
    end = earliest_end(facts.issued_on)
    assert outcome("validation_notice", given(facts, replace(debt, ends_on=end))) == "written"
    assert outcome("validation_notice", given(facts, replace(debt, ends_on=end - timedelta(days=1)))) == "days_disagree"


@pytest.mark.parametrize("sum_of", ["then", "interest", "fees", "paid_or_credited", "now"])
def test_an_itemisation_that_does_not_lead_to_the_sum_is_refused(sum_of: str) -> None:
    facts = VALIDATION["en"][1]()
    debt = facts.particulars
    assert isinstance(debt, Validation)
    wrong = replace(debt, **{sum_of: getattr(debt, sum_of) + 1})
    assert outcome("validation_notice", given(facts, wrong)) == "figures_disagree"


def test_a_sum_that_is_not_the_loan_s_is_refused() -> None:
    facts = VALIDATION["en"][1]()
    debt = facts.particulars
    assert isinstance(debt, Validation)
    assert outcome("validation_notice", given(facts, replace(debt, then=debt.then + 1, now=debt.now + 1))) == (
        "figures_disagree"
    )


def test_a_creditor_does_not_call_itself_a_debt_collector() -> None:
    for name, (language, make) in VALIDATION.items():
        content = compose("validation_notice", make(), language)
        assert isinstance(content, LetterContent)
        assert ("is a debt collector" in content.opening) == (language == "en" and name != "en_creditor")


def test_a_debt_collector_announces_nothing_by_text() -> None:
    texts_sent = {}
    for name in ("en", "en_creditor"):
        content = compose("validation_notice", VALIDATION[name][1](), "en")
        assert isinstance(content, LetterContent)
        texts_sent[name] = bool(content.short_message)
    assert texts_sent == {"en": False, "en_creditor": True}


# -- notice before adverse credit reporting: 征信业管理条例 art. 15


def test_the_report_comes_after_the_notice_and_after_the_day_to_pay() -> None:
    facts = CREDIT["en"][1]()
    assert outcome("credit_reporting_notice", facts) == "written"
    for report_on in (facts.issued_on, facts.pay_by):
        assert outcome("credit_reporting_notice", given(facts, CreditReporting(report_on))) == "days_disagree"


def test_a_lender_that_does_not_report_sends_no_notice_of_it() -> None:
    facts = CREDIT["en"][1]()
    silent = replace(facts, lender=replace(facts.lender, reports_to_credit_bureau=False))
    assert outcome("credit_reporting_notice", silent) == "not_so_here"


# -- disputes


@pytest.mark.parametrize(("days", "expected"), [(20, "written"), (21, "days_disagree")])
def test_a_dispute_about_a_credit_record_is_answered_within_twenty_days(days: int, expected: str) -> None:
    dispute = replace(ABOUT_A_RECORD, answer_by=ABOUT_A_RECORD.received_on + timedelta(days=days))
    assert outcome("dispute_received", given(cn_loan("en"), dispute)) == expected
    assert outcome("dispute_received", given(uk_loan(), dispute)) == "written"


def test_the_rest_of_a_debt_is_not_spoken_of_to_somebody_who_says_it_is_not_theirs() -> None:
    content = compose("dispute_received", given(us_loan(), NOT_MINE), "en")
    assert isinstance(content, LetterContent)
    assert "can be paid as usual" not in str(content)


def answer(*reasons: Found) -> DisputeAnswered:
    day = date(2026, 11, 16)
    return DisputeAnswered(day, Role.BORROWER, (About.PAYMENT,), Outcome.PARTLY, reasons, 1_083_32, day)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Found(Reason.PAYMENT_FOUND, 1_079_71, date(2026, 10, 10)), "written"),
        (Found(Reason.PAYMENT_FOUND, 1_079_71, date(2026, 10, 11)), "figures_disagree"),
        (Found(Reason.PAYMENT_FOUND, 1_079_70, date(2026, 10, 10)), "figures_disagree"),
        (Found(Reason.PAYMENT_FOUND, 1_079_71), "facts_missing"),
        (Found(Reason.PAYMENT_NOT_FOUND, 1_079_71, date(2026, 10, 10)), "figures_disagree"),
        (Found(Reason.PAYMENT_NOT_FOUND, 500_00, date(2026, 10, 10)), "written"),
        (Found(Reason.CHARGE_TAKEN_OFF, 7_83), "figures_disagree"),
        (Found(Reason.CALCULATION_AS_AGREED), "written"),
    ],
)
def test_an_answer_says_nothing_that_the_loan_contradicts(found: Found, expected: str) -> None:
    assert outcome("dispute_answered", given(cn_loan("en"), answer(found))) == expected


# -- the others


def test_a_final_notice_has_a_letter_before_it() -> None:
    facts = cn_loan("en")
    assert outcome("final_notice", given(facts, FinalNotice(()))) == "facts_missing"
    assert outcome("final_notice", given(facts, FinalNotice((EarlierLetter(facts.issued_on, "R"),)))) == "days_disagree"


def test_a_reminder_is_of_what_is_not_yet_due() -> None:
    assert outcome("pre_due_reminder", cn_loan("en")) == "already_overdue"
    assert outcome("pre_due_reminder", cn_loan("en", date(2026, 10, 9))) == "written"
    facts = cn_loan("en", date(2026, 10, 9))
    today = replace(facts.assessment, next_due_on=facts.issued_on)
    assert outcome("pre_due_reminder", replace(facts, assessment=today)) == "nothing_coming"


def test_a_hold_lasts_until_the_answer() -> None:
    short = replace(WITH_HOLD, hold_until=WITH_HOLD.answer_by - timedelta(days=1))
    assert outcome("hardship_received", given(cn_loan("en"), short)) == "days_disagree"


def test_hardship_is_answered_without_a_sum_and_without_a_reason() -> None:
    content = compose("hardship_received", given(cn_loan("en"), WITH_HOLD), "en")
    assert isinstance(content, LetterContent)
    assert "¥" not in str(content)
    assert "illness" not in str(content)
