"""The record: from it alone every letter is composed again, word for word, and its sums by anybody's own program."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from goodstanding.cli import main
from goodstanding.core.letter import LetterFacts, LetterRefused, content_data, content_from_data
from goodstanding.core.party import Role
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.golden import cases_of
from goodstanding.letters.record import read_record, record_of

CASES = [(letter, name) for letter in LETTERS for name in cases_of(letter)]


def a_letter(letter: str, name: str) -> tuple[str, LetterFacts, bytes]:
    language, facts = cases_of(letter)[name]
    content = compose(letter, facts(), language)
    assert not isinstance(content, LetterRefused)
    return language, facts(), record_of(facts(), content)


@pytest.mark.parametrize(("letter", "name"), CASES)
def test_every_letter_is_composed_again_from_its_record(letter: str, name: str) -> None:
    language, facts, record = a_letter(letter, name)
    read = read_record(record)
    assert compose(letter, read.facts, language) == compose(letter, facts, language)
    assert read.recomputed == read.figures


@pytest.mark.parametrize(("letter", "name"), CASES)
def test_a_record_tells_whoever_is_not_the_borrower_nothing_of_the_borrower_but_the_name(
    letter: str, name: str
) -> None:
    language, facts = cases_of(letter)[name]
    planted = replace(
        facts().borrower, id="PLANTED-1", id_number="PLANTED-2", address=("PLANTED-3",), emails=("PLANTED-4",)
    )
    told = replace(facts(), borrower=planted)
    content = compose(letter, told, language)
    assert not isinstance(content, LetterRefused)
    record = record_of(told, content).decode()
    is_copy = (letter, told.role) == ("default_notice", Role.GUARANTOR)  # CCA 1974 s. 111: the notice itself
    if told.role is Role.BORROWER or is_copy:
        assert "PLANTED-3" in record
        record = record.replace("PLANTED-3", "")
    assert "PLANTED" not in record


def test_the_calculation_in_a_record_is_a_file_that_assess_reads() -> None:
    _, _, record = a_letter("formal_overdue", "en_short")
    data = json.loads(record)
    run = CliRunner().invoke(
        main, ["assess", "-", "--as-of", data["as_of"], "--json"], input=json.dumps(data["calculation"])
    )
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert {name: found[name] for name in data["figures"]} == data["figures"]


def test_a_record_is_written_the_same_each_time_in_one_order() -> None:
    _, _, record = a_letter("formal_overdue", "zh_hans_short")
    assert a_letter("formal_overdue", "zh_hans_short")[2] == record
    assert json.dumps(json.loads(record), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == record


@pytest.mark.parametrize(("letter", "name"), CASES)
def test_content_is_read_from_its_data_the_same(letter: str, name: str) -> None:
    language, facts = cases_of(letter)[name]
    content = compose(letter, facts(), language)
    assert not isinstance(content, LetterRefused)
    assert content_from_data(json.loads(json.dumps(content_data(content)))) == content
