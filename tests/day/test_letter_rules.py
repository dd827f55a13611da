"""The letter rules: which hold for a loan, what a slip in them is told, and a day under the sample lender's own."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import LetterRule
from goodstanding.core.loan import Loan, Pause
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Terms
from goodstanding.core.rates import AnnualRate
from goodstanding.day import letters as day_letters
from goodstanding.day.ledger import Ledger
from goodstanding.day.lender import read_lender
from goodstanding.day.letter_rules import Silence, Silent, days_ahead, in_force, perhaps, reminders
from goodstanding.day.stop import Stopped
from goodstanding.letters.example_key import example_key
from goodstanding.letters.verify import verify
from tests.day.books import CUT_OFF, LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import REAL_PRESS, SAMPLE, Run, lender_with, tree

RULES = (
    LetterRule("first_notice", 1, 14, least_amount=1000),
    LetterRule("formal_overdue", 15, products=("loan",)),
    LetterRule("pre_due_reminder", -3, -1),
)
TERMS = Terms(120_000, AnnualRate(Fraction(0)), date(2026, 1, 5), 12, date(2026, 2, 5))
LOAN = Loan("L", "CNY", TERMS.principal, TERMS.disbursed_on, TERMS.annual_rate, build_schedule(TERMS))


def letters(as_of: date, loan: Loan = LOAN, product: str = "loan", policy: ArrearsPolicy | None = None) -> object:
    """The letters of the rules that hold, or why none does."""
    found = assess(loan, policy or ArrearsPolicy(), as_of=as_of)
    if not found.amount_to_cure:
        return [rule.letter for rule in reminders(loan, found, product, RULES)]
    asked = perhaps(found, product, RULES)
    asked = asked if isinstance(asked, Silent) else in_force(loan, found, asked)
    return (asked.why, asked.detail) if isinstance(asked, Silent) else [rule.letter for rule in asked]


def test_rules_hold_by_days_past_due_product_and_amount() -> None:
    assert letters(date(2026, 2, 6)) == ["first_notice"]
    assert letters(date(2026, 2, 20)) == ["formal_overdue"]
    assert letters(date(2026, 2, 20), product="card") == (
        Silence.NO_RULE,
        "no rule asks for a letter at 15 days past due",
    )
    small = replace(
        LOAN, schedule=tuple(replace(one, principal=500, interest=0) for one in LOAN.schedule), principal=6000
    )
    assert letters(date(2026, 2, 6), small) == (Silence.LITTLE, "5.00 CNY to cure, less than 10.00")
    assert letters(date(2026, 2, 6), policy=ArrearsPolicy(grace_days=5))[0] == Silence.GRACE  # type: ignore[index]


@pytest.mark.parametrize(("day", "found"), [(1, []), (2, ["pre_due_reminder"]), (4, ["pre_due_reminder"]), (5, [])])
def test_a_reminder_is_due_before_the_due_date_and_not_on_it(day: int, found: list[str]) -> None:
    assert letters(date(2026, 2, day)) == found
    assert days_ahead(RULES) == 3


def test_paused_days_do_not_count_and_in_a_pause_nobody_is_written_to() -> None:
    paused = replace(LOAN, pauses=(Pause(date(2026, 2, 10), date(2026, 2, 20)),))
    assert letters(date(2026, 2, 15), paused) == (Silence.PAUSED, "in a pause until 2026-02-20")
    assert letters(date(2026, 2, 22), paused) == ["first_notice"]
    ahead = replace(LOAN, pauses=(Pause(date(2026, 2, 5), date(2026, 2, 20)),))
    assert letters(date(2026, 2, 3), ahead) == []


SLIPS = [
    ('letter = "first_notice"', "first_notice: say when: either from_dpd, perhaps with to_dpd, or on_dpd"),
    ('letter = "first_notice"\nfrom_dpd = 1\non_dpd = [1]', "first_notice: say when: either"),
    ('letter = "first_notice"\nfrom_dpd = 9\nto_dpd = 2', "first_notice: to_dpd 2 comes before from_dpd 9"),
    ('letter = "first_notice"\nfrom_dpd = 0', "first_notice: 0 is no day past due: the first is 1"),
    ('letter = "first_notice"\non_dpd = ["1"]', "on_dpd.1: '1' isn't a whole number of days"),
    ('letter = "pre_due_reminder"\nfrom_dpd = -3', "pre_due_reminder: a reminder is written before the due date"),
    (
        'letter = "second_notice"\nfrom_dpd = 1',
        "second_notice: there is no such letter: expected one of pre_due_reminder,",
    ),
    (
        'letter = "dispute_received"\nfrom_dpd = 1',
        "dispute_received: no rule can ask for it, since what somebody disputes",
    ),
    ('letter = "hardship_received"\nfrom_dpd = 1', "no rule can ask for it, since who has said that paying is hard"),
    ('letter = "arrears_notice"\nfrom_dpd = 1', "arrears_notice: it is a letter of uk, and this lender is under cn"),
    (
        'letter = "credit_reporting_notice"\nfrom_dpd = 1\nto = ["guarantor"]',
        "credit_reporting_notice: it isn't written to a guarantor, since it tells a person of that person's own credit record",
    ),
    (
        'letter = "first_notice"\nfrom_dpd = 1\nto = ["guarantor"]',
        "first_notice: it isn't written to a guarantor, since so early",
    ),
    ('letter = "first_notice"\nfrom_dpd = 1\nto = []', "first_notice: to is empty"),
    ('letter = "first_notice"\nfrom_dpd = 1\nforms = []', "first_notice: forms is empty"),
    (
        'letter = "first_notice"\nfrom_dpd = 1\nproducts = ["car"]',
        "products.1: 'car' isn't a file in products/: expected one of",
    ),
    (
        'letter = "first_notice"\nfrom_dpd = 1\nrepeat_every_days = 14',
        "first_notice: it would be repeated after 14 days, and gives 14 to pay: repeat_every_days must be more",
    ),
    ('letter = "first_notice"\nfrom_dpd = 1\npay_within_days = 0', "first_notice: pay_within_days is 0"),
]


@pytest.mark.parametrize(("rule", "sentence"), SLIPS)
def test_a_slip_in_a_rule_is_told_with_the_rule_it_is_in(rule: str, sentence: str, tmp_path: Path) -> None:
    good = '[[letter_rules]]\nletter = "formal_overdue"\nfrom_dpd = 15\n'
    folder = lender_with(f"{good}[[letter_rules]]\n{rule}", tmp_path / "lender")
    with pytest.raises(Stopped) as stopped:
        read_lender(folder)
    assert sentence in str(stopped.value)
    assert f"{folder / 'lender.toml'}: letter_rules.2" in str(stopped.value)


def test_what_a_rule_needs_of_the_lender_is_asked(tmp_path: Path) -> None:
    folder = lender_with(
        '[[letter_rules]]\nletter = "first_notice"\nfrom_dpd = 1\nforms = ["sms"]', tmp_path / "lender"
    )
    path = folder / "lender.toml"
    said = path.read_text(encoding="utf-8")
    path.write_text(
        "\n".join(line for line in said.splitlines() if not line.startswith("letter_link")), encoding="utf-8"
    )
    with pytest.raises(Stopped, match="a text message would tell of a letter that is nowhere"):
        read_lender(folder)
    silent = said.replace("reports_to_credit_bureau = true", "reports_to_credit_bureau = false")
    path.write_text(silent.replace('"first_notice"', '"credit_reporting_notice"'), encoding="utf-8")
    with pytest.raises(Stopped, match="there is no report to give notice of"):
        read_lender(folder)


def test_the_rule_of_earlier_folders_is_told_what_takes_its_place(tmp_path: Path) -> None:
    folder = lender_with('[letter_rule]\nletter = "formal_overdue"', tmp_path / "lender")
    with pytest.raises(
        Stopped, match=r"letter_rule: there is a rule for each letter now, in a table \[\[letter_rules\]\]"
    ):
        read_lender(folder)


# -- a day under them -----------------------------------------------------------------------------------------------

EARLY = replace(Row("L-EARLY", PAID_UP, "周小安"), loans={"first_due_on": "2026-03-25"})
ROWS = [
    replace(EARLY, paid=8),
    Row("L-FIRST", 8, "李雷", loans={"first_due_on": "2026-03-15"}),
    Row("L-ONE", LATE_ONE, "韓梅梅", "zh-Hant"),
    Row("L-TWO", LATE_TWO, "陈静"),
    Row("P-CO", PAID_UP, "陈朗", "en"),
    Row("P-GUA", PAID_UP, "郑远", "zh-Hant"),
]
PARTIES = "loan_id,borrower_id,role,guarantee\nL-TWO,B-P-CO,co_borrower,\nL-ONE,B-P-GUA,guarantor,joint\nL-TWO,B-P-GUA,guarantor,\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = write_files(tmp_path / "files", ROWS)
    (folder / "parties.csv").write_text(PARTIES, encoding="utf-8")
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def told(folder: Path) -> list[tuple[str, ...]]:
    keys = ("loan_id", "letter", "reader", "person", "outcome", "forms")
    return [tuple(row[key] for key in keys) for row in table(folder / "letters.csv")]


def test_a_day_under_the_sample_lenders_rules(run: Run, book: Path) -> None:
    summary = run(book, lender=SAMPLE)
    every, few = "html; pdf; sms; text", "html; sms; text"
    assert told(summary.folder) == [
        ("L-EARLY", "pre_due_reminder", "borrower", "", "written", few),
        ("L-FIRST", "first_notice", "borrower", "", "written", few),
        ("L-ONE", "formal_overdue", "borrower", "", "written", every),
        ("L-ONE", "formal_overdue", "guarantor", "B-P-GUA", "written", every),
        ("L-TWO", "credit_reporting_notice", "borrower", "", "written", "pdf; text"),
        ("L-TWO", "credit_reporting_notice", "co_borrower", "B-P-CO", "written", "pdf; text"),
    ]
    assert summary.kept["counts"]["letters_by_kind"]["formal_overdue"] == {"borrower": 1, "guarantor": 1}
    worklist = {row["loan_id"]: row["letter"] for row in table(summary.folder / "arrears.csv")}
    assert worklist["L-TWO"] == "borrower, co-borrower: credit_reporting_notice written on 2026-11-23"
    page = (summary.folder / "report.html").read_text(encoding="utf-8")
    assert "<td>guarantor</td><td>html, pdf, sms, text</td><td>1</td>" in page


def test_each_reader_has_a_letter_in_their_own_language_with_what_they_may_see(run: Run, book: Path) -> None:
    folder = run(book, lender=SAMPLE).folder / "letters"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt") if ".sms." not in path.name}
    (to_guarantor,) = (
        text for name, text in texts.items() if (name.startswith("L-ONE") and "鄭遠" in text) or "郑远" in text
    )
    (to_borrower,) = (text for name, text in texts.items() if name.startswith("L-ONE") and "郑远" not in text)
    assert "示例路 L-ONE" in to_borrower and "示例路 P-GUA" not in to_borrower
    assert "示例路 P-GUA" in to_guarantor and "示例路 L-ONE" not in to_guarantor and "韓梅梅" in to_guarantor
    languages = sorted(name.rsplit("_", 1)[1] for name in texts if name.startswith("L-TWO"))
    assert languages == ["en.txt", "zh-Hans.txt"]


def test_the_days_that_follow_write_what_comes_next_and_say_whom_they_wait_for(
    run: Run, book: Path, tmp_path: Path
) -> None:
    """Nobody pays; a book of each day. The guarantor of L-TWO, for whom the notice isn't, has the formal letter a day later."""
    wrote = {}
    for days in (0, 1, 2, 8, 15, 16, 25):
        day = CUT_OFF + timedelta(days=days)
        files = write_files(tmp_path / f"files-{days}", ROWS, cut_off=day)
        (files / "parties.csv").write_text(PARTIES, encoding="utf-8")
        summary = run(files, lender=SAMPLE, as_of=day)
        wrote[days] = [
            one[:3] for one in told(summary.folder) if one[4] == "written" and one[0] in ("L-FIRST", "L-ONE", "L-TWO")
        ]
        assert summary.exit_code == 0
    assert wrote[1] == [("L-TWO", "formal_overdue", "guarantor")]
    assert wrote[2] == []
    assert wrote[8] == [("L-FIRST", "formal_overdue", "borrower")]
    assert wrote[15] == [("L-ONE", "credit_reporting_notice", "borrower")]
    assert wrote[16] == [
        ("L-TWO", "final_notice", "borrower"),
        ("L-TWO", "final_notice", "co_borrower"),
        ("L-TWO", "final_notice", "guarantor"),
    ]
    final = [one for one in Ledger(tmp_path / "out/letters.ledger.jsonl").entries if one.letter == "final_notice"]
    assert [one.pay_by for one in final] == [date(2026, 12, 23)] * 3


def test_a_held_letter_says_until_when(run: Run, book: Path, tmp_path: Path) -> None:
    run(book, lender=SAMPLE)
    day = CUT_OFF + timedelta(days=2)
    summary = run(write_files(tmp_path / "later", ROWS, cut_off=day), lender=SAMPLE, as_of=day)
    rows = {row["loan_id"]: row for row in table(summary.folder / "letters.csv")}
    assert (rows["L-TWO"]["outcome"], rows["L-TWO"]["detail"]) == ("held", "written on 2026-11-23")
    assert (
        "written on 2026-11-23"
        in {row["loan_id"]: row["letter"] for row in table(summary.folder / "arrears.csv")}["L-ONE"]
    )


def test_the_same_day_again_changes_nothing_and_what_was_lost_comes_back(run: Run, book: Path, tmp_path: Path) -> None:
    run(book, lender=SAMPLE)
    whole = tree(tmp_path / "out")
    assert run(book, lender=SAMPLE).unchanged
    for lost in [path for path in (tmp_path / "out").rglob("*") if path.suffix in (".html", ".pdf", ".csv")]:
        lost.unlink()
    assert not run(book, lender=SAMPLE).unchanged
    assert tree(tmp_path / "out") == whole


def test_another_form_supersedes_the_letter(run: Run, book: Path, tmp_path: Path) -> None:
    rule = '[[letter_rules]]\nletter = "formal_overdue"\nfrom_dpd = 15\nto_dpd = 30\nforms = ["text"{}]\n'
    run(book, lender=lender_with(rule.format(""), tmp_path / "lender"))
    again = run(book, lender=lender_with(rule.format(', "html"'), tmp_path / "lender"))
    assert (again.letters_written, again.letters_confirmed) == (1, 0)
    names = sorted(path.name for path in (again.folder / "letters").iterdir())
    assert [name.rsplit("_", 1)[1] for name in names] == ["r2.html", "r2.txt"]


def test_nobody_is_written_to_without_rules_and_the_report_says_so(run: Run, book: Path, tmp_path: Path) -> None:
    summary = run(book, lender=lender_with("", tmp_path / "lender"))
    assert (summary.letters_written, summary.exit_code) == (0, 0)
    assert "Nobody is written to: lender.toml has no [[letter_rules]]" in summary.kept["remarks"][0]


def test_letters_to_those_beside_the_borrower_are_sealed_and_verify(
    run: Run, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_letters, "_press", REAL_PRESS)
    folder = run(book, lender=SAMPLE).folder / "letters"
    found = [verify(path.read_bytes(), [example_key().public]) for path in sorted(folder.glob("*.pdf"))]
    assert len(found) == 4
    assert [one.agrees.why + one.is_intact.why + one.is_genuine.why for one in found] == [()] * 4
