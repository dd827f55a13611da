"""What holds for every letter, in every language, for every reader: nothing left open, nothing said that isn't known."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import product
from typing import Any

import pytest

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused, Table, texts
from goodstanding.core.loan import Component, Kind
from goodstanding.core.particulars import PlanAgreement, PlanBroken, PromiseConfirmed
from goodstanding.core.party import LANGUAGES, Role
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.golden import cases_of
from goodstanding.letters.plain import plain_text
from goodstanding.letters.plan_agreement.content import text_of
from goodstanding.letters.promise_confirmed.content import left_after
from tests.letters.facts import golden_facts

CASES = [
    pytest.param(letter, language, make, id=f"{letter}-{name}")
    for letter in LETTERS
    for name, (language, make) in cases_of(letter).items()
]
every_letter = pytest.mark.parametrize(("letter", "language", "make"), CASES)
AMOUNT = re.compile(r"[0-9][0-9,]*\.[0-9]{2}(?![0-9%])")


def written(letter: str, language: str, facts: LetterFacts) -> LetterContent:
    content = compose(letter, facts, language)
    assert isinstance(content, LetterContent), content
    return content


def said(content: LetterContent) -> str:
    return "\n".join(text for _, text in texts(content))


def test_every_letter_has_a_golden_text_in_each_language_for_each_reader() -> None:
    wanted = {
        (letter.name, language, role)
        for letter, language in product(LETTERS.values(), LANGUAGES)
        for role in letter.readers
    }
    found = {(letter, language, make().role) for letter in LETTERS for language, make in cases_of(letter).values()}
    assert wanted - found == set()


@every_letter
def test_nothing_is_left_open(letter: str, language: str, make: Any) -> None:
    content = written(letter, language, make())
    everything = [*said(content).split("\n"), content.short_message, content.running_head]
    assert [text for text in everything if "{" in text or "}" in text] == []
    assert all(text.strip() for _, text in texts(content))
    assert content.page_label.count("{page}") == content.page_label.count("{pages}") == 1


@every_letter
def test_every_amount_is_one_of_the_facts_or_a_sum_of_its_table(letter: str, language: str, make: Any) -> None:
    facts = make()
    content = written(letter, language, facts)
    known = {abs(minor) for minor in whole_numbers(facts)} | sums(facts) | totals(content)
    found = {int(re.sub(r"[,.]", "", amount)) for amount in AMOUNT.findall(said(content))}
    assert found - known == set()


def whole_numbers(value: Any) -> Iterator[int]:
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from whole_numbers(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from whole_numbers(one)


def sums(facts: LetterFacts) -> set[int]:
    """What the statement adds up of the assessment, and the interest that one more day adds."""
    late = [one.overdue for one in facts.assessment.instalments if one.overdue.total]
    by_component = {sum(getattr(one, component) for one in late) for component in Component}
    whole = {one.overdue.total for one in facts.assessment.instalments} | {
        one.open.total for one in facts.assessment.instalments
    }
    return by_component | whole | ledger_sums(facts) | {facts.next_day_adds - facts.next_day_fee}


def ledger_sums(facts: LetterFacts) -> set[int]:
    """What was paid in all and kept, and what was waived, added up from the transactions of the golden loans."""
    undone = {one.reverses for one in facts.loan.transactions}
    standing = [one for one in facts.loan.transactions if one.id not in undone]
    paid = sum(one.amount for one in standing if one.kind is Kind.PAYMENT) - facts.assessment.unapplied
    told = facts.particulars
    left = set(left_after(facts, told)) if isinstance(told, PromiseConfirmed) else set()
    missed = {one.amount - one.arrived for one in told.missed} if isinstance(told, PlanBroken) else set()
    return {paid, sum(one.amount for one in standing if one.kind is Kind.WAIVER)} | left | missed | agreed_sums(facts)


def agreed_sums(facts: LetterFacts) -> set[int]:
    """What a plan asks for beside the contract's instalments; of a personalised plan what its balance is made of, and its interest."""
    told = facts.particulars
    if not isinstance(told, PlanAgreement):
        return set()
    found = {one.amount - one.contract for one in told.terms.payments}
    if text := text_of(facts, told):
        balance = text.balance_structure_currency
        found |= {*whole_numbers(balance), told.terms.total - facts.assessment.payoff}
    return found


def totals(content: LetterContent) -> set[int]:
    """The sums of each table's columns, worked out here from its rows."""
    found = set()
    for table in (block for part in content.parts for block in part.blocks if isinstance(block, Table)):
        for place in range(len(table.header)):
            cells = [row.cells[place] for row in table.rows if row.kind == "plain"]
            found.add(sum(int(re.sub(r"[^0-9]", "", cell)) for cell in cells if AMOUNT.fullmatch(cell)))
            repeated = [
                re.search(r"([0-9]+)(?: times| ×|次|个月|個月)", row.cells[0])
                for row in table.rows
                if row.kind == "plain"
            ]
            found.add(
                sum(
                    int(re.sub(r"[^0-9]", "", cell)) * (int(times[1]) if times else 1)
                    for cell, times in zip(cells, repeated, strict=True)
                    if AMOUNT.fullmatch(cell)
                )
            )
    return found


FORBIDDEN = [
    *"拘留 逮捕 坐牢 诈骗 詐騙 公安 警察 家人 家属 亲属 親屬 工作单位 工作單位 同事 立即 最后通牒 最後通牒 后果自负 後果自負".split(),
    *"否则后果 借新还旧 借新還舊 催收费 催收費 终身 終身 黑名单 黑名單 子女 失信 老赖 限制高消费 上门 上門".split(),
    *"arrest police jail prison fraud employer relatives immediately blacklist lifetime garnish seize bailiff".split(),
    "final warning",
    "last chance",
    "borrow from",
    "legal team",
    "field visit",
]
"""A short list; the full check of what a letter may claim is that of conduct."""


@every_letter
def test_no_letter_threatens_or_shames(letter: str, language: str, make: Any) -> None:
    words = said(written(letter, language, make())).lower()
    assert [word for word in FORBIDDEN if word in words] == []


@every_letter
def test_only_the_reader_s_own_address_and_the_tail_of_their_number_are_written(
    letter: str, language: str, make: Any
) -> None:
    facts = make()
    words = said(written(letter, language, facts))
    for person in (facts.borrower, facts.recipient):
        assert not person.id_number or person.id_number not in words
    if facts.role is Role.BORROWER:
        return
    borrower = facts.borrower
    is_copy = letter == "default_notice" and facts.role is Role.GUARANTOR  # CCA 1974 s. 111 asks for the very notice
    assert all((line in words) == is_copy for line in borrower.address if len(line) > 6)
    assert not borrower.id_number or borrower.id_number[-4:] not in words
    assert facts.recipient.name in words


@every_letter
def test_a_guarantor_reads_nothing_of_the_borrower_s_pause_offers_or_credit_record(
    letter: str, language: str, make: Any
) -> None:
    facts = make()
    if facts.role is not Role.GUARANTOR:
        return
    content = written(letter, language, facts)
    words = said(content)
    keys = {finding.key for finding in content.findings} | {key for key, _ in texts(content)}
    assert not any(key.startswith(("follow.credit", "do.offer", "meanwhile.credit", "hardship")) for key in keys)
    if letter != "default_notice":
        assert not any(word in words for word in ("agreed a pause", "暂缓期", "暫緩期"))
        assert "Your payment" not in words


@every_letter
def test_a_text_message_names_neither_the_person_nor_a_sum_nor_a_debt(letter: str, language: str, make: Any) -> None:
    facts = make()
    message = written(letter, language, facts).short_message.lower()
    assert not AMOUNT.search(message)
    for word in (
        facts.recipient.name,
        facts.borrower.name,
        facts.loan.id,
        *"逾期 还款 還款 欠 债 債 催 overdue arrears".split(),
    ):
        assert word.lower() not in message
    for word in ("debt", "owe", "payment", "loan", "overdue"):
        assert word not in message.replace("loans", "")


@every_letter
def test_a_translation_of_an_english_notice_says_that_it_is_one(letter: str, language: str, make: Any) -> None:
    opening = written(letter, language, make()).opening
    is_translation = LETTERS[letter].english_counts and language != "en"
    assert ("英文" in opening) == is_translation


@every_letter
def test_the_plain_text_has_every_word(letter: str, language: str, make: Any) -> None:
    content = written(letter, language, make())
    shown = re.sub(r"\s", "", plain_text(content))
    assert [text for _, text in texts(content) if re.sub(r"\s", "", text) not in shown] == []


# -- refusals that hold for all


@pytest.mark.parametrize("letter", [name for name, letter in LETTERS.items() if letter.law])
def test_a_letter_of_one_law_is_refused_under_another(letter: str) -> None:
    make = next(iter(cases_of(letter).values()))[1]
    facts = make()
    elsewhere = replace(facts, lender=replace(facts.lender, jurisdiction="hk"))
    assert reason(letter, elsewhere) == "not_in_this_law"


@pytest.mark.parametrize("letter", [name for name, letter in LETTERS.items() if letter.needs])
def test_a_letter_without_its_particulars_is_refused(letter: str) -> None:
    language, make = next(iter(cases_of(letter).values()))
    assert reason(letter, replace(make(), particulars=None), language) == "facts_missing"


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_refused_to_a_reader_it_is_not_for(letter: str) -> None:
    from goodstanding.letters.examples import to_guarantor

    language, make = next(iter(cases_of(letter).values()))
    refused = compose(letter, to_guarantor(make()), language)
    is_refused = isinstance(refused, LetterRefused) and refused.reason == "not_this_reader"
    raised_by_another = letter == "dispute_received" or letter == "dispute_answered"
    assert is_refused is (Role.GUARANTOR not in LETTERS[letter].readers or raised_by_another)


def test_only_approved_words_go_out_where_the_lender_says_so() -> None:
    facts = golden_facts("zh_hans_short")
    strict = replace(facts, lender=replace(facts.lender, only_approved_wording=True))
    assert reason("formal_overdue", strict) == "wording_not_approved"


def reason(letter: str, facts: LetterFacts, language: str = "zh-Hans") -> str:
    refused = compose(letter, facts, language if language in facts.lender.contacts else "en")
    assert isinstance(refused, LetterRefused), refused
    assert refused.loan_id == facts.loan.id
    return refused.reason
