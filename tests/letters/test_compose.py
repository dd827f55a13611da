"""What a letter says, and when it mustn't be written."""

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from goodstanding.core.arrears.assess import LineKind
from goodstanding.core.arrears.policy import LateFee, Rounds
from goodstanding.core.letter import (
    LetterContent,
    LetterFacts,
    LetterRefused,
    List,
    Pairs,
    Paragraph,
    Table,
    content_data,
    texts,
)
from goodstanding.core.money import round_half_up
from goodstanding.core.party import LANGUAGES
from goodstanding.core.rates import DayCount
from goodstanding.letters.compose import compose
from goodstanding.letters.formal_overdue.golden.cases import CASES
from tests.letters.facts import content_of, golden_facts, with_borrower, with_lender

ALL = [(name, language) for name, (language, _) in CASES.items()]


def refusal(facts: LetterFacts, language: str = "zh-Hans") -> LetterRefused:
    found = compose("formal_overdue", facts, language)
    assert isinstance(found, LetterRefused)
    return found


def blocks(content: LetterContent, kind: type) -> dict[str, object]:
    return {block.key: block for part in content.parts for block in part.blocks if isinstance(block, kind)}


# -- refusals


def test_a_letter_whose_lines_do_not_add_up_is_refused() -> None:
    facts = golden_facts("zh_hans_short")
    lines = facts.assessment.lines
    spoiled = replace(facts.assessment, lines=(*lines[:-1], replace(lines[-1], amount=lines[-1].amount + 1)))
    found = refusal(replace(facts, assessment=spoiled))
    assert (found.reason, found.loan_id) == ("figures_disagree", facts.loan.id)
    assert "penalty of instalment 8" in found.detail


@pytest.mark.parametrize("field", ["amount_to_cure", "overdue_principal", "penalty"])
def test_a_letter_whose_totals_disagree_is_refused(field: str) -> None:
    facts = golden_facts("zh_hans_bill")
    spoiled = replace(facts.assessment, **{field: getattr(facts.assessment, field) + 1})
    assert refusal(replace(facts, assessment=spoiled)).reason == "figures_disagree"


def test_a_letter_whose_offer_does_not_add_up_is_refused() -> None:
    facts = golden_facts("zh_hans_short")
    spoiled = replace(facts.offers[0], total=facts.offers[0].total - 1)
    assert refusal(replace(facts, offers=(spoiled,))).reason == "figures_disagree"


def test_nothing_overdue_means_no_letter() -> None:
    facts = golden_facts("zh_hans_short")
    paid = replace(facts.assessment, oldest_due_on=None, amount_to_cure=0)
    assert refusal(replace(facts, assessment=paid)).reason == "nothing_overdue"


def test_a_book_older_than_the_lender_allows_gives_no_letter() -> None:
    facts = golden_facts("zh_hans_short")
    oldest = facts.issued_on - timedelta(days=facts.lender.oldest_book_days)
    assert isinstance(compose("formal_overdue", replace(facts, counted_up_to=oldest), "zh-Hans"), LetterContent)
    assert refusal(replace(facts, counted_up_to=oldest - timedelta(days=1))).reason == "book_too_old"


def test_a_lender_without_a_contact_in_the_language_gives_no_letter() -> None:
    facts = golden_facts("en_united_kingdom")
    english_alone = replace(facts.lender, contacts={"en": facts.lender.contacts["en"]})
    assert refusal(replace(facts, lender=english_alone), "zh-Hant").reason == "no_contact"


def test_an_unknown_letter_or_language_is_misuse() -> None:
    with pytest.raises(ValueError, match="there is no letter"):
        compose("love_letter", golden_facts("zh_hans_short"), "zh-Hans")
    with pytest.raises(ValueError, match="isn't a language"):
        compose("formal_overdue", golden_facts("zh_hans_short"), "fr")


# -- what it says


@pytest.mark.parametrize(("name", "language"), ALL)
def test_the_amount_to_cure_and_its_date_stand_in_the_key_figures_and_in_part_four(name: str, language: str) -> None:
    content = content_of(golden_facts(name), language)
    amount, pay_by = (figure.value for figure in content.key_figures)
    said = " ".join(
        text for part in content.parts if part.key == "do" for block in part.blocks for text in [str(block)]
    )
    assert amount in said
    assert pay_by in said


@pytest.mark.parametrize(("name", "language"), ALL)
def test_the_tables_add_up_as_printed(name: str, language: str) -> None:
    """The reader's own check: add the printed figures of the last column, and get the printed total."""

    def minor(text: str) -> int:
        digits = re.sub(r"[^0-9−]", "", text).replace("−", "-")
        return int(digits)

    facts = golden_facts(name)
    content = content_of(facts, language)
    for table in (block for part in content.parts for block in part.blocks if isinstance(block, Table)):
        if table.key == "do.offer_table":
            continue
        plain = [minor(row.cells[-1]) for row in table.rows if row.kind == "plain"]
        assert sum(plain) == facts.assessment.amount_to_cure
        if table.total:
            assert minor(table.total[-1]) == sum(plain)


def test_only_the_last_four_characters_of_an_identity_number_are_printed() -> None:
    facts = golden_facts("zh_hans_short")
    said = str(content_data(content_of(facts)))
    assert facts.borrower.id_number not in said
    assert facts.borrower.id_number[:14] not in said
    assert "••••••••••••••423X" in said


def test_without_an_identity_number_the_line_is_left_out() -> None:
    content = content_of(with_borrower(golden_facts("zh_hans_short"), id_number=""))
    pairs = blocks(content, Pairs)["who"]
    assert isinstance(pairs, Pairs)
    assert [label for label, _ in pairs.items] == ["姓名", "贷款编号", "产品", "借款金额", "放款日期"]


def test_only_chinese_letters_about_cny_give_the_amount_in_words() -> None:
    assert "大写" in str(content_of(golden_facts("zh_hans_short")))
    assert "大寫" in str(content_of(golden_facts("zh_hant_short"), "zh-Hant"))
    assert "大寫" not in str(content_of(golden_facts("zh_hant_hong_kong"), "zh-Hant"))


def test_a_payment_that_came_back_is_named_as_not_counted() -> None:
    said = str(content_of(golden_facts("en_united_states_long"), "en"))
    assert "Your payment of $250.00 on September 25, 2026 came back unpaid and is not counted." in said


def test_the_united_states_read_installment_and_others_instalment() -> None:
    assert "nstalment" not in str(content_of(golden_facts("en_united_states_long"), "en"))
    assert "nstallment" not in str(content_of(golden_facts("en_united_kingdom"), "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_threatens(language: str) -> None:
    name = {"zh-Hans": "zh_hans_short", "zh-Hant": "zh_hant_short", "en": "en_short"}[language]
    said = " ".join(text for _, text in texts(content_of(golden_facts(name), language)))
    for word in (
        "拘留 逮捕 坐牢 诈骗 詐騙 公安 警察 家人 亲属 親屬 工作单位 立即 最后通牒 强制执行 否则 后果自负 arrest police jail "
        "fraud employer family relatives immediately final warning seize garnish"
    ).split():
        assert word not in said.lower()


# -- what may follow


def follows(facts: LetterFacts, language: str = "zh-Hans") -> list[str]:
    content = content_of(facts, language)
    named = blocks(content, List).get("follow")
    keys = list(named.keys) if isinstance(named, List) else []
    assert keys == [finding.key for finding in content.findings]
    assert all(finding.citation for finding in content.findings)
    return keys


def test_in_china_late_interest_credit_reporting_and_a_suit_are_named_where_true() -> None:
    assert follows(golden_facts("zh_hans_short")) == ["follow.penalty_cn", "follow.credit_cn", "follow.suit_cn"]


def test_a_lender_that_does_not_report_or_sue_does_not_say_so() -> None:
    facts = with_lender(golden_facts("zh_hans_short"), reports_to_credit_bureau=False, may_sue=False)
    assert follows(facts) == ["follow.penalty_cn"]


def test_late_interest_is_not_named_where_none_runs() -> None:
    assert "follow.penalty_cn" not in follows(replace(golden_facts("zh_hans_short"), next_day_adds=0))


def test_a_suit_is_not_named_once_the_limitation_period_may_have_run_out_by_the_day_named() -> None:
    facts = golden_facts("zh_hans_short")
    oldest = facts.assessment.oldest_due_on
    assert oldest is not None
    last = date(oldest.year + 3, oldest.month, oldest.day) - timedelta(days=1)
    assert "follow.suit_cn" in follows(replace(facts, pay_by=last))
    assert "follow.suit_cn" not in follows(replace(facts, pay_by=last + timedelta(days=1)))


def test_where_nothing_follows_the_letter_says_that() -> None:
    facts = with_lender(golden_facts("zh_hans_short"), reports_to_credit_bureau=False, may_sue=False)
    said = str(content_of(replace(facts, next_day_adds=0)))
    assert "今天没有其他依法律或合同适用的后果" in said


@pytest.mark.parametrize(
    ("fee", "named"),
    [(None, False), (LateFee(flat=100), True), (LateFee(flat=100, per="loan"), False)],
)
def test_another_late_fee_is_named_only_where_the_contract_has_one_for_each_instalment(
    fee: LateFee | None, named: bool
) -> None:
    facts = golden_facts("zh_hans_short")
    policy = replace(facts.policy, late_fee=fee)
    assert ("follow.late_fee" in follows(replace(facts, policy=policy))) is named


def test_each_country_reads_its_own_law() -> None:
    named = {name: follows(golden_facts(name), language) for name, language in ALL}
    assert named["en_united_states_long"] == ["follow.late_fee", "follow.credit_us"]
    assert named["en_united_kingdom"] == ["follow.penalty", "follow.credit_uk"]
    assert named["zh_hant_hong_kong"] == ["follow.penalty", "follow.late_fee", "follow.credit_hk", "follow.suit_hk"]


def test_free_debt_advice_is_named_in_the_united_kingdom() -> None:
    assert "MoneyHelper" in str(content_of(golden_facts("en_united_kingdom"), "en"))
    assert "MoneyHelper" not in str(content_of(golden_facts("en_hong_kong"), "en"))


# -- figures


def test_a_daily_rate_is_shown_beside_the_yearly_one() -> None:
    assert "年利率 18.25% 即每日 0.05%。" in str(content_of(golden_facts("zh_hans_bill")))
    assert "即每日" not in str(content_of(golden_facts("zh_hans_short")))


def test_the_method_follows_the_day_count_of_the_policy() -> None:
    from goodstanding.core.rates import DayCount

    facts = golden_facts("zh_hans_short")
    assert facts.policy.penalty_multiple == Fraction(3, 2)
    said = str(content_of(replace(facts, policy=replace(facts.policy, day_count=DayCount.THIRTY_360_EU))))
    assert "每月按 30 天计" in said


# -- what the next day adds


@pytest.mark.parametrize(
    ("fee", "language", "said"),
    [
        (1500, "en", "a late fee of CN¥15.00 is charged the next day"),
        (1500, "zh-Hans", "次日将收取滞纳费用 ¥15.00"),
        (1500, "zh-Hant", "翌日將收取逾期手續費 CN¥15.00"),
        (1400, "en", "the next day adds CN¥15.00, of which CN¥14.00 is a late fee"),
        (1400, "zh-Hans", "次日将增加 ¥15.00，其中 ¥14.00 为滞纳费用"),
        (1400, "zh-Hant", "翌日將增加 CN¥15.00，其中 CN¥14.00 為逾期手續費"),
    ],
)
def test_a_late_fee_is_not_told_as_what_every_day_costs(fee: int, language: str, said: str) -> None:
    facts = replace(golden_facts("zh_hans_short"), next_day_adds=1500, next_day_fee=fee)
    content = content_of(facts, language)
    assert said in str(content)
    interest = {1500: None, 1400: "1.00"}[fee]
    follow = blocks(content, List)["follow"]
    assert isinstance(follow, List)
    consequence = next((one for one in follow.items if "676" in one or "六百七十六" in one), None)
    assert (consequence is None) if interest is None else (interest in (consequence or ""))


# -- how it was rounded


def _method(facts: LetterFacts, language: str) -> str:
    return str(blocks(content_of(facts, language), Paragraph)["statement.method"])


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Each day’s interest is rounded by itself"), ("zh-Hans", "逐日计算并取整"), ("zh-Hant", "逐日計算並取整")],
)
def test_where_each_day_is_rounded_by_itself_the_letter_says_so(language: str, said: str) -> None:
    facts = golden_facts("zh_hans_short")
    assert said not in _method(facts, language)
    assert said in _method(replace(facts, policy=replace(facts.policy, rounds=Rounds.EACH_DAY)), language)


@pytest.mark.parametrize("name", CASES)
def test_a_line_that_a_calculator_gives_otherwise_is_explained(name: str) -> None:
    language, make = CASES[name]
    facts = make()
    year = 365 if facts.policy.day_count is DayCount.ACT_365 else 360
    late = [one for one in facts.assessment.lines if one.kind in (LineKind.PENALTY, LineKind.COMPOUND)]
    late = [one for one in late if facts.assessment.instalments[one.instalment - 1].overdue.total]
    differs = any(round_half_up(one.base * one.rate * one.days / year) != one.amount for one in late)
    said = {"en": "running total", "zh-Hans": "累计金额", "zh-Hant": "累計金額"}[language]
    assert (said in _method(facts, language)) == differs
