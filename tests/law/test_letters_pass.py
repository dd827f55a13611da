"""Every golden letter passes the wording check of its jurisdiction; and one with a forbidden word in it doesn't."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from goodstanding.core.conduct.facts import Acting, Actor, Channel, Debt, Facts, Person
from goodstanding.core.conduct.rule import Rules
from goodstanding.core.conduct.verdict import Decision, Verdict
from goodstanding.core.conduct.wording import check_letter, check_message
from goodstanding.core.letter import LetterContent, Paragraph, Part
from goodstanding.law.loader import rules_for
from goodstanding.letters.golden import all_golden_letters

LETTERS = {f"{letter} {name}": content for letter, name, content in all_golden_letters()}
TRUE_TODAY = {
    "charges_run": True,
    "contract_has_late_fee": True,
    "lender_reports_credit": True,
    "lender_may_sue": True,
    "is_time_barred": False,
}


@cache
def rules_of(jurisdiction: str) -> Rules:
    return rules_for([jurisdiction])


def checked(content: LetterContent, **answers: bool) -> Verdict:
    actor = Actor.DEBT_BUYER if content.letter == "validation_notice" else Actor.CREDITOR
    facts = Facts(
        Acting(actor, "bank"),
        Person("reader"),
        debts={content.loan_id: Debt(content.loan_id, product="loan")},
        given={**TRUE_TODAY, **answers},
    )
    at = datetime(content.issued_on.year, content.issued_on.month, content.issued_on.day, 12, tzinfo=UTC)
    return check_letter(content, rules_of(content.jurisdiction), facts, at)


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_our_letters_pass_the_wording_check(name: str) -> None:
    verdict = checked(LETTERS[name])

    assert verdict.decision is Decision.ALLOWED, [(one.rule, one.detail) for one in verdict.against]


def with_words(content: LetterContent, text: str) -> LetterContent:
    extra = Part("extra", "Extra", (Paragraph("extra", text),))
    return replace(content, parts=(*content.parts, extra))


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("formal_overdue zh_hans_short", "三日内不还将上门拘留。", "cn/words/forbidden"),
        ("formal_overdue zh_hans_short", "建议您去借呗借一笔周转。", "cn/words/forbidden"),
        ("formal_overdue zh_hant_short", "否則將通知閣下的家人。", "house/words"),
        ("formal_overdue en_short", "We will tell your employer.", "house/words"),
        ("formal_overdue en_united_kingdom", "You may be arrested.", "uk/conc/misleading"),
        ("formal_overdue zh_hans_short", "身份证号 11010519491231002X", "house/full_id_number"),
        ("formal_overdue zh_hans_short", "另收催收服务费 5%。", "cn/words/fee"),
        ("formal_overdue zh_hant_hong_kong", "我們會在大堂張貼通告。", "hk/words"),
    ],
)
def test_a_forbidden_word_in_a_letter_is_named_with_its_rule(name: str, text: str, rule: str) -> None:
    verdict = checked(with_words(LETTERS[name], text))

    assert verdict.decision is Decision.REFUSED
    assert rule in {one.rule for one in verdict.against}


def test_a_letter_without_a_way_to_dispute_is_refused() -> None:
    content = LETTERS["formal_overdue zh_hans_short"]
    without = replace(
        content,
        parts=tuple(
            replace(part, blocks=tuple(block for block in part.blocks if block.key != "reach.dispute"))
            for part in content.parts
        ),
    )

    verdict = checked(without)

    assert [(one.rule, one.detail) for one in verdict.against] == [
        ("cn/letter/five_parts", "It lacks: dispute_channel.")
    ]


def test_a_consequence_that_does_not_hold_today_is_refused() -> None:
    verdict = checked(LETTERS["formal_overdue zh_hans_short"], lender_may_sue=False)

    assert {one.rule for one in verdict.against} == {"house/consequences", "house/suit"}


def test_a_message_is_checked_by_its_words_alone() -> None:
    facts = Facts(Acting(Actor.CREDITOR, "bank"), Person("reader"))
    at = datetime(2026, 3, 10, 12, tzinfo=UTC)

    posing = check_message("【市中级法院】您有一笔欠款", Channel.TEXT, rules_of("cn"), facts, at)
    honest = check_message(
        "【清和消费金融】您有一封信，请登录查看。投诉电话400-000-0000", Channel.TEXT, rules_of("cn"), facts, at
    )

    assert posing.decision is Decision.REFUSED
    assert honest.decision is Decision.ALLOWED, honest.against
