"""How a way out appears in credit data is said in the words of its place, the same by letters and by who makes an offer."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from goodstanding.cli import main
from goodstanding.core.conduct.facts import Acting, Actor, Debt, Facts, Person
from goodstanding.core.conduct.rule import Effect
from goodstanding.core.conduct.wording import check_letter
from goodstanding.core.letter import LetterContent, LetterFacts, texts
from goodstanding.core.party import LANGUAGES
from goodstanding.core.plans.offers import Credit
from goodstanding.day.lender import JURISDICTIONS
from goodstanding.day.offering import credit_words
from goodstanding.law.loader import rules_for
from goodstanding.letters.compose import compose, wording_of
from goodstanding.letters.credit_data import ELSEWHERE, STAYS, bases, basis_of, credit_keys
from goodstanding.letters.examples import cn_loan, uk_loan
from goodstanding.letters.offer.golden.cases import IN_THREE, TO_THE_END, offering
from goodstanding.letters.wording import FILES, HERE, SHARED
from tests.day.test_lender import FOLDERS

PLAIN = "nowhere"
"""A place that we have no words for."""
KEYS = sorted({key for credit in Credit for key in credit_keys(credit)})
WITH_WORDS = sorted(bases().keys() - {ELSEWHERE})


def in_words(language: str, jurisdiction: str) -> dict[str, str]:
    wording = wording_of("offer", language, jurisdiction)
    return {key: wording.say(key) for key in KEYS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("jurisdiction", WITH_WORDS)
def test_a_place_has_every_sentence_of_its_own_or_none(jurisdiction: str, language: str) -> None:
    plain, own = in_words(language, PLAIN), in_words(language, jurisdiction)
    assert own[STAYS] != plain[STAYS], "how long a record stays differs from place to place"
    written = (HERE / SHARED / f"{FILES[language]}_{jurisdiction}.toml").read_text(encoding="utf-8")
    assert all(f"{key.removeprefix('way.')} = " in written for key in KEYS)


@pytest.mark.parametrize("jurisdiction", WITH_WORDS)
def test_what_the_words_rest_on_is_said_with_what_to_look_at(jurisdiction: str) -> None:
    basis = basis_of(jurisdiction)
    assert basis.level in ("P", "S", "M")
    assert basis.confidence in ("H", "M", "L")
    assert basis.to_check, "nobody has approved these words: somebody is told where to look"
    assert basis != basis_of(PLAIN)


def test_the_guide_names_the_same_sources() -> None:
    guide = (HERE.parents[2] / "docs" / "guides" / "letters.md").read_text(encoding="utf-8")
    for place in WITH_WORDS:
        basis = basis_of(place)
        assert f"| `{place}` | {basis.cite} | {basis.level}, {basis.confidence} |\n" in guide


def test_every_jurisdiction_of_a_lender_has_words_or_the_plain_ones() -> None:
    assert set(WITH_WORDS) <= set(JURISDICTIONS)
    assert basis_of(PLAIN) == bases()[ELSEWHERE]
    assert not any(mark in text for text in in_words("en", PLAIN).values() for mark in ("U.S.C.", "six years", "art."))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("jurisdiction", WITH_WORDS)
def test_the_gate_finds_nothing_forbidden_in_them(jurisdiction: str, language: str) -> None:
    facts = offering(cn_loan(language), IN_THREE)
    facts = replace(facts, lender=replace(facts.lender, jurisdiction=jurisdiction))
    rules, at = rules_for([jurisdiction]), datetime(2026, 11, 23, 12, tzinfo=UTC)
    forbids = {rule.id for rule in rules.rules if rule.effect is Effect.CONTENT_FORBIDDEN}
    asked = Facts(Acting(Actor.CREDITOR, "bank"), Person("reader"), debts={facts.loan.id: Debt(facts.loan.id)})
    for credit in Credit:
        offers = tuple(replace(one, credit=credit) for one in facts.offers)
        content = compose("offer", replace(facts, offers=offers), language)
        assert isinstance(content, LetterContent), content
        assert in_words(language, jurisdiction)[f"way.credit_{credit}"] in {text for _, text in texts(content)}
        against = check_letter(content, rules, asked, at).against
        assert not [one.detail for one in against if one.rule in forbids]


def said_by_letter(facts: LetterFacts, language: str = "en") -> set[str]:
    content = compose("offer", facts, language)
    assert isinstance(content, LetterContent), content
    return {text for _, text in texts(content)}


@pytest.mark.parametrize("jurisdiction", [*WITH_WORDS, PLAIN])
def test_who_makes_an_offer_says_what_the_letter_says(jurisdiction: str) -> None:
    facts = offering(uk_loan(), IN_THREE, TO_THE_END)
    facts = replace(facts, lender=replace(facts.lender, jurisdiction=jurisdiction))
    said, words = said_by_letter(facts), credit_words(jurisdiction, None)
    for offer in facts.offers:
        assert {words[key] for key in credit_keys(offer.credit)} <= said


def test_a_letter_names_what_its_words_on_credit_data_rest_on() -> None:
    for facts, cite in ((offering(cn_loan("en"), IN_THREE), "征信业管理条例"), (offering(uk_loan(), IN_THREE), "SCOR")):
        content = compose("offer", facts, "en")
        assert isinstance(content, LetterContent)
        cited = {one.key: one.citation for one in content.findings}
        assert cite in cited["way.credit_in_arrears"]
        assert cite in cited[STAYS]


def offers_of(tmp_path: Path, lender: Path) -> str:
    loan = {
        "id": "L-1",
        "currency": "CNY",
        "principal": "5000.00",
        "annual_rate": "0.12",
        "disbursed_on": "2025-12-10",
        "terms": {"instalments": 12, "first_due_on": "2026-01-10"},
    }
    path = tmp_path / "loan.json"
    path.write_text(json.dumps(loan), encoding="utf-8")
    found = CliRunner().invoke(main, ["offers", str(path), "--lender", str(lender), "--as-of", "2026-04-20"])
    return found.output


def lender_with(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    folder = tmp_path / "lender"
    for path in (*FOLDERS[0].rglob("*.toml"), FOLDERS[0] / "logo.svg"):
        target = folder / path.relative_to(FOLDERS[0])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    written = folder / "lender.toml"
    text = written.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    written.write_text(text, encoding="utf-8")
    return folder


HEAD = 'language = "en"\nversion = "2026-12-01"\n[way]\n'


def test_the_command_says_the_letters_words(tmp_path: Path) -> None:
    said, words = offers_of(tmp_path, lender_with(tmp_path)), in_words("en", "cn")
    assert f"  in credit data: {words['way.credit_in_arrears']}\n" in said
    assert f"In credit data: {words[STAYS]}\n" in said
    assert "it rests on 征信业管理条例 16 (P, M);\n  signed off by nobody yet." in said


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("credit_in_arrears", "  in credit data: With us it shows as late.\n"),
        ("credit_in_arears", "Stopped: passages/en.toml: keys that the letter doesn't have ['way.credit_in_arears']."),
    ],
)
def test_a_lenders_own_words_on_credit_data_lie_over_ours(tmp_path: Path, key: str, expected: str) -> None:
    lender = lender_with(tmp_path)
    own = lender / "wording" / "passages" / "en.toml"
    own.parent.mkdir(parents=True)
    own.write_text(f'{HEAD}{key} = "With us it shows as late."\n', encoding="utf-8")
    assert expected in offers_of(tmp_path, lender)


def test_the_command_says_nothing_of_credit_data_of_a_lender_that_does_not_report(tmp_path: Path) -> None:
    rule = '[[letter_rules]]\nletter = "credit_reporting_notice"'
    assert rule in (FOLDERS[0] / "lender.toml").read_text(encoding="utf-8")
    lender = lender_with(tmp_path, ("reports_to_credit_bureau = true", "reports_to_credit_bureau = false"))
    text = (lender / "lender.toml").read_text(encoding="utf-8")
    begins = text.index(rule)
    ends = text.index("[[letter_rules]]", begins + 1)
    (lender / "lender.toml").write_text(text[:begins] + text[ends:], encoding="utf-8")
    said = offers_of(tmp_path, lender)
    assert "In credit data: nothing, for this lender doesn't report its loans" in said
    assert "credit record" not in said
    assert "credit information" not in said
