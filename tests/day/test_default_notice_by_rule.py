"""A British default notice by a rule of the lender: its days, what it needs to be told, and when the gate keeps it back."""

import csv
import io
from pathlib import Path

import pytest

from goodstanding.day.lender import read_lender
from goodstanding.day.stop import Stopped
from tests.day.books import CUT_OFF, LATE_TWO, Row, write_files
from tests.day.conftest import Run, lender_with

RULE = """
[[letter_rules]]
letter = "default_notice"
from_dpd = 30
forms = ["text"]

[letter_rules.default_notice]
clause = "4.1"
actions = ["terminate"]
served_after_days = 2
remedy_after_days = 14
"""
REGULATED = "[conduct.answers.uk_loan]\nregulated_agreement = true\n"


def british_lender(folder: Path, rule: str = RULE, answers: str = REGULATED) -> Path:
    lender_with(rule, folder)
    text = (folder / "lender.toml").read_text(encoding="utf-8")
    for old, new in (
        ('"CNY"', '"GBP"'),
        ('jurisdiction = "cn"', 'jurisdiction = "uk"'),
        ('default_language = "zh-Hans"', 'default_language = "en"'),
        ('layers = ["cn"]', 'layers = ["uk"]'),
        ('cn_bill = "loan"\ncn_instalment = "loan"\n', f'uk_loan = "loan"\n\n{answers}'),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "lender.toml").write_text(text, encoding="utf-8")
    (folder / "products/cn_instalment.toml").rename(folder / "products/uk_loan.toml")
    (folder / "products/cn_bill.toml").unlink()
    return folder


def british_book(folder: Path, contract_on: str = "2026-01-26") -> Path:
    row = Row(
        "L1", LATE_TWO, name="Ann Example", language="en", product="uk_loan", currency="GBP", phone="+44 7700 900123"
    )
    write_files(folder, [row], currency="GBP")
    for name in ("borrowers.csv", "book.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(
            text.replace(",CN", ",GB").replace("Asia/Shanghai", "Europe/London"), encoding="utf-8"
        )
    if contract_on:
        (folder / "answers.csv").write_text(
            f"borrower_id,loan_id,name,value\nB-L1,L1,contract_on,{contract_on}\n", encoding="utf-8"
        )
    return folder


def day_of(out: Path) -> list[dict[str, str]]:
    text = (out / CUT_OFF.isoformat() / "letters.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_day_writes_a_default_notice_with_its_days(run: Run, tmp_path: Path) -> None:
    summary = run(british_book(tmp_path / "book"), lender=british_lender(tmp_path / "lender"))
    (line,) = day_of(summary.folder.parent)

    assert (line["letter"], line["outcome"]) == ("default_notice", "written"), line
    (letter,) = (summary.folder / "letters").glob("*.txt")
    said = letter.read_text(encoding="utf-8")
    assert "26 January 2026" in said, "the day of the agreement"
    assert "9 December 2026" in said, "written on 23 November, served on the 25th, and fourteen days after"
    assert line["pay_by"] == "2026-12-08"


def test_without_a_word_on_the_agreement_the_gate_keeps_it_back_and_names_what_is_missing(
    run: Run, tmp_path: Path
) -> None:
    summary = run(british_book(tmp_path / "book"), lender=british_lender(tmp_path / "lender", answers=""))
    (line,) = day_of(summary.folder.parent)

    assert summary.letters_written == 0
    assert "uk/cca/default_notice_date: It can't be judged without: regulated_agreement." in line["detail"]


def test_in_a_breathing_space_a_person_looks_at_it_first(run: Run, tmp_path: Path) -> None:
    book = british_book(tmp_path / "book")
    (book / "holds.csv").write_text(
        "borrower_id,kind,began_at\nB-L1,breathing_space,2026-11-01T10:00\n", encoding="utf-8"
    )

    summary = run(book, lender=british_lender(tmp_path / "lender"))
    (line,) = day_of(summary.folder.parent)

    assert summary.letters_written == 0
    assert line["reason"] == "a person has to look at it before it may go out"
    assert "uk/breathing_space/standard_default_notice" in line["detail"]


def test_without_the_day_of_the_agreement_it_is_set_aside(run: Run, tmp_path: Path) -> None:
    summary = run(british_book(tmp_path / "book", contract_on=""), lender=british_lender(tmp_path / "lender"))
    (line,) = day_of(summary.folder.parent)

    assert (summary.letters_written, line["outcome"]) == (0, "refused")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("remedy_after_days = 14", "remedy_after_days = 13", "13 is too soon: 14 at least (CCA 1974 s. 88(2))"),
        ('"terminate"', '"earlier_payment"', "isn't in the day's files"),
        ('actions = ["terminate"]', "actions = []", "actions is empty"),
        ("served_after_days = 2", "served_after_days = -1", "served_after_days is below zero"),
        (RULE[RULE.index("[letter_rules.") :], "", "say what it says, in a table"),
        ("from_dpd = 30", "from_dpd = 30\nrepeat_every_days = 90", "isn't repeated"),
    ],
)
def test_a_rule_that_could_not_be_kept_gets_a_sentence(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    lender = british_lender(tmp_path / "lender", RULE.replace(old, new))

    with pytest.raises(Stopped) as stopped:
        read_lender(lender)
    assert sentence in str(stopped.value)
