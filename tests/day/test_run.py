"""The whole day on small books: what it writes, that it writes it once, and what a corrected book changes."""

import csv
import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.day.ledger import Ledger, State
from goodstanding.day.stop import Stopped
from goodstanding.letters.press import Finished
from tests.day.books import CUT_OFF, LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, QuickPress, Run, lender_warned_of, tree

GOOD, ONE, TWO = Row("L-GOOD", PAID_UP), Row("L-ONE", LATE_ONE, "李雷"), Row("L-TWO", LATE_TWO, "韓梅梅", "zh-Hant")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_files(tmp_path / "files", [GOOD, ONE, TWO])


def test_a_day_writes_its_figures_letters_and_report(run: Run, book: Path) -> None:
    summary = run(book)
    assert (summary.exit_code, summary.letters_written) == (0, 2)
    written = tree(summary.folder)
    letters = sorted(name for name in written if name.startswith("letters/"))
    assert [Path(name).suffix for name in letters] == [".pdf", ".txt"] * 2
    assert [name.split("_")[0] for name in letters[::2]] == ["letters/L-ONE", "letters/L-TWO"]
    assert "李雷" in written[letters[1]].decode()
    assert "韓梅梅" in written[letters[3]].decode()
    assert set(written) - set(letters) == {
        "arrears.csv",
        "arrears.parquet",
        "letters.csv",
        "reconciliation.csv",
        "report.html",
        "run.json",
        "set_aside.csv",
    }


def test_the_worklist_begins_with_those_behind_for_longest(run: Run, book: Path) -> None:
    found = rows(run(book).folder / "arrears.csv")
    assert [(row["order"], row["loan_id"], row["days_past_due"], row["borrower_name"]) for row in found] == [
        ("1", "L-TWO", "49", "韓梅梅"),
        ("2", "L-ONE", "18", "李雷"),
    ]
    for row in found:
        parts = ("overdue_principal", "overdue_interest", "penalty", "compound_interest", "fees")
        assert sum(Decimal(row[part]) for part in parts) == Decimal(row["amount_to_cure"])
        assert row["letter"] == "borrower: formal_overdue written on 2026-11-23"
        assert row["phone"] == "'+86 138 0000 0000"


def test_the_reports_totals_are_those_of_the_parquet_file(run: Run, book: Path) -> None:
    summary = run(book)
    table = pq.read_table(summary.folder / "arrears.parquet")
    assert table["loan_id"].to_pylist() == ["L-GOOD", "L-ONE", "L-TWO"]
    to_cure = sum(table["amount_to_cure"].to_pylist())
    report = (summary.folder / "report.html").read_text(encoding="utf-8")
    assert f"<b>{to_cure // 100:,}.{to_cure % 100:02}</b>" in report
    assert summary.kept["amount_to_cure"] == f"{to_cure // 100}.{to_cure % 100:02}"
    for name in ("overdue_principal", "overdue_interest", "penalty", "outstanding_principal"):
        total = sum(table[name].to_pylist())
        assert f"{total // 100:,}.{total % 100:02}" in report
    assert not any(mark in report for mark in ("<script", "http://", "https://", "url("))


def test_no_letter_holds_another_borrowers_data(run: Run, tmp_path: Path) -> None:
    planted = [
        replace(ONE, id_number="11010519491231002X", phone="+86 139 1111 1111"),
        replace(TWO, id_number="440524198001010013", phone="+86 137 2222 2222"),
    ]
    summary = run(write_files(tmp_path / "files", planted))
    texts = {
        path.name.split("_")[0]: path.read_text(encoding="utf-8") for path in (summary.folder / "letters").glob("*.txt")
    }
    assert set(texts) == {"L-ONE", "L-TWO"}
    for mine, other in ((planted[0], planted[1]), (planted[1], planted[0])):
        assert mine.name in texts[mine.loan_id]
        assert mine.id_number[-4:] in texts[mine.loan_id]
        for foreign in (other.name, other.loan_id, other.id_number[-4:], other.phone):
            assert foreign not in texts[mine.loan_id]
        assert mine.id_number not in texts[mine.loan_id]
    report = (summary.folder / "report.html").read_text(encoding="utf-8")
    assert not any(one.name in report for one in planted)


def test_the_same_day_again_changes_nothing(run: Run, book: Path, tmp_path: Path) -> None:
    first = run(book)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.name != ".lock"}
    again = run(book)
    assert (again.unchanged, again.kept, again.letters_written) == (True, first.kept, 0)
    assert {path: path.stat().st_mtime_ns for path in before if path.is_file()} == {
        path: stamp for path, stamp in before.items() if path.is_file()
    }


def test_what_was_lost_is_written_again_the_same(run: Run, book: Path, tmp_path: Path) -> None:
    summary = run(book)
    whole = tree(tmp_path / "out")
    for lost in ("arrears.csv", "report.html", next(name for name in tree(summary.folder) if name.endswith(".pdf"))):
        (summary.folder / lost).unlink()
    (summary.folder / "arrears.parquet").write_bytes(b"damaged")
    assert not run(book).unchanged
    assert tree(tmp_path / "out") == whole


def test_the_next_day_writes_to_nobody_again(run: Run, book: Path, tmp_path: Path) -> None:
    run(book)
    tomorrow = run(book, as_of=CUT_OFF + timedelta(days=1))
    assert tomorrow.letters_written == 0
    assert tomorrow.kept["counts"]["letters_held"] == 2
    assert {row["letter"] for row in rows(tomorrow.folder / "arrears.csv")} == {
        "borrower: formal_overdue: written on 2026-11-23"
    }
    assert len(Ledger(tmp_path / "out/letters.ledger.jsonl").entries) == 2


def test_a_new_stretch_of_arrears_has_its_own_letter(run: Run, book: Path, tmp_path: Path) -> None:
    run(book)
    cured = replace(ONE, paid=9)
    write_files(book, [cured], cut_off=date(2026, 12, 20))
    summary = run(book, as_of=date(2026, 12, 20))
    episodes = [entry.episode for entry in Ledger(tmp_path / "out/letters.ledger.jsonl").entries]
    assert summary.letters_written == 1
    assert episodes == [date(2026, 11, 5), date(2026, 10, 5), date(2026, 12, 5)]


def test_a_corrected_book_supersedes_what_changed_and_keeps_both(run: Run, book: Path, tmp_path: Path) -> None:
    first = run(book)
    before = tree(first.folder)
    one_letter = {name: content for name, content in before.items() if name.startswith("letters/L-ONE")}
    write_files(book, [GOOD, ONE, replace(TWO, paid=6)])
    second = run(book)
    after = tree(second.folder)
    assert (second.letters_written, second.letters_confirmed, second.letters_withdrawn) == (1, 1, 0)
    assert second.kept["revision"] == 2
    assert one_letter.items() <= after.items()
    kept_apart = {name.removeprefix("superseded/"): content for name, content in after.items() if "superseded" in name}
    for name, content in before.items():
        if not name.startswith("letters/L-ONE"):
            assert kept_apart[name if name.startswith("letters/") else f"1/{name}"] == content
    again = [name for name in after if name.startswith("letters/L-TWO")]
    assert [Path(name).stem.endswith("_zh-Hant_r2") for name in again] == [True, True]
    entries = Ledger(tmp_path / "out/letters.ledger.jsonl").entries
    assert entries[2].supersedes == entries[1].reference != entries[2].reference
    assert (second.exit_code, run(book).unchanged) == (0, True)


def test_a_letter_that_is_no_longer_due_is_withdrawn_and_kept_apart(run: Run, book: Path, tmp_path: Path) -> None:
    run(book)
    write_files(book, [GOOD, replace(ONE, paid=PAID_UP), TWO])
    summary = run(book)
    assert (summary.letters_withdrawn, summary.letters_confirmed, summary.letters_written) == (1, 1, 0)
    names = tree(summary.folder)
    assert [name for name in names if "L-ONE" in name and not name.startswith("superseded/letters/")] == []
    last = Ledger(tmp_path / "out/letters.ledger.jsonl").entries[-1]
    assert (last.loan_id, last.state) == ("L-ONE", State.WITHDRAWN)
    assert "no longer stand" in names["report.html"].decode()
    write_files(book, [GOOD, ONE, TWO])
    back = run(book)
    assert (back.letters_written, len(list((back.folder / "letters").glob("L-ONE*_r2.pdf")))) == (1, 1)


def test_a_bad_row_sets_its_loan_aside_and_the_day_goes_on(run: Run, book: Path) -> None:
    write_files(book, [GOOD, replace(ONE, loans={"principal": "12,000.00x"}), TWO])
    summary = run(book)
    assert (summary.exit_code, summary.letters_written) == (3, 1)
    (row,) = rows(summary.folder / "set_aside.csv")
    assert (row["step"], row["loan_id"], row["file"], row["where"]) == (
        "read",
        "L-ONE",
        "loans.csv",
        "row 3, principal",
    )
    assert row["found"] == "12,000.00x"
    assert row["what_to_do"]
    assert "12,000.00x" in (summary.folder / "report.html").read_text(encoding="utf-8")


def test_a_loan_of_an_unknown_product_is_set_aside(run: Run, book: Path) -> None:
    write_files(book, [GOOD, replace(ONE, product="cn_instalments"), TWO])
    summary = run(book)
    assert summary.exit_code == 3
    (row,) = rows(summary.folder / "set_aside.csv")
    assert list(row.values())[:6] == [
        "assess",
        "L-ONE",
        "loans",
        "product",
        "cn_instalments",
        "one of cn_bill, cn_instalment",
    ]


def test_a_book_of_unknown_products_alone_stops_the_day(run: Run, book: Path) -> None:
    write_files(book, [replace(one, product="x") for one in (GOOD, ONE)])
    with pytest.raises(
        Stopped, match=r"The book's products \(x\) aren't among the lender's \(cn_bill, cn_instalment\)"
    ):
        run(book)


@pytest.mark.parametrize(
    ("name", "otherwise"),
    [
        ("王\U0002a6d6", "U+2A6D6 as 〓"),
        ("王\ue000", "U+E000 as 䶮"),
        ("Amy 😀", "U+1F600 as 〓"),
        ("דו", "U+05D3 as 〓; U+05D5 as 〓"),
        ("歐陽翀", ""),
        ("Nguye\u0302\u0303n", ""),
    ],
)
def test_a_name_that_no_face_has_is_written_all_the_same_and_told(
    name: str, otherwise: str, run: Run, book: Path, tmp_path: Path
) -> None:
    lender = Path(shutil.copytree(LENDER, tmp_path / "lender"))
    said = (lender / "lender.toml").read_text(encoding="utf-8")
    (lender / "lender.toml").write_text(f'{said}\n[substitutes]\n"\\uE000" = "䶮"\n', encoding="utf-8")
    write_files(book, [ONE, replace(TWO, name=name)])
    summary = run(book, lender=lender)
    assert (summary.exit_code, summary.letters_written) == (0, 2)
    assert summary.kept["counts"]["letters_printed_otherwise"] == bool(otherwise)
    told = {row["loan_id"]: row["printed_otherwise"] for row in rows(summary.folder / "letters.csv")}
    assert told == {"L-ONE": "", "L-TWO": otherwise}
    report = (summary.folder / "report.html").read_text(encoding="utf-8")
    assert ("Printed otherwise" in report, otherwise.replace(";", ",") in report) == (bool(otherwise), True)
    whole = tree(tmp_path / "out")
    (summary.folder / "report.html").unlink()
    run(book, lender=lender)
    assert tree(tmp_path / "out") == whole


def test_a_letter_that_cannot_be_set_is_refused_alone(run: Run, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from goodstanding.day import letters

    class RefusesOne(QuickPress):
        def finish(self, facts: LetterFacts, content: LetterContent) -> Finished | LetterRefused:
            if content.loan_id == "L-TWO":
                return LetterRefused("L-TWO", "cannot_be_set", "The page can't be set: too long")
            return super().finish(facts, content)

    monkeypatch.setattr(letters, "_press", lambda *settings: RefusesOne())
    summary = run(book)
    assert (summary.exit_code, summary.letters_written) == (3, 1)
    (row,) = rows(summary.folder / "set_aside.csv")
    assert (row["step"], row["loan_id"], row["where"]) == ("letter", "L-TWO", "formal_overdue to the borrower")
    assert rows(summary.folder / "arrears.csv")[0]["letter"] == "borrower: formal_overdue refused, see set_aside.csv"


def test_a_fault_in_one_letter_costs_the_others_nothing(run: Run, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from goodstanding.day import letters

    class FailsOnce(QuickPress):
        def finish(self, facts: LetterFacts, content: LetterContent) -> Finished | LetterRefused:
            if content.loan_id == "L-TWO":
                raise ZeroDivisionError("by nothing")
            return super().finish(facts, content)

    monkeypatch.setattr(letters, "_press", lambda *settings: FailsOnce())
    summary = run(book)
    assert (summary.exit_code, summary.letters_written) == (3, 1)
    (row,) = rows(summary.folder / "set_aside.csv")
    assert (row["loan_id"], row["found"]) == ("L-TWO", "ZeroDivisionError: by nothing")


def test_wording_that_cannot_be_used_stops_the_day(run: Run, book: Path, tmp_path: Path) -> None:
    shutil.copytree(LENDER, tmp_path / "lender")
    mine = tmp_path / "lender/wording/formal_overdue"
    mine.mkdir(parents=True)
    (mine / "zh_hans.toml").write_text('[no_such]\nkey = "x"\n', encoding="utf-8")
    with pytest.raises(Stopped, match="it must begin with language"):
        run(book, lender=tmp_path / "lender")


def test_a_book_older_than_the_lender_allows_writes_no_letter_and_says_so(run: Run, book: Path) -> None:
    summary = run(book, as_of=CUT_OFF + timedelta(days=4))
    assert (summary.exit_code, summary.letters_written) == (3, 0)
    assert {row["found"] for row in rows(summary.folder / "set_aside.csv")} == {
        "payments counted up to 2026-11-23, 4 days before the letter's day"
    }
    (remark,) = summary.kept["remarks"]
    assert remark.startswith("No letters were written: payments counted up to 2026-11-23")
    assert run(book, as_of=CUT_OFF + timedelta(days=3)).letters_written == 2


def test_a_policy_that_does_what_hardly_anyone_means_is_remarked_on(run: Run, book: Path, tmp_path: Path) -> None:
    assert not [one for one in run(book).kept["remarks"] if one.startswith("Policy ")]
    summary = run(book, lender=lender_warned_of(tmp_path / "lender"))
    (remark,) = (one for one in summary.kept["remarks"] if one.startswith("Policy cn_instalment: Who pays the first"))
    assert "is never up to date again" in remark
    assert remark.replace('"', "&#34;") in (summary.folder / "report.html").read_text(encoding="utf-8")


def test_looking_back_counts_nothing_later_and_writes_no_letter(run: Run, book: Path) -> None:
    summary = run(book, as_of=date(2026, 10, 31))
    assert (summary.exit_code, summary.letters_written) == (0, 0)
    assert [row["loan_id"] for row in rows(summary.folder / "arrears.csv")] == ["L-TWO"]
    assert summary.kept["remarks"][0].startswith("This looks back: the book counts payments up to 23 November 2026.")


def test_a_limit_leaves_letters_for_another_run(run: Run, book: Path) -> None:
    first = run(book, limit_letters=1)
    assert (first.letters_written, first.kept["counts"]["letters_over_limit"]) == (1, 1)
    assert run(book, limit_letters=1).unchanged
    second = run(book)
    assert (second.letters_written, second.letters_confirmed, second.kept["counts"]["letters"]) == (1, 1, 2)


def test_what_the_lender_says_itself_is_compared(run: Run, book: Path) -> None:
    told = {"lender_days_past_due": 17, "lender_balance": "4214.88"}
    write_files(book, [GOOD, replace(ONE, loans=told), TWO])
    found = rows(run(book).folder / "reconciliation.csv")
    assert [list(row.values()) for row in found] == [
        ["L-ONE", "days_past_due", "days", "17", "18", "1"],
        ["L-ONE", "outstanding_principal", "CNY", "4214.88", found[1]["ours"], found[1]["difference"]],
    ]


@pytest.mark.parametrize("days", [-1, 1, 3])
def test_the_lenders_figures_are_compared_with_ours_of_their_own_day(run: Run, book: Path, days: int) -> None:
    told: dict[str, object] = {"lender_days_past_due": 18}
    write_files(book, [GOOD, replace(ONE, loans=told), TWO])
    assert rows(run(book, as_of=CUT_OFF + timedelta(days=days)).folder / "reconciliation.csv") == []


def test_a_formula_in_a_name_is_text_in_the_worklist(run: Run, book: Path) -> None:
    write_files(book, [replace(ONE, name='=HYPERLINK("http://x")')])
    (row,) = rows(run(book).folder / "arrears.csv")
    assert row["borrower_name"] == '\'=HYPERLINK("http://x")'


def test_a_loan_number_that_is_no_file_name_has_its_letter_all_the_same(run: Run, book: Path) -> None:
    write_files(book, [replace(ONE, loan_id="../甲/1")])
    summary = run(book)
    (letter,) = (summary.folder / "letters").glob("*.pdf")
    assert letter.name.startswith("..%2F%E7%94%B2%2F1_")
    assert f'href="letters/{letter.name.replace("%", "%25")}"' in (summary.folder / "report.html").read_text(
        encoding="utf-8"
    )


def test_run_json_says_what_the_day_was_made_from(run: Run, book: Path) -> None:
    summary = run(book)
    kept = json.loads((summary.folder / "run.json").read_bytes())
    assert kept == summary.kept
    assert set(kept["inputs"]) == {
        "book",
        "quarantine",
        "cut_off",
        "lender",
        "policies",
        "limit_letters",
        "at",
        "law",
        "versions",
    }
    assert set(kept["files"]) == {
        "arrears.parquet",
        "arrears.csv",
        "letters.csv",
        "set_aside.csv",
        "reconciliation.csv",
        "report.html",
    }


def test_a_letter_says_that_it_is_a_late_fee_that_tomorrow_adds(run: Run, book: Path, tmp_path: Path) -> None:
    lender = Path(shutil.copytree(LENDER, tmp_path / "with_fee"))
    product = lender / "products" / "cn_instalment.toml"
    with_fee = 'late_fee = { flat = "20.00", after_days = 18 }\npenalty_base = "principal"'
    product.write_text(
        product.read_text(encoding="utf-8").replace('penalty_base = "principal"', with_fee), encoding="utf-8"
    )
    [letter] = (run(book, lender=lender).folder / "letters").glob("L-ONE*.txt")
    said = letter.read_text(encoding="utf-8").replace("\n", "")
    assert "其中 ¥20.00 为滞纳费用" in said
