"""One letter written by hand: its files, its reader, its own facts; and what is refused."""

import json
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding.cli import main
from goodstanding.core.particulars import MissedPayment, PlanBroken, particulars_from_data
from goodstanding.core.reading import BadValue
from goodstanding.day.one_letter import _why_not_broken
from goodstanding.letters.compose import LETTERS
from goodstanding.letters.example_key import example_key
from goodstanding.letters.verify import Outcome, verify
from tests.day.books import LATE_ONE, PAID_UP, Row, write_files
from tests.day.conftest import LENDER

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/letter_facts_json.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## (\w+)\n.*?```json\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
CURRENCY = {"arrears_notice": "GBP", "default_notice": "GBP", "validation_notice": "USD"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """L1 is late, L2 paid up; L3's borrower guarantees L1."""
    rows = [Row("L1", LATE_ONE), Row("L2", PAID_UP), Row("L3", PAID_UP, name="钱素云")]
    folder = write_files(tmp_path / "files", rows)
    (folder / "parties.csv").write_text(
        "loan_id,borrower_id,role,guarantee\nL1,B-L3,guarantor,general\n", encoding="utf-8"
    )
    return folder


def write(book: Path, out: Path, letter: str, *args: str, loan: str = "L1", day: str = "2026-11-23") -> Result:
    fixed = ["letters", "write", loan, "--book", str(book), "--lender", str(LENDER), "--as-of", day]
    return CliRunner().invoke(main, [*fixed, "--letter", letter, "--out", str(out), *args])


def text_of(out: Path) -> str:
    (path,) = (one for one in out.glob("*.txt") if not one.name.endswith(".sms.txt"))
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("letter", [name for name, letter in LETTERS.items() if letter.needs])
def test_the_page_has_an_example_of_every_letters_facts_that_is_read(letter: str) -> None:
    kind = LETTERS[letter].needs
    assert kind is not None
    data = json.loads(EXAMPLES[letter], parse_float=Decimal)
    assert isinstance(particulars_from_data(kind, data, CURRENCY.get(letter, "CNY")), kind)
    with pytest.raises(BadValue, match="isn't a key we know"):
        particulars_from_data(kind, data | {"remark": "pay at once"}, "CNY")


def test_a_letter_has_its_page_text_email_and_text_message(book: Path, tmp_path: Path) -> None:
    done = write(book, tmp_path / "out", "formal_overdue")
    assert done.exit_code == 0, done.output
    endings = sorted("".join(path.suffixes) for path in (tmp_path / "out").iterdir())
    assert endings == [".html", ".pdf", ".sms.txt", ".txt"]
    assert "王小明" in text_of(tmp_path / "out")


def beside(book: Path, name: str, header: str, row: str) -> None:
    (book / f"{name}.csv").write_text(f"borrower_id,{header}\nB-L1,{row}\n", encoding="utf-8")


def test_a_letter_that_the_gate_refuses_is_not_written_and_says_by_which_rule_and_law(
    book: Path, tmp_path: Path
) -> None:
    beside(book, "holds", "kind,began_at", "plan,2026-11-20T10:00+08:00")

    stopped = write(book, tmp_path / "out", "formal_overdue")

    assert stopped.exit_code == 1
    assert "The gate doesn't let formal_overdue out, and nothing was written." in stopped.stderr
    assert "house/plan: There is a hold: plan since 2026-11-20 10:00. (Goodstanding's own rule)" in stopped.stderr
    assert not (tmp_path / "out").exists()


def test_a_form_that_the_gate_refuses_is_left_out_with_the_instant_from_which_it_may_go(
    book: Path, tmp_path: Path
) -> None:
    done = write(book, tmp_path / "out", "formal_overdue", "--at", "2026-11-23T23:00+08:00")

    assert done.exit_code == 3
    assert sorted("".join(one.suffixes) for one in (tmp_path / "out").iterdir()) == [".pdf", ".txt"]
    assert "Left out: as sms: cn/hours: It is 23:00:00 in Asia/Shanghai" in done.stderr
    assert "GB/T 45251-2025" in done.stderr
    assert "It would be allowed from 2026-11-24T08:00:01+08:00." in done.stderr


def test_nobody_is_written_to_by_hand_of_whom_a_row_can_not_be_read(book: Path, tmp_path: Path) -> None:
    beside(book, "holds", "kind,began_at", "breathingspace,2026-11-20T10:00+08:00")

    stopped = write(book, tmp_path / "out", "formal_overdue")

    assert stopped.exit_code == 1
    assert "rows of this person in holds can't be read" in stopped.stderr


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",regulated_agrement,yes", 'the nearest is "regulated_agreement"'),
        ("L1,regulated_agreement,perhaps", 'regulated_agreement: "perhaps" isn\'t true or false'),
        ("L1,product,credit_card", 'product: "credit_card" isn\'t one of loan, card'),
    ],
)
def test_an_answer_that_nobody_can_read_keeps_a_letter_back(
    row: str, sentence: str, book: Path, tmp_path: Path
) -> None:
    beside(book, "answers", "loan_id,name,value", row)

    stopped = write(book, tmp_path / "out", "formal_overdue")

    assert stopped.exit_code == 1
    assert "an answer about this person or loan can't be read" in stopped.stderr
    assert sentence in stopped.stderr


def test_what_is_left_to_a_person_goes_out_when_somebody_has_looked(book: Path, tmp_path: Path) -> None:
    """Regulation F is advice to a creditor in its own name: an e-mail after nine is for a person to judge."""
    lender = tmp_path / "lender"
    shutil.copytree(LENDER, lender)
    toml = (lender / "lender.toml").read_text(encoding="utf-8")
    (lender / "lender.toml").write_text(toml.replace('layers = ["cn"]', 'layers = ["cn", "us"]'), encoding="utf-8")
    people = (book / "borrowers.csv").read_text(encoding="utf-8")
    (book / "borrowers.csv").write_text(people.replace(",CN", ",US"), encoding="utf-8")
    evening = ["--lender", str(lender), "--at", "2026-11-23T21:30-05:00"]

    alone = write(book, tmp_path / "alone", "formal_overdue", *evening)
    looked = write(book, tmp_path / "looked", "formal_overdue", *evening, "--reviewed-by", "Li Hua")

    assert alone.exit_code == 3
    assert "as html: us/reg_f/hours: It is 21:30:00 in America/New_York, outside 08:00 to 21:00." in alone.stderr
    assert "A person may look at it and say --reviewed-by NAME." in alone.stderr
    assert not list((tmp_path / "alone").glob("*.html"))
    assert "Note: looked at by Li Hua: as html: us/reg_f/hours" in looked.stderr
    assert list((tmp_path / "looked").glob("*.html"))


def test_it_is_sealed_as_the_days_letters_are(book: Path, tmp_path: Path) -> None:
    write(book, tmp_path / "out", "formal_overdue", "--to", "guarantor")
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    found = verify(pdf.read_bytes(), [example_key().public])
    assert [one.outcome for one in (found.is_genuine, found.is_intact, found.agrees)] == [Outcome.YES] * 3


def test_written_again_it_has_the_same_reference_and_says_the_same(book: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        write(book, tmp_path / name, "formal_overdue")
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other


def test_a_guarantor_of_the_book_gets_a_letter_of_their_own(book: Path, tmp_path: Path) -> None:
    done = write(book, tmp_path / "out", "formal_overdue", "--to", "guarantor")
    assert done.exit_code == 0, done.output
    said = text_of(tmp_path / "out")
    assert "钱素云（收）" in said
    assert "您提供的是一般保证" in said
    assert "示例路 L3 号" in said
    assert "示例路 L1 号" not in said


def test_a_letter_with_facts_of_its_own_says_them(book: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"report_on": "2026-12-10"}', encoding="utf-8")
    write(book, tmp_path / "out", "credit_reporting_notice", "--facts", str(facts))
    said = text_of(tmp_path / "out")
    assert "自2026年12月10日起报送" in said
    assert "在2026年12月9日（含当日）前支付" in said


@pytest.mark.parametrize(
    ("letter", "args", "sentence"),
    [
        ("formal_overdue", ["--to", "co_borrower"], "Loan L1 has as co_borrower: nobody."),
        ("formal_overdue", ["--to", "guarantor", "--person", "B-L2"], "Loan L1 has as guarantor: B-L3."),
        ("first_notice", ["--to", "guarantor"], "(not_this_reader)"),
        ("final_notice", [], "(facts_missing)"),
        ("default_notice", [], "(not_in_this_law)"),
        ("formal_overdue", ["--facts", "{facts}"], "needs no facts of its own"),
        ("final_notice", ["--facts", "{facts}"], '"earlier" is missing'),
        ("final_notice", ["--facts", "nowhere.json"], "nowhere.json can't be read"),
    ],
)
def test_what_cannot_be_written_gets_a_sentence(
    letter: str, args: list[str], sentence: str, book: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text("{}", encoding="utf-8")
    stopped = write(book, tmp_path / "out", letter, *(one.replace("{facts}", str(facts)) for one in args))
    assert stopped.exit_code == 1, stopped.output
    assert sentence in stopped.output
    assert not (tmp_path / "out").exists()


def test_a_loan_that_is_not_there_or_owes_nothing_or_a_day_gone_past_gets_a_sentence(
    book: Path, tmp_path: Path
) -> None:
    assert 'There is no loan "L9"' in write(book, tmp_path / "out", "formal_overdue", loan="L9").output
    assert "(nothing_overdue)" in write(book, tmp_path / "out", "formal_overdue", loan="L2").output
    assert "later than 2026-11-20" in write(book, tmp_path / "out", "formal_overdue", day="2026-11-20").output


def test_a_plan_is_not_called_broken_that_the_book_does_not_know() -> None:
    told = PlanBroken(date(2026, 9, 14), (MissedPayment(date(2026, 11, 10), 417_32, 0),), date(2026, 11, 16))
    assert "no plan of it is broken. There is none in the book." in _why_not_broken(told, None)
