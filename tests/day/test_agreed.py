"""Promises and plans in the day: the figures, the letters, the report and the statement tell one story."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from goodstanding.book import commitments
from goodstanding.cli import main
from goodstanding.core.arrears.assess import assess
from goodstanding.core.money import decimal_text
from goodstanding.day.lender import read_lender
from goodstanding.day.one_loan import explain_loan
from goodstanding.day.portfolio import opened_for_reading
from goodstanding.day.progress import Silent
from goodstanding.day.run import Summary
from goodstanding.day.stop import Stopped
from tests.day.books import CUT_OFF, LATE_ONE, LATE_TWO, PAID_UP, Row, write_files
from tests.day.conftest import LENDER, ONE_RULE, Run, lender_with

PROMISE = {
    "loan_id": "L1",
    "promise_id": "P1",
    "amount": "500.00",
    "due_on": "2026-11-30",
    "made_at": "2026-11-20T10:00",
}
PLAN = {
    "loan_id": "L1",
    "plan_id": "A1",
    "worked_out_on": "2026-11-10",
    "accept_by": "2026-11-24",
    "offered_at": "2026-11-11T09:00",
    "accepted_at": "2026-11-12T20:00",
}
PAUSE = {"loan_id": "L1", "plan_id": "A1", "kind": "pause", "day": "2026-11-10", "until_on": "2027-01-10"}


def book_with(folder: Path, *rows: Row, **files: list[dict[str, str]]) -> Path:
    """A book of one overdue loan, and one beside it of which nothing was agreed; with files of promises and plans."""
    book = write_files(folder / "files", rows or [Row("L1", LATE_ONE), Row("L2", LATE_ONE)])
    for name, given in files.items():
        columns = list(dict.fromkeys(column for row in given for column in row))
        with (book / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(given)
    return book


def payment_of(on: str, amount: str = "540.00") -> dict[str, str]:
    return {"loan_id": "L1", "plan_id": "A1", "due_on": on, "amount": amount}


def rows_of(summary: Summary, name: str) -> dict[str, dict[str, str]]:
    text = (summary.folder / name).read_text(encoding="utf-8-sig")
    return {row["loan_id"]: row for row in csv.DictReader(io.StringIO(text))}


def told(book: Path, as_of: date = CUT_OFF) -> str:
    return explain_loan("L1", book, LENDER, as_of=as_of, known_on=None, progress=Silent(), warn=lambda _: None)


def test_an_open_promise_rests_demands_until_its_last_day_and_says_so(run: Run, tmp_path: Path) -> None:
    summary = run(book_with(tmp_path, promises=[PROMISE]))

    letters = rows_of(summary, "letters.csv")
    assert (letters["L1"]["outcome"], letters["L2"]["outcome"]) == ("held", "written")
    assert letters["L1"]["not_before"] == "2026-12-01"
    assert "house/promise" in letters["L1"]["detail"]
    assert "0.00 CNY of 500.00 CNY promised for 2026-11-30 were paid so far." in letters["L1"]["detail"]
    assert summary.kept["counts"]["promises"] == {"open": 1}
    assert "promise P1: open" in (summary.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "told_of"),
    [
        (
            {"promises": [PROMISE | {"made_at": "2026-11-27T10:00"}]},
            "promise P1 was made on 2026-11-27, after 2026-11-23",
        ),
        (
            {"plans": [PLAN | {"accepted_at": "2026-11-24T09:00"}], "plan_payments": [payment_of("2026-12-10")]},
            "plan A1 was accepted on 2026-11-24, after 2026-11-23",
        ),
    ],
)
def test_what_was_agreed_on_a_day_to_come_is_told_and_nobody_is_approached(
    run: Run, tmp_path: Path, files: dict[str, list[dict[str, str]]], told_of: str
) -> None:
    """A slip in a day mustn't turn who promised or agreed into somebody who is asked to pay."""
    summary = run(book_with(tmp_path, **files))

    letters = rows_of(summary, "letters.csv")
    assert (letters["L1"]["outcome"], letters["L2"]["outcome"]) == ("held", "written")
    line = rows_of(summary, "promises_and_plans.csv")["L1"]
    assert line["state"] == "unreadable"
    assert told_of in line["reason"]


@pytest.mark.parametrize("offered_at", ["", "2026-11-14T09:00", "2026-11-02T09:00"])
def test_who_accepted_what_nobody_offered_before_is_not_asked_to_pay(run: Run, tmp_path: Path, offered_at: str) -> None:
    """Nothing was written down of the offer, or a day after the acceptance, or one before its sums were worked out."""
    plan = PLAN | {"offered_at": offered_at}
    summary = run(book_with(tmp_path, plans=[plan], plan_payments=[payment_of("2026-12-10")]))

    letters = rows_of(summary, "letters.csv")
    assert (letters["L1"]["outcome"], letters["L2"]["outcome"]) == ("held", "written")
    line = rows_of(summary, "promises_and_plans.csv")["L1"]
    assert line["state"] == "unreadable"


def test_a_second_plan_accepted_beside_one_that_is_kept_is_told(run: Run, tmp_path: Path) -> None:
    second = PLAN | {"plan_id": "A2", "accepted_at": "2026-11-13T20:00"}
    payments = [payment_of("2026-12-10"), payment_of("2026-12-10") | {"plan_id": "A2"}]
    summary = run(book_with(tmp_path, plans=[PLAN, second], plan_payments=payments))

    line = rows_of(summary, "promises_and_plans.csv")["L1"]
    assert (line["id"], line["state"]) == ("A2", "offered")
    assert "since plan A1 was agreed about this loan and is kept" in line["reason"]


def test_demands_go_on_where_the_lender_says_that_promises_rest_nothing(run: Run, tmp_path: Path) -> None:
    lender = lender_with(ONE_RULE, tmp_path / "lender")
    said = (lender / "lender.toml").read_text(encoding="utf-8")
    assert said.count("[conduct]\n") == 1
    (lender / "lender.toml").write_text(
        said.replace("[conduct]\n", "[conduct]\npromises_rest = false\n"), encoding="utf-8"
    )

    summary = run(book_with(tmp_path, promises=[PROMISE]), lender=lender)

    assert rows_of(summary, "letters.csv")["L1"]["outcome"] == "written"


def test_a_broken_promise_rests_nothing(run: Run, tmp_path: Path) -> None:
    summary = run(book_with(tmp_path, promises=[PROMISE | {"due_on": "2026-11-21"}]))

    assert rows_of(summary, "letters.csv")["L1"]["outcome"] == "written"
    assert rows_of(summary, "promises_and_plans.csv")["L1"]["state"] == "broken"


def test_a_promise_is_not_broken_by_days_that_the_book_does_not_count_yet(run: Run, tmp_path: Path) -> None:
    summary = run(book_with(tmp_path, promises=[PROMISE | {"due_on": "2026-11-24"}]), as_of=date(2026, 11, 26))

    line = rows_of(summary, "promises_and_plans.csv")["L1"]
    assert line["state"] == "open"
    assert "Payments are counted up to 2026-11-23" in line["reason"]
    assert rows_of(summary, "letters.csv")["L1"]["outcome"] == "held"


@pytest.mark.parametrize("by_kernel", [False, True])
def test_a_plan_that_is_kept_is_in_the_figures_the_letters_and_the_statement(
    run: Run, tmp_path: Path, by_kernel: bool
) -> None:
    book = book_with(tmp_path, plans=[PLAN], plan_payments=[payment_of("2026-12-10")], plan_changes=[PAUSE])

    summary = run(book, by_kernel=by_kernel)

    arrears, letters = rows_of(summary, "arrears.csv"), rows_of(summary, "letters.csv")
    # Due on the 5th of November: 18 days late, of which the first five count before the pause begins on the 10th.
    assert (arrears["L1"]["days_past_due"], arrears["L2"]["days_past_due"]) == ("18", "18")
    assert float(arrears["L1"]["penalty"]) < float(arrears["L2"]["penalty"])
    assert letters["L1"]["outcome"] == "held"
    assert "Plan A1: active since 2026-11-12. In force since 2026-11-12, and kept" in letters["L1"]["detail"]
    statement = told(book)
    assert "Plan A1: active since 2026-11-12." in statement
    assert f"Amount to cure       {arrears['L1']['amount_to_cure']}".split() == [
        *"Amount to cure".split(),
        statement.split("Amount to cure")[1].split()[0].replace(",", ""),
    ]
    assert "Collection rests for a plan from 2026-11-12 20:00 +0800 until further notice." in statement


def test_a_kept_plan_without_a_pause_is_held_by_the_gate(run: Run, tmp_path: Path) -> None:
    summary = run(book_with(tmp_path, plans=[PLAN], plan_payments=[payment_of("2026-12-10")]))

    detail = rows_of(summary, "letters.csv")["L1"]["detail"]
    assert detail.startswith("house/plan: There is a hold: plan since 2026-11-12 20:00.")
    assert "Plan A1: active since 2026-11-12." in detail


def test_a_broken_plan_ends_its_pause_and_its_hold(run: Run, tmp_path: Path) -> None:
    book = book_with(tmp_path, plans=[PLAN], plan_payments=[payment_of("2026-11-15")], plan_changes=[PAUSE])

    summary = run(book)

    line = rows_of(summary, "promises_and_plans.csv")["L1"]
    assert (line["state"], line["since"]) == ("broken", "2026-11-16")
    assert line["collection_rests_until"] == "2026-11-17T00:00:00+08:00"
    letters = rows_of(summary, "letters.csv")["L1"]
    assert (letters["outcome"], letters["reason"]) == ("held", "no rule asks for a letter at so many days past due")


def test_a_completed_plan_gives_what_was_to_be_given(run: Run, tmp_path: Path) -> None:
    waiver = {"loan_id": "L1", "plan_id": "A1", "kind": "waiver", "day": "2026-11-20", "amount": "79.71"}
    book = book_with(
        tmp_path,
        plans=[
            PLAN | {"worked_out_on": "2026-10-04", "offered_at": "2026-10-05T09:00", "accepted_at": "2026-10-05T10:00"}
        ],
        plan_payments=[payment_of("2026-11-20", "1079.71")],
        plan_changes=[waiver | {"component": "principal"}],
    )

    summary = run(book)

    assert rows_of(summary, "promises_and_plans.csv")["L1"]["state"] == "completed"
    overdue = {
        loan: sum(Decimal(row[column]) for column in ("overdue_principal", "overdue_interest"))
        for loan, row in rows_of(summary, "arrears.csv").items()
    }
    assert overdue["L2"] - overdue["L1"] == Decimal("79.71")


def test_nobody_is_approached_about_a_loan_with_an_unreadable_row_and_its_figures_stay(
    run: Run, tmp_path: Path
) -> None:
    summary = run(book_with(tmp_path, promises=[PROMISE | {"amount": "all"}]))

    letters, arrears = rows_of(summary, "letters.csv"), rows_of(summary, "arrears.csv")
    assert (letters["L1"]["outcome"], letters["L2"]["outcome"]) == ("held", "written")
    assert "rows about this loan in promises can't be read" in letters["L1"]["detail"]
    assert arrears["L1"]["amount_to_cure"] == arrears["L2"]["amount_to_cure"]
    assert rows_of(summary, "promises_and_plans.csv")["L1"]["state"] == "unreadable"


def test_a_plan_that_the_loan_can_not_bear_costs_no_figures_and_is_told(run: Run, tmp_path: Path) -> None:
    new = {"loan_id": "L1", "plan_id": "A1", "kind": "instalment", "counts_from": "2026-11-13", "day": "2026-12-13"}
    book = book_with(
        tmp_path,
        plans=[PLAN],
        plan_payments=[payment_of("2026-12-13")],
        plan_changes=[new | {"principal": "99999.00"}],
    )

    summary = run(book)

    letters, arrears = rows_of(summary, "letters.csv"), rows_of(summary, "arrears.csv")
    assert "can't be judged" in letters["L1"]["detail"]
    assert arrears["L1"]["amount_to_cure"] == arrears["L2"]["amount_to_cure"]


def test_loans_of_which_nothing_was_agreed_have_the_same_figures_and_letters_to_the_byte(
    run: Run, tmp_path: Path
) -> None:
    plain = run(book_with(tmp_path / "plain"), out=tmp_path / "one")
    beside = run(
        book_with(tmp_path / "beside", Row("L1", LATE_TWO), Row("L2", LATE_ONE), promises=[PROMISE]),
        out=tmp_path / "two",
    )

    assert rows_of(plain, "letters.csv")["L2"] == rows_of(beside, "letters.csv")["L2"]
    one, two = rows_of(plain, "arrears.csv")["L2"], rows_of(beside, "arrears.csv")["L2"]
    assert {**one, "order": ""} == {**two, "order": ""}
    assert "promises" not in plain.kept["counts"]
    assert not (plain.folder / "promises_and_plans.csv").exists()


def offers(book: Path, as_of: date = CUT_OFF) -> tuple[str, list[str]]:
    """What `goodstanding offers` prints of loan L1, and the kinds that it offers."""
    given = ["offers", "L1", "--book", str(book), "--lender", str(LENDER), "--as-of", as_of.isoformat()]
    told, listed = (CliRunner().invoke(main, [*given, *more]) for more in ((), ("--json",)))
    assert (told.exit_code, listed.exit_code) == (0, 0), told.output
    return told.output, [one["kind"] for one in json.loads(listed.output)["offers"]]


def test_beside_a_plan_that_is_kept_nothing_is_offered_and_what_is_open_to_the_borrower_is_said(tmp_path: Path) -> None:
    files = {"plan_payments": [payment_of("2026-12-10")], "plan_changes": [PAUSE]}
    told, kinds = offers(book_with(tmp_path / "active", plans=[PLAN], **files))
    assert kinds == []
    assert "Plan A1: active since 2026-11-12." in told
    assert "next are 540.00 CNY, due on 2026-12-10" in told
    assert "Left to pay under it: 540.00 CNY. Paying any of it earlier costs nothing more." in told
    assert "Plan A1 was agreed and is kept: no second one is offered beside it." in told
    assert "Each offer stands" not in told
    cooling, kinds = offers(book_with(tmp_path / "cooling", plans=[PLAN | {"cooling_off_days": "14"}], **files))
    assert (kinds, "The borrower may withdraw until the end of 2026-11-26" in cooling) == ([], True)
    unsigned, kinds = offers(book_with(tmp_path / "unsigned", plans=[PLAN | {"needs_signature": "true"}], **files))
    assert (kinds, "it can be signed until the end of 2026-11-24" in unsigned) == ([], True)


def test_a_settlement_that_was_accepted_is_the_only_way_out_until_it_ends(tmp_path: Path) -> None:
    row = {"loan_id": "L1", "plan_id": "A1"}
    principal = sum_of_principal(book_with(tmp_path / "plain"))
    changes = [
        row
        | {
            "kind": "instalment",
            "day": "2026-12-01",
            "counts_from": "2026-11-11",
            "takes_over": "true",
            "principal": principal,
        },
        row | {"kind": "waiver", "day": "2026-12-01", "amount": "500.00"},
    ]
    told, kinds = offers(
        book_with(
            tmp_path / "b", plans=[PLAN], plan_payments=[payment_of("2026-12-01", "3700.00")], plan_changes=changes
        )
    )
    assert (kinds, "Left to pay under it: 3700.00 CNY" in told) == ([], True)


def sum_of_principal(book: Path) -> str:
    """What of loan L1's principal is open at the end of the 10th of November."""
    with opened_for_reading(book, Silent()) as portfolio:
        found = portfolio.find("L1")
    assert found is not None
    today = assess(found.loan, read_lender(LENDER).policies[found.loan.product], as_of=date(2026, 11, 10))
    return decimal_text(today.outstanding_principal, "CNY")


@pytest.mark.parametrize(
    ("plan", "promise", "sentence"),
    [
        (PLAN, {}, "Plan A1: broken since 2026-11-21."),
        (PLAN | {"withdrawn_at": "2026-11-12T21:00", "withdrawn_by": "borrower", "cooling_off_days": "3"}, {}, ""),
        (PLAN | {"accepted_at": ""}, {}, "Another offer may be made; whichever is accepted first counts"),
        ({}, PROMISE, "Promise P1: open. 0.00 CNY of 500.00 CNY promised for 2026-11-30 were paid so far."),
    ],
)
def test_offers_are_made_beside_what_binds_nobody_and_it_is_said(
    plan: dict[str, str], promise: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    files = {"plans": [plan], "plan_payments": [payment_of("2026-11-20")]} if plan else {"promises": [promise]}
    told, kinds = offers(book_with(tmp_path, **files))
    assert kinds
    assert sentence in told
    assert sentence or "Plan A1" not in told


def test_of_what_can_not_be_read_nothing_is_offered(tmp_path: Path) -> None:
    told, kinds = offers(book_with(tmp_path, promises=[PROMISE | {"amount": "all"}]))
    assert (kinds, "Nothing is offered: rows about this loan in promises can't be read" in told) == ([], True)


# -- letters that tell of what happened ---------------------------------------------------------------------------------

EVENTS = """
[[letter_rules]]
letter = "formal_overdue"
from_dpd = 15

[[letter_rules]]
letter = "paid_up"

[[letter_rules]]
letter = "plan_broken"

[[letter_rules]]
letter = "promise_confirmed"
within_days = 7
"""


def test_a_promise_is_confirmed_once_and_a_broken_plan_told_instead_of_a_demand(run: Run, tmp_path: Path) -> None:
    lender = lender_with(EVENTS, tmp_path / "lender")
    book = book_with(tmp_path / "p", promises=[PROMISE])
    assert lines(run(book, lender=lender)) == {("promise_confirmed", "written"), ("formal_overdue", "held")}
    again = run(book, lender=lender)
    assert lines(again) == {("promise_confirmed", "written"), ("formal_overdue", "held")}
    assert again.letters_written == 0
    with (again.folder / "letters.csv").open(encoding="utf-8-sig", newline="") as file:
        (confirmed,) = [row for row in csv.DictReader(file) if row["letter"] == "promise_confirmed"]
    assert (confirmed["loan_id"], confirmed["pay_by"]) == ("L1", ""), "it asks for nothing by a day of its own"
    assert lines(run(book, lender=lender, as_of=date(2026, 11, 24))) == {("formal_overdue", "held")}
    broken = book_with(tmp_path / "b", plans=[PLAN], plan_payments=[payment_of("2026-11-20")])
    told = run(broken, lender=lender, out=tmp_path / "out_b")
    assert lines(told) == {("plan_broken", "written"), ("formal_overdue", "held")}
    assert "another letter about the loan goes out today" in {row["reason"] for row in _all(told)}


def test_what_is_to_be_told_of_many_loans_is_looked_up_in_one_pass_of_the_book(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = commitments._rows

    def told(path: Path, loan_id: str | None) -> dict[str, list[commitments.Row]]:
        read.append(path.name)
        return real(path, loan_id)

    monkeypatch.setattr(commitments, "_rows", told)
    lender = lender_with(EVENTS, tmp_path / "lender")

    def looked_up(many: int) -> list[str]:
        rows = [Row(f"L{place}", LATE_ONE) for place in range(many)]
        promises = [PROMISE | {"loan_id": row.loan_id} for row in rows]
        read.clear()
        found = run(
            book_with(tmp_path / f"b{many}", *rows, promises=promises), lender=lender, out=tmp_path / f"o{many}"
        )
        kinds = [(row["letter"], row["outcome"]) for row in _all(found)]
        assert kinds.count(("promise_confirmed", "written")) == many
        return list(read)

    assert looked_up(9) == looked_up(2)


PERSON = {"borrower_id": "B-C1", "name": "陈晓", "language": "zh-Hans", "country": "CN"}
"""Owes L1 beside its borrower."""


def promised_by(folder: Path, who: str, *, role: str = "co_borrower") -> Path:
    """A book of L1 and L2 in which somebody beside L1's borrower answers for it, and a promise says who made it."""
    book = book_with(folder, promises=[PROMISE | {"borrower_id": who}])
    people = _read(book / "borrowers.csv")
    columns = list(dict.fromkeys((*people[0], *PERSON)))
    with (book / "borrowers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows([*people, PERSON])
    (book / "parties.csv").write_text(f"loan_id,borrower_id,role\nL1,B-C1,{role}\n", encoding="utf-8")
    return book


def confirmed_to(summary: Summary) -> set[tuple[str, str, str]]:
    rows = [row for row in _all(summary) if row["letter"] == "promise_confirmed"]
    return {(row["reader"], row["person"], row["outcome"]) for row in rows}


TO_BOTH = EVENTS.replace(
    'letter = "promise_confirmed"', 'letter = "promise_confirmed"\nto = ["borrower", "co_borrower"]'
)


def test_a_promise_is_confirmed_to_who_made_it_and_to_nobody_else(run: Run, tmp_path: Path) -> None:
    lender = lender_with(TO_BOTH, tmp_path / "lender")
    by_other = run(promised_by(tmp_path / "1", "B-C1"), lender=lender, out=tmp_path / "out_1")
    assert confirmed_to(by_other) == {("co_borrower", "B-C1", "written")}
    texts = [path.read_text(encoding="utf-8") for path in (by_other.folder / "letters").rglob("*.txt")]
    (said,) = [text for text in texts if "您与我们约定的还款" in text]
    assert "尊敬的陈晓" in said
    assert "共同借款人" in said
    # the borrower's own number, and none, are the borrower
    for place, who in enumerate(("B-L1", "")):
        by_them = run(promised_by(tmp_path / f"b{place}", who), lender=lender, out=tmp_path / f"out_b{place}")
        assert confirmed_to(by_them) == {("borrower", "", "written")}


def test_two_who_promised_on_one_day_are_each_told_of_their_own(run: Run, tmp_path: Path) -> None:
    lender, book = lender_with(TO_BOTH, tmp_path / "lender"), promised_by(tmp_path / "files", "B-C1")
    with (book / "promises.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, [*PROMISE, "borrower_id"], restval="").writerow(
            PROMISE | {"promise_id": "P2", "amount": "300.00"}
        )
    summary = run(book, lender=lender)
    assert confirmed_to(summary) == {("co_borrower", "B-C1", "written"), ("borrower", "", "written")}
    texts = [path.read_text(encoding="utf-8") for path in (summary.folder / "letters").rglob("*.txt")]
    assert {("尊敬的陈晓" in text, "¥500.00" in text, "¥300.00" in text) for text in texts if "约定的还款" in text} == {
        (True, True, False),
        (False, False, True),
    }


def test_who_promised_is_told_in_every_place(run: Run, tmp_path: Path) -> None:
    book = promised_by(tmp_path, "B-C1")
    summary = run(book, lender=lender_with(EVENTS, tmp_path / "lender"))
    assert rows_of(summary, "promises_and_plans.csv")["L1"]["promised_by"] == "B-C1"
    assert "promise P1 by B-C1: open" in (summary.folder / "report.html").read_text(encoding="utf-8")
    assert "Promise P1 by B-C1: open." in told(book)


def test_where_the_rule_does_not_write_to_who_promised_nobody_is_and_it_says_so(run: Run, tmp_path: Path) -> None:
    lender = lender_with(EVENTS, tmp_path / "lender")
    for role in ("co_borrower", "guarantor"):
        summary = run(promised_by(tmp_path / role, "B-C1", role=role), lender=lender, out=tmp_path / f"out_{role}")
        assert confirmed_to(summary) == {(role, "B-C1", "held")}
        (row,) = [row for row in _all(summary) if row["letter"] == "promise_confirmed"]
        assert row["reason"] == "the rule doesn't write to who promised"
        assert row["detail"] == "B-C1 promised, and it writes to borrower"


def test_a_promise_of_somebody_whom_the_loan_does_not_know_is_told_and_held(run: Run, tmp_path: Path) -> None:
    lender = lender_with(TO_BOTH, tmp_path / "lender")
    summary = run(promised_by(tmp_path, "B-C11"), lender=lender)
    assert confirmed_to(summary) == set()
    line = rows_of(summary, "promises_and_plans.csv")["L1"]
    assert (line["state"], line["promised_by"]) == ("unreadable", "")
    assert rows_of(summary, "letters.csv")["L1"]["outcome"] == "held"
    assert rows_of(summary, "arrears.csv")["L1"]["amount_to_cure"] != "0.00"
    aside = {
        row["file"]: row
        for row in csv.DictReader(io.StringIO((tmp_path / "out/book/quarantine.csv").read_text("utf-8-sig")))
    }
    assert aside["promises.csv"]["found"] == "B-C11"


def later(book: Path, cut_off: date, *transactions: str) -> Path:
    """The book of a later day, with more transactions: kind, amount, day, what it reverses."""
    settings = (book / "book.toml").read_text(encoding="utf-8")
    (book / "book.toml").write_text(settings.replace(str(CUT_OFF), str(cut_off)), encoding="utf-8")
    rows = _read(book / "transactions.csv")
    for place, text in enumerate(transactions):
        kind, amount, day, reverses = text.split("/")
        own = {
            "loan_id": "L1",
            "transaction_id": f"L1-new{place}",
            "kind": kind,
            "amount": amount,
            "reverses": reverses,
        }
        rows.append(own | {"effective_on": day, "booked_on": day})
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (book / "transactions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return book


def test_who_was_written_to_and_paid_is_told_once_and_what_goes_back_after_is_for_a_person(
    run: Run, tmp_path: Path
) -> None:
    lender, day = lender_with(EVENTS, tmp_path / "lender"), date(2026, 11, 24)
    assert lines(run(book_with(tmp_path / "1"), lender=lender)) == {("formal_overdue", "written")}
    paid = "payment/1200.00/2026-11-24/"
    book = later(book_with(tmp_path / "2"), day, paid)
    assert lines(run(book, lender=lender, as_of=day)) == {("paid_up", "written")}
    assert lines(run(later(book, date(2026, 11, 25)), lender=lender, as_of=date(2026, 11, 25))) == set()
    # taken back on the same day, and the day run again: the letter isn't sent
    gone = later(book_with(tmp_path / "3"), day, paid, "reversal/1200.00/2026-11-24/L1-new0")
    again = run(gone, lender=lender, as_of=day)
    assert again.letters_withdrawn == 1
    assert ("paid_up", "written") not in lines(again)
    # taken back later, after the letter went out
    run(later(book_with(tmp_path / "4"), day, paid), lender=lender, as_of=day)
    on = date(2026, 12, 20)
    back = later(book_with(tmp_path / "5"), on, paid, "reversal/1200.00/2026-12-18/L1-new0")
    held = run(back, lender=lender, as_of=on)
    assert lines(held) == {("formal_overdue", "held")}
    (row,) = [row for row in _all(held) if row["loan_id"] == "L1"]
    assert (row["reason"].split(":")[0], row["not_before"]) == (
        "a payment went back after the letter that said all is paid",
        "2027-01-02",
    )
    # and when somebody has had the time to tell them, letters begin anew
    on = date(2027, 1, 2)
    back = later(book_with(tmp_path / "6"), on, paid, "reversal/1200.00/2026-12-18/L1-new0")
    assert lines(run(back, lender=lender, as_of=on)) == {("formal_overdue", "written")}


def test_a_completed_plan_that_leaves_nothing_overdue_is_told(run: Run, tmp_path: Path) -> None:
    lender = lender_with(EVENTS, tmp_path / "lender")
    book = later(
        book_with(tmp_path, plans=[PLAN], plan_payments=[payment_of("2026-11-20", "1200.00")]),
        CUT_OFF,
        "payment/1200.00/2026-11-20/",
    )
    assert lines(run(book, lender=lender)) == {("paid_up", "written")}


def test_a_completed_plan_is_told_also_where_the_contract_was_up_to_date_before_its_last_payment(
    run: Run, tmp_path: Path
) -> None:
    """Who kept what was agreed to the end is told so, whatever part of it was needed for the arrears."""
    lender = lender_with(EVENTS, tmp_path / "lender")
    parts = [payment_of("2026-11-15", "1150.00"), payment_of("2026-11-20", "50.00")]
    paid = ("payment/1150.00/2026-11-15/", "payment/50.00/2026-11-20/")
    book = later(book_with(tmp_path, plans=[PLAN], plan_payments=parts), CUT_OFF, *paid)
    assert lines(run(book, lender=lender)) == {("paid_up", "written")}


def test_who_kept_a_plan_without_ever_being_late_is_not_told_of_arrears(run: Run, tmp_path: Path) -> None:
    lender = lender_with(EVENTS, tmp_path / "lender")
    early = PLAN | {"worked_out_on": "2026-11-06", "offered_at": "2026-11-07T09:00"}
    parts = [payment_of("2026-11-20", "100.00") | {"contract": "100.00"}]
    rows = (Row("L1", PAID_UP), Row("L2", LATE_ONE))
    book = later(book_with(tmp_path, *rows, plans=[early], plan_payments=parts), CUT_OFF, "payment/100.00/2026-11-20/")
    found = run(book, lender=lender)
    assert rows_of(found, "promises_and_plans.csv")["L1"]["state"] == "completed"
    assert "L1" not in rows_of(found, "letters.csv")


def test_a_rule_of_what_happened_is_read_exactly(tmp_path: Path) -> None:
    for wrong, sentence in (
        ('letter = "paid_up"\nfrom_dpd = 1', "from_dpd says nothing of a letter that tells what happened"),
        ('letter = "formal_overdue"\nfrom_dpd = 1\nwithin_days = 3', "within_days says nothing of a letter that days"),
        ('letter = "offer"\nfrom_dpd = 1', "the formal letters show the ways out"),
    ):
        with pytest.raises(Stopped, match=sentence):
            read_lender(lender_with(f"[[letter_rules]]\n{wrong}\n", tmp_path / "lender"))


def lines(summary: Summary) -> set[tuple[str, str]]:
    """What was decided about loan L1 today: the letters and what came of them."""
    return {(row["letter"], row["outcome"]) for row in _all(summary) if row["loan_id"] == "L1" and row["letter"]}


def _all(summary: Summary) -> list[dict[str, str]]:
    return _read(summary.folder / "letters.csv")


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_letters_about_another_loan_of_who_keeps_a_plan_wait_for_a_person(run: Run, tmp_path: Path) -> None:
    def book(name: str, owner: str) -> Path:
        second = Row("L2", LATE_ONE, loans={"borrower_id": owner})
        return book_with(
            tmp_path / name, Row("L1", LATE_ONE), second, plans=[PLAN], plan_payments=[payment_of("2026-12-10")]
        )

    same = rows_of(run(book("same", "B-L1")), "letters.csv")["L2"]
    assert (same["outcome"], same["reason"]) == (
        "held",
        "the borrower keeps a plan about another loan: a person looks first",
    )
    assert "a plan about loan L1 of the same borrower is kept" in same["detail"]
    other = run(book("other", "B-L2"), out=tmp_path / "other_out")
    assert rows_of(other, "letters.csv")["L2"]["outcome"] == "written"
    lender = lender_with(ONE_RULE, tmp_path / "lender")
    said = (lender / "lender.toml").read_text(encoding="utf-8")
    for name, setting, kind, outcome in (
        ("loan", 'plans_rest = "loan"', "loan", "written"),
        ("card", 'plans_rest = "loan"', "card", "held"),
    ):
        text = said.replace("[conduct]\n", f"[conduct]\n{setting}\n").replace(
            'cn_instalment = "loan"', f'cn_instalment = "{kind}"'
        )
        (lender / "lender.toml").write_text(text, encoding="utf-8")
        told = run(book(name, "B-L1"), lender=lender, out=tmp_path / f"out_{name}")
        assert rows_of(told, "letters.csv")["L2"]["outcome"] == outcome, name
