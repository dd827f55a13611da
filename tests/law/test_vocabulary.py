"""Words that facts and rules share: each is one of a vocabulary, and a misspelt one is refused with a sentence."""

import json
from pathlib import Path

import pytest

from goodstanding.core.conduct import facts
from goodstanding.core.conduct.checks import CHECKS, CheckKind
from goodstanding.core.conduct.vocabulary import VOCABULARIES, LetterKind, Licence, Product
from goodstanding.core.reading import BadValue
from goodstanding.law import rule_words
from goodstanding.law.case import read_case
from goodstanding.law.here import HERE, BadLaw
from goodstanding.law.loader import read_rule
from goodstanding.letters.compose import LETTERS
from tests.law.files import all_cases

RULE = """
title: A rule for a test
effect: prohibition
{more}
values:
  2020-01-01: {values}
source: {{cite: a law, level: M, confidence: L, checked_on: 2026-11-23}}
reviewed_by: nobody yet
"""
SCHEMA = json.loads((HERE / "rule.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"proposal": {"act": "charge", "charge": "intrest"}}, 'proposal.charge: "intrest" isn\'t one of principal'),
        ({"proposal": {"act": "delete_record", "record": "tape"}}, 'record: "tape" isn\'t one of recording'),
        ({"proposal": {"act": "classify", "class": "bad"}}, 'class: "bad" isn\'t one of normal'),
        ({"proposal": {"relies_on_consent": "hour"}}, 'relies_on_consent: "hour" isn\'t one of calls'),
        ({"proposal": {"letter": "defualt_notice"}}, 'letter: "defualt_notice" isn\'t one of pre_due_reminder'),
        ({"proposal": {"items": ["ballance"]}}, 'the nearest is "balance"'),
        (
            {"given": {"debts": {"L1": {"product": "credit_card"}}}},
            'L1.product: "credit_card" isn\'t one of loan, card',
        ),
        ({"given": {"product": "cards"}}, 'product: "cards" isn\'t one of loan'),
        ({"given": {"holds": [{"kind": "breathingspace", "began_at": "2026-03-01"}]}}, '"breathingspace" isn\'t one'),
        ({"given": {"consents": [{"what": "call", "given_at": "2026-03-01"}]}}, '"call" isn\'t one of calls'),
        ({"given": {"owed": {"intrest": 3}}}, '"intrest" isn\'t one of fees'),
        ({"given": {"agreed_order": ["principle"]}}, '"principle" isn\'t one of fees'),
        ({"who": {"actor": "creditor", "licence": "bnak"}}, 'who.licence: "bnak" isn\'t one of bank'),
    ],
)
def test_a_misspelt_word_in_a_case_is_refused(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadValue) as bad:
        read_case({"law": "cn", "at": "2026-03-10T12:00", **given})

    assert sentence in str(bad.value)


def told_of(more: str, tmp_path: Path, values: str = "{}") -> str:
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "tried.yaml").write_text(RULE.format(more=more, values=values), encoding="utf-8")
    with pytest.raises(BadLaw) as bad:
        read_rule(tmp_path / "cn" / "tried.yaml", tmp_path)
    return str(bad.value)


@pytest.mark.parametrize(
    ("check", "values", "sentence"),
    [
        ("hours", '{to: "22:00"}', "values.2020-01-01: the check hours needs from and to; give from"),
        ("count\nhow: {per: [person]}", "{most: 3}", "the check count needs most and in_days; give in_days"),
        ("hours", '{from: "23:00", to: "22:00"}', "values.2020-01-01: from 23:00 to 22:00 leaves no hour of the day"),
        ("quiet_after_conversation", "{}", "the check quiet_after_conversation needs days; give days"),
    ],
)
def test_values_by_which_nothing_could_be_judged_are_refused(
    check: str, values: str, sentence: str, tmp_path: Path
) -> None:
    """Without one the gate would stop in the middle of a day; hours turned round would open the night."""
    assert sentence in told_of(f"check: {check}", tmp_path, values)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            "check: required\nhow: {all_of: [visit_agreed]}\napplies_if: {product: [credit_card]}",
            "'credit_card' is not",
        ),
        ("check: required\nhow: {all_of: [visit_agreed]}\napplies_if: {licence: [banc]}", "'banc' is not one of"),
        ("check: required\nhow: {all_of: [visit_agreed]}\napplies_if: {letter: [defualt_notice]}", "'defualt_notice'"),
        ("check: required\nhow: {all_of: [visit_agreed]}\nacts: [chrage]", "'chrage' is not one of"),
        ("check: required\nhow: {all_of: [visit_agreed]}\nchannels: [phone]", "'phone' is not one of"),
        ("check: required\nhow: {all_of: [visit_agred]}", 'how.all_of: "visit_agred" isn\'t an answer'),
        (
            "check: required\nhow: {all_of: [visitors]}",
            '"visitors" is an answer of type number; here stands one of yes_no',
        ),
        (
            "check: required\nhow: {all_of: [visit_agreed]}\napplies_if: {known: {record: tape}}",
            'applies_if.known.record: "tape" isn\'t one of recording',
        ),
        (
            "check: required\nhow: {all_of: [visit_agreed]}\napplies_if: {given: {charge: [interest, intrest]}}",
            'applies_if.given.charge: "intrest" isn\'t one of',
        ),
        ("check: hold\nhow: {holds: [breathingspace]}", 'how.holds: "breathingspace" isn\'t one of plan'),
        ("check: keep_until\nhow: {from: recorded_on, records: [tape]}", 'how.records: "tape" isn\'t one of recording'),
        ("check: keep_until\nhow: {from: visit_agreed, records: [recording]}", "is an answer of type yes_no"),
        ("check: never_by\nhow: {unless_consent: phone}", 'how.unless_consent: "phone" isn\'t one of calls'),
        ("check: count\nhow: {channels: [phone]}", 'how.channels: "phone" isn\'t one of call'),
        ("check: count\nhow: {not_with_consent: {what: phone, days: 7}}", 'how.not_with_consent.what: "phone" isn\'t'),
        ("check: count\nhow: {per: [persons]}", 'how.per: "persons" isn\'t one of person'),
        ("check: persons\nhow: {may: [borower]}", 'how.may: "borower" isn\'t one of borrower'),
        (
            "check: persons\nhow: {may: [borrower], others: [{who: [aunt], purposes: [locate]}]}",
            'how.others.who: "aunt"',
        ),
    ],
)
def test_a_misspelt_word_in_a_rule_is_refused(more: str, sentence: str, tmp_path: Path) -> None:
    assert sentence in told_of(more, tmp_path)


def test_a_misspelt_word_in_the_values_of_a_rule_is_refused(tmp_path: Path) -> None:
    told = told_of("check: hold\nhow: {holds: [plan]}", tmp_path, "{permits: [remindr]}")

    assert 'values.2020-01-01.permits: "remindr" isn\'t one of demand' in told


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (("acts",), facts.Act),
        (("channels",), facts.Channel),
        (("not_channels",), facts.Channel),
        (("purposes",), facts.Purpose),
        (("not_purposes",), facts.Purpose),
        (("applies_if", "properties", "actor"), facts.Actor),
        (("applies_if", "properties", "licence"), Licence),
        (("applies_if", "properties", "product"), Product),
        (("applies_if", "properties", "relation"), facts.Relation),
        (("applies_if", "properties", "letter"), LetterKind),
    ],
)
def test_the_schema_has_the_same_words(at: tuple[str, ...], words: type[facts.Act]) -> None:
    held = SCHEMA["properties"]
    for key in at:
        held = held[key]

    assert held["items"]["enum"] == [str(one) for one in words]


def test_every_letter_of_ours_has_its_word() -> None:
    assert set(LETTERS) <= set(LetterKind)


@pytest.mark.parametrize("kind", CHECKS.values(), ids=lambda kind: kind.name)
def test_whatever_a_check_is_told_is_looked_at(kind: CheckKind) -> None:
    known = {*rule_words.ANSWERS, *rule_words.WORDS, *rule_words.ITEMS, *rule_words.NESTED, *rule_words.PLAIN, "needs"}

    assert kind.how - known == set()


def test_every_word_means_something_and_every_letter_that_cases_name_is_one() -> None:
    assert all(word.means.endswith(".") for words in VOCABULARIES.values() for word in words)
    assert len(all_cases()) > 400
